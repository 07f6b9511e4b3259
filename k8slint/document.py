"""A file's text as documents, and places in it.

A file is cut into documents first and each is read alone, as kubectl does, so that a broken one hides nothing but itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from k8slint import dialect
from k8slint.nodes import MAPPING, MISSING, SCALAR, SEQUENCE, Node, YamlError
from k8slint.ordinary import compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from k8slint.problem import At


class Span(NamedTuple):
    """A stretch of text: character offsets in the file, `end` exclusive."""

    start: int
    end: int


class Lines:
    """Where the lines of a text begin; turns offsets into lines and columns."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        position = text.find("\n") + 1
        while position:
            self.starts.append(position)
            position = text.find("\n", position) + 1

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both 1-based; the column counts characters."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def offset(self, line: int) -> int:
        """Where a line (1-based) begins; the end of the text for a line past the last."""
        return self.starts[line - 1] if line <= len(self.starts) else len(self.text)

    def line(self, number: int) -> str:
        """A line's text (1-based), without its line break."""
        return self.text[self.offset(number) : self.offset(number + 1)].rstrip("\r\n")


class File:
    """One file's text and its documents, in order."""

    __slots__ = ("_lines", "documents", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.documents: list[Document] = []
        self._lines: Lines | None = None

    @property
    def lines(self) -> Lines:
        """The line index, made when first asked for: most files have no finding."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines


class Document:
    """One YAML document: its nodes, or why there are none.

    `start` and `end` delimit it in the file's text; `resources` are the roots of the objects in it: one, none, or the items of a List.
    `prefix` is where the nodes at hand begin, for a document of which only one resource is remembered; otherwise empty.
    """

    __slots__ = ("_source", "duplicates", "end", "error", "file", "index", "prefix", "resources", "root", "start")

    def __init__(self, file: File, index: int, start: int, end: int) -> None:
        self.file = file
        self.index = index
        self.start = start
        self.end = end
        self.root: Node | None = None
        self.error: YamlError | None = None
        self.duplicates: list[tuple[Node, Node]] = []
        self.resources: list[Node] = []
        self.prefix: tuple[str | int, ...] = ()
        self._source: str | None = None

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]

    def move(self, file: File, index: int, start: int) -> None:
        """Makes it a document of a newer text of its file, where it has the same text, maybe at another place."""
        self.end += start - self.start
        self.file, self.index, self.start = file, index, start

    @property
    def line(self) -> int:
        """The line (1-based) its first content stands on."""
        content = re.compile(_CONTENT).search(self.file.text, self.start, self.end)
        return self.file.lines.position(content.start() if content else self.start)[0]

    def locate(self, path: tuple[str | int, ...]) -> Node:
        """The node at a path from the document's root (`Node.path`); missing where there is none."""
        return (self.root or Node(None, "", MISSING))[path]

    def span(self, node: Node, at: At = "value", within: str = "") -> Span:
        """The stretch of the file that shows a node.

        Scalars show themselves, collections their key (an element of a sequence its first line), and what is missing shows the key of its
        nearest ancestor that exists. `within` narrows it to that part of a scalar, where the text can be found there as it is.
        """
        # The file's text, and not the document's, which would be a copy for each finding.
        text, offset = self.file.text, self.start
        if within and node.kind == SCALAR:
            inner = text.find(within, offset + node.start, min(offset + node.end, self.end))
            if inner >= 0:
                return Span(inner, inner + len(within))
        while node.kind == MISSING and node.parent is not None:
            node = node.parent
        if node.key_start >= 0 and (at == "key" or node.kind in (MAPPING, SEQUENCE) or node.start == node.end):
            return Span(offset + node.key_start, offset + node.key_end)
        start = offset + max(node.start, 0)
        end = max(start, min(offset + node.end, self.end))
        if node.kind in (MAPPING, SEQUENCE) or node.style in ("|", ">"):
            # The first line: a whole block underlined would say nothing.
            end = min(end, _end_of_line(text, start))
        while end > start and text[end - 1] in " \t\r\n":
            end -= 1
        return Span(start, end)

    @property
    def source(self) -> str:
        """The template that helm rendered it from (its `# Source:` comment); "" where there is none. Every finding asks."""
        if self._source is None:
            start = self.file.text.find(_SOURCE, self.start, self.end)
            comment = re.compile(_SOURCE_LINE).search(self.file.text, start, self.end) if start >= 0 else None
            self._source = comment.group(1) if comment else ""
        return self._source


_CONTENT = r"(?m)^(?!\s*(#|---|$))"
_SOURCE = "# Source: "
_SOURCE_LINE = r"(?m)^# Source: (\S.*?)[ \t\r]*$"


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def read(path: str, text: str, *, json: bool = True, before: File | None = None) -> File:
    """Reads a text as kubectl would; `path` is only a name. Never raises: what cannot be read is a document with an `error`.

    A text that begins with a brace is a stream of JSON values to kubectl; without `json` it is read as the YAML that it is as well. `before` is an
    earlier text of the file: documents that are the same in both are taken over from it and not read again, so it is not to be used any more.
    """
    file = File(path, text)
    chunks, stopped = dialect.split(text)
    known = _by_text(before) if before is not None else {}
    for chunk in chunks:
        same = known.pop(text[chunk.start : chunk.end], None) if known and not chunk.json else None
        if same is not None and _begins_line(text, chunk.start):
            same.move(file, len(file.documents), chunk.start)
            file.documents.append(same)
            continue
        document = Document(file, len(file.documents), chunk.start, chunk.end)
        file.documents.append(document)
        try:
            composed = compose(document.text, json=json and chunk.json)
        except YamlError as error:
            document.error = error
            continue
        document.root = composed.root
        document.duplicates = composed.duplicates
        if composed.root is not None:
            document.resources = list(_resources(composed.root))
            composed.root.document = document
            for resource in document.resources:
                resource.document = document
    if stopped is not None:
        document = Document(file, len(file.documents), stopped.offset, len(text))
        document.error = YamlError(stopped.message, 0, _end_of_line(document.text, 0))
        file.documents.append(document)
    return file


def _by_text(file: File) -> dict[str, Document]:
    """The documents of a file by their texts, those that may stand anywhere: of JSON values it matters what is around them."""
    if any(document.text.lstrip().startswith("{") for document in file.documents[:1]):
        return {}
    return {document.text: document for document in file.documents if _begins_line(file.text, document.start)}


def _begins_line(text: str, start: int) -> bool:
    return start == 0 or text[start - 1] == "\n"


def read_parts(path: str, text: str, parts: Iterable[tuple[int, int]]) -> File:
    """A file of which only some stretches are YAML, such as the fences of a Markdown file; each holds documents of its own.

    `parts` are pairs of offsets, start and end (exclusive), in order; a part begins at the beginning of a line.
    """
    file = File(path, text)
    for start, end in parts:
        for document in read(path, text[start:end]).documents:
            document.file, document.index = file, len(file.documents)
            document.start += start
            document.end += start
            file.documents.append(document)
    return file


def _resources(root: Node) -> Iterator[Node]:
    """The objects of a document: itself, or what a List holds (kubectl unpacks `List` and every `...List` with items)."""
    if root.kind != MAPPING:
        return
    items = root.fields.get("items")
    kind = root["kind"].string or ""
    if items is not None and items.kind == SEQUENCE and kind.endswith("List") and "spec" not in root.fields:
        for item in items.elements:
            yield from _resources(item)
    else:
        yield root
