"""The resources that RBAC names."""

from __future__ import annotations

from k8slint.schemas.resources import former_resources, groups_with, resources


def test_resources_of_a_group() -> None:
    deployments = resources("apps")["deployments"]
    assert deployments.kind == "Deployment"
    assert deployments.namespaced
    assert {"get", "list", "watch", "create", "update", "patch", "delete"} <= set(deployments.verbs)
    assert deployments.short_names == ("deploy",)
    assert resources("example.com") == {}


def test_subresources() -> None:
    assert resources("")["pods/log"].verbs == ("get",)
    assert resources("apps")["deployments/scale"].kind == "Scale"


def test_the_most_stable_version_speaks_for_a_resource() -> None:
    assert resources("resource.k8s.io")["resourceclaims"].api_version == "resource.k8s.io/v1"
    assert resources("autoscaling")["horizontalpodautoscalers"].api_version == "autoscaling/v2"


def test_former_resources() -> None:
    assert former_resources("policy") == {"podsecuritypolicies"}
    assert "deployments" in former_resources("extensions")
    assert former_resources("apps") == frozenset()


def test_groups_with_a_resource() -> None:
    assert groups_with("deployments") == ("apps",)
    assert groups_with("events") == ("", "events.k8s.io")
    assert groups_with("Deployments") == ()
