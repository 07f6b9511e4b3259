"""Names that only the picture needs: in annotations, in labels, in the custom resources that are widespread."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from k8slint.graph.model import Graph

from .test_edges import edges, pod

GraphOf = Callable[..., Graph]


def manifest(kind: str, name: str, rest: str = "", *, api: str = "v1", meta: str = "") -> str:
    return f"\n---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop{meta}}}\n{rest}\n"


def annotated(*pairs: str) -> str:
    return f", annotations: {{{', '.join(pairs)}}}"


# A manifest, and what leads from it under its own name; all else is said to be missing.
NAMES = {
    "endpoints": (
        manifest("Endpoints", "web", "subsets: [{addresses: [{ip: 10.0.0.1, targetRef: {kind: Pod, name: one}}]}]")
        + pod("one", namespace="shop"),
        ["Endpoints/shop/web routes Pod/shop/one"],
    ),
    "a volume's snapshot": (
        manifest(
            "PersistentVolumeClaim",
            "data",
            "spec: {dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: old}}",
        ),
        ["PersistentVolumeClaim/shop/data uses VolumeSnapshot.snapshot.storage.k8s.io/shop/old (missing)"],
    ),
    "a claim that is copied": (
        manifest("PersistentVolumeClaim", "data", "spec: {dataSourceRef: {kind: PersistentVolumeClaim, name: old}}"),
        ["PersistentVolumeClaim/shop/data uses PersistentVolumeClaim/shop/old (missing)"],
    ),
    "a snapshot": (
        manifest(
            "VolumeSnapshot",
            "s",
            "spec: {volumeSnapshotClassName: fast, source: {persistentVolumeClaimName: data}}",
            api="snapshot.storage.k8s.io/v1",
        ),
        [
            "VolumeSnapshot.snapshot.storage.k8s.io/shop/s uses PersistentVolumeClaim/shop/data (missing)",
            "VolumeSnapshot.snapshot.storage.k8s.io/shop/s uses VolumeSnapshotClass.snapshot.storage.k8s.io/shop/fast (unknown)",
        ],
    ),
    "volumes with secrets": (
        pod(
            "web",
            namespace="shop",
            spec="volumes: [{name: a, azureFile: {secretName: az}}, {name: b, rbd: {secretRef: {name: ceph}}}]",
        ),
        ["Pod/shop/web mounts Secret/shop/az (missing)", "Pod/shop/web mounts Secret/shop/ceph (missing)"],
    ),
    "secrets from a store": (
        pod(
            "web",
            namespace="shop",
            spec="volumes: [{name: a, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: vault}}}]",
        ),
        ["Pod/shop/web mounts SecretProviderClass.secrets-store.csi.x-k8s.io/shop/vault (missing)"],
    ),
    "ingress annotations": (
        manifest(
            "Ingress",
            "i",
            api="networking.k8s.io/v1",
            meta=annotated(
                "kubernetes.io/ingress.class: nginx",
                "nginx.ingress.kubernetes.io/auth-secret: users",
                "nginx.ingress.kubernetes.io/auth-tls-secret: certs/ca",
                "nginx.ingress.kubernetes.io/default-backend: sorry",
                "cert-manager.io/cluster-issuer: letsencrypt",
            ),
        ),
        [
            "Ingress.networking.k8s.io/shop/i routes Service/shop/sorry (missing)",
            "Ingress.networking.k8s.io/shop/i uses ClusterIssuer.cert-manager.io/letsencrypt (missing)",
            "Ingress.networking.k8s.io/shop/i uses IngressClass.networking.k8s.io/nginx (unknown)",
            "Ingress.networking.k8s.io/shop/i uses Secret/certs/ca (missing)",
            "Ingress.networking.k8s.io/shop/i uses Secret/shop/users (missing)",
        ],
    ),
    "an issuer of another kind": (
        manifest(
            "Ingress",
            "i",
            api="networking.k8s.io/v1",
            meta=annotated("cert-manager.io/issuer: own", "cert-manager.io/issuer-kind: MyIssuer"),
        ),
        [],
    ),
    "an ingress to a resource": (
        manifest(
            "Ingress",
            "i",
            "spec: {defaultBackend: {resource: {apiGroup: k8s.example.com, kind: Bucket, name: files}}}",
            api="networking.k8s.io/v1",
        ),
        ["Ingress.networking.k8s.io/shop/i routes Bucket.k8s.example.com/shop/files (missing)"],
    ),
    "a certificate": (
        manifest("Certificate", "c", "spec: {secretName: tls, issuerRef: {name: ca}}", api="cert-manager.io/v1"),
        [
            "Certificate.cert-manager.io/shop/c creates Secret/shop/tls (generated)",
            "Certificate.cert-manager.io/shop/c uses Issuer.cert-manager.io/shop/ca (missing)",
        ],
    ),
    "a certificate of the cluster's issuer": (
        manifest("Certificate", "c", "spec: {issuerRef: {name: ca, kind: ClusterIssuer}}", api="cert-manager.io/v1"),
        ["Certificate.cert-manager.io/shop/c uses ClusterIssuer.cert-manager.io/ca (missing)"],
    ),
    "an external secret": (
        manifest("ExternalSecret", "e", "spec: {secretStoreRef: {name: vault}}", api="external-secrets.io/v1"),
        [
            "ExternalSecret.external-secrets.io/shop/e creates Secret/shop/e (generated)",
            "ExternalSecret.external-secrets.io/shop/e uses SecretStore.external-secrets.io/shop/vault (missing)",
        ],
    ),
    "an external secret that adds to another's": (
        manifest(
            "ExternalSecret",
            "e",
            "spec: {secretStoreRef: {name: vault, kind: ClusterSecretStore}, target: {creationPolicy: Merge}}",
            api="external-secrets.io/v1",
        ),
        ["ExternalSecret.external-secrets.io/shop/e uses ClusterSecretStore.external-secrets.io/vault (missing)"],
    ),
    "a webhook's certificate": (
        manifest(
            "ValidatingWebhookConfiguration",
            "v",
            "webhooks: [{clientConfig: {service: {name: hook, namespace: shop}}}]",
            api="admissionregistration.k8s.io/v1",
            meta=annotated("cert-manager.io/inject-ca-from: shop/serving"),
        ).replace("name: v, namespace: shop", "name: v"),
        [
            "ValidatingWebhookConfiguration.admissionregistration.k8s.io/v calls Service/shop/hook (missing)",
            "ValidatingWebhookConfiguration.admissionregistration.k8s.io/v uses Certificate.cert-manager.io/shop/serving (missing)",
        ],
    ),
    "a conversion": (
        manifest(
            "CustomResourceDefinition",
            "c.example.com",
            "spec: {group: example.com, names: {kind: C}, conversion: {webhook: {clientConfig: {service: {name: hook, namespace: shop}}}}}",
            api="apiextensions.k8s.io/v1",
        ).replace(", namespace: shop}\nspec", "}\nspec"),
        ["CustomResourceDefinition.apiextensions.k8s.io/c.example.com calls Service/shop/hook (missing)"],
    ),
    "a token": (
        manifest(
            "Secret",
            "t",
            "type: kubernetes.io/service-account-token",
            meta=annotated("kubernetes.io/service-account.name: robot"),
        ),
        ["Secret/shop/t uses ServiceAccount/shop/robot (missing)"],
    ),
    "what a service account carries": (
        manifest("ServiceAccount", "robot", "imagePullSecrets: [{name: pull}]\nsecrets: [{name: token}]"),
        [
            "ServiceAccount/shop/robot uses Secret/shop/pull (unknown)",
            "ServiceAccount/shop/robot uses Secret/shop/token (unknown)",
        ],
    ),
    "a monitor that logs in": (
        manifest(
            "ServiceMonitor",
            "m",
            "spec: {selector: {matchLabels: {a: b}}, endpoints: [{port: x, basicAuth: {username: {name: users, key: u}}}]}",
            api="monitoring.coreos.com/v1",
        ),
        [
            "ServiceMonitor.monitoring.coreos.com/shop/m reads Secret/shop/users (missing)",
            "ServiceMonitor.monitoring.coreos.com/shop/m selects Service/shop/a=b (missing)",
        ],
    ),
    "a scaler": (
        manifest(
            "ScaledObject",
            "s",
            "spec: {scaleTargetRef: {name: web}, triggers: [{authenticationRef: {name: queue}}]}",
            api="keda.sh/v1alpha1",
        )
        + manifest("TriggerAuthentication", "queue", "spec: {secretTargetRef: [{name: keys}]}", api="keda.sh/v1alpha1"),
        [
            "ScaledObject.keda.sh/shop/s scales Deployment.apps/shop/web (missing)",
            "ScaledObject.keda.sh/shop/s uses TriggerAuthentication.keda.sh/shop/queue",
            "TriggerAuthentication.keda.sh/shop/queue reads Secret/shop/keys (missing)",
        ],
    ),
    "istio": (
        manifest(
            "VirtualService",
            "v",
            "spec: {gateways: [mesh, istio-system/front], http: [{route: [{destination: {host: web}}, {destination: {host: api.dev.svc.cluster.local}}, {destination: {host: example.com}}]}]}",
            api="networking.istio.io/v1",
        )
        + manifest("DestinationRule", "d", "spec: {host: '*.local'}", api="networking.istio.io/v1"),
        [
            "VirtualService.networking.istio.io/shop/v routes Service/dev/api (missing)",
            "VirtualService.networking.istio.io/shop/v routes Service/shop/web (missing)",
            "VirtualService.networking.istio.io/shop/v uses Gateway.networking.istio.io/istio-system/front (missing)",
        ],
    ),
    "traefik": (
        manifest(
            "IngressRoute",
            "r",
            "spec: {routes: [{services: [{name: web, port: 80}], middlewares: [{name: auth}]}], tls: {secretName: tls}}",
            api="traefik.io/v1alpha1",
        ),
        [
            "IngressRoute.traefik.io/shop/r routes Service/shop/web (missing)",
            "IngressRoute.traefik.io/shop/r uses Middleware.traefik.io/shop/auth (missing)",
            "IngressRoute.traefik.io/shop/r uses Secret/shop/tls (missing)",
        ],
    ),
    "flux": (
        manifest(
            "HelmRelease",
            "h",
            "spec: {chart: {spec: {chart: x, sourceRef: {kind: HelmRepository, name: repo, namespace: flux-system}}}, valuesFrom: [{kind: Secret, name: v, optional: true}]}",
            api="helm.toolkit.fluxcd.io/v2",
        ),
        [
            "HelmRelease.helm.toolkit.fluxcd.io/shop/h reads Secret/shop/v (unknown)",
            "HelmRelease.helm.toolkit.fluxcd.io/shop/h uses HelmRepository.source.toolkit.fluxcd.io/flux-system/repo (missing)",
        ],
    ),
    "argo": (
        manifest("Application", "a", "spec: {project: default}", api="argoproj.io/v1alpha1")
        + manifest(
            "Rollout",
            "r",
            "spec: {workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}, strategy: {canary: {canaryService: next}}}",
            api="argoproj.io/v1alpha1",
        ),
        [
            "Application.argoproj.io/shop/a uses AppProject.argoproj.io/shop/default (unknown)",
            "Rollout.argoproj.io/shop/r uses Deployment.apps/shop/web (missing)",
            "Rollout.argoproj.io/shop/r uses Service/shop/next (missing)",
        ],
    ),
    "a route of OpenShift": (
        manifest("Route", "r", "spec: {to: {kind: Service, name: web}}", api="route.openshift.io/v1"),
        ["Route.route.openshift.io/shop/r routes Service/shop/web (missing)"],
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_what_is_named(graph_of: GraphOf, case: str) -> None:
    text, expected = NAMES[case]

    assert edges(graph_of(text, complete=True)) == expected


MAKERS = [
    ("SealedSecret", "bitnami.com/v1alpha1", ""),
    ("OnePasswordItem", "onepassword.com/v1", ""),
    ("KafkaUser", "kafka.strimzi.io/v1beta2", ""),
    ("VaultStaticSecret", "secrets.hashicorp.com/v1beta1", "spec: {destination: {name: made}}"),
    ("SecretProviderClass", "secrets-store.csi.x-k8s.io/v1", "spec: {secretObjects: [{secretName: made}]}"),
    ("SopsSecret", "isindir.github.com/v1alpha3", "spec: {secretTemplates: [{name: made}]}"),
    ("ClusterIssuer", "cert-manager.io/v1", "spec: {acme: {privateKeySecretRef: {name: made}}}"),
    ("ClusterExternalSecret", "external-secrets.io/v1", "spec: {externalSecretName: made}"),
    ("PostgreSQLInstance", "db.example.com/v1", "spec: {writeConnectionSecretToRef: {name: made}}"),
    (
        "Job",
        "batch/v1",
        "spec: {template: {spec: {containers: [{name: x, image: x, args: [create, --secret-name=made]}]}}}",
    ),
]


@pytest.mark.parametrize(("kind", "api", "rest"), MAKERS, ids=[kind for kind, _, _ in MAKERS])
def test_a_secret_that_a_controller_makes_is_not_missing(graph_of: GraphOf, kind: str, api: str, rest: str) -> None:
    user = pod("web", namespace="shop", spec="volumes: [{name: a, secret: {secretName: made}}]")
    graph = graph_of(manifest(kind, "made", rest, api=api) + user, complete=True)

    assert [node.state for node in graph.nodes if node.kind == "Secret"] == ["generated"]
    assert [edge.type for edge in graph.edges] == ["mounts", "creates"]


def test_a_bundle_makes_a_config_map_in_every_namespace(graph_of: GraphOf) -> None:
    bundle = """
