"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Handler, Problems, rule


@rule(on=Handler, since="0.1", claim=Claim.ADVICE, preset="strict", source="reference/kubernetes-api: Container.ports")
def undeclared_probe_port(handler: Handler) -> Problems:
    """A probe or lifecycle hook asks a port by a number that no container of the pod declares.

    It works all the same: `ports` is for people and for names. But who reads the manifest cannot tell whether the number is right, and when the
    port changes it is easily left behind.

    Declare the port under a name, and let the probe use the name.

    ```yaml bad
    name: web
    image: shop:1.0
    ports:
    - name: http
      containerPort: 8080
    readinessProbe:
      httpGet:
        path: /healthz
        port: 8081  # <- port 8081 of the readinessProbe is not declared (ports: http 8080)
    ```

    ```yaml good
    name: web
    image: shop:1.0
    ports:
    - name: http
      containerPort: 8080
    - name: admin
      containerPort: 8081
    readinessProbe:
      httpGet:
        path: /healthz
        port: admin
    ```
    """
    port, container = handler.port, handler.container
    number = port.integer
    if not number or not 1 <= number <= 65535 or container.role not in ("main", "sidecar") or container.pod.probed:
        return
    # A probe or hook may ask another host than the pod.
    if handler["httpGet", "host"].string or handler["tcpSocket", "host"].string:
        return
    if any(candidate.number == number for candidate in container.pod.ports):
        return
    shown = ", ".join(
        f"{candidate.name} {candidate.number}".strip() for candidate in container.ports if candidate.number
    )
    known = f"ports: {shown}" if shown else f"{container} declares none"
    yield port.problem(f"port {number} of the {handler} is not declared ({known})")
