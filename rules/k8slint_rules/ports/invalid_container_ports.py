"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, ContainerPort, Problems, Settings, rule


@rule(
    on=ContainerPort,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/kubernetes/pkg/apis/core/validation/validation.go: validateContainerPorts, validatePodHostNetworkDeps",
)
def invalid_container_ports(port: ContainerPort, settings: Settings) -> Problems:
    """A containerPort or hostPort is a number that the API server refuses.

    Ports go from 1 to 65535. In a pod with hostNetwork the container listens on the node itself, so its port and the node's
    are the same: a hostPort has to be equal to its containerPort, and is best left out.

    ```yaml bad
    name: http
    containerPort: 80800  # <- containerPort 80800 is none: ports go from 1 to 65535
    ```

    ```yaml good
    name: http
    containerPort: 8080
    ```
    """
    pod = port.container.pod
    number, outer = port["containerPort"].integer, port["hostPort"].integer
    if number is not None and not 1 <= number <= 65535:
        yield port["containerPort"].problem(
            f"containerPort {number} is none: ports go from 1 to 65535", claim=pod.fate(settings.minor)
        )
    if not outer:
        return
    if not 1 <= outer <= 65535:
        yield port["hostPort"].problem(
            f"hostPort {outer} is none: ports go from 1 to 65535", claim=pod.fate(settings.minor)
        )
    elif number is not None and outer != number and port.container.role == "main" and pod["hostNetwork"].boolean:
        yield port["hostPort"].problem(
            f"hostPort {outer} is not containerPort {number}, and with hostNetwork they are the same port of the node",
            claim=pod.fate(settings.minor),
            fix=port["hostPort"].remove(),
        )
