"""Holds what the server says against lsprotocol, which is made from the specification: a key too many, one too few or a value of another type fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from lsprotocol import converters, types

Json: TypeAlias = Any

_converter = converters.get_converter()


def check(message: Json, asked: Mapping[int | str, str]) -> None:
    """Fails where a message is not as the specification has it; `asked` are the methods of requests, by id."""
    kind: Any
    if "method" in message:
        assert message["method"] in types.METHOD_TO_TYPES, message
        kind = types.METHOD_TO_TYPES[message["method"]][0]
    elif "error" in message:
        assert message["id"] is None or message["id"] in asked, message
        kind = types.ResponseErrorMessage
    else:
        kind = types.METHOD_TO_TYPES[asked[message["id"]]][1]
    same(message, kind)
    if message.get("method") == "client/registerCapability":
        for registration in message["params"]["registrations"]:
            same(registration["registerOptions"], types.METHOD_TO_TYPES[registration["method"]][3])


def same(value: Json, kind: Any) -> None:
    """Fails where lsprotocol makes something else of a value: what it does not know gets lost on the way, and what has another type comes back with the right one."""
    again = _converter.unstructure(_converter.structure(value, kind))
    if kind is types.ResponseErrorMessage:
        # It leaves out that nobody knows what was asked; JSON-RPC wants it said.
        again = {"id": None, **again}
    assert again == value
    assert same_types(again, value), value


def same_types(one: Json, other: Json) -> bool:
    """Whether equal values are of equal types: to Python, True is 1."""
    if isinstance(one, dict):
        return all(same_types(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return all(same_types(*pair) for pair in zip(one, other, strict=True))
    return type(one) is type(other) or isinstance(one, type(other))
