"""What rules look at: resources, workloads, pod specs, containers, Services, CustomResourceDefinitions.

A view is a node with the vocabulary of what it stands for. Each view class finds its own instances in a manifest (`find`); the engine asks once
a manifest, and only for the views that rules name. A plugin's view class works like these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias, TypeVar

from k8slint import kinds
from k8slint.finding import Claim, Resource
from k8slint.nodes import MAPPING, SCALAR, SEQUENCE, Key, Node, Plain

if TYPE_CHECKING:
    from k8slint.document import Document
    from k8slint.problem import Change, Problem
    from k8slint.suppress import Unused

V = TypeVar("V", bound="View")
T = TypeVar("T")


_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
"""


class View:
    """A node seen as something. Subscripts, `problem` and `set` are the node's own."""

    __slots__ = ("manifest", "node")

    def __init__(self, node: Node, manifest: Manifest) -> None:
        self.node = node
        self.manifest = manifest

    def __getitem__(self, keys: Key | tuple[Key, ...]) -> Node:
        return self.node[keys]

    def __contains__(self, key: str) -> bool:
        return key in self.node

    @property
    def problem(self) -> _ProblemMaker:
        """See `Node.problem`."""
        return self.node.problem

    def set(self, value: Plain | Node) -> Change:
        """See `Node.set`."""
        return self.node.set(value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.node.route or self.manifest}>"

    kinds: ClassVar[frozenset[str] | None] = None
    """The kinds this view can occur in; None for any. Spares the others the question."""

    in_pods: ClassVar[bool] = False
    """Whether it occurs within pod specs only. Most manifests have none, and are not asked."""

    sample: ClassVar[str] = ""
    """A manifest that ends where an instance stands (`...` is the place), so that a rule's example need only show what it is about."""

    @classmethod
    def find(cls, manifest: Manifest) -> Iterable[Self]:
        """The instances in a manifest."""
        raise NotImplementedError


if TYPE_CHECKING:
    from collections.abc import Callable

    _ProblemMaker: TypeAlias = Callable[..., Problem]


class Manifest(View):
    """One object as written: anything with apiVersion or kind."""

    __slots__ = ("_found", "_name", "_namespace", "api_version", "document", "group", "kind", "version")

    def __init__(self, node: Node, document: Document, resource: Resource | None = None) -> None:
        """`resource` is its identity where that is known, so that the nodes need not be looked at."""
        super().__init__(node, self)
        self.document = document
        self.api_version = resource.api_version if resource else node["apiVersion"].string or ""
        self.kind = resource.kind if resource else node["kind"].string or ""
        group, _, version = self.api_version.rpartition("/")
        self.group = group
        self.version = version
        self._found: dict[type[View], list[Any]] = {}
        # Every look-up in the project asks for these two.
        self._name = resource.name if resource else None
        self._namespace = resource.namespace if resource else None

    @classmethod
    def find(cls, manifest: Manifest) -> Iterable[Self]:
        if isinstance(manifest, cls):
            yield manifest

    def views(self, view: type[V]) -> list[V]:
        """All instances of a view class in this manifest; found once."""
        found = self._found.get(view)
        if found is None:
            found = list(view.find(self)) if view.kinds is None or self.kind in view.kinds else []
            self._found[view] = found
        return found

    def release(self) -> None:
        """Forgets the views that were found, when nobody looks at it any more: they and it hold each other."""
        self._found = {}
        del self.manifest

    @property
    def metadata(self) -> Node:
        return self.node["metadata"]

    @property
    def name(self) -> str:
        """metadata.name; "" where there is none."""
        if self._name is None:
            self._name = self.node["metadata", "name"].string or ""
        return self._name

    @property
    def namespace(self) -> str:
        """metadata.namespace; "" where the manifest leaves it to whoever applies it, and for cluster-scoped kinds."""
        if self._namespace is None:
            self._namespace = self.node["metadata", "namespace"].string or ""
        return self._namespace

    @property
    def labels(self) -> dict[str, str]:
        """metadata.labels, as far as their values are strings."""
        return string_map(self.node["metadata", "labels"])

    @property
    def annotations(self) -> dict[str, str]:
        """metadata.annotations, as far as their values are strings."""
        return string_map(self.node["metadata", "annotations"])

    @property
    def info(self) -> kinds.Kind | None:
        """What the registry knows of the kind."""
        return kinds.lookup(self.group, self.kind)

    @property
    def builtin(self) -> bool:
        """Whether Kubernetes itself serves the kind, and so judges all that is in it; of a custom resource it knows the
        metadata and what its CRD says."""
        return kinds.is_builtin_group(self.group)

    @property
    def namespaced(self) -> bool | None:
        """Whether the kind lives in a namespace; None where that is not known."""
        if self.info is not None:
            return self.info.namespaced
        return True if kinds.is_builtin_group(self.group) else None

    @property
    def path(self) -> str:
        return self.document.path

    @property
    def order(self) -> tuple[str, int, str]:
        """Sorts manifests as they stand: by file, document, place in a List."""
        return self.document.path, self.document.index, str(self.document.prefix + self.node.path)

    @property
    def resource(self) -> Resource:
        """Its identity for reports."""
        return Resource(self.api_version, self.kind, self.namespace, self.name)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()


def string_map(node: Node) -> dict[str, str]:
    """The entries of a mapping whose values are strings: labels, selectors, annotations."""
    return {key: value for key, child in node.items() if (value := child.string) is not None}


