"""See the rule."""

from k8slint.api import Claim, Manifest, PodSpec, Problems, Project, names, rule


@rule(
    on=Manifest,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/apimachinery/pkg/api/validation/objectmeta.go: ValidateNamespaceName",
)
def invalid_namespace(manifest: Manifest, project: Project) -> Problems:
    """An object or a pod's affinity names a namespace that cannot exist.

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
    for pod in manifest.views(PodSpec):
        if affinity := pod["affinity"]:
            for path in _TERMS:
                for term in affinity.each(path):
                    for node in term["namespaces"]:
                        reason = names.label(node.string) if node.string is not None else ""
                        if reason:
                            yield node.problem(
                                f'namespace "{node}" is invalid: {reason}',
                                claim=None if manifest.builtin else Claim.BROKEN,
                                field=term["namespace"],
                            )


_TERMS = [
    f"{kind}.{place}"
    for kind in ("podAffinity", "podAntiAffinity")
    for place in (
        "requiredDuringSchedulingIgnoredDuringExecution.*",
        "preferredDuringSchedulingIgnoredDuringExecution.*.podAffinityTerm",
    )
]
