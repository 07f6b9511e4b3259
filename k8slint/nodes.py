"""YAML as nodes that know where they are. The only module that imports ruamel.yaml.

`compose` reads the text of one document as kubectl would (the dialect itself is in `dialect.py`) and returns its root `Node`.
A node is a scalar, a mapping, a sequence, or *missing*: `node["spec", "replicas"]` never raises, and a missing node is falsy, empty,
and knows where it would stand, so that a rule can ask for anything and mend what is not there.

Source: sigs.k8s.io/yaml v1.6 over go.yaml.in/yaml/v2 (decode.go), which is what kubectl and kube-apiserver read manifests with.
"""

from __future__ import annotations

import json
import marshal
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from sys import intern
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from k8slint import dialect
from k8slint.problem import At, Change, FixLike, Note, Problem, as_mend

if TYPE_CHECKING:
    from k8slint.document import Document
    from k8slint.finding import Claim

Plain: TypeAlias = Any
"""What JSON holds: None, bool, int, float, str, list, dict with string keys."""

Key: TypeAlias = str | int
T = TypeVar("T")

MISSING: Final = 0
SCALAR: Final = 1
MAPPING: Final = 2
SEQUENCE: Final = 3
_ALIAS: Final = 4  # only while composing

MAX_DEPTH = 300
"""Levels of nesting that are read. No manifest comes near; the limit keeps every walk over nodes within Python's stack."""

_NO_FIELDS: dict[str, Node] = {}
_NO_ELEMENTS: list[Node] = []

# Fields whose keys the author chooses. The API server writes such a key as `field[key]`, any other as `field.key`.
_FREE_KEYS = frozenset(
    [
        "labels",
        "annotations",
        "matchLabels",
        "nodeSelector",
        "selector",
        "limits",
        "requests",
        "data",
        "stringData",
        "binaryData",
        "hard",
        "used",
        "capacity",
        "allocatable",
        "allocatedResources",
        "max",
        "min",
        "default",
        "defaultRequest",
        "maxLimitRequestRatio",
        "parameters",
        "volumeAttributes",
        "options",
        "properties",
        "patternProperties",
        "definitions",
        "dependencies",
        "overhead",
        "podFixed",
    ]
)


_MERGE_TAG = "tag:yaml.org,2002:merge"
_NOT_JSON = r"\.(?:inf|Inf|INF|nan|NaN|NAN)\b"


# A `selector` is a map of labels in a Service, a LabelSelector elsewhere.
_OF_LABEL_SELECTORS = ("matchLabels", "matchExpressions")


