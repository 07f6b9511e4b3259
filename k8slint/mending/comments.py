"""The comments that would go with what is taken out of a text, though what they speak of only moves.

A removal takes lines away, and a comment on them may be on a node that is to stand somewhere else. Each such comment is given to a node that
moves: the one it stands behind or above, or the next one where what it stood on is no more. What is on a field that is dropped is dropped with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from k8slint.mending.emit import Comments, Copied
from k8slint.mending.entries import cuts, flow_cuts, runs
from k8slint.mending.layout import UnfixableError
from k8slint.nodes import MAPPING, SCALAR, Node

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from k8slint.mending.emit import Value
    from k8slint.mending.plan import Plan


class _Span(NamedTuple):
    """An entry in what is taken out: from `start`, its key or dash, to `end`; `begin` is where its value begins."""

    node: Node
    start: int
    begin: int
    end: int
    column: int
    moves: bool
    in_block: bool


class _Given:
    """The comments given to one node."""

    def __init__(self) -> None:
        self.above: list[str] = []
        self.behind: list[str] = []
        self.below: list[str] = []
        self.after: list[tuple[int, str]] = []
        self.inside = False

    def comments(self) -> Comments:
        return Comments(tuple(self.above), "".join(self.behind), tuple(self.below), tuple(self.after), self.inside)


def placed(plan: Plan) -> Iterator[Node]:
    """The nodes among the values that a plan puts in."""
    yield from _nodes([*plan.values.values(), *plan.added.values()])


def _nodes(values: Iterable[Value]) -> Iterator[Node]:
    """The nodes among values, and in the data among them."""
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, dict):
            yield from _nodes(value.values())
        elif isinstance(value, list | tuple):
            yield from _nodes(value)


class Carriers:
    """The nodes of a plan that move, and the comments that go along. Raises UnfixableError."""

    def __init__(self, plan: Plan) -> None:
        values = list(placed(plan))
        self.plan = plan
        self.layout = plan.layout
        self.text = plan.layout.text
        self.given: dict[int, _Given] = {}
        self.holders: set[int] = set()
        """What has a node that moves below it."""
        gone = plan.removed | plan.values.keys()
        self.comments: dict[int, Comments] = {}
        """By the `id` of a value that moves."""
        if not values:
            return
        for value in values:
            node = value.of if isinstance(value, Copied) else value
            ancestors = list(_ancestors(node))
            if not node.exists or node.root.document is not plan.document or not gone & {id(node), *map(id, ancestors)}:
                continue
            self.given[id(node)] = _Given()
            self.holders |= set(map(id, ancestors))
        self._look()
        self.comments = {number: given.comments() for number, given in self.given.items()}
        for value in values:
            if isinstance(value, Copied) and id(value.of) in self.comments:
                self.comments[id(value)] = self.comments[id(value.of)]

    @property
    def moving(self) -> Container[int]:
        """The `id` of what moves, and of what it stands in."""
        return self.given.keys() | self.holders

    def _look(self) -> None:
        """Goes through all places where something is taken out."""
        plan, layout = self.plan, self.layout
        parents = {id(node.parent): node.parent for number, node in plan.nodes.items() if number in plan.removed}
        for number, node in plan.nodes.items():
            if number in plan.values:
                self._replaced(node)
        for number, parent in parents.items():
            if parent is None:
                raise UnfixableError
            entries = layout.entries(parent)
            removed = {id(entry) for entry in entries} & plan.removed
            if len(removed) < len(entries):
                if parent.style == "flow":
                    for first, last in runs(entries, removed):
                        self._taken(parent, entries[first : last + 1], *flow_cuts(layout, parent, entries, first, last))
                else:
                    for cut in cuts(layout, parent, entries, removed, self.moving):
                        self._taken(parent, entries[cut.first : cut.last + 1], cut.begin, cut.end)
            elif entries and number in plan.added:
                self._taken(parent, entries, layout.start_of(parent, entries[0]), self.end_of_all(parent, entries))
            elif entries:
                self._replaced(parent)

    def end_of_all(self, parent: Node, entries: Sequence[Node]) -> int:
        """Where what is taken out ends where nothing remains: behind the comment on the last entry, if that moves."""
        last = entries[-1]
        end = self.layout.end_of(last)
        if parent.style == "block" and id(last) in self.given and self.text[end - 1] != "\n":
            return self.layout.rest_of_line(end)[0]
        return end

    def _replaced(self, node: Node) -> None:
        """What gives way to another value: lines below a key, or characters on its line."""
        layout = self.layout
        if node.parent is None or not layout.holds(node.parent, node) or layout.is_alias(node):
            return
        if id(node) in self.given:
            given = self.given[id(node)]
            given.inside = self._has_remarks(node.start, layout.end_of(node))
            if node.kind > SCALAR and node.style == "block":
                given.below += [text for _, text, own in layout.remarks(layout.lead_end(node), node.start) if own]
            elif keeps_behind(self.plan, node):
                given.behind.append(layout.rest_of_line(layout.end_of(node))[1])
            return
        if id(node) not in self.holders:
            return
        begin, end = node.start, layout.end_of(node)
        if node.style == "block" and "\n" in self.text[layout.lead_end(node) : begin]:
            begin, end = layout.after_line(layout.lead_end(node)), layout.after_line(end)
        self._taken(node, layout.entries(node), begin, end)

    def _has_remarks(self, begin: int, end: int) -> bool:
        return any(True for _ in self.layout.remarks(begin, end))

    # ---- who gets what

    def _spans(self, parent: Node, entries: Iterable[Node]) -> Iterator[_Span]:
        layout = self.layout
        for entry in entries:
            moves = id(entry) in self.given
            if not moves and id(entry) in self.holders and not layout.is_alias(entry):
                yield from self._spans(entry, layout.entries(entry))
                continue
            start = layout.start_of(parent, entry)
            column = layout.column(start)
            begin = max(entry.start, start)
            end = layout.end_of(entry)
            if moves and entry.kind > SCALAR and entry.style == "block" and self.text[end - 1] != "\n":
                # The comment on its last line is in its text.
                end, _ = layout.rest_of_line(end)
            yield _Span(entry, start, begin, end, column, moves, parent.style == "block")

    def _taken(self, parent: Node, entries: Sequence[Node], begin: int, end: int) -> None:
        """Gives away the comments between two offsets, which are taken out of `parent` with `entries`."""
        spans = list(self._spans(parent, entries))
        moving = [span for span in spans if span.moves]
        if not moving:
            return
        for place, remark, own in self.layout.remarks(begin, end):
            around = next((span for span in spans if span.start <= place < span.end), None)
            if around is not None:
                if around.moves:
                    given = self.given[id(around.node)]
                    if place >= around.begin:
                        given.inside = True
                    else:
                        (given.below if own else given.behind).append(
                            remark if own else self._with_blanks(place, remark)
                        )
            elif own:
                self._give_line(spans, place, remark)
            else:
                self._give_rest(spans, moving, place, remark)

    def _give_rest(self, spans: Sequence[_Span], moving: Sequence[_Span], place: int, remark: str) -> None:
        """A comment behind something on its line."""
        before = [span for span in spans if span.end <= place and not self._is_apart(span.end, place)]
        beside = [span for span in before if span.moves and not self._is_apart(span.start, place)]
        if before and not set("}]") & set(self.text[before[-1].end : place]):
            if before[-1].moves:
                self.given[id(before[-1].node)].behind.append(self._with_blanks(place, remark))
        elif len(beside) == 1:
            # It speaks of a collection of which nothing but this stays.
            self.given[id(beside[0].node)].behind.append(self._with_blanks(place, remark))
        else:
            following = [span for span in moving if span.start > place]
            self.given[id((beside or following or moving[-1:])[0].node)].above.append(remark)

    def _with_blanks(self, place: int, remark: str) -> str:
        """A comment with the blanks before it."""
        line = self.text[self.layout.line_start(place) : place]
        return line[len(line.rstrip(" \t")) :] + remark

    def _is_apart(self, start: int, end: int) -> bool:
        return "\n" in self.text[max(start - 1, 0) : end]

    def _give_line(self, spans: Sequence[_Span], place: int, remark: str) -> None:
        """A comment on a line of its own."""
        before = [span for span in spans if span.end <= place]
        following = [span for span in spans if span.start > place]
        column = self.layout.column(place)
        if before and before[-1].in_block and column > before[-1].column and self._is_attached(before[-1].end, place):
            # A part of what ends there.
            if before[-1].moves:
                self.given[id(before[-1].node)].after.append((column - before[-1].column, remark))
            return
        if following and not following[0].moves and self._is_attached(place, following[0].start):
            return
        heirs = [span for span in following if span.moves]
        if heirs:
            self.given[id(heirs[0].node)].above.append(remark)
            return
        last = [span for span in before if span.moves][-1]
        if last.in_block:
            self.given[id(last.node)].after.append((max(column - last.column, 0), remark))
        else:
            self.given[id(last.node)].above.append(remark)

    def _is_attached(self, start: int, end: int) -> bool:
        """Whether nothing but comments stands between two places, and no blank line."""
        lines = self.text[start:end].split("\n")
        if start and self.text[start - 1] != "\n":
            # The rest of a line, be there a comment or not.
            lines = lines[1:]
        return all(line.lstrip(" ").startswith("#") for line in lines[:-1])


def keeps_behind(plan: Plan, node: Node) -> bool:
    """Whether the comment behind a scalar, which becomes a block that holds it, stays with the scalar and not with the key."""
    parent, layout = node.parent, plan.layout
    if (
        parent is None
        or parent.kind != MAPPING
        or parent.style == "flow"
        or layout.text[layout.end_of(node) - 1] == "\n"
    ):
        return False
    inner = _nodes([plan.values.get(id(node))])
    return any(value is node or (isinstance(value, Copied) and value.of is node) for value in inner)


def _ancestors(node: Node) -> Iterator[Node]:
    while node.parent is not None:
        node = node.parent
        yield node
