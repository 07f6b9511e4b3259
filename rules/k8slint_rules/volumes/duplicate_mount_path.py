"""See the rule."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from k8slint.api import Claim, Container, Mount, Problems, Settings, rule

if TYPE_CHECKING:
    from k8slint.api import Node


@rule(
    on=Container,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation/validation.go: ValidateVolumeMounts, ValidateVolumeDevices",
        "containerd and CRI-O mount in the order of depth: orderedMounts",
        "kubernetes/kubernetes issue 121294",
    ),
)
def duplicate_mount_path(container: Container, settings: Settings) -> Problems:
    """Two mounts of a container are at the same place, or one is in the way of another.

    A place in the container's file system shows one volume. The API server refuses two mounts with the same mountPath. It
    compares letters: `/data` and `/data/` are two paths to it and one to the kernel, so the later mount hides the earlier.

    Mounts below one another are fine, and the order of the list makes no difference to containerd and CRI-O, which mount
    the shallow ones first. Still the outer one is best written first, for readers and for other runtimes. Below an emptyDir
    that is mounted readOnly nothing can be mounted: the folder to mount on is not there, and cannot be made.

    ```yaml bad
    name: web
    image: nginx:1.29
    volumeMounts:
    - name: content
      mountPath: /srv
    - name: uploads
      mountPath: /srv  # <- mountPath "/srv" is that of volume content already, so the pod is refused
    ```

    ```yaml good
    name: web
    image: nginx:1.29
    volumeMounts:
    - name: content
      mountPath: /srv
    - name: uploads
      mountPath: /srv/uploads
    ```
    """
    mounts = [node for node in container.mounts if node["mountPath"].string]
    devices = [node for node in container["volumeDevices"] if node["devicePath"].string]
    if len(mounts) + len(devices) < 2:
        return
    claim = container.pod.fate(settings.minor)
    effect = "the pod is refused" if claim is Claim.REJECTED else "no pod is ever made"
    exact: dict[str, Node] = {}
    for field, nodes in (("mountPath", mounts), ("devicePath", devices)):
        for node in nodes:
            path = node[field].string or ""
            first = exact.setdefault(path, node)
            if first is not node:
                yield node[field].problem(
                    f'{field} "{path}" is that of volume {first["name"]} already, so {effect}',
                    claim=claim,
                    related=[(first, f"volume {first['name']} is mounted here")],
                )
    yield from _hidden(container, [node for path, node in exact.items() if "mountPath" in node])


def _hidden(container: Container, mounts: list[Node]) -> Problems:
    """Mounts that only differ in how their path is written, or are below one another."""
    seen: dict[str, Node] = {}
    late: dict[int, Node] = {}
    places = [posixpath.normpath("/" + (node["mountPath"].string or "").lstrip("/")) for node in mounts]
    positions = {place: position for position, place in reversed(list(enumerate(places)))}
    for position, (place, node) in enumerate(zip(places, mounts, strict=True)):
        first = seen.setdefault(place, node)
        if first is not node:
            yield node["mountPath"].problem(
                f'mountPath "{node["mountPath"]}" is the same place as "{first["mountPath"]}", so it hides volume {first["name"]}',
                claim=Claim.UNINTENDED,
                related=[(first, f"volume {first['name']} is mounted here")],
            )
            continue
        outer = posixpath.dirname(place)
        while outer not in positions and outer != "/":
            outer = posixpath.dirname(outer)
        above = positions.get(outer)
        if above is None or outer == place:
            continue
        if _closed(container, mounts[above]):
            yield node["mountPath"].problem(
                f'mountPath "{node["mountPath"]}" is below {mounts[above]["mountPath"]}, an empty volume that is mounted readOnly, '
                "so the container cannot start",
                claim=Claim.UNINTENDED,
                related=[(mounts[above], f"volume {mounts[above]['name']} is mounted here")],
            )
        elif above > position:
            late.setdefault(above, node)
    for above, inner in late.items():
        path = mounts[above]["mountPath"]
        yield path.problem(
            f'mountPath "{path}" comes after {inner["mountPath"]}, which is below it; '
            "a runtime that mounts in this order hides the inner volume",
            claim=Claim.ADVICE,
            related=[(inner, f"volume {inner['name']} is mounted here")],
        )


def _closed(container: Container, node: Node) -> bool:
    """Whether a mount shows an emptyDir in which nobody can have made a folder."""
    mount = Mount(node, container)
    if mount["readOnly"].boolean is not True or mount.partial or mount.source[0] != "emptyDir":
        return False
    users = [other for each in container.pod.containers for other in each.mounts if other["name"].string == mount.name]
    return all(other["readOnly"].boolean is True for other in users)
