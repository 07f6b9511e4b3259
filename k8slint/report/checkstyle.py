"""Checkstyle's XML, which Jenkins, reviewdog and many an editor read."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from k8slint.report.markup import tag
from k8slint.report.places import Places

if TYPE_CHECKING:
    from k8slint.finding import Finding
    from k8slint.report.base import Style
    from k8slint.run import Run


def report(run: Run, _style: Style) -> str:
    """The findings by file."""
    places = Places(run)
    # The version is that of the format, and not k8slint's.
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<checkstyle version="4.3">']
    for path, group in groupby(run.findings, key=lambda finding: finding.path):
        lines.append("  " + tag("file", end=">", name=places.path(path)))
        lines += (
            "    "
            + tag(
                "error",
                line=finding.line,
                column=finding.column,
                severity=finding.severity,
                message=finding.message,
                source=_source(finding, run),
            )
            for finding in group
        )
        lines.append("  </file>")
    return "\n".join([*lines, "</checkstyle>"]) + "\n"


def _source(finding: Finding, run: Run) -> str:
    """The rule, written like a Java class: readers take the part before the last dot for its category."""
    known = run.plugins.rules.get(finding.rule) if run.plugins is not None else None
    return f"k8slint.{known.group}.{finding.rule}" if known else f"k8slint.{finding.rule}"
