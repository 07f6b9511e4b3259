"""What editors say, read by what is needed of it: for a message that lacks that, the answer says what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from k8slint.lsp.jsonrpc import INVALID_PARAMS, Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

Json: TypeAlias = Any


class Params:
    """An object in a message, and where in the message it is. All methods raise Failure where what they are asked for is not there, or is something else."""

    __slots__ = ("_value", "where")

    def __init__(self, value: Json, where: str = "params") -> None:
        self.where = where
        self._value: dict[str, Json] = value if isinstance(value, dict) else self._lacks("an object")

    def _lacks(self, what: str, name: str = "") -> Any:
        raise Failure(INVALID_PARAMS, f"{self.where}{name and '.'}{name} is to be {what}")

    def get(self, *names: str) -> Json:
        """What is there by a name, in that by the next one, and so on; None where there is no such thing."""
        value: Json = self._value
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def __getitem__(self, name: str) -> Params:
        return Params(self._value.get(name), f"{self.where}.{name}")

    def items(self, name: str) -> Iterator[Params]:
        """The objects of a list; of none where it is null or not there."""
        value = self._value.get(name)
        if not isinstance(value, list | None):
            self._lacks("a list", name)
        return (Params(item, f"{self.where}.{name}[{index}]") for index, item in enumerate(value or ()))

    def text(self, name: str) -> str:
        """A string."""
        value = self._value.get(name)
        return value if isinstance(value, str) else self._lacks("a string", name)

    def number(self, name: str) -> int:
        """An integer."""
        value = self._value.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else self._lacks("an integer", name)

    def position(self, name: str) -> tuple[int, int]:
        """A Position: line and character, from 0."""
        position = self[name]
        return position.number("line"), position.number("character")

    def range(self, name: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """A Range: where it begins and ends."""
        span = self[name]
        return span.position("start"), span.position("end")
