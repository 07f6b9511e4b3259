"""Where a line that helm rendered stands in its template.

Helm tells which file a document comes from, and nothing of lines. A line is looked for from the top down: what its parent
in the rendered document became of narrows where it can be in the template, and there it is the line that reads the same, or
does so with anything in place of `{{ }}`. What stands between `{{ }}` and puts out whole blocks (`toYaml`, `include`) has no
lines of its own in the template; such a line gets the place of the nearest key above it that has one.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from k8slint.render.place import Place

_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_SEPARATOR = re.compile(r"---(?:\s|$)")
_LITERAL_ENOUGH = 3
"""Letters and digits that a line with actions needs beside them to be told from others."""


class _Line(NamedTuple):
    number: int
    indent: int
    text: str
    """Without the blanks around it."""
    item: bool
    """Whether it begins an element of a list."""


def _line(number: int, raw: str) -> _Line:
    text = raw.strip()
    return _Line(number, len(raw) - len(raw.lstrip(" ")), text, text == "-" or text.startswith("- "))


def _parents(lines: list[_Line]) -> dict[int, int]:
    """For each line, by its number, the number of the line it is below; -1 at the top."""
    parents: dict[int, int] = {}
    above: list[_Line] = []
    for line in lines:
        # An element may stand as far to the left as the key of its list does.
        while above and not (
            above[-1].indent < line.indent or (above[-1].indent == line.indent and line.item and not above[-1].item)
        ):
            above.pop()
        parents[line.number] = above[-1].number if above else -1
        above.append(line)
    return parents


class _Tree:
    """Lines with content, numbered from 0, and what is below what."""

    def __init__(self, lines: list[_Line]) -> None:
        self.lines = {line.number: line for line in lines}
        self.parents = _parents(lines)
        self.children: dict[int, list[_Line]] = {}
        for line in lines:
            self.children.setdefault(self.parents[line.number], []).append(line)


class Template:
    """The text of a template, and what of it can be recognized in what it renders."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        # Actions over several lines, comments above all: only their place is kept.
        flat = _ACTION.sub(lambda action: _flattened(action.group()), text)
        self.raw = text.split("\n")
        self.sections: list[_Tree] = []
        current: list[_Line] = []
        for number, raw in enumerate(flat.split("\n")):
            if _SEPARATOR.match(raw):
                self._close(current)
                current = []
                continue
            line = _line(number, raw)
            # A line of nothing but actions puts out no text of its own that could be recognized.
            if _ACTION.sub("", line.text).strip() and not line.text.startswith("#"):
                current.append(line)
        self._close(current)

    def _close(self, lines: list[_Line]) -> None:
        if lines:
            self.sections.append(_Tree(lines))

    def top(self) -> Place:
        """The beginning: for what cannot be told any better."""
        return Place(self.path, 1, 1, 1, max(len(self.raw[0].rstrip()), 1) + 1, exact=False)


def _flattened(action: str) -> str:
    if "\n" not in action:
        return action
    # As many line breaks as before, and an action on the first line alone.
    return "{{}}" + "\n" * action.count("\n")


