"""The functions that Kubernetes adds to CEL: strings, lists, sets, regular expressions, URLs, quantities, addresses, versions, formats.

What CEL itself has no type for (a quantity, an address) is a `Kind`: one entry, its kind to its canonical text.
Sources: k8s.io/apiserver/pkg/cel/library; cel-go ext/strings.go, ext/formatting.go, ext/sets.go, ext/lists.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, Final, TypeAlias

from k8slint.cel.evaluate import to_string
from k8slint.cel.syntax import Uint
from k8slint.cel.values import (
    NONE,
    Duration,
    Failure,
    Kind,
    Named,
    Optional,
    Timestamp,
    Untold,
    compared,
    contains,
    equal,
    unsigned,
    whole,
)
from k8slint.quantity import UNIT

_Plain: TypeAlias = Any


# ---- strings


def _char_at(text: str, position: int) -> str:
    if not 0 <= position <= len(text):
        raise Failure(f"index out of range: {position}")
    return text[position : position + 1]


def _index_of(text: str, part: str, start: int = 0) -> int:
    if not 0 <= start <= len(text):
        raise Failure(f"index out of range: {start}")
    return text.find(part, start)


def _last_index_of(text: str, part: str, start: int | None = None) -> int:
    if start is None:
        return text.rfind(part)
    if not 0 <= start <= len(text):
        raise Failure(f"index out of range: {start}")
    return text.rfind(part, 0, start + len(part))


def _ascii(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "".join(change(char) if char.isascii() else char for char in text)


def _replace(text: str, old: str, new: str, count: int = -1) -> str:
    return text.replace(old, new, count)


def _split(text: str, separator: str, count: int = -1) -> list[str]:
    if count == 0:
        return []
    if not separator:
        parts = list(text)
        return parts if count < 0 or len(parts) <= count else [*parts[: count - 1], "".join(parts[count - 1 :])]
    return text.split(separator, count - 1 if count > 0 else -1)


def _substring(text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if not 0 <= start <= len(text) or not 0 <= end <= len(text) or start > end:
        raise Failure(f"invalid substring range. start: {start}, end: {end}")
    return text[start:end]


def _join(parts: list[_Plain], separator: str = "") -> str:
    if not all(isinstance(part, str) for part in parts):
        raise Untold
    return separator.join(parts)


def _format(text: str, arguments: list[_Plain]) -> str:
    """What `format` makes of a text with places for values (`%s`, `%.2f`)."""
    import re

    parts, position, taken = [], 0, 0
    for match in re.finditer(r"%(?:(%)|(?:\.(\d+))?(.?))", text, re.ASCII | re.DOTALL):
        parts.append(text[position : match.start()])
        position = match.end()
        if match[1]:
            parts.append("%")
            continue
        if taken >= len(arguments):
            raise Failure(f"index {taken} out of range")
        parts.append(_verb(match[3], arguments[taken], match[2]))
        taken += 1
    return "".join([*parts, text[position:]])


def _verb(verb: str, value: _Plain, precision: str | None) -> str:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if verb == "s":
        return _shown(value)
    if verb == "d" and is_number:
        return str(int(value))
    if verb == "f" and isinstance(value, float) and abs(value) < 999:
        return f"{value:.{int(precision or 6)}f}"
    if verb == "b" and isinstance(value, int):
        return format(int(value), "b")
    if verb in ("x", "X"):
        if is_number:
            return format(int(value), verb)
        if isinstance(value, str | bytes):
            digits = (value.encode() if isinstance(value, str) else value).hex()
            return digits.upper() if verb == "X" else digits
    if verb == "o" and is_number:
        return format(int(value), "o")
    if verb in ("d", "b", "x", "X", "o") and not isinstance(value, Kind):
        raise Failure(f"error during formatting: %{verb} cannot show {value if is_number else _shown(value)}")
    # Floats in the manner of English, thousands with commas and powers of ten in small digits, are left alone.
    raise Untold


def _shown(value: _Plain) -> str:
    """A value as `%s` shows it."""
    if isinstance(value, list):
        return f"[{', '.join(_literal(one) for one in value)}]"
    if isinstance(value, dict) and not isinstance(value, Kind):
        entries = sorted((_literal(key), _literal(one)) for key, one in value.items())
        return "{" + ", ".join(f"{key}:{one}" for key, one in entries) + "}"
    if value is None:
        return "null"
    if isinstance(value, bool | int | float | str | bytes | Timestamp | Duration | Named):
        return to_string(value)
    raise Untold


def _literal(value: _Plain) -> str:
    """A value as it stands in a list or map that `%s` shows."""
    if isinstance(value, str | bytes):
        text = to_string(value)
        if not text.isprintable() or any(char in text for char in '"\\'):
            raise Untold
        return f'{"b" if isinstance(value, bytes) else ""}"{text}"'
    if isinstance(value, float):
        if abs(value) == float("inf") or value != value:
            raise Untold
        return f"{value:.6f}"
    if isinstance(value, Timestamp):
        return f'timestamp("{to_string(value)}")'
    if isinstance(value, Duration):
        return f'duration("{to_string(value)}")'
    return _shown(value)


def _quote(text: str) -> str:
    escapes = {
        "\a": "\\a",
        "\b": "\\b",
        "\f": "\\f",
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\v": "\\v",
        "\\": "\\\\",
        '"': '\\"',
    }
    return '"' + "".join(escapes.get(char, char) for char in text) + '"'


# ---- lists and sets


def _comparable(values: list[_Plain]) -> list[_Plain]:
    kinds = {type(value) for value in values}
    if len(kinds) > 1 or not kinds <= {int, float, str, bool, bytes, Timestamp, Duration}:
        raise Untold
    if any(value != value for value in values):
        # NaN has no place among numbers.
        raise Untold
    return values


def _is_sorted(values: list[_Plain]) -> bool:
    _comparable(values)
    return all(compared(one, other) <= 0 for one, other in pairwise(values))


def _extreme(choose: Callable[[list[_Plain]], _Plain], name: str) -> Callable[[list[_Plain]], _Plain]:
    def extreme(values: list[_Plain]) -> _Plain:
        if not values:
            raise Failure(f"{name} called on empty list")
        return choose(_comparable(values))

    return extreme


def _sum(values: list[_Plain]) -> _Plain:
    _comparable(values)
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise Untold
    total = sum(values)
    if isinstance(total, float):
        return total
    return unsigned(total) if values and isinstance(values[0], Uint) else whole(total)


def _sorted_by(values: list[_Plain], keys: list[_Plain]) -> list[_Plain]:
    _comparable(keys)
    return [values[place] for place in sorted(range(len(values)), key=lambda place: keys[place])]


def _range(count: int) -> list[int]:
    if count > 100_000:
        raise Untold
    return list(range(count))


def _has(values: Iterable[_Plain], wanted: _Plain) -> bool:
    return contains(list(values), wanted)


def _position(values: list[_Plain], wanted: _Plain) -> int:
    return next((place for place, value in enumerate(values) if equal(value, wanted)), -1)


def _last_position(values: list[_Plain], wanted: _Plain) -> int:
    found = _position(values[::-1], wanted)
    return -1 if found < 0 else len(values) - 1 - found


def _distinct(values: list[_Plain]) -> list[_Plain]:
    found: list[_Plain] = []
    for value in values:
        if not _has(found, value):
            found.append(value)
    return found


def _flatten(values: list[_Plain], depth: int = 1) -> list[_Plain]:
    found: list[_Plain] = []
    for value in values:
        if isinstance(value, list) and depth > 0:
            found += _flatten(value, depth - 1)
        else:
            found.append(value)
    return found


def _slice(values: list[_Plain], start: int, end: int) -> list[_Plain]:
    if not 0 <= start <= end <= len(values):
        raise Failure(f"cannot slice({start}, {end}), list is length {len(values)}")
    return values[start:end]


def _contains_all(values: list[_Plain], wanted: list[_Plain]) -> bool:
    return all(_has(values, value) for value in wanted)


def _intersects(values: list[_Plain], others: list[_Plain]) -> bool:
    return any(_has(values, value) for value in others)


# ---- regular expressions


def _found(text: str, pattern: str) -> list[str]:
    from k8slint import goregex

    try:
        found = goregex.finder(pattern)(text)
    except goregex.RegexError as error:
        raise Failure(f"Illegal regex: {error}") from None
    if found is None:
        raise Untold
    return found


def _find(text: str, pattern: str) -> str:
    return next(iter(_found(text, pattern)), "")


def _find_all(text: str, pattern: str, count: int = -1) -> list[str]:
    found = _found(text, pattern)
    return found if count < 0 else found[:count]


# ---- quantities


def _amount(quantity: Kind) -> int:
    """The amount in the units of `quantity.parse`."""
    if "quantity" not in quantity:
        raise Untold
    return int(quantity["quantity"])


def _quantity_of(amount: int) -> Kind:
    return Kind(quantity=str(amount))


def quantity(text: str) -> Kind:
    """The quantity that a text stands for."""
    from k8slint import quantity as quantities

    try:
        return _quantity_of(quantities.parse(text))
    except quantities.QuantityError as error:
        raise Failure(str(error)) from None


def _is(make: Callable[..., _Plain]) -> Callable[..., bool]:
    def judge(text: str, *options: bool) -> bool:
        try:
            make(text, *options)
        except Failure:
            return False
        return True

    return judge


def _is_integer(value: Kind) -> bool:
    whole, rest = divmod(_amount(value), UNIT)
    return not rest and abs(whole) < 2**63


def _as_integer(value: Kind) -> int:
    if not _is_integer(value):
        raise Failure("cannot convert value to integer")
    return _amount(value) // UNIT


def _sign(value: Kind) -> int:
    amount = _amount(value)
    return (amount > 0) - (amount < 0)


# ---- versions


def semver(text: str, lenient: bool = False) -> Kind:
    """The semantic version that a text is; a lenient reading forgives a `v`, missing parts and leading zeros."""
    import re

    if lenient:
        text = _normalized(text)
    number, part = r"(?:0|[1-9]\d*)", r"(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
    if not re.fullmatch(
        rf"{number}\.{number}\.{number}(?:-{part}(?:\.{part})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
        text,
        re.ASCII,
    ):
        raise Failure(f"invalid semver {text}")
    # Of what was built from it, equality knows nothing.
    return Kind(semver=text.partition("+")[0])


def _normalized(text: str) -> str:
    """Source: k8s.io/apiserver/pkg/cel/library/semverlib.go: normalizeAndParse."""
    parts = text.removeprefix("v").split(".", 2)
    for place, part in enumerate(parts):
        if len(part) > 1 and part.startswith("0"):
            part = part.lstrip("0")
            parts[place] = part if part[:1].isdecimal() else f"0{part}"
    if len(parts) < 3:
        if any(sign in parts[-1] for sign in "+-"):
            raise Failure("short version cannot contain PreRelease/Build meta data")
        parts += ["0"] * (3 - len(parts))
    return ".".join(parts)


def _version(value: Kind) -> tuple[tuple[int, ...], tuple[tuple[int, int, str], ...]]:
    """A key that sorts versions: a pre-release is before its release."""
    core, _, release = value["semver"].partition("-")
    numbers = tuple(int(part) for part in core.split("."))
    if not release:
        return numbers, ((2, 0, ""),)
    parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in release.split("."))
    return numbers, parts


def _part(place: int) -> Callable[[Kind], int]:
    return lambda value: _version(value)[0][place]


def _compared(left: Kind, right: Kind) -> int:
    """-1, 0 or 1 for two quantities or two versions."""
    key: Callable[[Kind], Any] = _version if "semver" in left and "semver" in right else _amount
    first, second = key(left), key(right)
    return int(first > second) - int(first < second)


# ---- URLs


def url(text: str) -> Kind:
    """The URL that a text is: an absolute one, or an absolute path."""
    from k8slint.schemas.formats import FORMATS

    if not FORMATS["uri"](text):
        raise Failure(f"URL parse error during conversion from string: parse {text!r}: invalid URI for request")
    return Kind(url=text)


def _url_part(take: Callable[[Any], str]) -> Callable[[Kind], str]:
    def part(value: Kind) -> str:
        from urllib.parse import urlsplit

        if "url" not in value:
            raise Untold
        return take(urlsplit(value["url"]))

    return part


def _query(value: Kind) -> dict[str, list[str]]:
    from urllib.parse import parse_qsl, urlsplit

    query = urlsplit(value["url"]).query
    if ";" in query or "%" in query:
        # What cannot be read is left out by the server.
        raise Untold
    found: dict[str, list[str]] = {}
    for key, one in parse_qsl(query, keep_blank_values=True):
        found.setdefault(key, []).append(one)
    return found


def _path(split: Any) -> str:
    import re

    if not re.fullmatch(r"(?:[A-Za-z0-9\-_.~$&+,/:;=@!'()*]|%[0-9A-Fa-f]{2})*", split.path, re.ASCII):
        # The server escapes what is not.
        raise Untold
    return str(split.path)


def _host(split: Any) -> str:
    return str(split.netloc.rpartition("@")[2])


def _hostname(split: Any) -> str:
    host = _host(split)
    if host.startswith("["):
        return host[1 : host.index("]")]
    return host.rpartition(":")[0] if ":" in host else host


def _port(split: Any) -> str:
    host = _host(split)
    return host.rpartition(":")[2] if ":" in host.rpartition("]")[2] else ""


# ---- addresses


def ip(text: str) -> Kind:
    """The address that a text is."""
    from ipaddress import IPv6Address, ip_address

    try:
        address = ip_address(text)
    except ValueError:
        raise Failure(f"IP Address {text!r} parse error during conversion from string") from None
    if "%" in text or (isinstance(address, IPv6Address) and address.ipv4_mapped is not None):
        raise Failure(f"IPv4-mapped IPv6 address {text!r} is not allowed")
    return Kind(ip=str(address))


def cidr(text: str) -> Kind:
    """The range of addresses that a text is."""
    from ipaddress import ip_interface

    try:
        if "/" not in text or "." in text.partition("/")[2]:
            raise ValueError
        return Kind(cidr=str(ip_interface(text)))
    except ValueError:
        raise Failure(f"network address parse error during conversion from string: {text!r}") from None


def _address(value: Kind) -> Any:
    from ipaddress import ip_address

    if "ip" not in value:
        raise Untold
    return ip_address(value["ip"])


def _is_global(value: Kind) -> bool:
    """Go's IsGlobalUnicast: private addresses are."""
    address = _address(value)
    broadcast = address.version == 4 and int(address) == 2**32 - 1
    special = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not (special or broadcast)


