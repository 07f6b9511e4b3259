from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from k8slint.finding import Claim, Edit, Finding, Fix, Related, Resource, Skipped
from k8slint.report.base import Style
from k8slint.report.json import report
from k8slint.run import Run

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "output.schema.json").read_text("utf-8"))
TEXT = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: '2'\n"


@pytest.fixture
def full(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> Run:
    """A run in which every key has something to say."""
    return run_of(
        finding(
            "'2'",
            in_=TEXT,
            message="replicas is a string",
            route="spec.replicas",
            resource=Resource("apps/v1", "Deployment", "shop", "web"),
            fix=Fix("Remove the quotes", safe=True, edits=(Edit("web.yaml", 53, 56, "2"),)),
            related=(Related("other.yaml", 3, 5, "the first"),),
            url="https://k8slint.dev/rules/wrong-type",
            source="chart/templates/web.yaml",
        ),
        finding("kind", in_=TEXT, rule="yaml-syntax", message='a "quoted"\nand \udcff message', resource=None),
        finding("spec", in_=TEXT, claim=Claim.UNINTENDED),
        text=TEXT,
        files=9,
        documents=20,
        skipped=[Skipped("chart/templates/web.yaml", "unrendered-template")],
    )


def test_the_keys_are_the_contract(full: Run) -> None:
    output = json.loads(report(full, Style()))

    assert output["version"] == 1
    assert output["findings"][0] == {
        "rule": "wrong-type",
        "claim": "rejected",
        "severity": "error",
        "message": "replicas is a string",
        "path": "web.yaml",
        "line": 4,
        "column": 13,
        "endLine": 4,
        "endColumn": 16,
        "route": "spec.replicas",
        "resource": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"},
        "fix": {
            "title": "Remove the quotes",
            "safe": True,
            "edits": [{"path": "web.yaml", "start": 53, "end": 56, "text": "2"}],
        },
        "related": [{"path": "other.yaml", "line": 3, "column": 5, "message": "the first"}],
        "url": "https://k8slint.dev/rules/wrong-type",
    }
    assert output["skipped"] == [{"path": "chart/templates/web.yaml", "reason": "unrendered-template"}]
    assert output["summary"] == {"files": 9, "documents": 20, "errors": 2, "warnings": 1, "infos": 0, "skipped": 1}


def test_what_is_not_known_is_null_and_not_left_out(full: Run) -> None:
    bare = json.loads(report(full, Style()))["findings"][1]

    assert bare["resource"] is None
    assert bare["fix"] is None
    assert bare["related"] == []


def test_output_is_what_its_schema_says(full: Run, run_of: Callable[..., Run]) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)

    validator.validate(json.loads(report(full, Style())))
    validator.validate(json.loads(report(run_of(), Style())))


def test_the_schema_names_exactly_the_keys_there_are(full: Run) -> None:
    """A key that is added to the output has to be described, and one that is described has to be there."""
    output = json.loads(report(full, Style()))
    found = output["findings"][0]
    for name, value in {
        "finding": found,
        "edit": found["fix"]["edits"][0],
        "related": found["related"][0],
        "skipped": output["skipped"][0],
        "summary": output["summary"],
    }.items():
        definition = SCHEMA["$defs"][name]
        assert set(value) == set(definition["properties"]) == set(definition["required"]), name
    assert set(output) == set(SCHEMA["properties"]) == set(SCHEMA["required"])
    properties = SCHEMA["$defs"]["finding"]["properties"]
    for name in ("resource", "fix"):
        assert set(found[name]) == set(properties[name]["properties"]) == set(properties[name]["required"]), name


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("version",), 2),
        (("findings", 0, "claim"), "maybe"),
        (("findings", 0, "severity"), "off"),
        (("findings", 0, "line"), 0),
        (("findings", 0, "fix", "edits"), []),
        (("findings", 0, "resource", "name"), None),
    ],
)
def test_the_schema_refuses_what_is_not_the_contract(full: Run, path: tuple[str | int, ...], wrong: object) -> None:
    output = json.loads(report(full, Style()))
    *route, last = path
    at: Any = output
    for step in route:
        at = at[step]
    at[last] = wrong

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(output)


def test_each_finding_has_a_line_of_its_own(full: Run) -> None:
    lines = report(full, Style()).splitlines()

    assert sum('"rule": ' in line for line in lines) == len(full.findings)
    assert all(line.isascii() for line in lines)
