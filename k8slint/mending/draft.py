"""The edits that make a plan come true, drafted from the layout of the text.

Whether they do is for `edits.py` to check.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from k8slint.mending import emit
from k8slint.mending.comments import Carriers, keeps_behind
from k8slint.mending.entries import alter_block, alter_flow
from k8slint.mending.layout import UnfixableError
from k8slint.mending.parts import Piece
from k8slint.mending.plan import New, new_elements
from k8slint.nodes import MAPPING, SCALAR, SEQUENCE, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from k8slint.mending.emit import Style, Value
    from k8slint.mending.plan import Plan

_PROPERTIES = r"(?:[&!]\S*(?:\s+|\Z))+"
_BLOCK_HEADER = r"[|>]([-+]?)(?![-+0-9])"


class Draft:
    """The edits of a plan, being collected. With `copies`, values that are nodes are copied as they are written."""

    def __init__(self, plan: Plan, *, copies: bool) -> None:
        self.plan = plan
        self.layout = plan.layout
        self.text = plan.layout.text
        self.copies = copies
        self.carriers = Carriers(plan)
        if not copies and any(comments.any or comments.inside for comments in self.carriers.comments.values()):
            # They go with the text, and not with what it says.
            raise UnfixableError
        self.noted: list[tuple[int, int, int, str]] = []
        self.depth = 0

    def pieces(self) -> list[Piece]:
        """All edits in order, none touching another. Raises UnfixableError."""
        plan = self.plan
        parents: dict[int, Node] = {}
        for number, node in plan.nodes.items():
            self.depth = len(node.path)
            if number in plan.removed:
                if node.parent is None:
                    raise UnfixableError
                parents[id(node.parent)] = node.parent
            if number in plan.values:
                self._replace(node, self.source(plan.values[number]))
            if number in plan.written:
                self._write(node, plan.written[number])
            if number in plan.renamed:
                self._rename(node, plan.renamed[number])
            if number in plan.added:
                if node.kind == SCALAR or not len(node):
                    self._replace(node, self.source(plan.added[number].settled()))
                else:
                    parents[number] = node
        for parent in parents.values():
            self.depth = len(parent.path)
            self._alter(parent)
        return self._joined()

    def source(self, value: Value) -> Value:
        """A value as it is to be written: with its nodes, or as data alone."""
        return value if self.copies else emit.plain(value)

    def edit(self, start: int, end: int, text: str) -> None:
        """Notes an edit. Of insertions at one place those of the deeper collection come first."""
        if self.layout.eol != "\n":
            text = text.replace("\r\n", "\n").replace("\n", self.layout.eol)
        if self.text[start:end] != text:
            self.noted.append((start, end, -self.depth, text))

    def _joined(self) -> list[Piece]:
        joined: list[Piece] = []
        for start, end, _, text in sorted(dict.fromkeys(self.noted), key=lambda note: note[:3]):
            if joined and start < joined[-1].end:
                raise UnfixableError
            if joined and start == joined[-1].end:
                last = joined.pop()
                joined.append(Piece(last.start, end, last.text + text))
            else:
                joined.append(Piece(start, end, text))
        return [self._trimmed(piece) for piece in joined]

    def _trimmed(self, piece: Piece) -> Piece:
        """Without the whole lines that an edit over several lines leaves as they are."""
        start, end, text = piece
        if "\n" not in text or "\n" not in self.text[start:end]:
            return piece
        old, new = self.text[start:end].split("\n"), text.split("\n")
        while len(old) > 1 and len(new) > 1 and old[0] == new[0]:
            start += len(old.pop(0)) + 1
            new.pop(0)
        while len(old) > 1 and len(new) > 1 and old[-1] == new[-1]:
            end -= len(old.pop()) + 1
            new.pop()
        return Piece(start, end, "\n".join(new))

    # ---- habits

    def style(self, node: Node, *values: Value) -> Style:
        """The habits to follow where values are put below `node`."""
        layout = self.layout
        simple = all(
            emit.children(value) is None and not (isinstance(value, str) and "\n" in value) for value in values
        )
        return emit.Style(
            step=2 if simple else layout.step(node),
            list_indent=0 if simple else layout.list_indent(node),
            quote=layout.quote,
            json=layout.json,
            compact=node.style == "flow" and self._is_compact(node),
            comments=self.carriers.comments,
        )

    def _is_compact(self, node: Node) -> bool:
        entries = self.layout.entries(node)
        if len(entries) > 1:
            return self.text[self.layout.end_of(entries[0]) : self.layout.start_of(node, entries[1])] == ","
        return any(self.text[entry.key_end : entry.start] == ":" for entry in entries if entry.key_start >= 0)

    def spread(self, node: Node) -> int | None:
        """The indentation of the line that `node` begins on, where the text is JSON laid out over lines; else None."""
        parent = node.parent or node
        if not self.layout.json or "\n" not in self.text[parent.start : parent.end]:
            return None
        line = self.text[self.layout.line_start(node.start) : node.start]
        return len(line) - len(line.lstrip(" "))

    # ---- scalars and whole values

    def _rename(self, node: Node, key: str) -> None:
        written = self.text[node.key_start : node.key_end]
        if node.parent is None or not self.layout.holds(node.parent, node) or written[:1] in ("", "&", "!", "*"):
            raise UnfixableError
        quote = written[0] if written[0] in "'\"" else ""
        style = emit.Style(quote=self.layout.quote, json=self.layout.json)
        self.edit(
            node.key_start, node.key_end, emit.key_text(key, style, flow=node.parent.style == "flow", quote=quote)
        )

    def _write(self, node: Node, written: str) -> None:
        if node.start == node.end:
            self._fill_nothing(node, written)
        else:
            self.edit(self._token_start(node, keep_tag=True), self._token_end(node), written)

    def _replace(self, node: Node, value: Value) -> None:
        """Gives a node that exists another value."""
        parent = node.parent
        if parent is None or not self.layout.holds(parent, node):
            raise UnfixableError
        style = self.style(parent, value)
        self._put_above(parent, node, value)
        if parent.style == "flow":
            self._replace_token(node, emit.flow(value, style, self.spread(node), self._quote_of(node, value)))
        elif not emit.is_block(value, style):
            self._put_inline(parent, node, value, style)
        elif self._is_block(node):
            self._block_to_block(parent, node, value, style)
        else:
            self._inline_to_block(parent, node, value, style)

    def _put_above(self, parent: Node, node: Node, value: Value) -> None:
        """The comments that go with a value that takes the place of another."""
        comments = self.carriers.comments.get(id(value), emit.Comments())
        if not comments.any:
            return
        start = self.layout.start_of(parent, node)
        if parent.style == "flow" or not self.layout.opens_line(start):
            raise UnfixableError
        behind = (comments.behind.strip(),) if comments.behind else ()
        lines = (*comments.above, *behind, *comments.below, *(line for _, line in comments.after))
        self.insert_lines(self.layout.line_start(start), [" " * self.layout.column(start) + line for line in lines])

    def _is_block(self, node: Node) -> bool:
        return node.kind > SCALAR and node.style == "block" and not self.layout.is_alias(node)

    @staticmethod
    def _quote_of(node: Node, value: Value) -> str:
        """The quote to keep: that of the string that was there."""
        return node.style if node.kind == SCALAR and node.style in ("'", '"') and isinstance(value, str) else ""

    def _token_start(self, node: Node, *, keep_tag: bool = False) -> int:
        """Where the characters of a scalar begin: after its anchor, and after its tag if that is to stay."""
        if not self.layout.has_properties(node):
            return node.start
        properties = re.compile(_PROPERTIES).match(self.text, node.start, node.end)
        if properties is None:
            raise UnfixableError
        if keep_tag or "!" not in properties[0]:
            return properties.end()
        if "&" in properties[0]:
            raise UnfixableError
        return node.start

    def _token_end(self, node: Node) -> int:
        """Where the characters of a value end, the last line break of a block scalar left out."""
        end = self.layout.end_of(node)
        return end - len(self.layout.eol) if self.text[end - 1] == "\n" else end

    def _replace_token(self, node: Node, written: str) -> None:
        """Other characters for a scalar or a flow collection."""
        if node.start == node.end:
            self._fill_nothing(node, written)
        elif node.kind == SCALAR or self.layout.is_alias(node):
            self.edit(self._token_start(node), self._token_end(node), written)
        elif self.layout.has_properties(node) or self.layout.has_comment(node):
            raise UnfixableError
        else:
            self.edit(node.start, node.end, written)

    def _fill_nothing(self, node: Node, written: str) -> None:
        """Puts a value where a key, or a dash, has none."""
        assert node.parent is not None
        end = self.layout.end_of(node)
        if node.parent.style == "flow":
            lead = self.layout.colon_end(node)
            self.edit(lead or end, end, f" {written}" if lead else f": {written}")
        else:
            header, _, body = written.partition("\n")
            self._after_lead(end, header)
            self.insert_lines(self.layout.after_line(end), [body] if body else [])

    def _after_lead(self, lead: int, written: str) -> None:
        """Puts text after a colon or dash that has nothing but a comment behind it."""
        stop, comment = self.layout.rest_of_line(lead)
        self.edit(lead, lead if comment else stop, f" {written}" if written else "")

    def _column_below(self, parent: Node, node: Node, style: Style, *, mapping: bool = True) -> int:
        """The column of what stands on lines of its own below a key or dash."""
        column = self.layout.column(self.layout.start_of(parent, node))
        if parent.kind == SEQUENCE:
            return column + 2
        return column + (style.step if mapping else style.list_indent)

    def _put_inline(self, parent: Node, node: Node, value: Value, style: Style) -> None:
        """A scalar or flow collection in the place of whatever stands there."""
        if isinstance(value, Node) and value.string is not None and self._quote_of(node, value.string):
            value = value.string
        if isinstance(value, str) and node.style in ("|", ">") and self._rewrite_block_scalar(node, value):
            return
        written = emit.inline(value, self._column_below(parent, node, style), style, self._quote_of(node, value))
        header, _, body = written.partition("\n")
        layout = self.layout
        if self._is_block(node):
            if layout.has_properties(node):
                raise UnfixableError
            lead = layout.lead_end(node)
            if "\n" in self.text[lead : node.start]:
                self._after_lead(lead, header)
                self.replace_lines(layout.after_line(lead), layout.after_line(layout.end_of(node)), body)
            else:
                self.edit(node.start, self._token_end(node), written)
        elif body and node.start != node.end and self.text[layout.end_of(node) - 1] != "\n":
            # The lines of a block scalar go below the comment that follows on the line.
            self._replace_token(node, header)
            self.insert_lines(layout.after_line(layout.end_of(node)), [body])
        else:
            self._replace_token(node, written)

    def _rewrite_block_scalar(self, node: Node, value: str) -> bool:
        """New lines in a block scalar, at the column of the old ones; False where that cannot be."""
        header = re.compile(_BLOCK_HEADER).match(self.text, node.start)
        written = emit.literal(value)
        begin = self.text.find("\n", node.start) + 1
        end = self.layout.end_of(node)
        first = next((line for line in self.text[begin:end].split("\n") if line.strip()), None) if begin else None
        if header is None or written is None or first is None:
            return False
        self.edit(node.start, header.end(), written[0])
        self.replace_lines(begin, end, "\n".join(emit.indented(written[1], len(first) - len(first.lstrip(" ")))))
        return True

    def _block_to_block(self, parent: Node, node: Node, value: Value, style: Style) -> None:
        """A collection on lines of its own in the place of another."""
        layout = self.layout
        if layout.has_properties(node):
            raise UnfixableError
        lead = layout.lead_end(node)
        if "\n" not in self.text[lead : node.start]:
            self.edit(node.start, self._token_end(node), emit.block(value, layout.column(node.start), style))
            return
        column = self._column_below(parent, node, style, mapping=isinstance(emit.children(value), dict))
        self.replace_lines(
            layout.after_line(lead),
            layout.after_line(layout.end_of(node)),
            " " * column + emit.block(value, column, style),
        )

    def _inline_to_block(self, parent: Node, node: Node, value: Value, style: Style) -> None:
        """A collection on lines of its own in the place of nothing, a scalar, or a flow collection (often `{}`)."""
        layout, text = self.layout, self.text
        moves = id(node) in self.carriers.moving
        if layout.has_properties(node) or (node.style == "flow" and layout.has_comment(node) and not moves):
            raise UnfixableError
        lead, end = layout.lead_end(node), layout.end_of(node)
        column = self._column_below(parent, node, style, mapping=isinstance(emit.children(value), dict))
        if text[end - 1] == "\n":
            self.edit(lead, self._token_end(node), f"\n{' ' * column}{emit.block(value, column, style)}")
            return
        stop, comment = layout.rest_of_line(end)
        if parent.kind == SEQUENCE and not comment:
            if node.start == node.end:
                self.edit(lead, stop, " " + emit.block(value, column, style))
            else:
                self.edit(node.start, stop, emit.block(value, layout.column(node.start), style))
            return
        stays = comment and not keeps_behind(self.plan, node)
        self.edit(lead, end if stays else stop, "")
        self.insert_lines(layout.after_line(end), [" " * column + emit.block(value, column, style)])

    def empty(self, node: Node) -> None:
        """Leaves `{}` or `[]` of a block collection."""
        if node.parent is None:
            raise UnfixableError
        self._replace(node, {} if node.kind == MAPPING else [])

    # ---- whole lines

    def insert_lines(self, place: int, lines: Sequence[str]) -> None:
        """Puts lines in before the line that begins at `place`."""
        if place == len(self.text) and not self.text.endswith("\n"):
            self.edit(place, place, "".join("\n" + line for line in lines))
        else:
            self.edit(place, place, "".join(line + "\n" for line in lines))

    def replace_lines(self, begin: int, end: int, body: str = "") -> None:
        """Other lines in the place of those between two line starts; none where `body` is empty."""
        self.edit(begin, end, body + "\n" if body and self.text[end - 1] == "\n" else body)

    # ---- entries

    def _alter(self, parent: Node) -> None:
        """Takes entries out of a collection and puts others in."""
        plan = self.plan
        entries = self.layout.entries(parent)
        removed = {id(entry) for entry in entries} & plan.removed
        if self.layout.is_alias(parent) or len(removed) < sum(
            number in plan.removed and node.parent is parent for number, node in plan.nodes.items()
        ):
            raise UnfixableError
        added = plan.added.get(id(parent), New())
        if parent.kind == MAPPING:
            new = [(key, self.source(value)) for key, value in added.settled().items()]
        else:
            new = [
                (place, self.source(value)) for place in sorted(added, key=int) for value in new_elements(added[place])
            ]
        (alter_flow if parent.style == "flow" else alter_block)(self, parent, entries, removed, new)
