"""JUnit's XML, for what shows tests: a suite for each file with findings, a test for each finding.

What does not fail a run fails no test either: such findings are output of a test that passes.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from k8slint.finding import Severity
from k8slint.report.base import plain
from k8slint.report.markup import escaped, tag
from k8slint.report.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.finding import Finding
    from k8slint.report.base import Style
    from k8slint.run import Run


class _Suite:
    """The tests of a file, and how many of them fail."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[str] = []
        self.tests = 0
        self.failures = 0
        self.errors = 0
        self._names: Counter[str] = Counter()

    def add(self, name: str, inner: Iterable[str]) -> None:
        """A test. Its name is that of the one in the run before, so that a history can be shown."""
        self._names[name] += 1
        number = self._names[name]
        unique = f"{name} ({number})" if number > 1 else name
        self.tests += 1
        body = [f"      {line}\n" for line in inner]
        if body:
            self.lines.append(f"    {tag('testcase', end='>', classname=self.name, name=unique)}\n")
            self.lines += [*body, "    </testcase>\n"]
        else:
            self.lines.append(f"    {tag('testcase', classname=self.name, name=unique)}\n")

    def __str__(self) -> str:
        counts = {"tests": self.tests, "failures": self.failures, "errors": self.errors}
        return f"  {tag('testsuite', end='>', name=self.name, **counts)}\n{''.join(self.lines)}  </testsuite>\n"


def report(run: Run, style: Style) -> str:
    """The suites, and one test of the whole run, which passes unless something could not be checked."""
    places = Places(run)
    whole = _Suite("k8slint")
    for sentence in run.errors:
        whole.errors += 1
        whole.add(plain(sentence), [tag("error", type="unreadable", message=sentence)])
    if not run.errors:
        # A report without a test is a mistake to Jenkins.
        whole.add("all files could be checked", ())
    suites = [whole]
    for path, group in groupby(run.findings, key=lambda finding: finding.path):
        suite = _Suite(places.path(path))
        for finding in group:
            fails = style.fail_on is not Severity.OFF and finding.severity.rank >= style.fail_on.rank
            suite.failures += fails
            suite.add(_name(finding), _inner(finding, suite.name, fails=fails))
        suites.append(suite)
    counts = {
        "tests": sum(suite.tests for suite in suites),
        "failures": sum(suite.failures for suite in suites),
        "errors": whole.errors,
    }
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{tag("testsuites", end=">", name="k8slint", **counts)}\n'
    return head + "".join(map(str, suites)) + "</testsuites>\n"


def _name(finding: Finding) -> str:
    resource = finding.resource
    named = ""
    if resource is not None:
        name = f"{resource.namespace}/{resource.name}" if resource.namespace else resource.name
        named = f"{resource.kind} {name}".strip()
    return " ".join(part for part in (f"{finding.rule}:", named, finding.route) if part).removesuffix(":")


def _inner(finding: Finding, path: str, *, fails: bool) -> list[str]:
    lines = [f"{path}:{finding.line}:{finding.column}: {finding.severity}[{finding.rule}] {finding.message}"]
    if finding.fix is not None:
        lines.append(f"help: {finding.fix.title}" + ("" if finding.fix.safe else " (unsafe fix)"))
    lines += (f"note: {places.path}:{places.line}: {places.message}" for places in finding.related)
    if finding.url:
        lines.append(finding.url)
    text = "\n".join(map(escaped, lines))
    if not fails:
        return [f"<system-out>{text}</system-out>"]
    return [tag("failure", end=">", type=finding.severity, message=finding.message) + f"{text}</failure>"]
