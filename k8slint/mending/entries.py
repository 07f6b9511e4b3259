"""Entries taken out of collections and put in: what goes with them, and where a new key belongs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from k8slint.mending import emit
from k8slint.mending.layout import UnfixableError
from k8slint.nodes import MAPPING, SCALAR, Key, Node

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from k8slint.mending.draft import Draft
    from k8slint.mending.emit import Style, Value
    from k8slint.mending.layout import Layout

New: TypeAlias = "Sequence[tuple[Key, Value]]"
"""New entries: of a mapping by key, of a sequence by the position they are to stand before."""

# A new key goes after the first of these that is there.
_AFTER: Final[dict[str, tuple[str, ...]]] = {
    "kind": ("apiVersion", "apiGroup"),
    "metadata": ("kind", "apiVersion"),
    "name": ("kind", "apiVersion", "apiGroup"),
    "namespace": ("name", "generateName"),
    "labels": ("namespace", "name", "generateName"),
    "annotations": ("labels", "namespace", "name", "generateName"),
    "imagePullPolicy": ("image",),
    "command": ("imagePullPolicy", "image"),
    "args": ("command",),
    "requests": ("limits",),
    "limits": ("requests",),
    "targetPort": ("port",),
    "protocol": ("targetPort", "port", "containerPort"),
    "pathType": ("path",),
    "selector": ("replicas",),
    "readinessProbe": ("livenessProbe",),
    "livenessProbe": ("readinessProbe",),
}
# These open a mapping where there is nothing for them to follow.
_FIRST: Final = frozenset({"apiVersion", "kind", "name", "selector"})
# The keys in these are the author's own, and have no customary order.
_FREE: Final = frozenset(
    {"labels", "annotations", "matchLabels", "nodeSelector", "selector", "data", "stringData", "limits", "requests"}
)
_SORTED_FROM: Final = 4
"""Entries from which alphabetical order is taken for a habit."""

_COMMA = r"[ \t]*,"
_COMMENT = r"[ \t]*#"
_COMMA_AND_COMMENT = r"([ \t]*,)?(?:[ \t]*#[^\r\n]*)?(?=\r?\n)"


def _predecessor(parent: Node, new: Key, remaining: Sequence[Node]) -> Node | None:
    """The entry after which a new one goes; None where it goes first. `remaining` are those that stay, at least one."""
    if isinstance(new, int):
        before = [entry for entry in remaining if int(entry.key) < new]
        return before[-1] if before else None
    keys = [str(entry.key) for entry in remaining]
    if len(keys) >= _SORTED_FROM and "apiVersion" not in keys and keys == sorted(keys):
        before = [entry for entry in remaining if str(entry.key) < new]
        return before[-1] if before else None
    if parent.key not in _FREE:
        for key in _AFTER.get(new, ()):
            if key in keys:
                return remaining[keys.index(key)]
        if new in _FIRST:
            return None
    return remaining[-1]


def _placed(parent: Node, new: New, remaining: Sequence[Node]) -> Iterator[tuple[Node | None, New]]:
    """New entries in groups that go to one place."""
    groups: dict[int, tuple[Node | None, list[tuple[Key, Value]]]] = {}
    for key, value in new:
        before = _predecessor(parent, key, remaining)
        groups.setdefault(id(before), (before, []))[1].append((key, value))
    yield from groups.values()


def runs(entries: Sequence[Node], removed: set[int]) -> Iterator[tuple[int, int]]:
    """Removed entries that follow one another, as positions of the first and the last."""
    first: int | None = None
    for position, entry in enumerate(entries):
        if id(entry) in removed:
            first = position if first is None else first
            if position + 1 == len(entries) or id(entries[position + 1]) not in removed:
                yield first, position
                first = None


def _usual_quote(entries: Sequence[Node], value: Value) -> str:
    """The quote for a string that comes among entries of which all strings have it; "" where there is no such habit."""
    if not isinstance(value, str):
        return ""
    styles = {entry.style for entry in entries if entry.kind == SCALAR and entry.string is not None}
    return styles.pop() if len(styles) == 1 and styles <= {"'", '"'} else ""


# ---------------------------------------------------------------------------------------------------- block style


def alter_block(draft: Draft, parent: Node, entries: Sequence[Node], removed: set[int], new: New) -> None:
    """The edits to a collection in block style that holds something. Raises UnfixableError."""
    layout = draft.layout
    remaining = [entry for entry in entries if id(entry) not in removed]
    style = draft.style(parent, *(value for _, value in new))
    if not remaining and not new:
        draft.empty(parent)
        return
    starts = [layout.start_of(parent, entry) for entry in entries]
    column = layout.column(starts[0])
    if not remaining:
        # The comments above and behind what is removed stay where they are.
        written = [_block_entry(draft, parent, entries, key, value, column, style) for key, value in new]
        end = draft.carriers.end_of_all(parent, entries)
        draft.edit(
            starts[0], end - len(layout.eol) if layout.text[end - 1] == "\n" else end, f"\n{' ' * column}".join(written)
        )
        return
    for cut in cuts(layout, parent, entries, removed, draft.carriers.moving):
        _cut(draft, parent, starts, cut)
    for before, group in _placed(parent, new, remaining):
        written = [_block_entry(draft, parent, remaining, key, value, column, style) for key, value in group]
        if before is None:
            start = starts[entries.index(remaining[0])]
            draft.edit(start, start, "".join(f"{text}\n{' ' * column}" for text in written))
        else:
            place = layout.below(layout.after_line(layout.end_of(before)), column)
            draft.insert_lines(place, [" " * column + text for text in written])


def _block_entry(
    draft: Draft, parent: Node, neighbours: Sequence[Node], key: Key, value: Value, column: int, style: Style
) -> str:
    quote = _usual_quote(neighbours, value)
    if parent.kind == MAPPING:
        return emit.entry(str(key), value, column, style, quote)
    start = draft.layout.start_of(parent, neighbours[0])
    between = draft.text[start + 1 : neighbours[0].start]
    gap = len(between) if between and not between.strip(" ") else 1
    return emit.item(value, column, style, quote, gap)


class Cut(NamedTuple):
    """Entries `first` to `last` of a collection in block style that are taken out, with the text from `begin` to `end`."""

    first: int
    last: int
    begin: int
    end: int


def cuts(layout: Layout, parent: Node, entries: Sequence[Node], removed: set[int], moving: Container[int]) -> list[Cut]:
    """What is taken out of a collection of which something remains. `moving` are nodes that are to stand elsewhere.

    Comments between two entries that go may stay: those that are not certain to be on what goes.
    """
    found: list[Cut] = []
    starts = [layout.start_of(parent, entry) for entry in entries]
    for run in runs(entries, removed):
        before = len(found)
        for first, last in _split(layout, entries, starts, *run):
            cut = _cut_lines(layout, parent, entries, starts, first, last, moving)
            if len(found) > before and not layout.text[found[-1].end : cut.begin].strip():
                found[-1] = found[-1]._replace(last=last, end=cut.end)
            else:
                found.append(cut)
    return found


def _split(
    layout: Layout, entries: Sequence[Node], starts: Sequence[int], first: int, last: int
) -> Iterator[tuple[int, int]]:
    """Entries `first` to `last`, parted where comments stand between them."""
    for position in range(first, last):
        if any(own for _, _, own in layout.remarks(layout.end_of(entries[position]), starts[position + 1])):
            yield first, position
            first = position + 1
    yield first, last


def _cut_lines(
    layout: Layout,
    parent: Node,
    entries: Sequence[Node],
    starts: Sequence[int],
    first: int,
    last: int,
    moving: Container[int],
) -> Cut:
    start = starts[first]
    # What moves takes along all that is written below it.
    end = layout.below(
        layout.after_line(layout.end_of(entries[last])),
        layout.column(start),
        commented_out=id(entries[last]) not in moving,
    )
    if layout.opens_line(start):
        start = _first_line(layout, parent, entries, starts, first, last, moving)
    return Cut(first, last, start, end)


def _first_line(
    layout: Layout,
    parent: Node,
    entries: Sequence[Node],
    starts: Sequence[int],
    first: int,
    last: int,
    moving: Container[int],
) -> int:
    """Where the lines begin that go with entries `first` to `last`.

    Comments right above go too if they clearly speak of nothing else: if the entries are all of a paragraph, with a
    blank line, a comment, or the end of the collection after them. What is said above a block that moves is on the block.
    """
    start = starts[first]
    begin = layout.line_start(start)
    if first == 0 and parent.parent is None:
        # What a file begins with is about the file.
        return begin
    after = layout.below(layout.after_line(layout.end_of(entries[last])), layout.column(start), commented_out=True)
    ends = last + 1 == len(entries) or layout.is_blank_line(after) or layout.is_comment_line(after)
    is_block = entries[first].kind > SCALAR and entries[first].style == "block" and id(entries[first]) in moving
    floor = layout.end_of(entries[first - 1]) if first else layout.lead_end(parent) if parent.parent is not None else 0
    return layout.above(start, floor) if ends or is_block else begin


def _cut(draft: Draft, parent: Node, starts: Sequence[int], cut: Cut) -> None:
    """Takes out the lines of entries of which others remain."""
    layout, text = draft.layout, draft.text
    first, last, begin, end = cut
    if not layout.opens_line(begin):
        # The first entry of a list item stands behind the dash: what comes next moves up there.
        if first or last + 1 == len(starts):
            raise UnfixableError
        draft.edit(begin, end + len(text[end:]) - len(text[end:].lstrip()), "")
        return
    opens = first == 0 and begin == (layout.after_line(layout.lead_end(parent)) if parent.parent is not None else 0)
    if opens or layout.is_blank_line(layout.line_start(begin - 1)):
        # Of the blank lines before and after, one group is enough; none where the collection begins.
        while layout.is_blank_line(end):
            end = text.find("\n", end) + 1 or len(text)
        while end == len(text) and begin and layout.is_blank_line(layout.line_start(begin - 1)):
            begin = layout.line_start(begin - 1)
    draft.replace_lines(begin, end)


# ---------------------------------------------------------------------------------------------------- flow style


def alter_flow(draft: Draft, parent: Node, entries: Sequence[Node], removed: set[int], new: New) -> None:
    """The edits to a collection in flow style that holds something. Raises UnfixableError."""
    layout, text = draft.layout, draft.text
    opening = text.find("{" if parent.kind == MAPPING else "[", parent.start, parent.end)
    if opening < 0 or text[parent.end - 1] not in "}]":
        # `[a: 1]`: a mapping without braces.
        raise UnfixableError
    remaining = [entry for entry in entries if id(entry) not in removed]
    starts = [layout.start_of(parent, entry) for entry in entries]
    ends = [layout.end_of(entry) for entry in entries]
    style = draft.style(parent, *(value for _, value in new))
    spread = draft.spread(entries[0])
    if not remaining:
        written = [_flow_entry(parent, entries, key, value, style, spread) for key, value in new]
        if "#" in text[opening + 1 : starts[0]] or "#" in text[ends[-1] : parent.end]:
            raise UnfixableError
        if written:
            draft.edit(starts[0], ends[-1], emit.joined(written, style))
        else:
            draft.edit(opening + 1, parent.end - 1, "")
        return
    for first, last in runs(entries, removed):
        if last + 1 < len(entries):
            _, _, other_lines = text[ends[last] : starts[last + 1]].partition("\n")
            if "#" in other_lines:
                raise UnfixableError
            draft.edit(starts[first], starts[last + 1], "")
        else:
            _cut_flow_end(draft, ends[first - 1], starts[first], ends[last])
    for before, group in _placed(parent, new, remaining):
        written = [_flow_entry(parent, remaining, key, value, style, spread) for key, value in group]
        _insert_flow(draft, parent, remaining, before, written, style)


def flow_cuts(layout: Layout, parent: Node, entries: Sequence[Node], first: int, last: int) -> tuple[int, int]:
    """The text in which comments go with entries `first` to `last` of a collection in flow style of which others remain."""
    text = layout.text
    start, end = layout.start_of(parent, entries[first]), layout.end_of(entries[last])
    if last + 1 < len(entries):
        return start, layout.start_of(parent, entries[last + 1])
    before = layout.end_of(entries[first - 1])
    same_line, line_break, _ = text[before:start].partition("\n")
    trailing = re.compile(_COMMA_AND_COMMENT).match(text, end) if line_break else None
    return before + len(same_line) if line_break else before, trailing.end() if trailing else end


def _cut_flow_end(draft: Draft, before: int, start: int, end: int) -> None:
    """Takes out the last entries: those from `start` to `end`, after one that ends at `before`."""
    text = draft.text
    comma = re.compile(_COMMA).match(text, before)
    same_line, line_break, _ = text[before:start].partition("\n")
    if not line_break:
        draft.edit(before, end, "")
        return
    if comma is None:
        raise UnfixableError
    # The comment on the line before stays; that on the last line goes.
    trailing = re.compile(_COMMA_AND_COMMENT).match(text, end)
    if trailing is None or not trailing[1]:
        draft.edit(before, comma.end(), "")
    draft.edit(before + len(same_line.rstrip("\r")), trailing.end() if trailing else end, "")


def _flow_entry(
    parent: Node, neighbours: Sequence[Node], key: Key, value: Value, style: Style, spread: int | None
) -> str:
    quote = _usual_quote(neighbours, value)
    if parent.kind == MAPPING:
        return emit.pair(str(key), value, style, spread, quote)
    return emit.flow(value, style, spread, quote)


def _insert_flow(
    draft: Draft, parent: Node, remaining: Sequence[Node], before: Node | None, written: Sequence[str], style: Style
) -> None:
    layout, text = draft.layout, draft.text
    beside = remaining[0] if before is None else before
    start = layout.start_of(parent, beside)
    own_line = layout.opens_line(start) and "\n" in text[parent.start : parent.end]
    separator = f",\n{' ' * layout.column(start)}" if own_line else emit.joined(["", ""], style)
    if before is None:
        draft.edit(start, start, "".join(part + separator for part in written))
        return
    end = layout.end_of(before)
    comma = re.compile(_COMMA).match(text, end)
    if re.compile(_COMMENT).match(text, comma.end() if comma else end):
        # The comment stays on the line of what it speaks of.
        if not own_line:
            raise UnfixableError
        if comma is None:
            draft.edit(end, end, ",")
        lines = separator.join(written) + ("," if comma else "")
        draft.insert_lines(text.find("\n", end) + 1, [" " * layout.column(start) + lines])
    else:
        draft.edit(end, end, "".join(separator + part for part in written))
