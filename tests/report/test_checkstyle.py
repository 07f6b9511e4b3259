"""Checkstyle's XML, as its readers know it: files, and in each its errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from k8slint.finding import Claim, Finding
from k8slint.plugins import Plugins
from k8slint.report.base import Style
from k8slint.report.checkstyle import report
from k8slint.run import Run


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    monkeypatch.chdir(tmp_path / "apps")


def files(run: Run) -> dict[str, list[dict[str, str]]]:
    root = ElementTree.fromstring(report(run, Style()))
    assert root.tag == "checkstyle"
    assert "version" in root.attrib
    for file in root:
        assert (file.tag, set(file.attrib)) == ("file", {"name"})
        for error in file:
            assert (error.tag, set(error.attrib)) == ("error", {"line", "column", "severity", "message", "source"})
            assert error.attrib["severity"] in ("ignore", "info", "warning", "error")
    return {file.attrib["name"]: [dict(error.attrib) for error in file] for file in root}


def test_findings_by_file(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    run = run_of(
        finding("b", in_="a\n b\n"),
        finding(claim=Claim.ADVICE, message="could be better"),
        finding(claim=Claim.UNINTENDED, path="z.yaml"),
        plugins=Plugins(),
    )
    found = files(run)

    assert {path: [error["severity"] for error in errors] for path, errors in found.items()} == {
        "apps/web.yaml": ["error", "info"],
        "apps/z.yaml": ["warning"],
    }
    assert found["apps/web.yaml"][0] == {
        "line": "2",
        "column": "2",
        "severity": "error",
        "message": "containerPort is a string, not an integer",
        "source": "k8slint.schema.wrong-type",
    }


def test_no_findings(run_of: Callable[..., Run]) -> None:
    assert files(run_of()) == {}


def test_a_rule_of_nobody_has_no_group(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    assert files(run_of(finding()))["apps/web.yaml"][0]["source"] == "k8slint.wrong-type"


def test_anything_can_stand_in_a_manifest(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    found = files(run_of(finding(message='a < b && "c" \x00\udcff\n', path="<&'\">.yaml")))

    assert found == {"apps/<&'\">.yaml": [{**found["apps/<&'\">.yaml"][0], "message": 'a < b && "c" ␀�␊'}]}
