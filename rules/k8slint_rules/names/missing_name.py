"""See the rule."""

from k8slint.api import Claim, Manifest, Problems, Project, rule


@rule(
    on=Manifest,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/apimachinery/pkg/api/validation/objectmeta.go: name or generateName is required",
)
def missing_name(manifest: Manifest, project: Project) -> Problems:
    """An object has no name.

    Whatever is stored needs `metadata.name`, or `metadata.generateName` to make one of, which only `kubectl create` takes.
    The few kinds that are questions, such as SubjectAccessReview, need none.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:  # <- ConfigMap has no name, so it is refused: name or generateName is required
      labels:
        app: web
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
      labels:
        app: web
    ```
    """
    metadata = manifest.metadata
    name, prefix = metadata["name"], metadata["generateName"]
    if (
        not manifest.kind
        or not manifest.api_version
        or (name and name.string != "")
        or (prefix and prefix.string != "")
    ):
        return
    info = manifest.info
    if metadata and not metadata.is_mapping:
        return
    if info is None and (manifest.builtin or (not metadata and project.namespaced(manifest) is None)):
        # What has a kind that nobody knows may be the configuration of some program.
        return
    if info is None or info.named:
        yield name.problem(f"{manifest.kind} has no name, so it is refused: name or generateName is required")
