"""The walk over an object of a built-in kind: every place where it is not what the type tables say.

It follows the decoder of the API server with strict field validation (`tables.py` has its rules), and then what the
validation of every kind has in common: fields that must be there, and enumerations. The walk goes on where the server
stops at the first mistake, so that all of them are found at once.

Each place is looked at once, and nearly all of them are right: the loop is made for that case. Words for what is wrong,
and what was meant, are looked for when something is (`words.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from k8slint.dialect import NUMERIC, WORDS
from k8slint.nodes import MAPPING, SCALAR, SEQUENCE, Node
from k8slint.views import InvalidValue, Manifest, MissingField, Mistake

if TYPE_CHECKING:
    from k8slint.schemas.tables import Field, Type

FULL: Final = 0
DECODED: Final = 1
"""For what is decoded, then dropped or left alone (`tables.Field.off`): nothing of it is validated."""
LENIENT: Final = 2
"""For what decodes itself: unknown fields are dropped in silence."""


def walk(manifest: Manifest, held: Type, node: Node | None = None, *, mode: int = FULL) -> list[Mistake]:
    """All mistakes of an object that should be of a type, in no particular order; `node` is the part of the manifest that is this object."""
    place = manifest.node if node is None else node
    found = _Walk(manifest, held, place, mode).found
    if found:
        from k8slint.schemas import words

        words.name_fields(found, held, place)
    return found


class _Walk:
    def __init__(self, manifest: Manifest, held: Type, node: Node, mode: int) -> None:
        self.manifest = manifest
        self.root = held
        self.start = node
        self.found: list[Mistake] = []
        # Mappings that stand where objects belong, and are still to be looked at.
        self.waiting: list[tuple[Node, Type, int]] = []
        self._value(node, held, mode)
        self._objects()

    def _objects(self) -> None:
        waiting = self.waiting
        while waiting:
            node, held, mode = waiting.pop()
            fields = held.fields
            unknown = False
            for key, child in node.fields.items():
                field = fields.get(key)
                if field is None:
                    unknown = True
                    continue
                inner = field.type
                if child.kind == SCALAR:
                    # Nearly every scalar is a string that can be nothing else.
                    text = child.text
                    string = child.tag is None and (child.style or (text[:1] not in NUMERIC and text not in WORDS))
                    if string and inner.holds == "string" and not inner.enum:
                        continue
                # Of the metadata of a template little is validated, and that by other rules.
                dropped = field.off or (key == "metadata" and node is not self.start)
                deeper = DECODED if dropped and mode == FULL else mode
                if child.kind == SCALAR:
                    self._scalar(child, inner, deeper, field)
                elif child.kind == MAPPING and inner.holds == "object":
                    waiting.append((child, inner, deeper))
                else:
                    self._collection(child, inner, deeper)
            complete = len(self.found)
            if mode == FULL and held.needs:
                self._complete(node, held)
            if unknown and mode != LENIENT:
                self._unknown(node, held, complete)

    # ---- values

    def _value(self, node: Node, held: Type, mode: int) -> None:
        if node.kind == SCALAR:
            text = node.text
            string = node.tag is None and (node.style or (text[:1] not in NUMERIC and text not in WORDS))
            if not string or held.holds != "string" or held.enum:
                self._scalar(node, held, mode, None)
        elif node.kind == MAPPING and held.holds == "object":
            self.waiting.append((node, held, mode))
        else:
            self._collection(node, held, mode)

    def _collection(self, node: Node, held: Type, mode: int) -> None:
        """A list, or a map where no object is expected."""
        holds, item = held.holds, held.item
        if node.kind == SEQUENCE and holds == "list" and item is not None:
            for element in node.elements:
                self._value(element, item, mode)
                if mode == FULL and item.holds == "object" and element.is_null:
                    # To the server that is an object without any field.
                    self._complete(element, item)
        elif node.kind == MAPPING and holds == "map" and item is not None:
            for child in node.fields.values():
                self._value(child, item, mode)
        elif node.kind == SEQUENCE and holds == "bytes":
            for element in node.elements:
                value = element.integer if element.kind == SCALAR else None
                if (value is None or not 0 <= value <= 255) and not element.is_null:
                    self._wrong(element, held)
        elif holds == "one-of":
            self._alternative(node, held)
        elif holds not in ("any", "raw-extension"):
            self._wrong(node, held)

    def _alternative(self, node: Node, held: Type) -> None:
        for one in held.alternatives:
            if (node.kind, one.holds) in ((MAPPING, "object"), (SEQUENCE, "list")):
                self._value(node, one, LENIENT)
                return
        self._wrong(node, held)

    def _scalar(self, node: Node, held: Type, mode: int, field: Field | None) -> None:
        holds = held.holds
        value = node.value
        if value is None or holds in ("any", "raw-extension"):
            return
        if type(value) is str:
            if holds == "string":
                # "" is no value at all, unless it can be told from none.
                known = value in held.enum or not held.enum or mode != FULL
                if not known and (value or field is None or field.pointer):
                    from k8slint.schemas import words

                    self.found.append(words.not_allowed(node, self.manifest, held.enum))
            elif holds in ("quantity", "bytes", "time", "microtime", "duration"):
                from k8slint.schemas.decoding import FORMS

                reason = FORMS[holds](value)
                if reason:
                    invalid = InvalidValue(node, self.manifest, reason)
                    invalid.holds = holds
                    self.found.append(invalid)
            elif holds != "int-or-string" and not _ignored(held):
                self._wrong(node, held)
        elif type(value) is bool:
            if (
                holds != "boolean"
                and not _ignored(held)
                and not any(one.holds == "boolean" for one in held.alternatives)
            ):
                self._wrong(node, held)
        elif holds in ("integer", "int-or-string"):
            number = value if type(value) is int else node.integer
            limit = 2 ** (held.bits - 1 if held.bits else 31)
            if number is None or not -limit <= number < limit:
                self._wrong(node, held)
        elif holds not in ("number", "quantity") and not _ignored(held):
            self._wrong(node, held)

    def _wrong(self, node: Node, held: Type) -> None:
        from k8slint.schemas import words

        self.found.append(words.wrong_type(node, self.manifest, held))

    # ---- objects

    def _complete(self, node: Node, held: Type) -> None:
        """Whether what must be there is there."""
        fields = node.fields
        for name, route in held.needs:
            child = fields.get(name)
            if child is None or self._is_empty(child, held.fields[name].type):
                found = MissingField(node[name], self.manifest)
                found.needs = route if route != name else ""
                self.found.append(found)

    def _is_empty(self, node: Node, held: Type) -> bool:
        """Whether a field that is there says no more than one that is not."""
        if node.kind == SCALAR:
            if node.text and (node.style or node.text not in WORDS):
                return False
            return node.is_null or (held.holds == "string" and node.value == "")
        return held.holds in ("list", "map") and not node.fields and not node.elements

    def _unknown(self, node: Node, held: Type, complete: int) -> None:
        """The fields that there are not; from `complete` on, `found` holds what the same object lacks."""
        from k8slint.schemas import words

        unknown = [
            words.unknown_field(child, self.manifest, held, self.root)
            for key, child in node.fields.items()
            if key not in held.fields
        ]
        missing = self.found[complete:]
        words.pair(unknown, missing, held)
        # What a misspelt field says is not missing as well.
        meant = {mistake.near for mistake in unknown}
        self.found[complete:] = [found for found in missing if found.node.key not in meant]
        self.found += unknown


def _ignored(held: Type) -> bool:
    """Whether a type takes any scalar for nothing: JSONSchemaPropsOrArray and JSONSchemaPropsOrStringArray do."""
    return held.holds == "one-of" and held.alternatives[-1].holds == "list"
