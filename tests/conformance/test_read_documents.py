"""`read_documents` against go-yaml's and apimachinery's own recorded answers.

Each case is a text with, for each document, its value as JSON, the error, and what a strict reader says of keys given twice; where the stream itself
ends with an error (a separator that is none), that error is the last document's.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from k8slint import nodes
from k8slint.api import read_documents

DATA = Path(__file__).parent / "data"
CASES: list[dict[str, Any]] = [
    json.loads(line)
    for name in ("dialect.jsonl", "dialect-more.jsonl")
    for line in (DATA / name).read_text(encoding="utf-8").split("\n")
    if line
]


def comparable(value: Any) -> Any:
    """A value in which `true`, `1` and `"1"` differ, and `1` and `1.0`, which JSON does not tell apart, do not."""
    match value:
        case dict():
            return {key: comparable(child) for key, child in value.items()}
        case list():
            return [comparable(child) for child in value]
        case bool() | None | str():
            return (type(value).__name__, value)
        case _:
            return ("number", float(value) if abs(value) < 2**53 else value)


@pytest.fixture(params=["with the C parser", "without"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without":
        monkeypatch.setattr(nodes, "FAST", False)


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["text"])[:60])
def test_documents_are_read_as_kubectl_reads_them(case: dict[str, Any]) -> None:
    documents = read_documents(case["text"])
    expected = case["documents"] + ([{"error": case["error"]}] if "error" in case else [])
    assert len(documents) == len(expected)
    for document, recorded in zip(documents, expected, strict=True):
        if "error" in recorded:
            assert document.error
            assert (document.value, document.node) == (None, None)
            continue
        assert document.error is None
        assert comparable(document.value) == comparable(recorded["json"])
        assert _keys_given_twice(document.strict_errors) == _keys_given_twice([recorded.get("strict_error", "")])


def _keys_given_twice(errors: list[str]) -> list[str]:
    """Keys by name, in whatever order they are met. Go quotes only those that were strings before they became keys."""
    keys = [key.strip('"') for error in errors for key in re.findall(r"key (.*) already set in map", error)]
    return sorted(keys)
