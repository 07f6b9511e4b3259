"""See the rule."""

from k8slint.api import Claim, Problems, VersionSchema, rule, structural


@rule(
    on=VersionSchema,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: ValidateCustomResourceDefinitionOpenAPISchema",
        "k8s.io/apiextensions-apiserver/pkg/apiserver/schema: ValidateStructural",
        "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/: structural schema",
    ),
)
def crd_not_structural(schema: VersionSchema) -> Problems:
    """The schema of a CustomResourceDefinition is not structural.

    A structural schema says of every field what type it is; that is how the API server knows which fields to keep, and which
    defaults to set. Below `allOf`, `anyOf`, `oneOf` and `not` there can only be further conditions on fields that are declared beside them.
    `$ref`, `definitions` and some other keywords of JSON Schema are not there at all. The API server refuses a CRD with any other schema.

    Where a field may hold anything, leave its type out and set `x-kubernetes-preserve-unknown-fields: true`; for an integer or a string set
    `x-kubernetes-int-or-string: true`.

    ```yaml bad
    type: object
    properties:
      spec:
        type: object
        properties:
          replicas:  # <- a field has no type, so the CRD is refused
            minimum: 0
    ```

    ```yaml good
    type: object
    properties:
      spec:
        type: object
        properties:
          replicas:
            type: integer
            minimum: 0
    ```
    """
    if schema.crd.manifest.version != "v1":
        # Older versions took schemas as they are, and are served no longer.
        return
    for violation in schema.once(structural.violations):
        yield violation.node.problem(
            f"{violation.message}, so the CRD is refused",
            field=schema.crd.reported(violation.node if violation.field is None else violation.field),
        )
