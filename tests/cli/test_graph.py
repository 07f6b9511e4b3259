from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

K8slint = Callable[..., Result]

SHOP = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: runner
      containers: [{name: main, image: web:1, envFrom: [{configMapRef: {name: settings}}]}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other, namespace: dev}
"""


@pytest.fixture
def shop(folder: Path) -> Path:
    (folder / "shop.yaml").write_text(SHOP)
    return folder


def ids(result: Result) -> list[str]:
    assert result.exit_code == 0, result.stderr
    return [node["id"] for node in json.loads(result.stdout)["nodes"]]


def test_its_help_fits(k8slint: K8slint) -> None:
    shown = k8slint("graph", "--help").stdout

    assert shown.startswith("Usage: k8slint graph ")
    assert max(map(len, shown.splitlines())) <= 80


def test_mermaid_is_the_default(k8slint: K8slint, shop: Path) -> None:
    result = k8slint("graph")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("flowchart LR\n")
    assert "-->|selects|" in result.stdout
    assert k8slint("graph", "shop.yaml").stdout == k8slint("graph", ".").stdout == result.stdout


@pytest.mark.parametrize(
    ("file", "start"),
    [
        ("g.mmd", "flowchart LR"),
        ("g.dot", "digraph k8slint {"),
        ("g.gv", "digraph k8slint {"),
        ("g.json", '{"version": 1,'),
        ("g.html", "<!DOCTYPE html>"),
        ("g.HTML", "<!DOCTYPE html>"),
        ("g.txt", "flowchart LR"),
    ],
)
def test_the_ending_of_the_file_says_the_format(k8slint: K8slint, shop: Path, file: str, start: str) -> None:
    result = k8slint("graph", "-o", file)

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert (shop / file).read_text(encoding="utf-8").startswith(start)


def test_the_format_has_the_last_word(k8slint: K8slint, shop: Path) -> None:
    k8slint("graph", "-o", "g.html", "--format", "dot")

    assert (shop / "g.html").read_text(encoding="utf-8").startswith("digraph")


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        ((), None),
        (("shop.yaml",), "shop.yaml"),
        (("--title", "The <shop>"), "The &lt;shop&gt;"),
        (("-",), "k8slint graph"),
    ],
)
def test_the_title_of_the_page(k8slint: K8slint, shop: Path, arguments: tuple[str, ...], title: str | None) -> None:
    page = k8slint("graph", "--format", "html", *arguments, stdin=SHOP).stdout

    assert f"<title>{title or shop.name}</title>" in page


def test_kinds_as_kubectl_knows_them(k8slint: K8slint, shop: Path) -> None:
    for word in ("Deployment", "deployment", "deployments", "deploy", "DEPLOY"):
        assert ids(k8slint("graph", "-f", "json", "--kind", word)) == ["Deployment.apps/shop/web"]
    for word in ("ing", "ingresses"):
        assert ids(k8slint("graph", "-f", "json", "-k", word)) == ["Ingress.networking.k8s.io/shop/shop"]
    both = ids(k8slint("graph", "-f", "json", "-k", "svc", "-k", "deploy"))
    assert both == ["Service/shop/web", "Deployment.apps/shop/web"]


def test_a_namespace(k8slint: K8slint, shop: Path) -> None:
    assert ids(k8slint("graph", "-f", "json", "-n", "dev")) == ["ConfigMap/dev/other"]
    assert len(ids(k8slint("graph", "-f", "json", "-n", "dev", "-n", "shop"))) == 6


def test_around_an_object(k8slint: K8slint, shop: Path) -> None:
    service, deployment, ingress = "Service/shop/web", "Deployment.apps/shop/web", "Ingress.networking.k8s.io/shop/shop"

    assert ids(k8slint("graph", "-f", "json", "--around", "ingress/shop", "--depth", "0")) == [ingress]
    assert ids(k8slint("graph", "-f", "json", "--around", "ing/shop/shop", "--depth", "1")) == [service, ingress]
    assert ids(k8slint("graph", "-f", "json", "--around", "ing/shop")) == [service, deployment, ingress]
    two = ids(k8slint("graph", "-f", "json", "--around", "cm/other", "--around", "ing/shop", "--depth", "1"))
    assert two == [service, ingress, "ConfigMap/dev/other"]
    assert ids(k8slint("graph", "-f", "json", "--around", "ing/shop", "-k", "svc")) == [service]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--around", "svc/webb"), "There is no Service webb. Did you mean 'web'?"),
        (("--around", "svc/dev/web"), "There is no Service web in namespace dev."),
        (("--around", "web"), "--around takes KIND/NAME or KIND/NAMESPACE/NAME, not 'web'."),
        (("--around", "svc/"), "--around takes KIND/NAME or KIND/NAMESPACE/NAME, not 'svc/'."),
        (("--kind", "Deploymnt"), "No object has the kind 'Deploymnt'. Did you mean 'Deployment'?"),
        (("--namespace", "shopp"), "No object has the namespace 'shopp'. Did you mean 'shop'?"),
        (("--depth", "1"), "--depth goes with --around."),
        (("--config", "x", "--no-config"), "--config does not go with --no-config."),
    ],
)
def test_bad_usage(k8slint: K8slint, shop: Path, arguments: tuple[str, ...], said: str) -> None:
    result = k8slint("graph", *arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_what_was_not_read_is_said(k8slint: K8slint, shop: Path) -> None:
    (shop / "broken.yaml").write_text("kind: Pod\na: [\n")
    (shop / "template.yaml").write_text("kind: Pod\nmetadata: {name: {{ .Release.Name }}}\n")
    (shop / "values.yaml").write_text("a: 1\n")

    result = k8slint("graph")

    assert result.exit_code == 0
    first, second = result.stderr.splitlines()
    assert first.startswith("warning: not read: broken.yaml:")
    assert second == "warning: not read: 1 file (unrendered-template): template.yaml"


def test_of_many_only_some_are_named(k8slint: K8slint, shop: Path) -> None:
    (shop / "broken.yaml").write_text("kind: Pod\na: [\n---\n" * 12)
    for number in range(5):
        (shop / f"t{number}.yaml").write_text("kind: Pod\nmetadata: {name: {{ .Release.Name }}}\n")

    lines = k8slint("graph").stderr.splitlines()

    assert len(lines) == 12
    assert lines[-2] == "warning: not read: 2 more documents"
    assert lines[-1] == "warning: not read: 5 files (unrendered-template): t0.yaml, t1.yaml, t2.yaml, ..."


def test_nothing_to_show(k8slint: K8slint, folder: Path) -> None:
    result = k8slint("graph")

    assert (result.exit_code, result.stdout) == (0, "flowchart LR\n")
    assert result.stderr == "warning: nothing to show: no objects in .\n"


def test_more_than_mermaid_draws(k8slint: K8slint, folder: Path) -> None:
    settings = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {}}}\n"
    (folder / "many.yaml").write_text("".join(settings.format("a" * 200 + str(number)) for number in range(300)))

    result = k8slint("graph")

    assert result.exit_code == 0
    assert "more than Mermaid draws by default" in result.stderr
    assert k8slint("graph", "--format", "dot").stderr == ""


def test_what_is_not_there_is_2(k8slint: K8slint, shop: Path) -> None:
    result = k8slint("graph", "shop.yaml", "nowhere.yaml", "-f", "json")

    assert result.exit_code == 2
    assert "nowhere.yaml" in result.stderr
    assert len(json.loads(result.stdout)["nodes"]) == 6


def test_a_file_that_cannot_be_written_is_2(k8slint: K8slint, shop: Path) -> None:
    result = k8slint("graph", "-o", "no/such/folder.html")

    assert result.exit_code == 2
    assert result.stderr.startswith("error: cannot write no/such/folder.html: ")


def test_a_config_that_cannot_be_used_is_2(k8slint: K8slint, shop: Path) -> None:
    (shop / ".k8slint.yaml").write_text("complete: perhaps\n")

    assert k8slint("graph").exit_code == 2
    assert k8slint("graph", "--no-config").exit_code == 0


def test_checking_imports_nothing_of_it(shop: Path) -> None:
    code = "import sys; from k8slint.cli.commands import group; group(['check', 'shop.yaml'], standalone_mode=False)\n"
    watch = "import atexit, sys; atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))\n"
    done = subprocess.run([sys.executable, "-c", watch + code], capture_output=True, text=True, check=False)
    modules = set(done.stderr.split())

    assert "k8slint.cli.check" in modules
    assert not [name for name in modules if name.startswith("k8slint.graph")]
    assert not modules & {
        "k8slint.cli.graph",
        "k8slint.cli.web",
        "k8slint.cli.markdown",
        "k8slint.cli.explain",
        "webbrowser",
    }


def test_an_ending_without_a_format_is_refused(k8slint: K8slint, folder: Path) -> None:
    (folder / "web.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n")
    result = k8slint("graph", "-o", "web.svg")
    assert result.exit_code == 2
    assert "No format is known for .svg" in result.stderr
    assert "dot -Tsvg" in result.stderr
    assert not (folder / "web.svg").exists()
