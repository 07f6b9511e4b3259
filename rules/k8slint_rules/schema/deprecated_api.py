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

    The API server accepts it and warns. Moving before the last version that serves it spares the day on which an upgrade of the cluster breaks every
    deployment. Objects that are in the cluster already can be read under both. Where `kubernetesVersion` is a range that reaches to a version
    without it, [removed-api](removed-api.md) says so, and this rule does not.

    The fix writes the apiVersion that takes over, and converts the fields where they changed. It is not safe: defaults may differ, as the page of
    [removed-api](removed-api.md) lists. Where the object cannot be one of the new version there is no fix, and the message says why.

    ```yaml config
    kubernetesVersion: "1.25"
    ```

    ```yaml bad
    apiVersion: autoscaling/v2beta2  # <- autoscaling/v2beta2 HorizontalPodAutoscaler is deprecated since Kubernetes 1.23 and gone from 1.26 on; use autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: web
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: web
      maxReplicas: 4
    ```

    ```yaml good
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: web
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: web
      maxReplicas: 4
    ```
    """
    manifest = api.manifest
    if api.warning:
        yield api.tell(api.warning)
        return
    message = f"{manifest.api_version} {manifest.kind} is deprecated" + (
        f" since Kubernetes {api.deprecated}" if api.deprecated else ""
    )
    if api.removed:
        message += f" and gone from {api.removed} on"
    if api.successor is not None:
        kind = f" {api.successor[1]}" if api.successor[1] != manifest.kind else ""
        message += f"; use {api.successor[0]}{kind}"
        # What is in the way of a fix comes with it, that is to say without.
        message += f", {api.obstacle}" if api.obstacle else ""
    title = f"Convert to {api.successor[0]}" if api.successor else ""
    yield api.tell(message, fix=api.conversion or None, safe=False, fix_title=title)
