"""The functions that Kubernetes adds to CEL, for cel-expr-python: strings, lists, sets, regular expressions, URLs, quantities, addresses, versions.

What CEL itself has no type for (a quantity, an address) is a map of one entry, its kind to its canonical text, so that equal ones are equal.
An argument that is none of the kind raises ValueError, which the evaluation reports as the server would.

Sources: k8s.io/apiserver/pkg/cel/library; cel-go ext/strings.go, ext/sets.go, ext/lists.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from k8slint.quantity import UNIT

_Plain: TypeAlias = Any
_Kind: TypeAlias = dict[str, str]


class Unsupported(Exception):  # noqa: N818 - not a mistake of the rule, but of this library
    """What cannot be computed here, although the server can."""


# ---- strings


def _char_at(text: str, position: int) -> str:
    if not 0 <= position <= len(text):
        raise ValueError(f"index out of range: {position}")
    return text[position : position + 1]


def _index_of(text: str, part: str, start: int = 0) -> int:
    if not 0 <= start <= len(text):
        raise ValueError(f"index out of range: {start}")
    return text.find(part, start)


def _last_index_of(text: str, part: str, start: int | None = None) -> int:
    if start is None:
        return text.rfind(part)
    if not 0 <= start <= len(text):
        raise ValueError(f"index out of range: {start}")
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
        raise ValueError(f"invalid substring range. start: {start}, end: {end}")
    return text[start:end]


def _join(parts: list[_Plain], separator: str = "") -> str:
    if not all(isinstance(part, str) for part in parts):
        raise Unsupported
    return separator.join(parts)


def _format(text: str, values: list[_Plain]) -> str:
    """`%s` and `%d` of strings and whole numbers; what else there is looks different from language to language."""
    import re

    remaining = iter(values)

    def one(match: re.Match[str]) -> str:
        if match.group() == "%%":
            return "%"
        value = next(remaining, None)
        kind = int if match.group() == "%d" else str
        if match.group() not in ("%s", "%d") or not isinstance(value, str | int) or isinstance(value, bool):
            raise Unsupported
        if kind is int and not isinstance(value, int):
            raise Unsupported
        return str(value)

    return re.sub(r"%.?", one, text)


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
    if not kinds <= {int, float} and len(kinds) > 1:
        raise Unsupported
    return values


def _is_sorted(values: list[_Plain]) -> bool:
    _comparable(values)
    return values == sorted(values)


def _extreme(choose: Callable[[list[_Plain]], _Plain], name: str) -> Callable[[list[_Plain]], _Plain]:
    def extreme(values: list[_Plain]) -> _Plain:
        if not values:
            raise ValueError(f"{name} called on empty list")
        return choose(_comparable(values))

    return extreme


def _sum(values: list[_Plain]) -> _Plain:
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise Unsupported
    return sum(values)


def _same(left: _Plain, right: _Plain) -> bool:
    """CEL's equality: a boolean is no number."""
    return (isinstance(left, bool) == isinstance(right, bool)) and bool(left == right)


def _has(values: Iterable[_Plain], wanted: _Plain) -> bool:
    return any(_same(value, wanted) for value in values)


def _position(values: list[_Plain], wanted: _Plain) -> int:
    return next((place for place, value in enumerate(values) if _same(value, wanted)), -1)


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
        raise ValueError(f"cannot slice({start}, {end}), list is length {len(values)}")
    return values[start:end]


def _contains_all(values: list[_Plain], wanted: list[_Plain]) -> bool:
    return all(_has(values, value) for value in wanted)


def _intersects(values: list[_Plain], others: list[_Plain]) -> bool:
    return any(_has(values, value) for value in others)


# ---- regular expressions


def _found(text: str, pattern: str) -> list[str]:
    import re

    from k8slint import goregex

    try:
        translated = goregex.translate(pattern)
    except goregex.RegexError as error:
        raise ValueError(f"Illegal regex: {error}") from None
    if not translated.exact:
        raise Unsupported
    return [match.group() for match in re.finditer(translated.text, text)]


