"""Which charts and kustomizations have to do with a file."""

from __future__ import annotations

import os
from pathlib import Path

from k8slint.render.find import Chart, Found, find, values_of
from k8slint.run import CheckOptions, settings

from .conftest import Write

CHART = "apiVersion: v2\nname: {}\nversion: 1.0.0\n"
DEPENDENCY = "dependencies:\n  - name: {}\n    version: 1.x\n"


def found(*paths: str) -> Found:
    return find(paths, settings(CheckOptions()))


def charts(*paths: str) -> list[str]:
    return [os.path.relpath(chart.folder) for chart in found(*paths).charts]


def kustomizations(*paths: str) -> list[str]:
    return [os.path.relpath(path) for path in found(*paths).kustomizations]


def test_a_folder_means_all_that_is_in_it(project: Write) -> None:
    project(
        {
            "charts/shop/Chart.yaml": CHART.format("shop"),
            "charts/blog/Chart.yaml": CHART.format("blog"),
            "apps/kustomization.yaml": "resources: [web.yaml]\n",
            "other/kustomization.yaml": "resources: [web.yaml]\n",
        }
    )
    assert charts(".") == ["charts/blog", "charts/shop"]
    assert kustomizations(".") == ["apps/kustomization.yaml", "other/kustomization.yaml"]
    assert (charts("apps"), kustomizations("apps")) == ([], ["apps/kustomization.yaml"])


def test_a_file_means_its_chart(project: Write) -> None:
    project(
        {
            "shop/Chart.yaml": CHART.format("shop"),
            "shop/values.yaml": "",
            "shop/templates/tests/web.yaml": "",
            "plain/web.yaml": "",
        }
    )
    assert charts("shop/templates/tests/web.yaml") == ["shop"]
    assert charts("shop/values.yaml") == ["shop"]
    assert charts("shop/templates") == ["shop"]
    assert charts("plain/web.yaml") == []


def test_a_subchart_is_rendered_with_the_chart_it_is_in(project: Write) -> None:
    project(
        {
            "shop/Chart.yaml": CHART.format("shop") + DEPENDENCY.format("cache"),
            "shop/charts/cache/Chart.yaml": CHART.format("cache"),
            "shop/charts/cache/templates/web.yaml": "",
        }
    )
    assert charts("shop/charts/cache/templates/web.yaml") == ["shop"]
    assert charts(".") == ["shop"]
    # `charts` is a name that folders of charts have as well.
    project({"charts/blog/Chart.yaml": CHART.format("blog")})
    assert charts("charts/blog/Chart.yaml") == ["charts/blog"]


def test_a_chart_within_another_that_is_none_of_its_subcharts(project: Write) -> None:
    project({"shop/Chart.yaml": CHART.format("shop"), "shop/examples/demo/Chart.yaml": CHART.format("example")})
    assert charts("shop/examples/demo/Chart.yaml") == ["shop/examples/demo"]
    assert charts("shop") == ["shop", "shop/examples/demo"]


def test_a_library_renders_nothing(project: Write) -> None:
    project({"common/Chart.yaml": CHART.format("common") + "type: library\n"})
    assert found("common/Chart.yaml") == Found(notes=("common is a library chart, which renders nothing by itself",))


def test_dependencies_that_are_not_there(project: Write) -> None:
    several = "dependencies:\n" + "".join(
        f"  - name: {name}\n    version: 1.x\n" for name in ("packed", "unpacked", "renamed", "gone", "pack")
    )
    project(
        {
            "shop/Chart.yaml": CHART.format("shop") + several,
            "shop/charts/packed-1.2.3.tgz": "",
            "shop/charts/unpacked/Chart.yaml": CHART.format("unpacked"),
            "shop/charts/other-folder/Chart.yaml": CHART.format("renamed"),
        }
    )
    (chart,) = found("shop").charts
    assert chart.missing == ("gone", "pack")


def test_the_dependencies_of_old_charts(project: Write) -> None:
    project(
        {
            "shop/Chart.yaml": CHART.format("shop").replace("v2", "v1"),
            "shop/requirements.yaml": DEPENDENCY.format("cache"),
        }
    )
    assert found("shop").charts[0].missing == ("cache",)


TREE = {
    "base/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator:\n  - name: c\n    files: [app.conf]\n",
    "base/web.yaml": "",
    "base/app.conf": "",
    "staging/kustomization.yaml": "resources: [../base]\npatches:\n  - path: patch.yaml\n",
    "staging/patch.yaml": "",
    "prod/kustomization.yaml": "resources: [../staging]\ncomponents: [../tls]\n",
    "tls/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n  - path: tls.yaml\n",
    "tls/tls.yaml": "",
    "unused/kustomization.yaml": "kind: Component\nresources: [x.yaml]\n",
    "flux/kustomization.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
    "alone/web.yaml": "",
}


