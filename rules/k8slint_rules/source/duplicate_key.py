"""See the rule."""

from k8slint.api import Claim, DuplicateKey, Problems, rule


@rule(
    on=DuplicateKey,
    since="0.1",
    claim=Claim.REJECTED,
    source="strict field validation of kube-apiserver; sigs.k8s.io/yaml UnmarshalStrict",
)
def duplicate_key(key: DuplicateKey) -> Problems:
    """The same key stands twice in a mapping.

    The API server refuses such a manifest. kubectl, where it converts to JSON first, keeps the last of the two without a word, and what the
    first one said is lost.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      mode: fast
      mode: safe  # <- "mode" is given twice, so only one of the two can count
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      mode: safe
    ```
    """
    yield key.problem(
        f'"{key.node.key}" is given twice, so only one of the two can count',
        at="key",
        related=[(key.first, "first given here")],
    )
