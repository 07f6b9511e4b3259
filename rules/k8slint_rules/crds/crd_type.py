"""See the rule."""

from k8slint.api import Change, Claim, Node, Problem, Problems, SchemaNode, VersionSchema, near, rule

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
_GO = frozenset(
    "int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 "  # noqa: SIM905
    "byte rune bool map struct slice []byte".split()
)
_ANYTHING = frozenset(("any", "interface", "interface{}", "mixed", "*"))


@rule(
    on=VersionSchema,
    since="0.1",
    fixable="safe",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: specStandardValidatorV3.validate",
        "k8s.io/apiextensions-apiserver/pkg/apiserver/schema: validateStructuralInvariants",
    ),
)
def crd_type(schema: VersionSchema) -> Problems:
    """A type in a CustomResourceDefinition is none of OpenAPI's.

    The schema of a CRD knows `array`, `boolean`, `integer`, `number`, `object` and `string`. What the controller's Go code calls `int` is an
    `integer`, its `float64` a `number` with format `double`, its `map[string]string` an `object` with `additionalProperties`, and its
    `map[string]interface{}` or `runtime.RawExtension` an `object` with `x-kubernetes-preserve-unknown-fields`. The API server refuses any other
    word, and an array that does not say what its items are.

    ```yaml bad
    type: object
    properties:
      spec:
        type: object
        properties:
          replicas:
            type: int  # <- type "int" is none of OpenAPI's, so the CRD is refused; a Go int is "integer"
    ```

    ```yaml good
    type: object
    properties:
      spec:
        type: object
        properties:
          replicas:
            type: integer
    ```
    """
    for part in schema.doubtful:
        written = part["type"]
        if not part.type:
            # A missing type is a matter of structure, and anything but a string none of a schema at all.
            continue
        if part.type not in SchemaNode.TYPES:
            yield _unknown(schema, part, written)
        elif part.type == "array" and not (part["items"].is_mapping or part["items"].is_sequence) and not part.nested:
            yield written.problem(
                "an array that does not say what its items are, so the CRD is refused",
                field=schema.crd.reported(part["items"]),
            )


def _unknown(schema: VersionSchema, part: SchemaNode, written: Node) -> Problem:
    name = part.type
    message = f'type "{name}" is none of OpenAPI\'s, so the CRD is refused'
    fix: list[Change] = []
    safe = True
    folded = name.lower()
    if folded in _ANYTHING:
        keyword = "x-kubernetes-preserve-unknown-fields"
        message += f'; for any value leave type out and set "{keyword}"'
        if part[keyword].boolean or not part[keyword]:
            fix, safe = [written.remove(), part[keyword].set(True)], False
    elif folded in _MEANT:
        meant, format_ = _MEANT[folded]
        message += f'; a {"Go " if folded in _GO else ""}{name} is "{meant}"'
        if format_:
            message += f' with format "{format_}"'
        # An array or object needs more said than its type, and only the author knows what.
        if meant not in ("array", "object") or part["items"] or part["properties"] or part["additionalProperties"]:
            fix = [written.set(meant)]
            if format_ and not part["format"]:
                fix.append(part["format"].set(format_))
    elif name == "null":
        message += '; a value that may be null has "nullable: true" beside its type'
    else:
        guess = near(name, SchemaNode.TYPES)
        if guess:
            message += f'; did you mean "{guess}"?'
            fix = [written.set(guess)]
        else:
            message += f" (it has {', '.join(sorted(SchemaNode.TYPES))})"
    return written.problem(message, fix=fix or None, safe=safe, field=schema.crd.reported(written))
