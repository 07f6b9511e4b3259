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
        imagePullpolicy: Always  # <- containers[0] has no field "imagePullpolicy", so the object is refused; did you mean "imagePullPolicy"?
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
    start, end = f'{field.owner} has no field "{field.name}"', ", so the object is refused"
    fix = None
    if field.since or field.until:
        when = f"from Kubernetes {field.since} on" if field.since else f"up to Kubernetes {field.until}"
        message = f'{field.owner} has a field "{field.name}" only {when}{end}'
    elif field.near:
        message = f'{start}{end}; did you mean "{field.near}"?'
        fix = field.node.rename(field.near) if field.fits else None
    elif field.belongs:
        message = f"{start}{end}; it belongs in {_places(field)}"
    elif field.manifest.kind == "Ingress" and field.name in _BACKEND:
        message = f"{start}{end}; in {field.manifest.api_version} a backend has {_BACKEND[field.name]}"
    elif field.fields and len(field.fields) <= 8:
        message = f"{start} (it has {', '.join(field.fields)}){end}"
    else:
        message = start + end
    yield field.tell(message, at="key", fix=fix)


def _places(field: UnknownField) -> str:
    """What holds such a field: `spec.template.spec` of `spec.template.spec.volumes`; `limits or requests in resources` where it is one of several."""
    holders = [route.rpartition(".")[0] for route in field.belongs]
    common = holders[0].rpartition(".")[0]
    if len(holders) > 1 and common and all(holder.rpartition(".")[0] == common for holder in holders):
        return f"{' or '.join(holder.rpartition('.')[2] for holder in holders)} of {common}"
    return " or ".join(holder or f"the {field.manifest.kind} itself" for holder in holders)


_BACKEND = {"serviceName": "service.name", "servicePort": "service.port.number or service.port.name"}
"""What an Ingress said of its Service before networking.k8s.io/v1."""
