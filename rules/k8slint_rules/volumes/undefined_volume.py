"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, PodSpec, Problems, Settings, near, rule


@rule(
    on=PodSpec,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation/validation.go: ValidateVolumeMounts, ValidateVolumeDevices",
        "k8s.io/kubernetes/pkg/apis/apps/validation/validation.go: ValidatePodTemplateSpecForStatefulSet",
    ),
)
def undefined_volume(pod: PodSpec, settings: Settings) -> Problems:
    """A container mounts a volume that its pod does not have.

    A mount names an entry of the pod's `volumes`, or, in a StatefulSet, of its `volumeClaimTemplates`. The API server
    refuses a pod in which there is none of that name. Before Kubernetes 1.34 it did not look into a StatefulSet: the set
    was accepted, and then no pod was ever made. So it is to this day with kinds that are not Kubernetes' own.

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
    claims = (claim["metadata", "name"].string for claim in pod.claim_templates)
    known = [name for name, _ in pod.volumes] + [name for name in claims if name]
    for mount in mounts:
        name = mount["name"].string
        if not name or name in known:
            continue
        meant = near(name, known)
        claim = pod.fate(settings.minor)
        effect = "the pod is refused" if claim is Claim.REJECTED else "no pod is ever made"
        shown = f" ({', '.join(known)})" if known else ", which has none"
        yield mount["name"].problem(
            f'volume "{name}" is not among the pod\'s{shown}, so {effect}'
            + (f'; did you mean "{meant}"?' if meant else ""),
            claim=claim,
            fix=mount["name"].set(meant) if meant else None,
            safe=False,
            related=[(pod["volumes"], "the pod's volumes")] if pod["volumes"] else (),
        )
