"""Files, and what stands around them, as a graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8slint.config import ConfigError
from k8slint.graph.collect import Collected, collect

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: main
    image: web:1
    envFrom: [{configMapRef: {name: settings}}]
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"


def edges(found: Collected) -> list[str]:
    return [f"{edge.source} {edge.type} {edge.target} ({edge.state})" for edge in found.graph.edges]


def test_what_was_not_named_is_looked_up_and_only_then_shown(folder: Path) -> None:
    (folder / "web").mkdir()
    (folder / "web" / "pod.yaml").write_text(POD)
    (folder / "settings.yaml").write_text(SETTINGS + "---\n" + SETTINGS.replace("settings", "others"))

    found = collect(["web"])

    assert edges(found) == ["Pod/web reads ConfigMap/settings (found)"]
    assert [(node.id, node.place.path if node.place else "") for node in found.graph.nodes] == [
        ("Pod/web", "web/pod.yaml"),
        ("ConfigMap/settings", "settings.yaml"),
    ]


def test_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pod.yaml").write_text(POD)
    with (folder / "pod.yaml").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        found = collect(["-"])

    assert [(node.id, node.state) for node in found.graph.nodes] == [
        ("Pod/web", "found"),
        ("ConfigMap/settings", "unknown"),
    ]
    assert [node.place.path for node in found.graph.nodes if node.place] == ["<stdin>"]


@pytest.mark.parametrize(
    ("config", "state"),
    [
        ("", "unknown"),
        ("complete: true\n", "missing"),
        ("complete: true\nexternal: [ConfigMap/set*]\n", "unknown"),
    ],
)
def test_the_config_says_what_can_be_missing(folder: Path, config: str, state: str) -> None:
    (folder / "pod.yaml").write_text(POD)
    (folder / ".k8slint.yaml").write_text(config)

    assert edges(collect(["."])) == [f"Pod/web reads ConfigMap/settings ({state})"]
    assert edges(collect(["."], settings=False)) == ["Pod/web reads ConfigMap/settings (unknown)"]


def test_the_config_leaves_files_out(folder: Path) -> None:
    (folder / "pod.yaml").write_text(POD)
    (folder / "settings.yaml").write_text(SETTINGS)
    (folder / ".k8slint.yaml").write_text("exclude: [settings.yaml]\n")

    assert edges(collect(["."])) == ["Pod/web reads ConfigMap/settings (unknown)"]


def test_a_config_that_cannot_be_used_is_said(folder: Path) -> None:
    (folder / ".k8slint.yaml").write_text("complete: perhaps\n")

    with pytest.raises(ConfigError):
        collect(["."])


def test_what_a_kustomization_generates(folder: Path) -> None:
    (folder / "pod.yaml").write_text(POD)
    (folder / ".k8slint.yaml").write_text("complete: true\n")
    (folder / "kustomization.yaml").write_text(
        "resources: [pod.yaml]\nconfigMapGenerator:\n- name: settings\n  literals: [a=b]\n"
    )

    found = collect(["."])

    assert edges(found) == ["Pod/web reads ConfigMap/settings (generated)"]
    # A kustomization is no object, and a patch is half of one.
    assert [node.kind for node in found.graph.nodes] == ["Pod", "ConfigMap"]


def test_variants_find_what_is_applied_with_them(folder: Path) -> None:
    for name in ("dev", "prod"):
        (folder / name).mkdir()
        (folder / name / "all.yaml").write_text(f"{POD}---\n{SETTINGS}")

    assert edges(collect(["."])) == [
        "Pod/web reads ConfigMap/settings (found)",
        "Pod/web#2 reads ConfigMap/settings#2 (found)",
    ]


def test_what_cannot_be_read_is_told_and_nothing_is_missing_then(folder: Path) -> None:
    (folder / ".k8slint.yaml").write_text("complete: true\n")
    (folder / "broken.yaml").write_text(f"{POD}---\na: [\n")

    found = collect(["."])

    (sentence,) = found.broken
    assert sentence.startswith("broken.yaml:")
    assert edges(found) == ["Pod/web reads ConfigMap/settings (unknown)"]


def test_templates_and_other_files_are_told_apart(folder: Path) -> None:
    (folder / "template.yaml").write_text(POD.replace("name: web}", "name: {{ .Values.name }}}"))
    (folder / "values.yaml").write_text("replicas: 3\n")
    (folder / ".k8slint.yaml").write_text("complete: true\n")
    (folder / "pod.yaml").write_text(POD)

    found = collect(["."])

    assert sorted((skipped.path, skipped.reason) for skipped in found.skipped) == [
        (".k8slint.yaml", "not-a-manifest"),
        ("template.yaml", "unrendered-template"),
        ("values.yaml", "values"),
    ]
    assert edges(found) == ["Pod/web reads ConfigMap/settings (unknown)"]


def test_what_is_not_there_is_an_error(folder: Path) -> None:
    found = collect(["nowhere.yaml"])

    assert len(found.errors) == 1
    assert "nowhere.yaml" in found.errors[0]
    assert found.graph.nodes == ()


def test_it_is_the_same_whatever_the_order_of_files(folder: Path) -> None:
    (folder / "a.yaml").write_text(POD)
    (folder / "b.yaml").write_text(SETTINGS)

    assert collect(["a.yaml", "b.yaml"]).graph == collect(["b.yaml", "a.yaml"]).graph == collect(["."]).graph


def test_a_template_of_another_ending_is_none_of_yaml(folder: Path) -> None:
    (folder / "pod.yaml.j2").write_text("kind: Pod\n{% if a %}\nmetadata: {name: web}\n{% endif %}\n")

    found = collect(["pod.yaml.j2"])

    assert [(skipped.path, skipped.reason) for skipped in found.skipped] == [("pod.yaml.j2", "unrendered-template")]
    assert found.broken == []


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Service\nmetadata: web\nspec: []\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: [a], namespace: 5, labels: x}\nspec: {selector: [app], ports: 80}\n",
        "apiVersion: v1\nkind: Pod\nmetadata:\nspec: {containers: {env: 1}, volumes: [[], 1, {configMap: x}], serviceAccountName: {}}\n",
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{env: [1, {value: {}}], args: x, command: {a: b}}]}\n",
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec: {selector: {matchLabels: [], matchExpressions: {a: b}}}\n",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec:\n",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {tls: {a: b}, rules: [1, {http: []}]}\n",
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nspec: {selector: x, namespaceSelector: [1]}\n",
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nspec: {secretName: [a]}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: [http://x]\n",
        "apiVersion: 5\nkind: 7\nmetadata: {name: a}\n",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {names: []}\n",
        "apiVersion: v1\nkind: List\nitems: [1, {}, {kind: Pod}, []]\n",
    ],
)
def test_whatever_is_written_there_is_a_graph(folder: Path, text: str) -> None:
    (folder / "odd.yaml").write_text(f"{text}---\n{POD}---\n{SETTINGS}")

    found = collect(["."])

    assert "Pod/web reads ConfigMap/settings (found)" in edges(found)
