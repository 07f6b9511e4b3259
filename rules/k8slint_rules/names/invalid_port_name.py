"""See the rule."""

from k8slint.api import Claim, Container, Handler, Manifest, Node, Problems, names, rule


@rule(
    on=(Manifest, Container, Handler),
    since="0.1",
    fixable="safe",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation/validation.go: validateContainerPorts, ValidatePortNumOrName, validateServicePort",
        "k8s.io/apimachinery/pkg/util/validation/validation.go: IsValidPortName",
    ),
)
def invalid_port_name(view: Manifest | Container | Handler) -> Problems:
    """The name of a port breaks its syntax.

    The port of a container has up to 15 lowercase letters, digits and dashes, one letter at least, and neither two dashes
    in a row nor one at an end. Whatever names it, a probe, an Ingress or a NetworkPolicy, is held to the same. The ports of
    a Service have longer names: DNS labels of up to 63 characters.

    A number in quotes is a name too, and never a valid one; the fix takes the quotes off.

    ```yaml bad
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: web:1.0
        ports:
        - name: prometheus-metrics  # <- port name "prometheus-metrics" is invalid: must be no more than 15 characters
          containerPort: 9090
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
        ports:
        - name: metrics
          containerPort: 9090
    ```
    """
    if isinstance(view, Container):
        claim = None if view.manifest.builtin else Claim.BROKEN
        for port in view.ports:
            yield from _named(port["name"], claim)
    elif isinstance(view, Handler):
        yield from _named(view.port, None if view.manifest.builtin else Claim.BROKEN)
    else:
        for path in _LABELS.get((view.group, view.kind), ()):
            for node in view.node.each(path):
                reason = names.label(node.string) if node.string else ""
                if reason:
                    yield node.problem(f'port name "{names.shown(node.string or "")}" is invalid: {reason}')
        for path in _NAMES.get((view.group, view.kind), ()):
            for node in view.node.each(path):
                yield from _named(node)
        if (view.group, view.kind) == ("", "Service"):
            for node in view.node.each("spec.ports.*.targetPort"):
                # A number in quotes is for a rule of its own.
                if not (node.string or "").isdecimal():
                    yield from _named(node)


_LABELS = {
    ("", "Service"): ["spec.ports.*.name"],
    ("", "Endpoints"): ["subsets.*.ports.*.name"],
    ("discovery.k8s.io", "EndpointSlice"): ["ports.*.name"],
}
_NAMES = {
    ("networking.k8s.io", "Ingress"): [
        "spec.defaultBackend.service.port.name",
        "spec.rules.*.http.paths.*.backend.service.port.name",
    ],
    ("networking.k8s.io", "NetworkPolicy"): ["spec.ingress.*.ports.*.port", "spec.egress.*.ports.*.port"],
}


def _named(node: Node, claim: Claim | None = None) -> Problems:
    """A name of a container's port; whatever else stands here is a number, or for other rules."""
    name = node.string
    reason = names.port_name(name) if name else ""
    if reason:
        number = name if name and name.isascii() and name.isdecimal() and not name.startswith("0") else ""
        yield node.problem(
            f'port name "{names.shown(node.string or "")}" is invalid: {reason}',
            claim=claim,
            fix=node.set(int(number)) if number and node.key == "port" else None,
        )
