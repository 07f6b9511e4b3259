"""Where a Go type and a CRD's schema disagree.

What counts is whether the controller can read what the API server stores, and the server takes what the controller writes. Markers say what the schema was
to be, so a schema that says something else is out of date.

Source: sigs.k8s.io/controller-tools/pkg/crd/schema.go, markers/validation.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from k8slint.document import Document, File
from k8slint.golang.packages import spelled
from k8slint.golang.shapes import Shapes, of_builtin
from k8slint.golang.syntax import Named, Pointer, Slice
from k8slint.near import near
from k8slint.nodes import SCALAR, Node

if TYPE_CHECKING:
    from k8slint.golang.packages import Kind, Package, Packages
    from k8slint.golang.shapes import Fields, Shape, Written
    from k8slint.golang.syntax import Markers, Source, Type
    from k8slint.problem import At
    from k8slint.schemas.tables import Type as Builtin


class Misfit(NamedTuple):
    """A disagreement: the node of the schema that shows it, what is wrong, the place in the Go file, and whether nothing at all can be read (`fatal`)."""

    node: Node
    message: str
    place: Node
    fatal: bool = False
    at: At = "value"


def misfits(packages: Packages, kind: Kind, schema: Node) -> list[Misfit]:
    """All that the schema of a kind and its Go types disagree on; `schema` is the `openAPIV3Schema` of a version."""
    found: list[Misfit] = []
    comparison = _Comparison(packages, found)
    for field, place in kind.types.items():
        part = schema["properties", field] if field else schema
        declaration = place.declaration
        if part.is_mapping:
            whole = Shapes(packages).of(declaration.type, place.source)._replace(name=declaration.name)
            comparison.struct(whole, part, root=not field, above=frozenset({declaration.name}))
    return found


class _Subject(NamedTuple):
    """What is compared: a field, or what it holds."""

    name: str
    source: Source
    start: int
    end: int

    def place(self, files: dict[str, File]) -> Node:
        """A node that marks it in its file."""
        file = files.setdefault(self.source.path, File(self.source.path, self.source.text))
        node = Node(None, "", SCALAR, "", '"', self.start, self.end)
        node.document = Document(file, 0, 0, len(file.text))
        return node


class _Comparison:
    def __init__(self, packages: Packages, found: list[Misfit]) -> None:
        self.packages = packages
        self.shapes = Shapes(packages)
        self.found = found
        self.files: dict[str, File] = {}

    def _add(self, node: Node, message: str, subject: _Subject, *, fatal: bool = False, at: At = "value") -> None:
        self.found.append(Misfit(node, message, subject.place(self.files), fatal, at))

    # ---- structs

    def struct(self, shape: Shape, schema: Node, *, root: bool, above: frozenset[str]) -> None:
        """The fields of a struct and the properties of an object."""
        assert shape.struct is not None
        assert shape.source is not None
        fields = self.shapes.fields(shape.struct, shape.source, shape.name)
        properties = schema["properties"]
        if root or schema["x-kubernetes-embedded-resource"].boolean:
            fields.implied.update(("apiVersion", "kind", "metadata"))
        required = {name.string for name in schema["required"]}
        for name, written in fields.named.items():
            subject = _Subject(
                f"{written.owner}.{written.field.name or name}", written.source, written.field.start, written.field.end
            )
            if name in fields.implied:
                continue
            if name in properties:
                self._field(written, subject, name, properties[name], name in required, schema, above)
            elif _drops_unknown(schema) and properties:
                self._undeclared(name, subject, properties, fields)
        if fields.complete and shape.struct.fields:
            self._unread(fields, properties, shape)

    def _undeclared(self, name: str, subject: _Subject, properties: Node, fields: Fields) -> None:
        meant = near(name, [key for key in properties.fields if key not in fields.named])
        self._add(
            properties,
            f'no property "{name}" here, so the API server drops what {subject.name} of the Go type holds'
            + (f'; is "{meant}" a slip for it?' if meant else ""),
            subject,
            at="key",
        )

    def _unread(self, fields: Fields, properties: Node, shape: Shape) -> None:
        for name, schema in properties.items():
            if name in fields.named or name in fields.implied or not shape.source:
                continue
            if near(name, [known for known in fields.named if known not in properties]):
                # Told of the field.
                continue
            first = next(iter(fields.named.values()), None)
            if first is not None:
                subject = _Subject(shape.name, first.source, first.field.start, first.field.end)
                self._add(
                    schema,
                    f'{shape.name or "the struct"} of the Go type has no field "{name}", so the controller never reads it',
                    subject,
                    at="key",
                )

    # ---- fields

    def _field(
        self,
        written: Written,
        subject: _Subject,
        name: str,
        schema: Node,
        required: bool,
        parent: Node,
        above: frozenset[str],
    ) -> None:
        field, markers = written.field, written.field.markers
        if schema.is_mapping and "kubebuilder:validation:Schemaless" not in markers:
            shape = self.shapes.of(field.type, written.source)
            self._markers(subject, markers, shape, schema)
            if "string" in written.options:
                shape = shape._replace(kind="string")
            if not _type_markers(markers, shape):
                self.value(subject, field.type, shape, schema, above)
        self._presence(written, subject, name, schema, required, parent)

    def _presence(
        self, written: Written, subject: _Subject, name: str, schema: Node, required: bool, parent: Node
    ) -> None:
        """Whether a field may be left out on both sides."""
        markers = written.field.markers.keys()
        package = self.packages.package_of(written.source)
        left_out = not written.options.isdisjoint(("omitempty", "omitzero"))
        needed = _needed(written, package)
        entry = next((entry for entry in parent["required"] if entry.string == name), schema)
        if required and not needed and left_out:
            self._add(
                entry,
                f'"{name}" is required here and {subject.name} is left out when it is empty, so the controller cannot write it so',
                subject,
            )
        elif required and not needed and not markers.isdisjoint(_OPTIONAL):
            self._add(entry, f'"{name}" is required here and optional in Go, by the marker of {subject.name}', subject)
        elif not required and not markers.isdisjoint(_REQUIRED) and needed and "default" not in schema:
            self._add(
                schema,
                f"{subject.name} is required in Go, by its marker, and not here, so the controller may meet resources without it",
                subject,
                at="key",
            )

    # ---- values

    def value(self, subject: _Subject, found: Type, shape: Shape, schema: Node, above: frozenset[str]) -> None:
        """A type and the schema of its values."""
        declared = schema["type"].string or ""
        either = bool(schema["x-kubernetes-int-or-string"].boolean)
        if either:
            declared = "int-or-string"
        if declared and declared not in _TYPES:
            # crd-type tells.
            return
        if not declared:
            if shape.kind == "struct" and schema["properties"]:
                self._inside(subject, shape, schema, above)
            return
        verdict = _FITS.get(shape.kind, {}).get(declared, _NEVER if shape.kind in _FITS else "")
        place = schema["x-kubernetes-int-or-string"] if either else schema["type"]
        if verdict == _NEVER:
            self._add(
                place,
                f"{subject.name} is {spelled(found)} in Go and {_called(declared)} here, so the controller cannot read what the API server stores",
                subject,
                fatal=True,
            )
        elif verdict:
            self._add(place, verdict.format(name=subject.name, go=spelled(found)), subject)
        else:
            self._closer(subject, found, shape, schema)
            self._inside(subject, shape, schema, above)

    def _closer(self, subject: _Subject, found: Type, shape: Shape, schema: Node) -> None:
        """What a type that fits by its kind may still not hold."""
        form = schema["format"]
        said = form.string or ""
        if shape.kind == "integer" and said == "int64" and shape.bits <= 32:
            self._add(
                form,
                f"{subject.name} is {spelled(found)} in Go, so the controller cannot read all that int64 allows",
                subject,
            )
        elif shape.kind == "integer" and said == "int32" and shape.bits >= 64:
            self._add(
                form,
                f"{subject.name} is {spelled(found)} in Go and int32 here, so larger numbers are refused",
                subject,
            )
        elif shape.kind == "bytes" and said != "byte":
            self._add(
                form or schema["type"],
                f'{subject.name} is {spelled(found)} in Go, which is written in base64, so the format here has to be "byte"',
                subject,
            )
        elif shape.kind == "time" and said not in ("date-time", "datetime") and not schema["pattern"]:
            self._add(
                form or schema["type"],
                f'{subject.name} is {spelled(found)} in Go, so the controller cannot read what is no time: the format here has to be "date-time"',
                subject,
            )

    def _inside(self, subject: _Subject, shape: Shape, schema: Node, above: frozenset[str]) -> None:
        """What a struct, array or map holds."""
        if shape.table is not None:
            self._builtin(subject, shape.table, schema)
            return
        keeps = bool(schema["x-kubernetes-preserve-unknown-fields"].boolean)
        if shape.kind == "struct":
            if shape.name in above and shape.name:
                return
            additional = schema["additionalProperties"]
            if additional.is_mapping or additional.boolean:
                self._add(
                    additional,
                    f"{subject.name} is a struct in Go, so the controller reads its fields alone and not any key",
                    subject,
                    at="key",
                )
            else:
                self.struct(shape, schema, root=False, above=above | {shape.name})
        elif shape.kind == "map":
            additional = schema["additionalProperties"]
            if additional.is_mapping:
                self._element(subject, shape, additional, above)
            elif schema["properties"].fields and not additional and not keeps:
                self._add(
                    schema["properties"],
                    f"{subject.name} is a map in Go and an object of fixed properties here, so all other keys are dropped",
                    subject,
                    at="key",
                )
            elif not additional and not keeps and not schema["properties"]:
                self._add(
                    schema["type"],
                    f"{subject.name} is a map in Go and an object without properties here, so all its keys are dropped: additionalProperties says what they hold",
                    subject,
                )
        elif shape.kind == "array" and schema["items"].is_mapping:
            self._element(subject, shape, schema["items"], above)

    def _builtin(self, subject: _Subject, table: Builtin, schema: Node) -> None:
        """What a type of Kubernetes' own holds. Which of its fields there are depends on a version that is not known."""
        if table.item is not None:
            inner = schema["items"] if table.holds == "list" else schema["additionalProperties"]
            if inner.is_mapping:
                self._held(subject._replace(name=f"{subject.name}[]"), table.item, inner)
            return
        for name, child in schema["properties"].items():
            field = table.fields.get(name)
            if field is not None:
                self._held(subject._replace(name=f"{subject.name}.{name}"), field.type, child)
            elif table.fields and _drops_unknown(schema):
                meant = near(name, [known for known in table.fields if known not in schema["properties"]])
                if meant:
                    self._add(
                        child,
                        f'{table.name.rpartition(".")[2]} has no field "{name}", so the controller never reads it; did you mean "{meant}"?',
                        subject,
                        at="key",
                    )

    def _held(self, subject: _Subject, table: Builtin, schema: Node) -> None:
        if schema.is_mapping:
            shape = of_builtin(table)
            self.value(subject, Named("", table.name.rpartition(".")[2]), shape, schema, frozenset())

    def _element(self, subject: _Subject, shape: Shape, schema: Node, above: frozenset[str]) -> None:
        assert shape.element is not None
        assert shape.source is not None
        inner = self.shapes.of(shape.element, shape.source)
        subject = subject._replace(name=f"{subject.name}[]")
        if isinstance(shape.element, Pointer) or not isinstance(shape.element, Slice):
            self._markers(subject, {}, inner, schema)
        if not _type_markers({}, inner):
            self.value(subject, shape.element, inner, schema, above)

    # ---- markers

    def _markers(self, subject: _Subject, own: Markers, shape: Shape, schema: Node) -> None:
        """What the markers of a field and its type say the schema is."""
        levels = [markers for markers in (own, *shape.markers) if markers]
        for keyword, read in _KEYWORDS.items() if levels else ():
            for prefix, part in (("", schema), ("items:", schema["items"])):
                said = [found for markers in levels if (found := _said(markers, prefix, keyword)) is not None]
                # What field and type both say is merged.
                if len(said) != 1 or (prefix and not part.is_mapping):
                    continue
                marker, text = said[0]
                try:
                    wanted = read(text)
                except ValueError:
                    continue
                key = _SCHEMA_KEYS.get(keyword, keyword[0].lower() + keyword[1:])
                shown = f"+{marker}={text}" if text else f"+{marker}"
                self._agrees(subject, key, wanted, shown, part)

    def _agrees(self, subject: _Subject, key: str, wanted: Any, marker: str, schema: Node) -> None:
        if key in ("type", "format") and not schema["type"]:
            return
        node = schema[key]
        told = f"{subject.name} is marked {marker} in Go"
        if not node:
            if wanted is not False:
                self._add(schema, f"{told}, and there is no {key} here", subject, at="key")
        elif not _same(wanted, node.value):
            self._add(node, f"{told}, and {key} here is {node if node.is_scalar else 'another'}", subject)


