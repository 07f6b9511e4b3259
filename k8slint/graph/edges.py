"""What leads from an object to others, as the look-ups of the project know it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from k8slint import selector
from k8slint.near import near
from k8slint.project import State, fits
from k8slint.references import Reference, references
from k8slint.views import Backend, Container, Manifest, PodSpec, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from k8slint.graph import model
    from k8slint.nodes import Node
    from k8slint.project import Lookup, Project
    from k8slint.views import View


class Wanted(NamedTuple):
    """An object that a manifest names and that is not among those that were read; with `selector` it is pods with these labels."""

    group: str
    kind: str
    namespace: str
    name: str
    selector: str = ""


class Link(NamedTuple):
    """One edge, before it is one: `node` is where it is written."""

    source: Manifest
    target: Manifest | Wanted
    type: model.Type
    state: model.State
    node: Node
    optional: bool = False


# What is in every cluster, whatever the manifests say.
_EVERYWHERE = {
    ("ServiceAccount", "default"),
    ("ConfigMap", "kube-root-ca.crt"),
    ("Service", "kubernetes"),
    ("ClusterRole", "cluster-admin"),
    ("ClusterRole", "admin"),
    ("ClusterRole", "edit"),
    ("ClusterRole", "view"),
}
# What clusters, and those who set them up, bring along: nobody writes all of it into manifests, even where these are said to be complete.
_BROUGHT_ALONG = frozenset(
    (
        "User",
        "Group",
        "Node",
        "PersistentVolume",
        "StorageClass",
        "VolumeAttributesClass",
        "IngressClass",
        "GatewayClass",
        "RuntimeClass",
        "DeviceClass",
        "ClusterTrustBundle",
        "PriorityLevelConfiguration",
    )
)

_SCALING = frozenset(("HorizontalPodAutoscaler", "VerticalPodAutoscaler", "ScaledObject"))
_CALLING = frozenset(
    ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService", "CustomResourceDefinition")
)
_ROUTING = frozenset(("Ingress", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"))
_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme")

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_ADDRESS = re.compile(
    rf"(?P<scheme>://(?:[^\s/@\"']*@)?)?(?<![\w.-])(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>\d{{1,5}}))?(?![\w-])"
)
# Without one of these a text has no address in it; most have none.
_MAY_HOLD_ADDRESS = re.compile(r"://|\.svc\b|:\d")


class Links:
    """Finds what leads from manifests to others."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._services: dict[str, list[Service]] | None = None
        self._definitions: dict[tuple[str, str], list[Manifest]] = {}
        self._created: dict[str, list[Manifest]] = {}
        for manifest in project.own:
            for node in _created(manifest):
                self._created.setdefault(node.string or "", []).append(manifest)

    def of(self, manifest: Manifest) -> Iterator[Link]:
        """All that leads away from a manifest, and from its CustomResourceDefinition to it."""
        yield from self._named(manifest)
        yield from self._selected(manifest)
        yield from self._called(manifest)
        yield from self._defined(manifest)
        for node in _created(manifest):
            yield self._link(manifest, "creates", Reference(node, "", "Secret", manifest.namespace))

    # ---- names

    def _named(self, manifest: Manifest) -> Iterator[Link]:
        seen = set()
        for reference in references(manifest):
            # A namespace is the box around what is in it.
            if reference.kind == "Namespace" or not reference.kind:
                continue
            seen.add(id(reference.node))
            yield self._link(manifest, _type(manifest, reference), reference)
        for backend in manifest.views(Backend):
            if backend.name and id(backend.service) not in seen:
                yield self._link(manifest, "routes", Reference(backend.service, "", "Service", backend.namespace))

    def _link(self, manifest: Manifest, type_: model.Type, reference: Reference) -> Link:
        kind, name, namespace = reference.kind, reference.name, reference.namespace
        lookup = self.project.find(kind, name, manifest, group=reference.group, namespace=namespace)
        if lookup.found:
            # Several of one name are variants of one thing, and as near: the first stands for them.
            return Link(manifest, lookup.found[0], type_, "found", reference.node, reference.optional)
        state = self._state(manifest, reference, lookup)
        wanted = Wanted(reference.group or "", kind, namespace, name)
        return Link(manifest, wanted, type_, state, reference.node, reference.optional)

    def _state(self, manifest: Manifest, reference: Reference, lookup: Lookup) -> model.State:
        kind, name, namesake = reference.kind, reference.name, lookup.near
        if self.project.generates(kind, name, manifest) or (
            kind == "Secret" and any(fits(by.namespace, reference.namespace) for by in self._created.get(name, ()))
        ):
            return "generated"
        known = lookup.near is None and (
            kind in _BROUGHT_ALONG or (kind, name) in _EVERYWHERE or _of_the_system(kind, name)
        )
        if lookup.state is not State.MISSING or known or reference.optional:
            return "unknown"
        if not self.project.complete and namesake is not None:
            # Who names both means two things, and no slip made one of the other.
            others = (other for other in references(manifest) if other.kind == kind)
            if any(other.name == namesake.name for other in others):
                return "unknown"
        # A kustomization may have another name for it.
        fields = [str(step) for step in reference.node.path if isinstance(step, str)]
        return "unknown" if self.project.patched(manifest, *fields) else "missing"

    # ---- labels

    def _selected(self, manifest: Manifest) -> Iterator[Link]:
        node = manifest.node
        if manifest.kind == "Service":
            for service in manifest.views(Service):
                yield from self._selected_by(service)
        elif manifest.kind in ("PodDisruptionBudget", "PodMonitor"):
            chosen = node["spec", "selector"]
            if chosen.is_mapping:
                yield from self._pods(manifest, chosen)
        elif manifest.kind == "NetworkPolicy" and manifest.builtin:
            chosen = node["spec", "podSelector"]
            yield from self._pods(manifest, chosen)
        elif manifest.kind == "ServiceMonitor":
            yield from self._monitored(manifest)

    def _selected_by(self, service: Service) -> Iterator[Link]:
        manifest = service.manifest
        chosen = service["spec", "selector"]
        if service.type == "ExternalName" or not service.selector:
            return
        pods = self.project.selected_by(service)
        for target in _manifests(pods):
            yield Link(manifest, target, "selects", "found", chosen)
        if not pods and not service.singular:
            shown = ", ".join(f"{key}={value}" for key, value in service.selector.items())
            yield Link(
                manifest,
                Wanted("", "Pod", manifest.namespace, "", shown),
                "selects",
                "missing" if self._selects_nothing(service) else "unknown",
                chosen,
            )

    def _selects_nothing(self, service: Service) -> bool:
        """Whether it can be known that nobody has the labels: the input is all there is, or one of them is plainly misspelt."""
        project, manifest = self.project, service.manifest
        if project.broken or project.patched(manifest, "selector"):
            return False
        if project.complete:
            return True
        pods = [pod for pod in project.pods_together(manifest) if not project.patched(pod.manifest, "labels")]
        return any(_slip(service.selector, pod.labels) for pod in pods)

    def _pods(self, manifest: Manifest, chosen: Node) -> Iterator[Link]:
        """What a label selector selects; an empty one selects all pods that are applied with it."""
        labels = {key: value for key, child in chosen["matchLabels"].items() if (value := child.string) is not None}
        pods = self.project.pods_with(labels, manifest) if labels else self.project.pods_together(manifest)
        for target in _manifests(pod for pod in pods if selector.matches(chosen, pod.labels)):
            yield Link(manifest, target, "selects", "found", chosen)

    def _monitored(self, manifest: Manifest) -> Iterator[Link]:
        chosen = manifest.node["spec", "selector"]
        if not chosen.is_mapping or selector.is_empty(chosen):
            return
        anywhere = manifest.node["spec", "namespaceSelector", "any"].boolean is True
        named = {item.string for item in manifest.node["spec", "namespaceSelector", "matchNames"]}
        found = [
            service.manifest
            for service in self.project.services()
            if selector.matches(chosen, service.manifest.labels)
            and (
                anywhere
                or service.manifest.namespace in named
                or (not named and fits(service.manifest.namespace, manifest.namespace))
            )
        ]
        for target in self.project.near_ones(manifest, found):
            yield Link(manifest, target, "selects", "found", chosen)

    # ---- addresses

    def _called(self, manifest: Manifest) -> Iterator[Link]:
        """The Services whose addresses stand in a manifest: `cart:8080` with a port that the Service has, `http://cart`, `cart.shop.svc`."""
        for node in _texts(manifest):
            text = node.string
            if not text or not _MAY_HOLD_ADDRESS.search(text):
                continue
            targets: dict[int, Manifest] = {}
            for match in _ADDRESS.finditer(text):
                if match["scheme"] or match["port"] or ".svc" in match["host"]:
                    for target in self._at(match, manifest):
                        targets[id(target)] = target
            for target in targets.values():
                yield Link(manifest, target, "calls", "found", node)

    def _at(self, match: re.Match[str], manifest: Manifest) -> list[Manifest]:
        first, *others = match["host"].split(".")
        names = self._by_name()
        # `redis-0.redis` is a pod behind a Service without an address of its own.
        if first not in names and others and others[0] in names:
            first, *others = others
        if first not in names or (others and len(others) > 1 and others[1] != "svc"):
            return []
        namespace = others[0] if others else manifest.namespace
        port = int(match["port"]) if match["port"] else None
        sure = bool(match["scheme"]) or len(others) > 1
        found = [
            service.manifest
            for service in names[first]
            # `grafana.com` is no Service in a namespace that a manifest leaves open.
            if (
                service.manifest.namespace == namespace
                if len(others) == 1
                else fits(service.manifest.namespace, namespace)
            )
            and service.manifest is not manifest
            and (sure or port in {entry.number for entry in service.ports})
        ]
        return self.project.near_ones(manifest, found)[:1]

    def _by_name(self) -> dict[str, list[Service]]:
        if self._services is None:
            self._services = {}
            for service in self.project.services():
                self._services.setdefault(service.manifest.name, []).append(service)
        return self._services

    # ---- definitions

    def _defined(self, manifest: Manifest) -> Iterator[Link]:
        if manifest.builtin or not manifest.kind:
            return
        key = (manifest.group, manifest.kind)
        if key not in self._definitions:
            self._definitions[key] = self.project.definitions(*key)
        for definition in self.project.near_ones(manifest, self._definitions[key])[:1]:
            yield Link(definition, manifest, "defines", "found", definition.node["spec", "names", "kind"])


