"""See the rule."""

from k8slint.api import Change, Claim, Node, Problem, Problems, SchemaNode, near, rule

_TYPES = ("array", "boolean", "integer", "number", "object", "string")

# What people write who have Go, Python or JSON in mind, and the OpenAPI type (and format) that means it.
_MEANT: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("int", "uint", "int16", "uint16", "int8", "uint8", "byte", "short", "intger"), ("integer", "")),
    **dict.fromkeys(("int32", "uint32", "rune"), ("integer", "int32")),
    **dict.fromkeys(("int64", "uint64", "long"), ("integer", "int64")),
    **dict.fromkeys(("float", "float32"), ("number", "float")),
    **dict.fromkeys(("float64", "double"), ("number", "double")),
    "decimal": ("number", ""),
    **dict.fromkeys(("bool", "bolean"), ("boolean", "")),
    **dict.fromkeys(("str", "text", "char"), ("string", "")),
    **dict.fromkeys(("bytes", "[]byte"), ("string", "byte")),
    **dict.fromkeys(("list", "slice", "tuple", "set"), ("array", "")),
    **dict.fromkeys(("map", "dict", "struct", "hash"), ("object", "")),
}
_ANYTHING = frozenset(("any", "interface", "interface{}", "mixed", "*"))


@rule(
    on=SchemaNode,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: validateType",
        "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go: items of an array",
    ),
)
def crd_type(schema: SchemaNode) -> Problems:
    """A type in a CustomResourceDefinition is none of OpenAPI's.

    The schema of a CRD knows `array`, `boolean`, `integer`, `number`, `object` and `string`. What the controller's Go code calls `int` is an
    `integer`, its `float64` a `number` with format `double`, its `map[string]string` an `object` with `additionalProperties`, and its
    `map[string]interface{}` an `object` with `x-kubernetes-preserve-unknown-fields`. The API server refuses any other word, and an array that does
    not say what its items are.

    ```yaml bad
    type: object
    properties:
      replicas:
        type: int  # <- type "int" is none of OpenAPI's, so the CRD is refused; a Go int is "integer"
    ```

    ```yaml good
    type: object
    properties:
      replicas:
        type: integer
    ```
    """
    written = schema["type"]
    if not written:
        return
    name = written.string
    if name is None:
        # A list of types is JSON Schema, not OpenAPI; what is wrong with anything else the schema of CRDs itself says.
        return
    if name not in _TYPES:
        yield _unknown(schema, written, name)
    elif name == "array" and not schema["items"]:
        yield written.problem(
            "an array that does not say what its items are, so the CRD is refused",
            field=schema["items"],
        )


def _unknown(schema: SchemaNode, written: Node, name: str) -> Problem:
    start = f'type "{name}" is none of OpenAPI\'s, so the CRD is refused'
    folded = name.lower()
    if folded in _ANYTHING:
        return written.problem(
            f'{start}; for any value leave type out and set "x-kubernetes-preserve-unknown-fields"',
            fix=None if schema["x-kubernetes-preserve-unknown-fields"] else _anything(schema, written),
            safe=False,
        )
    if folded in _MEANT:
        meant, format_ = _MEANT[folded]
        changes = [written.set(meant)]
        if format_ and not schema["format"]:
            changes.append(schema["format"].set(format_))
        # An array or object needs more said than its type, and only the author knows what.
        complete = meant not in ("array", "object") or bool(schema["items"] or schema["properties"] or schema["additionalProperties"])
        extra = f' with format "{format_}"' if format_ else ""
        language = "a Go " if folded in _GO else "a "
        return written.problem(f'{start}; {language}{name} is "{meant}"{extra}', fix=changes if complete else None)
    guess = near(name, _TYPES)
    return written.problem(
        start + (f'; did you mean "{guess}"?' if guess else f" (it has {', '.join(_TYPES)})"),
        fix=written.set(guess) if guess else None,
    )


_GO = frozenset("int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 byte rune bool map struct slice []byte".split())


def _anything(schema: SchemaNode, written: Node) -> list[Change]:
    return [written.remove(), schema["x-kubernetes-preserve-unknown-fields"].set(True)]
