"""See the rule."""

from k8slint.api import Claim, Problems, Project, ServicePort, rule


@rule(
    on=ServicePort,
    since="0.1",
    claim=Claim.BROKEN,
    source="k8s.io/kubernetes/pkg/registry/core/service/portallocator: a node port and protocol is allocated once a cluster",
)
def duplicate_node_port(port: ServicePort, project: Project) -> Problems:
    """Two Services ask for the same nodePort.

    A node port is open on every node of the cluster, so it belongs to one Service, whatever its namespace. The second Service that asks for it is
    refused: `provided port is already allocated`. TCP and UDP are counted apart.

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
        nodePort: 30080  # <- nodePort 30080 (TCP) is already that of Service web, so only one of the two can be created
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
    number = port["nodePort"].integer
    if not number:
        return
    manifest = port.manifest
    for other in project.node_ports(number, port.protocol):
        service = other.manifest
        if service is manifest or not project.same_scope(manifest, service):
            continue
        same = (service.name, service.namespace) == (manifest.name, manifest.namespace)
        # Within a file the later one is told; of two files each is, so that whoever changes one of them hears of it.
        if same or (service.path == manifest.path and service.order > manifest.order):
            continue
        yield port["nodePort"].problem(
            f"nodePort {number} ({port.protocol}) is already that of {service}, so only one of the two can be created",
            related=[(other["nodePort"], f"nodePort of {service}")],
        )
        return
