"""Where a field of what kustomize built comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8slint.document import read
from k8slint.render.overlays import Built, Origin, Overlay, split

from .conftest import Write

BUILT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    team: shop
  labels:
    tier: front
  name: p-web-s
  namespace: prod
spec:
  replicas: 5
  template:
    spec:
      containers:
      - image: mirror.example.com/log:2
        name: log
      - image: registry.example.com/web:1.1
        name: web
        env:
        - name: A
          value: patched
        - name: B
          value: kept
        args:
        - added
        volumeMounts:
        - mountPath: /data
          name: data
"""
BASE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0
          env:
            - {name: A, value: written}
            - {name: B, value: kept}
          volumeMounts:
            - {name: data, mountPath: /data}
        - name: log
          image: registry.example.com/log:1
"""
OVERLAY = """\
resources: [../base]
namespace: prod
namePrefix: p-
nameSuffix: -s
images:
  - name: registry.example.com/web
    newTag: "1.1"
  - name: registry.example.com/log
    newName: mirror.example.com/log
    digest: sha256:2
replicas:
  - name: web
    count: 5
labels:
  - pairs: {tier: front}
commonAnnotations:
  team: shop
patches:
  - path: of-another-kind.json
    target: {kind: Service}
  - path: env.yaml
  - path: args.json
    target: {kind: Deploy.*}
  - path: other.yaml
"""
ENV = """\
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, env: [{name: A, value: patched}]}]}}}
"""
ARGS = """\
[{"op": "add", "path": "/spec/template/spec/containers/1/args", "value": ["added"]},
 {"op": "test", "path": "/spec/template/spec/containers/1/args", "value": ["added"]}]
"""
OTHER = ENV.replace("name: web}\nspec", "name: other}\nspec")


@pytest.fixture
def built(project: Write) -> Built:
    project(
        {
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": BASE,
            "prod/kustomization.yaml": OVERLAY,
            "prod/env.yaml": ENV,
            "prod/args.json": ARGS,
            "prod/other.yaml": OTHER,
            "prod/of-another-kind.json": ARGS,
        }
    )
    document = read("built.yaml", BUILT).documents[0]
    return Built(Overlay("prod/kustomization.yaml"), document, Origin("base/web.yaml"), str(Path.cwd()))


def place(built: Built, before: str, part: str) -> tuple[str, int, str, bool]:
    """The file, the line, what is marked there and whether that is exact, for a part of what was built."""
    start = BUILT.index(part, BUILT.index(before))
    found = built.place(start, start + len(part))
    line = Path(found.path).read_text().split("\n")[found.line - 1]
    return found.path, found.line, line[found.column - 1 : found.end_column - 1], found.exact


@pytest.mark.parametrize(
    ("before", "part", "path", "line", "marked"),
    [
        # The base says the same. Elements are found by their names, wherever they stand.
        ("kind", "Deployment", "base/web.yaml", 2, "Deployment"),
        ("- name: B", "kept", "base/web.yaml", 14, "kept"),
        ("volumeMounts", "/data", "base/web.yaml", 16, "/data"),
        ("/log:2", "name", "base/web.yaml", 17, "name"),
        # A patch says it: one with its path, one for all of a kind.
        ("- name: A", "patched", "prod/env.yaml", 3, "patched"),
        ("args", "added", "prod/args.json", 1, '"added"'),
        # A setting of the overlay does.
        ("name: p-", "p-web-s", "prod/kustomization.yaml", 3, "p-"),
        ("namespace", "prod", "prod/kustomization.yaml", 2, "prod"),
        ("image: reg", "registry.example.com/web:1.1", "prod/kustomization.yaml", 7, '"1.1"'),
        ("image: mir", "mirror.example.com/log:2", "prod/kustomization.yaml", 10, "sha256:2"),
        ("replicas", "5", "prod/kustomization.yaml", 13, "5"),
        ("tier", "front", "prod/kustomization.yaml", 15, "front"),
        ("team", "shop", "prod/kustomization.yaml", 17, "shop"),
        ("team", "team", "prod/kustomization.yaml", 17, "team"),
        # The key is that of the field, where there is one.
        ("replicas", "replicas", "prod/kustomization.yaml", 13, "5"),
    ],
)
def test_a_field_that_somebody_wrote(built: Built, before: str, part: str, path: str, line: int, marked: str) -> None:
    assert place(built, before, part) == (path, line, marked, True)


def test_what_nobody_wrote_is_shown_at_the_nearest_that_somebody_did(built: Built) -> None:
    project = Path("prod/kustomization.yaml")
    project.write_text(OVERLAY.replace('newTag: "1.1"', 'newTag: "1.1"').replace("images:", "x-images:"))
    assert place(built, "image: reg", "registry.example.com/web:1.1") == ("base/web.yaml", 11, "image", False)


def test_the_deepest_of_a_base_and_its_patches_is_the_nearest(built: Built) -> None:
    # The patch has the variable, and what was built its value.
    Path("prod/env.yaml").write_text(ENV.replace("name: A, value: patched", "name: A, value: $(A)"))
    base = Path("base/web.yaml")
    base.write_text(BASE.replace("            - {name: A, value: written}\n", ""))
    path, line, _, exact = place(built, "- name: A", "patched")
    assert (path, line, exact) == ("prod/env.yaml", 3, False)


def test_several_of_one_kind_are_told_apart_by_the_longest_name(built: Built) -> None:
    Path("base/web.yaml").write_text(BASE.replace("name: web\nspec", "name: we\nspec") + "---\n" + BASE)
    assert place(built, "kind", "Deployment")[1] == 21


def test_an_object_from_elsewhere_is_shown_where_it_is_asked_for(built: Built) -> None:
    Path("prod/kustomization.yaml").write_text("resources:\n  - https://example.com/org/app//deploy?ref=v1\n")
    built.origin = Origin("deploy/web.yaml", repo="https://example.com/org/app")
    found = built.place(0, 10)
    assert (found.path, found.line, found.column, found.exact) == ("prod/kustomization.yaml", 2, 5, False)


def test_without_an_origin_only_the_kustomization_is_known(built: Built) -> None:
    built.origin = Origin()
    Path("prod/kustomization.yaml").write_text("resources: [../base]\n")
    found = built.place(0, 10)
    assert (found.path, found.line, found.column, found.exact) == ("prod/kustomization.yaml", 1, 1, False)


ANNOTATION = """\
metadata:
  annotations:
    config.kubernetes.io/origin: |
      path: base/web.yaml
      repo: https://example.com/app
      ref: v1
  name: web
"""


def test_the_annotation_is_taken_out_again() -> None:
    alone, beside = split(ANNOTATION + "---\n" + ANNOTATION.replace("    config", "    a: b\n    config"))
    assert alone == (Origin("base/web.yaml", "https://example.com/app"), "metadata:\n  name: web\n")
    assert beside[1] == "metadata:\n  annotations:\n    a: b\n  name: web\n"


def test_an_annotation_at_the_end() -> None:
    text = "kind: A\nmetadata:\n  annotations:\n    config.kubernetes.io/origin: |\n      configuredIn: a/kustomization.yaml\n"
    assert list(split(text)) == [(Origin(configured="a/kustomization.yaml"), "kind: A\nmetadata:\n")]


@pytest.mark.parametrize(
    "text", ["kind: A\n", "a: [\n", "- a\n", "kind: A\nmetadata: {annotations: {config.kubernetes.io/origin: 1}}\n"]
)
def test_what_has_no_annotation_stays_as_it_is(text: str) -> None:
    assert list(split(text)) == [(Origin(), text)]
