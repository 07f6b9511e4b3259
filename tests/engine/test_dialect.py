"""What kubectl makes of scalars, keys, bytes and streams. Expectations are go-yaml's and apimachinery's own answers."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import pytest

from k8slint import dialect
from k8slint.api import read_documents
from k8slint.dialect import Chunk, DialectError

DATA = Path(__file__).parents[1] / "conformance" / "data"
RECORDED = [
    json.loads(line)
    for name in ("dialect.jsonl", "dialect-more.jsonl")
    for line in (DATA / name).read_text(encoding="utf-8").split("\n")
    if line
]


def pieces(text: str) -> list[str]:
    return [text[chunk.start : chunk.end] for chunk in dialect.split(text)[0]]


# ---- plain scalars


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("y", True),
        ("Yes", True),
        ("ON", True),
        ("true", True),
        ("N", False),
        ("off", False),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("Null", None),
        ("0644", 420),
        ("0o644", 420),
        ("0O644", 420),
        ("0x1F", 31),
        ("-0b101", -5),
        ("0b-101", -5),
        ("1_000", 1000),
        ("+12", 12),
        ("08", 8.0),
        ("080", 80.0),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        (".1_0", 0.1),
        ("-.5e1", -5.0),
        ("1e-400", 0.0),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("9223372036854775807", 2**63 - 1),
        ("18446744073709551615", 2**64 - 1),
        ("0xffffffffffffffff", 2**64 - 1),
        ("-9223372036854775808", -(2**63)),
    ],
)
def test_a_plain_scalar_is_more_than_its_letters(text: str, value: object) -> None:
    resolved = dialect.resolve(text)
    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "web",
        "yEs",
        "t",
        "None",
        "nan",
        "Inf",
        "22:22",
        "190:20:30",
        "2001-01-01",
        "2001-01-01T00:00:00Z",
        "1.2.3",
        "10.0.0.0/8",
        "0o9",
        "0b12",
        "0x",
        "0x1p4",
        "-0b-1",
        "1e",
        "1e400",
        ".1e400",
        "_1",
        "._1",
        ".1__0",
        "1k",
        "100m",
        "<<",
        "=",
        "1\u00a0",
        "\u0661",
        "-0x8000000000000001",
        "0x1ffffffffffffffff",
    ],
)
def test_a_plain_scalar_is_a_string_where_nothing_else_fits(text: str) -> None:
    assert dialect.resolve(text) == text


def test_not_a_number_is_one_of_yamls_numbers() -> None:
    value = dialect.resolve(".NaN")
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18446744073709551616", 18446744073709552000),
        ("-9223372036854775809", -9223372036854776000),
        ("1.5e17", 150000000000000000),
    ],
)
def test_a_large_float_is_the_whole_number_that_goes_into_the_json(text: str, value: int) -> None:
    assert dialect.resolve(text) == value
    assert isinstance(dialect.resolve(text), int)


def test_from_1e21_on_json_writes_an_exponent() -> None:
    assert isinstance(dialect.resolve("1e21"), float)


# ---- tagged scalars


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("!!str", "1", "1"),
        ("!!str", "", ""),
        ("!!int", "0x1F", 31),
        ("!!float", "1", 1.0),
        ("!!float", "0644", 420.0),
        ("!!bool", "off", False),
        ("!!null", "", None),
        ("!!timestamp", "2001-1-1", "2001-1-1"),
        ("!!timestamp", "2000-02-29T23:59:59,5Z", "2000-02-29T23:59:59,5Z"),
        ("!!timestamp", "2001-01-01   1:2:3", "2001-01-01   1:2:3"),
        ("!!binary", "aGVs\nbG8=", "hello"),
        ("!!binary", "4oI=", "\ufffd\ufffd"),
        ("!!merge", "<<", "<<"),
        ("!!seq", "1", "1"),
        ("!", "1", "1"),
        ("!local", "1", "1"),
    ],
)
def test_a_tag_decides_what_a_scalar_is(tag: str, text: str, value: object) -> None:
    resolved = dialect.resolve_tagged(tag, text, plain=True)
    assert resolved == value
    assert type(resolved) is type(value)
    assert dialect.resolve_tagged(tag.replace("!!", "tag:yaml.org,2002:"), text, plain=False) == value


@pytest.mark.parametrize(
    ("tag", "text", "message"),
    [
        ("!!int", "x", "cannot decode !!str `x` as a !!int"),
        ("!!int", "1.0", "cannot decode !!float `1.0` as a !!int"),
        ("!!int", "", "cannot decode !!null `` as a !!int"),
        ("!!float", "18446744073709551615", "cannot decode !!int `18446744073709551615` as a !!float"),
        ("!!bool", "1", "cannot decode !!int `1` as a !!bool"),
        ("!!null", "x", "cannot decode !!str `x` as a !!null"),
        ("!!timestamp", "2001-02-29", "cannot decode !!str `2001-02-29` as a !!timestamp"),
        ("!!timestamp", "2001-01-01T00:00:00", "cannot decode !!str `2001-01-01T00:00:00` as a !!timestamp"),
        ("!!timestamp", "1", "cannot decode !!int `1` as a !!timestamp"),
        ("!!binary", "aGVsbG8", "!!binary value contains invalid base64 data"),
        ("!!binary", "aGVs====", "!!binary value contains invalid base64 data"),
    ],
)
def test_a_tag_that_does_not_fit_is_refused_in_go_yamls_words(tag: str, text: str, message: str) -> None:
    with pytest.raises(DialectError) as refused:
        dialect.resolve_tagged(tag, text, plain=True)
    assert str(refused.value) == message


# ---- keys


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("on", "true"),
        ("n", "false"),
        ("0x10", "16"),
        ("0644", "420"),
        ("-1", "-1"),
        ("1.0", "1"),
        ("1.50", "1.5"),
        ("100000.0", "100000"),
        ("1000000.0", "1e+06"),
        ("0.0001", "0.0001"),
        ("0.00001", "1e-05"),
        ("16777217.0", "1.6777216e+07"),
        ("18446744073709551616", "1.8446744e+19"),
        ("-0.0", "-0"),
        ("1e39", ".inf"),
        ("-.inf", "-.inf"),
        (".nan", ".nan"),
    ],
)
def test_a_key_that_is_no_string_becomes_one(text: str, key: str) -> None:
    typed = dialect.plain_key(text)
    assert typed is not None
    assert dialect.key_text(typed) == key


@pytest.mark.parametrize("text", ["name", "yEs", "2001-01-01", "1.2.3", "app.kubernetes.io/name", "-", "1e400"])
def test_an_ordinary_key_needs_no_conversion(text: str) -> None:
    assert dialect.plain_key(text) is None


def test_the_merge_key_is_no_key() -> None:
    assert dialect.plain_key("<<") is dialect.MERGE
    assert dialect.plain_key("<<x") is None


@pytest.mark.parametrize("text", ["", "~", "null"])
def test_null_cannot_be_a_key(text: str) -> None:
    typed = dialect.plain_key(text)
    assert typed is dialect.NULL
    with pytest.raises(DialectError, match="unsupported map key of type: null"):
        dialect.key_text(typed)


def test_marks_are_equal_to_nothing_else() -> None:
    assert dialect.MERGE != "<<"
    assert dialect.NULL != "null"
    assert dialect.key_text("null") == "null"


def test_a_key_beyond_int64_is_refused() -> None:
    assert dialect.key_text(2**63 - 1) == "9223372036854775807"
    with pytest.raises(DialectError, match="unsupported map key of type: uint64, key: 0x8000000000000000"):
        dialect.key_text(2**63)


# ---- what JSON cannot carry


def test_json_has_no_infinity() -> None:
    assert dialect.json_error(math.inf) == "json: unsupported value: +Inf"
    assert dialect.json_error(-math.inf) == "json: unsupported value: -Inf"
    assert dialect.json_error(math.nan) == "json: unsupported value: NaN"
    assert [dialect.json_error(value) for value in (1.5, 1, True, None, ".inf")] == [None] * 5


# ---- aliases


@pytest.mark.parametrize(
    ("aliased", "decoded", "exceeded"),
    [
        (100, 100, False),
        (990, 1000, False),
        (990, 1001, False),
        (991, 1001, True),
        (396_001, 400_001, True),
        (395_000, 400_001, False),
        (400_000, 4_000_000, False),
        (400_001, 4_000_000, True),
    ],
)
def test_a_document_may_not_be_aliases_only(aliased: int, decoded: int, exceeded: bool) -> None:
    assert dialect.alias_ratio_exceeded(aliased, decoded) is exceeded


# ---- characters and bytes


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("a: \x7f", 3),
        ("\x00", 0),
        ("a: \x1b[0m", 3),
        ("é: \x80", 3),
        ("é\ufffe", 1),
        ("\ud800", 0),
        ("a: 1\t\r\n", None),
        ("é\x85\u2028\ufeff\U0010ffff", None),
    ],
)
def test_control_characters_are_found(text: str, offset: int | None) -> None:
    assert dialect.control_character(text) == offset


@pytest.mark.parametrize(
    "data",
    [
        "a: é\n".encode(),
        b"\xef\xbb\xbf" + "a: é\n".encode(),
        b"\xff\xfe" + "a: é\n".encode("utf-16-le"),
        b"\xfe\xff" + "a: é\n".encode("utf-16-be"),
    ],
)
def test_a_byte_order_mark_says_how_a_file_is_written(data: bytes) -> None:
    assert dialect.decode(data) == ("a: é\n", None)


def test_only_one_byte_order_mark_is_taken_off() -> None:
    assert dialect.decode(b"\xef\xbb\xbf\xef\xbb\xbfa") == ("\ufeffa", None)


@pytest.mark.parametrize(
    ("data", "text", "complaint"),
    [
        (b"a: \xff\n", "a: \ufffd\n", "byte 3 (0xff) is not UTF-8; kubectl reads U+FFFD in its place"),
        (b"a: \xe2\x82\n", "a: \ufffd\n", "byte 3 (0xe2) is not UTF-8; kubectl reads U+FFFD in its place"),
        (b"\xff\xfea\x00\x00\xdc", "a\ufffd", "byte 4 (0x00) is not UTF-16; kubectl reads U+FFFD in its place"),
        (b"\xef\xbb\xbfa\xff", "a\ufffd", "byte 4 (0xff) is not UTF-8; kubectl refuses it"),
    ],
)
def test_bytes_that_are_no_text_are_complained_of(data: bytes, text: str, complaint: str) -> None:
    assert dialect.decode(data) == (text, complaint)


# ---- streams


def test_separators_stand_between_documents() -> None:
    assert pieces("a: 1\n---\nb: 2\n") == ["a: 1\n", "b: 2\n"]
    assert pieces("a: 1\n--- # next\nb: 2\n") == ["a: 1\n", "b: 2\n"]
    assert pieces("a: 1\r\n---\r\nb: 2\r\n") == ["a: 1\r\n", "b: 2\r\n"]
    assert pieces("a: 1\n---") == ["a: 1\n"]


def test_a_separator_with_nothing_before_it_opens_its_document() -> None:
    assert pieces("---\na: 1\n") == ["---\na: 1\n"]
    assert pieces("---\n---\n---\na: 1\n") == ["---\n", "---\na: 1\n"]
    assert pieces("a: 1\n---\n---\nb: 2\n") == ["a: 1\n", "---\nb: 2\n"]


def test_a_document_of_comments_is_one_and_of_white_space_none() -> None:
    assert pieces("# c\n---\n# d\n") == ["# c\n", "# d\n"]
    assert pieces("\n \t\n---\n\u00a0\n") == []
    assert pieces("") == []


def test_kubectl_splits_inside_block_scalars_and_quotes() -> None:
    assert pieces("a: |\n  x\n---\n  y\n") == ["a: |\n  x\n", "  y\n"]
    assert pieces("a: '\n---\n'\n") == ["a: '\n", "'\n"]
    assert pieces("a: |\n  ---\n  x\n") == ["a: |\n  ---\n  x\n"]


def test_the_end_of_a_document_is_no_separator() -> None:
    assert pieces("a: 1\n...\nb: 2\n") == ["a: 1\n...\nb: 2\n"]


@pytest.mark.parametrize(
    ("text", "kept", "message", "offset"),
    [
        ("a: 1\n---\nb: 2\n---c\nd: 4\n", ["a: 1\n"], "invalid Yaml document separator: c", 14),
        ("a: 1\n----\nb: 2\n", [], "invalid Yaml document separator: -", 5),
        ("--- |\n  x\n", [], "invalid Yaml document separator: |", 0),
        ("a: 1\n---\n---x", ["a: 1\n"], "invalid Yaml document separator: x", 9),
    ],
)
def test_a_malformed_separator_loses_the_document_before_it(
    text: str, kept: list[str], message: str, offset: int
) -> None:
    _, stopped = dialect.split(text)
    assert pieces(text) == kept
    assert stopped == dialect.SplitError(message, offset)


def test_each_document_may_have_a_byte_order_mark() -> None:
    assert pieces("\ufeffa: 1\n---\n\ufeffb: 2\n") == ["a: 1\n", "b: 2\n"]


def test_json_values_follow_each_other() -> None:
    assert dialect.split('{"a": 1}\n') == ([Chunk(0, 8, json=True)], None)
    assert pieces('{"a": 1}{"b": 2}\n {"c": [3]}\n') == ['{"a": 1}', '{"b": 2}', '{"c": [3]}']


def test_what_follows_one_json_value_may_be_yaml() -> None:
    assert pieces('{"a": 1}\n---\nb: 2\n---\n{"c": 3}\n') == ['{"a": 1}', "---\nb: 2\n", '{"c": 3}\n']
    chunks, _ = dialect.split('{"a": 1} # done\n')
    assert [chunk.json for chunk in chunks] == [True, False]


def test_a_brace_may_begin_yaml() -> None:
    assert pieces("{a: 1}\n---\nb: 2\n") == ["{a: 1}\n", "b: 2\n"]
    assert pieces(' \n{"a": NaN}\n') == ['{"a": NaN}\n']


def test_after_two_json_values_kubectl_expects_another() -> None:
    chunks, stopped = dialect.split('{"a": 1}\n{"b": 2}\n---\nc: 3\n')
    assert len(chunks) == 2
    assert stopped == dialect.SplitError("found what is neither JSON nor YAML", 18)


# (text, documents read before an error, whether there is one), as YAMLOrJSONDecoder of k8s.io/apimachinery v0.37.2 has them.
BRACES = [
    ("{a: 1}\n", [{"a": 1}], False),
    (' \n\t{"a": 1}', [{"a": 1}], False),
    ('{"a": 1,}\n', [{"a": 1}], False),
    ('{\n"a": 1 # one\n}\n', [{"a": 1}], False),
    ('# top\n{"a": 1}\n', [{"a": 1}], False),
    ('{"a": 1, // one\n"b": 2}\n', [], True),
    ('{"a": 1 /* one */}\n', [{"a": "1 /* one */"}], False),
    ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}], False),
    ('{"a": 1}\n{b: 2}\n', [{"a": 1}, {"b": 2}], False),
    # The other is lost without a word.
    ('{a: 1}\n{"b": 2}\n', [{"a": 1}], False),
    ('{"a": 1},\n{"b": 2}\n', [{"a": 1}], True),
    ('{"a": 1}\n---\nb: 2\n', [{"a": 1}, {"b": 2}], False),
    ('{"a": 1}\n---\n{"b": 2}\n---\n{"c": 3}\n', [{"a": 1}, {"b": 2}, {"c": 3}], False),
    ('{"a": 1}{"b": 2}\n---\nc: 3\n', [{"a": 1}, {"b": 2}], True),
    ('{"a": 1}\nb: 2\n', [{"a": 1}, {"b": 2}], False),
    ('{"a": 1}}\n', [{"a": 1}], True),
    ('{"a": "b\tc"}\n', [{"a": "b\tc"}], False),
    ("{'a': 1}\n", [{"a": 1}], False),
    ('{"a":1}\n', [{"a": 1}], False),
    ("{a:1}\n", [{"a:1": None}], False),
    ('[{"a": 1}]\n', [[{"a": 1}]], False),
]


@pytest.mark.parametrize(("text", "documents", "fails"), BRACES)
def test_what_begins_with_a_brace_is_read_as_kubectl_reads_it(text: str, documents: list[object], fails: bool) -> None:
    read = read_documents(text)
    good = list(itertools.takewhile(lambda document: document.error is None, read))
    assert [document.value for document in good if document.value is not None] == documents
    assert (len(good) < len(read)) is fails


def test_deep_json_is_no_reason_to_crash() -> None:
    assert len(dialect.split("{" + '"a":{' * 100_000)[0]) == 1


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: repr(case["text"])[:60])
def test_recorded_streams_have_their_documents(case: dict[str, object]) -> None:
    text = str(case["text"])
    chunks, stopped = dialect.split(text)
    assert len(chunks) == len(case["documents"])  # type: ignore[arg-type]
    assert (stopped.message if stopped else None) == case.get("error")


# ---- libyaml and go-yaml


@pytest.mark.parametrize("text", ['a: "\\/"\n', "a: 1\n\ufeffb: 2\n", "%YAML 1.2\r---\ra: 1\r"])
def test_libyaml_is_not_trusted_with_a_few_texts(text: str) -> None:
    assert dialect.differs(text)


def test_libyaml_is_trusted_with_most() -> None:
    assert not dialect.differs("apiVersion: v1\nkind: ConfigMap\ndata:\n  url: http://example.com/ # é\n")
