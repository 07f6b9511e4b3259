"""Every `k8slint ...` that the hand-written pages show, in a console or in a sentence, is one that k8slint understands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from k8slint.cli.commands import group

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]

_FENCE = re.compile(r"^```(?:console|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_IN_TEXT = re.compile(r"`(k8slint [^`\n]+)`")
_COMMAND = re.compile(r"^(?:\$ )?(?:\S*/bin/)?(k8slint .*)$", re.MULTILINE)


def commands(text: str) -> list[str]:
    """The command lines of a page, without what a shell does around them."""
    found = [line for fence in _FENCE.findall(text) for line in _COMMAND.findall(fence)]
    found += _IN_TEXT.findall(text)
    return list(dict.fromkeys(re.split(r"\s+(?:\\?[|<>]|&&|#)", line)[0] for line in found))


LINES = [(page.name, line) for page in PAGES for line in commands(page.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "line"), LINES)
def test_the_commands_of_a_page_are_understood(page: str, line: str) -> None:
    name, *arguments = shlex.split(line)[1:]
    if name.startswith("-") or name == "COMMAND":
        return
    command = group.get_command(click.Context(group), name)
    assert command is not None, f"{page}: there is no command {name}"
    try:
        # The folder that `init` writes into has to be there, and nothing is run.
        command.make_context(name, arguments)
    except click.exceptions.Exit:
        assert "--help" in arguments


def test_there_are_commands_to_look_at() -> None:
    assert len(LINES) > 60
    assert ("output.md", "k8slint check --min-severity error") in LINES
