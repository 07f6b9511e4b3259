"""Regular expressions as Go reads them: whether one is valid, what it matches, and where.

`pattern` in the schema of a custom resource is such an expression. Go's have no look-around and no back-references, and differ from Python's in what `$`,
`\\d` and `\\s` mean, in what has to be escaped, and in that the time they take is linear in the length of the text.

A valid one is translated to Python's, where that is proven to be as quick (`backtracking`). For all others, and for long texts, there is an automaton
(`automaton`), and a machine for the places of matches (`pike`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from k8slint.goregex.syntax import Node, RegexError, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from k8slint.goregex.backtracking import Backtracking
    from k8slint.goregex.pike import Machine

__all__ = ["RegexError", "Translation", "finder", "matcher", "translate"]


class Translation:
    """A valid expression of Go's."""

    __slots__ = ("_translated", "root")

    def __init__(self, root: Node) -> None:
        self.root = root
        self._translated: Backtracking | None = None

    @property
    def backtracking(self) -> Backtracking:
        """The same for Python's `re`."""
        if self._translated is None:
            from k8slint.goregex import backtracking

            self._translated = backtracking.translated(self.root)
        return self._translated

    @property
    def text(self) -> str:
        """The expression for `re.search`."""
        return self.backtracking.text

    @property
    def exact(self) -> bool:
        """Whether that matches the same, at the same places, and in reasonable time."""
        return self.backtracking.limit > 0


def _readable(text: str) -> str:
    """The text as Go reads it: half a character, as `\\ud800` in JSON, is the character for what cannot be read."""
    return text if text.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", text)


@lru_cache(maxsize=512)
def translate(pattern: str) -> Translation:
    """The expression as read. Raises RegexError for what Go refuses."""
    return Translation(parse(_readable(pattern)))


_EAGERLY: Final = 150
"""An expression whose parts, with all repeats written out, are no more than this has an automaton for certain."""


@lru_cache(maxsize=512)
def matcher(pattern: str) -> Callable[[str], bool] | None:
    """Whether a text has a match anywhere, as a function. None where that cannot be told. Raises RegexError for what Go refuses."""
    translation = translate(pattern)
    translated = translation.backtracking
    compiled = translated.compiled()
    if compiled is None:
        return _linear(translation.root)
    search = compiled.match if translated.anchored else compiled.search
    limit = translated.limit
    root = translation.root
    if root.size > _EAGERLY and _linear(root) is None:
        if not translated.anchored:
            return None
        # It takes long, but no more than in proportion to the text.
        limit = _ENDLESS
    automaton: Callable[[str], bool] | None = None

    def matches(text: str) -> bool:
        nonlocal automaton
        if not text.isascii():
            text = _readable(text)
        if len(text) <= limit:
            return search(text) is not None
        if automaton is None:
            automaton = _linear(root) or _asks(search)
        return automaton(text)

    return matches


_ENDLESS: Final = 1 << 62


def _asks(search: Callable[[str], object]) -> Callable[[str], bool]:
    return lambda text: search(text) is not None


def _linear(root: Node) -> Callable[[str], bool] | None:
    from k8slint.goregex import automaton

    made = automaton.built(root)
    return None if made is None else lambda text: made(_readable(text))


@lru_cache(maxsize=128)
def finder(pattern: str) -> Callable[[str], list[str] | None]:
    """What matches in a text, as Go's `FindAllString` finds it: none overlaps another. As a function, which returns None where that cannot be told.

    Raises RegexError for what Go refuses.
    """
    translation = translate(pattern)
    translated = translation.backtracking
    compiled = translated.compiled()

    def find(text: str) -> list[str] | None:
        text = _readable(text)
        if compiled is not None and len(text) <= translated.limit:
            return _all(text, lambda at: match.span() if (match := compiled.search(text, at)) is not None else None)
        from k8slint.goregex import pike

        try:
            machine = _machine(translation)
            machine.begin()
            return _all(text, lambda at: machine.find(text, at))
        except pike.TooLongError:
            return None

    return find


@lru_cache(maxsize=32)
def _machine(translation: Translation) -> Machine:
    from k8slint.goregex import pike

    return pike.Machine(translation.root, translation.backtracking.anchored)


def _all(text: str, find: Callable[[int], tuple[int, int] | None]) -> list[str]:
    found = []
    at, end = 0, -1
    while at <= len(text):
        match = find(at)
        if match is None:
            break
        start, stop = match
        # Nothing right behind a match is none.
        if start < stop or start != end:
            found.append(text[start:stop])
        at = stop if stop > at else at + 1
        end = stop
    return found
