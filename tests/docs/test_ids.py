"""Every rule that a page names in a config or a suppression is there, for people copy what pages show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from k8slint.api import read_documents
from k8slint.cli.init import CONFIG
from k8slint.plugins import Plugins

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]

# What pages call a rule of the reader's own.
OWN = {"rule", "rule-id", "rule-a", "rule-b", "*", ""}


def named(text: str) -> set[str]:
    """The ids in comments and annotations that suppress, and in configs."""
    found = set()
    for ids in re.findall(r"k8slint: ignore(?:-file)?\[([^\]\n]*)\]|k8slint/ignore: ([\w, -]*)", text):
        found |= {each.strip() for part in ids for each in part.split(",")}
    for fence in re.findall(r"^ *```ya?ml[^\n]*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        found |= configured(fence)
    return found


def configured(text: str) -> set[str]:
    """The ids under `rules` of what is a config."""
    found: set[str] = set()
    for document in read_documents(text):
        waiting = [document.value]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                rules = value.get("rules")
                found |= set(rules) if isinstance(rules, dict) else set()
                waiting += value.values()
            elif isinstance(value, list):
                waiting += value
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_rules_that_pages_name_are_there(page: Path) -> None:
    known = set(Plugins().rules) | OWN
    unknown = {each for each in named(page.read_text(encoding="utf-8")) if each not in known}
    assert {each for each in unknown if not each.startswith(("acme-", "paused-", "team-"))} == set()


def test_rules_that_init_offers_are_there() -> None:
    offered = configured(re.sub(r"^# ?(?=[a-zA-Z ]+:|  )", "", CONFIG, flags=re.MULTILINE))
    assert offered
    assert offered <= set(Plugins().rules)
