"""What stands around a file: kustomizations that name it, and charts that it belongs to.

kustomize takes files only from a kustomization's own folder and from below it; other folders come in whole, with the
kustomization that is in them (RestrictionRootOnly in sigs.k8s.io/kustomize/api/internal/loader). So a file's role is
known from the folders above it, and only the question which overlays build on it needs the whole tree.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from k8slint.classify import KUSTOMIZATION_NAMES, Category
from k8slint.document import read
from k8slint.source import CONFIG_NAMES, exists, is_file, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike

    from k8slint.nodes import Node


class Kustomization(NamedTuple):
    """What a kustomization says about other files; all paths are absolute.

    `resources` are what it builds from, files and folders; `patches`, `values` (of charts) and `data` (what becomes a
    ConfigMap, or configures kustomize) are files with another role. `changes` are all its patches: the kind each is
    for ("" where only the patch itself says it), and the patch as a path, or as text where it is written in place.
    `generated` are the kinds and names of the ConfigMaps and Secrets that it makes. `variables` are the names of its
    `vars`, which it fills in for `$(NAME)`. `renames` tells that what it builds gets other names, or another namespace;
    `labels` that it gets labels, in its selectors too; `replicas` that it sets how many there are of something.
    """

    path: str
    resources: frozenset[str] = frozenset()
    patches: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    changes: tuple[tuple[str, str], ...] = ()
    generated: frozenset[tuple[str, str]] = frozenset()
    variables: frozenset[str] = frozenset()
    renames: bool = False
    labels: bool = False
    replicas: bool = False


class Surroundings:
    """The kustomizations and charts of a project, read when they are first asked for.

    Paths may be relative to the current folder. Only the folders above a file are looked at, unless `complete_index`
    has told of all files.
    """

    def __init__(self, root: str | PathLike[str]) -> None:
        """`root` is the project's folder: nothing above it is read where it has a config or is a repository's root."""
        top = os.path.abspath(root)
        is_root = any(exists(os.path.join(top, name)) for name in (".git", *CONFIG_NAMES))
        self._top = top if is_root else ""
        self._kustomizations: dict[str, Kustomization | None] = {}
        self._roles: dict[str, dict[str, Category | None]] = {}
        self._charts: dict[str, bool] = {}
        self._untold: set[str] = set()
        # File -> the kustomizations whose closure it is in.
        self._closures: dict[str, set[str]] = {}
        self._asked: dict[str, frozenset[str]] = {}
        self._folders: dict[str, str] = {}
        self._generated: dict[str, set[tuple[str, str]]] = {}
        self._patched: dict[str, frozenset[tuple[str, str]]] = {}

    # ---- one file

    def role(self, path: str) -> Category | None:
        """What the files around a file make of it: a patch, values, a template, or data that is no manifest (`OTHER`).

        None where they say nothing, and for what a kustomization builds from: then its content decides.
        """
        folder = self.folder(path)
        path = os.path.join(folder, os.path.basename(path))
        return self._role_in_chart(path) or self._roles_below(folder).get(path)

    def is_patch(self, path: str) -> bool:
        """Whether a kustomization uses a file as a patch."""
        return self.role(path) is Category.PATCH

    def _role_in_chart(self, path: str) -> Category | None:
        if path.endswith(("values.yaml", "values.yml", "requirements.yaml")):
            folder, name = os.path.split(path)
            if name in ("values.yaml", "values.yml", "requirements.yaml") and self._is_chart(folder):
                return Category.CHART if name.startswith("req") else Category.VALUES
        at = path.find(_TEMPLATES)
        while at >= 0:
            if self._is_chart(path[:at]):
                return Category.TEMPLATE
            at = path.find(_TEMPLATES, at + 1)
        return None

    def _is_chart(self, folder: str) -> bool:
        found = self._charts.get(folder)
        if found is None:
            found = self._charts[folder] = exists(os.path.join(folder, "Chart.yaml"))
        return found

    def _roles_below(self, folder: str) -> dict[str, Category | None]:
        """The roles that the kustomizations of a folder, and of those above it, give to files."""
        roles = self._roles.get(folder)
        if roles is None:
            parent = os.path.dirname(folder)
            above = {} if folder in (self._top, parent) else self._roles_below(parent)
            found = self._kustomization(folder)
            roles = self._roles[folder] = above if found is None else _join(above, found)
        return roles

    def _kustomization(self, folder: str) -> Kustomization | None:
        """The kustomization of a folder."""
        if folder not in self._kustomizations:
            self._kustomizations[folder] = found = _find(folder)
            if found is not None:
                self._add_closure(folder)
        return self._kustomizations[folder]

    # ---- files together

    def complete_index(self, paths: Iterable[str]) -> None:
        """Tells of all files of the project, so that overlays elsewhere in the tree are known as well."""
        for path in paths:
            if path.endswith(KUSTOMIZATION_NAMES) and os.path.basename(path) in KUSTOMIZATION_NAMES:
                folder = self.folder(path)
                if folder not in self._kustomizations:
                    self._untold.add(folder)

    def closures(self, path: str) -> frozenset[str]:
        """The kustomizations (their files' paths) that take a file in: by name, or through bases and components.

        Two files that share one are applied together.
        """
        known = self._asked.get(path) if not self._untold else None
        if known is None:
            # Looking for a file's kustomizations may read more of them, and those may take in files asked about before.
            known = frozenset(self._of(path))
            self._asked[path] = known
        return known

    def generated(self, path: str) -> frozenset[tuple[str, str]]:
        """Kind and name of each ConfigMap and Secret that the kustomizations around a file generate beside it."""
        made: set[tuple[str, str]] = set()
        for name in self.closures(path):
            made |= self._generated[name]
        return frozenset(made)

    def variables(self, path: str) -> frozenset[str]:
        """The names that the kustomizations around a file fill in for `$(NAME)`, in it or beside it."""
        around = (self._kustomization(os.path.dirname(name)) for name in self.closures(path))
        return frozenset().union(*(found.variables for found in around if found is not None))

    def patches(self, path: str) -> frozenset[tuple[str, str]]:
        """Kind and field of all that the kustomizations around a file patch or label, in it or beside it; "" stands for any.

        A field is any key of a patch, or step of its path: which of several it is cannot be told without building.
        """
        return frozenset().union(*(self._patched_by(name) for name in self.closures(path)))

    def _patched_by(self, kustomization: str) -> frozenset[tuple[str, str]]:
        """Kind and field of all that one kustomization patches; the patches are read when this is first asked."""
        found = self._patched.get(kustomization)
        if found is None:
            own = self._kustomization(os.path.dirname(kustomization))
            changes = own.changes if own is not None else ()
            patched = {change for kind, patch in changes for change in _patched(kind, patch)}
            if own is not None and own.labels:
                patched.update(("", field) for field in ("labels", "selector", "matchLabels"))
            if own is not None and own.replicas:
                patched.add(("", "replicas"))
            found = self._patched[kustomization] = frozenset(patched)
        return found

    def renames(self, kustomization: str) -> bool:
        """Whether a kustomization (its file's path) gives what it builds other names, or another namespace."""
        found = self._kustomization(os.path.dirname(kustomization))
        return found is not None and found.renames

    def folder(self, path: str) -> str:
        """The folder of a file, as an absolute path."""
        found = self._folders.get(path)
        if found is None:
            found = self._folders[path] = os.path.dirname(os.path.abspath(path))
        return found

    def distance(self, left: str, right: str) -> int:
        """How many steps from folder to folder two files are apart; 0 in one folder."""
        here, there = self.folder(left).split(os.sep), self.folder(right).split(os.sep)
        if here == there:
            return 0
        shared = 0
        for one, other in zip(here, there, strict=False):
            if one != other:
                break
            shared += 1
        return len(here) + len(there) - 2 * shared

    def _of(self, path: str) -> set[str]:
        while self._untold:
            self._kustomization(self._untold.pop())
        folder = self.folder(path)
        self._roles_below(folder)
        return self._closures.get(os.path.join(folder, os.path.basename(path)), set())

    def _add_closure(self, folder: str) -> None:
        """Notes for each file that a kustomization takes in that it does. Each is asked once: what it builds on is read
        on the way, and what builds on it comes here for itself."""
        self._asked.clear()
        own = self._kustomizations[folder]
        assert own is not None
        made = self._generated.setdefault(own.path, set())
        stack, seen = [own], {own.path}
        while stack:
            current = stack.pop()
            made |= current.generated
            self._closures.setdefault(current.path, set()).add(own.path)
            for target in current.resources:
                base = self._base(target)
                if base is None:
                    self._closures.setdefault(target, set()).add(own.path)
                elif base.path not in seen:
                    seen.add(base.path)
                    stack.append(base)

    def _base(self, target: str) -> Kustomization | None:
        if target.endswith((".yaml", ".yml", ".json")):
            return None
        return self._kustomization(target)


_TEMPLATES = f"{os.sep}templates{os.sep}"


def _join(above: dict[str, Category | None], found: Kustomization) -> dict[str, Category | None]:
    said: dict[str, Category | None] = dict.fromkeys(found.data, Category.OTHER)
    said |= dict.fromkeys(found.values, Category.VALUES)
    said |= dict.fromkeys(found.patches, Category.PATCH)
    said |= dict.fromkeys(found.resources, None)
    # What any of them builds from is a manifest, whatever else it serves for.
    built = {path for path, role in above.items() if role is None}
    return above | {path: role for path, role in said.items() if path not in built}


# ---------------------------------------------------------------------------------------------------- reading


def _find(folder: str) -> Kustomization | None:
    for name in KUSTOMIZATION_NAMES:
        path = os.path.join(folder, name)
        if is_file(path):
            return read_kustomization(path)
    return None


def read_kustomization(path: str) -> Kustomization:
    """Reads a kustomization; `path` is absolute. What cannot be read, or is not what kustomize knows, says nothing."""
    documents = read(path, load(path).text or "").documents
    root = next((document.root for document in documents if document.root is not None), None)
    if root is None:
        return Kustomization(path)
    folder = os.path.dirname(path)

    def paths(names: Iterable[str | None]) -> frozenset[str]:
        return frozenset(
            os.path.normpath(os.path.join(folder, name)) for name in names if name and not re.search(_NOT_A_PATH, name)
        )

    return Kustomization(
        path,
        resources=paths(_strings(root, "resources", "bases", "components")),
        patches=paths(patch for _, patch in _patches(root)),
        values=paths(_values(root)),
        data=paths(_data(root)),
        changes=tuple(
            (kind, patch if "\n" in patch else os.path.normpath(os.path.join(folder, patch)))
            for kind, patch in _patches(root)
            if patch
        ),
        generated=frozenset(
            (kind, name)
            for field, kind in _GENERATORS.items()
            for item in root[field]
            if (name := item["name"].string) is not None
        ),
        variables=frozenset(name for item in root["vars"] if (name := item["name"].string)),
        renames=any(root[field] for field in ("namespace", "namePrefix", "nameSuffix")),
        labels=bool(root["commonLabels"]) or any(item["includeSelectors"].boolean is True for item in root["labels"]),
        replicas=bool(root["replicas"]),
    )


_GENERATORS = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
# Inline YAML, and what kustomize fetches: a URL, `github.com/owner/repository//path?ref=v1`, `git@host:path`.
_NOT_A_PATH = r"\n|://|^(?:github\.com|gitlab\.com|bitbucket\.org)[/:]|^[\w.-]+@|\?(?:ref|version|timeout)="


def _strings(root: Node, *fields: str) -> Iterator[str | None]:
    return (item.string for field in fields for item in root[field])


def _patches(root: Node) -> Iterator[tuple[str, str | None]]:
    """The kind each patch is for, or "", and its path or text."""
    yield from (("", patch) for patch in _strings(root, "patchesStrategicMerge"))
    for field in ("patches", "patchesJson6902"):
        for item in root[field]:
            # `patches` was a list of names once.
            if item.is_scalar:
                yield "", item.string
            else:
                written = item["patch"].string
                # A flow mapping in one line is text as well.
                yield item["target", "kind"].string or "", written + "\n" if written else item["path"].string


def _patched(kind: str, patch: str) -> Iterator[tuple[str, str]]:
    """Kind and field of all that a patch (a path, or text of several lines) may change."""
    text = patch if "\n" in patch else load(patch).text
    roots = [document.root for document in read("patch.yaml", text).documents if document.root] if text else []
    if not roots:
        yield kind, ""
    for root in roots:
        # A target's kind is a regular expression: `Deployment|StatefulSet`.
        kinds = (kind or root["kind"].string or "").split("|")
        fields = {key for node in root.walk() for key in node.fields}
        for operation in root:
            fields.update((operation["path"].string or "").split("/"))
        yield from ((name, field) for name in kinds for field in fields if field)


def _values(root: Node) -> Iterator[str | None]:
    for chart in root["helmCharts"]:
        yield chart["valuesFile"].string
        yield from _strings(chart, "additionalValuesFiles")
    for chart in root["helmChartInflationGenerator"]:
        yield chart["values"].string


def _data(root: Node) -> Iterator[str | None]:
    yield from _strings(root, "configurations", "generators", "transformers", "validators")
    yield root["openapi", "path"].string
    for replacement in root["replacements"]:
        yield replacement["path"].string
    for field in _GENERATORS:
        for generator in root[field]:
            for name in _strings(generator, "files"):
                # `key=path`, or a path alone.
                yield name and (name.partition("=")[2] or name)
            yield from _strings(generator, "envs")
            yield generator["env"].string
