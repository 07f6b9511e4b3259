"""What an editor may do about findings: apply a fix, apply all of a kind, suppress. Plain data: edits by path, with offsets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from k8slint import apply
from k8slint.document import read
from k8slint.finding import Edit
from k8slint.mending.plan import same
from k8slint.suppress import collect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from k8slint.document import File
    from k8slint.finding import Finding
    from k8slint.lsp.workspace import Workspace

MOST_LINES = 5000
"""Lines up to which a new text is compared with the old one line by line."""


class Suggestion(NamedTuple):
    """One thing to do; `edits` are those of all files it changes."""

    title: str
    edits: tuple[Edit, ...]
    finding: Finding
    preferred: bool = False


def fixes(findings: Sequence[Finding]) -> Iterator[Suggestion]:
    """The fix of each finding that has one."""
    for finding in findings:
        if finding.fix is not None and finding.fix.edits:
            # An unsafe fix is the author's to choose, so it must be seen that it is one.
            title = (
                finding.fix.title if finding.fix.safe else f"{finding.fix.title} (unsafe: it changes more than that)"
            )
            yield Suggestion(title, finding.fix.edits, finding, finding.fix.safe)


def mendable(findings: Sequence[Finding], path: str, rule: str = "") -> list[Finding]:
    """The findings whose fixes `fix_all` applies: the safe ones within their file; with a rule, those of it."""
    return [
        finding
        for finding in findings
        if finding.fix is not None
        and finding.fix.safe
        and rule in ("", finding.rule)
        and all(edit.path == path for edit in finding.fix.edits)
    ]


def fix_all(workspace: Workspace, path: str, rule: str = "") -> tuple[Edit, ...]:
    """The edits that mend all that can be mended safely in an open file, as `k8slint check --fix` does; with a rule, what that finds."""
    text = workspace.texts[path]
    findings = workspace.findings(path)

    def lint(new: str) -> list[Finding]:
        found = findings if new == text else workspace.what_if(path, new)
        return [finding for finding in found if rule in ("", finding.rule)]

    new, _ = apply.fix_file(path, text, lint)
    return difference(path, text, new)


def difference(path: str, old: str, new: str) -> tuple[Edit, ...]:
    """Edits that make one text another, line by line, so that an editor's cursor and marks stay where they are."""
    if old == new:
        return ()
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    start = sum(map(len, before[:head]))
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(before) + len(after) > MOST_LINES:
        return (Edit(path, start, start + sum(map(len, before)), "".join(after)),)
    from difflib import SequenceMatcher

    offsets = [start]
    for line in before:
        offsets.append(offsets[-1] + len(line))
    return tuple(
        Edit(path, offsets[one], offsets[two], "".join(after[three:four]))
        for tag, one, two, three, four in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if tag != "equal"
    )


def _shared(left: list[str], right: list[str]) -> int:
    return next(
        (n for n, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), min(len(left), len(right))
    )


# ---------------------------------------------------------------------------------------------------- suppressing


def suppress(text: str, finding: Finding) -> tuple[Edit, ...]:
    """Edits that add a comment after which a finding is not reported any more; none where no comment can do that.

    The comment goes behind the line where the finding begins, else alone above it, else behind the text of several lines that the line is in. Each is
    tried: the file must say what it said, and the comment must cover the finding.
    """
    if text.lstrip().startswith("{"):
        return ()
    old = read(finding.path, text)
    for edit in _comments(old, finding):
        new = read(finding.path, text[: edit.start] + edit.text + text[edit.end :])
        added = edit.text.count("\n") if edit.start <= old.lines.offset(finding.line) else 0
        moved = finding._replace(line=finding.line + added, end_line=finding.end_line + added)
        if _says_the_same(old, new) and collect(new).match(moved):
            return (edit,)
    return ()


def _comments(file: File, finding: Finding) -> Iterator[Edit]:
    """The places where a comment may suppress a finding, the best first."""
    text, lines = file.text, file.lines
    start = lines.offset(finding.line)
    line = lines.line(finding.line)
    # A comment that is there already takes one more id.
    named = re.search(r"#\s*k8slint\s*:\s*ignore\s*\[[^\]\n]*(?=\])", line)
    if named is not None:
        at = start + named.end()
        yield Edit(finding.path, at, at, f", {finding.rule}")
    comment = f"# k8slint: ignore[{finding.rule}]"
    bare = len(line.rstrip())
    if bare:
        yield Edit(finding.path, start + bare, start + len(line), f"  {comment}")
    indent = line[: len(line) - len(line.lstrip())]
    ending = "\r\n" if text.find("\r\n") >= 0 else "\n"
    yield Edit(finding.path, start, start, f"{indent}{comment}{ending}")
    # Within quotes it would be text: behind the line with the closing one, where that is near.
    for number in range(finding.line + 1, min(finding.line + 40, len(lines.starts)) + 1):
        end = lines.offset(number) + len(lines.line(number).rstrip())
        if lines.line(number).rstrip()[-1:] in ("'", '"'):
            yield Edit(finding.path, end, end, f"  {comment}")
            return


def _says_the_same(old: File, new: File) -> bool:
    if len(old.documents) != len(new.documents):
        return False
    return all(
        (before.error is None) == (after.error is None)
        and len(before.duplicates) == len(after.duplicates)
        and same(
            before.root.value if before.root is not None else None, after.root.value if after.root is not None else None
        )
        for before, after in zip(old.documents, new.documents, strict=True)
    )
