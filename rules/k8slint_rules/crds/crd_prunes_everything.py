"""See the rule."""

from k8slint.api import Problems, VersionSchema, rule


@rule(
    on=VersionSchema,
    since="0.1",
    source="k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning: Prune",
)
def crd_prunes_everything(schema: VersionSchema) -> Problems:
    """An object in the schema of a CustomResourceDefinition declares no fields, so whatever users write into it is dropped.

    The API server keeps the fields that the schema declares and drops all others without an error. An object of type `object` with neither
    `properties` nor `additionalProperties` therefore always arrives empty. What the controller reads as `map[string]string` has
    `additionalProperties` with a type; what it reads as `map[string]interface{}` or `runtime.RawExtension` sets
    `x-kubernetes-preserve-unknown-fields: true`.

    ```yaml bad
    type: object
    properties:
      spec:
        type: object
        properties:
          settings:  # <- spec.settings declares no fields, so all that users write into it is dropped
            type: object
    ```

    ```yaml good
    type: object
    properties:
      spec:
        type: object
        properties:
          settings:
            type: object
            x-kubernetes-preserve-unknown-fields: true
    ```
    """
    for part in schema.bare:
        at = part.at
        if at == ("metadata",):
            # Every resource has it, whatever the schema says.
            continue
        what = ".".join(at).replace(".[]", "[]") or "the resource"
        yield part.node.problem(f"{what} declares no fields, so all that users write into it is dropped")
