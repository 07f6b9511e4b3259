"""What the config names under `crds`: files and folders with CRDs, and JSON Schemas laid out as the public catalogue of CRDs has them.

The catalogue has a folder a group and in it a file a version, `argoproj.io/application_v1alpha1.json`. It is large, and so its files are found by
their names, and read when an object of their kind comes. Of CRDs all texts are read, once any custom resource needs one, but only those that speak of
its group and kind are taken apart.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from k8slint import source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from k8slint.views import Manifest

_OF_A_VERSION: Final = r"[a-z0-9-]+_v[0-9][a-z0-9]*\.json"
_PARTS: Final = re.compile(r"([^_]+)_([^_]+)\.json")
_ENDINGS: Final = (".yaml", ".yml", ".json")
_MANIFESTS: Final = ("CustomResourceDefinition", "CustomResourceDefinitionList", "List")
_NAMES_ITSELF: Final = "x-kubernetes-group-version-kind"


def is_of_a_version(name: str) -> bool:
    """Whether a file is named like the schema of one version in the catalogue: `application_v1alpha1.json`."""
    return re.fullmatch(_OF_A_VERSION, name.lower()) is not None


class Sources:
    """The files behind `crds`. Nothing is read before a custom resource needs it."""

    def __init__(
        self,
        paths: Iterable[Path] = (),
        places: Iterable[str] = (),
        read: Callable[[str, str], tuple[list[Manifest], str]] = lambda _path, _text: ([], ""),
        show: Callable[[str], str] = str,
    ) -> None:
        """`places` say where the config names each of the `paths`. `read` makes resources of a file's path and text, and says why others in it
        cannot be read ("" where all can); `show` writes a path for people."""
        self.paths = tuple(paths)
        self.places = tuple(places)
        self.read = read
        self.show = show
        self.warnings: list[str] = []
        self.errors: list[str] = []
        """Files that could not be read at all."""
        self._unread: dict[str, str] | None = None
        self._read: dict[tuple[str, str], list[Manifest]] = {}
        self._by_name: dict[str, list[str]] = {}
        self._others: dict[str, str] = {}
        self._origin: dict[str, str] = {}

    # ---- CRDs

    def crds(self, group: str, kind: str = "") -> list[Manifest]:
        """The CRDs of a group; with a kind, those that define it."""
        unread = self._texts()
        for path in [path for path, text in unread.items() if group in text and kind in text]:
            self._take(path, unread.pop(path))
        return [crd for key, crds in self._read.items() if key[0] == group and kind in ("", key[1]) for crd in crds]

    def kinds(self, group: str) -> set[str]:
        """The kinds that CRDs of a group define."""
        return {crd.node["spec", "names", "kind"].string or "" for crd in self.crds(group)}

    def _take(self, path: str, text: str) -> None:
        manifests, complaint = self.read(self.show(path), text)
        if complaint:
            self._warn(path, complaint)
        for crd in manifests:
            spec = crd.node["spec"]
            group, kind = spec["group"].string, spec["names", "kind"].string
            if crd.kind == "CustomResourceDefinition" and group and kind:
                self._read.setdefault((group, kind), []).append(crd)

    # ---- JSON Schemas

    def schema(self, group: str, kind: str, version: str) -> dict[str, Any] | None:
        """The JSON Schema of one version of a kind, made what a CRD would have; None where there is none."""
        self._texts()
        for path in self._by_name.get(f"{kind.lower()}_{version}.json", ()):
            folder = os.path.basename(os.path.dirname(path))
            if folder != group and "." in folder:
                # A group of its own.
                continue
            plain = self._json(path)
            claims = _claims(plain) if plain is not None else set()
            if plain is not None and ((group, kind, version) in claims if claims else folder == group):
                return _closed(plain)
        for path, text in self._others.items():
            # What no name tells has to say itself what it is of.
            if f'"{kind}"' in text and group in text:
                plain = self._json(path, text)
                if plain is not None and (group, kind, version) in _claims(plain):
                    return _closed(plain)
        return None

    def _json(self, path: str, text: str | None = None) -> dict[str, Any] | None:
        import json

        if text is None:
            text = self._load(path)
        if text is None:
            return None
        try:
            plain = json.loads(text, object_hook=_as_in_a_crd)
        except ValueError as error:
            self._warn(path, f"it is no JSON: {error}")
            return None
        if isinstance(plain, dict) and "openAPIV3Schema" in text and plain.get("kind") in _MANIFESTS:
            self._warn(path, "it is a manifest, and has the name of a JSON Schema (kind_version.json)")
            return None
        return plain if isinstance(plain, dict) else None

    # ---- files

    def _texts(self) -> dict[str, str]:
        """The texts of the files with CRDs that were not taken apart so far. Files named for the version that they are of are not opened."""
        if self._unread is None:
            self._unread = {}
            for position, path in enumerate(self.paths):
                place = self.places[position] if position < len(self.places) else "crds"
                useful = [self._list(file, place, closed=path.is_dir()) for file in files(path)]
                if not any(useful):
                    shown = self.show(str(path))
                    lacking = "neither a CustomResourceDefinition nor a JSON Schema of one of its versions"
                    if useful and not path.is_dir():
                        lacking += f" that says which ({_NAMES_ITSELF}, or its name: group/kind_version.json)"
                    self.warnings.append(f"{place}: {shown} has {lacking}")
        return self._unread

    def _list(self, path: str, place: str, *, closed: bool) -> bool:
        """Notes a file; tells whether something may come of it. A `closed` one is not opened where its name says enough."""
        self._origin[path] = place
        name = os.path.basename(path).lower()
        if closed and is_of_a_version(name):
            self._by_name.setdefault(name, []).append(path)
            return True
        text = self._load(path)
        if text is None:
            # Said already.
            return True
        if "CustomResourceDefinition" in text:
            assert self._unread is not None
            self._unread[path] = text
            return True
        if not name.endswith(".json"):
            return False
        named = _PARTS.fullmatch(name) is not None and "." in os.path.basename(os.path.dirname(path))
        if named:
            # A version may be called anything.
            self._by_name.setdefault(name, []).append(path)
            return True
        if _NAMES_ITSELF in text or '"enum"' in text or '"const"' in text:
            self._others[path] = text
            return True
        return False

    def _load(self, path: str) -> str | None:
        loaded = source.load(path)
        if loaded.error is not None:
            reason = loaded.error.removeprefix(f"{path}: ")
            self.errors.append(f"{self._origin[path]}: {self.show(path)} cannot be read: {reason}")
        elif loaded.complaint or loaded.skipped:
            self._warn(path, loaded.complaint or f"it is {loaded.skipped}")
        return loaded.text

    def _warn(self, path: str, complaint: str) -> None:
        sentence = f"{self._origin[path]}: {self.show(path)} cannot be used: {complaint}"
        if sentence not in self.warnings:
            self.warnings.append(sentence)


def files(path: Path) -> list[str]:
    """The files of a folder that may hold CRDs or their schemas; a file itself."""
    found = list(_files(path))
    if source.watcher is not None:
        source.watcher.saw("crds", str(path), found)
    return found


def _files(path: Path) -> Iterator[str]:
    if not path.is_dir():
        yield str(path)
        return
    for folder, folders, names in os.walk(path):
        # A clone of a catalogue has its history with it.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(_ENDINGS):
                yield os.path.join(folder, name)


# ---- JSON Schemas as tools write them


def _as_in_a_crd(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema with the words of a CRD's, where tools that wrote it (openapi2jsonschema, for one) have put others."""
    if schema.get("oneOf") == [{"type": "string"}, {"type": "integer"}] and len(schema) == 1:
        return {"x-kubernetes-int-or-string": True}
    types = schema.get("type")
    if isinstance(types, list) and "null" in types:
        rest = [one for one in types if one != "null"]
        schema["nullable"] = True
        schema["type"] = rest[0] if len(rest) == 1 else rest
    for limit, exclusive in (("maximum", "exclusiveMaximum"), ("minimum", "exclusiveMinimum")):
        number = schema.get(exclusive)
        if isinstance(number, int | float) and not isinstance(number, bool):
            schema[limit], schema[exclusive] = number, True
    return schema


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that has the fields of its objects closed, and so has those of its root; tools leave that one open, for its metadata."""
    properties = schema.get("properties")
    if not isinstance(properties, dict) or "additionalProperties" in schema:
        return schema
    below = [one for one in properties.values() if isinstance(one, dict)]
    if any(one.get("additionalProperties") is False for one in below):
        return {**schema, "additionalProperties": False}
    return schema


def _claims(schema: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The groups, kinds and versions that a schema says it is of."""
    found = set()
    said = schema.get(_NAMES_ITSELF)
    for one in said if isinstance(said, list) else [said]:
        if isinstance(one, dict):
            found.add((str(one.get("group", "")), str(one.get("kind", "")), str(one.get("version", ""))))
    for api_version in _values(schema, "apiVersion"):
        group, _, version = api_version.rpartition("/")
        found |= {(group, kind, version) for kind in _values(schema, "kind")}
    return found


def _values(schema: dict[str, Any], name: str) -> list[str]:
    """The values that a property of the root may have."""
    properties = schema.get("properties")
    sub = properties.get(name) if isinstance(properties, dict) else None
    if not isinstance(sub, dict):
        return []
    values = [sub["const"]] if "const" in sub else sub.get("enum")
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
