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


def test_filters_of_one_kind_widen_it_again(k8slint: K8slint) -> None:
    every = listed(k8slint)

    two = listed(k8slint, "--group", "source", "--group", "ports")
    assert two == [rule for rule in every if rule["group"] in ("source", "ports")]
    assert {rule["group"] for rule in two} == {"source", "ports"}
    for severity in ("error", "warning", "info", "off"):
        found = listed(k8slint, "--severity", severity)
        assert found == [rule for rule in every if rule["severity"] == severity]
    assert listed(k8slint, "--severity", "error", "--severity", "off") == [
        rule for rule in every if rule["severity"] in ("error", "off")
    ]


def test_words_search(k8slint: K8slint) -> None:
    every = listed(k8slint)

    probes = listed(k8slint, "Probe")
    assert probes
    assert probes == [rule for rule in every if "probe" in f"{rule['id']} {rule['group']} {rule['summary']}".lower()]
    assert "limits-without-requests" in [rule["id"] for rule in listed(k8slint, "limits", "request", "resources")]
    assert listed(k8slint, "without requests")[0]["id"] == "limits-without-requests"
    assert listed(k8slint, "limits", "no-such-word") == []


def test_a_word_that_is_a_group_is_that_group(k8slint: K8slint) -> None:
    every = listed(k8slint)

    assert listed(k8slint, "volumes") == listed(k8slint, "--group", "volumes")
    # Others speak of them as well: that is another word.
    assert len(listed(k8slint, "volume")) > len(listed(k8slint, "volumes"))
    assert listed(k8slint, "volumes", "mount") == [
        rule for rule in every if rule["group"] == "volumes" and "mount" in f"{rule['id']} {rule['summary']}".lower()
    ]


def test_the_table_has_a_line_for_each_rule_below_its_group(k8slint: K8slint) -> None:
    lines = k8slint("rules", "--group", "resources").stdout.splitlines()

    assert lines[0].split() == ["rule", "severity", "preset", "fix", "summary"]
    assert lines[2] == "resources"
    (line,) = [line for line in lines if line.startswith("  limits-without-requests ")]
    assert line.split(maxsplit=4)[1:] == [
        "warning",
        "recommended",
        "[*]",
        "A container sets a limit but no request for the same resource.",
    ]
    # Columns stand below their heads.
    rules = [line for line in lines[3:] if line.startswith("  ")]
    for head in ("severity", "preset", "fix", "summary"):
        column = lines[0].index(head)
        assert all(line[column - 1] == " " and line[column - 2] == " " for line in rules)


def test_on_a_terminal_it_is_as_wide_as_that(k8slint: K8slint, monkeypatch: pytest.MonkeyPatch) -> None:
    assert max(map(len, k8slint("rules").stdout.splitlines())) > 120
    monkeypatch.setattr("k8slint.cli.rules._is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    lines = k8slint("rules").stdout.splitlines()

    assert max(map(len, lines)) == 120
    assert any(line.endswith("…") for line in lines)


def test_nothing_that_fits_is_said(k8slint: K8slint) -> None:
    assert listed(k8slint, "--group", "source", "--preset", "essential", "--fixable") == []
    assert k8slint("rules", "--group", "source", "--preset", "essential", "--fixable").stdout == "No such rules\n"


@pytest.mark.parametrize("arguments", [("--group", "nope"), ("--preset", "nope"), ("--format", "xml")])
def test_what_is_not_there_is_bad_usage(k8slint: K8slint, arguments: tuple[str, str]) -> None:
    assert k8slint("rules", *arguments).exit_code == 2


def test_an_unknown_group_comes_with_those_there_are(k8slint: K8slint) -> None:
    assert "No group is named 'nope'. There are: " in k8slint("rules", "--group", "nope").stderr
