"""Where the Go types of a CRD are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8slint.run import CheckOptions, check, check_text

GO = 'package v1\n\ntype CacheSpec struct {\n\tSize int32 `json:"size"`\n}\n'
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: caches.shop.example
spec:
  group: shop.example
  scope: Namespaced
  names: {kind: Cache, plural: caches}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: string}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "crds").mkdir()
    (tmp_path / "api").mkdir()
    (tmp_path / "crds" / "crd.yaml").write_text(CRD)
    (tmp_path / "api" / "types.go").write_text(GO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(*paths: str, jobs: int | None = None, **options: object) -> list[tuple[str, int]]:
    run = check(paths, CheckOptions(config=False, select=["crd-go-type"], jobs=jobs, **options))  # type: ignore[arg-type]
    assert not run.errors
    return [(found.path, found.line) for found in run.findings]


FOUND = [("crds/crd.yaml", 20)]


def test_in_what_was_named(project: Path) -> None:
    assert lines(".") == FOUND
    assert lines("crds/crd.yaml", "api/types.go") == FOUND
    assert lines("crds") == []


def test_in_all_of_a_project_with_a_root(project: Path) -> None:
    (project / ".git").mkdir()
    assert lines("crds/crd.yaml") == FOUND


def test_in_the_context(project: Path) -> None:
    assert lines("crds", context=["api"]) == FOUND


def test_not_in_what_git_ignores(project: Path) -> None:
    (project / ".git").mkdir()
    (project / ".gitignore").write_text("api/\n")
    assert lines(".") == []


def test_not_in_a_copy_of_other_peoples_modules(project: Path) -> None:
    (project / "api").rename(project / "vendor")
    (project / "vendor" / "modules.txt").write_text("")
    assert lines(".") == []


def test_worker_processes_find_the_same(project: Path) -> None:
    (project / "crds" / "other.yaml").write_text(CRD.replace("aches", "aves").replace("Cache", "Cave"))
    assert lines(".", jobs=2) == FOUND


def test_a_text_stands_alone_unless_it_is_given_a_context(project: Path) -> None:
    options = CheckOptions(config=False, select=["crd-go-type"])
    assert check_text(CRD, "crds/crd.yaml", options).findings == []
    found = check_text(CRD, "crds/crd.yaml", options._replace(context=["api/types.go"])).findings
    assert [finding.line for finding in found] == [20]


def test_the_field_in_go_is_pointed_at(project: Path) -> None:
    (found,) = check(["."], CheckOptions(config=False, select=["crd-go-type"])).findings
    (related,) = found.related
    assert (related.path, related.line, related.column) == ("api/types.go", 4, 2)
