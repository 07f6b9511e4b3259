"""What an expression gives for the values of its variables.

An expression that was checked becomes functions of Python's, one a part. A failure is an exception; a loop keeps it in its accumulator, for `all` and
`exists` may still find what decides. What depends on the order in which the server goes over a map, which is another each time, is not told.

Source: github.com/google/cel-go/interpreter: interpretable.go, attributes.go.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from k8slint.cel import values
from k8slint.cel.check import TYPE_NAMES, Checked, qualified
from k8slint.cel.functions import Overload
from k8slint.cel.syntax import Expr, Fold, Uint
from k8slint.cel.types import Type
from k8slint.cel.values import (
    NONE,
    SECOND,
    Duration,
    Failure,
    Kind,
    Named,
    Object,
    Optional,
    Stop,
    Timestamp,
    Untold,
    Value,
    equal,
    kind_of,
)

Function: TypeAlias = Callable[..., Value]
_Run: TypeAlias = Callable[[dict[str, Value]], Value]
# Turns of loops in one evaluation. The server stops about there as well.
_MOST: Final = 200_000


class Program:
    """An expression ready to run; `library` are functions beside those of CEL itself, by name."""

    def __init__(self, checked: Checked, library: Mapping[str, Function]) -> None:
        self._checked = checked
        self._library = library
        self._turns = 0
        self._unordered = False
        self._backwards = False
        self._run = self._of(checked.root)

    def run(self, variables: Mapping[str, Value]) -> Value:
        """The value. Raises Failure where the evaluation fails, Untold where it cannot be told."""
        first = self._once(variables, backwards=False)
        if self._unordered and not _alike(first, self._once(variables, backwards=True)):
            raise Untold
        if isinstance(first, Stop):
            raise first
        return first

    def _once(self, variables: Mapping[str, Value], *, backwards: bool) -> Value:
        self._turns, self._unordered, self._backwards = 0, False, backwards
        try:
            return self._run(dict(variables))
        except (RecursionError, OverflowError):
            return Untold()
        except Stop as stop:
            return stop

    # ---- parts

    def _of(self, expr: Expr) -> _Run:
        match expr.kind:
            case "literal":
                return _constant(expr.value)
            case "ident":
                return self._ident(expr)
            case "select":
                return self._select(expr)
            case "test":
                return self._test(expr)
            case "call":
                return self._call(expr)
            case "list":
                return self._list(expr)
            case "map":
                return self._map(expr)
            case "struct":
                return _untold
            case "fold":
                assert expr.fold is not None
                return self._fold(expr.fold)

    def _ident(self, expr: Expr) -> _Run:
        name = expr.name.removeprefix(".")
        named = TYPE_NAMES.get(name)

        def run(variables: dict[str, Value]) -> Value:
            if name in variables:
                value = variables[name]
                if isinstance(value, Stop):
                    raise value
                return value
            if named is None:
                raise Untold
            return Named(_name_of(named))

        return run

    def _select(self, expr: Expr) -> _Run:
        assert expr.target is not None
        if id(expr.target) not in self._checked.types:
            # The name of a type: `google.protobuf.Timestamp`.
            return _constant(Named(_name_of(TYPE_NAMES[qualified(expr)])))
        target, name = self._of(expr.target), expr.name
        return lambda variables: _selected(target(variables), name)

    def _test(self, expr: Expr) -> _Run:
        assert expr.target is not None
        target, name = self._of(expr.target), expr.name

        def run(variables: dict[str, Value]) -> Value:
            held = target(variables)
            if isinstance(held, Optional):
                held = held.value if held.given else {}
            return isinstance(held, dict) and not isinstance(held, Kind) and _field(held, name)[0]

        return run

    def _list(self, expr: Expr) -> _Run:
        parts = [(self._of(arg), place in expr.optional) for place, arg in enumerate(expr.args)]

        def run(variables: dict[str, Value]) -> Value:
            found = []
            for part, optional in parts:
                value = part(variables)
                if not optional:
                    found.append(value)
                elif not isinstance(value, Optional):
                    raise Failure("no such overload")
                elif value.given:
                    found.append(value.value)
            return found

        return run

    def _map(self, expr: Expr) -> _Run:
        parts = [
            (self._of(name), self._of(value), place in expr.optional)
            for place, (name, value) in enumerate(zip(expr.args[::2], expr.args[1::2], strict=True))
        ]

        def run(variables: dict[str, Value]) -> Value:
            found = {}
            for name, part, optional in parts:
                key, value = values.key(name(variables)), part(variables)
                if not optional:
                    found[key] = value
                elif not isinstance(value, Optional):
                    raise Failure("no such overload")
                elif value.given:
                    found[key] = value.value
            return found

        return run

    # ---- loops

    def _fold(self, fold: Fold) -> _Run:
        ranged, init = self._of(fold.range), self._of(fold.init)
        condition, step, result = self._of(fold.condition), self._of(fold.step), self._of(fold.result)
        first, second, accumulator = fold.first, fold.second, fold.accumulator

        def run(variables: dict[str, Value]) -> Value:
            over = self._elements(ranged(variables), pairs=bool(second))
            inner = dict(variables)
            inner[accumulator] = _kept(init, variables)
            for one, other in over:
                self._turns += 1
                if self._turns > _MOST:
                    raise Untold
                inner[first] = one
                if second:
                    inner[second] = other
                if not condition(inner):
                    break
                inner[accumulator] = _kept(step, inner)
            # The variables of the loop are gone where its result is made.
            outer = dict(variables)
            outer[accumulator] = inner[accumulator]
            return result(outer)

        return run

    def _elements(self, ranged: Value, *, pairs: bool) -> list[tuple[Value, Value]]:
        if isinstance(ranged, list):
            return list(enumerate(ranged)) if pairs else [(value, None) for value in ranged]
        if not isinstance(ranged, dict) or isinstance(ranged, Kind):
            raise Failure(f"a value of type {_shown(ranged)} is no list or map to go over")
        found = [(key, ranged[key]) for key in values.keys_of(ranged)]
        if len(found) > 1:
            self._unordered = True
        return found[::-1] if self._backwards else found

    # ---- calls

    def _call(self, expr: Expr) -> _Run:
        name = expr.name
        if name in ("_&&_", "_||_"):
            return _decided(self._of(expr.args[0]), self._of(expr.args[1]), name == "_||_")
        if name == "_?_:_":
            return _chosen(*(self._of(arg) for arg in expr.args))
        if name == "_?._":
            target, field = self._of(expr.args[0]), str(expr.args[1].value)
            return lambda variables: _optionally(target(variables), field)
        if name in ("or", "orValue") and expr.target is not None:
            return _otherwise(self._of(expr.target), self._of(expr.args[0]), name == "orValue")
        if name == "@not_strictly_false":
            return _not_false(self._of(expr.args[0]))
        overloads = self._checked.overloads[id(expr)]
        full = self._checked.names[id(expr)]
        # The target of `format.named(x)` is part of the function's name.
        method = expr.target is not None and overloads[0].method
        arguments = [self._of(arg) for arg in ([expr.target] if method and expr.target else []) + expr.args]
        function = _FUNCTIONS.get(full) or self._library.get(full)
        if function is None:
            return _untold
        if full == "sum" and len(overloads) == 1 and overloads[0].result.kind == "duration":
            function = _sum_of_durations
        return _called(function, arguments, overloads)


def impossible(expr: Expr) -> tuple[str, int] | None:
    """A conversion of something written down that fails, as `int('a')` does: why, and its offset. The server does these before anything else."""
    if expr.kind == "call" and expr.target is None and expr.name in _CONVERSIONS and len(expr.args) == 1:
        argument = expr.args[0]
        if argument.kind == "literal" and (expr.name != "timestamp" or not isinstance(argument.value, str)):
            # Texts that are no times were found with the types, as far as the server finds them before it evaluates.
            try:
                _FUNCTIONS[expr.name](argument.value)
            except Failure as failure:
                return str(failure), expr.at
            except Untold:
                return None
    return next((found for part in expr.parts() if (found := impossible(part)) is not None), None)


def _alike(one: Value, other: Value) -> bool:
    if isinstance(one, Stop) or isinstance(other, Stop):
        return isinstance(one, Failure) and isinstance(other, Failure)
    try:
        return equal(one, other)
    except Stop:
        return False


def _kept(run: _Run, variables: dict[str, Value]) -> Value:
    """A value, or why there is none."""
    try:
        return run(variables)
    except Stop as stop:
        return stop


def _constant(value: Value) -> _Run:
    return lambda _: value


def _untold(_: dict[str, Value]) -> Value:
    raise Untold


def _called(function: Function, arguments: list[_Run], overloads: list[Overload]) -> _Run:
    if len(overloads) == 1 and all(wanted.kind in ("dyn", "param") for wanted in overloads[0].args):
        return lambda variables: function(*[argument(variables) for argument in arguments])
    kinds = [tuple(_wanted(wanted) for wanted in overload.args) for overload in overloads]

    def run(variables: dict[str, Value]) -> Value:
        given = [argument(variables) for argument in arguments]
        found = [kind_of(value) for value in given]
        for wanted in kinds:
            if all(one in ("", other) for one, other in zip(wanted, found, strict=True)):
                return function(*given)
        raise Failure("no such overload")

    return run


def _wanted(kind: Type) -> str:
    """The kind of value that fits a parameter; "" where any does."""
    if kind.kind in ("dyn", "param"):
        return ""
    return _KINDS_OF_LIBRARY.get(kind.name, kind.name) if kind.kind == "opaque" else kind.kind


_KINDS_OF_LIBRARY: Final = {
    "Quantity": "quantity",
    "Semver": "semver",
    "URL": "url",
    "IP": "ip",
    "CIDR": "cidr",
    "NamedFormat": "format",
}


def _shown(value: Value) -> str:
    return _name_of_kind(kind_of(value))


def _name_of(kind: Type) -> str:
    return "net." + kind.name if kind.kind == "opaque" else _name_of_kind(kind.kind)


def _name_of_kind(kind: str) -> str:
    return {
        "null": "null_type",
        "optional": "optional_type",
        "timestamp": "google.protobuf.Timestamp",
        "duration": "google.protobuf.Duration",
        "ip": "net.IP",
        "cidr": "net.CIDR",
        "url": "kubernetes.URL",
        "quantity": "kubernetes.Quantity",
        "semver": "kubernetes.Semver",
        "format": "kubernetes.NamedFormat",
    }.get(kind, kind)


# ---------------------------------------------------------------------------------------------------- logic


def _decided(left: _Run, right: _Run, deciding: bool) -> _Run:
    """`&&` and `||`: what one side decides stands, whatever is wrong with the other."""

    def run(variables: dict[str, Value]) -> Value:
        stops: list[Stop] = []
        for side in (left, right):
            try:
                value = side(variables)
            except Stop as stop:
                stops.append(stop)
                continue
            if value is deciding:
                return deciding
            if not isinstance(value, bool):
                stops.append(Failure("no such overload"))
        if stops:
            raise next((stop for stop in stops if isinstance(stop, Untold)), stops[0])
        return not deciding

    return run


def _chosen(condition: _Run, yes: _Run, no: _Run) -> _Run:
    def run(variables: dict[str, Value]) -> Value:
        value = condition(variables)
        if not isinstance(value, bool):
            raise Failure("no such overload")
        return yes(variables) if value else no(variables)

    return run


def _otherwise(held: _Run, other: _Run, unwraps: bool) -> _Run:
    """`or` and `orValue`: the other is looked at only where it is needed."""

    def run(variables: dict[str, Value]) -> Value:
        first = held(variables)
        if not isinstance(first, Optional):
            raise Failure("no such overload")
        if not first.given:
            return other(variables)
        return first.value if unwraps else first

    return run


def _not_false(inner: _Run) -> _Run:
    def run(variables: dict[str, Value]) -> Value:
        try:
            return inner(variables) is not False
        except Stop:
            return True

    return run


# ---------------------------------------------------------------------------------------------------- fields and elements


def _field(held: dict[Any, Value], name: str) -> tuple[bool, Value]:
    """Whether a map or object has a field, and its value. Reserved words may stand as they are or escaped."""
    if name in held:
        return True, held[name]
    if isinstance(held, Object):
        escaped = f"__{name}__"
        if escaped in held:
            return True, held[escaped]
        if name in held.hidden:
            raise Untold
    return False, None


def _selected(held: Value, name: str) -> Value:
    if isinstance(held, Optional):
        return _optionally(held, name)
    if not isinstance(held, dict) or isinstance(held, Kind):
        raise Failure(f"no such key: {name}")
    there, value = _field(held, name)
    if not there:
        raise Failure(f"no such key: {name}")
    return value


def _optionally(held: Value, name: str) -> Optional:
    if isinstance(held, Optional):
        if not held.given:
            return NONE
        held = held.value
    if not isinstance(held, dict) or isinstance(held, Kind):
        raise Untold
    there, value = _field(held, name)
    return Optional(True, value) if there else NONE


def _element(held: Value, index: Value) -> Value:
    if isinstance(held, Optional):
        return _optional_element(held, index)
    if isinstance(held, list):
        place = _place(index)
        if not 0 <= place < len(held):
            raise Failure(f"index out of bounds: {place}")
        return held[place]
    if not isinstance(held, dict) or isinstance(held, Kind):
        raise Failure(f"no such key: {_text_of_key(index)}")
    if isinstance(held, Object):
        raise Untold
    if isinstance(index, bool | float) or index is None:
        raise Untold
    key = values.key(index)
    if key not in held:
        raise Failure(f"no such key: {_text_of_key(index)}")
    return held[key]


def _text_of_key(index: Value) -> str:
    return str(index) if isinstance(index, str | int) and not isinstance(index, bool) else _shown(index)


def _place(index: Value) -> int:
    if isinstance(index, float) and index.is_integer():
        return int(index)
    if isinstance(index, bool) or not isinstance(index, int):
        raise Failure("unsupported index")
    return index


def _optional_element(held: Value, index: Value) -> Optional:
    if isinstance(held, Optional):
        if not held.given:
            return NONE
        held = held.value
    try:
        return Optional(True, _element(held, index))
    except Failure:
        if isinstance(held, list | dict) and not isinstance(held, Kind):
            return NONE
        raise


def _is_in(value: Value, held: Value) -> bool:
    if isinstance(held, list):
        return values.contains(held, value)
    if isinstance(held, Object):
        raise Untold
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Untold
    if isinstance(held, values.Entries) and not isinstance(value, str):
        raise Failure("no such overload")
    if isinstance(value, float) and not value.is_integer():
        return False
    return values.key(value) in held


# ---------------------------------------------------------------------------------------------------- arithmetic


def _number(left: Value, result: int) -> Value:
    return values.unsigned(result) if isinstance(left, Uint) else values.whole(result)


def _add(left: Value, right: Value) -> Value:
    if isinstance(left, Timestamp | Duration):
        return _add_times(left, right)
    if isinstance(left, list):
        return values.added(left, right)
    if isinstance(left, int):
        return _number(left, int(left) + int(right))
    return left + right


def _add_times(left: Timestamp | Duration, right: Timestamp | Duration) -> Timestamp | Duration:
    if isinstance(left, Timestamp):
        return Timestamp(left.ns + right.ns, left.offset)
    return Timestamp(left.ns + right.ns, right.offset) if isinstance(right, Timestamp) else Duration(left.ns + right.ns)


def _subtract(left: Value, right: Value) -> Value:
    if isinstance(left, Timestamp) and isinstance(right, Duration):
        return Timestamp(left.ns - right.ns, left.offset)
    if isinstance(left, Timestamp | Duration):
        return Duration(left.ns - right.ns)
    if isinstance(left, int):
        return _number(left, int(left) - int(right))
    return left - right


def _multiply(left: Value, right: Value) -> Value:
    return _number(left, int(left) * int(right)) if isinstance(left, int) else left * right


def _divide(left: Value, right: Value) -> Value:
    if isinstance(left, int):
        if right == 0:
            raise Failure("division by zero")
        quotient = abs(left) // abs(right)
        return _number(left, quotient if (left < 0) == (right < 0) else -quotient)
    if right == 0:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def _remainder(left: Value, right: Value) -> Value:
    if right == 0:
        raise Failure("modulus by zero")
    rest = abs(left) % abs(right)
    return _number(left, -rest if left < 0 else rest)


def _negate(value: Value) -> Value:
    return -value if isinstance(value, float) else values.whole(-value)


def _order(holds: Callable[[int], bool]) -> Function:
    def run(left: Value, right: Value) -> bool:
        if (isinstance(left, float) and math.isnan(left)) or (isinstance(right, float) and math.isnan(right)):
            raise Failure("NaN values cannot be ordered")
        return holds(values.compared(left, right))

    return run


# ---------------------------------------------------------------------------------------------------- conversions


def _to_int(value: Value) -> int:
    if isinstance(value, str):
        return int(values.converted(_decimal(signed=True), value, "int"))
    if isinstance(value, float):
        if not -(2.0**63) < value < 2.0**63:
            raise Failure("integer overflow")
        return int(value)
    if isinstance(value, Timestamp):
        return value.ns // SECOND
    if isinstance(value, Duration):
        return value.ns
    return values.whole(int(value))


def _to_uint(value: Value) -> Uint:
    if isinstance(value, str):
        return Uint(values.converted(_decimal(signed=False), value, "uint"))
    if isinstance(value, float):
        if not 0 <= value < 2.0**64:
            raise Failure("unsigned integer overflow")
        return Uint(int(value))
    return values.unsigned(int(value))


def _decimal(*, signed: bool) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        if not re.fullmatch(r"[+-]?\d+" if signed else r"\d+", text, re.ASCII) or len(text) > 40:
            return None
        number = int(text)
        fits = -(2**63) <= number < 2**63 if signed else number < 2**64
        return number if fits else None

    return read


def _to_double(value: Value) -> float:
    return float(values.converted(_real, value, "double")) if isinstance(value, str) else float(value)


def _real(text: str) -> float | None:
    if re.fullmatch(r"(?i)[+-]?(?:inf|infinity|nan)", text, re.ASCII):
        return float(text)
    if re.match(r"[+-]?0[xX]", text) or "_" in text:
        raise Untold
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", text, re.ASCII):
        return None
    number = float(text)
    return None if math.isinf(number) else number


_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})


def _to_bool(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if value in _TRUE or value in _FALSE:
        return value in _TRUE
    raise Failure("type conversion error from 'string' to 'bool'")


def _to_bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def to_string(value: Value) -> str:
    """The text of a value, as `string()` has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return values.short_number(value)
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise Failure("invalid UTF-8 in bytes, cannot convert to string") from None
    if isinstance(value, Kind):
        return value[value.name]
    if isinstance(value, Named):
        return value.name
    return str(value)


