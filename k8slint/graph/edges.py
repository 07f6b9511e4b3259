"""What leads from an object to others, as the look-ups of the project know it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from k8slint.graph.labels import Labels
from k8slint.graph.link import SYSTEM, Link, Named, Wanted
from k8slint.graph.made import is_claim_of, made_by
from k8slint.graph.names import names, space_of
from k8slint.project import State, fits
from k8slint.views import Container, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.graph import model
    from k8slint.graph.made import Made
    from k8slint.nodes import Node
    from k8slint.project import Lookup, Project
    from k8slint.views import Manifest

# What is in every cluster, whatever the manifests say.
_EVERYWHERE = {
    ("ServiceAccount", "default"),
    ("ConfigMap", "kube-root-ca.crt"),
    ("ConfigMap", "extension-apiserver-authentication"),
    ("Role", "extension-apiserver-authentication-reader"),
    ("Service", "kubernetes"),
    ("Service", "kube-dns"),
    ("AppProject", "default"),
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
        "VolumeSnapshotClass",
        "VolumeSnapshotContent",
        "VolumeAttributesClass",
        "IngressClass",
        "GatewayClass",
        "RuntimeClass",
        "DeviceClass",
        "ClusterTrustBundle",
        "PriorityLevelConfiguration",
    )
)

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
        self.labels = Labels(project)
        self._services: dict[str, list[Service]] | None = None
        self._definitions: dict[tuple[str, str], list[Manifest]] = {}
        self._made: dict[tuple[str, str], list[tuple[Made, Manifest]]] = {}
        for manifest in project.own:
            for made in made_by(manifest):
                self._made.setdefault((made.kind, made.name), []).append((made, manifest))
        # Whom others name that is made: who makes it may leave the namespace open.
        self._wanted: dict[tuple[str, str], list[Wanted]] = {}

    def of(self, manifest: Manifest) -> Iterator[Link]:
        """All that leads away from a manifest, and what leads to it and is written in it: from its owners, from its CustomResourceDefinition."""
        for name in names(manifest):
            yield self._link(manifest, name)
        yield from self.labels.of(manifest)
        yield from self._called(manifest)
        yield from self._defined(manifest)
        yield from self._owned(manifest)
        yield from self._behind(manifest)
        if manifest.kind == "ReferenceGrant" and manifest.group == "gateway.networking.k8s.io":
            yield from self._granted(manifest)

    def made(self) -> Iterator[Link]:
        """What controllers make of all that is there. This comes last: where they make it is known from those who name it."""
        for key, makers in self._made.items():
            for made, manifest in makers:
                named = Named(made.node, "", made.kind, made.namespace, made.name, "creates")
                link = self._link(manifest, named)
                asked = [one for one in self._wanted.get(key, ()) if fits(one.namespace, made.namespace)]
                if link.state == "found" or not asked:
                    yield link
                else:
                    yield from (link._replace(target=one) for one in asked)

    # ---- names

    def _link(self, manifest: Manifest, named: Named) -> Link:
        target, state = self._end(manifest, named)
        return Link(manifest, target, named.type, state, named.node, named.optional)

    def _end(self, manifest: Manifest, named: Named) -> tuple[Manifest | Wanted, model.State]:
        """What a name stands for, and whether it is there."""
        kind, name, namespace = named.kind, named.name, named.namespace
        lookup = self.project.find(kind, name, manifest, group=named.group, namespace=namespace)
        if lookup.found:
            # Several of one name are variants of one thing, and as near: the first stands for them.
            return lookup.found[0], "found"
        wanted, state = Wanted(named.group or "", kind, namespace, name), self._state(manifest, named, lookup)
        if state == "generated" and named.type != "creates":
            asked = self._wanted.setdefault((kind, name), [])
            if wanted not in asked:
                asked.append(wanted)
        return wanted, state

    def _state(self, manifest: Manifest, named: Named, lookup: Lookup) -> model.State:
        kind, name, namesake = named.kind, named.name, lookup.near
        if self.project.generates(kind, name, manifest) or self._is_made(named):
            return "generated"
        known = namesake is None and (
            kind in _BROUGHT_ALONG
            or (kind, name) in _EVERYWHERE
            or named.namespace in SYSTEM
            or _of_the_system(kind, name)
        )
        if lookup.state is not State.MISSING or known or named.optional:
            return "unknown"
        if not self.project.complete and namesake is not None:
            # Who names both means two things, and no slip made one of the other.
            others = (other for other in names(manifest) if other.kind == kind)
            if any(other.name == namesake.name for other in others):
                return "unknown"
        # A kustomization may have another name for it.
        fields = [str(step) for step in named.node.path if isinstance(step, str)]
        return "unknown" if self.project.patched(manifest, *fields) else "missing"

    def _is_made(self, named: Named) -> bool:
        """Whether something in the cluster makes it of what is among the manifests."""
        made = self._made.get((named.kind, named.name), ())
        if any(fits(one.namespace, named.namespace) for one, _ in made):
            return True
        return named.kind == "PersistentVolumeClaim" and any(
            fits(owner.namespace, named.namespace) and is_claim_of(named.name, owner)
            for owner in self.project.all("StatefulSet", "apps")
        )

    def _owned(self, manifest: Manifest) -> Iterator[Link]:
        """What a manifest says it belongs to: it goes when its owner goes."""
        for reference in manifest.metadata["ownerReferences"]:
            kind, name = reference["kind"].string, reference["name"].string
            if kind and name:
                group = (reference["apiVersion"].string or "").rpartition("/")[0]
                space = space_of(group, kind, manifest.namespace)
                named = Named(reference["name"], group, kind, space, name)
                owner, state = self._end(manifest, named)
                # Whoever exports an object leaves behind the ReplicaSet that a controller had made it of.
                yield Link(
                    owner, manifest, "creates", "found" if state == "found" else "unknown", named.node, by=manifest
                )

    def _behind(self, manifest: Manifest) -> Iterator[Link]:
        """The Service that addresses are written for: Endpoints have its name, an EndpointSlice has it in a label."""
        match manifest.group, manifest.kind:
            case "", "Endpoints":
                node = manifest.metadata["name"]
            case "discovery.k8s.io", "EndpointSlice":
                node = manifest.metadata["labels", "kubernetes.io/service-name"]
            case _:
                return
        if name := node.string:
            service, state = self._end(manifest, Named(node, "", "Service", manifest.namespace, name))
            # Endpoints have served other ends, such as electing a leader.
            if state == "found" or manifest.kind == "EndpointSlice":
                yield Link(service, manifest, "routes", state, node, by=manifest)

    def _granted(self, grant: Manifest) -> Iterator[Link]:
        """Whom a grant lets refer to what, as far as they do so."""
        allowed: dict[int, Manifest] = {}
        for entry in grant.node["spec", "from"]:
            group, kind, namespace = (entry[field].string or "" for field in ("group", "kind", "namespace"))
            if not kind or not namespace:
                continue
            for other in self.project.all(kind, group):
                if other.namespace != namespace:
                    continue
                into = [
                    target
                    for named in names(other)
                    if named.namespace == grant.namespace != other.namespace and _grants(grant, named)
                    for target, state in [self._end(other, named)]
                    if state == "found" and not isinstance(target, Wanted)
                ]
                if into:
                    yield Link(other, grant, "allows", "found", entry, by=grant)
                allowed |= {id(target): target for target in into}
        for target in allowed.values():
            yield Link(grant, target, "allows", "found", grant.node["spec", "to"])

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


def _grants(grant: Manifest, named: Named) -> bool:
    """Whether a ReferenceGrant is for what is named."""
    return any(
        entry["kind"].string == named.kind
        and (named.group is None or (entry["group"].string or "") == named.group)
        and entry["name"].string in (None, "", named.name)
        for entry in grant.node["spec", "to"]
    )


def _of_the_system(kind: str, name: str) -> bool:
    """Whether every cluster makes such an object itself."""
    if kind == "PriorityClass":
        return name.startswith("system-")
    return kind in ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding") and name.startswith("system:")


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
