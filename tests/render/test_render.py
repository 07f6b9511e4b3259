"""Rendering and checking, with stand-ins for helm and kustomize that put out what the real ones do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from k8slint import render
from k8slint.config import ConfigError
from k8slint.finding import Finding
from k8slint.render import RenderOptions
from k8slint.run import CheckOptions, Run
from k8slint.run import check as run_check

from .conftest import Tools, Write

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
TEMPLATE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: {{ .Values.port }}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
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


def rendered(*documents: tuple[str, str]) -> str:
    return "".join(f"---\n# Source: {path}\n{text}" for path, text in documents)


SERVICE = TEMPLATE.replace("{{ .Release.Name }}", "shop").replace("{{ .Values.port }}", "web")
OUTPUT = rendered(("shop/templates/service.yaml", SERVICE), ("shop/templates/web.yaml", POD))
SHOP = {
    "shop/Chart.yaml": CHART,
    "shop/values.yaml": "port: web\n",
    "shop/templates/service.yaml": TEMPLATE,
    "shop/templates/web.yaml": POD,
}
ONLY = CheckOptions(select=["undefined-target-port"])


def check(*paths: str, options: CheckOptions = ONLY, **how: object) -> Run:
    settings = RenderOptions(**how)  # type: ignore[arg-type]
    return render.check(render.plan(paths, settings, options), settings, options)


def at(finding: Finding) -> str:
    return f"{finding.path}:{finding.line}:{finding.column}-{finding.end_column} {finding.rule}"


# ---------------------------------------------------------------------------------------------------- charts


def test_a_mistake_in_what_a_chart_renders_is_shown_in_the_template(tools: Tools, project: Write) -> None:
    project(SHOP)
    tools.add("helm", OUTPUT)
    run = check("shop")
    (finding,) = run.findings
    assert at(finding) == "shop/templates/service.yaml:10:19-37 undefined-target-port"
    assert finding.source == "shop"
    assert finding.fix is None
    # What it speaks of is shown in its own template.
    assert [(related.path, related.line) for related in finding.related] == [("shop/templates/web.yaml", 12)]
    assert (run.files, run.documents, run.errors, run.warnings) == (2, 2, [], [])


def test_how_helm_is_called(tools: Tools, project: Write) -> None:
    project({**SHOP, ".k8slint.yaml": "kubernetesVersion: 1.33-1.35\n"})
    tools.add("helm", OUTPUT)
    check("shop/values.yaml", helm_arguments=["--set=a=b c"])
    folder = str(Path("shop").absolute())
    assert tools.calls() == [["template", "shop", folder, "--include-crds", "--kube-version", "1.33", "--set=a=b c"]]


def test_a_chart_is_rendered_with_each_of_its_test_values(tools: Tools, project: Write) -> None:
    project({**SHOP, "shop/ci/a-values.yaml": "", "shop/ci/b-values.yaml": ""})
    tools.add("helm", OUTPUT)
    (finding,) = check("shop").findings
    assert sorted(os.path.relpath(call[-1]) for call in tools.calls()) == [
        "shop/ci/a-values.yaml",
        "shop/ci/b-values.yaml",
    ]
    # The same mistake is told once.
    assert finding.source == "shop with ci/a-values.yaml, and 1 more"


def test_values_that_are_given_take_the_place_of_those(tools: Tools, project: Write) -> None:
    project({**SHOP, "shop/ci/a-values.yaml": "", "one.yaml": "", "two.yaml": ""})
    tools.add("helm", OUTPUT)
    (finding,) = check("shop", values=["one.yaml", "two.yaml"]).findings
    (call,) = tools.calls()
    assert call[-4:] == ["--values", "one.yaml", "--values", "two.yaml"]
    assert finding.source == "shop with one.yaml and two.yaml"


def test_what_the_template_does_not_say_is_told(tools: Tools, project: Write) -> None:
    template = TEMPLATE.replace(
        "    - port: 80\n      targetPort: {{ .Values.port }}\n", "    {{- toYaml .Values.ports | nindent 4 }}\n"
    )
    project({**SHOP, "shop/templates/service.yaml": template})
    tools.add("helm", OUTPUT)
    (finding,) = check("shop").findings
    assert at(finding) == "shop/templates/service.yaml:8:3-9 undefined-target-port"
    assert finding.related[0].message == "rendered, it reads: targetPort: web"
    assert finding.related[0][:3] == ("shop/templates/service.yaml", 8, 3)


def test_a_subchart_in_a_folder_is_shown_there(tools: Tools, project: Write) -> None:
    files = {
        "shop/Chart.yaml": CHART + "dependencies:\n  - name: cache\n    version: 1.x\n    alias: redis\n",
        "shop/charts/cache/Chart.yaml": CHART.replace("shop", "cache"),
        "shop/charts/cache/templates/service.yaml": TEMPLATE,
    }
    project(files)
    tools.add("helm", OUTPUT.replace("shop/templates", "shop/charts/redis/templates"))
    assert [at(finding) for finding in check("shop").findings] == [
        "shop/charts/cache/templates/service.yaml:10:19-37 undefined-target-port"
    ]


def test_a_packed_subchart_is_shown_where_it_is_asked_for(tools: Tools, project: Write) -> None:
    project(
        {
            "shop/Chart.yaml": CHART + "dependencies:\n  - name: cache\n    version: 1.x\n",
            "shop/charts/cache-1.0.0.tgz": "",
        }
    )
    tools.add("helm", OUTPUT.replace("shop/templates", "shop/charts/cache/templates"))
    (finding,) = check("shop").findings
    assert at(finding) == "shop/Chart.yaml:5:11-16 undefined-target-port"
    assert finding.related[0].message == "rendered, it reads: targetPort: web"


def test_a_comment_in_the_template_suppresses(tools: Tools, project: Write) -> None:
    project(SHOP)
    tools.add(
        "helm", OUTPUT.replace("targetPort: web", "targetPort: web  # k8slint: ignore[undefined-target-port] later")
    )
    run = check("shop")
    assert (run.findings, run.suppressed) == ([], 1)


def test_a_comment_that_suppresses_nothing_with_these_values_is_left_alone(tools: Tools, project: Write) -> None:
    project(SHOP)
    tools.add("helm", OUTPUT.replace("port: 80", "port: 80  # k8slint: ignore[duplicate-key]"))
    assert check("shop", options=CheckOptions(select=["unused-suppression", "duplicate-key"])).findings == []


def test_the_config_goes_by_the_templates(tools: Tools, project: Write) -> None:
    override = "overrides:\n  - files: [shop/templates/service.yaml]\n    rules: {undefined-target-port: info}\n"
    project({**SHOP, ".k8slint.yaml": override})
    tools.add("helm", OUTPUT)
    (finding,) = check("shop").findings
    assert finding.severity == "info"


def test_a_chart_is_no_complete_cluster(tools: Tools, project: Write) -> None:
    service = SERVICE.replace("app: web", "app: elsewhere")
    project({**SHOP, ".k8slint.yaml": "complete: true\n", "plain/service.yaml": service})
    tools.add("helm", rendered(("shop/templates/service.yaml", service)))
    options = CheckOptions(select=["service-selects-nothing"])
    # Among files that are all there is, there is no such pod.
    assert [finding.path for finding in run_check(["plain"], options).findings] == ["plain/service.yaml"]
    assert check("shop", options=options).findings == []


def test_crds_are_known_and_left_to_check(tools: Tools, project: Write) -> None:
    crd = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: cakes.example.com}\n"
        "spec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: cakes, kind: Cake, Mistake: yes}\n  versions:\n"
        "    - name: v1\n      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n"
        "          type: object\n          properties:\n            spec:\n              type: object\n"
        "              properties: {layers: {type: integer}}\n"
    )
    cake = "apiVersion: example.com/v1\nkind: Cake\nmetadata: {name: x}\nspec: {layers: many}\n"
    project({**SHOP, "shop/crds/cakes.yaml": crd, "shop/templates/cake.yaml": cake})
    tools.add("helm", rendered(("shop/crds/cakes.yaml", crd), ("shop/templates/cake.yaml", cake)))
    found = check("shop", options=CheckOptions(select=["wrong-type", "unknown-field"])).findings
    assert [at(finding) for finding in found] == ["shop/templates/cake.yaml:4:16-20 wrong-type"]


# ---------------------------------------------------------------------------------------------------- kustomizations

ORIGIN = """\
  annotations:
    config.kubernetes.io/origin: |
      path: {}
