"""Values as text: the YAML that a careful person would have written for them, or JSON.

A value is plain data, or a `Node` (copied as it is written, where that can be done), or a mapping or list of such.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from k8slint import dialect
from k8slint.mending.layout import Layout, UnfixableError, layout_of
from k8slint.nodes import MAPPING, SCALAR, SEQUENCE, Node, Plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value: TypeAlias = Plain
"""What can be written: JSON-like data in which nodes may stand."""

# What keeps a string from standing without quotes.
_NOT_PLAIN = (
    r"^[\s,\[\]{}#&*!|>'\"%@`]"  # indicators
    r"|^[-?:](?=\s|$)|^(?:---|\.\.\.)"
    r"|:(?=\s|$)|\s#|\s$"
    r"|[\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff]"
)
# Patterns that few edits need are compiled when they are: `re` keeps them.
_NOT_PLAIN_IN_FLOW = r"[,\[\]{}:]|^[-?]"
# kubectl reads these as strings, other readers of YAML 1.1 as dates and as numbers to the base of 60.
_DOUBTFUL = r"\d{4}-\d\d?-\d\d?.*|[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?|0o?[\d_]+|="
_ESCAPED = "[\x7f-\xa0\u2028\u2029\ufeff]"
_NO_BLOCK_SCALAR = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]|(?m:\t$)|\\A\\s|\\A\\Z"
_ALIASES = r"(?<![^\s,\[{])[&*]\S"


class Comments(NamedTuple):
    """What goes with an entry that moves."""

    above: tuple[str, ...] = ()
    """Comment lines, without indentation."""
    behind: str = ""
    """The comment behind a scalar or flow collection, or behind the key of a block, with the blanks before it."""
    below: tuple[str, ...] = ()
    """Comment lines between the key and what is in the block."""
    after: tuple[tuple[int, str], ...] = ()
    """Comment lines after the entry, each with the blanks by which it is indented deeper."""
    inside: bool = False
    """Whether there are comments in the text of the value."""

    @property
    def any(self) -> bool:
        """Whether there is anything that stands around the value."""
        return bool(self.above or self.behind or self.below or self.after)


class Copied(Node):
    """A value in a text of its own, which is what becomes of a node that moves."""

    __slots__ = ("of",)

    of: Node


def copied(root: Node, of: Node) -> Copied:
    """A root that stands for a node, and takes over the comments on it."""
    copy = Copied(None, "", root.kind, root.text, root.style, root.start, root.end)
    copy.tag, copy.document, copy.fields, copy.elements = root.tag, root.document, root.fields, root.elements
    for child in (*copy.fields.values(), *copy.elements):
        child.parent = copy
    copy.of = of
    return copy


class Style(NamedTuple):
    """The habits to follow."""

    step: int = 2
    """Blanks by which a mapping in a mapping is indented."""
    list_indent: int = 0
    """Blanks before the dashes of a list in a mapping."""
    quote: str = '"'
    json: bool = False
    compact: bool = False
    """Flow collections without blanks after commas and colons."""
    comments: Mapping[int, Comments] = {}
    """By the `id` of a node among the values."""


def plain(value: Value) -> Plain:
    """A value with its nodes turned into data."""
    if isinstance(value, Node):
        return value.value
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [plain(child) for child in value]
    return value


def children(value: Value) -> dict[str, Value] | list[Value] | None:
    """What a collection holds; None for a scalar."""
    if isinstance(value, Node):
        return value.fields if value.kind == MAPPING else value.elements if value.kind == SEQUENCE else None
    if isinstance(value, dict | list):
        return value
    return list(value) if isinstance(value, tuple) else None


# ---------------------------------------------------------------------------------------------------- scalars


def can_be_plain(text: str, *, flow: bool = False) -> bool:
    """Whether a string can stand without quotes and every reader of YAML takes it for that string."""
    if text[:1].isalpha() and text.replace("-", "_").isidentifier():
        # A word, as most are: no regex needs to be compiled to see that.
        return dialect.resolve(text) == text
    return not (
        re.search(_NOT_PLAIN, text)
        or dialect.resolve(text) != text
        or (flow and re.search(_NOT_PLAIN_IN_FLOW, text))
        or re.fullmatch(_DOUBTFUL, text)
    )


def quoted(text: str, quote: str = '"') -> str:
    """A string in quotes; double ones where single ones cannot hold it.

    >>> quoted("it's", "'"), quoted("a\\tb", "'")
    ("'it''s'", '"a\\\\tb"')
    """
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    from json import dumps

    return re.sub(_ESCAPED, lambda match: f"\\u{ord(match[0]):04x}", dumps(text, ensure_ascii=False))


def key_text(key: str, style: Style, *, flow: bool = False, quote: str = "") -> str:
    """A mapping's key; `quote` is the one it had before."""
    if style.json:
        return quoted(key)
    if not quote and can_be_plain(key, flow=flow) and dialect.plain_key(key) is None and key != "<<":
        return key
    return quoted(key, quote or style.quote)


