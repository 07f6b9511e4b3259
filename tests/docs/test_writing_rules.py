"""The guide to writing rules, followed to the letter in a copy of the repository: its files are written, its commands run, their output compared."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "writing-rules.md").read_text(encoding="utf-8")

# What the tests are made of is linted and tested by themselves, and nothing is fetched.
NOT_RUN = ("make lint", "make test", "git clone", ".venv/bin/k8slint check --select paused-deployment /tmp/examples")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


class Fence(NamedTuple):
    language: str
    path: str
    """The file it stands for; "" where it is none."""
    text: str


FENCES = [Fence(*found) for found in re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)]
RULE = next(fence for fence in FENCES if fence.path.startswith("rules/"))


class Clone:
    """A copy of the repository with some of the rules, in which Python finds its own k8slint and rules."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("k8slint", "rules/k8slint_rules/source", "docs", "scripts"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("rules/k8slint_rules/__init__.py", "tests/rules/test_rules.py", "pyproject.toml"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        (folder / "tests" / "fixtures").mkdir()
        (folder / ".git").mkdir()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))},
            "PYTHONPATH": os.pathsep.join([str(folder), str(folder / "rules")]),
            "NO_COLOR": "1",
            "COLUMNS": "80",
        }

    def run(self, command: str) -> str:
        """What a command of the guide writes, whatever its exit code."""
        if command.startswith("make "):
            # Without make itself, which would make an environment first.
            (recipe,) = re.findall(rf"^{command[5:]}:.*\n\t(.+)$", MAKEFILE, re.MULTILINE)
            return f"{recipe}\n{self.run(recipe)}"
        words = shlex.split(command)
        if words[0].startswith(".venv/bin/"):
            program = words[0].removeprefix(".venv/bin/")
            words[:1] = [sys.executable] if program == "python" else [sys.executable, "-m", program]
        done = subprocess.run(words, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        assert not done.stderr, done.stderr
        return done.stdout

    def write(self, fence: Fence) -> None:
        path = self.folder / fence.path
        if not path.parent.exists():
            path.parent.mkdir()
            if path.suffix == ".py":
                (path.parent / "__init__.py").write_text('"""What makes pods."""\n', encoding="utf-8")
        path.write_text(fence.text, encoding="utf-8")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(tmp_path_factory.mktemp("clone"))


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console with the output below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def matches(expected: str, output: str) -> bool:
    """Whether an output is the expected one; `...` there stands for anything."""
    return re.fullmatch(re.escape(expected).replace(r"\.\.\.", ".*"), output, re.DOTALL) is not None


def test_every_step_works(clone: Clone) -> None:
    clone.run("make docs")  # whatever is out of date is not this guide's
    for fence in FENCES:
        if fence.path.startswith("examples/"):
            continue
        if fence.path:
            clone.write(fence)
        elif fence.language == "console":
            for command, expected in commands(fence.text):
                if not command.startswith(NOT_RUN):
                    output = clone.run(command)
                    assert matches(expected, output), f"$ {command}\n{output}"


def test_a_failure_reads_as_shown(clone: Clone) -> None:
    (shown,) = (fence.text for fence in FENCES if fence.language == "text")
    clone.write(RULE)
    path = clone.folder / RULE.path
    text = RULE.text.replace(
        "# <- Deployment web is paused, so changes of its pods are not rolled out", "# <- Deployment web sleeps"
    )
    path.write_text(text, encoding="utf-8")
    output = clone.run(".venv/bin/python -m pytest -q tests/rules -k paused-deployment")
    assert shown in output, output
    path.write_text(RULE.text, encoding="utf-8")


def test_its_rule_passes_the_linters(clone: Clone) -> None:
    clone.write(RULE)
    assert clone.run(f".venv/bin/ruff check -q {RULE.path}") == ""
    assert clone.run(f".venv/bin/ruff format -q --check {RULE.path}") == ""
    assert clone.run(f".venv/bin/mypy {RULE.path}").startswith("Success: ")


@pytest.mark.parametrize(
    "fence", [fence for fence in FENCES if fence.path.startswith("examples/")], ids=lambda fence: fence.path
)
def test_what_it_shows_of_the_example_pack_is_there(fence: Fence) -> None:
    assert fence.text in (ROOT / fence.path).read_text(encoding="utf-8")


def test_the_make_targets_it_names_are_there() -> None:
    for target in set(re.findall(r"(?:^\$ |`)make (\w+)", GUIDE, re.MULTILINE)):
        assert f"\n{target}: " in MAKEFILE
