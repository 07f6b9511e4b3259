"""The types of an expression: whether each part fits the others, and what comes out.

Source: github.com/google/cel-go/checker: checker.go, types.go; cel/validator.go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from k8slint.cel import types
from k8slint.cel.functions import Overload, overloads
from k8slint.cel.syntax import CelError, Expr, Uint, parse
from k8slint.cel.types import BOOL, DYN, ERROR, INT, STRING, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from k8slint.cel.syntax import Fold

TYPE_NAMES: Final = {
    "bool": types.BOOL,
    "bytes": types.BYTES,
    "double": types.DOUBLE,
    "int": types.INT,
    "list": types.list_of(DYN),
    "map": types.map_of(DYN, DYN),
    "null_type": types.NULL,
    "string": types.STRING,
    "uint": types.UINT,
    "type": Type("type", (DYN,)),
    "optional_type": types.optional_of(DYN),
    "google.protobuf.Timestamp": types.TIMESTAMP,
    "google.protobuf.Duration": types.DURATION,
    # Of the types that Kubernetes adds, only these have names that expressions know.
    "net.IP": Type("opaque", name="IP"),
    "net.CIDR": Type("opaque", name="CIDR"),
}
"""The names of types are values too: `type(self) == string`."""


class Checked:
    """An expression and its types: `type` is what it gives, `types` those of its parts, `overloads` the ways in which functions are called, by id of the
    part, `variables` the names it refers to."""

    def __init__(self, root: Expr) -> None:
        self.root = root
        self.types: dict[int, Type] = {}
        self.overloads: dict[int, list[Overload]] = {}
        self.names: dict[int, str] = {}
        """The full names of the functions that calls came out as."""
        self.variables: set[str] = set()
        self.type = ERROR


def check(text: str, variables: Mapping[str, Type]) -> Checked:
    """The types of an expression that refers to variables. Raises CelError for the first mistake."""
    checker = _Checker(parse(text), variables)
    checker.run()
    return checker.checked


class _Checker:
    def __init__(self, root: Expr, variables: Mapping[str, Type]) -> None:
        self.checked = Checked(root)
        self.scopes: list[dict[str, Type]] = [dict(variables)]
        self.bound: dict[str, Type] = {}
        """The types that are found for type parameters."""
        self.made = 0

    def run(self) -> None:
        checked = self.checked
        result = self._check(checked.root)
        for key, kind in checked.types.items():
            checked.types[key] = self._substitute(kind, final=True)
        checked.type = self._substitute(result, final=True)
        self._judge_collections(checked.root)

    def _judge_collections(self, expr: Expr) -> None:
        """Elements of a list or map that is written down are of one type each, dyn being one; other than for `format`, whose verbs want theirs."""
        if expr.kind == "call" and expr.name == "format":
            self._judge_formats(expr)
            return
        if expr.kind in ("list", "map"):
            step = 1 if expr.kind == "list" else 2
            for start in range(step):
                self._judge_alike(expr, expr.args[start::step], optional=start == step - 1)
        for part in expr.parts():
            self._judge_collections(part)

    def _judge_formats(self, expr: Expr) -> None:
        """Whether all that is formatted within a part is what its verb can show."""
        if expr.kind == "call" and expr.name == "format" and len(expr.args) == 1:
            verbs = _verbs(expr)
            for verb, part in zip(verbs, expr.args[0].args if verbs else (), strict=False):
                wrong = self._unshown(verb[-1], part)
                if wrong is not None:
                    clause, kinds = _SHOWN[verb[-1]]
                    raise CelError(
                        f"error during formatting: {clause} clause can only be used on {kinds}, was given {wrong}",
                        part.at,
                    )
        for part in expr.parts():
            self._judge_formats(part)

    def _unshown(self, verb: str, part: Expr) -> Type | None:
        """The type that a verb does not show; of lists and maps that are written down those of the elements count as well."""
        kind = self.checked.types[id(part)]
        if kind.kind in ("dyn", "error", "param"):
            return None
        if kind.kind not in _SHOWS[verb]:
            return kind
        inner = part.args if verb == "s" and part.kind in ("list", "map") else ()
        return next((wrong for one in inner if (wrong := self._unshown(verb, one)) is not None), None)

    def _judge_alike(self, expr: Expr, parts: list[Expr], *, optional: bool) -> None:
        first: Type | None = None
        for position, part in enumerate(parts):
            kind = self.checked.types[id(part)]
            if optional and position in expr.optional and kind.params:
                kind = kind.params[0]
            if first is not None and not first.same(kind):
                raise CelError(f"expected type '{first}' but found '{kind}'", part.at)
            first = kind if first is None else first

    # ---- parts

    def _check(self, expr: Expr) -> Type:
        found = self._kind_of(expr)
        self.checked.types[id(expr)] = found
        return found

    def _kind_of(self, expr: Expr) -> Type:
        match expr.kind:
            case "literal":
                return _of_literal(expr.value)
            case "ident":
                return self._ident(expr)
            case "select":
                return self._select(expr)
            case "test":
                assert expr.target is not None
                self._field(expr, expr.target, expr.name)
                return BOOL
            case "call":
                return self._call(expr)
            case "list":
                return self._list(expr)
            case "map":
                return self._map(expr)
            case "struct":
                if expr.name.startswith("google.protobuf."):
                    # Messages of Google's own are never of use in Kubernetes; what fields they have is not told here.
                    return DYN
                raise CelError(f"undeclared reference to '{expr.name}' (in container '')", expr.at)
            case "fold":
                assert expr.fold is not None
                return self._fold(expr.fold)

    def _ident(self, expr: Expr) -> Type:
        found = self._resolve(expr.name)
        if found is None:
            raise CelError(f"undeclared reference to '{expr.name}' (in container '')", expr.at)
        return found

    def _resolve(self, name: str) -> Type | None:
        if not name.startswith("."):
            for scope in reversed(self.scopes):
                if name in scope:
                    if scope is self.scopes[0]:
                        self.checked.variables.add(name)
                    return scope[name]
        name = name.removeprefix(".")
        if name in self.scopes[0]:
            self.checked.variables.add(name)
            return self.scopes[0][name]
        named = TYPE_NAMES.get(name)
        return None if named is None else Type("type", (named,))

    def _select(self, expr: Expr) -> Type:
        path = qualified(expr)
        if path in TYPE_NAMES and not self._shadowed(path):
            return Type("type", (TYPE_NAMES[path],))
        assert expr.target is not None
        return self._substitute(self._field(expr, expr.target, expr.name))

    def _shadowed(self, name: str) -> bool:
        first = name.partition(".")[0]
        return any(first in scope for scope in self.scopes)

    def _field(self, expr: Expr, target: Expr, name: str, *, optional: bool = False) -> Type:
        held = self._substitute(self._check(target))
        inner = held.params[0] if held.kind == "optional" else held
        if inner.kind == "map":
            found = inner.params[1]
        elif inner.kind == "object":
            # Since 1.31 reserved words may stand as they are: `self.namespace`.
            known = name if name in inner.fields else types.escape(name) if name in types.KEYWORDS else name
            if known not in inner.fields:
                raise CelError(f"undefined field '{name}'", expr.at, name, tuple(inner.fields))
            found = inner.fields[known]
        elif inner.kind == "param":
            self._assignable(DYN, inner)
            found = DYN
        elif inner.kind in ("dyn", "error"):
            found = DYN
        else:
            raise CelError(f"type '{inner}' does not support field selection", expr.at)
        return types.optional_of(found) if optional or held.kind == "optional" else found

    def _call(self, expr: Expr) -> Type:
        name = expr.name
        if name == "_?._":
            operand, field = expr.args
            self.checked.types[id(field)] = STRING
            self.checked.overloads[id(expr)] = list(overloads(name))
            return self._substitute(self._field(expr, operand, field.value, optional=True))
        given = [self._check(arg) for arg in expr.args]
        if expr.target is not None:
            path = qualified(expr.target)
            if path and overloads(f"{path}.{name}"):
                return self._overloaded(expr, f"{path}.{name}", None, given)
            target = self._check(expr.target)
            if not overloads(name):
                raise CelError(f"undeclared reference to '{name}' (in container '')", expr.at)
            found = self._overloaded(expr, name, target, given)
            _judge_literal(expr)
            return found
        name = name.removeprefix(".")
        if not overloads(name):
            raise CelError(f"undeclared reference to '{name}' (in container '')", expr.at)
        found = self._overloaded(expr, name, None, given)
        _judge_literal(expr)
        return found

    def _overloaded(self, expr: Expr, name: str, target: Type | None, given: list[Type]) -> Type:
        args = given if target is None else [target, *given]
        result: Type | None = None
        fitting = []
        for overload in overloads(name):
            if overload.method is not (target is not None) or len(overload.args) != len(args):
                continue
            names = {param: self._fresh() for param in overload.params}
            wanted = [_instance(arg, names) for arg in overload.args]
            if not self._all_assignable(args, wanted):
                continue
            fitting.append(overload)
            found = self._substitute(_instance(overload.result, names))
            if result is None:
                result = found
            elif result.kind != "dyn" and not result.same(found):
                result = DYN
        if result is None:
            shown = [str(self._substitute(arg, final=True)) for arg in args]
            call = f"{shown[0]}.({', '.join(shown[1:])})" if target is not None else f"({', '.join(shown)})"
            raise CelError(f"found no matching overload for '{name}' applied to '{call}'", expr.at)
        self.checked.overloads[id(expr)] = fitting
        self.checked.names[id(expr)] = name
        return result

    def _list(self, expr: Expr) -> Type:
        item: Type | None = None
        for position, arg in enumerate(expr.args):
            found = self._unwrapped(arg, self._check(arg), position in expr.optional)
            item = self._joined(item, found)
        return types.list_of(self._fresh() if item is None else item)

    def _map(self, expr: Expr) -> Type:
        key: Type | None = None
        value: Type | None = None
        for position in range(0, len(expr.args), 2):
            name, held = expr.args[position], expr.args[position + 1]
            key = self._joined(key, self._check(name))
            found = self._unwrapped(held, self._check(held), position // 2 in expr.optional)
            value = self._joined(value, found)
        if key is None or value is None:
            return types.map_of(self._fresh(), self._fresh())
        return types.map_of(key, value)

    def _unwrapped(self, expr: Expr, kind: Type, optional: bool) -> Type:
        if not optional or kind.kind == "dyn":
            return kind
        if kind.kind != "optional":
            raise CelError(f"expected type 'optional_type({kind})' but found '{kind}'", expr.at)
        return kind.params[0]

    def _joined(self, before: Type | None, now: Type) -> Type:
        """The type of several elements of one list or map."""
        if before is None:
            return now
        if self._assignable(before, now):
            return _more_general(before, now)
        # Only what is formatted may be mixed (`_judge_collections`).
        return DYN

    def _fold(self, fold: Fold) -> Type:
        ranged = self._substitute(self._check(fold.range))
        accumulated = self._check(fold.init)
        self.scopes.append({fold.accumulator: accumulated})
        first, second = self._elements(fold, ranged)
        inner = {fold.first: first}
        if fold.second:
            inner[fold.second] = second
        self.scopes.append(inner)
        self._asserted(fold.condition, BOOL, self._check(fold.condition))
        self._asserted(fold.step, accumulated, self._check(fold.step))
        self.scopes.pop()
        result = self._check(fold.result)
        self.scopes.pop()
        return self._substitute(result)

    def _elements(self, fold: Fold, ranged: Type) -> tuple[Type, Type]:
        """The types of the loop variables."""
        if ranged.kind == "list":
            return (INT, ranged.params[0]) if fold.second else (ranged.params[0], DYN)
        if ranged.kind == "map":
            return ranged.params[0], ranged.params[1]
        if ranged.kind in ("dyn", "error", "param"):
            self._assignable(DYN, ranged)
            return DYN, DYN
        raise CelError(
            f"expression of type '{ranged}' cannot be range of a comprehension (must be list, map, or dynamic)",
            fold.range.at,
        )

    def _asserted(self, expr: Expr, wanted: Type, found: Type) -> None:
        if not self._assignable(wanted, found):
            wanted, found = self._substitute(wanted, final=True), self._substitute(found, final=True)
            raise CelError(f"expected type '{wanted}' but found '{found}'", expr.at)

    # ---- finding types for parameters

    def _fresh(self) -> Type:
        self.made += 1
        return Type("param", name=f"_var{self.made}")

    def _assignable(self, left: Type, right: Type) -> bool:
        return self._all_assignable([left], [right])

    def _all_assignable(self, left: list[Type], right: list[Type]) -> bool:
        before = dict(self.bound)
        if len(left) == len(right) and all(self._fits(one, other) for one, other in zip(left, right, strict=True)):
            return True
        self.bound = before
        return False

    def _fits(self, left: Type, right: Type) -> bool:
        if right.kind == "param":
            fits, known = self._binds(left, right)
            if fits:
                return True
            if known:
                return False
        if left.kind == "param":
            return self._binds(right, left)[0]
        if left.kind in ("dyn", "error") or right.kind in ("dyn", "error"):
            return True
        if left.kind == "null":
            return _nullable(right)
        if right.kind == "null":
            return _nullable(left)
        if left.kind == "type":
            return right.kind == "type"
        if left.kind in ("list", "map", "optional"):
            return left.kind == right.kind and all(map(self._fits, left.params, right.params))
        return left.same(right)

    def _binds(self, kind: Type, param: Type) -> tuple[bool, bool]:
        """Whether a type can stand for a parameter, and whether another was found for it before."""
        if kind.same(param):
            return True, True
        known = self.bound.get(param.name)
        if known is not None:
            if kind.same(known):
                return True, True
            if self._fits(kind, known):
                general = _more_general(kind, known)
                if not self._mentions(general, param):
                    self.bound[param.name] = general
                return True, True
            return False, True
        if self._mentions(kind, param):
            return False, False
        self.bound[param.name] = kind
        return True, False

    def _mentions(self, kind: Type, param: Type) -> bool:
        if kind.same(param):
            return True
        if kind.kind == "param":
            known = self.bound.get(kind.name)
            return known is not None and self._mentions(known, param)
        return any(self._mentions(inner, param) for inner in kind.params)

    def _substitute(self, kind: Type, *, final: bool = False) -> Type:
        """The type with what was found for its parameters; those without become dyn where the end has come."""
        if kind.kind == "param":
            known = self.bound.get(kind.name)
            if known is not None:
                return self._substitute(known, final=final)
            return DYN if final else kind
        if not kind.params:
            return kind
        params = tuple(self._substitute(param, final=final) for param in kind.params)
        if all(new is old for new, old in zip(params, kind.params, strict=True)):
            return kind
        return Type(kind.kind, params, kind.name, kind.least, kind.most)


def _of_literal(value: object) -> Type:
    if value is None:
        return types.NULL
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, Uint):
        return types.UINT
    if isinstance(value, int):
        return INT
    if isinstance(value, float):
        return types.DOUBLE
    return types.BYTES if isinstance(value, bytes) else STRING


def qualified(expr: Expr) -> str:
    """The dotted name that nothing but selections make; "" for anything else."""
    parts = []
    while expr.kind == "select" and expr.target is not None:
        parts.append(expr.name)
        expr = expr.target
    if expr.kind != "ident":
        return ""
    return ".".join([expr.name.removeprefix("."), *reversed(parts)])


def _instance(kind: Type, names: dict[str, Type]) -> Type:
    if kind.kind == "param":
        return names[kind.name]
    if not kind.params:
        return kind
    return Type(kind.kind, tuple(_instance(param, names) for param in kind.params), kind.name)


def _nullable(kind: Type) -> bool:
    return kind.kind in ("opaque", "optional", "object", "duration", "timestamp", "null")


def _more_general(left: Type, right: Type) -> Type:
    return left if _less_specific(left, right) else right


def _less_specific(left: Type, right: Type) -> bool:
    if left.kind in ("dyn", "param"):
        return True
    if right.kind in ("dyn", "param") or left.kind != right.kind:
        return False
    if left.kind in ("list", "map", "optional"):
        return all(map(_less_specific, left.params, right.params))
    return left.kind == "type" or left.same(right)


_VERB: Final = r"%(?:%|(?:\.\d+)?[sdfebxXo])"
# What verbs show: as the server calls it, and the kinds of types.
_SHOWN: Final = {
    "s": ("string", "strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"),
    "d": ("decimal", "integers"),
    "f": ("fixed-point", "doubles"),
    "e": ("scientific", "doubles"),
    "b": ("binary", "integers and bools"),
    "x": ("hex", "integers, byte buffers, and strings"),
    "X": ("hex", "integers, byte buffers, and strings"),
    "o": ("octal", "integers"),
}
_SHOWS: Final = {
    "s": frozenset("list map int uint double bool string timestamp bytes duration type null".split()),  # noqa: SIM905
    "d": frozenset({"int", "uint"}),
    "f": frozenset({"double", "string"}),
    "e": frozenset({"double", "string"}),
    "b": frozenset({"int", "uint", "bool"}),
    "x": frozenset({"int", "uint", "string", "bytes"}),
    "X": frozenset({"int", "uint", "string", "bytes"}),
    "o": frozenset({"int", "uint"}),
}


def _verbs(expr: Expr) -> list[str]:
    """The verbs of a call of `format`, where both they and what they show are written down; none where they are not."""
    form = expr.target
    if form is None or form.kind != "literal" or not isinstance(form.value, str) or expr.args[0].kind != "list":
        return []
    return [verb for verb in re.findall(_VERB, form.value) if verb != "%%"]


def _judge_format(expr: Expr) -> None:
    """Whether a format has as many places as there are arguments, where both are written down."""
    form = expr.target
    if form is None or form.kind != "literal" or not isinstance(form.value, str) or expr.args[0].kind != "list":
        return
    places = _verbs(expr)
    if "%" in re.sub(_VERB, "", form.value):
        raise CelError("could not parse formatting clause", expr.at)
    given = len(expr.args[0].args)
    if len(places) > given:
        raise CelError(f"index {given} out of range", expr.at)
    if len(places) < given:
        raise CelError(f"too many arguments supplied to string.format (expected {len(places)}, got {given})", expr.at)


def _judge_literal(expr: Expr) -> None:
    """What of a literal argument is looked at when an expression is compiled."""
    name = expr.name
    if name == "format" and len(expr.args) == 1:
        _judge_format(expr)
        return
    # Of `findAll` with a limit the pattern is the first.
    argument = expr.args[0 if name == "findAll" else -1] if expr.args else None
    if argument is None or argument.kind != "literal" or not isinstance(argument.value, str):
        return
    literal, at = argument.value, argument.at
    if name in ("matches", "find", "findAll"):
        from k8slint.goregex import RegexError, translate

        try:
            translate(literal)
        except RegexError as error:
            raise CelError(f"invalid {name} argument: {error}", at) from None
    elif expr.target is not None:
        return
    elif name in _LITERALS:
        if not re.fullmatch(_LITERALS[name], literal, re.ASCII) or not _fits(name, literal):
            raise CelError(f"type conversion error from 'string' to '{name}'", at)
    elif name == "duration":
        if not _is_duration(literal):
            raise CelError("invalid duration argument", at)
    elif name == "timestamp" and not _is_timestamp(literal):
        raise CelError("invalid timestamp argument", at)


_LITERALS: Final = {
    "bool": "1|t|T|TRUE|true|True|0|f|F|FALSE|false|False",
    "int": r"[-+]?\d+",
    "uint": r"\d+",
    "double": r"(?i)[-+]?(?:inf|infinity|nan|0x[0-9a-f_.]+p[-+]?\d+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?)",
}


def _fits(name: str, literal: str) -> bool:
    """Whether a number is not too large for its type."""
    if name == "int":
        return -(2**63) <= int(literal) < 2**63
    return name != "uint" or int(literal) < 2**64


_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART: Final = r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)"


def _is_duration(text: str) -> bool:
    """Whether Go's time.ParseDuration takes it: at most some 292 years."""
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return True
    if not re.fullmatch(f"(?:{_PART})+", rest, re.ASCII):
        return False
    return sum(float(amount) * _UNITS[unit] for amount, unit in re.findall(_PART, rest, re.ASCII)) < 2**63


_TIMESTAMP: Final = r"(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))"


def _is_timestamp(text: str) -> bool:
    """Whether Go's time.Parse takes it as RFC 3339, in the years 1 to 9999."""
    match = re.fullmatch(_TIMESTAMP, text, re.ASCII)
    if match is None:
        return False
    from datetime import datetime

    *numbers, zone_hour, zone_minute = (int(part or 0) for part in match.groups())
    try:
        datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - a day that there is
    except ValueError:
        return False
    return zone_hour <= 24 and zone_minute <= 60
