"""How the shapes of kinds changed from one apiVersion to the next.

Each function here takes an object, and returns the changes beside its apiVersion. What the author did not write is
not written either: it gets the defaults of the new version. Only what the new version insists on, and the old one did not, is put in.

Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/, and the conversions and defaults in k8s.io/kubernetes v1.21:
pkg/apis/*/*/conversion.go and defaults.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from k8slint.schemas import copies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from k8slint.nodes import Node, Plain
    from k8slint.problem import Change
    from k8slint.schemas.tables import Type

    Reshape = Callable[[Node], list[Change]]


class Obstacle(Exception):  # noqa: N818
    """What is in the way of a conversion, as a clause that follows the new version's name: "which has no spec.rollbackTo"."""


def by_kind(api_version: str, kind: str, held: Type) -> Reshape | None:
    """What reshapes objects of a kind into those of the type `held`; None where they kept their shape."""
    if (api_version, kind) == ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"):
        from k8slint.schemas.reshape_crd import definition

        return definition
    reshape = _RESHAPED.get((api_version, kind))
    # Which version took over depends on that of Kubernetes, and the shape changed with one of them only.
    return reshape if reshape not in _SIGNS or _has(held, _SIGNS[reshape]) else None


# ---------------------------------------------------------------------------------------------------- workloads


def _workload(root: Node) -> list[Change]:
    """Before apps/v1 a selector was optional: the template's labels stood in. Of a rollback nothing is kept once it is done."""
    spec = root["spec"]
    changes = [spec[name].remove() for name in ("rollbackTo", "templateGeneration") if name in spec]
    labels = spec["template", "metadata", "labels"]
    if not spec["selector"]:
        if not len(labels):
            raise Obstacle("which needs spec.selector, and spec.template.metadata.labels has no labels to select by")
        # The labels themselves, and not the comments on them.
        changes.append(spec["selector"].set({"matchLabels": dict(labels.items())}))
    return changes


# ---------------------------------------------------------------------------------------------------- policy


def _disruption_budget(root: Node) -> list[Change]:
    selector = root["spec", "selector"]
    if selector and not len(selector["matchLabels"]) and not len(selector["matchExpressions"]):
        raise Obstacle("where the empty spec.selector selects every pod instead of none")
    return []


# ---------------------------------------------------------------------------------------------------- networking


def _ingress(root: Node) -> list[Change]:
    spec = root["spec"]
    changes: list[Change] = []
    default = spec["backend"]
    if default:
        changes += [default.rename("defaultBackend"), *_backend(default)]
    for path in spec.each("rules.*.http.paths.*"):
        changes += _backend(path["backend"])
        if not path["pathType"]:
            changes.append(path["pathType"].set("ImplementationSpecific"))
    return changes


def _backend(node: Node) -> Iterator[Change]:
    """The name and the port of a Service, which are a level or two deeper now. A `resource` stays."""
    name, port = node["serviceName"], node["servicePort"]
    if not name and not port:
        return
    if not name.string or not port.is_scalar:
        raise Obstacle(f"which needs a name and a port of a Service in {node.route}")
    held: dict[str, Plain] = {"number" if port.integer is not None else "name": port}
    if port.integer is None and port.text.isdigit():
        # No port is called so: what is in the quotes was meant as a number.
        held = {"number": copies.instead(port, int(port.text))}
    # The name keeps its line, and the comment on it.
    yield name.rename("service")
    yield name.set({"name": name, "port": held})
    yield port.remove()


def _endpoint_slice(root: Node) -> list[Change]:
    """Of the topology of an endpoint there are fields for its node and its zone."""
    changes: list[Change] = []
    for endpoint in root["endpoints"]:
        topology = endpoint["topology"]
        if not topology.exists:
            continue
        for label, value in topology.items():
            field = endpoint[_TOPOLOGY[label]] if label in _TOPOLOGY else None
            if field is None or (field and field.value != value.value):
                raise Obstacle(f"which has no {value.route}")
            if not field:
                changes.append(field.set(value))
        changes.append(topology.remove())
    return changes


