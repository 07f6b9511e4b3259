"""Every rule's documented examples and its fixtures."""

from pathlib import Path

import pytest

from k8slint.testing import Case, cases

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.mark.parametrize("case", cases("k8slint_rules", FIXTURES), ids=str)
def test_rule(case: Case) -> None:
    case.check()
