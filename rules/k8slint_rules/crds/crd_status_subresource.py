"""See the rule."""

from k8slint.api import Problems, VersionSchema, rule


@rule(
    on=VersionSchema,
    since="0.1",
    fixable="unsafe",
    source="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/: status subresource",
)
def crd_status_subresource(schema: VersionSchema) -> Problems:
    """A CustomResourceDefinition has a status without the status subresource.

    With the subresource, users write the spec and the controller writes the status, each by an address of its own, and only a change of the spec
    counts as a new generation. Without it they are one object to the API server: whoever applies the manifest overwrites the status,
    a controller that updates the status writes the spec back that it has read earlier, and each update of the status raises the generation.

    The fix turns the subresource on. It is unsafe, because a controller that updates the whole object has to use the status address from then on.

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
        schema:
          openAPIV3Schema:
            type: object
            properties:
              status:  # <- a status without the status subresource, so writing the spec overwrites it
                type: object
                properties:
                  ready:
                    type: boolean
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
        schema:
          openAPIV3Schema:
            type: object
            properties:
              status:
                type: object
                properties:
                  ready:
                    type: boolean
        subresources:
          status: {}
    ```
    """
    status = schema.node["properties", "status"]
    if not status.is_mapping:
        return
    owner = schema.owner
    shared = schema.crd["spec", "subresources", "status"]
    if owner["served"].boolean is False or owner["subresources", "status"] or shared:
        return
    subresources = owner["subresources"]
    yield status.problem(
        "a status without the status subresource, so writing the spec overwrites it",
        fix=subresources["status"].set({}) if subresources.is_mapping or not subresources.exists else None,
        safe=False,
    )
