"""The formats of strings that the API server knows in the schemas of custom resources, as it checks them.

Source: k8s.io/kube-openapi/pkg/validation/strfmt, pkg/internal/third_party/govalidator; which ones are known in which version:
k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go. An email address is only refused where it is none by any reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from k8slint.schemas import decoding

_SINCE: Final = {"k8sshortname": 34, "k8slongname": 34}
_OF_NUMBERS: Final = {"integer": ("int32", "int64"), "number": ("float", "double")}


def known(name: str, kind: str, minor: int) -> str:
    """The key in `FORMATS` of a format that the API server knows for a type ("" for none) in a minor version; the format's own name for numbers.

    "" where it knows none: then the format says nothing.
    """
    if kind in _OF_NUMBERS:
        return name if name in _OF_NUMBERS[kind] else ""
    if kind not in ("", "string"):
        return ""
    plain = name.replace("-", "")
    return plain if plain in FORMATS and minor >= _SINCE.get(plain, 0) else ""


def example(key: str) -> str:
    """What a value of a format looks like, as in " (2026-01-31T12:00:00Z)"; "" where its name says enough."""
    shown = {
        "byte": "bG9nbw==",
        "cidr": "10.0.0.0/8",
        "date": "2026-01-31",
        "datetime": "2026-01-31T12:00:00Z",
        "duration": "1h30m",
        "mac": "00:00:5e:00:53:01",
        "uri": "https://example.com/path",
    }.get(key)
    return f", which is written like {shown}" if shown else ""


def _regex(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text, re.ASCII) is not None


def _uuid(version: str) -> Callable[[str], bool]:
    return _regex(rf"(?i:[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?{version}-?[0-9a-f]{{12}})")


# ---- addresses


def _uri(text: str) -> bool:
    """net/url: ParseRequestURI."""
    if not text or re.search(r"[\x00-\x1f\x7f]", text):
        return False
    if text == "*":
        return True
    scheme = ""
    match = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text)
    if match:
        scheme = match.group()
        text = text[match.end() :]
    elif text.startswith(":"):
        return False
    rest = text.partition("?")[0]
    if not rest.startswith("/"):
        return bool(scheme)
    if scheme and rest.startswith("//"):
        authority, slash, path = rest[2:].partition("/")
        return _authority(authority) and _escapes(slash + path)
    return _escapes(rest)


def _authority(text: str) -> bool:
    user, _, host = text.rpartition("@")
    if not re.fullmatch(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*", user) or not _escapes(user):
        return False
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0 or not re.fullmatch(r"(?::[0-9]*)?", host[end + 1 :], re.ASCII):
            return False
        host = host[: end + 1]
    else:
        name, colon, port = host.rpartition(":")
        if colon:
            if not re.fullmatch(r"[0-9]*", port, re.ASCII):
                return False
            host = name
    if re.search(r"%(?![89A-Fa-f][0-9A-Fa-f]|25)", host):
        return False
    return re.fullmatch(r"(?:[A-Za-z0-9\-_.~!$&'()*+,;=:\[\]<>\"%]|[^\x00-\x7f])*", host) is not None


def _escapes(text: str) -> bool:
    return not re.search(r"%(?![0-9A-Fa-f]{2})", text)


def _ipv4(text: str) -> bool:
    """Leading zeros are let through, and so is an IPv6 address that ends like one."""
    if ":" in text:
        return "." in text and _ipv6(text)
    parts = text.split(".")
    return len(parts) == 4 and all(re.fullmatch(r"[0-9]+", part, re.ASCII) and int(part[:9]) <= 255 for part in parts)


def _ipv6(text: str) -> bool:
    from ipaddress import IPv6Address

    try:
        return ":" in text and "%" not in text and IPv6Address(text) is not None
    except ValueError:
        return False


def _cidr(text: str) -> bool:
    address, slash, length = text.partition("/")
    if not slash or not re.fullmatch(r"[0-9]{1,3}", length, re.ASCII):
        return False
    longest = 128 if ":" in address else 32
    return (_ipv6(address) if ":" in address else _ipv4(address)) and int(length) <= longest


def _mac(text: str) -> bool:
    for separator, width in ((":", 2), ("-", 2), (".", 4), ("", 2)):
        groups = text.split(separator) if separator else re.findall("..", text)
        if separator in text and len("".join(groups)) in (12, 16, 40):
            return all(re.fullmatch(rf"[0-9a-fA-F]{{{width}}}", group) for group in groups)
    return False


def _email(text: str) -> bool:
    """net/mail: ParseAddress, which takes `Jo <jo@example.com>` as well. Of comments nothing is said."""
    text = text.strip(" \t\r\n")
    if "(" in text:
        return True
    address = text[:-1].rpartition("<")[2] if text.endswith(">") and "<" in text else text
    atom = r"(?:[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]|[^\x00-\x7f])+"
    return (
        re.fullmatch(rf'(?:{atom}(?:\.{atom})*|"(?:[^"\\]|\\.)*")@(?:{atom}(?:\.{atom})*|\[[^\[\]]*\])', address)
        is not None
    )


def _hostname(text: str) -> bool:
    """strfmt's HostnamePattern. Python has no classes for letters and symbols, so each character is replaced by a sign for what it is."""
    from unicodedata import category

    kinds = {"L": "L", "S": "S"}
    signs = "".join(
        char if char in ".-" else "D" if char.isascii() and char.isdigit() else kinds.get(category(char)[0], "?")
        for char in text
    )
    if not re.fullmatch(r"[LDS](?:-?[LDS]{0,62})?|(?:[LDS](?:[LDS-]{0,61}[LDS])?\.)+L{2,63}", signs):
        return False
    return len(text.encode()) <= 255 and all(len(part.encode()) <= 63 for part in text.split("."))


