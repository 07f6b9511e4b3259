"""The names of others in a manifest, each with what it is for.

`k8slint.references` knows those that rules judge. To these come what only a picture needs: names in annotations, and those of custom resources that are
widespread.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from k8slint import kinds
from k8slint.graph.link import Named
from k8slint.references import references, told
from k8slint.views import Backend, PodSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.graph.model import Type
    from k8slint.nodes import Node
    from k8slint.references import Reference
    from k8slint.views import Manifest


class _At(NamedTuple):
    """Where names stand (`*` is each item of a list), and the group and kind of what they name; with `told`, fields beside the name may say another."""

    path: str
    group: str | None
    kind: str
    type: Type = "uses"
    told: bool = False
    optional: bool = False


_CERT_MANAGER = "cert-manager.io"
_EXTERNAL = "external-secrets.io"
_GATEWAY = "gateway.networking.k8s.io"
_PROMETHEUS = "monitoring.coreos.com"
_SNAPSHOT = "snapshot.storage.k8s.io"
_ISSUER = _At("spec.issuerRef.name", _CERT_MANAGER, "Issuer", told=True)
_ROUTES = ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")


def _secrets(*paths: str, kind: str = "Secret", type_: Type = "reads") -> list[_At]:
    return [_At(path, "", kind, type_) for path in paths]


def _endpoints(field: str) -> list[_At]:
    """What a monitor logs in with, and trusts."""
    above = f"spec.{field}.*"
    return [
        *_secrets(
            f"{above}.basicAuth.username.name",
            f"{above}.basicAuth.password.name",
            f"{above}.bearerTokenSecret.name",
            f"{above}.authorization.credentials.name",
            f"{above}.tlsConfig.ca.secret.name",
            f"{above}.tlsConfig.cert.secret.name",
            f"{above}.tlsConfig.keySecret.name",
        ),
        *_secrets(f"{above}.tlsConfig.ca.configMap.name", f"{above}.tlsConfig.cert.configMap.name", kind="ConfigMap"),
    ]


_INGRESS = [
    _At("spec.defaultBackend.resource.name", None, "", "routes", told=True),
    _At("spec.rules.*.http.paths.*.backend.resource.name", None, "", "routes", told=True),
]
_TRAEFIK = [
    _At("spec.routes.*.services.*.name", "", "Service", "routes", told=True),
    _At("spec.routes.*.middlewares.*.name", "traefik.io", "Middleware"),
    _At("spec.tls.secretName", "", "Secret"),
]
_MIDDLEWARE = [
    _At("spec.basicAuth.secret", "", "Secret", "reads"),
    _At("spec.digestAuth.secret", "", "Secret", "reads"),
    _At("spec.chain.middlewares.*.name", "traefik.io", "Middleware"),
]

_TABLE: dict[tuple[str, str], list[_At]] = {
    ("", "Endpoints"): [_At("subsets.*.addresses.*.targetRef.name", "", "Pod", "routes", told=True)],
    ("discovery.k8s.io", "EndpointSlice"): [_At("endpoints.*.targetRef.name", "", "Pod", "routes", told=True)],
    ("", "PersistentVolumeClaim"): [
        _At("spec.dataSource.name", "", "PersistentVolumeClaim", told=True),
        _At("spec.dataSourceRef.name", "", "PersistentVolumeClaim", told=True),
    ],
    ("", "PersistentVolume"): [
        *_secrets(
            "spec.csi.controllerPublishSecretRef.name",
            "spec.csi.controllerExpandSecretRef.name",
            "spec.csi.nodeStageSecretRef.name",
            "spec.csi.nodePublishSecretRef.name",
            "spec.csi.nodeExpandSecretRef.name",
            "spec.cephfs.secretRef.name",
            "spec.rbd.secretRef.name",
            "spec.flexVolume.secretRef.name",
            "spec.iscsi.secretRef.name",
            type_="uses",
        ),
        _At("spec.glusterfs.endpoints", "", "Endpoints"),
    ],
    ("networking.k8s.io", "Ingress"): _INGRESS,
    ("networking.k8s.io", "IngressClass"): [_At("spec.parameters.name", None, "", told=True)],
    **{
        (_GATEWAY, kind): [_At("spec.rules.*.filters.*.extensionRef.name", None, "", told=True)] for kind in _ROUTES[:2]
    },
    (_GATEWAY, "GatewayClass"): [_At("spec.parametersRef.name", None, "", told=True)],
    (_GATEWAY, "Gateway"): [_At("spec.infrastructure.parametersRef.name", None, "", told=True)],
    (_GATEWAY, "BackendTLSPolicy"): [
        _At("spec.targetRefs.*.name", "", "Service", told=True),
        _At("spec.validation.caCertificateRefs.*.name", "", "ConfigMap", told=True),
    ],
    (_SNAPSHOT, "VolumeSnapshot"): [
        _At("spec.volumeSnapshotClassName", _SNAPSHOT, "VolumeSnapshotClass"),
        _At("spec.source.persistentVolumeClaimName", "", "PersistentVolumeClaim"),
        _At("spec.source.volumeSnapshotContentName", _SNAPSHOT, "VolumeSnapshotContent"),
    ],
    (_CERT_MANAGER, "Certificate"): [
        _ISSUER,
        *_secrets("spec.keystores.jks.passwordSecretRef.name", "spec.keystores.pkcs12.passwordSecretRef.name"),
    ],
    (_CERT_MANAGER, "CertificateRequest"): [_ISSUER],
    (_CERT_MANAGER, "Issuer"): [_At("spec.ca.secretName", "", "Secret")],
    (_CERT_MANAGER, "ClusterIssuer"): [_At("spec.ca.secretName", "", "Secret")],
    (_EXTERNAL, "ExternalSecret"): [_At("spec.secretStoreRef.name", _EXTERNAL, "SecretStore", told=True)],
    (_EXTERNAL, "ClusterExternalSecret"): [
        _At("spec.externalSecretSpec.secretStoreRef.name", _EXTERNAL, "SecretStore", told=True)
    ],
    (_EXTERNAL, "PushSecret"): [
        _At("spec.secretStoreRefs.*.name", _EXTERNAL, "SecretStore", told=True),
        _At("spec.selector.secret.name", "", "Secret", "reads"),
    ],
    **{
        ("keda.sh", kind): [
            _At("spec.triggers.*.authenticationRef.name", "keda.sh", "TriggerAuthentication", told=True)
        ]
        for kind in ("ScaledObject", "ScaledJob")
    },
    **{
        ("keda.sh", kind): [_At("spec.secretTargetRef.*.name", "", "Secret", "reads")]
        for kind in ("TriggerAuthentication", "ClusterTriggerAuthentication")
    },
    (_PROMETHEUS, "ServiceMonitor"): _endpoints("endpoints"),
    (_PROMETHEUS, "PodMonitor"): _endpoints("podMetricsEndpoints"),
    (_PROMETHEUS, "Prometheus"): [
        _At("spec.alerting.alertmanagers.*.name", "", "Service", "calls"),
        _At("spec.additionalScrapeConfigs.name", "", "Secret", "reads", optional=True),
        *_secrets("spec.secrets.*", type_="mounts"),
        *_secrets("spec.configMaps.*", kind="ConfigMap", type_="mounts"),
    ],
    (_PROMETHEUS, "Alertmanager"): [
        _At("spec.configSecret", "", "Secret", "reads"),
        *_secrets("spec.secrets.*", type_="mounts"),
        *_secrets("spec.configMaps.*", kind="ConfigMap", type_="mounts"),
    ],
    ("argoproj.io", "Rollout"): [
        _At("spec.workloadRef.name", "apps", "Deployment", told=True),
        *[
            _At(f"spec.strategy.{service}", "", "Service")
            for service in (
                "canary.canaryService",
                "canary.stableService",
                "blueGreen.activeService",
                "blueGreen.previewService",
            )
        ],
        *[
            _At(f"spec.strategy.{analysis}.templates.*.templateName", "argoproj.io", "AnalysisTemplate")
            for analysis in ("canary.analysis", "blueGreen.prePromotionAnalysis", "blueGreen.postPromotionAnalysis")
        ],
    ],
    ("argoproj.io", "Application"): [_At("spec.project", "argoproj.io", "AppProject")],
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): [
        _At("spec.sourceRef.name", "source.toolkit.fluxcd.io", "GitRepository", told=True),
        _At("spec.dependsOn.*.name", "kustomize.toolkit.fluxcd.io", "Kustomization"),
        _At("spec.postBuild.substituteFrom.*.name", "", "ConfigMap", "reads", told=True),
        _At("spec.decryption.secretRef.name", "", "Secret", "reads"),
    ],
    ("helm.toolkit.fluxcd.io", "HelmRelease"): [
        _At("spec.chart.spec.sourceRef.name", "source.toolkit.fluxcd.io", "HelmRepository", told=True),
        _At("spec.chartRef.name", "source.toolkit.fluxcd.io", "OCIRepository", told=True),
        _At("spec.dependsOn.*.name", "helm.toolkit.fluxcd.io", "HelmRelease"),
        _At("spec.valuesFrom.*.name", "", "ConfigMap", "reads", told=True),
    ],
    **{
        (group, kind): _TRAEFIK
        for group in ("traefik.io", "traefik.containo.us")
        for kind in ("IngressRoute", "IngressRouteTCP", "IngressRouteUDP")
    },
    ("traefik.io", "Middleware"): _MIDDLEWARE,
    ("traefik.containo.us", "Middleware"): _MIDDLEWARE,
    ("projectcontour.io", "HTTPProxy"): [
        _At("spec.routes.*.services.*.name", "", "Service", "routes"),
        _At("spec.tcpproxy.services.*.name", "", "Service", "routes"),
        _At("spec.includes.*.name", "projectcontour.io", "HTTPProxy", "routes"),
        _At("spec.virtualhost.tls.secretName", "", "Secret"),
    ],
    ("route.openshift.io", "Route"): [
        _At("spec.to.name", "", "Service", "routes", told=True),
        _At("spec.alternateBackends.*.name", "", "Service", "routes", told=True),
    ],
}
_TABLE["extensions", "Ingress"] = _INGRESS

# The API is not asked whether these volumes' Secrets are there before a pod starts; of the pictures they are a part.
_VOLUMES = [
    _At("volumes.*.azureFile.secretName", "", "Secret", "mounts"),
    *[
        _At(f"volumes.*.{volume}.secretRef.name", "", "Secret", "mounts")
        for volume in ("cephfs", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos")
    ],
    _At("volumes.*.glusterfs.endpoints", "", "Endpoints", "mounts"),
    _At(
        "volumes.*.csi.volumeAttributes.secretProviderClass",
        "secrets-store.csi.x-k8s.io",
        "SecretProviderClass",
        "mounts",
    ),
]

# Annotations of Ingresses that name something: its group and kind, and whether they may say its namespace, as `namespace/name`.
_NGINX = "nginx.ingress.kubernetes.io"
_ANNOTATIONS: dict[str, tuple[str, str, Type]] = {
    "kubernetes.io/ingress.class": ("networking.k8s.io", "IngressClass", "uses"),
    f"{_NGINX}/auth-secret": ("", "Secret", "uses"),
    f"{_NGINX}/auth-tls-secret": ("", "Secret", "uses"),
    f"{_NGINX}/proxy-ssl-secret": ("", "Secret", "uses"),
    f"{_NGINX}/default-backend": ("", "Service", "routes"),
    f"{_CERT_MANAGER}/cluster-issuer": (_CERT_MANAGER, "ClusterIssuer", "uses"),
    f"{_CERT_MANAGER}/issuer": (_CERT_MANAGER, "Issuer", "uses"),
}

_SCALING = frozenset(("HorizontalPodAutoscaler", "VerticalPodAutoscaler", "ScaledObject"))
_CALLING = frozenset(
    ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService", "CustomResourceDefinition")
)


def names(manifest: Manifest) -> Iterator[Named]:
    """All that a manifest names. A namespace is the box around what is in it, and no object that is named."""
    seen = set()
    for reference in references(manifest):
        if reference.kind == "Namespace" or not reference.kind or _is_replaced(reference, manifest):
            continue
        seen.add(id(reference.node))
        yield Named(
            reference.node,
            reference.group,
            reference.kind,
            reference.namespace,
            reference.name,
            _type(manifest, reference),
            reference.optional,
        )
    for backend in manifest.views(Backend):
        if backend.name and id(backend.service) not in seen:
            yield Named(backend.service, "", "Service", backend.namespace, backend.name, "routes")
    for place in _TABLE.get((manifest.group, manifest.kind), ()):
        yield from _at(manifest, manifest.node, place)
    for pod in manifest.views(PodSpec):
        for place in _VOLUMES:
            yield from _at(manifest, pod.node, place)
    yield from _annotated(manifest)
    if manifest.group == "networking.istio.io":
        yield from _of_istio(manifest)


def _type(manifest: Manifest, reference: Reference) -> Type:
    """What a name is for, by who names it and where."""
    path = reference.node.path
    if reference.kind == "Service" and manifest.kind in ("Ingress", *_ROUTES):
        return "routes"
    if reference.kind == "Service" and manifest.kind in _CALLING:
        return "calls"
    if manifest.kind in _SCALING:
        return "scales"
    if manifest.kind in ("RoleBinding", "ClusterRoleBinding"):
        return "binds"
    if manifest.views(PodSpec):
        if "volumes" in path:
            return "mounts"
        if "env" in path or "envFrom" in path:
            return "reads"
    return "uses"


def _is_replaced(reference: Reference, manifest: Manifest) -> bool:
    """Whether a claim is named in a volume that a StatefulSet puts its own claim into.

    Source: k8s.io/kubernetes/pkg/controller/statefulset/stateful_set_utils.go: updateStorage.
    """
    if reference.kind != "PersistentVolumeClaim" or manifest.kind != "StatefulSet":
        return False
    claim = reference.node.parent
    volume = claim.parent if claim is not None else None
    templates = manifest.node["spec", "volumeClaimTemplates"]
    return volume is not None and volume["name"].string in {each["metadata", "name"].string for each in templates}


def _at(manifest: Manifest, root: Node, place: _At) -> Iterator[Named]:
    for node in root.each(place.path):
        beside = node.parent
        name = node.string
        if not name or beside is None:
            continue
        group, kind = place.group, place.kind
        if place.told:
            group, kind = told(beside, group, kind)
        if kind:
            space = space_of(group, kind, beside["namespace"].string or manifest.namespace)
            optional = place.optional or beside["optional"].boolean is True
            yield Named(node, group, kind, space, name, place.type, optional)


def space_of(group: str | None, kind: str, namespace: str) -> str:
    """The namespace of what is named in another: none for what is the cluster's. Custom kinds that are say so in their names."""
    info = kinds.lookup(group or "", kind)
    return namespace if (info.namespaced if info is not None else not kind.startswith("Cluster")) else ""


