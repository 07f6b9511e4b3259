"""What an author probably did who wrote what cannot be read.

go-yaml, and with it kubectl, says what it had expected: `did not find expected key`. That names the place, not the mistake. The commonest mistakes can be
told from the text around that place; of all others nothing is said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from k8slint.goyaml import GoYamlError
from k8slint.goyaml.scanner import FLOW_MAPPING_END, FLOW_SEQUENCE_END, SCALAR, STREAM_END, Scanner

if TYPE_CHECKING:
    from k8slint.document import Document
    from k8slint.goyaml.scanner import Token

_CONFLICT: Final = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)
_BRACKETS: Final = {"]": "[", "}": "{"}
_NAMES: Final = {"*": "an alias", "&": "an anchor"}


def cause(document: Document) -> str:
    """What is probably wrong in a document that cannot be read, to be added to the reader's message; "" where that is not clear."""
    error = document.error
    assert error is not None
    conflict = _CONFLICT.search(document.text)
    if conflict:
        return f"line {_Place(document, conflict.start()).number} is a merge conflict that is not resolved"
    place = _Place(document, error.start)
    slashes = _slashes(place)
    if slashes:
        return slashes
    for message, explain in _CAUSES:
        if message in error.message:
            return explain(place)
    return ""


class _Row(NamedTuple):
    """A line that is neither blank nor a comment: its number, its text, and the column (0-based) where that begins."""

    number: int
    text: str
    indent: int

    @property
    def columns(self) -> dict[int, str]:
        """Where a key or an item may go on below this line: `- ` or a key, by column."""
        found, column, text = {}, self.indent, self.text
        while text.startswith("- "):
            found[column] = "-"
            rest = text[1:].lstrip(" ")
            column, text = column + len(text) - len(rest), rest
        found[column] = "-" if text == "-" else "key"
        return found


class _Place:
    """Where the reader gave up: an offset in a document, and the lines down to there."""

    def __init__(self, document: Document, offset: int) -> None:
        self.document = document
        self.text = document.text
        self.offset = offset
        self.char = self.text[offset : offset + 1]
        self.number = self.line(offset)
        self.start = self.text.rfind("\n", 0, offset) + 1
        self.before = self.text[self.start : offset]

    def line(self, offset: int) -> int:
        """The line of an offset in the document, as the file counts."""
        return self.document.file.lines.position(self.document.start + offset)[0]

    @property
    def row(self) -> _Row:
        """The line itself."""
        return _row(self.number, self.text[self.start :].partition("\n")[0])

    @property
    def above(self) -> list[_Row]:
        """The lines before it that are neither blank nor comments, the nearest first."""
        lines = self.text[: self.start].split("\n")[:-1]
        rows = [_row(self.number - back, line) for back, line in enumerate(reversed(lines), 1)]
        return [row for row in rows if row.text and row.text[0] != "#" and not row.text.startswith("---")]

    @property
    def tokens(self) -> list[Token]:
        """What the reader had read, up to the place."""
        scanner = Scanner(self.text)
        found: list[Token] = []
        try:
            while scanner.peek().kind != STREAM_END and scanner.peek().start.index < self.offset:
                found.append(scanner.peek())
                scanner.take()
        except GoYamlError:
            # It gave up here, and what it had read until then is what is asked for.
            pass
        return found


def _row(number: int, line: str) -> _Row:
    text = line.strip()
    return _Row(number, text, len(line) - len(line.lstrip(" ")))


# ---------------------------------------------------------------------------------------------------- JSON

_SLASHES: Final = re.compile(r"(?:^|[,{\[])[ \t]*(//|/\*)", re.MULTILINE)


def _slashes(place: _Place) -> str:
    """The comment of other languages that was read as text before the place."""
    found = [match.start(1) for match in _SLASHES.finditer(place.text, 0, place.offset)]
    if not found:
        return ""
    # In the text of a block, or in quotes, it may stand.
    scalars = {token.start.index for token in place.tokens if token.kind == SCALAR}
    for start in found:
        if start in scalars:
            sign = place.text[start : start + 2]
            return f"{sign} in line {place.line(start)} begins no comment, in YAML as in JSON; # does, for kubectl also in JSON"
    return ""


def _after_json(place: _Place) -> str:
    if place.text.startswith("---"):
        return "JSON objects that follow each other without --- are followed by nothing but JSON"
    return f"no {_BRACKETS[place.char]} is open here" if place.char in _BRACKETS else ""


# ---------------------------------------------------------------------------------------------------- characters


def _no_token(place: _Place) -> str:
    if place.char == "\t":
        return _tab(place)
    return f"a value that begins with {place.char} needs quotes"


def _tab(_: _Place) -> str:
    return "YAML indents with blanks, not with tabs"


def _alias(place: _Place) -> str:
    sign = place.before[-1:]
    return f"{sign} at the start of a value makes it {_NAMES[sign]}; quote the value" if sign in _NAMES else ""


def _anchor(_: _Place) -> str:
    return "nothing above has this anchor; a value that begins with * and is no alias needs quotes"


def _escape(_: _Place) -> str:
    return "in double quotes a backslash begins an escape; double it, or use single quotes"


def _block_header(_: _Place) -> str:
    return "the text of a block begins on the next line"


def _separator(_: _Place) -> str:
    return "--- has a line of its own"


