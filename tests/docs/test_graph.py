"""The page of graphs: its files are written, its commands run, their output compared; its tables are complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from k8slint.cli.commands import group
from k8slint.cli.graph import _ENDINGS
from k8slint.graph.mermaid import MOST_CHARACTERS, MOST_EDGES
from k8slint.graph.model import TYPES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "graph.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty current folder, a project of its own."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def run(command: str) -> Result:
    program, *words = shlex.split(command)
    assert program == "k8slint"
    return CliRunner().invoke(group, words, prog_name="k8slint", catch_exceptions=False)


def test_k8slint_says_what_the_page_says() -> None:
    said, compared = "", 0
    for language, path, text in FENCES:
        if path:
            Path(path).write_text(text, encoding="utf-8")
        elif language == "console":
            command, _, expected = text.removeprefix("$ ").partition("\n")
            result = run(command)
            assert result.exit_code == 0
            said = result.stdout
            if expected:
                compared += 1
                assert said == expected
        elif language == "mermaid":
            compared += 1
            assert said == text
    assert compared == 2
    assert Path("graph.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def table(title: str) -> list[str]:
    """The first cells of the first table below a heading."""
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)


def test_its_tables_are_complete() -> None:
    assert table("Edges") == list(TYPES)
    assert table("States") == ["found", "generated", "missing", "unknown"]
    assert table("Formats") == ["--format", "mermaid", "dot", "json", "html"]
    flags = [cell.split()[0] for cell in table("A part of it")]
    shown = run("k8slint graph --help").stdout
    assert all(f"{flag} " in shown for flag in flags)
    assert all(f"`{ending}`" in PAGE for ending in _ENDINGS if ending != ".mermaid")


def test_its_numbers_are_right() -> None:
    assert f"{MOST_EDGES} edges or {MOST_CHARACTERS:,} characters".replace(",", " ") in PAGE


def test_its_pictures_are_small_enough_for_a_page() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\((images/[\w-]+\.png)\)", PAGE)

    assert len(pictures) == 3
    assert all(0 < (ROOT / "docs" / picture).stat().st_size < 200_000 for picture in pictures)
