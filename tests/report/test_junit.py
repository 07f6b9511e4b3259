"""JUnit's XML, held against the schema of Jenkins' plugin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from k8slint.finding import Claim, Edit, Finding, Fix, Related, Resource, Severity
from k8slint.report.base import Style
from k8slint.report.junit import report
from k8slint.run import Run

from .xsd import Schema

SCHEMA = Schema(Path(__file__).parent / "schemas" / "junit-10.xsd")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    monkeypatch.chdir(tmp_path / "apps")


def suites(run: Run, style: Style = Style()) -> ElementTree.Element:  # noqa: B008 - nothing can change it
    root = ElementTree.fromstring(report(run, style))
    assert SCHEMA.complaints(root) == []
    for element in (root, *root):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(element.attrib[name]) == len(list(element.iter(tag))), (element.attrib, name)
    return root


def test_the_schema_is_read() -> None:
    """What is wrong is found, so that no complaint means something."""
    wrong = ElementTree.fromstring(
        '<testsuites><testsuite name="a" tests="1"><testcase file="x"/>y</testsuite></testsuites>'
    )

    assert sorted(SCHEMA.complaints(wrong)) == [
        "testcase has no name",
        "testcase may not have file",
        "testsuite has no errors",
        "testsuite has no failures",
    ]


def test_a_finding_is_a_test_that_fails(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    found = finding(
        route="spec.a",
        resource=Resource("v1", "Pod", "shop", "web"),
        fix=Fix("Remove it", safe=False, edits=(Edit("web.yaml", 0, 1, ""),)),
        related=(Related("other.yaml", 3, 5, "the first"),),
        url="https://x.example/",
    )
    whole, suite = suites(run_of(found))
    (test,) = suite
    (failure,) = test

    assert (whole.get("name"), suite.get("name")) == ("k8slint", "apps/web.yaml")
    assert test.attrib == {"classname": "apps/web.yaml", "name": "wrong-type: Pod shop/web spec.a"}
    assert failure.attrib == {"type": "error", "message": "containerPort is a string, not an integer"}
    assert failure.text == (
        "apps/web.yaml:1:1: error[wrong-type] containerPort is a string, not an integer\n"
        "help: Remove it (unsafe fix)\n"
        "note: other.yaml:3: the first\n"
        "https://x.example/"
    )


def test_without_findings_one_test_passes(run_of: Callable[..., Run]) -> None:
    ((test,),) = suites(run_of())

    assert test.attrib == {"classname": "k8slint", "name": "all files could be checked"}
    assert len(test) == 0


def test_what_could_not_be_checked_is_an_error(run_of: Callable[..., Run]) -> None:
    ((test,),) = suites(run_of(errors=["gone.yaml: no such file or folder"]))

    assert test[0].attrib == {"type": "unreadable", "message": "gone.yaml: no such file or folder"}


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        (Severity.ERROR, ["error"]),
        (Severity.WARNING, ["error", "warning"]),
        (Severity.INFO, ["error", "warning", "info"]),
        (Severity.OFF, []),
    ],
)
def test_what_does_not_fail_the_run_fails_no_test(
    finding: Callable[..., Finding], run_of: Callable[..., Run], fail_on: Severity, failing: list[str]
) -> None:
    run = run_of(finding(), finding(claim=Claim.UNINTENDED), finding(claim=Claim.ADVICE))
    root = suites(run, Style(fail_on=fail_on))

    assert [failure.attrib["type"] for failure in root.iter("failure")] == failing
    assert len(list(root.iter("system-out"))) == 3 - len(failing)


def test_tests_have_names_of_their_own(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    _, suite = suites(run_of(finding(), finding(), finding(resource=None)))

    assert [test.attrib["name"] for test in suite] == ["wrong-type: Pod web", "wrong-type: Pod web (2)", "wrong-type"]


def test_anything_can_stand_in_a_manifest(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    hostile = "a < b && \"c\" ]]> 'd' \x00\x1b[31m\ufffe\udcff\n</failure>"
    _, suite = suites(run_of(finding(message=hostile, route=hostile, path="<&>.yaml")))

    assert suite.get("name") == "apps/<&>.yaml"
    assert suite[0][0].get("message") == "a < b && \"c\" ]]> 'd' ␀␛[31m��␊</failure>"
