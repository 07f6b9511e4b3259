"""For a first look at a large tree: how often each rule found something, the most frequent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.report.base import SEVERITY_LOOK, summary

if TYPE_CHECKING:
    from k8slint.finding import Finding
    from k8slint.report.base import Style
    from k8slint.run import Run


def report(run: Run, style: Style) -> str:
    """A line for each rule and severity, then the summary.

    `[*]` marks rules of which `--fix` mends all findings, `[-]` those of which it mends some.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in run.findings:
        groups.setdefault((finding.rule, finding.severity), []).append(finding)
    ordered = sorted(groups.values(), key=lambda found: (-len(found), -found[0].severity.rank, found[0].rule))
    width = len(str(len(ordered[0]))) if ordered else 0
    lines = [_line(found, width, style) for found in ordered]
    if style.quiet:
        return "".join(lines)
    return "".join(lines) + ("\n" if lines else "") + summary(run, style)


def _line(found: list[Finding], width: int, style: Style) -> str:
    safe = sum(finding.fix is not None and finding.fix.safe for finding in found)
    fixable = "[*]" if safe == len(found) else "[-]" if safe else "[ ]"
    severity = found[0].severity
    return (
        f"{len(found):>{width}}  {style.paint(f'{severity:<7}', SEVERITY_LOOK[severity])}  "
        f"{style.paint(fixable, 'cyan')} {found[0].rule}\n"
    )
