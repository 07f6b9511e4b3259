"""What to say of a mistake: what is expected and what stands there, in words, and what was probably meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from k8slint.near import edit_distance, near
from k8slint.nodes import MAPPING, SCALAR, SEQUENCE, Key, Node, Plain
from k8slint.schemas.decoding import FORMS
from k8slint.schemas.walk import LENIENT, walk
from k8slint.views import InvalidValue, Manifest, MissingField, Mistake, UnknownField, WrongType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.schemas.tables import Type

_ONE: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "bytes": "a string in base64",
    "quantity": "a quantity",
    "int-or-string": "an integer or a string",
    "time": "a time",
    "microtime": "a time",
    "duration": "a duration",
    "object": "a map",
    "map": "a map",
    "list": "a list",
    "any": "any value",
    "raw-extension": "any value",
}
_MANY: Final = {
    "string": "strings",
    "integer": "integers",
    "number": "numbers",
    "boolean": "booleans",
    "quantity": "quantities",
    "object": "maps",
    "map": "maps",
    "list": "lists",
}

# Words of other tools for what Kubernetes calls otherwise, by the last name of the type.
_SYNONYMS: Final = {
    "Container": {"entrypoint": "command", "cmd": "args", "environment": "env", "mounts": "volumeMounts"},
    "CustomResourceDefinitionSpec": {"scoped": "scope"},
}

# What is left out when a field is a level too high, where its name is that of a field a level higher as well.
_FORGOTTEN: Final = {"Probe": {"command": "exec"}, "LifecycleHandler": {"command": "exec"}}

# Names that so many objects have that a place some way off tells nothing.
_COMMON: Final = frozenset({"name", "namespace", "kind", "apiGroup"})

_ABBREVIATIONS: Final = {
    "RWO": "ReadWriteOnce",
    "ROX": "ReadOnlyMany",
    "RWX": "ReadWriteMany",
    "RWOP": "ReadWriteOncePod",
}

# What people leave off a name: `secret` for `secretRef`, `storageClass` for `storageClassName`.
_ENDINGS: Final = ("ref", "name")


# ---- what is expected, what is found


def expected(held: Type) -> str:
    """What a type takes, as in "takes a list of strings"."""
    if held.holds == "one-of":
        return " or ".join(dict.fromkeys(expected(one) for one in held.alternatives))
    if held.holds in ("list", "map") and held.item is not None:
        items = _MANY.get(held.item.holds)
        return f"{_ONE[held.holds]} of {items}" if items else _ONE[held.holds]
    return _ONE[held.holds]


def found(node: Node) -> str:
    """What kubectl reads at a node, as in "not the number 420"."""
    if node.kind == SEQUENCE:
        return "a list"
    if node.kind == MAPPING:
        return "a map"
    value = node.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {'true' if value else 'false'}"
    if isinstance(value, str):
        return f'the string "{shortened(value)}"'
    # As it is written, where that is how people write numbers.
    return f"the number {node.text if _plain_decimal(node.text) else _number(value)}"


def shortened(text: str, length: int = 60) -> str:
    """A text on one line, its end left out where it is long."""
    text = text.replace("\n", "\\n")
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _plain_decimal(text: str) -> bool:
    return re.fullmatch(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", text, re.ASCII) is not None


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e21 else str(value)


def wrong_type(node: Node, manifest: Manifest, held: Type) -> WrongType:
    """The mistake of a value that a type does not take."""
    mistake = WrongType(node, manifest, expected(held), found(node))
    if node.kind == MAPPING and held.item is not None and held.holds == "list":
        mistake.meant = [node.value] if node.fields.keys() <= held.item.fields.keys() else None
    if node.kind != SCALAR:
        return mistake
    value = node.value
    if held.holds == "integer" and type(value) in (int, float):
        if node.integer is not None:
            mistake.expected = f"an integer of {held.bits} bits"
        return mistake
    mistake.meant = meant(node, held.holds, held.bits)
    mistake.surprise = surprises(node)
    if held.enum:
        mistake.expected = listed(one for one in held.enum if one)
        mistake.meant = mistake.meant if mistake.meant in held.enum else None
    if mistake.meant is None and held.holds == "list" and held.item is not None:
        mistake.meant = only_item(node, held.item.holds == "string")
    return mistake


def surprises(node: Node) -> bool:
    """Whether a scalar's text does not look like what YAML makes of it: `on`, `0644`."""
    value = node.value
    if isinstance(value, bool):
        return node.text.lower() not in ("true", "false")
    return isinstance(value, int | float) and not _plain_decimal(node.text)


