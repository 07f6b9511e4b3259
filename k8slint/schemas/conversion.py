"""Objects of an apiVersion that is gone, as changes that make them objects of the one that took over.

Most kinds kept their shape, and only the apiVersion changes. Where fields were renamed or moved, a function here knows how; where something in the
object has no counterpart, there is no conversion. Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from k8slint.nodes import Key, Node
from k8slint.schemas.walk import walk
from k8slint.views import InvalidValue, Manifest

if TYPE_CHECKING:
    from collections.abc import Callable

    from k8slint.problem import Change
    from k8slint.schemas.tables import Type


def convert(manifest: Manifest, api_version: str, kind: str, held: Type) -> tuple[Change, ...]:
    """The changes that make an object one of another apiVersion and kind, whose type is `held`; none where it takes more than that."""
    changes = [manifest.node["apiVersion"].set(api_version)]
    if kind != manifest.kind:
        changes.append(manifest.node["kind"].set(kind))
    reshape = _RESHAPED.get((manifest.api_version, manifest.kind))
    if reshape is not None:
        more = reshape(manifest.node)
        if more is None:
            return ()
        changes += more
    mended = {place for change in changes for place in _places(change.node)}
    for mistake in walk(manifest, held):
        # A value that is not right was not right before.
        if not isinstance(mistake, InvalidValue) and not mended.intersection(_places(mistake.node)):
            return ()
    return tuple(changes)


def _places(node: Node) -> set[tuple[Key, ...]]:
    """A node's path and those of all that it is in, but for the object and its topmost fields."""
    path = node.path
    return {path[:length] for length in range(2, len(path) + 1)} or {path}


# ---- the shapes that changed


def _workload(root: Node) -> list[Change] | None:
    """Before apps/v1 a selector was optional: the template's labels stood in."""
    spec = root["spec"]
    labels = spec["template", "metadata", "labels"]
    if spec["selector"]:
        return []
    return [spec["selector"].set({"matchLabels": labels.value})] if labels.is_mapping and len(labels) else None


def _disruption_budget(root: Node) -> list[Change] | None:
    """An empty selector matched no pod, and matches every one."""
    return [] if len(root["spec", "selector"]) else None


def _ingress(root: Node) -> list[Change] | None:
    changes: list[Change] = []
    spec = root["spec"]
    default = spec["backend"]
    if default:
        backend = _backend(default)
        if backend is None:
            return None
        changes += [spec["defaultBackend"].set(backend), default.remove()]
    for rule in spec["rules"]:
        for path in rule["http", "paths"]:
            backend = _backend(path["backend"])
            if backend is None:
                return None
            changes.append(path["backend"].set(backend))
            if not path["pathType"]:
                changes.append(path["pathType"].set("ImplementationSpecific"))
    return changes


def _backend(node: Node) -> dict[str, object] | None:
    if node["resource"]:
        return {"resource": node["resource"]}
    name, port = node["serviceName"].string, node["servicePort"]
    if not name or not port.is_scalar or len(node) != 2:
        return None
    if port.string is None:
        return {"service": {"name": node["serviceName"], "port": {"number": port}}}
    # A number in quotes was a number to the old version.
    named = {"number": int(port.text)} if port.text.isdigit() else {"name": port}
    return {"service": {"name": node["serviceName"], "port": named}}


_TARGETS: Final = {
    "targetAverageUtilization": ("Utilization", "averageUtilization"),
    "targetAverageValue": ("AverageValue", "averageValue"),
    "targetValue": ("Value", "value"),
    "averageValue": ("AverageValue", "averageValue"),
}


def _autoscaler(root: Node) -> list[Change] | None:
    """autoscaling/v2beta1: what is measured and what it should be stood side by side."""
    changes: list[Change] = []
    for metric in root["spec", "metrics"]:
        source = (
            metric[metric["type"].string[:1].lower() + metric["type"].string[1:]] if metric["type"].string else None
        )
        if source is None or not source:
            return None
        targets = [name for name in _TARGETS if source[name]]
        if len(targets) != 1:
            return None
        kind, field = _TARGETS[targets[0]]
        changes.append(source[targets[0]].remove())
        name = source["metricName"]
        if name:
            identifier: dict[str, object] = {"name": name.value}
            selector = source["metricSelector"] or source["selector"]
            if selector:
                identifier["selector"] = selector
                changes.append(selector.remove())
            changes += [source["metric"].set(identifier), name.remove()]
        if source.key == "object":
            changes += [source["describedObject"].set(source["target"])]
        changes.append(source["target"].set({"type": kind, field: source[targets[0]].value}))
    return changes


def _definition(root: Node) -> list[Change] | None:
    """apiextensions.k8s.io/v1beta1: what belongs to a version could be said once for all of them."""
    spec = root["spec"]
    if spec["preserveUnknownFields"].boolean or spec["conversion", "strategy"].string == "Webhook":
        return None
    shared = {"schema": spec["validation"], "subresources": spec["subresources"]}
    shared = {name: node for name, node in shared.items() if node}
    columns = spec["additionalPrinterColumns"]
    named: dict[str, object] = {"name": spec["version"].value, "served": True, "storage": True}
    missing = [] if spec["versions"] else [named]
    changes = [node.remove() for node in (*shared.values(), columns, spec["version"]) if node.exists]
    if not spec["scope"]:
        changes.append(spec["scope"].set("Namespaced"))
    if missing and not spec["version"].string:
        return None
    if "schema" in shared and shared["schema"]["openAPIV3Schema", "type"].string != "object":
        return None
    for version in missing:
        version.update(shared)
        version.setdefault("schema", _anything())
        if columns:
            version["additionalPrinterColumns"] = [_column(column.value) for column in columns]
        changes.append(spec["versions"].set([version]))
    for node in spec["versions"]:
        own = {"schema": _anything(), **shared}
        changes += [node[name].set(value) for name, value in own.items() if not node[name]]
        if node["additionalPrinterColumns"]:
            changes += [
                one["JSONPath"].rename("jsonPath") for one in node["additionalPrinterColumns"] if one["JSONPath"]
            ]
        elif columns:
            changes.append(node["additionalPrinterColumns"].set([_column(column.value) for column in columns]))
    return changes


def _anything() -> dict[str, object]:
    return {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}


def _column(column: dict[str, object]) -> dict[str, object]:
    return {"jsonPath" if name == "JSONPath" else name: value for name, value in column.items()}


_RESHAPED: Final[dict[tuple[str, str], Callable[[Node], list[Change] | None]]] = {
    **{
        (api_version, kind): _workload
        for api_version in ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2")
        for kind in ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet")
    },
    ("extensions/v1beta1", "Ingress"): _ingress,
    ("networking.k8s.io/v1beta1", "Ingress"): _ingress,
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): _autoscaler,
    ("policy/v1beta1", "PodDisruptionBudget"): _disruption_budget,
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): _definition,
}