_TYPES: Final = frozenset(("array", "boolean", "integer", "number", "object", "string", "int-or-string"))
_NEVER: Final = "never"
_FRACTION: Final = "{name} is {go} in Go, so the controller cannot read a fraction, which number allows"
_WHOLE: Final = "{name} is {go} in Go and integer here, so fractions are refused"
_EITHER_TEXT: Final = "{name} is {go} in Go, so the controller cannot read a number, which int-or-string allows"
_EITHER_NUMBER: Final = "{name} is {go} in Go, so the controller cannot read a string, which int-or-string allows"
# By shape, then by the type of the schema: "" fits, another text says what does not fit; what is not there never fits.
_FITS: Final[dict[str, dict[str, str]]] = {
    "string": {"string": "", "int-or-string": _EITHER_TEXT},
    "boolean": {"boolean": ""},
    "integer": {"integer": "", "number": _FRACTION, "int-or-string": _EITHER_NUMBER},
    "number": {"number": "", "integer": _WHOLE, "int-or-string": _EITHER_NUMBER},
    "bytes": {"string": ""},
    "array": {"array": ""},
    "map": {"object": ""},
    "struct": {"object": ""},
    "object": {"object": ""},
    "raw": {"object": ""},
    "time": {"string": ""},
    "quantity": {"string": "", "int-or-string": "", "integer": "", "number": ""},
    "int-or-string": {"int-or-string": "", "integer": "", "string": ""},
}