class PodSpec(View):
    """The pod of a Pod, a workload's template, or any other kind that carries one.

    `template` is the node with the pod's metadata and spec; the view's own node is the spec.
    """

    __slots__ = ("_containers", "_labels", "template")
    in_pods = True
    sample = _DEPLOYMENT + "    spec:\n      ..."

    def __init__(self, template: Node, manifest: Manifest) -> None:
        super().__init__(template["spec"], manifest)
        self.template = template
        # Every Service asks every pod it may select for its labels and ports.
        self._containers: list[Container] | None = None
        self._labels: dict[str, str] | None = None

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        info = manifest.info
        for path in info.templates if info else ():
            template = manifest.node[path]
            if template["spec"].is_mapping:
                yield cls(template, manifest)

    @property
    def labels(self) -> dict[str, str]:
        """The labels every pod made from this gets."""
        if self._labels is None:
            self._labels = string_map(self.template["metadata", "labels"])
        return self._labels

    @property
    def annotations(self) -> dict[str, str]:
        return string_map(self.template["metadata", "annotations"])

    @property
    def containers(self) -> list[Container]:
        """All containers, init containers and sidecars included, in the order in which they start."""
        if self._containers is None:
            found = self.manifest.views(Container)
            self._containers = [container for container in found if container.pod.node is self.node]
        return self._containers

    @property
    def running(self) -> list[Container]:
        """The containers that run as long as the pod does: the ordinary ones and native sidecars."""
        return [container for container in self.containers if container.role in ("main", "sidecar")]

    @property
    def ports(self) -> list[ContainerPort]:
        """The ports that a Service can reach: of the ordinary containers and the native sidecars.

        Source: k8s.io/kubernetes/pkg/api/v1/pod/util.go: FindPort.
        """
        return [port for container in self.running for port in container.ports]

    @property
    def ports_known(self) -> bool:
        """Whether all of `ports` can be read: what a misspelt field should have said is not missing."""
        return bool(self.running) and all(port.name or port.number is not None for port in self.ports)

    @property
    def host_ports(self) -> list[ContainerPort]:
        """The ports that its containers take from the node, with `hostPort` or because the pod is on the node's network."""
        on_host = self.node["hostNetwork"].boolean
        return [port for port in self.ports if port.host_number or (on_host and port.number)]

    @property
    def requests(self) -> Node:
        """What the pod as a whole requests; what its containers do is apart."""
        return self.node["resources", "requests"]

    @property
    def limits(self) -> Node:
        """What the pod as a whole is limited to."""
        return self.node["resources", "limits"]

    @property
    def volumes(self) -> Iterator[tuple[str, Node]]:
        """Name and node of each volume that has a name."""
        return ((name, volume) for volume in self.node["volumes"] if (name := volume["name"].string) is not None)

    def volume(self, name: str) -> Node:
        """The volume of a name: an entry of `volumes`, or a StatefulSet's claim template, which comes before it. Missing where there is none."""
        for claim in self.claim_templates:
            if claim["metadata", "name"].string == name:
                return claim
        for known, volume in self.volumes:
            if known == name:
                return volume
        return self.node["volumes", name]

    @property
    def claim_templates(self) -> Node:
        """The `volumeClaimTemplates` beside the template: each pod has a volume of each of their names."""
        return (self.template.parent or self.node)["volumeClaimTemplates"]

    def fate(self, minor: int | None) -> Claim:
        """What becomes of a mistake in it: the API server refuses the manifest, or stores it, and then no pod is ever made.

        `minor` is the minor version of Kubernetes, None for the newest that is known. The server looks into the templates of its own kinds, into
        that of a StatefulSet since 1.34; the template of a custom kind it stores as it is.
        Source: kubernetes/kubernetes pull request 131790.
        """
        seen = self.manifest.builtin and (self.manifest.kind != "StatefulSet" or minor is None or minor >= 34)
        return Claim.REJECTED if seen else Claim.BROKEN

    @property
    def listening(self) -> list[Container]:
        """The containers that answer requests, as far as the manifest tells: those that declare a port, else the only one that runs."""
        running = self.running
        declaring = [container for container in running if container["ports"].elements]
        return declaring or (running if len(running) == 1 else [])

    @property
    def hook(self) -> bool:
        """Whether it is run once at a moment of a release (a hook of Helm or Argo CD) and not for good."""
        marks = ("helm.sh/hook", "argocd.argoproj.io/hook")
        annotations = (self.manifest.node["metadata", "annotations"], self.template["metadata", "annotations"])
        return any(mark in found for found in annotations for mark in marks)

    @property
    def probed(self) -> bool:
        """Whether the platform adds probes, and what a probe leaves out, by itself: Knative does, for the one port it serves."""
        return self.manifest.group == "serving.knative.dev"

    @property
    def bare(self) -> bool:
        """Whether this is a Pod of its own, that no controller made."""
        return self.template is self.manifest.node

    @property
    def endless(self) -> bool:
        """Whether the pod is meant to run for good: those of a Deployment are, those of a Job are not, and a bare Pod's restartPolicy tells."""
        if self.bare:
            return self.node["restartPolicy"].string in (None, "Always")
        info = self.manifest.info
        return info is not None and info.endless


Role: TypeAlias = Literal["main", "init", "sidecar", "ephemeral"]


