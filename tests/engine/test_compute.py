"""What pods ask for."""

from __future__ import annotations

import pytest

from k8slint import compute, quantity
from k8slint.compute import Amounts, Needs
from k8slint.document import read
from k8slint.views import Manifest, PodSpec


def manifest(text: str) -> Manifest:
    (document,) = read("x.yaml", text).documents
    (root,) = document.resources
    return Manifest(root, document)


def pod(spec: str) -> PodSpec:
    (found,) = manifest(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {spec}\n").views(PodSpec)
    return found


def limit_range(limits: str) -> Manifest:
    return manifest(f"apiVersion: v1\nkind: LimitRange\nmetadata: {{name: bounds}}\nspec: {{limits: {limits}}}\n")


def shown(amounts: Amounts) -> dict[str, str]:
    return {name: quantity.show(amount, binary=name == "memory") for name, amount in amounts.items()}


def test_fractions_of_a_thousandth_are_rounded_up_and_null_is_nothing() -> None:
    node = pod("{containers: [{resources: {limits: {a: 100u, b: null, c: lots, d: 1.5}}}]}").containers[0].limits
    assert shown(compute.amounts(node)) == {"a": "1m", "b": "0", "d": "1500m"}


@pytest.mark.parametrize(
    ("name", "may"),
    [("cpu", True), ("nvidia.com/gpu", False), ("hugepages-2Mi", False), ("x.kubernetes.io/y", True)],
)
def test_what_may_be_promised_twice(name: str, may: bool) -> None:
    assert compute.overcommits(name) is may


def test_a_missing_request_is_the_limit_before_any_default_is() -> None:
    (container,) = pod("{containers: [{resources: {limits: {cpu: 2}}}]}").containers
    default = Needs({"cpu": quantity.UNIT, "memory": quantity.UNIT}, {"cpu": 5 * quantity.UNIT})
    needs = compute.container_needs(container, default)
    assert shown(needs.requests) == {"cpu": "2", "memory": "1"}
    assert shown(needs.limits) == {"cpu": "2"}


def test_defaults_of_a_limit_range_follow_from_each_other() -> None:
    found = compute.defaults(
        [
            limit_range(
                "[{type: Container, max: {cpu: 4}, min: {memory: 64Mi}, default: {a: 1}, defaultRequest: {cpu: 1}}]"
            ),
            limit_range("[{type: Container, default: {cpu: 9, b: 1}}, {type: Pod, max: {c: 1}}]"),
        ]
    )
    assert shown(found.limits) == {"cpu": "4", "a": "1", "b": "1"}
    assert shown(found.requests) == {"memory": "64Mi", "cpu": "1", "a": "1", "b": "1"}


def test_init_containers_run_in_turn_and_sidecars_go_on() -> None:
    found = pod(
        """
        {initContainers: [
          {resources: {requests: {cpu: 1}}},
          {restartPolicy: Always, resources: {requests: {cpu: 2}}},
          {resources: {requests: {cpu: 7}}}],
        containers: [{resources: {requests: {cpu: 3}}}, {resources: {requests: {cpu: 1, memory: 1Gi}}}],
        ephemeralContainers: [{resources: {requests: {cpu: 99}}}]}
        """
    )
    assert shown(compute.pod_needs(found).requests) == {"cpu": "9", "memory": "1Gi"}


def test_what_the_pod_says_as_a_whole_replaces_the_sum() -> None:
    found = pod(
        "{resources: {requests: {cpu: 1, nvidia.com/gpu: 1}, limits: {memory: 2Gi}},"
        " containers: [{resources: {requests: {cpu: 4}, limits: {nvidia.com/gpu: 2}}}]}"
    )
    needs = compute.pod_needs(found)
    assert shown(needs.requests) == {"cpu": "1", "memory": "2Gi", "nvidia.com/gpu": "2"}
    assert shown(needs.limits) == {"nvidia.com/gpu": "2", "memory": "2Gi"}
