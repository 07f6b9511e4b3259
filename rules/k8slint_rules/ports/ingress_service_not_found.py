"""See the rule."""

from __future__ import annotations

from k8slint.api import Backend, Problems, Project, rule


@rule(
    on=Backend,
    since="0.1",
    fixable="unsafe",
    source=("API reference: IngressServiceBackend v1 networking.k8s.io", "Gateway API: BackendRef"),
)
def ingress_service_not_found(backend: Backend, project: Project) -> Problems:
    """An Ingress or route sends requests to a Service that is not there.

    The controller answers 503 or 404 for all that should go to it. That a Service is missing is said only where one of nearly
    the same name is applied with the Ingress, or where the config says that the input is `complete`; it may have been made
    by somebody else.

    ```yaml bad
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
    spec:
      defaultBackend:
        service:
          name: shop-fronted  # <- there is no Service shop-fronted; did you mean "shop-frontend"?
          port:
            number: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: shop-frontend
    spec:
      selector:
        app: shop
      ports:
      - port: 80
    ```

    ```yaml good
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
    spec:
      defaultBackend:
        service:
          name: shop-frontend
          port:
            number: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: shop-frontend
    spec:
      selector:
        app: shop
      ports:
      - port: 80
    ```
    """
    if not backend.name:
        return
    lookup = project.find("Service", backend.name, backend, group="", namespace=backend.namespace)
    if not lookup.missing or project.patched(
        backend.manifest, "service", "serviceName", "backendRefs", "backend", "rules"
    ):
        return
    namesake = lookup.near
    where = f" in namespace {backend.namespace}" if backend.namespace else ""
    yield backend.service.problem(
        f"there is no Service {backend.name}{where}" + (f'; did you mean "{namesake.name}"?' if namesake else ""),
        fix=backend.service.set(namesake.name) if namesake else None,
        safe=False,
        related=[(namesake.metadata["name"], "the Service with nearly the same name")] if namesake else (),
    )
