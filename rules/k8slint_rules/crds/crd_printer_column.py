"""See the rule."""

from k8slint.api import (
    Claim,
    CustomResourceDefinition,
    Node,
    Problems,
    SchemaNode,
    VersionSchema,
    fieldpath,
    near,
    rule,
)

_TYPES = ("boolean", "date", "integer", "number", "string")
_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
# What a column of a type can show of what a field holds; a column of strings shows anything.
_SHOWS = {
    "boolean": ("boolean",),
    "date": ("string", "date"),
    "integer": ("integer", "number"),
    "number": ("integer", "number"),
}


@rule(
    on=CustomResourceDefinition,
    since="0.1",
    fixable="unsafe",
    source=(
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: ValidateCustomResourceColumnDefinition",
        "k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor",
    ),
)
def crd_printer_column(crd: CustomResourceDefinition) -> Problems:
    """A column that `kubectl get` should show of a custom resource stays empty, or cannot be.

    The `jsonPath` of a column leads from the root of the resource to a field of the schema. Where it leads nowhere, or to a value that the
    column's type cannot show, the column is empty for ever. A column needs a name, a type (boolean, date, integer, number, string) and a path that
    begins with a dot; without them the API server refuses the CRD.

    ```yaml bad
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: widgets.shop.example
    spec:
      group: shop.example
      scope: Namespaced
      names:
        kind: Widget
        plural: widgets
      versions:
      - name: v1
        served: true
        storage: true
        additionalPrinterColumns:
        - name: Replicas
          type: integer
          jsonPath: .spec.replica  # <- the schema has no field "replica" in .spec, so the column stays empty; did you mean "replicas"?
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                properties:
                  replicas:
                    type: integer
    ```

    ```yaml good
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: widgets.shop.example
    spec:
      group: shop.example
      scope: Namespaced
      names:
        kind: Widget
        plural: widgets
      versions:
      - name: v1
        served: true
        storage: true
        additionalPrinterColumns:
        - name: Replicas
          type: integer
          jsonPath: .spec.replicas
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                properties:
                  replicas:
                    type: integer
    ```
    """
    if crd.manifest.version != "v1":
        return
    schemas = {id(schema.node): schema for schema in crd.schemas}
    for version in crd["spec", "versions"]:
        schema = schemas.get(id(version["schema", "openAPIV3Schema"]))
        for column in version["additionalPrinterColumns"]:
            refused = False
            for problem in _refused(crd, column):
                refused = True
                yield problem
            if not refused and schema is not None:
                yield from _followed(schema, column)


def _refused(crd: CustomResourceDefinition, column: Node) -> Problems:
    """What the API server does not take."""
    kind, form, path = column["type"], column["format"], column["jsonPath"]
    for node, known in ((kind, _TYPES), (form, _FORMATS)):
        if node.string and node.string not in known:
            meant = near(node.string, known)
            yield node.problem(
                f'{node.key} of a column is one of {", ".join(known)}, not "{node}", so the CRD is refused'
                + (f'; did you mean "{meant}"?' if meant else ""),
                claim=Claim.REJECTED,
                field=crd.reported(node),
            )
    if path.string and not path.string.startswith("."):
        yield path.problem(
            f'jsonPath "{path}" does not begin with a dot, so the CRD is refused',
            claim=Claim.REJECTED,
            field=crd.reported(path),
        )


def _followed(schema: VersionSchema, column: Node) -> Problems:
    """Where the path leads."""
    node, kind = column["jsonPath"], column["type"].string or ""
    path = node.string or ""
    found = fieldpath.follow(schema, path)
    if found.missing is not None and found.within is not None:
        step = path[found.missing.start : found.missing.end]
        where = path[: found.missing.start] or "the root"
        known = fieldpath.METADATA if where == ".metadata" else found.within["properties"].fields
        meant = near(found.missing.name, known) if found.missing.name else ""
        what = f'no field "{found.missing.name}" in {where}' if found.missing.name else f"no list at {where} for {step}"
        yield node.problem(
            f"the schema has {what}, so the column stays empty" + (f'; did you mean "{meant}"?' if meant else ""),
            fix=node.set(f"{path[: found.missing.start]}.{meant}{path[found.missing.end :]}") if meant else None,
            safe=False,
            related=[(found.within, "the schema of it")] if found.within else (),
        )
        return
    held = found.given or (found.schema["type"].string if found.schema is not None else None)
    if held and kind in _SHOWS and (found.given or held in SchemaNode.TYPES) and held not in _SHOWS[kind]:
        if found.schema is not None and found.schema["x-kubernetes-int-or-string"].boolean:
            return
        yield column["type"].problem(
            f"{path} is of type {held}, which a column of type {kind} cannot show: it stays empty",
            related=[(found.schema["type"], "its type")] if found.schema is not None else (),
        )