apiVersion: trust.cert-manager.io/v1alpha1
kind: Bundle
metadata: {name: roots}
spec: {target: {configMap: {key: ca.crt}}}
"""
    user = pod(namespace="shop", spec="volumes: [{name: a, configMap: {name: roots}}]")

    assert "Pod/shop/web mounts ConfigMap/shop/roots (generated)" in edges(graph_of(bundle + user, complete=True))


def test_a_stateful_set_makes_its_claims(graph_of: GraphOf) -> None:
    text = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  volumeClaimTemplates: [{metadata: {name: data}}]
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: "db:1"}]
      # The set puts its own claim in place of this one.
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
"""
    debug = pod("debug", spec="volumes: [{name: a, persistentVolumeClaim: {claimName: CLAIM}}]")

    assert edges(graph_of(text + debug.replace("CLAIM", "data-db-0"), complete=True)) == [
        "Pod/debug mounts PersistentVolumeClaim/data-db-0 (generated)"
    ]
    assert edges(graph_of(text + debug.replace("CLAIM", "data-db-x"), complete=True)) == [
        "Pod/debug mounts PersistentVolumeClaim/data-db-x (missing)"
    ]


def test_addresses_belong_to_their_service(graph_of: GraphOf) -> None:
    service = manifest("Service", "web")
    slice_ = manifest(
        "EndpointSlice",
        "web-1",
        "addressType: IPv4",
        api="discovery.k8s.io/v1",
        meta=", labels: {kubernetes.io/service-name: web}",
    )
    leader = manifest("Endpoints", "leader")

    assert edges(graph_of(service + manifest("Endpoints", "web") + slice_ + leader, complete=True)) == [
        "Service/shop/web routes EndpointSlice.discovery.k8s.io/shop/web-1",
        "Service/shop/web routes Endpoints/shop/web",
    ]
    assert edges(graph_of(slice_, complete=True)) == [
        "Service/shop/web routes EndpointSlice.discovery.k8s.io/shop/web-1 (missing)"
    ]


