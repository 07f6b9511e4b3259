"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Container, Problems, Project, compute, rule


@rule(
    on=Container,
    since="0.1",
    claim=Claim.ADVICE,
    source="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run",
)
def missing_memory_limit(container: Container, project: Project) -> Problems:
    """A container requests memory and has no limit on it.

    Memory cannot be taken back from a process. A leak in a container without a limit grows until the node runs out, and then it is the node's kernel that
    decides who is killed, neighbours included. A limit keeps the trouble where it began.

    ```yaml bad
    name: web
    resources:
      requests:
        memory: 128Mi  # <- memory is requested and not limited, so a leak takes the node's memory, not the container's
    ```

    ```yaml good
    name: web
    resources:
      requests:
        memory: 128Mi
      limits:
        memory: 256Mi
    ```
    """
    request = container["resources", "requests", "memory"]
    if not request or container.role not in ("main", "sidecar"):
        return
    if container["resources", "limits", "memory"] or container.pod["resources", "limits", "memory"]:
        return
    defaults = compute.defaults(project.governing("LimitRange", container.manifest))
    if "memory" not in defaults.limits and not project.patched(container.manifest, "limits"):
        yield request.problem(
            "memory is requested and not limited, so a leak takes the node's memory, not the container's"
        )
