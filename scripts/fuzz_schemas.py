"""Makes CRDs and custom resources at random, and compares what k8slint says of them with how they were made.

`scripts/fuzz.py --schemas` runs it at length, `tests/schemas/test_fuzz.py` for a moment. Of three sorts of input it demands:

- a sound schema, and a resource made to fit it: nothing of either is refused;
- such a resource with one mistake in it: there is a finding at the place of that mistake;
- anything else (a CRD or resource with junk in it, nested without end, null all over): findings, each within the text, and no crash.

The same seed makes the same cases wherever they run.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple, TypeAlias

from k8slint import run
from k8slint.finding import Claim, Finding
from k8slint.plugins import Plugins

Value: TypeAlias = Any
Schema: TypeAlias = dict[str, Any]

LIMIT = 2.0
"""Seconds that one case may take."""

GROUP, KIND, PLURAL = "shop.example", "Widget", "widgets"


class Raw(str):
    """A value as it stands in the text."""

    __slots__ = ()


class Case(NamedTuple):
    """A text to check, and what has to come out."""

    sort: str
    """`fits`, `mistake` or `junk`."""
    text: str
    rule: str = ""
    """For a mistake: the rule that finds it."""
    route: str = ""
    """And where."""
    documents: tuple[Value, ...] = ()
    """What the text was written from."""


# ---------------------------------------------------------------------------------------------------- schemas

# A pattern of Go's, what matches it, what does not.
PATTERNS = (
    (r"^[a-z]+$", ("a", "shop"), ("A", "", "a-b")),
    (r"^\d{1,3}%$", ("5%", "100%"), ("5", "1000%")),
    (r"^(?:[a-z0-9]([-a-z0-9]*[a-z0-9])?)$", ("a", "a-b", "0"), ("-a", "A")),
    (r"^\p{Lu}", ("Éa", "A"), ("é", "1")),
    (r"(?i)^yes|no$", ("YES", "no"), ("maybe",)),
    (r"^[[:alpha:]]\z", ("x",), ("x\n", "7")),
)
FORMATS = (
    ("date-time", ("2020-01-01T00:00:00Z", "2020-12-31T23:59:59.5+01:00"), ("2020-01-01", "x")),
    ("date", ("2020-02-29",), ("2021-02-29", "today")),
    ("duration", ("1h", "1m30s"), ("soon",)),
    ("ipv4", ("10.0.0.1",), ("10.0.0", "::1")),
    ("ipv6", ("::1",), ("10.0.0.1",)),
    ("cidr", ("10.0.0.0/8",), ("10.0.0.0",)),
    ("uuid", ("123e4567-e89b-12d3-a456-426614174000",), ("123e4567",)),
    ("byte", ("YWJj",), ("a", "*")),
    ("email", ("a@shop.example",), ("a",)),
    ("hostname", ("shop.example",), ("-",)),
    ("uri", ("https://shop.example/a",), ("a b",)),
    ("no-such-format", ("anything",), ()),
)
NAMES = ("name", "size", "color", "replicas", "parts", "labels", "template", "mode", "a-b", "in", "namespace", "x.y/z")


def schema(chance: random.Random, depth: int, *, bounded: bool = True) -> Schema:
    """A sound schema. `bounded` is whether a value of it can be in a resource only once, so that rules are cheap."""
    makers: list[Callable[[random.Random, int, bool], Schema]] = [
        _string,
        _string,
        _integer,
        _number,
        _boolean,
        _either,
    ]
    if depth > 0:
        makers += [_array, _array, _object, _object, _object, _map, _open, _embedded]
    made = chance.choice(makers)(chance, depth, bounded)
    # Not even a null among the values of an enumeration lets null through.
    if "enum" not in made and chance.random() < 0.15:
        made["nullable"] = True
    if chance.random() < 0.2:
        made["description"] = "What it is for"
    return made


def _string(chance: random.Random, _depth: int, bounded: bool) -> Schema:
    made: Schema = {"type": "string"}
    match chance.randrange(6):
        case 0:
            made["enum"] = chance.sample(["Always", "Never", "on", "1", "", "null"], chance.randint(1, 4))
        case 1:
            made["pattern"] = chance.choice(PATTERNS)[0]
        case 2:
            made["format"] = chance.choice(FORMATS)[0]
        case 3:
            made.update(minLength=chance.randrange(3), maxLength=chance.randint(3, 12))
            if bounded and chance.random() < 0.5:
                made["x-kubernetes-validations"] = [{"rule": "self != 'zzz'", "message": "not zzz"}]
        case 4:
            made["allOf"] = [{"minLength": 1}, {"maxLength": 8}]
        case _:
            pass
    return made


def _integer(chance: random.Random, _depth: int, bounded: bool) -> Schema:
    made: Schema = {"type": "integer"}
    match chance.randrange(6):
        case 0:
            made["format"] = chance.choice(("int32", "int64"))
        case 1:
            made.update(minimum=chance.randint(-5, 0), maximum=chance.randint(10, 20))
            if chance.random() < 0.3:
                made["exclusiveMaximum"] = True
        case 2:
            made.update(multipleOf=chance.choice((2, 5)), minimum=0)
        case 3:
            made["enum"] = chance.sample([0, 1, 7, -3], chance.randint(1, 4))
        case 4 if bounded:
            made["x-kubernetes-validations"] = [
                {"rule": "self <= 1000", "messageExpression": "'it is more than ' + '1000'"}
            ]
        case _:
            pass
    return made


def _number(chance: random.Random, _depth: int, _bounded: bool) -> Schema:
    made: Schema = {"type": "number"}
    if chance.random() < 0.5:
        made.update(minimum=-1.5, maximum=chance.choice((10, 12.25)))
    if chance.random() < 0.3:
        made["format"] = chance.choice(("float", "double"))
    return made


def _boolean(_chance: random.Random, _depth: int, _bounded: bool) -> Schema:
    return {"type": "boolean"}


def _either(chance: random.Random, _depth: int, _bounded: bool) -> Schema:
    made: Schema = {"x-kubernetes-int-or-string": True}
    if chance.random() < 0.5:
        made["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    return made


def _array(chance: random.Random, depth: int, _bounded: bool) -> Schema:
    made: Schema = {"type": "array"}
    match chance.randrange(4):
        case 0:
            made["items"] = {"type": chance.choice(("string", "integer"))}
            made["x-kubernetes-list-type"] = "set"
        case 1:
            item = _object(chance, depth - 1, False, plain=True)
            item["properties"]["key"] = {"type": "string"}
            item["required"] = [*item.get("required", ()), "key"]
            made["items"] = item
            made.update({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["key"]})
        case _:
            made["items"] = schema(chance, depth - 1, bounded=False)
            if chance.random() < 0.3:
                made["x-kubernetes-list-type"] = "atomic"
    if chance.random() < 0.3:
        made["maxItems"] = chance.randint(3, 5)
    if chance.random() < 0.2:
        made["minItems"] = 1
    if chance.random() < 0.2:
        made["uniqueItems"] = False
    return made


def _object(chance: random.Random, depth: int, bounded: bool, *, plain: bool = False) -> Schema:
    names = chance.sample(NAMES, chance.randint(1, 5))
    properties = {name: schema(chance, depth - 1, bounded=bounded) for name in names}
    made: Schema = {"type": "object", "properties": properties}
    made["required"] = [name for name in names if chance.random() < 0.3]
    free = [name for name in names if name not in made["required"]]
    if len(free) > 1 and not plain and chance.random() < 0.4:
        # Defaults of these, and nulls, would be in the way of what the conditions say.
        first, second = free[:2]
        for name in (first, second):
            properties[name].pop("nullable", None)
        made[chance.choice(("oneOf", "anyOf"))] = [{"required": [first]}, {"required": [second]}]
        free = free[2:]
    elif len(free) > 1 and not plain and chance.random() < 0.3:
        for name in free[:2]:
            properties[name].pop("nullable", None)
        made["not"] = {"required": free[:2]}
        free = free[2:]
    for name in free:
        if chance.random() < 0.3:
            default = value(properties[name], chance)
            if default is not None:
                properties[name]["default"] = default
    if not made["required"]:
        del made["required"]
    if chance.random() < 0.1:
        made["x-kubernetes-preserve-unknown-fields"] = True
    if chance.random() < 0.2:
        made["x-kubernetes-map-type"] = chance.choice(("atomic", "granular"))
    if bounded and chance.random() < 0.3:
        made["x-kubernetes-validations"] = [
            {"rule": "true", "message": "it is what it is", "reason": "FieldValueInvalid"}
        ]
    return made


def _map(chance: random.Random, depth: int, _bounded: bool) -> Schema:
    made: Schema = {"type": "object", "additionalProperties": schema(chance, depth - 1, bounded=False)}
    if chance.random() < 0.3:
        made.update(minProperties=1, maxProperties=3)
    return made


def _open(chance: random.Random, _depth: int, _bounded: bool) -> Schema:
    made: Schema = {"x-kubernetes-preserve-unknown-fields": True}
    if chance.random() < 0.7:
        made["type"] = "object"
    return made


def _embedded(chance: random.Random, _depth: int, _bounded: bool) -> Schema:
    made: Schema = {
        "type": "object",
        "x-kubernetes-embedded-resource": True,
        "x-kubernetes-preserve-unknown-fields": True,
    }
    if chance.random() < 0.5:
        made["properties"] = {"spec": _object(chance, 1, False)}
    return made


# ---------------------------------------------------------------------------------------------------- values that fit


def value(held: Schema, chance: random.Random) -> Value:
    """A value that a sound schema takes."""
    if held.get("nullable") and chance.random() < 0.3:
        return None
    if "enum" in held:
        return chance.choice(held["enum"])
    if held.get("x-kubernetes-int-or-string"):
        return chance.choice((1, "25%", 0, "http"))
    match held.get("type"):
        case "string":
            return _string_value(held, chance)
        case "integer":
            step = held.get("multipleOf", 1)
            return step * chance.randint(-(-held.get("minimum", -2) // step), 9 // step)
        case "number":
            return chance.choice((0, 1.5, 7, 2.25, -1))
        case "boolean":
            return chance.random() < 0.5
        case "array":
            return _array_value(held, chance)
        case "object":
            return _object_value(held, chance)
    return chance.choice(({"any": [1, {"x": None}]}, "text", 7, [], {}))


def _string_value(held: Schema, chance: random.Random) -> str:
    for name, known in (("pattern", PATTERNS), ("format", FORMATS)):
        for one, good, _ in known:
            if held.get(name) == one:
                return chance.choice(good)
    least = held.get("minLength", 1)
    return "".join(chance.choice("abé-☃") for _ in range(chance.randint(least, least + 1)))


def _array_value(held: Schema, chance: random.Random) -> list[Value]:
    count = chance.randint(held.get("minItems", 0), 3)
    items = held["items"]
    if held.get("x-kubernetes-list-type") == "set":
        return chance.sample(["a", "b", "c"] if items["type"] == "string" else [1, 2, 3], count)
    made = [value(items, chance) for _ in range(count)]
    if held.get("x-kubernetes-list-type") == "map":
        made = [
            {**one, "key": f"k{position}"} for position, one in enumerate(_object_value(items, chance) for _ in made)
        ]
    # A null in a list is none that a default could stand in for.
    return made


def _object_value(held: Schema, chance: random.Random) -> dict[str, Value]:
    if "additionalProperties" in held:
        count = chance.randint(held.get("minProperties", 0), 3)
        return {
            f"key{number}": value({**held["additionalProperties"], "nullable": False}, chance)
            for number in range(count)
        }
    given = {}
    alternatives = held.get("oneOf") or held.get("anyOf") or ()
    choices = [name for one in alternatives for name in one["required"]]
    excluded = held["not"]["required"] if "not" in held else []
    chosen = {chance.choice(choices)} if choices else set()
    left_out = (set(choices) - chosen) | set(excluded[1:])
    for name, inner in held.get("properties", {}).items():
        if name not in left_out and (name in held.get("required", ()) or name in chosen or chance.random() < 0.7):
            given[name] = value(inner, chance)
    if held.get("x-kubernetes-embedded-resource"):
        given.update(apiVersion="v1", kind="ConfigMap", metadata={"name": "a", "labels": {"app": "a"}})
    return given


# ---------------------------------------------------------------------------------------------------- mistakes


class Mistake(NamedTuple):
    """What to put where, and who has to find it."""

    steps: tuple[str | int, ...]
    value: Value
    rule: str
    within: str = ""
    """The name of a field of the place that the finding is about."""


_GONE = object()


def mistakes(held: Schema, given: Value, steps: tuple[str | int, ...] = ()) -> Iterator[Mistake]:
    """The ways to break a value that fits, each known to be refused."""
    if given is None or not held.get("type"):
        return
    kind = held["type"]
    yield Mistake(steps, "text" if kind == "boolean" else True, "wrong-type")
    if "enum" in held:
        yield Mistake(steps, "Sometimes" if kind == "string" else 4711, "invalid-value")
        return
    match kind:
        case "string":
            for name, known in (("pattern", PATTERNS), ("format", FORMATS)):
                for one, _, bad in known:
                    if held.get(name) == one and one != "byte":
                        yield from (Mistake(steps, text, "invalid-value") for text in bad)
            if "maxLength" in held or "allOf" in held:
                yield Mistake(steps, "x" * 20, "invalid-value")
            if "x-kubernetes-validations" in held and held["maxLength"] >= 3 >= held["minLength"]:
                yield Mistake(steps, "zzz", "custom-resource-rule")
        case "integer":
            if "maximum" in held:
                yield Mistake(steps, held["maximum"] + (not held.get("exclusiveMaximum")), "invalid-value")
            if "minimum" in held:
                yield Mistake(steps, held["minimum"] - 10, "invalid-value")
            if "multipleOf" in held:
                yield Mistake(steps, held["multipleOf"] + 1, "invalid-value")
            if held.get("format") == "int32":
                yield Mistake(steps, 2**31, "invalid-value")
            if "x-kubernetes-validations" in held:
                yield Mistake(steps, 1001, "custom-resource-rule")
        case "number":
            if "maximum" in held:
                yield Mistake(steps, 99.5, "invalid-value")
        case "array":
            yield from _array_mistakes(held, given, steps)
        case "object":
            yield from _object_mistakes(held, given, steps)


def _array_mistakes(held: Schema, given: list[Value], steps: tuple[str | int, ...]) -> Iterator[Mistake]:
    if "maxItems" in held and given:
        yield Mistake(steps, given + given[:1] * held["maxItems"], "invalid-value")
    if "minItems" in held:
        yield Mistake(steps, [], "invalid-value")
    if held.get("x-kubernetes-list-type") in ("set", "map") and given and len(given) < held.get("maxItems", 9):
        yield Mistake(steps, [*given, given[0]], "invalid-value", f"[{len(given)}]")
    for position, one in enumerate(given):
        yield from mistakes(held["items"], one, (*steps, position))


def _object_mistakes(held: Schema, given: dict[str, Value], steps: tuple[str | int, ...]) -> Iterator[Mistake]:
    if "additionalProperties" in held:
        if "minProperties" in held:
            yield Mistake(steps, {}, "invalid-value")
            yield Mistake(steps, {f"k{n}": next(iter(given.values())) for n in range(4)}, "invalid-value")
        for key, one in given.items():
            yield from mistakes(held["additionalProperties"], one, (*steps, key))
        return
    for name in held.get("required", ()):
        yield Mistake((*steps, name), _GONE, "missing-field")
    if held.get("x-kubernetes-embedded-resource"):
        yield Mistake((*steps, "kind"), _GONE, "missing-field")
    elif not held.get("x-kubernetes-preserve-unknown-fields"):
        yield Mistake((*steps, "qqqqq"), 1, "unknown-field")
    for key, one in given.items():
        if key in held.get("properties", {}):
            yield from mistakes(held["properties"][key], one, (*steps, key))


def broken(given: Value, mistake: Mistake) -> Value:
    """A value with a mistake in it."""
    if not mistake.steps:
        return mistake.value
    made = deepcopy(given)
    place = made
    for step in mistake.steps[:-1]:
        place = place[step]
    if mistake.value is _GONE:
        place.pop(mistake.steps[-1], None)
    else:
        place[mistake.steps[-1]] = mistake.value
    return made


def route(mistake: Mistake) -> str:
    """Where a finding has to be, as findings write it."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in mistake.steps]
    return f"spec{''.join(parts)}{mistake.within}"


