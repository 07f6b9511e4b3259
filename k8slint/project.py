"""All resources of a run and of the project around it, as an index: who selects whom, who refers to whom.

Look-ups are three-valued. *Found* and *unknown* need no explanation; *missing* is claimed only where the input can know it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeVar

from k8slint import kinds
from k8slint.near import near
from k8slint.views import CONTROLLER_LABELS, POD_NAME, CustomResourceDefinition, Manifest, PodSpec, Service, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from k8slint.nodes import Node
    from k8slint.views import ContainerPort, Mount

V = TypeVar("V", bound=View)
T = TypeVar("T")


class State(Enum):
    """The three answers."""

    FOUND = "found"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Lookup(NamedTuple):
    """The answer to a look-up.

    `found` are the nearest candidates (several where a name is given more than once at the same distance). For a missing one `near` is the
    namesake that was probably meant, where there is one.
    """

    state: State
    found: tuple[Manifest, ...] = ()
    near: Manifest | None = None

    def __bool__(self) -> bool:
        return self.state is State.FOUND

    @property
    def missing(self) -> bool:
        return self.state is State.MISSING


class Scopes(Protocol):
    """What decides which files belong together; `kustomize.Surroundings` is the one of real trees."""

    def closures(self, path: str) -> frozenset[str]:
        """The kustomizations whose resources, bases and components take a file in."""

    def renames(self, kustomization: str) -> bool:
        """Whether a kustomization gives what it builds other names, or another namespace."""

    def generated(self, path: str) -> frozenset[tuple[str, str]]:
        """Kind and name of each ConfigMap and Secret that kustomizations generate beside a file."""

    def variables(self, path: str) -> frozenset[str]:
        """The names that kustomizations fill in for `$(NAME)` in a file."""

    def patches(self, path: str) -> frozenset[tuple[str, str]]:
        """Kind and field of all that kustomizations patch of what is in a file; "" stands for any."""

    def folder(self, path: str) -> str:
        """The folder of a file, the same for all files that are in it."""

    def distance(self, left: str, right: str) -> int:
        """How far two files are apart in the directory tree: 0 in one folder."""


class Around:
    """The files of a project that were not named, for looking things up.

    `texts` gives their paths and texts when the first look-up comes; `read` makes resources of one. Reading YAML is what costs, so a file is read
    only once a look-up's words stand in it: most look-ups of a run on one file concern a few kinds or names.
    """

    def __init__(
        self, texts: Callable[[], Iterable[tuple[str, str]]], read: Callable[[str, str], Iterable[Manifest]]
    ) -> None:
        self._texts = texts
        self._read = read
        self._unread: dict[str, str] | None = None
        self._asked: set[tuple[str, ...]] = set()

    def manifests(self, words: tuple[str, ...], *, every: bool = False) -> list[Manifest]:
        """The resources of the files not read so far that hold any of the words, or every one."""
        if self._unread is not None and not self._unread:
            return []
        question = ("every", *words) if every else words
        if question in self._asked:
            return []
        self._asked.add(question)
        unread = self.gather()
        holds = all if every else any
        chosen = [path for path, text in unread.items() if holds(word in text for word in words)]
        return [manifest for path in chosen for manifest in self._read(path, unread.pop(path))]

    def gather(self) -> dict[str, str]:
        """The texts of the files not read so far, by path; they are looked for when this is first asked."""
        if self._unread is None:
            self._unread = dict(self._texts())
        return self._unread


class Project:
    """The resources that rules may look up.

    `own` are those of the files that were named; `around` reads the others of the project, as far as a look-up needs them.
    `complete` says that the input is all there is; `external` are references (`Kind/name`, `Kind/namespace/name`, with globs) that exist elsewhere.
    `broken` tells whether some file of the input could not be read: then nothing is ever missing. `files` finds files of another kind and `whole` reads a
    resource again (see the methods).
    """

    def __init__(
        self,
        own: list[Manifest],
        scopes: Scopes,
        around: Around | None = None,
        *,
        complete: bool = False,
        external: tuple[str, ...] = (),
        broken: bool = False,
        files: Callable[[str, Sequence[str]], Iterable[tuple[str, str]]] | None = None,
        whole: Callable[[Manifest], Manifest] | None = None,
    ) -> None:
        self.own = own
        self.scopes = scopes
        self.around = around
        self.complete = complete
        self.external = external
        self.broken = broken
        self._find_files = files
        self._read_again = whole
        self._once: dict[Any, Any] = {}
        self.used_external: set[str] = set()
        self._by_kind: dict[str, list[Manifest]] = {}
        self._by_name: dict[tuple[str, str], list[Manifest]] = {}
        # Made of the above when first asked for, and again when more of the project has been read.
        self._scopes_of_kinds: dict[tuple[str, str], str] | None = None
        self._pods: list[PodSpec] | None = None
        self._pods_by_label: dict[tuple[str, str], list[PodSpec]] | None = None
        self._services: list[Service] | None = None
        self._services_by_label: dict[tuple[str, str], list[tuple[Service, dict[str, str]]]] | None = None
        self._selected: dict[int, list[PodSpec]] = {}
        self._by_node_port: dict[int, list[tuple[Service, Node]]] | None = None
        self._by_host_port: dict[int, list[ContainerPort]] | None = None
        self._by_place: dict[str, dict[str, list[Manifest]]] = {}
        self._add(own)

    def _add(self, manifests: Iterable[Manifest]) -> None:
        for manifest in manifests:
            self._by_kind.setdefault(manifest.kind, []).append(manifest)
            self._by_name.setdefault((manifest.kind, manifest.name), []).append(manifest)
        self._forget()

    def _forget(self) -> None:
        """Drops all that was made of the two indexes above."""
        self._scopes_of_kinds = self._pods = self._pods_by_label = None
        self._services = self._services_by_label = self._by_node_port = self._by_host_port = None
        self._selected = {}
        self._by_place = {}

    def _read(self, *words: str, every: bool = False) -> None:
        """Reads what of the project around may hold something: files with any of the words, or with every one."""
        if self.around is not None:
            more = self.around.manifests(words, every=every)
            if more:
                self._add(more)

    def files(self, ending: str, paths: Sequence[str] = ()) -> list[tuple[str, str]]:
        """Paths and texts of the project's files with another ending than manifests have (`.go`), or of those that files and folders hold."""
        return list(self._find_files(ending, paths)) if self._find_files is not None else []

    def once(self, make: Callable[..., T], *arguments: Any) -> T:
        """What a function makes of the project and some arguments; it is called once, however many rules and resources ask."""
        key = (make, *arguments)
        if key not in self._once:
            self._once[key] = make(self, *arguments)
        found: T = self._once[key]
        return found

    def whole(self, manifest: Manifest) -> Manifest:
        """A resource with all that is written in its file. Of large input only what is looked up is at hand, and the schemas of CRDs are not."""
        return self._read_again(manifest) if self._read_again is not None else manifest

    def all(self, kind: str, group: str | None = None) -> list[Manifest]:
        """Every resource of a kind (of a group), in no particular order."""
        self._read(kind)
        found = self._by_kind.get(kind, [])
        return found if group is None else [manifest for manifest in found if manifest.group == group]

    def named(self, kind: str, name: str, group: str | None = None) -> list[Manifest]:
        """Every resource of a kind (of a group) and name, whatever its namespace, in the order in which they were read."""
        self._read(kind, name, every=True)
        found = self._by_name.get((kind, name), [])
        return found if group is None else [manifest for manifest in found if manifest.group == group]

    def namesakes(self, manifest: Manifest) -> list[Manifest]:
        """The resources of a manifest's kind and name, whatever their namespace, that are applied together with it (see `same_scope`), itself
        included, in no particular order."""
        found = self.named(manifest.kind, manifest.name, manifest.group)
        return (
            self._sharing(manifest, f"{manifest.group}/{manifest.kind}/{manifest.name}", found) if found[1:] else found
        )

    def namespaced(self, manifest: Manifest) -> bool | None:
        """Whether a resource lives in a namespace, by its kind or the CRD of its kind; None where that is not known."""
        if manifest.namespaced is not None:
            return manifest.namespaced
        definitions = self.all("CustomResourceDefinition")
        if self._scopes_of_kinds is None:
            self._scopes_of_kinds = {
                (crd.defined_group, crd.defined_kind): crd.scope
                for found in definitions
                for crd in found.views(CustomResourceDefinition)
            }
        scope = self._scopes_of_kinds.get((manifest.group, manifest.kind))
        return None if scope is None else scope == "Namespaced"

    def definitions(self, group: str, kind: str = "") -> list[Manifest]:
        """The CRDs of a group; with a kind, those that define it (several where versions or variants of one lie about)."""
        self._read("CustomResourceDefinition", group, *([kind] if kind else []), every=True)
        return [
            manifest
            for manifest in self._by_kind.get("CustomResourceDefinition", ())
            for crd in manifest.views(CustomResourceDefinition)
            if crd.defined_group == group and (not kind or crd.defined_kind == kind)
        ]

    def near_ones(self, manifest: Manifest, candidates: Iterable[Manifest]) -> list[Manifest]:
        """The candidates that belong to a manifest: those that a kustomization takes in with it, else the nearest in the directory tree.

        The same file is nearer than the same folder: people keep variants of one thing in files beside each other.
        """
        candidates = list(candidates)
        if len(candidates) < 2:
            return candidates
        path, scopes = manifest.path, self.scopes
        closures = scopes.closures(path)
        together = [other for other in candidates if closures & scopes.closures(other.path)] if closures else []
        beside = together or [other for other in candidates if other.path == path]
        if beside:
            return beside
        # Of a common name there may be hundreds, in a few folders.
        by_folder: dict[str, list[Manifest]] = {}
        for other in candidates:
            by_folder.setdefault(scopes.folder(other.path), []).append(other)
        ranked: dict[int, list[Manifest]] = {}
        for others in by_folder.values():
            ranked.setdefault(scopes.distance(path, others[0].path), []).extend(others)
        return ranked[min(ranked)]

    def same_scope(self, left: Manifest, right: Manifest) -> bool:
        """Whether two manifests are applied together: one file, one kustomization, or one folder that no kustomization orders."""
        if left.path == right.path:
            return True
        ours, theirs = self.scopes.closures(left.path), self.scopes.closures(right.path)
        if ours or theirs:
            return bool(ours & theirs)
        return self.scopes.folder(left.path) == self.scopes.folder(right.path)

    def together(self, manifest: Manifest, kind: str) -> list[Manifest]:
        """The resources of a kind that are applied together with a manifest (see `same_scope`), itself included."""
        return self._sharing(manifest, kind, self.all(kind))

    def pods_together(self, manifest: Manifest) -> list[PodSpec]:
        """The pod specs that are applied together with a manifest and may be of its namespace."""
        pods = self.pods()
        shared = self._sharing(manifest, "", [pod.manifest for pod in pods] if "" not in self._by_place else [])
        return [pod for other in shared if fits(other.namespace, manifest.namespace) for pod in other.views(PodSpec)]

    def custom_together(self, manifest: Manifest, *words: str) -> list[Manifest]:
        """The custom resources that are applied together with a manifest, as far as their files hold one of the words."""
        self._read(*words)
        custom: list[Manifest] = []
        if "custom" not in self._by_place:
            custom = [other for manifests in self._by_kind.values() for other in manifests if not other.builtin]
        return self._sharing(manifest, "custom", custom)

    def _sharing(self, manifest: Manifest, key: str, manifests: list[Manifest]) -> list[Manifest]:
        """Those of the manifests that share a place with one; `key` is what their index by places is kept under."""
        index = self._by_place.get(key)
        if index is None:
            index = self._by_place[key] = {}
            for other in manifests:
                for place in self._places(other):
                    index.setdefault(place, []).append(other)
        found = (other for place in self._places(manifest) for other in index.get(place, ()))
        return list({id(other): other for other in found}.values())

    def _places(self, manifest: Manifest) -> list[str]:
        """Names of what orders a manifest; two that share one are applied together."""
        closures = self.scopes.closures(manifest.path)
        return [f"file {manifest.path}", *(closures or (f"folder {self.scopes.folder(manifest.path)}",))]

    def patched(self, manifest: Manifest, *fields: str) -> bool:
        """Whether a kustomization patches one of these fields, wherever it stands, in resources of the manifest's kind: what the manifest says there
        is not the last word."""
        # Overlays are elsewhere in the tree, and known once anything there has been looked up.
        self._read("Kustomization")
        changes = self.scopes.patches(manifest.path)
        return bool(changes) and any((kind, name) in changes for kind in (manifest.kind, "") for name in (*fields, ""))

    def fills_in(self, manifest: Manifest, name: str) -> bool:
        """Whether something may put a value for `$(NAME)` or `${NAME}` into a manifest before it gets to the cluster: kustomize's `vars`, or the
        `postBuild` of Flux."""
        self._read("Kustomization")
        if name in self.scopes.variables(manifest.path):
            return True
        return any(flux["spec", "postBuild"] for flux in self.all("Kustomization", "kustomize.toolkit.fluxcd.io"))

    def clash(self, left: Manifest, right: Manifest) -> bool:
        """Whether two manifests of one kind, namespace and name are one object where they are applied together.

        Not where a kustomization between one of them and what takes both in gives them different names.
        """
        if not self.same_scope(left, right):
            return False
        ours, theirs = self.scopes.closures(left.path), self.scopes.closures(right.path)
        if ours == theirs:
            return True
        return any(
            not any(top in self.scopes.closures(below) and self.scopes.renames(below) for below in ours ^ theirs)
            for top in ours & theirs
        )

    def find(
        self, kind: str, name: str, origin: View, *, group: str | None = None, namespace: str | None = None
    ) -> Lookup:
        """Looks a resource up by name, as seen from the resource that refers to it.

        `namespace` is that of the reference where it differs from the origin's own. A namespace that a manifest leaves open fits any.
        """
        manifest = origin.manifest
        wanted = manifest.namespace if namespace is None else namespace
        found = [other for other in self.named(kind, name, group) if fits(other.namespace, wanted)]
        if self.generates(kind, name, manifest):
            # What a generator makes may replace, or be merged into, what is written.
            return Lookup(State.UNKNOWN, tuple(self.near_ones(manifest, found)))
        if found:
            return Lookup(State.FOUND, tuple(self.near_ones(manifest, found)))
        if self._is_external(kind, wanted, name):
            return Lookup(State.UNKNOWN)
        namesake = self._namesake(kind, name, manifest, group, wanted)
        if self.broken or not (self.complete or namesake):
            return Lookup(State.UNKNOWN, near=namesake)
        return Lookup(State.MISSING, near=namesake)

    def _namesake(self, kind: str, name: str, origin: Manifest, group: str | None, namespace: str) -> Manifest | None:
        """The resource whose name was probably meant: it is applied together with the origin, and its name is close."""
        together = [
            other
            for other in self.together(origin, kind)
            if group in (None, other.group) and fits(other.namespace, namespace)
        ]
        # Closeness is costly, and among so many names it means nothing.
        if not together or len(together) > MOST_NAMESAKES:
            return None
        # web-1 and web-2 are a row of things and no slip.
        bare = _without_digits(name)
        meant = near(name, [other.name for other in together if _without_digits(other.name) != bare])
        namesake = next((other for other in together if other.name == meant), None) if meant else None
        if namesake is not None and any(
            self.scopes.renames(kustomization)
            for manifest in (origin, namesake)
            for kustomization in self.scopes.closures(manifest.path)
        ):
            return None
        return namesake

    def generates(self, kind: str, name: str, manifest: Manifest) -> bool:
        """Whether a kustomization around a manifest makes a ConfigMap or Secret. Its real name changes with its content, and references with it."""
        return kind in ("ConfigMap", "Secret") and (kind, name) in self.scopes.generated(manifest.path)

    def keys(self, kind: str, name: str, origin: Manifest) -> frozenset[str] | None:
        """The keys of a ConfigMap or Secret; None where they cannot be known.

        They cannot where it is not in the input, or is generated or patched, and where something in the cluster fills it in: an empty one, one that
        asks for an injection, the token of a ServiceAccount.
        """
        keys: set[str] = set()
        lookup = self.find(kind, name, origin, group="")
        for found in lookup.found if lookup else ():
            own = {key for field in ("data", "stringData", "binaryData") for key in found.node[field].fields}
            marks = (*found.labels, *found.annotations)
            if (
                not own
                or any("inject" in mark or "replicat" in mark for mark in marks)
                or found.node["type"].string == "kubernetes.io/service-account-token"
                or self.patched(found, "data", "stringData", "binaryData")
            ):
                return None
            keys |= own
        return frozenset(keys) if keys else None

    def files_in(self, mount: Mount) -> frozenset[str] | None:
        """The paths of the files in the volume of a mount, where it is made of ConfigMaps, Secrets and the like; None where they cannot be known."""
        field, source = mount.source
        parts = source["sources"].elements if field == "projected" else [source.parent] if source.parent else []
        files: set[str] = set()
        for part in parts:
            found = self._files_of(part, mount.manifest)
            if found is None:
                return None
            files |= found
        return frozenset(files) if files else None

    def _files_of(self, part: Node, origin: Manifest) -> frozenset[str] | None:
        for key, kind, naming in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
            source = part[key]
            if source:
                if source["items"].elements:
                    return frozenset(item["path"].string or "" for item in source["items"])
                # In a projected volume a Secret's name is called `name`.
                name = source[naming].string or source["name"].string
                return self.keys(kind, name, origin) if name else None
        if part["downwardAPI"]:
            return frozenset(item["path"].string or "" for item in part["downwardAPI", "items"])
        for field in ("serviceAccountToken", "clusterTrustBundle"):
            if part[field]["path"].string:
                return frozenset([part[field]["path"].string or ""])
        return None

    def governing(self, kind: str, manifest: Manifest) -> list[Manifest]:
        """The LimitRanges or ResourceQuotas of the namespace a manifest goes to, those that belong to it (see `near_ones`).

        Where either leaves its namespace open, only what is applied together counts, and nothing where that is for several namespaces.
        """
        found = [
            other
            for other in self.all(kind, "")
            if (other.namespace and other.namespace == manifest.namespace)
            or (fits(other.namespace, manifest.namespace) and self.same_scope(manifest, other))
        ]
        several = not manifest.namespace and len({other.namespace for other in found} - {""}) > 1
        return [] if several else self.near_ones(manifest, found)

    def _is_external(self, kind: str, namespace: str, name: str) -> bool:
        for pattern in self.external:
            if fnmatchcase(f"{kind}/{name}", pattern) or fnmatchcase(f"{kind}/{namespace}/{name}", pattern):
                self.used_external.add(pattern)
                return True
        return False

    def pods(self) -> list[PodSpec]:
        """Every pod spec of every resource."""
        self._read(*kinds.with_pods())
        return self._pods_read()

    def _pods_read(self) -> list[PodSpec]:
        if self._pods is None:
            everything = (manifest for manifests in self._by_kind.values() for manifest in manifests)
            self._pods = [pod for manifest in everything for pod in manifest.views(PodSpec)]
        return self._pods

    def services(self) -> list[Service]:
        """Every Service."""
        self._read("Service")
        if self._services is None:
            found = self._by_kind.get("Service", ())
            self._services = [
                service for manifest in found if not manifest.group for service in manifest.views(Service)
            ]
        return self._services

    def node_ports(self, number: int) -> list[tuple[Service, Node]]:
        """The Services that ask for a port of the nodes, each with the place where it does.

        Whatever the protocol: the port is allocated as a whole.
        Source: k8s.io/kubernetes/pkg/registry/core/service/portallocator.
        """
        services = self.services()
        if self._by_node_port is None:
            self._by_node_port = {}
            for service in services:
                for node in service.node_ports:
                    wanted = node.integer
                    if wanted:
                        self._by_node_port.setdefault(wanted, []).append((service, node))
        return self._by_node_port.get(number, [])

    def on_host(self, number: int) -> list[ContainerPort]:
        """The ports of pods that take a port of the node they run on."""
        pods = self.pods()
        if self._by_host_port is None:
            self._by_host_port = {}
            for pod in pods:
                for port in pod.host_ports:
                    self._by_host_port.setdefault(port.host_number or port.number or 0, []).append(port)
        return self._by_host_port.get(number, [])

    def pods_with(self, labels: Mapping[str, str], origin: Manifest) -> list[PodSpec]:
        """The pod specs that carry all these labels and belong to a manifest (see `near_ones`); none for no labels.

        Labels that only controllers give to pods are left out of account, but for the name of a StatefulSet's pod.
        """
        wanted = _written(labels).items()
        if not wanted:
            return []
        self._read(*(value for _, value in wanted), every=True)
        if self._pods_by_label is None:
            self._pods_by_label = {}
            for pod in self._pods_read():
                for label in _labels(pod).items():
                    self._pods_by_label.setdefault(label, []).append(pod)
        # The rarest label leaves the fewest to look at.
        rarest = min((self._pods_by_label.get(label, []) for label in wanted), key=len)
        matching = [
            pod for pod in rarest if wanted <= _labels(pod).items() and fits(pod.manifest.namespace, origin.namespace)
        ]
        return self._nearest(origin, matching)

    def selected_by(self, service: Service) -> list[PodSpec]:
        """The pod specs that a Service's selector matches, the nearest ones; none for a Service without selector."""
        # Rules on its ports, on probes and on the Service itself all ask.
        found = self._selected.get(id(service.manifest))
        if found is None:
            found = self.pods_with(service.selector, service.manifest)
            self._selected[id(service.manifest)] = found
        return found

    def behind(self, service: Service) -> list[PodSpec]:
        """The pod specs that a Service sends requests to.

        Of those it selects these are the ones meant to run for good, if there are any: the pods of a Job that shares their labels come and go, and
        that they take no requests is as it should be.
        """
        if service.type == "ExternalName":
            return []
        pods = self.selected_by(service)
        return [pod for pod in pods if pod.endless] or pods

    def services_for(self, pod: PodSpec) -> list[Service]:
        """The Services whose selector matches a pod spec and that belong to it (see `near_ones`)."""
        services = self.services()
        if self._services_by_label is None:
            self._services_by_label = {}
            for service in services:
                wanted = _written(service.selector)
                # One of its labels is enough to find it by.
                for label in list(wanted.items())[:1]:
                    self._services_by_label.setdefault(label, []).append((service, wanted))
        labels = _labels(pod).items()
        matching = [
            service
            for label in labels
            for service, wanted in self._services_by_label.get(label, ())
            if wanted.items() <= labels and fits(service.manifest.namespace, pod.manifest.namespace)
        ]
        return self._nearest(pod.manifest, matching)

    def _nearest(self, origin: Manifest, views: list[V]) -> list[V]:
        if len(views) < 2:
            return views
        near_ids = {id(manifest) for manifest in self.near_ones(origin, [view.manifest for view in views])}
        return [view for view in views if id(view.manifest) in near_ids]