class YamlError(Exception):
    """The document cannot be read as kubectl reads it; `start` and `end` are character offsets in its text."""

    def __init__(self, message: str, start: int, end: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = start if end is None else end


class Node:
    """A place in a document, and what stands there.

    `start` and `end` are character offsets in the document's text; `key_start` and `key_end` those of the key that leads here
    (-1 for the elements of a sequence). All are -1 for what is missing or was not read from text.
    """

    __slots__ = (
        "document",
        "elements",
        "end",
        "fields",
        "key",
        "key_end",
        "key_start",
        "kind",
        "parent",
        "start",
        "style",
        "tag",
        "text",
    )

    parent: Node | None
    key: Key
    kind: int
    text: str
    """The content of a scalar, unescaped; "" for anything else."""
    style: str
    """How the scalar is written: "" (plain), ', ", | or >; for collections "flow" or "block"."""
    tag: str | None
    fields: dict[str, Node]
    """The children of a mapping by key; empty for anything else."""
    elements: list[Node]
    """The children of a sequence; empty for anything else."""
    document: Document | None
    """Set on the root of each resource: the document's own root, and each item of a List."""

    def __init__(
        self,
        parent: Node | None,
        key: Key,
        kind: int,
        text: str = "",
        style: str = "",
        start: int = -1,
        end: int = -1,
        key_start: int = -1,
        key_end: int = -1,
    ) -> None:
        self.parent = parent
        self.key = key
        self.kind = kind
        self.text = text
        self.style = style
        self.start = start
        self.end = end
        self.key_start = key_start
        self.key_end = key_end
        self.tag = None
        self.document = None
        self.fields = {} if kind == MAPPING else _NO_FIELDS
        self.elements = [] if kind == SEQUENCE else _NO_ELEMENTS

    # ---- looking around

    def __getitem__(self, keys: Key | tuple[Key, ...]) -> Node:
        """The node at a path of keys and positions: `node["metadata", "name"]`. Missing where there is nothing."""
        if type(keys) is str:
            # By far the most frequent case, and rules ask all the time.
            child = self.fields.get(keys)
            return _Missing(self, keys) if child is None else child
        node = self
        for key in keys if isinstance(keys, tuple) else (keys,):
            if isinstance(key, str):
                child = node.fields.get(key)
                node = _Missing(node, key) if child is None else child
            elif -len(node.elements) <= key < len(node.elements):
                node = node.elements[key]
            else:
                node = _Missing(node, key)
        return node

    def __bool__(self) -> bool:
        """Whether something stands here. To Kubernetes `null` is nothing; `{}`, `false`, `0` and `""` are something."""
        return self.kind > SCALAR or (self.kind == SCALAR and not self.is_null)

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def __iter__(self) -> Iterator[Node]:
        """The elements of a sequence; nothing for anything else."""
        return iter(self.elements)

    def __len__(self) -> int:
        return len(self.fields) or len(self.elements)

    def items(self) -> Iterable[tuple[str, Node]]:
        """Keys and values of a mapping; nothing for anything else."""
        return self.fields.items()

    def values(self) -> Iterable[Node]:
        """The values of a mapping; nothing for anything else."""
        return self.fields.values()

    def walk(self) -> Iterator[Node]:
        """This node and everything below it, parents first."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node.kind:
                yield node
            stack.extend(reversed(node.elements))
            stack.extend(reversed(node.fields.values()))

    def each(self, path: str | Sequence[str]) -> Iterator[Node]:
        """The nodes at a path where `*` is each item of a list: `spec.rules.*.host`, or its parts. Only those that exist."""
        nodes = [self]
        for step in path.split(".") if isinstance(path, str) else path:
            if step == "*":
                nodes = [item for node in nodes for item in node.elements]
            else:
                nodes = [child for node in nodes if (child := node.fields.get(step)) is not None]
        return iter(nodes)

    @property
    def root(self) -> Node:
        """The root of the resource this node belongs to."""
        node = self
        while node.document is None and node.parent is not None:
            node = node.parent
        return node

    @property
    def path(self) -> tuple[Key, ...]:
        """Keys from the top of the *document* to here; differs from `route` inside a List."""
        keys: list[Key] = []
        node = self
        while node.parent is not None:
            keys.append(node.key)
            node = node.parent
        return tuple(reversed(keys))

    @property
    def route(self) -> str:
        """The field path as the API server writes it: `spec.containers[0].name`; "" for the resource itself."""
        keys: list[Key] = []
        node = self
        while node.parent is not None and node.document is None:
            keys.append(node.key)
            node = node.parent
        return route_of(reversed(keys))

    # ---- what stands here

    @property
    def exists(self) -> bool:
        """Whether the text says anything here, be it `null`."""
        return self.kind != MISSING

    @property
    def is_null(self) -> bool:
        return self.kind == SCALAR and self.value is None

    @property
    def is_scalar(self) -> bool:
        return self.kind == SCALAR

    @property
    def is_mapping(self) -> bool:
        return self.kind == MAPPING

    @property
    def is_sequence(self) -> bool:
        return self.kind == SEQUENCE

    @property
    def value(self) -> Plain:
        """What kubectl reads here, as plain JSON data; None for what is missing."""
        match self.kind:
            case 1:
                if self.tag is not None:
                    return dialect.resolve_tagged(self.tag, self.text, not self.style)
                return self.text if self.style else dialect.resolve(self.text)
            case 2:
                return {key: child.value for key, child in self.fields.items()}
            case 3:
                return [child.value for child in self.elements]
            case _:
                return None

    @property
    def string(self) -> str | None:
        """The value if it is a string."""
        if self.kind != SCALAR:
            return None
        if self.tag is None and (self.style or dialect.is_text(self.text)):
            return self.text
        value = self.value
        return value if isinstance(value, str) else None

    @property
    def integer(self) -> int | None:
        """The value if it is a whole number, also one written `1.0` or `1e3`, which the API server decodes as integer."""
        value = self.value if self.kind == SCALAR else None
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def boolean(self) -> bool | None:
        """The value if it is a boolean."""
        value = self.value if self.kind == SCALAR else None
        return value if isinstance(value, bool) else None

    def __str__(self) -> str:
        """The scalar as written (without quotes); JSON for collections; "" where nothing stands."""
        if self.kind == SCALAR:
            return self.text
        return json.dumps(self.value) if self.kind else ""

    def __repr__(self) -> str:
        return f"<{('missing', 'scalar', 'mapping', 'sequence', 'alias')[self.kind]} {self.route or '.'} {str(self)[:40]!r}>"

    # ---- saying what is wrong

    def problem(
        self,
        message: str,
        *,
        fix: FixLike = None,
        safe: bool = True,
        fix_title: str = "",
        related: Iterable[tuple[Node, str]] = (),
        claim: Claim | None = None,
        at: At = "value",
        within: str = "",
        field: Node | str | None = None,
    ) -> Problem:
        """A problem at this node; a rule yields it.

        `message` says what is wrong, then what happens, in one sentence without a full stop. `fix` is a change or several
        (`node.set(...)`, `node.remove()`, ...), `safe=False` where applying it may change what the author wants to happen.
        `related` are other places with a word on each. `claim` replaces the rule's own. `at="key"` points at the key instead of the
        value (collections always do); `within` at that part of a scalar's text. `field` is the node whose route is reported (or
        that route), where the API server names another field than the place to look at (`metadata.labels` for one bad label).
        """
        notes = tuple(Note(node, text) for node, text in related)
        return Problem(self, message, claim, as_mend(fix, safe=safe, title=fix_title), notes, at, within, field)

    # ---- mending it

    def set(self, value: Plain | Node) -> Change:
        """The change that gives this place a value: a node's value, or plain data. Creates what is missing on the way."""
        return Change(self, "set", value)

    def write(self, text: str) -> Change:
        """The change that replaces a scalar's characters by `text` as it is, quotes included."""
        return Change(self, "write", text)

    def remove(self) -> Change:
        """The change that takes this entry or element out."""
        return Change(self, "remove")

    def rename(self, key: str) -> Change:
        """The change that gives this entry another key."""
        return Change(self, "rename", key)


