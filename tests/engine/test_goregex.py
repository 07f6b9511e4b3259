"""Regular expressions as Go reads them; the answers are those of Go 1.26's regexp.

Each line of `data/goregex.jsonl` has an expression, and either the error of Go's regexp.Compile, or texts with what FindAllString finds in each (null: no
match). `data/goregex-classes.tsv` has sets of characters: into how many ranges they fall, and a checksum of those.
"""

import json
import random
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from k8slint.goregex import RegexError, automaton, backtracking, finder, matcher, pike, translate
from k8slint.goregex.syntax import Chars, parse

DATA = Path(__file__).parent / "data"
RECORDED = [json.loads(line) for line in (DATA / "goregex.jsonl").read_text(encoding="utf-8").splitlines()]
VALID = [row for row in RECORDED if "found" in row]


@pytest.mark.parametrize(
    ("pattern", "reason", "part"),
    [
        ("a(b", "missing closing )", "a(b"),
        ("a)b", "unexpected )", "a)b"),
        ("[a", "missing closing ]", "[a"),
        ("[]", "missing closing ]", "[]"),
        ("[z-a]", "invalid character class range", "z-a"),
        ("[[:foo:]]", "invalid character class range", "[:foo:]"),
        (r"\p{^Q}", "invalid character class range", r"\p{^Q}"),
        ("*a", "missing argument to repetition operator", "*"),
        ("(?i)*", "missing argument to repetition operator", "*"),
        ("a|*", "missing argument to repetition operator", "*"),
        ("a**", "invalid nested repetition operator", "**"),
        ("a{2}{3}", "invalid nested repetition operator", "{2}{3}"),
        ("a++", "invalid nested repetition operator", "++"),
        ("a{1001}", "invalid repeat count", "{1001}"),
        ("a{3,2}", "invalid repeat count", "{3,2}"),
        ("(a{100}){11}", "invalid repeat count", "{11}"),
        ("a(?=b)", "invalid or unsupported Perl syntax", "(?="),
        ("(?<!a)b", "invalid named capture", "(?<!a)b"),
        ("(?i-)a", "invalid or unsupported Perl syntax", "(?i-)"),
        ("(?P<a b>c)", "invalid named capture", "(?P<a b>"),
        (r"(a)\1", "invalid escape sequence", r"\1"),
        (r"a\Z", "invalid escape sequence", r"\Z"),
        (r"\C", "invalid escape sequence", r"\C"),
        ("a\\", "trailing backslash at end of expression", ""),
    ],
)
def test_refuses_what_go_refuses(pattern: str, reason: str, part: str) -> None:
    with pytest.raises(RegexError) as caught:
        translate(pattern)
    assert (caught.value.reason, caught.value.part) == (reason, part)
    assert str(caught.value) == f"error parsing regexp: {reason}: `{part}`"


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("", ["", "a"], []),
        ("^a$", ["a"], ["a\n", "ba"]),
        ("(?m)^a$", ["b\na\nc"], ["ba"]),
        (".", ["a", "é"], ["", "\n"]),
        ("(?s).", ["\n"], [""]),
        ("[^a]", ["\n", "b"], ["a"]),
        (r"\d", ["7"], ["٣", "a"]),
        (r"\s", ["\f"], ["\v", "\xa0"]),
        (r"\w", ["_"], ["é"]),
        (r"[\D]", ["٣"], ["7"]),
        (r"\bé", ["aé"], ["é", " é"]),
        (r"\B", [""], ["a"]),
        ("a{,3}", ["a{,3}"], ["aaa"]),
        ("a{2,}", ["aa"], ["a"]),
        ("(?i)k", ["K", "\u212a"], ["l"]),
        (r"(?i)\W", ["-"], ["k", "\u017f"]),
        ("a(?i)b|c", ["aB", "C"], ["AB"]),
        ("(?:(?i)a)b", ["Ab"], ["AB"]),
        ("(?i:a)b", ["Ab"], ["AB"]),
        ("(?U)a+?", ["a"], ["b"]),
        ("(?P<x>a)(?<y>b)", ["ab"], ["a"]),
        ("[[:alpha:]-]", ["a", "-"], ["1"]),
        ("[[:^digit:]]", ["a"], ["1"]),
        ("[]a]", ["]"], ["b"]),
        ("[a&&b]", ["&"], ["c"]),
        (r"\Qa.b\E+", ["a.bb"], ["acb"]),
        (r"\x41\x{42}\103", ["ABC"], ["abc"]),
        (r"^\_$", ["_"], ["-"]),
        ("^*a", ["ba"], ["b"]),
        ("x{0}", [""], []),
        (r"\z", [""], []),
    ],
)
def test_matches_what_go_matches(pattern: str, yes: list[str], no: list[str]) -> None:
    matches = matcher(pattern)
    assert matches is not None
    assert [text for text in yes + no if matches(text)] == yes


