from __future__ import annotations

from collections.abc import Callable

import pytest

from k8slint.finding import SEVERITY_OF_CLAIM, Claim, Finding, Resource, Severity
from k8slint.run import Run

FindingMaker = Callable[..., Finding]


@pytest.fixture
def finding() -> FindingMaker:
    """Makes a finding of `word` in a text: `finding("8080", in_=text)`."""

    def make(
        word: str = "",
        *,
        in_: str = "",
        rule: str = "wrong-type",
        claim: Claim = Claim.REJECTED,
        severity: Severity | None = None,
        message: str = "containerPort is a string, not an integer",
        path: str = "web.yaml",
        **more: object,
    ) -> Finding:
        offset = in_.index(word)
        line, column = in_.count("\n", 0, offset) + 1, offset - in_.rfind("\n", 0, offset)
        end = offset + len(word)
        return Finding(
            rule,
            claim,
            severity or SEVERITY_OF_CLAIM[claim],
            message,
            path,
            line,
            column,
            in_.count("\n", 0, end) + 1,
            end - in_.rfind("\n", 0, end),
            **{"resource": Resource("v1", "Pod", "", "web"), **more},  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def run_of() -> Callable[..., Run]:
    """Makes a run of findings in one text."""

    def make(*findings: Finding, text: str = "", path: str = "web.yaml", **more: object) -> Run:
        run = Run(findings, {path: text})
        for attribute, value in {"files": 1, "documents": 1, **more}.items():
            setattr(run, attribute, value)
        return run

    return make