class _Missing(Node):
    """A place where nothing stands. Rules ask for more of these than there are nodes in a text, so it holds no more than where it would be."""

    __slots__ = ()

    kind = MISSING
    text = style = ""
    start = end = key_start = key_end = -1
    tag = document = None
    fields = _NO_FIELDS
    elements = _NO_ELEMENTS

    def __init__(self, parent: Node | None, key: Key) -> None:
        self.parent = parent
        self.key = key


def release(root: Node) -> None:
    """Takes apart a tree that nobody looks at any more: its nodes hold each other, and only the collector would ever find them, at a price."""
    collections = [root]
    while collections:
        node = collections.pop()
        collections += [child for child in node.fields.values() if child.kind > SCALAR]
        collections += [child for child in node.elements if child.kind > SCALAR]
        node.fields, node.elements, node.document = _NO_FIELDS, _NO_ELEMENTS, None


def route_of(keys: Iterable[Key]) -> str:
    """Keys from a resource's root as the API server writes a field path.

    >>> route_of(["spec", "containers", 0, "resources", "limits", "memory"])
    'spec.containers[0].resources.limits[memory]'
    """
    parts: list[str] = []
    previous: Key = ""
    for key in keys:
        if (
            isinstance(key, int)
            or (previous in _FREE_KEYS and key not in _OF_LABEL_SELECTORS)
            or not key.replace("-", "a").replace("_", "a").replace("$", "a").isalnum()
        ):
            parts.append(f"[{key}]")
        else:
            parts.append(f".{key}" if parts else key)
        # The name of a property of a schema is no field, whatever it is.
        previous = "" if previous in ("properties", "definitions") else key
    return "".join(parts)


