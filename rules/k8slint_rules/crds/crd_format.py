"""See the rule."""

from typing import Any

from k8slint.api import Problem, Problems, SchemaNode, VersionSchema, near, rule

# Source: k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go. Dashes make no difference in those of strings.
_STRING = {
    **dict.fromkeys(
        (
            "bsonobjectid",
            "uri",
            "email",
            "hostname",
            "ipv4",
            "ipv6",
            "cidr",
            "mac",
            "uuid",
            "uuid3",
            "uuid4",
            "uuid5",
            "isbn",
            "isbn10",
            "isbn13",
            "creditcard",
            "ssn",
            "hexcolor",
            "rgbcolor",
            "byte",
            "password",
            "date",
            "duration",
            "datetime",
        ),
        0,
    ),
    **dict.fromkeys(("k8sshortname", "k8slongname"), 34),
}
"""The formats of strings, and the minor version of Kubernetes that brought each."""
_KNOWN = {"integer": ("int32", "int64"), "number": ("float", "double")}
_MEANT = {"float64": "double", "float32": "float", "decimal": "double", "int": "int64", "long": "int64"}
_STRINGS_MEANT = {"timestamp": "date-time", "rfc3339": "date-time", "url": "uri", "base64": "byte", "bytes": "byte"}


@rule(
    on=VersionSchema,
    since="0.1",
    fixable="safe",
    source="k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go: GetUnrecognizedFormats",
)
def crd_format(schema: VersionSchema, settings: Any) -> Problems:
    """A format in the schema of a CustomResourceDefinition is not checked, because the API server does not know it for the type.

    Integers have the formats `int32` and `int64`, numbers `float` and `double` (what Go calls float64), strings some twenty such as `date-time`, `byte`
    and `uuid`; nothing else has any. Whatever else is said there is ignored with a warning, so every value passes.

    ```yaml bad
    type: object
    properties:
      spec:
        type: object
        properties:
          ratio:
            type: number
            format: float64  # <- numbers have no format "float64", so it is ignored; a Go float64 is "double"
    ```

    ```yaml good
    type: object
    properties:
      spec:
        type: object
        properties:
          ratio:
            type: number
            format: double
    ```
    """
    for part in schema.holding("format"):
        node = part["format"]
        name = node.string
        if not name or (part.type and part.type not in SchemaNode.TYPES):
            continue
        if part.type in ("", "string"):
            since = _STRING.get(name.replace("-", ""))
            if since is None:
                yield _unknown(part, name)
            elif settings.kubernetes_version and settings.kubernetes_version.oldest.minor < since:
                yield node.problem(f'format "{name}" is ignored before Kubernetes 1.{since}')
        elif name not in _KNOWN.get(part.type, ()):
            yield _unknown(part, name)


def _unknown(part: SchemaNode, name: str) -> Problem:
    node = part["format"]
    kind = part.type or "string"
    known = _KNOWN.get(kind) or (sorted(_STRING) if kind == "string" else ())
    meant = (_STRINGS_MEANT if kind == "string" else _MEANT).get(name.lower(), "")
    if meant and kind != "string" and meant not in known:
        meant = ""
    hint = f"; a Go {name} is" if name.startswith("float") and meant else "; did you mean"
    if not meant:
        meant = near(name, known) or ""
    others = [other for other, formats in _KNOWN.items() if name in formats and other != kind]
    message = f'{_PLURAL[kind]} have no format "{name}", so it is ignored'
    if meant:
        message += f'{hint} "{meant}"' + ("?" if hint.endswith("mean") else "")
    elif others:
        message += f"; it is one of type {others[0]}"
    # A string that was never checked before would be.
    return node.problem(message, fix=node.set(meant) if meant else None, safe=kind != "string")


_PLURAL = {
    "array": "lists",
    "boolean": "booleans",
    "integer": "integers",
    "number": "numbers",
    "object": "objects",
    "string": "strings",
}
