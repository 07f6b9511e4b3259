from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from k8slint.finding import Claim, Edit, Finding, Fix, Resource
from k8slint.report.base import Style
from k8slint.report.markdown import LIMIT, report, summary
from k8slint.run import Run


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_summary(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    fix = Fix("Remove the quotes", safe=True, edits=(Edit("web.yaml", 0, 1, ""),))
    run = run_of(
        finding(claim=Claim.UNINTENDED, message="says nothing", resource=None, rule="duplicate-key"),
        finding(
            "b: 1",
            in_="a: 1\nb: 1\n",
            fix=fix,
            resource=Resource("v1", "Pod", "shop", "web"),
            url="https://k8slint.dev/rules/wrong-type",
        ),
        files=3,
        documents=4,
        baselined=2,
        unchanged=7,
    )

    assert report(run, Style()) == (
        "## k8slint: ❌ 1 error and ⚠️ 1 warning\n"
        "\n"
        "3 files, 4 documents; 1 fixable with --fix; 2 in the baseline; 7 in what has not changed.\n"
        "\n"
        "| | finding | where |\n"
        "|---|---|---|\n"
        "| ❌ | containerPort is a string, not an integer \\[\\*\\]<br>[wrong-type](https://k8slint.dev/rules/wrong-type) "
        "| web.yaml:2<br>Pod shop/web |\n"
        "| ⚠️ | says nothing<br>duplicate-key | web.yaml:1 |\n"
    )


def test_no_findings(run_of: Callable[..., Run]) -> None:
    assert report(run_of(), Style()) == "## k8slint: ✅ no problems\n\n1 file, 1 document.\n"
    assert report(run_of(files=0), Style()).startswith("## k8slint: nothing was checked\n")


def test_what_could_not_be_read_is_said(run_of: Callable[..., Run]) -> None:
    assert "**Could not be checked:** gone.yaml: no such file" in report(
        run_of(errors=["gone.yaml: no such file"]), Style()
    )


def test_a_manifest_writes_neither_markdown_nor_html(
    finding: Callable[..., Finding], run_of: Callable[..., Run]
) -> None:
    hostile = "<img src=x onerror=alert(1)> | **[x](javascript:x)** `a` @octocat\n# b"
    row = report(run_of(finding(message=hostile, path="a|b.yaml")), Style()).splitlines()[-1]

    assert row.startswith(
        "| ❌ | \\<img src=x onerror=alert(1)\\> \\| \\*\\*\\[x\\](javascript:x)\\*\\* \\`a\\` @<!-- -->octocat␊\\# b<br>"
    )
    assert "a\\|b.yaml:1" in row


def test_places_can_lead_to_the_files(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    run = run_of(finding("a\nb", in_="a\nb", path="apps/a b#.yaml", resource=None))

    assert "[apps/a b\\#.yaml:1](https://github.com/o/r/blob/abc/apps/a%20b%23.yaml#L1-L2)" in summary(
        run, blob="https://github.com/o/r/blob/abc"
    )


def test_it_is_never_larger_than_github_takes(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    infos = [finding(claim=Claim.ADVICE, message="é" * 500, path=f"{number}.yaml") for number in range(2000)]
    text = report(run_of(*infos, finding(message="the worst")), Style())
    rows = [line for line in text.splitlines() if line.startswith(("| ❌", "| ℹ️"))]  # noqa: RUF001

    assert LIMIT - 2000 < len(text.encode()) <= LIMIT
    assert "the worst" in rows[0]
    assert text.endswith(f"… and {2001 - len(rows)} findings more.\n")


def test_without_room_there_is_nothing(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    assert summary(run_of(finding()), limit=100) == ""