# ---------------------------------------------------------------------------------------------------- documents


def definition(spec: Schema, chance: random.Random) -> Value:
    """A CRD whose resources have a spec of a schema; of one version, or of several."""
    whole = {"type": "object", "properties": {"spec": spec, "status": {"type": "object"}}}
    version: dict[str, Value] = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": whole}}
    if chance.random() < 0.3:
        version["subresources"] = {"status": {}}
    if chance.random() < 0.3:
        version["additionalPrinterColumns"] = [
            {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
        ]
    versions = [version]
    if chance.random() < 0.3:
        loose = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        versions.append({"name": "v1beta1", "served": True, "storage": False, "schema": {"openAPIV3Schema": loose}})
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": KIND, "plural": PLURAL, "singular": "widget", "listKind": "WidgetList"},
            "versions": versions,
        },
    }


def former(crd: Value) -> Value:
    """A CRD in the shape of v1beta1, with one schema for all versions."""
    made = deepcopy(crd)
    made["apiVersion"] = "apiextensions.k8s.io/v1beta1"
    first = made["spec"]["versions"][0]
    made["spec"]["validation"] = first.pop("schema")
    made["spec"]["version"] = first["name"]
    return made


def resource(spec: Value) -> Value:
    """A custom resource."""
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": KIND,
        "metadata": {"name": "blue", "namespace": "shop"},
        "spec": spec,
    }


