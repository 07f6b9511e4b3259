"""The name that was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_SHORTEST = 3
"""Letters that a word must have to stand for a longer one."""


def near(word: str, candidates: Iterable[str]) -> str:
    """The candidate closest to a misspelt word, or "" where none is close.

    Case, dashes and underscores weigh nothing; otherwise one slip in every three letters is forgiven (a letter more, less, other, or two swapped),
    and a candidate that is the word's plural or the other way round is always close.
    """
    folded = _fold(word)
    best, best_distance = "", len(folded) // 3 + 1
    for candidate in candidates:
        if candidate == word:
            continue
        distance = edit_distance(folded, _fold(candidate), best_distance)
        if distance < best_distance or (distance == best_distance and not best and _plural(folded, _fold(candidate))):
            best, best_distance = candidate, distance
            if not distance:
                break
    return best


def meant(word: str, candidates: Iterable[str]) -> str:
    """The word that a user meant by one that is none of the candidates, or "": the near one, or the only one that is longer or shorter (`warn`, `information`)."""
    names = list(candidates)
    close = near(word, names)
    folded = _fold(word)
    if close or len(folded) < _SHORTEST:
        return close
    alike = [
        name
        for name in names
        if len(known := _fold(name)) >= _SHORTEST and (known.startswith(folded) or folded.startswith(known))
    ]
    return alike[0] if len(alike) == 1 else ""


def edit_distance(left: str, right: str, limit: int) -> int:
    """How many letters to add, drop, change or swap (neighbours) between two words; at least `limit` where it reaches that."""
    if abs(len(left) - len(right)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, previous, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return row[-1]


def _fold(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


def _plural(left: str, right: str) -> bool:
    return left.rstrip("s") == right.rstrip("s")
