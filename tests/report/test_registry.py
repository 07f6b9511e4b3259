from __future__ import annotations

import pkgutil
import subprocess
import sys

from k8slint import report
from k8slint.hooks import hookimpl
from k8slint.plugins import Plugins
from k8slint.report.base import Report, Style
from k8slint.run import Run

SHARED = {"base", "excerpt", "markup", "page", "places", "statistics"}
"""Modules of the package that are no formats."""


class Pack:
    """A plugin with a report of its own, and one that would replace a built-in report."""

    @hookimpl
    def k8slint_reporters(self) -> dict[str, Report]:
        return {"count": lambda run, style: f"{len(run.findings)}\n", "json": lambda run, style: "mine"}


def test_every_module_is_a_format_and_every_format_a_module() -> None:
    assert {module.name for module in pkgutil.iter_modules(report.__path__)} - SHARED == set(report.BUILTIN)


def test_every_format_reports_a_run_of_nothing() -> None:
    plugins = Plugins(installed=False)

    for name in report.formats(plugins):
        found = report.load(name, plugins)
        assert found is not None
        assert found(Run(), Style()).endswith("\n")


def test_a_plugin_adds_formats_and_replaces_none() -> None:
    plugins = Plugins([Pack()], installed=False)

    assert report.formats(plugins) == [*report.BUILTIN, "count"]
    counting, json = report.load("count", plugins), report.load("json", plugins)
    assert counting is not None
    assert counting(Run(), Style()) == "0\n"
    assert json is not None
    assert json(Run(), Style()) != "mine"


def test_a_format_that_nobody_has_is_none() -> None:
    assert report.load("xml", Plugins(installed=False)) is None


def test_a_report_is_imported_when_it_is_asked_for() -> None:
    code = (
        "import sys; from k8slint.plugins import Plugins; from k8slint import report; "
        "report.load('concise', Plugins(installed=False)); "
        "print(sorted(name for name in sys.modules if name.startswith('k8slint.report.')))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert out == "['k8slint.report.base', 'k8slint.report.concise']\n"
