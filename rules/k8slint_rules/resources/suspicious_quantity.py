"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.api import Container, Problems, quantity, rule

if TYPE_CHECKING:
    from k8slint.api import Node

_MEBI = 2**20 * quantity.UNIT


@rule(
    on=Container,
    since="0.1",
    fixable="unsafe",
    source="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory",
)
def suspicious_quantity(container: Container) -> Problems:
    """An amount is valid, and hardly what was meant.

    `memory: 100m` is a tenth of a byte: `m` is for thousandths, and mega is `M`. `memory: 512` is 512 bytes. `cpu: 1000` is a thousand cores, where
    `1000m` is one, and `cpu: 1Gi` is a billion of them. The API server takes them all; then no node is large enough, or the container is killed as
    soon as it starts.

    ```yaml bad
    name: web
    resources:
      limits:
        memory: 128m  # <- 128m of memory is a fraction of a byte; did you mean 128Mi?
        cpu: 500  # <- 500 is that many cores; did you mean 500m?
    ```

    ```yaml good
    name: web
    resources:
      limits:
        memory: 128Mi
        cpu: 500m
    ```
    """
    for field in ("limits", "requests"):
        for name, node in container["resources", field].items():
            amount = quantity.amount(node.value)
            if amount is None or amount <= 0:
                continue
            message, meant = _doubt(name, node, amount)
            if message:
                hint = f"; did you mean {meant}?" if meant else ""
                yield node.problem(message + hint, fix=node.set(meant) if meant else None, safe=False)


def _doubt(name: str, node: Node, amount: int) -> tuple[str, str]:
    """What is odd about an amount, and what was probably meant; empty strings where nothing is."""
    text = str(node)
    if name in ("memory", "ephemeral-storage"):
        if text.endswith("m"):
            # Rounding leaves such amounts behind where someone computes them; those are whole numbers of bytes, more or less.
            return (
                (f"{text} of {name} is a fraction of a byte", f"{text[:-1]}Mi")
                if amount < 1024 * quantity.UNIT
                else ("", "")
            )
        if amount < _MEBI and text.isdecimal():
            return f"{text} of {name} is that many bytes", f"{text}Mi"
    elif name == "cpu":
        if text.endswith("i"):
            return f"{text} of cpu is that many cores: the suffix is for bytes", ""
        if amount >= 100 * quantity.UNIT and text.isdecimal():
            return f"{text} is that many cores", f"{text}m"
    return "", ""
