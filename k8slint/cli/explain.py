"""`k8slint explain`: a rule's page in the terminal, or in the browser."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from k8slint.cli import terminal
from k8slint.cli.base import Command, color_option, complete_rule, find_rule, section
from k8slint.cli.checking import load_plugins
from k8slint.cli.failures import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.report.base import Style
    from k8slint.rule import Rule, RuleInfo

_output = section("Output")

_FILE = click.Path(dir_okay=False)


@click.command("explain", cls=Command, short_help="Show the page of a rule, or the rules of a group.")
@click.argument("rules", metavar="RULE...", nargs=-1, shell_complete=complete_rule)
@_output("--all", "every", is_flag=True, help="Show the pages of all rules.")
@_output("--web", is_flag=True, help="Show it in the browser.")
@_output("--output-file", "-o", type=_FILE, metavar="FILE", help="Write it to this file: HTML with --web, else text.")
@color_option(_output)
def command(rules: tuple[str, ...], every: bool, web: bool, output_file: str | None, color: str) -> None:
    """Show the page of a rule, or of several: what it finds and why that matters, an example of each, its options, and
    what it follows.

    A group (names, ports, volumes, ...) is listed, a rule a line, as `k8slint rules GROUP` does. Beside a rule, with
    --web or with --output-file it stands for the pages of its rules.
    """
    from k8slint.plugins import PluginError

    if bool(rules) is every:
        raise click.UsageError("--all is for all rules, and takes none." if every else "Missing argument 'RULE...'.")
    plugins = load_plugins()
    every_info = sorted(plugins.rules.values(), key=lambda rule: (rule.group, rule.id))
    groups = {info.group for info in every_info}
    if rules and groups.issuperset(rules) and not web and output_file is None:
        from k8slint.cli.rules import table

        style = terminal.style(color, sys.stdout)
        terminal.emit(table([info for info in every_info if info.group in rules], style), style)
        return
    infos = every_info
    if not every:
        named = [[info for info in every_info if info.group == name] or [find_rule(plugins, name)] for name in rules]
        infos = list({info.id: info for infos in named for info in infos}.values())
    try:
        found = [plugins.rule(info.id) for info in infos]
    except PluginError as error:
        raise CommandError(str(error)) from None
    if web:
        from k8slint.cli import web as browser

        text = browser.page(found)
        if output_file is None:
            path, opened = browser.show(text)
            terminal.say(f"Opened {path}" if opened else f"No browser was found; the page is in {path}")
            return
        _write(text, output_file)
        return
    style = terminal.style(color, None if output_file else sys.stdout)
    line = style.paint("-" * min(style.width, 72), "dim")
    shown = f"\n{line}\n\n".join(page(rule, style) for rule in found)
    if output_file is None:
        terminal.emit(shown, style)
    else:
        _write(shown, output_file)


def _write(text: str, path: str) -> None:
    from k8slint.files import write_atomically

    try:
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}") from None


def page(rule: Rule, style: Style) -> str:
    """The page, from its title to its address."""
    from k8slint.cli.markdown import render
    from k8slint.page import parse

    parts = [_title(rule.info, style), render(parse(rule.doc).markdown, style)]
    if rule.options is not None:
        parts.append("\n".join([style.paint("Options", "bold"), *_options(rule.options, style)]) + "\n")
    if rule.source:
        parts.append("\n".join([style.paint("Follows", "bold"), *(f"  {source}" for source in rule.source)]) + "\n")
    if rule.info.url:
        parts.append(style.paint(rule.info.url, "dim") + "\n")
    return "\n".join(parts)


def facts(info: RuleInfo) -> list[str]:
    """What is known of a rule beside its page."""
    fix = {"safe": "has a fix", "unsafe": "has a fix (unsafe)", "": ""}[info.fixable]
    preset = "only in the preset strict" if info.preset == "strict" else f"preset {info.preset}"
    known = [f"group {info.group}", f"claim: {info.claim}", preset, fix, f"since {info.since}"]
    return [fact for fact in known if fact]


def _title(info: RuleInfo, style: Style) -> str:
    from k8slint.report.base import SEVERITY_LOOK

    name = style.paint(info.id, "bold")
    severity = style.paint(info.severity, SEVERITY_LOOK[info.severity], "bold")
    return f"{name}  {severity}\n" + style.paint(", ".join(facts(info)), "dim") + "\n"


def options(options_type: type[object]) -> Iterator[tuple[str, str, str, str]]:
    """The options of a rule: name, type, default and what it is about."""
    import json

    from k8slint.options import option_fields, plain

    for field in option_fields(options_type):
        yield field.name, field.type, json.dumps(plain(field.default), ensure_ascii=False), field.doc or ""


def _options(options_type: type[object], style: Style) -> Iterator[str]:
    for name, type_, default, doc in options(options_type):
        yield f"  {style.paint(name, 'cyan')} ({type_}; default {default})"
        if doc:
            yield f"      {doc}"
