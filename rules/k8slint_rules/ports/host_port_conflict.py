"""See the rule."""

from __future__ import annotations

from k8slint.api import ContainerPort, Node, PodSpec, Problems, Project, Workload, rule

_HOST = "kubernetes.io/hostname"


@rule(
    on=PodSpec,
    since="0.1",
    source=(
        "k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodeports: Fits",
        "k8s.io/kubernetes/pkg/scheduler/framework/types.go: HostPortInfo",
    ),
)
def host_port_conflict(pod: PodSpec, project: Project) -> Problems:
    """Several pods take the same port of the node they run on.

    A hostPort, or any port of a pod with hostNetwork, belongs to one pod of a node. The scheduler puts no second one there:
    replicas beyond the number of nodes stay Pending, and a rollout that makes new pods before old ones are gone hangs.

    Mostly a Service is what is wanted. Where each node is to have one pod, use a DaemonSet, or say so with a podAntiAffinity
    on kubernetes.io/hostname; then nothing is said here. Nor is it of pods that different nodes are chosen for.

    ```yaml bad
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: web:1.0
            ports:
            - containerPort: 8080
              hostPort: 80  # <- port 80 (TCP) of a node goes to one pod, so each of the 3 replicas needs a node of its own
    ```

    ```yaml good
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: web:1.0
            ports:
            - containerPort: 8080
    ```
    """
    ports = pod.host_ports
    if not ports:
        return
    manifest = pod.manifest
    replicas = next((workload.replicas or 0 for workload in manifest.views(Workload)), 0)
    if replicas > 1 and not _apart(pod) and not project.patched(manifest, "replicas", "hostPort", "hostNetwork"):
        port = ports[0]
        yield _place(port).problem(
            f"{_named(port)} of a node goes to one pod, so each of the {replicas} replicas needs a node of its own"
        )
    for port in ports:
        for other in project.on_host(_number(port)):
            if _rivals(port, other, project):
                yield _place(port).problem(
                    f"{_named(port)} of a node is taken by {other.manifest} too, so the two cannot run on one node",
                    related=[(_place(other), f"the port of {other.manifest}")],
                )
                break


def _number(port: ContainerPort) -> int:
    return port.host_number or port.number or 0


def _named(port: ContainerPort) -> str:
    return f"port {_number(port)} ({port.protocol})"


def _rivals(port: ContainerPort, other: ContainerPort, project: Project) -> bool:
    """Whether the pods of two workloads may meet at a port of a node; the later of two in a file is told."""
    ours, theirs = port.manifest, other.manifest
    if ours is theirs or port.protocol != other.protocol:
        return False
    one, another = (each["hostIP"].string or "" for each in (port, other))
    if one != another and not {one, another} & {"", "0.0.0.0"}:  # noqa: S104 - the address of a manifest
        return False
    same = (ours.kind, ours.name, ours.namespace) == (theirs.kind, theirs.name, theirs.namespace)
    if same or (ours.path == theirs.path and theirs.order > ours.order) or not project.same_scope(ours, theirs):
        return False
    # Files that only lie in one folder may well be alternatives.
    ordered = ours.path == theirs.path or project.scopes.closures(ours.path)
    if not ordered and not project.complete:
        return False
    pod, rival = port.container.pod, other.container.pod
    # What runs for a while is gone when the other comes.
    return pod.endless and rival.endless and not _elsewhere(pod, rival)


def _elsewhere(pod: PodSpec, other: PodSpec) -> bool:
    """Whether two pods seem to be meant for different nodes."""
    for each in (pod, other):
        if each["affinity", "nodeAffinity"] or each["affinity", "podAntiAffinity"]:
            return True
    ours, theirs = pod["nodeSelector"], other["nodeSelector"]
    if any(key in theirs and theirs[key].string != value.string for key, value in ours.items()):
        return True
    names = pod["nodeName"].string, other["nodeName"].string
    return all(names) and names[0] != names[1]


def _apart(pod: PodSpec) -> bool:
    """Whether the pods say that no two of them are to share a node."""
    required = pod["affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]
    spread = [item for item in pod["topologySpreadConstraints"] if item["whenUnsatisfiable"].string == "DoNotSchedule"]
    return any(term["topologyKey"].string == _HOST for term in (*required, *spread))


def _place(port: ContainerPort) -> Node:
    return port["hostPort"] if port.host_number else port["containerPort"]