def scalar(value: Plain, style: Style, *, flow: bool = False, quote: str = "") -> str:
    """A scalar on one line; a string in `quote` if it is given, else without quotes where it can be."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() if isfinite(value):
            from json import dumps

            return dumps(value)
        case str() if style.json:
            return quoted(value)
        case str():
            return value if not quote and can_be_plain(value, flow=flow) else quoted(value, quote or style.quote)
        case _:
            raise UnfixableError


def literal(text: str) -> tuple[str, list[str]] | None:
    """A string as a block scalar: its header and its lines. None where only quotes can hold it."""
    if re.search(_NO_BLOCK_SCALAR, text):
        return None
    body = text.rstrip("\n")
    breaks = len(text) - len(body)
    header = "|-" if breaks == 0 else "|" if breaks == 1 else "|+"
    return header, body.split("\n") + [""] * max(breaks - 1, 0)


# ---------------------------------------------------------------------------------------------------- copies


def copied_lines(node: Node, column: int, style: Style) -> str | None:
    """The text of a scalar or flow collection over several lines, for an entry at a column; None where there is no such text."""
    layout = _source(node)
    if layout is None or style.json or (node.kind != SCALAR and node.style != "flow"):
        return None
    text = layout.text[node.start : layout.end_of(node)]
    if text.strip() and "\n" in text.strip() and text[0] not in "&*!" and _may_copy(node, text, style):
        start = node.start if node.parent is None else layout.start_of(node.parent, node)
        line = layout.text[layout.line_start(start) :]
        # In flow style what counts is the line, in block style the key or the dash.
        is_entry = node.parent is not None and node.parent.style == "block"
        old = layout.column(start) if is_entry else len(line) - len(line.lstrip(" "))
        return reindented(text.removesuffix("\n").removesuffix("\r"), old, column)
    return None


def _may_copy(node: Node, text: str, style: Style) -> bool:
    """Whether a text means the same elsewhere: anchors and aliases in it may, where it is moved."""
    return node.kind == SCALAR or id(node) in style.comments or not re.search(_ALIASES, text)


def copied_token(node: Node, style: Style, *, flow: bool) -> str | None:
    """The text of a scalar or flow collection on one line, as it is written; None where it has to be written anew."""
    layout = _source(node)
    if layout is None or style.json or (node.kind != SCALAR and node.style != "flow"):
        return None
    text = layout.text[node.start : node.end]
    if not text or "\n" in text or "\r" in text or text[0] in "&*!|>" or not _may_copy(node, text, style):
        return None
    if node.kind == SCALAR and not node.style and flow and re.search(_NOT_PLAIN_IN_FLOW, text):
        return None
    return text


def copied_block(node: Node, column: int, style: Style) -> str | None:
    """The text of a block collection, comments included, moved to a column; None where it has to be written anew."""
    layout = _source(node)
    if layout is None or node.style != "block" or layout.text[node.start] in "&!*":
        return None
    end = layout.end_of(node)
    try:
        end = end - 1 if layout.text[end - 1] == "\n" else layout.rest_of_line(end)[0]
    except UnfixableError:
        return None
    text = layout.text[node.start : end]
    if not _may_copy(node, text, style):
        return None
    return reindented(text, layout.column(node.start), column)


def reindented(text: str, old: int, new: int) -> str:
    """Lines, of which the first begins at its content and the others at column 0, moved from one column to another."""
    first, *others = text.replace("\r\n", "\n").split("\n")
    lines = [first]
    for line in others:
        content = line.lstrip(" ")
        lines.append(" " * (new + max(len(line) - len(content) - old, 0)) + content if content else "")
    return "\n".join(lines)


def _source(node: Node) -> Layout | None:
    """The layout of the document that a node was read from; None for one that is not text."""
    document = node.root.document
    return layout_of(document) if document is not None and node.start >= 0 else None


# ---------------------------------------------------------------------------------------------------- collections


def is_block(value: Value, style: Style) -> bool:
    """Whether a value is best written on lines of its own: a collection with content, not written in flow style."""
    is_flow = isinstance(value, Node) and value.kind != SCALAR and value.style == "flow"
    if is_flow and (copied_token(value, style, flow=False) or copied_lines(value, 0, style)):
        return False
    return bool(children(value))


def block(value: Value, column: int, style: Style) -> str:
    """A collection that holds something: its first line without indentation, the others indented for `column`."""
    if isinstance(value, Node):
        copy = copied_block(value, column, style)
        if copy is not None:
            return copy
        _refuse_loss(value, style)
    held = children(value)
    assert held
    lines = (
        [entry(key, child, column, style) for key, child in held.items()]
        if isinstance(held, dict)
        else [item(child, column, style) for child in held]
    )
    return ("\n" + " " * column).join(lines)


def entry(key: str, value: Value, column: int, style: Style, quote: str = "") -> str:
    """`key: value` at a column, over as many lines as it takes; a string in `quote` if it is given."""
    head = f"{key_text(key, style)}:"
    if is_block(value, style):
        inner = column + (style.step if isinstance(children(value), dict) else style.list_indent)
        written = f"{head}\n{' ' * inner}{block(value, inner, style)}"
        return _commented(value, written, column, style, inner)
    written = f"{head} {_token(value, column, column + style.step, style, quote)}"
    return _commented(value, written, column, style)


def item(value: Value, column: int, style: Style, quote: str = "", gap: int = 1) -> str:
    """`- value` with the dash at a column; a string in `quote` if it is given."""
    inner = column + 1 + gap
    if not is_block(value, style):
        return _commented(value, f"-{' ' * gap}{_token(value, column, inner, style, quote)}", column, style)
    lines = block(value, inner, style).split("\n")
    first = next(number for number, line in enumerate(lines) if not line.lstrip().startswith("#"))
    # What would come first speaks of the item as well.
    above = "".join(f"{line.strip()}\n{' ' * column}" for line in lines[:first])
    lines = [lines[first].lstrip(), *lines[first + 1 :]]
    return above + _commented(value, f"-{' ' * gap}" + "\n".join(lines), column, style, inner)


def _token(value: Value, column: int, inner: int, style: Style, quote: str) -> str:
    """What begins on the line of an entry at a column, as it was written if it can be."""
    copy = copied_lines(value, column, style) if isinstance(value, Node) else None
    return inline(value, inner, style, quote) if copy is None else copy


def _commented(value: Value, written: str, column: int, style: Style, inner: int | None = None) -> str:
    """An entry with the comments that go with its value; `inner` is the column of a block on lines of its own."""
    comments = style.comments.get(id(value))
    if comments is None:
        return written
    above, behind, below, after, _ = comments
    head, line_break, rest = written.partition("\n")
    if inner is None and below:
        above = (*above, *below)
    if inner is not None and head.startswith("-"):
        # The line of the dash is that of the first entry in the block.
        above, behind = (*above, *([behind.strip()] if behind else ()), *below), ""
    elif inner is not None and below:
        rest = f"\n{' ' * inner}".join([" " * inner + below[0], *below[1:], rest.lstrip(" ")])
    if inner is None and line_break and not re.search(r"(?:^-|:) +[|>]\S*$", head):
        rest += behind
    else:
        head += behind
    lines = [head + line_break + rest, *(" " * more + line for more, line in after)]
    return f"\n{' ' * column}".join([*above, *lines])


def _refuse_loss(value: Node, style: Style) -> None:
    """Raises UnfixableError where there are comments in the text of a value that is written anew."""
    if id(value) in style.comments and style.comments[id(value)].inside:
        raise UnfixableError


def inline(value: Value, column: int, style: Style, quote: str = "") -> str:
    """What begins on the line of its key or dash: a scalar or a flow collection.

    The lines of a block scalar are indented to `column`.
    """
    if isinstance(value, Node):
        copy = copied_token(value, style, flow=False)
        if copy is not None:
            return copy
        _refuse_loss(value, style)
        value = value.value
    if children(value) is not None:
        return flow(value, style)
    written = literal(value) if isinstance(value, str) and "\n" in value and not style.json else None
    if written is None:
        return scalar(value, style, quote=quote)
    header, lines = written
    return "\n".join([header, *indented(lines, column)])


def indented(lines: Sequence[str], column: int) -> list[str]:
    """Lines moved to a column; blank ones stay empty."""
    return [" " * column + line if line else "" for line in lines]


def flow(value: Value, style: Style, column: int | None = None, quote: str = "") -> str:
    """A value in flow style: on one line, or laid out as indented JSON if the `column` of its first line is given."""
    if isinstance(value, Node):
        if id(value) in style.comments and style.comments[id(value)].any:
            # There is no room for a comment.
            raise UnfixableError
        copy = copied_token(value, style, flow=True)
        if copy is not None:
            return copy
        _refuse_loss(value, style)
    held = children(value)
    if held is None:
        return scalar(plain(value), style, flow=True, quote=quote)
    inner = None if column is None else column + style.step
    parts = (
        [pair(key, child, style, inner) for key, child in held.items()]
        if isinstance(held, dict)
        else [flow(child, style, inner) for child in held]
    )
    opening, closing = "{}" if isinstance(held, dict) else "[]"
    if not parts:
        return opening + closing
    if inner is None:
        return opening + joined(parts, style) + closing
    return f"{opening}\n{' ' * inner}" + f",\n{' ' * inner}".join(parts) + f"\n{' ' * (inner - style.step)}{closing}"


def pair(key: str, value: Value, style: Style, column: int | None = None, quote: str = "", key_quote: str = "") -> str:
    """`key: value` in flow style."""
    colon = ":" if style.compact and style.json else ": "
    return key_text(key, style, flow=True, quote=key_quote) + colon + flow(value, style, column, quote)


def joined(parts: Sequence[str], style: Style) -> str:
    """Entries of a flow collection on one line."""
    return ("," if style.compact else ", ").join(parts)
