"""Rules in CEL (x-kubernetes-validations) on custom resources.

A rule that cannot be told here is left alone: one that compares with the old object, or that uses what is not known of the server, as the words in
which it says that a text is not of a format.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go; k8s.io/apiserver/pkg/cel: escaping.go, common/valuesunstructured.go.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from functools import lru_cache
from typing import TYPE_CHECKING

from k8slint.cel.check import check as check_types
from k8slint.cel.evaluate import Program
from k8slint.cel.syntax import CelError, Expr
from k8slint.cel.types import escape, of_schema, optional_of
from k8slint.cel.values import (
    NONE,
    Entries,
    Failure,
    Items,
    Kind,
    Object,
    Stop,
    Untold,
    Value,
    duration_of_words,
    timestamp,
)
from k8slint.nodes import Node, Plain
from k8slint.schemas.custom import Schema, completed, walk_over
from k8slint.views import BrokenRule, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator


def check(manifest: Manifest, schema: Schema, *, without_status: bool = False) -> Iterator[BrokenRule]:
    """The rules of a schema, and of those below it, that an object does not keep.

    `without_status` is whether the status is a subresource: then that of a new object is dropped before rules see it.
    """
    whole = completed(manifest.node, schema)
    if without_status and isinstance(whole, dict):
        whole.pop("status", None)
    for node, held, value, route in walk_over(manifest.node, schema, whole):
        root = held is schema or held.embedded
        seen = _seen(value, held, root=root)
        for rule in held.rules:
            broken = _judge(manifest, node, held, seen, rule, root=root)
            if broken is not None:
                field = _field(rule)
                if field:
                    broken.field = f"{route}{field}".lstrip(".")
                elif node.route != route:
                    broken.field = route
                yield broken


def check_default(manifest: Manifest, default: Node, schema: Schema) -> Iterator[BrokenRule]:
    """The rules of a schema, and of those below it, that its own default does not keep. A default is judged as it stands."""
    for node, held, value, _ in walk_over(default, schema, default.value):
        seen = _seen(value, held, root=held.embedded)
        for rule in held.rules:
            broken = _judge(manifest, node, held, seen, rule, root=held.embedded)
            if broken is not None:
                yield broken


def _seen(value: Plain, schema: Schema, *, root: bool) -> Value:
    """The value that the rules of a schema see; why there is none where it is not known."""
    if not schema.rules:
        return None
    try:
        return as_value(value, schema, root=root)
    except Stop:
        return Untold()


def _judge(manifest: Manifest, node: Node, schema: Schema, seen: Value, rule: Node, *, root: bool) -> BrokenRule | None:
    expression = rule["rule"].string or ""
    if node is manifest.node and "metadata" in expression and not _is_named(node):
        return None
    optional = bool(rule["optionalOldSelf"].boolean)
    data = {"self": seen}
    if optional:
        # On create there is no old one.
        data["oldSelf"] = NONE
    failure = ""
    try:
        outcome = _run(expression, schema, data, root=root)
    except Untold:
        return None
    except Failure as stop:
        outcome, failure = False, str(stop)
    if outcome is not False:
        return None
    target = _target(node, rule)
    broken = BrokenRule(target, manifest)
    broken.expression = rule["rule"].string or ""
    broken.rule_node = rule["rule"] if rule.root.document is not None else None
    broken.message = _message(rule, schema, data, root=root)
    broken.failure = failure
    return broken


def _is_named(node: Node) -> bool:
    """Whether the names that rules see are what they have to be; another rule says it where they are not."""
    names = [node["metadata", key] for key in ("name", "generateName")]
    return any(name.string for name in names) and not any(name and name.string is None for name in names)


def _message(rule: Node, schema: Schema, data: dict[str, Value], *, root: bool) -> str:
    expression = rule["messageExpression"].string
    if expression:
        try:
            said = _run(expression, schema, data, root=root)
        except Stop:
            said = None
        if isinstance(said, str) and said.strip() and "\n" not in said:
            return said
    return (rule["message"].string or "").strip()


def _field(rule: Node) -> str:
    """The rule's fieldPath, where it is made of plain names."""
    path = rule["fieldPath"].string or ""
    return path if re.fullmatch(r"(?:\.[A-Za-z_][\w-]*)+", path, re.ASCII) else ""


