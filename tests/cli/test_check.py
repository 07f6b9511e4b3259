from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from click.testing import Result

from .manifests import CLEAN, ERROR, FIXABLE, INFO, WARNING

K8slint = Callable[..., Result]

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "output.schema.json").read_text("utf-8"))
ONLY_LIMITS = ("--select", "limits-without-requests")


@pytest.fixture
def tree(folder: Path) -> Path:
    """A folder with a manifest of each severity, and one that is clean."""
    for name, text in {"clean": CLEAN, "error": ERROR, "info": INFO, "warning": WARNING}.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


# ---- exit codes


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ("error", {"error"}),
        ("warning", {"error", "warning"}),
        ("info", {"error", "warning", "info"}),
        ("never", set()),
    ],
)
@pytest.mark.parametrize("name", ["clean", "error", "info", "warning"])
def test_fail_on_decides_the_exit_code(
    k8slint: K8slint, tree: Path, fail_on: str, failing: set[str], name: str
) -> None:
    assert k8slint("check", f"{name}.yaml", "--fail-on", fail_on).exit_code == (name in failing)


def test_warnings_fail_by_default_and_infos_do_not(k8slint: K8slint, tree: Path) -> None:
    assert k8slint("check", "warning.yaml").exit_code == 1
    assert k8slint("check", "info.yaml").exit_code == 0


def test_a_file_that_is_not_there_is_2_and_the_others_are_reported(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "error.yaml", "nothing.yaml")

    assert result.exit_code == 2
    assert "duplicate-key" in result.stdout
    assert result.stderr.startswith("error: nothing.yaml: ")


def test_a_config_that_cannot_be_used_is_2_with_its_place(k8slint: K8slint, tree: Path) -> None:
    (tree / ".k8slint.yaml").write_text("extend: strict\n")
    result = k8slint("check")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert ".k8slint.yaml:1:1: " in result.stderr
    assert 'did you mean "extends"?' in result.stderr


def test_a_rule_that_is_not_there_is_2_with_the_near_name(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "--select", "duplicate-kye")

    assert result.exit_code == 2
    assert 'did you mean "duplicate-key"?' in result.stderr


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("check --selct all", "Did you mean '--select'?"),
        ("check --slect=all", "Did you mean '--select'?"),
        ("rules --fixible", "Did you mean '--fixable'?"),
        ("check --fail-on warn", "Did you mean 'warning'?"),
        ("check --fail-on=err", "Did you mean 'error'?"),
        ("check --min-severity information", "Did you mean 'info'?"),
        ("check --preset recomended", "Did you mean 'recommended'?"),
        ("check --color allways", "Did you mean 'always'?"),
        ("check --format jsn", "Did you mean 'json'?"),
        ("check -f markdwn=out.md", "Did you mean 'markdown'?"),
        ("rules --group name", "Did you mean 'names'?"),
        ("rules --severity warn", "Did you mean 'warning'?"),
        ("graph --format mermaid2", "Did you mean 'mermaid'?"),
        ("explain limit-without-requests", "Did you mean 'limits-without-requests'?"),
        ("check --ignore limit-without-requests", 'did you mean "limits-without-requests"?'),
        ("chek", "Did you mean 'check'?"),
        # What ruff, ESLint and kubectl call it.
        ("check --output-format json", "Did you mean '--format'?"),
        ("check --exit-zero", "Did you mean '--fail-on never'?"),
        ("check -R deploy", "Folders are always read with all that is in them."),
    ],
)
def test_what_is_misspelt_comes_with_what_was_meant(k8slint: K8slint, line: str, meant: str) -> None:
    result = k8slint(*line.split())

    assert result.exit_code == 2
    assert meant in result.stderr


def test_what_is_nothing_like_anything_comes_without_a_guess(k8slint: K8slint) -> None:
    for line in ("check --zzz", "check --fail-on zzz", "check -f zzz", "explain zzz"):
        result = k8slint(*line.split())
        assert result.exit_code == 2
        assert "id you mean" not in result.stderr


