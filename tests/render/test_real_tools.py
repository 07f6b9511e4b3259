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
    assert error == "shop/templates/web.yaml:1:7: shop: helm: the image is missing"


@HELM
@pytest.mark.parametrize(
    ("files", "said"),
    [
        # A helper that is called: where it fails is what is to be mended.
        (
            {
                "templates/web.yaml": '{{ include "x" . }}\n',
                "templates/_x.tpl": '{{ define "x" }}\n{{ .Values.a.b }}\n{{ end }}\n',
            },
            'shop/templates/_x.tpl:2:11: shop: helm: template: shop/templates/web.yaml:1:3: executing "shop/templates/web.yaml"',
        ),
        ({"templates/web.yaml": "a\n{{ if }}\n"}, "shop/templates/web.yaml:2: shop: helm: missing value for if"),
        ({"templates/web.yaml": "a: [\n"}, "shop/templates/web.yaml: shop: helm: YAML parse error on"),
        (
            {"Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\nkubeVersion: '>=1.99.0'\n"},
            "shop/Chart.yaml:4:14: shop: helm: chart requires kubeVersion: >=1.99.0 which is incompatible",
        ),
        ({"values.yaml": "a: [\n"}, "shop: helm: cannot load values.yaml"),
    ],
    ids=["helper", "template", "yaml", "version", "values"],
)
def test_a_chart_that_fails_is_told_of_with_the_place(project: Write, files: dict[str, str], said: str) -> None:
    chart = {"Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n", "templates/web.yaml": "a: b\n"}
    project({f"shop/{name}": text for name, text in (chart | files).items()})
    run = check("shop", rules="all")
    (error,) = run.errors
    assert error.startswith(said)
    assert run.findings == []


LOCAL = "dependencies:\n  - name: common\n    version: 1.x\n    repository: file://../common\n"


@HELM
def test_a_library_beside_its_dependent(project: Write) -> None:
    helper = '{{- define "common.pull" -}}\nimagePullPolicy: {{ .Values.pull }}\n{{- end }}\n'
    template = WORKLOAD.replace("{name}", "{{ .Release.Name }}").replace(
        "          ports:\n", '          {{- include "common.pull" . | nindent 10 }}\n          ports:\n'
    )
    project(
        {
            "common/Chart.yaml": "apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n",
            "common/templates/_pull.tpl": helper,
            "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n" + LOCAL,
            "shop/values.yaml": "pull: Allways\n",
            "shop/templates/web.yaml": template,
            # What was packed some time ago is not what is there now.
            "shop/charts/common-0.9.0.tgz": "no archive",
        }
    )
    run = check("common/templates/_pull.tpl", rules="invalid-value")
    assert (run.errors, run.warnings) == ([], [])
    assert [at(finding) for finding in run.findings] == ["shop/templates/web.yaml:15:9 invalid-value"]


@HELM
def test_a_subchart_beside_its_parent_is_shown_where_it_stands(project: Write) -> None:
    project(
        {
            "common/Chart.yaml": "apiVersion: v2\nname: common\nversion: 1.0.0\n",
            "common/values.yaml": "type: ClusterIpp\n",
            "common/templates/service.yaml": (
                "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec:\n  type: {{ .Values.type }}\n  ports: [{port: 80}]\n"
            ),
            "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n" + LOCAL + "    alias: web\n",
            "shop/values.yaml": "web: {type: ClusterIppp}\n",
        }
    )
    run = check("shop", rules="invalid-value")
    assert run.errors == []
    assert [(at(finding), "ClusterIppp" in finding.message) for finding in run.findings] == [
        ("common/templates/service.yaml:5:9 invalid-value", True)
    ]


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
