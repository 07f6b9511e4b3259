"""The values of CEL: those that Python has no like of, how values compare, and how texts become times and numbers.

The rest are Python's own: None, bool, int, float, str, bytes, list, and dict for a map. Whole numbers are within 64 bits.
Source: github.com/google/cel-go/common/types; k8s.io/apiserver/pkg/cel/common/valuesunstructured.go.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from k8slint.cel.syntax import Uint

Value: TypeAlias = Any
_INT64: Final = 2**63
SECOND: Final = 10**9
# Seconds from 1970 to the first and the last moment that a time can be.
_FIRST: Final = -62135596800
_LAST: Final = 253402300799


class Stop(Exception):  # noqa: N818 - it is what an expression gives, for others to catch
    """There is no value."""


class Failure(Stop):
    """The evaluation fails in the server as well; the message is about what the server says."""


class Untold(Stop):
    """What the server makes of it cannot be told here."""


class Timestamp:
    """A moment in nanoseconds since 1970; `offset` is that of its zone in seconds, which only its text shows."""

    __slots__ = ("ns", "offset")

    def __init__(self, ns: int, offset: int = 0) -> None:
        if not _FIRST <= ns // SECOND <= _LAST:
            raise Failure("timestamp overflow")
        self.ns = ns
        self.offset = offset

    def __lt__(self, other: Timestamp) -> bool:
        return self.ns < other.ns

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timestamp) and self.ns == other.ns

    def __hash__(self) -> int:
        return hash(self.ns)

    def __str__(self) -> str:
        from datetime import datetime, timedelta

        shown = datetime(1970, 1, 1) + timedelta(seconds=self.ns // SECOND + self.offset)  # noqa: DTZ001 - its zone is added below
        fraction = f".{self.ns % SECOND:09}".rstrip("0").rstrip(".")
        minutes = abs(self.offset) // 60
        zone = f"{'-' if self.offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}" if self.offset else "Z"
        return f"{shown.isoformat()}{fraction}{zone}"


class Duration:
    """A span of time in nanoseconds."""

    __slots__ = ("ns",)

    def __init__(self, ns: int) -> None:
        if not -_INT64 <= ns < _INT64:
            raise Failure("duration overflow")
        self.ns = ns

    def __lt__(self, other: Duration) -> bool:
        return self.ns < other.ns

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and self.ns == other.ns

    def __hash__(self) -> int:
        return hash(self.ns)

    def __str__(self) -> str:
        # Go adds the seconds and what is left of them as floats.
        whole, rest = divmod(abs(self.ns), SECOND)
        seconds = float(whole) + float(rest) / 1e9
        return f"{plain_number(-seconds if self.ns < 0 else seconds)}s"


class Optional(NamedTuple):
    """A value that may be absent."""

    given: bool
    value: Value = None


NONE: Final = Optional(False)


class Named(NamedTuple):
    """A type as a value, by its name."""

    name: str


class Kind(dict[str, str]):
    """What Kubernetes adds to CEL (a quantity, an address): one entry, its kind to its canonical text, so that equal ones are equal."""

    @property
    def name(self) -> str:
        """Which kind of value it is."""
        return next(iter(self))


class Items(list[Value]):
    """A list of a resource, or made from one. `list_type` is "set" or "map" where the order does not count; `keys` are those of the latter, as
    expressions call them."""

    __slots__ = ("keys", "list_type")

    def __init__(self, values: Iterable[Value] = (), list_type: str = "", keys: tuple[str, ...] = ()) -> None:
        super().__init__(values)
        self.list_type = list_type
        self.keys = keys


class Entries(dict[str, Value]):
    """A map of a resource."""


class Object(dict[str, Value]):
    """An object of a resource: its fields by the names that expressions call them. `hidden` are those that they cannot see; `nulls` is how many
    fields are null, which count as absent, but not for its size. `renamed` are the fields that are called something else than they are."""

    __slots__ = ("hidden", "nulls", "renamed")

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, Value] = {}
        self.nulls = 0
        self.renamed: set[str] = set()

    @property
    def size(self) -> int:
        """How many fields there are, visible or not."""
        return len(self) + len(self.hidden) + self.nulls


def kind_of(value: Value) -> str:
    """The kind of a value, as `types.Type` has it; the name for what Kubernetes adds."""
    if isinstance(value, Kind):
        return value.name
    found = _KINDS.get(type(value))
    if found is None:
        raise Untold
    return found


_KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "bool",
    int: "int",
    Uint: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    list: "list",
    Items: "list",
    dict: "map",
    Entries: "map",
    Object: "map",
    Timestamp: "timestamp",
    Duration: "duration",
    Optional: "optional",
    Named: "type",
}


# ---------------------------------------------------------------------------------------------------- comparing


def equal(left: Value, right: Value) -> bool:
    """CEL's `==`: numbers of different types compare by value, all else of different types differs. Fails where a list or map of a resource is
    compared with what is none."""
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, list):
        if not isinstance(right, list):
            return _differs(left, Items)
        return _equal_lists(left, right)
    if isinstance(left, Kind):
        if "preserved" in left or ("format" in left) != (kind_of(right) == "format"):
            raise Untold
        return isinstance(right, Kind) and dict(left) == dict(right)
    if isinstance(left, dict):
        if not isinstance(right, dict) or isinstance(right, Kind):
            return _differs(left, (Entries, Object))
        return _equal_maps(left, right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Optional):
        if not isinstance(right, Optional) or left.given is not right.given:
            return False
        return not left.given or equal(left.value, right.value)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    for value in (left, right):
        if isinstance(value, Stop):
            raise value
    return type(left) is type(right) and bool(left == right)


def _differs(value: Value, strict: type | tuple[type, ...]) -> bool:
    """Values of different types: those of a resource cannot even be asked."""
    if isinstance(value, strict):
        raise Failure("no such overload")
    return False


def _equal_lists(left: list[Value], right: list[Value]) -> bool:
    if len(left) != len(right):
        return False
    if isinstance(left, Items) and left.list_type == "set":
        members = {scalar_key(value) for value in left}
        seen = {scalar_key(value) for value in right}
        return members == seen
    if isinstance(left, Items) and left.list_type == "map":
        by_key = {map_key(value, left.keys): value for value in left}
        met = set()
        for value in right:
            key = map_key(value, left.keys)
            if key not in by_key or not equal(by_key[key], value):
                return False
            met.add(key)
        return len(met) == len(by_key)
    return all(equal(one, other) for one, other in zip(left, right, strict=True))


def _equal_maps(left: dict[Any, Value], right: dict[Any, Value]) -> bool:
    if size_of(left) != size_of(right):
        return False
    if isinstance(left, Object) and isinstance(right, Object):
        return _equal_objects(left, right)
    if isinstance(left, Object) or isinstance(right, Object):
        raise Untold
    return all(key in right and equal(value, right[key]) for key, value in left.items())


def _equal_objects(left: Object, right: Object) -> bool:
    """The server compares by the fields of the left alone, and loses those whose names are escaped."""
    if left.hidden != right.hidden or left.nulls or right.nulls:
        raise Untold
    for key, value in left.items():
        if key in left.renamed:
            if key not in right or not equal(value, right[key]):
                raise Untold
        elif key not in right or not equal(value, right[key]):
            return False
    return True


def scalar_key(value: Value) -> tuple[str, Value]:
    """A member of a set, for which numbers of different types differ."""
    if isinstance(value, list | dict | Optional) and not isinstance(value, Kind):
        raise Failure("listSet operations are only supported on lists of scalar values")
    if isinstance(value, Kind | Timestamp):
        # The server compares times with their zones.
        raise Untold
    return kind_of(value), value


def map_key(value: Value, keys: tuple[str, ...]) -> tuple[tuple[str, Value], ...]:
    """The values of an item's keys, by which the server tells items apart."""
    if (
        not isinstance(value, Object)
        or not keys
        or value.renamed.intersection(keys)
        or not all(k in value for k in keys)
    ):
        raise Untold
    return tuple(scalar_key(value[key]) for key in keys)


