"""Every rule's documented examples and its fixtures."""

from pathlib import Path

import pytest

from k8slint.testing import Case, cases

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("case", cases("acme_pack", FIXTURES), ids=str)
def test_rule(case: Case) -> None:
    case.check()
