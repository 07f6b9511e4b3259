"""What a file or a document is."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from k8slint.classify import Category, classify_document, classify_text, first_placeholder
from k8slint.document import read
from k8slint.kustomize import Surroundings


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository that is the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def kinds_of(text: str, path: str = "<stdin>", surroundings: Surroundings | None = None) -> list[Category]:
    """The category of each document of a text, or of the text as a whole."""
    text = dedent(text)
    category = classify_text(path, text, surroundings)
    if category is not None:
        return [category]
    file = read(path, text)
    return [
        classify_document(file, document, surroundings)
        for document in file.documents
        if document.root is not None or document.error is not None
    ]


def kind_at(path: str, text: str) -> Category:
    """The category of a file of the current folder's project."""
    (category,) = kinds_of(text, path, Surroundings(Path.cwd()))
    return category


POD = """
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
"""

# ---------------------------------------------------------------------------------------------------- by content


@pytest.mark.parametrize(
    "text",
    [
        POD,
        "apiVersion: v1\nmetadata: {name: web}\n",
        "kind: Pod\nmetadata: {name: web}\n",
        "kind: Pod\n",
        "apiVersion: v1\ndata: {}\n",
        "apiVersion: null\nkind: Pod\nmetadata: {name: web}\n",
        "apiVersion: v1\nkind: 7\nmetadata: {name: web}\n",
        "kin: Pod\nmetadata: {name: web}\nspec: {}\n",
        '{"apiVersion": "v1", "kind": "Pod"}',
        "apiVersion: v1\nkind: List\nitems: []\n",
        "apiVersion: example.com/v1\nkind: Widget\nspec: {}\n",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec: {}\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: apps}\n",
        # What cannot be read may be one.
        "apiVersion: v1\nkind: [\n",
        "a: b: c\n",
    ],
)
def test_manifests(text: str) -> None:
    assert kinds_of(text) == [Category.MANIFEST]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", Category.KUSTOMIZATION),
        ("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n", Category.KUSTOMIZATION),
        ("- op: remove\n  path: /spec/replicas\n", Category.PATCH),
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n$patch: delete\n", Category.PATCH),
        ("kind: Deployment\nmetadata: {name: web}\nspec: {strategy: {$patch: replace}}\n", Category.PATCH),
        ("apiVersion: v2\nname: shop\nversion: 1.0.0\n", Category.CHART),
        ("apiVersion: v1\nentries: {}\ngenerated: today\n", Category.CHART),
        ("services:\n  web:\n    image: nginx\n", Category.COMPOSE),
        ("services:\n  web:\n    build: .\n", Category.COMPOSE),
        ("apiVersion: v1\nkind: Config\nclusters: []\n", Category.CONFIG),
        ("apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n", Category.CONFIG),
        ("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n", Category.CONFIG),
        ("apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n", Category.CONFIG),
        ("apiVersion: skaffold/v4beta13\nkind: Config\n", Category.CONFIG),
        ("apiVersion: v1\nbaseDomain: example.com\nmetadata: {name: ocp}\n", Category.CONFIG),
        ("kind: Secret\nmetadata: {name: login}\nsops: {mac: 'ENC[AES256_GCM,data:x]'}\n", Category.ENCRYPTED),
        ("apiVersion: 1\nproviders: []\n", Category.OTHER),  # Grafana
        ("kind: pipeline\ntype: docker\nname: default\nsteps: []\n", Category.OTHER),  # Drone
        ("kind: DaemonSet\nimage: {}\nservice: {}\ntolerations: []\n", Category.OTHER),  # a chart's values
        ("openapi: 3.1.0\ninfo: {}\npaths: {}\n", Category.OTHER),
        ("- hosts: all\n  tasks: []\n", Category.OTHER),
        ("[]\n", Category.OTHER),
        ("just a word\n", Category.OTHER),
    ],
)
def test_what_is_no_manifest(text: str, category: Category) -> None:
    assert kinds_of(text) == [category]


def test_the_documents_of_a_file_may_differ() -> None:
    text = "kind: Pod\n---\n# nothing\n---\nservices: {web: {image: nginx}}\n---\na: b: c\n"
    assert kinds_of(text) == [Category.MANIFEST, Category.COMPOSE, Category.MANIFEST]


def test_a_policy_that_holds_a_patch_is_no_patch() -> None:
    text = """
        apiVersion: kyverno.io/v1
        kind: ClusterPolicy
        spec: {rules: [{mutate: {patchStrategicMerge: {spec: {containers: [{$patch: delete}]}}}}]}
    """
    assert kinds_of(text) == [Category.MANIFEST]


