"""What examples are too small for."""

from __future__ import annotations

from k8slint.api import check_text


def annotated(size: int) -> str:
    return f"""
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  annotations:
    a: {"x" * (size // 2 - 1)}
    b: {"x" * (size // 2 - 1)}
"""


def test_annotations_may_have_256_kib() -> None:
    limit = 256 * 1024
    assert [f for f in check_text(annotated(limit)) if f.rule == "invalid-annotation"] == []
    [finding] = [f for f in check_text(annotated(limit + 2)) if f.rule == "invalid-annotation"]
    assert finding.message == "annotations have 262146 bytes, and the API server takes 262144"
    assert (finding.route, finding.line) == ("metadata.annotations", 6)


def test_claims_tell_what_the_server_refuses() -> None:
    findings = check_text(
        """
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers: [{name: web, image: web:1.0}]
  serviceAccountName: Web
  imagePullSecrets: [{name: Web}]
  volumes: [{name: web, configMap: {name: Web}}]
"""
    )
    assert {(f.route, str(f.claim)) for f in findings if f.rule == "invalid-reference"} == {
        ("spec.serviceAccountName", "rejected"),
        ("spec.imagePullSecrets[0].name", "unintended"),
        ("spec.volumes[0].configMap.name", "broken"),
    }


def test_the_server_names_other_fields() -> None:
    findings = check_text(
        """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web, owner: web team}
    spec:
      containers: [{name: web, image: web:1.0}]
      volumes: [{name: Cache}]
  volumeClaimTemplates:
  - metadata: {name: data}
  - metadata: {name: Logs}
"""
    )
    assert {f.rule: f.route for f in findings if f.claim == "rejected" and f.rule.startswith("invalid-")} == {
        "invalid-label": "spec.template.labels",
        "invalid-volume-name": "spec.template.spec.volumes[2].name",
        "invalid-name": "spec.template.spec.volumes[1].name",
    }
