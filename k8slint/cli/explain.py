"""`k8slint explain`: a rule's page in the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from k8slint.cli import terminal
from k8slint.cli.base import Command, Failure, color_option, complete_rule, find_rule, load_plugins, section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.report.base import Style
    from k8slint.rule import Rule, RuleInfo


@click.command("explain", cls=Command, short_help="Show the page of a rule.")
@click.argument("rule", shell_complete=complete_rule)
@color_option(section("Output"))
def command(rule: str, color: str) -> None:
    """Show the page of a rule: what it finds and why that matters, an example of each, its options, and what it
    follows."""
    from k8slint.plugins import PluginError

    plugins = load_plugins()
    info = find_rule(plugins, rule)
    try:
        found = plugins.rule(info.id)
    except PluginError as error:
        raise Failure(str(error)) from None
    style = terminal.style(color, sys.stdout)
    terminal.emit(page(found, style), style)


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


def _title(info: RuleInfo, style: Style) -> str:
    from k8slint.report.base import SEVERITY_LOOK

    fix = {"safe": "has a fix", "unsafe": "has a fix (unsafe)", "": ""}[info.fixable]
    preset = "only in the preset strict" if info.preset == "strict" else f"preset {info.preset}"
    facts = [f"group {info.group}", f"claim: {info.claim}", preset, fix, f"since {info.since}"]
    name = style.paint(info.id, "bold")
    severity = style.paint(info.severity, SEVERITY_LOOK[info.severity], "bold")
    return f"{name}  {severity}\n" + style.paint(", ".join(fact for fact in facts if fact), "dim") + "\n"


def _options(options: type[object], style: Style) -> Iterator[str]:
    import json

    from k8slint.options import option_fields, plain

    for field in option_fields(options):
        default = json.dumps(plain(field.default), ensure_ascii=False)
        yield f"  {style.paint(field.name, 'cyan')} ({field.type}; default {default})"
        if field.doc:
            yield f"      {field.doc}"
