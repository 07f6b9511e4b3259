"""The same with the real helm and kustomize, where they are installed."""

from __future__ import annotations

import shutil

import pytest

from k8slint import render
from k8slint.finding import Finding
from k8slint.render import RenderOptions
from k8slint.run import CheckOptions, Run

from .conftest import Write

HELM = pytest.mark.skipif(shutil.which("helm") is None, reason="helm is not installed")
KUSTOMIZE = pytest.mark.skipif(
    shutil.which("kustomize") is None and shutil.which("kubectl") is None, reason="kustomize is not installed"
)

WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0
          ports:
            - name: http
              containerPort: 8080
"""


def check(*paths: str, rules: str) -> Run:
    options = CheckOptions(select=[rules])
    return render.check(render.plan(paths, RenderOptions(), options), RenderOptions(), options)


def at(finding: Finding) -> str:
    return f"{finding.path}:{finding.line}:{finding.column} {finding.rule}"


@HELM
def test_a_chart(project: Write) -> None:
    helpers = '{{- define "web.port" -}}\nimagePullPolicy: Allways\n{{- end }}\n'
    template = WORKLOAD.replace("{name}", "{{ .Release.Name }}").replace(
        "          ports:\n", '          {{- include "web.port" . | nindent 10 }}\n          ports:\n'
    )
    project(
        {
            "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\nkubeVersion: '>=1.25.0-0'\n",
            "shop/values.yaml": "pull: Never\n",
            "shop/templates/_helpers.tpl": helpers,
            "shop/templates/web.yaml": template.replace(
                "  selector:", "  replicas: {{ .Values.replicas }}\n  selector:"
            ),
            "shop/ci/none-values.yaml": "replicas: none\n",
        }
    )
    run = check("shop/templates/_helpers.tpl", rules="all")
    assert run.errors == []
    found = {at(finding): finding for finding in run.findings if finding.severity == "error"}
    assert sorted(found) == [
        # From a helper: at the element that it is put into.
        "shop/templates/web.yaml:16:9 invalid-value",
        # From a value: at the action that stands for it.
        "shop/templates/web.yaml:6:13 wrong-type",
    ]
    value = found["shop/templates/web.yaml:16:9 invalid-value"]
    assert value.related[0].message == "rendered, it reads: imagePullPolicy: Allways"
    assert value.source == "shop with ci/none-values.yaml"
    assert found["shop/templates/web.yaml:6:13 wrong-type"].related == ()


@HELM
def test_a_chart_that_asks_for_what_it_is_not_given(project: Write) -> None:
    project(
        {
            "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
            "shop/templates/web.yaml": 'a: {{ required "the image is missing" .Values.image }}\n',
        }
    )
    (error,) = check("shop", rules="all").errors
    assert error.startswith("shop: helm: execution error at (shop/templates/web.yaml:1:6): the image is missing")


OVERLAY = """\
resources: [../base]
namePrefix: Prod_
namespace: Shop_
commonAnnotations:
  team: shop
patches:
  - target: {kind: Deployment}
    patch: |
      - op: add
        path: /spec/template/spec/restartPolicy
        value: Sometimes
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        template:
          spec:
            containers:
              - name: web
                imagePullPolicy: Allways
"""


@KUSTOMIZE
def test_an_overlay(project: Write) -> None:
    project(
        {
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": WORKLOAD.format(name="web").replace("  - name: http\n", "  - name: HTTP_\n"),
            "prod/kustomization.yaml": OVERLAY,
        }
    )
    run = check("base/web.yaml", rules="all")
    assert run.errors == []
    assert sorted(at(finding) for finding in run.findings if finding.severity == "error") == [
        # What the base says itself, the prefix, the namespace, and two patches that are written in the overlay.
        "base/web.yaml:18:21 invalid-port-name",
        "prod/kustomization.yaml:11:16 invalid-value",
        "prod/kustomization.yaml:22:34 invalid-value",
        "prod/kustomization.yaml:2:13 invalid-name",
        "prod/kustomization.yaml:3:12 invalid-namespace",
    ]


@KUSTOMIZE
def test_a_generated_object(project: Write) -> None:
    generator = "secretGenerator:\n  - name: Keys_\n    literals: [a=b]\n"
    project({"app/kustomization.yaml": generator})
    run = check("app", rules="all")
    assert run.errors == []
    assert [at(finding) for finding in run.findings if finding.severity == "error"] == [
        "app/kustomization.yaml:2:11 invalid-name"
    ]


@KUSTOMIZE
def test_a_kustomization_that_cannot_be_built(project: Write) -> None:
    project({"app/kustomization.yaml": "resources: [gone.yaml]\n"})
    (error,) = check("app", rules="all").errors
    assert error.startswith("app: ")
    assert "gone.yaml" in error
    assert "k8slint-" not in error
