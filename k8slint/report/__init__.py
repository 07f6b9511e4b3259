"""Reports: what a run found, as text for a reader or a program.

A report is a function `report(run: Run, style: Style) -> str`, in the module of this package that its format is named
after. It is imported when it is asked for. Plugins add others through the hook `k8slint_reporters`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from k8slint.plugins import Plugins
    from k8slint.report.base import Report

BUILTIN = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html")
"""The formats that k8slint brings, in the order the help shows them; each is a module of this package."""


def formats(plugins: Plugins) -> list[str]:
    """All names that `--format` takes: the built-in ones first, then those of plugins."""
    return [*BUILTIN, *(name for name in sorted(plugins.reporters()) if name not in BUILTIN)]


def load(name: str, plugins: Plugins) -> Report | None:
    """The report of a format, or None where nobody has one of that name. A plugin cannot replace a built-in report."""
    if name in BUILTIN:
        report: Report = import_module(f"k8slint.report.{name}").report
        return report
    return plugins.reporters().get(name)
