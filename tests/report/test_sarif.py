"""SARIF, held against the published schema, and against what its readers make of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from k8slint.finding import Claim, Edit, Finding, Fix, Related, Resource, Severity, Skipped
from k8slint.plugins import Plugins
from k8slint.report.base import Style
from k8slint.report.sarif import report
from k8slint.run import Run

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
TEXT = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: '2'\n"


def log(run: Run) -> dict[str, Any]:
    """The only run of the log, once the schema has had its say."""
    written = json.loads(report(run, Style()))
    jsonschema.Draft4Validator(SCHEMA).validate(written)
    assert written["version"] == "2.1.0"
    assert len(written["runs"]) == 1
    return written["runs"][0]  # type: ignore[no-any-return]


@pytest.fixture
def full(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> Run:
    """A run that has all there can be."""
    return run_of(
        finding(
            "'2'",
            in_=TEXT,
            message="replicas is a string",
            route="spec.replicas",
            resource=Resource("apps/v1", "Deployment", "shop", "web"),
            fix=Fix(
                "Remove the quotes", safe=True, edits=(Edit("web.yaml", TEXT.index("'2'"), TEXT.index("'2'") + 3, "2"),)
            ),
            related=(Related("other.yaml", 3, 5, "the first"),),
            url="https://k8slint.dev/rules/wrong-type",
        ),
        finding("kind", in_=TEXT, rule="yaml-syntax", message='a "quoted"\nand \udcff message', resource=None),
        finding("spec", in_=TEXT, claim=Claim.UNINTENDED, rule="duplicate-key"),
        finding("spec", in_=TEXT, claim=Claim.ADVICE, rule="acme-rule-of-nobody"),
        text=TEXT,
        plugins=Plugins(),
        errors=["gone.yaml: no such file or folder"],
        warnings=["an override matched nothing"],
        skipped=[Skipped("chart/templates/web.yaml", "unrendered-template"), Skipped("all.yaml", "values", 7)],
    )


def test_a_full_run_is_what_the_schema_says(full: Run) -> None:
    assert [result["ruleId"] for result in log(full)["results"]] == [finding.rule for finding in full.findings]


def test_a_run_of_nothing_is_what_the_schema_says(run_of: Callable[..., Run]) -> None:
    written = log(run_of())

    assert written["results"] == []
    assert written["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_results_refer_to_rules_that_are_described(full: Run) -> None:
    written = log(full)
    rules = written["tool"]["driver"]["rules"]

    assert [rules[result["ruleIndex"]]["id"] for result in written["results"]] == [
        result["ruleId"] for result in written["results"]
    ]
    assert len({rule["id"] for rule in rules}) == len(rules)
    known = next(rule for rule in rules if rule["id"] == "wrong-type")
    assert known["helpUri"] == "https://k8slint.dev/rules/wrong-type"
    assert known["shortDescription"]["text"] in known["fullDescription"]["text"].replace("\n", " ")
    assert "```yaml" in known["help"]["markdown"]
    assert "```" not in known["help"]["text"]
    assert known["defaultConfiguration"] == {"level": "error"}
    assert known["properties"]["tags"][:2] == ["kubernetes", "schema"]
    assert all(len(known[name]["text"]) <= 1024 for name in ("shortDescription", "fullDescription"))


def test_a_rule_that_no_pack_has_is_described_by_its_name(full: Run) -> None:
    rule = next(rule for rule in log(full)["tool"]["driver"]["rules"] if rule["id"] == "acme-rule-of-nobody")

    assert rule == {"id": "acme-rule-of-nobody", "name": "AcmeRuleOfNobody"}


@pytest.mark.parametrize(
    ("severity", "level"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note")]
)
def test_levels(finding: Callable[..., Finding], run_of: Callable[..., Run], severity: Severity, level: str) -> None:
    assert log(run_of(finding(severity=severity)))["results"][0]["level"] == level


def test_a_fix_is_what_to_delete_and_what_to_insert(full: Run) -> None:
    (fix,) = log(full)["results"][0]["fixes"]

    assert fix["description"]["text"] == "Remove the quotes"
    assert fix["properties"] == {"safe": True}
    assert fix["artifactChanges"] == [
        {
            "artifactLocation": {"uri": "web.yaml", "uriBaseId": "%SRCROOT%"},
            "replacements": [
                {
                    "deletedRegion": {"startLine": 4, "startColumn": 13, "endLine": 4, "endColumn": 16},
                    "insertedContent": {"text": "2"},
                }
            ],
        }
    ]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_unsafe_fix_says_so(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    fix = Fix("Remove it", safe=False, edits=(Edit("web.yaml", 0, 1, ""),))
    result = log(run_of(finding(fix=fix), text="x\n"))["results"][0]

    assert "unsafe" in result["fixes"][0]["description"]["text"]


def test_columns_count_utf_16_code_units(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    text = "name: '🚀🚀' # é wrong\n"
    fix = Fix("Mend it", safe=True, edits=(Edit("web.yaml", text.index("wrong"), len(text) - 1, "right"),))
    written = log(run_of(finding("wrong", in_=text, fix=fix), text=text))
    result = written["results"][0]
    region = result["locations"][0]["physicalLocation"]["region"]
    units = text.splitlines()[0].encode("utf-16-le")

    assert written["columnKind"] == "utf16CodeUnits"
    assert units[2 * (region["startColumn"] - 1) : 2 * (region["endColumn"] - 1)].decode("utf-16-le") == "wrong"
    assert result["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"] == region


def test_paths_are_relative_to_the_repository_and_encoded(
    finding: Callable[..., Finding], run_of: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "apps" / "a b"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    names = ["100%: naïve.yaml", "../other.yaml", "a:b.yaml"]
    written = log(run_of(*(finding(path=name) for name in names)))
    locations = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in written["results"]]

    assert [unquote(location["uri"]) for location in locations] == [
        "apps/a b/100%: naïve.yaml",
        "apps/other.yaml",
        "apps/a b/a:b.yaml",
    ]
    assert [location["uri"] for location in locations] == [
        "apps/a%20b/100%25%3A%20na%C3%AFve.yaml",
        "apps/other.yaml",
        "apps/a%20b/a%3Ab.yaml",
    ]
    assert {location["uriBaseId"] for location in locations} == {"%SRCROOT%"}
    assert written["originalUriBaseIds"]["%SRCROOT%"]["uri"] == tmp_path.resolve().as_uri() + "/"


def test_a_file_outside_of_the_repository_is_named_as_a_whole(
    finding: Callable[..., Finding], run_of: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repository")
    result = log(run_of(finding(path="../web.yaml")))["results"][0]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": (tmp_path.resolve() / "web.yaml").as_uri()
    }


def test_fingerprints_stay_when_lines_move_and_differ_for_two_findings(
    finding: Callable[..., Finding], run_of: Callable[..., Run]
) -> None:
    def prints(text: str) -> list[str]:
        run = run_of(finding("'2'", in_=text, route="spec.a"), finding("kind", in_=text, route="spec.a"), text=text)
        return [result["partialFingerprints"]["k8slint/v1"] for result in log(run)["results"]]

    assert prints(TEXT) == prints("# a comment\n\n" + TEXT)
    assert len(set(prints(TEXT))) == 2


def test_related_places_have_numbers_and_messages(full: Run) -> None:
    (related,) = log(full)["results"][0]["relatedLocations"]

    assert related["id"] == 1
    assert related["message"] == {"text": "the first"}
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "other.yaml"
    assert related["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}


def test_what_was_not_checked_is_a_notification(full: Run) -> None:
    written = log(full)
    (invocation,) = written["invocations"]
    notices = invocation["toolExecutionNotifications"]

    assert invocation["executionSuccessful"] is False
    assert [notice["level"] for notice in notices] == ["error", "warning", "note", "note"]
    assert notices[2]["message"]["text"] == "chart/templates/web.yaml was not checked: unrendered-template"
    assert notices[3]["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    described = {notification["id"] for notification in written["tool"]["driver"]["notifications"]}
    assert {notice["descriptor"]["id"] for notice in notices} == described


def test_nothing_in_a_message_is_a_link_by_chance(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    result = log(run_of(finding(message='ports[0] is "[here](1)"')))["results"][0]

    assert result["message"]["text"] == 'ports[0] is "[here\\](1)"'


def test_who_uploads_it_names_the_category(full: Run) -> None:
    """GitHub's action fills it in only where there is none, and computes this fingerprint itself."""
    written = log(full)

    assert "automationDetails" not in written
    assert "primaryLocationLineHash" not in written["results"][0]["partialFingerprints"]


def test_each_result_has_a_line_of_its_own(full: Run) -> None:
    assert sum('"ruleIndex": ' in line for line in report(full, Style()).splitlines()) == len(full.findings)
