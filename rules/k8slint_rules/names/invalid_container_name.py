"""See the rule."""

from k8slint.api import Change, Claim, Node, PodSpec, Problems, names, rule


@rule(
    on=PodSpec,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/kubernetes/pkg/apis/core/validation/validation.go: validateContainerCommon, validateInitContainers",
)
def invalid_container_name(pod: PodSpec) -> Problems:
    """The name of a container breaks its syntax, or two containers of a pod have the same.

    It is a DNS label: lowercase letters, digits and dashes, a letter or digit at both ends, up to 63 characters. All
    containers of a pod have different names, init containers and sidecars among them.

    ```yaml bad
    containers:
    - name: Web_App  # <- container name "Web_App" is invalid: a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character
      image: web:1.0
    ```

    ```yaml good
    containers:
    - name: web-app
      image: web:1.0
    ```
    """
    claim = None if pod.manifest.builtin else Claim.BROKEN
    seen: dict[str, Node] = {}
    # In this order the server compares the names.
    for field in ("containers", "initContainers", "ephemeralContainers"):
        for container in pod[field]:
            node = container["name"]
            name = node.string
            if not name:
                continue
            if name in seen:
                yield node.problem(
                    f'container name "{name}" is taken, and the containers of a pod have different names',
                    claim=claim,
                    related=[(seen[name], "also named so")],
                )
            else:
                seen[name] = node
            reason = names.label(name)
            if reason:
                yield node.problem(
                    f'container name "{names.shown(name)}" is invalid: {reason}',
                    claim=claim,
                    fix=_renamed(pod, name),
                    safe=False,
                )


def _renamed(pod: PodSpec, name: str) -> list[Change]:
    """The changes that give a container another name; none where that is taken."""
    proposal = names.proposal(name, "label")
    containers = [container["name"] for container in pod.containers]
    if not proposal or any(node.string == proposal for node in containers):
        return []
    return [node.set(proposal) for node in containers if node.string == name]
