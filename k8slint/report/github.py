"""Annotations of GitHub Actions: commands in the log that put a finding beside its line in a pull request.

GitHub shows ten errors, ten warnings and ten notices of a step. The worst come first; those beyond are lines of the log.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.finding import Severity
from k8slint.report.base import counted, mark, plain, summary, worst_first
from k8slint.report.places import Places

if TYPE_CHECKING:
    from k8slint.finding import Finding
    from k8slint.report.base import Style
    from k8slint.run import Run

SHOWN = 10
"""Annotations of each kind that GitHub shows of a step."""

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def report(run: Run, style: Style) -> str:
    """The annotations, then a line for each finding beyond, then the summary."""
    places = Places(run)
    annotations: list[str] = []
    rest: list[Finding] = []
    left = dict.fromkeys(_COMMANDS, SHOWN)
    for finding in worst_first(run.findings):
        if left[finding.severity]:
            left[finding.severity] -= 1
            annotations.append(_annotation(finding, places.path(finding.path)))
        else:
            rest.append(finding)
    lines = annotations
    if rest:
        lines.append(f"{counted(len(rest), 'finding')} without an annotation: GitHub shows {SHOWN} of each kind.")
        rest.sort(key=lambda finding: finding.order)
        lines += (
            _harmless(f"- {_place(finding, places.path(finding.path))}: {finding.severity}[{finding.rule}] ")
            + _harmless(plain(finding.message) + mark(finding.fix))
            for finding in rest
        )
    if not style.quiet:
        lines += map(_harmless, summary(run, style._replace(color=False)).splitlines())
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding, path: str) -> str:
    properties = {"file": path, "line": finding.line, "endLine": finding.end_line}
    if finding.line == finding.end_line:
        # Of a finding over several lines GitHub takes no columns.
        properties |= {"col": finding.column, "endColumn": finding.end_column}
    properties["title"] = f"k8slint ({finding.rule})"
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    # In the log there is nothing but the message, so it says where.
    said = [f"{_place(finding, path)}: {plain(finding.message)}"]
    if finding.fix is not None:
        said.append(f"help: {plain(finding.fix.title)}" + ("" if finding.fix.safe else " (unsafe fix)"))
    if finding.url:
        said.append(finding.url)
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(chr(10).join(said))}"


def _place(finding: Finding, path: str) -> str:
    return f"{plain(path)}:{finding.line}:{finding.column}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _harmless(line: str) -> str:
    """A line of the log that is no command: neither `::error::`, nor `##[error]`, which counts anywhere in a line."""
    line = line.replace("##[", "# #[")
    return f"- {line}" if line.lstrip().startswith("::") else line
