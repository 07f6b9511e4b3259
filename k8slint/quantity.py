"""Resource quantities: `500m`, `1.5Gi`, `1e3`, exactly as Kubernetes reads them.

An amount is a whole number of thousand-millionths (`UNIT` of them make one core, byte or piece): nothing finer exists, so plain integers add up and
compare without rounding.

Source: k8s.io/apimachinery/pkg/api/resource/quantity.go (ParseQuantity, parseQuantityString) and suffix.go.
"""

from __future__ import annotations

import re
from functools import lru_cache

UNIT = 10**9
"""One whole core, byte or piece."""
MILLI = UNIT // 1000

_FORM = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)", re.ASCII)

DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
"""Powers of ten by suffix. There is no `K`: a kilo is `k`, and `Ki` is 1024."""
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
"""Powers of two by suffix."""

_MOST_BINARY = (2**63 - 1) * UNIT
_MOST_DIGITS = 999


class QuantityError(ValueError):
    """The text is no quantity; the message is the API server's."""


@lru_cache(maxsize=4096)
def parse(text: str) -> int:
    """The amount a quantity stands for.

    Rounded up to whole thousand-millionths, and capped at 2^63-1 where the suffix is binary, as the server does. Raises QuantityError for what it
    refuses.

    >>> parse("500m"), parse("1Ki")
    (500000000, 1024000000000)
    """
    match = _FORM.fullmatch(text)
    if match is None or not text:
        raise QuantityError(
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        )
    sign, whole, fraction, suffix = match.groups()
    # A suffix or sign alone is nothing of it: `m`, `.` and `+` are 0 to the server.
    fraction = fraction or ""
    digits = int((whole + fraction) or "0")
    power = BINARY.get(suffix, 0)
    exponent = 0 if power else DECIMAL[suffix] if suffix in DECIMAL else _exponent(suffix)
    if not whole and not fraction and (power >= 50 or exponent < -9):
        raise QuantityError("unable to parse numeric part of quantity")
    amount = _scaled(digits << power, 9 + exponent - len(fraction))
    if power:
        amount = min(amount, _MOST_BINARY)
    return -amount if sign == "-" else amount


def _exponent(suffix: str) -> int:
    number = suffix[1:]
    if suffix[0] not in "eE" or not number.lstrip("+-").isdigit() or len(number.lstrip("+-0")) > 18:
        raise QuantityError("unable to parse quantity's suffix")
    # The server keeps 32 bits of it. Beyond a thousand digits all amounts are alike: none of them is meant.
    exponent = (int(number) + 2**31) % 2**32 - 2**31
    return max(min(exponent, _MOST_DIGITS), -_MOST_DIGITS)


def _scaled(digits: int, shift: int) -> int:
    factor: int = 10 ** abs(shift)
    return digits * factor if shift >= 0 else -(-digits // factor)


def amount(value: object) -> int | None:
    """The amount of a YAML value where a quantity belongs: a string (blanks around it are allowed), or a number as the server reads it. None for
    anything that is no quantity.

    A float is read as the shortest text that Go's JSON encoder writes for it.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return parse(value.strip() if isinstance(value, str) else repr(value))
    except QuantityError:
        return None


def milli(amount: int) -> int:
    """In thousandths, rounded up: millicores of a cpu quantity."""
    return -(-amount // MILLI)


def show(amount: int, *, binary: bool = False) -> str:
    """An amount written as people write it: `500m`, `2`, `1Gi`.

    `binary` uses 1024-based suffixes where they come out even (memory, storage).
    """
    whole, rest = divmod(abs(amount), UNIT)
    sign = "-" if amount < 0 else ""
    if rest:
        for suffix, power in (("m", 6), ("u", 3), ("n", 0)):
            if rest % 10**power == 0:
                return f"{sign}{abs(amount) // 10**power}{suffix}"
    if binary:
        for suffix, power in reversed(BINARY.items()):
            if whole and whole % (1 << power) == 0:
                return f"{sign}{whole >> power}{suffix}"
    return f"{sign}{whole}"
