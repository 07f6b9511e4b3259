"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Probe, Problems, rule

_LONG = 60


@rule(on=Probe, since="0.1", claim=Claim.ADVICE, source="KEP-950: startupProbe")
def liveness_before_start(probe: Probe) -> Problems:
    """A livenessProbe waits a minute or more before it begins, where a startupProbe belongs.

    `initialDelaySeconds` is a guess at the slowest start. A container that starts sooner goes without the probe until the time is over, at each
    restart; one that needs longer for once is killed while it still starts, and again the next time.

    A startupProbe asks until the container has started, however long that takes, and then gives over to the livenessProbe. Set its
    `failureThreshold` times `periodSeconds` to the longest time you would wait.

    ```yaml bad
    name: web
    image: shop:1.0
    livenessProbe:
      httpGet:
        path: /livez
        port: 8080
      initialDelaySeconds: 300  # <- the livenessProbe waits 300 seconds for the container to start; a startupProbe would know when it has
    ```

    ```yaml good
    name: web
    image: shop:1.0
    startupProbe:
      httpGet:
        path: /livez
        port: 8080
      failureThreshold: 30
    livenessProbe:
      httpGet:
        path: /livez
        port: 8080
    ```
    """
    delay = probe["initialDelaySeconds"]
    seconds = probe.setting("initialDelaySeconds")
    if probe.field == "livenessProbe" and seconds >= _LONG and not probe.container["startupProbe"]:
        yield delay.problem(
            f"the livenessProbe waits {seconds} seconds for the container to start; a startupProbe would know when it has"
        )
