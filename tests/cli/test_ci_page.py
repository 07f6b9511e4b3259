"""What docs/ci.md and docs/output.md show is tried: each command runs, each file of a CI system is what it takes."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from ruamel.yaml import YAML

from k8slint.report import BUILTIN

from .manifests import ERROR

K8slint = Callable[..., Result]

ROOT = Path(__file__).resolve().parents[2]
CI = (ROOT / "docs" / "ci.md").read_text("utf-8")
OUTPUT = (ROOT / "docs" / "output.md").read_text("utf-8")
ACTION: dict[str, Any] = YAML(typ="safe").load((ROOT / "action.yml").read_text("utf-8"))


def fences(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def commands() -> Iterator[str]:
    """The calls of `k8slint check`, wherever they stand."""
    for page in (CI, OUTPUT):
        for match in re.finditer(
            r"^(?:.*?[ /'])?(k8slint check(?: [^\n`']+)?)", "\n".join(fences(page, r"\w+")), re.MULTILINE
        ):
            yield match[1].partition(" #")[0].strip()


COMMANDS = sorted({command for command in commands() if "<" not in command})


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 8
    assert sum("-f " in command for command in COMMANDS) >= 4


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs(k8slint: K8slint, folder: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (folder / ".git").rmdir()
    (folder / "deploy").mkdir()
    (folder / "deploy" / "web.yaml").write_text(ERROR)
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    for words in (("init", "--quiet", "--initial-branch=main"), (*who, "commit", "--quiet", "--allow-empty", "-m=x")):
        subprocess.run(("git", *words), check=True)
    k8slint("check", "--write-baseline", ".k8slint-baseline.json")
    result = k8slint(*shlex.split(command)[1:])

    passes = "--fail-on never" in command or "--baseline" in command
    assert result.exit_code == (0 if passes else 1), result.output
    for path in re.findall(r"(?:-f|--format) \w+=(\S+)|--output-file (\S+)", command):
        assert (folder / (path[0] or path[1])).stat().st_size > 0


def test_the_files_of_ci_systems_are_yaml_with_what_they_need() -> None:
    read = [YAML(typ="safe").load(text) for text in fences(CI, "yaml")]
    workflows = [one for one in read if "jobs" in one]

    assert len(workflows) == 4
    for workflow in workflows:
        steps = workflow["jobs"]["k8slint"]["steps"]
        assert steps[0]["uses"].startswith("actions/checkout@")
        for step in steps:
            if step.get("uses", "").startswith("<owner>/k8slint@"):
                assert step.get("with", {}).keys() <= ACTION["inputs"].keys()


def test_the_inputs_of_the_action_are_listed() -> None:
    table = CI.partition("| input | |")[2].partition("\n\n")[0]

    assert set(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)) == ACTION["inputs"].keys()


def test_every_format_is_described() -> None:
    table = OUTPUT.partition("| `--format` | for |")[2].partition("\n\n")[0]

    assert sorted(re.findall(r"^\| \[`(\w+)`\]", table, re.MULTILINE)) == sorted(BUILTIN)
    assert set(BUILTIN) <= set(re.findall(r"^### (\w+)$", OUTPUT, re.MULTILINE))
