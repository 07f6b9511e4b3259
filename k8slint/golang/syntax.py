"""Type declarations in Go source, with their tags and markers (`// +optional`).

Only what says how a value is written as JSON is kept; function bodies and values are passed over. A declaration that is not understood is left out.

Source: the Go Programming Language Specification, "Types"; markers: sigs.k8s.io/controller-tools/pkg/markers/collect.go.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Named(NamedTuple):
    """A type by its name: `int`, `metav1.Time` (`package` is the name it is imported as), `List[int]`."""

    package: str
    name: str
    arguments: tuple[Type, ...] = ()


class Pointer(NamedTuple):
    """`*T`."""

    element: Type


class Slice(NamedTuple):
    """A slice, or an array (`fixed`)."""

    element: Type
    fixed: bool = False


class Map(NamedTuple):
    """`map[K]T`."""

    key: Type
    element: Type


class Struct(NamedTuple):
    """`struct { ... }`."""

    fields: tuple[Field, ...]


class Other(NamedTuple):
    """An interface, a function or a channel, by its first word."""

    word: str


Type: TypeAlias = Named | Pointer | Slice | Map | Struct | Other

Markers: TypeAlias = dict[str, list[str]]
"""Texts by marker: `// +kubebuilder:validation:Minimum=1` is `1` under `kubebuilder:validation:Minimum`."""


class Field(NamedTuple):
    """A field of a struct; `name` is "" for an embedded one. `start` and `end` are the offsets of its name, or its type where it has none."""

    name: str
    type: Type
    tag: str
    markers: Markers
    start: int
    end: int

    @property
    def json(self) -> list[str] | None:
        """Name and options of its `json` tag; None where it has none."""
        found = re.search(r'(?:^|\s)json:"([^"]*)"', self.tag)
        return found[1].split(",") if found else None


class Declaration(NamedTuple):
    """A declared type; `generic` tells that it takes type parameters. `start` and `end` are the offsets of its name."""

    name: str
    type: Type
    markers: Markers
    start: int
    end: int
    generic: bool = False


class Source:
    """What one file declares.

    `imports` are paths by the name they are used by; `methods` the names of each type's methods.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.package = ""
        self.imports: dict[str, str] = {}
        self.declarations: dict[str, Declaration] = {}
        self.methods: dict[str, set[str]] = {}


def read(path: str, text: str) -> Source:
    """The declarations of a file."""
    source = Source(path, text)
    for statement in _statements(text):
        words = statement.tokens
        match words[0].text:
            case "package" if len(words) > 1:
                source.package = words[1].text
            case "import":
                source.imports.update(_imports(words))
            case "func":
                _add_method(source, words)
            case "type":
                with suppress(_NotUnderstoodError):
                    for declaration in _declared(statement):
                        source.declarations[declaration.name] = declaration
    return source


# ---------------------------------------------------------------------------------------------------- tokens


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class _Statement(NamedTuple):
    """The tokens of a statement at the top of a file, line breaks and comments within it included, and the comments before it."""

    comments: list[_Token]
    tokens: list[_Token]


class _NotUnderstoodError(Exception):
    """What stands there is no type declaration, or one that is not known here."""


_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@lru_cache(maxsize=1)
def _tokens_of() -> re.Pattern[str]:
    return re.compile(
        r"(?P<space>[ \t\r]+)"
        r"|(?P<comment>//[^\n]*|/\*.*?\*/)"
        r"|(?P<line>[\n;])"
        r"|(?P<word>[^\W\d]\w*)"
        r'|(?P<string>`[^`]*`|"(?:[^"\\\n]|\\.)*")'
        r"|(?P<rune>'(?:[^'\\\n]|\\.)*')"
        r"|(?P<number>[0-9][\w.]*)"
        r"|(?P<sign><-|\.\.\.|[^\s])",
        re.DOTALL,
    )


def _tokens(text: str) -> Iterator[_Token]:
    for match in _tokens_of().finditer(text):
        kind = match.lastgroup
        if kind != "space" and kind is not None:
            yield _Token(kind, match[0], match.start())


def _statements(text: str) -> Iterator[_Statement]:
    """The statements at the top of a file. A line break ends one where no bracket is open."""
    before: list[_Token] = []
    tokens: list[_Token] = []
    depth = 0
    keeps = False
    for token in _tokens(text):
        if not tokens:
            if token.kind in ("comment", "line"):
                before.append(token)
                continue
            # Of what is no type nor import only the beginning matters.
            keeps = token.text in ("type", "import")
        if token.kind == "line" and depth == 0:
            yield _Statement(before, tokens)
            before, tokens = [], []
            continue
        if token.kind == "sign":
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if keeps or len(tokens) < _ENOUGH:
            tokens.append(token)
    if tokens:
        yield _Statement(before, tokens)


