"""What the API server demands of the schemas in a CRD: that they are *structural*, so that it can prune, default and convert by them.

Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go (ValidateCustomResourceDefinitionOpenAPISchema,
validateCustomResourceDefinitionValidation) and pkg/apiserver/schema/validation.go, complete.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from k8slint.goregex import RegexError, translate
from k8slint.nodes import SCALAR
from k8slint.views import SchemaNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.nodes import Node
    from k8slint.views import VersionSchema


class Violation(NamedTuple):
    """A demand that a schema does not meet: the node that shows it, and the field the API server names where that is another."""

    node: Node
    message: str
    field: Node | None = None


def violations(schema: VersionSchema) -> list[Violation]:
    """The demands that the schema of a version does not meet, other than that its types are OpenAPI's."""
    found = [*_unsupported(schema), *_maps(schema), *_lists(schema), *_root(schema)]
    if _convertible(schema):
        found += _structure(schema)
        found += _metadata(schema)
        found += _nested(schema)
        found += _patterns(schema)
    return found


def is_sound(schema: VersionSchema) -> bool:
    """Whether the API server finds nothing wrong with a schema so far, and goes on to its defaults and rules."""
    return not schema.once(violations) and all(_typed(part) for part in schema.doubtful)


def _typed(part: SchemaNode) -> bool:
    if part.type not in SchemaNode.TYPES and not _untyped(part):
        return False
    return part.nested or part.type != "array" or part["items"].is_mapping


def _untyped(part: SchemaNode) -> bool:
    """Whether no type is said. Anything but a string is another mistake."""
    return not part["type"] or part["type"].string == ""


_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = "x-kubernetes-embedded-resource"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_LIST_TYPE = "x-kubernetes-list-type"
_MAP_TYPE = "x-kubernetes-map-type"
_MAP_KEYS = "x-kubernetes-list-map-keys"


def _true(node: Node) -> bool:
    return node.boolean is True


def _given(node: Node) -> bool:
    """Whether decoding finds something here that makes a difference: neither null, nor "", nor empty."""
    return bool(node) and (node.text != "" if node.kind == SCALAR else len(node) > 0)


# ---------------------------------------------------------------------------------------------------- keywords


def _unsupported(schema: VersionSchema) -> Iterator[Violation]:
    """JSON Schema's keywords that CRDs do not have."""
    for keyword in ("id", "$schema", "patternProperties", "definitions"):
        for part in schema.holding(keyword):
            if _given(part[keyword]):
                field = schema.node if keyword == "$schema" else None
                yield Violation(part[keyword], f'a CRD has no "{keyword}"', field)
    for keyword in ("$ref", "additionalItems", "dependencies"):
        for part in schema.holding(keyword):
            if part[keyword]:
                yield Violation(part[keyword], f'a CRD has no "{keyword}"')
    for part in schema.holding("items"):
        if len(part["items"].elements):
            yield Violation(part["items"], "items is one schema for all, not a list of them")
    for part in schema.holding("uniqueItems"):
        if _true(part["uniqueItems"]):
            yield Violation(part["uniqueItems"], f'uniqueItems takes too long to check; use "{_LIST_TYPE}: set"')
    for part in schema.holding("additionalProperties"):
        additional = part["additionalProperties"]
        if additional and not _true(additional) and len(part.properties):
            yield Violation(additional, "an object has properties or additionalProperties, not both")
    for part in schema.holding(_PRESERVE):
        if part[_PRESERVE].boolean is False:
            yield Violation(part[_PRESERVE], f"{_PRESERVE} is true or left out, never false")


def _convertible(schema: VersionSchema) -> bool:
    """Whether the API server can take the schema for a structural one at all. Otherwise it says nothing of its structure."""
    given = ("id", "$schema", "$ref", "patternProperties", "definitions", "dependencies")
    return not (
        any(_given(part[keyword]) for keyword in given for part in schema.holding(keyword))
        or any(part["additionalItems"] for part in schema.holding("additionalItems"))
        or any(len(part["items"].elements) for part in schema.holding("items"))
        or any(part[_PRESERVE].boolean is False for part in schema.holding(_PRESERVE))
    )


