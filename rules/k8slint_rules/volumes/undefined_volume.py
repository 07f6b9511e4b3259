"""See the rule."""

from k8slint.api import Claim, PodSpec, Problems, near, rule


@rule(
    on=PodSpec,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation: ValidateVolumeMounts, ValidateVolumeDevices",
        "k8s.io/kubernetes/pkg/apis/apps/validation: ValidatePodTemplateSpecForStatefulSet",
    ),
)
def undefined_volume(pod: PodSpec) -> Problems:
    """A container mounts a volume that its pod does not have.

    A mount names an entry of the pod's `volumes`, or, in a StatefulSet, of its `volumeClaimTemplates`. The API server refuses a pod in which there is
    none of that name. For a StatefulSet it cannot tell: the set is accepted, and then no pod is ever made.

    ```yaml bad
    containers:
    - name: web
      image: nginx:1.29
      volumeMounts:
      - name: contents  # <- volume "contents" is not among the pod's (content), so the pod is refused; did you mean "content"?
        mountPath: /usr/share/nginx/html
    volumes:
    - name: content
      emptyDir: {}
    ```

    ```yaml good
    containers:
    - name: web
      image: nginx:1.29
      volumeMounts:
      - name: content
        mountPath: /usr/share/nginx/html
    volumes:
    - name: content
      emptyDir: {}
    ```
    """
    containers = [container.node for container in pod.containers]
    mounts = [mount for node in containers for field in ("volumeMounts", "volumeDevices") for mount in node[field]]
    if not mounts:
        return
    claims = [claim["metadata", "name"].string for claim in pod.manifest["spec", "volumeClaimTemplates"]]
    known = [name for name, _ in pod.volumes] + [name for name in claims if name]
    stateful = pod.manifest.kind == "StatefulSet"
    for mount in mounts:
        name = mount["name"].string
        if not name or name in known:
            continue
        meant = near(name, known)
        effect = "no pod is ever made" if stateful else "the pod is refused"
        shown = f" ({', '.join(known)})" if known else ", which has none"
        yield mount["name"].problem(
            f'volume "{name}" is not among the pod\'s{shown}, so {effect}' + (f'; did you mean "{meant}"?' if meant else ""),
            claim=Claim.BROKEN if stateful else Claim.REJECTED,
            fix=mount["name"].set(meant) if meant else None,
            safe=False,
            related=[(pod["volumes"], "the pod's volumes")] if pod["volumes"] else (),
        )
