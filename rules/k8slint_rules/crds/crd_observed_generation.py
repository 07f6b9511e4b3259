"""See the rule."""

from k8slint.api import Claim, Problems, VersionSchema, rule


@rule(
    on=VersionSchema,
    since="0.1",
    claim=Claim.ADVICE,
    source="https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md: observedGeneration",
)
def crd_observed_generation(schema: VersionSchema) -> Problems:
    """The status of a custom resource has conditions, and nothing that says which generation of the spec they are about.

    After a change of the spec the conditions are still those of before until the controller gets to it. With `status.observedGeneration`, or
    `observedGeneration` in each condition, whoever waits for the resource (`kubectl wait`, Flux, Argo CD) can tell the two apart; without it a
    resource counts as ready that has not even been looked at.

    ```yaml bad
    type: object
    properties:
      status:
        type: object
        properties:
          conditions:  # <- status has conditions but no observedGeneration, so nobody can tell whether they are about the current spec
            type: array
            items:
              type: object
              properties:
                type:
                  type: string
                status:
                  type: string
    ```

    ```yaml good
    type: object
    properties:
      status:
        type: object
        properties:
          observedGeneration:
            type: integer
            format: int64
          conditions:
            type: array
            items:
              type: object
              properties:
                type:
                  type: string
                status:
                  type: string
    ```
    """
    status = schema.node["properties", "status"]
    conditions = status["properties", "conditions"]
    if not conditions.is_mapping or "observedGeneration" in status["properties"]:
        return
    condition = conditions["items", "properties"]
    if "observedGeneration" in condition or not {"type", "status"} <= condition.fields.keys():
        return
    yield conditions.problem(
        "status has conditions but no observedGeneration, so nobody can tell whether they are about the current spec"
    )