def _find(text: str, pattern: str) -> str:
    return next(iter(_found(text, pattern)), "")


def _find_all(text: str, pattern: str, count: int = -1) -> list[str]:
    found = _found(text, pattern)
    return found if count < 0 else found[:count]


# ---- quantities


def _amount(quantity: _Kind) -> int:
    """The amount in the units of `quantity.parse`."""
    if "quantity" not in quantity:
        raise Unsupported
    return int(quantity["quantity"])


def _quantity_of(amount: int) -> _Kind:
    return {"quantity": str(amount)}


def quantity(text: str) -> _Kind:
    """The quantity that a text stands for."""
    from k8slint import quantity as quantities

    try:
        return _quantity_of(quantities.parse(text))
    except quantities.QuantityError as error:
        raise ValueError(str(error)) from None


def _is(make: Callable[..., _Plain]) -> Callable[..., bool]:
    def judge(text: str, *options: bool) -> bool:
        try:
            make(text, *options)
        except ValueError:
            return False
        return True

    return judge


def _is_integer(value: _Kind) -> bool:
    whole, rest = divmod(_amount(value), UNIT)
    return not rest and abs(whole) < 2**63


def _as_integer(value: _Kind) -> int:
    if not _is_integer(value):
        raise ValueError("cannot convert value to integer")
    return _amount(value) // UNIT


def _sign(value: _Kind) -> int:
    amount = _amount(value)
    return (amount > 0) - (amount < 0)


# ---- versions


def semver(text: str, lenient: bool = False) -> _Kind:
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
        raise ValueError(f"invalid semver {text}")
    # Of what was built from it, equality knows nothing.
    return {"semver": text.partition("+")[0]}


def _normalized(text: str) -> str:
    """Source: k8s.io/apiserver/pkg/cel/library/semverlib.go: normalizeAndParse."""
    parts = text.removeprefix("v").split(".", 2)
    for place, part in enumerate(parts):
        if len(part) > 1 and part.startswith("0"):
            part = part.lstrip("0")
            parts[place] = part if part[:1].isdecimal() else f"0{part}"
    if len(parts) < 3:
        if any(sign in parts[-1] for sign in "+-"):
            raise ValueError("short version cannot contain PreRelease/Build meta data")
        parts += ["0"] * (3 - len(parts))
    return ".".join(parts)


def _version(value: _Kind) -> tuple[tuple[int, ...], tuple[tuple[int, int, str], ...]]:
    """A key that sorts versions: a pre-release is before its release."""
    core, _, release = value["semver"].partition("-")
    numbers = tuple(int(part) for part in core.split("."))
    if not release:
        return numbers, ((2, 0, ""),)
    parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in release.split("."))
    return numbers, parts


def _part(place: int) -> Callable[[_Kind], int]:
    return lambda value: _version(value)[0][place]


def _compared(left: _Kind, right: _Kind) -> int:
    """-1, 0 or 1 for two quantities or two versions."""
    key: Callable[[_Kind], Any] = _version if "semver" in left and "semver" in right else _amount
    first, second = key(left), key(right)
    return int(first > second) - int(first < second)


# ---- URLs


def url(text: str) -> _Kind:
    """The URL that a text is: an absolute one, or an absolute path."""
    from k8slint.schemas.formats import FORMATS

    if not FORMATS["uri"](text):
        raise ValueError(f"URL parse error during conversion from string: parse {text!r}: invalid URI for request")
    return {"url": text}


def _url_part(take: Callable[[Any], str]) -> Callable[[_Kind], str]:
    def part(value: _Kind) -> str:
        from urllib.parse import urlsplit

        if "url" not in value:
            raise Unsupported
        return take(urlsplit(value["url"]))

    return part


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


def ip(text: str) -> _Kind:
    """The address that a text is."""
    from ipaddress import IPv6Address, ip_address

    try:
        address = ip_address(text)
    except ValueError:
        raise ValueError(f"IP Address {text!r} parse error during conversion from string") from None
    if "%" in text or (isinstance(address, IPv6Address) and address.ipv4_mapped is not None):
        raise ValueError(f"IPv4-mapped IPv6 address {text!r} is not allowed")
    return {"ip": str(address)}


