"""Parts of a document that can be read alone, so that checking an edit costs what the edit does and not what the file does."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from k8slint.nodes import SCALAR, Node, Plain, YamlError
from k8slint.ordinary import compose

if TYPE_CHECKING:
    from k8slint.mending.layout import Layout

_ALIASES = re.compile(r"(?<![^\s,\[{])[&*]\S")
_SEPARATOR = re.compile(r"(?:\A|\n)---")
_COMMENT = re.compile(r"(?<!\S)#[^\n]*")
_CONTENT_LINE = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)


class Piece(NamedTuple):
    """One edit of a document's own text: characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


class Part(NamedTuple):
    """Entries `first` to `after` (exclusive) of a collection in block style, and the text from the first to what follows."""

    parent: Node
    entries: Sequence[Node]
    first: int
    after: int
    start: int
    end: int


class Unreadable(NamedTuple):
    """What an edited part is if it cannot be read, or has one key twice."""


def edited(text: str, pieces: Iterable[Piece], begin: int = 0, end: int | None = None) -> str:
    """The text between two offsets with edits made in it; they are in order and do not overlap."""
    parts = []
    position = begin
    for piece in pieces:
        parts += [text[position : piece.start], piece.text]
        position = piece.end
    return "".join([*parts, text[position:end]])


def smallest_part(layout: Layout, inner: Node, pieces: Sequence[Piece]) -> Part | None:
    """The smallest part that holds all edits, looking from the node `inner` outwards; None if there is none to read alone."""
    document = layout.document
    if document.duplicates or any(_SEPARATOR.search(piece.text) for piece in pieces):
        return None
    node: Node | None = inner
    while node is not None:
        if node.kind > SCALAR and node.style == "block":
            part = _entries_around(layout, node, pieces)
            if part is not None:
                # An anchor outside may be meant, or an alias.
                return None if _ALIASES.search(layout.text, part.start, part.end) else part
        node = node.parent
    return None


def _entries_around(layout: Layout, parent: Node, pieces: Sequence[Piece]) -> Part | None:
    """The entries of a block collection that hold all edits, as few as can be; None if none do."""
    text = layout.text
    entries = layout.entries(parent)
    if len(entries) != len(parent) or layout.has_properties(parent):
        # A merge key is no entry.
        return None
    starts = [layout.start_of(parent, entry) for entry in entries] + [min(parent.end, len(text))]
    first = bisect_right(starts, pieces[0].start, hi=len(entries)) - 1
    if first > 0 and pieces[0].start == starts[first] and pieces[0].text.startswith((" ", "-")):
        # What is put in here belongs to the entry that ends here.
        first -= 1
    after = bisect_left(starts, pieces[-1].end, lo=max(first, 0) + 1, hi=len(entries))
    if first < 0 or pieces[-1].end > starts[after]:
        return None
    if not _CONTENT_LINE.search(edited(text, pieces, starts[first], starts[after])):
        # Nothing is left of it: a neighbour has to hold the place.
        first, after = (first, after + 1) if after < len(entries) else (first - 1, after)
        if first < 0:
            return None
    start, end = starts[first], starts[after]
    if layout.document.start + end < len(layout.document.file.text):
        # It has to end as it did: with a line break, and what stands before the next token on its line.
        line_break = text.rfind("\n", start, end)
        if line_break < 0 or not edited(text, pieces, start, end).endswith(text[line_break:end]):
            return None
    return Part(parent, entries, first, after, start, end)


def read_edited(layout: Layout, part: Part, pieces: Sequence[Piece]) -> Plain | Unreadable:
    """What an edited part says: a mapping or a list of the entries in it."""
    written = edited(layout.text, pieces, part.start, part.end)
    line_break = written.rfind("\n")
    if not written[line_break:].strip():
        # The blanks before what follows are no line of a block scalar.
        written = written[: line_break + 1]
    written = " " * layout.column(part.start) + written
    try:
        composed = compose(written)
    except YamlError:
        return Unreadable()
    if composed.root is None or composed.duplicates or unread(written, composed.root):
        return Unreadable()
    return composed.root.value


def unread(text: str, root: Node | None) -> str:
    """What stands after the end of a document's root, comments left out.

    kubectl never looks at it; behind a part, it would belong to what is around the part.
    """
    return "" if root is None else _COMMENT.sub("", text[root.end :]).strip()
