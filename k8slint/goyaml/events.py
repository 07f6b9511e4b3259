"""What the parser says: a document as a row of events, or an error."""

from __future__ import annotations

from typing import Final


class Mark:
    """A place in the text."""

    __slots__ = ("column", "index", "line")

    def __init__(self, index: int, line: int, column: int) -> None:
        self.index = index
        self.line = line
        self.column = column


class Event:
    """One step through a document."""

    __slots__ = ("anchor", "end_mark", "flow_style", "start_mark", "style", "tag", "value")

    def __init__(
        self,
        start: Mark,
        end: Mark,
        anchor: str | None = None,
        tag: str | None = None,
        value: str = "",
        style: str = "",
        flow_style: bool = False,
    ) -> None:
        self.start_mark = start
        self.end_mark = end
        self.anchor = anchor
        self.tag = tag
        self.value = value
        self.style = style
        self.flow_style = flow_style

    def __repr__(self) -> str:
        parts = ((name, getattr(self, name)) for name in ("anchor", "tag", "value", "style"))
        return f"{type(self).__name__}({', '.join(f'{name}={part!r}' for name, part in parts if part)})"


class StreamStartEvent(Event):
    """The first event of all."""

    __slots__ = ()


class StreamEndEvent(Event):
    """The last event; instead of a document where there is none."""

    __slots__ = ()


class DocumentStartEvent(Event):
    """A document begins, with or without `---`."""

    __slots__ = ()


class DocumentEndEvent(Event):
    """A document ends, with or without `...`."""

    __slots__ = ()


class AliasEvent(Event):
    """`*anchor`."""

    __slots__ = ()


class ScalarEvent(Event):
    """A scalar: its `value`, and how it is written in `style` ("" for plain, ', ", | or >)."""

    __slots__ = ()


class SequenceStartEvent(Event):
    """A sequence begins."""

    __slots__ = ()


class SequenceEndEvent(Event):
    """A sequence ends."""

    __slots__ = ()


class MappingStartEvent(Event):
    """A mapping begins; keys and values follow in turn."""

    __slots__ = ()


class MappingEndEvent(Event):
    """A mapping ends."""

    __slots__ = ()


EVENTS: Final[tuple[type[Event], ...]] = (
    ScalarEvent,
    MappingStartEvent,
    SequenceStartEvent,
    MappingEndEvent,
    SequenceEndEvent,
    AliasEvent,
    DocumentEndEvent,
    StreamEndEvent,
)
"""The classes whose events make a document."""


class GoYamlError(Exception):
    """go-yaml refuses the text.

    `message` is what is wrong in go-yaml's words, and `offset` is where. `str()` is what kubectl prints: it adds the
    line, unless that is the first, and counts lines from 0 for errors of grammar and from 1 for others.
    """

    def __init__(self, message: str, offset: int, printed_line: int) -> None:
        super().__init__(f"line {printed_line}: {message}" if printed_line else message)
        self.message = message
        self.offset = offset
