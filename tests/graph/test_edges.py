"""What leads to what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from k8slint.graph.model import Graph

GraphOf = Callable[..., Graph]


def edges(graph: Graph) -> list[str]:
    """Edges as text, with the state of what was not simply found."""
    return sorted(
        f"{edge.source} {edge.type} {edge.target}" + (f" ({edge.state})" if edge.state != "found" else "")
        for edge in graph.edges
    )


def pod(
    name: str = "web", *, kind: str = "Pod", labels: str = "{app: web}", spec: str = "", namespace: str = ""
) -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return f"""
---
apiVersion: v1
kind: {kind}
metadata: {{name: {name}{where}, labels: {labels}}}
spec:
  containers: [{{name: main, image: web:1}}]
  {spec}
"""


SERVICE = """
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 8080}]
"""


# ---- labels


def test_a_service_selects_pods_with_its_labels(graph_of: GraphOf) -> None:
    graph = graph_of(SERVICE + pod() + pod("other", labels="{app: other}"))

    assert edges(graph) == ["Service/web selects Pod/web"]
    (edge,) = graph.edges
    assert [(place.path, place.line, place.route) for place in edge.places] == [("all.yaml", 7, "spec.selector")]


def test_of_another_namespace_it_selects_none(graph_of: GraphOf) -> None:
    service = SERVICE.replace("{name: web}", "{name: web, namespace: shop}")

    assert edges(graph_of(service + pod(namespace="dev"))) == ["Service/shop/web selects Pod/shop/app=web (unknown)"]
    assert edges(graph_of(service + pod(namespace="shop"))) == ["Service/shop/web selects Pod/shop/web"]


def test_a_selector_that_nobody_fits_stands_out(graph_of: GraphOf) -> None:
    graph = graph_of(SERVICE, complete=True)

    assert edges(graph) == ["Service/web selects Pod/app=web (missing)"]
    wanted = graph.nodes[-1]
    assert (wanted.name, wanted.selector, wanted.title, wanted.state) == ("", "app=web", "app=web", "missing")


@pytest.mark.parametrize(
    ("label", "state"),
    [("weeb", "missing"), ("web2", "unknown"), ("database", "unknown")],
    ids=["slip", "row", "other"],
)
def test_a_slip_is_known_without_the_whole(graph_of: GraphOf, label: str, state: str) -> None:
    assert edges(graph_of(SERVICE + pod(labels=f"{{app: {label}}}"))) == [f"Service/web selects Pod/app=web ({state})"]


@pytest.mark.parametrize(
    "spec",
    [
        "type: ExternalName\n  externalName: x.dev\n  selector: {app: web}",
        "selector: {statefulset.kubernetes.io/pod-name: web-0}",
        "clusterIP: None",
    ],
)
def test_services_that_need_no_pods_of_the_input(graph_of: GraphOf, spec: str) -> None:
    text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec:\n  {spec}\n"

    assert edges(graph_of(text, complete=True)) == []


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ("{matchLabels: {app: web}}", ["web"]),
        ("{matchExpressions: [{key: app, operator: In, values: [web, api]}]}", ["api", "web"]),
        ("{matchLabels: {app: web}, matchExpressions: [{key: app, operator: DoesNotExist}]}", []),
        ("{}", ["api", "web"]),
    ],
)
def test_policies_select_pods(graph_of: GraphOf, selector: str, selected: list[str]) -> None:
    pods = pod() + pod("api", labels="{app: api}")
    for kind, group, field in (
        ("NetworkPolicy", "networking.k8s.io", "podSelector"),
        ("PodDisruptionBudget", "policy", "selector"),
    ):
        text = f"apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: p}}\nspec: {{{field}: {selector}}}\n"
        nobody = [] if selected else ["app=web, !app (unknown)"]
        assert edges(graph_of(text + pods)) == [f"{kind}.{group}/p selects Pod/{name}" for name in selected or nobody]


def test_without_a_selector_a_network_policy_takes_all_and_a_budget_none(graph_of: GraphOf) -> None:
    policy = (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {policyTypes: [Ingress]}\n"
    )
    budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: p}\nspec: {minAvailable: 1}\n"

    assert edges(graph_of(policy + pod())) == ["NetworkPolicy.networking.k8s.io/p selects Pod/web"]
    assert edges(graph_of(budget + pod())) == []


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("", ["a"]),
        ("namespaceSelector: {any: true}", ["a", "b"]),
        ("namespaceSelector: {matchNames: [b]}", ["b"]),
    ],
)
def test_monitors_select_services_by_their_own_labels(graph_of: GraphOf, more: str, found: list[str]) -> None:
    services = "".join(
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: {namespace}, labels: {{team: web}}}}\n"
        for namespace in ("a", "b")
    )
    monitor = f"""
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {{name: m, namespace: a}}
spec:
  selector: {{matchLabels: {{team: web}}}}
  {more}
