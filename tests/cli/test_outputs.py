"""Several reports of one run, and where they go."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from k8slint.report import BUILTIN

from .manifests import CLEAN, ERROR, FIXABLE

K8slint = Callable[..., Result]


@pytest.fixture
def tree(folder: Path) -> Path:
    (folder / "error.yaml").write_text(ERROR)
    return folder


def test_one_run_writes_several_reports(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "-f", "concise", "-f", "json=k8slint.json", "--format", "sarif=k8slint.sarif")

    assert result.exit_code == 1
    assert result.stdout.startswith("error.yaml:7:3: error[duplicate-key]")
    assert json.loads((tree / "k8slint.json").read_text())["version"] == 1
    assert json.loads((tree / "k8slint.sarif").read_text())["version"] == "2.1.0"


def test_with_files_alone_there_is_nothing_on_standard_output(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "-f", "json=k8slint.json")

    assert result.output == ""
    assert json.loads((tree / "k8slint.json").read_text())["summary"]["errors"] == 1


def test_output_file_is_for_the_format_without_a_file(k8slint: K8slint, tree: Path) -> None:
    assert k8slint("check", "-f", "json=a.json", "-f", "concise", "-o", "b.txt").stdout == ""
    assert (tree / "b.txt").read_text().startswith("error.yaml:7:3: ")
    assert (tree / "a.json").exists()


def test_statistics_take_the_place_of_text(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "--statistics", "-f", "json=a.json")

    assert result.stdout.startswith("1  error    [ ] duplicate-key\n")
    assert json.loads((tree / "a.json").read_text())["summary"]["errors"] == 1


@pytest.mark.parametrize("name", BUILTIN)
@pytest.mark.parametrize(("text", "code"), [(CLEAN, 0), (ERROR, 1)])
def test_the_exit_code_is_the_same_whatever_the_format(
    k8slint: K8slint, folder: Path, name: str, text: str, code: int
) -> None:
    (folder / "a.yaml").write_text(text)

    assert k8slint("check", "-f", name).exit_code == code
    assert k8slint("check", "-f", f"{name}=report").exit_code == code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-f", "text", "-f", "json"), "--format json=FILE"),
        (("-f", "json=a.json", "-o", "b.json"), "--output-file is for the format without a file"),
        (("-f", "json=a", "-f", "sarif=./a"), "Two formats would be written to"),
        (("-f", "json=a", "-f", "text", "-o", "a"), "Two formats would be written to"),
        (("-f", "json="), "names no file"),
        (("-f", "xml=a"), "No format is named 'xml'. There are: text, "),
        (("--diff", "-f", "json=a"), "--diff is a format of its own"),
    ],
)
def test_what_contradicts_itself_is_bad_usage(
    k8slint: K8slint, tree: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = k8slint("check", *arguments)

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert sorted(path.name for path in tree.iterdir()) == [".git", "error.yaml"]


@pytest.mark.parametrize("arguments", [("-f", "json=no/such/a.json"), ("-o", "no/such/a.json")])
def test_a_folder_that_is_not_there_is_said_before_anything_is_checked(
    k8slint: K8slint, tree: Path, arguments: tuple[str, ...]
) -> None:
    result = k8slint("check", *arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "error: cannot write no/such/a.json: there is no folder no/such\n"


def test_a_report_that_cannot_be_written_keeps_none_of_the_others_from_it(k8slint: K8slint, tree: Path) -> None:
    (tree / "taken").mkdir()
    result = k8slint("check", "-f", "json=taken", "-f", "sarif=k8slint.sarif", "-f", "concise")

    assert result.exit_code == 2
    assert result.stdout.startswith("error.yaml:7:3: ")
    assert (tree / "k8slint.sarif").exists()
    assert result.stderr.startswith("error: cannot write taken: ")


def test_reports_of_what_is_left_after_mending(k8slint: K8slint, folder: Path) -> None:
    (folder / "a.yaml").write_text(FIXABLE)
    result = k8slint("check", "--fix", "--select", "limits-without-requests", "-f", "json=a.json")

    assert result.exit_code == 0
    assert json.loads((folder / "a.json").read_text())["findings"] == []


# ---- GitHub Actions


@pytest.fixture
def job(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a step; its summary."""
    summary = tree / "summary.md"
    summary.write_text("# Before\n")
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SHA": "abc123",
    }.items():
        monkeypatch.setenv(name, value)
    return summary


def test_annotations_come_with_a_summary_of_the_job(k8slint: K8slint, job: Path) -> None:
    result = k8slint("check", "-f", "github")

    assert result.exit_code == 1
    assert result.stdout.startswith("::error file=error.yaml,line=7,")
    text = job.read_text()
    assert text.startswith("# Before\n## k8slint: ❌ 1 error\n")
    assert "(https://github.com/acme/shop/blob/abc123/error.yaml#L7)" in text


def test_other_formats_leave_the_summary_alone(k8slint: K8slint, job: Path) -> None:
    assert k8slint("check").stdout.startswith("error[duplicate-key]")
    assert job.read_text() == "# Before\n"


def test_a_summary_that_is_full_is_left_as_it_is(k8slint: K8slint, job: Path) -> None:
    job.write_text("x" * 2**20)

    assert k8slint("check", "-f", "github").exit_code == 1
    assert job.stat().st_size == 2**20


def test_a_summary_that_cannot_be_written_is_a_warning(
    k8slint: K8slint, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/summary.md")
    result = k8slint("check", "-f", "github")

    assert result.exit_code == 1
    assert result.stderr == "warning: cannot write the summary of the job: No such file or directory\n"
