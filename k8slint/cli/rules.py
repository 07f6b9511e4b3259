"""`k8slint rules`: the rules there are."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING

import click

from k8slint.cli import terminal
from k8slint.cli.base import PRESET, Choice, Command, color_option, did_you_mean, section
from k8slint.cli.checking import load_plugins

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.report.base import Style
    from k8slint.rule import RuleInfo

_filters = section("Which rules")
_output = section("Output")

_FORMAT = Choice(["text", "json"])
_FORMATS = "text (the default) or json."
_SEVERITY = Choice(["error", "warning", "info", "off"])
_FIX_MARK = {"safe": "[*]", "unsafe": "[-]", "": "   "}


@click.command("rules", cls=Command, short_help="List the rules.")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@_filters("--group", multiple=True, metavar="NAME", help="Only those of this group: names, ports, volumes, ...")
@_filters("--preset", type=PRESET, metavar="NAME", help="Only those that it turns on: essential, recommended, strict.")
@_filters("--severity", multiple=True, type=_SEVERITY, metavar="NAME", help="Only error, warning, info, or off.")
@_filters("--fixable", is_flag=True, help="Only those that can mend what they find.")
@_output("--format", "-f", "format_", type=_FORMAT, default="text", metavar="NAME", help=_FORMATS)
@color_option(_output)
def command(
    words: tuple[str, ...],
    group: tuple[str, ...],
    preset: str | None,
    severity: tuple[str, ...],
    fixable: bool,
    format_: str,
    color: str,
) -> None:
    """List the rules by group, with their severity, the smallest preset with them, the fixes they have, and what each is
    about.

    With words, only those rules that have all of them in their name, their group or their summary. A word that is the
    name of a group is that group, as with --group.
    """
    from k8slint.config import PRESETS

    plugins = load_plugins()
    rules: Iterable[RuleInfo] = plugins.rules.values()
    known = sorted({rule.group for rule in rules})
    group, words = (
        (*group, *(word for word in words if word in known)),
        tuple(word for word in words if word not in known),
    )
    for name in group:
        if name not in known:
            raise click.UsageError(
                f"No group is named '{name}'. There are: {', '.join(known)}.{did_you_mean(name, known)}"
            )
    if group:
        rules = [rule for rule in rules if rule.group in group]
    if preset is not None:
        included = PRESETS[: PRESETS.index(preset) + 1]
        rules = [rule for rule in rules if rule.preset in included]
    if severity:
        rules = [rule for rule in rules if _severity(rule) in severity]
    if fixable:
        rules = [rule for rule in rules if rule.fixable]
    if words:
        rules = [rule for rule in rules if _holds(rule, words)]
    ordered = sorted(rules, key=lambda rule: (rule.group, rule.id))
    if format_ == "json":
        terminal.emit(_json(ordered))
    else:
        style = terminal.style(color, sys.stdout)
        terminal.emit(table(ordered, style), style)


def _holds(rule: RuleInfo, words: Iterable[str]) -> bool:
    text = f"{rule.id} {rule.id.replace('-', ' ')} {rule.group} {rule.summary}".lower()
    return all(word.lower() in text for word in words)


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


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def table(rules: list[RuleInfo], style: Style) -> str:
    """The rules as people read them, a line each below their groups; they are in order."""
    from k8slint.report.base import SEVERITY_LOOK, counted
    from k8slint.report.excerpt import shortened

    if not rules:
        return "No such rules\n"
    longest = max(len(rule.id) for rule in rules)
    presets = max(len("preset"), *(len(rule.preset) for rule in rules))
    head = f"  {'rule':<{longest}}  severity  {'preset':<{presets}}  fix  "
    # What goes through a pipe is for grep, and stays whole.
    room = max(style.width - len(head), 30) if _is_terminal() else sys.maxsize
    blocks = [style.paint(f"{head}summary", "dim") + "\n"]
    for group, members in groupby(rules, key=lambda rule: rule.group):
        lines = [style.paint(group, "bold")]
        for rule in members:
            severity = _severity(rule)
            look = "dim" if severity == "off" else SEVERITY_LOOK[rule.severity]
            columns = (
                f"{rule.id:<{longest}}",
                style.paint(f"{severity:<8}", look),
                f"{rule.preset:<{presets}}",
                style.paint(_FIX_MARK[rule.fixable], "cyan"),
                shortened(rule.summary, room),
            )
            lines.append(f"  {'  '.join(columns)}")
        blocks.append("\n".join(lines) + "\n")
    blocks.append(
        f"{counted(len(rules), 'rule')}; [*] has a safe fix, [-] an unsafe one; off: on in the preset strict only\n"
        "`k8slint explain RULE` shows a rule's page\n"
    )
    return "\n".join(blocks)
