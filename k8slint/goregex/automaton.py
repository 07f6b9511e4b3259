"""Whether a text has a match, in time linear in its length, whatever the expression.

The expression's sets of characters are numbered positions (an automaton of Glushkov's). A number holds, a bit for each, the positions where a match may have
got to. With each character it becomes the next such number: what has been seen before is looked up, so that the usual character costs one look into a
dictionary. What is remembered is bounded: when it's full, all is forgotten.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import Final, NamedTuple, TypeAlias

from k8slint.goregex.syntax import (
    BEGIN_LINE,
    BEGIN_TEXT,
    END_LINE,
    END_TEXT,
    NO_WORD_BOUNDARY,
    WORD_BOUNDARY,
    Alternate,
    Chars,
    Concat,
    Node,
    Place,
    Ranges,
    Repeat,
)

_POSITIONS: Final = 10_000
_OPERATIONS: Final = 400
"""How many it may take to get from one number to the next."""
_REMEMBERED: Final = 2000

BEGIN, NEWLINE, WORD, OTHER = 0, 1, 2, 3
"""What is on one side of a place. BEGIN is the end too."""


def _conditions(before: int, after: int) -> int:
    """Which places a place is."""
    found = WORD_BOUNDARY if (before == WORD) != (after == WORD) else NO_WORD_BOUNDARY
    if before == BEGIN:
        found |= BEGIN_TEXT | BEGIN_LINE
    elif before == NEWLINE:
        found |= BEGIN_LINE
    if after == BEGIN:
        found |= END_TEXT | END_LINE
    elif after == NEWLINE:
        found |= END_LINE
    return found


PLACES: Final = [[_conditions(before, after) for after in range(4)] for before in range(4)]
"""The places between what is before and what is after."""


def kind(char: str) -> int:
    """What a character is to the places beside it."""
    if char == "\n":
        return NEWLINE
    return WORD if char == "_" or (char.isascii() and char.isalnum()) else OTHER


# ---- from the tree to positions

_Conditional: TypeAlias = dict[int, int]
"""Positions as bits, by the places that must be there."""


class _Part(NamedTuple):
    empty: tuple[int, ...]
    """The places for which it is nothing."""
    first: _Conditional
    last: _Conditional


_NOTHING: Final = _Part((0,), {}, {})


class _TooLarge(Exception):  # noqa: N818 - not an error
    pass


class _Builder:
    def __init__(self) -> None:
        self.count = 1
        """Position 0 is before the first character."""
        self.sets: dict[Ranges, int] = {}
        self.shifts: defaultdict[tuple[int, int], int] = defaultdict(int)
        """Positions from which it goes on that much further, by the places between and the distance."""
        self.joins: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        """From any of these positions to any of those, and the places between; by what in the tree it comes from."""

    def part(self, node: Node) -> _Part:
        if isinstance(node, Chars):
            if self.count >= _POSITIONS:
                raise _TooLarge
            bit = 1 << self.count
            self.count += 1
            self.sets[node.ranges] = self.sets.get(node.ranges, 0) | bit
            return _Part((), {0: bit}, {0: bit})
        if isinstance(node, Concat):
            return self._concat(node.parts, id(node))
        if isinstance(node, Alternate):
            return self._alternate(node.parts)
        if isinstance(node, Repeat):
            return self._repeat(node)
        assert isinstance(node, Place)
        return _Part((node.condition,), {}, {})

    def _concat(self, nodes: list[Node], origin: int) -> _Part:
        empty, first, last = _NOTHING
        for number, node in enumerate(nodes):
            part = self.part(node)
            self.join(last, part.first, origin + number)
            if empty:
                first = _united(first, part.first, empty)
            last = _united(part.last, last, part.empty) if part.empty else part.last
            empty = _fewest([one | other for one in empty for other in part.empty])
        return _Part(empty, first, last)

    def _alternate(self, nodes: list[Node]) -> _Part:
        empty: list[int] = []
        first: _Conditional = {}
        last: _Conditional = {}
        for node in nodes:
            part = self.part(node)
            empty += part.empty
            first = _united(first, part.first, (0,))
            last = _united(last, part.last, (0,))
        return _Part(_fewest(empty), first, last)

    def _repeat(self, node: Repeat) -> _Part:
        low, high = node.low, node.high
        if not high:
            return _NOTHING
        part = self.part(node.part)
        if high == 1:
            return part if low else part._replace(empty=(0,))
        origin = id(node)
        if part.empty and part.empty[0]:
            # Nothing, but at certain places only. Written out.
            if low <= 1 and high < 0:
                self.join(part.last, part.first, origin)
                return part._replace(empty=part.empty if low else (0,))
            once: list[Node] = [node.part] * max(low - (high < 0), 0)
            if high < 0:
                once.append(Repeat(node.part, 1, -1, node.lazy))
            else:
                once += [Repeat(node.part, 0, 1, node.lazy)] * (high - low)
            return self._concat(once, origin)
        if part.empty:
            # Each time may be nothing, so that any number of times will do.
            low = 0
        first, last = part.first, part.last
        ends: _Conditional = last if low <= 1 else {}
        for number in range(2, (high if high > 0 else low) + 1):
            part = self.part(node.part)
            self.join(last, part.first, origin)
            last = part.last
            if number >= low:
                ends = _united(ends, last, (0,))
        if high < 0:
            self.join(last, part.first, origin)
        return _Part(() if low else (0,), first, ends)

    def join(self, last: _Conditional, first: _Conditional, origin: int) -> None:
        for before, sources in last.items():
            for after, targets in first.items():
                if not sources & (sources - 1) and not targets & (targets - 1):
                    self.shifts[before | after, targets.bit_length() - sources.bit_length()] |= sources
                else:
                    self.joins[origin].append((sources, targets, before | after))

    def joined(self) -> dict[tuple[int, int], int]:
        """Sources by targets and the places between. What is the same in each time of a repeat becomes shifts."""
        found: defaultdict[tuple[int, int], int] = defaultdict(int)
        for joins in self.joins.values():
            sources, targets, _ = joins[0]
            if len(joins) > max(4, sources.bit_count() * targets.bit_count()):
                for sources, targets, condition in joins:
                    for source in _bits(sources):
                        for target in _bits(targets):
                            self.shifts[condition, target - source] |= 1 << source
            else:
                for sources, targets, condition in joins:
                    found[targets, condition] |= sources
        return found


def _united(some: _Conditional, others: _Conditional, conditions: tuple[int, ...]) -> _Conditional:
    """Both, the others under further conditions."""
    found = dict(some)
    for condition, positions in others.items():
        for more in conditions:
            found[condition | more] = found.get(condition | more, 0) | positions
    return found


def _fewest(empty: list[int]) -> tuple[int, ...]:
    """Without what asks for more than another."""
    if 0 in empty:
        return (0,)
    distinct = sorted(set(empty))
    return tuple(one for one in distinct if not any(other != one and other & one == other for other in distinct))


def _bits(number: int) -> list[int]:
    found = []
    while number:
        low = number & -number
        found.append(low.bit_length() - 1)
        number ^= low
    return found


# ---- the automaton


class _Found(Exception):  # noqa: N818 - not an error
    """The rest of the text does not matter."""


class _State(dict[str, "_State"]):
    """Where a match may have got to; as a dictionary, the next state by the next character."""

    __slots__ = ("automaton", "before", "positions")

    def __init__(self, automaton: Automaton, positions: int, before: int) -> None:
        super().__init__()
        self.automaton = automaton
        self.positions = positions
        self.before = before

    def __missing__(self, char: str) -> _State:
        return self.automaton.step(self, char)


class _Yes(_State):
    def __missing__(self, char: str) -> _State:
        raise _Found


class _No(_State):
    def __missing__(self, char: str) -> _State:
        raise _Found


class _Moves(NamedTuple):
    """How to get from one number to the next, at a certain place."""

    up: list[tuple[int, int]]
    down: list[tuple[int, int]]
    joins: list[tuple[int, int]]
    accepting: int


class Automaton:
    """An expression that can be asked whether a text has a match anywhere."""

    def __init__(self, builder: _Builder, whole: _Part) -> None:
        self._sets = [
            ([first for first, _ in ranges], [last for _, last in ranges], positions)
            for ranges, positions in builder.sets.items()
        ]
        builder.join({0: 1}, whole.first, 0)
        self._joins = builder.joined()
        self._shifts = builder.shifts
        self._accepting = dict(whole.last)
        for condition in whole.empty:
            self._accepting[condition] = self._accepting.get(condition, 0) | 1
        conditions = {condition for condition, _ in self._shifts} | {condition for _, condition in self._joins}
        conditions.update(self._accepting)
        every = 0
        for condition in conditions:
            every |= condition
        self._heeds = (
            bool(every & (BEGIN_LINE | END_LINE)),
            bool(every & (WORD_BOUNDARY | NO_WORD_BOUNDARY)),
        )
        starting = [*whole.first, *whole.empty]
        self._anywhere = 1 if any(not condition & BEGIN_TEXT for condition in starting) else 0
        """The bit of the start, where a match may begin behind the text's beginning."""
        self.operations = len(self._shifts) + len(self._joins)
        self._moves: dict[int, _Moves] = {}
        self._masks: dict[str, int] = {}
        self._states: dict[tuple[int, int], _State] = {}
        self._room = _REMEMBERED
        self._yes = _Yes(self, 0, OTHER)
        self._no = _No(self, 0, OTHER)
        self._start = self._state(1, BEGIN)

    def __call__(self, text: str) -> bool:
        state = self._start
        try:
            for char in text:
                state = state[char]
        except _Found:
            pass
        if state is self._yes or state is self._no:
            return state is self._yes
        return bool(state.positions & self._moves_at(PLACES[state.before][BEGIN]).accepting)

    def step(self, state: _State, char: str) -> _State:
        """The state behind a character."""
        if self._room <= 0:
            self._forget()
        after = self._kind(char)
        positions = state.positions
        moves = self._moves_at(PLACES[state.before][after])
        if positions & moves.accepting:
            following: _State = self._yes
        else:
            reached = 0
            for sources, distance in moves.up:
                reached |= (positions & sources) << distance
            for sources, distance in moves.down:
                reached |= (positions & sources) >> distance
            for sources, targets in moves.joins:
                if positions & sources:
                    reached |= targets
            following = self._state((reached & self._mask(char)) | self._anywhere, after)
        state[char] = following
        self._room -= 1
        return following

    def _state(self, positions: int, before: int) -> _State:
        if not positions:
            return self._no
        if positions & self._accepting.get(0, 0):
            return self._yes
        state = self._states.get((positions, before))
        if state is None:
            state = self._states[positions, before] = _State(self, positions, before)
            # A large number takes more memory.
            self._room -= 1 + positions.bit_length() // 1000
        return state

    def _forget(self) -> None:
        # They refer to each other.
        for state in self._states.values():
            state.clear()
        self._states.clear()
        self._masks.clear()
        self._room = _REMEMBERED

    def _kind(self, char: str) -> int:
        lines, words = self._heeds
        found = kind(char) if lines or words else OTHER
        return OTHER if (found == NEWLINE and not lines) or (found == WORD and not words) else found

    def _moves_at(self, places: int) -> _Moves:
        moves = self._moves.get(places)
        if moves is None:
            moves = self._moves[places] = _Moves([], [], [], self._accepting_at(places))
            for (condition, distance), sources in self._shifts.items():
                if condition & places == condition:
                    (moves.up if distance >= 0 else moves.down).append((sources, abs(distance)))
            for (targets, condition), sources in self._joins.items():
                if condition & places == condition:
                    moves.joins.append((sources, targets))
        return moves

    def _accepting_at(self, places: int) -> int:
        found = 0
        for condition, positions in self._accepting.items():
            if condition & places == condition:
                found |= positions
        return found

    def _mask(self, char: str) -> int:
        """The positions that a character may be at."""
        mask = self._masks.get(char)
        if mask is None:
            mask = 0
            code = ord(char)
            for firsts, lasts, positions in self._sets:
                at = bisect_right(firsts, code) - 1
                if at >= 0 and code <= lasts[at]:
                    mask |= positions
            self._masks[char] = mask
        return mask


def built(root: Node) -> Automaton | None:
    """None for what would take too much memory, or too long for each character."""
    if root.size > 4 * _POSITIONS:
        return None
    builder = _Builder()
    try:
        automaton = Automaton(builder, builder.part(root))
    except (_TooLarge, RecursionError):
        return None
    return automaton if automaton.operations <= _OPERATIONS else None