def test_f_and_o_as_kubectl_takes_them_write_nothing(k8slint: K8slint, tree: Path) -> None:
    named = k8slint("check", "-f", "error.yaml")
    assert named.exit_code == 2
    assert "Did you mean 'k8slint check error.yaml'?" in named.stderr
    written = k8slint("check", "-o", "json")
    assert written.exit_code == 2
    assert "--format json" in written.stderr
    assert not (tree / "json").exists()
    assert k8slint("check", "-o", "./json").exit_code == 1
    assert (tree / "json").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--fix", "--diff"),
        ("--config", "a.yaml", "--no-config"),
        ("-v", "-q"),
        ("--baseline", "a.json", "--write-baseline", "b.json"),
        ("--fix", "--write-baseline", "b.json"),
        ("-", "a.yaml"),
        ("a.yaml", "--stdin-filename", "b.yaml"),
        ("--statistics", "--format", "json"),
        ("--diff", "--format", "json"),
        ("--diff", "--statistics"),
    ],
)
def test_what_contradicts_itself_is_bad_usage(k8slint: K8slint, arguments: tuple[str, ...]) -> None:
    result = k8slint("check", *arguments)

    assert result.exit_code == 2
    assert "not go with" in result.stderr


# ---- what is checked


def test_the_current_folder_is_checked_by_default(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "-f", "concise")

    assert [line.split(":")[0] for line in result.stdout.splitlines()[:3]] == [
        "error.yaml",
        "info.yaml",
        "warning.yaml",
    ]
    assert (
        result.stdout.splitlines()[3]
        == "Found 1 error, 1 warning and 1 info in 4 files (3 documents); 1 fixable with --fix"
    )


def test_standard_input_is_checked_under_the_name_it_is_given(k8slint: K8slint) -> None:
    assert k8slint("check", "-", "-qf", "concise", stdin=ERROR).stdout.startswith("<stdin>:7:3: error[duplicate-key]")
    named = k8slint("check", "-", "--stdin-filename", "deploy/a.yaml", "-qf", "concise", stdin=ERROR)
    assert named.stdout.startswith("deploy/a.yaml:7:3: ")
    assert named.exit_code == 1


def test_the_name_of_standard_input_is_enough_to_read_it(k8slint: K8slint) -> None:
    assert k8slint("check", "--stdin-filename", "a.yaml", "-qf", "concise", stdin=ERROR).stdout.startswith("a.yaml:7:3")


def test_a_run_over_nothing_says_so(k8slint: K8slint) -> None:
    result = k8slint("check")

    assert result.exit_code == 0
    assert result.stdout == "Nothing was checked\n"
    assert result.stderr == "warning: nothing to check: no YAML or JSON in .\n"


def test_select_and_ignore_choose_rules(k8slint: K8slint, tree: Path) -> None:
    selected = k8slint("check", "-qf", "concise", "--select", "duplicate-key,unused-suppression").stdout
    assert [line.split(":")[0] for line in selected.splitlines()] == ["error.yaml", "warning.yaml"]
    ignored = k8slint(
        "check", "-qf", "concise", "--ignore", "unused-suppression", "--ignore", "unrendered-template"
    ).stdout
    assert [line.split(":")[0] for line in ignored.splitlines()] == ["error.yaml"]


def test_a_preset_chooses_rules(k8slint: K8slint, tree: Path) -> None:
    assert [
        line.split(":")[0] for line in k8slint("check", "-qf", "concise", "--preset", "essential").stdout.splitlines()
    ] == ["error.yaml"]


def test_a_config_is_found_named_or_left_out(k8slint: K8slint, tree: Path) -> None:
    (tree / ".k8slint.yaml").write_text("rules: {duplicate-key: off}\n")
    (tree / "other.yaml").write_text("rules: {duplicate-key: info}\n")

    assert k8slint("check", "error.yaml", "-q").stdout == ""
    assert "error[duplicate-key]" in k8slint("check", "error.yaml", "--no-config").stdout
    assert "info[duplicate-key]" in k8slint("check", "error.yaml", "--config", "other.yaml").stdout


# ---- how it is reported


def test_text_is_the_default(k8slint: K8slint, tree: Path) -> None:
    out = k8slint("check", "error.yaml").stdout

    assert out.startswith("error[duplicate-key] ")
    assert " --> error.yaml:7:3 (ConfigMap twice)\n" in out
    assert "7 |   color: blue\n" in out


def test_json_is_what_its_schema_says(k8slint: K8slint, tree: Path) -> None:
    (tree / "fixable.yaml").write_text(FIXABLE)
    result = k8slint("check", "--format", "json", "--select", "all")
    output = json.loads(result.stdout)

    jsonschema.Draft202012Validator(SCHEMA).validate(output)
    assert output["summary"]["files"] == 5
    assert output["summary"]["errors"] == sum(finding["severity"] == "error" for finding in output["findings"]) > 0
    assert output["skipped"] == [{"path": "info.yaml", "reason": "unrendered-template"}]
    assert any(finding["fix"] for finding in output["findings"])