def _to_timestamp(value: Value) -> Timestamp:
    if isinstance(value, str):
        found: Timestamp = values.converted(values.timestamp, value, "timestamp")
        return found
    return value if isinstance(value, Timestamp) else Timestamp(value * SECOND)


def _to_duration(value: Value) -> Duration:
    if isinstance(value, Duration):
        return value
    found: Duration = values.converted(values.duration, value, "duration")
    return found


# ---------------------------------------------------------------------------------------------------- times


def _of_time(take: Callable[[Any, int], int]) -> Function:
    """A part of a moment, in UTC or a zone, given its date and time and the nanoseconds."""

    def run(value: Timestamp, zone: str = "UTC") -> int:
        from datetime import datetime, timedelta

        seconds, rest = divmod(value.ns, SECOND)
        # Without a zone: the offset is added by hand.
        here = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001
        return take(here + timedelta(seconds=_offset(zone, seconds)), rest)

    return run


def _offset(zone: str, seconds: int) -> int:
    """The offset of a zone from UTC in seconds, at a moment."""
    if zone in ("", "UTC"):
        return 0
    if ":" in zone:
        hours, _, minutes = zone.partition(":")
        read = _decimal(signed=True)
        hour, minute = (values.converted(read, part, "int") for part in (hours, minutes))
        if not -23 <= hour <= 23 or not 0 <= minute <= 59:
            raise Failure(f"timezone offset out of range: {zone}")
        return int(hour * 60 + (-minute if zone.startswith("-") else minute)) * 60
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    try:
        offset = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    except (ValueError, OSError, KeyError):
        # Zones are the machine's, and Python's may know others than the server's.
        raise Untold from None
    assert offset is not None
    return int(offset.total_seconds())


