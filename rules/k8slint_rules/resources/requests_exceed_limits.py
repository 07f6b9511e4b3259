"""See the rule."""

from k8slint.api import Claim, Container, Node, PodSpec, Problems, Project, compute, quantity, rule


@rule(
    on=(Container, PodSpec),
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation: validateResourceRequirements, validatePodResourceConsistency",
        "k8s.io/kubernetes/plugin/pkg/admission/limitranger: mergeContainerResources",
    ),
)
def requests_exceed_limits(view: Container | PodSpec, project: Project) -> Problems:
    """A container requests more of a resource than its limit lets it have.

    The API server refuses a request above its limit. Of huge pages and devices (`nvidia.com/gpu`) nothing can be promised twice, so the limit has to be
    there and to be the request. The same holds for a pod as a whole (`spec.resources`), which has to have room for its containers.

    A container without a limit of its own gets that of the namespace's LimitRange. Where its request is above that one, the workload is accepted and none
    of its pods is ever made.

    The unsafe fix lowers the request to the limit. If the workload needs what it requests, raise the limit instead.

    ```yaml bad
    name: web
    resources:
      requests:
        memory: 1Gi  # <- memory request 1Gi is over the limit 512Mi, so it is refused
      limits:
        memory: 512Mi
    ```

    ```yaml good
    name: web
    resources:
      requests:
        memory: 512Mi
      limits:
        memory: 512Mi
    ```
    """
    requests, limits = view.requests, view.limits
    if not requests or project.patched(view.manifest, "requests", "limits"):
        return
    for name, request in requests.items():
        amount = compute.amount_of(request)
        if amount is None:
            continue
        limit = limits[name]
        if limit.exists:
            yield from _compared(view, name, request, limit)
        elif not compute.overcommits(name):
            yield request.problem(
                f"{name} has a request but no limit, and cannot be promised twice, so it is refused",
                claim=_claim(view),
                fix=limit.set(request),
                field=limits,
            )
    if isinstance(view, PodSpec):
        yield from _room(view)
    elif requests and view.role != "ephemeral":
        yield from _defaulted(view, project)


def _claim(view: Container | PodSpec) -> Claim | None:
    """Pods of other kinds than Kubernetes' own are checked when they are made."""
    return None if view.manifest.builtin else Claim.BROKEN


def _compared(view: Container | PodSpec, name: str, request: Node, limit: Node) -> Problems:
    requested, limited = compute.amount_of(request), compute.amount_of(limit)
    if requested is None or limited is None:
        return
    if compute.overcommits(name):
        if requested <= limited:
            return
        message = f"{name} request {request} is over the limit {limit}, so it is refused"
    elif requested != limited:
        message = (
            f"{name} request {request} is not the limit {limit}, and {name} cannot be promised twice, so it is refused"
        )
    else:
        return
    yield request.problem(
        message,
        claim=_claim(view),
        fix=request.set(limit),
        safe=False,
        related=[(limit, "the limit")],
        field=view.requests,
    )


def _room(pod: PodSpec) -> Problems:
    """Whether the pod's own requests and limits have room for its containers."""
    if not pod["resources"]:
        return
    claim = _claim(pod)
    containers = compute.containers_need(pod)
    for name, request in pod.requests.items():
        requested = compute.amount_of(request)
        needed = containers.requests.get(name, 0)
        if requested is not None and needed > requested:
            total = quantity.show(needed, binary=name != "cpu")
            yield request.problem(
                f"the pod requests {request} of {name} and its containers {total} together, so it is refused",
                claim=claim,
            )
    for name, limit in pod.limits.items():
        limited = compute.amount_of(limit)
        if limited is None:
            continue
        needed = containers.limits.get(name, 0)
        if name.startswith("hugepages-") and needed > limited:
            total = quantity.show(needed, binary=True)
            yield limit.problem(
                f"the pod is limited to {limit} of {name} and its containers to {total} together, so it is refused",
                claim=claim,
            )
        for container in pod.containers:
            own = container.limits[name]
            amount = compute.amount_of(own)
            if container.role == "main" and own.exists and amount is not None and amount > limited:
                yield own.problem(
                    f"the {name} limit {own} of a container is over the pod's limit {limit}, so it is refused",
                    claim=claim,
                    related=[(limit, "the limit of the pod")],
                    field=pod["resources", "containers", container.node.key, name, "limits"],
                )


def _defaulted(container: Container, project: Project) -> Problems:
    """Whether the request fits into the limit that a LimitRange gives."""
    missing = [name for name in container.requests.fields if name not in container.limits and compute.overcommits(name)]
    if not missing or (container.limits and not container.limits.is_mapping):
        return
    ranges = project.governing("LimitRange", container.manifest)
    default = compute.defaults(ranges).limits
    for name in missing:
        request = container.requests[name]
        amount = compute.amount_of(request)
        if amount is not None and name in default and amount > default[name]:
            giver, given = next(
                (limit_range, item[field, name])
                for limit_range in ranges
                for item in compute.items(limit_range, "Container")
                for field in ("default", "max")
                if compute.amount_of(item[field, name]) == default[name]
            )
            shown = quantity.show(default[name], binary=name != "cpu")
            yield request.problem(
                f"{name} request {request} is over the limit {shown} that LimitRange {giver.name} gives, so no pod is made",
                claim=Claim.BROKEN,
                related=[(given, "the limit for containers without one")],
            )
