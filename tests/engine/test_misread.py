"""What was probably meant by a text that cannot be read; silence where that is not clear."""

from __future__ import annotations

import pytest

from k8slint.api import check_text


def cause(text: str) -> str:
    [message] = [found.message for found in check_text(text) if found.rule == "yaml-syntax"]
    return message.rpartition(" (")[0]


INDENTATION = [
    (
        "env:\n  PORT: 1\n  - name: A\n",
        "a list item stands here, and a key in line 2; a block holds either the one or the other",
    ),
    ("a:\n    b: 1\n  c: 2\n", "it is indented by 2, which is neither the 0 of line 1 nor the 4 below it"),
    ("a:\n  b:\n      c: 1\n    d: 2\n", "it is indented by 4, which is neither the 2 of line 2 nor the 6 below it"),
    ("a:\n  - b: 1\n   c: 2\n", "it is indented by 3, which is neither the 2 of line 2 nor the 4 below it"),
    ("a:\n  - b: 1\n # c\n\n - d: 2\n", "it is indented by 1, which is neither the 0 of line 1 nor the 2 below it"),
    ("name: web\n  labels: x\n", "this line is indented deeper than line 1, which has its value already"),
    ("a:\n\tb: 1\n", "YAML indents with blanks, not with tabs"),
    ("a:\n  b: |\n\t\tx\n", "YAML indents with blanks, not with tabs"),
]

JSON = [
    (
        '{\n  "a": 1, // one\n  "b": 2\n}\n',
        "// in line 2 begins no comment, in YAML as in JSON; # does, for kubectl also in JSON",
    ),
    (
        '{\n  /* one */\n  "a": 1\n}\n',
        "/* in line 2 begins no comment, in YAML as in JSON; # does, for kubectl also in JSON",
    ),
    ('// top\n{"a": 1}\n', "// in line 1 begins no comment, in YAML as in JSON; # does, for kubectl also in JSON"),
    ("// top\na: 1\n", "// in line 1 begins no comment, in YAML as in JSON; # does, for kubectl also in JSON"),
    # In texts it is text, and the mistake is another.
    ('a: |\n  // x\nb: "x" y\n', "no text can follow the closing quote; quote the value as a whole"),
    ('{"a": "b, // c" "d"}\n', "a comma is missing"),
    (
        '{"a": 1}\n{"a": 2}\n---\na: 3\n',
        "JSON objects that follow each other without --- are followed by nothing but JSON",
    ),
    ('{"a": 1}\n}\n', "no { is open here"),
]

QUOTES = [
    ('a: "one\nb: "two"\n', "the quote that opens in line 1 ends only here; it is not closed where it should be"),
    ("# it's\na: 'one\nb: two\n", "the quote that opens in line 2 is never closed"),
    ("a: 'it's'\n", "the ' ends the value; within such quotes it is written as two of them"),
    ('a: "say "hi" to"\n', 'the " ends the value; within such quotes it is written as one with a backslash before it'),
    ('a: "x" y\n', "no text can follow the closing quote; quote the value as a whole"),
    ('a: "\\d+"\n', "in double quotes a backslash begins an escape; double it, or use single quotes"),
    ('a: "C:\\Users"\n', "in double quotes a backslash begins an escape; double it, or use single quotes"),
    ("a: @x\n", "a value that begins with @ needs quotes"),
    ("a: }x\n", "a value that begins with } needs quotes"),
    ("schedule: */5 * * * *\n", "* at the start of a value makes it an alias; quote the value"),
    ("a: & b\n", "& at the start of a value makes it an anchor; quote the value"),
    ("a: *b\n", "nothing above has this anchor; a value that begins with * and is no alias needs quotes"),
]

BRACKETS = [
    ("a: [b, c\nd: e\n", "the [ that opens in line 1 is not closed, or a comma is missing"),
    ("a: [[b], {c: d\ne: f\n", "the { that opens in line 1 is not closed, or a comma is missing"),
    ('a: ["x" "y"]\n', "a comma is missing"),
    ("a: [b]]\n", "one ] is too many"),
    ("a: b\n}\n", "no { is open here"),
    ("a: [b] c\n", "no text can follow the closing bracket"),
]

COLONS = [
    ("a: b: c\n", "a colon with a blank after it begins a value, and this value has one in it; quote the value"),
    ("a: 1\nimage:nginx\nb: 2\n", "line 2 lacks a blank after its colon"),
    ("a: 1\n# none\nreplicas\nb: 2\n", "line 3 has no colon, where a key and its value belong"),
    ("a:\n  -b: 1\n  - c\n", "line 2 lacks a blank after its dash"),
    ("a:\n  - b\n  -c\nd: 1\n", "line 3 lacks a blank after its dash"),
    ("a: - b\n", "a list begins on the line below its key"),
    ("a: | x\n  y\n", "the text of a block begins on the next line"),
    ("a: 1\n---x: 1\n", "--- has a line of its own"),
]


@pytest.mark.parametrize(("text", "expected"), [*INDENTATION, *JSON, *QUOTES, *BRACKETS, *COLONS])
def test_common_mistakes_are_named(text: str, expected: str) -> None:
    assert cause(text) == expected


def test_lines_are_those_of_the_file() -> None:
    assert cause("a: 1\n---\nb: 'two\n") == "the quote that opens in line 3 is never closed"


def test_a_merge_conflict_is_named_wherever_it_stands() -> None:
    text = "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> main\n"
    assert cause(text) == "line 2 is a merge conflict that is not resolved"


@pytest.mark.parametrize("text", ["a: [,]\n", "a: 1\n%b: 1\n", "a: 1\n<<: 2\n"])
def test_nothing_is_said_where_it_is_not_clear(text: str) -> None:
    assert cause(text) == ""