def test_an_owner_creates_what_it_owns(graph_of: GraphOf) -> None:
    owned = manifest(
        "ConfigMap",
        "settings",
        meta=", ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: x}, {apiVersion: v1, kind: Node, name: one, uid: x}]",
    )
    deployment = manifest("Deployment", "web", api="apps/v1")

    assert edges(graph_of(owned + deployment, complete=True)) == [
        "Deployment.apps/shop/web creates ConfigMap/shop/settings",
        "Node/one creates ConfigMap/shop/settings (unknown)",
    ]
    # What a controller made it of is in the cluster, and in no file.
    assert (
        edges(graph_of(owned, complete=True))[0] == "Deployment.apps/shop/web creates ConfigMap/shop/settings (unknown)"
    )


def test_what_every_cluster_has_in_its_own_namespaces(graph_of: GraphOf) -> None:
    text = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: kube-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: extension-apiserver-authentication-reader}
subjects: [{kind: ServiceAccount, name: coredns, namespace: kube-system}]
---
apiVersion: v1
kind: Service
metadata: {name: scheduler, namespace: kube-system}
spec: {selector: {component: kube-scheduler}}
"""
    assert [line for line in edges(graph_of(text, complete=True)) if not line.endswith("(unknown)")] == []


# ---- operators


PROMETHEUS = """
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: k8s, namespace: shop}
spec:
  podMetadata: {labels: {team: web}}
  serviceMonitorSelector: {}
  ruleSelector: {matchLabels: {role: alert}}
  ruleNamespaceSelector: {}
