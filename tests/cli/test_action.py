"""The GitHub Action: its shape, and its shell run as a runner would run it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from .manifests import CLEAN, ERROR

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = YAML(typ="safe").load((ROOT / "action.yml").read_text("utf-8"))
SCHEMA = json.loads((ROOT / "tests" / "report" / "schemas" / "github-action.json").read_text("utf-8"))
INSTALL, CHECK = ACTION["runs"]["steps"]

bash = pytest.mark.skipif(os.name != "posix" or shutil.which("bash") is None, reason="there is no bash")


def test_it_is_what_github_takes() -> None:
    jsonschema.Draft7Validator(SCHEMA).validate(ACTION)


@pytest.mark.parametrize("step", [INSTALL, CHECK], ids=lambda step: step["name"])
def test_inputs_reach_the_shell_as_variables_alone(step: dict[str, Any]) -> None:
    """An input that is written into a script is a script."""
    assert "${{" not in step["run"]
    assert all(value.startswith("${{ inputs.") for value in step["env"].values())


def test_every_input_is_used_and_described() -> None:
    used = json.dumps([ACTION["runs"], ACTION["outputs"]])

    for name, given in ACTION["inputs"].items():
        assert f"inputs.{name} " in used, name
        assert given["description"].endswith("."), name


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="there is no shellcheck")
@pytest.mark.parametrize("step", [INSTALL, CHECK], ids=lambda step: step["name"])
def test_shellcheck_has_nothing_to_say(step: dict[str, Any]) -> None:
    command = ("shellcheck", "--shell=bash", "--severity=style", "-")
    done = subprocess.run(command, input=step["run"], capture_output=True, text=True, check=False)

    assert done.stdout == ""


class Runner:
    """As much of a runner as a step sees: a folder, its temporary one, its files."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.temp = folder / "temp"
        self.output = folder / "output"
        self.summary = folder / "summary.md"
        (self.work / ".git").mkdir(parents=True)
        self.output.touch()
        self.summary.touch()

    def run(self, step: dict[str, Any], **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", ""),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_ACTION_PATH": str(ROOT),
            **dict.fromkeys(step["env"], ""),
            **variables,
        }
        # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
        command = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
        return subprocess.run(command, cwd=self.work, env=environment, capture_output=True, text=True, check=False)

    def check(self, **variables: str) -> subprocess.CompletedProcess[str]:
        given = {"K8SLINT_PATHS": ".", "K8SLINT_FORMAT": "github", **variables}
        return self.run(CHECK, **given)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner on which k8slint is installed."""
    made = Runner(tmp_path)
    program = made.temp / "k8slint" / "bin" / "k8slint"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m k8slint "$@"\n')
    program.chmod(0o755)
    return made


@bash
def test_findings_are_annotations_a_summary_and_a_failure(runner: Runner) -> None:
    (runner.work / "a.yaml").write_text(ERROR)
    done = runner.check()

    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=a.yaml,line=7,")
    assert runner.output.read_text() == "exit-code=1\n"
    assert runner.summary.read_text().startswith("## k8slint: ❌ 1 error\n")


@bash
def test_without_findings_it_passes(runner: Runner) -> None:
    (runner.work / "a.yaml").write_text(CLEAN)
    done = runner.check()

    assert done.returncode == 0, done.stderr
    assert runner.output.read_text() == "exit-code=0\n"


@bash
def test_sarif_is_written_beside(runner: Runner) -> None:
    (runner.work / "a.yaml").write_text(ERROR)
    done = runner.check(K8SLINT_SARIF="k8s lint.sarif", K8SLINT_FORMAT="concise")

    assert done.stdout.startswith("a.yaml:7:3: ")
    assert json.loads((runner.work / "k8s lint.sarif").read_text())["version"] == "2.1.0"


@bash
def test_paths_are_one_a_line_and_arguments_are_words(runner: Runner) -> None:
    for name in ("a b.yaml", "-c.yaml", "d.yaml"):
        (runner.work / name).write_text(ERROR)
    done = runner.check(
        K8SLINT_PATHS="a b.yaml\n-c.yaml\n",
        K8SLINT_ARGS="--fail-on never\n  -q --select=duplicate-key",
        K8SLINT_FORMAT="concise",
    )

    assert done.returncode == 0, done.stderr
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == ["-c.yaml", "a b.yaml"]


@bash
@pytest.mark.parametrize("name", ["K8SLINT_PATHS", "K8SLINT_ARGS", "K8SLINT_FORMAT", "K8SLINT_SARIF"])
def test_what_is_given_is_never_executed(runner: Runner, name: str) -> None:
    (runner.work / "a.yaml").write_text(CLEAN)
    runner.check(**{name: '$(touch sprung) `touch sprung`; touch sprung #\n"; touch sprung #'})

    assert not (runner.work / "sprung").exists()


@bash
def test_what_cannot_be_checked_is_2(runner: Runner) -> None:
    done = runner.check(K8SLINT_PATHS="gone.yaml")

    assert done.returncode == 2
    assert runner.output.read_text() == "exit-code=2\n"


@bash
def test_without_a_python_that_is_new_enough_it_says_what_to_do(runner: Runner) -> None:
    tools = runner.temp / "tools"
    tools.mkdir()
    for name in ("bash", "sh"):
        (tools / name).symlink_to(str(shutil.which(name)))
    done = runner.run(INSTALL, PATH=str(tools))

    assert done.returncode == 2
    assert "::error title=k8slint::k8slint needs Python 3.11 or later" in done.stdout


@bash
@pytest.mark.slow
def test_it_installs_itself(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    (runner.work / "a.yaml").write_text(ERROR)
    runner.temp.mkdir()
    variables = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))}
    done = runner.run(INSTALL, **variables)

    assert done.returncode == 0, done.stderr
    assert runner.check().returncode == 1
