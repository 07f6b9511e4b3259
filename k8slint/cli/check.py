"""`k8slint check`: lint, and mend."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

import click

from k8slint.cli import outputs, terminal
from k8slint.cli.base import PRESET, Command, Failure, color_option, complete_rules, load_plugins, section
from k8slint.report import BUILTIN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from click.shell_completion import CompletionItem

    from k8slint.apply import Outcome
    from k8slint.baseline import Baseline
    from k8slint.cli.changes import Changes
    from k8slint.run import CheckOptions, Run

_mending = section("Mending")
_rules = section("Rules")
_input = section("Input")
_output = section("Output")

_PATH = click.Path(allow_dash=True)
_FILE = click.Path(dir_okay=False)
_FOLDER = click.Path(file_okay=False)
_JOBS = click.IntRange(min=1)
_FAIL_ON = click.Choice(["error", "warning", "info", "never"])
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
        self.outputs = outputs.chosen(given, self.plugins)
        self.paths: list[str] = list(given["paths"]) or ["-" if given["stdin_filename"] else "."]
        self._refuse_contradictions()
        self.filtering: bool = given["fix"] and self.paths == ["-"]
        """Whether stdout is for the mended text, so that the report goes elsewhere."""

    def _refuse_contradictions(self) -> None:
        given = self.given
        for one, other in (
            ("fix", "diff"),
            ("config", "no_config"),
            ("verbose", "quiet"),
            ("write_baseline", "baseline"),
            ("write_baseline", "fix"),
            ("write_baseline", "diff"),
            ("statistics", "diff"),
            ("diff_base", "fix"),
            ("diff_base", "diff"),
            ("diff_base", "write_baseline"),
        ):
            if given[one] and given[other]:
                raise click.UsageError(f"{_option(one)} does not go with {_option(other)}.")
        if given["unsafe_fixes"] and not (given["fix"] or given["diff"]):
            raise click.UsageError("--unsafe-fixes goes with --fix or --diff.")
        if given["diff"] and given["formats"] not in ((), ("text",)):
            raise click.UsageError("--diff is a format of its own, and does not go with --format.")
        if "-" in self.paths and len(self.paths) > 1:
            raise click.UsageError("'-' reads standard input, and does not go with other paths.")
        if "-" in self.paths and given["diff_base"]:
            raise click.UsageError("'-' reads standard input, and does not go with --diff-base.")
        if given["stdin_filename"] and self.paths != ["-"]:
            raise click.UsageError("--stdin-filename names what '-' reads, and does not go with other paths.")

    def run(self) -> int:
        """Does it all; returns the exit code."""
        given = self.given
        changes = self._changes()
        run = self._checked()
        if changes is not None:
            kept = [finding for finding in run.findings if changes.concern(finding)]
            run.unchanged, run.findings = len(run.findings) - len(kept), kept
        for sentence in run.warnings:
            terminal.say(f"warning: {sentence}")
        if given["verbose"] and run.cached:
            terminal.say(f"note: cache: {run.cached}")
        if not run.files and not run.errors and not run.skipped:
            terminal.say(f"warning: nothing to check: no YAML or JSON in {', '.join(self.paths)}")
        if given["write_baseline"]:
            self._write_baseline(run)
            return self._exit_code(run, failing=False)
        if given["diff"]:
            return self._exit_code(run, failing=self._show_diff(run))
        if given["fix"]:
            run = self._fix(run)
        outputs.write_all(self.outputs, run, given, err=self.filtering)
        return self._exit_code(run, failing=self._fails(run))

    def _exit_code(self, run: Run, *, failing: bool) -> int:
        for sentence in run.errors:
            terminal.say(f"error: {sentence}")
        return 2 if run.errors else int(failing)

    def _changes(self) -> Changes | None:
        if not self.given["diff_base"]:
            return None
        from k8slint.cli.changes import Changes, ChangesError

        try:
            return Changes(self.given["diff_base"])
        except ChangesError as error:
            raise Failure(str(error)) from None

    def _checked(self) -> Run:
        """The run, with a progress line where that helps."""
        from k8slint import run

        progress = terminal.Progress() if sys.stderr.isatty() and not self.given["quiet"] else None
        try:
            return run.check(self.paths, self._options(progress=progress), self.plugins)
        finally:
            if progress:
                progress.clear()

    def _options(self, **more: Any) -> CheckOptions:
        from k8slint.run import CheckOptions

        given = self.given
        return CheckOptions(
            config=False if given["no_config"] else given["config"],
            select=given["select"],
            ignore=given["ignore"],
            preset=given["preset"],
            kubernetes_version=given["kubernetes_version"],
            context=given["context"],
            jobs=given["jobs"],
            baseline=self._baseline(),
            stdin_filename=given["stdin_filename"],
            cache=False if given["no_cache"] else given["cache_dir"] or True,
            **more,
        )

    # ---- mending

    def _fix(self, run: Run) -> Run:
        """Mends files, or what came from standard input on its way to standard output; returns what is left."""
        from k8slint.cli import fixing

        outcome = self._mended(run)
        if self.filtering:
            name = self._stdin_name()
            self._tell(outcome, "Fixed")
            terminal.emit(outcome.texts.get(name, run.text(name)).encode("utf-8", "surrogatepass"))
            return self._again([name], {name: run.text(name), **outcome.texts})
        failures = fixing.written(run, outcome)
        self._tell(outcome, "Fixed", but=failures)
        if outcome.texts:
            run = self._checked()
        run.errors += failures.values()
        return run

    def _show_diff(self, run: Run) -> bool:
        """Shows what --fix would change; tells whether that is anything."""
        from k8slint.cli import fixing

        outcome = self._mended(run)
        self._tell(outcome, "Would fix")
        path, color = self.given["output_file"], self.given["color"]
        style = terminal.style(color, None if path else sys.stdout)
        outputs.write(path, fixing.diff(run, outcome, style), color=color)
        return bool(outcome.texts)

    def _mended(self, run: Run) -> Outcome:
        from k8slint.cli import fixing

        only = self._stdin_name() if self.paths == ["-"] else None
        return fixing.mended(run, self._again, unsafe=self.given["unsafe_fixes"], only=only)

    def _tell(self, outcome: Outcome, done: str, but: Collection[str] = ()) -> None:
        from k8slint.cli import fixing

        if not self.given["quiet"]:
            for line in fixing.described(outcome, done, but):
                terminal.say(line)

    def _again(self, paths: list[str], texts: Mapping[str, str]) -> Run:
        """A run over some files, with other texts than those on the disk."""
        from k8slint import run

        return run.check(self.paths if self.paths == ["-"] else paths, self._options(texts=texts), self.plugins)

    def _stdin_name(self) -> str:
        from k8slint.run import STDIN

        return self.given["stdin_filename"] or STDIN

    # ---- baselines

    def _baseline(self) -> Baseline | None:
        if not self.given["baseline"]:
            return None
        from k8slint import baseline

        try:
            return baseline.load(self.given["baseline"])
        except baseline.BaselineError as error:
            raise Failure(str(error)) from None

    def _write_baseline(self, run: Run) -> None:
        from k8slint import baseline
        from k8slint.report.base import counted

        path = self.given["write_baseline"]
        try:
            number = baseline.write(path, run.findings)
        except baseline.BaselineError as error:
            raise Failure(str(error)) from None
        terminal.say(f"Wrote {counted(number, 'finding')} to {path}")

    # ---- the end

    def _fails(self, run: Run) -> bool:
        """Whether something is found that --fail-on asks to fail for."""
        from k8slint.finding import Severity

        fail_on = self.given["fail_on"]
        return fail_on != "never" and run.worst().rank >= Severity(fail_on).rank


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