"""
BASE = {
    "base/kustomization.yaml": "resources: [web.yaml, service.yaml]\n",
    "base/web.yaml": POD,
    "base/service.yaml": SERVICE.replace("targetPort: web", "targetPort: http"),
    "prod/kustomization.yaml": "resources: [../base]\nnamePrefix: p-\npatches:\n  - path: patch.yaml\n",
    "prod/patch.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  ports:\n  - port: 80\n    targetPort: web\n",
}


def built(**changes: str) -> str:
    """What kustomize makes of BASE, asked from a folder beside that of the project."""
    service = SERVICE
    for old, new in changes.items():
        service = service.replace(old, new)
    documents = [(POD, "../project/base/web.yaml"), (service, "../project/base/service.yaml")]
    return "---\n".join(
        text.replace("metadata:\n", "metadata:\n" + ORIGIN.format(path), 1).replace("  name: ", "  name: p-", 1)
        for text, path in documents
    )


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes temporary folders beside the project, so that what was recorded leads there."""
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_a_patch_says_is_shown_in_the_patch(tools: Tools, project: Write, beside: Path) -> None:
    project(BASE)
    tools.add("kustomize", built())
    run = check("prod")
    (finding,) = run.findings
    assert at(finding) == "prod/patch.yaml:8:17-20 undefined-target-port"
    assert finding.source == "prod"
    assert [(related.path, related.line) for related in finding.related] == [("base/web.yaml", 12)]
    assert run.documents == 2