def meant(node: Node, holds: str, bits: int = 0) -> Plain:
    """The value of the expected type that a scalar's text stands for beyond doubt; None where there is none."""
    if node.tag is not None or node.is_null:
        return None
    text = node.text
    if not isinstance(node.value, str):
        # A number where base64 belongs has hardly been encoded.
        readable = holds == "string" or (holds in FORMS and holds != "bytes" and not FORMS[holds](text))
        return text if readable and not node.style else None
    if holds == "integer" and str(node.key).endswith("Seconds"):
        # `30s` can say nothing else there.
        text = text.removesuffix("s")
    if holds == "integer" and re.fullmatch(r"-?(?:0|[1-9][0-9]{0,18})", text, re.ASCII):
        limit = 2 ** ((bits or 64) - 1)
        return int(text) if -limit <= int(text) < limit else None
    if holds == "number" and _plain_decimal(text):
        return float(text) if "." in text else int(text)
    if holds == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return None


def only_item(node: Node, strings: bool) -> Plain:
    """A list of the one value that stands where a list (of strings) belongs; None where it may be several in one."""
    value = node.value
    # The core group has no name.
    whole = isinstance(value, str) and (value != "" or node.key == "apiGroups")
    if strings and whole and not re.search(r"[\s,]", str(value)):
        return [value]
    return None


# ---- values


def not_allowed(node: Node, manifest: Manifest, allowed: Iterable[Plain]) -> InvalidValue:
    """The mistake of a value that is none of those allowed."""
    values = tuple(allowed)
    text = node.string
    shown = f'"{shortened(text)}"' if text is not None else shortened(str(node))
    words = [_written(one) for one in values if one != ""]
    reason = f"{shown} is not one of {listed(words)}" if words else f"{shown} is not empty, as it has to be"
    mistake = InvalidValue(node, manifest, reason)
    mistake.allowed = values
    if text:
        texts = [one for one in values if isinstance(one, str) and one]
        mistake.near = _in_short(text, texts) or near(text, texts)
    return mistake


def _written(value: Plain) -> str:
    """A value as it is written in YAML: null, true."""
    if isinstance(value, str):
        return value
    from json import dumps

    return dumps(value, ensure_ascii=False)


def _in_short(text: str, words: Iterable[str]) -> str:
    """The word that a text is short for: its beginning (`Rolling`), or what `kubectl get pv` prints of it (`RWO`); "" where there is none, or several."""
    whole = _ABBREVIATIONS.get(text.upper())
    found = [word for word in words if word == whole or (len(text) > 3 and _folded(word).startswith(_folded(text)))]
    return found[0] if len(found) == 1 else ""


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: `TCP, UDP or SCTP`."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


# ---- fields


def unknown_field(node: Node, manifest: Manifest, held: Type, root: Type) -> UnknownField:
    """The mistake of a field that a type does not have, with what was meant or where it belongs."""
    assert node.parent is not None
    owner, name = node.parent, str(node.key)
    mistake = UnknownField(node, manifest)
    mistake.fields = tuple(held.fields)
    versions = held.field_versions(name)
    if versions is not None:
        mistake.since, mistake.until = versions.first or "", versions.last or ""
        return mistake
    synonym = _SYNONYMS.get(held.name.rpartition(".")[2], {}).get(name.lower(), "")
    mistake.near = synonym or _shortened_from(name, held.fields) or near(name, held.fields)
    if mistake.near and not synonym and not is_slip(name, mistake.near):
        mistake.belongs = _belongs(node, held, root, near_enough=2)
    elif not mistake.near or not is_slip(name, mistake.near):
        mistake.belongs = _belongs(node, held, root) if not synonym else ()
    else:
        # A plural, or a letter: only an ancestor's own field of exactly this name is likelier.
        mistake.belongs = _belongs(node, held, root, near_enough=0)
    if mistake.belongs:
        mistake.near = ""
    elif mistake.near and mistake.near not in owner.fields:
        mistake.fits = not walk(manifest, held.fields[mistake.near].type, node, mode=LENIENT)
    return mistake


def pair(unknown: Iterable[UnknownField], missing: Iterable[Mistake], held: Type) -> None:
    """Says of a field of an unheard-of name that it is the one field that is missing beside it, where it could be: `port` for `containerPort`."""
    strangers = [one for one in unknown if not (one.near or one.since or one.until or _is_above(one))]
    needed = [one for one in missing if isinstance(one.node.key, str)]
    if len(strangers) == len(needed) == 1:
        name = str(needed[0].node.key)
        if not walk(strangers[0].manifest, held.fields[name].type, strangers[0].node, mode=LENIENT):
            strangers[0].near, strangers[0].belongs = name, ()


def _is_above(mistake: UnknownField) -> bool:
    """Whether a field belongs somewhere else than in a part of what it stands in."""
    depth = len(_steps_from_root(mistake.node))
    return any(len(re.findall(r"\[\]|[^.\[]+", route)) <= depth for route in mistake.belongs)


def is_slip(name: str, other: str) -> bool:
    """Whether two names differ by case, dashes, and a letter or an ending at most."""
    plain, meant_name = _folded(name), _folded(other)
    ended = any(plain + ending == meant_name for ending in _ENDINGS)
    return ended or plain.rstrip("s") == meant_name.rstrip("s") or edit_distance(plain, meant_name, 2) < 2