# ---- times


def _date(text: str) -> bool:
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII) is not None and not decoding.time(
        f"{text}T00:00:00Z"
    )


def _datetime(text: str) -> bool:
    """It need not be one of RFC 3339: a small t and z will do, and before the fraction any character."""
    if len(text) < 4:
        return False
    parts = text.lower().split("t")
    if len(parts) < 2 or not _date(parts[0]):
        return False
    match = re.fullmatch(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:.[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})", parts[1], re.ASCII)
    return match is not None and match[1] <= "23" and match[2] <= "59" and match[3] <= "59"


def _duration(text: str) -> bool:
    """Go's durations, and Scala's: `3 days`, somewhere in the text."""
    if not decoding.duration(text):
        return True
    units = ("ns", "us", "\u00b5s", "ms", "s", "m", "h", "hr", "d", "w", "wk")
    starts = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")
    for number, unit in re.findall(r"([0-9]+)\s*([A-Za-z\u00b5]+)", text, re.ASCII):
        if len(number.lstrip("0")) > 18:
            return False
        if unit.lower() in units or unit.lower().startswith(starts):
            return True
    return False


# ---- numbers that check themselves


def _isbn10(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not re.fullmatch(r"[0-9]{9}[0-9X]", digits, re.ASCII):
        return False
    last = 10 if digits[9] == "X" else int(digits[9])
    return (sum((place + 1) * int(digit) for place, digit in enumerate(digits[:9])) + 10 * last) % 11 == 0


def _isbn13(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not re.fullmatch(r"[0-9]{13}", digits, re.ASCII):
        return False
    total = sum((1, 3)[place % 2] * int(digit) for place, digit in enumerate(digits[:12]))
    return int(digits[12]) == (10 - total % 10) % 10


_CARD: Final = (
    r"4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}"
    r"|(?:2131|1800|35\d{3})\d{11}"
)


def _credit_card(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    if not re.fullmatch(_CARD, digits, re.ASCII):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_SHORT_NAME: Final = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_COLOUR: Final = r"\s*(?:0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*"

FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "bsonobjectid": _regex(r"[0-9a-fA-F]{24}"),
    "byte": _regex(
        r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})",
    ),
    "cidr": _cidr,
    "creditcard": _credit_card,
    "date": _date,
    "datetime": _datetime,
    "duration": _duration,
    "email": _email,
    "hexcolor": _regex(r"#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    "hostname": _hostname,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "isbn": lambda text: _isbn10(text) or _isbn13(text),
    "isbn10": _isbn10,
    "isbn13": _isbn13,
    "k8slongname": lambda text: len(text) <= 253 and _regex(rf"{_SHORT_NAME}(?:\.{_SHORT_NAME})*")(text),
    "k8sshortname": lambda text: len(text) <= 63 and _regex(_SHORT_NAME)(text),
    "mac": _mac,
    "password": lambda _: True,
    "rgbcolor": _regex(rf"rgb\({_COLOUR},{_COLOUR},{_COLOUR}\)"),
    "ssn": lambda text: len(text) == 11 and _regex(r"\d{3}[- ]?\d{2}[- ]?\d{4}")(text),
    "uri": _uri,
    "uuid": _uuid(r"[0-9a-f]{4}-?[0-9a-f]{4}"),
    "uuid3": _uuid(r"3[0-9a-f]{3}-?[0-9a-f]{4}"),
    "uuid4": _uuid(r"4[0-9a-f]{3}-?[89ab][0-9a-f]{3}"),
    "uuid5": _uuid(r"5[0-9a-f]{3}-?[89ab][0-9a-f]{3}"),
}
"""By normalized name: whether a text is of the format."""
