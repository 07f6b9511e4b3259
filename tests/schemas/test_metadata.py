"""The metadata of objects against what the API server says of them: of whole objects, and of those that stand within a custom resource.

Each line of `data/metadata.jsonl` has metadata, `refused` with the fields that the server names where it refuses an object with it (none of them where
it cannot even be decoded), and `embedded` where it refuses a resource that such an object stands in. Recorded from k8s.io/apimachinery v0.37.2:
ValidateObjectMeta of pkg/api/validation, with names that are DNS subdomains; k8s.io/apiextensions-apiserver v0.37.2:
pkg/apiserver/schema/objectmeta, CoerceWithOptions and Validate.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from k8slint.api import Claim, Finding, check_text

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
]
EMBEDDING = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.shop.example"},
    "spec": {
        "group": "shop.example",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "template": {
                                "type": "object",
                                "x-kubernetes-embedded-resource": True,
                                "x-kubernetes-preserve-unknown-fields": True,
                            }
                        },
                    }
                },
            }
        ],
    },
}


def name(case: dict[str, Any]) -> str:
    return json.dumps(case["metadata"])[:70]


def refusals(*documents: dict[str, Any]) -> list[Finding]:
    found = check_text("\n---\n".join(json.dumps(one, ensure_ascii=False) for one in documents))
    return [finding for finding in found if finding.claim == Claim.REJECTED]


@pytest.mark.parametrize("case", CASES, ids=name)
def test_metadata_of_an_object(case: dict[str, Any]) -> None:
    found = refusals({"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": case["metadata"]})
    assert bool(found) is ("refused" in case)
    fields = case.get("refused")
    assert not fields or {finding.route for finding in found} & set(fields)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_metadata_within_a_resource(case: dict[str, Any]) -> None:
    held = {"apiVersion": "v1", "kind": "Thing", "metadata": case["metadata"]}
    widget = {"apiVersion": "shop.example/v1", "kind": "Widget", "metadata": {"name": "x"}, "template": held}
    assert bool(refusals(EMBEDDING, widget)) is case.get("embedded", False)


@pytest.mark.parametrize(
    ("size", "refused"),
    [(262_143, False), (262_144, True)],
)
def test_annotations_within_a_resource_have_a_size(size: int, refused: bool) -> None:
    held = {"apiVersion": "v1", "kind": "Thing", "metadata": {"annotations": {"a": "x" * size}}}
    widget = {"apiVersion": "shop.example/v1", "kind": "Widget", "metadata": {"name": "x"}, "template": held}
    assert bool(refusals(EMBEDDING, widget)) is refused


@pytest.mark.parametrize(
    ("kind", "finalizer", "field"),
    [
        ("v1 Pod", "", "metadata.finalizers"),
        ("v1 Pod", "example.com/", "metadata.finalizers"),
        ("v1 Pod", "example.com/a/b", "metadata.finalizers"),
        ("v1 Pod", "x", "metadata.finalizers[0]"),
        ("v1 Pod", "example.com/x", None),
        ("v1 Pod", "foregroundDeletion", None),
        ("v1 Event", "x", None),
        ("example.com/v1 Gadget", "x", None),
    ],
)
def test_finalizers_of_kinds(kind: str, finalizer: str, field: str | None) -> None:
    """Source: k8s.io/kubernetes/pkg/apis/core/validation: ValidateObjectMeta, validateKubeFinalizerName."""
    api_version, _, kind = kind.partition(" ")
    found = refusals({"apiVersion": api_version, "kind": kind, "metadata": {"name": "a", "finalizers": [finalizer]}})
    routes = {finding.route for finding in found if finding.route.startswith("metadata")}
    assert field in routes if field else not routes


@pytest.mark.parametrize(
    ("kind", "refused"),
    [("v1 ConfigMap", True), ("apps/v1 Deployment", False), ("example.com/v1 Gadget", False)],
)
def test_a_negative_generation(kind: str, refused: bool) -> None:
    """Most kinds' generation is set when they are created, whatever it was."""
    api_version, _, kind = kind.partition(" ")
    found = refusals({"apiVersion": api_version, "kind": kind, "metadata": {"name": "a", "generation": -1}})
    assert any(finding.route == "metadata.generation" for finding in found) is refused
