"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from k8slint.api import Container, Manifest, Node, PodSpec, Problems, Project, Workload, compute, quantity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.compute import Amounts, Needs

# What a quota on it makes every container say: a request, or a limit.
_DEMANDED = {
    "cpu": ("requests", "cpu"),
    "memory": ("requests", "memory"),
    "requests.cpu": ("requests", "cpu"),
    "requests.memory": ("requests", "memory"),
    "limits.cpu": ("limits", "cpu"),
    "limits.memory": ("limits", "memory"),
}


class _Use(NamedTuple):
    """What the pods or claims of one manifest take of a namespace's quota."""

    manifest: Manifest
    amounts: Amounts


@rule(
    on=(Container, Manifest),
    since="0.1",
    source=(
        "k8s.io/kubernetes/pkg/quota/v1/evaluator/core/pods.go: Constraints, PodUsageFunc",
        "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
    ),
)
def quota_unmet(view: Container | Manifest, project: Project) -> Problems:
    """A ResourceQuota of the namespace lets pods in only with requests or limits that a container does not set, or all of them need more than it allows.

    Where a quota bounds cpu or memory, every container has to say how much of it it requests, or is limited to. A pod with a container that does not is
    refused: a Deployment stays at zero replicas. Once the sum is used up, every further pod is refused as well.

    Set what is missing, or let a LimitRange give defaults. For the sum, the pods of Deployments, StatefulSets and the like are added up, and every
    DaemonSet is taken for one pod. What Jobs need comes on top of it.

    ```yaml bad
    apiVersion: v1
    kind: ResourceQuota
    metadata:
      name: team
    spec:
      hard:
        requests.memory: 1Gi
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web  # <- no memory request, which ResourceQuota team demands, so the pod is refused
        image: web:1.2.0
    ```

    ```yaml good
    apiVersion: v1
    kind: ResourceQuota
    metadata:
      name: team
    spec:
      hard:
        requests.memory: 1Gi
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: web:1.2.0
        resources:
          requests:
            memory: 256Mi
    ```
    """
    if isinstance(view, Container):
        yield from _missing(view, project)
    elif view.kind == "ResourceQuota" and view.group == "":
        yield from _exceeded(view, project)


def _missing(container: Container, project: Project) -> Problems:
    quotas = project.governing("ResourceQuota", container.manifest)
    pod = container.pod
    # A pod that says as a whole what it needs may leave its containers out.
    if not quotas or container.role == "ephemeral" or any(map(compute.at_pod_level, _named(pod))):
        return
    needs = _needs(container, project)
    told: set[tuple[str, str]] = set()
    for quota in quotas:
        if not _covers(quota, pod, project):
            continue
        for name, hard in quota["spec", "hard"].items():
            field, resource = _DEMANDED.get(name, ("", ""))
            if not field or resource in getattr(needs, field) or (field, resource) in told:
                continue
            if project.patched(container.manifest, "resources", "requests", "limits", resource):
                continue
            told.add((field, resource))
            place = container["resources"] or container["name"]
            yield place.problem(
                f"no {resource} {field[:-1]}, which ResourceQuota {quota.name} demands, so "
                + ("the pod is refused" if pod.bare else "no pod is made"),
                related=[(hard, "the quota")],
            )


def _named(pod: PodSpec) -> Iterator[str]:
    yield from pod.requests.fields
    yield from pod.limits.fields


def _needs(container: Container, project: Project) -> Needs:
    return compute.container_needs(container, compute.defaults(project.governing("LimitRange", container.manifest)))


def _covers(quota: Manifest, pod: PodSpec, project: Project) -> bool:
    """Whether a quota is certain to count a pod: its scopes are known to fit."""
    scopes = [(scope.string, "Exists", frozenset[str]()) for scope in quota["spec", "scopes"]]
    for selector in quota["spec", "scopeSelector", "matchExpressions"]:
        values = frozenset(value.string or "" for value in selector["values"])
        scopes.append((selector["scopeName"].string, selector["operator"].string or "", values))
    return all(_in_scope(pod, scope, operator, values, project) for scope, operator, values in scopes)


def _in_scope(pod: PodSpec, scope: str | None, operator: str, values: frozenset[str], project: Project) -> bool:
    if scope in ("Terminating", "NotTerminating"):
        return (pod["activeDeadlineSeconds"].integer is not None) == (scope == "Terminating")
    if scope in ("BestEffort", "NotBestEffort"):
        needs = [_needs(container, project) for container in pod.containers if container.role != "ephemeral"]
        compute_named = any(need.requests or need.limits for need in needs)
        return compute_named == (scope == "NotBestEffort")
    if scope == "PriorityClass":
        # A pod that names no class may get the cluster's default.
        name = pod["priorityClassName"].string
        if not name:
            return False
        return (
            operator == "Exists"
            or (operator == "In" and name in values)
            or (operator == "NotIn" and name not in values)
        )
    return False


