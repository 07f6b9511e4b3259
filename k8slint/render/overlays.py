"""Where what kustomize built comes from.

kustomize can write into each object which file it was read from (`buildMetadata: [originAnnotations]`). In that file the
field is looked up; where it says something else, or is not there, it is looked for in the patches and settings of the
kustomizations between, the outermost first, because it has the last word.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from k8slint.document import read
from k8slint.kustomize import read_kustomization
from k8slint.nodes import MAPPING, SCALAR, SEQUENCE
from k8slint.render.place import Place
from k8slint.run import display
from k8slint.source import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from k8slint.document import Document, File
    from k8slint.kustomize import Kustomization
    from k8slint.nodes import Key, Node

ORIGIN = "config.kubernetes.io/origin"


class Origin(NamedTuple):
    """What kustomize says of where an object comes from; paths are relative to the folder it was asked to build."""

    path: str = ""
    """The file it was read from, below `repo` where that is not empty."""
    repo: str = ""
    configured: str = ""
    """The kustomization that generated it."""


def split(text: str) -> Iterator[tuple[Origin, str]]:
    """The documents of what was built, each with its origin and without the annotation that tells it."""
    for chunk in re.split(r"(?m)^---\n", text):
        if chunk.strip():
            yield _taken_out(chunk)


def _taken_out(text: str) -> tuple[Origin, str]:
    documents = read("built.yaml", text).documents
    root = documents[0].root if documents else None
    node = root["metadata", "annotations", ORIGIN] if root is not None else None
    if node is None or node.string is None or node.key_start < 0:
        return Origin(), text
    said = read("origin.yaml", node.string).documents
    told = said[0].root if said else None
    origin = Origin()
    if told is not None:
        origin = Origin(*(told[key].string or "" for key in ("path", "repo", "configuredIn")))
    annotations = node.parent
    assert annotations is not None
    entry = annotations if len(annotations.fields) == 1 else node
    start = text.rfind("\n", 0, entry.key_start) + 1
    # The entry reaches to the next line that is not deeper than its key.
    indent = entry.key_start - start
    end = re.compile(rf"(?m)^(?! {{{indent + 1}}}|\s*$)").search(text, text.find("\n", start) + 1)
    return origin, text[:start] + (text[end.start() :] if end else "")


class Overlay:
    """A kustomization that was built, with all that it is built from."""

    def __init__(self, path: str) -> None:
        """`path` is that of its file."""
        self.path = os.path.abspath(path)
        self._files: dict[str, File] = {}
        self._chain: list[Kustomization] | None = None

    def file(self, path: str) -> File:
        """A file of the project, read once."""
        if path not in self._files:
            self._files[path] = read(display(path), load(path).text or "")
        return self._files[path]

    @property
    def chain(self) -> list[Kustomization]:
        """The kustomization, and those that it builds on, the nearest first."""
        if self._chain is None:
            self._chain = []
            waiting, seen = [self.path], {self.path}
            while waiting:
                found = read_kustomization(waiting.pop(0))
                self._chain.append(found)
                for target in sorted(found.resources):
                    base = kustomization_in(target)
                    if base is not None and base not in seen:
                        seen.add(base)
                        waiting.append(base)
        return self._chain

    def whole(self, path: str, words: Sequence[str]) -> Place:
        """The first line of a file that holds one of some words; its first line where none does."""
        text = self.file(path).text
        lines = text.split("\n")
        for word in words:
            for number, line in enumerate(lines, 1):
                column = line.find(word) if word else -1
                if column >= 0 and not line.lstrip().startswith("#"):
                    return Place(display(path), number, column + 1, number, column + 1 + len(word), exact=False)
        return Place(display(path), 1, 1, 1, max(len(lines[0].rstrip()), 1) + 1, exact=False)


def kustomization_in(folder: str) -> str | None:
    """The kustomization file of a folder; None where there is none."""
    from k8slint.classify import KUSTOMIZATION_NAMES

    paths = (os.path.join(folder, name) for name in KUSTOMIZATION_NAMES)
    return next((path for path in paths if os.path.isfile(path)), None)


class Built:
    """An object that kustomize built: its document, and where that comes from."""

    def __init__(self, overlay: Overlay, document: Document, origin: Origin, built_in: str) -> None:
        """`built_in` is the folder that the paths of `origin` are relative to."""
        self.overlay = overlay
        self.document = document
        self.root = document.root
        self.origin = origin
        self.built_in = built_in
        # The deepest place on the way to a field so far, and how deep that is: where nothing says what the field does.
        self._nearest = (-1, Place("", 1, 1, 1, 1, exact=False))

    def path(self, relative: str) -> str:
        """A path that kustomize has told, as an absolute one."""
        return os.path.normpath(os.path.join(self.built_in, relative))

    def place(self, start: int, end: int | None) -> Place:
        """Where a stretch of the document (offsets in its file) comes from; without an end, what begins there."""
        root = self.root
        if root is None:
            return self.overlay.whole(self.overlay.path, ())
        node, at_key = self._node(root, start, end)
        source = self._source(root)
        if source is None:
            return self._changed(node, root, at_key=at_key) or self._generated(root)
        found, reached = _locate(source, node)
        if found is not None and _same(found, node):
            return self._shown(found, at_key=at_key)
        self._nearest = (_depth(reached), self._shown(reached, at_key=True)._replace(exact=False))
        return self._changed(node, root, at_key=at_key) or self._nearest[1]

    def _node(self, root: Node, start: int, end: int | None) -> tuple[Node, bool]:
        """The node that a stretch shows, or is a part of, and whether it is its key."""
        best: tuple[Node, bool] = (root, True)
        for node in root.walk():
            for at_key in (True, False):
                span = self.document.span(node, "key" if at_key else "value")
                if span.start == start and end in (None, span.end):
                    return node, at_key
                if node.kind == SCALAR and span.start <= start < span.end:
                    best = (node, at_key)
                    break
        return best

    def _source(self, root: Node) -> Node | None:
        """The object as it stands in the file it was read from; None where it was generated, or is not of this project."""
        if not self.origin.path or self.origin.repo:
            return None
        kind, name = root["kind"].text, root["metadata", "name"].text
        alike = [
            resource
            for document in self.overlay.file(self.path(self.origin.path)).documents
            for resource in document.resources
            if resource["kind"].text == kind
        ]
        # A prefix, a suffix or both may have been added.
        named = [resource for resource in alike if resource["metadata", "name"].text in name]
        named.sort(key=lambda resource: -len(resource["metadata", "name"].text))
        return named[0] if named else alike[0] if len(alike) == 1 else None

    def _generated(self, root: Node) -> Place:
        """For what no file of the project holds: the kustomization that generates or fetches it."""
        if self.origin.repo:
            words = [self.origin.repo, self.origin.repo.rstrip("/").rpartition("/")[2].removesuffix(".git")]
            for kustomization in self.overlay.chain:
                place = self.overlay.whole(kustomization.path, words)
                if place.line > 1:
                    return place
        if self.origin.configured:
            name = root["metadata", "name"].text
            path = self.path(self.origin.configured)
            if os.path.isfile(path):
                names = sorted(_generator_names(self.overlay.file(path)), key=len, reverse=True)
                return self.overlay.whole(path, [one for one in names if one in name])
        return self.overlay.whole(self.overlay.path, ())

    def _shown(self, node: Node, *, at_key: bool) -> Place:
        document = node.root.document
        assert document is not None
        span = document.span(node, "key" if at_key else "value")
        lines = document.file.lines
        return Place(document.path, *lines.position(span.start), *lines.position(span.end))

    # ---- what kustomizations change

    def _changed(self, node: Node, root: Node, *, at_key: bool) -> Place | None:
        """The patch or setting that has made a field what it is."""
        for kustomization in self.overlay.chain:
            document = next(iter(self.overlay.file(kustomization.path).documents), None)
            own = document.root if document is not None else None
            for kind, patch in kustomization.changes:
                found = (
                    self._in_place(own, patch, node, root, kind, at_key=at_key)
                    if "\n" in patch
                    else self._in_patch(self.overlay.file(patch), node, root, kind, at_key=at_key)
                )
                if found is not None:
                    return found
            setting = _setting(own, node, root) if own is not None else None
            if setting is not None:
                return self._shown(setting, at_key=setting.kind != SCALAR or _at_key(setting, node, at_key=at_key))
        return None

    def _in_patch(self, file: File, node: Node, root: Node, kind: str, *, at_key: bool) -> Place | None:
        found, reached = _patching(file, node, root, kind)
        if found is not None:
            return self._shown(found, at_key=_at_key(found, node, at_key=at_key))
        if reached is not None and _depth(reached) > self._nearest[0]:
            self._nearest = (_depth(reached), self._shown(reached, at_key=True)._replace(exact=False))
        return None

    def _in_place(
        self, own: Node | None, patch: str, node: Node, root: Node, kind: str, *, at_key: bool
    ) -> Place | None:
        """The place in a patch that is written in the kustomization itself."""
        inner = read("patch.yaml", patch)
        found, _ = _patching(inner, node, root, kind)
        holder = None if found is None or own is None else _holder(own, patch)
        if found is None or holder is None:
            return None
        place = self._shown(holder, at_key=True)
        document, holding = found.root.document, holder.root.document
        assert document is not None
        assert holding is not None
        if holder.style != "|":
            return place._replace(exact=False)
        span = document.span(found, "key" if _at_key(found, node, at_key=at_key) else "value")
        line, column = inner.lines.position(span.start)
        # The text of a block scalar begins on the line after its indicator.
        number = holding.file.lines.position(holding.start + holder.start)[0] + line
        column += _indent(holding.file.lines.line(number)) - _indent(inner.lines.line(line))
        end = column + max(span.end - span.start, 1)
        return place._replace(line=number, column=column, end_line=number, end_column=end)


def _at_key(found: Node, node: Node, *, at_key: bool) -> bool:
    """Whether the key of what was found stands for that of a field: the `value` of an operation does not."""
    return at_key and found.key == node.key and found.key_start >= 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _depth(node: Node) -> int:
    return len(node.path)


def _holder(own: Node, patch: str) -> Node | None:
    """The scalar of a kustomization that holds a patch, with a line break more or less at its end."""
    return next(
        (node for node in own.walk() if node.kind == SCALAR and (node.string or "").strip() == patch.strip()), None
    )


def _generator_names(file: File) -> Iterator[str]:
    for document in file.documents:
        root = document.root
        for field in ("configMapGenerator", "secretGenerator") if root is not None else ():
            yield from (name for item in root[field] if (name := item["name"].string))  # type: ignore[index]


def _same(left: Node, right: Node) -> bool:
    """Whether two nodes say the same; collections do where they are of one kind, as their parts are asked for themselves."""
    if left.kind == SCALAR and right.kind == SCALAR:
        return bool(left.value == right.value)
    return left.kind == right.kind and left.kind in (MAPPING, SEQUENCE)


# What tells the elements of a list apart. Source: the patchMergeKey tags in k8s.io/api.
_MERGE_KEYS = ("name", "mountPath", "devicePath", "containerPort", "port", "key", "ip", "topologyKey", "uid", "host")


def _locate(source: Node, node: Node) -> tuple[Node | None, Node]:
    """The same field of another object, None where that has none, and the last node on the way to it that exists."""
    steps: list[Node] = []
    at = node
    while at.parent is not None and at.document is None:
        steps.append(at)
        at = at.parent
    here = source
    for step in reversed(steps):
        following = here.fields.get(step.key) if isinstance(step.key, str) else _element(here, step)
        if following is None:
            return None, here
        here = following
    return here, here


def _element(sequence: Node, wanted: Node) -> Node | None:
    """The element of a list that another is made from."""
    elements = sequence.elements
    for key in _MERGE_KEYS:
        text = wanted[key].text
        if text:
            alike = [element for element in elements if element[key].text == text]
            return alike[0] if len(alike) == 1 else None
    if wanted.kind == SCALAR:
        return next((element for element in elements if element.kind == SCALAR and element.text == wanted.text), None)
    siblings = wanted.parent.elements if wanted.parent is not None else []
    position = int(wanted.key)
    return elements[position] if len(elements) == len(siblings) else None


def _patching(file: File, node: Node, root: Node, kind: str) -> tuple[Node | None, Node | None]:
    """The node of a patch that says what a field is, None where it does not, and the last one on the way to it."""
    built_kind, name = root["kind"].text, root["metadata", "name"].text
    nearest: Node | None = None
    if kind and not re.fullmatch(kind, built_kind):
        return None, None
    for document in file.documents:
        patch = document.root
        if patch is None:
            continue
        if patch.kind == SEQUENCE:
            found = _operation(patch, node)
            if found is not None:
                return found, found
        elif kind or (patch["kind"].text == built_kind and patch["metadata", "name"].text in name):
            # What names the object to patch changes nothing.
            if node.path in (("kind",), ("apiVersion",), ("metadata", "name")):
                continue
            found, reached = _locate(patch, node)
            if found is not None and _same(found, node):
                return found, found
            if nearest is None or _depth(reached) > _depth(nearest):
                nearest = reached
    return None, nearest


def _operation(patch: Node, node: Node) -> Node | None:
    """What a JSON patch puts where a field is, or around it. The last operation counts."""
    path = [str(key) for key in node.path]
    for operation in reversed(patch.elements):
        if operation["op"].string not in ("add", "replace"):
            continue
        steps = [step.replace("~1", "/").replace("~0", "~") for step in (operation["path"].string or "").split("/")[1:]]
        above, below = path[: len(steps)], node.path[len(steps) :]
        if len(above) == len(steps) and all(one in (other, "-") for one, other in zip(steps, above, strict=True)):
            value = operation["value"][below] if below else operation["value"]
            if value.exists and _same(value, node):
                return value
    return None


def _setting(own: Node, node: Node, root: Node) -> Node | None:
    """The setting of a kustomization that makes a field what it is: a name, a namespace, an image, replicas, a label."""
    path: tuple[Key, ...] = node.path
    if path == ("metadata", "name"):
        return next(
            (own[field] for field in ("namePrefix", "nameSuffix") if own[field].text and own[field].text in node.text),
            None,
        )
    if path == ("metadata", "namespace"):
        return own["namespace"] if own["namespace"].text == node.text else None
    last = path[-1] if path else ""
    if last == "image":
        for item in own["images"]:
            if (item["newName"].text or item["name"].text) == _image_name(node.text):
                return next((item[key] for key in ("newTag", "digest", "newName") if item[key].exists), item["name"])
    if last == "replicas":
        for item in own["replicas"]:
            if item["name"].text and item["name"].text in root["metadata", "name"].text and _same(item["count"], node):
                return item["count"]
    fields = {"labels", "matchLabels", "selector"}
    if len(path) > 1 and path[-2] in fields:
        pairs = (pairs for pairs in (own["commonLabels"], *(item["pairs"] for item in own["labels"])))
        return next((found for pair in pairs if (found := pair[str(last)]).exists and _same(found, node)), None)
    if len(path) > 1 and path[-2] == "annotations":
        found = own["commonAnnotations", str(last)]
        return found if found.exists and _same(found, node) else None
    return None


def _image_name(image: str) -> str:
    name = image.partition("@")[0]
    head, slash, tail = name.rpartition("/")
    return head + slash + tail.partition(":")[0]