def _is_link_local_multicast(value: Kind) -> bool:
    from ipaddress import ip_network

    address = _address(value)
    return address in ip_network("224.0.0.0/24" if address.version == 4 else "ff02::/16")


def _network(value: Kind) -> Any:
    from ipaddress import ip_interface

    if "cidr" not in value:
        raise Untold
    return ip_interface(value["cidr"])


def _contains_ip(value: Kind, address: Kind | str) -> bool:
    inner = _address(ip(address) if isinstance(address, str) else address)
    network = _network(value).network
    return bool(inner.version == network.version and inner in network)


def _contains_cidr(value: Kind, other: Kind | str) -> bool:
    inner, outer = _network(cidr(other) if isinstance(other, str) else other).network, _network(value).network
    return bool(inner.version == outer.version and inner.subnet_of(outer))


# ---- formats


def _formats() -> dict[str, Callable[[str], bool]]:
    """By the names that `format.` gives them, whether a text is of a format."""
    from k8slint import names
    from k8slint.schemas.formats import FORMATS

    def by(syntax: Callable[[str], str], *, prefix: bool = False) -> Callable[[str], bool]:
        # Of a prefix a dash at the end does no harm.
        return lambda text: not syntax(text[:-2] + "a" if prefix and len(text) > 1 and text.endswith("-") else text)

    return {
        "dns1123Label": by(names.label),
        "dns1123LabelPrefix": by(names.label, prefix=True),
        "dns1123Subdomain": by(names.subdomain),
        "dns1123SubdomainPrefix": by(names.subdomain, prefix=True),
        "dns1035Label": by(names.label_1035),
        "dns1035LabelPrefix": by(names.label_1035, prefix=True),
        "labelValue": by(names.label_value),
        "qualifiedName": by(names.label_key),
        **{name: FORMATS[name] for name in ("byte", "date", "datetime", "uri", "uuid")},
    }


