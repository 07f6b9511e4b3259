"""See the rule."""

from k8slint.api import Manifest, Problems, Project, rule


@rule(
    on=Manifest,
    since="0.1",
    source="k8s.io/apiserver/pkg/registry/rest/meta.go: EnsureObjectNamespaceMatchesRequestNamespace",
)
def namespace_ignored(manifest: Manifest, project: Project) -> Problems:
    """An object that belongs to the whole cluster names a namespace.

    The API server drops it without a word: there is one object of the name in the cluster, and deleting the namespace does
    not delete it.

    ```yaml bad
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: reader
      namespace: shop  # <- ClusterRole belongs to the whole cluster, so the namespace is ignored
    ```

    ```yaml good
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: reader
    ```
    """
    namespace = manifest.metadata["namespace"]
    info = manifest.info
    stored = info is None or info.named
    if stored and namespace.string and project.namespaced(manifest) is False:
        yield namespace.problem(
            f"{manifest.kind} belongs to the whole cluster, so the namespace is ignored", fix=namespace.remove()
        )
