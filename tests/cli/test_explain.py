from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import Result

from k8slint.api import Container, Problems, rule
from k8slint.cli import web
from k8slint.cli.explain import page
from k8slint.cli.markdown import render, to_html
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
    assert (
        "No rule or group is named 'limit-without-requests'. Did you mean 'limits-without-requests'?" in result.stderr
    )


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
        pytest.param(
            "| a | b |\n|---|---|\n| one | `x` |", "a    b\n---  ---\none  `x`\n", id="columns of a table are aligned"
        ),
        pytest.param("a\n| b |\n|---|\nc", "a\nb\n-\nc\n", id="a table needs no blank line around it"),
        pytest.param(
            "| a | b |\n|--|--|\n| x | one two three |",
            "a  b\n-  -------------\nx  one two three\n",
            id="a table that fits",
        ),
        pytest.param(
            "| a | b |\n|--|--|\n| x | one two three four five |",
            "a  b\n-  ---------------\nx  one two three\n   four five\n",
            id="a wide one goes on below",
        ),
        pytest.param("see [the docs](https://x.dev)", "see the docs\n(https://x.dev)\n", id="a link shows its address"),
        pytest.param("a `--fix` b", "a `--fix` b\n", id="code within a line keeps its quotes"),
        pytest.param("**no** way", "no way\n", id="strong words are words"),
    ],
)
def test_markdown_on_a_terminal(markdown: str, shown: str) -> None:
    assert render(markdown, Style(width=18)) == shown


def test_rows_of_several_lines_stand_apart() -> None:
    table = "| a |\n|---|\n| one two three |\n| four |"

    assert render(table, Style(width=12)) == "a\n------------\none two\nthree\n\nfour\n"


def test_markdown_with_colour() -> None:
    style = Style(color=True, width=18)

    assert render("a `--fix` b", style) == "a \x1b[36m--fix\x1b[0m b\n"
    assert render("**no** way", style) == "\x1b[1mno\x1b[0m way\n"
    assert render("```yaml\na: 1  # <- bad\n```", style) == "    \x1b[1ma: 1\x1b[0m  \x1b[33m# <- bad\x1b[0m\n"
    assert render("```yaml\n- a: 1 # why\n```", style) == "    - \x1b[34ma\x1b[0m: 1\x1b[2m # why\x1b[0m\n"
    assert render("```go\na: 1\n```", style) == "    a: 1\n"
    table = "\x1b[1ma    b\x1b[0m\n\x1b[2m---  -\x1b[0m\n\x1b[36m`x`\x1b[0m  y\n"
    assert render("| a | b |\n|---|---|\n| `x` | y |", style) == table
    assert render("one two three `four five`", style) == "one two three\n\x1b[36mfour five\x1b[0m\n"


# ---- several, and files


def test_several_pages_stand_below_each_other(k8slint: K8slint) -> None:
    shown = k8slint("explain", "duplicate-key", "limits-without-requests", "duplicate-key").stdout

    assert shown.count("\nduplicate-key  error\n") + shown.startswith("duplicate-key  error\n") == 1
    assert f"\n{'-' * 72}\n\nlimits-without-requests  warning\n" in shown


def test_all_pages(k8slint: K8slint, folder: Path) -> None:
    result = k8slint("explain", "--all", "--output-file", "rules.txt")

    assert (result.exit_code, result.stdout) == (0, "")
    text = (folder / "rules.txt").read_text(encoding="utf-8")
    assert text.count(f"\n{'-' * 72}\n\n") == len(Plugins().rules) - 1
    assert "\x1b" not in text


@pytest.mark.parametrize("arguments", [(), ("--all", "duplicate-key")])
def test_it_is_told_what_to_show(k8slint: K8slint, arguments: tuple[str, ...]) -> None:
    assert k8slint("explain", *arguments).exit_code == 2


