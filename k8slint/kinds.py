"""The registry of kinds: which carry a pod template and where, which live in a namespace, what their names may look like.

Plugins add to it (`k8slint_kinds`), and every rule on workloads, pod specs and containers applies to what they add.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

NameSyntax: TypeAlias = Literal["subdomain", "label", "label-1035", "path-segment", "any"]
"""The syntax of metadata.name. Source: the ValidateName functions of k8s.io/kubernetes/pkg/apis/*/validation."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a kind, whatever its version.

    `templates` are the paths of its pod templates from the root (an object with `metadata` and `spec`; `()` is the object itself, a Pod).
    `endless` tells a workload that is meant to run for good from one that ends (Job). `replicas` is the path of the number of pods.
    """

    group: str
    kind: str
    namespaced: bool = True
    templates: tuple[tuple[str, ...], ...] = ()
    endless: bool = False
    replicas: tuple[str, ...] | None = None
    name: NameSyntax = "subdomain"
    name_length: int = 253


_TEMPLATE = (("spec", "template"),)
_REPLICAS = ("spec", "replicas")


def _workload(group: str, kind: str, *, endless: bool = True, replicated: bool = True) -> Kind:
    return Kind(group, kind, templates=_TEMPLATE, endless=endless, replicas=_REPLICAS if replicated else None)


def _cluster(group: str, kinds: str, name: NameSyntax = "subdomain") -> list[Kind]:
    return [Kind(group, kind, namespaced=False, name=name) for kind in kinds.split()]


_BUILT_IN: list[Kind] = [
    Kind("", "Pod", templates=((),)),
    Kind("", "PodTemplate", templates=(("template",),)),
    _workload("", "ReplicationController"),
    _workload("apps", "Deployment"),
    _workload("apps", "ReplicaSet"),
    _workload("apps", "StatefulSet"),
    _workload("apps", "DaemonSet", replicated=False),
    _workload("extensions", "Deployment"),
    _workload("extensions", "ReplicaSet"),
    _workload("extensions", "DaemonSet", replicated=False),
    _workload("batch", "Job", endless=False, replicated=False),
    Kind("batch", "CronJob", templates=(("spec", "jobTemplate", "spec", "template"),), name_length=52),
    Kind("", "Namespace", namespaced=False, name="label", name_length=63),
    Kind("", "Service", name="label-1035", name_length=63),
    *_cluster("", "Node PersistentVolume ComponentStatus"),
    Kind("rbac.authorization.k8s.io", "Role", name="path-segment"),
    Kind("rbac.authorization.k8s.io", "RoleBinding", name="path-segment"),
    *_cluster("rbac.authorization.k8s.io", "ClusterRole ClusterRoleBinding", "path-segment"),
    *_cluster(
        "admissionregistration.k8s.io",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding "
        "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding",
    ),
    *_cluster("apiextensions.k8s.io", "CustomResourceDefinition"),
    *_cluster("apiregistration.k8s.io", "APIService", "path-segment"),
    *_cluster("certificates.k8s.io", "CertificateSigningRequest ClusterTrustBundle"),
    *_cluster("flowcontrol.apiserver.k8s.io", "FlowSchema PriorityLevelConfiguration"),
    *_cluster("networking.k8s.io", "IngressClass ServiceCIDR IPAddress"),
    *_cluster("node.k8s.io", "RuntimeClass"),
    *_cluster("policy", "PodSecurityPolicy"),
    *_cluster("resource.k8s.io", "DeviceClass ResourceSlice DeviceTaintRule"),
    *_cluster("scheduling.k8s.io", "PriorityClass"),
    *_cluster("storage.k8s.io", "StorageClass CSIDriver CSINode VolumeAttachment VolumeAttributesClass"),
    *_cluster("storagemigration.k8s.io", "StorageVersionMigration"),
    *_cluster("internal.apiserver.k8s.io", "StorageVersion"),
    *_cluster("authentication.k8s.io", "TokenReview SelfSubjectReview"),
    *_cluster("authorization.k8s.io", "SubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview"),
    # The ecosystem's kinds that carry a pod template.
    _workload("argoproj.io", "Rollout"),
    _workload("apps.kruise.io", "CloneSet"),
    _workload("apps.kruise.io", "StatefulSet"),
    _workload("apps.kruise.io", "DaemonSet", replicated=False),
    _workload("apps.kruise.io", "BroadcastJob", endless=False, replicated=False),
    Kind(
        "apps.kruise.io",
        "AdvancedCronJob",
        templates=(
            ("spec", "template", "jobTemplate", "spec", "template"),
            ("spec", "template", "broadcastJobTemplate", "spec", "template"),
        ),
    ),
    Kind(
        "apps.kruise.io",
        "UnitedDeployment",
        templates=tuple(
            ("spec", "template", f"{inner}Template", "spec", "template")
            for inner in ("statefulSet", "advancedStatefulSet", "cloneSet", "deployment")
        ),
        endless=True,
        replicas=_REPLICAS,
    ),
    Kind("serving.knative.dev", "Service", templates=_TEMPLATE, endless=True),
    Kind("serving.knative.dev", "Configuration", templates=_TEMPLATE, endless=True),
]

_kinds: dict[tuple[str, str], Kind] = {(kind.group, kind.kind): kind for kind in _BUILT_IN}


def register(kinds: Iterable[Kind]) -> None:
    """Adds kinds, or replaces what is known of them."""
    for kind in kinds:
        _kinds[kind.group, kind.kind] = kind


def lookup(group: str, kind: str) -> Kind | None:
    """What is known of a kind; None for one nobody registered."""
    return _kinds.get((group, kind))


def is_builtin_group(group: str) -> bool:
    """Whether Kubernetes itself serves a group: those without a dot, and its own under k8s.io."""
    return "." not in group or group in _BUILTIN_GROUPS


_BUILTIN_GROUPS = frozenset(kind.group for kind in _BUILT_IN if kind.group.endswith(".k8s.io")) | {
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
}
