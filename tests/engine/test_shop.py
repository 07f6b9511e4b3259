"""The example that the README lints: a realistic shop with one mistake of each theme, and nothing else to say about it."""

from pathlib import Path

import pytest

from k8slint import run
from k8slint.apply import fix_files
from k8slint.finding import Severity

ROOT = Path(__file__).parents[2]
MISTAKES = [
    ("undefined-probe-port", "examples/shop/cart/cart.yaml", 65, 21),
    ("invalid-name", "examples/shop/cart/sweep.yaml", 5, 9),
    ("unexpanded-variable", "examples/shop/cart/sweep.yaml", 38, 42),
    ("limits-without-requests", "examples/shop/frontend/deployment.yaml", 59, 23),
    ("undefined-target-port", "examples/shop/frontend/service.yaml", 15, 19),
    ("crd-type", "examples/shop/orders/crd.yaml", 65, 31),
    ("subpath-escapes", "examples/shop/redis/redis.yaml", 79, 24),
]


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def check(**texts: str) -> run.Run:
    return run.check(["examples/shop"], run.CheckOptions(texts=texts))


def test_each_mistake_is_found_at_its_place_and_nothing_else_fails_a_run() -> None:
    found = [finding for finding in check().findings if finding.severity.rank >= Severity.WARNING.rank]
    assert [(finding.rule, finding.path, finding.line, finding.column) for finding in found] == MISTAKES


def test_fixing_leaves_nothing_that_fails_a_run() -> None:
    def lint(texts: object) -> list[object]:
        return list(run.check(["examples/shop"], run.CheckOptions(texts=texts)).findings)  # type: ignore[arg-type]

    done = check()
    outcome = fix_files(done.findings, done.text, lint, unsafe=True)  # type: ignore[arg-type]
    assert len(outcome.texts) == 6
    again = run.check(["examples/shop"], run.CheckOptions(texts=outcome.texts))
    assert [finding.rule for finding in again.findings if finding.severity.rank >= Severity.WARNING.rank] == []
    # A careful person changes a line a mistake, or adds one.
    for path, text in outcome.texts.items():
        before, after = (ROOT / path).read_text().splitlines(), text.splitlines()
        assert len(set(before) - set(after)) <= 2, path
        assert len(set(after) - set(before)) <= 4, path
