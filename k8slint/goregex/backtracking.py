"""A tree of Go's syntax as an expression of Python's `re`, and how long a text that may be given.

Python's engine tries one way after the other, and may take ages where there are many: `^(a+)+$`. Nearly all expressions have few. That is proven here, or else
`re` is not used: all that texts can lead to is walked through, counting the ways that are open at once. If they are never more than some, the engine takes at
most as many steps for each character. What matters is ways as the engine sees them: in `(a+)+` there are two from one `a` to the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from k8slint.goregex.syntax import (
    ANY,
    ANY_BUT_NEWLINE,
    BEGIN_LINE,
    BEGIN_TEXT,
    END_LINE,
    END_TEXT,
    LAST,
    NO_WORD_BOUNDARY,
    WORD_BOUNDARY,
    Alternate,
    Chars,
    Concat,
    Node,
    Place,
    Ranges,
    Repeat,
    complement,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_STEPS: Final = 2_000_000
"""What `re` may take for one text: well below a tenth of a second."""
_WAYS: Final = 64
"""How many ways may be open at once."""
_POSITIONS: Final = 4000
_EDGES: Final = 20_000
_WORK: Final = 20_000
"""Limits to the proof. It takes far less for a usual expression."""
_MANY_RANGES: Final = 50
"""Sets of more are slow to compile."""


class Backtracking(NamedTuple):
    """An expression for Python's `re`."""

    text: str
    limit: int
    """The length of the longest text that takes no longer than it may; 0 where none does."""
    anchored: bool
    """Whether a match begins where the text does."""

    def compiled(self) -> re.Pattern[str] | None:
        """None where it must not be used, or is nested deeper than Python can."""
        if not self.limit:
            return None
        try:
            return re.compile(self.text)
        except (re.error, RecursionError, OverflowError):
            return None


def translated(root: Node) -> Backtracking:
    """The same for Python, for all texts without surrogates."""
    try:
        anchored = _is_anchored(root)
        return Backtracking(_text(root), _limit(root, anchored), anchored)
    except RecursionError:
        return Backtracking("", 0, anchored=False)


# ---- the expression

_PLACES: Final = {
    # In groups, so that they may be repeated.
    BEGIN_TEXT: r"(?:\A)",
    END_TEXT: r"(?:\Z)",
    BEGIN_LINE: "(?m:^)",
    END_LINE: "(?m:$)",
    WORD_BOUNDARY: r"(?a:\b)",
    # Before Python 3.14, \B is not in an empty text.
    NO_WORD_BOUNDARY: r"(?:(?a:\B)|\A\Z)",
}
_OPERATORS: Final = {(0, -1): "*", (1, -1): "+", (0, 1): "?"}


def _text(node: Node) -> str:
    if isinstance(node, Chars):
        return _set(node.ranges)
    if isinstance(node, Concat):
        return "".join([f"(?:{_text(part)})" if isinstance(part, Alternate) else _text(part) for part in node.parts])
    if isinstance(node, Alternate):
        return "|".join([_text(part) for part in node.parts])
    if isinstance(node, Repeat):
        inner = _text(node.part)
        if not isinstance(node.part, Chars):
            inner = f"(?:{inner})"
        operator = _OPERATORS.get((node.low, node.high))
        if operator is None:
            high = "" if node.high < 0 else str(node.high)
            operator = f"{{{node.low},{high}}}"
        return f"{inner}{operator}{'?' if node.lazy else ''}"
    assert isinstance(node, Place)
    return _PLACES[node.condition]


def _set(ranges: Ranges) -> str:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return re.escape(chr(ranges[0][0]))
    if ranges == ANY_BUT_NEWLINE:
        return r"[^\n]"
    if ranges == ANY:
        return "(?s:.)"
    if not ranges:
        return "(?!)"
    if ranges[-1][1] == LAST:
        return f"[^{_inside(complement(ranges))}]"
    return f"[{_inside(ranges)}]"


def _inside(ranges: Ranges) -> str:
    return "".join(
        [
            re.escape(chr(low)) if low == high else f"{re.escape(chr(low))}-{re.escape(chr(high))}"
            for low, high in ranges
        ]
    )


def _is_anchored(node: Node) -> bool:
    if isinstance(node, Place):
        return node.condition == BEGIN_TEXT
    if isinstance(node, Concat):
        return bool(node.parts) and _is_anchored(node.parts[0])
    if isinstance(node, Alternate):
        return all(_is_anchored(part) for part in node.parts)
    return isinstance(node, Repeat) and node.low > 0 and _is_anchored(node.part)


# ---- how many ways there are

_Ways: TypeAlias = dict[int, int]
"""Positions, and in how many ways one gets there."""


class _Unproven(Exception):  # noqa: N818 - not an error
    """There may be too many ways."""


class _Part(NamedTuple):
    """The ways through a part of the expression."""

    empty: int
    """How many lead past it without a character."""
    first: _Ways
    last: _Ways