_ENOUGH = 48
"""How many tokens of a function are kept: those that hold its receiver and name."""


# ---------------------------------------------------------------------------------------------------- statements


def _imports(tokens: list[_Token]) -> Iterator[tuple[str, str]]:
    name = ""
    for token in tokens[1:]:
        if token.kind == "string":
            path = token.text[1:-1]
            yield name or _package_name(path), path
            name = ""
        elif token.kind == "word" or token.text in "._":
            name = token.text


def _package_name(path: str) -> str:
    """The name a package most likely has: the last part of its path, before that of a major version."""
    parts = path.split("/")
    if len(parts) > 1 and re.fullmatch(r"v[0-9]+", parts[-1]) and not _is_api(path):
        parts.pop()
    return re.sub(r"^go-|[.-]go$|\.v[0-9]+$", "", parts[-1]).replace("-", "")


def _is_api(path: str) -> bool:
    """Whether a path that ends in `v1` is that of an API's version: a module has no major version 0 or 1 in its path."""
    parts = path.split("/")
    return parts[-1] in ("v0", "v1") or not {"api", "apis"}.isdisjoint(parts)


def _add_method(source: Source, tokens: list[_Token]) -> None:
    """Notes `func (x *T) Name(`."""
    if len(tokens) < 2 or tokens[1].text != "(":
        return
    words = [token for token in tokens[2:] if token.kind in ("word", "sign")]
    closing = next((at for at, token in enumerate(words) if token.text == ")"), None)
    if closing is None or closing + 1 >= len(words):
        return
    receiver = [token.text for token in words[:closing] if token.kind == "word"]
    # `(x *T[P])`: the type is the word before the bracket.
    bracket = next((at for at, token in enumerate(words[:closing]) if token.text == "["), closing)
    named = [token.text for token in words[:bracket] if token.kind == "word"] or receiver
    if named:
        source.methods.setdefault(named[-1], set()).add(words[closing + 1].text)


def _declared(statement: _Statement) -> Iterator[Declaration]:
    tokens = statement.tokens
    if len(tokens) > 1 and tokens[1].text == "(":
        closing = _closing(tokens, 1)
        for comments, part in _lines(tokens[2:closing]):
            yield from _declaration(_markers(comments), part)
    else:
        yield from _declaration(_markers(statement.comments), tokens[1:])


def _declaration(markers: Markers, tokens: list[_Token]) -> Iterator[Declaration]:
    if len(tokens) < 2 or tokens[0].kind != "word":
        return
    name = tokens[0]
    at = 1
    generic = False
    if tokens[1].text == "[" and len(tokens) > 3 and tokens[2].kind == "word":
        # `T[P any]` takes parameters; `T [n + 1]int` is an array.
        closing = _closing(tokens, 1)
        generic = tokens[3].kind == "word" or any(token.text in ",~[|" for token in tokens[3:closing])
        at = closing + 1 if generic else 1
    if at < len(tokens) and tokens[at].text == "=":
        at += 1
    try:
        found, _ = _type(tokens, at)
    except (_NotUnderstoodError, IndexError, RecursionError):
        return
    yield Declaration(name.text, found, markers, name.start, name.start + len(name.text), generic)


def _lines(tokens: list[_Token]) -> Iterator[tuple[list[_Token], list[_Token]]]:
    """The comments before, and the tokens of, each line in a pair of brackets; a comment at a line's end belongs to none."""
    comments: list[_Token] = []
    part: list[_Token] = []
    depth = 0
    for token in tokens:
        if token.kind == "line" and depth == 0:
            if part:
                yield comments, part
                comments, part = [], []
            else:
                comments.append(token)
        elif token.kind == "comment" and depth == 0:
            if not part:
                comments.append(token)
        else:
            if token.kind == "sign":
                depth += (token.text in _OPEN) - (token.text in _CLOSE)
            part.append(token)
    if part:
        yield comments, part


def _closing(tokens: list[_Token], opening: int) -> int:
    """The position of the bracket that closes another."""
    depth = 0
    for position in range(opening, len(tokens)):
        if tokens[position].kind == "sign":
            depth += (tokens[position].text in _OPEN) - (tokens[position].text in _CLOSE)
            if depth == 0:
                return position
    raise _NotUnderstoodError