def test_the_edits_of_a_fix_are_offsets_in_the_file(k8slint: K8slint, folder: Path) -> None:
    (folder / "pod.yaml").write_text(FIXABLE)
    (found,) = json.loads(k8slint("check", "-f", "json", *ONLY_LIMITS).stdout)["findings"]
    text = FIXABLE
    for edit in reversed(found["fix"]["edits"]):
        text = text[: edit["start"]] + edit["text"] + text[edit["end"] :]

    (folder / "pod.yaml").write_text(text)
    assert k8slint("check", *ONLY_LIMITS).exit_code == 0


def test_statistics_count_by_rule(k8slint: K8slint, tree: Path) -> None:
    (tree / "error2.yaml").write_text(ERROR.replace("twice", "again"))

    assert k8slint("check", "--statistics").stdout.splitlines()[:3] == [
        "2  error    [ ] duplicate-key",
        "1  warning  [*] unused-suppression",
        "1  info     [ ] unrendered-template",
    ]


def test_a_format_that_is_not_there_is_bad_usage(k8slint: K8slint) -> None:
    result = k8slint("check", "--format", "xml")

    assert result.exit_code == 2
    assert "No format is named 'xml'. There are: text, concise, json" in result.stderr


def test_verbose_names_what_was_skipped(k8slint: K8slint, tree: Path) -> None:
    assert k8slint("check").stdout.endswith("Skipped 1 file: 1 unrendered-template (-v lists them)\n")
    assert k8slint("check", "-v").stdout.endswith(
        "Skipped 1 file: 1 unrendered-template\n  info.yaml: unrendered-template\n"
    )


def test_a_report_goes_to_a_file(k8slint: K8slint, tree: Path) -> None:
    (tree / "report.json").write_text("old")
    result = k8slint("check", "error.yaml", "--format", "json", "--output-file", "report.json")

    assert result.exit_code == 1
    assert result.output == ""
    assert json.loads((tree / "report.json").read_text())["version"] == 1
    assert not [path for path in tree.iterdir() if path.suffix == ".tmp"]


def test_a_report_that_cannot_be_written_is_2(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "error.yaml", "--output-file", "no/such/folder/report.txt")

    assert result.exit_code == 2
    assert result.stderr == "error: cannot write no/such/folder/report.txt: there is no folder no/such/folder\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_report_can_go_to_a_pipe(k8slint: K8slint, tree: Path) -> None:
    from threading import Thread

    os.mkfifo(tree / "pipe")
    read: list[str] = []
    reader = Thread(target=lambda: read.append((tree / "pipe").read_text()))
    reader.start()
    k8slint("check", "error.yaml", "-qf", "concise", "-o", "pipe")
    reader.join()

    assert read[0].startswith("error.yaml:7:3: ")


# ---- severities


@pytest.mark.parametrize(
    "form", ["concise", "json", "github", "gitlab", "sarif", "checkstyle", "junit", "markdown", "html"]
)
def test_what_is_below_the_least_severity_is_in_no_report(k8slint: K8slint, tree: Path, form: str) -> None:
    def shown(least: str) -> list[str]:
        out = k8slint("check", "error.yaml", "warning.yaml", "-qf", form, "--min-severity", least).stdout
        return [name for name in ("error", "warning") if f"{name}.yaml" in out]

    assert shown("warning") == ["error", "warning"]
    assert shown("error") == ["error"]


def test_the_summary_says_how_many_were_left_out(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "--min-severity", "error", "-f", "concise")
    assert result.stdout.splitlines()[1:3] == [
        "Found 1 error in 4 files (3 documents)",
        "Not shown: 1 warning and 1 info (below error)",
    ]
    calm = k8slint("check", "--min-severity", "error", "info.yaml", "warning.yaml")
    assert calm.stdout.splitlines()[0] == "No errors in 2 files (1 document)"
    assert k8slint("check", "--min-severity", "warning", "clean.yaml").stdout.startswith(
        "No errors or warnings in 1 file"
    )
    assert "1 info (below warning)" in k8slint("check", "--min-severity", "warning", "-f", "markdown").stdout


def test_what_is_not_reported_does_not_fail(k8slint: K8slint, tree: Path) -> None:
    assert k8slint("check", "warning.yaml", "--min-severity", "error").exit_code == 0
    assert k8slint("check", "warning.yaml", "--min-severity", "error", "--fail-on", "info").exit_code == 0
    assert k8slint("check", "warning.yaml", "--min-severity", "warning").exit_code == 1


