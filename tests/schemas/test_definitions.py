"""Schemas of CRDs against what the API server says of them: structure, list and map types, conditions, defaults, and the form of rules in CEL.

Each line of `data/schemas.jsonl` has the schema of a field `p` of the spec. Where the server refuses the CRD, `fields` are those that it names, below the
schema of `p` (a slash in front: below the whole schema), or `error` says that it cannot even decode it. Recorded from k8s.io/apiextensions-apiserver
v0.37.2, pkg/apis/apiextensions/validation: ValidateCustomResourceDefinition.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from k8slint.api import Claim, Finding, check_text

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "schemas.jsonl").read_text(encoding="utf-8").splitlines()
]
WHOLE = "spec.validation.openAPIV3Schema"
"""Where the server says that the schema is which all versions share."""


def refused(whole: dict[str, Any]) -> list[Finding]:
    """What is refused of a CRD with a schema."""
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.shop.example"},
        "spec": {
            "group": "shop.example",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": whole}}],
        },
    }
    return [finding for finding in check_text(json.dumps(crd)) if finding.claim == Claim.REJECTED]


def with_field(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"spec": {"type": "object", "properties": {"p": schema}}}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["schema"])[:90])
def test_a_schema(case: dict[str, Any]) -> None:
    found = {
        finding.route.replace("spec.versions[0].schema.openAPIV3Schema", WHOLE)
        for finding in refused(with_field(case["schema"]))
    }
    assert bool(found) == ("fields" in case or "error" in case)
    if "fields" in case:
        start = f"{WHOLE}.properties[spec].properties[p]"
        named = {
            WHOLE + field[1:] if field.startswith("/") else start if not field else f"{start}.{field}"
            for field in case["fields"]
        }
        assert found & named


def test_only_conditions_of_the_root_have_to_speak_of_what_is_there() -> None:
    """Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/complete.go, which does not go down the structure."""
    condition = {"properties": {"zone": {"minLength": 1}}}
    assert (
        refused(with_field({"type": "object", "properties": {"size": {"type": "integer"}}, "anyOf": [condition]})) == []
    )
    (finding,) = refused({**with_field({"type": "string"}), "anyOf": [condition]})
    assert finding.rule == "crd-not-structural"


def test_old_values_are_told_apart_in_atomic_maps_too() -> None:
    """Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go: MapIsCorrelatable."""
    size = {"type": "integer", "x-kubernetes-validations": [{"rule": "self >= oldSelf", "message": "it only grows"}]}
    assert (
        refused(with_field({"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"size": size}})) == []
    )
    (finding,) = refused(with_field({"type": "array", "maxItems": 3, "items": size}))
    assert "oldSelf cannot be told apart" in finding.message


@pytest.mark.parametrize(("default", "taken"), [("80%", True), (1, True), (1.5, True), ("b", False)])
def test_defaults_of_what_is_an_integer_or_a_string(default: object, taken: bool) -> None:
    """Its type is not looked at, but what else there is to it."""
    schema = {"x-kubernetes-int-or-string": True, "pattern": r"^\d+%$", "default": default}
    assert (refused(with_field(schema)) == []) is taken
