"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Problems, ServicePort, rule


@rule(
    on=ServicePort,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation/validation.go: ValidatePortNumOrName",
        "k8s.io/apimachinery/pkg/util/validation/validation.go: IsValidPortName",
    ),
)
def quoted_target_port(port: ServicePort) -> Problems:
    """A targetPort is a number in quotes.

    targetPort is a number or the name of a port, and what is in quotes is a name. A name has one letter at least, so the
    API server refuses `"8080"`. The fix takes the quotes off.

    ```yaml bad
    port: 80
    targetPort: "8080"  # <- targetPort "8080" is a name in quotes and no number, so the Service is refused
    ```

    ```yaml good
    port: 80
    targetPort: 8080
    ```
    """
    target = port["targetPort"]
    name = target.string
    if name and name.isascii() and name.isdecimal():
        plain = not name.startswith("0") and int(name) <= 65535
        yield target.problem(
            f'targetPort "{name}" is a name in quotes and no number, so the Service is refused',
            fix=target.set(int(name)) if plain else None,
        )