"""


def test_a_prometheus_is_found_by_the_labels_of_its_pods(graph_of: GraphOf) -> None:
    service = manifest("Service", "p", "spec: {selector: {app.kubernetes.io/instance: k8s, team: web}}")
    budget = manifest(
        "PodDisruptionBudget",
        "p",
        "spec: {selector: {matchLabels: {prometheus: k8s, operator.prometheus.io/name: k8s}}}",
        api="policy/v1",
    )

    assert edges(graph_of(PROMETHEUS + service + budget, complete=True)) == [
        "PodDisruptionBudget.policy/shop/p selects Prometheus.monitoring.coreos.com/shop/k8s",
        "Service/shop/p selects Prometheus.monitoring.coreos.com/shop/k8s",
    ]


def test_a_prometheus_selects_its_monitors_and_rules(graph_of: GraphOf) -> None:
    monitor = manifest("ServiceMonitor", "m", api="monitoring.coreos.com/v1")
    rule = manifest("PrometheusRule", "r", api="monitoring.coreos.com/v1", meta=", labels: {role: alert}")
    other = manifest("PrometheusRule", "other", api="monitoring.coreos.com/v1")
    away = "".join(text.replace("namespace: shop", "namespace: dev") for text in (monitor, rule))

    prometheus = "Prometheus.monitoring.coreos.com/shop/k8s"
    # Without a selector for namespaces only its own counts, with an empty one each.
    assert edges(graph_of(PROMETHEUS + monitor + rule + other + away)) == [
        f"{prometheus} selects PrometheusRule.monitoring.coreos.com/dev/r",
        f"{prometheus} selects PrometheusRule.monitoring.coreos.com/shop/r",
        f"{prometheus} selects ServiceMonitor.monitoring.coreos.com/shop/m",
    ]


def test_pods_that_an_operator_makes_are_not_missing(graph_of: GraphOf) -> None:
    kafka = manifest("Kafka", "events", api="kafka.strimzi.io/v1beta2")
    service = manifest("Service", "k", "spec: {selector: {strimzi.io/cluster: events}}")

    assert edges(graph_of(kafka + service, complete=True)) == [
        "Service/shop/k selects Pod/shop/strimzi.io/cluster=events (unknown)"
    ]
    assert edges(graph_of(service, complete=True)) == [
        "Service/shop/k selects Pod/shop/strimzi.io/cluster=events (missing)"
    ]


# ---- other selectors


def test_a_claim_selects_volumes_and_a_role_others(graph_of: GraphOf) -> None:
    text = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {selector: {matchLabels: {tier: fast}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk, labels: {tier: fast}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {part: all}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: some, labels: {part: all}}
"""
    roles = "ClusterRole.rbac.authorization.k8s.io"
    assert edges(graph_of(text)) == [
        f"{roles}/all selects {roles}/some",
        "PersistentVolumeClaim/shop/data selects PersistentVolume/disk",
    ]


