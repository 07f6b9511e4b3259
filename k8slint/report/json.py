"""For programs: JSON whose shape is a contract (docs/output.schema.json).

One finding a line, so that output can be searched and compared by line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from k8slint.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.finding import Finding
    from k8slint.report.base import Style
    from k8slint.run import Run

VERSION = 1
"""Rises when a key changes its meaning or goes away, never when one is added."""


def report(run: Run, _style: Style) -> str:
    """The run as one JSON object."""
    counts = {
        "files": run.files,
        "documents": run.documents,
        "errors": run.count(Severity.ERROR),
        "warnings": run.count(Severity.WARNING),
        "infos": run.count(Severity.INFO),
        "skipped": len(run.skipped),
    }
    parts = {
        "version": str(VERSION),
        "findings": _lines(finding_object(finding) for finding in run.findings),
        "skipped": _lines({"path": skipped.path, "reason": skipped.reason} for skipped in run.skipped),
        "summary": json.dumps(counts),
    }
    return "{" + ",\n ".join(f'"{key}": {value}' for key, value in parts.items()) + "}\n"


def finding_object(finding: Finding) -> dict[str, Any]:
    """A finding as plain data. Every key is always there; `resource` and `fix` are null where there is none."""
    resource, fix = finding.resource, finding.fix
    return {
        "rule": finding.rule,
        "claim": finding.claim,
        "severity": finding.severity,
        "message": finding.message,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
        "route": finding.route,
        "resource": resource
        and {
            "apiVersion": resource.api_version,
            "kind": resource.kind,
            "namespace": resource.namespace,
            "name": resource.name,
        },
        "fix": fix
        and {
            "title": fix.title,
            "safe": fix.safe,
            "edits": [{"path": e.path, "start": e.start, "end": e.end, "text": e.text} for e in fix.edits],
        },
        "related": [
            {"path": r.path, "line": r.line, "column": r.column, "message": r.message} for r in finding.related
        ],
        "url": finding.url,
    }


def _lines(objects: Iterable[dict[str, Any]]) -> str:
    lines = ",\n  ".join(json.dumps(item) for item in objects)
    return f"[\n  {lines}]" if lines else "[]"
