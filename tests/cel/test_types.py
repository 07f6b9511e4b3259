"""The types that schemas make."""

import pytest

from k8slint.cel import types
from k8slint.nodes import from_plain


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("a", "a"),
        ("in", "__in__"),
        ("namespace", "__namespace__"),
        ("a-b", "a__dash__b"),
        ("a.b/c", "a__dot__b__slash__c"),
        ("a__b", "a__underscores__b"),
        ("a___b", "a__underscores___b"),
        ("1a", ""),
        ("a b", ""),
        ("é", ""),
        ("", ""),
    ],
)
def test_names_of_properties(name: str, escaped: str) -> None:
    assert types.escape(name) == escaped


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "integer"}, "int"),
        ({"type": "number"}, "double"),
        ({"type": "string", "format": "date-time"}, "google.protobuf.Timestamp"),
        ({"type": "string", "format": "duration"}, "google.protobuf.Duration"),
        ({"type": "string", "format": "byte"}, "bytes"),
        ({"x-kubernetes-int-or-string": True}, "dyn"),
        ({"type": "array", "items": {"type": "boolean"}}, "list(bool)"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "map(string, string)"),
    ],
)
def test_kinds(schema: dict[str, object], kind: str) -> None:
    assert str(types.of_schema(from_plain(schema))) == kind


@pytest.mark.parametrize(
    "schema",
    [
        {"x-kubernetes-preserve-unknown-fields": True},
        {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}},
        {"type": "array"},
        {"type": "int"},
    ],
)
def test_what_expressions_cannot_see(schema: dict[str, object]) -> None:
    assert types.of_schema(from_plain(schema)) is None


def test_a_whole_resource_has_a_name() -> None:
    kind = types.of_schema(from_plain({"type": "object", "properties": {"spec": {"type": "object"}}}), root=True)
    assert kind is not None
    assert set(kind.fields) == {"apiVersion", "kind", "metadata", "spec"}
    assert set(kind.fields["metadata"].fields) == {"name", "generateName"}
