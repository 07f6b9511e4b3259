"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.api import PodSpec, Problems, Project, near, rule

if TYPE_CHECKING:
    from k8slint.api import Node


@rule(on=PodSpec, since="0.1", fixable="safe", source="API reference: PodSpec v1 core, volumes")
def unused_volume(pod: PodSpec, project: Project) -> Problems:
    """A volume of a pod is mounted by none of its containers.

    The pod still waits for it: for a ConfigMap that has to exist, a claim that has to be bound, a disk that has to be
    attached to the node. Most often a mount was forgotten, or was removed and its volume stayed.

    Mount it, or remove it.

    ```yaml bad
    containers:
    - name: web
      image: nginx:1.29
      volumeMounts:
      - name: content
        mountPath: /usr/share/nginx/html
    volumes:
    - name: content
      emptyDir: {}
    - name: old-settings  # <- volume old-settings is mounted by no container
      configMap:
        name: web
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
    volumes: list[tuple[str, Node, bool]] = [(name, volume, True) for name, volume in pod.volumes]
    for claim in pod.claim_templates:
        name = claim["metadata", "name"].string
        if name:
            # Whoever takes a claim out of a StatefulSet that runs has to make it anew.
            volumes.append((name, claim, False))
    if not volumes or not pod["containers"].elements:
        return
    used = {
        mount["name"].string
        for container in pod.containers
        for field in ("volumeMounts", "volumeDevices")
        for mount in container[field]
    }
    unused = [(name, volume, removable) for name, volume, removable in volumes if name not in used]
    if not unused or project.patched(pod.manifest, "volumeMounts", "volumeDevices"):
        return
    known = {name for name, _, _ in volumes}
    for name, volume, removable in unused:
        # Sidecars that are put in later are told by annotations what to mount.
        if any(name in value for value in pod.annotations.values()):
            continue
        # Where a mount misspells it the mount is the mistake.
        if any(mount and mount not in known and near(mount, [name]) for mount in used):
            continue
        place = volume["name"] or volume["metadata", "name"]
        alone = len(pod["volumes"].elements) == 1
        yield place.problem(
            f"volume {name} is mounted by no container",
            fix=(pod["volumes"] if alone else volume).remove() if removable else None,
        )
