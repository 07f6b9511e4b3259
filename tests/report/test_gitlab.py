"""GitLab's Code Quality report. GitLab publishes no schema of it, so what its page says is checked here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from k8slint.finding import Claim, Edit, Finding, Fix, Severity
from k8slint.report.base import Style
from k8slint.report.gitlab import report
from k8slint.run import Run

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format; categories as Code Climate names them.
CATEGORIES = ["Bug Risk", "Clarity", "Compatibility", "Complexity", "Duplication", "Performance", "Security", "Style"]
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "type": {"const": "issue"},
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "content": {"type": "object", "required": ["body"], "properties": {"body": {"type": "string"}}},
            "categories": {"type": "array", "items": {"enum": CATEGORIES}},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin", "end"],
                        "additionalProperties": {"type": "integer", "minimum": 1},
                    },
                },
            },
        },
        "additionalProperties": False,
    },
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    monkeypatch.chdir(tmp_path / "apps")


def issues(run: Run) -> list[dict[str, Any]]:
    found = json.loads(report(run, Style()))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found  # type: ignore[no-any-return]


def test_an_issue(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    fix = Fix("Remove it", safe=False, edits=(Edit("web.yaml", 0, 1, ""),))
    (issue,) = issues(run_of(finding("b\nc", in_="a\nb\nc\n", fix=fix, url="https://x.example/")))
    fingerprint = issue.pop("fingerprint")

    assert len(fingerprint) == 32
    assert issue == {
        "type": "issue",
        "check_name": "wrong-type",
        "description": "containerPort is a string, not an integer",
        "content": {
            "body": "containerPort is a string, not an integer\n\nFix: Remove it (unsafe)\n\nhttps://x.example/"
        },
        "categories": ["Bug Risk"],
        "severity": "blocker",
        "location": {"path": "apps/web.yaml", "lines": {"begin": 2, "end": 3}},
    }


def test_no_findings_are_an_empty_list(run_of: Callable[..., Run]) -> None:
    assert report(run_of(), Style()) == "[]\n"


@pytest.mark.parametrize(
    ("claim", "severity", "shown"),
    [
        (Claim.REJECTED, Severity.ERROR, "blocker"),
        (Claim.REJECTED, Severity.WARNING, "minor"),
        (Claim.BROKEN, Severity.ERROR, "critical"),
        (Claim.UNINTENDED, Severity.WARNING, "minor"),
        (Claim.ADVICE, Severity.INFO, "info"),
    ],
)
def test_severities(
    finding: Callable[..., Finding], run_of: Callable[..., Run], claim: Claim, severity: Severity, shown: str
) -> None:
    assert issues(run_of(finding(claim=claim, severity=severity)))[0]["severity"] == shown


def test_fingerprints_are_unique_and_do_not_depend_on_lines_or_the_current_folder(
    finding: Callable[..., Finding], run_of: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def prints(*texts: str, path: str = "web.yaml") -> list[str]:
        return [issue["fingerprint"] for issue in issues(run_of(*(finding("x", in_=t, path=path) for t in texts)))]

    before = prints("x", "\nx")
    after = prints("\n\nx", "\n\n\nx")
    monkeypatch.chdir("..")

    assert len(set(before)) == 2
    assert before == after == prints("x", "x", path="apps/web.yaml")
