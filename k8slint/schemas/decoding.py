"""What the API server decodes from a string where a type has a form of its own: times, durations, base64, quantities.

Each function takes the string and returns "" where the server takes it, otherwise what is wrong with it, in words that go
on a sentence ("the month is out of range"). Sources: Go's time package (format.go, `parse` and `ParseDuration`) and
encoding/base64, and the UnmarshalJSON methods of k8s.io/apimachinery: pkg/apis/meta/v1 (Time, MicroTime),
pkg/api/resource (Quantity).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from k8slint import quantity as quantities

_TIME = r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})%s(?:Z|[-+]([0-9]{2}):([0-9]{2}))"
_DURATION_PARTS = r"([0-9]*)(\.[0-9]*)?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)"
_NANOSECONDS: Final = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# A bare suffix stands for 0, and the blanks around are cut off; what JSON writes as an escape is a backslash to it.
_BLANKS: Final = " \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def time(text: str) -> str:
    """RFC 3339, with a fraction of a second or not. As in Go the hour may be one digit, and the fraction may have a comma."""
    return _time(text, r"(?:[.,][0-9]+)?", "2006-01-02T15:04:05Z")


def microtime(text: str) -> str:
    """RFC 3339 with six digits of fraction."""
    return _time(text, r"[.,][0-9]{6}", "2006-01-02T15:04:05.000000Z")


def _time(text: str, fraction: str, example: str) -> str:
    match = re.fullmatch(_TIME % fraction, text, re.ASCII)
    if match is None:
        return f"a time is written {example}"
    year, month, day, hour, minute, second, zone_hour, zone_minute = (int(part or 0) for part in match.groups())
    if not 1 <= month <= 12:
        return "the month is out of range"
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _DAYS[month - 1] or (month == 2 and day == 29 and not leap):
        return "the day is out of range"
    if hour > 23 or minute > 59 or second > 59:
        return "the time of the day is out of range"
    # Offsets of 24 hours and 60 minutes are let through.
    return "the time zone is out of range" if zone_hour > 24 or zone_minute > 60 else ""


def duration(text: str) -> str:
    """Go's time.ParseDuration: `1h30m`, `-1.5s`, `0`."""
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return ""
    total, position = 0.0, 0
    pattern = re.compile(_DURATION_PARTS, re.ASCII)
    while match := pattern.match(rest, position):
        whole, fraction, unit = match.groups()
        if not whole and (fraction or ".") == ".":
            break
        total += float(f"{whole or 0}{fraction or ''}") * _NANOSECONDS[unit]
        position = match.end()
    if not position or position < len(rest):
        return "a duration is written like 1h30m or 10s"
    return "the duration is too long" if total > 2**63 else ""


def base64(text: str) -> str:
    """Standard base64 with padding; line breaks are skipped."""
    encoded = text.replace("\n", "").replace("\r", "") if "\n" in text or "\r" in text else text
    if re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", encoded):
        return ""
    stray = re.search(r"[^A-Za-z0-9+/=]", encoded)
    if stray is not None:
        named = {" ": "blanks", '"': "quotes"}.get(stray.group(), f'"{stray.group()}"')
        return f"not base64, which has no {named}"
    return "not base64, which comes in groups of four characters, filled up with ="


def quantity(text: str) -> str:
    """An amount as `quantity.parse` reads it, blanks around it allowed."""
    try:
        quantities.parse(text.strip(_BLANKS))
    except quantities.QuantityError:
        return f'"{text}" is no quantity; these are written 500m, 2, 1.5Gi or 1e3'
    return ""


FORMS: Final[dict[str, Callable[[str], str]]] = {
    "time": time,
    "microtime": microtime,
    "duration": duration,
    "bytes": base64,
    "quantity": quantity,
}
"""By what a type holds (`tables.Holds`)."""