def cidr(text: str) -> _Kind:
    """The range of addresses that a text is."""
    from ipaddress import ip_interface

    try:
        if "/" not in text or "." in text.partition("/")[2]:
            raise ValueError
        return {"cidr": str(ip_interface(text))}
    except ValueError:
        raise ValueError(f"network address parse error during conversion from string: {text!r}") from None


def _address(value: _Kind) -> Any:
    from ipaddress import ip_address

    if "ip" not in value:
        raise Unsupported
    return ip_address(value["ip"])


def _is_global(value: _Kind) -> bool:
    """Go's IsGlobalUnicast: private addresses are."""
    address = _address(value)
    broadcast = address.version == 4 and int(address) == 2**32 - 1
    special = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not (special or broadcast)


def _is_link_local_multicast(value: _Kind) -> bool:
    from ipaddress import ip_network

    address = _address(value)
    return address in ip_network("224.0.0.0/24" if address.version == 4 else "ff02::/16")


def _range(value: _Kind) -> Any:
    from ipaddress import ip_interface

    if "cidr" not in value:
        raise Unsupported
    return ip_interface(value["cidr"])


def _contains_ip(value: _Kind, address: _Kind | str) -> bool:
    inner = _address(ip(address) if isinstance(address, str) else address)
    network = _range(value).network
    return bool(inner.version == network.version and inner in network)


def _contains_cidr(value: _Kind, other: _Kind | str) -> bool:
    inner, outer = _range(cidr(other) if isinstance(other, str) else other).network, _range(value).network
    return bool(inner.version == outer.version and inner.subnet_of(outer))


# ---- declarations