def test_a_file_means_the_outermost_kustomizations_that_take_it_in(project: Write) -> None:
    project(TREE)
    for path in ("base/web.yaml", "base/app.conf", "base/kustomization.yaml", "staging/patch.yaml", "tls/tls.yaml"):
        assert kustomizations(path) == ["prod/kustomization.yaml"], path
    assert kustomizations("alone/web.yaml") == []
    project({"dev/kustomization.yaml": "resources: [../base]\n"})
    assert kustomizations("base/web.yaml") == ["dev/kustomization.yaml", "prod/kustomization.yaml"]
    assert kustomizations("staging/patch.yaml") == ["prod/kustomization.yaml"]


def test_what_is_in_a_folder_is_built_through_what_builds_on_it(project: Write) -> None:
    project(TREE)
    assert kustomizations("base") == ["prod/kustomization.yaml"]
    assert kustomizations(".") == ["prod/kustomization.yaml"]


def test_a_component_cannot_be_built_alone(project: Write) -> None:
    project(TREE)
    assert found("unused/kustomization.yaml") == Found(
        notes=("not checked, as components that nothing here builds on cannot be built: unused",)
    )


def test_kustomizations_that_go_in_a_circle_are_left_to_kustomize(project: Write) -> None:
    project({"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"})
    assert kustomizations(".") == ["a/kustomization.yaml", "b/kustomization.yaml"]


def test_what_is_excluded_is_not_looked_for(project: Write) -> None:
    project(
        {
            ".k8slint.yaml": "exclude: [vendor/]\n",
            "vendor/Chart.yaml": CHART.format("vendor"),
            "vendor/kustomization.yaml": "resources: []\n",
        }
    )
    assert found(".") == Found()


def test_a_path_that_is_not_there(project: Write) -> None:
    assert found("nowhere.yaml").errors == ("nowhere.yaml: no such file or folder",)


def test_the_values_of_a_chart_are_those_for_its_tests(project: Write) -> None:
    project({"shop/Chart.yaml": CHART.format("shop"), "shop/values.yaml": "", "shop/values.schema.json": ""})
    (chart,) = found("shop").charts
    assert list(values_of(chart)) == [()]
    project({"shop/ci/b-values.yaml": "", "shop/ci/a-values.yaml": "", "shop/ci/notes.yaml": ""})
    assert [[Path(path).name for path in files] for files in values_of(chart)] == [["a-values.yaml"], ["b-values.yaml"]]


def test_without_tests_they_are_those_of_its_environments(project: Write) -> None:
    encrypted = "password: ENC[x]\nsops: {version: 3.9.0}\n"
    project(
        {
            "shop/Chart.yaml": CHART.format("shop"),
            "shop/values.yaml": "",
            "shop/values-prod.yaml": "a: b\n",
            "shop/values.dev.yaml": "",
            "shop/values-secrets.yaml": encrypted,
        }
    )
    (chart,) = found("shop").charts
    assert [[Path(path).name for path in files] for files in values_of(chart)] == [
        ["values-prod.yaml"],
        ["values.dev.yaml"],
    ]


LOCAL = "dependencies:\n  - name: {0}\n    version: 1.x\n    repository: file://{1}\n"


def test_what_depends_on_a_chart_beside_it_is_rendered_with_it(project: Write) -> None:
    project(
        {
            "common/Chart.yaml": CHART.format("common") + "type: library\n",
            "common/templates/_x.tpl": "",
            "shop/Chart.yaml": CHART.format("shop") + LOCAL.format("common", "../common"),
            "blog/Chart.yaml": CHART.format("blog") + LOCAL.format("common", "../common/"),
            "all/Chart.yaml": CHART.format("all") + LOCAL.format("shop", "../shop"),
            "other/Chart.yaml": CHART.format("other"),
        }
    )
    expected = Found(
        tuple(Chart(os.path.abspath(name), name, beside=True) for name in ("all", "blog", "shop")),
    )
    assert found("common/templates/_x.tpl") == expected
    assert found("common") == expected
    assert charts("blog") == ["blog"]
    # Nothing of it need be in charts/, and there is nothing to say of the library.
    assert (found(".").notes, charts(".")) == ((), ["all", "blog", "other", "shop"])


def test_a_path_that_leads_to_no_chart_has_to_be_fetched(project: Write) -> None:
    project({"shop/Chart.yaml": CHART.format("shop") + LOCAL.format("common", "../common")})
    assert found("shop").charts[0].missing == ("common",)


def test_charts_that_depend_on_each_other_in_a_circle_are_found_once(project: Write) -> None:
    project(
        {
            "a/Chart.yaml": CHART.format("a") + LOCAL.format("b", "../b"),
            "b/Chart.yaml": CHART.format("b") + LOCAL.format("a", "../a"),
        }
    )
    assert charts("a") == ["a", "b"]


def test_charts_in_kustomizations_are_told_of(project: Write) -> None:
    project(
        {
            "base/kustomization.yaml": "helmCharts:\n  - name: cache\n",
            "prod/kustomization.yaml": "resources: [../base]\n",
            "dev/kustomization.yaml": "resources: [web.yaml]\n",
        }
    )
    (pair,) = found(".").inflating
    assert [os.path.relpath(path).replace(os.sep, "/") for path in pair] == [
        "prod/kustomization.yaml",
        "base/kustomization.yaml",
    ]