def test_colour_is_asked_for_or_kept_out(k8slint: K8slint, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in k8slint("explain", "duplicate-key").stdout
    assert k8slint("explain", "duplicate-key", "--color", "always").stdout.startswith("\x1b[1mduplicate-key\x1b[0m")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in k8slint("explain", "duplicate-key").stdout


# ---- the browser


def test_the_page_for_the_browser(k8slint: K8slint, folder: Path) -> None:
    assert k8slint("explain", "limits-without-requests", "--web", "-o", "page.html").exit_code == 0

    text = (folder / "page.html").read_text(encoding="utf-8")
    assert "<title>limits-without-requests</title>" in text
    assert '<span class="warning">warning</span>' in text
    assert '<figcaption>Bad</figcaption><pre><code><span class="line"><i>' in text
    assert '<span class="line marked">' in text
    assert "# &lt;-" not in text
    # Nothing is fetched; the only addresses are those of links.
    assert not re.search(r"<(?:link|script|img)[^>]*(?:href|src)=[\"']?https?:", text)


def test_where_there_is_no_browser_the_page_is_named(
    k8slint: K8slint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = k8slint("explain", "duplicate-key", "--web")
    (page_file,) = tmp_path.glob("k8slint-*.html")
    assert result.stderr == f"No browser was found; the page is in {page_file}\n"


def test_without_a_file_the_browser_opens(k8slint: K8slint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def browse(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr("webbrowser.open", browse)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    result = k8slint("explain", "duplicate-key", "limits-without-requests", "--web")

    (page_file,) = tmp_path.glob("k8slint-*.html")
    assert opened == [page_file.as_uri()]
    assert (result.stdout, result.stderr) == ("", f"Opened {page_file}\n")
    text = page_file.read_text(encoding="utf-8")
    assert '<a href="#duplicate-key">' in text
    assert '<article id="duplicate-key">' in text


def test_all_that_is_known_of_a_rule_is_in_the_browser_too() -> None:
    text = web.page([too_many])

    assert "group cli · claim: unintended · only in the preset strict · since 0.2" in text
    assert (
        "<td><code>mostReplicas</code></td><td>integer</td><td><code>3</code></td><td>Replicas that are too many.</td>"
        in text
    )
    assert "<li>a KEP</li><li>an issue</li>" in text
    assert '<span class="line marked">name: web<b class="arrow">one too many</b>' in text


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        pytest.param("one\ntwo", "<p>one two</p>", id="a paragraph"),
        pytest.param("## Why", "<h3>Why</h3>", id="a heading is below the page's"),
        pytest.param("- one\n  two\n- three", "<ul><li>one two</li><li>three</li></ul>", id="a list"),
        pytest.param("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>", id="a numbered one"),
        pytest.param("a <b> & `<c>`", "<p>a &lt;b&gt; &amp; <code>&lt;c&gt;</code></p>", id="nothing is a tag"),
        pytest.param("**no** way", "<p><strong>no</strong> way</p>", id="strong words"),
        pytest.param("[x](https://x.dev/?a=1&b)", '<p><a href="https://x.dev/?a=1&amp;b">x</a></p>', id="a link"),
        pytest.param("[x](javascript:alert(1))", "<p>x)</p>", id="no link to anything else"),
        pytest.param(
            "| a | b |\n|---|---|\n| 1 | `x\\|y` |",
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><code>x|y</code></td></tr></table>",
            id="a table",
        ),
        pytest.param(
            "```yaml\na: <b> # c\n```",
            '<figure class=""><pre><code><span class="line"><i>a</i>: &lt;b&gt;<small> # c</small>\n</span></code></pre></figure>',
            id="code",
        ),
    ],
)
def test_markdown_as_html(markdown: str, shown: str) -> None:
    assert to_html(markdown) == shown


# ---- groups


def test_a_group_is_listed_as_rules_does(k8slint: K8slint) -> None:
    result = k8slint("explain", "ports")

    assert result.exit_code == 0
    assert result.stdout == k8slint("rules", "ports").stdout == k8slint("rules", "--group", "ports").stdout
    assert "  quoted-target-port " in result.stdout
    assert result.stdout.endswith("`k8slint explain RULE` shows a rule's page\n")
    both = k8slint("explain", "ports", "volumes").stdout
    assert [line for line in both.splitlines() if line in ("ports", "volumes")] == ["ports", "volumes"]


def test_beside_a_rule_and_in_a_file_a_group_is_the_pages_of_its_rules(k8slint: K8slint, folder: Path) -> None:
    ids = [line.split()[0] for line in k8slint("explain", "source").stdout.splitlines()[3:] if line.startswith("  ")]
    assert len(ids) > 3
    beside = k8slint("explain", "limits-without-requests", "source", ids[0]).stdout
    k8slint("explain", "source", "-o", "pages.txt")
    for text in (beside, (folder / "pages.txt").read_text()):
        assert [text.count(f"\n{name}  ") + text.startswith(f"{name}  ") for name in ids] == [1] * len(ids)
    assert beside.startswith("limits-without-requests  warning\n")


def test_a_misspelt_group_comes_with_the_one_that_was_meant(k8slint: K8slint) -> None:
    assert "No rule or group is named 'prots'. Did you mean 'ports'?" in k8slint("explain", "prots").stderr
