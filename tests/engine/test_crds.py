"""What `crds` in the config names: CRDs and catalogues of JSON Schemas for the custom resources of the input."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from k8slint import run, source
from k8slint.schemas import tables

Write = Callable[[dict[str, Any]], None]

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {plural}.{group}
spec:
  group: {group}
  scope: Namespaced
  names: {{kind: {kind}, plural: {plural}, listKind: {kind}List, singular: {singular}}}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {{status: {{}}}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {{type: integer, maximum: 5}}
              label: {{type: string, format: k8s-short-name}}
          status:
            type: object
            required: [ready]
            properties:
              ready: {{type: boolean}}
            x-kubernetes-validations:
            - rule: self.ready
"""


def crd(kind: str = "Widget", group: str = "shop.example") -> str:
    return CRD.format(kind=kind, group=group, singular=kind.lower(), plural=f"{kind.lower()}s")


def widget(spec: str = "sise: 4", kind: str = "Widget", api_version: str = "shop.example/v1", more: str = "") -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: blue\nspec:\n  {spec}\n{more}"


def schema(spec: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A JSON Schema as tools make one of a CRD: what is below the root is closed, the root is not."""
    properties = {"size": {"type": "integer"}}
    return {
        "type": "object",
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": spec or {"type": "object", "properties": properties, "additionalProperties": False},
        },
    }


SIZE = "app/a.yaml:6: spec has no field"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes the files of a project whose root is the current folder; what is no text becomes JSON."""
    (tmp_path / "project" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")

    def write(files: dict[str, Any]) -> None:
        for path, content in files.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    return write


def check(*paths: str, select: tuple[str, ...] = ("schema",), **more: Any) -> run.Run:
    return run.check(paths or ["app"], run.CheckOptions(select=select, **more))


def said(done: run.Run) -> list[str]:
    return [f"{finding.path}:{finding.line}: {finding.message}" for finding in done.findings]


# ---------------------------------------------------------------------------------------------------- CRDs


def test_in_large_input_a_crd_is_known_though_its_nodes_are_not_kept(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"crds/w.yaml": crd(), "app/a.yaml": widget(), "app/b.yaml": widget("size: 9")})
    kept = said(check("."))
    assert len(kept) == 2
    monkeypatch.setattr(run, "KEEP", 0)
    assert said(check(".")) == kept


@pytest.mark.parametrize("named", ["../vendor", "../vendor/widgets.yaml"])
def test_crds_are_schemas_and_not_reported_on(write: Write, named: str) -> None:
    broken = crd().replace("scope: Namespaced", "skope: Namespaced")
    write({".k8slint.yaml": f"crds: [{named}]", "../vendor/widgets.yaml": broken, "app/a.yaml": widget()})
    done = check()
    assert said(done) == [
        'app/a.yaml:6: spec has no field "sise", so the object is refused; did you mean "size"?',
    ]
    assert (done.files, done.skipped, done.warnings, done.errors) == (1, [], [], [])


def test_crds_may_be_json_and_lists_and_lie_among_other_files(write: Write) -> None:
    from k8slint.api import read_documents

    # What `kubectl get crds -o json` writes, under a name like one of a catalogue.
    listed = {"apiVersion": "v1", "kind": "List", "items": [read_documents(crd())[0].value]}
    write(
        {
            ".k8slint.yaml": "crds: [../vendor]",
            "../vendor/deep/our_crds.json": listed,
            "../vendor/README.md": "CustomResourceDefinition",
            "../vendor/values.yaml": "a: {{ .b }}",
            "../vendor/.git/old.yaml": "a: [",
            "app/a.yaml": widget(),
        }
    )
    done = check()
    assert [line.startswith(SIZE) for line in said(done)] == [True]
    assert done.warnings == []


def test_a_crd_of_the_project_goes_before_those_that_the_config_names(write: Write) -> None:
    other = crd().replace("size:", "sise:")
    write(
        {
            ".k8slint.yaml": "crds: [../vendor]",
            "../vendor/w.yaml": crd(),
            "crds/w.yaml": other,
            "app/a.yaml": widget(),
        }
    )
    assert said(check()) == []


def test_a_kind_that_only_case_tells_from_one_of_a_named_crd_is_not_served(write: Write) -> None:
    write({".k8slint.yaml": "crds: [../vendor]", "../vendor/w.yaml": crd(), "app/a.yaml": widget(kind="widget")})
    assert said(check()) == [
        'app/a.yaml:2: shop.example/v1 has no kind "widget", so the object is refused; did you mean "Widget"?'
    ]


def test_a_status_that_is_dropped_keeps_all_rules(write: Write) -> None:
    write(
        {
            ".k8slint.yaml": "crds: [../vendor]",
            "../vendor/w.yaml": crd(),
            "app/a.yaml": widget("size: 4", more="status:\n  ready: false\n"),
        }
    )
    assert said(check()) == []
    write({"../vendor/w.yaml": crd().replace("    subresources: {status: {}}\n", "")})
    assert said(check()) == ["app/a.yaml:7: a rule of the CRD is not kept, so the object is refused: self.ready"]


def test_of_a_range_of_versions_those_that_refuse_are_named(write: Write) -> None:
    write({".k8slint.yaml": "crds: [../vendor]", "../vendor/w.yaml": crd(), "app/a.yaml": widget("label: A_")})
    refused = 'app/a.yaml:6: label: "A_" is no k8s-short-name, so the object is refused'
    assert said(check(kubernetes_version="1.30-1.33")) == []
    assert said(check(kubernetes_version="1.30-1.35")) == [f"{refused} (Kubernetes 1.34 to 1.35)"]
    assert said(check(kubernetes_version="1.34-1.35")) == [refused]


# ---------------------------------------------------------------------------------------------------- catalogues


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ("../catalogue", "shop.example/widget_v1.json"),
        ("../catalogue", "Shops/shop.example/widget_v1.json"),
        ("../catalogue/shop.example", "shop.example/widget_v1.json"),
        ("../catalogue/shop.example/widget_v1.json", "shop.example/widget_v1.json"),
    ],
)
def test_the_path_tells_what_a_json_schema_is_of(write: Write, named: str, path: str) -> None:
    write({".k8slint.yaml": f"crds: [{named}]", f"../catalogue/{path}": schema(), "app/a.yaml": widget()})
    done = check()
    assert [line.startswith(SIZE) for line in said(done)] == [True]
    assert done.warnings == []


