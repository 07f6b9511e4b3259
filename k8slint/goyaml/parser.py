"""Tokens to events: parserc.go."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from k8slint.goyaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    GoYamlError,
    MappingEndEvent,
    MappingStartEvent,
    Mark,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from k8slint.goyaml.scanner import (
    ALIAS,
    ANCHOR,
    BLOCK_END,
    BLOCK_ENTRY,
    BLOCK_MAPPING_START,
    BLOCK_SEQUENCE_START,
    DOCUMENT_END,
    DOCUMENT_START,
    FLOW_ENTRY,
    FLOW_MAPPING_END,
    FLOW_MAPPING_START,
    FLOW_SEQUENCE_END,
    FLOW_SEQUENCE_START,
    KEY,
    SCALAR,
    STREAM_END,
    TAG,
    TAG_DIRECTIVE,
    VALUE,
    VERSION_DIRECTIVE,
    Scanner,
    Token,
)

_DEFAULT_TAGS = {"!": "!", "!!": "tag:yaml.org,2002:"}
_State = Callable[[], Event]


class Parser:
    """A text as a row of events. Raises GoYamlError when it gets to what go-yaml refuses.

    go-yaml reads the first document only: what comes after its DocumentEndEvent is none of kubectl's business.
    """

    def __init__(self, text: str) -> None:
        # As Unmarshal does with no text at all.
        self._scanner = Scanner(text or "\n")
        self._state: _State = self._stream_start
        self._states: list[_State] = []
        self._tags: dict[str, str] = {}

    def get_event(self) -> Event:
        """The next event. Not to be called after the end of the stream."""
        return self._state()

    def _refuse(self, message: str, mark: Mark) -> NoReturn:
        raise GoYamlError(message, mark.index, mark.line)

    def _next(self) -> Token:
        self._scanner.take()
        return self._scanner.peek()

    # ---- stream and documents

    def _stream_start(self) -> Event:
        token = self._scanner.peek()
        self._state = self._implicit_document_start
        self._scanner.take()
        return StreamStartEvent(token.start, token.end)

    def _implicit_document_start(self) -> Event:
        token = self._scanner.peek()
        if token.kind in (VERSION_DIRECTIVE, TAG_DIRECTIVE, DOCUMENT_START, STREAM_END):
            return self._document_start_at(token)
        self._tags = dict(_DEFAULT_TAGS)
        self._states.append(self._document_end)
        self._state = self._block_node
        return DocumentStartEvent(token.start, token.end)

    def _document_start(self) -> Event:
        token = self._scanner.peek()
        while token.kind == DOCUMENT_END:
            token = self._next()
        return self._document_start_at(token)

    def _document_start_at(self, token: Token) -> Event:
        if token.kind == STREAM_END:
            self._scanner.take()
            return StreamEndEvent(token.start, token.end)
        start = token.start
        self._process_directives(token)
        token = self._scanner.peek()
        if token.kind != DOCUMENT_START:
            self._refuse("did not find expected <document start>", token.start)
        self._states.append(self._document_end)
        self._state = self._document_content
        self._scanner.take()
        return DocumentStartEvent(start, token.end)

    def _process_directives(self, token: Token) -> None:
        tags: dict[str, str] = {}
        has_version = False
        while token.kind in (VERSION_DIRECTIVE, TAG_DIRECTIVE):
            if token.kind == VERSION_DIRECTIVE:
                if has_version:
                    self._refuse("found duplicate %YAML directive", token.start)
                if token.value != "1.1":
                    self._refuse("found incompatible YAML document", token.start)
                has_version = True
            else:
                if token.value in tags:
                    self._refuse("found duplicate %TAG directive", token.start)
                tags[token.value] = token.extra
            token = self._next()
        self._tags = _DEFAULT_TAGS | tags

    def _document_content(self) -> Event:
        token = self._scanner.peek()
        if token.kind in (VERSION_DIRECTIVE, TAG_DIRECTIVE, DOCUMENT_START, DOCUMENT_END, STREAM_END):
            self._state = self._states.pop()
            return self._empty(token.start)
        return self._node(block=True)

    def _document_end(self) -> Event:
        token = self._scanner.peek()
        end = token.start
        if token.kind == DOCUMENT_END:
            end = token.end
            self._scanner.take()
        self._tags = {}
        self._state = self._document_start
        return DocumentEndEvent(token.start, end)

    # ---- nodes

    def _block_node(self) -> Event:
        return self._node(block=True)

    def _node(self, block: bool, indentless: bool = False) -> Event:
        token = self._scanner.peek()
        if token.kind == ALIAS:
            self._state = self._states.pop()
            self._scanner.take()
            return AliasEvent(token.start, token.end, token.value)

        start, end = token.start, token.start
        anchor: str | None = None
        tag: str | None = None
        tag_token: Token | None = None
        if token.kind == ANCHOR:
            anchor, end = token.value, token.end
            token = self._next()
            if token.kind == TAG:
                tag_token, end = token, token.end
                token = self._next()
        elif token.kind == TAG:
            tag_token, end = token, token.end
            token = self._next()
            if token.kind == ANCHOR:
                anchor, end = token.value, token.end
                token = self._next()
        if tag_token is not None:
            tag = self._full_tag(tag_token)

        if indentless and token.kind == BLOCK_ENTRY:
            self._state = self._indentless_sequence_entry
            return SequenceStartEvent(start, token.end, anchor, tag)
        if token.kind == SCALAR:
            self._state = self._states.pop()
            self._scanner.take()
            return ScalarEvent(start, token.end, anchor, tag, token.value, token.extra)
        if token.kind == FLOW_SEQUENCE_START:
            self._state = self._flow_sequence_first_entry
            return SequenceStartEvent(start, token.end, anchor, tag, flow_style=True)
        if token.kind == FLOW_MAPPING_START:
            self._state = self._flow_mapping_first_key
            return MappingStartEvent(start, token.end, anchor, tag, flow_style=True)
        if block and token.kind == BLOCK_SEQUENCE_START:
            self._state = self._block_sequence_first_entry
            return SequenceStartEvent(start, token.end, anchor, tag)
        if block and token.kind == BLOCK_MAPPING_START:
            self._state = self._block_mapping_first_key
            return MappingStartEvent(start, token.end, anchor, tag)
        if anchor or tag:
            self._state = self._states.pop()
            return ScalarEvent(start, end, anchor, tag)
        return self._refuse("did not find expected node content", token.start)

    def _full_tag(self, token: Token) -> str | None:
        if not token.value:
            return token.extra
        prefix = self._tags.get(token.value)
        tag = "" if prefix is None else prefix + token.extra
        if not tag:
            self._refuse("found undefined tag handle", token.start)
        return tag

    def _empty(self, mark: Mark) -> Event:
        return ScalarEvent(mark, mark)

    # ---- block collections

    def _block_sequence_first_entry(self) -> Event:
        self._next()
        return self._block_sequence_entry()

    def _block_sequence_entry(self) -> Event:
        token = self._scanner.peek()
        if token.kind == BLOCK_ENTRY:
            mark = token.end
            token = self._next()
            if token.kind not in (BLOCK_ENTRY, BLOCK_END):
                self._states.append(self._block_sequence_entry)
                return self._node(block=True)
            self._state = self._block_sequence_entry
            return self._empty(mark)
        if token.kind == BLOCK_END:
            return self._end(SequenceEndEvent, token)
        return self._refuse("did not find expected '-' indicator", token.start)

    def _end(self, event: type[Event], token: Token) -> Event:
        self._state = self._states.pop()
        self._scanner.take()
        return event(token.start, token.end)

    def _indentless_sequence_entry(self) -> Event:
        token = self._scanner.peek()
        if token.kind == BLOCK_ENTRY:
            mark = token.end
            token = self._next()
            if token.kind not in (BLOCK_ENTRY, KEY, VALUE, BLOCK_END):
                self._states.append(self._indentless_sequence_entry)
                return self._node(block=True)
            self._state = self._indentless_sequence_entry
            return self._empty(mark)
        self._state = self._states.pop()
        return SequenceEndEvent(token.start, token.start)

    def _block_mapping_first_key(self) -> Event:
        self._next()
        return self._block_mapping_key()

    def _block_mapping_key(self) -> Event:
        token = self._scanner.peek()
        if token.kind == KEY:
            mark = token.end
            token = self._next()
            if token.kind not in (KEY, VALUE, BLOCK_END):
                self._states.append(self._block_mapping_value)
                return self._node(block=True, indentless=True)
            self._state = self._block_mapping_value
            return self._empty(mark)
        if token.kind == BLOCK_END:
            return self._end(MappingEndEvent, token)
        return self._refuse("did not find expected key", token.start)

    def _block_mapping_value(self) -> Event:
        token = self._scanner.peek()
        if token.kind == VALUE:
            mark = token.end
            token = self._next()
            if token.kind not in (KEY, VALUE, BLOCK_END):
                self._states.append(self._block_mapping_key)
                return self._node(block=True, indentless=True)
            self._state = self._block_mapping_key
            return self._empty(mark)
        self._state = self._block_mapping_key
        return self._empty(token.start)

    # ---- flow collections

    def _flow_sequence_first_entry(self) -> Event:
        self._next()
        return self._flow_sequence_entry(first=True)

    def _flow_sequence_entry(self, first: bool = False) -> Event:
        token = self._scanner.peek()
        if token.kind != FLOW_SEQUENCE_END:
            if not first:
                if token.kind != FLOW_ENTRY:
                    self._refuse("did not find expected ',' or ']'", token.start)
                token = self._next()
            if token.kind == KEY:
                self._state = self._flow_sequence_entry_mapping_key
                self._scanner.take()
                return MappingStartEvent(token.start, token.end, flow_style=True)
            if token.kind != FLOW_SEQUENCE_END:
                self._states.append(self._flow_sequence_entry)
                return self._node(block=False)
        return self._end(SequenceEndEvent, token)

    def _flow_sequence_entry_mapping_key(self) -> Event:
        token = self._scanner.peek()
        if token.kind not in (VALUE, FLOW_ENTRY, FLOW_SEQUENCE_END):
            self._states.append(self._flow_sequence_entry_mapping_value)
            return self._node(block=False)
        self._scanner.take()
        self._state = self._flow_sequence_entry_mapping_value
        return self._empty(token.end)

    def _flow_sequence_entry_mapping_value(self) -> Event:
        token = self._scanner.peek()
        if token.kind == VALUE:
            following = self._next()
            if following.kind not in (FLOW_ENTRY, FLOW_SEQUENCE_END):
                self._states.append(self._flow_sequence_entry_mapping_end)
                return self._node(block=False)
        self._state = self._flow_sequence_entry_mapping_end
        return self._empty(token.start)

    def _flow_sequence_entry_mapping_end(self) -> Event:
        token = self._scanner.peek()
        self._state = self._flow_sequence_entry
        return MappingEndEvent(token.start, token.start)

    def _flow_mapping_first_key(self) -> Event:
        self._next()
        return self._flow_mapping_key(first=True)

    def _flow_mapping_key(self, first: bool = False) -> Event:
        token = self._scanner.peek()
        if token.kind != FLOW_MAPPING_END:
            if not first:
                if token.kind != FLOW_ENTRY:
                    self._refuse("did not find expected ',' or '}'", token.start)
                token = self._next()
            if token.kind == KEY:
                token = self._next()
                if token.kind not in (VALUE, FLOW_ENTRY, FLOW_MAPPING_END):
                    self._states.append(self._flow_mapping_value)
                    return self._node(block=False)
                self._state = self._flow_mapping_value
                return self._empty(token.start)
            if token.kind != FLOW_MAPPING_END:
                self._states.append(self._flow_mapping_empty_value)
                return self._node(block=False)
        return self._end(MappingEndEvent, token)

    def _flow_mapping_value(self) -> Event:
        token = self._scanner.peek()
        if token.kind == VALUE:
            token = self._next()
            if token.kind not in (FLOW_ENTRY, FLOW_MAPPING_END):
                self._states.append(self._flow_mapping_key)
                return self._node(block=False)
        self._state = self._flow_mapping_key
        return self._empty(token.start)

    def _flow_mapping_empty_value(self) -> Event:
        token = self._scanner.peek()
        self._state = self._flow_mapping_key
        return self._empty(token.start)
