"""See the rule."""

from __future__ import annotations

from k8slint.api import Backend, Claim, Manifest, Problem, Problems, Project, Service, ServicePort, near, rule


@rule(
    on=Backend,
    since="0.1",
    claim=Claim.BROKEN,
    fixable="unsafe",
    source=(
        "API reference: ServiceBackendPort v1 networking.k8s.io",
        "Gateway API: BackendObjectReference, port",
        "kubernetes/ingress-nginx internal/ingress/controller/controller.go: serviceEndpoints",
    ),
)
def ingress_port_not_found(backend: Backend, project: Project) -> Problems:
    """An Ingress or route sends requests to a port that its Service does not have.

    The port of a backend is the Service's `port`, by number or name, and neither its targetPort nor the container's port. A
    controller that finds no such port answers for the Service: 503, 404 or nothing at all. ingress-nginx is an exception, it
    takes a targetPort too; other controllers do not.

    ```yaml bad
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
    spec:
      defaultBackend:
        service:
          name: web
          port:
            number: 8080  # <- Service web has no port 8080 (ports: 80), it is the targetPort of port 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
        targetPort: 8080
    ```

    ```yaml good
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
    spec:
      defaultBackend:
        service:
          name: web
          port:
            number: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
        targetPort: 8080
    ```
    """
    name, number = backend.port.string, backend.port.integer
    if not backend.name or not (name or number):
        return
    lookup = project.find("Service", backend.name, backend, group="", namespace=backend.namespace)
    services = [service for found in lookup.found if lookup for service in found.views(Service)]
    if not services:
        return
    for service in services:
        # Controllers make what they will of ExternalName; without ports the Service is another rule's.
        if service.type == "ExternalName" or not service.ports:
            return
        if any(port.name == name if name else port.number == number for port in service.ports):
            return
        if project.patched(service.manifest, "ports"):
            return
    if not project.patched(backend.manifest, "port", "servicePort", "backend", "rules"):
        yield _problem(backend, services[0], project)


def _problem(backend: Backend, service: Service, project: Project) -> Problem:
    name, number = backend.port.string, backend.port.integer
    wanted = f'"{name}"' if name else str(number)
    shown = ", ".join(dict.fromkeys((port.name if name and port.name else str(port.number)) for port in service.ports))
    message = f"{service.manifest} has no port {wanted} (ports: {shown})"
    claim = Claim.BROKEN
    meant = _meant(backend, service, project)
    fix = None
    if meant is not None:
        port, reason = meant
        message += reason
        # In a backend of v1 a name and a number stand in fields of their own.
        value: str | int | None = (port.name or None) if name else port.number
        fix = backend.port.set(value) if value else None
        if "targetPort" in reason and _is_nginx(backend.manifest):
            claim = Claim.UNINTENDED
    return backend.port.problem(
        message,
        claim=claim,
        fix=fix,
        safe=False,
        related=[(service["spec", "ports"], f"the ports of {service.manifest}")],
    )


def _meant(backend: Backend, service: Service, project: Project) -> tuple[ServicePort, str] | None:
    """The port that was probably meant, and why."""
    name, number = backend.port.string, backend.port.integer
    for port in service.ports:
        target = port["targetPort"]
        if target and (target.string == name if name else target.integer == number):
            return port, f", it is the targetPort of port {port.name if name and port.name else port.number}"
    if name:
        close = near(name, [port.name for port in service.ports if port.name])
        found = next((port for port in service.ports if port.name == close), None) if close else None
        return (found, f'; did you mean "{close}"?') if found else None
    for port in service.ports:
        for pod in project.behind(service):
            for inner in pod.ports:
                if inner.number == number and inner.name and inner.name == port.target.string:
                    return port, f", it is the container's port behind port {port.number}"
    return None


def _is_nginx(manifest: Manifest) -> bool:
    """Whether ingress-nginx seems to serve an Ingress."""
    classes = (
        manifest.node["spec", "ingressClassName"].string,
        manifest.annotations.get("kubernetes.io/ingress.class"),
    )
    return any("nginx" in (name or "") for name in classes) or any(
        key.startswith("nginx.ingress.kubernetes.io/") for key in manifest.annotations
    )
