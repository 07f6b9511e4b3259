"""Label selectors, as Kubernetes matches them.

Source: k8s.io/apimachinery/pkg/apis/meta/v1: LabelSelectorAsSelector; pkg/labels/selector.go: Requirement.Matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from k8slint.nodes import Node


def matches(selector: Node, labels: Mapping[str, str]) -> bool | None:
    """Whether a LabelSelector node (`matchLabels`, `matchExpressions`) matches labels.

    None where that cannot be told: an operator or a value that is no valid one. An empty selector matches everything, as in the API; what a *missing*
    one means differs from field to field, and is the caller's to say.
    """
    verdict: bool | None = True
    for key, value in selector["matchLabels"].items():
        wanted = value.string
        if wanted is None:
            verdict = None
        elif labels.get(key) != wanted:
            return False
    for expression in selector["matchExpressions"]:
        holds = _holds(expression, labels)
        if holds is False:
            return False
        if holds is None:
            verdict = None
    return verdict


def _holds(expression: Node, labels: Mapping[str, str]) -> bool | None:
    key = expression["key"].string
    if key is None:
        return None
    values = {item.string for item in expression["values"]}
    match expression["operator"].string:
        case "In":
            return labels.get(key) in values if key in labels else False
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return None


def is_empty(selector: Node) -> bool:
    """Whether a LabelSelector says nothing, so that it matches everything."""
    return not selector["matchLabels"].fields and not selector["matchExpressions"].elements
