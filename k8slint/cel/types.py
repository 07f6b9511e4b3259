"""The types of CEL, and those that the schema of a custom resource makes.

Source: github.com/google/cel-go/common/types, checker/types.go; k8s.io/apiserver/pkg/cel: types.go, common/schemas.go, limits.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from k8slint.nodes import Node

LARGEST_REQUEST: Final = 3 * 1024 * 1024
"""Bytes of the largest request that the API server takes: no value can be larger."""


class Type:
    """A type. `kind` is `int`, `uint`, `double`, `bool`, `string`, `bytes`, `null`, `timestamp`, `duration`, `dyn`, `error`, `list`, `map`, `optional`,
    `type`, `object`, `opaque` (of a library, by `name`), or `param` (a type that is yet to be found).

    `fields` are those of an object. `most` is the largest number of characters, items or entries a value can have, `least` the fewest bytes it takes
    in a request; both only of types that a schema made. An object of a schema is looked into where an expression does: schemas are large.
    """

    __slots__ = ("_least", "fields", "kind", "most", "name", "params")

    def __init__(self, kind: str, params: tuple[Type, ...] = (), name: str = "", least: int = 0, most: int = 0) -> None:
        self.kind = kind
        self.params = params
        self.name = name
        self.fields: Mapping[str, Type] = {}
        self._least = least
        self.most = most

    @property
    def least(self) -> int:
        """The fewest bytes that a value takes in a request."""
        if isinstance(self.fields, _Fields):
            return self.fields.least
        return self._least

    def same(self, other: Type) -> bool:
        """Whether two types are one: objects are when they are of one place in a schema."""
        if self is other:
            return True
        if self.kind != other.kind or self.name != other.name or self.kind == "object":
            return False
        return len(self.params) == len(other.params) and all(map(Type.same, self.params, other.params))

    def __str__(self) -> str:
        if self.kind in ("list", "map", "type", "optional"):
            inner = ", ".join(str(param) for param in self.params)
            return f"{'optional_type' if self.kind == 'optional' else self.kind}({inner})"
        if self.kind == "opaque":
            return f"{'net' if self.name in ('IP', 'CIDR') else 'kubernetes'}.{self.name}"
        if self.kind == "param":
            return self.name
        return _LONG.get(self.kind, self.kind)


_LONG: Final = {"timestamp": "google.protobuf.Timestamp", "duration": "google.protobuf.Duration"}

INT, UINT, DOUBLE, BOOL = Type("int", least=1), Type("uint", least=1), Type("double", least=1), Type("bool", least=4)
STRING, BYTES, NULL = Type("string", least=2), Type("bytes", least=2), Type("null")
TIMESTAMP, DURATION, DYN, ERROR = Type("timestamp"), Type("duration"), Type("dyn"), Type("error")
SIMPLE: Final = {
    kind.kind: kind for kind in (INT, UINT, DOUBLE, BOOL, STRING, BYTES, NULL, TIMESTAMP, DURATION, DYN, ERROR)
}


def list_of(item: Type) -> Type:
    """A list of unknown length."""
    return Type("list", (item,))


def map_of(key: Type, value: Type) -> Type:
    """A map of unknown size."""
    return Type("map", (key, value))


def optional_of(value: Type) -> Type:
    """A value that may be absent (`?.`)."""
    return Type("optional", (value,))


# ---------------------------------------------------------------------------------------------------- of schemas


def of_schema(schema: Node, *, root: bool = False) -> Type | None:
    """The type of the values of a schema in a CRD; None where expressions cannot see them. `root` is for a whole resource."""
    if schema["x-kubernetes-int-or-string"].boolean:
        longest = schema["maxLength"].integer
        return Type("dyn", least=1, most=LARGEST_REQUEST - 2 if longest is None else max(longest, 0) * 4)
    match schema["type"].string:
        case "array":
            return _of_array(schema)
        case "object":
            return _of_object(schema, root)
        case "string":
            return _of_string(schema)
        case "boolean":
            return BOOL
        case "number":
            return DOUBLE
        case "integer":
            return INT
        case _:
            return None


def _below(schema: Node) -> Type | None:
    return of_schema(schema, root=bool(schema["x-kubernetes-embedded-resource"].boolean))


def _of_array(schema: Node) -> Type | None:
    item = _below(schema["items"]) if schema["items"].is_mapping else None
    if item is None:
        return None
    most = schema["maxItems"].integer
    most = (LARGEST_REQUEST - 2) // (item.least + 1) if most is None else max(most, 0)
    return Type("list", (item,), least=2, most=most)


def _of_object(schema: Node, root: bool) -> Type | None:
    additional = schema["additionalProperties"]
    if additional.is_mapping:
        value = _below(additional)
        if value is None:
            return None
        most = schema["maxProperties"].integer
        most = (LARGEST_REQUEST - 2) // (value.least + 6) if most is None else max(most, 0)
        return Type("map", (STRING, value), least=2, most=most)
    made = Type("object")
    made.fields = _Fields(schema, root)
    return made


class _Fields(Mapping[str, Type]):
    """The fields of an object in a schema, by the names that expressions call them."""

    def __init__(self, schema: Node, root: bool) -> None:
        self._schema = schema
        self._root = root
        self._made: dict[str, Type | None] = dict(_of_metadata(schema)) if root else {}
        self._names: dict[str, Node] | None = None
        self._least = -1

    @property
    def _held(self) -> dict[str, Node]:
        if self._names is None:
            self._names = {
                escaped: held
                for name, held in self._schema["properties"].items()
                if (escaped := escape(name)) and not (self._root and name in _META)
            }
        return self._names

    def __getitem__(self, name: str) -> Type:
        if name not in self._made:
            held = self._held.get(name)
            self._made[name] = None if held is None else _below(held)
        found = self._made[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        known = dict.fromkeys([name for name, kind in self._made.items() if kind is not None])
        known.update((name, None) for name in self._held if name in self)
        return iter(known)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def least(self) -> int:
        """The fewest bytes that an object takes: those of the fields that have to be there."""
        if self._least < 0:
            properties = self._schema["properties"]
            total = 2
            for name in {name.string or "" for name in self._schema["required"]}:
                if self._root and name in _META:
                    total += len(name) + 2 + 4
                    continue
                held = properties[name]
                kind = _below(held) if held.exists and not held["default"] else None
                if kind is not None:
                    total += len(name) + kind.least + 4
            self._least = total
        return self._least


_META: Final = ("apiVersion", "kind", "metadata")


def _of_metadata(schema: Node) -> dict[str, Type]:
    """What every resource has, of which expressions see the names only."""
    given = schema["properties", "metadata", "properties"]
    metadata = Type("object", least=2)
    names = {}
    for name, limit in (("name", 253), ("generateName", 252)):
        longest = given[name, "maxLength"].integer
        names[name] = Type("string", least=2, most=min(limit, limit if longest is None else longest) * 4)
    metadata.fields = names
    text = Type("string", least=2, most=LARGEST_REQUEST - 2)
    return {"apiVersion": text, "kind": text, "metadata": metadata}


def _of_string(schema: Node) -> Type:
    longest = schema["maxLength"].integer
    match schema["format"].string:
        case "byte":
            return Type("bytes", least=2, most=LARGEST_REQUEST - 2 if longest is None else max(longest, 0))
        case "duration":
            return Type("duration", least=3, most=32)
        case "date":
            return Type("timestamp", least=12, most=12)
        case "date-time":
            return Type("timestamp", least=21, most=32)
    if longest is not None:
        most = max(longest, 0) * 4
    elif schema["enum"].elements:
        most = max(len((value.string or "").encode()) for value in schema["enum"])
    else:
        most = LARGEST_REQUEST - 2
    return Type("string", least=2, most=most)


KEYWORDS: Final = frozenset(
    "true false null in as break const continue else for function if import let loop package namespace return var void "  # noqa: SIM905
    "while".split()
)
"""The words that CEL reserves."""

_ESCAPES: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}


def escape(name: str) -> str:
    """The name by which expressions call a property; "" where they cannot.

    Source: k8s.io/apiserver/pkg/cel/escaping.go.
    """
    if name in KEYWORDS:
        return f"__{name}__"
    if not name or name[0].isdigit() or not name.isascii():
        return ""
    parts = []
    position = 0
    while position < len(name):
        two = name[position : position + 2]
        if two == "__":
            parts.append(_ESCAPES["__"])
            position += 2
            continue
        char = name[position]
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif char.isalnum() or char == "_":
            parts.append(char)
        else:
            return ""
        position += 1
    return "".join(parts)