def _shortened_from(name: str, fields: Iterable[str]) -> str:
    """The field that a name is without its ending; "" where there is none, or several."""
    whole = {_folded(name) + ending for ending in _ENDINGS}
    found = [field for field in fields if field.lower() in whole]
    return found[0] if len(found) == 1 else ""


def _folded(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _belongs(node: Node, held: Type, root: Type, near_enough: int | None = None) -> tuple[str, ...]:
    """The routes where a field of this name stands, of those the nearest; none where these are many.

    `held` is what the owner should be. `near_enough` is how many steps down from the owner or one of its ancestors the field may be.
    """
    assert node.parent is not None
    name = str(node.key)
    here = [("[]" if isinstance(step, int) else step) for step in _steps_from_root(node.parent)]
    forgotten = _FORGOTTEN.get(held.name.rpartition(".")[2], {}).get(name)
    best: list[str] = []
    best_distance: tuple[int, ...] | None = None
    for route in root.fields_named(name, limit=200):
        if route.startswith("status."):
            continue
        steps = re.findall(r"\[\]|[^.\[]+", route)[:-1]
        common = 0
        while common < min(len(here), len(steps)) and steps[common] in (here[common], "*"):
            common += 1
        # What is in a list is as near as what is not.
        up, down = (sum(step != "[]" for step in part[common:]) for part in (here, steps))
        if near_enough is not None and down > near_enough:
            continue
        if not down and up and here[common] == name:
            # That is what this is in.
            continue
        if down and here[common + 1 :] == [] and here[common:] not in ([], ["[]"], ["metadata"]):
            # In a sibling of what this is in: of volume sources, for one, only one is meant.
            continue
        if (up and up + down > 4) or (name in _COMMON and (down > 1 or steps[-1:] == ["os"])):
            continue
        distance = (
            not (forgotten and steps == [*here, forgotten]),
            not down and name in _ancestor(node, len(here) - common).fields,
            up + down,
            down,
            not (not here and steps == ["metadata"]),
            _optional(root, steps),
        )
        if best_distance is None or distance < best_distance:
            best, best_distance = [route], distance
        elif distance == best_distance:
            best.append(route)
    return tuple(best) if len(best) <= 3 else ()


def _ancestor(node: Node, levels: int) -> Node:
    """What is so many levels above the mapping that a field is in; that mapping itself for 0."""
    for _ in range(levels + 1):
        assert node.parent is not None
        node = node.parent
    return node


def _optional(held: Type, steps: list[str]) -> int:
    """How many of the fields on a route need not be there: `containers` is likelier than `initContainers`."""
    count = 0
    for step in steps:
        if step in ("[]", "*"):
            assert held.item is not None
            held = held.item
        elif step in held.fields:
            count += not held.fields[step].required
            held = held.fields[step].type
        else:
            return count
    return count


def _steps_from_root(node: Node, root: Node | None = None) -> list[Key]:
    steps: list[Key] = []
    while node is not root and node.parent is not None and node.document is None:
        steps.append(node.key)
        node = node.parent
    return steps[::-1]


# ---- routes


def name_fields(mistakes: Iterable[Mistake], held: Type, root: Node) -> None:
    """Says what the API server names where that is not the mistake's own route.

    Only the types tell which keys are the author's own and stand in brackets: validation writes `data[key]`. The decoder writes a
    dot before every key of a field that it does not know, and names the map where a value in it is of the wrong type.
    """
    start = root.route
    for mistake in mistakes:
        node = mistake.node
        if isinstance(mistake, UnknownField):
            route = "".join(
                f"[{step}]" if isinstance(step, int) else f".{step}" for step in _steps_from_root(node, root)
            )
        else:
            route, in_map = _typed_route(_steps_from_root(node, root), held)
            if in_map and isinstance(mistake, WrongType):
                route = route[: route.rindex("[")]
            elif isinstance(mistake, MissingField) and mistake.needs:
                route += mistake.needs[len(str(node.key)) :]
        route = f"{start}{route}" if start else route.lstrip(".")
        if route != node.route:
            mistake.field = route


def _typed_route(steps: Iterable[Key], held: Type) -> tuple[str, bool]:
    """A route below a type, and whether it ends with the key of a map."""
    parts: list[str] = []
    in_map = False
    for step in steps:
        in_map = held.holds == "map"
        parts.append(f"[{step}]" if in_map or isinstance(step, int) else f".{step}")
        if held.item is not None:
            held = held.item
        elif held.holds == "one-of":
            wanted = "list" if isinstance(step, int) else "object"
            one = next((one for one in held.alternatives if one.holds == wanted), held)
            held = one.item or (one.fields[str(step)].type if str(step) in one.fields else one)
        elif str(step) in held.fields:
            held = held.fields[str(step)].type
    return "".join(parts), in_map