def test_what_go_was_recorded_to_refuse_is_refused_in_its_words() -> None:
    refused = {row["pattern"]: row["error"] for row in RECORDED if "error" in row}
    assert len(refused) > 100
    told = {}
    for row in RECORDED:
        try:
            translate(row["pattern"])
        except RegexError as error:
            told[row["pattern"]] = str(error)
    assert told == refused


def _differences(matches: Callable[[str, str], bool | None]) -> list[tuple[str, str]]:
    return [
        (row["pattern"], text)
        for row in VALID
        for text, found in row["found"]
        if matches(row["pattern"], text) is not (found is not None)
    ]


def test_matches_what_go_was_recorded_to_match() -> None:
    def matches(pattern: str, text: str) -> bool | None:
        asked = matcher(pattern)
        return None if asked is None else asked(text)

    assert _differences(matches) == []


def test_the_automaton_alone_matches_the_same() -> None:
    def matches(pattern: str, text: str) -> bool | None:
        made = automaton.built(translate(pattern).root)
        return None if made is None else made(re.sub("[\ud800-\udfff]", "\ufffd", text))

    assert _differences(matches) == []


def test_finds_what_go_was_recorded_to_find() -> None:
    wrong = [
        (row["pattern"], text, found)
        for row in VALID
        for text, found in row["found"]
        if finder(row["pattern"])(text) != (found or [])
    ]
    assert wrong == []


def test_without_python_s_engine_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtracking.Backtracking, "compiled", lambda self: None)
    finder.cache_clear()
    try:
        wrong = [
            (row["pattern"], text, found)
            for row in VALID
            for text, found in row["found"]
            if finder(row["pattern"])(text) != (found or [])
        ]
    finally:
        finder.cache_clear()
    assert wrong == []


def test_classes_are_those_of_go() -> None:
    rows = [line.split("\t") for line in (DATA / "goregex-classes.tsv").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 400
    wrong = []
    for pattern, count, checksum in rows:
        node = parse(pattern)
        assert isinstance(node, Chars)
        if (len(node.ranges), zlib.crc32(repr(node.ranges).encode())) != (int(count), int(checksum, 16)):
            wrong.append(pattern)
    assert wrong == []


@pytest.mark.parametrize("pattern", [r"\p{Old_Italic}", r"\p{SignWriting}"])
def test_names_that_only_an_older_go_knows_are_known(pattern: str) -> None:
    assert translate(pattern).exact


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        "^(a*)*$",
        "^(a|a[ab]?)*$",
        "^(a|ab|b)*c$",
        "^([a-zA-Z0-9]+[.]?)*$",
        "(x+x+)+y",
        "^(a?){30}a{30}$",
        "(.*)(.*)(.*)(.*)(.*)(.*)x",
        r"^(\pL+\s?)*$",
        "((a{0,5}){0,5})*b",
    ],
)
def test_what_python_might_backtrack_over_is_not_left_to_it(pattern: str) -> None:
    assert not translate(pattern).exact
    matches = matcher(pattern)
    assert matches is not None
    assert not matches("a" * 5000 + "!")
    assert finder(pattern)("a" * 300 + "!") is not None


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [
        (r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", 10_000),
        (r"^(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?$", 10_000),
        (r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?[0-9]+))?$", 10_000),
        (r"^https?://.+$", 10_000),
        (r"^.*\.svc\..*$", 250),
        (r"[a-z]+-[0-9]+", 120),
    ],
)
def test_usual_expressions_are_proven_to_be_quick(pattern: str, limit: int) -> None:
    assert translate(pattern).backtracking.limit >= limit