class Container(View):
    """A container of a pod spec.

    `role` is `main`, `init` (runs to its end before the others start), `sidecar` (an init container with restartPolicy Always, which keeps
    running), or `ephemeral`.
    """

    __slots__ = ("_env", "_ports", "pod", "role")
    in_pods = True
    sample = _DEPLOYMENT + "    spec:\n      containers:\n      - ..."

    def __init__(self, node: Node, pod: PodSpec, role: Role) -> None:
        super().__init__(node, pod.manifest)
        self.pod = pod
        self.role: Role = role
        # A dozen rules ask for each of these.
        self._ports: list[ContainerPort] | None = None
        self._env: list[tuple[str, Node]] | None = None

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        for pod in manifest.views(PodSpec):
            for node in pod["initContainers"]:
                if node.is_mapping:
                    yield cls(node, pod, "sidecar" if node["restartPolicy"].string == "Always" else "init")
            for node in pod["containers"]:
                if node.is_mapping:
                    yield cls(node, pod, "main")
            for node in pod["ephemeralContainers"]:
                if node.is_mapping:
                    yield cls(node, pod, "ephemeral")

    @property
    def name(self) -> str:
        return self.node["name"].string or ""

    @property
    def image(self) -> str:
        return self.node["image"].string or ""

    @property
    def ports(self) -> list[ContainerPort]:
        if self._ports is None:
            self._ports = [ContainerPort(node, self) for node in self.node["ports"] if node.is_mapping]
        return self._ports

    @property
    def command(self) -> list[str]:
        """The strings of `command`, which replaces the image's ENTRYPOINT."""
        return [value for item in self.node["command"] if (value := item.string) is not None]

    @property
    def args(self) -> list[str]:
        """The strings of `args`, which replaces the image's CMD."""
        return [value for item in self.node["args"] if (value := item.string) is not None]

    @property
    def env(self) -> list[tuple[str, Node]]:
        """Name and node of each variable of `env`, in order; envFrom may add others."""
        if self._env is None:
            named = ((variable["name"].string, variable) for variable in self.node["env"])
            self._env = [(name, variable) for name, variable in named if name is not None]
        return self._env

    @property
    def requests(self) -> Node:
        return self.node["resources", "requests"]

    @property
    def limits(self) -> Node:
        return self.node["resources", "limits"]

    @property
    def mounts(self) -> Iterator[Node]:
        return (mount for mount in self.node["volumeMounts"] if mount.is_mapping)

    def __str__(self) -> str:
        return f"container {self.name}".strip()


class Mount(View):
    """An entry of a container's `volumeMounts`."""

    __slots__ = ("container",)
    in_pods = True
    sample = (
        _DEPLOYMENT
        + "    spec:\n      containers:\n      - name: web\n        image: web:1.0\n        volumeMounts:\n        - ..."
    )

    def __init__(self, node: Node, container: Container) -> None:
        super().__init__(node, container.manifest)
        self.container = container

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        for container in manifest.views(Container):
            for node in container.mounts:
                yield cls(node, container)

    @property
    def pod(self) -> PodSpec:
        return self.container.pod

    @property
    def name(self) -> str:
        """The volume's name."""
        return self.node["name"].string or ""

    @property
    def path(self) -> str:
        """Where the volume appears in the container."""
        return self.node["mountPath"].string or ""

    @property
    def sub_path(self) -> str:
        """What of the volume appears there, as written; "" for all of it."""
        return self.node["subPath"].string or ""

    @property
    def partial(self) -> bool:
        """Whether it shows a part of the volume only: one file or folder."""
        return bool(self.sub_path or self.node["subPathExpr"].string)

    @property
    def source(self) -> tuple[str, Node]:
        """What the volume is made from, by the field's name and node: `configMap`, `emptyDir`, ...

        `volumeClaimTemplate` stands for a StatefulSet's; the name is "" where the pod has no such volume. One that says nothing is an emptyDir.
        """
        volume = self.pod.volume(self.name)
        if volume.parent is not None and volume.parent.key == "volumeClaimTemplates":
            return "volumeClaimTemplate", volume
        for field, source in volume.items():
            if field != "name" and source:
                return field, source
        return "emptyDir" if volume else "", volume["emptyDir"]


class Handler(View):
    """What the kubelet does to a container that runs: one of its probes, or a hook of its lifecycle.

    `field` is where it stands: `readinessProbe`, `livenessProbe`, `startupProbe`, `postStart` or `preStop`.
    """

    __slots__ = ("container", "field")
    in_pods = True
    sample = Container.sample

    def __init__(self, node: Node, container: Container, field: str) -> None:
        super().__init__(node, container.manifest)
        self.container = container
        self.field = field

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Handler]:
        for container in manifest.views(Container):
            for field in _PROBES:
                node = container.node[field]
                if node.is_mapping:
                    yield Probe(node, container, field)
            lifecycle = container.node["lifecycle"]
            for field in ("postStart", "preStop") if lifecycle else ():
                if lifecycle[field].is_mapping:
                    yield Handler(lifecycle[field], container, field)

    @property
    def port(self) -> Node:
        """The port that is asked, by name or number; missing where a program is run, or nothing."""
        for action in ("httpGet", "tcpSocket", "grpc"):
            if self.node[action]:
                return self.node[action, "port"]
        return self.node["tcpSocket", "port"]

    @property
    def failure(self) -> str:
        """What becomes of it when it cannot be carried out at all, because its port or program does not exist; a clause.

        Such a probe has no result: the kubelet keeps the value that it began with.
        Source: k8s.io/kubernetes/pkg/kubelet/prober/worker.go: newWorker, doProbe; kuberuntime/kuberuntime_container.go: startContainer, killContainer.
        """
        # Whether a program that is not there is a failure or no result is up to the container runtime.
        return (
            "the probe never succeeds" if self.field == "livenessProbe" and self.node["exec"] else _FAILURES[self.field]
        )

    def __str__(self) -> str:
        return self.field


