"""Changes to nodes as edits to text: what a careful person would have typed, and nothing else.

`text_edits` turns a rule's changes into edits that keep comments, order, quoting and indentation, and returns them only
if the edited text says exactly what was promised: it is read again first. What cannot be edited with certainty has no
fix (an entry that an alias brings in from elsewhere, for one: an edit would change every use of the anchor).
`apply` puts the edits of many fixes into a text. See docs/fixes.md.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from k8slint import dialect
from k8slint.finding import Edit
from k8slint.mending.comments import placed
from k8slint.mending.draft import Draft
from k8slint.mending.layout import UnfixableError
from k8slint.mending.parts import edited, read_edited, smallest_part, unread
from k8slint.mending.plan import Plan, same
from k8slint.nodes import YamlError
from k8slint.ordinary import compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from k8slint.document import Document
    from k8slint.finding import Fix
    from k8slint.mending.parts import Piece
    from k8slint.nodes import Key, Plain
    from k8slint.problem import Mend


def text_edits(document: Document, mend: Mend) -> tuple[Edit, ...] | None:
    """The changes of a mend that are in `document`, as edits of its file, in order and without overlaps.

    None where there is no edit that is sure to be right; empty where the text says what is wanted already.
    """
    try:
        plan = Plan(document, mend)
        # A node's own text is the better copy; where it does not fit in its new place, its value does.
        for copies in (True, False) if any(placed(plan)) else (True,):
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
        if any(touch(edit, other) for edit in edits for other in taken) or not in_order(edits, len(text)):
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


def touch(first: Edit, second: Edit) -> bool:
    """Whether two edits overlap or meet, so that one may not mean the same once the other is made."""
    return first.path == second.path and first.start <= second.end and second.start <= first.end


def in_order(edits: Sequence[Edit], length: int) -> bool:
    """Whether edits can be made together in a text of this length: none overlaps another or lies outside."""
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    return all(0 <= edit.start <= edit.end <= length for edit in ordered) and all(
        first.end <= second.start for first, second in pairwise(ordered)
    )


# ---------------------------------------------------------------------------------------------------- verification


def _keeps_promise(plan: Plan, pieces: Sequence[Piece]) -> bool:
    """Whether the edited document says what the plan expects.

    Only the entries around the edits are read again, where that is enough: many findings have a fix, and few are ever
    applied.
    """
    inner = plan.document.locate(_common([node.path for node in plan.nodes.values()]))
    if plan.changes(inner) and inner.parent is not None:
        inner = inner.parent
    part = smallest_part(plan.layout, inner, pieces)
    if part is None:
        return _reads_as(plan.document, edited(plan.layout.text, pieces), plan.expected(plan.root))
    return same(
        read_edited(plan.layout, part, pieces), plan.expected_of(part.parent, part.entries, part.first, part.after)
    )


def _common(paths: Sequence[tuple[Key, ...]]) -> tuple[Key, ...]:
    """What all paths begin with."""
    shortest, longest = min(paths), max(paths)
    length = 0
    while length < min(len(shortest), len(longest)) and shortest[length] == longest[length]:
        length += 1
    return shortest[:length]


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
        and unread(new_text, composed.root) == unread(text, document.root)
        and len(composed.duplicates) <= len(document.duplicates)
        and same(composed.root.value, expected)
    )
