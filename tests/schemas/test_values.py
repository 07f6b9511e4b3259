"""Values of custom resources against what the API server says of them: types, bounds, patterns, formats, lists, junctors, defaults, embedded objects.

Each line of `data/values.jsonl` has a schema, a value, and the error where the server refuses the value. Recorded from
k8s.io/apiextensions-apiserver v0.37.2: pruning, defaulting, ValidateCustomResource, ValidateListSetsAndMaps and the checks of embedded metadata.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from k8slint.api import Claim, Finding, check_text

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "values.jsonl").read_text(encoding="utf-8").splitlines()
]


def findings(schema: dict[str, Any], spec: dict[str, Any]) -> list[Finding]:
    """What is refused of a resource with a spec of a schema."""
    whole = {"type": "object", "properties": {"spec": schema}}
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
    widget = {"apiVersion": "shop.example/v1", "kind": "Widget", "metadata": {"name": "x"}, "spec": spec}
    text = "\n---\n".join(json.dumps(one, ensure_ascii=False) for one in (crd, widget))
    found = check_text(text, config={"rules": {"crd-default-invalid": "off"}})
    return [finding for finding in found if finding.claim == Claim.REJECTED]


@cache
def refused() -> dict[int, list[str]]:
    """What is said of the values, by position of the case: all of them are fields of one resource."""
    properties = {f"p{position}": case["schema"] for position, case in enumerate(CASES)}
    spec = {f"p{position}": case["value"] for position, case in enumerate(CASES)}
    found: dict[int, list[str]] = {}
    for finding in findings({"type": "object", "properties": properties}, spec):
        name = finding.route.removeprefix("spec.p").partition(".")[0].partition("[")[0]
        found.setdefault(int(name), []).append(finding.message)
    return found


def name(position: int) -> str:
    case = CASES[position]
    return json.dumps([case["schema"], case["value"]])[:90]


@pytest.mark.parametrize("position", range(len(CASES)), ids=name)
def test_a_value(position: int) -> None:
    assert bool(refused().get(position)) == ("error" in CASES[position])


def test_a_price_is_a_multiple_of_a_cent() -> None:
    """19.99 / 0.01 is 1998.9999999999998 to a computer: go-openapi/swag/conv, IsFloat64AJSONInteger."""
    cents = {"type": "object", "properties": {"price": {"type": "number", "multipleOf": 0.01}}}
    assert findings(cents, {"price": 19.99}) == []
    (finding,) = findings(cents, {"price": 19.995})
    assert (finding.rule, finding.route) == ("invalid-value", "spec.price")


def test_nothing_but_empty_is_allowed() -> None:
    (finding,) = findings(
        {"type": "object", "properties": {"mode": {"type": "string", "enum": [""]}}}, {"mode": "fast"}
    )
    assert finding.message == 'mode "fast" is not empty, as it has to be, so the object is refused'


def test_maps_are_compared_with_the_values_of_an_enumeration_as_a_whole() -> None:
    size = {
        "type": "object",
        "properties": {"cpu": {"type": "integer"}, "memory": {"type": "string", "default": "1Gi"}},
        "enum": [{"cpu": 1, "memory": "1Gi"}],
    }
    schema = {"type": "object", "properties": {"size": size}}
    assert findings(schema, {"size": {"cpu": 1, "memory": "1Gi"}}) == []
    assert findings(schema, {"size": {"cpu": 1}}) == [], "the default makes it whole"
    (finding,) = findings(schema, {"size": {"cpu": 2}})
    assert (finding.rule, finding.route) == ("invalid-value", "spec.size")


@pytest.mark.parametrize("schema", ["What it is for", '{"type": "object"}', ["object"], 7])
def test_what_is_no_schema_says_nothing_of_values(schema: object) -> None:
    whole: Any = schema
    found = check_text(
        "\n---\n".join(
            json.dumps(one)
            for one in (
                {
                    "apiVersion": "apiextensions.k8s.io/v1",
                    "kind": "CustomResourceDefinition",
                    "metadata": {"name": "widgets.shop.example"},
                    "spec": {
                        "group": "shop.example",
                        "scope": "Namespaced",
                        "names": {"kind": "Widget", "plural": "widgets"},
                        "versions": [
                            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": whole}}
                        ],
                    },
                },
                {"apiVersion": "shop.example/v1", "kind": "Widget", "metadata": {"name": "x"}, "spec": {"size": 1}},
            )
        )
    )
    assert {finding.rule for finding in found if finding.line == 1} >= {"wrong-type"}
    assert not [finding for finding in found if finding.line > 1 and finding.claim == Claim.REJECTED]
