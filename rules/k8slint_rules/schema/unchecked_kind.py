"""See the rule."""

from k8slint.api import Claim, Problems, UncheckedKind, rule


@rule(
    on=UncheckedKind,
    since="0.1",
    claim=Claim.ADVICE,
)
def unchecked_kind(kind: UncheckedKind) -> Problems:
    """No schema is known for a custom kind, so that its fields are not checked.

    It is said once a kind. The metadata of such objects is checked all the same, and so are the containers in those kinds that are known to carry pods.

    Give k8slint the CRD: beside the manifests, or by `crds` in the config, which takes files, folders, and folders laid out like the public catalogues
    of CRDs.

    ```yaml bad
    apiVersion: shop.example/v1
    kind: Widget  # <- no schema is known of shop.example/v1 Widget, so its fields are not checked
    metadata:
      name: blue
    spec:
      size: 4
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
              spec:
                type: object
                properties:
                  size:
                    type: integer
    ---
    apiVersion: shop.example/v1
    kind: Widget
    metadata:
      name: blue
    spec:
      size: 4
    ```
    """
    manifest = kind.manifest
    name = f"{manifest.api_version} {manifest.kind}"
    yield kind.tell(f"no schema is known of {name}, so its fields are not checked")
