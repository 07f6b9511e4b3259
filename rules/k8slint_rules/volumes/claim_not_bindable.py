"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.api import Manifest, Problems, Project, quantity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.api import Node


@rule(
    on=Manifest,
    since="0.1",
    source=(
        "k8s.io/kubernetes/pkg/controller/volume/persistentvolume/pv_controller.go: checkVolumeSatisfyClaim",
        "k8s.io/component-helpers/storage/volume/pv_helpers.go: FindMatchingVolume",
    ),
)
def claim_not_bindable(claim: Manifest, project: Project) -> Problems:
    """A PersistentVolumeClaim cannot be bound to the PersistentVolume that is meant for it.

    A volume describes storage that exists, a claim asks for some. A claim with `volumeName`, or one that a volume names in
    its `claimRef`, is bound to that volume only, and only if the volume has what the claim asks for: the class, all of its
    access modes, the volumeMode and at least its size. Until then the claim is Pending and its pods do not start.

    ```yaml bad
    apiVersion: v1
    kind: PersistentVolume
    metadata:
      name: films
    spec:
      storageClassName: ""
      capacity:
        storage: 10Gi
      accessModes: [ReadWriteOnce]
      nfs:
        server: files.example.com
        path: /films
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: films
    spec:
      storageClassName: ""
      volumeName: films
      accessModes:
      - ReadWriteMany  # <- the claim asks for ReadWriteMany, which PersistentVolume films does not have, so the two are never bound
      resources:
        requests:
          storage: 10Gi
    ```

    ```yaml good
    apiVersion: v1
    kind: PersistentVolume
    metadata:
      name: films
    spec:
      storageClassName: ""
      capacity:
        storage: 10Gi
      accessModes: [ReadWriteMany]
      nfs:
        server: files.example.com
        path: /films
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: films
    spec:
      storageClassName: ""
      volumeName: films
      accessModes:
      - ReadWriteMany
      resources:
        requests:
          storage: 10Gi
    ```
    """
    if claim.kind != "PersistentVolumeClaim" or claim.group or not claim.name:
        return
    volume = _meant(claim, project)
    if volume is None:
        return
    differing = list(_differing(claim, volume))
    if not differing:
        return
    fields = ("storageClassName", "accessModes", "volumeMode", "storage", "capacity", "claimRef", "volumeName")
    if project.patched(claim, *fields) or project.patched(volume, *fields):
        return
    for node, reason, theirs in differing:
        yield node.problem(
            f"{reason}, so the two are never bound", related=[(theirs or volume["metadata", "name"], str(volume))]
        )


def _meant(claim: Manifest, project: Project) -> Manifest | None:
    """The one volume that the claim names, or that names the claim."""
    named = claim["spec", "volumeName"].string
    if named:
        found = project.find("PersistentVolume", named, claim, group="", namespace="").found
    else:
        found = tuple(
            volume
            for volume in project.together(claim, "PersistentVolume")
            if volume["spec", "claimRef", "name"].string == claim.name and _same_namespace(volume, claim)
        )
    if len(found) != 1 or found[0].group:
        return None
    # A namesake elsewhere in the tree may be that of another cluster.
    return found[0] if project.same_scope(claim, found[0]) else None


def _same_namespace(volume: Manifest, claim: Manifest) -> bool:
    return volume["spec", "claimRef", "namespace"].string == claim.namespace


def _differing(claim: Manifest, volume: Manifest) -> Iterator[tuple[Node, str, Node]]:
    """What stands in the way: the claim's node, the reason, the volume's node."""
    asked, given = claim["spec"], volume["spec"]
    wanted = asked["storageClassName"]
    # One that the claim leaves out may become the cluster's default.
    if (
        wanted.string is not None
        and (given["storageClassName"].string or "") != wanted.string
        and not _annotated(claim, volume)
    ):
        theirs = given["storageClassName"].string
        has = f"is of {theirs}" if theirs else "is of none"
        yield wanted, f'the claim is of class "{wanted}" and {volume} {has}', given["storageClassName"]
    modes = {mode.string for mode in given["accessModes"]}
    for mode in asked["accessModes"] if modes else ():
        if mode.string and mode.string not in modes:
            yield mode, f"the claim asks for {mode}, which {volume} does not have", given["accessModes"]
    size, capacity = asked["resources", "requests", "storage"], given["capacity", "storage"]
    needed, there = quantity.amount(size.value), quantity.amount(capacity.value)
    if needed is not None and there is not None and there < needed:
        yield size, f"the claim asks for {size}, and {volume} has {capacity}", capacity
    kinds = [spec["volumeMode"].string or "Filesystem" for spec in (asked, given)]
    if kinds[0] != kinds[1]:
        yield (
            asked["volumeMode"] or claim["metadata", "name"],
            f"the claim is for a {kinds[0]} and {volume} is a {kinds[1]}",
            given["volumeMode"],
        )
    holder = given["claimRef", "name"]
    if holder.string and holder.string != claim.name:
        yield asked["volumeName"], f"{volume} is kept for claim {holder}", holder


def _annotated(claim: Manifest, volume: Manifest) -> bool:
    """Whether one says its class by the old annotation, which goes before the field."""
    return any("volume.beta.kubernetes.io/storage-class" in each.annotations for each in (claim, volume))
