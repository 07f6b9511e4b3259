"""The syntax of Go's regular expressions: reads one into a tree, or says as Go does why it is none.

Source: regexp/syntax/parse.go of Go's standard library.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

LAST: Final = 0x10FFFF
"""The last of all characters."""

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""First and last characters; in order, and with something between one and the next."""

_MAX_REPEAT: Final = 1000
_MAX_HEIGHT: Final = 1000
_MAX_SIZE: Final = (128 << 20) // 40
"""The largest program, in instructions of Go's: 128 MiB."""


class RegexError(ValueError):
    """The expression is none of Go's; the message is that of Go's regexp.Compile."""

    def __init__(self, reason: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {reason}: `{part}`")
        self.reason = reason
        self.part = part


# ---- the tree


class Node:
    """A part of an expression. It never changes, and may be in several places."""

    __slots__ = ()

    size: int
    """About how many instructions it takes with its repeats written out."""
    height: int
    """How deep it is nested."""
    weight: int
    """How often a part of it is repeated at most, by counted repeats."""


class Chars(Node):
    """One character out of a set, which may be empty."""

    __slots__ = ("ranges",)

    size = height = weight = 1

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges


class Place(Node):
    """A place between characters: one of the flags below."""

    __slots__ = ("condition",)

    size = height = weight = 1

    def __init__(self, condition: int) -> None:
        self.condition = condition


BEGIN_TEXT, END_TEXT, BEGIN_LINE, END_LINE, WORD_BOUNDARY, NO_WORD_BOUNDARY = 1, 2, 4, 8, 16, 32


class Concat(Node):
    """One part after the other; nothing where there are no parts."""

    __slots__ = ("captures", "height", "parts", "size", "weight")

    captures: bool
    """Whether it is a group that captures."""

    def __init__(self, parts: list[Node], captures: bool = False) -> None:
        size = height = 0
        weight = 1
        for part in parts:
            size += part.size
            # A row of characters is a single node of Go's, and what stands in a group that does not capture is part of the row.
            if not isinstance(part, Chars):
                joins = not captures and isinstance(part, Concat) and not part.captures
                height = max(height, part.height - joins)
                weight = max(weight, part.weight)
        # A group that captures is a node of its own to Go, which counts where it says how deep is too deep.
        self.size = size + 2 if captures else size or 1
        self.height = (height or 1) + 1 if captures else height + 1
        self.weight = weight
        self.parts = parts
        self.captures = captures


class Alternate(Node):
    """One of the parts, the first that leads to a match."""

    __slots__ = ("height", "parts", "size", "weight")

    def __init__(self, parts: list[Node]) -> None:
        self.size = sum([part.size for part in parts]) + len(parts) - 1
        self.height = 1 + max([part.height - isinstance(part, Alternate) for part in parts])
        self.weight = max([part.weight for part in parts])
        self.parts = parts


class Repeat(Node):
    """A part several times; `high` is -1 for any number. A lazy one tries the fewest first."""

    __slots__ = ("height", "high", "lazy", "low", "part", "size", "weight")

    def __init__(self, part: Node, low: int, high: int, lazy: bool) -> None:
        endless = 1 + low * part.size if low else 2 + part.size
        self.size = max(1, endless if high < 0 else high * part.size + high - low)
        self.height = part.height + 1
        self.weight = part.weight * max(1, low if high < 0 else high) if high else 1
        self.part = part
        self.low = low
        self.high = high
        self.lazy = lazy


# ---- sets of characters


def _class(text: str) -> Ranges:
    """Ranges given as `AZaz`: pairs of first and last."""
    return tuple((ord(first), ord(last)) for first, last in zip(text[::2], text[1::2], strict=True))


_PERL: Final = {"d": _class("09"), "s": _class("\t\n\f\r  "), "w": _class("09AZ__az")}
_POSIX: Final = {
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
_C_ESCAPES: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
ANY: Final[Ranges] = ((0, LAST),)
ANY_BUT_NEWLINE: Final[Ranges] = ((0, 9), (11, LAST))


def merged(ranges: list[tuple[int, int]]) -> Ranges:
    """Ranges in any order as ranges in order."""
    if len(ranges) == 1:
        return (ranges[0],)
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            if last > found[-1][1]:
                found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return tuple(found)


def complement(ranges: Ranges) -> Ranges:
    """All other characters."""
    start = 0
    found = []
    for first, last in ranges:
        if start < first:
            found.append((start, first - 1))
        start = last + 1
    if start <= LAST:
        found.append((start, LAST))
    return tuple(found)


def _folded(ranges: Ranges) -> Ranges:
    """The ranges and whatever differs from a character in them by its case alone."""
    if not ranges or ranges == ANY:
        return ranges
    if ranges[-1][1] > 0x7F:
        from k8slint.goregex.unicode import folded

        return folded(ranges)
    found = list(ranges)
    for first, last in ranges:
        for start, other in ((0x41, 0x61), (0x61, 0x41)):
            low, high = max(first, start), min(last, start + 25)
            if low <= high:
                found.append((low + other - start, high + other - start))
        for letter, sign in (("k", 0x212A), ("s", 0x17F)):
            # The sign for Kelvin, and the long s.
            if first <= ord(letter) <= last or first <= ord(letter.upper()) <= last:
                found.append((sign, sign))
    return merged(found)


# ---- the parser


def parse(pattern: str) -> Node:
    """The tree of an expression. Raises RegexError for what Go refuses."""
    return _Parser(pattern).parse()


class _Level:
    """What stands between two parentheses so far."""

    __slots__ = ("alternatives", "captures", "flags", "parts")

    def __init__(self, flags: frozenset[str], captures: bool) -> None:
        self.flags = flags
        """Those at the opening parenthesis, which hold again behind the closing one."""
        self.captures = captures
        self.alternatives: list[Node] = []
        self.parts: list[Node] = []

    def bar(self) -> None:
        parts, self.parts = self.parts, []
        found = self.alternatives
        node = parts[0] if len(parts) == 1 else Concat(parts)
        if found and isinstance(node, Chars):
            before = found[-1]
            if isinstance(before, Chars):
                found[-1] = Chars(merged([*before.ranges, *node.ranges]))
                return
        found.append(node)

    def close(self) -> Node:
        self.bar()
        return self.alternatives[0] if len(self.alternatives) == 1 else Alternate(self.alternatives)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.flags: frozenset[str] = frozenset()
        self.levels = [_Level(self.flags, captures=False)]

    def parse(self) -> Node:
        pattern = self.pattern
        last_repeat = -1
        while self.at < len(pattern):
            char = pattern[self.at]
            if char not in _SPECIAL:
                self.at += 1
                self._push_literal(char)
                last_repeat = -1
                continue
            repeat = -1
            if char == "(":
                if pattern.startswith("(?", self.at):
                    self._perl_group()
                else:
                    self.at += 1
                    self._open(captures=True)
            elif char == "|":
                self.at += 1
                self.levels[-1].bar()
            elif char == ")":
                self.at += 1
                self._close()
            elif char in "*+?":
                repeat = self.at
                low, high = _REPEATS[char]
                self._repeat(char, low, high, last_repeat)
            elif char == "{":
                count = self._count()
                if count is None:
                    self.at += 1
                    self._push_literal(char)
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
        return self._within_limits(self.levels[0].close())

    # ---- parts

    def _push(self, node: Node) -> None:
        self.levels[-1].parts.append(self._within_limits(node))

    def _push_literal(self, text: str) -> None:
        self.levels[-1].parts += [_literal(char, "i" in self.flags) for char in text]

    def _within_limits(self, node: Node) -> Node:
        if node.size > _MAX_SIZE and _least_size(node) > _MAX_SIZE:
            raise RegexError("expression too large", self.pattern)
        if node.height > _MAX_HEIGHT:
            raise RegexError("expression nests too deeply", self.pattern)
        return node

    def _single(self, char: str) -> None:
        """Whatever matches one character, or a place."""
        if char == "[":
            self._push(Chars(self._set()))
        elif char == "\\":
            self._escaped()
        else:
            self.at += 1
            if char == "^":
                self._push(Place(BEGIN_LINE if "m" in self.flags else BEGIN_TEXT))
            elif char == "$":
                self._push(Place(END_LINE if "m" in self.flags else END_TEXT))
            else:
                self._push(Chars(ANY if "s" in self.flags else ANY_BUT_NEWLINE))

    def _open(self, captures: bool) -> None:
        self.levels.append(_Level(self.flags, captures))

    def _close(self) -> None:
        if len(self.levels) == 1:
            raise RegexError("unexpected )", self.pattern)
        level = self.levels.pop()
        node = level.close()
        self.flags = level.flags
        if level.captures:
            node = Concat([node], captures=True)
        self._push(node)

    def _repeat(self, operator: str, low: int, high: int, last_repeat: int) -> None:
        start = self.at
        self.at += len(operator)
        lazy = "U" in self.flags
        if self.pattern.startswith("?", self.at):
            self.at += 1
            lazy = not lazy
        if last_repeat >= 0:
            raise RegexError("invalid nested repetition operator", self.pattern[last_repeat : self.at])
        parts = self.levels[-1].parts
        if not parts:
            raise RegexError("missing argument to repetition operator", self.pattern[start : self.at])
        node = self._within_limits(Repeat(parts[-1], low, high, lazy))
        if node.weight > _MAX_REPEAT and (low >= 2 or high >= 2):
            raise RegexError("invalid repeat count", self.pattern[start : self.at])
        parts[-1] = node

    def _count(self) -> tuple[int, int, int] | None:
        """Least, most (-1 for any number), and the end of `{2,3}`; None where the brace is just a brace."""
        pattern = self.pattern
        low, end = self._number(self.at + 1)
        high = low
        if pattern.startswith(",", end):
            high, end = (-1, end + 1) if pattern.startswith(",}", end) else self._number(end + 1)
            if high is None:
                return None
        return None if low is None or high is None or not pattern.startswith("}", end) else (low, high, end + 1)

    def _number(self, start: int) -> tuple[int | None, int]:
        """A number without a leading zero, and its end. Nine digits are as good as more."""
        end = start
        while end < len(self.pattern) and self.pattern[end] in _DIGITS:
            end += 1
        digits = self.pattern[start:end]
        if not digits or (digits[0] == "0" and len(digits) > 1):
            return None, start
        return int(digits[:9]), end

    def _perl_group(self) -> None:
        """`(?i)`, `(?:`, `(?P<name>`."""
        pattern, start = self.pattern, self.at
        name = start + (4 if pattern.startswith("(?P<", start) else 3 if pattern.startswith("(?<", start) else 0)
        if start < name < len(pattern):
            end = pattern.find(">", start)
            if end < 0:
                raise RegexError("invalid named capture", pattern[start:])
            if not all(char.isascii() and (char == "_" or char.isalnum()) for char in pattern[name:end]) or name == end:
                raise RegexError("invalid named capture", pattern[start : end + 1])
            self.at = end + 1
            self._open(captures=True)
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
                    self._open(captures=False)
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
            self._push(Place(_PLACES[letter]))
        elif letter == "C":
            raise RegexError("invalid escape sequence", r"\C")
        elif letter == "Q":
            end = pattern.find(r"\E", start + 2)
            literal = pattern[start + 2 :] if end < 0 else pattern[start + 2 : end]
            self.at = len(pattern) if end < 0 else end + 2
            self._push_literal(literal)
        elif letter in ("p", "P"):
            self._push(Chars(self._unicode_class()))
        elif letter and letter.lower() in _PERL:
            self.at += 2
            self._push(Chars(self._group(_PERL[letter.lower()], negated=letter.isupper())))
        else:
            self._push_literal(chr(self._escape()))

    def _group(self, ranges: Ranges, negated: bool) -> Ranges:
        if "i" in self.flags:
            ranges = _folded(ranges)
        return complement(ranges) if negated else ranges

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
        if char == "0" or (char in _OCTAL and position < len(pattern) and pattern[position] in _OCTAL):
            end = position
            while end < position + 2 and end < len(pattern) and pattern[end] in _OCTAL:
                end += 1
            self.at = end
            return int(pattern[start + 1 : end], 8)
        if char in _C_ESCAPES:
            self.at = position
            return _C_ESCAPES[char]
        if char == "x":
            return self._hexadecimal(position)
        raise RegexError("invalid escape sequence", pattern[start:position])

    def _hexadecimal(self, position: int) -> int:
        pattern, start = self.pattern, self.at
        braced = pattern.startswith("{", position)
        value = digits = 0
        position += braced
        while position < len(pattern) and (braced or digits < 2):
            char = pattern[position]
            position += 1
            if braced and char == "}":
                break
            if char not in _HEXADECIMAL:
                digits = 0
                # The second of two is read before the first is looked at.
                position = position if braced else min(start + 4, len(pattern))
                break
            digits += 1
            value = value * 16 + int(char, 16)
            if value > LAST:
                digits = 0
                break
        else:
            digits = 0 if braced or digits < 2 else digits
        if not digits:
            raise RegexError("invalid escape sequence", pattern[start:position])
        self.at = position
        return value

    def _unicode_class(self) -> Ranges:
        """The set behind `\\p`, as in `\\p{Greek}`."""
        from k8slint.goregex.unicode import table

        pattern, start = self.pattern, self.at
        position = start + 2
        if pattern.startswith("{", position):
            end = pattern.find("}", start)
            if end < 0:
                raise RegexError("invalid character class range", pattern[start:])
            name, self.at = pattern[position + 1 : end], end + 1
        else:
            name, self.at = pattern[position : position + 1], position + 1
        negated = pattern[start + 1] == "P"
        if name.startswith("^"):
            negated = not negated
            name = name[1:]
        # Go before 1.25 knows names by their exact spelling only; since then those of several words, like Old_Italic, are out of its reach.
        # The API server's Go is either.
        canonical = _canonical(name)
        ranges = table(name) or table(canonical)
        if ranges is None:
            raise RegexError("invalid character class range", pattern[start : self.at])
        if canonical in ("Lc", "Casedletter"):
            # Go has no table of what else these letters fold to.
            return complement(ranges) if negated else ranges
        return self._group(ranges, negated)

    def _set(self) -> Ranges:
        """A set of characters in brackets."""
        pattern, start = self.pattern, self.at
        self.at += 1
        negated = pattern.startswith("^", self.at)
        self.at += negated
        ranges: list[tuple[int, int]] = []
        single: list[tuple[int, int]] = []
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
                    ranges += self._group(known, negated=name.startswith("^"))
                    self.at = end + 2
                    continue
            if rest in (r"\p", r"\P"):
                ranges += self._unicode_class()
                continue
            if rest[:1] == "\\" and rest[1:].lower() in _PERL:
                ranges += self._group(_PERL[rest[1].lower()], negated=rest[1].isupper())
                self.at += 2
                continue
            begin = self.at
            low = high = self._set_char(start)
            if pattern.startswith("-", self.at) and pattern[self.at + 1 : self.at + 2] not in ("", "]"):
                self.at += 1
                high = self._set_char(start)
                if high < low:
                    raise RegexError("invalid character class range", pattern[begin : self.at])
            single.append((low, high))
        self.at += 1
        if single and "i" in self.flags:
            single = list(_folded(merged(single)))
        found = merged(ranges + single)
        return complement(found) if negated else found

    def _set_char(self, start: int) -> int:
        if self.at >= len(self.pattern):
            raise RegexError("missing closing ]", self.pattern[start:])
        if self.pattern[self.at] == "\\":
            return self._escape()
        self.at += 1
        return ord(self.pattern[self.at - 1])


def _least_size(node: Node) -> int:
    """How large the program is at least: what alternatives have in common, Go has once."""
    try:
        if isinstance(node, Concat):
            return sum([_least_size(part) for part in node.parts])
        if isinstance(node, Alternate):
            return max([_least_size(part) for part in node.parts])
        if isinstance(node, Repeat) and node.high:
            return max(1, node.low if node.high < 0 else node.high) * _least_size(node.part)
    except RecursionError:
        return 0
    return 1


@lru_cache(maxsize=512)
def _literal(char: str, folded: bool) -> Chars:
    ranges: Ranges = ((ord(char), ord(char)),)
    return Chars(_folded(ranges) if folded else ranges)


def _canonical(name: str) -> str:
    """`Greek` for `greek`, `Lc` for `L_C`."""
    if not name.isascii():
        return ""
    name = name.replace("_", "").replace("-", "").replace(" ", "")
    return name[:1].upper() + name[1:].lower()


_REPEATS: Final = {"*": (0, -1), "+": (1, -1), "?": (0, 1)}
_SPECIAL: Final = frozenset("\\^$.[|()*+?{")
_DIGITS: Final = "0123456789"
_OCTAL: Final = "01234567"
_HEXADECIMAL: Final = "0123456789abcdefABCDEF"
_PLACES: Final = {"A": BEGIN_TEXT, "z": END_TEXT, "b": WORD_BOUNDARY, "B": NO_WORD_BOUNDARY}
