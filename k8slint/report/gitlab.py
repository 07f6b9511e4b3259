"""GitLab's Code Quality report, shown in merge requests.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from k8slint.finding import Claim, Severity
from k8slint.report.places import Places

if TYPE_CHECKING:
    from k8slint.finding import Finding
    from k8slint.report.base import Style
    from k8slint.run import Run

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
_CATEGORIES = {
    Claim.REJECTED: "Bug Risk",
    Claim.BROKEN: "Bug Risk",
    Claim.UNINTENDED: "Clarity",
    Claim.ADVICE: "Style",
}


def report(run: Run, _style: Style) -> str:
    """A list of the findings, one a line."""
    places = Places(run)
    lines = ",\n ".join(
        json.dumps(_issue(finding, fingerprint, places)) for finding, fingerprint in places.fingerprinted(run.findings)
    )
    return f"[{lines}]\n"


def _issue(finding: Finding, fingerprint: str, places: Places) -> dict[str, Any]:
    # A finding that keeps an object out of the cluster is a blocker, if it is an error at all.
    blocks = finding.claim is Claim.REJECTED and finding.severity is Severity.ERROR
    content = [finding.message]
    if finding.fix is not None:
        content.append(f"Fix: {finding.fix.title}" + ("" if finding.fix.safe else " (unsafe)"))
    if finding.url:
        content.append(finding.url)
    return {
        "type": "issue",
        "check_name": finding.rule,
        "description": finding.message,
        "content": {"body": "\n\n".join(content)},
        "categories": [_CATEGORIES[finding.claim]],
        "severity": "blocker" if blocks else _SEVERITIES[finding.severity],
        "fingerprint": fingerprint,
        "location": {
            # Two paths cannot be told apart by GitLab if one begins with "./"; ours do not.
            "path": places.path(finding.path),
            "lines": {"begin": finding.line, "end": finding.end_line},
        },
    }