def contains(values: list[Value], wanted: Value) -> bool:
    """Whether a list has a value."""
    failed: Failure | None = None
    for value in values:
        try:
            if equal(value, wanted):
                return True
        except Failure as failure:
            failed = failed or failure
    if failed is not None and isinstance(values, Items):
        raise failed
    return False


def added(left: list[Value], right: list[Value]) -> list[Value]:
    """One list after another; of a set or a list by keys what both have stays where it is on the left."""
    if isinstance(left, Items) and left.list_type == "set":
        known = {scalar_key(value) for value in left}
        more = []
        for value in right:
            key = scalar_key(value)
            if key not in known:
                known.add(key)
                more.append(value)
        return Items([*left, *more], "set")
    if isinstance(left, Items) and left.list_type == "map":
        places = {map_key(value, left.keys): place for place, value in enumerate(left)}
        made = Items(left, "map", left.keys)
        for value in right:
            place = places.get(map_key(value, left.keys))
            if place is None:
                made.append(value)
            else:
                made[place] = value
        return made
    return [*left, *right]


def compared(left: Value, right: Value) -> int:
    """-1, 0 or 1 for two values of a type that has an order, or two numbers. NaN is above nothing and below nothing."""
    if not (isinstance(left, int | float) and isinstance(right, int | float)) and type(left) is not type(right):
        raise Failure("no such overload")
    if isinstance(left, bool) is not isinstance(right, bool):
        raise Failure("no such overload")
    if left is None or isinstance(left, list | dict | Optional | Named):
        raise Failure("no such overload")
    return -1 if left < right else 1 if right < left else 0