CLAIMS = schema()
CLAIMS["properties"].update(apiVersion={"enum": ["shop.example/v1"]}, kind={"enum": ["Widget"]})


@pytest.mark.parametrize(
    "claims",
    [
        CLAIMS,
        {
            **schema(),
            "x-kubernetes-group-version-kind": [{"group": "shop.example", "kind": "Widget", "version": "v1"}],
        },
    ],
    ids=["enum", "x-kubernetes-group-version-kind"],
)
@pytest.mark.parametrize("name", ["widget_v1.json", "widget-shop-v1.json"])
def test_a_json_schema_may_say_itself_what_it_is_of(write: Write, claims: dict[str, Any], name: str) -> None:
    write({".k8slint.yaml": "crds: [../schemas]", f"../schemas/{name}": claims, "app/a.yaml": widget()})
    assert [line.startswith(SIZE) for line in said(check())] == [True]
    # And its word goes before the path's.
    write({f"../schemas/other.example/{name}": claims})
    Path(f"../schemas/{name}").unlink()
    write({"app/a.yaml": widget(api_version="other.example/v1")})
    assert said(check()) == [
        "app/a.yaml:2: no schema is known of other.example/v1 Widget, so its fields are not checked"
    ]


@pytest.mark.parametrize("path", ["widget_v1.json", "other.example/widget_v1.json", "shop.example/widget_v2.json"])
def test_a_schema_of_something_else_is_none(write: Write, path: str) -> None:
    write({".k8slint.yaml": "crds: [../catalogue]", f"../catalogue/{path}": schema(), "app/a.yaml": widget()})
    assert said(check()) == [
        "app/a.yaml:2: no schema is known of shop.example/v1 Widget, so its fields are not checked"
    ]


