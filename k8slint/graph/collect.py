"""Files -> Project -> Graph."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

from k8slint import classify, config, source
from k8slint.classify import Category
from k8slint.engine import Engine
from k8slint.finding import Skipped
from k8slint.graph.edges import Links
from k8slint.graph.link import Wanted
from k8slint.graph.model import Edge, Graph, Node, Place, State
from k8slint.kustomize import Surroundings
from k8slint.nodes import MAPPING
from k8slint.plugins import Plugins
from k8slint.project import Around, Project
from k8slint.run import STDIN, discover, display
from k8slint.views import Manifest, PodSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from k8slint.config import Config
    from k8slint.graph.link import Link
    from k8slint.nodes import Node as YamlNode


class Collected:
    """A graph, and what is to be said of the input: `broken` are files with something that nobody can read, as sentences; `skipped` is no manifest,
    or a template; `errors` is what is not there at all."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.broken: list[str] = []
        self.skipped: list[Skipped] = []
        self.errors: list[str] = []


def collect(
    paths: Sequence[str], *, settings: str | Path | bool | None = None, plugins: Plugins | None = None
) -> Collected:
    """The graph of what is in files and folders (`-` is standard input), and of what they name in the project around them.

    `settings` is a config file, False for none; None looks for one. Raises ConfigError and PluginError.
    """
    plugins = plugins or Plugins()
    path = None if settings is False else config.find(os.curdir) if settings in (None, True) else settings
    loaded = config.load(path, list(plugins.rules.values()), loader=lambda info: plugins.rule(info.id))  # type: ignore[arg-type]
    was_on = gc.isenabled()
    # Reading makes many objects, and no garbage in cycles that would be worth looking for.
    gc.disable()
    try:
        return _Collector(Engine(plugins, loaded), loaded).collect(paths)
    finally:
        if was_on:
            gc.enable()


class _Collector:
    def __init__(self, engine: Engine, settings: Config) -> None:
        self.engine = engine
        self.config = settings
        self.result = Collected()
        self.own: list[Manifest] = []
        self.kustomizations: set[int] = set()
        self.unreadable = False

    def collect(self, paths: Sequence[str]) -> Collected:
        found = discover(self.engine, paths)
        self.result.errors += found.errors
        self.result.skipped += found.skipped
        folders = {os.path.dirname(os.path.abspath(path)) for path in found.files} or {os.path.abspath(os.curdir)}
        root = str(self.config.root or source.project_root(os.path.commonpath(list(folders))))
        surroundings = Surroundings(root)
        surroundings.complete_index(found.files)
        names = [display(path) for path in found.files]
        for name in names:
            self._take(name, source.load(name), surroundings)
        if found.stdin:
            self._take(STDIN, source.read_stdin(), surroundings)
        around = Around(
            lambda: self._beside(root, {*names}, [os.path.abspath(path) for path in paths], surroundings),
            lambda path, text: self.engine.resources_of(path, text, surroundings),
        )
        project = Project(
            self.own,
            surroundings,
            around,
            complete=self.config.complete,
            external=self.config.external,
            broken=self.unreadable,
            whole=self.engine.whole,
        )
        self.result.graph = graph(project, skip=self.kustomizations)
        return self.result

    def _take(self, name: str, loaded: source.Loaded, surroundings: Surroundings) -> None:
        """Reads a file, or notes why it is not."""
        if loaded.text is None:
            if loaded.error is not None:
                self.result.errors.append(loaded.error)
                self.unreadable = True
            if loaded.skipped is not None:
                self.result.skipped.append(Skipped(name, loaded.skipped))
            return
        text = loaded.text
        # What a plugin reads is what its reader says.
        if os.path.splitext(name)[1] not in set(self.engine.endings) - set(classify.ENDINGS):
            category = classify.classify_text(name, text, surroundings)
            if category not in (None, Category.MANIFEST, Category.KUSTOMIZATION):
                if category is not Category.PATCH:
                    self.result.skipped.append(Skipped(name, category.value))
                self.unreadable |= category is Category.TEMPLATE
                return
        try:
            file = self.engine.read_file(name, text)
        except Exception as error:  # noqa: BLE001 - whatever the reader of a plugin raises, the others go on
            self.result.errors.append(
                f"{name}: the reader that a plugin brings failed: {type(error).__name__}: {error}"
            )
            self.unreadable = True
            return
        skipped = []
        for document in file.documents:
            if document.error is not None:
                line, column = file.lines.position(document.start + document.error.start)
                self.result.broken.append(f"{name}:{line}:{column}: {document.error.message}")
                self.unreadable = True
                continue
            if document.root is None or (document.root.kind != MAPPING and document.root.is_null):
                continue
            category = classify.classify_document(file, document, surroundings)
            if category in (Category.MANIFEST, Category.KUSTOMIZATION):
                taken = [Manifest(root, document) for root in document.resources]
                self.own += taken
                if category is Category.KUSTOMIZATION:
                    self.kustomizations |= {id(manifest) for manifest in taken}
            elif category is not Category.PATCH:
                skipped.append(Skipped(name, category.value, document.line))
        whole = len(skipped) == len(file.documents)
        self.result.skipped += [skipped[0]._replace(line=0)] if whole and skipped else skipped

    def _beside(
        self, root: str, own: set[str], named: Sequence[str], surroundings: Surroundings
    ) -> Iterator[tuple[str, str]]:
        """The project's files that were not named, with their texts: the whole of it where something says how far it reaches, else what lies beside
        the named files."""
        if self.config.root is not None or source.is_project(root):
            where = [root]
        else:
            where = [
                os.path.join(folder, "*" + ending)
                for folder in sorted({os.path.dirname(path) or os.curdir for path in own})
                for ending in (".yaml", ".yml")
            ]
        covered = [path + os.sep for path in named if os.path.isdir(path)]
        where = [path for path in where if not any((os.path.abspath(path) + os.sep).startswith(one) for one in covered)]
        found = discover(self.engine, where) if where else source.Discovery()
        surroundings.complete_index(found.files)
        for path in found.files:
            if display(path) not in own:
                text = source.load(path).text
                if text is not None:
                    yield display(path), text