_TOPOLOGY: Final = {"kubernetes.io/hostname": "nodeName", "topology.kubernetes.io/zone": "zone"}


# ---------------------------------------------------------------------------------------------------- autoscaling


def _autoscaler(root: Node) -> list[Change]:
    """autoscaling/v2beta1: what is measured and what it should be stood side by side."""
    annotation = root["metadata", "annotations", "autoscaling.alpha.kubernetes.io/behavior"]
    if annotation:
        raise Obstacle(f"where {annotation.route} has to become spec.behavior")
    # The status is the controller's: what is written of it counts for nothing, but has to be of the right shape.
    current = root["status", "currentMetrics"]
    changes = [current.remove()] if current.exists else []
    for metric in root["spec", "metrics"]:
        for source in metric.values():
            if source.is_mapping:
                changes += _metric(source)
    return changes


_TARGETS: Final = {
    "targetAverageUtilization": ("Utilization", "averageUtilization"),
    "targetAverageValue": ("AverageValue", "averageValue"),
    "averageValue": ("AverageValue", "averageValue"),
    "targetValue": ("Value", "value"),
}


def _metric(source: Node) -> Iterator[Change]:
    found = [source[name] for name in _TARGETS if source[name]]
    if not found:
        raise Obstacle(f"which needs a target in {source.route}")
    value = found[0]
    if source.key == "object":
        # An average counted for more than the value that had to be there.
        target = source["target"]
        if not target.is_mapping:
            raise Obstacle(f"which needs {source['describedObject'].route}")
        yield target.rename("describedObject")
    elif len(found) > 1:
        raise Obstacle(f"which has one target in {source.route}")
    kind, field = _TARGETS[str(value.key)]
    wanted: dict[str, Plain] = {"type": kind, field: value}
    name, selector = source["metricName"], source["metricSelector"] or source["selector"]
    gone = [node for node in (selector, *found) if node]
    if name:
        # The name keeps its line, and the comment on it.
        yield name.rename("metric")
        yield name.set({"name": name, "selector": selector} if selector else {"name": name})
    # So does the target.
    yield value.rename("target")
    yield value.set(wanted)
    for node in gone:
        if node is not value:
            yield node.remove()


def _first_autoscaler(root: Node) -> list[Change]:
    """extensions/v1beta1: there was nothing to measure but the CPU."""
    spec = root["spec"]
    changes = [spec["scaleRef"].rename("scaleTargetRef")]
    if "subresource" in spec["scaleRef"]:
        changes.append(spec["scaleRef", "subresource"].remove())
    if spec["cpuUtilization"]:
        percentage = spec["cpuUtilization", "targetPercentage"]
        target = {"type": "Utilization", "averageUtilization": percentage}
        changes += [
            spec["cpuUtilization"].rename("metrics"),
            spec["cpuUtilization"].set([{"type": "Resource", "resource": {"name": "cpu", "target": target}}]),
        ]
    return changes


# ---------------------------------------------------------------------------------------------------- the others


def _webhooks(root: Node) -> list[Change]:
    """v1 takes no webhook whose side effects are unknown, and no two of one name."""
    names: set[str] = set()
    for webhook in root["webhooks"]:
        for node in (webhook["sideEffects"], webhook["name"]):
            if node.string in {"Unknown", "Some", *names}:
                raise Obstacle(f"which refuses {node.route}: {node}{' once more' if node.string in names else ''}")
        names.add(webhook["name"].string or "")
    return []


def _binding(root: Node) -> list[Change]:
    """rbac.authorization.k8s.io/v1alpha1: the kind of a subject says which group it is of."""
    changes: list[Change] = []
    for subject in root["subjects"]:
        if subject["apiVersion"].exists:
            changes.append(subject["apiVersion"].remove())
        if subject["kind"].string == "User" and subject["name"].string == "*":
            # That was every user who had logged in.
            changes += [subject["kind"].set("Group"), subject["name"].set("system:authenticated")]
    return changes


