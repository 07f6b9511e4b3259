"""Changes to nodes as edits to text: what a careful person would have typed, and nothing else.

`text_edits` turns a rule's changes into edits that keep comments, order, quoting and indentation, and returns them only
if the edited text says exactly what was promised: it is read again first. What cannot be edited with certainty has no
fix (an entry that an alias brings in from elsewhere, for one: an edit would change every use of the anchor).
`apply` puts the edits of many fixes into a text. See docs/fixes.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from k8slint import dialect
from k8slint.finding import Edit
from k8slint.mending.draft import Draft
from k8slint.mending.layout import UnfixableError
from k8slint.mending.plan import Plan, same
from k8slint.nodes import SCALAR, Key, Node, Plain, YamlError, compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from k8slint.document import Document
    from k8slint.finding import Fix
    from k8slint.mending.draft import Piece
    from k8slint.problem import Mend

_ALIASES = re.compile(r"(?:^|[\s,\[{])[&*]\S", re.MULTILINE)
_SEPARATOR = re.compile(r"(?:\A|\n)---")


def text_edits(document: Document, mend: Mend) -> tuple[Edit, ...] | None:
    """The changes of a mend that are in `document`, as edits of its file, in order and without overlaps.

    None where there is no edit that is sure to be right; empty where the text says what is wanted already.
    """
    try:
        plan = Plan(document, mend)
        # A node's own text is the better copy; where it does not fit in its new place, its value does.
        for copies in (True, False) if plan.has_copies else (True,):
            edits = Draft(plan, copies=copies).pieces()
            if not edits or _keeps_promise(plan, edits):
                return tuple(
                    Edit(document.path, document.start + start, document.start + end, text)
                    for start, end, text in edits
                )
    except UnfixableError:
        return None
    return None


def verify(document: Document, mend: Mend, new_text: str) -> bool:
    """Whether a file's new text is what a mend in one of its documents promises.

    `document` is as it was read from the old text. Its new text has to read as the old one but for the changes, and
    nothing around it may have changed.
    """
    try:
        plan = Plan(document, mend)
        expected = plan.expected(plan.root)
    except UnfixableError:
        return False
    text = document.file.text
    end = len(new_text) - (len(text) - document.end)
    if new_text[: document.start] != text[: document.start] or new_text[end:] != text[document.end :]:
        return False
    return _reads_as(document, new_text[document.start : end], expected)


def apply(text: str, fixes: Iterable[Fix], path: str = "") -> tuple[str, list[Fix], list[Fix]]:
    """The text with fixes applied in turn: `(text, applied, left)`.

    Only the edits of `path` count; without it, all do. A fix is left for the next round where it would touch a place
    that an earlier one has edited. So the caller looks for problems again, and applies what is found then, until
    nothing changes (`apply.fix_files` does all that).
    """
    applied: list[Fix] = []
    left: list[Fix] = []
    taken: list[Edit] = []
    for fix in fixes:
        edits = [edit for edit in fix.edits if not path or edit.path == path]
        if any(_touch(edit, other) for edit in edits for other in taken) or not _in_order(edits, len(text)):
            left.append(fix)
        else:
            applied.append(fix)
            taken += edits
    return replace(text, taken), applied, left


def replace(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits that do not overlap made in it."""
    parts = []
    position = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


def _touch(first: Edit, second: Edit) -> bool:
    return first.path == second.path and first.start <= second.end and second.start <= first.end


def _in_order(edits: Sequence[Edit], length: int) -> bool:
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    return all(0 <= edit.start <= edit.end <= length for edit in ordered) and all(
        first.end <= second.start for first, second in pairwise(ordered)
    )


# ---------------------------------------------------------------------------------------------------- verification


class _Part(NamedTuple):
    """Entries of a block collection that follow one another: a piece of a document that can be read alone."""

    start: int
    end: int
    expected: Plain


