"""The schemas of custom resources, and the walk over an object of theirs.

It does what the API server does with a new custom resource, in one pass over the nodes: unknown fields are pruned, which strict validation refuses;
nulls that are not nullable count as absent, and defaults as present; then the values are validated. Numbers arrive as in `tables.py`: what YAML
writes `1.0` is the integer 1.

Sources: k8s.io/apiextensions-apiserver/pkg/apiserver/schema: pruning, defaulting, objectmeta, listtype; k8s.io/kube-openapi/pkg/validation/validate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from k8slint.nodes import MAPPING, SCALAR, SEQUENCE, Key, Node, Plain
from k8slint.views import InvalidValue, Manifest, MissingField, Mistake, UnknownField, WrongType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_META: Final = frozenset({"apiVersion", "kind", "metadata"})
_LIMITS: Final = (
    "maximum",
    "minimum",
    "multipleOf",
    "maxLength",
    "minLength",
    "maxItems",
    "minItems",
    "maxProperties",
    "minProperties",
)
_INT64: Final = 2**63
# Beyond it a float that is a whole number is no integer to the validator (go-openapi/swag: maxJSONFloat).
_JSON_INTEGER: Final = float(2**53 - 1)


_TYPES = frozenset(("array", "boolean", "integer", "number", "object", "string"))


class Schema:
    """One schema of a CRD, read from the node that holds it; the schemas below are read when a walk reaches them."""

    __slots__ = (
        "_additional",
        "_items",
        "_made",
        "_properties",
        "all_of",
        "any_of",
        "default",
        "embedded",
        "enum",
        "exclusive_maximum",
        "exclusive_minimum",
        "format",
        "limits",
        "list_keys",
        "list_type",
        "negated",
        "node",
        "nullable",
        "one_of",
        "pattern",
        "preserve",
        "required",
        "rules",
        "types",
    )

    def __init__(self, node: Node) -> None:
        self.node = node
        fields = node.fields
        kind = node["type"].string or ""
        # A type that OpenAPI does not have is the CRD's mistake (crd-type), and says nothing of the values.
        unheard_of = bool(kind) and kind not in _TYPES
        self.types: tuple[str, ...] = (kind,) if kind and not unheard_of else ()
        if node["x-kubernetes-int-or-string"].boolean:
            self.types = ("integer", "string")
        self.nullable = bool(node["nullable"].boolean)
        self.format = node["format"].string or ""
        self.enum: tuple[Plain, ...] = tuple(value.value for value in node["enum"])
        self.pattern = node["pattern"].string or ""
        self.limits: dict[str, float] = {}
        for name in _LIMITS:
            if name in fields:
                limit = fields[name].value
                if isinstance(limit, int | float) and not isinstance(limit, bool):
                    self.limits[name] = limit
        self.exclusive_maximum = bool(node["exclusiveMaximum"].boolean)
        self.exclusive_minimum = bool(node["exclusiveMinimum"].boolean)
        self.required: tuple[str, ...] = tuple(name.string for name in node["required"] if name.string)
        self.default: Node | None = fields.get("default") if node["default"] else None
        self.preserve = unheard_of or bool(node["x-kubernetes-preserve-unknown-fields"].boolean)
        self.embedded = bool(node["x-kubernetes-embedded-resource"].boolean)
        self.list_type = node["x-kubernetes-list-type"].string or ""
        self.list_keys: tuple[str, ...] = tuple(
            name.string for name in node["x-kubernetes-list-map-keys"] if name.string
        )
        self.rules: list[Node] = [rule for rule in node["x-kubernetes-validations"] if rule["rule"].string]
        self.all_of = [Schema(one) for one in node["allOf"] if one.is_mapping]
        self.any_of = [Schema(one) for one in node["anyOf"] if one.is_mapping]
        self.one_of = [Schema(one) for one in node["oneOf"] if one.is_mapping]
        self.negated = Schema(fields["not"]) if node["not"].is_mapping else None
        self._properties = node["properties"].fields
        self._made: dict[str, Schema] = {}
        self._items: Schema | None = None
        self._additional: Schema | None = None

    @property
    def names(self) -> Iterable[str]:
        """The names of the properties."""
        return self._properties

    def member(self, name: str) -> Schema | None:
        """The schema of a property of its own, None where there is none."""
        made = self._made.get(name)
        if made is None:
            node = self._properties.get(name)
            if node is None or not node.is_mapping:
                return None
            made = self._made[name] = Schema(node)
        return made

    @property
    def items(self) -> Schema | None:
        """The schema of a list's items."""
        if self._items is None and self.node["items"].is_mapping:
            self._items = Schema(self.node["items"])
        return self._items

    @property
    def additional(self) -> Schema | bool | None:
        """The schema of the values that are no properties; a boolean where it only says whether there may be any, None where it says nothing."""
        node = self.node["additionalProperties"]
        if not node.is_mapping:
            return node.boolean
        if self._additional is None:
            self._additional = Schema(node)
        return self._additional

    def below(self, name: str) -> Schema | None:
        """The schema of a field: of the property, or of any value."""
        made = self.member(name)
        if made is None:
            additional = self.additional
            return additional if isinstance(additional, Schema) else None
        return made


