"""How values are shown, and a status that is required although it is dropped."""

import json
from typing import Any

import pytest

from k8slint.api import check_text


def said(schema: dict[str, Any], manifest: dict[str, Any], **version: Any) -> list[str]:
    """What is found in a resource by the schema of its CRD."""
    served = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **version}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.shop.example"},
        "spec": {
            "group": "shop.example",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [served],
        },
    }
    widget = {"apiVersion": "shop.example/v1", "kind": "Widget", "metadata": {"name": "x"}, **manifest}
    found = check_text("\n---\n".join(json.dumps(one) for one in (crd, widget)))
    return [finding.message for finding in found if finding.rule in ("invalid-value", "missing-field")]


@pytest.mark.parametrize(
    ("allowed", "value", "expected"),
    [
        ([None, True, "on"], "off", 'a "off" is not one of null, true or on, so the object is refused'),
        ([1.5, False], "x", 'a "x" is not one of 1.5 or false, so the object is refused'),
        (["", "on"], "off", 'a "off" is not one of on, so the object is refused'),
        ([""], "off", 'a "off" is not empty, as it has to be, so the object is refused'),
    ],
)
def test_values_of_an_enumeration_look_as_in_yaml(allowed: list[Any], value: str, expected: str) -> None:
    schema = {"type": "object", "properties": {"a": {"x-kubernetes-preserve-unknown-fields": True, "enum": allowed}}}
    assert said(schema, {"a": value}) == [expected]


STATUS = {"type": "object", "properties": {"ready": {"type": "boolean"}}}


@pytest.mark.parametrize(
    ("manifest", "subresources", "expected"),
    [
        ({"status": {"ready": True}}, {}, []),
        ({}, {}, ['"status" is missing in a Widget, so the object is refused']),
        (
            {"status": {"ready": True}},
            {"status": {}},
            ["status: the CRD requires it, but it is dropped from a new object, so the object is refused"],
        ),
        ({}, {"status": {}}, ['"status" is missing in a Widget, so the object is refused']),
    ],
)
def test_a_required_status(manifest: dict[str, Any], subresources: dict[str, Any], expected: list[str]) -> None:
    """Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go: PrepareForCreate."""
    schema = {"type": "object", "required": ["status"], "properties": {"status": STATUS}}
    assert said(schema, manifest, subresources=subresources) == expected
    defaulted = {"type": "object", "required": ["status"], "properties": {"status": {**STATUS, "default": {}}}}
    if not manifest:
        assert said(defaulted, manifest, subresources=subresources) == (expected if subresources else [])
