"""See the rule."""

from k8slint.api import Container, Problems, rule


@rule(
    on=Container,
    since="0.1",
    source="k8s.io/kubernetes/pkg/apis/core/v1/defaults.go: SetDefaults_Pod",
)
def limits_without_requests(container: Container) -> Problems:
    """A container sets a limit but no request for the same resource.

    Kubernetes copies the limit into the missing request. The scheduler then sets the container's peak aside on some node around the clock, and
    nobody who reads the manifest can tell whether that was meant.

    Write the request down. The fix writes the one you already have, so it changes what the manifest says and not what the cluster does.

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
    limits, requests = container["resources", "limits"], container["resources", "requests"]
    for name, limit in limits.items():
        if name not in requests:
            yield limit.problem(
                f"{name} has a limit but no request, so {limit} is reserved",
                fix=requests[name].set(limit),
            )