# ---------------------------------------------------------------------------------------------------- types


def _type(tokens: list[_Token], at: int) -> tuple[Type, int]:
    """The type that begins at a position, and the position behind it."""
    token = tokens[at]
    match token.text:
        case "*":
            element, after = _type(tokens, at + 1)
            return Pointer(element), after
        case "(":
            inner, _ = _type(tokens, at + 1)
            return inner, _closing(tokens, at) + 1
        case "[":
            closing = _closing(tokens, at)
            element, after = _type(tokens, closing + 1)
            return Slice(element, fixed=closing > at + 1), after
        case "map":
            closing = _closing(tokens, at + 1)
            key, _ = _type(tokens, at + 2)
            element, after = _type(tokens, closing + 1)
            return Map(key, element), after
        case "struct":
            closing = _closing(tokens, at + 1)
            return Struct(tuple(_fields(tokens[at + 2 : closing]))), closing + 1
        case "interface":
            return Other("interface"), _closing(tokens, at + 1) + 1
        case "func" | "chan" | "<-":
            # Nothing of a line that holds one is ever JSON.
            return Other(token.text), len(tokens)
    if token.kind != "word":
        raise _NotUnderstoodError
    package, name, at = "", token.text, at + 1
    if at + 1 < len(tokens) and tokens[at].text == ".":
        package, name, at = name, tokens[at + 1].text, at + 2
    arguments: list[Type] = []
    if at < len(tokens) and tokens[at].text == "[":
        closing = _closing(tokens, at)
        position = at + 1
        while position < closing:
            argument, position = _type(tokens, position)
            arguments.append(argument)
            position += 1
        at = closing + 1
    return Named(package, name, tuple(arguments)), at


def _fields(tokens: list[_Token]) -> Iterator[Field]:
    for comments, part in _lines(tokens):
        markers = _markers(comments)
        names: list[_Token] = []
        try:
            names, at = _names(part)
            found, after = _type(part, at)
        except (_NotUnderstoodError, IndexError):
            # Of a struct with a field that is not understood the others are still as they are.
            found, after = Other(""), len(part)
        tags = [token for token in part[after:] if token.kind == "string"]
        tag = _unquoted(tags[0].text) if tags else ""
        if names:
            for name in names:
                yield Field(name.text, found, tag, markers, name.start, name.start + len(name.text))
        else:
            last = part[min(after, len(part)) - 1]
            yield Field("", found, tag, markers, part[0].start, last.start + len(last.text))


def _names(part: list[_Token]) -> tuple[list[_Token], int]:
    """The names of a field and the position of its type; no names for an embedded one."""
    if part[0].kind != "word":
        return [], 0
    names = [part[0]]
    at = 1
    while at + 1 < len(part) and part[at].text == "," and part[at + 1].kind == "word":
        names.append(part[at + 1])
        at += 2
    if len(names) > 1:
        return names, at
    if at >= len(part) or part[at].kind == "string" or part[at].text == ".":
        return [], 0
    if part[at].text == "[":
        # `Items []int` and `Items [4]int` go on behind the bracket; an embedded `Base[int]` does not.
        closing = _closing(part, at)
        if closing + 1 >= len(part) or part[closing + 1].kind == "string":
            return [], 0
    return names, at


def _unquoted(text: str) -> str:
    if text.startswith("`"):
        return text[1:-1]
    return re.sub(r"\\(.)", r"\1", text[1:-1])


# ---------------------------------------------------------------------------------------------------- markers


def _markers(comments: Iterable[_Token]) -> Markers:
    """The markers in the comments before a declaration: those that touch it, and the nearest block before those."""
    blocks: list[list[str]] = [[]]
    lines = 0
    for token in comments:
        if token.kind == "line":
            lines += 1
            continue
        if lines > 1 and blocks[-1]:
            blocks.append([])
        lines = 0
        blocks[-1].append(token.text)
    touching = lines < 2
    markers: Markers = {}
    for block in blocks[-2:] if touching else blocks[-1:]:
        for text in block:
            name, value = marker(text) or ("", "")
            if name:
                markers.setdefault(name, []).append(value)
    return markers


def marker(comment: str) -> tuple[str, str] | None:
    """Name and value of a marker; None for any other comment."""
    text = comment[2:].strip()
    if not comment.startswith("//") or not text.startswith("+"):
        return None
    name, _, value = text[1:].partition("=")
    return name.strip().removesuffix(":"), value.strip()
