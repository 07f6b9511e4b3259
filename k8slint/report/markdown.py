"""Markdown: a summary for a job, a pull request or a merge request, the worst findings first.

It ends before it is larger than GitHub takes for the summary of a step, and says how many findings are left out.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from k8slint.finding import Severity
from k8slint.report.base import counted, fixable, listed, mark, not_shown, plain, worst_first
from k8slint.report.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.finding import Finding
    from k8slint.report.base import Style
    from k8slint.run import Run

LIMIT = 2**20
"""Bytes that GitHub takes for the summary of a step."""

_RESERVED = 200
"""Bytes kept for saying what is left out."""

_SIGNS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}  # noqa: RUF001 - the sign, no letter
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&$!]")


def report(run: Run, _style: Style) -> str:
    """The summary."""
    return summary(run)


def summary(run: Run, *, blob: str = "", limit: int = LIMIT) -> str:
    """The summary in at most so many bytes; "" where there is no room for its first lines.

    `blob` is the address that files are shown below: `https://github.com/acme/shop/blob/<commit>`.
    """
    parts = [_head(run)]
    used = len(parts[0].encode("utf-8", "replace"))
    if used + _RESERVED > limit:
        return ""
    places = Places(run)
    left = len(run.findings)
    for line in _rows(run, places, blob):
        size = len(line.encode("utf-8", "replace"))
        if used + size + _RESERVED > limit:
            break
        parts.append(line)
        used += size
        left -= line is not _TABLE
    if left:
        parts.append(f"\n… and {counted(left, 'finding')} more.\n")
    return "".join(parts)


_TABLE = "\n| | finding | where |\n|---|---|---|\n"


def _head(run: Run) -> str:
    found = [
        f"{_SIGNS[severity]} {counted(number, severity)}" for severity in _SIGNS if (number := run.count(severity))
    ]
    lines = [f"## k8slint: {listed(found) if found else '✅ no problems' if run.files else 'nothing was checked'}", ""]
    said = [f"{counted(run.files, 'file')}, {counted(run.documents, 'document')}"]
    hint = fixable(run)
    if hint:
        said.append(_text(hint))
    said += not_shown(run)
    if run.skipped:
        said.append(f"{len(run.skipped)} skipped")
    lines.append("; ".join(said) + ".")
    lines += (f"\n**Could not be checked:** {_text(sentence)}" for sentence in run.errors)
    return "\n".join(lines) + "\n"


def _rows(run: Run, places: Places, blob: str) -> Iterator[str]:
    if run.findings:
        yield _TABLE
    for finding in worst_first(run.findings):
        yield _row(finding, places.path(finding.path), blob)


def _row(finding: Finding, path: str, blob: str) -> str:
    place = _text(f"{path}:{finding.line}")
    if blob and path != "<stdin>" and not os.path.isabs(path):
        from urllib.parse import quote

        anchor = f"L{finding.line}" + (f"-L{finding.end_line}" if finding.end_line > finding.line else "")
        place = f"[{place}]({blob}/{quote(path.encode('utf-8', 'surrogateescape'))}#{anchor})"
    resource = finding.resource
    about = ""
    if resource is not None and (resource.kind or resource.name):
        name = f"{resource.namespace}/{resource.name}" if resource.namespace and resource.name else resource.name
        about = "<br>" + _text(f"{resource.kind} {name}".strip())
    rule = f"[{finding.rule}]({finding.url})" if finding.url else finding.rule
    message = _text(finding.message + mark(finding.fix))
    return f"| {_SIGNS[finding.severity]} | {message}<br>{rule} | {place}{about} |\n"


def _text(text: str) -> str:
    """A text that means nothing to Markdown, to HTML, or to those whose name happens to follow an @."""
    return _SPECIAL.sub(r"\\\g<0>", plain(text)).replace("@", "@<!-- -->")