"""
    assert edges(graph_of(monitor + services)) == [
        f"ServiceMonitor.monitoring.coreos.com/a/m selects Service/{namespace}/web" for namespace in found
    ]


# ---- names


def test_what_a_pod_names(graph_of: GraphOf) -> None:
    text = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web}
    spec:
      serviceAccountName: runner
      priorityClassName: high
      containers:
      - name: main
        image: web:1
        env:
        - {name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}
        - {name: B, valueFrom: {configMapKeyRef: {name: settings, key: b}}}
        envFrom:
        - secretRef: {name: keys, optional: true}
      volumes:
      - {name: a, configMap: {name: settings}}
      - {name: b, persistentVolumeClaim: {claimName: disk}}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: disk}
    spec: {storageClassName: fast}
    """
    graph = graph_of(text, complete=True)

    assert edges(graph) == [
        "PersistentVolumeClaim/disk uses StorageClass.storage.k8s.io/fast (unknown)",
        "Pod/web mounts ConfigMap/settings",
        "Pod/web mounts PersistentVolumeClaim/disk",
        "Pod/web reads ConfigMap/settings",
        "Pod/web reads Secret/keys (unknown)",
        "Pod/web uses PriorityClass.scheduling.k8s.io/high (missing)",
        "Pod/web uses ServiceAccount/runner (missing)",
    ]
    reads = {edge.target: edge for edge in graph.edges if edge.type == "reads"}
    assert [place.line for place in reads["ConfigMap/settings"].places] == [12, 13]
    assert reads["Secret/keys"].optional
    assert not reads["ConfigMap/settings"].optional


def test_what_the_config_calls_external_is_unknown(graph_of: GraphOf) -> None:
    text = pod(spec="imagePullSecrets: []\n  serviceAccountName: runner")

    assert edges(graph_of(text, complete=True)) == ["Pod/web uses ServiceAccount/runner (missing)"]
    external = graph_of(text, complete=True, external=("ServiceAccount/run*",))
    assert edges(external) == ["Pod/web uses ServiceAccount/runner (unknown)"]


def test_what_every_cluster_has_is_not_missing(graph_of: GraphOf) -> None:
    text = """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: b}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
    subjects:
    - {kind: ServiceAccount, name: default, namespace: shop}
    - {kind: Group, apiGroup: rbac.authorization.k8s.io, name: admins}
    - {kind: ServiceAccount, name: nobody, namespace: shop}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: b, namespace: kube-system}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: "system:r"}
    """
    assert edges(graph_of(text, complete=True)) == [
        "ClusterRoleBinding.rbac.authorization.k8s.io/b binds ClusterRole.rbac.authorization.k8s.io/view (unknown)",
        "ClusterRoleBinding.rbac.authorization.k8s.io/b binds Group.rbac.authorization.k8s.io/admins (unknown)",
        "ClusterRoleBinding.rbac.authorization.k8s.io/b binds ServiceAccount/shop/default (unknown)",
        "ClusterRoleBinding.rbac.authorization.k8s.io/b binds ServiceAccount/shop/nobody (missing)",
        "RoleBinding.rbac.authorization.k8s.io/kube-system/b binds Role.rbac.authorization.k8s.io/kube-system/system:r (unknown)",
    ]