class _Ambiguity:
    """The positions of sets of characters in an expression, and the ways from one to the next."""

    def __init__(self) -> None:
        self.sets: list[Ranges] = []
        self.follow: list[_Ways] = []
        self.edges = 0

    def part(self, node: Node) -> _Part:
        if isinstance(node, Chars):
            position = len(self.sets)
            if position > _POSITIONS or len(node.ranges) > _MANY_RANGES:
                raise _Unproven
            self.sets.append(node.ranges)
            self.follow.append({})
            return _Part(0, {position: 1}, {position: 1})
        if isinstance(node, Concat):
            return self._concat(node.parts)
        if isinstance(node, Alternate):
            return self._alternate(node.parts)
        if isinstance(node, Repeat):
            return self._repeat(node)
        # A place is taken to be anywhere: that may be more ways than there are, never fewer.
        return _Part(1, {}, {})

    def _concat(self, nodes: list[Node]) -> _Part:
        whole = _Part(1, {}, {})
        for node in nodes:
            part = self.part(node)
            self._join(whole.last, part.first)
            whole = _Part(
                whole.empty * part.empty,
                _sum(whole.first, part.first, whole.empty),
                _sum(part.last, whole.last, part.empty),
            )
        return whole

    def _alternate(self, nodes: list[Node]) -> _Part:
        empty = 0
        first: _Ways = {}
        last: _Ways = {}
        for node in nodes:
            part = self.part(node)
            empty += part.empty
            first.update(part.first)
            last.update(part.last)
        return _Part(empty, first, last)

    def _repeat(self, node: Repeat) -> _Part:
        if not node.high:
            return _Part(1, {}, {})
        part = self.part(node.part)
        if node.high == 1:
            return part if node.low else part._replace(empty=part.empty + 1)
        if part.empty:
            # How often nothing is repeated differs from one engine to the next.
            raise _Unproven
        # A counted repeat is taken for one without end: each way through it is one through that.
        self._join(part.last, part.first)
        return part if node.low else part._replace(empty=1)

    def _join(self, last: _Ways, first: _Ways) -> None:
        self.edges += len(last) * len(first)
        if self.edges > _EDGES:
            raise _Unproven
        for position, ways in last.items():
            follow = self.follow[position]
            for target, more in first.items():
                follow[target] = follow.get(target, 0) + ways * more


def _sum(ways: _Ways, others: _Ways, times: int) -> _Ways:
    """The ways, and each of the others `times` over. The positions of the two differ."""
    if not times or not others:
        return ways
    found = dict(ways)
    for position, count in others.items():
        found[position] = count * times
    return found


def _limit(root: Node, anchored: bool) -> int:
    quick = _quick_limit(root, anchored)
    if quick >= _ENOUGH:
        return quick
    ambiguity = _Ambiguity()
    try:
        start = ambiguity.part(root).first
        most, branches = _most_ways(ambiguity, start)
    except _Unproven:
        return quick
    each = most * (branches + 1)
    # A match that may begin anywhere is tried from everywhere.
    return max(quick, _STEPS // each if anchored else int((_STEPS / each) ** 0.5))


_ENOUGH: Final = 120
"""Longer texts are rare: the automaton may have them."""
_FEW: Final = 20


def _quick_limit(root: Node, anchored: bool) -> int:
    """Without a look at what is in the sets: enough for an expression of few repeats."""
    try:
        ways, loops = _ways(root)
    except _Unproven:
        return 0
    steps = _STEPS / (ways * root.size)
    if steps < 1:
        return 0
    degree = loops + (not anchored)
    limit = int(steps ** (1 / degree)) if degree else _STEPS
    return limit if limit >= _FEW else 0


def _ways(node: Node) -> tuple[int, int]:
    """At most how many ways there are through a part: so many, times the length of the text for each of so many loops."""
    if isinstance(node, Concat):
        ways, loops = 1, 0
        for part in node.parts:
            if not isinstance(part, Chars):
                more, further = _ways(part)
                ways, loops = ways * more, loops + further
        return ways, loops
    if isinstance(node, Alternate):
        each = [_ways(part) for part in node.parts]
        return sum([ways for ways, _ in each]), max([loops for _, loops in each])
    if isinstance(node, Repeat):
        if node.high == 1:
            ways, loops = _ways(node.part)
            return ways + 1, loops
        if not isinstance(node.part, Chars):
            raise _Unproven
        return (1, 1) if node.high < 0 else (node.high - node.low + 1, 0)
    return 1, 0


def _most_ways(ambiguity: _Ambiguity, start: _Ways) -> tuple[int, int]:
    """How many ways are open at once at most, and in how many ways one may go on."""
    kinds = _kinds(ambiguity.sets)
    follow = ambiguity.follow
    most = 1
    branches = max(map(_total, [start, *follow]))
    seen: set[tuple[tuple[int, int], ...]] = set()
    waiting = [start]
    work = 0
    while waiting:
        by_kind: dict[int, _Ways] = {}
        for target, count in waiting.pop().items():
            work += len(kinds[target])
            for kind in kinds[target]:
                by_kind.setdefault(kind, {})[target] = count
        for open_ways in by_kind.values():
            key = tuple(sorted(open_ways.items()))
            if key in seen:
                continue
            seen.add(key)
            most = max(most, _total(open_ways))
            ahead: _Ways = {}
            for position, ways in key:
                work += len(follow[position])
                for target, more in follow[position].items():
                    ahead[target] = ahead.get(target, 0) + ways * more
            if most > _WAYS or work > _WORK:
                raise _Unproven
            waiting.append(ahead)
    return most, branches


def _total(ways: _Ways) -> int:
    return sum(ways.values())


def _kinds(sets: list[Ranges]) -> list[tuple[int, ...]]:
    """The kinds of characters in each set: two of a kind are in the same sets."""
    distinct = list(dict.fromkeys(sets))
    borders = sorted({border for ranges in distinct for first, last in ranges for border in (first, last + 1)})
    index = {border: number for number, border in enumerate(borders)}
    memberships = [0] * len(borders)
    for number, ranges in enumerate(distinct):
        for first, last in ranges:
            for stretch in range(index[first], index[last + 1]):
                memberships[stretch] |= 1 << number
    found: dict[Ranges, list[int]] = {ranges: [] for ranges in distinct}
    for kind, membership in enumerate(_unique(memberships)):
        for number, ranges in enumerate(distinct):
            if membership >> number & 1:
                found[ranges].append(kind)
    return [tuple(found[ranges]) for ranges in sets]


def _unique(memberships: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(membership for membership in memberships if membership))
