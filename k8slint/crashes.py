"""Rules that failed, told once: a rule that fails on one manifest fails on hundreds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from k8slint.finding import Related

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.finding import Finding

CRASHED: Final = "rule-crashed"
"""The rule that tells of others which failed."""

_SAID = re.compile(r"the rule (\S+) failed here \(")


def told_once(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with one for each rule that failed, at the first place; the others are its related places, and counted in its message."""
    kept: list[Finding] = []
    crashes: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        said = _SAID.match(finding.message) if finding.rule == CRASHED else None
        if said is None:
            kept.append(finding)
        else:
            crashes.setdefault((said[1], finding.severity), []).append(finding)
    return kept + [_together(sorted(alike, key=lambda finding: finding.order)) for alike in crashes.values()]


def _together(alike: list[Finding]) -> Finding:
    first, *others = alike
    if not others:
        return first
    places = f"{len(others)} other places" if len(others) > 1 else "another place"
    said, _, asked = first.message.rpartition(", ")
    related = tuple(Related(other.path, other.line, other.column, other.message) for other in others)
    return first._replace(message=f"{said} and in {places}, {asked}", related=first.related + related)


def traceback_of(error: BaseException) -> str:
    """The traceback of an error, as Python writes it, from the rule on."""
    from traceback import format_exception

    return "".join(format_exception(error))
