"""See the rule."""

from k8slint.api import Claim, Manifest, Problems, Project, names, rule


@rule(
    on=Manifest,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/apimachinery/pkg/api/validation/objectmeta.go: ValidateNamespaceName",
)
def invalid_namespace(manifest: Manifest, project: Project) -> Problems:
    """The namespace of an object is no name that a namespace can have.

    A namespace is a DNS label: lowercase letters, digits and dashes, a letter or digit at both ends, up to 63 characters.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
      namespace: shop.web  # <- namespace "shop.web" is invalid: must not contain dots
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
      namespace: shop-web
    ```
    """
    namespace = manifest.metadata["namespace"]
    reason = names.label(namespace.string) if namespace.string else ""
    if reason and project.namespaced(manifest):
        yield namespace.problem(f'namespace "{namespace}" is invalid: {reason}')