def declarations(cel: Any) -> list[Any]:
    """The functions as cel-expr-python wants them; `cel` is its module."""
    kinds = cel.Type
    text, number, real, boolean, anything = kinds.STRING, kinds.INT, kinds.DOUBLE, kinds.BOOL, kinds.DYN
    many, made = kinds.List(anything), kinds.Map(kinds.STRING, anything)
    # A parameter of any type has to be declared type by type.
    each = {"int": number, "double": real, "string": text, "bool": boolean, "map": made, "list": many}

    functions: dict[str, list[Any]] = {}

    def add(name: str, result: Any, parameters: list[Any], run: Callable[..., Any], *, member: bool = True) -> None:
        overloads = functions.setdefault(name, [])
        overloads.append(cel.Overload(f"k8slint_{name}_{len(overloads)}", result, parameters, member, run))

    def add_plain(name: str, result: Any, parameters: list[Any], run: Callable[..., Any]) -> None:
        add(name, result, parameters, run, member=False)

    add("charAt", text, [text, number], _char_at)
    add("indexOf", number, [text, text], _index_of)
    add("indexOf", number, [text, text, number], _index_of)
    add("lastIndexOf", number, [text, text], _last_index_of)
    add("lastIndexOf", number, [text, text, number], _last_index_of)
    add("lowerAscii", text, [text], _ascii(str.lower))
    add("upperAscii", text, [text], _ascii(str.upper))
    add("replace", text, [text, text, text], _replace)
    add("replace", text, [text, text, text, number], _replace)
    add("split", many, [text, text], _split)
    add("split", many, [text, text, number], _split)
    add("substring", text, [text, number], _substring)
    add("substring", text, [text, number, number], _substring)
    add("trim", text, [text], str.strip)
    add("join", text, [many], _join)
    add("join", text, [many, text], _join)
    add("format", text, [text, many], _format)
    add_plain("strings.quote", text, [text], _quote)
    add("isSorted", boolean, [many], _is_sorted)
    add("sum", anything, [many], _sum)
    add("min", anything, [many], _extreme(min, "min"))
    add("max", anything, [many], _extreme(max, "max"))
    for one in each.values():
        add("indexOf", number, [many, one], _position)
        add("lastIndexOf", number, [many, one], _last_position)
        add("includes", boolean, [many, one], _has)
    add("distinct", many, [many], _distinct)
    add("flatten", many, [many], _flatten)
    add("flatten", many, [many, number], _flatten)
    add("reverse", many, [many], lambda values: values[::-1])
    add("slice", many, [many, number, number], _slice)
    add("sort", many, [many], lambda values: sorted(_comparable(values)))
    add_plain("lists.range", many, [number], lambda count: list(range(count)))
    add_plain("sets.contains", boolean, [many, many], _contains_all)
    add_plain("sets.equivalent", boolean, [many, many], lambda a, b: _contains_all(a, b) and _contains_all(b, a))
    add_plain("sets.intersects", boolean, [many, many], _intersects)
    add("find", text, [text, text], _find)
    add("findAll", many, [text, text], _find_all)
    add("findAll", many, [text, text, number], _find_all)

    add_plain("quantity", made, [text], quantity)
    add_plain("isQuantity", boolean, [text], _is(quantity))
    add("isInteger", boolean, [made], _is_integer)
    add("asInteger", number, [made], _as_integer)
    add("asApproximateFloat", real, [made], lambda value: _amount(value) / UNIT)
    add_plain("sign", number, [made], _sign)
    add("sign", number, [made], _sign)
    add("add", made, [made, made], lambda a, b: _quantity_of(_amount(a) + _amount(b)))
    add("add", made, [made, number], lambda a, b: _quantity_of(_amount(a) + b * UNIT))
    add("sub", made, [made, made], lambda a, b: _quantity_of(_amount(a) - _amount(b)))
    add("sub", made, [made, number], lambda a, b: _quantity_of(_amount(a) - b * UNIT))
    add("isLessThan", boolean, [made, made], lambda a, b: _compared(a, b) < 0)
    add("isGreaterThan", boolean, [made, made], lambda a, b: _compared(a, b) > 0)
    add("compareTo", number, [made, made], _compared)
    add_plain("semver", made, [text], semver)
    add_plain("semver", made, [text, boolean], semver)
    add_plain("isSemver", boolean, [text], _is(semver))
    add_plain("isSemver", boolean, [text, boolean], _is(semver))
    for place, name in enumerate(("major", "minor", "patch")):
        add(name, number, [made], _part(place))

    add_plain("url", made, [text], url)
    add_plain("isURL", boolean, [text], _is(url))
    add("getScheme", text, [made], _url_part(lambda split: split.scheme))
    add("getHost", text, [made], _url_part(_host))
    add("getHostname", text, [made], _url_part(_hostname))
    add("getPort", text, [made], _url_part(_port))
    add("getEscapedPath", text, [made], _url_part(lambda split: split.path))
    add_plain("ip", made, [text], ip)
    add_plain("isIP", boolean, [text], _is(ip))
    add_plain("ip.isCanonical", boolean, [text], lambda value: ip(value)["ip"] == value)
    add("family", number, [made], lambda value: _address(value).version)
    add("isUnspecified", boolean, [made], lambda value: _address(value).is_unspecified)
    add("isLoopback", boolean, [made], lambda value: _address(value).is_loopback)
    add("isLinkLocalUnicast", boolean, [made], lambda value: _address(value).is_link_local)
    add("isLinkLocalMulticast", boolean, [made], _is_link_local_multicast)
    add("isGlobalUnicast", boolean, [made], _is_global)
    add("ip", made, [made], lambda value: {"ip": str(_range(value).ip)})
    add_plain("cidr", made, [text], cidr)
    add_plain("isCIDR", boolean, [text], _is(cidr))
    for one in (made, text):
        add("containsIP", boolean, [made, one], _contains_ip)
        add("containsCIDR", boolean, [made, one], _contains_cidr)
    add("prefixLength", number, [made], lambda value: _range(value).network.prefixlen)
    add("masked", made, [made], lambda value: {"cidr": str(_range(value).network)})
    return [cel.FunctionDecl(name, overloads) for name, overloads in functions.items()]
