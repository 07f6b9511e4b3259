"""See the rule."""

from __future__ import annotations

from k8slint.api import Container, Node, Plain, Probe, Problems, rule


@rule(on=Probe, since="0.1", source="concepts/configuration/liveness-readiness-startup-probes")
def identical_probes(probe: Probe) -> Problems:
    """The livenessProbe is the same check as the readinessProbe, and gives up no later.

    A readinessProbe that fails takes the pod out of its Services until it has caught up. If the livenessProbe asks the same and loses patience
    at the same moment, the pod is restarted instead: it loses what it was working on, its caches and connections, the other replicas get its
    load, and are restarted next.

    Give the livenessProbe a check of its own that only a restart can mend, or more patience: a higher `failureThreshold`.

    ```yaml bad
    name: web
    image: shop:1.0
    readinessProbe:
      httpGet:
        path: /healthz
        port: 8080
    livenessProbe:  # <- the livenessProbe is the same check as the readinessProbe and fails as soon, so a slow moment restarts the container
      httpGet:
        path: /healthz
        port: 8080
    ```

    ```yaml good
    name: web
    image: shop:1.0
    readinessProbe:
      httpGet:
        path: /healthz
        port: 8080
    livenessProbe:
      httpGet:
        path: /healthz
        port: 8080
      failureThreshold: 6
    ```
    """
    container = probe.container
    readiness = container["readinessProbe"]
    if probe.field != "livenessProbe" or not readiness.is_mapping or container.role not in ("main", "sidecar"):
        return
    other = Probe(readiness, container, "readinessProbe")
    if _patience(probe) > _patience(other) or probe.setting("timeoutSeconds") > other.setting("timeoutSeconds"):
        return
    check = _check(probe)
    if check and check == _check(other):
        yield probe.problem(
            "the livenessProbe is the same check as the readinessProbe and fails as soon, so a slow moment restarts the container",
            at="key",
            related=[(readiness, "the readinessProbe")],
        )


def _patience(probe: Probe) -> int:
    """Seconds from the first failure on until it counts."""
    return probe.setting("periodSeconds") * probe.setting("failureThreshold")


def _check(probe: Probe) -> Plain:
    """What is asked, with defaults filled in and names of ports as numbers, so that two ways to say the same are equal."""
    for kind in ("exec", "httpGet", "tcpSocket", "grpc"):
        action = probe[kind]
        if action.is_mapping and action.fields:
            asked = {key: child.value for key, child in action.items() if child}
            if kind == "httpGet":
                asked = {"path": "/", "scheme": "HTTP"} | asked
            if "port" in asked:
                asked["port"] = _number(probe.container, action["port"])
            return kind, asked
    return None


def _number(container: Container, port: Node) -> Plain:
    named = (candidate.number for candidate in container.ports if candidate.name == port.string)
    return port.value if port.string is None else next(named, port.string)
