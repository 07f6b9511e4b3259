"""See the rule."""

from k8slint.api import Claim, DeprecatedApi, Problems, rule


@rule(
    on=DeprecatedApi,
    since="0.1",
    claim=Claim.UNINTENDED,
    source="https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
)
def deprecated_api(api: DeprecatedApi) -> Problems:
    """An apiVersion that is served, and will not be for long.

    The API server accepts it with a warning.

    ```yaml bad
    apiVersion: v1  # <- v1 Endpoints is deprecated since Kubernetes 1.33; use discovery.k8s.io/v1 EndpointSlice
    kind: Endpoints
    metadata:
      name: db
    subsets:
    - addresses:
      - ip: 10.0.0.7
      ports:
      - port: 5432
    ```

    ```yaml good
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: db
      labels:
        kubernetes.io/service-name: db
    addressType: IPv4
    endpoints:
    - addresses:
      - 10.0.0.7
    ports:
    - port: 5432
    ```
    """
    manifest = api.manifest
    message = f"{manifest.api_version} {manifest.kind} is deprecated" + (
        f" since Kubernetes {api.deprecated}" if api.deprecated else ""
    )
    if api.removed:
        message += f" and gone from {api.removed} on"
    if api.successor is not None:
        kind = f" {api.successor[1]}" if api.successor[1] != manifest.kind else ""
        message += f"; use {api.successor[0]}{kind}"
    yield api.tell(message)
