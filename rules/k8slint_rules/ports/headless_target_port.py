"""See the rule."""

from __future__ import annotations

from k8slint.api import Problems, Project, ServicePort, rule


@rule(
    on=ServicePort,
    since="0.1",
    fixable="unsafe",
    source="Kubernetes documentation: headless Services have no cluster IP, and kube-proxy does not handle them",
)
def headless_target_port(port: ServicePort, project: Project) -> Problems:
    """A headless Service has a port that differs from its targetPort.

    With `clusterIP: None` the Service's name stands for the addresses of its pods, and nothing is between a client and a
    pod that could lead from one port to another. A client that uses `port` finds nobody listening there. Only what reads
    the endpoints themselves, an Ingress controller for one, heeds targetPort.

    Give port the number that the pods listen on, or the Service an address.

    ```yaml bad
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      clusterIP: None
      selector:
        app: db
      ports:
      - port: 80  # <- clients of a headless Service connect to the pods themselves, so port 80 leads nowhere and they need 5432
        targetPort: 5432
    ```

    ```yaml good
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      clusterIP: None
      selector:
        app: db
      ports:
      - port: 5432
        targetPort: 5432
    ```
    """
    service, number, target = port.service, port.number, port["targetPort"]
    if not number or not service.headless or not service.selector:
        return
    inner = target.integer
    if target.string:
        named = {
            candidate.number
            for pod in project.behind(service)
            for candidate in pod.ports
            if candidate.name == target.string and candidate.protocol == port.protocol
        }
        inner = named.pop() if len(named) == 1 else None
    if inner and inner != number and not project.patched(port.manifest, "ports", "port", "targetPort", "clusterIP"):
        yield port["port"].problem(
            f"clients of a headless Service connect to the pods themselves, so port {number} leads nowhere and they need {inner}",
            fix=port["port"].set(inner),
            safe=False,
            related=[(target, "where the pods listen")],
        )