def test_what_the_base_says_is_shown_in_the_base(tools: Tools, project: Write, beside: Path) -> None:
    project({**BASE, "base/service.yaml": SERVICE})
    tools.add("kustomize", built())
    assert [at(finding) for finding in check("prod").findings] == ["base/service.yaml:10:19-22 undefined-target-port"]


def test_comments_of_the_base_suppress_though_kustomize_drops_them(tools: Tools, project: Write, beside: Path) -> None:
    project(
        {**BASE, "base/service.yaml": SERVICE.replace(": web\n", ": web  # k8slint: ignore[undefined-target-port]\n")}
    )
    tools.add("kustomize", built())
    run = check("prod")
    assert (run.findings, run.suppressed) == ([], 1)


def test_how_kustomize_is_asked(tools: Tools, project: Write, tmp_path: Path) -> None:
    project(BASE)
    tools.add("kustomize", built())
    check("base/web.yaml", kustomize_arguments=["--enable-helm"])
    ((verb, folder, *more),) = tools.calls()
    assert (verb, more) == ("build", ["--enable-helm"])
    # A folder of our own, which is gone by now.
    assert not Path(folder).exists()


def test_kubectl_has_a_kustomize_as_well(tools: Tools, project: Write) -> None:
    project(BASE)
    tools.add("kubectl", built())
    made = render.plan(["prod"], RenderOptions(), ONLY)
    assert [str(job) for job in made.jobs] == ["kubectl kustomize prod"]
    assert render.check(made, RenderOptions(), ONLY).errors == []
    assert [call[0] for call in tools.calls()] == ["kustomize"]


# ---------------------------------------------------------------------------------------------------- what does not work


def test_without_helm_nothing_is_rendered_and_that_is_said(tools: Tools, project: Write) -> None:
    project({**SHOP, **BASE})
    run = check(".")
    assert run.warnings == [
        "helm is not installed, so shop is not checked",
        "neither kustomize nor kubectl is installed, so prod is not checked",
    ]
    assert (run.findings, run.errors) == ([], [])
    required = check(".", require=True)
    assert (required.errors, required.warnings) == (run.warnings, [])


