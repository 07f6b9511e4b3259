"""See the rule."""

from k8slint.api import Claim, MissingField, Problems, rule


@rule(
    on=MissingField,
    since="0.1",
    claim=Claim.REJECTED,
    source="the API reference: required fields; k8s.io/kubernetes/pkg/apis/*/validation: field.Required",
)
def missing_field(field: MissingField) -> Problems:
    """A field that objects of this kind must have is not there, or is empty.

    The API server refuses the object. An empty string, an empty list and `null` count as missing.

    ```yaml bad
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:  # <- "selector" is missing in spec, so the object is refused
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: web:1.0
            env:
            - value: fast  # <- "name" is missing in env[0], so the object is refused
    ```

    ```yaml good
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: web:1.0
            env:
            - name: MODE
              value: fast
    ```
    """
    state = "is empty" if field.node.exists else "is missing"
    without = f", and with it {field.needs}" if field.needs else ""
    # The template of a StatefulSet was once judged only when a pod was made of it.
    effect = "no pod is ever made" if field.claim is Claim.BROKEN else "the object is refused"
    yield field.tell(f'"{field.name}" {state} in {field.owner}{without}, so {effect}')
