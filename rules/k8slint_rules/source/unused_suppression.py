"""See the rule."""

from k8slint.api import Problems, UnusedSuppression, rule


@rule(on=UnusedSuppression, since="0.1", fixable="safe")
def unused_suppression(suppression: UnusedSuppression) -> Problems:
    """A suppression suppresses nothing, or names no rule.

    The mistake it once covered is gone, or its rule's name is misspelt. Left in place it would hide the next mistake of that kind.
    A suppression of a rule that is turned off is left alone.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings  # k8slint: ignore[invalid-name] has always been called so  # <- invalid-name finds nothing here
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    ```
    """
    yield suppression.problem(suppression.message, fix=suppression.removal)
