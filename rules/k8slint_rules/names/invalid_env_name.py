"""See the rule."""

from typing import Any

from k8slint.api import Claim, Container, Problems, names, rule

RELAXED_SINCE = 32
"""The minor version of Kubernetes that allows more (RelaxedEnvironmentVariableValidation)."""


@rule(
    on=Container,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation/validation.go: ValidateEnv, ValidateEnvFrom",
        "KEP-4369",
    ),
)
def invalid_env_name(container: Container, settings: Any) -> Problems:
    """The name of an environment variable breaks its syntax.

    From Kubernetes 1.32 on it, and the prefix of several, may be any printable ASCII but the equals sign. Before, it had letters, digits, dashes,
    underscores and dots, and no digit to begin with. Shells and most programs know letters, digits and underscores only.

    ```yaml bad
    name: web
    image: web:1.0
    env:
    - name: MODE=fast  # <- environment variable name "MODE=fast" is invalid: a valid environment variable name must consist only of printable ASCII characters other than '='
    ```

    ```yaml good
    name: web
    image: web:1.0
    env:
    - name: MODE
      value: fast
    ```
    """
    env, sources = container["env"], container["envFrom"]
    if not env and not sources:
        return
    versions = settings.kubernetes_version
    relaxed = versions is None or versions.oldest.minor >= RELAXED_SINCE
    judge = names.relaxed_env_name if relaxed else names.env_name
    claim = None if container.manifest.builtin else Claim.BROKEN
    for items, key, what in ((env, "name", "name"), (sources, "prefix", "prefix")):
        for item in items:
            node = item[key]
            reason = judge(node.string) if node.string else ""
            if reason:
                yield node.problem(f'environment variable {what} "{node}" is invalid: {reason}', claim=claim)
