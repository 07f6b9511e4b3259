"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, ContainerPort, Problems, Project, ServicePort, rule


@rule(
    on=ServicePort,
    since="0.1",
    claim=Claim.BROKEN,
    fixable="unsafe",
    source="k8s.io/endpointslice/utils.go: FindPort",
)
def target_port_protocol(port: ServicePort, project: Project) -> Problems:
    """A Service leads to a port that its pods declare with another protocol.

    A port is a number and a protocol: TCP, where nothing is said. A named targetPort is found only with the Service's own
    protocol, and a pod without such a port is left out of the endpoints. With a number the requests are sent, in a protocol
    that the pod does not say it listens for; if it does listen, its declaration is what is wrong.

    ```yaml bad
    apiVersion: v1
    kind: Service
    metadata:
      name: dns
    spec:
      selector:
        app: dns
      ports:
      - port: 53
        targetPort: dns  # <- targetPort "dns" of Deployment dns is a UDP port and the Service asks for TCP, so it gets no endpoints
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: dns
    spec:
      selector:
        matchLabels:
          app: dns
      template:
        metadata:
          labels:
            app: dns
        spec:
          containers:
          - name: coredns
            image: coredns/coredns:1.12.0
            ports:
            - name: dns
              containerPort: 53
              protocol: UDP
    ```

    ```yaml good
    apiVersion: v1
    kind: Service
    metadata:
      name: dns
    spec:
      selector:
        app: dns
      ports:
      - port: 53
        targetPort: dns
        protocol: UDP
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: dns
    spec:
      selector:
        matchLabels:
          app: dns
      template:
        metadata:
          labels:
            app: dns
        spec:
          containers:
          - name: coredns
            image: coredns/coredns:1.12.0
            ports:
            - name: dns
              containerPort: 53
              protocol: UDP
    ```
    """
    name, number, protocol = port.target.string, port.target.integer, port.protocol
    if not (name or number) or not _known(port):
        return
    pods = project.behind(port.service)
    found: list[ContainerPort] = []
    for pod in pods:
        same = [other for other in pod.ports if (other.name == name if name else other.number == number)]
        if same and all(other.protocol != protocol and _known(other) for other in same):
            found.append(same[0])
    if not found or project.patched(port.manifest, "ports", "targetPort", "protocol", "selector"):
        return
    place = port["targetPort"] or port["port"]
    everywhere = len(found) == len(pods)
    for other in found:
        if project.patched(other.manifest, "ports"):
            continue
        if name:
            effect = "it gets no endpoints" if everywhere else "its pods get no traffic"
            message = f'targetPort "{name}" of {other.manifest} is a {other.protocol} port and the Service asks for {protocol}'
        else:
            effect = "nothing may listen"
            message = f"port {number} is a {other.protocol} port of {other.manifest} and the Service sends {protocol}"
        yield place.problem(
            f"{message}, so {effect}",
            claim=Claim.BROKEN if name else Claim.UNINTENDED,
            # Where other pods have it so, what the Service asks for is right.
            fix=port["protocol"].set(other.protocol) if everywhere else None,
            safe=False,
            related=[(other.node, f"the port of {other.manifest}")],
        )


def _known(port: ServicePort | ContainerPort) -> bool:
    """Whether its protocol is one; the API server refuses others."""
    written = port["protocol"]
    return not written or written.string in ("TCP", "UDP", "SCTP")
