"""Whatever a CRD and its resources look like, only findings come out, and the right ones (`scripts/fuzz.py --schemas` does the same at length)."""

import importlib.util
import sys
from pathlib import Path

import pytest

from k8slint.plugins import Plugins

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz_schemas.py"
spec = importlib.util.spec_from_file_location("fuzz_schemas", SCRIPT)
assert spec is not None
assert spec.loader is not None
fuzz = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = fuzz
spec.loader.exec_module(fuzz)

PLUGINS = Plugins()


@pytest.mark.parametrize("seed", range(4))
def test_random_schemas_and_resources(seed: int) -> None:
    for number, case in fuzz.cases(60, seed):
        wrong = fuzz.failure(case, PLUGINS)
        # How long a case takes is for the script to say: a busy machine would fail the test.
        assert not wrong or wrong.startswith("took"), f"case {number}, which {case.sort}: {wrong}\n{case.text}"


def test_the_cases_are_of_all_sorts() -> None:
    made = [case for _, case in fuzz.cases(240, 0)]
    assert {case.sort for case in made} == {"fits", "mistake", "junk"}
    found = {case.rule for case in made if case.sort == "mistake"}
    assert found == {"custom-resource-rule", "invalid-value", "missing-field", "unknown-field", "wrong-type"}


def test_a_mistake_that_nobody_finds_is_a_failure() -> None:
    fits = next(case for _, case in fuzz.cases(50, 0) if case.sort == "fits")
    claimed = fits._replace(sort="mistake", rule="wrong-type", route="spec")
    assert fuzz.failure(claimed, PLUGINS) == "no wrong-type at spec, but nothing"


def test_a_finding_in_what_fits_is_a_failure() -> None:
    wrong = next(case for _, case in fuzz.cases(50, 0) if case.rule == "wrong-type")
    assert fuzz.failure(wrong._replace(sort="fits"), PLUGINS).startswith("refused: wrong-type at ")