def written(given: Value, chance: random.Random) -> str:
    """A document as text: JSON in lines or in one, or YAML in blocks."""
    style = chance.randrange(4)
    if style < 2 and not _has_raw(given):
        return json.dumps(given, indent=2 if style else None, ensure_ascii=style == 0) + "\n"
    return "".join(f"{line}\n" for line in _block(given))


def _has_raw(given: Value) -> bool:
    if isinstance(given, dict):
        return any(isinstance(key, Raw) or _has_raw(inner) for key, inner in given.items())
    return any(map(_has_raw, given)) if isinstance(given, list) else isinstance(given, Raw)


def _block(given: Value) -> list[str]:
    if isinstance(given, dict) and given:
        lines = []
        for key, inner in given.items():
            below = _block(inner)
            name = key if isinstance(key, Raw) else json.dumps(key, ensure_ascii=False)
            if isinstance(inner, dict | list) and inner:
                lines += [f"{name}:", *(f" {line}" for line in below)]
            else:
                lines.append(f"{name}: {below[0]}")
        return lines
    if isinstance(given, list) and given:
        lines = []
        for inner in given:
            first, *rest = _block(inner)
            lines += [f"- {first}", *(f"  {line}" for line in rest)]
        return lines
    return [given if isinstance(given, Raw) else json.dumps(given, ensure_ascii=False)]