def walk(
    manifest: Manifest, schema: Schema, *, prunes: bool = True, without_status: bool = False, minor: int = 99
) -> tuple[list[Mistake], bool]:
    """All mistakes of a custom resource, and whether the API server goes on to the rules in CEL.

    `prunes` is whether unknown fields are dropped (not by a CRD with preserveUnknownFields), `without_status` whether there is a status subresource,
    so that the status of a new object is dropped, `minor` the version of Kubernetes, on which the formats depend.
    """
    walking = Walk(manifest, schema, prunes=prunes, minor=minor)
    walking.resource(without_status)
    for mistake in walking.found:
        walking.name_field(mistake)
    return walking.found, not walking.blocked


class Walk:
    """A walk over a custom resource, or over any value that should be of a schema."""

    def __init__(self, manifest: Manifest, schema: Schema, *, prunes: bool = True, minor: int = 99) -> None:
        self.manifest = manifest
        self.root = schema
        self.prunes = prunes
        self.minor = minor
        self.found: list[Mistake] = []
        self.blocked = False
        """Whether a mistake was found that keeps the API server from evaluating rules."""

    def resource(self, without_status: bool) -> None:
        """Looks at the whole object. Types and unknown fields of its metadata are not the schema's business."""
        node, schema = self.manifest.node, self.root
        for key, child in node.fields.items():
            if key in _META:
                sub = schema.member(key)
                if sub is not None and not _is_null(child):
                    self.value(child, sub, sub, keep=True)
            else:
                self._field(node, key, child, schema, schema, keep=False, judged=key != "status" or not without_status)
        skipped = _META
        if without_status and "status" in schema.required:
            # It is dropped before anything is asked of the object, defaults and all.
            skipped |= {"status"}
            self.blocked = True
            if node["status"]:
                self._invalid(node["status"], "the CRD requires it, but it is dropped from a new object")
            else:
                self.found.append(MissingField(node["status"], self.manifest))
        self._complete(node, schema, schema, skipped=skipped)
        self._count(node, schema, schema)
        self._junctors(node, schema, schema)
        self._near_misses(node, 0)

    # ---- values

    def value(
        self, node: Node, schema: Schema, spine: Schema | None, *, keep: bool = False, judged: bool = True
    ) -> None:
        """Looks at a value and all that is in it.

        `spine` is the structural schema of the same place: `schema` itself, but in a junctor. `keep` is whether fields that it does not name are
        kept here, `judged` whether values are validated at all.
        """
        kind = node.kind
        if judged and not self._is_type(node, schema):
            self._wrong_type(node, schema, keep)
            return
        before = len(self.found)
        if judged and schema.enum and kind != SCALAR and not self._is_allowed(node, schema, spine):
            self.blocked = True
            self._invalid(node, "is none of the values that are allowed")
        if kind == SCALAR:
            if judged:
                self._scalar(node, schema)
        elif kind == MAPPING:
            keep = keep or schema.preserve or schema is not spine
            if schema.embedded:
                self._embedded(node)
            for key, child in node.fields.items():
                if not (schema.embedded and key in _META):
                    self._field(node, key, child, schema, spine, keep=keep, judged=judged)
            if judged:
                self._complete(node, schema, spine)
                self._count(node, schema, spine)
            self._near_misses(node, before)
        else:
            items = schema.items
            inner = (spine.items if spine is not None else None) if schema is not spine else items
            for element in node.elements:
                if items is None:
                    self._stray(element, keep or schema.preserve)
                elif _is_null(element) and (items.nullable or items.default is not None):
                    continue
                else:
                    self.value(element, items, inner, keep=keep or schema.preserve, judged=judged)
            if judged:
                self._list(node, schema)
        if judged:
            self._junctors(node, schema, spine)

    def _field(
        self, owner: Node, key: str, child: Node, schema: Schema, spine: Schema | None, *, keep: bool, judged: bool
    ) -> None:
        sub = schema.below(key)
        inner = sub if schema is spine else (spine.below(key) if spine is not None else None)
        if sub is None:
            if keep or schema.preserve:
                return
            if schema.additional:
                self._stray(child, False)
            elif self.prunes or schema.additional is False:
                self._unknown(child, schema)
            return
        if _is_null(child):
            known = inner if inner is not None else sub
            if known.nullable and judged and sub.enum:
                # Not even a null among the values lets it through.
                self._not_allowed(child, sub)
            return
        self.value(child, sub, inner, judged=judged)

    def _stray(self, node: Node, keep: bool) -> None:
        """A value that no schema knows: whatever is in its maps is dropped."""
        if keep or not self.prunes:
            return
        for element in node.elements:
            self._stray(element, keep)
        for child in node.fields.values():
            self.found.append(UnknownField(child, self.manifest))

    def _is_type(self, node: Node, schema: Schema) -> bool:
        types = schema.types
        if not types and not schema.format:
            return True
        found = type_of(node)
        if found == "null":
            return not types or schema.nullable
        known = self._format(schema)
        if known and not types:
            return found in ("string", "array")
        if known and not {"integer", "number"}.intersection(types) and found in ("string", "array"):
            # Of what has a format the validator asks no more. A list gets by with it.
            return True
        if not types:
            return True
        if found in types or (found == "integer" and "number" in types):
            return True
        if found == "number" and "integer" in types:
            value = node.value
            return isinstance(value, float) and value.is_integer() and abs(value) <= _JSON_INTEGER
        return False

    def _format(self, schema: Schema) -> str:
        """The format, as far as the API server knows it for the type."""
        if not schema.format or len(schema.types) > 1:
            return ""
        from k8slint.schemas import formats

        return formats.known(schema.format, schema.types[0] if schema.types else "", self.minor)

    def _wrong_type(self, node: Node, schema: Schema, keep: bool) -> None:
        from k8slint.schemas import words

        self.blocked = True
        mistake = WrongType(node, self.manifest, expected(schema), words.found(node))
        if node.kind == SCALAR:
            for holds in schema.types:
                mistake.meant = words.meant(node, holds) if mistake.meant is None else mistake.meant
            mistake.surprise = words.surprises(node)
            if mistake.meant is None and schema.types == ("array",) and schema.items is not None:
                mistake.meant = words.only_item(node, schema.items.types == ("string",))
        elif self.prunes and not keep and not schema.preserve:
            # The fields in it are unknown, and dropped before the type is looked at.
            first = next((inner for inner in node.walk() if inner is not node and isinstance(inner.key, str)), None)
            mistake.field = dotted(first) if first is not None else None
        self.found.append(mistake)

    def _scalar(self, node: Node, schema: Schema) -> None:
        value = node.value
        if schema.enum and not any(_equals(value, one) for one in schema.enum):
            self._not_allowed(node, schema)
            return
        if isinstance(value, str):
            self._string(node, value, schema)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._number(node, value, schema)

    def _is_allowed(self, node: Node, schema: Schema, spine: Schema | None) -> bool:
        """Whether a map or list is one of the values of an enumeration; whatever is in it counts."""
        value = _with_integers(completed(node, spine))
        return any(value == _with_integers(one) for one in schema.enum)

    def _not_allowed(self, node: Node, schema: Schema) -> None:
        from k8slint.schemas import words

        self.blocked = True
        self.found.append(words.not_allowed(node, self.manifest, schema.enum))

    def _string(self, node: Node, value: str, schema: Schema) -> None:
        from k8slint.schemas import words

        limits = schema.limits
        shown = words.shortened(value)
        if len(value) > limits.get("maxLength", _INT64):
            self.blocked = True
            self._invalid(node, f'"{shown}" is longer than {_counted(limits["maxLength"], "character")}')
        elif len(value) < limits.get("minLength", 0):
            self._invalid(node, f'"{shown}" is shorter than {_counted(limits["minLength"], "character")}')
        elif schema.pattern and _matches(schema.pattern, value) is False:
            self._invalid(node, f'"{shown}" does not match {schema.pattern}')
        known = self._format(schema)
        if known:
            from k8slint.schemas import formats

            if not formats.FORMATS[known](value):
                self.blocked = True
                self._invalid(node, f'"{shown}" is no {schema.format}{formats.example(known)}')

    def _number(self, node: Node, value: float, schema: Schema) -> None:
        whole = _as_integer(value)
        limits = schema.limits
        known = self._format(schema)
        if schema.types == ("integer",) and whole is not None:
            bits = 32 if known == "int32" else 64
            if not -(2 ** (bits - 1)) <= whole < 2 ** (bits - 1):
                self._invalid(node, f"{node.text} does not fit into {bits} bits")
                return
        if known == "float" and abs(value) > 3.4028235677973366e38:
            self._invalid(node, f"{node.text} does not fit into a float of 32 bits")
        for name in ("maximum", "minimum", "multipleOf"):
            if name in limits:
                reason = _beyond(name, float(value) if whole is None else whole, limits[name], schema)
                if reason:
                    self._invalid(node, f"{node.text} {reason}")

    def _invalid(self, node: Node, reason: str, field: Node | str | None = None) -> None:
        self.found.append(InvalidValue(node, self.manifest, reason, field))

    # ---- lists

    def _list(self, node: Node, schema: Schema) -> None:
        limits = schema.limits
        count = len(node.elements)
        if count > limits.get("maxItems", count):
            self.blocked = True
            self._invalid(node, f"has {_counted(count, 'item')}, and may have {_show(limits['maxItems'])} at most")
        if count < limits.get("minItems", 0):
            self._invalid(node, f"has {_counted(count, 'item')}, and needs {_show(limits['minItems'])} at least")
        self._unlike(node, schema)

    def _unlike(self, node: Node, schema: Schema) -> None:
        """Whether the items of a list are as different as its type (`x-kubernetes-list-type`) wants them."""
        if schema.list_type == "set":
            self._duplicates(node, [element.value for element in node], "the set has it already")
        elif schema.list_type == "map":
            items = schema.items
            keys: list[Plain] = []
            for element in node:
                if not element.is_mapping:
                    if element:
                        return
                    keys.append({})
                    continue
                given = {
                    name: _defaulted(element[name], items.member(name) if items else None) for name in schema.list_keys
                }
                keys.append({name: value for name, value in given.items() if value is not None})
            self._duplicates(node, keys, f"an item with the same {' and '.join(schema.list_keys)} is there already")

    def _duplicates(self, node: Node, keys: list[Plain], reason: str) -> None:
        import json

        seen: dict[str, int] = {}
        for element, key in zip(node, keys, strict=True):
            text = json.dumps(_with_integers(key), sort_keys=True)
            seen[text] = seen.get(text, 0) + 1
            if seen[text] == 2:
                self._invalid(element, reason, self.bracketed(element))

    # ---- objects

    def _complete(self, node: Node, schema: Schema, spine: Schema | None, skipped: Iterable[str] = ()) -> None:
        for name in schema.required:
            if name not in skipped and not self._is_present(node, name, spine):
                self.blocked = True
                self.found.append(MissingField(node[name], self.manifest))

    def _is_present(self, node: Node, name: str, spine: Schema | None) -> bool:
        """Whether an object has a field when it is validated: nulls that are not nullable have been dropped, defaults filled in."""
        sub = spine.below(name) if spine is not None else None
        child = node.fields.get(name)
        if child is not None and (not _is_null(child) or sub is None or sub.nullable):
            return True
        own = spine.member(name) if spine is not None else None
        return own is not None and own.default is not None

    def _count(self, node: Node, schema: Schema, spine: Schema | None) -> None:
        limits = schema.limits
        if "maxProperties" not in limits and "minProperties" not in limits:
            return
        names = {*node.fields, *(spine.names if spine is not None else ())}
        count = sum(self._is_present(node, name, spine) for name in names)
        if count > limits.get("maxProperties", count):
            self.blocked = True
            self._invalid(
                node, f"has {_counted(count, 'field')}, and may have {_show(limits['maxProperties'])} at most"
            )
        if count < limits.get("minProperties", 0):
            self._invalid(node, f"has {_counted(count, 'field')}, and needs {_show(limits['minProperties'])} at least")

    def _embedded(self, node: Node) -> None:
        """An object within the object: it says what it is, and has metadata like any other."""
        for name in ("apiVersion", "kind"):
            child = node[name]
            if not child.exists or child.is_null:
                self.blocked = True
                self.found.append(MissingField(child, self.manifest))
            elif not child.string:
                from k8slint.schemas import words

                mistake = WrongType(child, self.manifest, "a string", words.found(child))
                mistake.meant = words.meant(child, "string") if child.is_scalar else None
                self.found.append(mistake if child.string is None else MissingField(child, self.manifest))
        from k8slint.schemas import metadata

        self.found += metadata.embedded(self.manifest, node)

    def _unknown(self, node: Node, schema: Schema) -> None:
        from k8slint.near import near
        from k8slint.schemas import words

        name = str(node.key)
        mistake = UnknownField(node, self.manifest)
        mistake.fields = tuple(schema.names)
        close = near(name, schema.names)
        slip = bool(close) and words.is_slip(name, close)
        mistake.belongs = () if slip else self._belongs(node, schema, name)
        if close and not mistake.belongs:
            mistake.near = close
            assert node.parent is not None
            other = schema.member(close)
            mistake.fits = close not in node.parent.fields and other is not None and not self.probe(node, other, other)
        self.found.append(mistake)

    def _belongs(self, node: Node, schema: Schema, name: str) -> tuple[str, ...]:
        """The routes where a property of this name stands: in an object below the owner, or in one that it is in."""
        owner = node.parent
        assert owner is not None
        start = dotted(owner)
        below = [
            f"{start}.{middle}.{name}".lstrip(".")
            for middle in schema.names
            if (sub := schema.member(middle)) is not None and name in sub.names
        ]
        if below:
            return tuple(below[:1] if len(below) == 1 else below if len(below) <= 3 else ())
        steps = _steps(owner)
        for length in range(len(steps) - 1, 0, -1):
            held = self._schema_at(steps[:length])
            if held is not None and name in held.names:
                return (f"{_dotted(steps[:length])}.{name}",)
        return ()

    def _schema_at(self, steps: list[Key]) -> Schema | None:
        held: Schema | None = self.root
        for step in steps:
            if held is None:
                return None
            held = held.items if isinstance(step, int) else held.below(step)
        return held

    def _near_misses(self, node: Node, start: int) -> None:
        """What a misspelt field says is not missing as well."""
        meant = {
            mistake.near
            for mistake in self.found[start:]
            if isinstance(mistake, UnknownField) and mistake.node.parent is node
        }
        if meant:
            self.found[start:] = [
                mistake
                for mistake in self.found[start:]
                if not (isinstance(mistake, MissingField) and mistake.node.parent is node and mistake.node.key in meant)
            ]

    # ---- junctors

    def probe(self, node: Node, schema: Schema, spine: Schema | None) -> list[Mistake]:
        """The mistakes that a value would have by another schema; they are not the object's own."""
        found, self.found = self.found, []
        blocked = self.blocked
        if _is_null(node):
            if not self._is_type(node, schema):
                self._wrong_type(node, schema, True)
        else:
            self.value(node, schema, spine)
        result, self.found = self.found, found
        self.blocked = blocked
        return result

    def _junctors(self, node: Node, schema: Schema, spine: Schema | None) -> None:
        for one in schema.all_of:
            # `value` would report unknown fields, were the junctor taken for the structure.
            mistakes = self.probe(node, one, spine)
            self.found += mistakes
            self.blocked = self.blocked or any(isinstance(mistake, WrongType | MissingField) for mistake in mistakes)
        if schema.any_of:
            self._any_of(node, schema, spine)
        if schema.one_of:
            self._one_of(node, schema, spine)
        if schema.negated is not None and not self.probe(node, schema.negated, spine):
            names = _required_only(schema.negated)
            reason = (
                f"{_all(names)} exclude each other"
                if len(names or ()) > 1
                else "is just what the schema rules out (not)"
            )
            if names and len(names) == 1:
                reason = f"{names[0]} must not be set"
            self._invalid(node, reason)

    def _any_of(self, node: Node, schema: Schema, spine: Schema | None) -> None:
        failures = []
        for one in schema.any_of:
            mistakes = self.probe(node, one, spine)
            if not mistakes:
                return
            failures.append(mistakes)
        self._none_fits(node, schema.any_of, failures, "one of {} has to be set")

    def _one_of(self, node: Node, schema: Schema, spine: Schema | None) -> None:
        failures, fitting = [], []
        for one in schema.one_of:
            mistakes = self.probe(node, one, spine)
            if mistakes:
                failures.append(mistakes)
            else:
                fitting.append(one)
        if not fitting:
            self._none_fits(node, schema.one_of, failures, "exactly one of {} has to be set")
        elif len(fitting) > 1:
            names = [_required_only(one) for one in fitting]
            said = [name for one in names if one for name in one]
            if all(names):
                self._invalid(node, f"{_all(said)} exclude each other")
            else:
                self._invalid(node, f"fits {len(fitting)} of the alternatives (oneOf), and may fit one only")

    def _none_fits(self, node: Node, alternatives: list[Schema], failures: list[list[Mistake]], message: str) -> None:
        """No alternative fits: where they differ in the fields they want, these are named; else what the nearest one lacks."""
        names = [_required_only(one) for one in alternatives]
        best = min(failures, key=len)
        field = best[0].field or dotted(best[0].node)
        if all(names):
            from k8slint.schemas import words

            options = [_all(one) for one in names if one]
            self._invalid(node, message.format(words.listed(options)), field)
            self.blocked = True
        elif len(best) == 1:
            # The nearest alternative is one mistake away: that is most likely the mistake.
            self.found += best
        else:
            self._invalid(node, f"fits none of the {len(alternatives)} alternatives", field)

    # ---- routes

    def name_field(self, mistake: Mistake) -> None:
        """Says what the API server names, where that is not the mistake's own route: the validator of custom resources writes a dot before all keys."""
        if mistake.field is None:
            route = dotted(mistake.node)
            if route != mistake.node.route:
                mistake.field = route

    def bracketed(self, node: Node) -> str:
        """The route as the checks of lists and rules write it: with the keys of maps in brackets."""
        parts: list[str] = []
        held: Schema | None = self.root
        for step in _steps(node):
            if isinstance(step, int):
                parts.append(f"[{step}]")
                held = held.items if held is not None else None
            elif held is not None and held.member(step) is None and isinstance(held.additional, Schema):
                parts.append(f"[{step}]")
                held = held.additional
            else:
                parts.append(f".{step}" if parts else step)
                held = held.member(step) if held is not None else None
        return "".join(parts)