def fits(left: str, right: str) -> bool:
    """Whether two namespaces may be one: equal, or left open by a manifest."""
    return left == right or not left or not right


MOST_NAMESAKES = 1000
"""Of how many names in one place the closest is looked for."""

_DIGITS = str.maketrans("", "", "0123456789")


def _without_digits(name: str) -> str:
    return name.translate(_DIGITS)


def _written(selector: Mapping[str, str]) -> dict[str, str]:
    """A selector without the labels that no manifest can write; a pod's name becomes that of its StatefulSet."""
    if not CONTROLLER_LABELS & selector.keys():
        return dict(selector)
    wanted = {key: value for key, value in selector.items() if key not in CONTROLLER_LABELS}
    pod = selector.get(POD_NAME, "")
    return {**wanted, POD_NAME: pod.rpartition("-")[0]} if pod else wanted


def _labels(pod: PodSpec) -> dict[str, str]:
    """The labels of a pod spec as `_written` asks for them."""
    if pod.manifest.kind != "StatefulSet":
        return pod.labels
    return {**pod.labels, POD_NAME: pod.manifest.name}


_Place: TypeAlias = "tuple[str, int, tuple[str | int, ...]]"


class LiveProject(Project):
    """A project whose resources change while it is looked at. Their order is that of their files and places, whenever they came in.

    A change costs what it touches: of the indexes that hold many resources only what concerns those that came or went is made again.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        # Where each stood when it came in: a document that is taken over into a newer text moves.
        self._placed: dict[int, _Place] = {}
        super().__init__(*arguments, **named)

    def replace(self, old: Iterable[Manifest], new: Iterable[Manifest]) -> None:
        """Takes resources out, and puts others in. What is in both stays, where it is still at its place."""
        coming = {id(manifest): manifest for manifest in new}
        gone = []
        for manifest in old:
            if id(manifest) in coming and self._placed.get(id(manifest)) == _place(manifest):
                del coming[id(manifest)]
            else:
                gone.append(manifest)
        for manifest in gone:
            for index in self._indexes(manifest):
                self._take_out(index, manifest)
        for manifest in gone:
            del self._placed[id(manifest)]
        self._once = {}
        self._change(gone, list(coming.values()))

    def _add(self, manifests: Iterable[Manifest]) -> None:
        self._change([], list(manifests))

    def _change(self, gone: list[Manifest], new: list[Manifest]) -> None:
        """Puts resources in, and brings what was made of the indexes up to date, after others were taken out."""
        for manifest in new:
            self._placed[id(manifest)] = _place(manifest)
            for index in self._indexes(manifest):
                insort(index, manifest, key=self._where)
        touched = [*gone, *new]
        kinds_touched = {manifest.kind for manifest in touched}
        pods, pods_by_label = self._pods, self._pods_by_label
        services, services_by_label, node_ports = self._services, self._services_by_label, self._by_node_port
        host_ports, scopes_of_kinds, by_place = self._by_host_port, self._scopes_of_kinds, self._by_place
        self._forget()
        if "Service" not in kinds_touched:
            self._services, self._services_by_label, self._by_node_port = services, services_by_label, node_ports
        if "CustomResourceDefinition" not in kinds_touched:
            self._scopes_of_kinds = scopes_of_kinds
        pods_gone = [pod for manifest in gone for pod in manifest.views(PodSpec)]
        pods_new = [pod for manifest in new for pod in manifest.views(PodSpec)]
        if not pods_gone and not pods_new:
            self._by_host_port = host_ports
        self._pods = _exchanged(pods, pods_gone, pods_new)
        self._pods_by_label = pods_by_label
        if pods_by_label is not None:
            for pod in pods_gone:
                for label in _labels(pod).items():
                    pods_by_label[label] = _exchanged(pods_by_label.get(label), [pod], []) or []
            for pod in pods_new:
                for label in _labels(pod).items():
                    pods_by_label[label] = _exchanged(pods_by_label.get(label, []), [], [pod]) or []
        outdated = {"custom", "", *kinds_touched}
        outdated.update(f"{manifest.group}/{manifest.kind}/{manifest.name}" for manifest in touched)
        self._by_place = {key: index for key, index in by_place.items() if key not in outdated}

    def _indexes(self, manifest: Manifest) -> tuple[list[Manifest], ...]:
        return (
            self.own,
            self._by_kind.setdefault(manifest.kind, []),
            self._by_name.setdefault((manifest.kind, manifest.name), []),
        )

    def _where(self, manifest: Manifest) -> _Place:
        return self._placed[id(manifest)]

    def _take_out(self, index: list[Manifest], manifest: Manifest) -> None:
        at = bisect_left(index, self._where(manifest), key=self._where)
        while index[at] is not manifest:
            at += 1
        del index[at]

    def _pods_read(self) -> list[PodSpec]:
        if self._pods is None:
            self._pods = [pod for manifest in self.own for pod in manifest.views(PodSpec)]
        return self._pods


def _exchanged(pods: list[PodSpec] | None, gone: list[PodSpec], new: list[PodSpec]) -> list[PodSpec] | None:
    """Pod specs in the order of their places without some and with others; None for None."""
    if pods is None or not (gone or new):
        return pods
    left = pods.copy()
    for pod in gone:
        # Views are equal to nothing but themselves.
        left.remove(pod)
    for pod in new:
        insort(left, pod, key=lambda other: _place(other.manifest))
    return left


def _place(manifest: Manifest) -> _Place:
    """Sorts resources as a run over the whole project meets them."""
    document = manifest.document
    return document.path, document.index, (*document.prefix, *manifest.node.path)


class FlatScopes:
    """Scopes for texts without a file system: everything belongs together."""

    def closures(self, path: str) -> frozenset[str]:
        return frozenset()

    def renames(self, kustomization: str) -> bool:
        return False

    def generated(self, path: str) -> frozenset[tuple[str, str]]:
        return frozenset()

    def variables(self, path: str) -> frozenset[str]:
        return frozenset()

    def patches(self, path: str) -> frozenset[tuple[str, str]]:
        return frozenset()

    def folder(self, path: str) -> str:
        return ""

    def distance(self, left: str, right: str) -> int:
        return 0