def _annotated(manifest: Manifest) -> Iterator[Named]:
    """What annotations name."""
    written = manifest.metadata["annotations"]
    if not written:
        return
    if manifest.kind in ("Ingress", "Gateway"):
        for key, (group, kind, type_) in _ANNOTATIONS.items():
            if value := written[key].string:
                namespace, _, name = value.rpartition("/")
                own = written[f"{_CERT_MANAGER}/issuer-kind"].string or kind if kind == "Issuer" else kind
                if own == kind:
                    space = space_of(group, kind, namespace or manifest.namespace)
                    yield Named(written[key], group, kind, space, name, type_)
    elif manifest.kind == "Secret" and manifest.node["type"].string == "kubernetes.io/service-account-token":
        account = written["kubernetes.io/service-account.name"]
        if account.string:
            yield Named(account, "", "ServiceAccount", manifest.namespace, account.string)
    source = written[f"{_CERT_MANAGER}/inject-ca-from"]
    namespace, _, name = (source.string or "").rpartition("/")
    if name:
        yield Named(source, _CERT_MANAGER, "Certificate", namespace, name)


# ---- Istio, which names Services by their addresses

_HOSTS = {
    "VirtualService": [f"spec.{protocol}.*.route.*.destination.host" for protocol in ("http", "tcp", "tls")]
    + ["spec.http.*.mirror.host", "spec.http.*.mirrors.*.destination.host"],
    "DestinationRule": ["spec.host"],
}
_SHORT = re.compile(r"[a-z0-9][-a-z0-9]*")
_LONG = re.compile(r"([a-z0-9][-a-z0-9]*)\.([a-z0-9][-a-z0-9]*)\.svc(?:\..+)?")


def _of_istio(manifest: Manifest) -> Iterator[Named]:
    type_: Type = "routes" if manifest.kind == "VirtualService" else "uses"
    for path in _HOSTS.get(manifest.kind, ()):
        for node in manifest.node.each(path):
            host = node.string or ""
            if _SHORT.fullmatch(host):
                yield Named(node, "", "Service", manifest.namespace, host, type_)
            elif match := _LONG.fullmatch(host):
                yield Named(node, "", "Service", match[2], match[1], type_)
    if manifest.kind == "VirtualService":
        for node in manifest.node.each("spec.gateways.*"):
            namespace, _, name = (node.string or "").rpartition("/")
            # What is said to be for the mesh is for no gateway.
            if name and name != "mesh" and "." not in name:
                yield Named(node, "networking.istio.io", "Gateway", namespace or manifest.namespace, name)