# ---- what is what


def type_of(node: Node) -> str:
    """The JSON Schema type of a value, as the API server has it after decoding."""
    if node.kind == MAPPING:
        return "object"
    if node.kind == SEQUENCE:
        return "array"
    value = node.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "integer" if _as_integer(value) is not None else "number"


def _as_integer(value: float) -> int | None:
    """The number as Go's decoder has it where it is an int64; None where it is a float."""
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= 1e21:
            return None
        value = int(value)
    return value if -_INT64 <= value < _INT64 else None


def _with_integers(value: Plain) -> Plain:
    """A value in which numbers are as Go's decoder has them: 1.0 is 1."""
    if isinstance(value, float):
        whole = _as_integer(value)
        return value if whole is None else whole
    if isinstance(value, dict):
        return {key: _with_integers(inner) for key, inner in value.items()}
    return [_with_integers(inner) for inner in value] if isinstance(value, list) else value


def _equals(value: Plain, allowed: Plain) -> bool:
    """Whether a scalar is one of the values of an enumeration: Go converts it to the type of that value first, and cuts fractions off."""
    if isinstance(value, bool) or isinstance(allowed, bool) or isinstance(value, str) or isinstance(allowed, str):
        return type(value) is type(allowed) and bool(value == allowed)
    if isinstance(value, int | float) and isinstance(allowed, int | float):
        return int(value) == allowed if _as_integer(allowed) is not None else float(value) == allowed
    return bool(value == allowed)


