"""What every built-in rule keeps to, so that its name finds its file, its page, its tests and its reasons."""

from __future__ import annotations

import importlib

import pytest

from k8slint import page
from k8slint.api import Claim, Rule
from k8slint.pack import imported_rules

PACK = "k8slint_rules"
RULES = imported_rules(PACK)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_conventions(rule: Rule) -> None:
    doc = page.parse(rule.doc)
    assert rule.info.module == f"{PACK}.{rule.info.group}.{rule.info.function}", "a rule is in the file of its name"
    assert doc.summary.endswith("."), "the summary is a sentence"
    # No example can make a rule crash.
    assert (doc.bad and doc.good) or rule.id == "rule-crashed", "the page shows what is found and what is right"
    assert rule.source or rule.info.claim is not Claim.REJECTED, (
        "what the API server refuses is looked up, not remembered"
    )


@pytest.mark.parametrize("group", sorted({rule.info.group for rule in RULES}))
def test_a_group_says_what_it_is_about(group: str) -> None:
    assert importlib.import_module(f"{PACK}.{group}").__doc__
