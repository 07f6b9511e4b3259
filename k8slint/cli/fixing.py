"""What `--fix` and `--diff` do with the fixes of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint import apply
from k8slint.report.base import counted, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from k8slint.apply import Outcome
    from k8slint.finding import Finding
    from k8slint.report.base import Style
    from k8slint.run import Run


def mended(
    run: Run, check: Callable[[list[str], Mapping[str, str]], Run], *, unsafe: bool, only: str | None = None
) -> Outcome:
    """The new texts of a run's files, nothing of it written yet.

    `check(paths, texts)` is asked for the findings in files once some have other texts. Fixes are taken of findings in
    the run's own files, and with `only` no others than those that change that file alone.
    """
    own = {finding.path for finding in run.findings}
    texts: dict[str, str] = {}

    def wanted(findings: list[Finding]) -> list[Finding]:
        return [
            finding
            for finding in findings
            if finding.path in own
            and finding.fix is not None
            and (only is None or all(edit.path == only for edit in finding.fix.edits))
        ]

    def lint(changed: Mapping[str, str]) -> list[Finding]:
        texts.update(changed)
        return wanted(check(list(changed), texts).findings)

    return apply.fix_files(wanted(run.findings), run.text, lint, unsafe=unsafe)


def written(run: Run, outcome: Outcome) -> dict[str, str]:
    """Writes the new texts; returns a sentence for each file, by path, that could not be written."""
    from pathlib import Path

    failures = {}
    for path, text in sorted(outcome.texts.items()):
        try:
            apply.rewrite(Path(path), run.text(path), text)
        except apply.RewriteError as error:
            failures[path] = str(error)
    return failures


def diff(run: Run, outcome: Outcome, style: Style) -> str:
    """The changes as `git diff` shows them."""
    lines = "".join(
        apply.unified_diff(path, run.text(path), text) for path, text in sorted(outcome.texts.items())
    ).splitlines(keepends=True)
    return "".join(_painted(line, style) for line in lines) if style.color else "".join(lines)


def _painted(line: str, style: Style) -> str:
    look = "bold" if line.startswith(("+++ ", "--- ")) else {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
    text = line.rstrip("\n")
    return style.paint(text, look) + line[len(text) :] if look else line


def described(outcome: Outcome, done: str, but: Collection[str]) -> Iterator[str]:
    """What was fixed, file by file, and what was not though it has a fix.

    `done` is the verb: Fixed, Would fix. `but` are paths of files that could not be written.
    """
    applied = [finding for finding in outcome.applied if finding.path not in but]
    if applied:
        files = sorted({finding.path for finding in applied})
        yield f"{done} {counted(len(applied), 'problem')} in {counted(len(files), 'file')}:"
        for path in files:
            rules = [finding.rule for finding in applied if finding.path == path]
            yield f"  {plain(path)}: " + ", ".join(f"{rules.count(rule)} {rule}" for rule in sorted(set(rules)))
    for finding in outcome.failed:
        place = f"{plain(finding.path)}:{finding.line}"
        yield f"warning: {place}: the fix for {finding.rule} is left out, as the file would not say what it promises"
    if not outcome.settled:
        yield "warning: some fixes undo one another; what they would change is left as it was before they met"
