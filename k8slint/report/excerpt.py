"""The lines of a source text around a mistake, with a gutter of line numbers and the mistake underlined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.report.base import plain

if TYPE_CHECKING:
    from k8slint.document import Lines
    from k8slint.report.base import Style

CONTEXT = 2
"""Lines shown before and after the marked ones."""

LONGEST = 8
"""Marked lines beyond which the middle of them is left out."""

TAB = "    "


def excerpt(
    lines: Lines,
    start: tuple[int, int],
    end: tuple[int, int],
    style: Style,
    *,
    gutter: int,
    look: str,
    sign: str = "^",
    context: int = CONTEXT,
) -> list[str]:
    """The text from `start` to `end` underlined with `sign`, and `context` lines before and after it.

    `start` and `end` are line and column, 1-based, the end exclusive; `gutter` is the width of the line numbers. Empty
    where the text has no such line: it has changed since.
    """
    count = len(lines.starts)
    if start[0] > count:
        return []
    if end[0] > count:
        end = (count, len(lines.line(count)) + 1)
    elif end[0] > start[0] and end[1] == 1:
        # A span that ends with a line break ends on the line before.
        end = (end[0] - 1, len(lines.line(end[0] - 1)) + 1)
    before, after = _around(lines, start[0], end[0], context)
    page = _Page(style, gutter, look, sign)
    # A mark over several lines has a bar of its own beside the text, which all lines make room for.
    indent = "  " if end[0] > start[0] else ""
    page.unnumbered("")
    for number in before:
        page.numbered(number, indent, lines.line(number))
    if end[0] > start[0]:
        page.block([lines.line(number) for number in range(start[0], end[0] + 1)], start, end)
    else:
        page.marked(start[0], lines.line(start[0]), start[1], end[1])
    for number in after:
        page.numbered(number, indent, lines.line(number))
    return [row.rstrip() for row in page.rows]


class _Page:
    """Rows of an excerpt: a gutter, and text cut to what fits beside it."""

    def __init__(self, style: Style, gutter: int, look: str, sign: str) -> None:
        self.style = style
        self.gutter = gutter
        self.look = look
        self.sign = sign
        self.rows: list[str] = []
        self.room = max(style.width - gutter - 3, 20)

    def numbered(self, number: int, beside: str, text: str, first: int = 0) -> None:
        """A line of the source, from its character `first` on (0-based); an ellipsis stands for what is cut off."""
        room = self.room - len(beside)
        # A cell holds a character, but for combining ones: twice the room is enough to see whether more follows.
        part = text.rstrip()[first : first + 2 * room]
        # The ellipsis takes the cells of the character it stands for.
        shown = "…".ljust(cells(_expand(part[:1]))) + _expand(part[1:]) if first else _expand(part)
        gutter = self.style.paint(f"{number:>{self.gutter}} |", "blue")
        self.rows.append(f"{gutter} {self._bold(beside)}{shortened(shown, room)}")

    def unnumbered(self, text: str) -> None:
        """A row that is not in the source."""
        self.rows.append(self.style.paint(f"{'':>{self.gutter}} |", "blue") + f" {self._bold(text)}")

    def marked(self, number: int, text: str, column: int, end_column: int) -> None:
        """A line with a mark from one column to another (1-based), cut so that the mark can be seen."""
        # A line that is shorter by now is marked at its end.
        column, end_column = min(column, len(text) + 1), min(end_column, len(text) + 1)
        fits = end_column <= self.room and cells(_expand(text[: end_column - 1])) < self.room
        first = 0 if fits else max(column - 1 - self.room // 3, 0)
        while first and first < column - 1 and not cells(text[first]):
            # An ellipsis cannot stand for a combining character, which takes no room.
            first += 1
        start = cells(_expand(text[first : column - 1]))
        end = min(cells(_expand(text[first : min(end_column - 1, first + 2 * self.room)])), self.room)
        self.numbered(number, "", text, first)
        self.unnumbered(" " * start + self.sign * max(end - start, 1))

    def block(self, texts: list[str], start: tuple[int, int], end: tuple[int, int]) -> None:
        """Lines with a mark from a column of the first to one of the last."""
        top = texts[0]
        if top[: start[1] - 1].strip():
            self.numbered(start[0], "  ", top)
            self.unnumbered(" _" + "_" * self._cell(top, start[1]) + self.sign)
        else:
            self.numbered(start[0], "/ ", top)
        for index, text in enumerate(texts[1:], 1):
            left_out = len(texts) > LONGEST and 3 <= index < len(texts) - 2
            if not left_out:
                self.numbered(start[0] + index, "| ", text)
            elif index == 3:
                self.unnumbered("| ...")
        self.unnumbered("|_" + "_" * self._cell(texts[-1], max(end[1] - 1, 1)) + self.sign)

    def _cell(self, text: str, column: int) -> int:
        """The cell (0-based) that a column (1-based) is shown in, at most the last one."""
        return min(cells(_expand(text[: column - 1])), self.room - 3)

    def _bold(self, text: str) -> str:
        return self.style.paint(text, self.look, "bold") if text.strip() else text


def cells(text: str) -> int:
    """How many cells of a terminal a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def shortened(text: str, room: int) -> str:
    """A text in at most so many cells, with an ellipsis where some of it is left out."""
    return text if cells(text) <= room else _cut(text, room - 1).rstrip() + "…"


def _cells_of(character: str) -> int:
    import unicodedata

    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1


def _cut(text: str, room: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += _cells_of(character)
        if used > room:
            return text[:index]
    return text


def _expand(text: str) -> str:
    return plain(text.replace("\t", TAB))


def _around(lines: Lines, first: int, last: int, context: int) -> tuple[list[int], list[int]]:
    """The numbers of the lines to show before and after: of the same document, without blank ones at the edges."""
    before: list[int] = []
    for number in range(first - 1, max(first - 1 - context, 0), -1):
        if _separates(lines.line(number)):
            break
        before.insert(0, number)
    after: list[int] = []
    for number in range(last + 1, min(last + 1 + context, len(lines.starts) + 1)):
        if _separates(lines.line(number)):
            break
        after.append(number)
    while before and not lines.line(before[0]).strip():
        before.pop(0)
    while after and not lines.line(after[-1]).strip():
        after.pop()
    return before, after


def _separates(line: str) -> bool:
    return line.startswith("---") or line.rstrip() == "..."
