"""What `k8slint check` does, once it is known what was asked for. It goes without click: to import that takes as long as all the rest of a start."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

from k8slint.cli import outputs, terminal
from k8slint.cli.failures import CommandError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from k8slint.apply import Outcome
    from k8slint.baseline import Baseline
    from k8slint.cli.changes import Changes
    from k8slint.plugins import Plugins
    from k8slint.run import CheckOptions, Run


def check(given: dict[str, Any]) -> int:
    """Does what the parameters of the command ask for; returns the exit code. Raises CommandError and UsageError."""
    # Nothing that is read or imported from here on is garbage before the end.
    gc.disable()
    from k8slint.config import ConfigError
    from k8slint.plugins import PluginError
    from k8slint.run import EngineError

    try:
        return Check(given).run()
    except (ConfigError, EngineError, PluginError) as error:
        raise CommandError(str(error)) from None


def load_plugins() -> Plugins:
    """The installed plugins. Raises CommandError where one of them cannot be used, or none brings a rule."""
    from k8slint.plugins import PluginError, Plugins

    try:
        plugins = Plugins()
        plugins.require_rules()
    except PluginError as error:
        raise CommandError(str(error)) from None
    return plugins


def options(given: Mapping[str, Any], **more: Any) -> CheckOptions:
    """What the parameters that all commands with findings share ask of a run, and `more`, which only some have. Raises CommandError."""
    from k8slint.run import CheckOptions

    return CheckOptions(
        config=False if given["no_config"] else given["config"],
        select=given["select"],
        ignore=given["ignore"],
        preset=given["preset"],
        kubernetes_version=given["kubernetes_version"],
        min_severity=given["min_severity"],
        context=given["context"],
        baseline=_baseline(given["baseline"]),
        **more,
    )


def _baseline(path: str | None) -> Baseline | None:
    if not path:
        return None
    from k8slint import baseline

    try:
        return baseline.load(path)
    except baseline.BaselineError as error:
        raise CommandError(str(error)) from None


def tell_of_crashes(run: Run, given: Mapping[str, Any]) -> None:
    """Tells how the rules that failed came to that, or how to see it."""
    if given["verbose"]:
        for rule, traceback in sorted(run.tracebacks.items()):
            terminal.say(f"note: the rule {rule} failed:\n{traceback.rstrip()}")
    elif run.tracebacks and not given["quiet"]:
        terminal.say("note: -v shows the traceback")


class Check:
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
                raise UsageError(f"{_option(one)} does not go with {_option(other)}.")
        if given["unsafe_fixes"] and not (given["fix"] or given["diff"]):
            raise UsageError("--unsafe-fixes goes with --fix or --diff.")
        if given["diff"] and given["formats"] not in ((), ("text",)):
            raise UsageError("--diff is a format of its own, and does not go with --format.")
        if "-" in self.paths and len(self.paths) > 1:
            raise UsageError("'-' reads standard input, and does not go with other paths.")
        if "-" in self.paths and given["diff_base"]:
            raise UsageError("'-' reads standard input, and does not go with --diff-base.")
        if given["stdin_filename"] and self.paths != ["-"]:
            raise UsageError("--stdin-filename names what '-' reads, and does not go with other paths.")

    def run(self) -> int:
        """Does it all; returns the exit code."""
        given = self.given
        changes = self._changes()
        run = self._checked()
        if changes is not None:
            kept = [finding for finding in run.findings if changes.concern(finding)]
            run.unchanged, run.findings = len(run.findings) - len(kept), kept
            run.below = [finding for finding in run.below if changes.concern(finding)]
        for sentence in run.warnings:
            terminal.say(f"warning: {sentence}")
        if given["verbose"] and run.cached:
            terminal.say(f"note: {run.cached}")
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
        tell_of_crashes(run, given)
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
            raise CommandError(str(error)) from None

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
        given = self.given
        return options(
            given,
            jobs=given["jobs"],
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

    def _write_baseline(self, run: Run) -> None:
        from k8slint import baseline
        from k8slint.report.base import counted

        path = self.given["write_baseline"]
        try:
            # What is not reported today would be new to whoever asks for more tomorrow.
            number = baseline.write(path, [*run.findings, *run.below])
        except baseline.BaselineError as error:
            raise CommandError(str(error)) from None
        terminal.say(f"Wrote {counted(number, 'finding')} to {path}")

    # ---- the end

    def _fails(self, run: Run) -> bool:
        """Whether something is found that --fail-on asks to fail for."""
        from k8slint.finding import Severity

        fail_on = self.given["fail_on"]
        return fail_on != "never" and run.worst().rank >= Severity(fail_on).rank


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
