"""See the rule."""

from k8slint.api import Claim, CustomResourceDefinition, Problems, Project, near, rule


@rule(
    on=CustomResourceDefinition,
    since="0.1",
    source="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/: scope",
)
def crd_scope(crd: CustomResourceDefinition, project: Project) -> Problems:
    """A CustomResourceDefinition's scope does not fit, or is said with another word.

    `spec.scope` decides whether objects of the new kind live in a namespace (`Namespaced`) or in the cluster (`Cluster`). It cannot be changed once the
    CRD is there. An object of a cluster-wide kind that names a namespace, or the key written `scoped:`, shows that the CRD says
    something else than its author has in mind.

    ```yaml bad
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: widgets.shop.example
    spec:
      group: shop.example
      scope: Cluster  # <- scope is Cluster, but Widget blue names a namespace, which the API server refuses
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
    ---
    apiVersion: shop.example/v1
    kind: Widget
    metadata:
      name: blue
      namespace: shop
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
    ---
    apiVersion: shop.example/v1
    kind: Widget
    metadata:
      name: blue
      namespace: shop
    ```
    """
    scope = crd["spec", "scope"]
    misnamed = crd["spec", "scoped"]
    if misnamed:
        yield misnamed.problem(
            'the key is "scope"; "scoped" is no field of a CRD, so nothing says whether its objects live in a namespace',
            claim=Claim.REJECTED,
            fix=None if scope else misnamed.rename("scope"),
            at="key",
        )
    elif not scope and crd.manifest.version == "v1":
        # v1beta1 takes a missing scope for Namespaced.
        yield scope.problem(
            "nothing says whether objects of this kind live in a namespace, so the CRD is refused",
            claim=Claim.REJECTED,
        )
    elif scope and crd.scope not in ("Namespaced", "Cluster"):
        meant = "Namespaced" if crd.scope.lower().startswith("namesp") else near(crd.scope, ("Namespaced", "Cluster"))
        yield scope.problem(
            f'scope is "Namespaced" or "Cluster", not {scope}, so the CRD is refused' + (f"; did you mean {meant}?" if meant else ""),
            claim=Claim.REJECTED,
            fix=scope.set(meant) if meant else None,
        )
    elif crd.scope == "Cluster" and crd.defined_kind:
        for resource in project.all(crd.defined_kind, crd.defined_group):
            if resource.namespace:
                yield scope.problem(
                    f"scope is Cluster, but {resource} names a namespace, which the API server refuses",
                    related=[(resource["metadata", "namespace"], f"namespace of {resource}")],
                )
                break