def from_plain(value: Plain, parent: Node | None = None, key: Key = "") -> Node:
    """A node tree of plain data: what is known of a document that was read elsewhere. It has routes and no places."""
    # Asked of all that the second pass looks at, and nearly all of it is a string or a dict.
    kind = type(value)
    if kind is str or (kind is not dict and isinstance(value, str)):
        # The style says that this is a string and not what a plain scalar of the same letters would be.
        return Node(parent, key, SCALAR, value, '"')
    if kind is dict or isinstance(value, list | Mapping):
        return _PlainNode(value, parent, key)
    return Node(parent, key, SCALAR, str(value) if kind is int else json.dumps(value))


def pack(value: Plain) -> bytes:
    """Plain data in a fifth of the room it takes; for `unpack`, in this process or another. Reading it executes nothing, wherever it comes from."""
    return marshal.dumps(value)


def unpack(data: bytes) -> Node:
    """A node tree of a packed mapping, which is unpacked when somebody looks."""
    return _PlainNode(data, None, "")


class _PlainNode(Node):
    """A collection of plain data, be it packed, whose children become nodes when somebody looks."""

    __slots__ = ("_plain",)

    def __init__(self, value: Mapping[str, Plain] | list[Plain] | bytes, parent: Node | None, key: Key) -> None:
        self._plain = value
        if isinstance(value, list):
            self.kind = SEQUENCE
            self.fields = _NO_FIELDS
        else:
            self.kind = MAPPING
            self.elements = _NO_ELEMENTS
        self.parent = parent
        self.key = key
        self.text = ""
        self.style = "block"
        self.start = self.end = self.key_start = self.key_end = -1
        self.tag = None
        self.document = None

    def __getattr__(self, name: str) -> Any:
        # Python asks here only where an attribute is not set: that of the children, until somebody looks.
        if name not in ("fields", "elements"):
            raise AttributeError(name)
        plain = self._plain
        if isinstance(plain, bytes):
            plain = marshal.loads(plain)  # noqa: S302 - what `pack` has made
        if name == "fields":
            assert isinstance(plain, Mapping), "a list has its fields"
            self.fields = {str(key): from_plain(child, self, str(key)) for key, child in plain.items()}
        else:
            self.elements = [from_plain(child, self, position) for position, child in enumerate(plain)]
        # The children have what they are made of.
        del self._plain
        return self.fields if name == "fields" else self.elements


# ---------------------------------------------------------------------------------------------------- composing


class Composed:
    """One document as nodes. `duplicates` are pairs of nodes (first, again) whose keys are equal in one mapping: kubectl keeps the last,
    the API server refuses both."""

    __slots__ = ("duplicates", "root")

    def __init__(self) -> None:
        self.root: Node | None = None
        self.duplicates: list[tuple[Node, Node]] = []


def compose(text: str, *, json: bool = False) -> Composed:
    """Reads the first document of `text`, as yaml.v2's Unmarshal does.

    `json` says that kubectl takes the text as a JSON value, where some escapes are good that YAML refuses. Returns the nodes; `root` is None where
    there is no document at all. Raises YamlError for anything kubectl cannot read.
    """
    if not text.endswith("\n"):
        # As kubectl's reader of documents does; a literal block at the end would otherwise end otherwise.
        text += "\n"
    if json and "\\ud" in text.lower():
        # YAML has no surrogate pairs. What the character is matters to nobody, that it is a character does.
        text = re.sub(_SURROGATE, r"\\ufffd", text)
    if FAST and (json or not dialect.differs(text)):
        try:
            return _Composer(text, _EVENTS).compose(CParser(text).get_event)
        except (MarkedYAMLError, ReaderError, YamlError):
            # What libyaml refuses go-yaml may accept; where it refuses it too, it has kubectl's words and place for it.
            pass
    from k8slint import goyaml

    try:
        return _Composer(text, goyaml.EVENTS).compose(goyaml.Parser(text).get_event)
    except goyaml.GoYamlError as error:
        raise YamlError(error.message, min(error.offset, len(text))) from None


_SURROGATE = r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}"


