"""Text to tokens: scannerc.go, and what of readerc.go refuses characters."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn

from k8slint.dialect import control_character
from k8slint.goyaml.events import GoYamlError, Mark

(
    STREAM_START,
    STREAM_END,
    VERSION_DIRECTIVE,
    TAG_DIRECTIVE,
    DOCUMENT_START,
    DOCUMENT_END,
    BLOCK_SEQUENCE_START,
    BLOCK_MAPPING_START,
    BLOCK_END,
    FLOW_SEQUENCE_START,
    FLOW_SEQUENCE_END,
    FLOW_MAPPING_START,
    FLOW_MAPPING_END,
    BLOCK_ENTRY,
    FLOW_ENTRY,
    KEY,
    VALUE,
    ALIAS,
    ANCHOR,
    TAG,
    SCALAR,
) = range(21)


class Token(NamedTuple):
    """A piece of text that means something by itself."""

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
# A colon belongs to a plain scalar unless a blank follows; in a flow collection `,?[]{}` end it, too.
_PLAIN_IN_BLOCK = re.compile(f"[^:{_BLANK_OR_END}]*(?::(?![{_BLANK_OR_END}])[^:{_BLANK_OR_END}]*)*")
_NOT_IN_FLOW = rf":,?\[\]{{}}{_BLANK_OR_END}"
_PLAIN_IN_FLOW = re.compile(f"[^{_NOT_IN_FLOW}]*(?::(?![{_BLANK_OR_END}])[^{_NOT_IN_FLOW}]*)*")
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


class Scanner:
    """A text as a queue of tokens: `peek` shows the next, `take` takes it out."""

    def __init__(self, text: str) -> None:
        # go-yaml decodes in blocks and refuses a control character as soon as it gets to its block.
        self._refused = control_character(text)
        if self._refused is not None:
            text = text[: _start_of_block(text, self._refused)]
        self._text = text + _END * _LOOK_AHEAD
        self._position = 1 if text.startswith("\ufeff") else 0
        self._line = 0
        self._line_start = self._position

        self._tokens: deque[Token] = deque()
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

    def peek(self) -> Token:
        """The next token, which stays in the queue."""
        if not self._available:
            self._fetch_more()
        return self._tokens[0]

    def take(self) -> None:
        """Takes the token that was peeked at out of the queue."""
        self._available = False
        self._taken += 1
        self._tokens.popleft()

    def _insert(self, position: int, token: Token) -> None:
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
            self._tokens.append(Token(STREAM_START, mark, mark))
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
            self._fetch_document_indicator(DOCUMENT_START if char == "-" else DOCUMENT_END)
        elif char == "[":
            self._fetch_flow_start(FLOW_SEQUENCE_START)
        elif char == "{":
            self._fetch_flow_start(FLOW_MAPPING_START)
        elif char == "]":
            self._fetch_flow_end(FLOW_SEQUENCE_END)
        elif char == "}":
            self._fetch_flow_end(FLOW_MAPPING_END)
        elif char == ",":
            self._remove_key()
            self._key_allowed = True
            self._fetch_indicator(FLOW_ENTRY)
        elif char == "-" and following in _BLANK_OR_END:
            self._fetch_block_entry()
        elif char == "?" and (self._flow_level or following in _BLANK_OR_END):
            self._fetch_key()
        elif char == ":" and (self._flow_level or following in _BLANK_OR_END):
            self._fetch_value()
        elif char == "*":
            self._fetch_flow_node(lambda: self._scan_anchor(ALIAS))
        elif char == "&":
            self._fetch_flow_node(lambda: self._scan_anchor(ANCHOR))
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

    def _fail(self, message: str) -> NoReturn:
        raise GoYamlError(message, self._position, self._line + 1 if self._line else 0)

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
        self._insert(number - self._taken if number >= 0 else -1, Token(kind, mark, mark))

    def _unroll_indent(self, column: int) -> None:
        if self._flow_level:
            return
        while self._indent > column:
            mark = self._mark()
            self._tokens.append(Token(BLOCK_END, mark, mark))
            self._indent = self._indents.pop()

    # ---- fetchers

    def _fetch_indicator(self, kind: int, length: int = 1) -> None:
        start = self._mark()
        self._position += length
        self._tokens.append(Token(kind, start, self._mark()))

    def _fetch_stream_end(self) -> None:
        self._refuse_character()
        if self._position != self._line_start:
            self._line_start = self._position
            self._line += 1
        self._unroll_indent(-1)
        self._remove_key()
        self._key_allowed = False
        mark = self._mark()
        self._tokens.append(Token(STREAM_END, mark, mark))

    def _refuse_character(self) -> None:
        """Raises if what looks like the end of the text is where go-yaml comes upon a control character."""
        if self._refused is not None:
            raise GoYamlError("control characters are not allowed", self._refused, 0)

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
            self._roll_indent(mark.column, -1, BLOCK_SEQUENCE_START, mark)
        self._remove_key()
        self._key_allowed = True
        self._fetch_indicator(BLOCK_ENTRY)

    def _fetch_key(self) -> None:
        if not self._flow_level:
            if not self._key_allowed:
                self._fail("mapping keys are not allowed in this context")
            mark = self._mark()
            self._roll_indent(mark.column, -1, BLOCK_MAPPING_START, mark)
        self._remove_key()
        self._key_allowed = not self._flow_level
        self._fetch_indicator(KEY)

    def _fetch_value(self) -> None:
        key = self._keys[-1]
        if self._is_valid(key):
            self._insert(key.token_number - self._taken, Token(KEY, key.mark, key.mark))
            self._roll_indent(key.mark.column, key.token_number, BLOCK_MAPPING_START, key.mark)
            key.possible = False
            self._key_of_token.pop(key.token_number, None)
            self._key_allowed = False
        else:
            if not self._flow_level:
                if not self._key_allowed:
                    self._fail("mapping values are not allowed in this context")
                mark = self._mark()
                self._roll_indent(mark.column, -1, BLOCK_MAPPING_START, mark)
            self._key_allowed = not self._flow_level
        self._fetch_indicator(VALUE)

    def _fetch_flow_node(self, scan: Callable[[], Token]) -> None:
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

    def _scan_directive(self) -> Token:
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
            token = Token(VERSION_DIRECTIVE, start, self._mark(), f"{major}.{self._scan_version_number()}")
        elif name == "TAG":
            self._position = _match_end(_BLANKS, self._text, self._position)
            handle = self._scan_tag_handle(directive=True)
            if self._text[self._position] not in " \t":
                self._fail("did not find expected whitespace")
            self._position = _match_end(_BLANKS, self._text, self._position)
            prefix = self._scan_tag_uri("")
            if self._text[self._position] not in _BLANK_OR_END:
                self._fail("did not find expected whitespace or line break")
            token = Token(TAG_DIRECTIVE, start, self._mark(), handle, prefix)
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

    def _scan_anchor(self, kind: int) -> Token:
        start = self._mark()
        self._position += 1
        name = self._read(_WORD)
        if not name or self._text[self._position] not in _BLANK_OR_END + "?:,]}%@`":
            self._fail("did not find expected alphabetic or numeric character")
        return Token(kind, start, self._mark(), name)

    def _scan_tag(self) -> Token:
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
        return Token(TAG, start, self._mark(), handle, suffix)

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

    def _scan_block_scalar(self, style: str) -> Token:
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
        return Token(SCALAR, start, end, "".join(parts), style)

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

    def _scan_quoted(self, quote: str) -> Token:
        text = self._text
        start = self._mark()
        self._position += 1
        ordinary = _SINGLE_QUOTED if quote == "'" else _DOUBLE_QUOTED
        parts: list[str] = []
        while True:
            if self._position == self._line_start and self._at_document_indicator():
                self._fail("found unexpected document indicator")
            if text[self._position] == _END:
                self._refuse_character()
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
        return Token(SCALAR, start, self._mark(), "".join(parts), quote)

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

    def _scan_plain(self) -> Token:
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
        return Token(SCALAR, start, end, "".join(parts), "")

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
