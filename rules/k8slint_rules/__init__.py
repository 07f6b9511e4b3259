"""The built-in rules: one folder a group, one file a rule, each imported from `k8slint.api` alone."""

from collections.abc import Iterable
from typing import Any

from k8slint.api import hookimpl, rules_of

DOCS_URL = "https://k8slint.dev/rules/"
"""Where the pages of the rules are."""


@hookimpl
def k8slint_rules() -> Iterable[Any]:
    """Every rule in this package."""
    return rules_of("k8slint_rules")
