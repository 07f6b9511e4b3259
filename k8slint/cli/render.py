"""`k8slint render`: check what charts and kustomizations become."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

import click

from k8slint.cli import checking, outputs, terminal
from k8slint.cli.base import PRESET, Command, color_option, complete_rules, section
from k8slint.cli.check import (
    _FAIL_ON,
    _FAIL_ON_HELP,
    _FILE,
    _FORMATS,
    _MIN_SEVERITY_HELP,
    _PATH,
    _SEVERITY,
    _complete_format,
)
from k8slint.cli.failures import CommandError
from k8slint.report.base import counted, listed, plain

if TYPE_CHECKING:
    from k8slint.render import Plan, RenderOptions
    from k8slint.run import Run

_rendering = section("Rendering")
_rules = section("Rules")
_output = section("Output")

_SECONDS = click.FloatRange(min=0, min_open=True)


@click.command("render", cls=Command, short_help="Render charts and kustomizations, and check the result.")
@click.argument("paths", nargs=-1, type=click.Path())
@_rendering("--values", multiple=True, type=_FILE, metavar="FILE", help="Values for the charts; several go together.")
@_rendering("--helm-arg", multiple=True, metavar="ARG", help="Give helm this too: --helm-arg=--set=a=b.")
@_rendering("--kustomize-arg", multiple=True, metavar="ARG", help="The same for kustomize.")
@_rendering("--require", is_flag=True, help="Exit with 2 where a tool or a dependency is missing.")
@_rendering("--timeout", type=_SECONDS, metavar="SECONDS", help="The longest that one may take; 60.")
@_rendering("--dry-run", is_flag=True, help="Show what would be run, and run nothing.")
@_rules("--select", multiple=True, metavar="RULES", shell_complete=complete_rules, help="Only these: ids, groups, all.")
@_rules("--ignore", multiple=True, metavar="RULES", shell_complete=complete_rules, help="Not these.")
@_rules("--preset", type=PRESET, metavar="NAME", help="essential, recommended or strict.")
@_rules("--config", type=_FILE, metavar="FILE", help="Use this config file.")
@_rules("--no-config", is_flag=True, help="Use no config file, even if there is one.")
@_rules("--baseline", type=_FILE, metavar="FILE", help="Report only what is not in this baseline.")
@_rules("--kubernetes-version", metavar="VERSION", help="Check for 1.33, say, or a range: 1.30-1.33.")
@_rules("--context", multiple=True, type=_PATH, metavar="PATH", help="Look things up here as well, report nothing.")
@_output(
    "--format", "-f", "formats", multiple=True, metavar="NAME[=FILE]", shell_complete=_complete_format, help=_FORMATS
)
@_output("--output-file", "-o", type=_FILE, metavar="FILE", help="The file for the format that names none.")
@_output("--statistics", is_flag=True, help="Count findings by rule instead of showing them.")
@_output("--min-severity", type=_SEVERITY, metavar="SEVERITY", help=_MIN_SEVERITY_HELP)
@_output("--fail-on", type=_FAIL_ON, default="warning", metavar="SEVERITY", help=_FAIL_ON_HELP)
@_output("--verbose", "-v", is_flag=True, help="Name each command that is run; show the line of each info.")
@_output("--quiet", "-q", is_flag=True, help="Findings only, no summary.")
@color_option(_output)
def command(**given: Any) -> None:
    """Render the charts and kustomizations of PATHS (by default, of the current folder) with the helm and the kustomize
    that are installed, and check what comes out. For a file, that is the chart it belongs to and the kustomizations that
    take it in.

    This runs programs, and they run what the charts say: only `k8slint render` ever does.
    """
    gc.disable()
    from k8slint.config import ConfigError
    from k8slint.plugins import PluginError
    from k8slint.run import EngineError

    if given["config"] and given["no_config"]:
        raise click.UsageError("--config does not go with --no-config.")
    if given["verbose"] and given["quiet"]:
        raise click.UsageError("--verbose does not go with --quiet.")
    try:
        sys.exit(_render(given))
    except (ConfigError, EngineError, PluginError) as error:
        raise CommandError(str(error)) from None


def _render(given: dict[str, Any]) -> int:
    from k8slint import render

    plugins = checking.load_plugins()
    chosen = outputs.chosen(given, plugins)
    how, options = _how(given), checking.options(given)
    made = render.plan(given["paths"] or ["."], how, options, plugins)
    if given["dry_run"]:
        return _show(made)
    if given["verbose"]:
        for job in made.jobs:
            terminal.say(f"Running {plain(str(job))}")
    run = render.check(made, how, options, plugins)
    return _told(run, made, given, chosen)


def _told(run: Run, made: Plan, given: dict[str, Any], chosen: list[outputs.Output]) -> int:
    from k8slint.finding import Severity

    if not given["quiet"]:
        terminal.say(_done(made))
    for sentence in run.warnings:
        terminal.say(f"warning: {plain(sentence)}")
    # "Nothing was checked" has been said by then.
    outputs.write_all(chosen, run, given if made.jobs else {**given, "quiet": True})
    checking.tell_of_crashes(run, given)
    for sentence in run.errors:
        terminal.say(f"error: {plain(sentence)}")
    if run.errors:
        return 2
    fail_on = given["fail_on"]
    return int(fail_on != "never" and run.worst().rank >= Severity(fail_on).rank)


def _done(made: Plan) -> str:
    """Which programs were run, and for what."""
    charts = len({job.subject for job in made.jobs if job.chart is not None})
    times = sum(job.chart is not None for job in made.jobs)
    built = [job for job in made.jobs if job.chart is None]
    parts = []
    if charts:
        parts.append(f"{counted(charts, 'chart')} with helm" + (f", {times} times" if times > charts else ""))
    if built:
        parts.append(f"{counted(len(built), 'kustomization')} with {built[0].tool.name}")
    return f"Rendered {listed(parts)}" if parts else "Nothing was rendered"


def _show(made: Plan) -> int:
    for job in made.jobs:
        terminal.emit(f"{plain(str(job))}\n")
    for sentence in (*made.notes, *made.remarks):
        terminal.say(f"warning: {plain(sentence)}")
    for sentence in made.errors:
        terminal.say(f"error: {plain(sentence)}")
    return 2 if made.errors else 0


def _how(given: dict[str, Any]) -> RenderOptions:
    from k8slint.render import RenderOptions

    more = {"timeout": given["timeout"]} if given["timeout"] else {}
    return RenderOptions(
        values=given["values"],
        helm_arguments=given["helm_arg"],
        kustomize_arguments=given["kustomize_arg"],
        require=given["require"],
        **more,
    )
