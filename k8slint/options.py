"""Values of a config file by type: what a rule's options dataclass declares is what its users may write, and what its
docs say.

`shape(hint)` turns a type hint into how such a value is read from a node, shown in docs, and described in JSON
Schema: one place for all three, so that they agree.
"""

from __future__ import annotations

import collections.abc
import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn

from k8slint.near import meant

if TYPE_CHECKING:
    from k8slint.nodes import Node, Plain


class MisfitError(Exception):
    """A value of a config file is not what its place asks for; whoever knows the file says where that is.

    `at_key` tells that the key is wrong, and not what stands there.
    """

    def __init__(self, node: Node, message: str, *, at_key: bool = False) -> None:
        super().__init__(message)
        self.node = node
        self.message = message
        self.at_key = at_key


class Shape(NamedTuple):
    """What a type hint asks for: in words, as JSON Schema, and as the function that reads it.

    `read(node, name)` returns the Python value; it raises MisfitError, naming the value by `name`.
    """

    text: str
    schema: dict[str, Plain]
    read: Callable[[Node, str], Any]


class OptionField(NamedTuple):
    """One option of a rule.

    `name` is the key in the config file, `attribute` that of the dataclass: `maxReplicas` and `max_replicas`. `type`
    is in words ("list of strings"), `default` a Python value, `doc` the docstring below the field.
    """

    name: str
    attribute: str
    type: str
    default: Any
    doc: str
    shape: Shape


def option_fields(options: type[Any]) -> list[OptionField]:
    """The options that a rule's dataclass declares, in order.

    Raises TypeError for a class that is no dataclass, a field without default, or a type that a config file cannot
    hold.
    """
    import dataclasses

    if not dataclasses.is_dataclass(options):
        raise TypeError(f"{options.__qualname__}: the options of a rule are a dataclass")
    try:
        hints = typing.get_type_hints(options)
    except NameError as error:
        raise TypeError(f"{options.__qualname__}: {error}; types of options are imported at run time") from None
    defaults = options()
    docs = _field_docs(options)
    return [
        OptionField(
            name=camel_case(field.name),
            attribute=field.name,
            type=(fitting := shape(hints[field.name])).text,
            default=getattr(defaults, field.name),
            doc=docs.get(field.name, ""),
            shape=fitting,
        )
        for field in dataclasses.fields(options)
    ]


def read_options(node: Node, options: type[Any], rule_id: str) -> dict[str, Any]:
    """The options written at a node, by attribute of the dataclass; only those that are written. Raises MisfitError."""
    fields = {field.name: field for field in option_fields(options)}
    if not node.is_mapping:
        raise MisfitError(node, f"the options of {rule_id} are a map, not {seen(node)}")
    values: dict[str, Any] = {}
    for key, child in node.items():
        field = fields.get(key)
        if field is None:
            raise unknown(child, f"option of {rule_id}", key, fields)
        values[field.attribute] = field.shape.read(child, f"option {key}")
    return values


def shape(hint: Any) -> Shape:
    """What a type hint asks of a value.

    It may be bool, int, float, str, Literal, a union, or a list, tuple, set or string-keyed map of those; raises
    TypeError for any other.
    """
    simple = _SIMPLE.get(hint)
    if simple is not None:
        return simple
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return _choice(arguments)
    if origin in (types.UnionType, typing.Union):
        return _union([shape(argument) for argument in arguments])
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _sequence(tuple, shape(arguments[0]))
    if origin in (list, set, frozenset):
        return _sequence(origin, shape(arguments[0]))
    if origin is collections.abc.Sequence:
        return _sequence(tuple, shape(arguments[0]))
    if origin in (dict, collections.abc.Mapping) and arguments[0] is str:
        return _map(shape(arguments[1]))
    raise TypeError(f"an option cannot be of type {hint}")


def seen(node: Node) -> str:
    """What a config file says at a node, for a message: `the string "x"`, `the boolean false (written off)`."""
    if node.is_mapping:
        return "a map"
    if node.is_sequence:
        return "a list"
    value = node.value
    match value:
        case None:
            return "nothing"
        case bool():
            name = "boolean"
        case int() | float():
            name = "number"
        case _:
            return f'the string "{value}"'
    read = json.dumps(value)
    return f"the {name} {read}" + ("" if node.text == read else f" (written {node.text})")


def unknown(node: Node, what: str, name: str, candidates: Iterable[str], *, hint: str = "") -> MisfitError:
    """The complaint about a key that is not known, with the one that was probably meant."""
    likely = "" if hint else meant(name, candidates)
    ending = hint or (f'did you mean "{likely}"?' if likely else "")
    return MisfitError(node, f'no {what} is named "{name}"' + (f"; {ending}" if ending else ""), at_key=True)


