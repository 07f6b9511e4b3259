"""The common command lines mean what click makes of them, or are left to it."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from k8slint.cli import quick
from k8slint.cli.check import command

WORDS = [
    "web.yaml", "apps", "-", ".", "--", "", "*.yaml", "--fix", "--unsafe-fixes", "--diff", "--select", "all", "names,ports", "--select=all", "--ignore",
    "--preset", "strict", "--preset=strict", "--preset=strictest", "--config", "c.yaml", "--config=apps", "--no-config", "--baseline", "--context",
    "--kubernetes-version", "1.30-1.33", "--stdin-filename", "--format", "json", "-f", "-fjson", "--output-file", "-o", "--fail-on", "never",
    "--fail-on=error", "--color", "always", "--statistics", "-v", "--verbose", "-q", "-vq", "--quiet", "--help", "-h", "--jobs", "2", "-j2", "-j", "0", "--jobs=3", "--jobs=two", "07",
    "--min-severity", "error", "--min-severity=warn",
    "--no-cache", "--cache-dir", "--diff-base", "main", "--write-baseline", "--fixx", "--fi", "-x", "é",
]  # fmt: skip


def clicked(arguments: list[str]) -> dict[str, Any] | None:
    """What click makes of the same; None where it refuses, or shows its help."""
    try:
        return command.make_context("check", list(arguments)).params
    except (click.ClickException, click.exceptions.Exit):
        return None


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "apps").mkdir()
    monkeypatch.delenv("K8SLINT_NO_CACHE", raising=False)


def test_every_parameter_has_a_value() -> None:
    assert quick.parse(["check"]) == clicked([])


@pytest.mark.parametrize(
    "line",
    [
        "web.yaml",
        "apps web.yaml --fix",
        "-q --format json --output-file out.json apps",
        "--select names,ports --select all --ignore=volumes .",
        "--stdin-filename deploy/web.yaml -",
        "--jobs 2 -j 3 .",
        "-f text -f sarif=out.sarif",
        "--config c.yaml --preset strict --fail-on never --min-severity warning --color=always --kubernetes-version 1.30-1.33",
    ],
)
def test_common_ones_need_no_click(line: str) -> None:
    given = quick.parse(["check", *line.split()])
    assert given is not None
    assert given == clicked(line.split())


def test_whatever_is_understood_means_the_same_to_click() -> None:
    chance = random.Random(7)
    understood = 0
    for _ in range(3000):
        arguments = [chance.choice(WORDS) for _ in range(chance.randint(1, 5))]
        given = quick.parse(["check", *arguments])
        if given is not None:
            understood += 1
            assert given == clicked(arguments), arguments
    assert understood > 300


@pytest.mark.parametrize(
    "line",
    [
        "",
        "rules",
        "--version",
        "check --help",
        "check --jobs 0",
        "check -j2",
        "check --fixx",
        "check -- web.yaml",
        "check --config apps",
    ],
)
def test_all_else_is_left_to_click(line: str) -> None:
    assert quick.parse(line.split()) is None


def test_so_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8SLINT_NO_CACHE", "1")
    assert quick.parse(["check"]) is None


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "k8slint", *arguments], capture_output=True, text=True, check=False)


def test_contradictions_are_said_below_the_usage() -> None:
    result = run("check", "--fix", "--diff")
    assert result.returncode == 2
    assert result.stderr.startswith("Usage: k8slint check [OPTIONS] [PATHS]...")
    assert "--fix does not go with --diff" in result.stderr


def test_failures_are_one_sentence() -> None:
    result = run("check", "--config", "missing.yaml")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: missing.yaml")
    assert result.stderr.count("\n") == 1


def test_a_check_imports_neither_click_nor_pluggy(folder: Path) -> None:
    (folder / "web.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n")
    code = (
        "import sys; from k8slint.cli import main; sys.argv = ['k8slint', 'check', 'web.yaml']\n"
        "try: main()\nexcept SystemExit as end: print(end.code, {'click', 'pluggy'} & sys.modules.keys())"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "0 set()"
