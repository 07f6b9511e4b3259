from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, make_dataclass
from typing import TYPE_CHECKING, Any, Literal

import jsonschema
import pytest

from k8slint.nodes import Node, from_plain
from k8slint.options import MisfitError, camel_case, option_fields, plain, read_options, shape

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True)
class Options:
    """Options of a rule."""

    days: int = 30
    """How many days before a certificate expires
    it is reported."""
    name_patterns: tuple[str, ...] = ("web-*",)
    level: Literal["low", "high"] = "low"
    """How much is reported."""
    weights: Mapping[str, float] = field(default_factory=dict)
    owner: str | None = None


def test_the_fields_of_options_are_documented() -> None:
    assert [(f.name, f.attribute, f.type, f.default, f.doc) for f in option_fields(Options)] == [
        ("days", "days", "integer", 30, "How many days before a certificate expires it is reported."),
        ("namePatterns", "name_patterns", "list of strings", ("web-*",), ""),
        ("level", "level", "one of low, high", "low", "How much is reported."),
        ("weights", "weights", "map of strings to numbers", {}, ""),
        ("owner", "owner", "string or null", None, ""),
    ]


def test_options_made_without_source_have_no_documentation() -> None:
    made: Any = make_dataclass("Made", [("days", int, 30)])
    assert [(f.name, f.type, f.doc) for f in option_fields(made)] == [("days", "integer", "")]


def test_options_are_read_by_attribute() -> None:
    written = {"days": 7, "namePatterns": ["a", "b"], "level": "high", "weights": {"x": 1}, "owner": None}
    values = read_options(from_plain(written), Options, "expired-certificate")
    assert Options(**values) == Options(7, ("a", "b"), "high", {"x": 1.0}, None)


def test_only_what_is_written_is_read() -> None:
    assert read_options(from_plain({"days": 7}), Options, "expired-certificate") == {"days": 7}


class NoDataclass:
    pass


@dataclass(frozen=True)
class Odd:
    when: complex = 0j


@dataclass(frozen=True)
class Required:
    days: int


@dataclass(frozen=True)
class OnlyForTypeCheckers:
    when: Decimal | None = None


@pytest.mark.parametrize("options", [NoDataclass, Odd, Required, OnlyForTypeCheckers])
def test_options_that_a_config_cannot_hold_are_a_mistake_of_the_rule(options: type[Any]) -> None:
    with pytest.raises(TypeError):
        option_fields(options)


FITTING: list[tuple[Any, Any, Any]] = [
    (bool, True, True),
    (int, 3, 3),
    (int, 3.0, 3),
    (float, 3, 3.0),
    (float, 0.5, 0.5),
    (str, "3", "3"),
    (str, "", ""),
    (list[int], [1, 2], [1, 2]),
    (tuple[str, ...], [], ()),
    (Sequence[str], ["a"], ("a",)),
    (frozenset[str], ["a", "a"], frozenset({"a"})),
    (dict[str, list[bool]], {"a": [True]}, {"a": [True]}),
    (Literal["a", "b"], "b", "b"),
    (Literal[1, "x"], 1, 1),
    (int | None, None, None),
    (int | str, "x", "x"),
    (tuple[str, ...] | str, ["a"], ("a",)),
]


@pytest.mark.parametrize(("hint", "written", "value"), FITTING)
def test_values_that_fit(hint: Any, written: Any, value: Any) -> None:
    read = shape(hint).read(from_plain(written), "it")
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("hint", "written", "value"), FITTING)
def test_the_json_schema_of_a_value_that_fits(hint: Any, written: Any, value: Any) -> None:
    jsonschema.Draft202012Validator(shape(hint).schema).validate(written)
    jsonschema.Draft202012Validator(shape(hint).schema).validate(plain(value))


UNFIT: list[tuple[Any, Any, str]] = [
    (bool, "true", 'it is a boolean, not the string "true"'),
    (bool, 1, "it is a boolean, not the number 1"),
    (int, True, "it is an integer, not the boolean true"),
    (int, 1.5, "it is an integer, not the number 1.5"),
    (int, None, "it is an integer, not nothing"),
    (float, "1", 'it is a number, not the string "1"'),
    (str, 1, "it is a string, not the number 1"),
    (str, ["a"], "it is a string, not a list"),
    (list[int], 1, "it is a list of integers, not the number 1"),
    (list[int], [1, "x"], 'it[1] is an integer, not the string "x"'),
    (tuple[tuple[str, ...], ...], [["a"], "b"], 'it[1] is a list of strings, not the string "b"'),
    (dict[str, int], [], "it is a map of strings to integers, not a list"),
    (dict[str, int], {"a": {}}, "it[a] is an integer, not a map"),
    (Literal["low", "high"], "hihg", 'it is one of low, high, not the string "hihg"; did you mean "high"?'),
    (Literal[1, 2], True, "it is one of 1, 2, not the boolean true"),
    (Literal["low"], ["low"], "it is one of low, not a list"),
    (int | None, "x", 'it is an integer or null, not the string "x"'),
    (list[int] | bool, ["x"], 'it[0] is an integer, not the string "x"'),
]


@pytest.mark.parametrize(("hint", "written", "message"), UNFIT)
def test_values_that_do_not_fit(hint: Any, written: Any, message: str) -> None:
    with pytest.raises(MisfitError) as caught:
        shape(hint).read(from_plain(written), "it")
    assert caught.value.message == message
    assert not jsonschema.Draft202012Validator(shape(hint).schema).is_valid(written)


def test_a_value_that_yaml_reads_otherwise_than_it_looks_is_shown_both_ways() -> None:
    node = Node(None, "", 1, "off")
    with pytest.raises(MisfitError, match=r"^it is a string, not the boolean false \(written off\)$"):
        shape(str).read(node, "it")


def test_names_in_the_config_are_in_camel_case() -> None:
    assert (camel_case("max"), camel_case("max_replicas_per_node")) == ("max", "maxReplicasPerNode")