class Probe(Handler):
    """A readiness, liveness or startup probe."""

    __slots__ = ()

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        return (handler for handler in manifest.views(Handler) if isinstance(handler, cls))

    def setting(self, field: str) -> int:
        """`periodSeconds`, `timeoutSeconds`, `failureThreshold`, `successThreshold` or `initialDelaySeconds`, or its default.

        Source: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go: SetDefaults_Probe.
        """
        return self.node[field].integer or _PROBE_DEFAULTS[field]


_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_FAILURES = {
    "readinessProbe": "the pod never becomes ready",
    "livenessProbe": "the container is never restarted when it hangs",
    "startupProbe": "the container never counts as started",
    "postStart": "the container is killed as soon as it has started",
    "preStop": "the container is stopped without it",
}
_PROBE_DEFAULTS = {
    "initialDelaySeconds": 0,
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
}


class CommandLine(View):
    """A program and its arguments: those of a container that sets `command` or `args`, or what a probe or hook executes.

    The view's node holds them: the container, or the `exec` of `handler`.
    """

    __slots__ = ("container", "handler")
    in_pods = True
    sample = Container.sample

    def __init__(self, node: Node, container: Container, handler: Handler | None = None) -> None:
        super().__init__(node, container.manifest)
        self.container = container
        self.handler = handler

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        for container in manifest.views(Container):
            if container.node["command"] or container.node["args"]:
                yield cls(container.node, container)
        for handler in manifest.views(Handler):
            if handler.node["exec"].is_mapping:
                yield cls(handler.node["exec"], handler.container, handler)

    @property
    def command(self) -> list[Node]:
        """The elements of `command`; none leaves it to the image's ENTRYPOINT what runs."""
        return self.node["command"].elements

    @property
    def args(self) -> list[Node]:
        """The elements of `args`; none leaves them to the image's CMD, if there is no `command`."""
        return self.node["args"].elements if self.handler is None else []

    @property
    def nodes(self) -> list[Node]:
        """The elements of `command` and `args` in a row."""
        return [*self.command, *self.args]

    @property
    def words(self) -> list[str]:
        """What `nodes` say; "" for whatever is no string, so that positions agree."""
        return [node.string or "" for node in self.nodes]


class ContainerPort(View):
    """An entry of a container's `ports`."""

    __slots__ = ("container",)
    in_pods = True
    sample = (
        _DEPLOYMENT
        + "    spec:\n      containers:\n      - name: web\n        image: web:1.0\n        ports:\n        - ..."
    )

    def __init__(self, node: Node, container: Container) -> None:
        super().__init__(node, container.manifest)
        self.container = container

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        for container in manifest.views(Container):
            for node in container["ports"]:
                if node.is_mapping:
                    yield cls(node, container)

    @property
    def name(self) -> str:
        return self.node["name"].string or ""

    @property
    def number(self) -> int | None:
        return self.node["containerPort"].integer

    @property
    def host_number(self) -> int | None:
        """The port of the node that leads here, where it is written; 0 is none."""
        return self.node["hostPort"].integer or None

    @property
    def protocol(self) -> str:
        return self.node["protocol"].string or "TCP"


class Workload(View):
    """A resource that makes pods from a template: Deployment, StatefulSet, Job, CronJob, ..., not a Pod itself."""

    __slots__ = ()

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        info = manifest.info
        if info is not None and info.templates and info.templates != ((),):
            yield cls(manifest.node, manifest)

    @property
    def pods(self) -> list[PodSpec]:
        """Its pod templates; nearly always one."""
        return self.manifest.views(PodSpec)

    @property
    def endless(self) -> bool:
        """Whether its pods are meant to run for good."""
        info = self.manifest.info
        return info is not None and info.endless

    @property
    def replicas(self) -> int | None:
        """How many pods it asks for: the default is 1; None where the kind has no such number."""
        info = self.manifest.info
        if info is None or info.replicas is None:
            return None
        written = self.node[info.replicas]
        return written.integer if written else 1

    @property
    def selector(self) -> Node:
        return self.node["spec", "selector"]


class ServicePort(View):
    """An entry of a Service's `ports`."""

    __slots__ = ("service",)
    sample = (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n  - ..."
    )

    def __init__(self, node: Node, service: Service) -> None:
        super().__init__(node, service.manifest)
        self.service = service

    kinds = frozenset({"Service"})

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        for service in manifest.views(Service):
            for node in service["spec", "ports"]:
                if node.is_mapping:
                    yield cls(node, service)

    @property
    def name(self) -> str:
        return self.node["name"].string or ""

    @property
    def number(self) -> int | None:
        return self.node["port"].integer

    @property
    def protocol(self) -> str:
        return self.node["protocol"].string or "TCP"

    @property
    def target(self) -> Node:
        """Where the port leads: `targetPort`, or `port` where that is absent, 0 or empty.

        Source: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go: SetDefaults_Service.
        """
        target = self.node["targetPort"]
        return target if target and target.value not in (0, "") else self.node["port"]

    def leads_to(self, pod: PodSpec) -> Container | None:
        """The container of a pod that answers: the one that declares the port, or the only one that runs; None where that cannot be told.

        Source: k8s.io/kubernetes/pkg/api/v1/pod/util.go: FindPort.
        """
        target, protocol = self.target, self.protocol
        name, number = target.string, target.integer
        for port in pod.ports:
            if port.protocol == protocol and (port.name == name if name else port.number == number):
                return port.container
        running = pod.running
        return running[0] if len(running) == 1 and not name else None