class Rendered:
    """One document that a template has rendered, and where its lines come from."""

    def __init__(self, template: Template, text: str, beside: list[Rendered] | None = None) -> None:
        """`beside` are the documents that the template rendered before; this one is added."""
        self.template = template
        self.beside = [] if beside is None else beside
        self.beside.append(self)
        self.raw = text.split("\n")
        lines = [_line(number, raw) for number, raw in enumerate(self.raw)]
        self.tree = _Tree(
            [line for line in lines if line.text and not _SEPARATOR.match(line.text) and line.text[0] != "#"]
        )
        self._found: dict[int, _Line | None] = {}

    @cached_property
    def section(self) -> _Tree | None:
        """The part of the template that became this document; None where it cannot be told."""
        sections = self.template.sections
        if len(sections) < 2:
            return sections[0] if sections else None
        if len(self._likely) == 1:
            return self._likely[0]
        # Helm sorts documents by kind, and leaves those of one kind in the order of the template.
        alike = [other for other in self.beside if other._likely == self._likely]
        return self._likely[alike.index(self)] if len(alike) == len(self._likely) else None

    @cached_property
    def _likely(self) -> list[_Tree]:
        """The parts of the template that are most like the document."""
        scores = [self._likeness(section) for section in self.template.sections]
        return [section for section, score in zip(self.template.sections, scores, strict=True) if score == max(scores)]

    def _likeness(self, section: _Tree) -> float:
        """How much of a part of the template and of the document is the same: 1 for all, 0 for nothing."""
        rendered = list(self.tree.lines.values())
        written = {line.text for line in rendered}
        same = sum(
            line.text in written
            or (
                "{{" in line.text and _letters(line.text) and any(_becomes(line.text, other.text) for other in rendered)
            )
            for line in section.lines.values()
        )
        return 2 * same / (len(section.lines) + len(rendered))

    def place(self, line: int, column: int, end_line: int, end_column: int) -> Place:
        """Where a stretch of the document (1-based) comes from."""
        if self.section is None:
            return self.template.top()
        number = line - 1
        while number >= 0 and number not in self.tree.lines:
            number -= 1
        exact = number == line - 1
        while number >= 0:
            found = self._source(number)
            if found is not None:
                if exact:
                    return self._within(self.tree.lines[number], found, line == end_line, column, end_column)
                return self._whole(found)
            exact = False
            number = self.tree.parents[number]
        first = min(self.section.lines.values(), default=None)
        return self.template.top() if first is None else self._whole(first)

    def _source(self, number: int) -> _Line | None:
        """The line of the template that a line comes from, by number; None where none is that line."""
        if number not in self._found:
            self._found[number] = self._search(number)
        return self._found[number]

    def _search(self, number: int) -> _Line | None:
        assert self.section is not None
        parent = self.tree.parents[number]
        above = -1
        if parent >= 0:
            found = self._source(parent)
            if found is None:
                return None
            above = found.number
        candidates = self.section.children.get(above, [])
        line = self.tree.lines[number]
        matching = _matching(line, candidates)
        if len(matching) < 2:
            return matching[0] if matching else None
        # Several that read the same: told apart by their order, where there are as many of them here as there.
        alike = [other for other in self.tree.children[parent] if _matching(other, candidates) == matching]
        return matching[alike.index(line)] if len(alike) == len(matching) else None

    def _within(self, line: _Line, found: _Line, one_line: bool, column: int, end_column: int) -> Place:
        written = self.template.raw[found.number].rstrip()
        shift = found.indent - line.indent
        at = written.find("{{")
        # What stands before the first action stands there letter by letter.
        literal = len(written) if at < 0 else at
        end = len(written) + 1
        start = min(column + shift, literal + 1)
        if one_line and end_column and end_column + shift <= literal + 1:
            end = end_column + shift
        return Place(self.template.path, found.number + 1, max(start, 1), found.number + 1, max(end, start, 1))

    def _whole(self, found: _Line) -> Place:
        written = self.template.raw[found.number].rstrip()
        number = found.number + 1
        return Place(self.template.path, number, found.indent + 1, number, len(written) + 1, exact=False)

    def line(self, number: int) -> str:
        """A line (1-based) as it was rendered."""
        return self.raw[number - 1].strip() if number <= len(self.raw) else ""


def _matching(line: _Line, candidates: list[_Line]) -> list[_Line]:
    """Those of the template's lines that may have become a line: those that read the same, else those that do so with
    anything for `{{ }}`, else those that have little but that."""
    same = [candidate for candidate in candidates if candidate.text == line.text]
    if same:
        return same
    strong: list[_Line] = []
    weak: list[_Line] = []
    for candidate in candidates:
        if "{{" in candidate.text and candidate.item == line.item and _becomes(candidate.text, line.text):
            (strong if _letters(candidate.text) else weak).append(candidate)
    return strong or weak


def _letters(template: str) -> bool:
    """Whether a line has enough beside its actions to be told from others."""
    return sum(map(str.isalnum, "".join(_ACTION.split(template)))) >= _LITERAL_ENOUGH


def _becomes(template: str, text: str) -> bool:
    parts = [re.escape(part.strip()) for part in _ACTION.split(template)]
    return re.fullmatch(r"\s*.*?\s*".join(parts), text) is not None
