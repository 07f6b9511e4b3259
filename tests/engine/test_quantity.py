"""Resource quantities; the answers are those of k8s.io/apimachinery v0.37's ParseQuantity."""

import pytest

from k8slint import quantity
from k8slint.quantity import MILLI, UNIT


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1", UNIT),
        ("0", 0),
        ("500m", UNIT // 2),
        ("1.5", 3 * UNIT // 2),
        (".5", UNIT // 2),
        ("1.", UNIT),
        ("+1", UNIT),
        ("-1", -UNIT),
        ("00012", 12 * UNIT),
        ("1k", 1000 * UNIT),
        ("1Ki", 1024 * UNIT),
        ("1.5Gi", 3 * 2**29 * UNIT),
        ("1.Gi", 2**30 * UNIT),
        ("1E", 10**18 * UNIT),
        ("1E3", 1000 * UNIT),
        ("1e-3", MILLI),
        ("1e+3", 1000 * UNIT),
        ("1n", 1),
    ],
)
def test_reads_what_the_server_reads(text: str, amount: int) -> None:
    assert quantity.parse(text) == amount


@pytest.mark.parametrize(("text", "amount"), [("0.1n", 1), ("-0.1n", -1), ("1e-30", 1), ("0.0000000001", 1)])
def test_the_finest_amount_is_a_thousand_millionth(text: str, amount: int) -> None:
    assert quantity.parse(text) == amount


def test_binary_amounts_are_capped() -> None:
    assert quantity.parse("9223372036854775807Ki") == (2**63 - 1) * UNIT
    assert quantity.parse("9223372036854775807k") == (2**63 - 1) * 1000 * UNIT


@pytest.mark.parametrize("text", ["m", ".m", ".", "+", "-", "Gi", "n"])
def test_a_bare_suffix_or_sign_is_nothing_of_it(text: str) -> None:
    assert quantity.parse(text) == 0


@pytest.mark.parametrize("text", ["Ei", "Pi", ".Ei", "e-91"])
def test_some_bare_suffixes_are_too_large_or_small_to_be_nothing(text: str) -> None:
    with pytest.raises(quantity.QuantityError, match="numeric part"):
        quantity.parse(text)


@pytest.mark.parametrize("text", ["1K", "1ki", "1m1", "1e", "1e99999999999999999999", "1Mim"])
def test_refuses_suffixes(text: str) -> None:
    with pytest.raises(quantity.QuantityError):
        quantity.parse(text)


@pytest.mark.parametrize(
    "text", ["", " ", "1GB", "1gi", "1 Gi", "1,5", "lots", "1.2.3", "0x10", "NaN", "1_000", "\u0661"]
)
def test_refuses_what_has_not_the_form(text: str) -> None:
    with pytest.raises(quantity.QuantityError, match="regular expression"):
        quantity.parse(text)


def test_a_huge_exponent_is_some_huge_amount() -> None:
    assert quantity.parse("1e5000") > quantity.parse("9E")
    assert quantity.parse("1e-5000") == 1


@pytest.mark.parametrize(
    ("value", "amount"),
    [(1, UNIT), (0.5, UNIT // 2), (1e-7, 100), ("1Gi", 2**30 * UNIT), (" 1 ", UNIT)],
)
def test_amounts_of_yaml_values(value: object, amount: int) -> None:
    assert quantity.amount(value) == amount


@pytest.mark.parametrize("value", [None, True, [], {}, "1GB", float("inf"), float("nan")])
def test_what_is_no_quantity_has_no_amount(value: object) -> None:
    assert quantity.amount(value) is None


def test_thousandths_are_rounded_up() -> None:
    assert quantity.milli(quantity.parse("1500u")) == 2
    assert quantity.milli(quantity.parse("2")) == 2000


@pytest.mark.parametrize("text", ["500m", "2", "0", "1500m", "250u", "3n", "-1"])
def test_shows_amounts_as_people_write_them(text: str) -> None:
    assert quantity.show(quantity.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "shown"), [("1024Mi", "1Gi"), ("1536Mi", "1536Mi"), ("1000", "1000"), ("100m", "100m")]
)
def test_shows_bytes_in_binary_where_they_come_out_even(text: str, shown: str) -> None:
    assert quantity.show(quantity.parse(text), binary=True) == shown
