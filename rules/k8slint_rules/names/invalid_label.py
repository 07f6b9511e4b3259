"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Manifest, Node, PodSpec, Problems, names, rule


@rule(
    on=Manifest,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go: ValidateLabels, ValidateLabelSelector",
        "k8s.io/apimachinery/pkg/api/validate/content/kube.go: IsLabelKey, IsLabelValue",
    ),
)
def invalid_label(manifest: Manifest) -> Problems:
    """The key or the value of a label breaks its syntax.

    A key is a name of up to 63 letters, digits, dashes, underscores and dots, after a domain and a slash if it has one:
    `app.kubernetes.io/name`. A value is such a name, or empty. Both begin and end with a letter or digit. That holds
    wherever labels are written or looked for: in metadata and pod templates, selectors, affinity, topology keys, the node
    selector and tolerations of a pod.

    Put what is no name, such as a sentence or a URL, into an annotation.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
      labels:
        owner: web team  # <- value "web team" of label owner is invalid: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
      labels:
        owner: web-team
    ```
    """
    yield from _labels(manifest.metadata["labels"])
    for path in _MAPS.get((manifest.group, manifest.kind), ()):
        for node in manifest.node.each(path):
            yield from _labels(node)
    for path in _SELECTORS.get((manifest.group, manifest.kind), ()):
        for node in manifest.node.each(path):
            yield from _selector(node)
    for path in _KEYS.get((manifest.group, manifest.kind), ()):
        for node in manifest.node.each(path):
            yield from _key(node)
    for path in _UNCHECKED.get((manifest.group, manifest.kind), ()):
        # Nobody judges these before a controller makes an object of them, and then it is refused.
        for node in manifest.node.each(path):
            yield from (problem._replace(claim=Claim.BROKEN, field=None) for problem in _labels(node))
    for pod in manifest.views(PodSpec):
        problems = _pod(pod)
        yield from problems if manifest.builtin else (problem._replace(claim=Claim.BROKEN) for problem in problems)


_ADMISSION = "admissionregistration.k8s.io"
_WORKLOADS = [("apps", kind) for kind in ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")]

_MAPS = {
    ("", "Service"): ["spec.selector"],
    ("node.k8s.io", "RuntimeClass"): ["scheduling.nodeSelector"],
    ("resource.k8s.io", "ResourceClaimTemplate"): ["spec.metadata.labels"],
}
"""Maps of labels beside those of the metadata."""

_SELECTORS = {
    **{key: ["spec.selector"] for key in [*_WORKLOADS, ("batch", "Job"), ("policy", "PodDisruptionBudget")]},
    ("apps", "StatefulSet"): ["spec.selector", "spec.volumeClaimTemplates.*.spec.selector"],
    ("", "PersistentVolumeClaim"): ["spec.selector"],
    ("", "PersistentVolume"): ["spec.nodeAffinity.required.nodeSelectorTerms.*"],
    ("networking.k8s.io", "NetworkPolicy"): [
        "spec.podSelector",
        *[f"spec.{way}.*.{peer}Selector" for way in ("ingress.*.from", "egress.*.to") for peer in ("pod", "namespace")],
    ],
    ("rbac.authorization.k8s.io", "ClusterRole"): ["aggregationRule.clusterRoleSelectors.*"],
    ("storage.k8s.io", "CSIStorageCapacity"): ["nodeTopology"],
    **{
        (_ADMISSION, f"{verb}{kind}"): [
            f"{place}.{selector}"
            for place in places
            for selector in ("namespaceSelector", "objectSelector", "selector")
        ]
        for verb in ("Validating", "Mutating")
        for kind, places in {
            "WebhookConfiguration": ("webhooks.*",),
            "AdmissionPolicy": ("spec.matchConstraints",),
            "AdmissionPolicyBinding": ("spec.matchResources", "spec.paramRef"),
        }.items()
    },
}
"""LabelSelectors, and what has matchExpressions like them."""

_KEYS = {
    ("storage.k8s.io", "StorageClass"): ["allowedTopologies.*.matchLabelExpressions.*.key"],
    ("node.k8s.io", "RuntimeClass"): ["scheduling.tolerations.*.key"],
}
"""Keys of labels and taints."""

_UNCHECKED = {
    ("batch", "CronJob"): ["spec.jobTemplate.metadata.labels"],
    ("apps", "StatefulSet"): ["spec.volumeClaimTemplates.*.metadata.labels"],
}


def _pod(pod: PodSpec) -> Problems:
    if not pod.bare:
        # The server leaves `metadata` out of the field's path here.
        yield from _labels(pod.template["metadata", "labels"], pod.template["labels"])
    yield from _labels(pod["nodeSelector"])
    for toleration in pod["tolerations"]:
        key = toleration["key"]
        yield from _key(key) if key.string else ()
    for constraint in pod["topologySpreadConstraints"]:
        yield from _selector(constraint["labelSelector"])
        for key in constraint["matchLabelKeys"]:
            yield from _key(key)
    if affinity := pod["affinity"]:
        yield from _affinity(affinity)
    for volume in pod["volumes"]:
        if claim := volume["ephemeral", "volumeClaimTemplate"]:
            yield from _labels(claim["metadata", "labels"])
            yield from _selector(claim["spec", "selector"])
        for source in volume["projected", "sources"]:
            yield from _selector(source["clusterTrustBundle", "labelSelector"])


def _affinity(affinity: Node) -> Problems:
    required, preferred = (
        "requiredDuringSchedulingIgnoredDuringExecution",
        "preferredDuringSchedulingIgnoredDuringExecution",
    )
    for term in affinity["nodeAffinity", required, "nodeSelectorTerms"]:
        yield from _selector(term)
    for key in affinity.each(f"nodeAffinity.{preferred}.*.preference.matchExpressions.*.key"):
        # What cannot match is only not preferred, so the server lets the values be.
        yield from _key(key)
    for kind in ("podAffinity", "podAntiAffinity"):
        weighted = affinity.each(f"{kind}.{preferred}.*.podAffinityTerm")
        for term in (*affinity[kind, required], *weighted):
            yield from _selector(term["labelSelector"])
            yield from _selector(term["namespaceSelector"])
            yield from _key(term["topologyKey"])
            # Without a selector to add to, the server looks no further than that there are keys.
            for key in (*term["matchLabelKeys"], *term["mismatchLabelKeys"]) if term["labelSelector"] else ():
                yield from _key(key)


def _selector(selector: Node) -> Problems:
    yield from _labels(selector["matchLabels"])
    for expression in selector["matchExpressions"]:
        yield from _key(expression["key"])
        for value in expression["values"]:
            reason = names.label_value(value.string or "")
            if reason:
                yield value.problem(f'value "{names.shown(value.string or "")}" is no value of a label: {reason}')


def _labels(labels: Node, field: Node | None = None) -> Problems:
    """A map of labels; the server names the map itself, or `field`, whichever of them is wrong."""
    for key, value in labels.items():
        reason = names.label_key(key)
        if reason:
            yield value.problem(
                f'label key "{names.shown(key)}" is invalid: {reason}',
                at="key",
                field=labels if field is None else field,
            )
        reason = names.label_value(value.string or "")
        if reason:
            yield value.problem(
                f'value "{names.shown(value.string or "")}" of label {key} is invalid: {reason}',
                field=labels if field is None else field,
            )


def _key(key: Node) -> Problems:
    reason = names.label_key(key.string) if key.string is not None else ""
    if reason:
        yield key.problem(f'label key "{names.shown(key.string or "")}" is invalid: {reason}')
