"""See the rule."""

from k8slint.api import Change, Claim, Node, PodSpec, Problems, names, rule


@rule(
    on=PodSpec,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/kubernetes/pkg/apis/core/validation/validation.go: ValidateVolumes",
)
def invalid_volume_name(pod: PodSpec) -> Problems:
    """The name of a volume breaks its syntax, or two volumes of a pod have the same.

    It is a DNS label: lowercase letters, digits and dashes, a letter or digit at both ends, up to 63 characters. The fix
    renames the mounts with it.

    ```yaml bad
    containers:
    - name: web
      image: web:1.0
      volumeMounts:
      - name: web.cache
        mountPath: /cache
    volumes:
    - name: web.cache  # <- volume name "web.cache" is invalid: must not contain dots
      emptyDir: {}
    ```

    ```yaml good
    containers:
    - name: web
      image: web:1.0
      volumeMounts:
      - name: web-cache
        mountPath: /cache
    volumes:
    - name: web-cache
      emptyDir: {}
    ```
    """
    manifest = pod.manifest
    claim = None if manifest.builtin else Claim.BROKEN
    # The server puts claim templates before the volumes, in place of those of the same name.
    templates = set()
    if (manifest.group, manifest.kind) == ("apps", "StatefulSet"):
        templates = {template["metadata", "name"].string for template in manifest.node["spec", "volumeClaimTemplates"]}
    position = len(templates)
    seen: dict[str, Node] = {}
    for volume in pod["volumes"]:
        node = volume["name"]
        name = node.string
        if name in templates:
            continue
        field = pod["volumes", position, "name"] if templates else node
        position += 1
        if not name:
            continue
        if name in seen:
            yield node.problem(
                f'volume name "{name}" is taken, and the volumes of a pod have different names',
                claim=claim,
                related=[(seen[name], "also named so")],
                field=field,
            )
        else:
            seen[name] = node
        reason = names.label(name)
        if reason:
            yield node.problem(
                f'volume name "{names.shown(name)}" is invalid: {reason}',
                claim=claim,
                fix=_renamed(pod, name),
                safe=False,
                field=field,
            )


def _renamed(pod: PodSpec, name: str) -> list[Change]:
    """The changes that give a volume another name; none where that is taken."""
    proposal = names.proposal(name, "label")
    volumes = [volume["name"] for _, volume in pod.volumes]
    if not proposal or any(node.string == proposal for node in volumes):
        return []
    uses = [
        use["name"]
        for container in pod.containers
        for field in ("volumeMounts", "volumeDevices")
        for use in container[field]
    ]
    return [node.set(proposal) for node in (*volumes, *uses) if node.string == name]
