"""See the rule."""

from k8slint.api import Claim, Manifest, Problems, Project, rule


@rule(
    on=Manifest,
    since="0.1",
    source=(
        "an object is known by its group, kind, namespace and name",
        "sigs.k8s.io/kustomize/api/resmap: may not add resource with an already registered id",
    ),
)
def duplicate_resource(manifest: Manifest, project: Project) -> Problems:
    """The same object is defined twice.

    An object is known by its kind, namespace and name. `kubectl apply` lets whichever comes last win, field by field, and
    says "configured" where "created" was meant; kustomize refuses to build. Most often one of the two was copied from the
    other and kept its name.

    Only what is applied together counts: documents of one file, and files of one kustomization. Overlays of the same base
    are not duplicates of each other, nor are variants in different folders. Files of one folder that no kustomization
    mentions may well be alternatives, so there it is only a remark, unless the config says that the input is `complete`.

    Give one of them another name, or remove it.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      mode: fast
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings  # <- ConfigMap settings is defined twice, so the one that is applied last wins
    data:
      colour: green
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      mode: fast
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: colours
    data:
      colour: green
    ```
    """
    if not manifest.name:
        return
    namesakes = project.namesakes(manifest)
    if len(namesakes) < 2:
        return
    own, cluster = _order(manifest), manifest.namespaced is False
    earlier = [
        other
        for other in namesakes
        if (cluster or other.namespace == manifest.namespace) and _order(other) < own and project.clash(manifest, other)
    ]
    earlier.sort(key=_order)
    if not earlier:
        return
    first = next((other for other in earlier if other.path == manifest.path), earlier[0])
    claim = Claim.UNINTENDED
    if first.path == manifest.path:
        message = f"{manifest} is defined twice, so the one that is applied last wins"
    elif project.scopes.closures(manifest.path):
        message = f"{manifest} is defined twice in one kustomization, so kustomize refuses to build it"
    elif manifest.kind == "Namespace" and manifest.node.value == first.node.value:
        return  # many give each file the namespace that it needs
    else:
        message = f"{manifest} is also defined in {first.path}; of files that are applied together the last one wins"
        claim = Claim.UNINTENDED if project.complete else Claim.ADVICE
    yield manifest.metadata["name"].problem(
        message, claim=claim, related=[(other.metadata["name"], "also defined here") for other in earlier[:5]]
    )


def _order(manifest: Manifest) -> tuple[str, int, tuple[str | int, ...]]:
    # Of an item of a List that is only remembered, its place in the document is apart.
    document = manifest.document
    return document.path, document.index, (*document.prefix, *manifest.node.path)
