"""Rules in CEL against what the API server says of them: whether a CRD may have them, and which resources break them.

`data/cel-rules.jsonl` has a schema and nine specs in its first line, then rules over such a spec. `error` is why the server refuses the rule, `broken` are
the positions of the specs that it refuses. `told` are those of them that can be told without a server where that is not all of them: how floats look
in English, say. Recorded from k8s.io/apiextensions-apiserver v0.37.2: ValidateCustomResourceDefinition, and Validate of
pkg/apiserver/schema/cel.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from k8slint.cel import types
from k8slint.cel.check import check as check_types
from k8slint.cel.syntax import CelError
from k8slint.document import read
from k8slint.nodes import from_plain
from k8slint.schemas import cel
from k8slint.schemas.celrules import expression_violations
from k8slint.schemas.custom import Schema
from k8slint.views import CustomResourceDefinition, Manifest, VersionSchema

FIRST, *CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "cel-rules.jsonl").read_text(encoding="utf-8").splitlines()
]
REFUSED = [case for case in CASES if "error" in case]
TAKEN = [case for case in CASES if "error" not in case]


def name(case: dict[str, Any]) -> str:
    return str(case["rule"])[:60]


def with_rules(*rules: dict[str, Any]) -> dict[str, Any]:
    return {**FIRST["schema"], "x-kubernetes-validations": list(rules)}


def manifest(value: dict[str, Any]) -> Manifest:
    document = read("test.json", json.dumps(value)).documents[0]
    return Manifest(document.resources[0], document)


def violations(rule: str) -> list[str]:
    whole = {"type": "object", "properties": {"spec": with_rules({"rule": rule, "message": "no"})}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": whole}}
    crd = manifest(
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "widgets.shop.example"},
            "spec": {"group": "shop.example", "names": {"kind": "Widget", "plural": "widgets"}, "versions": [version]},
        }
    )
    assert list(crd.views(CustomResourceDefinition))
    return [violation.message for schema in crd.views(VersionSchema) for violation in expression_violations(schema)]


@pytest.mark.parametrize("case", REFUSED, ids=name)
def test_a_rule_that_the_server_refuses(case: dict[str, Any]) -> None:
    assert violations(case["rule"])


@pytest.mark.parametrize("case", TAKEN, ids=name)
def test_a_rule_that_the_server_takes(case: dict[str, Any]) -> None:
    assert violations(case["rule"]) == []


@pytest.mark.parametrize("position", range(len(FIRST["specs"])))
def test_which_rules_a_resource_breaks(position: int) -> None:
    whole = {"type": "object", "properties": {"spec": with_rules(*({"rule": case["rule"]} for case in TAKEN))}}
    widget = manifest(
        {"apiVersion": "shop.example/v1", "kind": "Widget", "metadata": {"name": "x"}, "spec": FIRST["specs"][position]}
    )
    found = {broken.expression for broken in cel.check(widget, Schema(from_plain(whole)))}
    assert found == {case["rule"] for case in TAKEN if position in case.get("told", case["broken"])}


def test_nothing_is_told_that_the_server_does_not_say() -> None:
    assert all(set(case.get("told", ())) <= set(case["broken"]) for case in TAKEN)
    told, broken = (sum(len(case.get(key, case["broken"])) for case in TAKEN) for key in ("told", "broken"))
    assert told > 0.99 * broken


def test_a_reserved_word_is_a_field_as_it_stands_or_escaped() -> None:
    """Since Kubernetes 1.31: k8s.io/apiserver/pkg/cel/types.go, recognizeKeywordAsFieldName."""
    kind = types.of_schema(from_plain({"type": "object", "properties": {"namespace": {"type": "string"}}}))
    assert kind is not None
    for rule in (
        "self.namespace == 'a'",
        "self.__namespace__ == 'a'",
        "has(self.namespace)",
        "self.`namespace` == 'a'",
    ):
        assert check_types(rule, {"self": kind}).type == types.BOOL
    with pytest.raises(CelError, match="undefined field 'package'"):
        check_types("self.package == 'a'", {"self": kind})