def test_what_tools_put_for_the_words_of_a_crd_means_the_same(write: Write) -> None:
    spec: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "port": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "name": {"type": ["string", "null"]},
            "size": {"type": "integer", "exclusiveMinimum": 0},
            "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "additionalProperties": False},
            "any": {"type": "object"},
        },
    }
    write(
        {
            ".k8slint.yaml": "crds: [../catalogue]",
            "../catalogue/shop.example/widget_v1.json": schema(spec),
            "app/good.yaml": widget("{port: http, name: null, size: 1, open: {a: 1}, any: {b: {c: 1}}}"),
            "app/root.yaml": widget("{port: 80}", more="extra: {ready: 1}\n"),
            "app/wrong.yaml": widget("{port: 1.5, name: 1, size: 0}"),
        }
    )
    assert [(finding.path, finding.rule, finding.route) for finding in check().findings] == [
        ("app/root.yaml", "unknown-field", "extra"),
        ("app/wrong.yaml", "wrong-type", "spec.port"),
        ("app/wrong.yaml", "wrong-type", "spec.name"),
        ("app/wrong.yaml", "invalid-value", "spec.size"),
    ]


def test_a_root_stays_open_where_nothing_is_closed(write: Write) -> None:
    spec = {"type": "object", "properties": {"size": {"type": "integer"}}}
    write(
        {
            ".k8slint.yaml": "crds: [../catalogue]",
            "../catalogue/shop.example/widget_v1.json": schema(spec),
            "app/a.yaml": widget("sise: 1", more="more: 1\n"),
        }
    )
    assert said(check()) == []


def test_a_status_is_not_judged_where_nobody_says_that_it_is_kept(write: Write) -> None:
    described = schema()
    described["properties"]["status"] = {
        "type": "object",
        "required": ["ready"],
        "properties": {"ready": {"type": "boolean"}},
    }
    write(
        {
            ".k8slint.yaml": "crds: [../catalogue]",
            "../catalogue/shop.example/widget_v1.json": described,
            "app/a.yaml": widget("size: 1", more="status: {}\n"),
        }
    )
    assert said(check()) == []


def test_rules_in_cel_are_part_of_a_json_schema(write: Write) -> None:
    spec = {**schema()["properties"]["spec"], "x-kubernetes-validations": [{"rule": "self.size < 5"}]}
    write(
        {
            ".k8slint.yaml": "crds: [../catalogue]",
            "../catalogue/shop.example/widget_v1.json": schema(spec),
            "app/a.yaml": widget("size: 7"),
        }
    )
    assert said(check()) == ["app/a.yaml:5: a rule of the CRD is not kept, so the object is refused: self.size < 5"]