def test_a_program_in_the_tree_itself_is_never_run(
    tools: Tools, project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(SHOP)
    tools.add("helm", OUTPUT)
    os.rename(tools.folder / "helm", "helm")
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", "bin"]))
    assert check("shop").warnings == ["helm is not installed, so shop is not checked"]
    assert tools.calls() == []


def test_a_program_elsewhere_in_the_path_is_found_beyond_one_in_the_tree(
    tools: Tools, project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(SHOP)
    tools.add("helm", OUTPUT)
    Path("helm").write_text("#!/bin/sh\nexit 1\n")
    Path("helm").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([".", str(tools.folder)]))
    assert check("shop").errors == []
    assert len(tools.calls()) == 1


def test_nothing_is_run_for_a_plan(tools: Tools, project: Write) -> None:
    project({**SHOP, **BASE})
    tools.add("helm", OUTPUT)
    tools.add("kustomize")
    made = render.plan(["."], RenderOptions(), CheckOptions(kubernetes_version="1.34"))
    assert [str(job) for job in made.jobs] == [
        "helm template shop shop --include-crds --kube-version 1.34",
        "kustomize build prod",
    ]
    assert tools.calls() == []


def test_check_never_runs_a_tool(tools: Tools, project: Write) -> None:
    project({**SHOP, **BASE})
    tools.add("helm", OUTPUT)
    tools.add("kustomize")
    run_check(["."])
    assert tools.calls() == []


def test_a_dependency_that_was_not_fetched(tools: Tools, project: Write) -> None:
    project({**SHOP, "shop/Chart.yaml": CHART + "dependencies:\n  - name: cache\n    version: 1.x\n"})
    tools.add("helm", OUTPUT)
    assert check("shop").warnings == [
        "shop is not checked: its charts/ lacks cache; `helm dependency build shop` fetches what Chart.yaml depends on"
    ]
    assert tools.calls() == []


def test_a_chart_that_cannot_be_rendered(tools: Tools, project: Write) -> None:
    project({**SHOP, "shop/ci/a-values.yaml": "", "shop/ci/b-values.yaml": ""})
    tools.add("helm", error="coalesce.go: warning\nError: template: shop: x is\nrequired\n\nUse --debug flag\n", code=1)
    assert check("shop").errors == ["shop with ci/a-values.yaml, and 1 more: helm: template: shop: x is required"]


def test_where_a_chart_fails_comes_first(tools: Tools, project: Write) -> None:
    project(SHOP)
    tools.add("helm", error="Error: execution error at (shop/templates/service.yaml:7:3): no port\n", code=1)
    assert check("shop").errors == ["shop/templates/service.yaml:7:4: shop: helm: no port"]
    # A template that is nowhere is no place.
    tools.add("helm", error="Error: execution error at (shop/templates/gone.yaml:7:3): no port\n", code=1)
    assert check("shop").errors == ["shop: helm: execution error at (shop/templates/gone.yaml:7:3): no port"]


def test_charts_in_a_kustomization_need_a_word_of_the_user(tools: Tools, project: Write) -> None:
    project(
        {
            "base/kustomization.yaml": "helmCharts: [{name: cache}]\n",
            "prod/kustomization.yaml": "resources: [../base]\n",
        }
    )
    tools.add("kustomize", "")
    sentence = (
        "prod is not checked: base/kustomization.yaml has charts rendered, which kustomize does only with "
        "--kustomize-arg=--enable-helm"
    )
    assert check("prod").warnings == [sentence]
    assert check("prod", require=True).errors == [sentence]
    assert tools.calls() == []
    assert check("prod", kustomize_arguments=["--enable-helm"]).warnings == []
    assert "--enable-helm" in tools.calls()[0]


def test_a_kustomization_that_cannot_be_built(tools: Tools, project: Write) -> None:
    project(BASE)
    tools.add("kustomize", error="Error: no such file\n", code=1)
    assert check("prod").errors == ["prod: kustomize: no such file"]
    # The second time without our folder in what it complains of.
    assert [call[1] for call in tools.calls()][1] == os.path.realpath("prod")


def test_a_tool_that_takes_too_long_is_stopped(tools: Tools, project: Write) -> None:
    project(SHOP)
    tools.add("helm", OUTPUT, seconds=60)
    assert check("shop", timeout=0.5).errors == [
        "shop: helm: it took longer than 0.5 seconds and was stopped (--timeout)"
    ]


def test_what_is_no_program(tools: Tools, project: Write) -> None:
    project(SHOP)
    (tools.folder / "helm").write_bytes(b"\x7fELF nonsense")
    (tools.folder / "helm").chmod(0o755)
    (error,) = check("shop").errors
    assert error.startswith("shop: helm: it cannot be started: ")


def test_an_exit_code_without_a_word(tools: Tools, project: Write) -> None:
    project(SHOP)
    tools.add("helm", code=3)
    assert check("shop").errors == ["shop: helm: it ended with exit code 3"]


def test_one_that_fails_keeps_no_other_from_being_checked(tools: Tools, project: Write) -> None:
    project({**SHOP, **BASE})
    tools.add("helm", OUTPUT)
    tools.add("kustomize", error="Error: broken", code=1)
    run = check(".")
    assert (len(run.findings), run.errors) == (1, ["prod: kustomize: broken"])


# ---------------------------------------------------------------------------------------------------- the config

RENDERINGS = """\
render:
  charts:
    - path: shop
      values: [base.yaml, prod.yaml]
    - path: shop
      values: [base.yaml]
    - path: shop
"""


def test_the_config_says_how_a_chart_is_rendered(tools: Tools, project: Write) -> None:
    files = {"shop/ci/a-values.yaml": "", "base.yaml": "", "prod.yaml": "", ".k8slint.yaml": RENDERINGS}
    project({**SHOP, **files, "blog/Chart.yaml": CHART.replace("shop", "blog")})
    tools.add("helm", OUTPUT)
    made = render.plan(["."], RenderOptions(), CheckOptions(kubernetes_version="1.34"))
    assert [job.how for job in made.jobs] == [
        "blog",
        "shop with base.yaml and prod.yaml",
        "shop with base.yaml",
        "shop",
    ]
    # What is given replaces it all.
    made = render.plan(["shop"], RenderOptions(values=["prod.yaml"]), CheckOptions())
    assert [job.how for job in made.jobs] == ["shop with prod.yaml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("render: {charts: shop}", "1:18: charts is a list, not"),
        ("render: {chart: []}", 'no setting of render is named "chart"; did you mean "charts"?'),
        ("render:\n  charts:\n    - values: []", "3:7: charts[0] has the path of a chart"),
        (
            "render:\n  charts:\n    - path: shop/templates",
            "3:13: charts[0].path is the folder of a chart, and there is no Chart.yaml",
        ),
        ("render:\n  charts:\n    - path: shpo", "3:13: charts[0].path: there is no shpo; did you mean"),
        ("render:\n  charts:\n    - {path: shop, values: [x.yaml]}", "charts[0].values[0]: there is no x.yaml"),
    ],
)
def test_mistakes_in_the_config_are_told(project: Write, text: str, message: str) -> None:
    project({**SHOP, ".k8slint.yaml": text + "\n"})
    with pytest.raises(ConfigError) as caught:
        render.plan(["shop"], RenderOptions())
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["render:", "render: {}", "render:\n  charts:", "render: {charts: []}"])
def test_what_is_commented_out_says_nothing(project: Write, tools: Tools, text: str) -> None:
    project({**SHOP, ".k8slint.yaml": text + "\n"})
    tools.add("helm", OUTPUT)
    assert [job.how for job in render.plan(["shop"], RenderOptions()).jobs] == ["shop"]