def graph(project: Project, skip: Iterable[int] = ()) -> Graph:
    """The graph of a project's own objects and what they lead to. `skip` are the ids (as of `id()`) of manifests that are no objects of a cluster."""
    skip = frozenset(skip)
    own = sorted(
        (manifest for manifest in project.own if manifest.kind and id(manifest) not in skip),
        key=lambda manifest: manifest.order,
    )
    links = Links(project)
    builder = _Builder()
    for manifest in own:
        if manifest.kind != "Namespace" or manifest.group:
            builder.add(manifest)
    for manifest in own:
        for link in links.of(manifest):
            builder.link(link)
    for link in links.made():
        builder.link(link)
    return builder.graph()


class _Builder:
    """Nodes and edges by what they are of."""

    def __init__(self) -> None:
        self.ids: dict[int, str] = {}
        self.nodes: dict[str, Node] = {}
        self.wanted: dict[Wanted, str] = {}
        self.edges: dict[tuple[str, str, str], Edge] = {}

    def add(self, manifest: Manifest) -> str:
        known = self.ids.get(id(manifest))
        if known is not None:
            return known
        name = manifest.name
        if not name and (begins := manifest.metadata["generateName"].string):
            name = f"{begins}*"
        new = self._id(manifest.group, manifest.kind, manifest.namespace, name)
        self.ids[id(manifest)] = new
        self.nodes[new] = Node(
            new,
            manifest.group,
            manifest.kind,
            manifest.namespace,
            name,
            place=_place(manifest, manifest.node),
            workload=bool(manifest.views(PodSpec)),
        )
        return new

    def want(self, wanted: Wanted, state: State) -> str:
        new = self.wanted.get(wanted)
        if new is None:
            new = self._id(wanted.group, wanted.kind, wanted.namespace, wanted.name or wanted.selector)
            self.wanted[wanted] = new
            self.nodes[new] = Node(new, *wanted[:4], state=state, selector=wanted.selector)
        node = self.nodes[new]
        # What one reference knows, another may not: the surest word stands.
        if _SURE.index(state) < _SURE.index(node.state):
            self.nodes[new] = node._replace(state=state)
        return new

    def link(self, link: Link) -> None:
        begin, end = (
            self.want(one, link.state) if isinstance(one, Wanted) else self.add(one)
            for one in (link.source, link.target)
        )
        by = link.by or link.source
        assert not isinstance(by, Wanted), "what is written is written in a manifest"
        place = _place(by, link.node)
        key = (begin, end, link.type)
        edge = self.edges.get(key)
        if edge is None:
            self.edges[key] = Edge(begin, end, link.type, link.state, (place,), link.optional)
        elif place not in edge.places:
            state = link.state if _SURE.index(link.state) < _SURE.index(edge.state) else edge.state
            self.edges[key] = edge._replace(
                state=state, places=(*edge.places, place), optional=edge.optional and link.optional
            )

    def graph(self) -> Graph:
        return Graph(tuple(self.nodes.values()), tuple(self.edges.values()))

    def _id(self, group: str, kind: str, namespace: str, name: str) -> str:
        kind = f"{kind}.{group}" if group else kind
        base = "/".join([kind, *([namespace] if namespace else []), name])
        new, number = base, 1
        while new in self.nodes:
            number += 1
            new = f"{base}#{number}"
        return new


_SURE: tuple[State, ...] = ("found", "generated", "missing", "unknown")


def _place(manifest: Manifest, node: YamlNode) -> Place:
    document = manifest.document
    if node is manifest.node:
        return Place(manifest.path, document.file.lines.position(document.start + max(node.start, 0))[0])
    return Place(manifest.path, document.file.lines.position(document.span(node, "key").start)[0], node.route)