def _hours(value: Value, *zone: str) -> int:
    return (
        _whole_part(value, 3600 * SECOND)
        if isinstance(value, Duration)
        else _of_time(lambda at, _: at.hour)(value, *zone)
    )


def _minutes(value: Value, *zone: str) -> int:
    return (
        _whole_part(value, 60 * SECOND)
        if isinstance(value, Duration)
        else _of_time(lambda at, _: at.minute)(value, *zone)
    )


def _seconds(value: Value, *zone: str) -> int:
    return (
        _whole_part(value, SECOND) if isinstance(value, Duration) else _of_time(lambda at, _: at.second)(value, *zone)
    )


def _milliseconds(value: Value, *zone: str) -> int:
    if isinstance(value, Duration):
        return _whole_part(value, 10**6)
    return int(_of_time(lambda _, rest: rest // 10**6)(value, *zone))


def _whole_part(value: Duration, unit: int) -> int:
    count = abs(value.ns) // unit
    return -count if value.ns < 0 else count


# ---------------------------------------------------------------------------------------------------- texts, lists, maps, optional values


def _matches(text: str, pattern: str) -> bool:
    from k8slint import goregex

    try:
        matcher = goregex.matcher(pattern)
    except goregex.RegexError as error:
        raise Failure(str(error)) from None
    if matcher is None:
        raise Untold
    return matcher(text)


def _insert(held: dict[Any, Value], *entry: Value) -> dict[Any, Value]:
    """`cel.@mapInsert`: a key and its value, or the entries of another map."""
    more = {values.key(entry[0]): entry[1]} if len(entry) == 2 else entry[0]
    for key in more:
        if key in held:
            raise Failure(f"insert failed: key {key} already exists")
    return {**held, **more}


def _sum_of_durations(held: list[Value]) -> Duration:
    total = Duration(0)
    for value in held:
        if not isinstance(value, Duration):
            raise Untold
        total = Duration(total.ns + value.ns)
    return total


def _value(held: Optional) -> Value:
    if not held.given:
        raise Failure("optional.none() dereference")
    return held.value


def _of_nonzero(value: Value) -> Optional:
    if isinstance(value, Timestamp):
        # Zero is the first moment of the year 1.
        return Optional(True, value)
    if isinstance(value, Duration):
        return Optional(value.ns != 0, value) if value.ns else NONE
    if isinstance(value, Object | Kind | Named | Optional):
        raise Untold
    return Optional(True, value) if value else NONE


def _unwrapped(held: list[Value]) -> list[Value]:
    if not all(isinstance(value, Optional) for value in held):
        raise Failure("no such overload")
    return [value.value for value in held if value.given]


_CONVERSIONS: Final = frozenset({"bool", "bytes", "double", "int", "string", "timestamp", "uint"})
_FUNCTIONS: Final[dict[str, Function]] = {
    "!_": lambda value: not value,
    "-_": _negate,
    "@in": _is_in,
    "_!=_": lambda left, right: not equal(left, right),
    "_%_": _remainder,
    "_*_": _multiply,
    "_+_": _add,
    "_-_": _subtract,
    "_/_": _divide,
    "_<=_": _order(lambda sign: sign <= 0),
    "_<_": _order(lambda sign: sign < 0),
    "_==_": equal,
    "_>=_": _order(lambda sign: sign >= 0),
    "_>_": _order(lambda sign: sign > 0),
    "_[?_]": _optional_element,
    "_[_]": _element,
    "bool": _to_bool,
    "bytes": _to_bytes,
    "cel.@mapInsert": _insert,
    "contains": lambda text, part: part in text,
    "double": _to_double,
    "duration": _to_duration,
    "dyn": lambda value: value,
    "endsWith": str.endswith,
    "getDate": _of_time(lambda at, _: at.day),
    "getDayOfMonth": _of_time(lambda at, _: at.day - 1),
    "getDayOfWeek": _of_time(lambda at, _: at.isoweekday() % 7),
    "getDayOfYear": _of_time(lambda at, _: at.timetuple().tm_yday - 1),
    "getFullYear": _of_time(lambda at, _: at.year),
    "getHours": _hours,
    "getMilliseconds": _milliseconds,
    "getMinutes": _minutes,
    "getMonth": _of_time(lambda at, _: at.month - 1),
    "getSeconds": _seconds,
    "hasValue": lambda held: held.given,
    "int": _to_int,
    "matches": _matches,
    "optional.none": lambda: NONE,
    "optional.of": lambda value: Optional(True, value),
    "optional.ofNonZeroValue": _of_nonzero,
    "optional.unwrap": _unwrapped,
    "size": values.size_of,
    "startsWith": str.startswith,
    "string": to_string,
    "timestamp": _to_timestamp,
    "type": lambda value: Named(_shown(value)),
    "uint": _to_uint,
    "unwrapOpt": _unwrapped,
    "value": _value,
}
