from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from k8slint.files import write_atomically

from .manifests import ERROR, FIXABLE, FIXED

K8slint = Callable[..., Result]

ONLY_LIMITS = ("--select", "limits-without-requests")

RENAMED = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: My_Settings
data:
  color: green
"""
"""invalid-name, with an unsafe fix."""


@pytest.fixture
def pod(folder: Path) -> Path:
    """A file with one finding that has a safe fix."""
    path = folder / "pod.yaml"
    path.write_text(FIXABLE)
    return path


def test_fix_mends_the_file_and_reports_what_is_left(k8slint: K8slint, pod: Path) -> None:
    (pod.parent / "error.yaml").write_text(ERROR)
    result = k8slint("check", "--fix", "-f", "concise", "--select", "limits-without-requests,duplicate-key")

    assert pod.read_text() == FIXED
    assert result.exit_code == 1
    assert result.stderr == "Fixed 1 problem in 1 file:\n  pod.yaml: 1 limits-without-requests\n"
    first, summary = result.stdout.splitlines()
    assert first.startswith("error.yaml:7:3: error[duplicate-key] ")
    assert summary == "Found 1 error in 2 files (2 documents)"


def test_nothing_left_is_0(k8slint: K8slint, pod: Path) -> None:
    result = k8slint("check", "--fix", *ONLY_LIMITS)

    assert result.exit_code == 0
    assert result.stdout == "No problems in 1 file (1 document)\n"


def test_quiet_does_not_speak_of_it(k8slint: K8slint, pod: Path) -> None:
    assert k8slint("check", "--fix", "-q", *ONLY_LIMITS).output == ""
    assert pod.read_text() == FIXED


def test_a_second_time_changes_nothing(k8slint: K8slint, pod: Path) -> None:
    k8slint("check", "--fix", *ONLY_LIMITS)
    changed = pod.stat().st_mtime_ns

    assert k8slint("check", "--fix", *ONLY_LIMITS).stderr == ""
    assert pod.stat().st_mtime_ns == changed


def test_json_stays_json(k8slint: K8slint, pod: Path) -> None:
    import json

    result = k8slint("check", "--fix", "-f", "json", *ONLY_LIMITS)
    assert json.loads(result.stdout)["findings"] == []
    assert result.stderr.startswith("Fixed 1 problem")


def test_diff_shows_the_change_and_makes_none(k8slint: K8slint, pod: Path) -> None:
    result = k8slint("check", "--diff", *ONLY_LIMITS)

    assert result.exit_code == 1
    assert result.stdout == (
        "--- a/pod.yaml\n"
        "+++ b/pod.yaml\n"
        "@@ -9,3 +9,5 @@\n"
        "       resources:\n"
        "         limits:\n"
        "           memory: 512Mi  # the most it ever needs\n"
        "+        requests:\n"
        "+          memory: 512Mi\n"
    )
    assert result.stderr == "Would fix 1 problem in 1 file:\n  pod.yaml: 1 limits-without-requests\n"
    assert pod.read_text() == FIXABLE


def test_diff_of_nothing_is_0_whatever_else_is_found(k8slint: K8slint, folder: Path) -> None:
    (folder / "error.yaml").write_text(ERROR)
    result = k8slint("check", "--diff", "--select", "duplicate-key")

    assert (result.exit_code, result.output) == (0, "")


def test_a_diff_in_colour_is_the_same_diff(k8slint: K8slint, pod: Path) -> None:
    import re

    painted = k8slint("check", "--diff", "--color", "always", *ONLY_LIMITS).stdout
    assert "\x1b[32m+        requests:\x1b[0m\n" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == k8slint("check", "--diff", *ONLY_LIMITS).stdout


def test_an_unsafe_fix_is_made_only_where_it_is_asked_for(k8slint: K8slint, folder: Path) -> None:
    path = folder / "settings.yaml"
    path.write_text(RENAMED)
    only = ("--select", "invalid-name")

    assert k8slint("check", "--fix", *only).exit_code == 1
    assert path.read_text() == RENAMED
    assert k8slint("check", "--diff", *only).stdout == ""
    assert "+  name: my-settings\n" in k8slint("check", "--diff", "--unsafe-fixes", *only).stdout
    assert k8slint("check", "--fix", "--unsafe-fixes", *only).exit_code == 0
    assert path.read_text() == RENAMED.replace("My_Settings", "my-settings")


def test_unsafe_fixes_alone_is_bad_usage(k8slint: K8slint) -> None:
    assert k8slint("check", "--unsafe-fixes").exit_code == 2


def test_bytes_that_are_not_mended_stay(k8slint: K8slint, pod: Path) -> None:
    pod.write_bytes(b"\xef\xbb\xbf" + FIXABLE.replace("\n", "\r\n").encode())
    k8slint("check", "--fix", *ONLY_LIMITS)

    assert pod.read_bytes() == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()


def test_a_file_that_cannot_be_written_is_2_and_the_others_are_mended(
    k8slint: K8slint, pod: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        if path.name == "pod.yaml":
            raise PermissionError(13, "Permission denied")
        write_atomically(path, data)

    monkeypatch.setattr("k8slint.apply.write_atomically", refuse)
    (pod.parent / "other.yaml").write_text(FIXABLE.replace("name: web", "name: db"))
    result = k8slint("check", "--fix", "-qf", "concise", *ONLY_LIMITS)

    assert result.exit_code == 2
    assert result.stderr == "error: pod.yaml: permission denied\n"
    assert result.stdout.startswith("pod.yaml:11:19: ")
    assert "requests:" in (pod.parent / "other.yaml").read_text()


def test_a_baseline_keeps_its_findings_from_being_mended(k8slint: K8slint, pod: Path) -> None:
    k8slint("check", "--write-baseline", "baseline.json", *ONLY_LIMITS)
    result = k8slint("check", "--fix", "--baseline", "baseline.json", *ONLY_LIMITS)

    assert result.exit_code == 0
    assert pod.read_text() == FIXABLE


def test_only_the_named_files_are_mended(k8slint: K8slint, pod: Path) -> None:
    other = pod.parent / "other.yaml"
    other.write_text(FIXABLE.replace("name: web", "name: db"))
    k8slint("check", "--fix", "other.yaml", *ONLY_LIMITS)

    assert "requests:" in other.read_text()
    assert pod.read_text() == FIXABLE


# ---- standard input


def test_standard_input_comes_out_mended_and_the_report_goes_to_stderr(k8slint: K8slint, folder: Path) -> None:
    text = FIXABLE + "---\n" + ERROR
    result = k8slint(
        "check", "--fix", "-f", "concise", "-", "--select", "limits-without-requests,duplicate-key", stdin=text
    )

    assert result.exit_code == 1
    assert result.stdout == FIXED + "---\n" + ERROR
    fixed, file, finding, summary = result.stderr.splitlines()
    assert [fixed, file] == ["Fixed 1 problem in 1 file:", "  <stdin>: 1 limits-without-requests"]
    assert finding.startswith("<stdin>:21:3: error[duplicate-key] ")
    assert summary == "Found 1 error in 1 file (2 documents)"


def test_standard_input_without_a_mistake_comes_out_as_it_went_in(k8slint: K8slint, folder: Path) -> None:
    result = k8slint("check", "--fix", "-q", "-", *ONLY_LIMITS, stdin=FIXED.replace("\n", "\r\n").encode())

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes == FIXED.replace("\n", "\r\n").encode()


def test_the_file_that_standard_input_stands_for_is_not_written(k8slint: K8slint, pod: Path) -> None:
    result = k8slint("check", "--fix", "-q", "--stdin-filename", "pod.yaml", *ONLY_LIMITS, stdin=FIXABLE)

    assert result.stdout == FIXED
    assert pod.read_text() == FIXABLE


def test_a_diff_of_standard_input_has_its_name(k8slint: K8slint, folder: Path) -> None:
    result = k8slint("check", "--diff", "--stdin-filename", "pod.yaml", *ONLY_LIMITS, stdin=FIXABLE)

    assert result.stdout.startswith("--- a/pod.yaml\n+++ b/pod.yaml\n")
    assert result.exit_code == 1
