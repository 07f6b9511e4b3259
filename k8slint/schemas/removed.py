"""Kinds removed from Kubernetes so long ago that no Go type of today says when: kept by hand.

All other kinds are in `data/kinds.tsv`. Source: Kubernetes' CHANGELOG-1.x.md, by the pull requests named.
"""

from __future__ import annotations

from typing import Final, TypeAlias

Row: TypeAlias = tuple[str, str, str, bool, str, str, tuple[str, str] | None]
"""apiVersion, kind, resource, whether namespaced, deprecated in ("" if never announced), removed in, replacement."""

_RBAC: Final = "rbac.authorization.k8s.io"

REMOVED: Final[tuple[Row, ...]] = (
    # 1.6, #35782
    (
        "extensions/v1beta1",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        True,
        "",
        "1.6",
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ),
    # 1.8, "The autoscaling/v2alpha1 API is now at autoscaling/v2beta1"
    (
        "autoscaling/v2alpha1",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        True,
        "",
        "1.8",
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ),
    # 1.14, #72972
    (
        "admissionregistration.k8s.io/v1alpha1",
        "InitializerConfiguration",
        "initializerconfigurations",
        False,
        "1.13",
        "1.14",
        None,
    ),
    # 1.19, #91502
    ("auditregistration.k8s.io/v1alpha1", "AuditSink", "auditsinks", False, "", "1.19", None),
    # 1.20, #94090
    ("settings.k8s.io/v1alpha1", "PodPreset", "podpresets", True, "", "1.20", None),
    # 1.21, #96987
    ("batch/v2alpha1", "CronJob", "cronjobs", True, "", "1.21", ("batch/v1", "CronJob")),
    # 1.21, #96440
    (
        "discovery.k8s.io/v1alpha1",
        "EndpointSlice",
        "endpointslices",
        True,
        "1.20",
        "1.21",
        ("discovery.k8s.io/v1", "EndpointSlice"),
    ),
    # 1.23, #104248
    (f"{_RBAC}/v1alpha1", "ClusterRole", "clusterroles", False, "1.17", "1.23", (f"{_RBAC}/v1", "ClusterRole")),
    (
        f"{_RBAC}/v1alpha1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        False,
        "1.17",
        "1.23",
        (f"{_RBAC}/v1", "ClusterRoleBinding"),
    ),
    (f"{_RBAC}/v1alpha1", "Role", "roles", True, "1.17", "1.23", (f"{_RBAC}/v1", "Role")),
    (f"{_RBAC}/v1alpha1", "RoleBinding", "rolebindings", True, "1.17", "1.23", (f"{_RBAC}/v1", "RoleBinding")),
    (
        "scheduling.k8s.io/v1alpha1",
        "PriorityClass",
        "priorityclasses",
        False,
        "1.14",
        "1.23",
        ("scheduling.k8s.io/v1", "PriorityClass"),
    ),
    # 1.24, #103061
    ("node.k8s.io/v1alpha1", "RuntimeClass", "runtimeclasses", False, "", "1.24", ("node.k8s.io/v1", "RuntimeClass")),
)
