"""Regular expressions as Go reads them: whether one is valid, and what it matches.

`pattern` in the schema of a custom resource is such an expression. Go's have no look-around and no back-references, and differ from Python's in what `$`,
`\\d` and `\\s` mean and in what has to be escaped. A valid one is translated to Python's, which for a yes or no match the same, as long as it
names no Unicode classes; for those google-re2 is asked where it is installed.

Source: regexp/syntax/parse.go of Go's standard library.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_REPEAT = 1000
_LAST = 0x10FFFF

_Ranges: TypeAlias = tuple[tuple[int, int], ...]


class RegexError(ValueError):
    """The expression is none of Go's; the message is that of Go's regexp.Compile."""

    def __init__(self, reason: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {reason}: `{part}`")
        self.reason = reason
        self.part = part


class Translation(NamedTuple):
    """An expression of Go's as one of Python's; `exact` tells whether it matches the same."""

    text: str
    exact: bool


@lru_cache(maxsize=512)
def translate(pattern: str) -> Translation:
    """The expression for Python's `re.search`. Raises RegexError for what Go refuses."""
    return _Parser(pattern).parse()


@lru_cache(maxsize=512)
def matcher(pattern: str) -> Callable[[str], bool] | None:
    """Whether a text has a match anywhere, as a function. None where that cannot be told here. Raises RegexError for what Go refuses."""
    translated = translate(pattern)
    if translated.exact:
        try:
            return _asks(re.compile(translated.text).search)
        except (re.error, RecursionError, OverflowError):
            # Nested deeper than Python can.
            pass
    try:
        import re2  # type: ignore[import-untyped]
    except ImportError:
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        return _asks(re2.compile(pattern, options).search)
    except re2.error:
        return None


def _asks(search: Callable[[str], object]) -> Callable[[str], bool]:
    return lambda text: search(text) is not None


def _class(text: str) -> _Ranges:
    """Ranges given as `AZaz`: pairs of first and last."""
    return tuple((ord(first), ord(last)) for first, last in zip(text[::2], text[1::2], strict=True))


_PERL = {"d": _class("09"), "s": _class("\t\n\f\r  "), "w": _class("09AZ__az")}
_POSIX = {
    "alnum": _class("09AZaz"),
    "alpha": _class("AZaz"),
    "ascii": ((0, 0x7F),),
    "blank": _class("\t\t  "),
    "cntrl": ((0, 0x1F), (0x7F, 0x7F)),
    "digit": _class("09"),
    "graph": _class("!~"),
    "lower": _class("az"),
    "print": _class(" ~"),
    "punct": _class("!/:@[`{~"),
    "space": _class("\t\r  "),
    "upper": _class("AZ"),
    "word": _class("09AZ__az"),
    "xdigit": _class("09AFaf"),
}
_C_ESCAPES = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}


def _complement(ranges: _Ranges) -> _Ranges:
    start = 0
    found = []
    for first, last in ranges:
        if start < first:
            found.append((start, first - 1))
        start = last + 1
    return (*found, (start, _LAST))