POD_NAME = "statefulset.kubernetes.io/pod-name"
CONTROLLER_LABELS = frozenset(
    [
        POD_NAME,
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
        "batch.kubernetes.io/job-name",
        "controller-revision-hash",
        "controller-uid",
        "job-name",
        "pod-template-generation",
        "pod-template-hash",
        "rollouts-pod-template-hash",
    ]
)
"""Labels that the controllers of workloads give to the pods they make, beside those of the template."""


class Service(View):
    """A core/v1 Service."""

    __slots__ = ()
    kinds = frozenset({"Service"})

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        if manifest.group == "":
            yield cls(manifest.node, manifest)

    @property
    def type(self) -> str:
        return self.node["spec", "type"].string or "ClusterIP"

    @property
    def headless(self) -> bool:
        """Whether it has no address of its own, so that its name stands for the pods' addresses."""
        return self.type == "ClusterIP" and self.node["spec", "clusterIP"].string == "None"

    @property
    def node_ports(self) -> list[Node]:
        """The places where it asks for ports of the nodes; none for a type whose ports the nodes do not open.

        Source: k8s.io/kubernetes/pkg/registry/core/service/storage/alloc.go: txnAllocNodePorts.
        """
        if self.type not in ("NodePort", "LoadBalancer"):
            return []
        asked = [port["nodePort"] for port in self.ports]
        if self.type == "LoadBalancer" and self.node["spec", "externalTrafficPolicy"].string == "Local":
            asked.append(self.node["spec", "healthCheckNodePort"])
        return [node for node in asked if node]

    @property
    def selector(self) -> dict[str, str]:
        return string_map(self.node["spec", "selector"])

    @property
    def singular(self) -> bool:
        """Whether its selector asks for labels that only controllers give, such as the name of one pod: no template has them."""
        return bool(CONTROLLER_LABELS & self.node["spec", "selector"].fields.keys())

    @property
    def ports(self) -> list[ServicePort]:
        return self.manifest.views(ServicePort)


