"""What stands around a file: kustomizations and charts."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8slint.classify import Category
from k8slint.kustomize import Surroundings, read_kustomization


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository that is the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(path: str, text: str = "kind: Deployment\n") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def names(closures: frozenset[str]) -> list[str]:
    return sorted(Path(path).parent.relative_to(Path.cwd()).as_posix() for path in closures)


# ---------------------------------------------------------------------------------------------------- roles


def test_a_kustomization_says_what_its_files_are_for(tree: Path) -> None:
    write(
        "prod/kustomization.yaml",
        """
        resources: [web.yaml]
        patches:
        - path: patches/replicas.yaml
          target: {kind: Deployment}
        - patch: |-
            - op: remove
              path: /spec/replicas
        patchesStrategicMerge:
        - merge.yaml
        - |-
          kind: Deployment
        patchesJson6902:
        - path: operations.json
          target: {kind: Deployment, name: web, version: v1}
        configMapGenerator:
        - name: settings
          files: [app.yaml, renamed.yaml=source.yaml]
          envs: [app.env]
        helmCharts:
        - name: redis
          valuesFile: redis.yaml
          additionalValuesFiles: [more.yaml]
        transformers: [labels.yaml]
        configurations: [names.yaml]
        openapi: {path: schema.json}
        replacements:
        - path: replacement.yaml
        """,
    )
    role = Surroundings(tree).role
    for path in ("patches/replicas.yaml", "merge.yaml", "operations.json"):
        assert role(f"prod/{path}") is Category.PATCH
    for path in ("redis.yaml", "more.yaml"):
        assert role(f"prod/{path}") is Category.VALUES
    for path in ("app.yaml", "source.yaml", "app.env", "labels.yaml", "names.yaml", "schema.json", "replacement.yaml"):
        assert role(f"prod/{path}") is Category.OTHER
    for path in ("web.yaml", "renamed.yaml", "unmentioned.yaml", "kustomization.yaml"):
        assert role(f"prod/{path}") is None


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_kustomize_knows_three_names(tree: Path, name: str) -> None:
    write(f"prod/{name}", "patches:\n- path: patch.yaml\n")
    assert Surroundings(tree).is_patch("prod/patch.yaml")


def test_patches_were_a_list_of_names_once(tree: Path) -> None:
    write("prod/kustomization.yaml", "patches:\n- patch.yaml\n")
    assert Surroundings(tree).is_patch("prod/patch.yaml")


def test_what_is_built_as_well_is_no_patch(tree: Path) -> None:
    write("kustomization.yaml", "resources:\n- prod/web.yaml\n- prod/db.yaml\n")
    write("prod/kustomization.yaml", "patches:\n- path: web.yaml\n- path: patch.yaml\n")
    surroundings = Surroundings(tree)
    assert surroundings.is_patch("prod/patch.yaml")
    assert not surroundings.is_patch("prod/web.yaml")


def test_a_kustomization_that_cannot_be_read_says_nothing(tree: Path) -> None:
    write("broken/kustomization.yaml", "patches: [\n- path: }")
    write(
        "odd/kustomization.yaml", "patches: patch.yaml\nresources: {a: b}\npatchesStrategicMerge: [[], {}, 1, null]\n"
    )
    write("list/kustomization.yaml", "- patches\n")
    write("empty/kustomization.yaml", "")
    Path("folder/kustomization.yaml").mkdir(parents=True)
    surroundings = Surroundings(tree)
    for folder in ("broken", "odd", "list", "empty", "folder"):
        assert surroundings.role(f"{folder}/patch.yaml") is None
        surroundings.closures(f"{folder}/patch.yaml")


def test_what_is_fetched_is_no_file(tree: Path) -> None:
    write(
        "kustomization.yaml",
        """
        resources:
        - https://example.com/web.yaml
        - github.com/acme/shop//deploy?ref=v1
        - git@example.com:acme/shop.git
        - base?ref=main
        - web.yaml
        """,
    )
    assert read_kustomization(str(tree / "kustomization.yaml")).resources == {str(tree / "web.yaml")}


def test_nothing_above_the_project_is_read(tree: Path) -> None:
    write("kustomization.yaml", "patches:\n- path: apps/prod/patch.yaml\n")
    write("apps/.k8slint.yaml", "{}\n")
    assert Surroundings(tree).is_patch("apps/prod/patch.yaml")
    assert not Surroundings(tree / "apps").is_patch("apps/prod/patch.yaml")
    # A folder that merely was named is no project: what is above it counts.
    assert Surroundings(tree / "apps/prod").is_patch("apps/prod/patch.yaml")


def test_charts_have_templates_and_values(tree: Path) -> None:
    write("shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    role = Surroundings(tree).role
    assert role("shop/templates/web.yaml") is Category.TEMPLATE
    assert role("shop/templates/tests/web.yaml") is Category.TEMPLATE
    assert role("shop/values.yaml") is Category.VALUES
    assert role("shop/requirements.yaml") is Category.CHART
    assert role("shop/crds/web.yaml") is None
    assert role("templates/web.yaml") is None
    assert role("values.yaml") is None


# ---------------------------------------------------------------------------------------------------- scopes


@pytest.fixture
def overlays(tree: Path) -> list[str]:
    """A base, a component and two overlays; their files."""
    write("base/kustomization.yaml", "resources: [web.yaml, ../shared]\n")
    write("shared/kustomization.yaml", "resources: [db.yaml]\n")
    write("debug/kustomization.yaml", "kind: Component\nresources: [shell.yaml]\n")
    write("dev/kustomization.yaml", "resources: [../base, ../web.yaml]\ncomponents: [../debug]\n")
    write("prod/kustomization.yaml", "bases: [../base]\nresources: [ingress.yaml]\npatches:\n- path: patch.yaml\n")
    files = [
        "base/web.yaml",
        "shared/db.yaml",
        "debug/shell.yaml",
        "prod/ingress.yaml",
        "prod/patch.yaml",
        "loose.yaml",
    ]
    for path in files:
        write(path)
    return [*files, *(f"{folder}/kustomization.yaml" for folder in ("base", "shared", "debug", "dev", "prod"))]


def test_a_closure_takes_in_bases_and_components(tree: Path, overlays: list[str]) -> None:
    surroundings = Surroundings(tree)
    surroundings.complete_index(overlays)
    assert names(surroundings.closures("base/web.yaml")) == ["base", "dev", "prod"]
    assert names(surroundings.closures("shared/db.yaml")) == ["base", "dev", "prod", "shared"]
    assert names(surroundings.closures("debug/shell.yaml")) == ["debug", "dev"]
    assert names(surroundings.closures("prod/ingress.yaml")) == ["prod"]
    assert names(surroundings.closures("prod/patch.yaml")) == []
    assert names(surroundings.closures("loose.yaml")) == []
    assert names(surroundings.closures("base/kustomization.yaml")) == ["base", "dev", "prod"]


def test_two_overlays_do_not_share_a_closure(tree: Path, overlays: list[str]) -> None:
    surroundings = Surroundings(tree)
    surroundings.complete_index(overlays)
    assert not surroundings.closures("prod/ingress.yaml") & surroundings.closures("debug/shell.yaml")
    assert surroundings.closures("prod/ingress.yaml") & surroundings.closures("base/web.yaml")


def test_without_the_index_only_the_folders_above_and_what_they_build_on_are_known(
    tree: Path, overlays: list[str]
) -> None:
    surroundings = Surroundings(tree)
    assert names(surroundings.closures("base/web.yaml")) == ["base"]
    assert names(surroundings.closures("prod/ingress.yaml")) == ["prod"]
    assert names(surroundings.closures("base/web.yaml")) == ["base", "prod"]
    surroundings.complete_index(overlays)
    assert names(surroundings.closures("base/web.yaml")) == ["base", "dev", "prod"]


def test_bases_in_a_circle_end(tree: Path) -> None:
    write("a/kustomization.yaml", "resources: [web.yaml, ../b]\n")
    write("b/kustomization.yaml", "resources: [db.yaml, ../a, .]\n")
    surroundings = Surroundings(tree)
    assert names(surroundings.closures("a/web.yaml")) == ["a", "b"]
    assert names(surroundings.closures("b/db.yaml")) == ["a", "b"]


def test_generated_config_maps_belong_to_the_files_they_are_built_with(tree: Path) -> None:
    write(
        "base/kustomization.yaml", "resources: [web.yaml]\nconfigMapGenerator:\n- name: settings\n- literals: [A=b]\n"
    )
    write("prod/kustomization.yaml", "resources: [../base, db.yaml]\nsecretGenerator:\n- name: login\n")
    surroundings = Surroundings(tree)
    surroundings.complete_index(["base/kustomization.yaml", "prod/kustomization.yaml"])
    both = {("ConfigMap", "settings"), ("Secret", "login")}
    assert surroundings.generated("prod/db.yaml") == both
    assert surroundings.generated("base/web.yaml") == both
    assert surroundings.generated("loose.yaml") == frozenset()


@pytest.mark.parametrize(
    ("left", "right", "steps"),
    [
        ("web.yaml", "db.yaml", 0),
        ("apps/web.yaml", "apps/../apps/db.yaml", 0),
        ("apps/web.yaml", "db.yaml", 1),
        ("apps/web/web.yaml", "apps/db/db.yaml", 2),
        ("apps/web/web.yaml", "db.yaml", 2),
    ],
)
def test_distance_counts_steps_from_folder_to_folder(tree: Path, left: str, right: str, steps: int) -> None:
    surroundings = Surroundings(tree)
    assert surroundings.distance(left, right) == surroundings.distance(right, left) == steps
    assert surroundings.distance(str(tree / left), right) == steps


def test_a_kustomization_may_rename_what_it_builds(tree: Path) -> None:
    write("base/kustomization.yaml", "resources: [web.yaml]\n")
    write("prod/kustomization.yaml", "resources: [../base]\nnamePrefix: prod-\n")
    surroundings = Surroundings(tree)
    assert surroundings.renames(str(tree / "prod/kustomization.yaml"))
    assert not surroundings.renames(str(tree / "base/kustomization.yaml"))
    assert not surroundings.renames(str(tree / "none/kustomization.yaml"))


def test_patches_tell_which_fields_of_which_kinds_they_may_change(tree: Path) -> None:
    write("base/kustomization.yaml", "resources: [web.yaml]\n")
    write(
        "prod/kustomization.yaml",
        """
        resources: [../base]
        patches:
        - path: web.yaml
        - target: {kind: Service|Ingress}
          patch: |-
            - op: replace
              path: /spec/ports/0
              value: {port: 80}
        - target: {labelSelector: app=web}
          patch: "{metadata: {labels: {a: b}}}"
        patchesStrategicMerge:
        - none.yaml
        - |-
          kind: ConfigMap
          data: {}
        """,
    )
    write("prod/web.yaml", "kind: Deployment\nspec:\n  replicas: 2\n---\nkind: Job\nspec: {suspend: true}\n")
    surroundings = Surroundings(tree)
    surroundings.complete_index(["prod/kustomization.yaml"])
    changes = surroundings.patches("base/web.yaml")
    assert {("Deployment", "replicas"), ("Job", "suspend"), ("ConfigMap", "data")} <= changes
    assert {(kind, field) for kind in ("Service", "Ingress") for field in ("ports", "port")} <= changes
    assert ("", "labels") in changes
    assert ("", "") in changes, "a patch that is not there may change anything"
    assert ("Deployment", "suspend") not in changes
    assert surroundings.patches("loose.yaml") == frozenset()


def test_variables_are_filled_in_wherever_a_kustomization_builds_from(tree: Path) -> None:
    write("base/kustomization.yaml", "resources: [web.yaml]\nvars:\n- name: PORT\n- null\n- {name: 5}\n")
    write("prod/kustomization.yaml", "resources: [../base]\nvars: [{name: HOST}]\n")
    surroundings = Surroundings(tree)
    surroundings.complete_index(["prod/kustomization.yaml"])
    assert surroundings.variables("base/web.yaml") == {"PORT", "HOST"}
    assert surroundings.variables("loose.yaml") == frozenset()


def test_labels_that_a_kustomization_adds_to_selectors_count_as_patches(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("commonLabels: {app: web}\nresources: [deployment.yaml]\n")
    (tmp_path / "deployment.yaml").write_text("kind: Deployment\n")
    assert ("", "selector") in Surroundings(tmp_path).patches(str(tmp_path / "deployment.yaml"))
    (tmp_path / "kustomization.yaml").write_text("labels: [{pairs: {app: web}}]\nresources: [deployment.yaml]\n")
    assert not Surroundings(tmp_path).patches(str(tmp_path / "deployment.yaml"))


def test_replicas_that_a_kustomization_sets_count_as_a_patch(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("replicas: [{name: web, count: 3}]\nresources: [deployment.yaml]\n")
    (tmp_path / "deployment.yaml").write_text("kind: Deployment\n")
    assert Surroundings(tmp_path).patches(str(tmp_path / "deployment.yaml")) == {("", "replicas")}