def size_of(value: Value) -> int:
    """How many there are in a text, list or map."""
    return value.size if isinstance(value, Object) else len(value)


def keys_of(value: dict[Any, Value]) -> Iterator[Any]:
    """The keys of a map or the visible fields of an object."""
    if isinstance(value, Object) and value.hidden:
        # The server goes over the hidden ones as well, and finds nothing.
        raise Untold
    return iter(value)


def key(value: Value) -> Value:
    """A key to look for in a map, or to put there: whole numbers of any type are one."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Untold
    return value


# ---------------------------------------------------------------------------------------------------- numbers and texts


def whole(number: int) -> int:
    """A number that is an `int`, or fails."""
    if not -_INT64 <= number < _INT64:
        raise Failure("integer overflow")
    return number


def unsigned(number: int) -> Uint:
    """A number that is a `uint`, or fails."""
    if not 0 <= number < 2 * _INT64:
        raise Failure("unsigned integer overflow")
    return Uint(number)


def plain_number(number: float) -> str:
    """The fewest digits that are the number, without an exponent (Go's %f with -1)."""
    from decimal import Decimal

    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def short_number(number: float) -> str:
    """Go's %g."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    from decimal import Decimal

    sign, figures, power = Decimal(repr(number)).as_tuple()
    assert isinstance(power, int)
    exponent = len(figures) + power - 1 if number else 0
    if -4 <= exponent < 6:
        return plain_number(number)
    digits = "".join(map(str, figures)).rstrip("0")
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"


_STAMP: Final = re.compile(
    r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)


def timestamp(text: str) -> Timestamp | None:
    """The moment that a text in the manner of RFC 3339 names; None for another text."""
    from datetime import datetime

    match = _STAMP.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        at = datetime(year, month, day, hour, minute, second) - datetime(1970, 1, 1)  # noqa: DTZ001 - its zone is taken off below
    except ValueError:
        if year == 0:
            raise Failure("timestamp overflow") from None
        return None
    fraction = int((match[7] or "0")[:9].ljust(9, "0"))
    offset = 0
    if match[8]:
        offset = (int(match[9]) * 60 + int(match[10])) * (-60 if match[8] == "-" else 60)
    return Timestamp((at.days * 86400 + at.seconds - offset) * SECOND + fraction, offset)


_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "\u00b5s": 10**3,
    "\u03bcs": 10**3,
    "ms": 10**6,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
_PART: Final = re.compile(r"(?:(\d+)(?:\.(\d*))?|\.(\d+))(ns|us|\u00b5s|\u03bcs|ms|s|m|h)", re.ASCII)


def duration(text: str) -> Duration | None:
    """The span that Go's time.ParseDuration reads (`1h30m`); None for a text that it does not."""
    rest = text[1:] if text[:1] in ("-", "+") else text
    total = 0
    if rest != "0":
        position = 0
        while position < len(rest):
            match = _PART.match(rest, position)
            if match is None:
                return None
            unit, digits = _UNITS[match[4]], match[2] or match[3] or ""
            total += int(match[1] or "0") * unit
            if len(digits) > 15:
                raise Untold
            if digits:
                total += int(float(int(digits)) * (float(unit) / 10.0 ** len(digits)))
            position = match.end()
        if not rest:
            return None
    if total > (_INT64 if text.startswith("-") else _INT64 - 1):
        return None
    return Duration(-total if text.startswith("-") else total)


_WORDS: Final = (
    (("ns", "nano"), 1),
    (("us", "\u00b5s", "micro"), 10**3),
    (("ms", "milli"), 10**6),
    (("s", "sec"), SECOND),
    (("m", "min"), 60 * SECOND),
    (("h", "hr", "hour"), 3600 * SECOND),
    (("d", "day"), 24 * 3600 * SECOND),
    (("w", "wk", "week"), 7 * 24 * 3600 * SECOND),
)


def duration_of_words(text: str) -> Duration | None:
    """The span that a value of format `duration` is: what Go reads, or the spans with their units that are somewhere in it (`3 days`).

    Source: k8s.io/kube-openapi/pkg/validation/strfmt/duration.go.
    """
    known = duration(text)
    if known is not None:
        return known
    total, found = 0, False
    for number, unit in re.findall(r"(\d+)\s*([A-Za-z\u00b5]+)", text, re.ASCII):
        for names, length in _WORDS:
            for name in names:
                if unit.lower() == name or (name == names[-1] and unit.lower().startswith(name)):
                    total, found = total + int(number) * length, True
    return Duration(total) if found else None


def converted(read: Callable[[str], Value], text: str, kind: str) -> Value:
    """What a text reads as; fails where it does not."""
    try:
        found = read(text)
    except ValueError:
        found = None
    if found is None:
        raise Failure(f"type conversion error from 'string' to '{kind}'")
    return found
