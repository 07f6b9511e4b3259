"""The protocol's types, imported in half the time.

lsprotocol has 568 classes, and attrs compiles the methods of each at every start. Those that nobody here calls (comparison, repr) are half of that, and
the import is the largest part of the server's start: so they are left out. Nothing is lost but `==` between messages, and how they look in a debugger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from lsprotocol import types

_whole = attrs.define


def _lean(cls: type | None = None, **given: Any) -> Any:
    if cls is None:
        return lambda decorated: _lean(decorated, **given)
    return _whole(cls, **{**given, "eq": False, "repr": False})


def _import() -> Any:
    attrs.define = _lean  # type: ignore[assignment]
    try:
        from lsprotocol import types
    finally:
        attrs.define = _whole
    return types


if not TYPE_CHECKING:
    types = _import()

__all__ = ["types"]
