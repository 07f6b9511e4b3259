"""`k8slint render`, with a helm that puts out what was recorded."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

K8slint = Callable[..., Result]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs that are scripts")

TEMPLATE = """\
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  type: {{ .Values.type }}
  ports:
    - port: 80
"""
OUTPUT = "---\n# Source: shop/templates/service.yaml\n" + TEMPLATE.replace("{{ .Values.type }}", "ClusterIp")


@pytest.fixture
def shop(folder: Path) -> Path:
    (folder / "shop" / "templates").mkdir(parents=True)
    (folder / "shop" / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (folder / "shop" / "templates" / "service.yaml").write_text(TEMPLATE)
    return folder


@pytest.fixture
def helm(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a helm that writes a text into a PATH without anything else."""
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", str(folder))

    def put(text: str) -> None:
        (folder / "helm").write_text(f"#!{sys.executable}\nprint({text!r}, end='')\n")
        (folder / "helm").chmod(0o755)

    return put


def test_findings_are_shown_in_the_template(k8slint: K8slint, shop: Path, helm: Callable[[str], None]) -> None:
    helm(OUTPUT)
    result = k8slint("render", "--select", "invalid-value")
    assert result.exit_code == 1
    assert result.stdout == (
        'error[invalid-value] type "ClusterIp" is not one of ClusterIP, ExternalName, LoadBalancer or NodePort, so the object'
        ' is refused; did you mean "ClusterIP"?\n'
        " --> shop/templates/service.yaml:6:9 (Service shop, rendered from shop)\n"
        "  |\n"
        "4 |   name: shop\n"
        "5 | spec:\n"
        "6 |   type: {{ .Values.type }}\n"
        "  |         ^^^^^^^^^^^^^^^^^^\n"
        "7 |   ports:\n"
        "8 |     - port: 80\n"
        "\n"
        "Found 1 error in 1 file (1 document)\n"
    )
    assert result.stderr == "Rendered 1 chart with helm\n"


def test_the_least_severity_counts_a_finding_of_several_renderings_once(
    k8slint: K8slint, shop: Path, helm: Callable[[str], None]
) -> None:
    helm(OUTPUT)
    (shop / ".k8slint.yaml").write_text("rules: {invalid-value: warning}\n")
    for name in ("a", "b"):
        (shop / "shop" / "ci").mkdir(exist_ok=True)
        (shop / "shop" / "ci" / f"{name}-values.yaml").write_text("type: ClusterIp\n")
    result = k8slint("render", "--select", "invalid-value", "--min-severity", "error")
    assert result.stderr == "Rendered 1 chart with helm, 2 times\n"
    assert (result.exit_code, result.stdout) == (
        0,
        "No errors in 1 file (2 documents)\nNot shown: 1 warning (below error)\n",
    )


def test_without_a_finding(k8slint: K8slint, shop: Path, helm: Callable[[str], None]) -> None:
    helm(OUTPUT.replace("ClusterIp", "ClusterIP"))
    result = k8slint("render", "shop/Chart.yaml")
    assert (result.exit_code, result.stdout) == (0, "No problems in 1 file (1 document)\n")
    quiet = k8slint("render", "shop", "--quiet")
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_each_command_is_named_where_that_is_asked_for(
    k8slint: K8slint, shop: Path, helm: Callable[[str], None]
) -> None:
    helm(OUTPUT)
    told = k8slint("render", "-v", "--kubernetes-version", "1.34").stderr
    command = "helm template shop shop --include-crds --kube-version 1.34"
    assert told == f"Running {command}\nRendered 1 chart with helm\n"
    dry = k8slint("render", "--dry-run", "--kubernetes-version", "1.34")
    assert (dry.exit_code, dry.output) == (0, f"{command}\n")


def test_for_programs(k8slint: K8slint, shop: Path, helm: Callable[[str], None]) -> None:
    helm(OUTPUT)
    result = k8slint("render", "--format", "json", "--select", "invalid-value")
    (finding,) = json.loads(result.stdout)["findings"]
    assert (finding["path"], finding["line"], finding["fix"]) == ("shop/templates/service.yaml", 6, None)


def test_a_baseline_counts_here_as_well(k8slint: K8slint, shop: Path, helm: Callable[[str], None]) -> None:
    helm(OUTPUT)
    made = json.loads(k8slint("render", "--format", "json", "--select", "invalid-value").stdout)["findings"]
    assert len(made) == 1
    from k8slint import baseline, render
    from k8slint.run import CheckOptions

    options = CheckOptions(select=["invalid-value"])
    how = render.RenderOptions()
    baseline.write("accepted.json", render.check(render.plan(["."], how, options), how, options).findings)
    result = k8slint("render", "--baseline", "accepted.json", "--select", "invalid-value")
    assert result.exit_code == 0, result.output
    assert "1 in the baseline" in result.stdout


def test_helm_that_is_not_there(k8slint: K8slint, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(shop / "nothing"))
    result = k8slint("render")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Nothing was rendered\nwarning: helm is not installed, so shop is not checked\n"
    required = k8slint("render", "--require")
    assert required.exit_code == 2
    assert required.stderr == "Nothing was rendered\nerror: helm is not installed, so shop is not checked\n"


def test_files_that_belong_to_nothing(k8slint: K8slint, folder: Path) -> None:
    (folder / "web.yaml").write_text("kind: Pod\n")
    result = k8slint("render", "web.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing was rendered\n")


def test_helm_that_fails(k8slint: K8slint, shop: Path, helm: Callable[[str], None]) -> None:
    helm("")
    Path(os.environ["PATH"], "helm").write_text(f"#!{sys.executable}\nimport sys\nsys.exit('Error: no such value')\n")
    result = k8slint("render")
    assert result.exit_code == 2
    assert "error: shop: helm: no such value\n" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--config", "a.yaml", "--no-config"], "--config does not go with --no-config."),
        (["--verbose", "--quiet"], "--verbose does not go with --quiet."),
        (["--format", "nonsense"], "No format is named 'nonsense'."),
        (["--timeout", "0"], "0.0 is not in the range"),
        (["--fix"], "No such option"),
    ],
)
def test_what_makes_no_sense(k8slint: K8slint, folder: Path, options: list[str], message: str) -> None:
    result = k8slint("render", *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_path_that_is_not_there(k8slint: K8slint, folder: Path) -> None:
    result = k8slint("render", "nowhere")
    assert result.exit_code == 2
    assert result.stderr.endswith("error: nowhere: no such file or folder\n")
