"""Go packages, and which type in them a CRD is for.

Files are read as far as a question needs it: those of the package that declares a kind, and of what it imports from beside it.
"""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from k8slint.golang import syntax
from k8slint.golang.syntax import Map, Named, Pointer, Slice, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.golang.syntax import Declaration, Source


class Place(NamedTuple):
    """A declaration and the file it is in."""

    declaration: Declaration
    source: Source


class Kind(NamedTuple):
    """What Go has for a version of a custom resource: its own type, or only those of its spec and status, by the field they are for ("" for the whole)."""

    types: dict[str, Place]


class Package:
    """The files of one folder. `group` and `version` are those its kinds belong to; None where nothing says."""

    def __init__(self, folder: str, files: dict[str, str]) -> None:
        self.folder = folder
        self._files = files
        self._sources: list[Source] | None = None
        self._methods: dict[str, set[str]] = {}

    @property
    def sources(self) -> list[Source]:
        if self._sources is None:
            self._sources = [syntax.read(path, text) for path, text in self._files.items()]
            for source in self._sources:
                for name, methods in source.methods.items():
                    self._methods.setdefault(name, set()).update(methods)
        return self._sources

    @cached_property
    def names(self) -> set[str]:
        """The names of its types."""
        names: set[str] = set()
        for path, text in self._files.items():
            if re.search(r"^type\s*\(", text, re.MULTILINE):
                names.update(syntax.read(path, text).declarations)
            elif "type" in text:
                names.update(re.findall(r"^type\s+(\w+)", text, re.MULTILINE))
        return names

    def find(self, name: str) -> Place | None:
        """The type of a name."""
        for source in self.sources:
            if name in source.declarations:
                return Place(source.declarations[name], source)
        return None

    def methods(self, name: str) -> set[str]:
        """The names of a type's methods."""
        return self._methods.get(name, set()) if self.sources else set()

    @cached_property
    def optional(self) -> bool:
        """Whether fields are optional that do not say the opposite.

        Source: sigs.k8s.io/controller-tools/pkg/crd/schema.go: structToSchema.
        """
        return self._said("kubebuilder:validation:Optional", r"^//\s*\+kubebuilder:validation:(Optional)\b") is not None

    @cached_property
    def group(self) -> str | None:
        """The API group of its kinds."""
        return self._said("+groupName=", r"^//\s*\+groupName=(\S+)") or self._said(
            "Group", r'\bGroup(?:Name)?(?:\s+string)?\s*[:=]+\s*"([^"\n]+)"'
        )

    @cached_property
    def version(self) -> str | None:
        """The API version of its kinds."""
        name = self._said("+versionName=", r"^//\s*\+versionName=(\S+)") or self._said("package", r"^package\s+(\w+)")
        return name if name and re.fullmatch(r"v[0-9]+(?:(?:alpha|beta)[0-9]+)?", name) else None

    def _said(self, word: str, pattern: str) -> str | None:
        """What a pattern finds first; it is tried where the word is."""
        for text in self._files.values():
            found = re.search(pattern, text, re.MULTILINE) if word in text else None
            if found:
                return found[1]
        return None


class Packages:
    """The Go packages of a project."""

    def __init__(self, files: Iterable[tuple[str, str]], modules: Iterable[tuple[str, str]] = ()) -> None:
        """`files` and `modules` (go.mod) are paths and texts. Tests and generated code are left out of account."""
        folders: dict[str, dict[str, str]] = {}
        for path, text in files:
            name = posixpath.basename(path)
            if not name.endswith("_test.go") and not name.startswith("zz_generated."):
                folders.setdefault(posixpath.dirname(path), {})[path] = text
        self._packages = {folder: Package(folder, files) for folder, files in folders.items()}
        self._modules = {
            posixpath.dirname(path): found[1]
            for path, text in modules
            if (found := re.search(r"^module\s+\"?([^\s\"]+)", text, re.MULTILINE))
        }

    def __bool__(self) -> bool:
        return bool(self._packages)

    def kind(self, group: str, version: str, kind: str) -> Kind | None:
        """The types of a kind; None where there are none, or where several might be meant."""
        for fields in ({"": kind}, {"spec": f"{kind}Spec", "status": f"{kind}Status"}):
            declaring = {package.folder: package for name in fields.values() for package in self._by_name.get(name, ())}
            found: list[tuple[Package, Kind]] = []
            for package in declaring.values():
                if package.group not in (None, group) or (version and package.version not in (None, version)):
                    continue
                places = {field: place for field, name in fields.items() if (place := package.find(name))}
                places = {field: place for field, place in places.items() if _is_written(place.declaration, field)}
                if places:
                    found.append((package, Kind(places)))
            sure = [known for package, known in found if package.group == group] or [known for _, known in found]
            if sure:
                return sure[0] if len(sure) == 1 else None
        return None

    @cached_property
    def _by_name(self) -> dict[str, list[Package]]:
        found: dict[str, list[Package]] = {}
        for package in self._packages.values():
            for name in package.names:
                found.setdefault(name, []).append(package)
        return found

    def package_of(self, source: Source) -> Package:
        """The package a file belongs to."""
        return self._packages[posixpath.dirname(source.path)]

    def resolve(self, name: Named, source: Source) -> Place | None:
        """The declaration that a name in a file stands for; None for what is built in, or not at hand."""
        if not name.package:
            return self.package_of(source).find(name.name)
        package = self._imported(source.imports.get(name.package, ""))
        return package.find(name.name) if package is not None else None

    def _imported(self, path: str) -> Package | None:
        """The package of an import path: in the module whose name it begins with, or else the folder whose path ends as it does."""
        for folder, module in self._modules.items():
            if path == module or path.startswith(f"{module}/"):
                package = self._packages.get(posixpath.normpath(posixpath.join(folder, path[len(module) + 1 :])))
                if package is not None:
                    return package
        parts = path.split("/")
        best: list[Package] = []
        most = 1
        for folder, package in self._packages.items():
            same = 0
            for ours, theirs in zip(reversed(folder.split("/")), reversed(parts), strict=False):
                if ours != theirs:
                    break
                same += 1
            if same > most:
                best, most = [package], same
            elif same == most:
                best.append(package)
        return best[0] if len(best) == 1 else None


def _is_written(declaration: Declaration, field: str) -> bool:
    """Whether a type is one that is read from the API: its fields have JSON tags, and a kind has metadata."""
    if not isinstance(declaration.type, Struct):
        return False
    names = [field.json[0] for field in declaration.type.fields if field.json]
    return bool(names) if field else "metadata" in names


def spelled(found: syntax.Type) -> str:
    """A type as Go writes it."""
    match found:
        case Named(package, name, arguments):
            listed = f"[{', '.join(map(spelled, arguments))}]" if arguments else ""
            return f"{package}.{name}{listed}" if package else name + listed
        case Pointer(element):
            return f"*{spelled(element)}"
        case Slice(element):
            return f"[]{spelled(element)}"
        case Map(key, element):
            return f"map[{spelled(key)}]{spelled(element)}"
        case Struct():
            return "struct"
        case _:
            return found.word or "something"
