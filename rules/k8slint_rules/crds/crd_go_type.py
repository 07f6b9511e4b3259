"""See the rule."""

from k8slint.api import Claim, CustomResourceDefinition, Problems, Project, Settings, go_types, rule


@rule(
    on=CustomResourceDefinition,
    since="0.1",
    source="https://book.kubebuilder.io/reference/markers/crd-validation",
)
def crd_go_type(crd: CustomResourceDefinition, project: Project, settings: Settings) -> Problems:
    """A field's Go type and its schema in the CustomResourceDefinition disagree.

    The API server stores what the schema allows, and the controller reads it into its Go types. Where a type differs the controller fails to decode the
    resource, and with it often the whole list; where a field is missing on one side, its value is dropped without a word.

    The Go types are those of the kind (`Cache`, or `CacheSpec` and `CacheStatus`) in the Go files of the project. `golang` in the config names the files or
    folders to look into instead. Markers (`+optional`, `+kubebuilder:validation:Minimum=1`) say what the schema was to be; where it says something else,
    generate it again.

    ```go bad
    package v1

    type CacheSpec struct {
        Replicas int32    `json:"replicas"`
        HitRate  float64  `json:"hitRate"`
        Hosts    []string `json:"hosts,omitempty"`
    }
    ```

    ```yaml bad
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: caches.shop.example
    spec:
      group: shop.example
      scope: Namespaced
      names:
        kind: Cache
        plural: caches
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
                properties:  # <- no property "hosts" here, so the API server drops what CacheSpec.Hosts of the Go type holds
                  replicas:
                    type: string  # <- broken: CacheSpec.Replicas is int32 in Go and string here, so the controller cannot read what the API server stores
                  hitRate:
                    type: integer  # <- CacheSpec.HitRate is float64 in Go and integer here, so fractions are refused
    ```

    ```go good
    package v1

    type CacheSpec struct {
        Replicas int32    `json:"replicas"`
        HitRate  float64  `json:"hitRate"`
        Hosts    []string `json:"hosts,omitempty"`
    }
    ```

    ```yaml good
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: caches.shop.example
    spec:
      group: shop.example
      scope: Namespaced
      names:
        kind: Cache
        plural: caches
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
                  replicas:
                    type: integer
                    format: int32
                  hitRate:
                    type: number
                  hosts:
                    type: array
                    items:
                      type: string
    ```
    """
    for misfit in go_types(crd, project, settings):
        yield misfit.node.problem(
            misfit.message,
            claim=Claim.BROKEN if misfit.fatal else None,
            at=misfit.at,
            related=[(misfit.place, "the Go type")],
        )
