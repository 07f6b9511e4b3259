"""Where the matches in a text are: the leftmost, and of those the one that a backtracking engine would find first, without its backtracking.

All ways are followed at once, in the order in which they would be tried (Pike's machine). As regexp/exec.go of Go's standard library, and regexp/syntax/compile.go.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

from k8slint.goregex.automaton import BEGIN, PLACES, kind
from k8slint.goregex.syntax import Alternate, Chars, Concat, Node, Place, Ranges, Repeat

_INSTRUCTIONS: Final = 20_000
_STEPS: Final = 1_000_000
"""What may be spent on one text: a second or so."""

_CHAR, _BRANCH, _PLACE, _MATCH = range(4)


class TooLongError(Exception):
    """It would take too long."""


class _Instruction(NamedTuple):
    does: int
    which: int
    """The number of a set, or the places."""
    to: int
    otherwise: int = -1


class Machine:
    """An expression that can be asked where its matches are. Raises TooLongError for an expression that is too large."""

    def __init__(self, root: Node, anchored: bool = False) -> None:
        self._anchored = anchored
        self._program: list[_Instruction] = []
        self._sets: dict[Ranges, int] = {}
        try:
            self._start = self._emit(root, self._add(_MATCH, 0, -1))
        except RecursionError:
            raise TooLongError from None
        self._borders = [([first for first, _ in ranges], [last for _, last in ranges]) for ranges in self._sets]
        self._spent = 0

    # ---- the program, from its end to its beginning

    def _add(self, does: int, which: int, to: int, otherwise: int = -1) -> int:
        if len(self._program) > _INSTRUCTIONS:
            raise TooLongError
        self._program.append(_Instruction(does, which, to, otherwise))
        return len(self._program) - 1

    def _emit(self, node: Node, then: int) -> int:
        """The instruction where the node begins; `then` is what comes behind it."""
        if isinstance(node, Chars):
            return self._add(_CHAR, self._sets.setdefault(node.ranges, len(self._sets)), then)
        if isinstance(node, Place):
            return self._add(_PLACE, node.condition, then)
        if isinstance(node, Concat):
            for part in reversed(node.parts):
                then = self._emit(part, then)
            return then
        if isinstance(node, Alternate):
            starts = [self._emit(part, then) for part in node.parts]
            start = starts.pop()
            while starts:
                start = self._add(_BRANCH, 0, starts.pop(), start)
            return start
        assert isinstance(node, Repeat)
        return self._repeat(node, then)

    def _repeat(self, node: Repeat, then: int) -> int:
        low, high, lazy = node.low, node.high, node.lazy
        end = then
        if high < 0:
            loop = self._branch(-1, end, lazy)
            body = self._emit(node.part, loop)
            self._program[loop] = self._branched(body, end, lazy)
            if low:
                then = body
                low -= 1
            elif _may_be_empty(node.part):
                # As Go: (x+)?
                then = self._branch(body, end, lazy)
            else:
                then = loop
        else:
            for _ in range(high - low):
                then = self._branch(self._emit(node.part, then), end, lazy)
        for _ in range(low):
            then = self._emit(node.part, then)
        return then

    def _branched(self, body: int, end: int, lazy: bool) -> _Instruction:
        return _Instruction(_BRANCH, 0, end, body) if lazy else _Instruction(_BRANCH, 0, body, end)

    def _branch(self, body: int, end: int, lazy: bool) -> int:
        made = self._branched(body, end, lazy)
        return self._add(made.does, made.which, made.to, made.otherwise)

    # ---- a run

    def begin(self) -> None:
        """Before a text: what may be spent on it is counted for all its matches together."""
        self._spent = 0

    def find(self, text: str, at: int) -> tuple[int, int] | None:
        """Where the first match from there on begins and ends."""
        program = self._program
        members: dict[str, list[bool]] = {}
        found: tuple[int, int] | None = None
        before = kind(text[at - 1]) if at else BEGIN
        threads: list[tuple[int, int]] = []
        taken: set[int] = set()
        while True:
            after = kind(text[at]) if at < len(text) else BEGIN
            places = PLACES[before][after]
            if found is None and not (at and self._anchored):
                # A later beginning comes after all earlier ones.
                self._follow(self._start, at, places, threads, taken)
            if not threads and (found is not None or self._anchored or at >= len(text)):
                return found
            char = text[at] if at < len(text) else ""
            inside = members.get(char)
            if inside is None:
                inside = members[char] = self._memberships(char)
            following: list[tuple[int, int]] = []
            taken = set()
            places_behind = -1
            for instruction, start in threads:
                step = program[instruction]
                if step.does == _MATCH:
                    # What comes after it would not have been tried.
                    found = (start, at)
                    break
                if inside[step.which]:
                    if places_behind < 0:
                        places_behind = PLACES[after][kind(text[at + 1]) if at + 1 < len(text) else BEGIN]
                    self._follow(step.to, start, places_behind, following, taken)
            if at >= len(text):
                return found
            threads = following
            before = after
            at += 1

    def _follow(
        self, instruction: int, start: int, places: int, threads: list[tuple[int, int]], taken: set[int]
    ) -> None:
        """All that can be got to without a character, in order."""
        program = self._program
        waiting = [instruction]
        while waiting:
            current = waiting.pop()
            if current in taken:
                continue
            taken.add(current)
            self._spent += 1
            step = program[current]
            if step.does == _BRANCH:
                waiting.append(step.otherwise)
                waiting.append(step.to)
            elif step.does == _PLACE:
                if step.which & places:
                    waiting.append(step.to)
            else:
                threads.append((current, start))
        if self._spent > _STEPS:
            raise TooLongError

    def _memberships(self, char: str) -> list[bool]:
        if not char:
            return [False] * len(self._borders)
        code = ord(char)
        found = []
        for firsts, lasts in self._borders:
            at = bisect_right(firsts, code) - 1
            found.append(at >= 0 and code <= lasts[at])
        return found


def _may_be_empty(node: Node) -> bool:
    if isinstance(node, Chars):
        return False
    if isinstance(node, Concat):
        return all(_may_be_empty(part) for part in node.parts)
    if isinstance(node, Alternate):
        return any(_may_be_empty(part) for part in node.parts)
    if isinstance(node, Repeat):
        return not node.low or _may_be_empty(node.part)
    return True
