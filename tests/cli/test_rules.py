from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result

from k8slint.config import PRESETS

K8slint = Callable[..., Result]

KEYS = ["id", "group", "claim", "severity", "preset", "fixable", "since", "summary"]


def listed(k8slint: K8slint, *arguments: str) -> list[dict[str, str]]:
    result = k8slint("rules", "--format", "json", *arguments)
    assert result.exit_code == 0
    rules: list[dict[str, str]] = json.loads(result.stdout)
    return rules


def test_json_has_these_keys_and_values(k8slint: K8slint) -> None:
    rules = listed(k8slint)

    assert all(list(rule) == KEYS for rule in rules)
    assert {rule["claim"] for rule in rules} <= {"rejected", "broken", "unintended", "advice"}
    assert {rule["severity"] for rule in rules} <= {"off", "info", "warning", "error"}
    assert {rule["preset"] for rule in rules} <= set(PRESETS)
    assert {rule["fixable"] for rule in rules} <= {"", "safe", "unsafe"}
    assert [(rule["group"], rule["id"]) for rule in rules] == sorted((rule["group"], rule["id"]) for rule in rules)
    (limits,) = [rule for rule in rules if rule["id"] == "limits-without-requests"]
    assert limits == {
        "id": "limits-without-requests",
        "group": "resources",
        "claim": "unintended",
        "severity": "warning",
        "preset": "recommended",
        "fixable": "safe",
        "since": "0.1",
        "summary": "A container sets a limit but no request for the same resource.",
    }


def test_severity_is_off_exactly_where_only_strict_turns_a_rule_on(k8slint: K8slint) -> None:
    assert all((rule["severity"] == "off") == (rule["preset"] == "strict") for rule in listed(k8slint))


def test_filters_narrow_the_list(k8slint: K8slint) -> None:
    every = listed(k8slint)

    assert listed(k8slint, "--group", "source") == [rule for rule in every if rule["group"] == "source"]
    assert listed(k8slint, "--fixable") == [rule for rule in every if rule["fixable"]]
    assert listed(k8slint, "--preset", "strict") == every
    assert listed(k8slint, "--preset", "essential") == [rule for rule in every if rule["preset"] == "essential"]
    both = listed(k8slint, "--preset", "recommended", "--group", "resources")
    assert both == [rule for rule in every if rule["group"] == "resources" and rule["preset"] != "strict"]


def test_the_table_has_a_line_for_each_rule_below_its_group(k8slint: K8slint) -> None:
    lines = k8slint("rules", "--group", "resources").stdout.splitlines()

    assert lines[0] == "resources"
    (line,) = [line for line in lines if line.startswith("  limits-without-requests ")]
    assert line.split(maxsplit=3)[1:] == [
        "warning",
        "[*]",
        "A container sets a limit but no request for the same resource.",
    ]


def test_nothing_that_fits_is_said(k8slint: K8slint) -> None:
    assert listed(k8slint, "--group", "source", "--preset", "essential", "--fixable") == []
    assert k8slint("rules", "--group", "source", "--preset", "essential", "--fixable").stdout == "No such rules\n"


@pytest.mark.parametrize("arguments", [("--group", "nope"), ("--preset", "nope"), ("--format", "xml")])
def test_what_is_not_there_is_bad_usage(k8slint: K8slint, arguments: tuple[str, str]) -> None:
    assert k8slint("rules", *arguments).exit_code == 2


def test_an_unknown_group_comes_with_those_there_are(k8slint: K8slint) -> None:
    assert "No group is named 'nope'. There are: " in k8slint("rules", "--group", "nope").stderr