def _called(declared: str) -> str:
    return "int or string" if declared == "int-or-string" else declared


def _drops_unknown(schema: Node) -> bool:
    return not (schema["x-kubernetes-preserve-unknown-fields"].boolean or schema["additionalProperties"])


_OPTIONAL: Final = frozenset(("optional", "kubebuilder:validation:Optional", "k8s:optional"))
_REQUIRED: Final = frozenset(("required", "kubebuilder:validation:Required", "k8s:required"))


def _needed(written: Written, package: Package) -> bool:
    """Whether controller-gen takes a field for required. Source: schema.go: structToSchema."""
    markers = written.field.markers
    for marker, needed in (
        ("kubebuilder:validation:Optional", False),
        ("kubebuilder:validation:Required", True),
        ("optional", False),
        ("k8s:optional", False),
        ("required", True),
        ("k8s:required", True),
    ):
        if marker in markers:
            return needed
    return not package.optional and written.options.isdisjoint(("omitempty", "omitzero"))


def _type_markers(own: Markers, shape: Shape) -> bool:
    """Whether markers give a type another one than Go does: how it is written is then up to the type."""
    return any(
        f"kubebuilder:validation:{name}" in markers
        for markers in (own, *shape.markers)
        for name in ("Type", "XIntOrString")
    )