# ---------------------------------------------------------------------------------------------------- junk

WORDS = (
    "type", "properties", "items", "additionalProperties", "required", "enum", "default", "nullable", "pattern", "format", "minimum", "maximum",
    "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems", "exclusiveMinimum", "allOf", "anyOf",
    "oneOf", "not", "$ref", "definitions", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string", "x-kubernetes-embedded-resource",
    "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-validations", "rule", "message", "messageExpression",
    "fieldPath", "optionalOldSelf", "versions", "schema", "openAPIV3Schema", "validation", "subresources", "scale", "specReplicasPath", "selectableFields",
    "additionalPrinterColumns", "jsonPath", "names", "group", "scope", "conversion", "preserveUnknownFields", "metadata", "spec", "status", "apiVersion",
)  # fmt: skip
JUNK: tuple[Value, ...] = (
    None, True, False, 0, -1, 7, 1.5, -0.0, 10**18, 2**63, 10**40, 1e308, "", "a", "object", "array", "integer", "string", "map", "set", "[", "(?<a>b)", ".a",
    ".spec['x']", "self", "self.all(k, v, k == v)", "self.x > 'a' ||", "((((((((((((((((((((", "é\u2028\x00", "x" * 3000, [], {}, [[]], [None], [{}], {"": None},
    {"type": None}, {"type": ["object", "null"]}, {"rule": "self.a.b.c"}, {"a": {"b": [{"c": None}]}}, [{"rule": "oldSelf == self"}, None, 7],
    {"properties": []}, {"items": [{"type": "string"}]}, {"enum": {}}, {"pattern": "("}, {"format": 7, "type": "string"}, {"multipleOf": 0, "type": "integer"},
    {"minimum": "1"}, {"maximum": 10**400}, {"default": {"a": [{}]}, "type": "object"}, {"x-kubernetes-list-type": "map", "type": "array"},
    Raw(".inf"), Raw("-.inf"), Raw(".nan"), Raw("1e400"), Raw("-1e400"), Raw("0x1F"), Raw("0o17"), Raw("9" * 40), Raw("1_000"), Raw("2020-01-01"), Raw("on"),
    Raw("~"), Raw("!!binary aGk="), Raw("!!str 7"), Raw("!!float 1"), Raw("!custom {a: b}"), Raw("&x {a: b}"), Raw("&y {properties: *y}"), Raw("*missing"),
    Raw("{<<: {type: object}, properties: {a: {type: string}}}"), Raw("{type: object, type: string}"), Raw("{? [a, b] : c}"), Raw("{1: 2, null: 3, true: 4}"),
)  # fmt: skip


