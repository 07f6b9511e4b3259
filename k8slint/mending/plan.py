"""What a mend is to change, sorted out by where it happens, and what the document has to say afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.mending import emit
from k8slint.mending.layout import UnfixableError, layout_of
from k8slint.nodes import MAPPING, MISSING, SCALAR, SEQUENCE, Key, Node, Plain, YamlError
from k8slint.ordinary import compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from k8slint.document import Document
    from k8slint.mending.emit import Value
    from k8slint.problem import Mend


class New(dict[Key, "Value"]):
    """A mapping or list that is made because something is to stand in it; its keys are names, or positions."""

    def settled(self) -> Value:
        """The mapping or list as data (nodes may stand in it)."""
        held = {key: child.settled() if isinstance(child, New) else child for key, child in self.items()}
        if all(isinstance(key, str) for key in held):
            return held
        if sorted(held, key=str) != sorted(range(len(held)), key=str):
            raise UnfixableError
        return [held[position] for position in range(len(held))]


class Plan:
    """The changes of one mend, sorted out by where they happen; knows what the document has to say afterwards."""

    def __init__(self, document: Document, mend: Mend) -> None:
        if document.root is None or not mend.changes:
            raise UnfixableError
        self.layout = layout_of(document)
        self.document = document
        self.root: Node = document.root
        self.nodes: dict[int, Node] = {}
        self.values: dict[int, Value] = {}
        self.written: dict[int, str] = {}
        self.removed: set[int] = set()
        self.renamed: dict[int, str] = {}
        self.added: dict[int, New] = {}
        """New entries of a mapping by key, new elements of a sequence by the position they stand before."""
        for change in mend.changes:
            if change.node.root.document is not document:
                # An item of a List is a resource with the same document.
                raise UnfixableError
            node = change.node
            match change.verb:
                case "set":
                    if isinstance(change.payload, Node) and change.payload.kind == MISSING:
                        raise UnfixableError
                    self._set(node, change.payload)
                case "write":
                    if node.kind != SCALAR:
                        raise UnfixableError
                    self._note(self.written, node, str(change.payload))
                case "remove":
                    if node.kind != MISSING:
                        self.removed.add(self._id(node))
                case "rename":
                    if node.kind != MISSING and node.key_start >= 0 and node.key != change.payload:
                        self._note(self.renamed, node, str(change.payload))
        self._refuse_conflicts()
        self._refuse_second_keys()

    def _id(self, node: Node) -> int:
        self.nodes[id(node)] = node
        return id(node)

    def _note(self, notes: dict[int, Value], node: Node, value: Value) -> None:
        known = notes.setdefault(self._id(node), value)
        if known is not value and not same(emit.plain(known), emit.plain(value)):
            raise UnfixableError

    def _set(self, node: Node, value: Value) -> None:
        if node.kind == MISSING:
            self._add(node, value)
            return
        wanted = emit.plain(value)
        if same(node.value, wanted):
            return
        held = emit.children(value)
        if held and node.kind == MAPPING and isinstance(held, dict) and node.fields and not self.layout.is_alias(node):
            for key, child in node.fields.items():
                if key not in held:
                    self.removed.add(self._id(child))
            for key, wanted_child in held.items():
                self._set(node[key], wanted_child)
        elif (
            held
            and node.kind == SEQUENCE
            and isinstance(held, list)
            and node.elements
            and not self.layout.is_alias(node)
        ):
            self._set_elements(node, held)
        else:
            self._note(self.values, node, value)

    def _set_elements(self, node: Node, wanted: list[Value]) -> None:
        """Keeps the elements that the old and the new list begin and end with; those between are set one by one."""
        before, after = [element.value for element in node.elements], emit.plain(wanted)
        shorter = min(len(before), len(after))
        head = 0
        while head < shorter and same(before[head], after[head]):
            head += 1
        tail = 0
        while tail < shorter - head and same(before[-1 - tail], after[-1 - tail]):
            tail += 1
        old, new = node.elements[head : len(before) - tail], wanted[head : len(after) - tail]
        for element, value in zip(old, new, strict=False):
            self._set(element, value)
        for element in old[len(new) :]:
            self.removed.add(self._id(element))
        if len(new) > len(old):
            place = self.added.setdefault(self._id(node), New())
            position = head + len(old)
            if position in place:
                raise UnfixableError
            place[position] = Several(new[len(old) :])

    def _add(self, node: Node, value: Value) -> None:
        keys: list[Key] = []
        while node.kind == MISSING:
            keys.append(node.key)
            if node.parent is None:
                raise UnfixableError
            node = node.parent
        if node.kind == SCALAR and not node.is_null:
            raise UnfixableError
        first = keys[-1]
        if node.kind != SCALAR and isinstance(first, str) != (node.kind == MAPPING):
            raise UnfixableError
        place: Value = self.added.setdefault(self._id(node), New())
        if node.kind == SEQUENCE and first != len(node.elements) and int(first) - 1 not in place:
            raise UnfixableError
        for key in reversed(keys[1:]):
            place = place.setdefault(key, New())
            if not isinstance(place, New):
                raise UnfixableError
        if keys[0] in place and (
            isinstance(place[keys[0]], New) or not same(emit.plain(place[keys[0]]), emit.plain(value))
        ):
            raise UnfixableError
        place.setdefault(keys[0], value)

    def _refuse_conflicts(self) -> None:
        """Two changes that cannot both come true: something is changed that another change takes away."""
        gone = self.removed | self.values.keys()
        for number, node in self.nodes.items():
            ways = (
                (number in self.removed) + (number in self.values) + (number in self.written) + (number in self.added)
            )
            if ways > 1 or (number in self.removed and number in self.renamed):
                raise UnfixableError
            parent = node.parent
            while parent is not None:
                if id(parent) in gone:
                    raise UnfixableError
                parent = parent.parent

    def _refuse_second_keys(self) -> None:
        """A key that an entry would be given, and that another has."""
        parents = {id(node): node for number, node in self.nodes.items() if number in self.added}
        for number in self.renamed:
            parent = self.nodes[number].parent
            assert parent is not None
            parents[id(parent)] = parent
        for number, parent in parents.items():
            keys = [key for key, _ in self._visible(parent)]
            if len({*keys, *self.added.get(number, ())}) < len(keys) + len(self.added.get(number, ())):
                raise UnfixableError

    def changes(self, node: Node) -> bool:
        """Whether a node itself is given another value or key, or is taken away."""
        number = id(node)
        return number in self.values or number in self.removed or number in self.renamed

    # ---- what the document has to say then

    def expected(self, node: Node) -> Plain:
        """What kubectl has to read at a node once the changes are made."""
        number = id(node)
        if number in self.values:
            return emit.plain(self.values[number])
        if number in self.written:
            return _meaning(self.written[number])
        if node.kind == MAPPING:
            return self._expected_fields(node, self._visible(node))
        if node.kind == SEQUENCE:
            return self._expected_elements(node, range(len(node.elements)))
        added = self.added.get(number)
        return emit.plain(added.settled()) if added else node.value

    def expected_of(self, parent: Node, entries: Sequence[Node], first: int, after: int) -> Plain:
        """The same for a collection of which only entries `first` to `after` (exclusive) and all new ones are there."""
        if parent.kind == SEQUENCE:
            return self._expected_elements(parent, range(first, after))
        return self._expected_fields(
            parent,
            (
                (self.renamed.get(id(entry), str(entry.key)), entry)
                for entry in entries[first:after]
                if id(entry) not in self.removed
            ),
        )

    def _expected_fields(self, node: Node, visible: Iterable[tuple[str, Node]]) -> dict[str, Plain]:
        result: dict[str, Plain] = {}
        added = self.added.get(id(node))
        for key, child in visible:
            result[key] = self.expected(child)
        for name, value in (added.settled() if added else {}).items():
            result[name] = emit.plain(value)
        return result

    def _expected_elements(self, node: Node, positions: range) -> list[Plain]:
        elements: list[Plain] = []
        added = self.added.get(id(node), New())
        for position in sorted({*positions, *added}, key=int):
            if position in added:
                elements += emit.plain(new_elements(added[position]))
            if position in positions and id(node.elements[int(position)]) not in self.removed:
                elements.append(self.expected(node.elements[int(position)]))
        return elements

    def _visible(self, node: Node) -> Iterable[tuple[str, Node]]:
        for key, child in node.fields.items():
            if id(child) not in self.removed:
                yield self.renamed.get(id(child), key), child
        # What a removed or renamed entry had hidden comes to light.
        for key in {str(child.key): child for child in self.layout.shadowed(node)}:
            visible = node.fields[key]
            hidden = [
                child for child in self.layout.shadowed(node) if child.key == key and id(child) not in self.removed
            ]
            for child in hidden:
                if id(child) in self.renamed:
                    yield self.renamed[id(child)], child
            still = [child for child in hidden if id(child) not in self.renamed]
            if still and (id(visible) in self.removed or id(visible) in self.renamed):
                yield key, still[-1]


class Several(list["Value"]):
    """Elements that are put in at one position."""


def new_elements(value: Value) -> list[Value]:
    """The elements that stand for one entry of the new ones of a sequence."""
    if isinstance(value, Several):
        return list(value)
    return [value.settled() if isinstance(value, New) else value]


def _meaning(written: str) -> Plain:
    """What a scalar says that is written so."""
    try:
        root = compose(written).root
    except YamlError:
        raise UnfixableError from None
    if root is None or root.kind != SCALAR:
        raise UnfixableError
    return root.value


def same(first: Plain, second: Plain) -> bool:
    """Whether two values are equal as kubectl reads them: `1`, `1.0` and `true` are three."""
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(value, second[key]) for key, value in first.items())
    if isinstance(first, list):
        return len(first) == len(second) and all(map(same, first, second))
    return bool(first == second)