def test_a_namesake_makes_a_slip_known_unless_both_are_meant(graph_of: GraphOf) -> None:
    settings = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
    one = pod(spec="volumes: [{name: a, configMap: {name: setings}}]")
    both = pod(spec="volumes: [{name: a, configMap: {name: setings}}, {name: b, configMap: {name: settings}}]")

    assert edges(graph_of(one + settings)) == ["Pod/web mounts ConfigMap/setings (missing)"]
    assert edges(graph_of(both + settings)) == [
        "Pod/web mounts ConfigMap/setings (unknown)",
        "Pod/web mounts ConfigMap/settings",
    ]


def test_routes_and_scalers(graph_of: GraphOf) -> None:
    text = """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: shop}
    spec:
      ingressClassName: nginx
      defaultBackend: {service: {name: web, port: {number: 8080}}}
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: shop}
    spec:
      parentRefs: [{name: front}]
      rules:
      - backendRefs: [{name: web, port: 8080}]
        filters: [{type: RequestMirror, requestMirror: {backendRef: {name: web, port: 8080}}}]
    ---
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: web}
    spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
    ---
    apiVersion: apiregistration.k8s.io/v1
    kind: APIService
    metadata: {name: v1.metrics.example.com}
    spec: {service: {name: web, namespace: default}}
    """
    assert edges(graph_of(text + SERVICE.replace("\n", "\n    "), complete=True)) == [
        "APIService.apiregistration.k8s.io/v1.metrics.example.com calls Service/web",
        "HTTPRoute.gateway.networking.k8s.io/shop routes Service/web",
        "HTTPRoute.gateway.networking.k8s.io/shop uses Gateway.gateway.networking.k8s.io/front (missing)",
        "HorizontalPodAutoscaler.autoscaling/web scales Deployment.apps/web (missing)",
        "Ingress.networking.k8s.io/shop routes Service/web",
        "Ingress.networking.k8s.io/shop uses IngressClass.networking.k8s.io/nginx (unknown)",
        "Service/web selects Pod/app=web (missing)",
    ]


@pytest.mark.parametrize(
    "maker",
    [
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: c}\nspec: {secretName: tls}",
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: c}\nspec: {target: {name: tls}}",
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: tls}\nspec: {}",
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: tls}",
        """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: c, annotations: {cert-manager.io/issuer: ca}}
spec: {tls: [{secretName: tls}]}""",
    ],
)
def test_what_a_controller_makes_is_generated(graph_of: GraphOf, maker: str) -> None:
    user = pod(spec="volumes: [{name: a, secret: {secretName: tls}}]")
    graph = graph_of(maker + user, complete=True)

    assert "Pod/web mounts Secret/tls (generated)" in edges(graph)
    assert [edge.target for edge in graph.edges if edge.type == "creates"] == ["Secret/tls"]
    assert [node.state for node in graph.nodes if node.kind == "Secret"] == ["generated"]


def test_a_definition_defines_its_resources(graph_of: GraphOf) -> None:
    text = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: orders.example.com}
    spec: {group: example.com, scope: Namespaced, names: {kind: Order, plural: orders}}
    ---
    apiVersion: example.com/v1
    kind: Order
    metadata: {name: first}
    ---
    apiVersion: other.example.com/v1
    kind: Order
    metadata: {name: second}
    """
    graph = graph_of(text)

    assert edges(graph) == [
        "CustomResourceDefinition.apiextensions.k8s.io/orders.example.com defines Order.example.com/first"
    ]
    assert [node.category for node in graph.nodes] == ["custom", "custom", "custom"]


# ---- addresses


@pytest.mark.parametrize(
    "value",
    [
        "web:8080",
        "http://web",
        "http://web/path",
        "https://user:secret@web:9999/",
        "web.shop:8080",
        "http://web.shop.svc.cluster.local",
        "web.shop.svc",
        "other:1,web:8080",
        "web-0.web:8080",
    ],
)
@pytest.mark.parametrize("place", ["env: [{name: A, value: VALUE}]", "args: [VALUE]", "command: [run, --peer=VALUE]"])
def test_an_address_is_a_call(graph_of: GraphOf, value: str, place: str) -> None:
    text = f"""
