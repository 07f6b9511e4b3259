"""See the rule."""

from k8slint.api import Claim, Problems, VersionSchema, celrules, defaults, rule, structural


@rule(
    on=VersionSchema,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: ValidateCustomResourceDefinitionOpenAPISchema",
        "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel: Compile",
        "https://kubernetes.io/docs/reference/using-api/cel/",
    ),
)
def crd_cel_invalid(schema: VersionSchema) -> Problems:
    """A rule in CEL (`x-kubernetes-validations`) of a CustomResourceDefinition does not compile, or may cost too much.

    The API server compiles each rule against the schema around it. `self` is the value at that place; a field that the schema does not declare is not
    there, and names that are no identifiers are escaped (`self.x__dash__y`). A rule says true or false.

    It also estimates the most that a rule can cost, and refuses a CRD whose rules could keep it busy. A loop over a list or map without `maxItems` or
    `maxProperties`, or over strings without `maxLength`, counts as if the list filled the largest request there can be. Set such limits in the schema.

    ```yaml bad
    type: object
    properties:
      spec:
        type: object
        properties:
          minReplicas:
            type: integer
          maxReplicas:
            type: integer
        x-kubernetes-validations:
        - rule: self.minReplica <= self.maxReplicas  # <- the rule does not compile: undefined field 'minReplica'; did you mean 'minReplicas'?, so the CRD is refused
    ```

    ```yaml good
    type: object
    properties:
      spec:
        type: object
        properties:
          minReplicas:
            type: integer
          maxReplicas:
            type: integer
        x-kubernetes-validations:
        - rule: self.minReplicas <= self.maxReplicas
    ```
    """
    if schema.crd.manifest.version != "v1" or not schema.holding(celrules.KEYWORD):
        return
    found = list(schema.once(celrules.form_violations))
    if structural.is_sound(schema) and all(bad.accepted for bad in schema.once(defaults.bad_defaults)):
        # Of a schema that is refused for something else the API server compiles no rule.
        found += celrules.expression_violations(schema)
    for violation in found:
        yield violation.node.problem(
            f"{violation.message}, so the CRD is refused",
            field=schema.crd.reported(violation.node if violation.field is None else violation.field),
        )