def places(given: Value) -> list[tuple[Value, Any]]:
    """All places of a document: what holds them, and the key or index there."""
    found: list[tuple[Value, Any]] = []
    waiting = [given]
    while waiting:
        here = waiting.pop()
        keys: list[Any] = (
            list(here) if isinstance(here, dict) else list(range(len(here))) if isinstance(here, list) else []
        )
        for key in keys:
            found.append((here, key))
            waiting.append(here[key])
    return found


def spoil(given: Value, chance: random.Random) -> Value:
    """A document in which something is other than it should be."""
    made = deepcopy(given)
    for _ in range(chance.randint(1, 4)):
        known = places(made)
        if not known:
            return made
        holder, key = chance.choice(known)
        match chance.randrange(7):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[chance.choice(WORDS)] = deepcopy(chance.choice(JUNK))
            case 2 if isinstance(holder, dict):
                holder[chance.choice((*WORDS, "", "a.b", "~", "0"))] = holder.pop(key)
            case 3:
                # As deep as what holds it, once more within.
                other, place = chance.choice(known)
                holder[key] = deepcopy(other[place])
            case 4:
                holder[key] = [holder[key]] if chance.random() < 0.5 else {chance.choice(WORDS): holder[key]}
            case _:
                holder[key] = deepcopy(chance.choice(JUNK))
    return made


