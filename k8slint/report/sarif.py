"""SARIF 2.1.0, which code scanning and many viewers read: findings with the pages of their rules, fixes, related places.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
Source: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning

`automationDetails` is left to whoever uploads the file: GitHub's action fills in the category of an upload only where
there is none, and with one of our own two uploads of one commit (of two folders, say) would replace one another.
Neither is there a `primaryLocationLineHash`, which that action computes, complaining about any other.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from k8slint import __version__
from k8slint.finding import Severity
from k8slint.report.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.document import Lines
    from k8slint.finding import Edit, Finding, Fix, Related, Skipped
    from k8slint.report.base import Style
    from k8slint.run import Run

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SITE = "https://k8slint.dev/"
BASE = "%SRCROOT%"
FINGERPRINT = "k8slint/v1"
"""What the fingerprints are of (`baseline.fingerprint`); another number where they are made in another way."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_LONGEST = 1024
"""Characters that GitHub takes of a rule's description."""


def report(run: Run, _style: Style) -> str:
    """The run as a SARIF log. One result a line, so that logs can be compared."""
    writer = _Writer(run)
    results = [writer.result(finding, stable) for finding, stable in writer.places.fingerprinted(run.findings)]
    root = (
        "file://" + ("" if writer.places.root.startswith("/") else "/") + _quoted(writer.places.root).rstrip("/") + "/"
    )
    parts = {
        "tool": json.dumps({"driver": writer.driver()}, indent=1).replace("\n", "\n   "),
        "columnKind": '"utf16CodeUnits"',
        "originalUriBaseIds": json.dumps({BASE: {"uri": root, "description": {"text": "The root of the repository."}}}),
        "invocations": json.dumps([writer.invocation()]),
        "results": _listed(results),
    }
    body = ",\n   ".join(f'"{key}": {value}' for key, value in parts.items())
    return f'{{"$schema": "{SCHEMA}",\n "version": "2.1.0",\n "runs": [\n  {{{body}}}]}}\n'


