"""`k8slint check`: lint, and mend."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

import click

from k8slint.cli import terminal
from k8slint.cli.base import PRESET, Command, Failure, color_option, complete_rules, load_plugins, section
from k8slint.report import BUILTIN

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from k8slint.baseline import Baseline
    from k8slint.report.base import Report
    from k8slint.run import CheckOptions, Run

_mending = section("Mending")
_rules = section("Rules")
_input = section("Input")
_output = section("Output")

_PATH = click.Path(allow_dash=True)
_FILE = click.Path(dir_okay=False)
_JOBS = click.IntRange(min=1)
_FAIL_ON = click.Choice(["error", "warning", "info", "never"])
_FAIL_ON_HELP = "The least that makes the exit code 1: error, warning (the default) or info; or never."
_FORMATS = f"{', '.join(BUILTIN)} (default: text), or what a plugin adds."


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
@_rules("--write-baseline", type=_FILE, metavar="FILE", help="Accept what is found: write it as a baseline.")
@_input("--kubernetes-version", metavar="VERSION", help="Check for 1.33, say, or a range: 1.30-1.33.")
@_input("--context", multiple=True, type=_PATH, metavar="PATH", help="Look things up here as well, report nothing.")
@_input("--stdin-filename", metavar="PATH", help="The name of what is read from standard input.")
@_input("--jobs", "-j", type=_JOBS, metavar="N", help="Worker processes; by default as many as pay.")
@_output("--format", "-f", "format_", default="text", metavar="NAME", shell_complete=_complete_format, help=_FORMATS)
@_output("--output-file", "-o", type=_FILE, metavar="FILE", help="Write the report to this file.")
@_output("--fail-on", type=_FAIL_ON, default="warning", metavar="SEVERITY", help=_FAIL_ON_HELP)
@_output("--statistics", is_flag=True, help="Count findings by rule instead of showing them.")
@_output("--verbose", "-v", is_flag=True, help="Name what was skipped; show the line of each info.")
@_output("--quiet", "-q", is_flag=True, help="Findings only, no summary.")
@color_option(_output)
def command(**given: Any) -> None:
    """Check manifests: the files and folders of PATHS, the current folder by default. `-` reads standard input.

    Exits with 0 where nothing is found (see --fail-on), 1 where something is, 2 where checking was not possible.
    """
    # Nothing that is read or imported from here on is garbage before the end.
    gc.disable()
    from k8slint.config import ConfigError
    from k8slint.plugins import PluginError
    from k8slint.run import EngineError

    try:
        sys.exit(_Check(given).run())
    except (ConfigError, EngineError, PluginError) as error:
        raise Failure(str(error)) from None


class _Check:
    """One call of the command; `given` are its parameters by name."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.plugins = load_plugins()
        self.report = self._report()
        self.paths: list[str] = list(given["paths"]) or ["-" if given["stdin_filename"] else "."]
        self._refuse_contradictions()
        self.style = terminal.style(
            given["color"], to_file=given["output_file"] is not None, verbose=given["verbose"], quiet=given["quiet"]
        )

    def _report(self) -> Report:
        from k8slint import report

        name: str = self.given["format_"]
        if self.given["statistics"]:
            if name not in ("text", "concise"):
                raise click.UsageError(f"--statistics is a table of its own, and does not go with --format {name}.")
            from k8slint.report import statistics

            return statistics.report
        found = report.load(name, self.plugins)
        if found is None:
            known = ", ".join(report.formats(self.plugins))
            raise click.UsageError(f"No format is named '{name}'. There are: {known}.")
        return found

    def _refuse_contradictions(self) -> None:
        given = self.given
        for one, other in (
            ("fix", "diff"),
            ("config", "no_config"),
            ("verbose", "quiet"),
            ("write_baseline", "baseline"),
            ("write_baseline", "fix"),
            ("write_baseline", "diff"),
        ):
            if given[one] and given[other]:
                raise click.UsageError(f"{_option(one)} does not go with {_option(other)}.")
        if "-" in self.paths and len(self.paths) > 1:
            raise click.UsageError("'-' reads standard input, and does not go with other paths.")
        if given["stdin_filename"] and self.paths != ["-"]:
            raise click.UsageError("--stdin-filename names what '-' reads, and does not go with other paths.")

    def run(self) -> int:
        """Does it all; returns the exit code."""
        run = self._checked()
        given = self.given
        if given["write_baseline"]:
            return self._write_baseline(run)
        self._write(self.report(run, self.style))
        for sentence in run.errors:
            terminal.say(f"error: {sentence}")
        return 2 if run.errors else int(self._fails(run))

    def _checked(self) -> Run:
        """The run, with a progress line where that helps, and what it has to say about itself on stderr."""
        from k8slint import run

        progress = terminal.Progress() if sys.stderr.isatty() and not self.given["quiet"] else None
        try:
            done = run.check(self.paths, self._options(progress), self.plugins)
        finally:
            if progress:
                progress.clear()
        for sentence in done.warnings:
            terminal.say(f"warning: {sentence}")
        if not done.files and not done.errors and not done.skipped:
            terminal.say(f"warning: nothing to check: no YAML or JSON in {', '.join(self.paths)}")
        return done

    def _options(self, progress: terminal.Progress | None) -> CheckOptions:
        from pathlib import Path

        from k8slint.run import CheckOptions

        given = self.given
        return CheckOptions(
            config=False if given["no_config"] else Path(given["config"]) if given["config"] else None,
            select=given["select"],
            ignore=given["ignore"],
            preset=given["preset"],
            kubernetes_version=given["kubernetes_version"],
            context=given["context"],
            jobs=given["jobs"],
            baseline=self._baseline(),
            progress=progress,
            stdin_filename=given["stdin_filename"],
        )

    def _baseline(self) -> Baseline | None:
        if not self.given["baseline"]:
            return None
        from k8slint import baseline

        try:
            return baseline.load(self.given["baseline"])
        except baseline.BaselineError as error:
            raise Failure(str(error)) from None

    def _write_baseline(self, run: Run) -> int:
        from k8slint import baseline
        from k8slint.report.base import counted

        path = self.given["write_baseline"]
        try:
            number = baseline.write(path, run.findings)
        except baseline.BaselineError as error:
            raise Failure(str(error)) from None
        terminal.say(f"Wrote {counted(number, 'finding')} to {path}")
        return 0

    def _fails(self, run: Run) -> bool:
        """Whether something is found that --fail-on asks to fail for."""
        from k8slint.finding import Severity

        fail_on = self.given["fail_on"]
        return fail_on != "never" and run.worst().rank >= Severity(fail_on).rank

    def _write(self, text: str) -> None:
        path = self.given["output_file"]
        if path is None:
            terminal.emit(text, self.style)
            return
        try:
            terminal.write_file(path, text)
        except OSError as error:
            raise Failure(f"cannot write {path}: {error.strerror or error}") from None


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