def scalars(text: str) -> Iterator[tuple[int, int]]:
    """Where the scalars of a text stand that have any text: those of all its documents, in order, as far as it can be read.

    The last pair is empty, and stands where reading ended.
    """
    events: tuple[type, ...]
    errors: tuple[type[Exception], ...]
    if FAST:
        events, get, errors = _EVENTS, CParser(text).get_event, (MarkedYAMLError, ReaderError)
    else:
        from k8slint import goyaml

        events, get, errors = goyaml.EVENTS, goyaml.Parser(text).get_event, (goyaml.GoYamlError,)
    scalar_event, stream_end = events[0], events[-1]
    stopped = len(text)
    try:
        while True:
            event = get()
            kind = type(event)
            if kind is scalar_event and event.start_mark.index < event.end_mark.index:
                yield event.start_mark.index, event.end_mark.index
            elif kind is stream_end:
                break
    except errors as error:
        stopped = _where(error)
    yield stopped, stopped


def _where(error: Any) -> int:
    """The offset an error of any of the readers names."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return int(mark.index if mark else getattr(error, "offset", getattr(error, "position", 0)))


class _Composer:
    def __init__(self, text: str, events: tuple[type, ...]) -> None:
        self.text = text
        self.events = events
        self.result = Composed()
        self.anchors: dict[str, Node] = {}
        # Aliases, and mappings that have merge keys, in the order in which they end: what they need has been dealt with before.
        self.deferred: list[Node] = []
        self.targets: dict[int, Node] = {}
        self.merging: set[int] = set()
        # yaml.v2 parses the whole document before it decodes, so an error of syntax goes before these.
        self.decode_error: YamlError | None = None

    def compose(self, get: Callable[[], Any]) -> Composed:
        root = self._parse(get)
        self.result.root = root
        if root is None:
            return self.result
        if self.decode_error is not None:
            raise self.decode_error
        if self.deferred:
            if self.targets:
                self._guard_against_bombs(root)
            for node in self.deferred:
                if node.kind == _ALIAS:
                    self._expand(node)
                else:
                    self._merge(node)
        if re.search(_NOT_JSON, self.text):
            self._refuse_what_json_cannot_carry(root)
        return self.result

    # The loop is one function with local names: it runs once an event, and a call each would double the cost of reading.
    def _parse(self, get: Callable[[], Any]) -> Node | None:
        (
            scalar_event,
            mapping_start,
            sequence_start,
            mapping_end,
            sequence_end,
            alias_event,
            document_end,
            stream_end,
        ) = self.events
        key_of = dialect.plain_key
        root: Node | None = None
        parent: Node | None = None  # the collection being filled
        in_mapping = False
        key: str | None = None  # of the entry being filled, once it has been read
        key_start = key_end = -1
        depth = 0
        ignored = 0  # depth inside a key that is itself a collection
        anchors = self.anchors
        duplicates = self.result.duplicates

        while True:
            event = get()
            kind = type(event)
            if kind is scalar_event:
                if ignored:
                    continue
                start, end = event.start_mark.index, event.end_mark.index
                if in_mapping and key is None:
                    # The same few keys stand in all manifests: kept once each, they save a ninth of the memory, and compare faster.
                    key, key_start, key_end = intern(event.value), start, end
                    if event.tag is not None or event.anchor is not None:
                        key = self._special_key(event, parent, start, end)
                    elif not event.style:
                        typed = key_of(key)
                        if typed is not None:
                            key = self._typed_key(typed, key, parent, start, end)
                    continue
                node = Node(parent, "", 1, event.value, event.style or "", start, end)
                if event.tag is not None:
                    self._tag(node, event)
            elif kind is mapping_start or kind is sequence_start:
                if ignored:
                    ignored += 1
                    continue
                mark = event.start_mark.index
                if in_mapping and key is None:
                    self._fail(f"a key is a {'map' if kind is mapping_start else 'list'}; keys are strings", mark)
                    key, key_start, key_end = "", mark, mark
                    ignored = 1
                    continue
                depth += 1
                if depth > MAX_DEPTH:
                    raise YamlError(f"nested deeper than {MAX_DEPTH} levels", mark)
                node = Node(
                    parent, "", 2 if kind is mapping_start else 3, "", "flow" if event.flow_style else "block", mark
                )
            elif kind is mapping_end or kind is sequence_end:
                if ignored:
                    ignored -= 1
                    continue
                assert parent is not None
                parent.end = event.end_mark.index
                if parent.kind == MAPPING and id(parent) in self.merging:
                    self.deferred.append(parent)
                parent = parent.parent
                in_mapping = parent is not None and parent.kind == MAPPING
                key = None
                depth -= 1
                if parent is None:
                    break
                continue
            elif kind is alias_event:
                if ignored:
                    continue
                start, end = event.start_mark.index, event.end_mark.index
                target = anchors.get(event.anchor)
                if target is None:
                    raise YamlError(f"unknown anchor '{event.anchor}' referenced", start, end)
                if in_mapping and key is None:
                    key, key_start, key_end = self._alias_key(target, start, end), start, end
                    continue
                node = Node(parent, "", _ALIAS, event.anchor, "", start, end)
                self.targets[id(node)] = target
                self.deferred.append(node)
            elif kind is stream_end:
                return None
            elif kind is document_end:
                break
            else:
                continue

            # A value: put it into its parent.
            if parent is None:
                root = node
            elif in_mapping:
                assert key is not None
                node.key, node.key_start, node.key_end = key, key_start, key_end
                fields = parent.fields
                if key in fields and self._is_duplicate(fields[key], node):
                    duplicates.append((fields[key], node))
                fields[key] = node
                key = None
            else:
                node.key = len(parent.elements)
                parent.elements.append(node)
            if node.kind > 1 and node.kind < 4:
                parent, in_mapping, key = node, node.kind == 2, None
            if event.anchor is not None and kind is not alias_event:
                anchors[event.anchor] = node
            if parent is None:
                break
        # The document has to end where its root does; the next event tells whether it does.
        get()
        return root

    # ---- keys out of the ordinary

    def _typed_key(self, typed: dialect.Scalar, text: str, parent: Node | None, start: int, end: int) -> str:
        """A plain key that is not a string: `1`, `on`, `<<`."""
        if typed == dialect.MERGE:
            self.merging.add(id(parent))
            # Several merge keys may stand in one mapping, and a quoted "<<" is an ordinary key: the offset keeps them apart.
            return f"<<\0{start}"
        try:
            return dialect.key_text(typed)
        except dialect.DialectError as error:
            self._fail(str(error), start, end)
            return text

    def _special_key(self, event: Any, parent: Node | None, start: int, end: int) -> str:
        """A key with a tag or an anchor."""
        node = Node(None, "", SCALAR, event.value, event.style or "", start, end)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        merges = event.tag in ("!", _MERGE_TAG) or (event.tag is None and not event.style)
        if event.value == "<<" and merges:
            return self._typed_key(dialect.MERGE, "<<", parent, start, end)
        if event.tag is not None:
            self._tag(node, event)
        return self._alias_key(node, start, end)

    def _alias_key(self, target: Node, start: int, end: int) -> str:
        if target.kind != SCALAR:
            self._fail("a key is a map or list; keys are strings", start, end)
            return ""
        try:
            value = target.value
            return value if isinstance(value, str) else dialect.key_text(value)
        except dialect.DialectError as error:
            self._fail(str(error), start, end)
            return target.text

    def _is_duplicate(self, first: Node, again: Node) -> bool:
        """Keys are compared before they become strings: `1`, `1.0` and `"1"` are three keys to yaml.v2."""
        return self._type_of_key(first) is self._type_of_key(again)

    def _type_of_key(self, node: Node) -> type:
        written = self.text[node.key_start : node.key_end]
        typed = dialect.plain_key(written) if written[:1] not in ('"', "'", "!", "&", "*") else None
        return str if typed is None else type(typed)

    def _tag(self, node: Node, event: Any) -> None:
        tag = str(event.tag)
        node.tag = tag
        try:
            dialect.resolve_tagged(tag, node.text, not node.style)
        except dialect.DialectError as error:
            self._fail(str(error), node.start, node.end)

    def _fail(self, message: str, start: int, end: int | None = None) -> None:
        if self.decode_error is None:
            self.decode_error = YamlError(message, start, end)

    # ---- aliases and merge keys

    def _guard_against_bombs(self, root: Node) -> None:
        """Refuses what yaml.v2 refuses: documents that are mostly the same nodes over and over, and anchors that contain themselves.

        Counts as its decoder does, one a node and one a key, without making the copies.
        """
        decoded = aliased = 0
        open_targets: list[tuple[int, Node]] = []  # (stack height at which the alias is done with, its target)
        stack: list[tuple[Node, bool]] = [(root, False)]
        while stack:
            while open_targets and len(stack) <= open_targets[-1][0]:
                open_targets.pop()
            node, in_alias = stack.pop()
            decoded += 1
            aliased += in_alias
            if dialect.alias_ratio_exceeded(aliased, decoded):
                raise YamlError("document contains excessive aliasing", node.start, node.end)
            if node.kind == _ALIAS:
                target = self.targets[id(node)]
                if target.end < 0 or any(target is other for _, other in open_targets):
                    raise YamlError(f"anchor '{node.text}' value contains itself", node.start, node.end)
                if target.kind != SCALAR:
                    open_targets.append((len(stack), target))
                stack.append((target, True))
                continue
            decoded += len(node.fields)
            aliased += len(node.fields) if in_alias else 0
            stack.extend((child, in_alias) for child in reversed(node.elements))
            stack.extend((child, in_alias) for child in reversed(node.fields.values()))

    def _refuse_what_json_cannot_carry(self, root: Node) -> None:
        for node in root.walk():
            message = dialect.json_error(node.value) if node.kind == SCALAR else None
            if message is not None:
                raise YamlError(message, node.start, node.end)

    def _expand(self, alias: Node) -> None:
        """Makes an alias node what its anchor is. The copies keep the places of the anchor: that is where the text stands."""
        target = self.targets[id(alias)]
        if id(alias) in self.merging or target.kind == _ALIAS:
            return
        alias.kind, alias.text, alias.style, alias.tag = target.kind, target.text, target.style, target.tag
        alias.fields = _NO_FIELDS
        _copy_children(target, alias)

    def _merge(self, mapping: Node) -> None:
        """Puts the entries of `<<` in: yaml.v2 lets whatever comes later win, a merge as much as a key."""
        merged: dict[str, Node] = {}
        for key, child in mapping.fields.items():
            if not key.startswith("<<\0"):
                incoming: list[tuple[str, Node]] = [(key, child)]
            else:
                # A list of maps has to stand here itself; an alias of one will not do.
                listed = child.kind == SEQUENCE and id(child) not in self.targets
                sources = list(reversed(child.elements)) if listed else [child]
                if not all(source.kind == MAPPING for source in sources):
                    raise YamlError("map merge requires map or sequence of maps as the value", child.start, child.end)
                incoming = [entry for source in sources for entry in source.fields.items()]
            for name, node in incoming:
                if name in merged:
                    self.result.duplicates.append((merged[name], node))
                if node.parent is not mapping:
                    node = _copy(node, mapping, name)
                merged[name] = node
        mapping.fields = merged


def _copy(node: Node, parent: Node, key: Key) -> Node:
    copy = Node(parent, key, node.kind, node.text, node.style, node.start, node.end, node.key_start, node.key_end)
    copy.tag = node.tag
    _copy_children(node, copy)
    return copy


def _copy_children(source: Node, target: Node) -> None:
    if source.kind == MAPPING:
        target.fields = {name: _copy(child, target, name) for name, child in source.fields.items()}
    elif source.kind == SEQUENCE:
        target.elements = [_copy(child, target, position) for position, child in enumerate(source.elements)]


# ---------------------------------------------------------------------------------------------------- ruamel.yaml

from ruamel.yaml.error import MarkedYAMLError  # noqa: E402
from ruamel.yaml.events import (  # noqa: E402
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError  # noqa: E402

_EVENTS = (
    ScalarEvent,
    MappingStartEvent,
    SequenceStartEvent,
    MappingEndEvent,
    SequenceEndEvent,
    AliasEvent,
    DocumentEndEvent,
    StreamEndEvent,
)

try:
    from _ruamel_yaml import CParser

    FAST = True
    """Whether ruamel.yaml's C extension is there to read the text."""
except ImportError:  # pragma: no cover - a run without the extension tests this
    FAST = False
