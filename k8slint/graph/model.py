"""The graph: plain data, in an order that is always the same, and parts of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

State: TypeAlias = Literal["found", "generated", "missing", "unknown"]
"""Whether an object is there: `found` among the manifests; `generated` by something that is among them, such as a kustomization or a Certificate;
`missing`, where the input can know; `unknown` where it may well be elsewhere."""

Type: TypeAlias = Literal[
    "selects", "routes", "calls", "allows", "scales", "mounts", "reads", "uses", "binds", "defines", "creates"
]

TYPES: Final[dict[Type, str]] = {
    "selects": "labels: Service, NetworkPolicy, PodDisruptionBudget, ServiceMonitor -> what they select",
    "routes": "requests: Ingress, HTTPRoute, ... -> Service -> EndpointSlice",
    "calls": "an address in the environment, in arguments or in a ConfigMap -> Service; webhooks",
    "allows": "traffic, as it flows: who may send -> NetworkPolicy -> whom its pods may send to; ReferenceGrant",
    "scales": "HorizontalPodAutoscaler, VerticalPodAutoscaler, ScaledObject -> workload",
    "mounts": "volumes of pods -> ConfigMap, Secret, PersistentVolumeClaim",
    "reads": "environment of pods -> ConfigMap, Secret",
    "uses": "any other name: ServiceAccount, StorageClass, PriorityClass, Gateway, ...",
    "binds": "RoleBinding, ClusterRoleBinding -> role and subjects",
    "defines": "CustomResourceDefinition -> its resources",
    "creates": "Certificate, ExternalSecret, SealedSecret, Ingress with an issuer, ... -> Secret; owner -> owned",
}
"""The types of edges, each with what leads to what."""

Category: TypeAlias = Literal["workload", "network", "config", "storage", "access", "policy", "custom", "other"]

# The first kind of each is what people think of.
_CATEGORIES: dict[Category, str] = {
    "workload": "Deployment StatefulSet DaemonSet ReplicaSet ReplicationController Job CronJob Pod PodTemplate",
    "network": "Service Ingress Gateway IngressClass GatewayClass HTTPRoute GRPCRoute TCPRoute TLSRoute UDPRoute "
    "EndpointSlice Endpoints ReferenceGrant BackendTLSPolicy Network",
    "config": "ConfigMap Secret",
    "storage": "PersistentVolumeClaim PersistentVolume StorageClass VolumeAttributesClass VolumeAttachment CSIDriver "
    "CSIStorageCapacity",
    "access": "ServiceAccount Role RoleBinding ClusterRole ClusterRoleBinding User Group",
    "policy": "NetworkPolicy PodDisruptionBudget HorizontalPodAutoscaler VerticalPodAutoscaler ScaledObject PriorityClass "
    "LimitRange ResourceQuota",
    "custom": "CustomResourceDefinition",
}
_CATEGORY = {kind: category for category, kinds in _CATEGORIES.items() for kind in kinds.split()}


class Place(NamedTuple):
    """Where something is written; `route` is the field, as the API server writes it."""

    path: str
    line: int
    route: str = ""


class Node(NamedTuple):
    """An object. `id` is for people too: `Deployment.apps/shop/web`; another of the same name ends with `#2`.

    `namespace` is "" where the manifest leaves it open, and for what is the cluster's. `name` ends with `*` where the API server completes it
    (generateName). `place` is None for what no manifest writes. `selector` are the labels of pods that a selector asks for and nobody has; then
    there is no name.
    """

    id: str
    group: str
    kind: str
    namespace: str
    name: str
    state: State = "found"
    place: Place | None = None
    selector: str = ""
    workload: bool = False
    """Whether it makes pods, or is one."""

    @property
    def title(self) -> str:
        """What people call it: its name, or the labels that were asked for."""
        return self.selector or self.name or "(no name)"

    @property
    def category(self) -> Category:
        """What it is about, by its kind."""
        if self.workload:
            return "workload"
        known = _CATEGORY.get(self.kind)
        if known is not None:
            return known
        return "custom" if "." in self.group and not self.group.endswith(".k8s.io") else "other"


class Edge(NamedTuple):
    """What leads from one node to another. `places` are where that is written, at least one; `state` is what the look-up said. `optional` tells
    that nothing waits for the target, in any of the places."""

    source: str
    target: str
    type: Type
    state: State
    places: tuple[Place, ...]
    optional: bool = False


class Graph(NamedTuple):
    """Nodes and edges; both ends of every edge are among the nodes."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    def part(self, ids: Collection[str]) -> Graph:
        """Some of the nodes, and the edges between them."""
        return Graph(
            tuple(node for node in self.nodes if node.id in ids),
            tuple(edge for edge in self.edges if edge.source in ids and edge.target in ids),
        )

    def of_kinds(self, kinds: Collection[str]) -> Graph:
        """The objects of some kinds."""
        return self.part({node.id for node in self.nodes if node.kind in kinds})

    def of_namespaces(self, namespaces: Collection[str]) -> Graph:
        """The objects of some namespaces, and those without a namespace that an edge leads to or from."""
        inside = {node.id for node in self.nodes if node.namespace in namespaces}
        open_ends = {node.id for node in self.nodes if not node.namespace}
        beside = {
            end
            for edge in self.edges
            for end, other in ((edge.source, edge.target), (edge.target, edge.source))
            if end in open_ends and other in inside
        }
        return self.part(inside | beside)

    def around(self, ids: Iterable[str], depth: int) -> Graph:
        """What can be reached from some nodes over so many edges, whichever way they lead."""
        neighbours: dict[str, list[str]] = {}
        for edge in self.edges:
            neighbours.setdefault(edge.source, []).append(edge.target)
            neighbours.setdefault(edge.target, []).append(edge.source)
        reached = set(ids)
        border = set(reached)
        for _ in range(depth):
            border = {other for node in border for other in neighbours.get(node, ())} - reached
            reached |= border
        return self.part(reached)