def _maps(schema: VersionSchema) -> Iterator[Violation]:
    for part in schema.holding(_MAP_TYPE):
        said = part[_MAP_TYPE].string
        if said is None:
            continue
        if part.type != "object":
            yield _wants_type(part, "object", _MAP_TYPE)
        if said not in ("atomic", "granular"):
            yield Violation(part[_MAP_TYPE], f'{_MAP_TYPE} is "atomic" or "granular", not "{said}"')


def _wants_type(part: SchemaNode, wanted: str, keyword: str) -> Violation:
    return Violation(part["type"], f"what has {keyword} is of type {wanted}")


def _lists(schema: VersionSchema) -> Iterator[Violation]:
    for part in schema.holding(_LIST_TYPE):
        said = part[_LIST_TYPE].string
        if said is None:
            continue
        items = part["items"]
        if part.type != "array":
            yield _wants_type(part, "array", _LIST_TYPE)
        elif said == "set" and items.is_mapping:
            for kind, keyword in (("array", _LIST_TYPE), ("object", _MAP_TYPE)):
                own = items[keyword].string
                if items["type"].string == kind and own != "atomic" and (kind == "object" or own is not None):
                    yield Violation(
                        items[keyword], f'the items of a set are compared as a whole: {keyword} is "atomic"'
                    )
        if said not in ("atomic", "set", "map"):
            yield Violation(part[_LIST_TYPE], f'{_LIST_TYPE} is "atomic", "set" or "map", not "{said}"')
        if said in ("set", "map") and items.is_mapping and _true(items["nullable"]):
            yield Violation(items["nullable"], f"an item of a {said} cannot be null")
        if said == "map":
            yield from _map_list(part)
    for part in schema.holding(_MAP_KEYS):
        if part[_MAP_KEYS].elements and part[_LIST_TYPE].string != "map":
            yield Violation(part[_LIST_TYPE], f'what has {_MAP_KEYS} has "{_LIST_TYPE}: map"')


def _map_list(part: SchemaNode) -> Iterator[Violation]:
    """A list whose items are told apart by keys."""
    items, keys = part["items"], part[_MAP_KEYS]
    if not keys.elements:
        yield Violation(keys, f"a list of type map names the keys of its items in {_MAP_KEYS}")
    if not items:
        yield Violation(items, "a list of type map has a schema for its items")
    elif not items.is_mapping:
        yield Violation(items, "a list of type map has one schema for its items")
    elif items["type"].string != "object":
        yield Violation(items["type"], "the items of a list of type map are of type object")
    if not items.is_mapping:
        return
    required = {name.string for name in items["required"]}
    seen = set()
    for key in keys:
        name = key.string
        if name is None:
            continue
        held = items["properties", name]
        if items["type"].string == "object":
            if not held.exists:
                yield Violation(key, f'the items have no property "{name}" to tell them apart by', keys)
            elif held["type"].string in ("array", "object"):
                yield Violation(held["type"], "a key that items are told apart by is a scalar")
            if name in seen:
                yield Violation(key, f'"{name}" is named twice', keys)
        seen.add(name)
        if held.exists and name not in required and not held["default"]:
            yield Violation(
                key, f'"{name}" tells items apart, and is neither required nor has a default', held["default"]
            )
        if _true(held["nullable"]):
            yield Violation(held["nullable"], "a key that items are told apart by cannot be null")


# ---------------------------------------------------------------------------------------------------- the root

# What may stand at the root beside the status subresource, which is validated by a part of the schema alone.
_AT_ROOT = frozenset(
    [
        "description",
        "type",
        "format",
        "title",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "multipleOf",
        "required",
        "items",
        "properties",
        "externalDocs",
        "example",
        _PRESERVE,
        "x-kubernetes-validations",
    ]
)
# Keywords of the same kind that are as good as absent when they are empty or false; others count as soon as they are there.
_COUNT_EVEN_EMPTY = frozenset(["maxProperties", "minProperties", "$ref", "default", "not", "additionalProperties"])


