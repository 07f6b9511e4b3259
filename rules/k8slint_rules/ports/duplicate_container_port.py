"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, ContainerPort, PodSpec, Problem, Problems, Settings, rule


@rule(
    on=PodSpec,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation/validation.go: validateContainerPorts, AccumulateUniqueHostPorts",
        "k8s.io/kubernetes/pkg/api/pod/warnings.go: warningsForPodSpecAndMeta",
    ),
)
def duplicate_container_port(pod: PodSpec, settings: Settings) -> Problems:
    """The ports of a pod's containers clash: a name, a number or a hostPort is there twice.

    Within a container a name is given to one port, and on a node a hostPort to one container; the API server refuses what
    says otherwise. All containers of a pod share one address. So of two that listen on the same port one fails, and of two
    ports with one name Services find one; of these the server only warns.

    ```yaml bad
    containers:
    - name: web
      image: web:1.0
      ports:
      - name: http
        containerPort: 8080
      - name: http  # <- port name "http" is given twice in container web, so the pod is refused
        containerPort: 9090
    ```

    ```yaml good
    containers:
    - name: web
      image: web:1.0
      ports:
      - name: http
        containerPort: 8080
      - name: metrics
        containerPort: 9090
    ```
    """
    ports = [port for container in pod.containers for port in container.ports]
    if len(ports) < 2:
        return
    claim = pod.fate(settings.minor)
    effect = "the pod is refused" if claim is Claim.REJECTED else "no pod is ever made"
    yield from _names(ports, claim, effect)
    yield from _host_ports(pod, claim, effect)
    yield from _numbers(ports)


def _names(ports: list[ContainerPort], claim: Claim, effect: str) -> Problems:
    first: dict[str, ContainerPort] = {}
    within: dict[tuple[int, str], ContainerPort] = {}
    for port in ports:
        if not port.name:
            continue
        earlier = within.setdefault((id(port.container.node), port.name), port)
        if earlier is not port:
            yield port["name"].problem(
                f'port name "{port.name}" is given twice in {port.container}, so {effect}',
                claim=claim,
                related=[(earlier["name"], "the same name")],
            )
            continue
        # A container that has ended before the others start takes no name away from them.
        if port.container.role == "init":
            continue
        earlier = first.setdefault(port.name, port)
        if earlier is not port:
            yield port["name"].problem(
                f'port name "{port.name}" is that of {earlier.container} already, and Services find only one of the two',
                claim=Claim.UNINTENDED,
                related=[(earlier["name"], "the same name")],
            )


def _host_ports(pod: PodSpec, claim: Claim, effect: str) -> Problems:
    """The same port of the node twice: the server looks at the ordinary containers."""
    first: dict[tuple[str, str, int], ContainerPort] = {}
    for container in pod.containers:
        if container.role != "main":
            continue
        for port in container.ports:
            number = port["hostPort"].integer
            if number:
                address = port["hostIP"].string or ""
                earlier = first.setdefault((port.protocol, address, number), port)
                if earlier is not port:
                    yield port["hostPort"].problem(
                        f"hostPort {number} ({port.protocol}) is that of {_named(earlier, port)} already, so {effect}",
                        claim=claim,
                        related=[(earlier["hostPort"], "the same hostPort")],
                    )


def _numbers(ports: list[ContainerPort]) -> Problems:
    seen: dict[tuple[int, str], list[ContainerPort]] = {}
    for port in ports:
        # Nothing listens any more where an init container did.
        if port.number is None or port.container.role == "init":
            continue
        others = seen.setdefault((port.number, port.protocol), [])
        for other in others:
            problem = _clash(port, other)
            if problem is not None:
                yield problem
                break
        others.append(port)


def _clash(port: ContainerPort, other: ContainerPort) -> Problem | None:
    number = f"port {port.number} ({port.protocol})"
    ours, theirs = _on_host(port), _on_host(other)
    related = [(other["containerPort"], "the same port")]
    if ours[1] and ours == theirs:
        return None  # the hostPort is the mistake
    if port.container is not other.container:
        return port["containerPort"].problem(
            f"{number} is that of {other.container} already; the containers of a pod share an address, so only one can listen",
            claim=Claim.UNINTENDED,
            related=related,
        )
    if not ours[1] or not theirs[1]:
        return port["containerPort"].problem(f"{number} is there twice", claim=Claim.UNINTENDED, related=related)
    if ours[1] == theirs[1] and "" in (ours[0], theirs[0]):
        return port["containerPort"].problem(
            f"{number} is there twice with hostPort {ours[1]}, with a hostIP and without: which goes is left open",
            claim=Claim.UNINTENDED,
            related=related,
        )
    return None


def _on_host(port: ContainerPort) -> tuple[str, int]:
    return port["hostIP"].string or "", port["hostPort"].integer or 0


def _named(earlier: ContainerPort, port: ContainerPort) -> str:
    return "another port" if earlier.container is port.container else str(earlier.container)
