"""See the rule."""

from k8slint.api import Claim, Problems, VersionSchema, defaults, rule


@rule(
    on=VersionSchema,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting: ValidateDefaults",
)
def crd_default_invalid(schema: VersionSchema) -> Problems:
    """A default in the schema of a CustomResourceDefinition is no value of that schema.

    The API server fills defaults in as they are written, so they have to be of the right type, within the limits, and without fields that the schema
    does not have. It refuses a CRD with any other default, and one with defaults in the metadata of a resource.

    Of an `x-kubernetes-int-or-string` alone it does not see that the default is neither. Such a CRD is accepted, and the objects are refused.

    ```yaml bad
    type: object
    properties:
      spec:
        type: object
        properties:
          replicas:
            type: integer
            minimum: 1
            default: 0  # <- 0 is less than 1, so the default breaks its own schema and the CRD is refused
    ```

    ```yaml good
    type: object
    properties:
      spec:
        type: object
        properties:
          replicas:
            type: integer
            minimum: 1
            default: 1
    ```
    """
    if schema.crd.manifest.version != "v1":
        return
    for bad in schema.once(defaults.bad_defaults):
        if bad.accepted:
            yield bad.node.problem(
                f"{bad.message}, so the CRD is accepted, but every object that is given this default is refused",
                claim=Claim.BROKEN,
            )
            continue
        yield bad.node.problem(
            f"{bad.message}, so the default breaks its own schema and the CRD is refused",
            field=f"{schema.crd.reported(bad.default).route}{bad.below}",
        )
