"""What reports share: how to write, how to count, how to keep hostile text from a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from k8slint.finding import Claim, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.finding import Finding, Fix
    from k8slint.run import Run

_LOOKS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}

SEVERITY_LOOK = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
"""The colour of each severity."""


class Style(NamedTuple):
    """How to write for the one who reads. Formats for programs ignore it."""

    color: bool = False
    width: int = 120
    """Columns of the terminal: longer source lines are cut around the mistake."""
    verbose: bool = False
    """Say more: which files were skipped, what was suppressed, the source line of every info."""
    quiet: bool = False
    """Findings only, no summary."""
    fail_on: Severity = Severity.WARNING
    """The least severity that fails a run, for formats that know of failures; off where nothing does."""

    def paint(self, text: str, *looks: str) -> str:
        """The text in the given looks (`bold`, `dim`, or a colour), where there is colour at all."""
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(_LOOKS[look] for look in looks)}m{text}\x1b[0m"


Report: TypeAlias = "Callable[[Run, Style], str]"

# What could move the cursor, clear the screen, start a line of its own or turn the direction of writing. Control
# characters become their pictures (U+2400 and on), one cell wide; the rest becomes the replacement character.
_VISIBLE: dict[int, int] = {code: 0x2400 + code for code in range(0x20)}
_VISIBLE |= {0x7F: 0x2421}
_VISIBLE |= dict.fromkeys(
    (*range(0x80, 0xA0), 0x061C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD
)


def plain(text: str) -> str:
    """A text that can do nothing to a terminal but be shown: one line, control and bidirectional characters visible."""
    return text if text.isprintable() else text.translate(_VISIBLE)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def mark(fix: Fix | None) -> str:
    """` [*]` for what `--fix` mends, else nothing."""
    return " [*]" if fix is not None and fix.safe else ""


def fixable(run: Run) -> str:
    """How many findings have a fix, as the option to use; "" where none has."""
    safe = sum(finding.fix is not None and finding.fix.safe for finding in run.findings)
    unsafe = sum(finding.fix is not None and not finding.fix.safe for finding in run.findings)
    if not safe:
        return f"{unsafe} fixable with --fix --unsafe-fixes" if unsafe else ""
    return f"{safe} fixable with --fix" + (f", {unsafe} more with --unsafe-fixes" if unsafe else "")


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by how loud they are; of errors those first that keep an object out of the cluster."""
    claims = list(Claim)
    return sorted(findings, key=lambda finding: (-finding.severity.rank, claims.index(finding.claim), finding.order))


def not_shown(run: Run) -> list[str]:
    """How many findings a report leaves out, by reason: `3 suppressed`, `2 in the baseline`."""
    reasons = (
        (run.suppressed, "suppressed"),
        (run.baselined, "in the baseline"),
        (run.unchanged, "in what has not changed"),
    )
    return [f"{number} {reason}" for number, reason in reasons if number] + _below(run)


def _below(run: Run) -> list[str]:
    """`2 warnings and 5 infos (below error)`: what is not loud enough to be reported."""
    numbers = [(sum(finding.severity is severity for finding in run.below), severity) for severity in SEVERITY_LOOK]
    return [f"{listed([counted(*one) for one in numbers if one[0]])} (below {run.least})"] if run.below else []


def summary(run: Run, style: Style) -> str:
    """The last lines of a report for people: how many findings in how much input, and what was left out."""
    found = [
        style.paint(counted(number, severity), look, "bold")
        for severity, look in SEVERITY_LOOK.items()
        if (number := run.count(severity))
    ]
    where = f"in {counted(run.files, 'file')} ({counted(run.documents, 'document')})"
    if found:
        hint = fixable(run)
        lines = [f"Found {listed(found)} {where}" + (f"; {hint}" if hint else "")]
    elif len({skipped.path for skipped in run.skipped if not skipped.line}) < run.files:
        # What is below that has been found all the same, perhaps.
        what = {Severity.ERROR: "No errors", Severity.WARNING: "No errors or warnings"}.get(run.least, "No problems")
        lines = [style.paint(what, "green", "bold") + f" {where}"]
    else:
        lines = ["Nothing was checked"]
    hidden = [
        text
        for number, text in (
            (run.baselined, f"{run.baselined} in the baseline"),
            (run.unchanged, f"{run.unchanged} in what has not changed"),
            (run.suppressed if style.verbose else 0, f"{run.suppressed} suppressed"),
        )
        if number
    ] + _below(run)
    if hidden:
        lines.append(f"Not shown: {listed(hidden)}")
    if run.outdated:
        what = (
            "entry of the baseline no longer occurs" if run.outdated == 1 else "entries of the baseline no longer occur"
        )
        lines.append(f"{run.outdated} {what}; --write-baseline writes it anew")
    if run.skipped:
        lines += _skipped(run, style)
    return "\n".join(lines) + "\n"


def _skipped(run: Run, style: Style) -> list[str]:
    reasons: dict[str, int] = {}
    for skipped in run.skipped:
        reasons[skipped.reason] = reasons.get(skipped.reason, 0) + 1
    documents = sum(skipped.line > 0 for skipped in run.skipped)
    files = len(run.skipped) - documents
    what = listed([counted(number, noun) for number, noun in ((files, "file"), (documents, "document")) if number])
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    why = ", ".join(f"{number} {reason}" for reason, number in ordered)
    if not style.verbose:
        return [f"Skipped {what}: {why} (-v lists them)"]
    lines = [f"Skipped {what}: {why}"]
    for skipped in run.skipped:
        place = f"{skipped.path}:{skipped.line}" if skipped.line else skipped.path
        lines.append(style.paint(f"  {plain(place)}: {skipped.reason}", "dim"))
    return lines
