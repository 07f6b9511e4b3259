"""Which charts and kustomizations have to be rendered to check some files."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from k8slint import source
from k8slint.classify import KUSTOMIZATION_NAMES
from k8slint.document import read
from k8slint.kustomize import read_kustomization
from k8slint.run import display
from k8slint.source import load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from k8slint.config import Config
    from k8slint.kustomize import Kustomization
    from k8slint.nodes import Node

CHART = "Chart.yaml"


class Chart(NamedTuple):
    """A chart that is rendered by itself: no subchart, and no library."""

    folder: str
    name: str
    missing: tuple[str, ...] = ()
    """The names of dependencies that are not in its `charts/`, nor beside it."""
    beside: bool = False
    """Whether it depends on charts that stand beside it (see `beside`)."""


class Found(NamedTuple):
    """What is to be rendered, in order. `notes` are sentences on what cannot be, and `errors` on what is not there."""

    charts: tuple[Chart, ...] = ()
    kustomizations: tuple[str, ...] = ()
    """The paths of their files: of those that no other builds on."""
    notes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    inflating: tuple[tuple[str, str], ...] = ()
    """Of the kustomizations those that have charts rendered, each with the file that says so."""


def find(paths: Sequence[str], config: Config) -> Found:
    """What paths have to do with: of a folder all charts and kustomizations in it, of a file the chart it belongs to and
    the kustomizations that take it in, be it through others."""
    charts: set[str] = set()
    files: list[str] = []
    folders: list[str] = []
    errors: list[str] = []
    for path in paths:
        full = os.path.abspath(path)
        if os.path.isdir(full):
            folders.append(full)
        elif os.path.exists(full):
            files.append(full)
        else:
            errors.append(f"{path}: no such file or folder")
    root = str(config.root or source.project_root(_common([*folders, *map(os.path.dirname, files)])))
    names = _names([root, *folders], config)
    for path in names:
        if os.path.basename(path) == CHART and _within(path, folders):
            charts.add(os.path.dirname(path))
    charts |= {folder for path in files if (folder := _chart_of(path)) is not None}
    # A folder within a chart means that chart.
    charts |= {folder for path in folders if (folder := _chart_of(os.path.join(path, ""))) is not None}
    notes: list[str] = []
    charts = {_outermost(folder) for folder in charts}
    above = _dependents([os.path.dirname(path) for path in names if os.path.basename(path) == CHART])
    untold = list(charts)
    while untold:
        new = above.get(untold.pop(), set()) - charts
        charts |= new
        untold += new
    found = [chart for folder in sorted(charts) if (chart := _chart(folder, notes, used=folder in above))]
    index = _Index([path for path in names if os.path.basename(path) in KUSTOMIZATION_NAMES])
    wanted = {path for path in index.all if _within(path, folders)}
    for path in files:
        wanted |= index.using(path)
    tops = index.tops(wanted)
    components = [path for path in tops if index.is_component(path)]
    if components:
        shown = ", ".join(display(os.path.dirname(path)) for path in components[:3])
        more = f" and {len(components) - 3} more" if len(components) > 3 else ""
        notes.append(f"not checked, as components that nothing here builds on cannot be built: {shown}{more}")
    return Found(
        tuple(found),
        tuple(path for path in tops if path not in components),
        tuple(notes),
        tuple(errors),
        tuple((path, by) for path in tops if (by := index.inflates(path)) is not None),
    )


def _common(folders: Sequence[str]) -> str:
    return os.path.commonpath(folders) if folders else os.curdir


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(os.path.join(folder, "")) for folder in folders)


def _names(where: Sequence[str], config: Config) -> list[str]:
    """The absolute paths of all files of the project that a chart or a kustomization begins with."""
    # Kustomizations are found whatever the endings.
    discovered = source.discover(
        where, base=os.curdir, exclude=config.exclude, exclude_base=config.root, endings=(CHART,)
    )
    names = {os.path.abspath(path) for path in discovered.files}
    return sorted(path for path in names if os.path.basename(path) in (CHART, *KUSTOMIZATION_NAMES))


# ---------------------------------------------------------------------------------------------------- charts


def _chart_of(path: str) -> str | None:
    """The folder of the chart that a file belongs to: the nearest above it that has a Chart.yaml."""
    folder = os.path.dirname(path)
    while not os.path.isfile(os.path.join(folder, CHART)):
        # Nothing above the root of a repository is meant.
        parent = os.path.dirname(folder)
        if parent == folder or source.is_project(folder):
            return None
        folder = parent
    return folder


def _outermost(folder: str) -> str:
    """The chart that a chart is a part of: one in the `charts/` of another is rendered with that."""
    while True:
        above, name = os.path.split(os.path.dirname(folder))
        if name != "charts" or not os.path.isfile(os.path.join(above, CHART)):
            return folder
        folder = above


def _dependents(folders: Iterable[str]) -> dict[str, set[str]]:
    """By the folder of a chart the charts that depend on it where it stands."""
    above: dict[str, set[str]] = {}
    for folder in folders:
        for _, _, needed in beside(folder):
            above.setdefault(needed, set()).add(_outermost(folder))
    return above


def _chart(folder: str, notes: list[str], *, used: bool) -> Chart | None:
    root = root_of(os.path.join(folder, CHART))
    name = root["name"].string if root is not None else None
    if root is None or not name:
        notes.append(f"{display(os.path.join(folder, CHART))} names no chart")
        return None
    if root["type"].string == "library":
        # What depends on it is rendered with it.
        if not used:
            notes.append(f"{display(folder)} is a library chart, which renders nothing by itself")
        return None
    have = os.listdir(os.path.join(folder, "charts")) if os.path.isdir(os.path.join(folder, "charts")) else []
    local = {dependency for dependency, _, _ in beside(folder)}
    missing = [
        dependency
        for item in _dependencies(folder)
        if (dependency := item["name"].string)
        and dependency not in local
        and not any(is_chart(dependency, folder, entry) for entry in have)
    ]
    return Chart(folder, name, tuple(missing), bool(local))


def _dependencies(folder: str) -> list[Node]:
    """What a chart says that it depends on; old ones say so in a file of its own."""
    return [
        item
        for name in (CHART, "requirements.yaml")
        if (root := root_of(os.path.join(folder, name))) is not None
        for item in root["dependencies"]
    ]


def beside(folder: str) -> list[tuple[str, str, str]]:
    """The dependencies of a chart that are charts elsewhere in the tree (`file://../common`): name, alias or "", and folder."""
    # Putting charts together takes links.
    if os.name != "posix":
        return []
    found = []
    for item in _dependencies(folder):
        scheme, _, path = (item["repository"].string or "").partition("://")
        name = item["name"].string
        if scheme != "file" or not name or not path:
            continue
        target = os.path.normpath(os.path.join(folder, path))
        if target != folder and os.path.isfile(os.path.join(target, CHART)):
            found.append((name, item["alias"].string or "", target))
    return found


def is_chart(dependency: str, folder: str, entry: str) -> bool:
    """Whether an entry of a chart's `charts/` is the chart that it depends on."""
    if entry == dependency or re.fullmatch(re.escape(dependency) + r"-v?\d.*\.tgz", entry):
        return True
    # The folder of a subchart may have any name.
    return subchart_named(folder, entry) == dependency


