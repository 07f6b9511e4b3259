"""See the rule."""

from k8slint.api import Claim, InvalidValue, Problems, rule

# The kinds with bytes of the author's own: where these go, and where text goes.
_BYTES = {"Secret": ("data", "stringData"), "ConfigMap": ("binaryData", "data")}


@rule(
    on=InvalidValue,
    since="0.1",
    claim=Claim.REJECTED,
    source="the API reference: enumerations and formats; of custom resources, the schema of their CRD",
)
def invalid_value(value: InvalidValue) -> Problems:
    """A value that the field does not take, although its type is right.

    Some fields take only certain words, others have a form: times, durations, quantities, base64. Custom resources have whatever else the schema of
    their CRD demands: patterns, bounds, lengths, unique items. The API server refuses what does not fit.

    Where one of the allowed words is near, the fix writes that; it is not safe, for you may have meant another.

    ```yaml bad
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      restartPolicy: always  # <- restartPolicy "always" is not one of Always, Never or OnFailure, so the object is refused; did you mean "Always"?
      containers:
      - name: web
        image: web:1.0
    ```

    ```yaml good
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      restartPolicy: Always
      containers:
      - name: web
        image: web:1.0
    ```
    """
    if value.holds == "quantity":
        # A rule of its own: invalid-quantity.
        return
    message = f"{value.name} {value.reason}" if value.allowed else f"{value.name}: {value.reason}"
    if value.holds in ("time", "microtime"):
        message = f'{value.name} "{value.node}": {value.reason}'
    # The template of a StatefulSet was once judged only when a pod was made of it.
    message += ", so no pod is ever made" if value.claim is Claim.BROKEN else ", so the object is refused"
    holder = _BYTES.get(value.manifest.kind) if value.holds == "bytes" else None
    if holder and value.node.parent is not None and value.node.parent.path == value.manifest.node[holder[0]].path:
        message += f"; text goes under {holder[1]}"
    if value.near:
        message += f'; did you mean "{value.near}"?'
    yield value.tell(message, fix=value.set(value.near) if value.near else None, safe=False)
