"""See the rule."""

from k8slint.api import Claim, CustomResourceDefinition, Node, Problems, fieldpath, rule

_MOST = 8


@rule(
    on=CustomResourceDefinition,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: ValidateCustomResourceSelectableFields",
)
def crd_selectable_field(crd: CustomResourceDefinition) -> Problems:
    """A selectable field of a CustomResourceDefinition cannot be selected by.

    `selectableFields` names the fields that `kubectl get --field-selector` takes. Each is a path of names (`.spec.color`) to a string, boolean or integer
    of the schema outside metadata; lists cannot be looked into. There are eight at most.

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
        selectableFields:
        - jsonPath: .spec.colour  # <- selectable field ".spec.colour" does not refer to a valid field, so the CRD is refused
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                properties:
                  color:
                    type: string
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
        selectableFields:
        - jsonPath: .spec.color
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                properties:
                  color:
                    type: string
    ```
    """
    if crd.manifest.version != "v1":
        return
    for version in crd["spec", "versions"]:
        fields = version["selectableFields"]
        if fields.elements:
            yield from _judge(crd, version, fields)


def _judge(crd: CustomResourceDefinition, version: Node, fields: Node) -> Problems:
    schema = version["schema", "openAPIV3Schema"]
    # What all versions share stands once in the API server's own form, and it looks for the schema beside it.
    reason = ""
    if not schema:
        reason = "selectable fields need a schema to select by"
    elif (crd.reported(fields) is fields) != (crd.reported(schema) is schema):
        same, other = (
            ("selectable fields", "schemas") if crd.reported(schema) is schema else ("schemas", "selectable fields")
        )
        reason = f"all versions have the same {same} and different {other}"
    if reason:
        yield fields.problem(f"{reason}, so the CRD is refused", field=crd.reported(fields))
        return
    seen = set()
    for field in fields:
        node = field["jsonPath"]
        path = node.string or ""
        if not path:
            continue
        found, reason = fieldpath.simple(schema, path, brackets=False)
        if not reason and path.partition(".")[2].partition(".")[0] == "metadata":
            reason = "points to metadata"
        elif not reason and found is not None and found["type"].string not in ("string", "boolean", "integer"):
            reason = "is no string, boolean or integer"
        elif path in seen:
            reason = "is there twice"
        if reason:
            yield node.problem(
                f'selectable field "{path}" {reason}, so the CRD is refused'
                if reason.startswith(("is ", "points", "does"))
                else f'selectable field "{path}" is no path ({reason}), so the CRD is refused',
                field=crd.reported(node),
            )
        seen.add(path)
    if len(seen) > _MOST:
        yield fields.problem(
            f"{len(seen)} selectable fields, and {_MOST} at most, so the CRD is refused", field=crd.reported(fields)
        )
