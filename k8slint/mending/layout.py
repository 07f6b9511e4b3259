"""How a document is laid out: where entries begin and end as lines, what comments stand by them, its author's habits.

`nodes.py` knows where a token stands. An edit has to know more: the line a list item's dash is on, the comment above a
key, the number of blanks the file indents by. All offsets are in the document's own text, as a node's are.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from k8slint.nodes import MAPPING, SCALAR, SEQUENCE, Node, scalars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.document import Document

_COLON = re.compile(r"[ \t]*:")
_REST_OF_LINE = re.compile(r"[ \t]*(#[^\r\n]*)?(?=\r?(?:\n|\Z))")
_COMMENT_LINE = re.compile(r"([ \t]*)#[^\n]*(?:\n|\Z)")
_COMMENTED_OUT = r"[ \t]*#+[ \t]*(?:- |(?!k8slint:)[a-z][\w./-]*:(?:\s|\Z))"
_REMARK = r"(?<!\S)#[^\r\n]*"
_BLANK_LINE = re.compile(r"[ \t\r]*(?:\n|\Z)")
_GAP = re.compile(r"(?:[ \t\r\n]|(?<!\S)#[^\n]*)*")
_CONTENT_LINE = r"(?m)^[ \t]*[^\s#][^\n]*"
_TRAILING_LINES = r"(?:[ \t\r]*\n)+[ \t]*\Z"


class UnfixableError(Exception):
    """The text is written in a way for which there is no edit that is sure to be right."""


@lru_cache(maxsize=2)
def layout_of(document: Document) -> Layout:
    """The layout of a document. The last ones are kept, as the findings in a document come one after another."""
    return Layout(document)


class Layout:
    """The text of one document, as one who edits it sees it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text

    # ---- lines

    @cached_property
    def eol(self) -> str:
        """The line break that the file uses."""
        text = self.text if "\n" in self.text else self.document.file.text
        return "\r\n" if text.find("\n") > 0 and text[text.find("\n") - 1] == "\r" else "\n"

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def column(self, offset: int) -> int:
        """Characters between the start of the line and an offset."""
        return offset - self.line_start(offset)

    def opens_line(self, offset: int) -> bool:
        """Whether nothing but blanks stands before an offset on its line."""
        return not self.text[self.line_start(offset) : offset].strip(" \t")

    def rest_of_line(self, offset: int) -> tuple[int, str]:
        """The end of the line an offset is on, before its line break, and the comment there, with the blanks before it.

        Raises UnfixableError where anything else follows on the line.
        """
        rest = _REST_OF_LINE.match(self.text, offset)
        if rest is None:
            raise UnfixableError
        return rest.end(), rest[0] if rest[1] else ""

    def after_line(self, end: int) -> int:
        """Where the line after content that ends at `end` begins; the end of the text where there is none."""
        if end and self.text[end - 1] == "\n":
            return end
        stop, _ = self.rest_of_line(end)
        return self.text.find("\n", stop) + 1 or len(self.text)

    # ---- nodes

    def is_alias(self, node: Node) -> bool:
        """Whether a value is written `*name`."""
        return node.kind > SCALAR and self.text[node.start] == "*"

    def has_properties(self, node: Node) -> bool:
        """Whether a value is written with an anchor or a tag."""
        return node.start < node.end and self.text[node.start] in "&!"

    def holds(self, parent: Node, child: Node) -> bool:
        """Whether the child is written inside its parent; it is not where an alias or a merge key brought it in."""
        start = self._written_start(child)
        return parent.start <= start and child.end <= parent.end and not self.is_alias(parent)

    @staticmethod
    def _written_start(node: Node) -> int:
        return node.key_start if node.key_start >= 0 else node.start

    def shadowed(self, parent: Node) -> list[Node]:
        """Entries of a mapping that a later entry with the same key hides."""
        found: list[Node] = []
        for pair in self.document.duplicates:
            found += [
                node
                for node in pair
                if node.parent is parent and parent.fields.get(str(node.key)) is not node and node not in found
            ]
        return found

    def entries(self, parent: Node) -> list[Node]:
        """The children that are written in a collection, in the order of the text."""
        if parent.kind == SEQUENCE:
            return [child for child in parent.elements if self.holds(parent, child)]
        children = [*parent.fields.values(), *self.shadowed(parent)]
        entries: list[Node] = []
        for child in sorted(
            (child for child in children if self.holds(parent, child)), key=lambda child: child.key_start
        ):
            # What a merge key brings in from an anchor in this very mapping lies inside another entry.
            if not entries or child.key_start >= entries[-1].end:
                entries.append(child)
        return entries

    def start_of(self, parent: Node, entry: Node) -> int:
        """Where an entry begins: its key, or the dash of a list item (in flow style, the item)."""
        if parent.kind == MAPPING:
            return entry.key_start
        if parent.style == "flow":
            return entry.start
        position = int(entry.key)
        start = parent.start
        if position:
            before = parent.elements[position - 1]
            if not self.holds(parent, before):
                raise UnfixableError
            start = self.end_of(before)
        gap = _GAP.match(self.text, start)
        dash = gap.end() if gap else start
        if self.text[dash : dash + 1] != "-" or dash >= entry.start:
            raise UnfixableError
        return dash

    def end_of(self, node: Node) -> int:
        """Where what is written for a value ends, trailing comments and blank lines left out.

        After a block scalar this is the start of the next line; else it is on the last line.
        """
        # A text is read with a line break at its end, be there one or not: a block may end behind it.
        return min(self._end_of(node), len(self.text))

    def _end_of(self, node: Node) -> int:
        if node.kind == SCALAR:
            if node.style in ("|", ">"):
                return self._end_of_block_scalar(node)
            if node.start == node.end:
                in_flow = node.parent is None or node.parent.style == "flow"
                return node.end if in_flow else self.colon_end(node) or node.end
            return node.end
        if node.style == "flow" or self.is_alias(node):
            return node.end
        entries = self.entries(node)
        end = self.end_of(entries[-1]) if entries else node.start
        # A merge key is no entry, and may be the last thing that is written.
        if any(child.parent is node and not self.holds(node, child) for child in node.fields.values()):
            following = self.text.find("\n", end - (self.text[end - 1 : end] == "\n"), node.end) + 1
            if following:
                for line in re.compile(_CONTENT_LINE).finditer(self.text, following, node.end):
                    end = line.start() + len(line[0].rstrip())
        return end

    def _end_of_block_scalar(self, node: Node) -> int:
        written = self.text[node.start : node.end]
        if "+" in written.partition("\n")[0].partition("#")[0]:
            return node.end
        trailing = re.search(_TRAILING_LINES, written)
        return node.end if trailing is None else node.start + written.find("\n", trailing.start()) + 1

    def colon_end(self, node: Node) -> int:
        """Where the colon behind a key ends; 0 where there is none."""
        colon = _COLON.match(self.text, node.key_end) if node.key_start >= 0 else None
        return colon.end() if colon else 0

    def lead_end(self, node: Node) -> int:
        """Where what leads to a value ends: after the colon of its key, or the dash of its item."""
        assert node.parent is not None
        if node.parent.kind == SEQUENCE:
            return self.start_of(node.parent, node) + 1
        end = self.colon_end(node)
        if not end:
            raise UnfixableError
        return end

    # ---- comments

    def has_comment(self, node: Node) -> bool:
        """Whether there is a comment inside a collection in flow style."""
        if "#" not in self.text[node.start : node.end]:
            return False
        spans = [(inner.start, inner.end) for inner in node.walk() if inner.kind == SCALAR]
        spans += [(inner.key_start, inner.key_end) for inner in node.walk() if inner is not node]
        position = node.start
        for start, end in [*sorted(spans), (node.end, node.end)]:
            if "#" in self.text[position : max(start, position)]:
                return True
            position = max(end, position)
        return False

    @cached_property
    def _remarks(self) -> list[tuple[int, str]]:
        if "#" not in self.text:
            return []
        *spans, (stopped, _) = scalars(self.text)
        if stopped < len(self.text) and self.document.root is not None:
            # libyaml refuses what kubectl reads.
            spans += [(inner.start, inner.end) for inner in self.document.root.walk() if inner.kind == SCALAR]
            spans += [(inner.key_start, inner.key_end) for inner in self.document.root.walk()]
        found = []
        position = 0
        for start, end in [*sorted(spans), (len(self.text), len(self.text))]:
            found += [
                (remark.start(), remark[0].rstrip())
                for remark in re.compile(_REMARK).finditer(self.text, position, max(start, position))
            ]
            position = max(end, position)
        return found

    def remarks(self, begin: int, end: int) -> Iterator[tuple[int, str, bool]]:
        """The comments that begin between two offsets: where, what, and whether on a line of their own."""
        for place, remark in self._remarks:
            if begin <= place < end:
                yield place, remark, self.opens_line(place)

    def above(self, start: int, floor: int) -> int:
        """The start of the comment lines right above an entry at `start`, indented as it is, and not before `floor`.

        Where there is commented-out YAML among them, none is taken for a comment on the entry.
        """
        begin = entry = self.line_start(start)
        column = start - begin
        while begin > floor:
            previous = self.line_start(begin - 1)
            comment = _COMMENT_LINE.fullmatch(self.text, previous, begin)
            if comment is None or len(comment[1]) != column or previous < floor:
                break
            if re.compile(_COMMENTED_OUT).match(self.text, previous, begin):
                return entry
            begin = previous
        return begin

    def below(self, begin: int, column: int, *, commented_out: bool = False) -> int:
        """The end of the comment lines from `begin` that are indented deeper than `column`: parts of what ends there.

        With `commented_out`, only of those that are certain to be so, as they are commented-out YAML.
        """
        while begin < len(self.text):
            comment = _COMMENT_LINE.match(self.text, begin)
            if comment is None or len(comment[1]) <= column:
                break
            if commented_out and not re.compile(_COMMENTED_OUT).match(self.text, begin, comment.end()):
                break
            begin = comment.end()
        return begin

    def is_blank_line(self, begin: int) -> bool:
        return begin < len(self.text) and _BLANK_LINE.match(self.text, begin) is not None

    def is_comment_line(self, begin: int) -> bool:
        return _COMMENT_LINE.match(self.text, begin) is not None

    # ---- habits

    @cached_property
    def json(self) -> bool:
        """Whether the document is JSON, and has to stay so."""
        root = self.document.root
        if root is None or root.style != "flow" or not self.text.lstrip().startswith(("{", "[")):
            return False
        from json import loads

        try:
            loads(self.text)
        except (ValueError, RecursionError):
            return False
        return True

    @cached_property
    def quote(self) -> str:
        """The quote that the author prefers."""
        single, double = (self.text.count(f": {quote}") + self.text.count(f"- {quote}") for quote in "'\"")
        return "'" if single > double else '"'

    def step(self, node: Node) -> int:
        """The blanks that indent a mapping in the mapping `node`: as near it, else as elsewhere in the file."""
        return self._habit(node, MAPPING) or 2

    def list_indent(self, node: Node) -> int:
        """The blanks before the dashes of a list in the mapping `node`: as near it, else as elsewhere in the file."""
        found = self._habit(node, SEQUENCE)
        return 0 if found is None else found

    def _habit(self, node: Node, kind: int) -> int | None:
        place: Node | None = node
        while place is not None:
            found = self._indent_in(place, kind)
            if found is not None:
                return found
            place = place.parent
        for other in self.document.file.documents:
            if other.root is not None:
                layout = self if other is self.document else layout_of(other)
                for place in other.root.walk():
                    found = layout._indent_in(place, kind)
                    if found is not None:
                        return found
        return None

    def _indent_in(self, mapping: Node, kind: int) -> int | None:
        if mapping.kind != MAPPING or mapping.style != "block" or self.is_alias(mapping):
            return None
        for child in mapping.fields.values():
            if (
                child.kind == kind
                and child.style == "block"
                and self.holds(mapping, child)
                and self.text[child.start] not in "&!*"
            ):
                return self.column(child.start) - self.column(child.key_start)
        return None