def subchart_named(folder: str, entry: str) -> str | None:
    """The name of the chart in a folder below `charts/`; None where there is none."""
    root = root_of(os.path.join(folder, "charts", entry, CHART))
    return root["name"].string if root is not None else None


def root_of(path: str) -> Node | None:
    """What the first document of a file holds; None where there is no such file, or nothing in it can be read."""
    text = load(path).text
    documents = read(path, text).documents if text else []
    return documents[0].root if documents else None


# ---------------------------------------------------------------------------------------------------- kustomizations


class _Index:
    """The kustomizations of a project, and which builds on which."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.all: dict[str, Kustomization] = {
            path: read_kustomization(path) for path in paths if _is_kustomization(path)
        }
        folders = {os.path.dirname(path): path for path in self.all}
        self.above: dict[str, set[str]] = {}
        for path, found in self.all.items():
            for target in found.resources:
                if target in folders and folders[target] != path:
                    self.above.setdefault(folders[target], set()).add(path)

    def using(self, path: str) -> set[str]:
        """The kustomizations that name a file, in whatever role."""
        return {
            own
            for own, found in self.all.items()
            if own == path
            or path in found.resources
            or path in found.patches
            or path in found.values
            or path in found.data
        }

    def tops(self, paths: Collection[str]) -> list[str]:
        """Those that nothing else builds on, of all that build on some."""
        tops: set[str] = set()
        waiting, seen = sorted(paths), set(paths)
        while waiting:
            path = waiting.pop()
            above = self.above.get(path, set())
            if not above:
                tops.add(path)
            waiting += above - seen
            seen |= above
        # Those that build on each other in a circle have no top. kustomize says what is wrong with them.
        return sorted(tops or set(paths))

    def inflates(self, path: str) -> str | None:
        """The kustomization that has charts rendered, of one and all that it builds on; None where none does."""
        folders = {os.path.dirname(own): own for own in self.all}
        waiting, seen = [path], {path}
        while waiting:
            current = waiting.pop()
            root = root_of(current)
            if root is not None and (root["helmCharts"] or root["helmChartInflationGenerator"]):
                return current
            below = {folders[target] for target in self.all[current].resources if target in folders} - seen
            seen |= below
            waiting += sorted(below)
        return None

    def is_component(self, path: str) -> bool:
        root = root_of(path)
        return root is not None and root["kind"].string == "Component"


def _is_kustomization(path: str) -> bool:
    """Whether a file of that name is one for kustomize; Flux keeps objects of its own in files of that name."""
    root = root_of(path)
    group = (root["apiVersion"].string or "").rpartition("/")[0] if root is not None else ""
    return root is not None and root.is_mapping and group in ("", "kustomize.config.k8s.io")


_ENVIRONMENT = re.compile(r"values[-._].+\.ya?ml")


def values_of(chart: Chart) -> Iterator[tuple[str, ...]]:
    """The values files to render a chart with, each alone: those in its `ci/`, as chart-testing takes them, else those of its environments beside its
    own (`values-prod.yaml`), else none."""
    folder = os.path.join(chart.folder, "ci")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    files = [os.path.join(folder, name) for name in names if name.endswith(("-values.yaml", "-values.yml"))]
    if not files:
        names = sorted(os.listdir(chart.folder))
        files = [os.path.join(chart.folder, name) for name in names if _ENVIRONMENT.fullmatch(name)]
        # What sops has encrypted is not what templates are given.
        files = [path for path in files if (root := root_of(path)) is None or "sops" not in root.fields]
    yield from ((path,) for path in files)
    if not files:
        yield ()
