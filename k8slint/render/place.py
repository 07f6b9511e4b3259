"""What a place in rendered text is in the sources."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """Where in a source file something comes from; lines and columns as in `finding.Finding`.

    Where `exact` is false it is the nearest place that could be told: what the rendered text says does not stand there.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    exact: bool = True
