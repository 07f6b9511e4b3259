"""go-yaml's parser in Python against go-yaml's recorded answers, and against libyaml where the two agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from k8slint import dialect
from k8slint.goyaml import GoYamlError, Parser

DATA = Path(__file__).parents[1] / "conformance" / "data"
RECORDED = [
    json.loads(line)
    for name in ("dialect.jsonl", "dialect-more.jsonl")
    for line in (DATA / name).read_text(encoding="utf-8").split("\n")
    if line
]

# What go-yaml says of documents that its parser takes.
WHILE_DECODING = (
    "yaml: cannot decode",
    "yaml: !!binary value",
    "yaml: anchor",
    "yaml: invalid map key",
    "yaml: map merge",
    "json: ",
    "unsupported map key",
)


def documents(text: str) -> list[str]:
    """The documents of a text, each with the line break that kubectl puts at its end."""
    chunks, _ = dialect.split(text)
    pieces = [text[chunk.start : chunk.end] for chunk in chunks]
    return [piece if piece.endswith("\n") else piece + "\n" for piece in pieces]


def run(get: Callable[[], Any]) -> list[tuple[object, ...]]:
    """The events up to the end of the first document, as plain data."""
    events: list[tuple[object, ...]] = []
    while True:
        event = get()
        kind = type(event).__name__.removesuffix("Event")
        place = (event.start_mark.index, event.start_mark.line, event.start_mark.column)
        end = None if kind == "DocumentStart" else event.end_mark.index
        events.append((kind, *place, end, *(getattr(event, name, None) or "" for name in ("anchor", "tag", "value"))))
        if kind in ("DocumentEnd", "StreamEnd"):
            return events


def scalars(text: str) -> list[str]:
    return [str(event[-1]) for event in run(Parser(text).get_event) if event[0] == "Scalar"]


def outcome(text: str) -> str:
    """What kubectl prints of a text that go-yaml refuses; "" for any other."""
    try:
        run(Parser(text).get_event)
    except GoYamlError as refused:
        return f"yaml: {refused}"
    return ""


def refusal(text: str) -> GoYamlError:
    with pytest.raises(GoYamlError) as refused:
        run(Parser(text).get_event)
    return refused.value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[http://a.b/c, d:e]", ["http://a.b/c", "d:e"]),
        ("{image: nginx:1.2}", ["image", "nginx:1.2"]),
        ("{a:1}", ["a:1", ""]),
        ("[a:]", ["a:"]),
        ('a: "it\\\'s"', ["a", "it's"]),
        ("a: 1\n\ufeffb: 2\n", ["a", "1", "\ufeffb", "2"]),
    ],
)
def test_go_yaml_reads_what_libyaml_refuses_or_reads_otherwise(text: str, values: list[str]) -> None:
    assert scalars(text) == values


def test_a_document_ends_where_its_root_does() -> None:
    assert scalars("  a: 1\nb: 2\n") == ["a", "1"]
    assert scalars("a: 1\n...\n'unfinished") == ["a", "1"]
    assert scalars("a\n--- b\n") == ["a"]


def test_an_empty_flow_collection_is_no_key() -> None:
    assert [event[0] for event in run(Parser("[]: x\n").get_event)] == [
        "StreamStart",
        "DocumentStart",
        "SequenceStart",
        "SequenceEnd",
        "DocumentEnd",
    ]


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ('a: "\\/"\n', "found unknown escape character", '\\/"\n'),
        ("a:\n\tb: 1\n", "found character that cannot start any token", "\tb: 1\n"),
        ("a: 1\nb\nc: 2\n", "could not find expected ':'", "c: 2\n"),
        ("a: [1\nb: 2\n", "did not find expected ',' or ']'", ": 2\n"),
        ("a: 1\n - b: 2\n", "mapping values are not allowed in this context", ": 2\n"),
        ("%YAML 1.2\r---\ra: 1\r", "found incompatible YAML document", "%YAML 1.2\r---\ra: 1\r"),
        ("a: !e!x 1\n", "found undefined tag handle", "!e!x 1\n"),
        ("a: 1\nb: \x01\n", "control characters are not allowed", "\x01\n"),
    ],
)
def test_a_refusal_has_a_message_and_a_place(text: str, message: str, at: str) -> None:
    error = refusal(text)
    assert error.message == message
    assert text[error.offset :] == at


def test_go_yaml_counts_lines_in_two_ways() -> None:
    assert str(refusal("a: 1\nb: 'x\n")) == "line 3: found unexpected end of stream"
    assert str(refusal("a: 1\nb: 2\n- c\n")) == "line 2: did not find expected key"
    assert str(refusal("a: - b\n")) == "block sequence entries are not allowed in this context"


def test_a_control_character_far_behind_the_document_is_never_read() -> None:
    assert scalars("a: 1\n...\n" + "# much more\n" * 50 + "\x01\n") == ["a", "1"]
    assert refusal("a: 1\n...\n\x01\n").message == "control characters are not allowed"


@pytest.mark.parametrize("opened", ["[" * 10_001, "- " * 10_001])
def test_depth_is_limited(opened: str) -> None:
    assert refusal(opened).message == "exceeded max depth of 10000"


def test_a_long_plain_scalar_is_read_in_one_go() -> None:
    assert scalars("a: " + "x:y" * 200_000) == ["a", "x:y" * 200_000]


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: repr(case["text"])[:60])
def test_recorded_refusals(case: dict[str, Any]) -> None:
    for text, document in zip(documents(case["text"]), case["documents"], strict=True):
        recorded = document.get("error", "")
        # Unknown anchors are looked for while parsing: they go before errors of syntax further down.
        if not recorded.startswith("yaml: unknown anchor"):
            assert outcome(text) == ("" if recorded.startswith(WHILE_DECODING) else recorded)


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: repr(case["text"])[:60])
def test_libyaml_gives_the_same_events_where_it_is_trusted(case: dict[str, Any]) -> None:
    extension = pytest.importorskip("_ruamel_yaml")
    from ruamel.yaml.error import YAMLError

    for text in documents(case["text"]):
        if dialect.differs(text):
            continue
        try:
            events = run(extension.CParser(text).get_event)
        except YAMLError:
            continue
        # Collections as keys are refused, after which the text is read again.
        if not _has_collection_key(events):
            assert run(Parser(text).get_event) == events


def _has_collection_key(events: list[tuple[object, ...]]) -> bool:
    open_mappings: list[bool] = []
    children: list[int] = []
    for kind, *_ in events:
        starts = kind in ("MappingStart", "SequenceStart")
        if (starts or kind in ("Scalar", "Alias")) and children:
            if starts and open_mappings[-1] and children[-1] % 2 == 0:
                return True
            children[-1] += 1
        if starts:
            open_mappings.append(kind == "MappingStart")
            children.append(0)
        elif kind in ("MappingEnd", "SequenceEnd"):
            open_mappings.pop()
            children.pop()
    return False
