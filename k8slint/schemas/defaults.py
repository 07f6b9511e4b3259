"""The defaults in the schema of a CRD: whether each may stand where it does, and is a value of its own schema.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go: ValidateDefaults;
pkg/apis/apiextensions/validation: ValidateCustomResourceDefinitionOpenAPISchema (withForbiddenDefaults).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from k8slint.schemas.custom import Schema, Walk, expected, type_of
from k8slint.schemas.structural import violations as structural_violations
from k8slint.schemas.words import found
from k8slint.views import InvalidValue, MissingField, SchemaNode, UnknownField, WrongType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.nodes import Node
    from k8slint.views import Manifest, Mistake, VersionSchema

_META = ("apiVersion", "kind", "metadata")


class BadDefault(NamedTuple):
    """A default that cannot be: the node that shows it, what is wrong, and the part of it that the API server names (`.size`, `.[0]`; "" for the whole).

    `accepted` is whether the API server takes it all the same, and refuses every object that is given it.
    """

    default: Node
    node: Node
    message: str
    below: str = ""
    accepted: bool = False


def bad_defaults(schema: VersionSchema) -> list[BadDefault]:
    """The defaults of a schema that the API server refuses."""
    bad: list[BadDefault] = []
    sound = not schema.once(structural_violations)
    embedding = bool(schema.holding("x-kubernetes-embedded-resource"))
    for part in schema.holding("default"):
        default = part["default"]
        if part.nested or not default:
            continue
        forbidden = _forbidden(part, embedding=embedding)
        if forbidden:
            bad.append(BadDefault(default, default, forbidden))
        elif _is_plain(part, default):
            continue
        elif sound and part.type in _TYPES and "*" not in part.at:
            bad += _judged(part, default)
    return bad


_TYPES = SchemaNode.TYPES | {""}
_WORDS = frozenset({"type", "default", "description", "title"})


def _is_plain(part: SchemaNode, default: Node) -> bool:
    """Whether a default is of the type that is all its schema says: nearly all are."""
    return part.node.fields.keys() <= _WORDS and default.is_scalar and type_of(default) == part.type


def _forbidden(part: SchemaNode, *, embedding: bool) -> str:
    """Why there can be no default here; "" where there can. `embedding` is whether the schema has resources within the resource at all."""
    steps: list[SchemaNode] = []
    here = part
    while here.above is not None:
        steps.append(here)
        here = here.above
    if steps and steps[-1].node.key in _META and steps[-1].step:
        return f"there is no default in {steps[-1].step} of a resource"
    in_map = False
    for below in steps if embedding else ():
        step = below.step
        in_map = in_map or step == "*"
        if (
            in_map
            and step in _META
            and below.above is not None
            and below.above["x-kubernetes-embedded-resource"].boolean
        ):
            return "there is no default for the values of a map in metadata"
    return ""


class _Walk(Walk):
    """Over a default, which is judged as it stands: no other default is filled in before, and list types are not looked at.

    That something is an integer or a string the server does not ask of a default, unless the schema says so by `anyOf` as well (ToKubeOpenAPI in
    k8s.io/apiextensions-apiserver/pkg/apiserver/schema/kubeopenapi.go writes no type then). Of an object that was given it the server does.
    """

    def __init__(self, manifest: Manifest, schema: Schema) -> None:
        super().__init__(manifest, schema)
        self.neither: list[tuple[Node, Schema]] = []

    def _is_type(self, node: Node, schema: Schema) -> bool:
        fits = super()._is_type(node, schema)
        if fits or len(schema.types) < 2:
            return fits
        if not node.is_null:
            self.neither.append((node, schema))
        return True

    def _is_present(self, node: Node, name: str, spine: Schema | None) -> bool:
        return name in node.fields

    def _unlike(self, node: Node, schema: Schema) -> None:
        pass


def _judged(part: SchemaNode, default: Node) -> Iterator[BadDefault]:
    schema = Schema(part.node)
    walking = _Walk(part.manifest, schema)
    walking.value(default, schema, schema)
    for mistake in walking.found:
        yield _told(default, mistake)
    nulls = [
        BadDefault(default, node, f"null is not {expected(held)}", _below(default, node))
        for node, held in _nulls(default, schema)
    ]
    yield from nulls
    if not walking.found and not nulls:
        yield from (
            BadDefault(default, node, f"{found(node)} is not {expected(held)}", accepted=True)
            for node, held in walking.neither
        )
    if not walking.found and not nulls and "x-kubernetes-validations" in _words_below(part):
        yield from _broken(part, default, schema)


def _words_below(part: SchemaNode) -> set[str]:
    """The keywords of a schema and of those below it."""
    words: set[str] = set()
    below = [part.node]
    while below:
        node = below.pop()
        words.update(node.fields)
        below += [child for child in (*node.fields.values(), *node.elements) if not child.is_scalar]
    return words


def _broken(part: SchemaNode, default: Node, schema: Schema) -> Iterator[BadDefault]:
    """The rules in CEL that a default does not keep."""
    from k8slint.schemas import cel

    for broken in cel.check_default(part.manifest, default, schema):
        reason = broken.message or f"it breaks the rule {broken.expression}"
        yield BadDefault(default, broken.node if broken.node.exists else default, reason, _below(default, broken.node))


def _told(default: Node, mistake: Mistake) -> BadDefault:
    node = mistake.node
    if isinstance(mistake, UnknownField):
        meant = f"; did you mean {mistake.near}?" if mistake.near else ""
        # The API server compares the default with what is left of it, and names the whole.
        return BadDefault(default, node, f"the schema has no field {node.key}{meant}")
    below = _below(default, node)
    if isinstance(mistake, WrongType):
        return BadDefault(default, node, f"{mistake.found} is not {mistake.expected}", below)
    if isinstance(mistake, MissingField):
        return BadDefault(default, node, f"{node.key} is required", below)
    reason = mistake.reason if isinstance(mistake, InvalidValue) else "it does not fit the schema"
    return BadDefault(default, node, reason, below)


def _below(default: Node, node: Node) -> str:
    steps = []
    while node is not default and node.parent is not None:
        steps.append(f"[{node.key}]" if isinstance(node.key, int) else f".{node.key}")
        node = node.parent
    below = "".join(reversed(steps))
    return f".{below}" if below.startswith("[") else below


def _nulls(node: Node, schema: Schema) -> Iterator[tuple[Node, Schema]]:
    """The nulls within a default that are not nullable. In a resource they would be dropped; a default is taken as it is."""
    for key, child in node.items():
        held = schema.below(key)
        if held is not None:
            yield from _null(child, held)
    for child in node:
        if schema.items is not None:
            yield from _null(child, schema.items)


def _null(child: Node, held: Schema) -> Iterator[tuple[Node, Schema]]:
    if child.is_null:
        if held.types and not held.nullable:
            yield child, held
    else:
        yield from _nulls(child, held)