def _content(place: _Place) -> str:
    value = re.search(r"(?::|-) +$", place.before)
    return f"a value that begins with {place.char} needs quotes" if value and place.char in ",]}" else ""


# ---------------------------------------------------------------------------------------------------- keys and values


def _second_colon(place: _Place) -> str:
    if re.match(r"\s*(?:- +)*[^\s'\"#{[][^#]*?: +[^\s|>]", place.before):
        return "a colon with a blank after it begins a value, and this value has one in it; quote the value"
    above = place.above
    if above and above[0].indent < place.row.indent and (": " in above[0].text or above[0].text.startswith("- ")):
        return f"this line is indented deeper than line {above[0].number}, which has its value already"
    return ""


def _no_colon(place: _Place) -> str:
    row = place.above[0] if place.above else None
    if row is None or ": " in row.text or row.text.endswith(":"):
        return ""
    if re.match(r"-[^\s-]", row.text):
        return f"line {row.number} lacks a blank after its dash"
    if re.match(r"(?:- +)*[\w./-]+:\S", row.text):
        return f"line {row.number} lacks a blank after its colon"
    return f"line {row.number} has no colon, where a key and its value belong"


def _item_on_the_line(_: _Place) -> str:
    return "a list begins on the line below its key"


# ---------------------------------------------------------------------------------------------------- quotes, brackets


def _never_closed(place: _Place) -> str:
    # The scanner ends with the quote that it waits for: what it had read ends right before.
    read = place.tokens[-1].end.index if place.tokens else 0
    opened = re.compile("(?:\\s|#.*)*([\"'])").match(place.text, read)
    return f"the quote that opens in line {place.line(opened.start(1))} is never closed" if opened else ""


def _bracket(place: _Place) -> str:
    opened: list[int] = []
    for token in place.tokens:
        sign = place.text[token.start.index]
        if sign in "[{" and token.kind != SCALAR:
            opened.append(token.start.index)
        elif token.kind in (FLOW_SEQUENCE_END, FLOW_MAPPING_END):
            opened.pop()
    if not opened:
        return ""
    line, sign = place.line(opened[-1]), place.text[opened[-1]]
    if line == place.number:
        return "a comma is missing" if place.char not in _BRACKETS else ""
    return f"the {sign} that opens in line {line} is not closed, or a comma is missing"


def _after_value(place: _Place) -> str:
    """What stands right before, on the same line, if it is a value that has its end."""
    before = place.tokens[-1] if place.tokens else None
    if before is None or "\n" in place.text[before.end.index : place.offset]:
        return f"no {_BRACKETS[place.char]} is open here" if place.char in _BRACKETS else ""
    quote = place.text[before.end.index - 1]
    if before.kind in (FLOW_SEQUENCE_END, FLOW_MAPPING_END):
        return f"one {place.char} is too many" if place.char in _BRACKETS else "no text can follow the closing bracket"
    if before.kind != SCALAR or quote not in "\"'":
        return ""
    if before.start.line != before.end.line:
        line = place.line(before.start.index)
        return f"the quote that opens in line {line} ends only here; it is not closed where it should be"
    if before.end.index < place.offset:
        return "no text can follow the closing quote; quote the value as a whole"
    within = {"'": "two of them", '"': "one with a backslash before it"}[quote]
    return f"the {quote} ends the value; within such quotes it is written as {within}"


# ---------------------------------------------------------------------------------------------------- indentation


def _no_key(place: _Place) -> str:
    return _after_value(place) or _indentation(place)


def _indentation(place: _Place) -> str:
    row = place.row
    if place.before.strip():
        return ""
    # The columns where blocks could go on here: those of the lines above, up to the first that is indented less.
    deeper = 0
    for other in place.above:
        if other.indent == row.indent and re.match(r"-[^\s-]", other.text):
            return f"line {other.number} lacks a blank after its dash"
        columns = other.columns
        if row.indent in columns:
            return _mixed(row, columns[row.indent], other)
        lower = [column for column in columns if column < row.indent]
        deeper = min((column for column in columns if column > row.indent), default=deeper)
        if lower:
            near = f"the {max(lower)} of line {other.number}"
            return (
                f"it is indented by {row.indent}, which is neither {near} nor the {deeper} below it" if deeper else ""
            )
    return ""


def _mixed(row: _Row, what: str, other: _Row) -> str:
    item = row.columns[row.indent] == "-"
    if item and what == "key":
        return f"a list item stands here, and a key in line {other.number}; a block holds either the one or the other"
    if not item and what == "-":
        return f"a key stands here, and a list item in line {other.number}; indent it further if it belongs to the item"
    return ""


_CAUSES: Final = (
    ("found what is neither JSON nor YAML", _after_json),
    ("found character that cannot start any token", _no_token),
    ("found a tab character", _tab),
    ("did not find expected alphabetic or numeric character", _alias),
    ("unknown anchor", _anchor),
    ("found unknown escape character", _escape),
    ("did not find expected hexdecimal number", _escape),
    ("did not find expected comment or line break", _block_header),
    ("invalid Yaml document separator", _separator),
    ("did not find expected node content", _content),
    ("mapping values are not allowed", _second_colon),
    ("could not find expected ':'", _no_colon),
    ("block sequence entries are not allowed", _item_on_the_line),
    ("found unexpected end of stream", _never_closed),
    ("did not find expected ',' or", _bracket),
    ("did not find expected key", _no_key),
    ("did not find expected '-' indicator", _indentation),
)
