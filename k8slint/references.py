"""Who names whom: the places of manifests that hold the name of another object.

    for reference in references(manifest):
        reference.node          # the scalar with the name
        reference.kind          # "ConfigMap"

A table says where they stand. It holds what the API defines; of custom kinds, those of widespread ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from k8slint import kinds
from k8slint.views import Manifest, PodSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.nodes import Node


Judged: TypeAlias = Literal["kind", "prefix", "path-segment", ""]


class Reference(NamedTuple):
    """One name of another object.

    `node` is the scalar that holds `name`. `group` is None where the reference does not say. `namespace` is that of the object it names: "" is the cluster's,
    or one that the manifest leaves open. `optional` tells that the object need not exist. `judged` is what the API server
    demands of the name: the syntax that the kind has, that of the beginning of a name (`prefix`), of a part of a path, or
    nothing.
    """

    node: Node
    name: str
    group: str | None
    kind: str
    namespace: str
    optional: bool = False
    judged: Judged = ""

    def means(self, manifest: Manifest) -> bool:
        """Whether it is this object that the reference names. A namespace that either leaves open fits any."""
        return (
            self.kind == manifest.kind
            and self.group in (None, manifest.group)
            and self.name == manifest.name
            and (not self.namespace or not manifest.namespace or self.namespace == manifest.namespace)
        )


class _Place(NamedTuple):
    """Where names stand (`*` is each item of a list), and the group and kind of what they name.

    `told` tells that fields beside the name may say the group and kind, and these are what is meant where they do not.
    `optional` tells that what is named need not exist: nobody waits for it.
    """

    path: str
    group: str | None
    kind: str
    judged: Judged = ""
    told: bool = False
    optional: bool = False


_RBAC = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
_STORAGE = "storage.k8s.io"
_GATEWAY = "gateway.networking.k8s.io"

_OF_CONTAINERS: list[tuple[str, str, Judged]] = [
    ("env.*.valueFrom.configMapKeyRef.name", "ConfigMap", "kind"),
    ("env.*.valueFrom.secretKeyRef.name", "Secret", "kind"),
    ("envFrom.*.configMapRef.name", "ConfigMap", "prefix"),
    ("envFrom.*.secretRef.name", "Secret", "prefix"),
]
_POD = [
    _Place("serviceAccountName", "", "ServiceAccount", "kind"),
    _Place("serviceAccount", "", "ServiceAccount", "kind"),
    _Place("imagePullSecrets.*.name", "", "Secret", optional=True),
    _Place("priorityClassName", "scheduling.k8s.io", "PriorityClass", "kind"),
    _Place("runtimeClassName", "node.k8s.io", "RuntimeClass", "kind"),
    _Place("nodeName", "", "Node", "kind"),
    _Place("resourceClaims.*.resourceClaimName", "resource.k8s.io", "ResourceClaim", "kind"),
    _Place("resourceClaims.*.resourceClaimTemplateName", "resource.k8s.io", "ResourceClaimTemplate", "kind"),
    _Place("volumes.*.configMap.name", "", "ConfigMap"),
    _Place("volumes.*.secret.secretName", "", "Secret"),
    _Place("volumes.*.persistentVolumeClaim.claimName", "", "PersistentVolumeClaim"),
    _Place("volumes.*.ephemeral.volumeClaimTemplate.spec.storageClassName", _STORAGE, "StorageClass", "kind"),
    _Place("volumes.*.projected.sources.*.configMap.name", "", "ConfigMap"),
    _Place("volumes.*.projected.sources.*.secret.name", "", "Secret"),
    _Place("volumes.*.projected.sources.*.clusterTrustBundle.name", "certificates.k8s.io", "ClusterTrustBundle"),
    _Place("volumes.*.csi.nodePublishSecretRef.name", "", "Secret", "kind"),
    *[
        _Place(f"{containers}.*.{path}", "", kind, judged)
        for containers in ("initContainers", "containers", "ephemeralContainers")
        for path, kind, judged in _OF_CONTAINERS
    ],
]
# By the first step: most of these fields are rare.
_POD_BY_FIELD: dict[str, list[tuple[_Place, list[str]]]] = {}
for _place in _POD:
    _field, *_steps = _place.path.split(".")
    _POD_BY_FIELD.setdefault(_field, []).append((_place, _steps))

_WEBHOOKS = [_Place("webhooks.*.clientConfig.service.name", "", "Service")]
_TABLE: dict[tuple[str, str], list[_Place]] = {
    ("", "ServiceAccount"): [
        _Place("secrets.*.name", "", "Secret", optional=True),
        _Place("imagePullSecrets.*.name", "", "Secret", optional=True),
    ],
    ("", "PersistentVolumeClaim"): [
        _Place("spec.storageClassName", _STORAGE, "StorageClass", "kind"),
        _Place("spec.volumeName", "", "PersistentVolume"),
        _Place("spec.volumeAttributesClassName", _STORAGE, "VolumeAttributesClass", "kind"),
    ],
    ("", "PersistentVolume"): [
        _Place("spec.storageClassName", _STORAGE, "StorageClass", "kind"),
        _Place("spec.claimRef.name", "", "PersistentVolumeClaim"),
    ],
    ("apps", "StatefulSet"): [
        _Place("spec.serviceName", "", "Service", "kind"),
        _Place("spec.volumeClaimTemplates.*.spec.storageClassName", _STORAGE, "StorageClass", "kind"),
    ],
    ("networking.k8s.io", "Ingress"): [
        _Place("spec.ingressClassName", "networking.k8s.io", "IngressClass", "kind"),
        _Place("spec.tls.*.secretName", "", "Secret", "kind"),
        _Place("spec.defaultBackend.service.name", "", "Service", "kind"),
        _Place("spec.rules.*.http.paths.*.backend.service.name", "", "Service", "kind"),
        _Place("spec.backend.serviceName", "", "Service"),
        _Place("spec.rules.*.http.paths.*.backend.serviceName", "", "Service"),
    ],
    (_RBAC, "RoleBinding"): [
        _Place("roleRef.name", _RBAC, "", "kind", told=True),
        _Place("subjects.*.name", "", "", "kind", told=True),
    ],
    (_RBAC, "ClusterRoleBinding"): [
        _Place("roleRef.name", _RBAC, "", "kind", told=True),
        _Place("subjects.*.name", "", "", "kind", told=True),
    ],
    ("autoscaling", "HorizontalPodAutoscaler"): [
        _Place("spec.scaleTargetRef.name", None, "", "path-segment", told=True),
        _Place("spec.metrics.*.object.describedObject.name", None, "", "path-segment", told=True),
    ],
    ("autoscaling.k8s.io", "VerticalPodAutoscaler"): [_Place("spec.targetRef.name", None, "", told=True)],
    ("keda.sh", "ScaledObject"): [_Place("spec.scaleTargetRef.name", "apps", "Deployment", told=True)],
    (_ADMISSION, "MutatingWebhookConfiguration"): _WEBHOOKS,
    (_ADMISSION, "ValidatingWebhookConfiguration"): _WEBHOOKS,
    (_ADMISSION, "ValidatingAdmissionPolicyBinding"): [
        _Place("spec.policyName", _ADMISSION, "ValidatingAdmissionPolicy", "kind")
    ],
    (_ADMISSION, "MutatingAdmissionPolicyBinding"): [
        _Place("spec.policyName", _ADMISSION, "MutatingAdmissionPolicy", "kind")
    ],
    ("apiregistration.k8s.io", "APIService"): [_Place("spec.service.name", "", "Service")],
    ("apiextensions.k8s.io", "CustomResourceDefinition"): [
        _Place("spec.conversion.webhook.clientConfig.service.name", "", "Service")
    ],
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"): [
        _Place(
            "spec.priorityLevelConfiguration.name", "flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", "kind"
        )
    ],
    (_STORAGE, "CSIStorageCapacity"): [_Place("storageClassName", _STORAGE, "StorageClass", "kind")],
    **{
        ("resource.k8s.io", kind): [
            _Place(f"{spec}.devices.requests.*.{request}deviceClassName", "resource.k8s.io", "DeviceClass", "kind")
            for request in ("exactly.", "firstAvailable.*.", "")
        ]
        for kind, spec in (("ResourceClaim", "spec"), ("ResourceClaimTemplate", "spec.spec"))
    },
    ("discovery.k8s.io", "EndpointSlice"): [_Place("endpoints.*.nodeName", "", "Node", "kind")],
    ("", "Endpoints"): [_Place("subsets.*.addresses.*.nodeName", "", "Node", "kind")],
    (_STORAGE, "VolumeAttachment"): [_Place("spec.source.persistentVolumeName", "", "PersistentVolume", "kind")],
    (_GATEWAY, "Gateway"): [
        _Place("spec.gatewayClassName", _GATEWAY, "GatewayClass"),
        _Place("spec.listeners.*.tls.certificateRefs.*.name", "", "Secret", told=True),
    ],
    **{
        (_GATEWAY, kind): [
            _Place("spec.parentRefs.*.name", _GATEWAY, "Gateway", told=True),
            _Place("spec.rules.*.backendRefs.*.name", "", "Service", told=True),
        ]
        for kind in ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")
    },
    ("monitoring.coreos.com", "Prometheus"): [_Place("spec.serviceAccountName", "", "ServiceAccount")],
    ("monitoring.coreos.com", "Alertmanager"): [_Place("spec.serviceAccountName", "", "ServiceAccount")],
}
_TABLE["extensions", "Ingress"] = _TABLE["networking.k8s.io", "Ingress"]


def references(manifest: Manifest) -> Iterator[Reference]:
    """The names of other objects in a manifest, its namespace among them. Those that are no strings, or empty, are left
    out."""
    yield from _namespace(manifest.metadata["namespace"])
    for place in _TABLE.get((manifest.group, manifest.kind), ()):
        yield from _at(manifest, manifest.node.each(place.path), place)
    for pod in manifest.views(PodSpec):
        for field, node in pod.node.items():
            for place, steps in _POD_BY_FIELD.get(field, ()):
                yield from _at(manifest, node.each(steps), place)


def _at(manifest: Manifest, names: Iterator[Node], place: _Place) -> Iterator[Reference]:
    for name in names:
        beside, text = name.parent, name.string
        if not text or beside is None:
            continue
        own = beside.fields.get("namespace")
        group, kind = place.group, place.kind
        if place.told:
            group, kind = told(beside, group, kind)
        info = kinds.lookup(group or "", kind)
        namespaced = info is None or info.namespaced
        namespace = ((own and own.string) or manifest.namespace) if namespaced else ""
        optional = place.optional or ("optional" in beside.fields and beside["optional"].boolean is True)
        yield Reference(name, text, group, kind, namespace, optional, place.judged)
        if own is not None:
            yield from _namespace(own)


def told(beside: Node, group: str | None, kind: str) -> tuple[str | None, str]:
    """The group and kind of what a name is for, by the fields beside it; `group` and `kind` where those do not say."""
    version = beside["apiVersion"].string
    written = beside["apiGroup"].string if "apiGroup" in beside else beside["group"].string
    group = version.rpartition("/")[0] if version is not None else group if written is None else written
    return group, beside["kind"].string or kind


def _namespace(node: Node) -> Iterator[Reference]:
    name = node.string
    if name:
        yield Reference(node, name, "", "Namespace", "")
