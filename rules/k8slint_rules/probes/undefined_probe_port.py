"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Handler, Problems, names, near, rule


@rule(on=Handler, since="0.1", claim=Claim.BROKEN, source="k8s.io/kubernetes/pkg/probe/util.go: ResolveContainerPort")
def undefined_probe_port(handler: Handler) -> Problems:
    """A probe or lifecycle hook names a port that its container does not have.

    The kubelet looks the name up among the ports of the probe's own container; those of the others do not count. Where it finds none the probe
    has no result. A readinessProbe then keeps the pod out of every Service for good, a startupProbe lets nothing begin, and a livenessProbe
    never restarts anything. The API server does not compare the names.

    Use the name that the container's port has, or its number. For a port of another container in the pod only the number will do: they share
    one network.

    ```yaml bad
    name: web
    image: shop:1.0
    ports:
    - name: http
      containerPort: 8080
    readinessProbe:
      httpGet:
        path: /healthz
        port: web  # <- the readinessProbe's port "web" is not a port of container web (ports: http), so the pod never becomes ready
    ```

    ```yaml good
    name: web
    image: shop:1.0
    ports:
    - name: http
      containerPort: 8080
    readinessProbe:
      httpGet:
        path: /healthz
        port: http
    ```
    """
    port, container = handler.port, handler.container
    name, ports = port.string, container["ports"]
    # A probe of gRPC takes only numbers, and what is no name of a port at all the API server refuses: other mistakes.
    if name is None or handler["grpc"] or names.port_name(name):
        return
    if container.role not in ("main", "sidecar") or container.pod.probed or (ports and not ports.is_sequence):
        return
    declared = container.ports
    if any(candidate.name == name for candidate in declared):
        return
    known = [candidate.name or str(candidate.number) for candidate in declared if candidate.name or candidate.number]
    shown = f"ports: {', '.join(known)}" if known else "it declares none"
    elsewhere = next((other for other in container.pod.ports if other.name == name), None)
    meant = near(name, [candidate.name for candidate in declared if candidate.name])
    fix = None
    if elsewhere:
        shown = f"it is one of {elsewhere.container}"
        fix = port.set(elsewhere.number) if elsewhere.number else None
    elif meant:
        fix = port.set(meant)
    elif len(declared) == 1:
        fix = port.set(declared[0].name) if declared[0].name else declared[0]["name"].set(name)
    place = elsewhere.node if elsewhere else ports
    yield port.problem(
        f'the {handler}\'s port "{name}" is not a port of {container} ({shown}), so {handler.failure}',
        fix=fix,
        safe=False,
        related=[(place, "the port of this name" if elsewhere else "the ports it has")] if place else (),
    )