class Backend(View):
    """Where an Ingress, or a route of the Gateway API, sends requests: a Service and its port.

    `service` is the node of the Service's name, `port` that of its port (a number, or in an Ingress a name), `namespace` the Service's.
    """

    __slots__ = ("namespace", "port", "service")
    kinds = frozenset({"Ingress", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"})

    def __init__(self, node: Node, manifest: Manifest, service: Node, port: Node, namespace: str) -> None:
        super().__init__(node, manifest)
        self.service = service
        self.port = port
        self.namespace = namespace

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        root = manifest.node
        if manifest.kind == "Ingress" and manifest.builtin:
            # `backend` and serviceName are those of v1beta1.
            for path in ("spec.defaultBackend", "spec.backend", "spec.rules.*.http.paths.*.backend"):
                for node in root.each(path):
                    service = node["service"]
                    if service.is_mapping:
                        port = service["port", "name"] or service["port", "number"]
                        yield cls(service, manifest, service["name"], port, manifest.namespace)
                    elif node["serviceName"]:
                        yield cls(node, manifest, node["serviceName"], node["servicePort"], manifest.namespace)
        elif manifest.group == "gateway.networking.k8s.io":
            rules = "spec.rules.*"
            mirrors = "filters.*.requestMirror.backendRef"
            for path in (f"{rules}.backendRefs.*", f"{rules}.{mirrors}", f"{rules}.backendRefs.*.{mirrors}"):
                for node in root.each(path):
                    if node.is_mapping and not node["group"].string and node["kind"].string in (None, "Service"):
                        yield cls(
                            node, manifest, node["name"], node["port"], node["namespace"].string or manifest.namespace
                        )

    @property
    def name(self) -> str:
        """The Service's name."""
        return self.service.string or ""


class CustomResourceDefinition(View):
    """An apiextensions.k8s.io CustomResourceDefinition, v1 or v1beta1."""

    __slots__ = ("_shares",)
    kinds = frozenset({"CustomResourceDefinition"})

    def __init__(self, node: Node, manifest: Manifest) -> None:
        super().__init__(node, manifest)
        self._shares: dict[Key, bool] = {}

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        if manifest.group == "apiextensions.k8s.io":
            yield cls(manifest.node, manifest)

    @property
    def defined_group(self) -> str:
        return self.node["spec", "group"].string or ""

    @property
    def defined_kind(self) -> str:
        return self.node["spec", "names", "kind"].string or ""

    @property
    def scope(self) -> str:
        """`Namespaced` or `Cluster`; "" where it is not said."""
        return self.node["spec", "scope"].string or ""

    @property
    def schemas(self) -> list[VersionSchema]:
        """The schemas of its versions, in order."""
        return self.manifest.views(VersionSchema)

    def reported(self, node: Node) -> Node:
        """The field that the API server names for a node of this CRD, for `problem(..., field=...)`.

        It looks at its internal type, where what is the same in all versions stands once: the schema of a CRD with one version is
        `spec.validation`. Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go.
        """
        path = _path_within(self.node, node)
        if path[:2] == ("spec", "versions") and len(path) > 3 and path[3] in _INTERNAL and self._shared(path[3]):
            path = ("spec", _INTERNAL[path[3]], *path[4:])
        elif path[:3] == ("spec", "conversion", "webhook"):
            path = (
                "spec",
                "conversion",
                *("webhookClientConfig" if key == "clientConfig" else key for key in path[3:]),
            )
        if path[-1:] == ("jsonPath",) and "additionalPrinterColumns" in path:
            path = (*path[:-1], "JSONPath")
        return self.node[path]

    def _shared(self, field: Key) -> bool:
        """Whether all versions say the same in a field."""
        found = self._shares.get(field)
        if found is None:
            first, *others = self.node["spec", "versions"].elements
            found = self._shares[field] = all(_alike(first[field], other[field]) for other in others)
        return found


_INTERNAL: dict[Key, str] = {
    "schema": "validation",
    "subresources": "subresources",
    "additionalPrinterColumns": "additionalPrinterColumns",
    "selectableFields": "selectableFields",
}


def _path_within(root: Node, node: Node) -> tuple[Key, ...]:
    keys: list[Key] = []
    while node is not root and node.parent is not None:
        keys.append(node.key)
        node = node.parent
    return tuple(reversed(keys))


def _alike(left: Node, right: Node) -> bool:
    """Whether two nodes say the same; null and what is empty are as good as nothing."""
    if left.kind == MAPPING and right.kind == MAPPING:
        return all(_alike(left[key], right[key]) for key in left.fields.keys() | right.fields.keys())
    if left.kind == SEQUENCE and right.kind == SEQUENCE:
        return len(left) == len(right) and all(map(_alike, left, right))
    return (left.value or None) == (right.value or None)


class VersionSchema(View):
    """The schema of a version of a custom resource (`openAPIV3Schema`). In v1beta1 one may serve all versions; `version` is then "".

    Its parts are found in one pass, whatever number of rules asks: CRDs are large.
    """

    __slots__ = ("_index", "_nodes", "_once", "crd", "version")
    kinds = frozenset({"CustomResourceDefinition"})
    sample = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.shop.example
spec:
  group: shop.example
  scope: Namespaced
  names:
    kind: Widget
    plural: widgets
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        ..."""

    def __init__(self, node: Node, crd: CustomResourceDefinition, version: str) -> None:
        super().__init__(node, crd.manifest)
        self.crd = crd
        self.version = version
        self._nodes: list[SchemaNode] | None = None
        self._index: dict[str, list[SchemaNode]] = {}
        self._once: dict[Any, Any] = {}

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[Self]:
        for crd in manifest.views(CustomResourceDefinition):
            shared = crd["spec", "validation", "openAPIV3Schema"]
            if shared.is_mapping:
                yield cls(shared, crd, "")
            for version in crd["spec", "versions"]:
                schema = version["schema", "openAPIV3Schema"]
                if schema.is_mapping:
                    yield cls(schema, crd, version["name"].string or "")

    @property
    def nodes(self) -> list[SchemaNode]:
        """This schema and every one below it, parents first."""
        if self._nodes is None:
            self._nodes = self._walk()
        return self._nodes

    def once(self, make: Callable[[VersionSchema], T]) -> T:
        """What a function makes of this schema; it is called once, whatever number of rules asks."""
        if make not in self._once:
            self._once[make] = make(self)
        found: T = self._once[make]
        return found

    def holding(self, keyword: str) -> list[SchemaNode]:
        """The schemas that have a keyword, other than `type`, `properties`, `required` and the words for people: those nearly all have."""
        if self._nodes is None:
            self._nodes = self._walk()
        return self._index.get(keyword, [])

    @property
    def doubtful(self) -> list[SchemaNode]:
        """The schemas whose type is not said, is none of OpenAPI's, or is an array that does not say of what."""
        return self.holding("type")

    @property
    def bare(self) -> list[SchemaNode]:
        """The schemas of objects that declare no fields, not even that there may be any."""
        return self.holding("properties")

    @property
    def owner(self) -> Node:
        """The entry of `versions` that this is the schema of; of a schema that all share, the spec."""
        spec = self.crd["spec"]
        return next(
            (version for version in spec["versions"] if version["schema", "openAPIV3Schema"] is self.node), spec
        )

    def _walk(self) -> list[SchemaNode]:
        # One loop with local names: the CRDs of an operator have ten thousand schemas.
        make, manifest, how_of, types = SchemaNode, self.manifest, _HOLDS.get, SchemaNode.TYPES
        nodes: list[SchemaNode] = []
        index = self._index
        doubtful = index["type"] = []
        bare = index["properties"] = []
        stack = [make(self.node, manifest)]
        while stack:
            schema = stack.pop()
            nodes.append(schema)
            nested = schema.nested
            typed = False
            fields = schema.node.fields
            for key, child in fields.items():
                how = how_of(key)
                if how == _TYPE:
                    text = child.text
                    typed = text in types and child.tag is None
                    if text == "array":
                        typed = "items" in fields and fields["items"].kind != SCALAR
                    elif text == "object" and not nested and fields.keys().isdisjoint(_KEEP_FIELDS):
                        bare.append(schema)
                    continue
                if how == _PROPERTIES:
                    # A property of null is one of which nothing is said.
                    stack += [
                        make(held, manifest, schema, nested)
                        for held in child.fields.values()
                        if held.kind == MAPPING or held.is_null
                    ]
                    continue
                if how == _IGNORED:
                    continue
                found = index.get(key)
                if found is None:
                    index[key] = [schema]
                else:
                    found.append(schema)
                if how == _SCHEMA:
                    if child.kind == MAPPING:
                        stack.append(make(child, manifest, schema, nested or key == "not"))
                elif how == _JUNCTOR:
                    stack += [make(held, manifest, schema, True) for held in child.elements if held.kind == MAPPING]
            if not typed:
                doubtful.append(schema)
        return nodes


_KEEP_FIELDS = frozenset(
    ["properties", "additionalProperties", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"]
)
_TYPE, _PROPERTIES, _SCHEMA, _JUNCTOR, _IGNORED = range(5)
_HOLDS = {
    "type": _TYPE,
    "properties": _PROPERTIES,
    **dict.fromkeys(("items", "additionalProperties", "not"), _SCHEMA),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), _JUNCTOR),
    **dict.fromkeys(("description", "title", "required", "example", "externalDocs"), _IGNORED),
}


class SchemaNode(View):
    """One schema within a CRD: the root of a version's openAPIV3Schema, or any below it.

    `above` is the schema that holds it, None for the root. `nested` tells a schema below `allOf`, `anyOf`, `oneOf` or `not`, which can only
    add conditions.
    """

    __slots__ = ("above", "nested")
    kinds = frozenset({"CustomResourceDefinition"})
    sample = VersionSchema.sample.replace(
        "        ...", "        type: object\n        properties:\n          spec:\n            ..."
    )

    TYPES: ClassVar[frozenset[str]] = frozenset({"array", "boolean", "integer", "number", "object", "string"})
    """The types that OpenAPI knows."""

    def __init__(self, node: Node, manifest: Manifest, above: SchemaNode | None = None, nested: bool = False) -> None:
        self.node = node
        self.manifest = manifest
        self.above = above
        self.nested = nested

    @classmethod
    def find(cls, manifest: Manifest) -> Iterator[SchemaNode]:
        for schema in manifest.views(VersionSchema):
            yield from schema.nodes

    @property
    def type(self) -> str:
        """The type as written; "" where none is said."""
        return self.node["type"].string or ""

    @property
    def at(self) -> tuple[str, ...]:
        """Where it stands in the custom resource, as a path of property names; `*` is a map's any key, `[]` a list's item."""
        steps: list[str] = []
        schema = self
        while schema.above is not None:
            step = schema.step
            if step:
                steps.append(step)
            schema = schema.above
        return tuple(reversed(steps))

    @property
    def step(self) -> str:
        """The last part of `at`; "" for the root, and below `allOf` and its like, which stand where they are said."""
        node = self.node
        if self.above is None or node.parent is None:
            return ""
        if node.parent is self.above.node:
            return {"items": "[]", "additionalProperties": "*"}.get(str(node.key), "")
        return str(node.key) if node.parent.key == "properties" else ""

    @property
    def properties(self) -> dict[str, Node]:
        """The schemas of its properties by name."""
        return self.node["properties"].fields


# ---------------------------------------------------------------------------------------------------- what the engine met


class Met(View):
    """What the engine itself met while it read and ran: it makes these views, and no manifest holds any."""

    __slots__ = ()

    @classmethod
    def find(cls, manifest: Manifest) -> Iterable[Self]:  # noqa: ARG003
        return ()


class BrokenDocument(Met):
    """A document that cannot be read; its node marks the place. `message` is the reader's, `cause` what the author probably did ("" if that is not clear)."""

    __slots__ = ("cause", "message")

    def __init__(self, node: Node, manifest: Manifest, message: str, cause: str = "") -> None:
        super().__init__(node, manifest)
        self.message = message
        self.cause = cause


class DuplicateKey(Met):
    """A key that stands twice in one mapping: `first`, and again at the view's own node."""

    __slots__ = ("first",)

    def __init__(self, node: Node, manifest: Manifest, first: Node) -> None:
        super().__init__(node, manifest)
        self.first = first


class Template(Met):
    """A file that becomes manifests only when a template engine has rendered it; its node marks the first placeholder."""

    __slots__ = ()


class Crash(Met):
    """A rule that raised, at the node of the view it was called with."""

    __slots__ = ("error", "rule")

    def __init__(self, node: Node, manifest: Manifest, rule: str, error: str) -> None:
        super().__init__(node, manifest)
        self.rule = rule
        self.error = error


class UnusedSuppression(Met):
    """A suppression, or one id of it, that suppressed nothing; its node marks the place.

    `rule` is the id it names ("" for none), `known` whether there is such a rule, `near` the id that was probably meant,
    or "". `message` says what is wrong with it; `removal` mends it, None where that is left to the author.
    """

    __slots__ = ("known", "message", "near", "removal", "rule")

    def __init__(self, node: Node, manifest: Manifest, unused: Unused) -> None:
        super().__init__(node, manifest)
        self.rule = unused.rule
        self.known = unused.known
        self.near = unused.near
        self.message = unused.message
        self.removal = unused.mend


# ---------------------------------------------------------------------------------------------------- manifest and schema


class Mistake(Met):
    """A place where a manifest is not what the schema of its kind says; the schemas (`schemas/`) make these views.

    `field` is what the API server names where that is another field than the view's own: a node, or a route as it writes it. `versions` says which
    of several target versions refuse the place ("1.25 to 1.27"); "" where all do. `claim` is what comes of it where that is not what the rule claims.
    """

    __slots__ = ("claim", "field", "versions")

    def __init__(self, node: Node, manifest: Manifest, field: Node | str | None = None) -> None:
        super().__init__(node, manifest)
        self.field = field
        self.versions = ""
        self.claim: Claim | None = None

    @property
    def name(self) -> str:
        """What the place is called: its key, or `args[0]` for an element of a list."""
        return called(self.node)

    def tell(self, message: str, **more: Any) -> Problem:
        """A problem here, at the field that the API server names; `more` is as in `Node.problem`."""
        if self.versions:
            message += f" (Kubernetes {self.versions})"
        return self.node.problem(message, field=self.field, **{"claim": self.claim, **more})


def called(node: Node) -> str:
    """What people call a place: its key, `args[0]` for an element of a list, "a Deployment" for an object itself."""
    if node.document is not None or node.parent is None:
        kind = node["kind"].string
        if node.is_sequence:
            return "the document"
        return f"{'an' if kind[:1] in 'AEIO' else 'a'} {kind}" if kind else "the object"
    if isinstance(node.key, int):
        return f"{called(node.parent)}[{node.key}]"
    return node.key


class UnknownField(Mistake):
    """A field that the schema does not have; the view's node is its value.

    `owner` is what has no such field ("containers[0]", "a Deployment"). `near` is the field that was probably meant ("" for none), `fits` whether it
    is free and takes the value. `belongs` are the routes, from the object's root, where a field of this name stands. `since` and `until` are the
    versions of Kubernetes that first or last have it. `fields` are the names that there are.
    """

    __slots__ = ("belongs", "fields", "fits", "near", "owner", "since", "until")

    def __init__(self, node: Node, manifest: Manifest, field: Node | str | None = None) -> None:
        super().__init__(node, manifest, field)
        self.owner = called(node if node.parent is None else node.parent)
        self.near = ""
        self.fits = False
        self.belongs: tuple[str, ...] = ()
        self.since = ""
        self.until = ""
        self.fields: tuple[str, ...] = ()


class WrongType(Mistake):
    """A value of a type that the field does not take.

    `expected` are words for what it takes ("a string", "a list of objects"), `found` for what kubectl reads ("the number 420"). `surprise` tells that
    the text looks like what is expected (`on`, `0644`), and YAML reads it as something else. `meant` is the value of the right type that the text
    stands for, None where it cannot be told.
    """

    __slots__ = ("expected", "found", "meant", "surprise")

    def __init__(
        self, node: Node, manifest: Manifest, expected: str, found: str, field: Node | str | None = None
    ) -> None:
        super().__init__(node, manifest, field)
        self.expected = expected
        self.found = found
        self.surprise = False
        self.meant: Plain = None


class MissingField(Mistake):
    """A field that has to be there; the view's node is missing, null or empty.

    `owner` is what needs it. `needs` is the route below it of what is missed, where the field itself may be left out for all the schema says, but not
    what stands in it. `instead` is a misspelt key that stands in its place, or None.
    """

    __slots__ = ("instead", "needs", "owner")

    def __init__(self, node: Node, manifest: Manifest, field: Node | str | None = None) -> None:
        super().__init__(node, manifest, field)
        self.owner = called(node if node.parent is None else node.parent)
        self.needs = ""


class InvalidValue(Mistake):
    """A value of the right type that the field does not take.

    `reason` is a sentence on what is wrong. Where only some values are allowed, these are in `allowed`, and `near` is the one that was probably meant
    ("" for none). `holds` is what the field holds where its text has a form ("quantity", "bytes", "time"), else "".
    """

    __slots__ = ("allowed", "holds", "near", "reason")

    def __init__(self, node: Node, manifest: Manifest, reason: str, field: Node | str | None = None) -> None:
        super().__init__(node, manifest, field)
        self.reason = reason
        self.holds = ""
        self.allowed: tuple[Plain, ...] = ()
        self.near: Plain = ""


class UnknownKind(Mistake):
    """An apiVersion and kind that Kubernetes never had, or that the CRDs of their group do not have.

    `near` are the apiVersion and kind that were probably meant, or None; `elsewhere` the apiVersions that have the kind; `versions_of_group` the
    apiVersions of the group where it is the version that it lacks, else empty. `malformed` tells that the apiVersion is none at all.
    """

    __slots__ = ("elsewhere", "malformed", "near", "versions_of_group")

    def __init__(self, node: Node, manifest: Manifest, field: Node | str | None = None) -> None:
        super().__init__(node, manifest, field)
        self.near: tuple[str, str] | None = None
        self.elsewhere: tuple[str, ...] = ()
        self.versions_of_group: tuple[str, ...] = ()
        self.malformed = False


class Superseded(Mistake):
    """An apiVersion that a target version still serves, or serves no longer, or not yet.

    `successor` are apiVersion and kind to use instead, or None. `since` is the version of Kubernetes that brought it, `deprecated` and `removed` those
    that announced its end and dropped it; "" where that is not known or has not happened. `warning` is what a CRD itself says of it. `conversion` are
    the changes that make the object one of the successor; where there are none, `obstacle` says what is in the way, as a clause that follows the
    successor's name ("" where there is nothing to say).
    """

    __slots__ = ("conversion", "deprecated", "obstacle", "removed", "since", "successor", "warning")

    def __init__(self, node: Node, manifest: Manifest, field: Node | str | None = None) -> None:
        super().__init__(node, manifest, field)
        self.successor: tuple[str, str] | None = None
        self.since = ""
        self.deprecated = ""
        self.removed = ""
        self.warning = ""
        self.conversion: tuple[Change, ...] = ()
        self.obstacle = ""


class RemovedApi(Superseded):
    """An apiVersion that a target version does not serve."""

    __slots__ = ()


class DeprecatedApi(Superseded):
    """An apiVersion that the target versions still serve, and a later one will not."""

    __slots__ = ()


class UncheckedKind(Mistake):
    """A kind that no schema is known for; met once in a run."""

    __slots__ = ()


class BrokenRule(Mistake):
    """A rule in CEL (`x-kubernetes-validations`) of a CRD that an object does not keep.

    `message` is what the CRD says of it, or "" where it says nothing; `expression` is the rule; `failure` why it could not even be evaluated, or "".
    `rule_node` is its place in the CRD, or None where the CRD is not at hand as text.
    """

    __slots__ = ("expression", "failure", "message", "rule_node")

    def __init__(self, node: Node, manifest: Manifest, field: Node | str | None = None) -> None:
        super().__init__(node, manifest, field)
        self.expression = ""
        self.message = ""
        self.failure = ""
        self.rule_node: Node | None = None