def camel_case(name: str) -> str:
    """A Python name as the config file writes it: `max_replicas` is maxReplicas."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def plain(value: Any) -> Plain:
    """An option's value as JSON holds it."""
    if isinstance(value, Mapping):
        return {str(key): plain(child) for key, child in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(child) for child in value)
    if isinstance(value, list | tuple):
        return [plain(child) for child in value]
    return value


# ---------------------------------------------------------------------------------------------------- kinds of values


def _expected(node: Node, name: str, *texts: str) -> NoReturn:
    raise MisfitError(node, f"{name} is {' or '.join(map(_with_article, texts))}, not {seen(node)}")


def _with_article(text: str) -> str:
    if text == "null" or text.startswith("one of"):
        return text
    return f"{'an' if text[0] in 'aeiou' else 'a'} {text}"


def _scalar(text: str, value_of: Callable[[Node], Any]) -> Callable[[Node, str], Any]:
    def read(node: Node, name: str) -> Any:
        value = value_of(node)
        if value is None:
            _expected(node, name, text)
        return value

    return read


def _number(node: Node) -> float | None:
    value = node.value if node.is_scalar else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _null(node: Node, name: str) -> None:
    if not node.is_null:
        _expected(node, name, "null")


_SIMPLE: dict[Any, Shape] = {
    bool: Shape("boolean", {"type": "boolean"}, _scalar("boolean", lambda node: node.boolean)),
    int: Shape("integer", {"type": "integer"}, _scalar("integer", lambda node: node.integer)),
    float: Shape("number", {"type": "number"}, _scalar("number", _number)),
    str: Shape("string", {"type": "string"}, _scalar("string", lambda node: node.string)),
    type(None): Shape("null", {"type": "null"}, _null),
}


def _choice(values: tuple[Any, ...]) -> Shape:
    text = f"one of {', '.join(json.dumps(value) if not isinstance(value, str) else value for value in values)}"

    def read(node: Node, name: str) -> Any:
        value = node.value
        for candidate in values:
            # True == 1 in Python, and not in a config file.
            if type(candidate) is type(value) and candidate == value:
                return candidate
        likely = meant(value, [one for one in values if isinstance(one, str)]) if isinstance(value, str) else ""
        ending = f'; did you mean "{likely}"?' if likely else ""
        raise MisfitError(node, f"{name} is {text}, not {seen(node)}{ending}")

    return Shape(text, {"enum": list(values)}, read)


def _union(members: list[Shape]) -> Shape:
    text = " or ".join(member.text for member in members)

    def read(node: Node, name: str) -> Any:
        complaints = []
        for member in members:
            try:
                return member.read(node, name)
            except MisfitError as error:
                complaints.append(error)
        # One that speaks of a part of the value knows more than "it is neither".
        for misfit in complaints:
            if misfit.node is not node:
                raise misfit
        return _expected(node, name, *(member.text for member in members))

    return Shape(text, {"anyOf": [member.schema for member in members]}, read)


def _sequence(make: Callable[[list[Any]], Any], element: Shape) -> Shape:
    text = f"list of {_plural(element.text)}"

    def read(node: Node, name: str) -> Any:
        if not node.is_sequence:
            _expected(node, name, text)
        return make([element.read(child, f"{name}[{position}]") for position, child in enumerate(node)])

    return Shape(text, {"type": "array", "items": element.schema}, read)


def _map(value: Shape) -> Shape:
    text = f"map of strings to {_plural(value.text)}"

    def read(node: Node, name: str) -> Any:
        if not node.is_mapping:
            _expected(node, name, text)
        return {key: value.read(child, f"{name}[{key}]") for key, child in node.items()}

    return Shape(text, {"type": "object", "additionalProperties": value.schema}, read)


def _plural(text: str) -> str:
    return f"{text}s" if text.isalpha() else text


def _field_docs(options: type[Any]) -> dict[str, str]:
    """The string below each field, which Python itself does not keep; {} where the class's source is not at hand."""
    import ast
    import inspect
    import textwrap

    try:
        source = inspect.getsource(options)
    except (OSError, TypeError):
        return {}
    (definition,) = ast.parse(textwrap.dedent(source)).body
    assert isinstance(definition, ast.ClassDef)
    docs: dict[str, str] = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(doc))):
                docs[name] = " ".join(doc.split())
            case _:
                pass
    return docs
