"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Container, Problems, Project, compute, rule


@rule(
    on=Container,
    since="0.1",
    claim=Claim.ADVICE,
    source="https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/",
)
def missing_resources(container: Container, project: Project) -> Problems:
    """A container says nothing of how much cpu or memory it needs.

    Without requests the scheduler counts it as nothing and puts it anywhere; without limits it takes what it finds. When the node runs short, pods that
    ask for nothing are evicted first.

    Write at least what it usually needs as requests. A LimitRange of its namespace, or `resources` of the whole pod, does as well.

    ```yaml bad
    name: web  # <- neither request nor limit for cpu and memory: the container is unbounded, and the first to be evicted
    image: web:1.0
    ```

    ```yaml good
    name: web
    image: web:1.0
    resources:
      requests:
        cpu: 100m
        memory: 128Mi
    ```
    """
    if container.role not in ("main", "sidecar"):
        return
    given = {*container["resources", "limits"].fields, *container["resources", "requests"].fields}
    given.update(container.pod["resources", "limits"].fields, container.pod["resources", "requests"].fields)
    missing = [name for name in ("cpu", "memory") if name not in given]
    if not missing:
        return
    defaults = compute.defaults(project.governing("LimitRange", container.manifest))
    missing = [name for name in missing if name not in defaults.requests and name not in defaults.limits]
    if missing and not project.patched(container.manifest, "resources", "requests", "limits"):
        place = container["resources"] or container["name"]
        yield place.problem(
            f"neither request nor limit for {' and '.join(missing)}: "
            + (
                "the container is unbounded, and the first to be evicted"
                if len(missing) == 2
                else f"its use of {missing[0]} is unbounded, and nothing is set aside for it"
            ),
            field=container["resources"],
        )