@pytest.mark.parametrize(
    ("more", "found"),
    [("", ["a"]), ("namespaceSelector: {any: true}", ["a", "b"]), ("namespaceSelector: {matchNames: [b]}", ["b"])],
)
def test_pod_monitors_look_where_they_are_told(graph_of: GraphOf, more: str, found: list[str]) -> None:
    monitor = f"""
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {{name: m, namespace: a}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  {more}
"""
    assert edges(graph_of(monitor + pod(namespace="a") + pod(namespace="b"))) == [
        f"PodMonitor.monitoring.coreos.com/a/m selects Pod/{namespace}/web" for namespace in found
    ]


@pytest.mark.parametrize(
    ("spaces", "where"),
    [("matchNames: [b]", "/b"), ("matchNames: [b, c]", ""), ("any: true", "")],
)
def test_a_monitor_of_elsewhere_knows_nothing_missing(graph_of: GraphOf, spaces: str, where: str) -> None:
    monitor = f"""
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {{name: m, namespace: a}}
spec: {{selector: {{matchLabels: {{app: web}}}}, namespaceSelector: {{{spaces}}}}}
"""
    assert edges(graph_of(monitor, complete=True)) == [
        f"ServiceMonitor.monitoring.coreos.com/a/m selects Service{where}/app=web (unknown)"
    ]