def test_the_least_severity_may_stand_in_the_config_and_the_command_line_wins(k8slint: K8slint, tree: Path) -> None:
    (tree / ".k8slint.yaml").write_text("minSeverity: error\n")
    assert k8slint("check", "warning.yaml", "-q").stdout == ""
    assert "unused-suppression" in k8slint("check", "warning.yaml", "--min-severity", "info").stdout


def test_what_is_not_reported_is_not_mended(k8slint: K8slint, folder: Path) -> None:
    (folder / "pod.yaml").write_text(FIXABLE)
    assert k8slint("check", "--fix", "--min-severity", "error").exit_code == 0
    assert (folder / "pod.yaml").read_text() == FIXABLE


def test_a_baseline_has_what_is_not_reported_and_still_knows_it(k8slint: K8slint, tree: Path) -> None:
    assert (
        k8slint("check", "--min-severity", "error", "--write-baseline", "b.json").stderr
        == "Wrote 3 findings to b.json\n"
    )
    result = k8slint("check", "--min-severity", "error", "--baseline", "b.json")
    assert "Not shown: 3 in the baseline\n" in result.stdout
    assert "no longer" not in result.stdout


def test_a_suppression_of_what_is_not_reported_is_used(k8slint: K8slint, folder: Path) -> None:
    (folder / "pod.yaml").write_text(
        FIXABLE.replace("# the most", "# k8slint: ignore[limits-without-requests] the most")
    )
    result = k8slint(
        "check", "--select", "limits-without-requests,unused-suppression", "--min-severity", "warning", "-v"
    )
    assert result.exit_code == 0
    assert "1 suppressed" in result.stdout


# ---- baselines


def test_a_baseline_accepts_what_is_there(k8slint: K8slint, tree: Path) -> None:
    written = k8slint("check", "--write-baseline", "baseline.json")
    assert (written.exit_code, written.stdout, written.stderr) == (0, "", "Wrote 3 findings to baseline.json\n")

    clean = k8slint("check", "--baseline", "baseline.json")
    assert clean.exit_code == 0
    assert "No problems in " in clean.stdout
    assert "\nNot shown: 3 in the baseline\n" in clean.stdout

    (tree / "new.yaml").write_text(ERROR.replace("twice", "again"))
    new = k8slint("check", "--baseline", "baseline.json", "-qf", "concise")
    assert new.exit_code == 1
    assert [line.split(":")[0] for line in new.stdout.splitlines()] == ["new.yaml"]


def test_a_baseline_that_is_none_is_2(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "--baseline", "error.yaml")

    assert result.exit_code == 2
    assert result.stderr.startswith("error: the baseline error.yaml is not JSON")


# ---- nothing to look at, or nothing to look with


def test_with_every_rule_off_nothing_is_checked_and_that_is_2(k8slint: K8slint, tree: Path) -> None:
    result = k8slint("check", "--ignore", "all")
    assert result.exit_code == 2
    assert result.stderr == "error: no rule is turned on, so nothing would be checked\n"


def test_where_all_files_are_skipped_there_are_not_no_problems(k8slint: K8slint, folder: Path) -> None:
    (folder / "text.yaml").write_text("a text\n")
    result = k8slint("check", "text.yaml")
    assert result.stdout.splitlines()[0] == "Nothing was checked"


def test_entries_of_a_baseline_that_no_longer_occur_are_counted(k8slint: K8slint, tree: Path) -> None:
    k8slint("check", "--write-baseline", "known.json")
    (tree / "error.yaml").unlink()
    (tree / "warning.yaml").write_text(CLEAN)
    lines = k8slint("check", "--baseline", "known.json").stdout.splitlines()
    assert "2 entries of the baseline no longer occur; --write-baseline writes it anew" in lines
    # Of files that were not looked at nobody can say.
    lines = k8slint("check", "info.yaml", "--baseline", "known.json").stdout.splitlines()
    assert "1 entry of the baseline no longer occurs; --write-baseline writes it anew" in lines


def test_what_comes_through_a_pipe_has_nothing_to_do_with_the_folder(k8slint: K8slint, folder: Path) -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}\n"
    (folder / "pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: web, image: 'web:1'}]}\n"
    )
    only = ("--select", "undefined-target-port")
    assert k8slint("check", "-", *only, stdin=service).exit_code == 0
    assert k8slint("check", "-", *only, "--stdin-filename", "service.yaml", stdin=service).exit_code == 1
    assert k8slint("check", "-", *only, "--context", "pod.yaml", stdin=service).exit_code == 1
