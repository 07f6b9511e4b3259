"""Expressions in CEL against what Kubernetes' own compiler says of them.

`data/cel.jsonl` has a schema in its first line, then expressions over values of it, each with the first line of the error, or the most that
evaluating it can cost. Recorded from k8s.io/apiextensions-apiserver v0.37.2, pkg/apiserver/schema/cel.Compile.
"""

import json
from pathlib import Path

import pytest

from k8slint.cel import types
from k8slint.cel.check import check
from k8slint.cel.cost import estimate
from k8slint.cel.syntax import CelError
from k8slint.nodes import from_plain

FIRST, *CASES = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "cel.jsonl").read_text(encoding="utf-8").splitlines()
]
SELF = types.of_schema(from_plain(FIRST["schema"]))


def outcome(expression: str) -> dict[str, object]:
    assert SELF is not None
    try:
        checked = check(expression, {"self": SELF, "oldSelf": SELF})
    except CelError as error:
        return {"error": error.message}
    if checked.type.kind != "bool":
        return {"error": "cel expression must evaluate to a bool"}
    return {"cost": estimate(checked, SELF)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["expression"][:60])
def test_expression(case: dict[str, object]) -> None:
    found = outcome(str(case["expression"]))
    assert found.keys() == case.keys() - {"expression"}
    if "cost" in case:
        assert found["cost"] == case["cost"]


def test_errors_say_what_the_compiler_says() -> None:
    """The compiler may find several mistakes and begin with another, and has its own names for the types of objects."""
    recorded = [case for case in CASES if "error" in case and "Syntax error" not in str(case["error"])]
    alike = [case for case in recorded if str(outcome(str(case["expression"]))["error"]) in str(case["error"])]
    assert len(alike) > 0.65 * len(recorded)