# ---------------------------------------------------------------------------------------------------- templates


@pytest.mark.parametrize(
    "text",
    [
        "kind: Pod\nmetadata:\n  name: {{ .Values.name }}\n",
        "kind: Pod\nmetadata:\n  labels:\n    {{- include 'labels' . | nindent 4 }}\n",
        "{{- if .Values.enabled }}\nkind: Pod\n{{- end }}\n",
        "kind: Pod\n{{ .Values.more }}\n",
        "- {{ item }}\n",
        "args: [{{ first }}, second]\n",
        "{{ key }}: value\n",
        "{% if pod %}\nkind: Pod\n{% endif %}\n",
        "{# a pod #}\nkind: Pod\n",
        "{{/* a helper */}}\n",
        "replicas: #@ data.values.replicas\n",
        "#@ load('@ytt:data', 'data')\nkind: Pod\n",
        "# a comment: {{ x }}\nname: '{{ x }}'\nkind: {{ kind }}\n",
    ],
)
def test_a_placeholder_where_yaml_needs_a_value_or_key_makes_a_template(text: str) -> None:
    assert kinds_of(text) == [Category.TEMPLATE]


@pytest.mark.parametrize(
    "text",
    [
        "kind: Workflow\nspec:\n  name: '{{ inputs.parameters.name }}'\n",
        'kind: Workflow\nspec:\n  args: ["a: {{ b }}", "{{ c }}"]\n',
        "kind: Workflow\nspec:\n  image: app:{{workflow.parameters.tag}}\n",
        "kind: PrometheusRule\nspec:\n  description: Pod {{ $labels.pod }} is down\n",
        "kind: PrometheusRule\nspec:\n  description: Pod\n    {{ $labels.pod }} is down\n",
        "kind: PrometheusRule\nspec:\n  description: 'Pod\n    {{ $labels.pod }} is down'\n",
        "kind: ConfigMap\ndata:\n  page: |\n    {{ range .Items }}\n    - {{ . }}\n    {{ end }}\n",
        "kind: ConfigMap\ndata:\n  page: >-\n    {% if a %}\n    b: {{ c }}\n    {% endif %}\n",
        "# {{ commented }}\nkind: Pod # - {{ here }}\nmetadata: {name: web}\n",
        "kind: Pod\n#@param name\nspec: {}\n",
        "kind: ConfigMap\ndata: {# a comment\n  a: b}\n",
    ],
)
def test_a_placeholder_in_a_string_or_comment_is_content(text: str) -> None:
    assert kinds_of(text) == [Category.MANIFEST]


def test_a_mistake_before_the_first_placeholder_is_no_templates() -> None:
    text = "kind: PrometheusRule\n\tspec:\n  description: |\n    {{ $labels.pod }}\n"
    assert kinds_of(text) == [Category.MANIFEST]


def test_the_first_placeholder_is_where_the_file_stops_to_be_yaml() -> None:
    text = 'a: "{{ b }}"\nc: {{ d }}\ne: {{ f }}\n'
    assert first_placeholder(text) == text.index("{{ d }}")
    assert first_placeholder("replicas: #@ 1\n") == 10
    assert first_placeholder("a: b\n") == -1


def test_output_of_helm_is_no_template() -> None:
    assert kinds_of("---\n# Source: shop/templates/web.yaml\n" + dedent(POD)) == [Category.MANIFEST]


def test_the_templates_of_a_chart_are_templates_even_where_they_could_be_read(tree: Path) -> None:
    (tree / "shop").mkdir()
    (tree / "shop/Chart.yaml").write_text("apiVersion: v2\n")
    text = 'kind: Pod\nmetadata:\n  name: "{{ .Values.name }}"\n'
    assert kind_at("shop/templates/web.yaml", text) is Category.TEMPLATE
    assert kind_at("shop/crds/web.yaml", text) is Category.MANIFEST
    # Nothing in it is to be rendered.
    assert kind_at("shop/templates/plain.yaml", POD) is Category.MANIFEST


@pytest.mark.parametrize("name", ["web.yaml.j2", "web.tpl", "web.yaml.gotmpl"])
def test_the_endings_of_template_engines(tree: Path, name: str) -> None:
    assert kind_at(name, "kind: Pod\nmetadata: {name: '{{ name }}'}\n") is Category.TEMPLATE
    assert kind_at(name, POD) is Category.MANIFEST


# ---------------------------------------------------------------------------------------------------- by name and place

FOREIGN = "a: 1\nb: 2\nc: 3\n"


