"""Markdown for a terminal and for a browser: as much of it as the pages of rules use."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from k8slint.report.base import Style

WIDEST = 100
"""Columns from which lines are hard to read, however wide the terminal is."""

_NARROWEST = 12
"""Columns that a column of a table keeps."""

_ITEM = re.compile(r"^(\s*)([-*+]|\d+[.)])\s+")
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_INLINE = re.compile(r"(?P<code>`[^`]+`)|\*\*(?P<strong>[^*]+)\*\*")
_CODE = re.compile(r"`[^`]+`")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_ARROW = re.compile(r"(?:#|//) <- .*$")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
# The key of a line of YAML, after the dashes of lists.
_KEY = re.compile(
    r"^(?P<before>[ ]*(?:- +)*)(?P<key>\"[^\"]*\"|'[^']*'|[^\s#&*!|>%@{\[\"'-][^\s:#]*)(?P<after>:(?:\s|$).*)$"
)
_CELLS = re.compile(r"(?<!\\)\|")

_TITLES = {"bad": "Bad", "good": "Good", "config": "Configuration"}
"""What the second word of a fence says of its content."""


class Block(NamedTuple):
    """A part of a page: its lines as they are written, and for code the words after the fence."""

    kind: Literal["text", "item", "heading", "code", "table", "blank"]
    lines: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What stands above an example: `Bad`, `Good (Dockerfile)`; "" for other code."""
        title = _TITLES.get(self.words[1], "") if len(self.words) > 1 else ""
        return f"{title} ({self.words[2]})" if title and len(self.words) > 2 else title


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page, in order."""
    lines = text.split("\n")
    paragraph: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        fence, table, heading = line.startswith("```"), line.startswith("|"), _HEADING.match(line)
        if paragraph and (fence or heading or table or not line.strip() or _ITEM.match(line)):
            yield _paragraph(paragraph)
            paragraph = []
        if fence or table:
            inside = [] if fence else [line]
            while index < len(lines) and lines[index].startswith("|" if table else "```") is table:
                inside.append(lines[index])
                index += 1
            if fence:
                index += 1
                yield Block("code", tuple(inside), tuple(line.removeprefix("```").split()))
            else:
                yield Block("table", tuple(inside))
        elif heading:
            yield Block("heading", (heading[2],), (heading[1],))
        elif line.strip():
            paragraph.append(line)
        else:
            yield Block("blank")
    if paragraph:
        yield _paragraph(paragraph)


def _paragraph(lines: list[str]) -> Block:
    return Block("item" if _ITEM.match(lines[0]) else "text", tuple(lines))


def rows(table: Block) -> list[list[str]]:
    """The cells of a table without the line below its head."""
    split = [
        [cell.strip().replace("\\|", "|") for cell in _CELLS.split(line.strip().strip("|"))] for line in table.lines
    ]
    return [row for number, row in enumerate(split) if number != 1 or not all(set(cell) <= set(":-") for cell in row)]


# ---------------------------------------------------------------------------------------------------- terminal


def render(text: str, style: Style) -> str:
    """The text wrapped to the terminal; code is indented and not wrapped, and what an arrow points at stands out."""
    lines = (line for block in blocks(text) for line in _shown(block, style))
    return "\n".join(lines).rstrip("\n") + "\n"


def _shown(block: Block, style: Style) -> Iterable[str]:
    match block.kind:
        case "blank":
            return [""]
        case "heading":
            return [style.paint(_inline(block.lines[0], style), "bold")]
        case "code":
            return _code(block, style)
        case "table":
            return _table(block, style)
        case _:
            return _wrapped(list(block.lines), style)


def _code(block: Block, style: Style) -> Iterator[str]:
    bad = len(block.words) > 1 and block.words[1] == "bad"
    if block.title:
        look = "red" if bad else {"good": "green"}.get(block.words[1], "cyan")
        yield style.paint(f"{block.title}:", look, "bold")
        yield ""
    language = block.words[0] if block.words else ""
    for line in block.lines:
        yield f"    {_highlighted(line, language, style)}".rstrip()


def _highlighted(line: str, language: str, style: Style) -> str:
    arrow = _ARROW.search(line)
    if arrow:
        code, gap = line[: arrow.start()].rstrip(), line[len(line[: arrow.start()].rstrip()) : arrow.start()]
        indent = code[: len(code) - len(code.lstrip())]
        return indent + style.paint(code.lstrip(), "bold") + gap + style.paint(arrow[0], "yellow")
    comment = _COMMENT.search(line) if language in ("yaml", "dockerfile") else None
    end = comment.start() if comment else len(line)
    code, rest = line[:end], style.paint(line[end:], "dim")
    key = _KEY.match(code) if language == "yaml" and style.color else None
    return (f"{key['before']}{style.paint(key['key'], 'blue')}{key['after']}" if key else code) + rest


def _table(block: Block, style: Style) -> Iterator[str]:
    table = [[_plain(cell) for cell in row] for row in rows(block)]
    columns = max(len(row) for row in table)
    table = [row + [""] * (columns - len(row)) for row in table]
    widths = [max(len(row[column]) for row in table) for column in range(columns)]
    # What does not fit goes on below: the widest column gives way.
    while sum(widths) + 2 * (columns - 1) > min(style.width, WIDEST) and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    wrapped = [
        [
            textwrap.wrap(cell, max(wide, 1), break_long_words=False, break_on_hyphens=False)
            for cell, wide in zip(row, widths, strict=True)
        ]
        for row in table
    ]
    apart = any(len(cell) > 1 for cells in wrapped[1:] for cell in cells)
    for number, cells in enumerate(wrapped):
        if apart and number > 1:
            yield ""
        for index in range(max(1, *(len(cell) for cell in cells))):
            parts = (cell[index] if index < len(cell) else "" for cell in cells)
            line = "  ".join(f"{part:<{wide}}" for part, wide in zip(parts, widths, strict=True)).rstrip()
            # The quotes of code stay: they have been counted.
            yield _CODE.sub(lambda code: style.paint(code[0], "cyan"), line) if number else style.paint(line, "bold")
        if not number:
            yield style.paint("  ".join("-" * wide for wide in widths), "dim")


def _plain(text: str) -> str:
    """The words of a cell: marks would be counted as columns."""
    return _INLINE.sub(lambda match: match["strong"] or match["code"], _LINK.sub(r"\1", text))


def _wrapped(paragraph: list[str], style: Style) -> Iterator[str]:
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


# ---------------------------------------------------------------------------------------------------- browser


def to_html(text: str) -> str:
    """The text as HTML. Nothing in it is taken for a tag."""
    parts: list[str] = []
    items: list[str] = []

    def end_list() -> None:
        if items:
            numbered = items[0][:1].isdigit()
            inside = "".join(f"<li>{item.partition(' ')[2]}</li>" for item in items)
            parts.append(f"<{'ol' if numbered else 'ul'}>{inside}</{'ol' if numbered else 'ul'}>")
            items.clear()

    for block in blocks(text):
        if block.kind == "item":
            mark = _ITEM.match(block.lines[0])
            assert mark is not None, "an item begins with its mark"
            words = " ".join([block.lines[0][mark.end() :], *(line.strip() for line in block.lines[1:])])
            items.append(f"{mark[2]} {_inline_html(words)}")
            continue
        if block.kind == "blank":
            continue
        end_list()
        parts.append(_block_html(block))
    end_list()
    return "\n".join(parts)


def _block_html(block: Block) -> str:
    if block.kind == "heading":
        level = min(len(block.words[0]) + 1, 6)
        return f"<h{level}>{_inline_html(block.lines[0])}</h{level}>"
    if block.kind == "table":
        head, *body = rows(block)
        lines = [f"<tr>{''.join(f'<th>{_inline_html(cell)}</th>' for cell in head)}</tr>"]
        lines += [f"<tr>{''.join(f'<td>{_inline_html(cell)}</td>' for cell in row)}</tr>" for row in body]
        return f"<table>{''.join(lines)}</table>"
    if block.kind == "code":
        word = block.words[1] if block.title else ""
        language = block.words[0] if block.words else ""
        title = f"<figcaption>{_escaped(block.title)}</figcaption>" if block.title else ""
        # Lines stand in blocks of their own, and need no break between them.
        code = "".join(_line_html(line, language) for line in block.lines)
        return f'<figure class="{word}">{title}<pre><code>{code}</code></pre></figure>'
    return f"<p>{_inline_html(' '.join(line.strip() for line in block.lines))}</p>"


def _line_html(line: str, language: str) -> str:
    arrow = _ARROW.search(line)
    if arrow:
        message = _escaped(arrow[0].split("<- ", 1)[1])
        return f'<span class="line marked">{_escaped(line[: arrow.start()].rstrip())}<b class="arrow">{message}</b>\n</span>'
    comment = _COMMENT.search(line) if language in ("yaml", "dockerfile") else None
    end = comment.start() if comment else len(line)
    key = _KEY.match(line[:end]) if language == "yaml" else None
    code = f"{key['before']}<i>{_escaped(key['key'])}</i>{_escaped(key['after'])}" if key else _escaped(line[:end])
    rest = f"<small>{_escaped(line[end:])}</small>" if comment else ""
    return f'<span class="line">{code}{rest}\n</span>'


def _inline_html(text: str) -> str:
    parts = []
    end = 0
    for match in re.finditer(rf"{_INLINE.pattern}|{_LINK.pattern}", text):
        parts.append(_escaped(text[end : match.start()]))
        end = match.end()
        if match["code"]:
            parts.append(f"<code>{_escaped(match['code'][1:-1])}</code>")
        elif match["strong"]:
            parts.append(f"<strong>{_escaped(match['strong'])}</strong>")
        elif match[4].startswith(("https://", "http://", "#")):
            parts.append(f'<a href="{_escaped(match[4])}">{_escaped(match[3])}</a>')
        else:
            # An address within the documentation leads nowhere from here.
            parts.append(_escaped(match[3]))
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