def _target(node: Node, rule: Node) -> Node:
    for name in _field(rule).split(".")[1:]:
        node = node[name]
    return node


# ---- values


def as_value(value: Plain, schema: Schema, *, root: bool = False) -> Value:
    """A value as rules see it: the names of properties escaped, numbers and times as the schema has them. Raises Untold where that is not known.

    `root` is for a whole resource, of which rules see more than its schema says.
    """
    if value is None or len(schema.types) > 1:
        return value
    match schema.types[0] if schema.types else "":
        case "object" if isinstance(value, dict):
            if root or schema.embedded or schema.names:
                return _as_object(value, schema, root=root or schema.embedded)
            if isinstance(schema.additional, Schema):
                inner = schema.additional
                return Entries({key: as_value(one, inner) for key, one in value.items()})
            return _as_object(value, schema, root=False)
        case "array" if isinstance(value, list) and schema.items is not None:
            items = schema.items
            keys = tuple(escape(name) for name in schema.list_keys)
            kind = schema.list_type if schema.list_type in ("set", "map") else ""
            return Items((as_value(one, items) for one in value), kind, keys)
        case "string" if isinstance(value, str):
            return _as_text(value, schema.format)
        case "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        case "integer" if isinstance(value, int | float) and not isinstance(value, bool):
            return int(value)
        case "boolean" if isinstance(value, bool):
            return value
        case "":
            return Kind(preserved=json.dumps(value, sort_keys=True))
    raise Untold


def _as_object(value: dict[str, Plain], schema: Schema, *, root: bool) -> Object:
    made = Object()
    for key, inner in value.items():
        sub = schema.member(key)
        if root and key in ("apiVersion", "kind", "metadata"):
            made[key] = _metadata(inner) if key == "metadata" else inner
        elif sub is None:
            made.hidden[key] = inner
        elif inner is None:
            made.nulls += 1
        else:
            name = escape(key)
            if not name:
                made.hidden[key] = inner
                continue
            made[name] = as_value(inner, sub)
            if name != key:
                made.renamed.add(name)
    return made


def _as_text(text: str, form: str) -> Value:
    match form:
        case "byte":
            return b64decode(text)
        case "duration":
            found: Value = duration_of_words(text)
        case "date":
            found = timestamp(f"{text}T00:00:00Z")
        case "date-time":
            found = timestamp(text) or timestamp(f"{text}Z")
        case _:
            return text
    if found is None:
        raise Untold
    return found


def _metadata(value: Plain) -> Object:
    """Of the metadata rules see the names only; one that the server makes up looks like this."""
    from k8slint import names

    made = Object()
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("name", "generateName") and isinstance(inner, str):
                made[key] = inner
            else:
                made.hidden[key] = inner
        if "name" not in made and "generateName" in made:
            made["name"] = names.generated(made["generateName"])
    return made


# ---- evaluation


def _run(expression: str, schema: Schema, data: dict[str, Value], *, root: bool) -> Value:
    """What an expression gives. Raises Failure where it fails as it would in the server, Untold where that cannot be told."""
    program = _compiled(expression, schema, root, len(data) > 1)
    if program is None:
        raise Untold
    return program.run(data)


@lru_cache(maxsize=512)
def _compiled(expression: str, schema: Schema, root: bool, optional: bool) -> Program | None:
    """A rule ready to run; None for one that does not compile, which is the CRD's mistake."""
    from k8slint.schemas.celfunctions import LIBRARY

    kind = of_schema(schema.node, root=root)
    if kind is None:
        return None
    variables = {"self": kind, "oldSelf": optional_of(kind) if optional else kind}
    try:
        checked = check_types(expression, variables)
        if not optional and _mentions(checked.root, "oldSelf"):
            return None
        return Program(checked, LIBRARY)
    except (CelError, RecursionError):
        return None


def _mentions(expr: Expr, name: str) -> bool:
    """Whether a name occurs in an expression. A loop's variable of the name does to the server as well."""
    return (expr.kind == "ident" and expr.name == name) or any(_mentions(part, name) for part in expr.parts())
