"""What pods ask for: requests and limits as they are once the API server and the LimitRanges of a namespace have had their say.

Amounts are those of `quantity`, by name of the resource. What is no quantity is left out; other rules tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from k8slint import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from k8slint.nodes import Node
    from k8slint.views import Container, Manifest, PodSpec

Amounts: TypeAlias = dict[str, int]
"""Amounts by name of the resource: `cpu`, `memory`, `nvidia.com/gpu`."""


class Needs(NamedTuple):
    """What a container or pod requests, and what it is limited to."""

    requests: Amounts
    limits: Amounts


def amount_of(node: Node) -> int | None:
    """The amount a node of a resource list stands for; None where it is no quantity. `null` is 0, and fractions of a thousandth are rounded up.

    Source: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go: SetDefaults_ResourceList.
    """
    if node.is_null:
        return 0
    amount = quantity.amount(node.value) if node.is_scalar else None
    return None if amount is None else quantity.milli(amount) * quantity.MILLI


def amounts(node: Node) -> Amounts:
    """A resource list (`requests`, `limits`, `hard`, ...) as amounts."""
    found = {name: amount_of(child) for name, child in node.items()}
    return {name: amount for name, amount in found.items() if amount is not None}


def overcommits(name: str) -> bool:
    """Whether a resource can be promised more than once: its request may be lower than its limit. Huge pages and devices cannot.

    Source: k8s.io/kubernetes/pkg/apis/core/helper/helpers.go: IsOvercommitAllowed.
    """
    return ("/" not in name or "kubernetes.io/" in name) and not name.startswith("hugepages-")


def at_pod_level(name: str) -> bool:
    """Whether `spec.resources` of a pod may hold a resource.

    Source: k8s.io/component-helpers/resource/helpers.go: IsSupportedPodLevelResource.
    """
    return name in ("cpu", "memory") or name.startswith("hugepages-")


def defaults(limit_ranges: Iterable[Manifest]) -> Needs:
    """What LimitRanges give to containers that say nothing, the first that does so wins.

    Source: k8s.io/kubernetes/plugin/pkg/admission/limitranger: defaultContainerResourceRequirements, and
    pkg/apis/core/v1/defaults.go: SetDefaults_LimitRangeItem.
    """
    requests: Amounts = {}
    limits: Amounts = {}
    for limit_range in limit_ranges:
        for item in items(limit_range, "Container"):
            default = {**amounts(item["max"]), **amounts(item["default"])}
            request = {**amounts(item["min"]), **default, **amounts(item["defaultRequest"])}
            limits = {**default, **limits}
            requests = {**request, **requests}
    return Needs(requests, limits)


def items(limit_range: Manifest, kind: str) -> Iterator[Node]:
    """The entries of a LimitRange for containers, pods or claims (`Container`, `Pod`, `PersistentVolumeClaim`)."""
    return (item for item in limit_range["spec", "limits"] if item["type"].string == kind)


def container_needs(container: Container, default: Needs | None = None) -> Needs:
    """What a container of a running pod requests and is limited to: missing requests are the limits, then come the defaults of LimitRanges.

    Source: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go: SetDefaults_Pod; plugin/pkg/admission/limitranger: mergeContainerResources.
    """
    limits = amounts(container.limits)
    requests = {**limits, **amounts(container.requests)}
    if default is not None:
        limits = {**default.limits, **limits}
        requests = {**default.requests, **requests}
    return Needs(requests, limits)


def pod_needs(pod: PodSpec, default: Needs | None = None) -> Needs:
    """What a pod as a whole requests and is limited to: what runs at the same time is added up, plain init containers only count where they need
    more than that, and the pod's own `resources` replace the sum.

    Source: k8s.io/kubernetes/plugin/pkg/admission/limitranger: podRequests, podLimits.
    """
    requests, limits = containers_need(pod, default)
    own_limits = {name: amount for name, amount in amounts(pod.limits).items() if at_pod_level(name)}
    own_requests = {name: amount for name, amount in amounts(pod.requests).items() if at_pod_level(name)}
    if own_limits:
        # Limits of the pod fill in for requests that neither the pod nor any container has.
        requests = {**own_limits, **requests}
    return Needs({**requests, **own_requests}, {**limits, **own_limits})


def containers_need(pod: PodSpec, default: Needs | None = None) -> Needs:
    """What the containers of a pod request and are limited to together, whatever the pod says as a whole."""
    needs = [(container.role, container_needs(container, default)) for container in pod.containers]
    return Needs(
        _total([(role, need.requests) for role, need in needs]), _total([(role, need.limits) for role, need in needs])
    )


def _total(containers: list[tuple[str, Amounts]]) -> Amounts:
    total: Amounts = {}
    sidecars: Amounts = {}
    peak: Amounts = {}
    for role, needed in containers:
        if role == "ephemeral":
            continue
        if role != "init":
            total = _sum(total, needed)
        if role == "sidecar":
            sidecars = _sum(sidecars, needed)
            peak = _most(peak, sidecars)
        elif role == "init":
            peak = _most(peak, _sum(sidecars, needed))
    return _most(total, peak)


def _sum(left: Amounts, right: Amounts) -> Amounts:
    return left | {name: left.get(name, 0) + amount for name, amount in right.items()}


def _most(left: Amounts, right: Amounts) -> Amounts:
    return left | {name: max(left.get(name, amount), amount) for name, amount in right.items()}
