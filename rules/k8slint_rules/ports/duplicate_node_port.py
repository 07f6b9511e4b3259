"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Problems, Project, Service, rule


@rule(
    on=Service,
    since="0.1",
    claim=Claim.BROKEN,
    source=(
        "k8s.io/kubernetes/pkg/registry/core/service/portallocator: PortAllocator.Allocate",
        "k8s.io/kubernetes/pkg/registry/core/service/storage/alloc.go: initNodePorts, allocHealthCheckNodePort",
    ),
)
def duplicate_node_port(service: Service, project: Project) -> Problems:
    """A nodePort is asked for twice.

    A node port is open on every node of the cluster, so it belongs to one Service, whatever its namespace and protocol. The
    second Service that asks for it is refused: `provided port is already allocated`. Within one Service two entries may
    share a node port if their `port` is the same and their protocols differ, as for DNS.

    Give one of them another port, or leave nodePort out and let the cluster choose.

    ```yaml bad
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      selector:
        app: web
      ports:
      - port: 80
        nodePort: 30080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: admin
    spec:
      type: NodePort
      selector:
        app: admin
      ports:
      - port: 80
        nodePort: 30080  # <- nodePort 30080 is already that of Service web, so only one of the two can be created
    ```

    ```yaml good
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      selector:
        app: web
      ports:
      - port: 80
        nodePort: 30080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: admin
    spec:
      type: NodePort
      selector:
        app: admin
      ports:
      - port: 80
        nodePort: 30081
    ```
    """
    asked = service.node_ports
    if not asked:
        return
    manifest = service.manifest
    yield from _within(service)
    for node in asked:
        number = node.integer
        if not number:
            continue
        for other, place in project.node_ports(number):
            rival = other.manifest
            if rival is manifest or not project.same_scope(manifest, rival):
                continue
            same = (rival.name, rival.namespace) == (manifest.name, manifest.namespace)
            # Within a file the later one is told; of two files each is, so that whoever changes one of them hears of it.
            if same or (rival.path == manifest.path and rival.order > manifest.order):
                continue
            # Files that only lie in one folder may well be alternatives.
            ordered = rival.path == manifest.path or project.scopes.closures(manifest.path) or project.complete
            yield node.problem(
                f"{node.key} {number} is already that of {rival}, so only one of the two can be created",
                claim=Claim.BROKEN if ordered else Claim.UNINTENDED,
                related=[(place, f"{place.key} of {rival}")],
            )
            break


def _within(service: Service) -> Problems:
    """Entries of one Service that ask for the same node port. Those of one protocol are invalid-service-ports."""
    first: dict[int, tuple[int | None, str]] = {}
    for port in service.ports:
        number = port["nodePort"].integer
        if not number:
            continue
        if number not in first:
            first[number] = (port.number, port.protocol)
            continue
        inner, protocol = first[number]
        if port.number != inner and port.protocol != protocol:
            yield port["nodePort"].problem(
                f"nodePort {number} is already that of port {inner}, so the Service is refused; "
                "only the two protocols of one port may share it",
                claim=Claim.REJECTED,
            )