def _root(schema: VersionSchema) -> Iterator[Violation]:
    root = schema.node
    if _true(root["nullable"]):
        yield Violation(root["nullable"], "a custom resource itself cannot be null")
    if not _has_status(schema):
        return
    kind = root["type"].string
    if kind != "object" and (kind in SchemaNode.TYPES or not root["type"]):
        # A root without a type is told of by its structure as well.
        if kind:
            yield Violation(root["type"], "a custom resource is of type object")
        return
    for keyword, child in root.items():
        if keyword in _AT_ROOT or not child or child.boolean is False:
            continue
        if _given(child) or keyword in _COUNT_EVEN_EMPTY:
            yield Violation(child, f"beside the status subresource the root cannot have {keyword}", root)
            return


def _has_status(schema: VersionSchema) -> bool:
    """Whether the status subresource is on: of a schema that all versions share, where any of them has it."""
    spec = schema.crd["spec"]
    if schema.version == "" or schema.crd.reported(schema.node) is not schema.node:
        return any(of["subresources", "status"] for of in (spec, *spec["versions"]))
    return any(
        version["subresources", "status"]
        for version in spec["versions"]
        if version["schema", "openAPIV3Schema"] is schema.node
    )


# ---------------------------------------------------------------------------------------------------- structure


def _structure(schema: VersionSchema) -> Iterator[Violation]:
    """What goes for the schemas that say what there is, in contrast to the conditions below `allOf` and its like."""
    for part in schema.doubtful:
        if not part.nested and _untyped(part) and not _true(part[_INT_OR_STRING]) and not _true(part[_PRESERVE]):
            where = "the root" if part.above is None else "items" if part.step == "[]" else "a field"
            if not _true(part[_EMBEDDED]):
                yield Violation(part["type"], f"{where} has no type")
    root = schema.node
    kind = root["type"].string
    if kind in SchemaNode.TYPES and kind != "object" and not _has_status(schema):
        yield Violation(root["type"], "a custom resource is of type object")
    if root["additionalProperties"]:
        yield Violation(root["additionalProperties"], "a custom resource has properties, not additionalProperties")
    for part in schema.holding(_INT_OR_STRING):
        if part.nested or not _true(part[_INT_OR_STRING]):
            continue
        for keyword in (_PRESERVE, _EMBEDDED):
            if _true(part[keyword]):
                yield Violation(part[keyword], f"what has {_INT_OR_STRING} cannot have {keyword}")
    for part in schema.holding(_EMBEDDED):
        if part.nested or not _true(part[_EMBEDDED]):
            continue
        if part.type != "object" and (part.type in SchemaNode.TYPES or _untyped(part)):
            yield _wants_type(part, "object", _EMBEDDED)
        if part["additionalProperties"]:
            yield Violation(part["additionalProperties"], "an embedded resource has no additionalProperties")
        if not _true(part[_PRESERVE]) and not part.properties:
            yield Violation(
                part["properties"], f"an embedded resource has properties, or {_PRESERVE}", part["properties"]
            )


def _metadata(schema: VersionSchema) -> Iterator[Violation]:
    """What may be said of apiVersion, kind and metadata, which every resource has as they are."""
    embedded = [part for part in schema.holding(_EMBEDDED) if not part.nested and _true(part[_EMBEDDED])]
    roots = [schema.nodes[0]]
    for part in {id(part.node): part for part in (*roots, *embedded)}.values():
        for name in ("apiVersion", "kind"):
            held = part["properties", name]
            if held.exists and held["type"].string != "string" and held["type"].string in (*SchemaNode.TYPES, None):
                yield Violation(held["type"], f"{name} is a string")
        held = part["properties", "metadata"]
        if held.exists and held["type"].string != "object" and held["type"].string in (*SchemaNode.TYPES, None):
            yield Violation(held["type"], "metadata is an object")
    held = schema.node["properties", "metadata"]
    for keyword, child in held.items():
        if keyword in ("type", "default") or not _given(child) or child.boolean is False:
            continue
        if keyword != "properties" or not set(child.fields) <= {"name", "generateName"}:
            yield Violation(child, "of metadata only name and generateName can be restricted; all else is given", held)
            return
    for part in schema.holding(_EMBEDDED):
        if _true(part[_EMBEDDED]) and _in_metadata(part):
            yield Violation(part[_EMBEDDED], "metadata holds no embedded resource")


