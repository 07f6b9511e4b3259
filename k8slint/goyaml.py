"""go-yaml's scanner and parser in Python: the events kubectl's YAML library makes of a text, and why it refuses one.

libyaml does the same work a hundred times faster, and on nearly every text the same. This says what is right where
libyaml refuses (go-yaml may not), and where `dialect.differs` knows that the two part; it also stands in where the C
extension is missing. It is imported only then.

The events have the attributes of ruamel.yaml's. Offsets and columns count characters from 0, lines count from 0.

A port of scannerc.go and parserc.go of go.yaml.in/yaml/v2 v2.4.4, with its peculiarities. Those are a port of libyaml:

    Copyright (c) 2006 Kirill Simonov

    Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
    documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
    rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to
    permit persons to whom the Software is furnished to do so, subject to the following conditions:

    The above copyright notice and this permission notice shall be included in all copies or substantial portions of
    the Software.

    THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
    THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
    AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT,
    TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
    SOFTWARE.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn

from k8slint.dialect import control_character

# ---------------------------------------------------------------------------------------------------- events


class Mark:
    """A place in the text."""

    __slots__ = ("column", "index", "line")

    def __init__(self, index: int, line: int, column: int) -> None:
        self.index = index
        self.line = line
        self.column = column


class Event:
    """One step through a document."""

    __slots__ = ("anchor", "end_mark", "flow_style", "start_mark", "style", "tag", "value")

    def __init__(
        self,
        start: Mark,
        end: Mark,
        anchor: str | None = None,
        tag: str | None = None,
        value: str = "",
        style: str = "",
        flow_style: bool = False,
    ) -> None:
        self.start_mark = start
        self.end_mark = end
        self.anchor = anchor
        self.tag = tag
        self.value = value
        self.style = style
        self.flow_style = flow_style

    def __repr__(self) -> str:
        parts = ((name, getattr(self, name)) for name in ("anchor", "tag", "value", "style"))
        return f"{type(self).__name__}({', '.join(f'{name}={part!r}' for name, part in parts if part)})"


class StreamStartEvent(Event):
    """The first event of all."""

    __slots__ = ()


class StreamEndEvent(Event):
    """The last event; instead of a document where there is none."""

    __slots__ = ()


class DocumentStartEvent(Event):
    """A document begins, with or without `---`."""

    __slots__ = ()


class DocumentEndEvent(Event):
    """A document ends, with or without `...`."""

    __slots__ = ()


class AliasEvent(Event):
    """`*anchor`."""

    __slots__ = ()


class ScalarEvent(Event):
    """A scalar: its `value`, and how it is written in `style` ("" for plain, ', ", | or >)."""

    __slots__ = ()


class SequenceStartEvent(Event):
    """A sequence begins."""

    __slots__ = ()


class SequenceEndEvent(Event):
    """A sequence ends."""

    __slots__ = ()


class MappingStartEvent(Event):
    """A mapping begins; keys and values follow in turn."""

    __slots__ = ()


class MappingEndEvent(Event):
    """A mapping ends."""

    __slots__ = ()


EVENTS: Final = (
    ScalarEvent,
    MappingStartEvent,
    SequenceStartEvent,
    MappingEndEvent,
    SequenceEndEvent,
    AliasEvent,
    DocumentEndEvent,
    StreamEndEvent,
)
"""The classes whose events make a document."""


class GoYamlError(Exception):
    """go-yaml refuses the text.

    `problem` is what is wrong in go-yaml's words, and `mark` is where. `str()` adds the line that go-yaml names, which
    is one too low for errors of grammar.
    """

    def __init__(self, problem: str, mark: Mark, named_line: int) -> None:
        super().__init__(f"line {named_line}: {problem}" if named_line else problem)
        self.problem = problem
        self.mark = mark


# ---------------------------------------------------------------------------------------------------- tokens

(
    _STREAM_START,
    _STREAM_END,
    _VERSION_DIRECTIVE,
    _TAG_DIRECTIVE,
    _DOCUMENT_START,
    _DOCUMENT_END,
    _BLOCK_SEQUENCE_START,
    _BLOCK_MAPPING_START,
    _BLOCK_END,
    _FLOW_SEQUENCE_START,
    _FLOW_SEQUENCE_END,
    _FLOW_MAPPING_START,
    _FLOW_MAPPING_END,
    _BLOCK_ENTRY,
    _FLOW_ENTRY,
    _KEY,
    _VALUE,
    _ALIAS,
    _ANCHOR,
    _TAG,
    _SCALAR,
) = range(21)


class _Token(NamedTuple):
    kind: int
    start: Mark
    end: Mark
    value: str = ""
    """Of a scalar, anchor or alias; the handle of a tag; the version of a %YAML."""
    extra: str = ""
    """The style of a scalar, the suffix of a tag, the prefix of a %TAG."""


class _SimpleKey:
    """A place where a key may have begun, to be known as one when its `:` turns up."""

    __slots__ = ("mark", "possible", "required", "token_number")

    def __init__(self, possible: bool, required: bool, token_number: int, mark: Mark) -> None:
        self.possible = possible
        self.required = required
        self.token_number = token_number
        self.mark = mark


# ---------------------------------------------------------------------------------------------------- characters

# The text is followed by NULs, so that looking ahead needs no bounds.
_END = "\0"
_LOOK_AHEAD = 16
_BREAKS = "\r\n\x85\u2028\u2029"
_BREAK_OR_END = _BREAKS + _END
_BLANK_OR_END = " \t" + _BREAK_OR_END
_HEX = frozenset("0123456789abcdefABCDEF")

_SPACES = re.compile(" *")
_BLANKS = re.compile("[ \t]*")
_REST_OF_LINE = re.compile(f"[^{_BREAK_OR_END}]*")
_WORD = re.compile("[0-9A-Za-z_-]*")
_DIGITS = re.compile("[0-9]*")
_URI = re.compile(r"[0-9A-Za-z_;/?:@&=+$,.!~*'()\[\]-]*")
_PLAIN_IN_BLOCK = re.compile(f"(?:[^:{_BLANK_OR_END}]|:(?![{_BLANK_OR_END}]))*")
_PLAIN_IN_FLOW = re.compile(rf"(?:[^:,?\[\]{{}}{_BLANK_OR_END}]|:(?![{_BLANK_OR_END}]))*")
_SINGLE_QUOTED = re.compile(f"[^'{_BLANK_OR_END}]*")
_DOUBLE_QUOTED = re.compile(f'[^"\\\\{_BLANK_OR_END}]*')


# What may not begin a plain scalar, unless one of the exceptions in `_begins_plain` holds.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`" + _BLANK_OR_END)

_ESCAPES: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "'": "'",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_CODE_LENGTHS: Final = {"x": 2, "u": 4, "U": 8}

_MAX_DEPTH = 10_000
_MAX_KEY_LENGTH = 1024
_READ_AT_ONCE = 512


def _match_end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


# ---------------------------------------------------------------------------------------------------- scanner


class _Scanner:
    """Text to tokens (scannerc.go)."""

    def __init__(self, text: str) -> None:
        # go-yaml decodes in blocks and refuses a control character as soon as it gets to its block.
        self._refused = control_character(text)
        if self._refused is not None:
            text = text[: _start_of_block(text, self._refused)]
        self._text = text + _END * _LOOK_AHEAD
        self._position = 1 if text.startswith("\ufeff") else 0
        self._line = 0
        self._line_start = self._position

        self._tokens: deque[_Token] = deque()
        self._taken = 0  # tokens that the parser has taken out of the queue
        self._available = False
        self._started = False

        self._flow_level = 0
        self._indent = -1
        self._indents: list[int] = []
        self._key_allowed = True
        self._keys: list[_SimpleKey] = []
        self._key_of_token: dict[int, int] = {}

    # ---- the queue

    def _peek(self) -> _Token:
        if not self._available:
            self._fetch_more()
        return self._tokens[0]

    def _take(self) -> None:
        self._available = False
        self._taken += 1
        self._tokens.popleft()

    def _insert(self, position: int, token: _Token) -> None:
        # A negative position also comes of a key whose token has been taken already; go-yaml appends then, as here.
        if position < 0:
            self._tokens.append(token)
        else:
            self._tokens.insert(position, token)

    def _fetch_more(self) -> None:
        # The token at the head may turn out to be a key, which puts a token before it: read on until that is decided.
        while True:
            if self._tokens:
                key = self._key_of_token.get(self._taken)
                if key is None or not self._is_valid(self._keys[key]):
                    break
            self._fetch_next()
        self._available = True

    def _fetch_next(self) -> None:
        if not self._started:
            self._started = True
            self._keys.append(_SimpleKey(False, False, 0, Mark(0, 0, 0)))
            mark = self._mark()
            self._tokens.append(_Token(_STREAM_START, mark, mark))
            return

        self._skip_to_next_token()
        column = self._position - self._line_start
        self._unroll_indent(column)

        text, position = self._text, self._position
        char = text[position]
        following = text[position + 1]
        if char == _END:
            self._fetch_stream_end()
        elif column == 0 and char == "%":
            self._fetch_directive()
        elif column == 0 and self._at_document_indicator():
            self._fetch_document_indicator(_DOCUMENT_START if char == "-" else _DOCUMENT_END)
        elif char == "[":
            self._fetch_flow_start(_FLOW_SEQUENCE_START)
        elif char == "{":
            self._fetch_flow_start(_FLOW_MAPPING_START)
        elif char == "]":
            self._fetch_flow_end(_FLOW_SEQUENCE_END)
        elif char == "}":
            self._fetch_flow_end(_FLOW_MAPPING_END)
        elif char == ",":
            self._remove_key()
            self._key_allowed = True
            self._fetch_indicator(_FLOW_ENTRY)
        elif char == "-" and following in _BLANK_OR_END:
            self._fetch_block_entry()
        elif char == "?" and (self._flow_level or following in _BLANK_OR_END):
            self._fetch_key()
        elif char == ":" and (self._flow_level or following in _BLANK_OR_END):
            self._fetch_value()
        elif char == "*":
            self._fetch_flow_node(lambda: self._scan_anchor(_ALIAS))
        elif char == "&":
            self._fetch_flow_node(lambda: self._scan_anchor(_ANCHOR))
        elif char == "!":
            self._fetch_flow_node(self._scan_tag)
        elif char in "|>" and not self._flow_level:
            self._remove_key()
            self._key_allowed = True
            self._tokens.append(self._scan_block_scalar(char))
        elif char in "'\"":
            self._fetch_flow_node(lambda: self._scan_quoted(char))
        elif self._begins_plain(char, following):
            self._fetch_flow_node(self._scan_plain)
        else:
            self._fail("found character that cannot start any token")

    def _begins_plain(self, char: str, following: str) -> bool:
        if char not in _INDICATORS:
            return True
        if char == "-":
            return following not in " \t"
        return not self._flow_level and char in "?:" and following not in _BLANK_OR_END

    def _mark(self) -> Mark:
        return Mark(self._position, self._line, self._position - self._line_start)

    def _fail(self, problem: str) -> NoReturn:
        mark = self._mark()
        raise GoYamlError(problem, mark, mark.line + 1 if mark.line else 0)

    # ---- keys without a question mark

    def _is_valid(self, key: _SimpleKey) -> bool:
        if not key.possible:
            return False
        if key.mark.line < self._line or key.mark.index + _MAX_KEY_LENGTH < self._position:
            if key.required:
                self._fail("could not find expected ':'")
            key.possible = False
            return False
        return True

    def _save_key(self) -> None:
        required = not self._flow_level and self._indent == self._position - self._line_start
        if self._key_allowed:
            key = _SimpleKey(True, required, self._taken + len(self._tokens), self._mark())
            self._remove_key()
            self._keys[-1] = key
            self._key_of_token[key.token_number] = len(self._keys) - 1

    def _remove_key(self) -> None:
        key = self._keys[-1]
        if key.possible:
            if key.required:
                self._fail("could not find expected ':'")
            key.possible = False
            self._key_of_token.pop(key.token_number, None)

    # ---- indentation

    def _roll_indent(self, column: int, number: int, kind: int, mark: Mark) -> None:
        if self._flow_level or self._indent >= column:
            return
        self._indents.append(self._indent)
        self._indent = column
        if len(self._indents) > _MAX_DEPTH:
            self._fail(f"exceeded max depth of {_MAX_DEPTH}")
        self._insert(number - self._taken if number >= 0 else -1, _Token(kind, mark, mark))

    def _unroll_indent(self, column: int) -> None:
        if self._flow_level:
            return
        while self._indent > column:
            mark = self._mark()
            self._tokens.append(_Token(_BLOCK_END, mark, mark))
            self._indent = self._indents.pop()

    # ---- fetchers

    def _fetch_indicator(self, kind: int, length: int = 1) -> None:
        start = self._mark()
        self._position += length
        self._tokens.append(_Token(kind, start, self._mark()))

    def _fetch_stream_end(self) -> None:
        if self._refused is not None:
            raise GoYamlError("control characters are not allowed", self._mark_of_refused(), 0)
        if self._position != self._line_start:
            self._line_start = self._position
            self._line += 1
        self._unroll_indent(-1)
        self._remove_key()
        self._key_allowed = False
        mark = self._mark()
        self._tokens.append(_Token(_STREAM_END, mark, mark))

    def _mark_of_refused(self) -> Mark:
        return Mark(self._refused or 0, self._line, 0)

    def _fetch_directive(self) -> None:
        self._unroll_indent(-1)
        self._remove_key()
        self._key_allowed = False
        self._tokens.append(self._scan_directive())

    def _fetch_document_indicator(self, kind: int) -> None:
        self._unroll_indent(-1)
        self._remove_key()
        self._key_allowed = False
        self._fetch_indicator(kind, 3)

    def _fetch_flow_start(self, kind: int) -> None:
        self._save_key()
        # The new level's key bears the number of the bracket's own token, and takes its entry along when the level ends
        # without keys: a peculiarity of go-yaml, for which `[]: x` is not a mapping.
        self._keys.append(_SimpleKey(False, False, self._taken + len(self._tokens), self._mark()))
        self._flow_level += 1
        if self._flow_level > _MAX_DEPTH:
            self._fail(f"exceeded max depth of {_MAX_DEPTH}")
        self._key_allowed = True
        self._fetch_indicator(kind)

    def _fetch_flow_end(self, kind: int) -> None:
        self._remove_key()
        if self._flow_level:
            self._flow_level -= 1
            self._key_of_token.pop(self._keys.pop().token_number, None)
        self._key_allowed = False
        self._fetch_indicator(kind)

    def _fetch_block_entry(self) -> None:
        if not self._flow_level:
            if not self._key_allowed:
                self._fail("block sequence entries are not allowed in this context")
            mark = self._mark()
            self._roll_indent(mark.column, -1, _BLOCK_SEQUENCE_START, mark)
        self._remove_key()
        self._key_allowed = True
        self._fetch_indicator(_BLOCK_ENTRY)

    def _fetch_key(self) -> None:
        if not self._flow_level:
            if not self._key_allowed:
                self._fail("mapping keys are not allowed in this context")
            mark = self._mark()
            self._roll_indent(mark.column, -1, _BLOCK_MAPPING_START, mark)
        self._remove_key()
        self._key_allowed = not self._flow_level
        self._fetch_indicator(_KEY)

    def _fetch_value(self) -> None:
        key = self._keys[-1]
        if self._is_valid(key):
            self._insert(key.token_number - self._taken, _Token(_KEY, key.mark, key.mark))
            self._roll_indent(key.mark.column, key.token_number, _BLOCK_MAPPING_START, key.mark)
            key.possible = False
            self._key_of_token.pop(key.token_number, None)
            self._key_allowed = False
        else:
            if not self._flow_level:
                if not self._key_allowed:
                    self._fail("mapping values are not allowed in this context")
                mark = self._mark()
                self._roll_indent(mark.column, -1, _BLOCK_MAPPING_START, mark)
            self._key_allowed = not self._flow_level
        self._fetch_indicator(_VALUE)

    def _fetch_flow_node(self, scan: Callable[[], _Token]) -> None:
        self._save_key()
        self._key_allowed = False
        self._tokens.append(scan())

    # ---- white space

    def _skip_break(self) -> None:
        """Steps over the line break at the current position."""
        self._position += 2 if self._text.startswith("\r\n", self._position) else 1
        self._line_start = self._position
        self._line += 1

    def _read_break(self) -> str:
        """Steps over the line break at the current position and returns what it counts as; "" if there is none."""
        char = self._text[self._position]
        if char not in _BREAKS:
            return ""
        self._skip_break()
        return char if char in "\u2028\u2029" else "\n"

    def _skip_to_next_token(self) -> None:
        text = self._text
        while True:
            blanks = _BLANKS if self._flow_level or not self._key_allowed else _SPACES
            self._position = _match_end(blanks, text, self._position)
            if text[self._position] == "#":
                self._position = _match_end(_REST_OF_LINE, text, self._position)
            if text[self._position] not in _BREAKS:
                return
            self._skip_break()
            if not self._flow_level:
                self._key_allowed = True

    def _at_document_indicator(self) -> bool:
        position = self._position
        return self._text[position : position + 3] in ("---", "...") and self._text[position + 3] in _BLANK_OR_END

    def _skip_comment_to_break(self) -> None:
        """Steps over blanks, a comment and the line break after a directive or the head of a block scalar."""
        self._position = _match_end(_BLANKS, self._text, self._position)
        if self._text[self._position] == "#":
            self._position = _match_end(_REST_OF_LINE, self._text, self._position)
        if self._text[self._position] not in _BREAK_OR_END:
            self._fail("did not find expected comment or line break")
        self._read_break()

    # ---- directives, anchors, tags

    def _scan_directive(self) -> _Token:
        start = self._mark()
        self._position += 1
        name = self._read(_WORD)
        if not name:
            self._fail("could not find expected directive name")
        if self._text[self._position] not in _BLANK_OR_END:
            self._fail("found unexpected non-alphabetical character")
        if name == "YAML":
            self._position = _match_end(_BLANKS, self._text, self._position)
            major = self._scan_version_number()
            if self._text[self._position] != ".":
                self._fail("did not find expected digit or '.' character")
            self._position += 1
            token = _Token(_VERSION_DIRECTIVE, start, self._mark(), f"{major}.{self._scan_version_number()}")
        elif name == "TAG":
            self._position = _match_end(_BLANKS, self._text, self._position)
            handle = self._scan_tag_handle(directive=True)
            if self._text[self._position] not in " \t":
                self._fail("did not find expected whitespace")
            self._position = _match_end(_BLANKS, self._text, self._position)
            prefix = self._scan_tag_uri("")
            if self._text[self._position] not in _BLANK_OR_END:
                self._fail("did not find expected whitespace or line break")
            token = _Token(_TAG_DIRECTIVE, start, self._mark(), handle, prefix)
        else:
            self._fail("found unknown directive name")
        self._skip_comment_to_break()
        return token

    def _scan_version_number(self) -> int:
        start = self._position
        digits = self._read(_DIGITS)
        if len(digits) > 2:
            self._position = start + 2
            self._fail("found extremely long version number")
        if not digits:
            self._fail("did not find expected version number")
        return int(digits)

    def _scan_anchor(self, kind: int) -> _Token:
        start = self._mark()
        self._position += 1
        name = self._read(_WORD)
        if not name or self._text[self._position] not in _BLANK_OR_END + "?:,]}%@`":
            self._fail("did not find expected alphabetic or numeric character")
        return _Token(kind, start, self._mark(), name)

    def _scan_tag(self) -> _Token:
        start = self._mark()
        if self._text[self._position + 1] == "<":
            handle = ""
            self._position += 2
            suffix = self._scan_tag_uri("")
            if self._text[self._position] != ">":
                self._fail("did not find the expected '>'")
            self._position += 1
        else:
            handle = self._scan_tag_handle(directive=False)
            if len(handle) > 1 and handle.endswith("!"):
                suffix = self._scan_tag_uri("")
            else:
                suffix = self._scan_tag_uri(handle)
                handle = "!"
                if not suffix:
                    handle, suffix = "", "!"
        if self._text[self._position] not in _BLANK_OR_END:
            self._fail("did not find expected whitespace or line break")
        return _Token(_TAG, start, self._mark(), handle, suffix)

    def _scan_tag_handle(self, directive: bool) -> str:
        if self._text[self._position] != "!":
            self._fail("did not find expected '!'")
        self._position += 1
        handle = "!" + self._read(_WORD)
        if self._text[self._position] == "!":
            self._position += 1
            handle += "!"
        elif directive and handle != "!":
            self._fail("did not find expected '!'")
        return handle

    def _scan_tag_uri(self, head: str) -> str:
        """The characters of a tag after `head`, a handle that turned out to be none."""
        parts = [head[1:]]
        start = self._position
        while True:
            parts.append(self._read(_URI))
            if self._text[self._position] != "%":
                break
            parts.append(self._scan_uri_escape())
        if not head and self._position == start:
            self._fail("did not find expected tag URI")
        return "".join(parts)

    def _scan_uri_escape(self) -> str:
        octets = bytearray()
        width = 1
        while len(octets) < width:
            digits = self._text[self._position + 1 : self._position + 3]
            if self._text[self._position] != "%" or not _HEX.issuperset(digits):
                self._fail("did not find URI escaped octet")
            octet = int(digits, 16)
            if not octets:
                if octet & 0xC0 == 0x80 or octet >= 0xF8:
                    self._fail("found an incorrect leading UTF-8 octet")
                width = 1 if octet < 0x80 else 2 if octet < 0xE0 else 3 if octet < 0xF0 else 4
            elif octet & 0xC0 != 0x80:
                self._fail("found an incorrect trailing UTF-8 octet")
            octets.append(octet)
            self._position += 3
        return octets.decode("utf-8", "replace")

    def _read(self, pattern: re.Pattern[str]) -> str:
        start = self._position
        self._position = _match_end(pattern, self._text, start)
        return self._text[start : self._position]

    # ---- scalars

    def _scan_block_scalar(self, style: str) -> _Token:
        text = self._text
        start = self._mark()
        self._position += 1
        chomping, increment = self._scan_block_head()
        self._skip_comment_to_break()
        end = self._mark()

        indent = 0
        if increment:
            indent = self._indent + increment if self._indent >= 0 else increment
        indent, trailing_breaks, end = self._scan_block_breaks(indent, end)

        parts: list[str] = []
        leading_break = ""
        leading_blank = False
        while self._position - self._line_start == indent and text[self._position] != _END:
            trailing_blank = text[self._position] in " \t"
            if style == ">" and leading_break == "\n" and not leading_blank and not trailing_blank:
                if not trailing_breaks:
                    parts.append(" ")
            else:
                parts.append(leading_break)
            parts.append(trailing_breaks)
            leading_blank = trailing_blank
            parts.append(self._read(_REST_OF_LINE))
            leading_break = self._read_break()
            indent, trailing_breaks, end = self._scan_block_breaks(indent, end=self._mark())
        if chomping != "-":
            parts.append(leading_break)
        if chomping == "+":
            parts.append(trailing_breaks)
        return _Token(_SCALAR, start, end, "".join(parts), style)

    def _scan_block_head(self) -> tuple[str, int]:
        """The indicators after `|` or `>`: how to chomp ("", - or +), and the indentation (0 if it is not given)."""
        chomping, increment = "", 0
        for _ in range(2):
            char = self._text[self._position]
            if char in "+-" and not chomping:
                chomping = char
            elif char in "0123456789" and not increment:
                if char == "0":
                    self._fail("found an indentation indicator equal to 0")
                increment = int(char)
            else:
                break
            self._position += 1
        return chomping, increment

    def _scan_block_breaks(self, indent: int, end: Mark) -> tuple[int, str, Mark]:
        """Steps over indentation and empty lines.

        Returns the indentation (found out if it is 0), the line breaks, and the end of the last of them.
        """
        text = self._text
        breaks: list[str] = []
        deepest = 0
        while True:
            spaces = _match_end(_SPACES, text, self._position)
            if indent:
                # Blanks beyond the indentation are content.
                spaces = min(spaces, max(self._line_start + indent, self._position))
            self._position = spaces
            column = spaces - self._line_start
            deepest = max(deepest, column)
            if text[spaces] == "\t" and (not indent or column < indent):
                self._fail("found a tab character where an indentation space is expected")
            if text[spaces] not in _BREAKS:
                break
            breaks.append(self._read_break())
            end = self._mark()
        if not indent:
            indent = max(deepest, self._indent + 1, 1)
        return indent, "".join(breaks), end

    def _scan_quoted(self, quote: str) -> _Token:
        text = self._text
        start = self._mark()
        self._position += 1
        ordinary = _SINGLE_QUOTED if quote == "'" else _DOUBLE_QUOTED
        parts: list[str] = []
        while True:
            if self._position == self._line_start and self._at_document_indicator():
                self._fail("found unexpected document indicator")
            if text[self._position] == _END:
                if self._refused is not None:
                    self._fetch_stream_end()
                self._fail("found unexpected end of stream")

            continued = False
            while True:
                parts.append(self._read(ordinary))
                char = text[self._position]
                if char == "'" and quote == "'" and text[self._position + 1] == "'":
                    parts.append("'")
                    self._position += 2
                elif char == "\\" and quote == '"':
                    self._position += 1
                    if text[self._position] in _BREAKS:
                        self._skip_break()
                        continued = True
                        break
                    parts.append(self._scan_escape())
                else:
                    break
            if text[self._position] == quote:
                break
            parts.append(self._scan_white_space(continued))
        self._position += 1
        return _Token(_SCALAR, start, self._mark(), "".join(parts), quote)

    def _scan_escape(self) -> str:
        """What the characters after a backslash stand for."""
        char = self._text[self._position]
        if char in _ESCAPES:
            self._position += 1
            return _ESCAPES[char]
        length = _CODE_LENGTHS.get(char)
        if length is None:
            self._position -= 1
            self._fail("found unknown escape character")
        self._position += 1
        digits = self._text[self._position : self._position + length]
        if not _HEX.issuperset(digits):
            self._fail("did not find expected hexdecimal number")
        code = int(digits, 16)
        if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            self._fail("found invalid Unicode character escape code")
        self._position += length
        return chr(code)

    def _scan_white_space(self, continued: bool) -> str:
        """Blanks and line breaks within a quoted scalar, folded; `continued` after an escaped line break."""
        text = self._text
        if not continued:
            blanks = self._read(_BLANKS)
            if text[self._position] not in _BREAKS:
                return blanks
        leading_break = "" if continued else self._read_break()
        trailing_breaks: list[str] = []
        while True:
            self._position = _match_end(_BLANKS, text, self._position)
            if text[self._position] not in _BREAKS:
                break
            trailing_breaks.append(self._read_break())
        if leading_break == "\n":
            return "".join(trailing_breaks) or " "
        return leading_break + "".join(trailing_breaks)

    def _scan_plain(self) -> _Token:
        text = self._text
        pattern = _PLAIN_IN_FLOW if self._flow_level else _PLAIN_IN_BLOCK
        indent = self._indent + 1
        start = end = self._mark()
        parts: list[str] = []
        white_space = ""
        new_line = False
        while True:
            if self._position == self._line_start and self._at_document_indicator():
                break
            if text[self._position] == "#":
                break
            run = self._read(pattern)
            if run:
                parts.append(white_space)
                parts.append(run)
                end = self._mark()
                white_space, new_line = "", False
            if text[self._position] not in " \t" + _BREAKS:
                break
            white_space = self._read(_BLANKS)
            if text[self._position] in _BREAKS:
                white_space = self._fold_plain(indent)
                new_line = True
                if not self._flow_level and self._position - self._line_start < indent:
                    break
        if new_line:
            self._key_allowed = True
        return _Token(_SCALAR, start, end, "".join(parts), "")

    def _fold_plain(self, indent: int) -> str:
        """Steps over the line breaks in a plain scalar and the blanks around them: what they count as."""
        text = self._text
        leading_break = self._read_break()
        trailing_breaks: list[str] = []
        while True:
            spaces = _match_end(_SPACES, text, self._position)
            while text[spaces] in " \t":
                if text[spaces] == "\t" and spaces - self._line_start < indent:
                    self._position = spaces
                    self._fail("found a tab character that violates indentation")
                spaces += 1
            self._position = spaces
            if text[spaces] not in _BREAKS:
                break
            trailing_breaks.append(self._read_break())
        if leading_break == "\n":
            return "".join(trailing_breaks) or " "
        return leading_break + "".join(trailing_breaks)


def _start_of_block(text: str, offset: int) -> int:
    """Where the block of the character at `offset` starts.

    go-yaml reads 512 bytes at once; the beginning of a character that is cut in two counts for the next block.
    """
    data = text[: offset + 1].encode("utf-8", "surrogatepass")
    target = len(text[:offset].encode("utf-8", "surrogatepass"))
    start, end = 0, _READ_AT_ONCE
    while end <= target:
        start = end
        while data[start] & 0xC0 == 0x80:
            start -= 1
        end += _READ_AT_ONCE - (end - start)
    return len(data[:start].decode("utf-8", "surrogatepass"))


# ---------------------------------------------------------------------------------------------------- parser

_DEFAULT_TAGS = {"!": "!", "!!": "tag:yaml.org,2002:"}
_State = Callable[[], Event]


class Parser(_Scanner):
    """Tokens to events (parserc.go). Raises GoYamlError when it gets to what go-yaml refuses."""

    def __init__(self, text: str) -> None:
        # As Unmarshal does with no text at all.
        super().__init__(text or "\n")
        self._state: _State = self._stream_start
        self._states: list[_State] = []
        self._marks: list[Mark] = []
        self._tags: dict[str, str] = {}

    def get_event(self) -> Event:
        """The next event. Not to be called after the end of the stream."""
        return self._state()

    def _refuse(self, problem: str, mark: Mark) -> NoReturn:
        # go-yaml names errors of grammar by a line counted from 0, and leaves out line 0.
        raise GoYamlError(problem, mark, mark.line)

    def _next(self) -> _Token:
        self._take()
        return self._peek()

    # ---- stream and documents

    def _stream_start(self) -> Event:
        token = self._peek()
        self._state = self._implicit_document_start
        self._take()
        return StreamStartEvent(token.start, token.end)

    def _implicit_document_start(self) -> Event:
        token = self._peek()
        if token.kind in (_VERSION_DIRECTIVE, _TAG_DIRECTIVE, _DOCUMENT_START, _STREAM_END):
            return self._document_start_at(token)
        self._tags = dict(_DEFAULT_TAGS)
        self._states.append(self._document_end)
        self._state = self._block_node
        return DocumentStartEvent(token.start, token.end)

    def _document_start(self) -> Event:
        token = self._peek()
        while token.kind == _DOCUMENT_END:
            token = self._next()
        return self._document_start_at(token)

    def _document_start_at(self, token: _Token) -> Event:
        if token.kind == _STREAM_END:
            self._take()
            return StreamEndEvent(token.start, token.end)
        start = token.start
        self._process_directives(token)
        token = self._peek()
        if token.kind != _DOCUMENT_START:
            self._refuse("did not find expected <document start>", token.start)
        self._states.append(self._document_end)
        self._state = self._document_content
        self._take()
        return DocumentStartEvent(start, token.end)

    def _process_directives(self, token: _Token) -> None:
        tags: dict[str, str] = {}
        has_version = False
        while token.kind in (_VERSION_DIRECTIVE, _TAG_DIRECTIVE):
            if token.kind == _VERSION_DIRECTIVE:
                if has_version:
                    self._refuse("found duplicate %YAML directive", token.start)
                if token.value != "1.1":
                    self._refuse("found incompatible YAML document", token.start)
                has_version = True
            else:
                if token.value in tags:
                    self._refuse("found duplicate %TAG directive", token.start)
                tags[token.value] = token.extra
            token = self._next()
        self._tags = _DEFAULT_TAGS | tags

    def _document_content(self) -> Event:
        token = self._peek()
        if token.kind in (_VERSION_DIRECTIVE, _TAG_DIRECTIVE, _DOCUMENT_START, _DOCUMENT_END, _STREAM_END):
            self._state = self._states.pop()
            return self._empty(token.start)
        return self._node(block=True)

    def _document_end(self) -> Event:
        token = self._peek()
        end = token.start
        if token.kind == _DOCUMENT_END:
            end = token.end
            self._take()
        self._tags = {}
        self._state = self._document_start
        return DocumentEndEvent(token.start, end)

    # ---- nodes

    def _block_node(self) -> Event:
        return self._node(block=True)

    def _node(self, block: bool, indentless: bool = False) -> Event:
        token = self._peek()
        if token.kind == _ALIAS:
            self._state = self._states.pop()
            self._take()
            return AliasEvent(token.start, token.end, token.value)

        start, end = token.start, token.start
        anchor: str | None = None
        tag: str | None = None
        tag_token: _Token | None = None
        if token.kind == _ANCHOR:
            anchor, end = token.value, token.end
            token = self._next()
            if token.kind == _TAG:
                tag_token, end = token, token.end
                token = self._next()
        elif token.kind == _TAG:
            tag_token, end = token, token.end
            token = self._next()
            if token.kind == _ANCHOR:
                anchor, end = token.value, token.end
                token = self._next()
        if tag_token is not None:
            tag = self._full_tag(tag_token)

        if indentless and token.kind == _BLOCK_ENTRY:
            self._state = self._indentless_sequence_entry
            return SequenceStartEvent(start, token.end, anchor, tag)
        if token.kind == _SCALAR:
            self._state = self._states.pop()
            self._take()
            return ScalarEvent(start, token.end, anchor, tag, token.value, token.extra)
        if token.kind == _FLOW_SEQUENCE_START:
            self._state = self._flow_sequence_first_entry
            return SequenceStartEvent(start, token.end, anchor, tag, flow_style=True)
        if token.kind == _FLOW_MAPPING_START:
            self._state = self._flow_mapping_first_key
            return MappingStartEvent(start, token.end, anchor, tag, flow_style=True)
        if block and token.kind == _BLOCK_SEQUENCE_START:
            self._state = self._block_sequence_first_entry
            return SequenceStartEvent(start, token.end, anchor, tag)
        if block and token.kind == _BLOCK_MAPPING_START:
            self._state = self._block_mapping_first_key
            return MappingStartEvent(start, token.end, anchor, tag)
        if anchor or tag:
            self._state = self._states.pop()
            return ScalarEvent(start, end, anchor, tag)
        return self._refuse("did not find expected node content", token.start)

    def _full_tag(self, token: _Token) -> str | None:
        if not token.value:
            return token.extra
        prefix = self._tags.get(token.value)
        tag = "" if prefix is None else prefix + token.extra
        if not tag:
            self._refuse("found undefined tag handle", token.start)
        return tag

    def _empty(self, mark: Mark) -> Event:
        return ScalarEvent(mark, mark)

    # ---- block collections

    def _block_sequence_first_entry(self) -> Event:
        self._marks.append(self._peek().start)
        self._take()
        return self._block_sequence_entry()

    def _block_sequence_entry(self) -> Event:
        token = self._peek()
        if token.kind == _BLOCK_ENTRY:
            mark = token.end
            token = self._next()
            if token.kind not in (_BLOCK_ENTRY, _BLOCK_END):
                self._states.append(self._block_sequence_entry)
                return self._node(block=True)
            self._state = self._block_sequence_entry
            return self._empty(mark)
        if token.kind == _BLOCK_END:
            return self._end(SequenceEndEvent, token)
        return self._refuse("did not find expected '-' indicator", token.start)

    def _end(self, event: type[Event], token: _Token) -> Event:
        self._state = self._states.pop()
        self._marks.pop()
        self._take()
        return event(token.start, token.end)

    def _indentless_sequence_entry(self) -> Event:
        token = self._peek()
        if token.kind == _BLOCK_ENTRY:
            mark = token.end
            token = self._next()
            if token.kind not in (_BLOCK_ENTRY, _KEY, _VALUE, _BLOCK_END):
                self._states.append(self._indentless_sequence_entry)
                return self._node(block=True)
            self._state = self._indentless_sequence_entry
            return self._empty(mark)
        self._state = self._states.pop()
        return SequenceEndEvent(token.start, token.start)

    def _block_mapping_first_key(self) -> Event:
        self._marks.append(self._peek().start)
        self._take()
        return self._block_mapping_key()

    def _block_mapping_key(self) -> Event:
        token = self._peek()
        if token.kind == _KEY:
            mark = token.end
            token = self._next()
            if token.kind not in (_KEY, _VALUE, _BLOCK_END):
                self._states.append(self._block_mapping_value)
                return self._node(block=True, indentless=True)
            self._state = self._block_mapping_value
            return self._empty(mark)
        if token.kind == _BLOCK_END:
            return self._end(MappingEndEvent, token)
        return self._refuse("did not find expected key", token.start)

    def _block_mapping_value(self) -> Event:
        token = self._peek()
        if token.kind == _VALUE:
            mark = token.end
            token = self._next()
            if token.kind not in (_KEY, _VALUE, _BLOCK_END):
                self._states.append(self._block_mapping_key)
                return self._node(block=True, indentless=True)
            self._state = self._block_mapping_key
            return self._empty(mark)
        self._state = self._block_mapping_key
        return self._empty(token.start)

    # ---- flow collections

    def _flow_sequence_first_entry(self) -> Event:
        self._marks.append(self._peek().start)
        self._take()
        return self._flow_sequence_entry(first=True)

    def _flow_sequence_entry(self, first: bool = False) -> Event:
        token = self._peek()
        if token.kind != _FLOW_SEQUENCE_END:
            if not first:
                if token.kind != _FLOW_ENTRY:
                    self._refuse("did not find expected ',' or ']'", token.start)
                token = self._next()
            if token.kind == _KEY:
                self._state = self._flow_sequence_entry_mapping_key
                self._take()
                return MappingStartEvent(token.start, token.end, flow_style=True)
            if token.kind != _FLOW_SEQUENCE_END:
                self._states.append(self._flow_sequence_entry)
                return self._node(block=False)
        return self._end(SequenceEndEvent, token)

    def _flow_sequence_entry_mapping_key(self) -> Event:
        token = self._peek()
        if token.kind not in (_VALUE, _FLOW_ENTRY, _FLOW_SEQUENCE_END):
            self._states.append(self._flow_sequence_entry_mapping_value)
            return self._node(block=False)
        self._take()
        self._state = self._flow_sequence_entry_mapping_value
        return self._empty(token.end)

    def _flow_sequence_entry_mapping_value(self) -> Event:
        token = self._peek()
        if token.kind == _VALUE:
            following = self._next()
            if following.kind not in (_FLOW_ENTRY, _FLOW_SEQUENCE_END):
                self._states.append(self._flow_sequence_entry_mapping_end)
                return self._node(block=False)
        self._state = self._flow_sequence_entry_mapping_end
        return self._empty(token.start)

    def _flow_sequence_entry_mapping_end(self) -> Event:
        token = self._peek()
        self._state = self._flow_sequence_entry
        return MappingEndEvent(token.start, token.start)

    def _flow_mapping_first_key(self) -> Event:
        self._marks.append(self._peek().start)
        self._take()
        return self._flow_mapping_key(first=True)

    def _flow_mapping_key(self, first: bool = False) -> Event:
        token = self._peek()
        if token.kind != _FLOW_MAPPING_END:
            if not first:
                if token.kind != _FLOW_ENTRY:
                    self._refuse("did not find expected ',' or '}'", token.start)
                token = self._next()
            if token.kind == _KEY:
                token = self._next()
                if token.kind not in (_VALUE, _FLOW_ENTRY, _FLOW_MAPPING_END):
                    self._states.append(self._flow_mapping_value)
                    return self._node(block=False)
                self._state = self._flow_mapping_value
                return self._empty(token.start)
            if token.kind != _FLOW_MAPPING_END:
                self._states.append(self._flow_mapping_empty_value)
                return self._node(block=False)
        return self._end(MappingEndEvent, token)

    def _flow_mapping_value(self) -> Event:
        token = self._peek()
        if token.kind == _VALUE:
            token = self._next()
            if token.kind not in (_FLOW_ENTRY, _FLOW_MAPPING_END):
                self._states.append(self._flow_mapping_key)
                return self._node(block=False)
        self._state = self._flow_mapping_key
        return self._empty(token.start)

    def _flow_mapping_empty_value(self) -> Event:
        token = self._peek()
        self._state = self._flow_mapping_key
        return self._empty(token.start)
