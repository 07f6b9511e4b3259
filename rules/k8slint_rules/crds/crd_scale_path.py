"""See the rule."""

from k8slint.api import Claim, Node, Problem, Problems, SchemaNode, VersionSchema, fieldpath, near, rule

_KEYS = {
    "specReplicasPath": (".spec.",),
    "statusReplicasPath": (".status.",),
    "labelSelectorPath": (".spec.", ".status."),
}


@rule(
    on=VersionSchema,
    since="0.1",
    fixable="unsafe",
    claim=Claim.REJECTED,
    source="k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: ValidateCustomResourceDefinitionSubresources",
)
def crd_scale_path(schema: VersionSchema) -> Problems:
    """A path of the scale subresource of a CustomResourceDefinition leads nowhere.

    `kubectl scale` and autoscalers read and write the number of replicas at `specReplicasPath` (below `.spec`) and read it at `statusReplicasPath`
    (below `.status`); the selector of its pods is at `labelSelectorPath`. The API server asks for paths of that form. That the schema has such a
    field it does not check: then nothing can ever be scaled.

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
        subresources:
          scale:
            specReplicasPath: .spec.replica  # <- broken: the schema has no field "replica" in .spec, so nothing can be scaled; did you mean "replicas"?
            statusReplicasPath: .status.replicas
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                properties:
                  replicas:
                    type: integer
              status:
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
        subresources:
          scale:
            specReplicasPath: .spec.replicas
            statusReplicasPath: .status.replicas
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                properties:
                  replicas:
                    type: integer
              status:
                type: object
                properties:
                  replicas:
                    type: integer
    ```
    """
    version = schema.node.parent and schema.node.parent.parent
    scale = version["subresources", "scale"] if version is not None and schema.version else None
    if not scale or not scale.is_mapping:
        return
    for key, below in _KEYS.items():
        node = scale[key]
        path = node.string or ""
        if not path:
            continue
        reason = ""
        if not path.startswith("."):
            reason = f'{key} "{path}" is no path, which starts with "."'
        elif not path.startswith(below):
            reason = f'{key} "{path}" is not below {" or ".join(prefix[:-1] for prefix in below)}'
        if reason:
            yield node.problem(f"{reason}, so the CRD is refused", field=schema.crd.reported(node))
        else:
            yield from _followed(schema, node, path, key)


def _followed(schema: VersionSchema, node: Node, path: str, key: str) -> list[Problem]:
    found = fieldpath.follow(schema, path)
    if found.missing is not None and found.within is not None:
        name, step = found.missing.name, path[found.missing.start : found.missing.end]
        meant = near(name, found.within["properties"].fields) if name else ""
        where = path[: found.missing.start] or "the root"
        what = f'no field "{name}" in {where}' if name else f"no list at {where} for {step}"
        return [
            node.problem(
                f"the schema has {what}, so nothing can be scaled" + (f'; did you mean "{meant}"?' if meant else ""),
                claim=Claim.BROKEN,
                fix=node.set(f"{path[: found.missing.start]}.{meant}{path[found.missing.end :]}") if meant else None,
                safe=False,
                related=[(found.within, "the schema of it")],
            )
        ]
    if found.schema is None:
        return []
    wanted = "string" if key == "labelSelectorPath" else "integer"
    held = found.schema["type"].string
    if held in SchemaNode.TYPES and held != wanted:
        return [
            node.problem(
                f"{path} is of type {held} and not {wanted}, so nothing can be scaled",
                claim=Claim.BROKEN,
                related=[(found.schema["type"], "its type")],
            )
        ]
    return []