@pytest.mark.parametrize(
    ("path", "text", "category"),
    [
        ("values.yaml", "image: nginx\n", Category.VALUES),
        ("values-prod.yaml", "kind: DaemonSet\n", Category.VALUES),
        ("ci/tls-values.yaml", "a: [\n", Category.VALUES),
        ("shop.helm.values.yml", "a: {{ b }}\n", Category.VALUES),
        ("values.yaml", POD, Category.MANIFEST),
        ("valuesets.yaml", "kind: Pod\n", Category.MANIFEST),
        ("compose.yaml", "include: [a.yaml]\n", Category.COMPOSE),
        ("docker-compose.override.yml", "a: !reset null\n", Category.COMPOSE),
        ("stack.yaml", "version: '3'\nservices:\n  web: {}\nvolumes: {}\n", Category.COMPOSE),
        (".github/workflows/ci.yaml", "on: push\njobs: {build: {runs-on: '${{ matrix.os }}'}}\n", Category.CI),
        (".github/dependabot.yml", "version: 2\n", Category.CI),
        (".github/release/ingress.yaml", POD, Category.MANIFEST),
        (".gitlab-ci.yml", "build: {script: !reference [.a, script]}\n", Category.CI),
        (".circleci/config.yml", "kind: x\n", Category.CI),
        ("deploy/cloudbuild-test.yaml", "steps: []\n", Category.CI),
        (".drone.yml", "kind: pipeline\ntype: docker\n", Category.CI),
        ("helmfile.yaml", "releases:\n- name: {{ .Environment.Name }}\n", Category.OTHER),
        ("kustomization.yaml", "resources: [web.yaml]\n", Category.KUSTOMIZATION),
        ("kustomization.yml", "kind: Kustomization\n", Category.KUSTOMIZATION),
        ("Kustomization", "resources: [web.yaml]\n", Category.KUSTOMIZATION),
        ("other.yaml", "resources: [web.yaml]\n", Category.OTHER),
        ("kustomization.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n", Category.MANIFEST),
        ("kind/patches/kube-apiserver0+merge.yaml", POD, Category.PATCH),
        ("kind/patches/kube-apiserver.yaml", POD, Category.PATCH),
        ("patches/web.yaml", POD, Category.MANIFEST),
        ("kube-apiserver.yaml", POD, Category.MANIFEST),
        ("package.json", '{"name": "web", "version": "1.0.0", "private": true}', Category.OTHER),
        ("dashboard.json", '{"panels": [{"legendFormat": "{{ pod }}"}], "title": "a", "uid": "b"}', Category.OTHER),
        ("web.json", '{"kind": "Pod", "apiVersion": "v1"}', Category.MANIFEST),
        # Whether something else can be read is not our concern; something short may still be meant as a manifest.
        ("alertmanager.yaml", "global: {}\nroute: {}\nreceivers: []\n bad\n", Category.OTHER),
        ("mkdocs.yml", "site_name: a\nnav: []\nplugins: [!!python/name:material x]\n", Category.OTHER),
        ("web.yaml", "name: [\n", Category.MANIFEST),
        ("web.yaml", "metadata: [\n" + FOREIGN, Category.MANIFEST),
        ("Makefile", "all:\n\techo kind\n", Category.OTHER),
        ("README.md", "# Deploy\n\n```yaml\nkind: Pod\n```\n", Category.OTHER),
        ("rendered", "# Source: shop\n---\n" + dedent(POD), Category.MANIFEST),
    ],
)
def test_a_name_tells_where_the_content_does_not(tree: Path, path: str, text: str, category: Category) -> None:
    assert kind_at(path, text) is category


def test_a_file_that_a_kustomization_uses_is_what_it_is_used_for(tree: Path) -> None:
    (tree / "kustomization.yaml").write_text(
        "resources: [web.yaml]\npatches: [{path: patch.yaml}]\nconfigMapGenerator: [{name: a, files: [pod.yaml]}]\n"
    )
    assert kind_at("web.yaml", POD) is Category.MANIFEST
    assert kind_at("patch.yaml", POD) is Category.PATCH
    assert kind_at("pod.yaml", POD) is Category.OTHER


def test_a_text_of_no_file_is_judged_by_its_content_alone() -> None:
    assert kinds_of(POD, "compose.yaml") == [Category.MANIFEST]
    assert kinds_of("resources: [web.yaml]\n", "kustomization.yaml") == [Category.OTHER]
    assert kinds_of(FOREIGN + "- d\n", "<stdin>") == [Category.MANIFEST]
    assert kinds_of(FOREIGN + "- d\n", "<stdin>", Surroundings(Path.cwd())) == [Category.MANIFEST]
    assert kinds_of("# only a comment\n") == []