def test_a_text_beyond_the_limit_is_asked_of_the_automaton() -> None:
    pattern = "[a-z]+-[0-9]+"
    limit = translate(pattern).backtracking.limit
    matches = matcher(pattern)
    assert matches is not None
    assert matches("a" * (limit + 10_000) + "-1")
    assert not matches("a" * (limit + 10_000) + "-")


def test_what_the_automaton_remembers_is_bounded_and_forgotten_safely() -> None:
    made = automaton.built(parse("[ab]*a[ab]{40}c"))
    assert made is not None
    choose = random.Random(5)
    text = "".join(choose.choices("ab", k=20_000))
    assert not made(text)
    assert made(f"{text}a{'b' * 40}c")
    assert not made(f"{text}b{'b' * 40}c")
    assert len(made._states) <= automaton._REMEMBERED


def test_places_hold_behind_characters_never_seen_before() -> None:
    matches = automaton.built(parse(r"(?m)(?:^|\b)é+$|\Bx\B"))
    assert matches is not None
    assert [matches(text) for text in ("é\n", "aé", "-é", "yxy", "y\nx", "aéb")] == [
        True,
        True,
        False,
        True,
        False,
        False,
    ]


def test_more_than_fits_is_unknown() -> None:
    assert matcher("x{1000}" * 11) is None
    assert automaton.built(parse("x{1000}" * 41)) is None


def test_more_than_fits_is_told_where_it_can_begin_in_one_place_only() -> None:
    matches = matcher("^" + "x{1000}" * 11 + "$")
    assert matches is not None
    assert [matches("x" * count) for count in (10_999, 11_000, 11_001)] == [False, True, False]


def test_places_of_matches_that_take_too_long_are_unknown() -> None:
    assert finder("(a?){500}(a+)+b")("a" * 5000) is None
    assert finder("(?:(?:ab){1000}c*){0,1}(a|b)*" * 20)("ab") is None


def test_what_is_spent_is_counted_for_all_matches_of_a_text() -> None:
    # Each match looks through the rest of the text.
    assert finder("a*(?:a*)*b|a")("a" * 300) == ["a"] * 300
    assert finder("a*(?:a*)*b|a")("a" * 3000) is None


def test_a_match_right_behind_another_is_none_if_it_is_empty() -> None:
    assert finder("a*")("baaac") == ["", "aaa", ""]
    assert finder("(?:a*)*")("baaac") == ["", "aaa", ""]
    assert finder("(?U)a+")("aa") == ["a", "a"]


def test_half_a_character_is_read_as_go_reads_it() -> None:
    matches = matcher("^[\ufffd]$")
    assert matches is not None
    assert matches("\ud800")
    assert finder(".")("\udc00") == ["\ufffd"]
    assert matcher("^\ud800$") is not None


@pytest.mark.parametrize(
    ("pattern", "valid"),
    [
        ("(" * 998 + "a" + ")" * 998, True),
        ("(" * 1000 + "a" + ")" * 1000, False),
        ("(?:" * 2000 + "a" + ")" * 2000, True),
        ("(?:a" * 2000 + ")" * 2000, True),
        ("(?:" * 999 + "a" + ")*" * 999, True),
        ("(?:" * 1000 + "a" + ")*" * 1000, False),
    ],
)
def test_how_deep_go_goes(pattern: str, valid: bool) -> None:
    if valid:
        translate(pattern)
        return
    with pytest.raises(RegexError) as caught:
        translate(pattern)
    assert caught.value.reason == "expression nests too deeply"


def test_how_large_go_gets() -> None:
    translate(f"(?:{'a' * 3355}){{1000}}")
    with pytest.raises(RegexError) as caught:
        translate(f"(?:{'a' * 3356}){{1000}}")
    assert caught.value.reason == "expression too large"
    # Alternatives that have something in common are smaller than they look.
    translate(f"(?:{'a|bb' * 850}){{1000}}")


def test_what_is_nested_too_deeply_for_python_is_unknown() -> None:
    pattern = "(" * 900 + "a" + ")" * 900
    matches = matcher(pattern)
    assert matches is None or matches("a")
    found = finder(pattern)("a")
    assert found is None or found == ["a"]


def test_a_machine_begins_anew_for_each_text() -> None:
    machine = pike.Machine(parse("a+"))
    assert machine.find("baa", 0) == (1, 3)
    spent = machine._spent
    machine.begin()
    assert machine.find("baa", 3) is None
    assert 0 < machine._spent < spent
