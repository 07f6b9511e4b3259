"""See the rule."""

from k8slint.api import Claim, Problems, RemovedApi, rule


@rule(
    on=RemovedApi,
    since="0.1",
    claim=Claim.REJECTED,
    source="https://kubernetes.io/docs/reference/using-api/deprecation-guide/; k8s.io/kubernetes/pkg/apis: conversion.go and defaults.go of each version",
)
def removed_api(api: RemovedApi) -> Problems:
    """An apiVersion that the target version of Kubernetes does not serve any more, or not yet.

    kubectl says `no matches for kind`. What is in a cluster already is still there, under the apiVersion that took over.

    The fix converts the object: the backends of an Ingress, the metrics of a HorizontalPodAutoscaler, the versions of a CustomResourceDefinition, the
    selector that Deployments did not need once. Comments move along with what they speak of. Where the object cannot be one of the new version there
    is no fix, and the message says why: it has a field without a successor, or lacks one that has to be there now.

    The fix is not safe, as what is not written gets the defaults of the new version. An object that is in the cluster keeps what it has; one that is
    created differs in these:

    | | was | is |
    |---|---|---|
    | DaemonSet of `extensions/v1beta1`, StatefulSet of `apps/v1beta1`: `updateStrategy.type` | `OnDelete` | `RollingUpdate` |
    | Deployment of `extensions/v1beta1`: `maxSurge` and `maxUnavailable` | 1 | 25% |
    | Deployment of `extensions/v1beta1`: `progressDeadlineSeconds` | none | 600 |
    | Deployment: `revisionHistoryLimit` | none (`apps/v1beta1`: 2) | 10 |
    | workloads of `extensions/v1beta1` and `apps/v1beta1`: `metadata.labels` | those of the template | none |
    | webhooks: `failurePolicy` | `Ignore` | `Fail` |
    | webhooks: `matchPolicy` | `Exact` | `Equivalent` |
    | webhooks: `timeoutSeconds` | 30 | 10 |
    | CustomResourceDefinition: fields that the schema does not name | kept | dropped |

    Where the schema of a CustomResourceDefinition says of a field only that it is an object, the fix adds `x-kubernetes-preserve-unknown-fields`, so
    that the object is not emptied. A path of an Ingress gets the `pathType` that it had without a word on it, `ImplementationSpecific`.

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
        # What is in the way of a fix comes with it, that is to say without.
        message += f", {api.obstacle}" if api.obstacle else ""
    title = f"Convert to {api.successor[0]}" if api.successor else ""
    yield api.tell(message, fix=api.conversion or None, safe=False, fix_title=title)
