"""The registry of kinds: which carry a pod template and where, which live in a namespace, what a name may look like.

Plugins add to it (`k8slint_kinds`), and every rule on workloads, pod specs and containers applies to what they add.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from k8slint.names import SUBDOMAIN_LENGTH, NameSyntax

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(NamedTuple):
    """What is known of a kind, whatever its version.

    `templates` are the paths of its pod templates from the root (an object with `metadata` and `spec`; `()` is the
    object itself, a Pod). `endless` tells a workload that is meant to run for good from one that ends (Job).
    `replicas` is the path of the number of pods.

    `name` is the syntax of metadata.name, and `name_length` its longest; `name_since` is the minor version of
    Kubernetes from which it has another syntax, and that syntax. `named` is False for what is answered and never
    stored, and needs no name. `prefixed` is False where metadata.generateName itself may be anything, as long as the
    name made of it will do. Source: the ValidateObjectMeta calls of k8s.io/kubernetes/pkg/apis/*/validation.
    """

    group: str
    kind: str
    namespaced: bool = True
    templates: tuple[tuple[str, ...], ...] = ()
    endless: bool = False
    replicas: tuple[str, ...] | None = None
    name: NameSyntax = "subdomain"
    name_length: int = SUBDOMAIN_LENGTH
    name_since: tuple[int, NameSyntax] | None = None
    named: bool = True
    prefixed: bool = True

    def name_syntax(self, minor: int | None = None) -> NameSyntax:
        """The syntax of metadata.name in a minor version of Kubernetes; in the newest that is known for None."""
        if self.name_since is None or (minor is not None and minor < self.name_since[0]):
            return self.name
        return self.name_since[1]


_TEMPLATE = (("spec", "template"),)
_REPLICAS = ("spec", "replicas")


def _workload(group: str, kind: str, *, endless: bool = True, replicated: bool = True) -> Kind:
    return Kind(group, kind, templates=_TEMPLATE, endless=endless, replicas=_REPLICAS if replicated else None)


def _cluster(group: str, kinds: str, name: NameSyntax = "subdomain") -> list[Kind]:
    return [Kind(group, kind, namespaced=False, name=name) for kind in kinds.split()]


def _namespaced(group: str, kinds: str, name: NameSyntax = "subdomain") -> list[Kind]:
    return [Kind(group, kind, name=name) for kind in kinds.split()]


def _requests(group: str, kinds: str, *, namespaced: bool = False) -> list[Kind]:
    """Kinds that are answered and never stored."""
    return [Kind(group, kind, namespaced=namespaced, named=False) for kind in kinds.split()]


_BUILT_IN: list[Kind] = [
    Kind("", "Pod", templates=((),)),
    Kind("", "PodTemplate", templates=(("template",),)),
    Kind("", "ReplicationController", templates=_TEMPLATE, endless=True, replicas=_REPLICAS, prefixed=False),
    _workload("apps", "Deployment"),
    _workload("apps", "ReplicaSet"),
    # k8s.io/kubernetes pull request 114172: a dot in its name never worked.
    Kind("apps", "StatefulSet", templates=_TEMPLATE, endless=True, replicas=_REPLICAS, name_since=(27, "label")),
    _workload("apps", "DaemonSet", replicated=False),
    _workload("extensions", "Deployment"),
    _workload("extensions", "ReplicaSet"),
    _workload("extensions", "DaemonSet", replicated=False),
    _workload("batch", "Job", endless=False, replicated=False),
    Kind("batch", "CronJob", templates=(("spec", "jobTemplate", "spec", "template"),), name_length=52),
    *_namespaced("", "ConfigMap Endpoints LimitRange PersistentVolumeClaim ResourceQuota Secret ServiceAccount"),
    *_namespaced("", "Event", "path-segment"),
    Kind("", "Namespace", namespaced=False, name="label"),
    # KEP-5311.
    Kind("", "Service", name="label-1035", name_since=(36, "label")),
    *_cluster("", "Node PersistentVolume ComponentStatus"),
    *_requests("", "Binding", namespaced=True),
    *_namespaced("apps", "ControllerRevision"),
    *_namespaced("autoscaling", "HorizontalPodAutoscaler"),
    *_namespaced("certificates.k8s.io", "PodCertificateRequest"),
    # That of a ClusterTrustBundle begins with its signer.
    *_cluster("certificates.k8s.io", "CertificateSigningRequest ClusterTrustBundle", "path-segment"),
    *_namespaced("coordination.k8s.io", "Lease"),
    *_namespaced("coordination.k8s.io", "LeaseCandidate", "config-map-key"),
    *_namespaced("discovery.k8s.io", "EndpointSlice"),
    *_namespaced("events.k8s.io", "Event"),
    *_namespaced("networking.k8s.io", "Ingress NetworkPolicy"),
    *_cluster("networking.k8s.io", "IngressClass ServiceCIDR"),
    *_cluster("networking.k8s.io", "IPAddress", "ip-address"),
    *_cluster("networking.k8s.io", "ClusterCIDR"),
    *_namespaced("extensions", "Ingress NetworkPolicy"),
    *_cluster("extensions", "PodSecurityPolicy"),
    *_namespaced("policy", "PodDisruptionBudget", "path-segment"),
    *_cluster("policy", "PodSecurityPolicy"),
    *_requests("policy", "Eviction", namespaced=True),
    *_namespaced("rbac.authorization.k8s.io", "Role RoleBinding", "path-segment"),
    *_cluster("rbac.authorization.k8s.io", "ClusterRole ClusterRoleBinding", "path-segment"),
    *_cluster(
        "admissionregistration.k8s.io",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration ValidatingAdmissionPolicy "
        "ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding",
    ),
    *_cluster("apiextensions.k8s.io", "CustomResourceDefinition"),
    *_cluster("apiregistration.k8s.io", "APIService", "path-segment"),
    *_cluster("flowcontrol.apiserver.k8s.io", "FlowSchema PriorityLevelConfiguration"),
    Kind("lifecycle.k8s.io", "Eviction", prefixed=False),
    Kind("lifecycle.k8s.io", "EvictionRequest", prefixed=False),
    *_cluster("node.k8s.io", "RuntimeClass"),
    *_namespaced(
        "resource.k8s.io",
        "ResourceClaim ResourceClaimTemplate ResourceClaimParameters ResourceClassParameters PodScheduling "
        "PodSchedulingContext",
    ),
    *_cluster("resource.k8s.io", "ResourceSlice ResourceClass DeviceTaintRule ResourcePoolStatusRequest"),
    Kind("resource.k8s.io", "DeviceClass", namespaced=False, prefixed=False),
    *_cluster("scheduling.k8s.io", "PriorityClass"),
    *_namespaced("scheduling.k8s.io", "PodGroup CompositePodGroup Workload"),
    *_namespaced("storage.k8s.io", "CSIStorageCapacity"),
    *_cluster("storage.k8s.io", "StorageClass CSIDriver CSINode VolumeAttachment VolumeAttributesClass"),
    *_cluster("storagemigration.k8s.io", "StorageVersionMigration"),
    *_cluster("internal.apiserver.k8s.io", "StorageVersion", "storage-version"),
    *_requests("authentication.k8s.io", "TokenReview SelfSubjectReview"),
    *_requests("authentication.k8s.io", "TokenRequest", namespaced=True),
    *_requests("authorization.k8s.io", "SubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview"),
    *_requests("authorization.k8s.io", "LocalSubjectAccessReview", namespaced=True),
    # What kustomize reads from its files.
    *_requests("kustomize.config.k8s.io", "Kustomization Component"),
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


def name_syntax(group: str, kind: str, minor: int | None = None) -> NameSyntax | None:
    """The syntax of a kind's metadata.name in a minor version of Kubernetes (None is the newest that is known).

    That of a custom resource is always the same. None for a kind that Kubernetes' own groups do not have.
    Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/validator.go.
    """
    known = lookup(group, kind)
    if known is not None:
        return known.name_syntax(minor)
    if is_builtin_group(group):
        return None
    return "path-segment" if group in _AGGREGATED_GROUPS else "subdomain"


def with_pods() -> tuple[str, ...]:
    """The names of the kinds that carry a pod template."""
    return tuple(dict.fromkeys(kind.kind for kind in _kinds.values() if kind.templates))


def is_builtin_group(group: str) -> bool:
    """Whether Kubernetes itself serves a group: those without a dot, and its own under k8s.io."""
    return "." not in group or group in _BUILTIN_GROUPS


_BUILTIN_GROUPS = frozenset(kind.group for kind in _BUILT_IN if kind.group.endswith(".k8s.io"))

# Groups that an API server of their own serves, which has its own idea of names: `system:image-puller`, `web:latest`.
_AGGREGATED_GROUPS = frozenset(
    f"{group}.openshift.io"
    for group in "apps authorization build image oauth project quota route security template user".split()  # noqa: SIM905
) | {"ext.cattle.io", "subresources.kubevirt.io", "packages.operators.coreos.com"}
