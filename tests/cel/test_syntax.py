"""CEL from text to tree."""

import pytest

from k8slint.cel.syntax import CelError, Expr, parse


def shape(expr: Expr) -> object:
    """A tree as nested tuples."""
    if expr.kind == "literal":
        return expr.value
    if expr.kind == "ident":
        return expr.name
    if expr.kind == "fold":
        assert expr.fold is not None
        fold = expr.fold
        return ("fold", shape(fold.range), fold.first, fold.second, shape(fold.step))
    target = () if expr.target is None else (shape(expr.target),)
    return (expr.name or expr.kind, *target, *map(shape, expr.args))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", ("_+_", 1, ("_*_", 2, 3))),
        ("1 - 2 - 3", ("_-_", ("_-_", 1, 2), 3)),
        ("a && b || c", ("_||_", ("_&&_", "a", "b"), "c")),
        ("a ? b : c ? d : e", ("_?_:_", "a", "b", ("_?_:_", "c", "d", "e"))),
        ("!!a", "a"),
        ("-1", -1),
        ("-a", ("-_", "a")),
        ("a.b.c(d)", ("c", ("b", "a"), "d")),
        ("a[0].?b", ("_?._", ("_[_]", "a", 0), "b")),
        ("has(a.b)", ("b", "a")),
        ("a.`b-c`", ("b-c", "a")),
        ("[1, 2,]", ("list", 1, 2)),
        ("{'a': 1}", ("map", "a", 1)),
        (r"r'\d' + '\x41\u00e9\t'", ("_+_", r"\d", "Aé\t")),
        ("b'\\xff'", b"\xff"),
        ("'''a\n'b'''", "a\n'b"),
        ("0x1F", 31),
        ("1.5e3", 1500.0),
        ("a // b", "a"),
        ("a.all(x, x)", ("fold", "a", "x", "", ("_&&_", "@result", "x"))),
        ("a.exists(i, x, x)", ("fold", "a", "i", "x", ("_||_", "@result", "x"))),
    ],
)
def test_trees(text: str, expected: object) -> None:
    assert shape(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 0),
        ("a.", 2),
        ("a ||", 4),
        ("(a", 2),
        ("a b", 2),
        ("a == 'b", 5),
        ("a # b", 2),
        ("if == 1", 0),
        ("9223372036854775808", 0),
        (r"'\q'", 0),
        ("a.all(1, b)", 6),
        ("a.all(x, x, b)", 9),
        ("has(a)", 4),
        ("{'a'}", 4),
    ],
)
def test_mistakes_have_a_place(text: str, at: int) -> None:
    with pytest.raises(CelError) as caught:
        parse(text)
    assert caught.value.at == at


def test_nesting_beyond_reason_is_no_crash() -> None:
    with pytest.raises(RecursionError):
        parse("(" * 5000 + "a" + ")" * 5000)