def _is_null(node: Node) -> bool:
    return node.kind == SCALAR and node.is_null


def _defaulted(node: Node, schema: Schema | None) -> Plain:
    if node:
        return node.value
    return schema.default.value if schema is not None and schema.default is not None else None


def _required_only(schema: Schema) -> tuple[str, ...] | None:
    """The names of the fields that an alternative wants, where that is all that it says."""
    return (
        schema.required
        if schema.required and schema.node.fields.keys() <= {"required", "type", "description"}
        else None
    )


def _matches(pattern: str, value: str) -> bool | None:
    """Whether a value matches a pattern of Go's; None where that cannot be told."""
    from k8slint import goregex

    try:
        matcher = goregex.matcher(pattern)
    except goregex.RegexError:
        return None
    return None if matcher is None else matcher(value)


def _beyond(name: str, value: float, limit: float, schema: Schema) -> str:
    """Why a number is not within a limit; "" where it is. Of a limit of integers Go takes the whole part."""
    if schema.types == ("integer",) and limit != int(limit):
        return f"cannot be judged by a {name} of {limit}"
    if isinstance(value, int):
        limit = int(limit)
    shown = _show(limit)
    if name == "maximum":
        if value > limit or (schema.exclusive_maximum and value == limit):
            return f"is not below {shown}" if schema.exclusive_maximum else f"is more than {shown}"
    elif name == "minimum":
        if value < limit or (schema.exclusive_minimum and value == limit):
            return f"is not above {shown}" if schema.exclusive_minimum else f"is less than {shown}"
    elif limit <= 0:
        return f"is no multiple of {_show(schema.limits[name])}, for the API server takes whole multiples only"
    else:
        ratio = (
            value // limit * limit == value
            if isinstance(value, int)
            else _is_whole(1 / limit * value if limit < 1 else value / limit)
        )
        if not ratio:
            return f"is no multiple of {shown}"
    return ""


