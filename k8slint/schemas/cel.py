"""Rules in CEL (x-kubernetes-validations) on custom resources, evaluated by cel-expr-python.

A rule that cannot be told here is left alone: one that compares with the old object, that uses what cel-expr-python has not (two-variable
comprehensions, `format`), or that reads a time or duration below `self`, which it cannot be given.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go; k8s.io/apiserver/pkg/cel: escaping.go, common/schemas.go.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from k8slint.cel.types import KEYWORDS, escape
from k8slint.nodes import Node, Plain
from k8slint.schemas.custom import Schema, completed, walk_over
from k8slint.views import BrokenRule, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

# What cel-expr-python can be given as a value of its own, but not within a map.
_TIMES: Final = frozenset({"date", "date-time", "duration"})
# What goes wrong in Kubernetes as well. Operators have the same overloads there; functions may have more.
_FAILURES: Final = (
    r"Key not found in map|Index error: index=|(?:divide|modulus) by zero|OUT_OF_RANGE"
    r"|(?:cannot convert string to|String to \w+ conversion failed)"
    r"|optional\.none\(\) dereference"
    r"|No matching overloads found : _[^\w\[\]]+_\((?:(?:string|int64|double|bool|list|map)(?:, )?)+\)"
)


@lru_cache(maxsize=1)
def available() -> bool:
    """Whether cel-expr-python is installed."""
    from importlib.util import find_spec

    return find_spec("cel_expr_python") is not None


def check(manifest: Manifest, schema: Schema, *, without_status: bool = False) -> Iterator[BrokenRule]:
    """The rules of a schema, and of those below it, that an object does not keep.

    `without_status` is whether the status is a subresource: then that of a new object is dropped before rules see it.
    """
    whole = completed(manifest.node, schema)
    if without_status and isinstance(whole, dict):
        whole.pop("status", None)
    for node, held, value, route in walk_over(manifest.node, schema, whole):
        for rule in held.rules:
            root = held is schema or held.embedded
            broken = _judge(manifest, node, held, value, rule, root=root)
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
        for rule in held.rules:
            broken = _judge(manifest, node, held, value, rule, root=held.embedded)
            if broken is not None:
                yield broken


def _judge(
    manifest: Manifest, node: Node, schema: Schema, value: Plain, rule: Node, *, root: bool
) -> BrokenRule | None:
    expression = rule["rule"].string or ""
    if re.search(r"\boldSelf\b", expression):
        if not rule["optionalOldSelf"].boolean:
            return None
        # On create there is none.
        expression = re.sub(r"\boldSelf\b", "optional.none()", expression)
    if schema.format in _TIMES and schema.types == ("string",):
        # Of these the evaluation makes values by itself, but takes none.
        expression = _with_literal(expression, str(value), schema.format)
    elif _reads_time(schema, expression) or _compares_sets(schema, expression):
        return None
    if node is manifest.node and "metadata" in expression and not _is_named(node):
        return None
    data = {"self": _as_cel(value, schema, root=root)}
    outcome = _evaluate(expression, data)
    if outcome is True or outcome is None:
        return None
    target = _target(node, rule)
    broken = BrokenRule(target, manifest)
    broken.expression = rule["rule"].string or ""
    broken.rule_node = rule["rule"] if rule.root.document is not None else None
    broken.message = _message(rule, data)
    if isinstance(outcome, str):
        broken.failure = outcome
    return broken


def _is_named(node: Node) -> bool:
    """Whether the names that rules see are what they have to be; another rule says it where they are not."""
    names = [node["metadata", key] for key in ("name", "generateName")]
    return any(name.string for name in names) and not any(name and name.string is None for name in names)


def _message(rule: Node, data: dict[str, Plain]) -> str:
    expression = rule["messageExpression"].string
    if expression:
        said = _run(expression, data)
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


def _as_cel(value: Plain, schema: Schema | None, *, root: bool) -> Plain:
    """A value as rules see it: the names of properties escaped, numbers as the schema has them."""
    if isinstance(value, dict):
        made: dict[str, Plain] = {}
        for key, inner in value.items():
            sub = schema.member(key) if schema is not None else None
            if root and key in ("apiVersion", "kind", "metadata"):
                made[key] = _metadata(inner) if key == "metadata" else inner
            elif sub is not None:
                name = escape(key)
                if name:
                    made[name] = _as_cel(inner, sub, root=sub.embedded)
                if key in KEYWORDS:
                    # Since 1.31 these may be written as they are: `self.namespace`.
                    made[key] = made[name]
            elif schema is not None and isinstance(schema.additional, Schema):
                made[key] = _as_cel(inner, schema.additional, root=schema.additional.embedded)
        return made
    if isinstance(value, list):
        items = schema.items if schema is not None else None
        return [_as_cel(inner, items, root=items is not None and items.embedded) for inner in value]
    if isinstance(value, str) and schema is not None and schema.format == "byte" and schema.types == ("string",):
        return b64decode(value)
    if isinstance(value, int) and not isinstance(value, bool) and schema is not None and schema.types == ("number",):
        return float(value)
    if isinstance(value, float) and value.is_integer() and schema is not None and "integer" in schema.types:
        return int(value)
    return value


def _metadata(value: Plain) -> Plain:
    """Of the metadata rules see the names only; one that the server makes up looks like this."""
    if not isinstance(value, dict):
        return {}
    from k8slint import names

    seen = {key: value[key] for key in ("name", "generateName") if isinstance(value.get(key), str)}
    if "name" not in seen and "generateName" in seen:
        seen["name"] = names.generated(seen["generateName"])
    return seen


def _with_literal(expression: str, text: str, form: str) -> str:
    """The expression with a time or duration in place of `self`."""
    if form == "date":
        text += "T00:00:00Z"
    function = "duration" if form == "duration" else "timestamp"
    literal = f"{function}({json.dumps(text)})"
    return re.sub(r"\bself\b", lambda _: literal, expression)


def _reads_time(schema: Schema, expression: str) -> bool:
    """Whether a rule may read a value of a type that cel-expr-python cannot be given."""
    return any(held.format in _TIMES and held.types == ("string",) for held in _read(schema, expression))


def _compares_sets(schema: Schema, expression: str) -> bool:
    """Whether a rule may compare or add lists in which order does not count; to cel-expr-python all lists are alike."""
    if not any(held.list_type in ("set", "map") for held in _read(schema, expression)):
        return False
    return re.search(
        r"[\w\])]\s*(?:==|!=|\+)\s*\[|\]\s*(?:==|!=|\+)|self(?:\.\w+)*\s*(?:==|!=|\+)\s*self", expression
    ) is not None or (
        schema.list_type in ("set", "map")
        and re.search(r"self\s*(?:==|!=|\+)|(?:==|!=|\+)\s*self\b(?!\.)", expression) is not None
    )


def _read(schema: Schema, expression: str) -> Iterator[Schema]:
    """The schemas that a rule may read: its own, and those below whose names occur in it."""
    words = set(re.findall(r"\w+", expression))
    waiting, seen = [schema], 0
    while waiting and seen < 2000:
        held = waiting.pop()
        seen += 1
        yield held
        waiting += [
            sub
            for name in held.names
            if not words.isdisjoint((name, escape(name))) and (sub := held.member(name)) is not None
        ]
        waiting += [inner for inner in (held.items, held.additional) if isinstance(inner, Schema)]


# ---- evaluation


class Failure(NamedTuple):
    """An evaluation that failed."""

    reason: str


@lru_cache(maxsize=1)
def _environment() -> Any:
    from cel_expr_python import cel  # type: ignore[import-untyped]
    from cel_expr_python.ext import ext_bindings, ext_optional  # type: ignore[import-untyped]

    from k8slint.schemas.celfunctions import declarations

    return cel.NewEnv(
        variables={"self": cel.Type.DYN},
        extensions=[ext_optional.ExtOptional(), ext_bindings.ExtBindings()],
        functions=declarations(cel),
    )


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Any:
    """A rule ready to run; None for one that cel-expr-python does not understand."""
    for unchecked in (False, True):
        try:
            return _environment().compile(expression, disable_check=unchecked)
        except RuntimeError:
            # Of literals of different types its checker thinks otherwise than that of Kubernetes.
            continue
    return None


def _run(expression: str, data: dict[str, Plain]) -> Any:
    """What an expression gives; a `Failure` where it fails as it would in the server, None where it cannot be told."""
    program = _compiled(expression)
    if program is None:
        return None
    try:
        value = program.eval(data=data)
    except RuntimeError:
        return None
    if value.type().name() != "ERROR":
        return value.plain_value()
    reason = str(value.plain_value())
    if not re.search(_FAILURES, reason):
        return None
    return Failure(reason.partition(": ")[2])


def _evaluate(expression: str, data: dict[str, Plain]) -> bool | str | None:
    """Whether a rule is kept; the reason where it fails, None where that cannot be told."""
    outcome = _run(expression, data)
    if isinstance(outcome, Failure):
        return outcome.reason
    return outcome if isinstance(outcome, bool) else None
