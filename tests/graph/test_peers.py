"""Who may talk to whom, as network policies and grants say it."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent

import pytest

from k8slint.graph.model import Graph

from .test_edges import edges, pod

GraphOf = Callable[..., Graph]

NAMESPACES = """
---
apiVersion: v1
kind: Namespace
metadata: {name: monitoring, labels: {team: platform}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
"""


def policy(rules: str, types: str = "") -> str:
    more = f"\n  policyTypes: {types}" if types else ""
    return f"""
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: p, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: web}}}}{more}
{indent(rules, "  ")}
"""


def allowed(graph: Graph) -> list[str]:
    """Who may send to whom, without what the policy itself selects."""
    names = [line.replace("NetworkPolicy.networking.k8s.io/shop/", "") for line in edges(graph)]
    return [line for line in names if " allows " in line]


WEB = pod("web", namespace="shop")


def test_peers_are_drawn_as_the_traffic_flows(graph_of: GraphOf) -> None:
    text = policy(
        """\
ingress:
- from: [{podSelector: {matchLabels: {app: front}}}]
egress:
- to: [{podSelector: {matchLabels: {app: db}}}]"""
    )
    pods = pod("front", labels="{app: front}", namespace="shop") + pod("db", labels="{app: db}", namespace="shop")
    graph = graph_of(text + WEB + pods)

    assert edges(graph) == [
        "NetworkPolicy.networking.k8s.io/shop/p allows Pod/shop/db",
        "NetworkPolicy.networking.k8s.io/shop/p selects Pod/shop/web",
        "Pod/shop/front allows NetworkPolicy.networking.k8s.io/shop/p",
    ]
    # Both are written in the policy.
    assert [(edge.places[0].line, edge.places[0].route) for edge in graph.edges if edge.type == "allows"] == [
        (9, "spec.ingress[0].from[0]"),
        (11, "spec.egress[0].to[0]"),
    ]


@pytest.mark.parametrize(
    ("peer", "ends"),
    [
        ("podSelector: {matchLabels: {app: front}}", ["Pod/shop/front"]),
        ("podSelector: {matchExpressions: [{key: app, operator: In, values: [front, x]}]}", ["Pod/shop/front"]),
        ("podSelector: {}", ["Namespace/shop"]),
        ("namespaceSelector: {}", ["Namespace/every namespace (unknown)"]),
        ("{namespaceSelector: {}, podSelector: {matchLabels: {app: agent}}}", ["Pod/monitoring/agent"]),
        ("{namespaceSelector: {}, podSelector: {}}", ["Namespace/every namespace (unknown)"]),
        ("namespaceSelector: {matchLabels: {team: platform}}", ["Namespace/monitoring"]),
        ("namespaceSelector: {matchLabels: {team: other}}", ["Namespace/team=other (unknown)"]),
        ("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}", ["Namespace/monitoring"]),
        ("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: dev}}", ["Namespace/dev (unknown)"]),
        (
            "namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [monitoring, dev]}]}",
            ["Namespace/dev (unknown)", "Namespace/monitoring"],
        ),
        (
            "{namespaceSelector: {matchLabels: {team: platform}}, podSelector: {matchLabels: {app: agent}}}",
            ["Pod/monitoring/agent"],
        ),
        # The pod is in another namespace than the one that is asked for.
        (
            "{namespaceSelector: {matchLabels: {team: platform}}, podSelector: {matchLabels: {app: front}}}",
            ["Pod/app=front (unknown)"],
        ),
        (
            "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}",
            ["Pod/kube-system/k8s-app=kube-dns (unknown)"],
        ),
        ("ipBlock: {cidr: 10.0.0.0/8}", ["Network/10.0.0.0/8 (unknown)"]),
        (
            "ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}",
            ["Network/10.0.0.0/8 but 10.1.0.0/16, 10.2.0.0/16 (unknown)"],
        ),
        # Half-written ones allow nothing that could be drawn.
        ("{}", []),
        ("ipBlock: {}", []),
        ("ipBlock: {except: [10.1.0.0/16]}", []),
    ],
)
def test_what_a_peer_stands_for(graph_of: GraphOf, peer: str, ends: list[str]) -> None:
    entry = peer if peer.startswith("{") else f"{{{peer}}}"
    pods = (
        WEB
        + pod("front", labels="{app: front}", namespace="shop")
        + pod("agent", labels="{app: agent}", namespace="monitoring")
    )
    graph = graph_of(policy(f"egress:\n- to: [{entry}]", "[Egress]") + pods + NAMESPACES, complete=True)

    assert allowed(graph) == [f"p allows {end}" for end in ends]


def test_a_rule_without_peers_is_about_anywhere(graph_of: GraphOf) -> None:
    assert allowed(graph_of(policy("ingress: [{}]\negress: [{ports: [{port: 53}]}]") + WEB)) == [
        "Network/anywhere allows p (unknown)",
        "p allows Network/anywhere (unknown)",
    ]
    # No rule allows nothing.
    assert allowed(graph_of(policy("ingress: []", "[Ingress, Egress]") + WEB)) == []


@pytest.mark.parametrize(
    "rules",
    [
        "egress: x",
        "egress: [3, {to: y}, {to: {a: b}}]",
        "egress: [{to: [z, {ipBlock: [1]}, {ipBlock: {cidr: [1]}}, {podSelector: 3}, {namespaceSelector: [a]}]}]",
        "egress: [{to: [{podSelector: {matchExpressions: [{key: [a], operator: In, values: 3}]}}]}]",
    ],
)
def test_what_is_no_rule_or_peer_allows_nothing(graph_of: GraphOf, rules: str) -> None:
    assert allowed(graph_of(policy(rules, "[Egress]") + WEB)) == []


@pytest.mark.parametrize(
    ("types", "said"),
    [
        ("", ["Network/10.0.0.0/8 allows p (unknown)", "p allows Network/11.0.0.0/8 (unknown)"]),
        ("[Ingress]", ["Network/10.0.0.0/8 allows p (unknown)"]),
        ("[Egress]", ["p allows Network/11.0.0.0/8 (unknown)"]),
    ],
)
def test_rules_of_a_type_that_the_policy_is_not_of_say_nothing(graph_of: GraphOf, types: str, said: list[str]) -> None:
    rules = "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]\negress: [{to: [{ipBlock: {cidr: 11.0.0.0/8}}]}]"
    assert allowed(graph_of(policy(rules, types) + WEB)) == said


def test_a_peer_that_nobody_is_stands_out(graph_of: GraphOf) -> None:
    text = policy("ingress: [{from: [{podSelector: {matchLabels: {app: frnt}}}]}]") + WEB

    assert allowed(graph_of(text)) == ["Pod/shop/app=frnt allows p (unknown)"]
    assert allowed(graph_of(text, complete=True)) == ["Pod/shop/app=frnt allows p (missing)"]
    front = pod("front", labels="{app: front}", namespace="shop")
    assert allowed(graph_of(text + front)) == ["Pod/shop/app=frnt allows p (missing)"]


def test_pods_of_an_open_namespace_are_the_policy_s_own(graph_of: GraphOf) -> None:
    text = policy("ingress: [{from: [{podSelector: {}}]}]").replace(", namespace: shop", "")

    assert allowed(graph_of(text + pod())) == [
        "Namespace/that of the policy allows NetworkPolicy.networking.k8s.io/p (unknown)"
    ]


def test_a_grant_lets_through_what_refers_across(graph_of: GraphOf) -> None:
    text = """
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: g, namespace: shop}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: front}]
  to: [{group: "", kind: Service}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: one, namespace: front}
spec: {rules: [{backendRefs: [{name: web, namespace: shop, port: 80}]}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: elsewhere, namespace: dev}
spec: {rules: [{backendRefs: [{name: web, namespace: shop, port: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: shop}
"""
    grant, route = "ReferenceGrant.gateway.networking.k8s.io/shop/g", "HTTPRoute.gateway.networking.k8s.io"
    assert edges(graph_of(text)) == [
        f"{route}/dev/elsewhere routes Service/shop/web",
        f"{route}/front/one allows {grant}",
        f"{route}/front/one routes Service/shop/web",
        f"{grant} allows Service/shop/web",
    ]
    # A grant for one Service is for no other.
    named = text.replace("kind: Service}]", "kind: Service, name: other}]")
    assert not [line for line in edges(graph_of(named)) if "allows" in line]
