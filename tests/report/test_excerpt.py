"""Whatever stands in a file, and wherever a finding is in it: the excerpt fits the terminal and does nothing to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from k8slint.document import Lines
from k8slint.report.base import Style
from k8slint.report.excerpt import cells, excerpt

TEXTS = st.text(st.sampled_from("ab:-# \t\n\r日\u0301\u200d\x1b\x07\u202e\ue000'\"") | st.characters(), max_size=300)
PLACES = st.tuples(st.integers(1, 12), st.integers(1, 120))


@given(text=TEXTS, start=PLACES, length=PLACES, width=st.integers(25, 60), context=st.integers(0, 3))
def test_an_excerpt_fits_and_is_harmless(
    text: str, start: tuple[int, int], length: tuple[int, int], width: int, context: int
) -> None:
    end = (start[0] + length[0] - 1, start[1] + length[1] if length[0] == 1 else length[1])
    rows = excerpt(Lines(text), start, end, Style(width=width), gutter=2, look="red", context=context)

    assert all(cells(row) <= width for row in rows)
    assert not any(character in row for row in rows for character in "\x1b\x07\r\n\u202e\u2028")
    assert bool(rows) == (start[0] <= text.count("\n") + 1)


@given(before=TEXTS.map(lambda text: text.replace("\n", "")), word=st.text("xy", min_size=1, max_size=9))
def test_the_mark_is_as_far_to_the_right_as_the_word(before: str, word: str) -> None:
    column = len(before) + 1
    rows = excerpt(
        Lines(f"{before}{word}"), (1, column), (1, column + len(word)), Style(width=80), gutter=1, look="red"
    )
    _, shown, mark = rows
    left = mark.index("^")
    at = next(index for index in range(len(shown)) if cells(shown[:index]) == left and shown[index:].startswith(word))

    assert cells(shown[:at]) == left
    assert mark[left:] == "^" * len(word)
