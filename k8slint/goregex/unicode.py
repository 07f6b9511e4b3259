"""What Go's package unicode knows: general categories, scripts, and which characters are the same but for their case.

Read from `unicode.txt`, which `scripts/build_regex_tables.py` writes, the first time that an expression asks for it; Python's own tables differ from
one version to the next. A line of the file is one of

    Greek og.3 2.2 3.3        ranges: where each begins, counted from the end of the one before, and how much longer than one it is
    L + Ll Lm Lo Lt Lu        the ranges of several others
    fold 1t.w.a.1 ...         `first.distance.count.step`: that many pairs of letters; `2j,37,6i2`: three or more letters

with all numbers in base 36.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

from k8slint.goregex.syntax import LAST, Ranges, complement, merged


@lru_cache(maxsize=1)
def _lines() -> dict[str, str]:
    text = Path(__file__).with_name("unicode.txt").read_text(encoding="utf-8")
    return dict(line.split(" ", 1) for line in text.splitlines() if not line.startswith("#"))


@lru_cache(maxsize=64)
def table(name: str) -> Ranges | None:
    """The characters of a category or script, by its name in Go's canonical spelling, as `Greek` and `Lu`. None for an unknown name."""
    if name == "Any":
        return ((0, LAST),)
    if name == "Ascii":
        return ((0, 0x7F),)
    if name == "Assigned":
        return complement(_unassigned())
    if name == "Cn":
        return _unassigned()
    line = _lines().get(name)
    if line is None or name == "fold":
        return None
    if line.startswith("+ "):
        return merged([pair for part in line.split()[1:] for pair in table(part) or ()])
    return _ranges(line)


@lru_cache(maxsize=1)
def _unassigned() -> Ranges:
    categories = [
        name for name, line in _lines().items() if len(name) == 2 and name != "Yi" and not line.startswith("+")
    ]
    return complement(merged([pair for name in categories for pair in table(name) or ()]))


def _ranges(line: str) -> Ranges:
    found = []
    end = 0
    for word in line.split():
        gap, _, more = word.partition(".")
        first = end + int(gap, 36)
        end = first + int(more or "0", 36)
        found.append((first, end))
    return tuple(found)


@lru_cache(maxsize=1)
def _orbits() -> list[tuple[int, ...]]:
    """Sets of characters that differ in their case alone."""
    found: list[tuple[int, ...]] = []
    for word in _lines()["fold"].split():
        if "," in word:
            found.append(tuple(int(member, 36) for member in word.split(",")))
            continue
        first, distance, count, step = (int(number, 36) for number in word.split("."))
        found += ((start, start + distance) for start in range(first, first + count * step, step))
    return found


@lru_cache(maxsize=64)
def folded(ranges: Ranges) -> Ranges:
    """The ranges and whatever differs from a character in them by its case alone."""
    starts = [first for first, _ in ranges]
    ends = [last for _, last in ranges]
    found = list(ranges)
    for orbit in _orbits():
        inside = 0
        for member in orbit:
            at = bisect_right(starts, member) - 1
            inside += at >= 0 and member <= ends[at]
        if 0 < inside < len(orbit):
            found += ((member, member) for member in orbit)
    return merged(found)