def _is_whole(value: float) -> bool:
    """go-openapi/swag/conv: IsFloat64AJSONInteger, which forgives what floats do to fractions."""
    if abs(value) > _JSON_INTEGER:
        return False
    nearest = round(value)
    return value == nearest or abs(value - nearest) < 1e-9 * abs(nearest)


def expected(schema: Schema) -> str:
    """What a schema takes, as in "takes a list of strings"."""
    one = {
        "string": "a string",
        "integer": "an integer",
        "number": "a number",
        "boolean": "true or false",
        "object": "a map",
        "array": "a list",
    }
    many = {
        "string": "strings",
        "integer": "integers",
        "number": "numbers",
        "boolean": "booleans",
        "object": "maps",
        "array": "lists",
    }
    if schema.types == ("array",) and schema.items is not None and len(schema.items.types) == 1:
        return f"a list of {many.get(schema.items.types[0], 'values')}"
    additional = schema.additional
    if (
        schema.types == ("object",)
        and isinstance(additional, Schema)
        and len(additional.types) == 1
        and not list(schema.names)
    ):
        return f"a map of {many.get(additional.types[0], 'values')}"
    return " or ".join(one.get(name, f'what is of type "{name}"') for name in schema.types) or "another type"


def _counted(count: float, noun: str) -> str:
    return f"{_show(count)} {noun}{'' if count == 1 else 's'}"


