"""One line a finding, for editors, grep, and whoever has seen the manifest already.

`path:line:column: severity[rule-id] message`, and ` [*]` at the end of what `--fix` mends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.report.base import SEVERITY_LOOK, mark, plain, summary

if TYPE_CHECKING:
    from k8slint.finding import Finding
    from k8slint.report.base import Style
    from k8slint.run import Run


def report(run: Run, style: Style) -> str:
    """A line for each finding, then the summary."""
    lines = "".join(f"{line(finding, style)}\n" for finding in run.findings)
    return lines if style.quiet else lines + summary(run, style)


def line(finding: Finding, style: Style) -> str:
    """The finding on one line, without its line break."""
    place = style.paint(plain(finding.path), "bold") + f":{finding.line}:{finding.column}:"
    name = style.paint(f"{finding.severity}[{finding.rule}]", SEVERITY_LOOK[finding.severity])
    return f"{place} {name} {plain(finding.message)}{style.paint(mark(finding.fix), 'cyan')}"
