"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Container, Handler, Node, Problem, Problems, names, rule


@rule(
    on=(Handler, Container),
    since="0.1",
    claim=Claim.REJECTED,
    fixable="safe",
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation: validateProbe, validateLivenessProbe, validateReadinessProbe, validateStartupProbe",
        "k8s.io/kubernetes/pkg/apis/core/validation: validateHandler, validateLifecycle, validateInitContainers",
    ),
)
def invalid_probe(view: Handler | Container) -> Problems:
    """A probe or lifecycle hook is one that the API server refuses.

    A probe asks in one way: `httpGet`, `tcpSocket`, `grpc` or `exec`, and a hook likewise. Ports are 1 to 65535. A liveness or startup probe is content with one success. Only what restarts the container may have a
    `terminationGracePeriodSeconds` of its own. Init containers have neither probes nor hooks, unless they are sidecars with `restartPolicy:
    Always`.

    ```yaml bad
    name: web
    image: shop:1.0
    livenessProbe:
      httpGet:
        path: /healthz
        port: 8080
      successThreshold: 2  # <- successThreshold of a livenessProbe must be 1, so the pod is refused
    ```

    ```yaml good
    name: web
    image: shop:1.0
    livenessProbe:
      httpGet:
        path: /healthz
        port: 8080
      successThreshold: 1
    ```
    """
    container = view if isinstance(view, Container) else view.container
    if container.pod.probed:
        return
    problems = _lifecycle(view) if isinstance(view, Container) else _handler(view)
    for problem in problems:
        # Custom resources are checked by a controller or webhook of their own, if at all.
        yield problem if view.manifest.builtin else problem._replace(claim=Claim.BROKEN)


def _lifecycle(container: Container) -> Problems:
    lifecycle = container["lifecycle"]
    if not lifecycle.is_mapping:
        return
    if container.role in ("init", "ephemeral"):
        yield _forbidden(lifecycle, container)
        return
    signal, system = lifecycle["stopSignal"], container.pod["os", "name"].string
    if signal.string and not container.pod["os"]:
        yield signal.problem("stopSignal needs the pod's os.name to be set, so the pod is refused")
    elif signal.string and system == "windows" and signal.string not in ("SIGKILL", "SIGTERM"):
        yield signal.problem(
            f"stopSignal {signal} does not exist on Windows, so the pod is refused; SIGKILL and SIGTERM do"
        )


def _forbidden(node: Node, container: Container) -> Problem:
    kind = (
        "an ephemeral container" if container.role == "ephemeral" else "an init container without restartPolicy Always"
    )
    return node.problem(f"{node.key} may not be set for {kind}, so the pod is refused", at="key")


def _handler(handler: Handler) -> Problems:
    is_probe = handler.field.endswith("Probe")
    if handler.container.role in ("init", "ephemeral"):
        if is_probe:
            yield _forbidden(handler.node, handler.container)
        return
    kinds = ("exec", "httpGet", "tcpSocket", "grpc" if is_probe else "sleep")
    actions = [handler[kind] for kind in kinds if handler[kind]]
    if actions:
        first = actions[0]
        yield from _sleep(handler, first) if first.key == "sleep" else _request(first)
    else:
        yield handler.problem(f"{handler} has none of {', '.join(kinds)}, so the pod is refused")
    for other in actions[1:]:
        yield other.problem(
            f"{handler} has {other.key} beside {actions[0].key}, so the pod is refused; it may have one of them",
            at="key",
            related=[(actions[0], f"{actions[0].key} of the same {handler}")],
        )
    if is_probe:
        yield from _numbers(handler)


def _request(action: Node) -> Problems:
    # What is wrong with a name of a port, invalid-port-name says.
    port = action["port"].integer
    if port is not None and not 1 <= port <= 65535:
        yield action["port"].problem(f"port {port} is not between 1 and 65535, so the pod is refused")
    for header in action["httpHeaders"]:
        name = header["name"].string
        reason = names.http_header(name) if name else ""
        if reason:
            yield header["name"].problem(f'header "{name}" is invalid: {reason}', field=action["httpHeaders"])
    if action["protocol"].string == "HTTP2":
        if action["scheme"].string not in (None, "", "HTTP"):
            yield action["protocol"].problem("protocol HTTP2 goes with scheme HTTP only, so the pod is refused")
        elif action["host"].string:
            yield action["host"].problem("host must be empty with protocol HTTP2, so the pod is refused")


def _sleep(handler: Handler, action: Node) -> Problems:
    seconds, written = action["seconds"].integer, handler.container.pod["terminationGracePeriodSeconds"]
    grace = written.integer if written else 30
    # What is wrong with the grace period itself, other rules say.
    if seconds is None or grace is None or grace < 0:
        return
    related = [(written, "the grace period")]
    if seconds < 0:
        reason = "is negative"
    elif seconds <= grace:
        return
    elif written:
        reason = f"is longer than the pod's terminationGracePeriodSeconds ({grace})"
    else:
        reason = (
            f"is longer than the {grace} seconds that a pod has to stop where terminationGracePeriodSeconds is not set"
        )
        related = []
    yield action["seconds"].problem(
        f"a sleep of {seconds} seconds {reason}, so the pod is refused", field=action, related=related
    )


def _numbers(handler: Handler) -> Problems:
    for field in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        number = handler[field].integer
        if number is not None and number < 0:
            yield handler[field].problem(f"{field} is negative, so the pod is refused")
    successes, grace = handler["successThreshold"], handler["terminationGracePeriodSeconds"]
    # 0 is the default, which is 1.
    if handler.field != "readinessProbe" and (successes.integer or 1) > 1:
        yield successes.problem(
            f"successThreshold of a {handler} must be 1, so the pod is refused", fix=successes.set(1)
        )
    if handler.field == "readinessProbe" and grace.integer is not None:
        yield grace.problem(
            "terminationGracePeriodSeconds may not be set for a readinessProbe, which stops nothing, so the pod is refused",
            fix=grace.remove(),
        )
    elif grace.integer is not None and grace.integer <= 0:
        yield grace.problem("terminationGracePeriodSeconds of a probe must be greater than 0, so the pod is refused")
