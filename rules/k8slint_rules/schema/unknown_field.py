"""See the rule."""

from k8slint.api import Claim, CustomResourceDefinition, Problems, UnknownField, rule


@rule(
    on=UnknownField,
    since="0.1",
    claim=Claim.REJECTED,
    source="strict field validation of kube-apiserver (KEP-2885); sigs.k8s.io/json UnmarshalStrict",
)
def unknown_field(field: UnknownField) -> Problems:
    """A field that objects of this kind do not have.

    The API server refuses it. Where its strict field validation is turned off, or an old kubectl is told not to validate, the field is dropped
    instead without a word, and whatever it was to say is not said. Most are misspelt, or stand a level too high or too low. Names of fields
    are compared with their case.

    The fix renames a field where one name is near, that name is free, and it takes the value.

    ```yaml bad
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: web:1.0
        imagePullpolicy: Always  # <- containers[0] has no field "imagePullpolicy"; did you mean "imagePullPolicy"?
    ```

    ```yaml good
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: web:1.0
        imagePullPolicy: Always
    ```
    """
    if field.node.route == "spec.scoped" and field.manifest.views(CustomResourceDefinition):
        # A rule of its own: crd-scope.
        return
    start = f'{field.owner} has no field "{field.name}"'
    fix = None
    if field.since or field.until:
        when = f"from Kubernetes {field.since} on" if field.since else f"up to Kubernetes {field.until}"
        message = f'{field.owner} has a field "{field.name}" only {when}'
    elif field.near:
        message = f'{start}; did you mean "{field.near}"?'
        fix = field.node.rename(field.near) if field.fits else None
    elif field.belongs:
        message = f"{start}; it belongs in {' or '.join(_place(route, field.manifest.kind) for route in field.belongs)}"
    elif len(field.fields) <= 8:
        message = f"{start} (it has {', '.join(field.fields)})" if field.fields else f"{start}, nor any other"
    else:
        message = start
    yield field.tell(message, at="key", fix=fix)


def _place(route: str, kind: str) -> str:
    """What holds a field: `spec.template.spec` of `spec.template.spec.volumes`."""
    holder = route.rpartition(".")[0]
    return holder or f"the {kind} itself"