def _keeps_promise(plan: Plan, edits: Sequence[Piece]) -> bool:
    """Whether the edited document says what the plan expects.

    Only the entries around the edits are read again, where that is enough: many findings have a fix, and few are ever
    applied.
    """
    text = plan.layout.text
    part = _smallest_part(plan, edits)
    if part is None:
        return _reads_as(plan.document, _replaced(text, edits, 0, len(text)), plan.expected(plan.root))
    try:
        composed = compose(" " * plan.layout.column(part.start) + _replaced(text, edits, part.start, part.end))
    except YamlError:
        return False
    return composed.root is not None and not composed.duplicates and same(composed.root.value, part.expected)


def _smallest_part(plan: Plan, edits: Sequence[Piece]) -> _Part | None:
    """The smallest part whose text holds all edits; None if only the whole document can be read."""
    document = plan.document
    if document.duplicates or any(_SEPARATOR.search(edit.text) for edit in edits):
        return None
    node: Node | None = document.locate(_common([node.path for node in plan.nodes.values()]))
    while node is not None:
        if node.kind > SCALAR and node.style == "block" and not plan.changes(node):
            part = _entries_around(plan, node, edits)
            if part is not None:
                return None if _ALIASES.search(plan.layout.text, part.start, part.end) else part
        node = node.parent
    return None


def _common(paths: Sequence[tuple[Key, ...]]) -> tuple[Key, ...]:
    """What all paths begin with."""
    shortest, longest = min(paths), max(paths)
    length = 0
    while length < min(len(shortest), len(longest)) and shortest[length] == longest[length]:
        length += 1
    return shortest[:length]


def _entries_around(plan: Plan, parent: Node, edits: Sequence[Piece]) -> _Part | None:
    """The entries of a block collection that hold all edits, as few as can be; None if none do."""
    layout, text = plan.layout, plan.layout.text
    entries = layout.entries(parent)
    if len(entries) != len(parent) or layout.has_properties(parent):
        # A merge key is no entry.
        return None
    starts = [layout.start_of(parent, entry) for entry in entries] + [parent.end]
    first = bisect_right(starts, edits[0].start, hi=len(entries)) - 1
    if first > 0 and edits[0].start == starts[first] and edits[0].text.startswith((" ", "-")):
        # What is put in here belongs to the entry that ends here.
        first -= 1
    after = bisect_left(starts, edits[-1].end, lo=max(first, 0) + 1, hi=len(entries))
    if first < 0 or edits[-1].end > starts[after]:
        return None
    if all(id(entry) in plan.removed for entry in entries[first:after]):
        first, after = (first, after + 1) if after < len(entries) else (first - 1, after)
        if first < 0:
            return None
    start, end = starts[first], starts[after]
    # It has to end as it did: with a line break, and what stands before the next token on its line.
    line_break = text.rfind("\n", start, end)
    if plan.document.start + end < len(plan.document.file.text):
        edited = _replaced(text, edits, start, end)
        if line_break < 0 or not edited.endswith(text[line_break:end]):
            return None
    return _Part(start, end, plan.expected_of(parent, entries, first, after))


def _reads_as(document: Document, new_text: str, expected: Plain) -> bool:
    """Whether a document's new text is one document that says what is expected, and has no new duplicate keys."""
    text = document.text
    old, _ = dialect.split(text)
    new, _ = dialect.split(new_text)
    grown = len(new_text) - len(text)
    if len(old) != len(new) or any(
        (before.start, before.end + grown, before.json) != (after.start, after.end, after.json)
        for before, after in zip(old, new, strict=True)
    ):
        return False
    # Without its last line break, it would run into the separator that follows.
    if document.end < len(document.file.text) and text.endswith("\n") and not new_text.endswith("\n"):
        return False
    try:
        composed = compose(new_text)
    except YamlError:
        return False
    return (
        composed.root is not None
        and len(composed.duplicates) <= len(document.duplicates)
        and same(composed.root.value, expected)
    )


def _replaced(text: str, edits: Iterable[Piece], begin: int, end: int) -> str:
    parts = []
    position = begin
    for edit in edits:
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:end]])
