"""Who names whom."""

from __future__ import annotations

from k8slint.document import read
from k8slint.references import Reference, references
from k8slint.views import Manifest


def manifests(text: str) -> list[Manifest]:
    return [Manifest(root, document) for document in read("test.yaml", text).documents for root in document.resources]


def found(text: str) -> list[tuple[str, str | None, str, str]]:
    return [(r.kind, r.group, r.namespace, r.name) for r in references(manifests(text)[0])]


def test_a_pod_template_names_what_its_pods_need() -> None:
    assert found(
        """
apiVersion: batch/v1
kind: CronJob
metadata:
  name: clean
  namespace: shop
spec:
  jobTemplate:
    spec:
      template:
        spec:
          serviceAccountName: cleaner
          priorityClassName: low
          containers:
          - name: clean
            envFrom:
            - secretRef: {name: token}
          - {}
          volumes:
          - configMap: {name: settings}
          - projected:
              sources:
              - secret: {name: key}
              - text
"""
    ) == [
        ("Namespace", "", "", "shop"),
        ("ServiceAccount", "", "shop", "cleaner"),
        ("PriorityClass", "scheduling.k8s.io", "", "low"),
        ("Secret", "", "shop", "token"),
        ("ConfigMap", "", "shop", "settings"),
        ("Secret", "", "shop", "key"),
    ]


def test_fields_beside_a_name_tell_what_it_is_of() -> None:
    assert found(
        """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- {kind: ServiceAccount, name: web, namespace: shop}
- {kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}
"""
    ) == [
        ("ClusterRole", "rbac.authorization.k8s.io", "", "view"),
        ("ServiceAccount", "", "shop", "web"),
        ("Namespace", "", "", "shop"),
        ("User", "rbac.authorization.k8s.io", "", "jane"),
    ]
    assert found(
        """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics:
  - object: {describedObject: {kind: Ingress, name: web}}
"""
    ) == [("Deployment", "apps", "", "web"), ("Ingress", None, "", "web")]
    assert found(
        """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec:
  parentRefs:
  - {name: public, namespace: infra}
  rules:
  - backendRefs:
    - {name: web}
    - {group: net.example, kind: Bucket, name: files}
"""
    ) == [
        ("Gateway", "gateway.networking.k8s.io", "infra", "public"),
        ("Namespace", "", "", "infra"),
        ("Service", "", "", "web"),
        ("Bucket", "net.example", "", "files"),
    ]


def test_optional_references_say_so() -> None:
    [reference] = references(
        manifests("apiVersion: v1\nkind: Pod\nspec: {volumes: [{configMap: {name: a, optional: true}}]}")[0]
    )
    assert reference.optional


def test_whatever_has_another_shape_names_nothing() -> None:
    for spec in ("[]", "web", "{containers: web}", "{containers: [{env: [1]}]}", "{volumes: {configMap: {name: a}}}"):
        assert list(references(manifests(f"apiVersion: v1\nkind: Pod\nspec: {spec}")[0])) == []


def test_a_reference_means_an_object() -> None:
    secret, other, cluster = manifests(
        """
apiVersion: v1
kind: Secret
metadata: {name: web, namespace: shop}
---
apiVersion: shop.example/v1
kind: Secret
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
"""
    )
    node = secret.metadata["name"]
    assert Reference(node, node.text, "", "Secret", "shop").means(secret)
    assert Reference(node, node.text, "", "Secret", "").means(secret)
    assert Reference(node, node.text, None, "Secret", "shop").means(other)
    assert Reference(node, node.text, "", "Secret", "shop").means(cluster)
    assert not Reference(node, node.text, "", "Secret", "shop").means(other)
    assert not Reference(node, node.text, "", "Secret", "other").means(secret)
    assert not Reference(node, node.text, "", "ConfigMap", "shop").means(secret)
