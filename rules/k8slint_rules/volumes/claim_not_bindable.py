"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from k8slint.api import Manifest, Node, Problem, Problems, Project, quantity, rule, selector

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_PATCHABLE = (
    "accessModes",
    "capacity",
    "claimRef",
    "labels",
    "provisioner",
    "selector",
    "storage",
    "storageClassName",
    "volumeMode",
    "volumeName",
    _CLASS_ANNOTATION,
)


class _Claim(NamedTuple):
    """A PersistentVolumeClaim, or the template of a StatefulSet's."""

    manifest: Manifest
    node: Node

    @property
    def storage_class(self) -> Node:
        return _class_of(self.node)

    def named_by(self, volume: Manifest) -> bool:
        """Whether a volume is kept for this claim; a namespace that the claim leaves open may be the one."""
        held = volume["spec", "claimRef"]
        name, namespace = held["name"].string or "", held["namespace"].string
        own = self.node["metadata", "name"].string or ""
        if self.node is not self.manifest.node:
            # Each pod has a claim of its own: data-web-0, data-web-1.
            name, _, ordinal = name.rpartition("-")
            own = f"{own}-{self.manifest.name}" if ordinal.isdigit() else ""
        # Without a namespace it is kept for nobody.
        return name == own and bool(own and namespace) and self.manifest.namespace in ("", namespace)


class _Obstacle(NamedTuple):
    """What keeps a claim from a volume: `asks` says what the claim wants, `has` what the volume is like."""

    node: Node
    asks: str
    has: str
    theirs: Node


