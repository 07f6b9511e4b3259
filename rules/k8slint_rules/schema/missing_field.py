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
    spec:  # <- "selector" is missing in spec
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: web:1.0
            env:
            - value: fast  # <- "name" is missing in env[0]
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
    if field.needs:
        yield field.tell(f'"{field.name}" {state} in {field.owner}, and so is {field.needs}, which has to be there')
    elif field.node.exists:
        yield field.tell(f'"{field.name}" is empty in {field.owner}, which is the same as missing')
    else:
        yield field.tell(f'"{field.name}" is missing in {field.owner}')
