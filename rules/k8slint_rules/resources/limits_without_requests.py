"""See the rule."""

from k8slint.api import Claim, Container, Node, PodSpec, Problem, Problems, Project, compute, rule


@rule(
    on=(Container, PodSpec),
    since="0.1",
    fixable="safe",
    source=(
        "k8s.io/kubernetes/pkg/apis/core/v1/defaults.go: SetDefaults_Pod, defaultPodRequests",
        "https://kubernetes.io/docs/tasks/administer-cluster/manage-resources/memory-default-namespace/",
    ),
)
def limits_without_requests(view: Container | PodSpec, project: Project) -> Problems:
    """A container sets a limit but no request for the same resource.

    Kubernetes copies the limit into the missing request. The scheduler then sets the container's peak aside on some node around the clock, and
    nobody who reads the manifest can tell whether that was meant. The default request of a LimitRange does not help: the limit has been copied
    before a LimitRange is asked.

    Write the request down. The fix writes the one you already have, so it changes what the manifest says and not what the cluster does.

    Nothing is said of huge pages and devices, where the request has to be the limit, nor where the pod as a whole has a request
    (`spec.resources`): that is what is then reserved. A plain init container needs its share only until it is done, so a limit that
    stays below what the pod reserves anyway is merely shown.

    ```yaml bad
    name: web
    resources:
      limits:
        memory: 512Mi  # <- memory has a limit but no request, so 512Mi is reserved
    ```

    ```yaml good
    name: web
    resources:
      limits:
        memory: 512Mi
      requests:
        memory: 512Mi
    ```
    """
    limits, requests = view.limits, view.requests
    if not limits or (requests and not requests.is_mapping):
        return
    if project.patched(view.manifest, "requests", "limits"):
        return
    for name, limit in limits.items():
        if name in requests or not compute.overcommits(name) or not compute.amount_of(limit):
            continue
        if isinstance(view, PodSpec):
            # What containers request becomes the pod's request, where any of them does.
            if not any(container.requests[name] or container.limits[name] for container in view.containers):
                yield _problem(view, limit, name, f"{limit} is reserved", project)
        elif not view.pod.requests[name] and view.role != "ephemeral":
            if view.role != "init":
                yield _problem(view, limit, name, f"{limit} is reserved", project)
            elif _stands_out(view, name):
                yield _problem(view, limit, name, f"{limit} is reserved, long after this container is done", project)
            else:
                yield _problem(view, limit, name, f"it requests {limit}", project, Claim.ADVICE)


def _stands_out(container: Container, name: str) -> bool:
    """Whether an init container needs more than what runs later, so that the whole pod has to be given room for it."""
    before = 0
    running = 0
    for other in container.pod.containers:
        request = compute.container_needs(other).requests.get(name, 0)
        if other.node is container.node:
            before += running + request
        elif other.role in ("main", "sidecar"):
            running += request
    return before > running


def _problem(
    view: Container | PodSpec, limit: Node, name: str, effect: str, project: Project, claim: Claim | None = None
) -> Problem:
    # A pod as a whole gets no defaults.
    ranges = project.governing("LimitRange", view.manifest) if isinstance(view, Container) else []
    defaults = [
        (default, limit_range.name)
        for limit_range in ranges
        for item in compute.items(limit_range, "Container")
        if (default := item["defaultRequest", name])
    ]
    late = "".join(f", and not the {default} of LimitRange {source}" for default, source in defaults[:1])
    return limit.problem(
        f"{name} has a limit but no request, so {effect}{late}",
        fix=view.requests[name].set(limit),
        claim=claim,
        related=[(default, f"this default request does not count: {name} has a limit") for default, _ in defaults[:1]],
    )