_FORMAT_NAMES: Final = (
    "byte",
    "date",
    "datetime",
    "dns1035Label",
    "dns1035LabelPrefix",
    "dns1123Label",
    "dns1123LabelPrefix",
    "dns1123Subdomain",
    "dns1123SubdomainPrefix",
    "labelValue",
    "qualifiedName",
    "uri",
    "uuid",
)
_LIMITED: Final = frozenset(name for name in _FORMAT_NAMES if name.startswith(("dns", "label")))


def _named(name: str) -> Optional:
    return Optional(True, Kind(format=name)) if name in _FORMAT_NAMES else NONE


def _validate(form: Kind, text: str) -> Optional:
    """The reasons why a text is not of a format. How many there are is known, what they say is not."""
    name = form["format"]
    if _formats()[name](text):
        return NONE
    if name == "qualifiedName":
        return Optional(True, Untold())
    longest = 253 if "Subdomain" in name else 63
    too_long = name in _LIMITED and len(text.encode()) > longest
    # Too long by itself, or by its characters as well.
    both = too_long and not _formats()[name](text[:longest].rstrip(".-_"))
    return Optional(True, [Untold()] * (2 if both else 1))


# ---- the library


LIBRARY: Final[dict[str, Callable[..., Any]]] = {
    "@sortByAssociatedKeys": _sorted_by,
    "add": lambda a, b: _quantity_of(_amount(a) + (_amount(b) if isinstance(b, Kind) else b * UNIT)),
    "asApproximateFloat": lambda value: _amount(value) / UNIT,
    "asInteger": _as_integer,
    "charAt": _char_at,
    "cidr": cidr,
    "compareTo": _compared,
    "containsCIDR": _contains_cidr,
    "containsIP": _contains_ip,
    "distinct": _distinct,
    "family": lambda value: _address(value).version,
    "find": _find,
    "findAll": _find_all,
    "first": lambda values: Optional(True, values[0]) if values else NONE,
    "flatten": _flatten,
    "format": _format,
    "format.named": _named,
    "getEscapedPath": _url_part(_path),
    "getHost": _url_part(_host),
    "getHostname": _url_part(_hostname),
    "getPort": _url_part(_port),
    "getQuery": _query,
    "getScheme": _url_part(lambda split: split.scheme),
    "indexOf": lambda held, *rest: _index_of(held, *rest) if isinstance(held, str) else _position(held, *rest),
    "ip": lambda held: ip(held) if isinstance(held, str) else Kind(ip=str(_network(held).ip)),
    "ip.isCanonical": lambda text: ip(text)["ip"] == text,
    "isCIDR": _is(cidr),
    "isGlobalUnicast": _is_global,
    "isGreaterThan": lambda a, b: _compared(a, b) > 0,
    "isIP": _is(ip),
    "isInteger": _is_integer,
    "isLessThan": lambda a, b: _compared(a, b) < 0,
    "isLinkLocalMulticast": _is_link_local_multicast,
    "isLinkLocalUnicast": lambda value: _address(value).is_link_local,
    "isLoopback": lambda value: _address(value).is_loopback,
    "isQuantity": _is(quantity),
    "isSemver": _is(semver),
    "isSorted": _is_sorted,
    "isURL": _is(url),
    "isUnspecified": lambda value: _address(value).is_unspecified,
    "join": _join,
    "last": lambda values: Optional(True, values[-1]) if values else NONE,
    "lastIndexOf": lambda held, *rest: (
        _last_index_of(held, *rest) if isinstance(held, str) else _last_position(held, *rest)
    ),
    "lists.range": _range,
    "lowerAscii": _ascii(str.lower),
    "major": _part(0),
    "masked": lambda value: Kind(cidr=str(_network(value).network)),
    "max": _extreme(max, "max"),
    "min": _extreme(min, "min"),
    "minor": _part(1),
    "patch": _part(2),
    "prefixLength": lambda value: _network(value).network.prefixlen,
    "quantity": quantity,
    "replace": _replace,
    "reverse": lambda values: values[::-1],
    "semver": semver,
    "sets.contains": _contains_all,
    "sets.equivalent": lambda a, b: _contains_all(a, b) and _contains_all(b, a),
    "sets.intersects": _intersects,
    "sign": _sign,
    "slice": _slice,
    "sort": lambda values: sorted(_comparable(values)),
    "split": _split,
    "strings.quote": _quote,
    "sub": lambda a, b: _quantity_of(_amount(a) - (_amount(b) if isinstance(b, Kind) else b * UNIT)),
    "substring": _substring,
    "sum": _sum,
    "trim": str.strip,
    "upperAscii": _ascii(str.upper),
    "url": url,
    "validate": _validate,
}
LIBRARY.update({f"format.{name}": lambda name=name: Kind(format=name) for name in _FORMAT_NAMES})
"""By name; a function that CEL calls as a method has its object as the first argument."""
