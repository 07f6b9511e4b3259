"""Resource quantities: `500m`, `1.5Gi`, `1e3`, exactly as Kubernetes reads them.

Source: k8s.io/apimachinery/pkg/api/resource/quantity.go (ParseQuantity, parseQuantityString) and suffix.go.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_UP, Decimal
from functools import lru_cache

_FORM = re.compile(r"([+-]?)([0-9]*)(?:(\.)([0-9]*))?(.*)", re.ASCII | re.DOTALL)
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)", re.ASCII)

DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
"""Powers of ten by suffix. There is no `K`: a kilo is `k`, and `Ki` is 1024."""
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
"""Powers of two by suffix."""

_NANO = Decimal("1e-9")
_MAX = Decimal(2**63 - 1)


class QuantityError(ValueError):
    """The text is no quantity; the message is the API server's."""


@lru_cache(maxsize=4096)
def parse(text: str) -> Decimal:
    """The amount a quantity stands for, in its base unit (cores, bytes, pieces).

    Rounded up to whole nano-units and capped at 2^63-1 for binary suffixes, as the server does. Raises QuantityError for what it refuses.

    >>> parse("500m"), parse("1Ki")
    (Decimal('0.500'), Decimal('1024'))
    """
    if not text:
        raise QuantityError(
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        )
    match = _FORM.fullmatch(text)
    assert match is not None, "the form takes any text"
    sign, whole, point, fraction, suffix = match.groups()
    if not whole and not point and not suffix:
        raise QuantityError("unable to parse numeric part of quantity")
    # A suffix alone is nothing of it: `m` and `.` are 0 to the server.
    number = Decimal(f"{sign}{whole or '0'}.{fraction or '0'}")
    if suffix in DECIMAL:
        amount = number.scaleb(DECIMAL[suffix])
    elif suffix in BINARY:
        amount = number * (1 << BINARY[suffix])
        if abs(amount) > _MAX:
            amount = _MAX.copy_sign(amount)
    else:
        exponent = _EXPONENT.fullmatch(suffix)
        # Go parses the exponent as a signed 64-bit number and keeps 32 bits of it; nobody means one of more than three digits.
        if exponent is None or len(exponent[1].lstrip("+-0")) > 3:
            raise QuantityError("unable to parse quantity's suffix")
        amount = number.scaleb(int(exponent[1]))
    if amount and abs(amount) < Decimal("1e15"):
        amount = amount.quantize(_NANO, ROUND_UP).normalize() + 0
    return amount


def amount(value: object) -> Decimal | None:
    """The amount of a YAML value where a quantity belongs: a string, or a number as the server reads it. None for anything that is no quantity.

    A float is read as the shortest text that Go's JSON encoder writes for it.
    """
    if isinstance(value, bool) or value is None:
        return None
    if not isinstance(value, str | int | float):
        return None
    try:
        return parse(value if isinstance(value, str) else repr(value))
    except QuantityError:
        return None


def milli(quantity: Decimal) -> int:
    """In thousandths, rounded up: millicores of a cpu quantity."""
    return int((quantity * 1000).to_integral_value(ROUND_CEILING))


def show(quantity: Decimal, *, binary: bool = False) -> str:
    """A quantity written as people write it: `500m`, `2`, `1Gi`.

    `binary` uses 1024-based suffixes where they come out even (memory, storage).
    """
    if binary and quantity == quantity.to_integral_value():
        whole = int(quantity)
        for suffix, power in reversed(BINARY.items()):
            if whole and whole % (1 << power) == 0:
                return f"{whole >> power}{suffix}"
        return str(whole)
    if quantity == quantity.to_integral_value():
        return str(int(quantity))
    if (quantity * 1000) == (quantity * 1000).to_integral_value():
        return f"{int(quantity * 1000)}m"
    return f"{quantity.normalize():f}"