def _show(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _all(names: Iterable[str] | None) -> str:
    *first, last = names or ("",)
    return f"{', '.join(first)} and {last}" if first else last


# ---- routes


def _steps(node: Node) -> list[Key]:
    steps: list[Key] = []
    while node.parent is not None and node.document is None:
        steps.append(node.key)
        node = node.parent
    return steps[::-1]


def _dotted(steps: Iterable[Key]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def dotted(node: Node) -> str:
    """The route as the validator of custom resources writes it, with a dot before every key."""
    return _dotted(_steps(node))


# ---- the object that rules in CEL see


def completed(node: Node, schema: Schema | None) -> Plain:
    """The value as it is after pruning and defaulting, as plain data."""
    if node.kind == MAPPING:
        found: dict[str, Any] = {}
        for key, child in node.fields.items():
            sub = schema.below(key) if schema is not None else None
            if _is_null(child) and sub is not None and not sub.nullable:
                continue
            found[key] = completed(child, sub)
        for name, sub in _defaults(schema):
            if name not in found:
                assert sub.default is not None
                found[name] = completed(sub.default, sub)
        return found
    if node.kind == SEQUENCE:
        items = schema.items if schema is not None else None
        return [completed(element, items) for element in node.elements]
    return node.value


def _defaults(schema: Schema | None) -> Iterator[tuple[str, Schema]]:
    for name in schema.names if schema is not None else ():
        sub = schema.member(name) if schema is not None else None
        if sub is not None and sub.default is not None:
            yield name, sub


def walk_over(node: Node, schema: Schema, value: Plain, route: str = "") -> Iterator[tuple[Node, Schema, Plain, str]]:
    """Every value of an object, itself first, with its schema and its route; `value` is the object completed. Nulls are left out.

    Keys of maps stand in brackets. What a default brought in has a missing node.
    """
    if value is None:
        return
    yield node, schema, value, route
    for one in schema.all_of:
        if one.rules:
            yield node, one, value, route
    if isinstance(value, dict):
        for key, inner in value.items():
            sub = schema.member(key)
            if sub is not None:
                yield from walk_over(node[key], sub, inner, f"{route}.{key}" if route else key)
            elif isinstance(schema.additional, Schema):
                yield from walk_over(node[key], schema.additional, inner, f"{route}[{key}]")
    elif isinstance(value, list) and schema.items is not None:
        for position, inner in enumerate(value):
            yield from walk_over(node[position], schema.items, inner, f"{route}[{position}]")


# ---- keeping a schema without its nodes

_SAID_TO_PEOPLE: Final = frozenset({"description", "title", "example", "externalDocs"})


def compact(node: Node) -> str:
    """A schema as JSON, without what is said to people only: a third of its size, or less."""
    import json

    return json.dumps(_without_words(node), separators=(",", ":"))


def _without_words(node: Node) -> Plain:
    if node.kind != MAPPING:
        return node.value
    found: dict[str, Plain] = {}
    for key, child in node.fields.items():
        if key in _SAID_TO_PEOPLE:
            continue
        if key in ("properties", "patternProperties", "definitions") and child.kind == MAPPING:
            found[key] = {name: _without_words(inner) for name, inner in child.fields.items()}
        elif key in ("items", "additionalProperties", "not"):
            found[key] = _without_words(child)
        elif key in ("allOf", "anyOf", "oneOf") and child.kind == SEQUENCE:
            found[key] = [_without_words(inner) for inner in child.elements]
        else:
            found[key] = child.value
    return found
