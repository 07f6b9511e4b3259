"""The small value types that rules share."""

import pytest

from k8slint.document import read
from k8slint.near import edit_distance, meant, near
from k8slint.selector import is_empty, matches

KINDS = ["Deployment", "DaemonSet", "StatefulSet", "Job", "CronJob"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Deploymnet", "Deployment"),
        ("deployment", "Deployment"),
        ("cron-job", "CronJob"),
        ("Statefullset", "StatefulSet"),
        ("Pod", ""),
        ("x", ""),
    ],
)
def test_near_finds_the_name_that_was_meant(word: str, meant: str) -> None:
    assert near(word, KINDS) == meant


def test_near_never_gives_the_word_itself() -> None:
    assert near("web", ["web"]) == ""


@pytest.mark.parametrize(
    ("left", "right", "steps"),
    [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xyz", 3), ("", "ab", 2)],
)
def test_edit_distance_counts_letters_added_dropped_changed_and_swapped(left: str, right: str, steps: int) -> None:
    assert edit_distance(left, right, 9) == steps
    assert edit_distance(left, right, 2) == min(steps, 2)


@pytest.mark.parametrize(
    ("selector", "verdict"),
    [
        ("{}", True),
        ("matchLabels: {app: web}", True),
        ("matchLabels: {app: web, tier: x}", False),
        ("matchExpressions: [{key: app, operator: In, values: [web, api]}]", True),
        ("matchExpressions: [{key: app, operator: NotIn, values: [web]}]", False),
        ("matchExpressions: [{key: tier, operator: NotIn, values: [web]}]", True),
        ("matchExpressions: [{key: app, operator: Exists}]", True),
        ("matchExpressions: [{key: app, operator: DoesNotExist}]", False),
        ("matchExpressions: [{key: app, operator: Like, values: [w]}]", None),
        ("matchLabels: {app: 1}", None),
        ("{matchLabels: {app: 1}, matchExpressions: [{key: x, operator: Exists}]}", False),
    ],
)
def test_selectors_match_as_the_server_does(selector: str, verdict: bool | None) -> None:
    node = read("x", selector + "\n").documents[0].root
    assert node is not None
    assert matches(node, {"app": "web"}) is verdict


def test_a_selector_that_says_nothing_is_empty() -> None:
    node = read("x", "matchLabels: {}\n").documents[0].root
    assert node is not None
    assert is_empty(node)


def test_a_word_that_is_cut_short_or_drawn_out_is_meant_where_only_one_is_like_it() -> None:
    assert meant("warn", ["error", "warning", "info"]) == "warning"
    assert meant("information", ["error", "warning", "info"]) == "info"
    assert meant("wraning", ["error", "warning", "info"]) == "warning"
    assert meant("limit", ["limits-without-requests", "limit-below-request"]) == ""
    assert meant("o", ["off", "warning"]) == ""
    assert meant("one", ["o", "p"]) == ""
