"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.api import PodSpec, Problems, Project, Workload, rule

if TYPE_CHECKING:
    from k8slint.api import Manifest, Node

_SINGLE = {"ReadWriteOnce", "ReadWriteOncePod"}
# Volumes that no node has to attach: several can use them, whatever the access modes say.
_NOT_ATTACHED = ("hostPath", "local", "nfs", "cephfs", "glusterfs", "azureFile")
# Labels that many nodes share.
_COMMON_LABELS = {
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/arch",
}


@rule(
    on=Workload,
    since="0.1",
    source=(
        "API reference: PersistentVolumeClaim v1 core, accessModes",
        "k8s.io/kubernetes/pkg/volume/util/util.go: IsMultiAttachAllowed",
        "k8s.io/kubernetes/pkg/controller/deployment/util/deployment_util.go: ResolveFenceposts",
    ),
)
def single_writer_shared(workload: Workload, project: Project) -> Problems:
    """Several pods of a workload mount a volume that only one node, or one pod, can use at a time.

    A ReadWriteOnce volume is attached to one node, a ReadWriteOncePod volume belongs to one pod. Pods that are placed on
    another node wait for it and never start. The replicas of a Deployment share its claims: each wants the same volume.

    With one replica it happens at an update: a Deployment that updates by RollingUpdate starts the new pod first and stops
    the old one when the new one is ready. On another node the new pod waits for the volume, which the old one holds.

    Use the strategy Recreate for one replica. For several give each its own volume, by `volumeClaimTemplates` of a
    StatefulSet, or use storage that can be ReadWriteMany.

    ```yaml bad
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
    spec:
      accessModes: [ReadWriteOnce]
      resources:
        requests:
          storage: 1Gi
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: db
    spec:
      selector:
        matchLabels:
          app: db
      template:
        metadata:
          labels:
            app: db
        spec:
          containers:
          - name: db
            image: postgres:17
            volumeMounts:
            - name: data
              mountPath: /var/lib/postgresql/data
          volumes:
          - name: data
            persistentVolumeClaim:
              claimName: data  # <- claim data is ReadWriteOnce, and RollingUpdate starts the new pod before the old one stops; on another node it waits for the volume forever
    ```

    ```yaml good
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
    spec:
      accessModes: [ReadWriteOnce]
      resources:
        requests:
          storage: 1Gi
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: db
    spec:
      strategy:
        type: Recreate
      selector:
        matchLabels:
          app: db
      template:
        metadata:
          labels:
            app: db
        spec:
          containers:
          - name: db
            image: postgres:17
            volumeMounts:
            - name: data
              mountPath: /var/lib/postgresql/data
          volumes:
          - name: data
            persistentVolumeClaim:
              claimName: data
    ```
    """
    replicas = workload.replicas
    if not replicas or not workload.endless:
        return
    rolling = replicas == 1
    if rolling and not _overlaps(workload):
        return
    for pod in workload.pods:
        for _, volume in pod.volumes:
            name = volume["persistentVolumeClaim", "claimName"]
            if not name.string:
                continue
            claim = _single_writer(name.string, workload, project)
            if claim is None:
                continue
            exclusive = claim["spec", "accessModes"][0].string == "ReadWriteOncePod"
            # Pods that are kept on one node share what is attached there.
            if not exclusive and (_pinned(pod) or _local(claim, project)):
                continue
            if project.patched(workload.manifest, "replicas", "strategy", "volumes", "affinity", "nodeSelector"):
                return
            mode = claim["spec", "accessModes"][0].string
            where = "" if exclusive else "on another node "
            if rolling:
                message = (
                    f"claim {name} is {mode}, and RollingUpdate starts the new pod before the old one stops; "
                    f"{where}it waits for the volume forever"
                )
                strategy = workload["spec", "strategy"]
                place = (
                    (strategy, "the strategy")
                    if strategy
                    else (workload["kind"], "the strategy is RollingUpdate unless it says otherwise")
                )
            else:
                others = "all pods but one never start" if exclusive else "pods on another node never start"
                message = f"claim {name} is {mode}, and {replicas} replicas share it; {others}"
                place = (workload["spec", "replicas"], "how many pods share it")
            yield name.problem(message, related=[(claim["spec", "accessModes"], f"{claim}"), place])


def _overlaps(workload: Workload) -> bool:
    """Whether an update of one replica runs the new pod and the old one side by side, until the new one is ready."""
    if workload.manifest.kind != "Deployment" or workload.manifest.group != "apps":
        return False
    strategy = workload["spec", "strategy"]
    kind = strategy["type"]
    if (strategy and not strategy.is_mapping) or (kind and kind.string != "RollingUpdate"):
        return False
    surge = _share(strategy["rollingUpdate", "maxSurge"], up=True)
    unavailable = _share(strategy["rollingUpdate", "maxUnavailable"], up=False)
    # Where neither allows anything, the server lets one be unavailable.
    return bool(surge) and unavailable == 0


def _share(node: Node, *, up: bool) -> int | None:
    """How many of one pod a number or percentage is; the default is 25%, None for what is neither."""
    if not node:
        return 1 if up else 0
    number = node.integer
    if number is not None:
        return number
    digits = (node.string or "").removesuffix("%")
    if digits == node.string or not (digits.isascii() and digits.isdigit()):
        return None
    return -(-int(digits) // 100) if up else int(digits) // 100


def _single_writer(name: str, workload: Workload, project: Project) -> Manifest | None:
    """The claim of a name, where it is known to be for one node or pod."""
    lookup = project.find("PersistentVolumeClaim", name, workload, group="")
    if not lookup or len(lookup.found) != 1:
        return None
    claim = lookup.found[0]
    modes = [mode.string for mode in claim["spec", "accessModes"]]
    if len(modes) != 1 or modes[0] not in _SINGLE or project.patched(claim, "accessModes", "storageClassName"):
        return None
    return claim


def _pinned(pod: PodSpec) -> bool:
    """Whether the pods may all be on one node."""
    affinity = pod["affinity"]
    return bool(
        pod["nodeName"]
        or affinity["nodeAffinity"]
        or affinity["podAffinity"]
        or any(label not in _COMMON_LABELS for label, _ in pod["nodeSelector"].items())
    )


def _local(claim: Manifest, project: Project) -> bool:
    """Whether the claim's volume is, or may be, of a node's own or of a file server's: then pods go where it is, or it is everywhere."""
    wanted = claim["spec", "storageClassName"].string
    if wanted and any(word in wanted.lower() for word in ("local", "hostpath", "nfs", "efs", "manual")):
        return True
    for storage in project.named("StorageClass", wanted) if wanted else ():
        provisioner = (storage["provisioner"].string or "").lower()
        if any(word in provisioner for word in ("no-provisioner", "local", "hostpath", "nfs", "efs", "file")):
            return True
    bound = claim["spec", "volumeName"].string
    for volume in project.together(claim, "PersistentVolume"):
        if volume.name != bound and volume["spec", "claimRef", "name"].string not in (None, claim.name):
            continue
        modes = {mode.string for mode in volume["spec", "accessModes"]}
        if (
            not modes <= _SINGLE
            or volume["spec", "nodeAffinity"]
            or any(volume["spec", kind] for kind in _NOT_ATTACHED)
        ):
            return True
    return False
