"""`k8slint check`: lint, and mend."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from k8slint.cli.base import PRESET, Choice, Command, color_option, complete_rules, section
from k8slint.cli.checking import check, load_plugins
from k8slint.report import BUILTIN

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_mending = section("Mending")
_rules = section("Rules")
_input = section("Input")
_output = section("Output")

_PATH = click.Path(allow_dash=True)
_FILE = click.Path(dir_okay=False)
_FOLDER = click.Path(file_okay=False)
_JOBS = click.IntRange(min=1)
_SEVERITY = Choice(["error", "warning", "info"])
_MIN_SEVERITY_HELP = "The least to report: error, warning or info (the default). What is below does not fail either."
_FAIL_ON = Choice(["error", "warning", "info", "never"])
_FAIL_ON_HELP = "The least that makes the exit code 1: error, warning (the default) or info; or never."
_FORMATS = f"{', '.join(BUILTIN)} (default: text), or a plugin's; NAME=FILE writes to a file. Repeatable."


def _complete_format(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from k8slint.report import formats

    return [CompletionItem(name) for name in formats(load_plugins()) if name.startswith(incomplete)]


@click.command("check", cls=Command, short_help="Check manifests, and mend them.")
@click.argument("paths", nargs=-1, type=_PATH)
@_mending("--fix", is_flag=True, help="Mend what can be mended safely, in place.")
@_mending("--unsafe-fixes", is_flag=True, help="Mend also what may change what the manifest does.")
@_mending("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@_rules("--select", multiple=True, metavar="RULES", shell_complete=complete_rules, help="Only these: ids, groups, all.")
@_rules("--ignore", multiple=True, metavar="RULES", shell_complete=complete_rules, help="Not these.")
@_rules("--preset", type=PRESET, metavar="NAME", help="essential, recommended or strict, whatever the config says.")
@_rules("--config", type=_FILE, metavar="FILE", help="Use this config file.")
@_rules("--no-config", is_flag=True, help="Use no config file, even if there is one.")
@_rules("--baseline", type=_FILE, metavar="FILE", help="Report only what is not in this baseline.")
@_rules("--diff-base", metavar="REV", help="Report only what is in resources changed since this git revision.")
@_rules("--write-baseline", type=_FILE, metavar="FILE", help="Accept what is found: write it as a baseline.")
@_input("--kubernetes-version", metavar="VERSION", help="Check for 1.33, say, or a range: 1.30-1.33.")
@_input("--context", multiple=True, type=_PATH, metavar="PATH", help="Look things up here as well, report nothing.")
@_input("--stdin-filename", metavar="PATH", help="The name of what is read from standard input.")
@_input("--jobs", "-j", type=_JOBS, metavar="N", help="Worker processes; by default as many as pay.")
@_input("--no-cache", is_flag=True, envvar="K8SLINT_NO_CACHE", help="Check anew, and keep nothing for the next run.")
@_input("--cache-dir", type=_FOLDER, metavar="FOLDER", help="Keep what is found here, not in the user's cache folder.")
@_output(
    "--format", "-f", "formats", multiple=True, metavar="NAME[=FILE]", shell_complete=_complete_format, help=_FORMATS
)
@_output("--output-file", "-o", type=_FILE, metavar="FILE", help="The file for the format that names none.")
@_output("--min-severity", type=_SEVERITY, metavar="SEVERITY", help=_MIN_SEVERITY_HELP)
@_output("--fail-on", type=_FAIL_ON, default="warning", metavar="SEVERITY", help=_FAIL_ON_HELP)
@_output("--statistics", is_flag=True, help="Count findings by rule instead of showing them.")
@_output("--verbose", "-v", is_flag=True, help="Name what was skipped; show the line of each info.")
@_output("--quiet", "-q", is_flag=True, help="Findings only, no summary.")
@color_option(_output)
def command(**given: Any) -> None:
    """Check manifests: the files and folders of PATHS, the current folder by default. `-` reads standard input.

    Exits with 0 where nothing is found (see --fail-on), 1 where something is, 2 where checking was not possible.
    """
    sys.exit(check(given))