def _nested(chance: random.Random) -> Value:
    """Deeper than anyone writes."""
    made: Value = {"type": "string"}
    keyword = chance.choice(("properties", "items", "additionalProperties", "allOf", "not", "oneOf", "mixed"))
    for _ in range(chance.choice((40, 100, 140))):
        step = chance.choice(("properties", "items", "additionalProperties")) if keyword == "mixed" else keyword
        match step:
            case "properties":
                made = {"type": "object", "properties": {"a": made}}
            case "items":
                made = {"type": "array", "items": made}
            case "allOf" | "oneOf":
                made = {"type": "object", step: [made]}
            case _:
                made = {"type": "object", step: made}
    return made


def _deep_value(chance: random.Random) -> Value:
    made: Value = "end"
    for _ in range(chance.choice((40, 100, 140))):
        made = {"a": made} if chance.random() < 0.5 else [made]
    return made


# ---------------------------------------------------------------------------------------------------- cases


def cases(count: int, seed: int) -> Iterator[tuple[int, Case]]:
    """Numbered cases."""
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")  # noqa: S311 - to be repeated, not to be safe
        yield number, case(chance)


def case(chance: random.Random) -> Case:
    """One case: a sound pair, one with a mistake, or junk."""
    spec = _object(chance, chance.randint(1, 3), True)
    crd = definition(spec, chance)
    given = _object_value(spec, chance)
    sort = chance.random()
    if sort < 0.3:
        return _case("fits", (crd, resource(given)), chance)
    if sort < 0.6:
        mistake = chance.choice(list(mistakes(spec, given)))
        documents = (crd, resource(broken(given, mistake)))
        return _case("mistake", documents, chance)._replace(rule=mistake.rule, route=route(mistake))
    if sort < 0.65:
        crd = definition({"type": "object", "properties": {"deep": _nested(chance)}}, chance)
        return _case("junk", (crd, resource({"deep": _deep_value(chance)})), chance)
    if chance.random() < 0.3:
        crd = former(crd)
    if chance.random() < 0.8:
        crd = spoil(crd, chance)
    return _case("junk", (crd, spoil(resource(given), chance) if chance.random() < 0.5 else resource(given)), chance)


