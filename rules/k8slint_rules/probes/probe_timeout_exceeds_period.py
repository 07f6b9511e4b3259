"""See the rule."""

from __future__ import annotations

from k8slint.api import Probe, Problems, rule


@rule(on=Probe, since="0.1", source="k8s.io/kubernetes/pkg/kubelet/prober/worker.go: run, doProbe")
def probe_timeout_exceeds_period(probe: Probe) -> Problems:
    """A probe may take longer than the time from one probe to the next.

    The kubelet runs one probe of a kind at a time. While one waits for its timeout the next is not begun, so a container that hangs is probed
    every `timeoutSeconds` and not every `periodSeconds`, and it takes longer than it seems until failures count.

    Keep the timeout within the period, which is 10 seconds where nothing is said.

    ```yaml bad
    name: web
    image: shop:1.0
    readinessProbe:
      httpGet:
        path: /healthz
        port: 8080
      periodSeconds: 5
      timeoutSeconds: 30  # <- the readinessProbe's timeout of 30 seconds exceeds its period of 5, so a hanging container is found after 90 seconds and not 15
    ```

    ```yaml good
    name: web
    image: shop:1.0
    readinessProbe:
      httpGet:
        path: /healthz
        port: 8080
      periodSeconds: 5
      timeoutSeconds: 3
    ```
    """
    timeout, period = probe.setting("timeoutSeconds"), probe.setting("periodSeconds")
    if not 0 < period < timeout or probe.container.role not in ("main", "sidecar"):
        return
    failures = probe.setting("failureThreshold")
    # No period is shorter than the default timeout, so one that is exceeded is exceeded by what is written.
    place, *period_written = [node for node in (probe["timeoutSeconds"], probe["periodSeconds"]) if node]
    yield place.problem(
        f"the {probe}'s timeout of {timeout} seconds exceeds its period of {period}, "
        f"so a hanging container is found after {timeout * failures} seconds and not {period * failures}",
        related=[(node, "the period") for node in period_written],
    )