def _exceeded(quota: Manifest, project: Project) -> Problems:
    hard = {name: (node, compute.amount_of(node)) for name, node in quota["spec", "hard"].items()}
    if not hard or project.patched(quota, "hard"):
        return
    uses = [*_pods(quota, project), *_claims(quota, project)]
    for name, (node, most) in hard.items():
        takers = [use for use in uses if use.amounts.get(name)]
        total = sum(use.amounts[name] for use in takers)
        if most is None or total <= most:
            continue
        takers.sort(key=lambda use: use.amounts[name], reverse=True)
        binary = "cpu" not in name
        yield node.problem(
            f"{name}: {quantity.show(total, binary=binary)} is needed in this namespace and {node} allowed, so what comes last is refused",
            related=[
                (use.manifest["metadata", "name"], f"takes {quantity.show(use.amounts[name], binary=binary)}")
                for use in takers[:5]
            ],
        )


def _governs(quota: Manifest, manifest: Manifest, project: Project) -> bool:
    return any(other is quota for other in project.governing("ResourceQuota", manifest))


def _pods(quota: Manifest, project: Project) -> Iterator[_Use]:
    """What each workload that is applied together with a quota, and certainly in its namespace, takes of it for good."""
    found: dict[tuple[str, str], _Use] = {}
    for pod in project.pods_together(quota):
        manifest = pod.manifest
        count = _count(pod, project)
        changed = ("replicas", "resources", "requests", "limits", "cpu", "memory")
        if not count or not _governs(quota, manifest, project) or not _covers(quota, pod, project):
            continue
        if project.patched(manifest, *changed):
            continue
        needs = compute.pod_needs(pod, compute.defaults(project.governing("LimitRange", manifest)))
        amounts: Amounts = {"pods": count * quantity.UNIT, "count/pods": count * quantity.UNIT}
        for name, amount in needs.requests.items():
            amounts[f"requests.{name}"] = amount * count
            if name in ("cpu", "memory", "ephemeral-storage") or name.startswith("hugepages-"):
                amounts[name] = amount * count
        for name in ("cpu", "memory", "ephemeral-storage"):
            if name in needs.limits:
                amounts[f"limits.{name}"] = needs.limits[name] * count
        # One object may be written twice, in files for different clusters: the smaller one is certain.
        key = (manifest.kind, manifest.name)
        if key not in found or sum(amounts.values()) < sum(found[key].amounts.values()):
            found[key] = _Use(manifest, amounts)
    yield from found.values()


def _claims(quota: Manifest, project: Project) -> Iterator[_Use]:
    """What claims take of a quota: those written down, and those that StatefulSets make for each of their pods."""
    if quota["spec", "scopes"] or quota["spec", "scopeSelector"]:
        return
    found: dict[tuple[str, str], _Use] = {}
    for kind in ("PersistentVolumeClaim", "StatefulSet"):
        for manifest in project.together(quota, kind):
            if not _governs(quota, manifest, project) or project.patched(manifest, "replicas", "storage"):
                continue
            amounts: Amounts = {}
            if kind == "PersistentVolumeClaim":
                _add_claim(amounts, manifest["spec"], 1)
            else:
                for pod in manifest.views(PodSpec):
                    for template in pod.claim_templates:
                        _add_claim(amounts, template["spec"], _count(pod, project))
            found.setdefault((kind, manifest.name), _Use(manifest, amounts))
    yield from found.values()


def _add_claim(amounts: Amounts, spec: Node, count: int) -> None:
    taken = {
        "persistentvolumeclaims": quantity.UNIT,
        "requests.storage": compute.amount_of(spec["resources", "requests", "storage"]) or 0,
    }
    storage_class = spec["storageClassName"].string
    for name, amount in taken.items():
        for prefix in ("", f"{storage_class}.storageclass.storage.k8s.io/" if storage_class else None):
            if prefix is not None:
                amounts[prefix + name] = amounts.get(prefix + name, 0) + amount * count
    amounts["count/persistentvolumeclaims"] = amounts["persistentvolumeclaims"]


def _count(pod: PodSpec, project: Project) -> int:
    """How many of its pods run for good at least; what an autoscaler sets may be fewer than the manifest says."""
    manifest = pod.manifest
    if not manifest.builtin or not pod.endless:
        return 0
    if pod.bare or manifest.kind == "DaemonSet":
        return 1
    workload = next(iter(manifest.views(Workload)), None)
    count = (workload.replicas if workload is not None else None) or 0
    for scaler in project.together(manifest, "HorizontalPodAutoscaler"):
        target = scaler["spec", "scaleTargetRef"]
        if target["kind"].string == manifest.kind and target["name"].string == manifest.name:
            least = scaler["spec", "minReplicas"].integer
            count = min(count, 1 if least is None else least)
    return count
