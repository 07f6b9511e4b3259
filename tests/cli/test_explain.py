from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent

import pytest
from click.testing import Result

from k8slint.api import Container, Problems, rule
from k8slint.cli.explain import page
from k8slint.cli.markdown import render
from k8slint.plugins import Plugins
from k8slint.report.base import Style

K8slint = Callable[..., Result]


@dataclass(frozen=True)
class Options:
    most_replicas: int = 3
    """Replicas that are too many."""
    names: tuple[str, ...] = ("web",)


@rule(on=Container, since="0.2", preset="strict", options=Options, source=("a KEP", "an issue"))
def too_many(container: Container) -> Problems:
    """A container is one too many.

    Nobody needs that many.

    ```yaml bad
    name: web  # <- one too many
    ```

    ```yaml good
    name: db
    ```
    """
    yield from ()


def test_the_page_of_a_rule(k8slint: K8slint) -> None:
    result = k8slint("explain", "limits-without-requests")

    assert result.exit_code == 0
    assert result.stdout.startswith("limits-without-requests  warning\n")
    assert "A container sets a limit but no request for the same resource." in result.stdout
    assert "\nBad:\n" in result.stdout
    assert "    memory: 512Mi  # <- memory has a limit" in result.stdout.replace("      memory", "    memory")
    assert "```" not in result.stdout


def test_all_that_is_known_of_a_rule_is_on_its_page() -> None:
    assert page(too_many, Style()) == dedent("""\
        too-many  warning
        group cli, claim: unintended, only in the preset strict, since 0.2

        A container is one too many.

        Nobody needs that many.

        Bad:

            name: web  # <- one too many

        Good:

            name: db

        Options
          mostReplicas (integer; default 3)
              Replicas that are too many.
          names (list of strings; default ["web"])

        Follows
          a KEP
          an issue
        """)


def test_every_rule_has_a_page() -> None:
    plugins = Plugins()

    for rule_id in plugins.rules:
        text = page(plugins.rule(rule_id), Style(color=True))
        plain = re.sub(r"\x1b\[[\d;]*m", "", text)
        assert plain.startswith(rule_id)
        assert plain.splitlines()[-1] == plugins.rules[rule_id].url


def test_an_unknown_rule_comes_with_the_near_name(k8slint: K8slint) -> None:
    result = k8slint("explain", "limit-without-requests")

    assert result.exit_code == 2
    assert "No rule is named 'limit-without-requests'. Did you mean 'limits-without-requests'?" in result.stderr


# ---- Markdown


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        pytest.param("one two three four five", "one two three four\nfive\n", id="a paragraph is wrapped"),
        pytest.param("one\ntwo", "one two\n", id="its line breaks are none"),
        pytest.param("one\n\ntwo", "one\n\ntwo\n", id="paragraphs stay apart"),
        pytest.param("- one two three four\n- five", "- one two three\n  four\n- five\n", id="items hang"),
        pytest.param("1. one two three four", "1. one two three\n   four\n", id="numbered ones too"),
        pytest.param("- one\n  two", "- one two\n", id="an item goes on"),
        pytest.param("## Why", "Why\n", id="a heading"),
        pytest.param("```yaml\na:  1\n```", "    a:  1\n", id="code is indented"),
        pytest.param("```yaml bad web.yaml\na: 1\n```", "Bad (web.yaml):\n\n    a: 1\n", id="an example has a title"),
        pytest.param("```go\na := very + long + code\n```", "    a := very + long + code\n", id="code is not wrapped"),
        pytest.param("```yaml\nopen", "    open\n", id="code without an end ends with the text"),
        pytest.param("| a | b |\n|---|---|", "| a | b |\n|---|---|\n", id="a table stays"),
        pytest.param("see [the docs](https://x.dev)", "see the docs\n(https://x.dev)\n", id="a link shows its address"),
        pytest.param("a `--fix` b", "a `--fix` b\n", id="code within a line keeps its quotes"),
        pytest.param("**no** way", "no way\n", id="strong words are words"),
    ],
)
def test_markdown_on_a_terminal(markdown: str, shown: str) -> None:
    assert render(markdown, Style(width=18)) == shown


def test_markdown_with_colour() -> None:
    style = Style(color=True, width=18)

    assert render("a `--fix` b", style) == "a \x1b[36m--fix\x1b[0m b\n"
    assert render("**no** way", style) == "\x1b[1mno\x1b[0m way\n"
    assert render("```yaml\na: 1  # <- bad\n```", style) == "    a: 1  \x1b[33m# <- bad\x1b[0m\n"
    assert render("one two three `four five`", style) == "one two three\n\x1b[36mfour five\x1b[0m\n"
