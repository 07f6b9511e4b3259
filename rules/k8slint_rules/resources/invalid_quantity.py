"""See the rule."""

from __future__ import annotations

import re

from k8slint.api import Claim, Container, InvalidValue, Problems, quantity, rule


@rule(
    on=(InvalidValue, Container),
    since="0.1",
    claim=Claim.REJECTED,
    fixable="safe",
    source=(
        "k8s.io/apimachinery/pkg/api/resource/quantity.go: ParseQuantity",
        "k8s.io/kubernetes/pkg/apis/core/validation: ValidateNonnegativeQuantity",
    ),
)
def invalid_quantity(place: InvalidValue | Container) -> Problems:
    """An amount is written in a way that Kubernetes does not read, or is below zero.

    Amounts have a number and one suffix: `m` for thousandths, `k`, `M`, `G` for powers of 1000, `Ki`, `Mi`, `Gi` for powers of 1024. There is no `B`
    for bytes, no `K`, and no blank between number and suffix. The API server refuses anything else.

    The fix writes the suffix that can only have been meant.

    ```yaml bad
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: web:1.0
        resources:
          limits:
            memory: 512MB  # <- "512MB" is no quantity, so the object is refused; did you mean 512M?
            cpu: "1"
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
        resources:
          limits:
            memory: 512M
            cpu: "1"
    ```
    """
    if isinstance(place, Container):
        for field in ("limits", "requests"):
            for name, node in place["resources", field].items():
                amount = quantity.amount(node.value)
                if amount is not None and amount < 0:
                    yield node.problem(
                        f"{name} {field[:-1]} {node} is below zero, so the object is refused",
                        claim=None if place.manifest.builtin else Claim.BROKEN,
                    )
    elif place.holds == "quantity":
        meant = _meant(str(place.node))
        hint = f"did you mean {meant}?" if meant else "amounts are written 500m, 2, 1.5Gi or 1e3"
        yield place.tell(
            f'"{place.node}" is no quantity, so the object is refused; {hint}',
            fix=place.set(meant) if meant else None,
        )


def _meant(text: str) -> str:
    """The quantity that the text can only have been; "" where that cannot be told."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:([kmgtpe])(i?)(?:b|bytes?)?|b|bytes?)\s*", text, re.IGNORECASE)
    if match is None:
        return ""
    number, unit, binary = match[1], match[2] or "", match[3] or ""
    suffix = unit.upper() if binary or unit.lower() != "k" else "k"
    return f"{number}{suffix}{binary and 'i'}"
