"""For people: each finding with its source line, the mistake underlined, its fix, what it speaks of; a summary last.

Errors and warnings come first in each file, then its infos, a line each: they ask for nothing. Of many infos that say the same, one is shown.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from k8slint.crashes import CRASHED
from k8slint.document import Lines
from k8slint.finding import Severity
from k8slint.report import concise
from k8slint.report.base import SEVERITY_LOOK, plain, summary
from k8slint.report.excerpt import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.finding import Finding, Related
    from k8slint.report.base import Style
    from k8slint.run import Run


MANY = 5
"""Infos with the same words that are shown each for itself."""


def report(run: Run, style: Style) -> str:
    """The findings by file, then the summary."""
    blocks: list[str] = []
    same = Counter(_said(finding) for finding in run.findings if finding.severity is Severity.INFO)
    told: set[tuple[str, str]] = set()
    calm: list[str] = []

    def take_calm() -> None:
        if calm:
            blocks.append("\n".join(calm) + "\n")
            calm.clear()

    for _, group in groupby(run.findings, key=lambda finding: finding.path):
        sources: dict[str, Lines] = {}
        quiet: list[str] = []
        for finding in group:
            if finding.severity is not Severity.INFO or style.verbose:
                take_calm()
                blocks.append("\n".join(_full(finding, run, sources, style)) + "\n")
            elif same[_said(finding)] <= MANY:
                quiet.append(concise.line(finding, style))
            elif _said(finding) not in told:
                told.add(_said(finding))
                more = f" (and {same[_said(finding)] - 1} times more; -v shows where)"
                quiet.append(concise.line(finding, style) + style.paint(more, "dim"))
        calm += quiet
    take_calm()
    if not style.quiet:
        blocks.append(summary(run, style))
    return "\n".join(blocks)


def _said(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.message


def _full(finding: Finding, run: Run, sources: dict[str, Lines], style: Style) -> Iterable[str]:
    look = SEVERITY_LOOK[finding.severity]

    def lines_of(path: str) -> Lines:
        if path not in sources:
            sources[path] = Lines(run.text(path))
        return sources[path]

    # Two more than the marked line: the last line of its context has the longest number.
    gutter = len(str(max(finding.end_line + 2, *(related.line for related in finding.related), 1)))
    name = style.paint(f"{finding.severity}[{finding.rule}]", look, "bold")
    yield f"{name} {style.paint(plain(finding.message), 'bold')}"
    yield _arrow(gutter, _place(finding), _subject(finding), style)
    yield from excerpt(
        lines_of(finding.path),
        (finding.line, finding.column),
        (finding.end_line, finding.end_column),
        style,
        gutter=gutter,
        look=look,
    )
    if finding.fix is not None:
        unsafe = "" if finding.fix.safe else style.paint(" (unsafe fix)", "dim")
        yield style.paint("help:", "green", "bold") + f" {plain(finding.fix.title)}{unsafe}"
    # Where a rule failed as well is for programs: its message counts the places.
    for related in finding.related if finding.rule != CRASHED else ():
        yield style.paint("note:", "cyan", "bold") + f" {plain(related.message)}"
        yield _arrow(gutter, _place(related), "", style)
        lines = lines_of(related.path)
        start = (related.line, related.column)
        end = (related.line, related.column + _word(lines, related))
        yield from excerpt(lines, start, end, style, gutter=gutter, look="cyan", sign="-", context=0)


def _arrow(gutter: int, place: str, subject: str, style: Style) -> str:
    about = style.paint(f" ({subject})", "dim") if subject else ""
    return f"{'':>{gutter}}{style.paint('-->', 'blue')} {place}{about}"


def _place(at: Finding | Related) -> str:
    return f"{plain(at.path)}:{at.line}:{at.column}"


def _subject(finding: Finding) -> str:
    """What the finding is about, and the template that rendered it."""
    resource = finding.resource
    named = plain(str(resource)) if resource is not None else ""
    if resource is not None and resource.namespace and resource.name:
        named = plain(f"{resource.kind} {resource.namespace}/{resource.name}")
    rendered = f"rendered from {plain(finding.source)}" if finding.source else ""
    return ", ".join(part for part in (named, rendered) if part)


def _word(lines: Lines, related: Related) -> int:
    """The length of the word a related place begins at, which has no end of its own."""
    if related.line > len(lines.starts):
        return 1
    words = lines.line(related.line)[related.column - 1 :].split(maxsplit=1)
    return len(words[0].removesuffix(":")) if words else 1