def _said(markers: Markers, prefix: str, keyword: str) -> tuple[str, str] | None:
    """The marker that stands for a keyword, and its value."""
    for name in (f"kubebuilder:validation:{prefix}{keyword}", *(() if prefix else _ALIASES.get(keyword, ()))):
        if name in markers:
            return name, markers[name][-1]
    return None


_ALIASES: Final = {
    "Minimum": ("k8s:minimum",),
    "Maximum": ("k8s:maximum",),
    "MaxItems": ("k8s:maxItems",),
    "XPreserveUnknownFields": ("kubebuilder:pruning:PreserveUnknownFields",),
    "XEmbeddedResource": ("kubebuilder:validation:EmbeddedResource",),
    "Nullable": ("nullable",),
    "Default": ("kubebuilder:default", "default"),
    "ListType": ("listType",),
    "MapType": ("mapType",),
    "StructType": ("structType",),
}
_SCHEMA_KEYS: Final = {
    "XPreserveUnknownFields": "x-kubernetes-preserve-unknown-fields",
    "XEmbeddedResource": "x-kubernetes-embedded-resource",
    "XIntOrString": "x-kubernetes-int-or-string",
    "ListType": "x-kubernetes-list-type",
    "MapType": "x-kubernetes-map-type",
    "StructType": "x-kubernetes-map-type",
}


def _number(text: str) -> float:
    return float(text.partition("#")[0].strip())


def _boolean(text: str) -> bool:
    if text not in ("", "true", "false"):
        raise ValueError
    return text != "false"


def _string(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "`'":
        return text[1:-1]
    if text.startswith('"'):
        found: str = json.loads(text)
        return found
    return text


def _list(text: str) -> list[str]:
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1].replace(",", ";")
    items = re.findall(r'"(?:[^"\\]|\\.)*"|`[^`]*`|[^;]+', text)
    return [_string(item.strip()) for item in items if item.strip()]


def _scalar(text: str) -> Any:
    if text.startswith(("{", "[")):
        raise ValueError
    try:
        return json.loads(text)
    except ValueError:
        return _string(text)


_KEYWORDS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("Minimum", "Maximum", "MultipleOf"), _number),
    **dict.fromkeys(("MinLength", "MaxLength", "MinItems", "MaxItems", "MinProperties", "MaxProperties"), _number),
    **dict.fromkeys(("ExclusiveMinimum", "ExclusiveMaximum", "UniqueItems", "Nullable"), _boolean),
    **dict.fromkeys(("XPreserveUnknownFields", "XEmbeddedResource", "XIntOrString"), _boolean),
    **dict.fromkeys(("Pattern", "Format", "Type", "ListType", "MapType", "StructType"), _string),
    "Enum": _list,
    "Default": _scalar,
}


def _same(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, list):
        return isinstance(value, list) and sorted(wanted) == sorted(map(_plain, value))
    if isinstance(wanted, bool) or isinstance(value, bool) or not isinstance(wanted, int | float):
        return bool(wanted == value) and isinstance(wanted, bool) == isinstance(value, bool)
    return isinstance(value, int | float) and wanted == value


def _plain(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | int | float) else str(value)
