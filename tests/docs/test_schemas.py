"""The page on schemas, from top to bottom: its files are written, its commands run, their output compared."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from k8slint.cli.commands import group
from k8slint.schemas import tables

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "schemas.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_k8slint_says_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    commands = 0
    for language, path, text in FENCES:
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text, encoding="utf-8")
        elif language == "console":
            command, _, expected = text.removeprefix("$ ").partition("\n")
            program, *words = shlex.split(command)
            assert program == "k8slint"
            result = CliRunner().invoke(group, words, prog_name="k8slint", catch_exceptions=False)
            assert result.output == expected, command
            assert result.exit_code == (2 if expected.startswith("error: ") else "error[" in expected), command
            commands += 1
    assert commands == 9


def test_it_names_the_versions_that_are_known() -> None:
    versions = tables.versions()
    assert f"Kubernetes {versions[0]} to {versions[-1]}, " in PAGE