def _case(sort: str, documents: tuple[Value, ...], chance: random.Random) -> Case:
    return Case(sort, "---\n".join(written(one, chance) for one in documents), documents=documents)


def failure(case: Case, plugins: Plugins) -> str:
    """What is wrong with how k8slint takes a case; "" if nothing is."""
    start = time.perf_counter()
    try:
        findings = run.check_text(
            case.text, "fuzz.yaml", run.CheckOptions(config=False, preset="strict"), plugins
        ).findings
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
        return f"{type(error).__name__}: {error}"
    spent = time.perf_counter() - start
    for finding in findings:
        if finding.rule == "rule-crashed":
            return finding.message
        if not is_within(finding, case.text):
            return f"{finding.rule} is outside the text, at {finding.line}:{finding.column} to {finding.end_line}:{finding.end_column}"
    refused = [finding for finding in findings if finding.claim == Claim.REJECTED]
    if case.sort == "fits" and refused:
        return f"refused: {refused[0].rule} at {refused[0].route}: {refused[0].message}"
    if case.sort == "mistake" and not any(
        finding.rule == case.rule and _is_at(finding, case.route) for finding in refused
    ):
        said = "; ".join(f"{finding.rule} at {finding.route}: {finding.message}" for finding in refused)
        return f"no {case.rule} at {case.route}, but {said or 'nothing'}"
    return f"took {spent:.1f} s" if spent > LIMIT else ""


def is_within(finding: Finding, text: str) -> bool:
    """Whether a finding is about a part of a text."""
    lines = text.split("\n")
    start, end = (finding.line, finding.column), (finding.end_line, finding.end_column)
    return start <= end and all(
        1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1 for line, column in (start, end)
    )


def _is_at(finding: Finding, wanted: str) -> bool:
    """Whether a finding is at a route; checks of lists write the keys of maps in brackets, as the API server does."""
    return re.sub(r"\[([a-z]\w*)\]", r".\1", finding.route) == wanted


def fuzz(count: int, seed: int) -> int:
    """Runs cases and prints those that fail; gives their number."""
    plugins = Plugins()
    failed = 0
    sorts: dict[str, int] = {}
    # The first is slow, for much is imported then.
    failure(next(cases(1, seed))[1], plugins)
    start = time.perf_counter()
    for number, one in cases(count, seed):
        sorts[one.sort] = sorts.get(one.sort, 0) + 1
        wrong = failure(one, plugins)
        if wrong:
            failed += 1
            if failed <= 20:
                print(
                    f"--- {number} ({one.sort}): {wrong}\n{one.text if len(one.text) < 1500 else one.text[:1500] + '...'}"
                )
    made = ", ".join(f"{amount} {sort}" for sort, amount in sorted(sorts.items()))
    print(f"{count} cases ({made}), {failed} failed, {time.perf_counter() - start:.0f} s")
    return failed
