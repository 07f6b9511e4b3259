"""See the rule."""

from k8slint.api import Claim, Problems, RemovedApi, rule


@rule(
    on=RemovedApi,
    since="0.1",
    claim=Claim.REJECTED,
    source="https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
)
def removed_api(api: RemovedApi) -> Problems:
    """An apiVersion that the target version of Kubernetes does not serve any more, or not yet.

    kubectl says `no matches for kind`. What is in a cluster already is still there, under the apiVersion that took over.

    The fix converts the object where its fields have a counterpart: the backends of an Ingress, the metrics of a HorizontalPodAutoscaler, the one
    schema of a CustomResourceDefinition, the selector that Deployments did not need once. It is not safe: defaults may differ.

    ```yaml bad
    apiVersion: policy/v1beta1  # <- policy/v1beta1 PodDisruptionBudget is gone since Kubernetes 1.25; use policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: web
    spec:
      minAvailable: 1
      selector:
        matchLabels:
          app: web
    ```

    ```yaml good
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: web
    spec:
      minAvailable: 1
      selector:
        matchLabels:
          app: web
    ```
    """
    manifest = api.manifest
    name = f"{manifest.api_version} {manifest.kind}"
    message = (
        f"{name} is gone since Kubernetes {api.removed}"
        if api.removed
        else f"{name} is there only from Kubernetes {api.since} on"
    )
    if api.successor is not None:
        kind = f" {api.successor[1]}" if api.successor[1] != manifest.kind else ""
        message += f"; use {api.successor[0]}{kind}"
    title = f"Convert to {api.successor[0]}" if api.successor else ""
    yield api.tell(message, fix=api.conversion or None, safe=False, fix_title=title)
