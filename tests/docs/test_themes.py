"""The page of the themes: its files are written, its commands run, their output compared; what it recommends is found right."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from k8slint.cli.commands import group
from k8slint.pack import rules_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "themes.md").read_text(encoding="utf-8")


class Fence(NamedTuple):
    language: str
    path: str
    """The file it stands for; "" where it is none."""
    text: str


class Section(NamedTuple):
    title: str
    text: str

    @property
    def fences(self) -> list[Fence]:
        found = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", self.text, re.MULTILINE | re.DOTALL)
        return [Fence(*fence) for fence in found]

    @property
    def commands(self) -> Iterator[tuple[str, str]]:
        """Each command with the output below it."""
        for fence in self.fences:
            if fence.language == "console":
                yield from commands(fence.text)


def commands(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


SECTIONS = [Section(*found) for found in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)]
each_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty current folder, a project of its own."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")


def run(command: str, *more: str) -> Result:
    program, *words = shlex.split(command)
    assert program == "k8slint"
    return CliRunner().invoke(group, [*words, *more], prog_name="k8slint", catch_exceptions=False)


def test_there_are_seven() -> None:
    assert len(SECTIONS) == 7


@each_section
def test_k8slint_says_what_the_page_says(section: Section) -> None:
    assert list(section.commands)
    for fence in section.fences:
        if fence.path:
            Path(fence.path).write_text(fence.text, encoding="utf-8")
        elif fence.language == "console":
            for command, expected in commands(fence.text):
                assert run(command).stdout == expected, command


@each_section
def test_what_it_recommends_is_right(section: Section) -> None:
    for fence in section.fences:
        if fence.path:
            Path(fence.path).write_text(fence.text, encoding="utf-8")
    checks = [command for command, _ in section.commands if "--diff" not in command]
    changes = [command for command, _ in section.commands if "--diff" in command]
    for command in changes:
        run(command.replace("--diff", "--fix"))
    for command in checks:
        result = run(command)
        assert result.exit_code == 0, result.stdout


@each_section
def test_its_mistakes_are_made_in_its_manifests(section: Section) -> None:
    """Nothing else is wrong with them that would have to be explained."""
    shown = {command.split("--select ")[1].split()[0] for command, _ in section.commands}
    for fence in section.fences:
        if fence.path and not Path(fence.path).exists():
            Path(fence.path).write_text(fence.text, encoding="utf-8")
    said = set(
        re.findall(
            r"^[^:\n]+:\d+:\d+: (?:error|warning)\[([\w-]+)\]",
            run("k8slint check --format concise").stdout,
            re.MULTILINE,
        )
    )
    assert shown <= said
    assert said <= set(re.findall(r"\(rules/([\w-]+)\.md\)", section.text))


def test_it_names_rules_that_are_there() -> None:
    named = set(re.findall(r"rules/([\w-]+)\.md", PAGE))
    assert named <= {rule.id for rule in rules_of("k8slint_rules")}