class _Level:
    """What stands between two parentheses so far: the parts of each alternative, and how often the last ones are repeated."""

    __slots__ = ("alternatives", "flags", "heaviest", "parts", "weights")

    def __init__(self, flags: frozenset[str]) -> None:
        self.flags = flags
        """Those at the opening parenthesis, which hold again behind the closing one."""
        self.alternatives: list[str] = []
        self.parts: list[str] = []
        self.weights: list[int] = []
        self.heaviest = 1

    def bar(self) -> None:
        self.alternatives.append("".join(self.parts))
        self.heaviest = max(self.heaviest, *self.weights, 1)
        self.parts, self.weights = [], []

    def close(self) -> tuple[str, int]:
        self.bar()
        return "|".join(self.alternatives), self.heaviest


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.flags: frozenset[str] = frozenset()
        self.levels = [_Level(self.flags)]
        self.exact = True

    def parse(self) -> Translation:
        pattern = self.pattern
        last_repeat = -1
        while self.at < len(pattern):
            repeat = -1
            char = pattern[self.at]
            if char == "(":
                if pattern.startswith("(?", self.at):
                    self._perl_group()
                else:
                    self.at += 1
                    self._open()
            elif char == "|":
                self.at += 1
                self.levels[-1].bar()
            elif char == ")":
                self.at += 1
                self._close()
            elif char in "*+?":
                repeat = self.at
                self._repeat(char, 0, 0, last_repeat)
            elif char == "{":
                count = self._count()
                if count is None:
                    self.at += 1
                    self._push(r"\{")
                else:
                    repeat = self.at
                    low, high, end = count
                    if not 0 <= low <= _MAX_REPEAT or high > _MAX_REPEAT or 0 <= high < low:
                        raise RegexError("invalid repeat count", pattern[self.at : end])
                    self._repeat(pattern[self.at : end], low, high, last_repeat)
            else:
                self._single(char)
            last_repeat = repeat
        if len(self.levels) > 1:
            raise RegexError("missing closing )", pattern)
        return Translation(self.levels[0].close()[0], self.exact)

    # ---- parts

    def _push(self, text: str, weight: int = 1) -> None:
        level = self.levels[-1]
        level.parts.append(text)
        level.weights.append(weight)

    def _single(self, char: str) -> None:
        """Whatever matches one character, or a place."""
        if char == "[":
            self._push(self._folded(self._set()))
        elif char == "\\":
            self._escaped()
        else:
            self.at += 1
            if char == "^":
                # In a group, so that it may be repeated.
                self._push("(?m:^)" if "m" in self.flags else r"(?:\A)")
            elif char == "$":
                self._push("(?m:$)" if "m" in self.flags else r"(?:\Z)")
            elif char == ".":
                self._push("(?s:.)" if "s" in self.flags else r"[^\n]")
            else:
                self._push(self._folded(re.escape(char)))

    def _folded(self, text: str) -> str:
        return f"(?i:{text})" if "i" in self.flags else text

    def _open(self) -> None:
        self.levels.append(_Level(self.flags))

    def _close(self) -> None:
        if len(self.levels) == 1:
            raise RegexError("unexpected )", self.pattern)
        level = self.levels.pop()
        text, weight = level.close()
        self.flags = level.flags
        self._push(f"(?:{text})", weight)

    def _repeat(self, operator: str, low: int, high: int, last_repeat: int) -> None:
        start = self.at
        self.at += len(operator)
        if self.pattern.startswith("?", self.at):
            self.at += 1
        if last_repeat >= 0:
            raise RegexError("invalid nested repetition operator", self.pattern[last_repeat : self.at])
        level = self.levels[-1]
        if not level.parts:
            raise RegexError("missing argument to repetition operator", self.pattern[start : self.at])
        if operator[0] == "{":
            weight = level.weights[-1] * (low if high < 0 else high)
            if weight > _MAX_REPEAT and (low >= 2 or high >= 2):
                raise RegexError("invalid repeat count", self.pattern[start : self.at])
            level.weights[-1] = weight if high else 1
        # A group around it: flags may stand between a repetition and the next.
        level.parts[-1] = f"(?:{level.parts[-1]}{operator})"

    def _count(self) -> tuple[int, int, int] | None:
        """Least, most (-1 for any number), and the end of `{2,3}`; None where the brace is just a brace."""
        match = _COUNT.match(self.pattern, self.at)
        if match is None:
            return None
        low, comma, high = match.groups()
        most = int(low) if comma is None else int(high) if high else -1
        return int(low), most, match.end()

    def _perl_group(self) -> None:
        """`(?i)`, `(?:`, `(?P<name>`."""
        pattern, start = self.pattern, self.at
        named = _NAMED.match(pattern, start)
        if named is not None:
            end = pattern.find(">", start)
            if end < 0:
                raise RegexError("invalid named capture", pattern[start:])
            if not re.fullmatch(r"[A-Za-z0-9_]+", pattern[named.end() : end]):
                raise RegexError("invalid named capture", pattern[start : end + 1])
            self.at = end + 1
            self._open()
            return
        position = start + 2
        added, removed = set(self.flags), set[str]()
        negative = seen = False
        while position < len(pattern):
            char = pattern[position]
            position += 1
            if char in "imsU":
                seen = True
                (removed if negative else added).add(char)
            elif char == "-" and not negative:
                negative, seen = True, False
            elif char in ":)":
                if negative and not seen:
                    break
                self.at = position
                if char == ":":
                    self._open()
                self.flags = frozenset(added - removed)
                return
            else:
                break
        raise RegexError("invalid or unsupported Perl syntax", pattern[start:position])

    # ---- escapes and sets

    def _escaped(self) -> None:
        pattern, start = self.pattern, self.at
        letter = pattern[start + 1 : start + 2]
        if letter in _PLACES:
            self.at += 2
            self._push(_PLACES[letter])
        elif letter == "C":
            raise RegexError("invalid escape sequence", r"\C")
        elif letter == "Q":
            end = pattern.find(r"\E", start + 2)
            literal = pattern[start + 2 :] if end < 0 else pattern[start + 2 : end]
            self.at = len(pattern) if end < 0 else end + 2
            for char in literal:
                self._push(self._folded(re.escape(char)))
        elif letter in ("p", "P") and letter:
            self._unicode_class()
            self._push("(?s:.)")
        elif letter and letter.lower() in _PERL:
            self.at += 2
            self._push(self._folded(f"[{_ranges_text(self._perl(letter))}]"))
        else:
            self._push(self._folded(re.escape(chr(self._escape()))))

    def _perl(self, letter: str) -> _Ranges:
        ranges = _PERL[letter.lower()]
        if letter in "wW" and "i" in self.flags:
            # The long s and the sign for Kelvin are letters s and k.
            ranges = (*ranges, (0x17F, 0x17F), (0x212A, 0x212A))
        return ranges if letter.islower() else _complement(ranges)

    def _escape(self) -> int:
        """The character that an escape at the current place stands for."""
        pattern, start = self.pattern, self.at
        position = start + 1
        if position >= len(pattern):
            raise RegexError("trailing backslash at end of expression", "")
        char = pattern[position]
        position += 1
        if char < "\x80" and not char.isalnum():
            self.at = position
            return ord(char)
        octal = _OCTAL.match(pattern, start + 1)
        if octal is not None:
            self.at = octal.end()
            return int(octal.group(), 8)
        if char in _C_ESCAPES:
            self.at = position
            return _C_ESCAPES[char]
        if char == "x":
            hexadecimal = _HEX.match(pattern, position)
            if hexadecimal is not None:
                value = int(hexadecimal[1] or hexadecimal[2], 16)
                if value <= _LAST:
                    self.at = hexadecimal.end()
                    return value
            position = min(position + 2, len(pattern))
        raise RegexError("invalid escape sequence", pattern[start:position])

    def _unicode_class(self) -> None:
        """Goes behind `\\p{Greek}`. Which characters are in it is not known here."""
        pattern, start = self.pattern, self.at
        position = start + 2
        if pattern.startswith("{", position):
            end = pattern.find("}", start)
            if end < 0:
                raise RegexError("invalid character class range", pattern[start:])
            name, self.at = pattern[position + 1 : end], end + 1
        else:
            name, self.at = pattern[position : position + 1], position + 1
        name = name.removeprefix("^")
        if not re.fullmatch(_CATEGORIES if len(name) < 3 else r"[A-Za-z_ -]+", name):
            raise RegexError("invalid character class range", pattern[start : self.at])
        self.exact = False

    def _set(self) -> str:
        """A set of characters in brackets."""
        pattern, start = self.pattern, self.at
        self.at += 1
        negated = pattern.startswith("^", self.at)
        self.at += negated
        ranges: list[tuple[int, int]] = []
        first = True
        while first or not pattern.startswith("]", self.at):
            first = False
            rest = pattern[self.at : self.at + 2]
            if rest == "[:":
                end = pattern.find(":]", self.at + 2)
                if end >= 0:
                    name = pattern[self.at + 2 : end]
                    known = _POSIX.get(name.removeprefix("^"))
                    if known is None:
                        raise RegexError("invalid character class range", pattern[self.at : end + 2])
                    ranges += _complement(known) if name.startswith("^") else known
                    self.at = end + 2
                    continue
            if rest in (r"\p", r"\P"):
                self._unicode_class()
                continue
            if rest[:1] == "\\" and rest[1:].lower() in _PERL:
                ranges += self._perl(rest[1])
                self.at += 2
                continue
            begin = self.at
            low = high = self._set_char(start)
            if pattern.startswith("-", self.at) and pattern[self.at + 1 : self.at + 2] not in ("", "]"):
                self.at += 1
                high = self._set_char(start)
                if high < low:
                    raise RegexError("invalid character class range", pattern[begin : self.at])
            ranges.append((low, high))
        self.at += 1
        return f"[{'^' if negated else ''}{_ranges_text(tuple(ranges))}]"

    def _set_char(self, start: int) -> int:
        if self.at >= len(self.pattern):
            raise RegexError("missing closing ]", self.pattern[start:])
        if self.pattern[self.at] == "\\":
            return self._escape()
        self.at += 1
        return ord(self.pattern[self.at - 1])


_COUNT = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}", re.ASCII)
_NAMED = re.compile(r"\(\?P<|\(\?<")
_OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}", re.ASCII)
_HEX = re.compile(r"\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2})", re.ASCII)
_PLACES = {"A": r"(?:\A)", "z": r"(?:\Z)", "b": r"(?a:\b)", "B": r"(?:(?a:\B)|\A\Z)"}
_CATEGORIES = r"(?i)C[CFNOS]?|L[CLMOTU]?|M[CEN]?|N[DLO]?|P[CDEFIOS]?|S[CKMO]?|Z[LPS]?|YI"
"""The general categories of Unicode, and the one script with a name as short."""


def _ranges_text(ranges: _Ranges) -> str:
    """Ranges as the inside of brackets."""
    return "".join(
        re.escape(chr(low)) if low == high else f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in ranges
    )
