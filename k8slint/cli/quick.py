"""The commonest command lines, `k8slint check` with a few options and `k8slint lsp`, read without click.

To import click takes longer than to check a file. Whatever is not understood here (a typo, `--help`, another command) is click's, which understands
the same and says what is wrong with it; the tests hold one against the other.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final, NamedTuple

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C: 128 and the number of the signal, as shells have it."""

_FLAGS: Final = {
    "--fix": "fix",
    "--unsafe-fixes": "unsafe_fixes",
    "--diff": "diff",
    "--no-config": "no_config",
    "--no-cache": "no_cache",
    "--statistics": "statistics",
    "--verbose": "verbose",
    "-v": "verbose",
    "--quiet": "quiet",
    "-q": "quiet",
}


class _Option(NamedTuple):
    """An option with a value: the parameter it sets, and which values may be taken as they are."""

    name: str
    choices: tuple[str, ...] = ()
    is_file: bool = False
    is_count: bool = False
    multiple: bool = False


_VALUES: Final = {
    "--select": _Option("select", multiple=True),
    "--ignore": _Option("ignore", multiple=True),
    "--preset": _Option("preset", ("essential", "recommended", "strict")),
    "--config": _Option("config", is_file=True),
    "--baseline": _Option("baseline", is_file=True),
    "--kubernetes-version": _Option("kubernetes_version"),
    "--context": _Option("context", multiple=True),
    "--stdin-filename": _Option("stdin_filename"),
    "--jobs": _Option("jobs", is_count=True),
    "-j": _Option("jobs", is_count=True),
    "--format": _Option("formats", multiple=True),
    "-f": _Option("formats", multiple=True),
    "--output-file": _Option("output_file", is_file=True),
    "-o": _Option("output_file", is_file=True),
    "--min-severity": _Option("min_severity", ("error", "warning", "info")),
    "--fail-on": _Option("fail_on", ("error", "warning", "info", "never")),
    "--color": _Option("color", ("auto", "always", "never")),
}

_DEFAULTS: Final = {
    "baseline": None,
    "cache_dir": None,
    "color": "auto",
    "config": None,
    "context": (),
    "diff": False,
    "diff_base": None,
    "fail_on": "warning",
    "fix": False,
    "formats": (),
    "ignore": (),
    "jobs": None,
    "kubernetes_version": None,
    "min_severity": None,
    "no_cache": False,
    "no_config": False,
    "output_file": None,
    "paths": (),
    "preset": None,
    "quiet": False,
    "select": (),
    "statistics": False,
    "stdin_filename": None,
    "unsafe_fixes": False,
    "verbose": False,
    "write_baseline": None,
}
"""The parameters of the command as they are when nothing is said of them."""


def parse(arguments: list[str]) -> dict[str, Any] | None:
    """The parameters of `k8slint check` as click would pass them on; None for what it should look at itself."""
    if arguments[:1] != ["check"] or os.environ.get("K8SLINT_NO_CACHE"):
        return None
    given: dict[str, Any] = dict(_DEFAULTS)
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "-" or not argument.startswith("-"):
            given["paths"] += (argument,)
            continue
        flag = _FLAGS.get(argument)
        if flag is not None:
            given[flag] = True
            continue
        name, sign, value = argument.partition("=")
        if not sign:
            value = next(rest, "")
        option = _VALUES.get(name)
        if option is None or (sign and not name.startswith("--")) or not _may_be(value, option):
            return None
        if option.multiple:
            given[option.name] += (value,)
        else:
            given[option.name] = int(value) if option.is_count else value
    return given


def _may_be(value: str, option: _Option) -> bool:
    if not value or value.startswith("-") or (option.choices and value not in option.choices):
        return False
    if option.is_count and not (value.isascii() and value.isdigit() and 0 < len(value) < 5 and value[0] != "0"):
        return False
    return not (option.is_file and os.path.isdir(value))


def run(arguments: list[str]) -> bool:
    """Runs the command and exits, if its command line is one of the common ones; tells otherwise that it has done nothing."""
    given = parse(arguments)
    serves = arguments in (["lsp"], ["lsp", "--stdio"])
    if given is None and not serves:
        return False
    from k8slint.cli import terminal
    from k8slint.cli.failures import CommandError, UsageError

    status = 0
    try:
        if given is not None:
            from k8slint.cli.checking import check

            status = check(given)
        else:
            from k8slint.cli.serving import serve

            serve()
    except UsageError:
        # Nothing has been done yet; click says it below the usage.
        return False
    except CommandError as failure:
        terminal.say(f"error: {failure.message}")
        status = 2
    except KeyboardInterrupt:
        terminal.say("")
        status = INTERRUPTED
    sys.exit(status)