@rule(
    on=Manifest,
    since="0.1",
    source=(
        "k8s.io/kubernetes/pkg/controller/volume/persistentvolume/pv_controller.go: syncUnboundClaim, checkVolumeSatisfyClaim",
        "k8s.io/component-helpers/storage/volume/pv_helpers.go: FindMatchingVolume, IsVolumeBoundToClaim",
        "Kubernetes documentation: a claim with a selector is not provisioned dynamically",
    ),
)
def claim_not_bindable(manifest: Manifest, project: Project) -> Problems:
    """A PersistentVolumeClaim cannot be bound to the PersistentVolume that is meant for it.

    A volume describes storage that exists, a claim asks for some. The two are bound only if the volume has what the claim asks
    for: the class, all of its access modes, the volumeMode, at least its size, the labels of its selector, and if no other
    claim is named in its `claimRef`. Until then the claim is Pending and its pods do not start, or the claim is given
    a new volume and this one is never used.

    A volume is meant for a claim that names it in `volumeName`, or that it names in its `claimRef`, or where there is one of
    each. Nothing is provisioned for a claim with a selector, with `storageClassName: ""`, or of a class that says
    `kubernetes.io/no-provisioner`: one of the volumes of its class that are applied with it has to fit. If the config says that
    the input is `complete`, there has to be one; if volumes are made by something in the cluster, name them in `external`.

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
      - ReadWriteMany  # <- the claim asks for ReadWriteMany and PersistentVolume films has ReadWriteOnce, so the two are never bound
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
    for claim in _claims(manifest):
        # One that says it has been bound is bound again as it is.
        if claim.node["metadata", "annotations", "pv.kubernetes.io/bind-completed"]:
            continue
        named = claim.node["spec", "volumeName"].string
        if named:
            yield from _by_name(claim, named, project)
        else:
            yield from _by_match(claim, project)


def _claims(manifest: Manifest) -> Iterator[_Claim]:
    if manifest.kind == "PersistentVolumeClaim" and not manifest.group:
        yield _Claim(manifest, manifest.node)
    if manifest.kind == "StatefulSet" and manifest.builtin:
        for template in manifest["spec", "volumeClaimTemplates"]:
            yield _Claim(manifest, template)


def _class_of(node: Node) -> Node:
    """Where a claim or a volume says its class; the old annotation goes before the field."""
    annotation = node["metadata", "annotations", _CLASS_ANNOTATION]
    return annotation if annotation.string is not None else node["spec", "storageClassName"]


def _by_name(claim: _Claim, name: str, project: Project) -> Problems:
    """The claim wants one volume and no other. Its selector is not looked at then."""
    found = project.find("PersistentVolume", name, claim.manifest, group="", namespace="").found
    # A namesake elsewhere in the tree may be that of another cluster.
    if len(found) != 1 or not project.same_scope(claim.manifest, found[0]):
        return
    volume = found[0]
    held = volume["spec", "claimRef"]
    if held["name"].string:
        # Where each names the other nothing else is compared.
        if claim.named_by(volume):
            return
        owner = str(held["name"])
        if owner == claim.node["metadata", "name"].string:
            owner += f" of namespace {held['namespace']}" if held["namespace"].string else " of no namespace"
        obstacles = [_Obstacle(claim.node["spec", "volumeName"], "", f"is kept for claim {owner}", held["name"])]
    else:
        obstacles = [*_other_class(claim, volume), *_obstacles(claim, volume)]
    yield from _told(claim, volume, obstacles, project)


def _by_match(claim: _Claim, project: Project) -> Problems:
    """The claim takes what fits: a volume that is kept for it, if there is one, else any."""
    together = [volume for volume in project.together(claim.manifest, "PersistentVolume") if not volume.group]
    own = [volume for volume in together if claim.named_by(volume)]
    if own:
        # Neither class nor selector are compared.
        if len(own) == 1:
            yield from _told(claim, own[0], list(_obstacles(claim, own[0])), project)
        return
    static = _is_static(claim, project)
    pair = len(together) == 1 and project.together(claim.manifest, "PersistentVolumeClaim") == [claim.manifest]
    if not (static or pair):
        return
    candidates = [volume for volume in together if _is_free(volume, project)]
    of_class = [volume for volume in candidates if not any(_other_class(claim, volume))]
    if not (pair and static):
        candidates = of_class
    if not candidates:
        if static and not together:
            yield from _none_there(claim, project)
        return
    if project.broken or any(
        _is_free(volume, project) and not any(_all_obstacles(claim, volume))
        for volume in project.all("PersistentVolume", "")
    ):
        return
    if len(candidates) == 1:
        yield from _told(claim, candidates[0], list(_all_obstacles(claim, candidates[0])), project)
    elif not _is_patched(claim, candidates, project):
        yield _of_several(claim, candidates)


def _is_static(claim: _Claim, project: Project) -> bool:
    """Whether nothing is provisioned for the claim, so that there has to be a volume."""
    storage_class = claim.storage_class.string
    if storage_class == "" or claim.node["spec", "selector"]:
        return True
    if storage_class is None:
        return False
    found = project.find("StorageClass", storage_class, claim.manifest, group="storage.k8s.io", namespace="").found
    return bool(found) and all(each["provisioner"].string == "kubernetes.io/no-provisioner" for each in found)


def _is_free(volume: Manifest, project: Project) -> bool:
    """Whether no claim is named by the volume, nor names it."""
    return not volume["spec", "claimRef", "name"].string and volume.name not in project.once(_wanted)


def _wanted(project: Project) -> frozenset[str]:
    """The volumes that claims name."""
    claims = project.all("PersistentVolumeClaim", "")
    return frozenset(claim["spec", "volumeName"].string or "" for claim in claims)


def _told(claim: _Claim, volume: Manifest, obstacles: list[_Obstacle], project: Project) -> Problems:
    if not obstacles or _is_patched(claim, [volume], project):
        return
    for node, asks, has, theirs in obstacles:
        reason = f"{asks} and {volume} {has}" if asks else f"{volume} {has}"
        yield node.problem(
            f"{reason}, so the two are never bound", related=[(theirs or volume["metadata", "name"], str(volume))]
        )


def _is_patched(claim: _Claim, volumes: list[Manifest], project: Project) -> bool:
    return any(project.patched(each, *_PATCHABLE) for each in (claim.manifest, *volumes))


def _of_several(claim: _Claim, volumes: list[Manifest]) -> Problem:
    first = [(volume, next(_all_obstacles(claim, volume))) for volume in volumes]
    shown = ", ".join(f"{volume.name} {obstacle.has}" for volume, obstacle in first[:3])
    places = {obstacle.node for _, obstacle in first}
    place = places.pop() if len(places) == 1 else claim.node["metadata", "name"]
    return place.problem(
        f"none of the {len(volumes)} PersistentVolumes that are applied with the claim fits it, so it stays Pending: "
        f"{shown}{', ...' if len(first) > 3 else ''}",
        related=[(obstacle.theirs or volume["metadata", "name"], str(volume)) for volume, obstacle in first],
    )


def _none_there(claim: _Claim, project: Project) -> Problems:
    wanted = claim.storage_class.string
    if not project.complete or project.broken or wanted is None:
        return
    outside = [pattern for pattern in project.external if pattern.startswith("PersistentVolume/")]
    project.used_external.update(outside)
    volumes = project.all("PersistentVolume", "")
    if outside or any(_is_free(volume, project) and not any(_other_class(claim, volume)) for volume in volumes):
        return
    if not _is_patched(claim, volumes, project):
        kind = f'of class "{wanted}"' if wanted else "without a class"
        yield claim.storage_class.problem(
            f"no free PersistentVolume {kind} is in the input and none is made for the claim, so it stays Pending"
        )


def _other_class(claim: _Claim, volume: Manifest) -> Iterator[_Obstacle]:
    wanted, given = claim.storage_class, _class_of(volume.node)
    # One that the claim leaves out may become the cluster's default.
    if wanted.string is not None and (given.string or "") != wanted.string:
        asks = f'the claim is of class "{wanted}"' if wanted.string else "the claim is of no class"
        yield _Obstacle(wanted, asks, f'is of class "{given}"' if given.string else "is of none", given)


def _obstacles(claim: _Claim, volume: Manifest) -> Iterator[_Obstacle]:
    """What stands in the way, whatever the volume is found by."""
    asked, given = claim.node["spec"], volume["spec"]
    modes = [mode.string for mode in given["accessModes"] if mode.string]
    for mode in asked["accessModes"] if modes else ():
        if mode.string and mode.string not in modes:
            yield _Obstacle(mode, f"the claim asks for {mode}", f"has {', '.join(modes)}", given["accessModes"])
    size, capacity = asked["resources", "requests", "storage"], given["capacity", "storage"]
    needed, there = quantity.amount(size.value), quantity.amount(capacity.value)
    if needed is not None and there is not None and there < needed:
        yield _Obstacle(size, f"the claim asks for {size}", f"has {capacity}", capacity)
    ours, theirs = (spec["volumeMode"].string or "Filesystem" for spec in (asked, given))
    if ours != theirs:
        yield _Obstacle(asked["volumeMode"], f"the claim is for a {ours}", f"is a {theirs}", given["volumeMode"])


def _all_obstacles(claim: _Claim, volume: Manifest) -> Iterator[_Obstacle]:
    """What stands in the way of a volume that is only one of many."""
    yield from _other_class(claim, volume)
    yield from _obstacles(claim, volume)
    wanted = claim.node["spec", "selector"]
    if selector.matches(wanted, volume.labels) is False:
        lacking = [
            (key, value) for key, value in wanted["matchLabels"].items() if volume.labels.get(key) != value.string
        ]
        labels = ", ".join(f"{key}: {value}" for key, value in volume.labels.items())
        node = lacking[0][1] if lacking else wanted["matchExpressions"]
        asks = f"selects {lacking[0][0]}: {lacking[0][1]}" if lacking else "selects by matchExpressions"
        has = f"has {labels}" if labels else "has no labels"
        yield _Obstacle(node, f"the claim {asks}", has, volume["metadata", "labels"])