# ---------------------------------------------------------------------------------------------------- what is read


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are opened."""
    paths: list[str] = []
    load = source.load

    def note(path: str | os.PathLike[str]) -> source.Loaded:
        paths.append(os.path.relpath(path))
        return load(path)

    monkeypatch.setattr(source, "load", note)
    return paths


def test_of_a_catalogue_only_the_files_of_kinds_that_occur_are_read(write: Write, loaded: list[str]) -> None:
    catalogue = {
        f"catalogue/g{group}.example/kind{kind}_v1.json": schema() for group in range(20) for kind in range(10)
    }
    write({".k8slint.yaml": "crds: [catalogue]", **catalogue})
    for number in (3, 5):
        write({f"app/{number}.yaml": widget(kind=f"Kind{number}", api_version=f"g{number}.example/v1")})
    # In the tree itself as well the schemas are no manifests that somebody forgot.
    for paths in (["app"], ["."], ["app/3.yaml"]):
        loaded.clear()
        done = check(*paths, jobs=1)
        read = [path for path in loaded if path.startswith("catalogue")]
        kinds = [3] if paths == ["app/3.yaml"] else [3, 5]
        assert read == [f"catalogue/g{kind}.example/kind{kind}_v1.json" for kind in kinds]
        assert len(done.findings) == len(kinds)
        assert [skipped.path for skipped in done.skipped] in ([], [".k8slint.yaml"])
    # One that is named is looked at.
    assert [skipped.path for skipped in check("catalogue/g1.example/kind1_v1.json").skipped] == [
        "catalogue/g1.example/kind1_v1.json"
    ]


def test_without_custom_resources_nothing_is_read(write: Write, loaded: list[str]) -> None:
    write(
        {
            ".k8slint.yaml": "crds: [../vendor]",
            "../vendor/w.yaml": crd(),
            "app/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
        }
    )
    assert said(check()) == []
    assert loaded == ["app/a.yaml"]


def test_only_crds_that_speak_of_a_kind_are_taken_apart(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    from k8slint.engine import Engine

    parsed: list[str] = []
    read = Engine._definitions_in

    def note(self: Engine, path: str, text: str) -> Any:
        parsed.append(path)
        return read(self, path, text)

    monkeypatch.setattr(Engine, "_definitions_in", note)
    vendor = {f"vendor/{kind}.yaml": crd(kind) for kind in ("Widget", "Gadget", "Gizmo")}
    write({".k8slint.yaml": "crds: [vendor]\nexclude: [vendor]", **vendor, "app/a.yaml": widget()})
    assert [line.startswith(SIZE) for line in said(check())] == [True]
    assert parsed == ["vendor/Widget.yaml"]


# ---------------------------------------------------------------------------------------------------- mistakes


def warnings(done: run.Run) -> list[str]:
    assert said(done) == ["app/a.yaml:2: no schema is known of shop.example/v1 Widget, so its fields are not checked"]
    return done.warnings


LACKING = "has neither a CustomResourceDefinition nor a JSON Schema of one of its versions"


def test_what_names_no_crd_is_told_with_its_place(write: Write) -> None:
    Path("empty").mkdir()
    write(
        {
            ".k8slint.yaml": "crds:\n  - empty\n  - app/a.yaml\n  - stray.json\n",
            "stray.json": schema(),
            "app/a.yaml": widget(),
        }
    )
    hint = " that says which (x-kubernetes-group-version-kind, or its name: group/kind_version.json)"
    assert warnings(check()) == [
        f".k8slint.yaml:2:5: empty {LACKING}",
        f".k8slint.yaml:3:5: app/a.yaml {LACKING}{hint}",
        f".k8slint.yaml:4:5: stray.json {LACKING}{hint}",
    ]


def test_the_place_is_that_in_the_config_that_was_extended(write: Write) -> None:
    Path("shared/empty").mkdir(parents=True)
    write(
        {
            ".k8slint.yaml": "extends: shared/base.yaml\ncrds: [app]\n",
            "shared/base.yaml": "crds:\n  - empty\n",
            "app/a.yaml": widget(),
        }
    )
    assert warnings(check()) == [
        f"shared/base.yaml:2:5: shared/empty {LACKING}",
        f".k8slint.yaml:2:8: app {LACKING}",
    ]


def test_a_crd_that_cannot_be_read_is_told_and_others_in_its_file_count(write: Write) -> None:
    write(
        {
            ".k8slint.yaml": "crds: [vendor]\nexclude: [vendor]",
            "vendor/all.yaml": crd() + "---\nspec: [\n",
            "app/a.yaml": widget(),
        }
    )
    done = check()
    assert [line.startswith(SIZE) for line in said(done)] == [True]
    (warning,) = done.warnings
    assert warning.startswith(".k8slint.yaml:1:8: vendor/all.yaml cannot be used: line ")


def test_a_crd_named_like_a_json_schema_is_told_unless_the_config_names_it(write: Write) -> None:
    from k8slint.api import read_documents

    path = "../vendor/shop.example/widget_v1.json"
    write({".k8slint.yaml": "crds: [../vendor]", path: read_documents(crd())[0].value, "app/a.yaml": widget()})
    (warning,) = warnings(check())
    assert warning.endswith("cannot be used: it is a manifest, and has the name of a JSON Schema (kind_version.json)")
    write({".k8slint.yaml": f"crds: [{path}]"})
    done = check()
    assert [line.startswith(SIZE) for line in said(done)] == [True]
    assert done.warnings == []


def test_a_json_schema_that_is_none_is_told(write: Write) -> None:
    write(
        {
            ".k8slint.yaml": "crds: [vendor]",
            "vendor/shop.example/widget_v1.json": "{",
            "app/a.yaml": widget(),
            "app/b.yaml": widget(),
        }
    )
    (warning,) = warnings(check())
    assert warning.startswith(".k8slint.yaml:1:8: vendor/shop.example/widget_v1.json cannot be used: it is no JSON: ")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
def test_what_cannot_be_opened_is_an_error(write: Write) -> None:
    write({".k8slint.yaml": "crds: [vendor]", "app/a.yaml": widget()})
    Path("vendor").mkdir()
    Path("vendor/crds.yaml").symlink_to("gone.yaml")
    done = check()
    assert done.errors == [".k8slint.yaml:1:8: vendor/crds.yaml cannot be read: no such file or directory"]
    assert done.warnings == []


# ---------------------------------------------------------------------------------------------------- processes

KINDS = ("Widget", "Gadget", "Gizmo")


def tree() -> dict[str, Any]:
    """Many files of custom resources, half of them wrong."""
    return {
        f"app/{number % 7}/{number}.yaml": "---\n".join(
            widget(spec, kind) for kind in KINDS for spec in ("size: 4", "sise: 4", "size: 9", "size: x")
        )
        for number in range(40)
    }


@pytest.mark.parametrize("where", ["in the input", "around it", "named", "in a catalogue"])
def test_processes_find_what_one_process_finds(write: Write, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setattr(run, "BATCH", 512)
    write(tree())
    if where == "in a catalogue":
        spec = {
            "type": "object",
            "properties": {"size": {"type": "integer", "maximum": 5}},
            "additionalProperties": False,
        }
        write({f"../catalogue/shop.example/{kind.lower()}_v1.json": schema(spec) for kind in KINDS})
        write({".k8slint.yaml": "crds: [../catalogue]"})
    else:
        folder = {"in the input": "app/crds", "around it": "crds", "named": "../vendor"}[where]
        write({f"{folder}/{kind}.yaml": crd(kind) for kind in KINDS})
        write({".k8slint.yaml": "crds: [../vendor]" if where == "named" else ""})
    alone, together = check(jobs=1), check(jobs=2)
    assert len(alone.findings) == 40 * 3 * 3
    assert together.findings == alone.findings
    one = check("app/3/3.yaml", jobs=2)
    assert one.findings == [finding for finding in alone.findings if finding.path == "app/3/3.yaml"]


# ---------------------------------------------------------------------------------------------------- versions

RESIZED = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  resources: {}
  containers:
  - name: web
    image: web:1.0
"""


@pytest.mark.parametrize(
    ("versions", "suffix"),
    [("1.25-1.33", " (Kubernetes 1.25 to 1.31)"), ("1.29-v1.32.4", " (Kubernetes 1.29 to 1.31)"), ("v1.31.2", "")],
)
def test_a_range_gives_one_finding_that_says_which_versions_refuse(write: Write, versions: str, suffix: str) -> None:
    write({"app/a.yaml": RESIZED})
    assert said(check(kubernetes_version=versions)) == [
        f'app/a.yaml:6: spec has a field "resources" only from Kubernetes 1.32 on, so the object is refused{suffix}'
    ]


def test_each_version_that_is_known_can_be_asked_for(write: Write) -> None:
    write({"app/a.yaml": RESIZED})
    found = {version: bool(said(check(kubernetes_version=version))) for version in tables.versions()}
    assert found == {version: int(version.partition(".")[2]) < 32 for version in tables.versions()}
