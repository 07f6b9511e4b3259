"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Problem, Problems, Service, ServicePort, names, rule


@rule(
    on=Service,
    since="0.1",
    claim=Claim.REJECTED,
    fixable="unsafe",
    source="k8s.io/kubernetes/pkg/apis/core/validation/validation.go: validateService, validateServicePort",
)
def invalid_service_ports(service: Service) -> Problems:
    """The ports of a Service are not what the API server accepts.

    A Service has one port at least, unless it is headless or of type ExternalName. Where there are several each has a name,
    and no two share a name, or a number and protocol. Numbers go from 1 to 65535. A nodePort needs a Service of type
    NodePort or LoadBalancer. A Service of type ExternalName stands for a host, and has to name it.

    ```yaml bad
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - name: http
        port: 80
      - port: 443  # <- a Service with several ports has to name each; port 443 has no name
    ```

    ```yaml good
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - name: http
        port: 80
      - name: https
        port: 443
    ```
    """
    spec = service["spec"]
    written = spec["ports"]
    if spec and not spec.is_mapping:
        return
    if service.type == "ExternalName":
        host = spec["externalName"]
        if (host.string is not None or not host) and not (host.string or "").removesuffix("."):
            yield host.problem("a Service of type ExternalName has to name a host in externalName")
    elif not written or (written.is_sequence and not written.elements):
        if spec["clusterIP"].string != "None":
            yield written.problem("a Service needs a port, unless it is headless or of type ExternalName")
        return
    ports = service.ports
    for port in ports:
        yield from _numbers(port)
        if port["nodePort"].integer and service.type == "ClusterIP":
            yield _unopened(port)
    if len(written.elements) > 1:
        yield from _names(ports)
        yield from _duplicates(ports)


def _numbers(port: ServicePort) -> Problems:
    for field, least in (("port", 1), ("targetPort", 0)):
        number = port[field].integer
        # A targetPort of 0 stands for the port.
        if number is not None and not least <= number <= 65535:
            yield port[field].problem(f"{field} {number} is none: ports go from 1 to 65535")
    protocol = port["appProtocol"].string
    reason = names.label_key(protocol) if protocol is not None else ""
    if reason:
        # Its syntax is that of label keys.
        reason = reason.removeprefix("a valid label key ")
        yield port["appProtocol"].problem(f'appProtocol "{protocol}" is invalid: {reason}')


def _unopened(port: ServicePort) -> Problem:
    service = port.service
    node = port["nodePort"]
    said = "ClusterIP" if service["spec", "type"] else "ClusterIP, as it says no other"
    meant = None if service.headless else service["spec", "type"].set("NodePort")
    return node.problem(
        f"nodePort {node.integer} needs type NodePort or LoadBalancer, and this Service is of type {said}",
        fix=meant or node.remove(),
        safe=False,
    )


def _names(ports: list[ServicePort]) -> Problems:
    taken = {port.name for port in ports}
    for port in ports:
        if port["name"] and port["name"].string != "":
            continue
        number = "" if port.number is None else f" {port.number}"
        usual = {80: "http", 443: "https", 53: "dns"}.get(port.number or 0, "")
        yield port["name"].problem(
            f"a Service with several ports has to name each; port{number} has no name",
            fix=port["name"].set(usual) if usual and usual not in taken else None,
            safe=False,
        )


def _duplicates(ports: list[ServicePort]) -> Problems:
    by_name: dict[str, ServicePort] = {}
    numbers: dict[tuple[int, str], ServicePort] = {}
    node_ports: dict[tuple[int, str], ServicePort] = {}
    for port in ports:
        first = by_name.setdefault(port.name, port)
        if port.name and first is not port:
            yield port["name"].problem(
                f'port name "{port.name}" is given twice', related=[(first["name"], "the same name")]
            )
        protocol = port.protocol
        if port.number is not None:
            first = numbers.setdefault((port.number, protocol), port)
            if first is not port:
                yield port["port"].problem(
                    f"port {port.number} ({protocol}) is there twice",
                    related=[(first["port"], "the same port")],
                    field=port.node,
                )
        number = port["nodePort"].integer
        if number:
            first = node_ports.setdefault((number, protocol), port)
            if first is not port:
                yield port["nodePort"].problem(
                    f"nodePort {number} ({protocol}) is there twice", related=[(first["nodePort"], "the same nodePort")]
                )
