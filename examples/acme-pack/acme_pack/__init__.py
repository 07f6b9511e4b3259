"""The house rules of ACME: one folder a group, one file a rule."""

from collections.abc import Iterable
from typing import Any

from k8slint.api import hookimpl, rules_of


@hookimpl
def k8slint_rules() -> Iterable[Any]:
    """Every rule in this package."""
    return rules_of("acme_pack")