def _runtime_class(root: Node) -> list[Change]:
    """node.k8s.io/v1alpha1 had a spec."""
    spec = root["spec"]
    if not spec.is_mapping:
        return []
    renamed = {"runtimeHandler": "handler"}
    return [spec.remove(), *(root[renamed.get(name, name)].set(child) for name, child in spec.items())]


def _priority_level(root: Node) -> list[Change]:
    """A share of 0 was as good as none, and is a share of nothing now."""
    limited = root["spec", "limited"]
    shares = limited["assuredConcurrencyShares"] or limited["nominalConcurrencyShares"]
    kept = root["metadata", "annotations", "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares"]
    if shares.integer == 0 and kept.string != "true":
        return [shares.remove()]
    return [shares.rename("nominalConcurrencyShares")]


def _access_review(root: Node) -> list[Change]:
    return [root["spec", "group"].rename("groups")] if root["spec", "group"].exists else []


def _signing_request(root: Node) -> list[Change]:
    signer = root["spec", "signerName"]
    if signer.string == "kubernetes.io/legacy-unknown":
        raise Obstacle(f"which refuses {signer.route}: {signer}")
    if root["spec", "usages"]:
        return []
    return [root["spec", "usages"].set(["digital signature", "key encipherment"])]


def _claim(root: Node) -> list[Change]:
    """resource.k8s.io: what a request asks for has a field of its own since v1beta2, beside that for alternatives."""
    spec = root["spec", "spec"] if root["kind"].string == "ResourceClaimTemplate" else root["spec"]
    changes: list[Change] = []
    for request in spec.each("devices.requests.*"):
        own = {name: child for name, child in request.items() if name not in ("name", "firstAvailable")}
        if own:
            first, *others = own.values()
            changes += [first.rename("exactly"), first.set(own), *(child.remove() for child in others)]
    return changes


def _has(held: Type, name: str) -> bool:
    """Whether a type has a field of this name at any depth."""
    seen: set[int] = set()
    waiting = [held]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if name in one.fields:
            return True
        waiting += [field.type for field in one.fields.values()]
        waiting += [one.item] if one.item is not None else []
    return False


_RESHAPED: Final[dict[tuple[str, str], Reshape]] = {
    **{
        (api_version, kind): _workload
        for api_version in ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2")
        for kind in ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet")
    },
    ("policy/v1beta1", "PodDisruptionBudget"): _disruption_budget,
    ("extensions/v1beta1", "Ingress"): _ingress,
    ("networking.k8s.io/v1beta1", "Ingress"): _ingress,
    ("discovery.k8s.io/v1alpha1", "EndpointSlice"): _endpoint_slice,
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): _endpoint_slice,
    ("autoscaling/v2alpha1", "HorizontalPodAutoscaler"): _autoscaler,
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): _autoscaler,
    ("extensions/v1beta1", "HorizontalPodAutoscaler"): _first_autoscaler,
    ("rbac.authorization.k8s.io/v1alpha1", "ClusterRoleBinding"): _binding,
    ("rbac.authorization.k8s.io/v1alpha1", "RoleBinding"): _binding,
    ("node.k8s.io/v1alpha1", "RuntimeClass"): _runtime_class,
    **{
        (f"flowcontrol.apiserver.k8s.io/{version}", "PriorityLevelConfiguration"): _priority_level
        for version in ("v1alpha1", "v1beta1", "v1beta2", "v1beta3")
    },
    **{
        ("admissionregistration.k8s.io/v1beta1", kind): _webhooks
        for kind in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
    },
    **{
        ("authorization.k8s.io/v1beta1", kind): _access_review
        for kind in ("LocalSubjectAccessReview", "SubjectAccessReview")
    },
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest"): _signing_request,
    **{
        (f"resource.k8s.io/{version}", kind): _claim
        for version in ("v1alpha3", "v1beta1")
        for kind in ("ResourceClaim", "ResourceClaimTemplate")
    },
}
_SIGNS: Final[dict[Reshape | None, str]] = {_priority_level: "nominalConcurrencyShares", _claim: "exactly"}
"""A field by which the new shape is known, where versions in between had the old one."""
