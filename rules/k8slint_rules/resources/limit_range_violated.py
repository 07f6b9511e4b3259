"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.api import Claim, Container, Manifest, Node, PodSpec, Problems, Project, compute, quantity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.compute import Needs


@rule(
    on=(Container, PodSpec, Manifest),
    since="0.1",
    claim=Claim.BROKEN,
    source="k8s.io/kubernetes/plugin/pkg/admission/limitranger: PodValidateLimitFunc, PersistentVolumeClaimValidateLimitFunc",
)
def limit_range_violated(view: Container | PodSpec | Manifest, project: Project) -> Problems:
    """A container, pod or claim asks for more or less than the LimitRange of its namespace allows.

    The API server stores the Deployment and refuses each of its pods, so the workload stays at zero replicas, with the reason in the events of its
    ReplicaSet. A Pod or PersistentVolumeClaim of its own is refused at once.

    Defaults of the LimitRange are taken into account. Bring the amount within the bounds, or change the LimitRange.

    ```yaml bad
    apiVersion: v1
    kind: LimitRange
    metadata:
      name: bounds
    spec:
      limits:
      - type: Container
        max:
          memory: 1Gi
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: web:1.2.0
        resources:
          requests:
            memory: 1Gi
          limits:
            memory: 2Gi  # <- memory limit 2Gi is over 1Gi, the most that LimitRange bounds allows a container, so the pod is refused
    ```

    ```yaml good
    apiVersion: v1
    kind: LimitRange
    metadata:
      name: bounds
    spec:
      limits:
      - type: Container
        max:
          memory: 1Gi
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: web:1.2.0
        resources:
          requests:
            memory: 1Gi
          limits:
            memory: 1Gi
    ```
    """
    if isinstance(view, Manifest):
        if view.kind == "PersistentVolumeClaim" and view.group == "":
            yield from _claim(view, view["spec"], "the claim is refused", project)
    elif isinstance(view, PodSpec):
        yield from _pod(view, project)
    elif view.role != "ephemeral":
        yield from _container(view, project)


def _bounds(manifest: Manifest, kind: str, project: Project) -> list[tuple[Manifest, Node]]:
    """The entries for a kind in the LimitRanges of a manifest's namespace, unless a kustomization has a say in what is compared."""
    ranges = project.governing("LimitRange", manifest)
    found = [(limit_range, item) for limit_range in ranges for item in compute.items(limit_range, kind)]
    changed = ("resources", "requests", "limits", "containers", "initContainers", "cpu", "memory", "storage")
    if found and (project.patched(manifest, *changed) or any(project.patched(limits, "limits") for limits in ranges)):
        return []
    return found


def _container(container: Container, project: Project) -> Problems:
    bounds = _bounds(container.manifest, "Container", project)
    if not bounds:
        return
    needs = compute.container_needs(container, compute.defaults(project.governing("LimitRange", container.manifest)))
    fate = _fate(container.pod)
    fallback = container["resources"] or container["name"]
    for limit_range, item in bounds:
        for name, bound, field, said in _violations(item, needs):
            place = container["resources", field, name]
            if not place and field == "requests":
                # What is not requested is the limit.
                place = container["resources", "limits", name]
            # A request over the limit is another mistake, whoever gave the limit.
            if needs.requests.get(name, 0) <= needs.limits.get(name, needs.requests.get(name, 0)):
                yield (place or fallback).problem(
                    f"{said} LimitRange {limit_range.name} allows a container, so {fate}",
                    related=[(bound, "the bound")],
                )


def _pod(pod: PodSpec, project: Project) -> Problems:
    for _, volume in pod.volumes:
        template = volume["ephemeral", "volumeClaimTemplate", "spec"]
        if template:
            yield from _claim(pod.manifest, template, "the volume is never made", project)
    for template in pod.claim_templates:
        yield from _claim(pod.manifest, template["spec"], "the volume is never made", project)
    bounds = _bounds(pod.manifest, "Pod", project)
    if not bounds:
        return
    needs = compute.pod_needs(pod, compute.defaults(project.governing("LimitRange", pod.manifest)))
    for limit_range, item in bounds:
        for name, bound, field, said in _violations(item, needs, " of all containers together"):
            own = pod["resources", field, name]
            yield (own or pod["containers"]).problem(
                f"{said} LimitRange {limit_range.name} allows a pod, so {_fate(pod)}",
                related=[(bound, "the bound")],
            )
        for kind, field in (("max", "limits"), ("min", "requests")):
            for name, bound in item[kind].items():
                if name not in getattr(needs, field) and compute.amount_of(bound) is not None:
                    yield pod["containers"].problem(
                        f"no container has a {name} {field[:-1]}, and LimitRange {limit_range.name} bounds that of pods, so {_fate(pod)}",
                        related=[(bound, "the bound")],
                    )


def _claim(manifest: Manifest, spec: Node, fate: str, project: Project) -> Problems:
    requests = spec["resources", "requests"]
    asked = compute.amounts(requests)
    for limit_range, item in _bounds(manifest, "PersistentVolumeClaim", project):
        for name, bound, _, said in _violations(item, compute.Needs(asked, {})):
            yield requests[name].problem(
                f"{said} LimitRange {limit_range.name} allows a claim, so {fate}", related=[(bound, "the bound")]
            )


def _violations(item: Node, needs: Needs, whose: str = "") -> Iterator[tuple[str, Node, str, str]]:
    """What breaks the bounds of an entry: the resource, the bound, whether it is of the requests or limits, and the message's beginning."""
    for name, bound in item["min"].items():
        least = compute.amount_of(bound)
        requested = needs.requests.get(name)
        if least is not None and requested is not None and requested < least:
            yield (
                name,
                bound,
                "requests",
                f"{name} request {_show(name, requested)}{whose} is below {bound}, the least that",
            )
    for name, bound in item["max"].items():
        most = compute.amount_of(bound)
        if most is None:
            continue
        for field, amounts in (("limits", needs.limits), ("requests", needs.requests)):
            amount = amounts.get(name)
            if amount is not None and amount > most:
                yield (
                    name,
                    bound,
                    field,
                    f"{name} {field[:-1]} {_show(name, amount)}{whose} is over {bound}, the most that",
                )
                break
    for name, bound in item["maxLimitRequestRatio"].items():
        most = compute.amount_of(bound)
        requested, limited = needs.requests.get(name), needs.limits.get(name)
        if most is not None and requested and limited and limited * quantity.UNIT > most * requested:
            ratio = f"{limited / requested:.3g}"
            yield (
                name,
                bound,
                "limits",
                f"{name} limit{whose} is {ratio} times the request and over {bound} times, the most that",
            )


def _show(name: str, amount: int) -> str:
    return quantity.show(amount, binary=name != "cpu")


def _fate(pod: PodSpec) -> str:
    return "the pod is refused" if pod.bare else "no pod is made"
