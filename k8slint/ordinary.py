"""A quick way to read what manifests are nearly all made of: block mappings and lists, one `key: value` a line.

It exists for speed alone: it reads such a text in half or a third of the time that the C parser's events take. The C parser stays the judge of
everything else, and of what is wrong: `try_compose` gives exactly the nodes that `nodes.compose` would give, or None, and `compose` then asks that one.

Why that is safe: a line is read only if it has one of the few shapes below, which leave nothing open; an anchor, a tag, a tab, a scalar that goes on
in the next line, a key that is no string or is there twice, a character that YAML refuses, or indentation that does not fit make it give up. It
never guesses and never refuses. That both ways lead to the same nodes is tested with texts of all sorts, mutilated ones above all.

What a line says by itself is remembered, as most lines of a manifest have been seen before: `name: http`, `type: string`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from sys import intern
from typing import Final, NamedTuple, TypeAlias

from k8slint import dialect, nodes
from k8slint.nodes import MAPPING, SCALAR, SEQUENCE, Composed, Node

_MAX_DEPTH = 60
_MAX_INDENT = 200
_MAX_KEY = 1000  # libyaml's limit is 1024
_MAX_REMEMBERED_LINE = 160
_MAX_REMEMBERED = 10_000

_ORDINARY_BYTES = bytes((*b"\t\n\r", *range(0x20, 0x7F)))
# Beyond ASCII all but what YAML refuses, what breaks lines, and the byte order mark, which libyaml and go-yaml do not agree on.
_ORDINARY_BEYOND = "[\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*"

# What a line holds behind its dashes and its key.
_NOTHING: Final = 0
_TEXT: Final = 1
_BLOCK: Final = 2
_FLOW: Final = 3
_IGNORED: Final = 4  # a blank line, or a comment

_COMMENT = r"(?:[ ]*|[ ]+\#.*)"
# A key without quotes begins with none of YAML's indicators, and has no blank in it; quoted ones have no escapes.
_KEY = r"""[A-Za-z0-9_./$(][^\s:\#,\[\]{}]*(?::[^\s:\#,\[\]{}]+)*|"[^"\\]*"|'[^']*'"""
_BEFORE_VALUE = re.compile(rf"([ ]*)((?:-(?:[ ]+|$))*)({_KEY})?")
# None of YAML's indicators.
_FIRST_OF_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./$(")
# These are compiled when they are first used: reading one file is a matter of milliseconds.
_DOUBLE = rf'"((?:[^"\\]|\\[\\"ntr])*)"{_COMMENT}'
_SINGLE = rf"'((?:[^']|'')*)'{_COMMENT}"
_HEADER = rf"([|>])(?:([-+]?)([1-9]?)|([1-9])([-+])){_COMMENT}"
_ESCAPE = r"\\(.)"
_ESCAPED = {"\\": "\\", '"': '"', "n": "\n", "t": "\t", "r": "\r"}
# In a flow collection a plain scalar is held to fewer characters: the two readers disagree on colons there.
_WORDS = r"(?:[A-Za-z0-9_./$]|-[A-Za-z0-9-])[\w./$@=+%*()-]*(?:[ ]+[\w./$@=+%*()-]+)*"
_FLOW_SCALAR = rf"""(?a:({_WORDS})|"([^"\\]*)"|'([^']*)')"""
_SPACES = re.compile("[ ]*")
_MARKER = r"---(?:[ ]*|[ ]+\#.*)\r?\n"
_FIRST_OF_BLOCK = re.compile(r"(?:\r?\n)*([ ]+)[^ \t\r\n]")

# JSON cannot carry these; kubectl refuses the document.
_NO_NUMBERS = frozenset(word for word in dialect.WORDS if "." in word)


class _Flow(NamedTuple):
    """A scalar or collection within a flow collection; the places are columns of its line."""

    kind: int
    start: int
    end: int
    text: str = ""
    style: str = "flow"
    key: str = ""
    key_start: int = -1
    key_end: int = -1
    children: tuple[_Flow, ...] = ()


# Column of the first dash or key, columns of the dashes, key with its columns, what follows, its text, style and columns, and a flow collection. Of
# a block scalar, `text` is how it ends (+ or -) and `end` the indentation its header gives; of nothing, `start` and `end` are where a null stands.
_Shape: TypeAlias = tuple[int, tuple[int, ...], str | None, int, int, int, str, str, int, int, _Flow | None]

_IGNORED_LINE: Final[_Shape] = (0, (), None, -1, -1, _IGNORED, "", "", -1, -1, None)


class _Shapes(dict[str, "_Shape | None"]):
    """Lines and what they say by themselves, which is None for a line that is not ordinary."""

    def __missing__(self, line: str) -> _Shape | None:
        shape = _shape_of(line[:-1] if line[-1:] == "\r" else line)
        if len(line) <= _MAX_REMEMBERED_LINE:
            if len(self) >= _MAX_REMEMBERED:
                self.clear()
            self[line] = shape
        return shape


_shapes = _Shapes()


def compose(text: str, *, json: bool = False) -> Composed:
    """Does what `nodes.compose` does, and quicker where the text is an ordinary one."""
    return try_compose(text) or nodes.compose(text, json=json)


def try_compose(text: str) -> Composed | None:
    """What `nodes.compose` makes of a text, if that is an ordinary one; None if it is not, or may not be."""
    if text[-1:] != "\n":
        text += "\n"
    if not _has_ordinary_characters(text):
        return None

    position = 0
    if text.startswith("---"):
        marker = re.match(_MARKER, text)
        if marker is None:
            return None
        position = marker.end()

    # This runs once a line, and calls nothing that it can do without.
    find, shapes, new = text.find, _shapes, Node.__new__
    no_fields, no_elements = _NO_CHILDREN.fields, _NO_CHILDREN.elements
    size = len(text)
    root: Node | None = None
    parent: Node | None = None  # the collection being filled
    column = -1  # of its keys, or dashes
    in_mapping = False
    outer: list[tuple[Node | None, int]] = []
    # Whether a key or dash waits for its value; the root is awaited, too.
    awaited = True
    key: str | None = None
    key_start = key_end = null_at = -1

    while position < size:
        line_end = find("\n", position)
        shape = shapes[text[position:line_end]]
        if shape is None:
            return None
        begin, dashes, name, name_start, name_end, what, content, style, start, end, flow = shape
        if what == _IGNORED:
            position = line_end + 1
            continue

        # Where does the line belong?
        if begin != column or awaited or dashes or not in_mapping:
            if awaited:
                awaited = False
                if begin > column or (begin == column and dashes and in_mapping):
                    # What the key or dash before waited for is a collection, and this is its first line.
                    if len(outer) >= _MAX_DEPTH:
                        return None
                    # As Node(...) does, in half the time.
                    node = new(Node)
                    node.parent, node.text, node.style, node.start = parent, "", "block", position + begin
                    node.tag = node.document = None
                    if dashes:
                        node.kind, node.fields, node.elements = SEQUENCE, no_fields, []
                    else:
                        node.kind, node.fields, node.elements = MAPPING, {}, no_elements
                    if in_mapping:
                        node.key, node.key_start, node.key_end = key, key_start, key_end  # type: ignore[assignment]
                        parent.fields[key] = node  # type: ignore[union-attr,index]
                    else:
                        node.key_start = node.key_end = -1
                        if parent is None:
                            root, node.key = node, ""
                        else:
                            node.key = len(parent.elements)
                            parent.elements.append(node)
                    outer.append((parent, column))
                    parent, column, in_mapping = node, begin, not dashes
                else:
                    _add_null(parent, key if in_mapping else None, key_start, key_end, null_at)
            # A list may stand as far left as its key, so that the next key ends it.
            while begin < column or (begin == column and not in_mapping and not dashes):
                parent.end = position + begin  # type: ignore[union-attr]
                parent, column = outer.pop()
                in_mapping = parent is not None and parent.kind == MAPPING
            if begin != column or parent is None or in_mapping is not (not dashes):
                return None
            if dashes:
                if len(outer) + len(dashes) > _MAX_DEPTH:
                    return None
                for inner in dashes[1:]:
                    node = Node(parent, len(parent.elements), SEQUENCE, "", "block", position + inner)
                    parent.elements.append(node)
                    outer.append((parent, column))
                    parent, column = node, inner
                if name is not None:
                    node = Node(parent, len(parent.elements), MAPPING, "", "block", position + name_start)
                    parent.elements.append(node)
                    outer.append((parent, column))
                    parent, column, in_mapping = node, name_start, True

        # What does it say?
        key, key_start, key_end = name, position + name_start, position + name_end
        if in_mapping and key in parent.fields:  # type: ignore[union-attr]
            return None
        if what == _NOTHING:
            awaited, null_at = True, position + end
            position = line_end + 1
            continue
        if what == _FLOW:
            _add_flow(parent, flow, key, key_start, key_end, position)  # type: ignore[arg-type]
            position = line_end + 1
            continue
        start += position
        if what == _BLOCK:
            block = _block(text, line_end + 1, column, style, content, end)
            if block is None:
                return None
            content, end = block
            position = end
        else:
            end += position
            position = line_end + 1
        node = new(Node)
        node.parent, node.kind, node.text, node.style, node.start, node.end = parent, SCALAR, content, style, start, end
        node.tag = node.document = None
        node.fields, node.elements = no_fields, no_elements
        if in_mapping:
            node.key, node.key_start, node.key_end = key, key_start, key_end  # type: ignore[assignment]
            parent.fields[key] = node  # type: ignore[union-attr,index]
        else:
            node.key_start = node.key_end = -1
            node.key = len(parent.elements)  # type: ignore[union-attr]
            parent.elements.append(node)  # type: ignore[union-attr]

    if root is None:
        # Nothing but comments is no document; with a marker before them they are an empty one.
        return None if text.startswith("---") else Composed()
    if awaited:
        _add_null(parent, key if in_mapping else None, key_start, key_end, null_at)
    while parent is not None:
        parent.end = size
        parent = parent.parent
    composed = Composed()
    composed.root = root
    return composed


_NO_CHILDREN = Node(None, "", SCALAR)


def _has_ordinary_characters(text: str) -> bool:
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return False
    # Taking bytes away is many times faster than a regex over all of the text; few are left.
    others = text.encode("utf-8", "surrogatepass").translate(None, _ORDINARY_BYTES)
    return not others or re.fullmatch(_ORDINARY_BEYOND, others.decode("utf-8", "surrogatepass")) is not None


def _shape_of(line: str) -> _Shape | None:
    """What a line without its break says by itself, if it is an ordinary one."""
    first = line.lstrip(" ")[:1]
    if not first or first == "#":
        return _IGNORED_LINE
    # Most of the other lines that were not seen before have a well-known key and a new value, or none.
    if line[-1] == ":":
        known = _key_of(line[:-1])
        if known is not None and known[2] is not None:
            return (*known, _NOTHING, "", "", len(line), len(line), None)
    before, colon, rest = line.partition(": ")
    if colon and rest:
        first = rest[0]
        content = ""
        if first in _FIRST_OF_PLAIN:
            if ": " not in rest and " #" not in rest and rest[-1] not in ": " and rest not in _NO_NUMBERS:
                content, style = rest, ""
        elif (first == '"' or first == "'") and rest.find(first, 1) == len(rest) - 1 and "\\" not in rest:
            content, style = rest[1:-1], first
        if content and "\t" not in rest:
            known = _key_of(before)
            if known is not None and known[2] is not None:
                return (*known, _TEXT, content, style, len(before) + 2, len(line), None)

    found = _BEFORE_VALUE.match(line)
    if found is None or "\t" in line:
        return None
    end = found.end()
    if found[3] is not None and (line[end:] == ":" or line.startswith(": ", end)):
        known, rest = _key_of(found[0]), line[end + 1 :].lstrip(" ")
    elif found[2]:
        end = found.end(2)
        known, rest = _key_of(line[:end]), line[end:]
    else:
        return None
    if known is None:
        return None
    what, content, style, start, end, flow = _TEXT, "", "", len(line) - len(rest), -1, None
    first = rest[:1]
    if not first or first == "#":
        what = _NOTHING
        start = end = (known[1][-1] if known[2] is None else known[4]) + 1
    elif first == '"':
        quoted = re.fullmatch(_DOUBLE, rest)
        if quoted is None:
            return None
        style, content, end = first, quoted[1], start + quoted.end(1) + 1
        if "\\" in content:
            content = re.sub(_ESCAPE, lambda escape: _ESCAPED[escape[1]], content)
    elif first == "'":
        quoted = re.fullmatch(_SINGLE, rest)
        if quoted is None:
            return None
        style, content, end = first, quoted[1].replace("''", "'"), start + quoted.end(1) + 1
    elif first in "|>":
        header = re.fullmatch(_HEADER, rest)
        if header is None:
            return None
        what, style, content, end = _BLOCK, first, header[2] or header[5] or "", int(header[3] or header[4] or 0)
    elif first in "[{":
        flow = _flow(line, start, 0)
        if flow is None or re.fullmatch(_COMMENT, line[flow.end :]) is None:
            return None
        what, end = _FLOW, flow.end
    else:
        content = _plain(rest)
        if not content:
            return None
        end = start + len(content)
    return (*known, what, content, style, start, end, flow)


@lru_cache(maxsize=4096)
def _key_of(text: str) -> tuple[int, tuple[int, ...], str | None, int, int] | None:
    """Column of the first dash or key, columns of the dashes, and the key with its columns, of what stands before a colon or a value."""
    found = _BEFORE_VALUE.fullmatch(text)
    if found is None:
        return None
    indent, bars, name = found.groups()
    begin = len(indent)
    dashes = tuple([begin + at for at, character in enumerate(bars) if character == "-"])
    if name is None:
        return begin, dashes, None, -1, -1
    start, end = found.span(3)
    if end - start > _MAX_KEY:
        return None
    if name[0] in "\"'":
        name = name[1:-1]
    elif dialect.plain_key(name) is not None:
        return None
    return begin, dashes, intern(name), start, end


def _plain(rest: str) -> str:
    """The plain scalar that the rest of a line is, without a comment behind; "" where it is none or may not be."""
    if rest[0] in "?:,]}&*!%@`" or (rest[0] == "-" and rest[1:2] in ("", " ")):
        return ""
    comment = rest.find(" #")
    content = (rest if comment < 0 else rest[:comment]).rstrip(" ")
    if ": " in content or content[-1] == ":" or content in _NO_NUMBERS:
        return ""
    return content


# -------------------------------------------------------------------------------------- block scalars


@cache
def _end_of_block(indent: int) -> tuple[re.Pattern[str], str]:
    """Finds the first line that is neither empty nor indented that much; what is to be taken off the others is a line break with the indentation.

    The pattern always finds something in a text that ends with a line break, and has a group for a line that has blanks and nothing else.
    """
    return re.compile(rf"\n(?![ ]{{{indent}}}|\r?\n)[ ]*([\r\n])?"), "\n" + " " * indent


def _block(text: str, begin: int, column: int, style: str, chomping: str, increment: int) -> tuple[str, int] | None:
    """The content of a block scalar whose first line begins at `begin`, and where it ends. `column` is that of the collection it stands in."""
    if increment:
        indent = column + increment
    else:
        first = _FIRST_OF_BLOCK.match(text, begin)
        if first is None:
            return None
        indent = len(first[1])
    if not column < indent <= _MAX_INDENT:
        return None
    pattern, margin = _end_of_block(indent)
    # Everything is done with the line break before it.
    following = pattern.search(text, begin - 1)
    while following is not None and following[1]:
        following = pattern.search(text, following.start(1))
    if following is None:
        return None
    end = following.start() + 1
    written = text[begin - 1 : end]
    if "\r" in written:
        written = written.replace("\r\n", "\n")
    body = written.replace(margin, "\n")
    if "\n " in body:
        # Lines with more indentation, or blank ones with less.
        body = "\n".join([line[indent:] for line in written.split("\n")])
    content = body.rstrip("\n")[1:]
    if not content:
        return None
    if style == ">":
        content = _folded(content)
    if chomping != "-":
        content += body[len(body.rstrip("\n")) :] if chomping else "\n"
    return content, end


def _folded(content: str) -> str:
    """The lines of a folded scalar put together as libyaml does (yaml_parser_scan_block_scalar)."""
    parts: list[str] = []
    line_break = blanks = ""
    was_indented = False
    for line in content.split("\n"):
        if not line:
            blanks += "\n"
            continue
        indented = line[0] in " \t"
        if indented or was_indented or not line_break:
            parts.append(line_break)
        elif not blanks:
            parts.append(" ")
        parts += (blanks, line)
        line_break, blanks, was_indented = "\n", "", indented
    return "".join(parts)


# -------------------------------------------------------------------------------------- flow collections, and null


def _flow(line: str, start: int, depth: int, key: str = "", key_start: int = -1, key_end: int = -1) -> _Flow | None:
    """The scalar or flow collection that begins at a column of a line, if it ends there, too."""
    opening = line[start : start + 1]
    if opening not in ("[", "{"):
        scalar = re.compile(_FLOW_SCALAR).match(line, start)
        if scalar is None:
            return None
        content = scalar[scalar.lastindex or 0]
        if scalar.lastindex == 1 and content in _NO_NUMBERS:
            return None
        style = ("", '"', "'")[(scalar.lastindex or 1) - 1]
        return _Flow(SCALAR, start, scalar.end(), content, style, key, key_start, key_end)
    if depth > 4:
        return None

    closing = "]" if opening == "[" else "}"
    children: list[_Flow] = []
    names: set[str] = set()
    column = _after_spaces(line, start + 1)
    while line[column : column + 1] != closing or children:
        name, name_start, name_end = "", -1, -1
        if opening == "{":
            found = re.compile(_FLOW_SCALAR).match(line, column)
            if found is None or line[found.end() : found.end() + 2] != ": ":
                return None
            name, name_start, name_end = intern(found[found.lastindex or 0]), column, found.end()
            if (
                name_end - name_start > _MAX_KEY
                or name in names
                or (found.lastindex == 1 and dialect.plain_key(name) is not None)
            ):
                return None
            names.add(name)
            column = _after_spaces(line, name_end + 1)
        child = _flow(line, column, depth + 1, name, name_start, name_end)
        if child is None:
            return None
        children.append(child)
        column = _after_spaces(line, child.end)
        if line[column : column + 1] == closing:
            break
        if line[column : column + 1] != ",":
            return None
        column = _after_spaces(line, column + 1)
    kind = SEQUENCE if opening == "[" else MAPPING
    return _Flow(kind, start, column + 1, "", "flow", key, key_start, key_end, tuple(children))


def _after_spaces(line: str, column: int) -> int:
    found = _SPACES.match(line, column)
    return found.end() if found else column


def _add_flow(parent: Node, flow: _Flow, key: str | None, key_start: int, key_end: int, offset: int) -> None:
    node = Node(parent, "", flow.kind, flow.text, flow.style, offset + flow.start, offset + flow.end)
    if key is None:
        node.key = len(parent.elements)
        parent.elements.append(node)
    else:
        node.key, node.key_start, node.key_end = key, key_start, key_end
        parent.fields[key] = node
    for child in flow.children:
        if flow.kind == SEQUENCE:
            _add_flow(node, child, None, -1, -1, offset)
        else:
            _add_flow(node, child, child.key, offset + child.key_start, offset + child.key_end, offset)


def _add_null(parent: Node | None, key: str | None, key_start: int, key_end: int, at: int) -> None:
    """Nothing stands behind a key or dash, and right behind it."""
    assert parent is not None, "a key or dash is in a collection"
    if key is None:
        parent.elements.append(Node(parent, len(parent.elements), SCALAR, "", "", at, at))
    else:
        parent.fields[key] = Node(parent, key, SCALAR, "", "", at, at, key_start, key_end)