def _in_metadata(part: SchemaNode) -> bool:
    """Whether a schema is within apiVersion, kind or metadata of the resource or of an embedded one."""
    while part.above is not None:
        above = part.above
        if part.step in ("apiVersion", "kind", "metadata") and (above.above is None or _true(above[_EMBEDDED])):
            return True
        part = above
    return False


# Of a condition nothing but what it demands of a value; the rest says what there is.
_NOT_NESTED = (
    "type",
    "title",
    "description",
    "default",
    "nullable",
    _PRESERVE,
    _EMBEDDED,
    _INT_OR_STRING,
    _MAP_KEYS,
    _LIST_TYPE,
    _MAP_TYPE,
    "x-kubernetes-validations",
    "additionalProperties",
)
_JUNCTORS = ("allOf", "anyOf", "oneOf", "not")


def _nested(schema: VersionSchema) -> Iterator[Violation]:
    """What goes for the conditions below `allOf`, `anyOf`, `oneOf` and `not`."""
    if not any(schema.holding(junctor) for junctor in _JUNCTORS):
        return
    for part in schema.nodes:
        if not part.nested:
            continue
        if part.step == "*" and part.above is not None and part.above.nested:
            # The additionalProperties of a condition are refused themselves, and not looked into.
            continue
        if _is_int_or_string(part):
            continue
        for keyword in _NOT_NESTED:
            child = part[keyword]
            if keyword not in part or not child or child.boolean is False:
                continue
            if _given(child) or keyword in (_LIST_TYPE, _MAP_TYPE, "default", "additionalProperties"):
                yield Violation(child, f"{keyword} says what there is, and cannot stand below {_junctor(part)}")
        metadata = part["properties", "metadata"]
        if metadata.exists:
            yield Violation(metadata, f"metadata cannot be restricted below {_junctor(part)}")
    # Only the conditions of the root are compared with what there is (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/complete.go).
    for junctor in _JUNCTORS:
        for condition in _conditions(schema.node[junctor]):
            yield from _complete(condition, schema.node)


def _junctor(part: SchemaNode) -> str:
    """The keyword below which a condition stands."""
    while part.above is not None and part.above.nested:
        part = part.above
    parent = part.node.parent
    return "not" if part.node.key == "not" or parent is None else str(parent.key)


def _is_int_or_string(part: SchemaNode) -> bool:
    """Whether a condition belongs to the one pattern in which types are said below `anyOf`: of what is an integer or a string."""
    anyof = part.node.parent
    above = part.above
    if anyof is None or above is None or anyof.key != "anyOf" or anyof.parent is not above.node:
        return False
    if above.nested:
        # In the first of allOf it is good as well.
        within = above.node.parent
        if above.above is None or above.above.nested or within is None or within.key != "allOf" or above.node.key != 0:
            return False
    return [_said(condition) for condition in anyof] == [{"type": "integer"}, {"type": "string"}]


def _said(condition: Node) -> dict[str, object]:
    return {key: child.value for key, child in condition.items() if _given(child) and child.boolean is not False}


def _conditions(junctor: Node) -> list[Node]:
    return [junctor] if junctor.is_mapping else [condition for condition in junctor if condition.is_mapping]


def _complete(condition: Node, structure: Node) -> Iterator[Violation]:
    """Whether all that a condition speaks of is there: `structure` is the schema that it stands in."""
    for junctor in _JUNCTORS:
        for inner in _conditions(condition[junctor]):
            yield from _complete(inner, structure)
    items = condition["items"]
    if items.is_mapping:
        if structure["items"].is_mapping:
            yield from _complete(items, structure["items"])
        else:
            yield Violation(items, "a condition speaks of items that the schema does not have", structure["items"])
    for name, held in condition["properties"].items():
        there = structure["properties", name]
        if not there.exists:
            yield Violation(held, f'a condition speaks of a field "{name}" that the schema does not have', there)
        elif held.is_mapping:
            yield from _complete(held, there)


def _patterns(schema: VersionSchema) -> Iterator[Violation]:
    for part in schema.holding("pattern"):
        pattern = part["pattern"].string
        if pattern:
            try:
                translate(pattern)
            except RegexError as error:
                shown = f" at {error.part}" if error.part and error.part != pattern else ""
                yield Violation(
                    part["pattern"], f"the pattern is no regular expression of Go's ({error.reason}{shown})"
                )
