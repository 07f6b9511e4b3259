"""See the rule."""

from k8slint.api import Claim, CustomResourceDefinition, Problems, Project, near, rule


@rule(
    on=CustomResourceDefinition,
    since="0.1",
    source="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/: scope",
)
def crd_scope(crd: CustomResourceDefinition, project: Project) -> Problems:
    """A CustomResourceDefinition's scope is said with another word, or does not fit its resources.

    `spec.scope` decides whether objects of the new kind live in a namespace (`Namespaced`) or in the cluster (`Cluster`), and cannot be changed once
    the CRD is there. The API server refuses a CRD that does not say it; `scoped` is no field. Of an object whose kind is cluster-wide it drops the
    namespace without a word, so one that names a namespace shows that the CRD says something else than its author has in mind.

    ```yaml bad
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: widgets.shop.example
    spec:
      group: shop.example
      scoped: Namespaced  # <- rejected: the key is "scope"; "scoped" is no field of a CRD, so nothing says whether its objects live in a namespace
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
    ```
    """
    scope = crd["spec", "scope"]
    misnamed = crd["spec", "scoped"]
    if misnamed.exists:
        effect = "the CRD is refused" if scope.exists else "nothing says whether its objects live in a namespace"
        yield misnamed.problem(
            f'the key is "scope"; "scoped" is no field of a CRD, so {effect}',
            claim=Claim.REJECTED,
            fix=misnamed.rename("scope") if misnamed.string and not scope.exists else None,
            at="key",
        )
    elif crd.scope in _SCOPES:
        if crd.scope == "Cluster" and crd.defined_kind:
            yield from _namespaced(crd, project)
    elif scope.string:
        meant = "Namespaced" if crd.scope.lower().startswith("namesp") else near(crd.scope, _SCOPES)
        yield scope.problem(
            f'scope is "Namespaced" or "Cluster", not "{scope}", so the CRD is refused'
            + (f'; did you mean "{meant}"?' if meant else ""),
            claim=Claim.REJECTED,
            fix=scope.set(meant) if meant else None,
        )


_SCOPES = ("Namespaced", "Cluster")


def _namespaced(crd: CustomResourceDefinition, project: Project) -> Problems:
    """A resource of a cluster-wide kind that names a namespace; one shows it."""
    resource = next((found for found in project.all(crd.defined_kind, crd.defined_group) if found.namespace), None)
    if resource is None:
        return
    # Where variants of a CRD lie about, the resource may belong to another.
    variants = project.definitions(crd.defined_group, crd.defined_kind)
    if all(other.scope == crd.scope for found in variants for other in found.views(CustomResourceDefinition)):
        yield crd["spec", "scope"].problem(
            f"scope is Cluster, but {resource} names namespace {resource.namespace}, which is ignored",
            related=[(resource["metadata", "namespace"], f"namespace of {resource}")],
        )
