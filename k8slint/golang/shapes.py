"""What a Go type is as JSON.

Source: encoding/json; the special cases of sigs.k8s.io/controller-tools/pkg/crd/known_types.go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from k8slint.golang.syntax import Map, Named, Pointer, Slice, Source, Struct

if TYPE_CHECKING:
    from k8slint.golang.packages import Packages
    from k8slint.golang.syntax import Field, Markers, Type
    from k8slint.schemas.tables import Type as Builtin


class Shape(NamedTuple):
    """How values of a type are written.

    `kind` is string, boolean, integer, number, bytes, array, map, struct, object (one of which no more is known), time, quantity, int-or-string, any
    (all of JSON), raw (an object of any kind), or unknown. `bits` bound an integer; `element` is what an array or map holds, in the file `source`; `fields` and `name` are those of a
    struct. `markers` are those of the named types on the way. `table` is what is known of a type of Kubernetes' own.
    """

    kind: str
    bits: int = 0
    element: Type | None = None
    source: Source | None = None
    struct: Struct | None = None
    name: str = ""
    markers: tuple[Markers, ...] = ()
    table: Builtin | None = None


_BUILTIN = {
    "string": Shape("string"),
    "bool": Shape("boolean"),
    "float32": Shape("number"),
    "float64": Shape("number"),
    "any": Shape("any"),
    "error": Shape("unknown"),
    **{f"int{bits or ''}": Shape("integer", bits or 64) for bits in (0, 8, 16, 32, 64)},
    **{f"uint{bits or ''}": Shape("integer", bits + 1 if bits else 65) for bits in (0, 8, 16, 32, 64)},
    "byte": Shape("integer", 9),
    "rune": Shape("integer", 32),
}

_META = "k8s.io/apimachinery/pkg/apis/meta/v1"
_CORE = "k8s.io/api/core/v1"
# Strings of k8s.io/api/core/v1 that are no enumerations to the tables of built-in types.
_STRINGS = frozenset(
    (  # noqa: SIM905
        "ConditionStatus DNSPolicy IPFamily IPFamilyPolicy PersistentVolumeAccessMode PodConditionType PodPhase "
        "ResourceName ServiceAffinity StorageMedium"
    ).split()
)
_KNOWN: dict[tuple[str, str], Shape] = {
    ("time", "Time"): Shape("time"),
    ("time", "Duration"): Shape("integer", 64),
    ("encoding/json", "RawMessage"): Shape("any"),
    ("encoding/json", "Number"): Shape("number"),
    (_META, "Time"): Shape("time"),
    (_META, "MicroTime"): Shape("time"),
    (_META, "Duration"): Shape("string"),
    (_META, "ConditionStatus"): Shape("string"),
    ("k8s.io/apimachinery/pkg/util/intstr", "IntOrString"): Shape("int-or-string"),
    ("k8s.io/apimachinery/pkg/api/resource", "Quantity"): Shape("quantity"),
    ("k8s.io/apimachinery/pkg/runtime", "RawExtension"): Shape("raw"),
    ("k8s.io/apimachinery/pkg/apis/meta/v1/unstructured", "Unstructured"): Shape("raw"),
    ("k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1", "JSON"): Shape("any"),
    ("k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1", "JSON"): Shape("any"),
    ("k8s.io/apimachinery/pkg/types", "UID"): Shape("string"),
    ("k8s.io/apimachinery/pkg/types", "NamespacedName"): Shape("object"),
    **{(_CORE, name): Shape("string") for name in _STRINGS},
    (_CORE, "ResourceList"): Shape("map", element=Named("resource", "Quantity")),
}
# What the packages above are called where a file does not say what it imports.
_USUAL = {
    "corev1": _CORE,
    "metav1": _META,
    "intstr": "k8s.io/apimachinery/pkg/util/intstr",
    "resource": "k8s.io/apimachinery/pkg/api/resource",
    "runtime": "k8s.io/apimachinery/pkg/runtime",
    "apiextensionsv1": "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1",
    "apiextensions": "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1",
    "types": "k8s.io/apimachinery/pkg/types",
    "time": "time",
    "json": "encoding/json",
}

# The element of a known map is spelled as if its package were imported.
_NOWHERE = Source("", "")


class Shapes:
    """The shapes of the types in packages."""

    def __init__(self, packages: Packages) -> None:
        self._packages = packages

    def of(self, found: Type, source: Source) -> Shape:
        """The shape of a type that stands in a file."""
        return self._of(found, source, (), frozenset())

    def _of(self, found: Type, source: Source, markers: tuple[Markers, ...], above: frozenset[str]) -> Shape:
        match found:
            case Pointer(element):
                return self._of(element, source, markers, above)
            case Named():
                return self._named(found, source, markers, above)
            case Slice(Named("", "byte" | "uint8"), False):
                return Shape("bytes", markers=markers)
            case Slice(element):
                return Shape("array", element=element, source=source, markers=markers)
            case Map(_, element):
                return Shape("map", element=element, source=source, markers=markers)
            case Struct():
                return Shape("struct", struct=found, source=source, markers=markers)
            case _:
                return Shape("any" if found.word == "interface" else "unknown", markers=markers)

    def _named(self, name: Named, source: Source, markers: tuple[Markers, ...], above: frozenset[str]) -> Shape:
        known = self._known(name, source)
        if known is not None:
            return known._replace(markers=markers)
        place = self._packages.resolve(name, source)
        if place is None or name.arguments or place.declaration.generic:
            builtin = _BUILTIN.get(name.name) if not name.package else None
            return (builtin or Shape("unknown"))._replace(markers=markers)
        declaration = place.declaration
        markers = (*markers, declaration.markers)
        methods = self._packages.package_of(place.source).methods(declaration.name)
        if not methods.isdisjoint(("MarshalJSON", "UnmarshalJSON")) or declaration.name in above:
            # What it writes is up to it.
            return Shape("unknown", markers=markers)
        if not methods.isdisjoint(("MarshalText", "UnmarshalText")):
            return Shape("string", markers=markers)
        shape = self._of(declaration.type, place.source, markers, above | {declaration.name})
        return shape._replace(name=declaration.name) if shape.kind == "struct" and not shape.name else shape

    @staticmethod
    def _known(name: Named, source: Source) -> Shape | None:
        """The shape of a type that is known by the path of its package."""
        if not name.package:
            return None
        path = source.imports.get(name.package) or (_USUAL.get(name.package, "") if not source.imports else "")
        found = _KNOWN.get((path, name.name)) or _builtin(path, name.name)
        return found._replace(source=_NOWHERE) if found is not None and found.element is not None else found

    def fields(self, struct: Struct, source: Source, owner: str) -> Fields:
        """The fields that a struct is written with, those of embedded structs included."""
        found = Fields()
        self._add_fields(found, struct, source, owner, frozenset([owner]))
        return found

    def _add_fields(self, found: Fields, struct: Struct, source: Source, owner: str, above: frozenset[str]) -> None:
        for field in struct.fields:
            name, *options = field.json or [""]
            if field.json == ["-"]:
                continue
            if name and "inline" not in options:
                found.named.setdefault(name, Written(field, source, owner, frozenset(options)))
            elif field.name and "inline" not in options:
                if field.name[0].isupper():
                    found.named.setdefault(field.name, Written(field, source, owner, frozenset(options)))
            elif _is_type_meta(field.type):
                found.implied.update(("apiVersion", "kind"))
            else:
                shape = self.of(field.type, source)
                if shape.kind != "struct" or shape.struct is None or shape.source is None:
                    found.complete = False
                elif shape.name not in above:
                    self._add_fields(found, shape.struct, shape.source, shape.name or owner, above | {shape.name})


def _builtin(path: str, name: str) -> Shape | None:
    """The shape of a type of Kubernetes' own."""
    found = re.fullmatch(r"k8s\.io/api(?:machinery/pkg/apis)?/(meta|[a-z]+)/(v\w+)", path)
    if found is None:
        return None
    from k8slint.schemas import tables

    try:
        table = tables.load(tables.newest()).type(f"{found[1]}.{found[2]}.{name}")
    except KeyError:
        return None
    return of_builtin(table)


def of_builtin(table: Builtin) -> Shape:
    """The shape of a type by the tables of the built-in kinds."""
    return Shape(_HOLDS.get(table.holds, table.holds), table.bits, table=table)


_HOLDS = {
    "microtime": "time",
    "duration": "string",
    "raw-extension": "any",
    "list": "array",
    "one-of": "unknown",
}


class Written(NamedTuple):
    """A field as it is written: in which file and struct it stands, and the options of its tag."""

    field: Field
    source: Source
    owner: str
    options: frozenset[str]


class Fields:
    """The fields of a struct by their names in JSON. `implied` are names that it has and nobody declares; `complete` is false where there may be more."""

    def __init__(self) -> None:
        self.named: dict[str, Written] = {}
        self.implied: set[str] = set()
        self.complete = True


def _is_type_meta(found: Type) -> bool:
    return isinstance(found, Named) and found.name == "TypeMeta"
