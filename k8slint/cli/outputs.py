"""Which reports a run writes, and where to."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from k8slint.cli import terminal
from k8slint.cli.failures import CommandError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from k8slint.plugins import Plugins
    from k8slint.report.base import Report
    from k8slint.run import Run


class Output(NamedTuple):
    """One report, and its file; None is standard output."""

    name: str
    report: Report
    path: str | None


def chosen(given: dict[str, Any], plugins: Plugins) -> list[Output]:
    """The reports that the options ask for: `--format` (`NAME` or `NAME=FILE`), `--output-file` and `--statistics`.

    One format can go without a file: to `--output-file`, or to standard output. Raises a usage error for what
    contradicts itself, CommandError where a file cannot be written for want of its folder.
    """
    from k8slint import report

    asked = [_asked(text) for text in given["formats"]]
    free = [name for name, path in asked if path is None]
    if len(free) > 1:
        raise UsageError(
            f"Only one format can do without a file, and {free[1]} is the second: --format {free[1]}=FILE."
        )
    if given["statistics"] and free not in ([], ["text"], ["concise"]):
        raise UsageError(f"--statistics is a table of its own, and does not go with --format {free[0]}.")
    if not asked or (given["statistics"] and not free):
        asked.insert(0, ("text", None))
    elif given["output_file"] and not free:
        raise UsageError("--output-file is for the format without a file, and every --format has one.")
    if given["output_file"] and given["output_file"] in report.formats(plugins):
        # As kubectl takes it.
        name = given["output_file"]
        raise UsageError(
            f"-o names a file, and '{name}' is a format: --format {name}. (For a file of that name, -o ./{name}.)"
        )
    outputs = []
    for name, path in asked:
        made = _statistics() if given["statistics"] and path is None else _report(name, plugins)
        outputs.append(Output(name, made, path or given["output_file"]))
    _refuse_paths([output.path for output in outputs if output.path])
    return outputs


def write(path: str | None, text: str, *, color: str = "auto", err: bool = False) -> None:
    """Writes to a file, all of it or nothing, or to standard output (or error). Raises CommandError where that fails."""
    if path is None:
        terminal.emit(text, terminal.style(color, sys.stderr if err else sys.stdout), err=err)
        return
    from k8slint.files import write_atomically

    try:
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}") from None


def write_all(outputs: Sequence[Output], run: Run, given: dict[str, Any], *, err: bool = False) -> None:
    """Makes and writes the reports. One that cannot be written keeps none of the others from it."""
    from k8slint.finding import Severity

    failures = []
    fail_on = Severity.OFF if given["fail_on"] == "never" else Severity(given["fail_on"])
    for output in outputs:
        stream = None if output.path else sys.stderr if err else sys.stdout
        style = terminal.style(given["color"], stream, verbose=given["verbose"], quiet=given["quiet"])
        try:
            write(output.path, output.report(run, style._replace(fail_on=fail_on)), color=given["color"], err=err)
        except CommandError as failure:
            failures.append(failure)
    if any(output.name == "github" for output in outputs):
        _summarize(run)
    if failures:
        raise CommandError("\nerror: ".join(failure.message for failure in failures))


def _summarize(run: Run) -> None:
    """Adds to the summary of the job, where a step of GitHub Actions has one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from k8slint.report import markdown

    server, repository, commit = (os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA"))
    blob = f"{server}/{repository}/blob/{commit}" if server and repository and commit else ""
    try:
        with open(path, "ab") as file:
            # The limit is that of the step, in which others may have written before.
            text = markdown.summary(run, blob=blob, limit=markdown.LIMIT - file.tell())
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        terminal.say(f"warning: cannot write the summary of the job: {error.strerror or error}")


def _asked(text: str) -> tuple[str, str | None]:
    name, sign, path = text.partition("=")
    if sign and not path:
        raise UsageError(f"--format {text} names no file.")
    return name, path or None


def _report(name: str, plugins: Plugins) -> Report:
    from k8slint import report

    found = report.load(name, plugins)
    if found is None:
        from k8slint.near import meant

        if os.path.exists(name):
            # As kubectl takes it.
            raise UsageError(f"No format is named '{name}'; -f is --format. Did you mean 'k8slint check {name}'?")
        known = report.formats(plugins)
        close = meant(name, known)
        hint = f" Did you mean '{close}'?" if close else ""
        raise UsageError(f"No format is named '{name}'. There are: {', '.join(known)}.{hint}")
    return found


def _statistics() -> Report:
    from k8slint.report import statistics

    return statistics.report


def _refuse_paths(paths: list[str]) -> None:
    real = [os.path.realpath(path) for path in paths]
    for path in paths:
        if real.count(os.path.realpath(path)) > 1:
            raise UsageError(f"Two formats would be written to {path}.")
        folder = os.path.dirname(path)
        if folder and not os.path.isdir(folder):
            # Said now, and not after a long run.
            raise CommandError(f"cannot write {path}: there is no folder {folder}")
