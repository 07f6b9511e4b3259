"""Places in a text as editors count them: lines end at a line break of any kind, columns count units of an encoding.

The engine counts characters, and its lines end at a line feed; offsets are what both have in common.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from k8slint.document import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

_BYTES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


class Positions:
    """Turns offsets of a text into an editor's lines and columns (both from 0), and back."""

    __slots__ = ("_codec", "_lines", "_plain", "_starts", "_unit", "text")

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        """`encoding` is `utf-8`, `utf-16` or `utf-32`: what one column is a unit of."""
        self.text = text
        self._codec, self._unit = _BYTES[encoding]
        # Most manifests are of characters that are one unit in any encoding.
        self._plain = encoding == "utf-32" or text.isascii()
        self._lines = Lines(text)
        self._starts: Sequence[int] = self._lines.starts
        if "\r" in text:
            self._starts = [0, *(found.end() for found in re.finditer(r"\r\n?|\n", text))]

    def units(self, text: str) -> int:
        """How many columns a text takes."""
        return len(text) if self._plain else len(text.encode(self._codec, "surrogatepass")) // self._unit

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        return line, offset - start if self._plain else self.units(self.text[start:offset])

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; the nearest there is for one that lies outside of the text."""
        if line >= len(self._starts):
            return len(self.text)
        start = self._starts[max(line, 0)]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        if self._plain:
            return min(start + max(column, 0), end)
        content = self.text[start:end].encode(self._codec, "surrogatepass")[: max(column, 0) * self._unit]
        return start + len(content.decode(self._codec, "ignore"))

    def of_engine(self, line: int, column: int) -> int:
        """The offset of a line and column as findings give them (both from 1)."""
        return min(self._lines.offset(line) + column - 1, len(self.text))