apiVersion: v1
kind: Pod
metadata: {{name: api, namespace: shop}}
spec:
  containers:
  - {{name: main, image: "api:1", {place.replace("VALUE", value) if "--" in place else place.replace("VALUE", f'"{value}"')}}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop}}
spec: {{ports: [{{port: 8080}}]}}
"""
    assert edges(graph_of(text.replace("--peer=" + value, f'"--peer={value}"'))) == [
        "Pod/shop/api calls Service/shop/web"
    ]


@pytest.mark.parametrize(
    "value",
    [
        "web",
        "web:9090",
        "my-web:8080",
        "web-api:8080",
        "web.com:8080",
        "https://web.com/",
        "https://web.example.com/",
        "https://example.com/web:8080x",
        "web.dev:8080",
        "http://web.dev.svc/",
        "a_web:8080",
        "see web: 8080",
    ],
)
def test_what_only_looks_like_one_is_none(graph_of: GraphOf, value: str) -> None:
    text = f"""
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: shop}}
data: {{value: "{value}"}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop}}
spec: {{ports: [{{port: 8080}}]}}
"""
    assert edges(graph_of(text)) == []


def test_a_public_name_is_no_service_in_an_open_namespace(graph_of: GraphOf) -> None:
    text = """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    data: {source: "https://grafana.com/", own: "http://grafana/"}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: grafana}
    spec: {ports: [{port: 443}]}
    """
    (edge,) = graph_of(text).edges
    assert [place.route for place in edge.places] == ["data[own]"]


def test_an_external_name_within_the_cluster_is_a_call(graph_of: GraphOf) -> None:
    text = """
    apiVersion: v1
    kind: Service
    metadata: {name: alias, namespace: a}
    spec: {type: ExternalName, externalName: web.b.svc.cluster.local}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: b}
    """
    assert edges(graph_of(text)) == ["Service/a/alias calls Service/b/web"]


# ---- nodes


def test_nodes_are_all_objects_but_namespaces(graph_of: GraphOf) -> None:
    text = """
    apiVersion: v1
    kind: List
    items:
    - {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
    - {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}
    - {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}
    - {apiVersion: batch/v1, kind: Job, metadata: {generateName: run-}}
    """
    graph = graph_of(text)

    assert [node.id for node in graph.nodes] == ["ConfigMap/shop/a", "ConfigMap/shop/a#2", "Job.batch/run-*"]
    assert [node.place.line for node in graph.nodes if node.place] == [6, 7, 8]
    assert graph.edges == ()


def test_a_part_keeps_both_ends_of_its_edges(graph_of: GraphOf) -> None:
    route = "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {defaultBackend: {service: {name: web}}}\n"
    graph = graph_of(SERVICE + pod(spec="serviceAccountName: runner") + route)
    names = [node.id for node in graph.around(["Ingress.networking.k8s.io/i"], 1).nodes]

    assert names == ["Service/web", "Ingress.networking.k8s.io/i"]
    assert [node.id for node in graph.around(["Service/web"], 0).nodes] == ["Service/web"]
    assert len(graph.around(["Service/web"], 2).nodes) == 4
    services = graph.of_kinds({"Service"})
    assert ([node.id for node in services.nodes], services.edges) == (["Service/web"], ())


def test_the_part_of_a_namespace_has_what_belongs_to_it(graph_of: GraphOf) -> None:
    binding = """
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: a}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
"""
    graph = graph_of(pod("one", namespace="a") + pod("two", namespace="b") + pod("three") + binding)

    assert [node.title for node in graph.of_namespaces({"a"}).nodes] == ["one", "b", "view"]
