"""`k8slint rules`: the rules there are."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING

import click

from k8slint.cli import terminal
from k8slint.cli.base import PRESET, Command, color_option, load_plugins, section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.report.base import Style
    from k8slint.rule import RuleInfo

_filters = section("Which rules")
_output = section("Output")

_FORMAT = click.Choice(["text", "json"])
_FORMATS = "text (the default) or json."
_FIX_MARK = {"safe": "[*]", "unsafe": "[-]", "": "   "}


@click.command("rules", cls=Command, short_help="List the rules.")
@_filters("--group", metavar="NAME", help="Only those of this group: names, ports, volumes, ...")
@_filters("--preset", type=PRESET, metavar="NAME", help="Only those that it turns on: essential, recommended, strict.")
@_filters("--fixable", is_flag=True, help="Only those that can mend what they find.")
@_output("--format", "-f", "format_", type=_FORMAT, default="text", metavar="NAME", help=_FORMATS)
@color_option(_output)
def command(group: str | None, preset: str | None, fixable: bool, format_: str, color: str) -> None:
    """List the rules by group, with their severity, the fixes they have, and what each is about."""
    from k8slint.config import PRESETS

    plugins = load_plugins()
    rules: Iterable[RuleInfo] = plugins.rules.values()
    if group is not None:
        known = sorted({rule.group for rule in rules})
        if group not in known:
            raise click.UsageError(f"No group is named '{group}'. There are: {', '.join(known)}.")
        rules = [rule for rule in rules if rule.group == group]
    if preset is not None:
        included = PRESETS[: PRESETS.index(preset) + 1]
        rules = [rule for rule in rules if rule.preset in included]
    if fixable:
        rules = [rule for rule in rules if rule.fixable]
    ordered = sorted(rules, key=lambda rule: (rule.group, rule.id))
    if format_ == "json":
        terminal.emit(_json(ordered))
    else:
        style = terminal.style(color, sys.stdout)
        terminal.emit(_table(ordered, style), style)


def _json(rules: list[RuleInfo]) -> str:
    import json

    lines = [
        json.dumps(
            {
                "id": rule.id,
                "group": rule.group,
                "claim": rule.claim,
                "severity": _severity(rule),
                "preset": rule.preset,
                "fixable": rule.fixable,
                "since": rule.since,
                "summary": rule.summary,
            }
        )
        for rule in rules
    ]
    return "[\n " + ",\n ".join(lines) + "\n]\n" if lines else "[]\n"


def _severity(rule: RuleInfo) -> str:
    """The severity by default: off for what only `strict` turns on."""
    return "off" if rule.preset == "strict" else rule.severity


def _table(rules: list[RuleInfo], style: Style) -> str:
    from k8slint.report.base import SEVERITY_LOOK, counted
    from k8slint.report.excerpt import shortened

    if not rules:
        return "No such rules\n"
    longest = max(len(rule.id) for rule in rules)
    # What goes through a pipe is for grep, and stays whole.
    room = max(style.width - longest - 16, 30) if sys.stdout.isatty() else sys.maxsize
    blocks = []
    for group, members in groupby(rules, key=lambda rule: rule.group):
        lines = [style.paint(group, "bold")]
        for rule in members:
            severity = _severity(rule)
            look = "dim" if severity == "off" else SEVERITY_LOOK[rule.severity]
            shown = f"{style.paint(f'{severity:<7}', look)} {style.paint(_FIX_MARK[rule.fixable], 'cyan')}"
            summary = shortened(rule.summary, room)
            lines.append(f"  {rule.id:<{longest}}  {shown} {summary}")
        blocks.append("\n".join(lines) + "\n")
    blocks.append(
        f"{counted(len(rules), 'rule')}; [*] has a safe fix, [-] an unsafe one; off: on in the preset strict only\n"
        "`k8slint explain RULE` shows a rule's page\n"
    )
    return "\n".join(blocks)
