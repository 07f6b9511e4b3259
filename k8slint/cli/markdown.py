"""Markdown for a terminal: as much of it as the pages of rules use."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.report.base import Style

WIDEST = 100
"""Columns from which lines are hard to read, however wide the terminal is."""

_ITEM = re.compile(r"^(\s*)([-*+]|\d+[.)])\s+")
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_INLINE = re.compile(r"(?P<code>`[^`]+`)|\*\*(?P<strong>[^*]+)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_ARROW = re.compile(r"(?:#|//) <- .*$")

_TITLES = {"bad": "Bad", "good": "Good", "config": "Configuration"}
"""What the second word of a fence says of its content."""


def render(text: str, style: Style) -> str:
    """The text wrapped to the terminal, code indented and not wrapped."""
    return "\n".join(_blocks(text.split("\n"), style)).rstrip("\n") + "\n"


def _blocks(lines: list[str], style: Style) -> Iterator[str]:
    paragraph: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        fence = line.startswith("```")
        heading = _HEADING.match(line)
        # A table is as wide as it is.
        if fence or heading or not line.strip() or _ITEM.match(line) or line.startswith("|"):
            yield from _wrapped(paragraph, style)
            paragraph = []
        if fence:
            code = []
            while index < len(lines) and not lines[index].startswith("```"):
                code.append(lines[index])
                index += 1
            index += 1
            yield from _code(line.removeprefix("```").split(), code, style)
        elif heading:
            yield style.paint(_inline(heading[2], style), "bold")
        elif line.startswith("|"):
            yield line
        elif line.strip():
            paragraph.append(line)
        else:
            yield ""
    yield from _wrapped(paragraph, style)


def _code(words: list[str], lines: list[str], style: Style) -> Iterator[str]:
    title = _TITLES.get(words[1], "") if len(words) > 1 else ""
    file = f" ({words[2]})" if len(words) > 2 else ""
    if title:
        look = {"bad": "red", "good": "green"}.get(words[1], "cyan")
        yield style.paint(f"{title}{file}:", look, "bold")
        yield ""
    for line in lines:
        arrow = _ARROW.search(line)
        if arrow:
            line = line[: arrow.start()] + style.paint(arrow[0], "yellow")
        yield f"    {line}".rstrip()


def _wrapped(paragraph: list[str], style: Style) -> Iterator[str]:
    if not paragraph:
        return
    item = _ITEM.match(paragraph[0])
    hanging = " " * item.end() if item else ""
    first, *others = paragraph
    text = _LINK.sub(r"\1 (\2)", " ".join([first.rstrip(), *(line.strip() for line in others)]))
    wrapped = textwrap.wrap(
        text, min(style.width, WIDEST), subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
    # Painted once it is wrapped, as escapes take no room. A span that a line break cuts in two has been joined first.
    yield from _inline("\n".join(wrapped), style).split("\n")


def _inline(text: str, style: Style) -> str:
    def paint(match: re.Match[str]) -> str:
        if match["code"]:
            look, content = "cyan", match["code"][1:-1] if style.color else match["code"]
        else:
            look, content = "bold", match["strong"]
        # A look ends with its line, so that a pager that shows one line shows it right.
        return "\n".join(style.paint(part, look) for part in content.split("\n"))

    return _INLINE.sub(paint, text)
