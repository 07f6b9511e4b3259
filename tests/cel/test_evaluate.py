"""What expressions give, where the recorded verdicts of `tests/schemas/test_cel_rules.py` do not say enough."""

from typing import Any

import pytest

from k8slint.cel import types
from k8slint.cel.check import check
from k8slint.cel.evaluate import Program
from k8slint.cel.values import Entries, Failure, Items, Untold
from k8slint.schemas.celfunctions import LIBRARY

STRINGS = types.map_of(types.STRING, types.STRING)


def evaluate(expression: str, kind: types.Type = types.STRING, value: Any = "") -> Any:
    return Program(check(expression, {"self": kind}), LIBRARY).run({"self": value})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("self.map(k, k).size()", 2),
        ("self.all(k, v, k != v)", True),
        ("self.transformList(k, v, k + v).exists(x, x == 'ab')", True),
        ("self.map(k, k).sort()", ["a", "c"]),
    ],
)
def test_what_does_not_depend_on_the_order_of_a_map(expression: str, expected: object) -> None:
    assert evaluate(expression, STRINGS, Entries({"a": "b", "c": "d"})) == expected


@pytest.mark.parametrize("expression", ["self.map(k, k)[0]", "self.transformList(k, v, v).last().value()"])
def test_what_depends_on_it_is_not_told(expression: str) -> None:
    with pytest.raises(Untold):
        evaluate(expression, STRINGS, Entries({"a": "b", "c": "d"}))
    assert evaluate(expression, STRINGS, Entries({"a": "a"})) == "a"


def test_a_failure_in_a_loop_counts_only_where_nothing_else_decides() -> None:
    numbers = types.list_of(types.INT)
    assert evaluate("self.exists(x, 6 / x == 3)", numbers, Items([0, 2])) is True
    assert evaluate("self.all(x, 6 / x == 3)", numbers, Items([0, 3])) is False
    with pytest.raises(Failure, match="division by zero"):
        evaluate("self.all(x, 6 / x == 3)", numbers, Items([0, 2]))


def test_what_is_not_told_leaves_to_others_what_they_decide() -> None:
    said = "format.dns1123Label().validate(self).value()[0].contains('DNS')"
    with pytest.raises(Untold):
        evaluate(said, value="-")
    assert evaluate(f"{said} || true", value="-") is True
    assert evaluate(f"{said} && false", value="-") is False
    assert evaluate("format.dns1123Label().validate(self).value().size()", value="-") == 1


def test_a_loop_without_end_in_sight_is_not_told() -> None:
    numbers = types.list_of(types.INT)
    with pytest.raises(Untold):
        evaluate("self.all(a, self.all(b, self.all(c, a + b + c >= 0)))", numbers, Items(range(100)))


def test_sets_and_lists_by_key_have_no_order() -> None:
    texts = types.list_of(types.STRING)
    as_set = Items(["a", "b"], "set")
    assert evaluate("self == ['b', 'a']", texts, as_set) is True
    assert evaluate("['b', 'a'] == self", texts, as_set) is False
    assert evaluate("self + ['b', 'c']", texts, as_set) == ["a", "b", "c"]
    assert evaluate("self + ['b', 'c']", texts, Items(["a", "b"])) == ["a", "b", "b", "c"]


def test_a_list_of_a_resource_cannot_be_compared_with_what_is_none() -> None:
    with pytest.raises(Failure, match="no such overload"):
        evaluate("dyn(self) == dyn(1)", types.list_of(types.STRING), Items(["a"]))
    assert evaluate("dyn(1) == dyn(self)", types.list_of(types.STRING), Items(["a"])) is False


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("string(timestamp('2020-02-29T23:59:59.25-01:30'))", "2020-02-29T23:59:59.25-01:30"),
        ("timestamp('2020-02-29T23:59:59.25-01:30').getDate()", 1),
        ("timestamp('2020-02-29T23:59:59Z').getHours('Europe/Berlin')", 0),
        ("timestamp('1969-12-31T23:59:59.9Z').getMilliseconds()", 900),
        ("string(duration('-1h1.5s'))", "-3601.5s"),
        ("duration('-90m').getHours()", -1),
        ("string(1e21)", "1e+21"),
        ("string(12345.678)", "12345.678"),
        ("'%s'.format([[1.5, 'a', timestamp(0)]])", '[1.500000, "a", timestamp("1970-01-01T00:00:00Z")]'),
        ("(-7) / 2", -3),
        ("(-7) % 2", -1),
        ("optional.of(1).orValue(1 / 0)", 1),
    ],
)
def test_values_look_as_in_go(expression: str, expected: object) -> None:
    assert evaluate(expression) == expected


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("9223372036854775807 + self.size()", "integer overflow"),
        ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "timestamp overflow"),
        ("[self][2]", "index out of bounds: 2"),
        ("{'a': 1}[self]", "no such key: x"),
        ("int(self)", "type conversion error from 'string' to 'int'"),
        ("dyn(self) + dyn(1)", "no such overload"),
        ("dyn(self).all(x, true)", "a value of type string is no list or map"),
        ("['a', 'a'].transformMapEntry(i, v, {v: i})", "key a already exists"),
    ],
)
def test_what_fails(expression: str, reason: str) -> None:
    with pytest.raises(Failure, match=reason):
        evaluate(expression, value="x")


def test_a_value_that_is_not_known_leaves_only_what_does_not_ask_for_it() -> None:
    """A time in the year 0, for one, is a time to the server."""
    with pytest.raises(Untold):
        evaluate("self == 'a'", value=Untold())
    assert evaluate("self == 'a' || true", value=Untold()) is True