class _Writer:
    """Objects of a log that refer to one another by number."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.places = Places(run)
        self.rules: dict[str, int] = {}
        self.urls: dict[str, str] = {}
        for finding in run.findings:
            self.rules.setdefault(finding.rule, len(self.rules))
            self.urls.setdefault(finding.rule, finding.url)

    # ---- the tool

    def driver(self) -> dict[str, Any]:
        return {
            "name": "k8slint",
            "version": __version__,
            "semanticVersion": __version__,
            "informationUri": SITE,
            "rules": [self.rule(name) for name in self.rules],
            "notifications": [
                {"id": name} for name in sorted({notice["descriptor"]["id"] for notice in self.notices()})
            ],
        }

    def rule(self, name: str) -> dict[str, Any]:
        """A rule: its page, if its pack is at hand."""
        described: dict[str, Any] = {"id": name, "name": "".join(part.capitalize() for part in name.split("-"))}
        if self.urls[name]:
            described["helpUri"] = self.urls[name]
        plugins = self.run.plugins
        if plugins is None or name not in plugins.rules:
            return described
        from k8slint.page import parse

        info = plugins.rules[name]
        page = parse(plugins.rule(name).doc)
        return {
            **described,
            "shortDescription": {"text": _cut(info.summary)},
            "fullDescription": {"text": _cut(_prose(page.markdown))},
            "help": {"text": _prose(page.markdown), "markdown": page.markdown},
            "defaultConfiguration": {"level": _LEVELS[info.severity]},
            "properties": {
                "tags": list(dict.fromkeys(("kubernetes", info.group, str(info.claim), info.preset))),
                "problem.severity": _PROBLEMS[info.severity],
            },
        }

    # ---- the run

    def invocation(self) -> dict[str, Any]:
        return {"executionSuccessful": not self.run.errors, "toolExecutionNotifications": self.notices()}

    def notices(self) -> list[dict[str, Any]]:
        """What was not checked, and what else is to be said of the run."""
        return [
            *(_notice("unreadable", "error", sentence) for sentence in self.run.errors),
            *(_notice("warning", "warning", sentence) for sentence in self.run.warnings),
            *(self._skipped(skipped) for skipped in self.run.skipped),
        ]

    def _skipped(self, skipped: Skipped) -> dict[str, Any]:
        place = f"{skipped.path}:{skipped.line}" if skipped.line else skipped.path
        notice = _notice(f"skipped/{skipped.reason}", "note", f"{place} was not checked: {skipped.reason}")
        region = {"region": {"startLine": skipped.line}} if skipped.line else {}
        physical = {"artifactLocation": self.artifact(skipped.path), **region}
        return {**notice, "locations": [{"physicalLocation": physical}]}

    # ---- results

    def result(self, finding: Finding, fingerprint: str) -> dict[str, Any]:
        lines = self.places.lines(finding.path)
        region = _region(lines, (finding.line, finding.column), (finding.end_line, finding.end_column))
        location: dict[str, Any] = {
            "physicalLocation": {"artifactLocation": self.artifact(finding.path), "region": region}
        }
        logical = _logical(finding)
        if logical:
            location["logicalLocations"] = [logical]
        made: dict[str, Any] = {
            "ruleId": finding.rule,
            "ruleIndex": self.rules[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": {"text": _message(finding.message)},
            "locations": [location],
            "partialFingerprints": {FINGERPRINT: fingerprint},
            "properties": {"claim": finding.claim},
        }
        if finding.related:
            made["relatedLocations"] = [self._related(*numbered) for numbered in enumerate(finding.related, 1)]
        if finding.fix is not None and finding.fix.edits:
            made["fixes"] = [self._fix(finding.fix)]
        return made

    def _related(self, number: int, related: Related) -> dict[str, Any]:
        lines = self.places.lines(related.path)
        start = {"startLine": related.line, "startColumn": _column(lines, related.line, related.column)}
        return {
            "id": number,
            "message": {"text": _message(related.message)},
            "physicalLocation": {"artifactLocation": self.artifact(related.path), "region": start},
        }

    def _fix(self, fix: Fix) -> dict[str, Any]:
        by_path: dict[str, list[Edit]] = {}
        for edit in fix.edits:
            by_path.setdefault(edit.path, []).append(edit)
        unsafe = "" if fix.safe else " (unsafe: may change what the manifest does)"
        return {
            "description": {"text": _message(fix.title + unsafe)},
            "artifactChanges": [
                {"artifactLocation": self.artifact(path), "replacements": [self._replaced(edit) for edit in edits]}
                for path, edits in by_path.items()
            ],
            "properties": {"safe": fix.safe},
        }

    def _replaced(self, edit: Edit) -> dict[str, Any]:
        lines = self.places.lines(edit.path)
        region = _region(lines, lines.position(edit.start), lines.position(edit.end))
        return {"deletedRegion": region, "insertedContent": {"text": edit.text}}

    def artifact(self, shown: str) -> dict[str, str]:
        """A file, relative to the root of the repository if it is in there."""
        path = self.places.path(shown)
        if path.startswith("/"):
            return {"uri": "file://" + _quoted(path)}
        if os.path.isabs(path):
            return {"uri": "file:///" + _quoted(path)}
        return {"uri": _quoted(path), "uriBaseId": BASE}


def _notice(name: str, level: str, text: str) -> dict[str, Any]:
    return {"descriptor": {"id": name}, "level": level, "message": {"text": _message(text)}}


def _logical(finding: Finding) -> dict[str, str]:
    """The object and the field of a finding; empty where there is neither."""
    resource = finding.resource
    names = (resource.api_version, resource.kind, resource.namespace, resource.name) if resource else ()
    parts = [part for part in (*names, finding.route) if part]
    if not parts:
        return {}
    return {"name": finding.route or parts[-1], "fullyQualifiedName": "/".join(parts), "kind": "resource"}


def _region(lines: Lines, start: tuple[int, int], end: tuple[int, int]) -> dict[str, int]:
    return {
        "startLine": start[0],
        "startColumn": _column(lines, *start),
        "endLine": end[0],
        "endColumn": _column(lines, *end),
    }


def _column(lines: Lines, line: int, column: int) -> int:
    """A column in UTF-16 code units, which is what viewers count: an emoji takes two."""
    if lines.text.isascii() or line > len(lines.starts):
        return column
    start = lines.offset(line)
    return column + sum(ord(character) > 0xFFFF for character in lines.text[start : start + column - 1])


def _quoted(path: str) -> str:
    # On Windows a drive's colon stays; elsewhere a colon may be part of a name, and a URI must not begin with one.
    path = path.replace(os.sep, "/")
    drive = path[:2] if os.sep == "\\" and path[1:2] == ":" else ""
    return drive + quote(os.fsencode(path[len(drive) :]), safe="/")


def _message(text: str) -> str:
    """A text in which nothing is a link by chance: `[name](target)` is one (3.11.6)."""
    return text.replace("](", "\\](")


def _prose(markdown: str) -> str:
    """The paragraphs of a page before its first example."""
    return markdown.partition("\n```")[0].strip()


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _listed(objects: Iterable[dict[str, Any]]) -> str:
    lines = ",\n    ".join(json.dumps(item) for item in objects)
    return f"[\n    {lines}]" if lines else "[]"
