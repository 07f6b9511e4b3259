"""Regular expressions as Go reads them; the answers are those of Go 1.26's regexp."""

import pytest

from k8slint.goregex import RegexError, matcher, translate


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


def test_what_is_nested_too_deeply_for_python_is_left_to_the_automaton_or_unknown() -> None:
    pattern = "(" * 500 + "a" + ")" * 500
    matches = matcher(pattern)
    assert matches is None or matches("a")