def _type(manifest: Manifest, reference: Reference) -> model.Type:
    """What a name is for, by who names it and where."""
    path = reference.node.path
    if reference.kind == "Service" and manifest.kind in _ROUTING:
        return "routes"
    if reference.kind == "Service" and manifest.kind in _CALLING:
        return "calls"
    if manifest.kind in _SCALING:
        return "scales"
    if manifest.kind in ("RoleBinding", "ClusterRoleBinding"):
        return "binds"
    if manifest.views(PodSpec):
        if "volumes" in path:
            return "mounts"
        if "env" in path or "envFrom" in path:
            return "reads"
    return "uses"


def _of_the_system(kind: str, name: str) -> bool:
    """Whether every cluster makes such an object itself."""
    if kind == "PriorityClass":
        return name.startswith("system-")
    return kind in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding") and name.startswith("system:")


def _created(manifest: Manifest) -> list[Node]:
    """The places that name the Secrets which a controller makes of a manifest."""
    node = manifest.node
    match manifest.group, manifest.kind:
        case "cert-manager.io", "Certificate":
            names = [node["spec", "secretName"]]
        case "external-secrets.io", "ExternalSecret":
            names = [node["spec", "target", "name"] or node["metadata", "name"]]
        case "bitnami.com", "SealedSecret":
            names = [node["metadata", "name"]]
        case "networking.k8s.io", "Ingress" if any(key in manifest.annotations for key in _ISSUERS):
            names = [entry["secretName"] for entry in node["spec", "tls"]]
        case _:
            return []
    return [name for name in names if name.string]


def _texts(manifest: Manifest) -> Iterator[Node]:
    """The scalars in which programs find the addresses of others."""
    if manifest.kind == "ConfigMap":
        yield from (child for _, child in manifest.node["data"].items())
    elif manifest.kind == "Service":
        if manifest.node["spec", "type"].string == "ExternalName":
            yield manifest.node["spec", "externalName"]
    else:
        for container in manifest.views(Container):
            yield from (entry["value"] for entry in container["env"])
            yield from container["command"]
            yield from container["args"]


def _manifests(views: Iterable[View]) -> list[Manifest]:
    """The manifests of views, each once."""
    return list({id(view.manifest): view.manifest for view in views}.values())


def _slip(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether labels are the wanted ones but for a letter or two in one of them."""
    differing = [key for key, value in wanted.items() if labels.get(key) != value]
    if len(differing) != 1 or differing[0] not in labels:
        return False
    ours, theirs = wanted[differing[0]], labels[differing[0]]
    # v1 and v2 are two things and no slip.
    return bool(near(ours, [theirs])) and re.sub(r"\d", "", ours) != re.sub(r"\d", "", theirs)
