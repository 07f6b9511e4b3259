"""Paths into custom resources (JSONPath, and the simpler form of CEL's `fieldPath`), followed through the schema of a CRD."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.nodes import Node
    from k8slint.views import VersionSchema

_STEP = re.compile(
    r"""\.(?P<name>(?:\\.|[^.\[\]{}()'"$*@?\s\\])+)   # .spec, .app\.kubernetes\.io/name
      | \[(?P<quote>['"])(?P<quoted>(?:(?!(?P=quote)).)*)(?P=quote)\]   # ['name']
      | \[(?P<index>-?\d+|[-\d:]+|\?\(.*?\))\]   # [0], [1:3], [?(@.type=="Ready")]
    """,
    re.VERBOSE,
)

# Source: k8s.io/apimachinery/pkg/apis/meta/v1: ObjectMeta.
METADATA = {
    **dict.fromkeys(("name", "generateName", "namespace", "selfLink", "uid", "resourceVersion"), "string"),
    **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), "date"),
    **dict.fromkeys(("generation", "deletionGracePeriodSeconds"), "integer"),
    **dict.fromkeys(("labels", "annotations"), "object"),
    **dict.fromkeys(("ownerReferences", "finalizers", "managedFields"), "array"),
}
"""The fields of every object's metadata, and what they hold as a printer column names it."""


class Step(NamedTuple):
    """A part of a JSONPath: the name of a field, or None for some items of a list; and where it stands in the path."""

    name: str | None
    start: int
    end: int


class Found(NamedTuple):
    """Where a path leads.

    `schema` is the schema there; None where the path leads nowhere or that is not known. `missing` is the step that fails, and `within` the
    schema that has no such field; None where nothing is known to fail. `given` is the type of what needs no schema (a field of metadata).
    """

    schema: Node | None = None
    missing: Step | None = None
    within: Node | None = None
    given: str = ""


def steps(path: str) -> list[Step] | None:
    """The parts of a JSONPath such as `.status.conditions[?(@.type=="Ready")].status`; None where it says more than that."""
    found = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            return None
        name = match["name"]
        if name is not None:
            name = re.sub(r"\\(.)", r"\1", name)
        found.append(Step(match["quoted"] if name is None else name, match.start(), match.end()))
        position = match.end()
    return found


def follow(schema: VersionSchema, path: str) -> Found:
    """Where a JSONPath leads from the root of a custom resource."""
    parts = steps(path)
    if not parts:
        return Found()
    first, *rest = parts
    if first.name in ("apiVersion", "kind"):
        return Found(given="string")
    if first.name == "metadata":
        return _in_metadata(schema, rest)
    here = schema.node
    for step in parts:
        there = _take(here, step)
        if isinstance(there, Found):
            return there
        here = there
    return Found(schema=here)


def _in_metadata(schema: VersionSchema, rest: list[Step]) -> Found:
    if not rest:
        return Found(given="object")
    field = rest[0]
    given = METADATA.get(field.name or "")
    if given is None:
        return Found(missing=field, within=schema.node["properties", "metadata"])
    if len(rest) == 1:
        return Found(given=given)
    return Found(given="string") if given == "object" and len(rest) == 2 else Found()


def _take(here: Node, step: Step) -> Node | Found:
    """The schema one step further, or why there is none."""
    anything = here["x-kubernetes-preserve-unknown-fields"].boolean or here["x-kubernetes-embedded-resource"].boolean
    kind = here["type"].string
    if step.name is None:
        if here["items"].is_mapping:
            return here["items"]
        return Found() if anything or kind in (None, "array") else Found(missing=step, within=here)
    held = here["properties", step.name]
    if held.is_mapping:
        return held
    additional = here["additionalProperties"]
    if additional.is_mapping:
        return additional
    if anything or held.exists or additional or kind is None:
        return Found()
    return Found(missing=step, within=here)


def simple(root: Node, path: str, *, brackets: bool = True) -> tuple[Node | None, str]:
    """The schema that a simple path leads to (`.spec.size`, `.labels['a.b']`), and why it leads nowhere ("" where it leads somewhere).

    `brackets` allows the second form. Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go: ValidFieldPath.
    """
    here: Node | None = root
    tokens = _tokens(path)
    for token in tokens:
        if token == "[":  # noqa: S105
            if not brackets:
                return None, "array notation is not allowed"
            name = next(tokens, None)
            if name is None:
                return None, "unexpected end of JSON path"
            if len(name) < 2 or name[0] != "'" or name[-1] != "'":
                return None, f"expected single quoted string but got {name}"
            here, reason = _named(here, re.sub(r"\\(.)", r"\1", name[1:-1]))
            closing = next(tokens, None)
            if not reason and closing != "]":
                reason = "unexpected end of JSON path" if closing is None else f"expected ] but got {closing}"
        elif token == ".":  # noqa: S105
            name = next(tokens, None)
            if name is None:
                return None, "unexpected end of JSON path"
            here, reason = _named(here, name)
        else:
            return None, f"expected [ or . but got: {token}"
        if reason:
            return None, reason
    return here, ""


def _named(here: Node | None, name: str) -> tuple[Node | None, str]:
    if here is None:
        return None, ""
    if here["properties"].fields:
        held = here["properties", name]
        return (held, "") if held.exists else (None, "does not refer to a valid field")
    additional = here["additionalProperties"]
    if additional.is_mapping:
        return additional, ""
    return None, "" if additional else "does not refer to a valid field"


def _tokens(path: str) -> Iterator[str]:
    """The delimiters of a path, and what stands between them; what is in quotes has none."""
    return iter(re.findall(r"'(?:[^'\\]|\\.|(?<=')')*?'|[.\[\]]|[^.\[\]]+", path, re.DOTALL))
