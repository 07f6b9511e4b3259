"""Annotations of GitHub Actions, read as its runner reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from k8slint.finding import Claim, Edit, Finding, Fix, Severity
from k8slint.report.base import Style
from k8slint.report.github import report
from k8slint.run import Run

Command = tuple[str, dict[str, str], str]


def commands(text: str) -> list[Command]:
    """What the runner makes of a log (ActionCommand.TryParseV2): the commands, their properties and messages."""
    found = []
    for line in text.splitlines():
        match = re.match(r"\s*::(\w+) ?(.*?)::(.*)$", line)
        if match:
            pairs = (pair.split("=", 1) for pair in match[2].split(",") if pair)
            found.append((match[1], {name: _unescaped(value, ":,") for name, value in pairs}, _unescaped(match[3])))
        # Of the old form it takes what it finds anywhere (TryParse).
        assert "##[" not in line
    return found


def _unescaped(text: str, also: str = "") -> str:
    for character in "\r\n" + also:
        text = text.replace(f"%{ord(character):02X}", character)
    return text.replace("%25", "%")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    monkeypatch.chdir(tmp_path / "apps")


def test_a_finding_is_an_annotation_at_its_place(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    text = "spec:\n  a: '2'\n"
    found = finding(
        "'2'", in_=text, fix=Fix("Remove it", safe=False, edits=(Edit("web.yaml", 0, 1, ""),)), url="https://x.example/"
    )
    log = report(run_of(found), Style())

    assert commands(log) == [
        (
            "error",
            {
                "file": "apps/web.yaml",
                "line": "2",
                "endLine": "2",
                "col": "6",
                "endColumn": "9",
                "title": "k8slint (wrong-type)",
            },
            (
                "apps/web.yaml:2:6: containerPort is a string, not an integer\n"
                "help: Remove it (unsafe fix)\n"
                "https://x.example/"
            ),
        )
    ]
    assert log.splitlines()[-1] == "Found 1 error in 1 file (1 document); 1 fixable with --fix --unsafe-fixes"


@pytest.mark.parametrize(
    ("severity", "command"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "notice")]
)
def test_severities(
    finding: Callable[..., Finding], run_of: Callable[..., Run], severity: Severity, command: str
) -> None:
    assert commands(report(run_of(finding(severity=severity)), Style()))[0][0] == command


def test_a_finding_over_several_lines_has_no_columns(
    finding: Callable[..., Finding], run_of: Callable[..., Run]
) -> None:
    ((_, properties, _),) = commands(report(run_of(finding("a\nb", in_="a\nb\n")), Style()))

    assert properties == {"file": "apps/web.yaml", "line": "1", "endLine": "2", "title": "k8slint (wrong-type)"}


@pytest.mark.parametrize(
    "text", ["50%, or more: yes", "a\nb\r\nc", "%0A", "::error::x", "x::y", "##[error]x", "a,b=c::d"]
)
def test_nothing_in_a_manifest_becomes_a_command(
    finding: Callable[..., Finding], run_of: Callable[..., Run], text: str
) -> None:
    run = run_of(*(finding(message=text, path=f"{text}.yaml") for _ in range(11)), errors=[])
    log = report(run, Style(verbose=True))
    found = commands(log.replace("##[", "##(")) if "##[" in text else commands(log)

    assert [command for command, _, _ in found] == ["error"] * 10
    shown = f"apps/{text}.yaml"
    assert found[0][1]["file"] == (shown.replace("##[", "##(") if "##[" in text else shown)
    # What is no annotation is a line that the runner takes for text.
    lines = [line for line in log.splitlines() if not line.startswith("::")]
    assert len(lines) == 3
    assert not any("##[" in line or line.lstrip().startswith("::") for line in lines)


def test_ten_of_each_kind_are_annotations_the_worst_first_and_the_rest_lines(
    finding: Callable[..., Finding], run_of: Callable[..., Run]
) -> None:
    broken = [finding(claim=Claim.BROKEN, path=f"a{number}.yaml") for number in range(10, 22)]
    rejected = [finding(path=f"z{number}.yaml") for number in range(2)]
    warnings = [finding(claim=Claim.UNINTENDED, path="w.yaml")]
    log = report(run_of(*broken, *warnings, *rejected), Style())
    found = commands(log)

    assert [command for command, _, _ in found] == ["error"] * 10 + ["warning"]
    assert [properties["file"] for _, properties, _ in found][:3] == ["apps/z0.yaml", "apps/z1.yaml", "apps/a10.yaml"]
    assert [line for line in log.splitlines() if not line.startswith("::")][:2] == [
        "4 findings without an annotation: GitHub shows 10 of each kind.",
        "- apps/a18.yaml:1:1: error[wrong-type] containerPort is a string, not an integer",
    ]


def test_quiet_leaves_the_summary_out(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    assert len(report(run_of(finding()), Style(quiet=True)).splitlines()) == 1
    assert report(run_of(), Style(quiet=True)) == ""
