"""Whole runs: the same findings however the input comes in."""

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest

from k8slint import run, source
from k8slint.api import hookimpl
from k8slint.engine import FileResult
from k8slint.finding import Severity
from k8slint.plugins import Plugins

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
    targetPort: http
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: web:1.0
        ports:
        - name: web
          containerPort: 8080
"""
ONLY = ("undefined-target-port", "duplicate-key", "yaml-syntax", "limits-without-requests", "unused-suppression")


def options(**more: object) -> run.CheckOptions:
    return run.CheckOptions(config=False, select=ONLY, **more)  # type: ignore[arg-type]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "service.yaml").write_text(SERVICE)
    (tmp_path / "base" / "deployment.yaml").write_text(DEPLOYMENT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def places(done: run.Run) -> list[tuple[str, str, int, int]]:
    return [(finding.rule, finding.path, finding.line, finding.column) for finding in done.findings]


EXPECTED = [("undefined-target-port", "base/service.yaml", 9, 17)]


@pytest.mark.usefixtures("project")
def test_a_folder_and_one_file_of_it_give_the_same_finding() -> None:
    assert places(run.check(["."], options())) == EXPECTED
    assert places(run.check(["base/service.yaml"], options())) == EXPECTED
    assert places(run.check(["base/deployment.yaml"], options())) == []


@pytest.mark.usefixtures("project")
def test_processes_find_what_one_process_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH", 1)
    alone, together = run.check(["."], options(jobs=1)), run.check(["."], options(jobs=2))
    assert together.findings == alone.findings
    monkeypatch.setattr(run, "FORK_FROM", 1)
    assert run.check(["."], options(jobs=3)).findings == alone.findings
    assert places(together) == EXPECTED


def test_the_largest_batch_is_begun_first_and_neighbours_stay_together() -> None:
    sizes = {"a.yaml": 10, "b.yaml": run.BATCH, "c.yaml": 3 * run.BATCH, "d.yaml": 1}
    assert run._batches(sizes) == [["c.yaml"], ["a.yaml", "b.yaml"], ["d.yaml"]]


@pytest.mark.usefixtures("project")
def test_letting_nodes_go_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = run.check(["."], options(jobs=1))
    monkeypatch.setattr(run, "KEEP", 0)
    assert run.check(["."], options(jobs=1)).findings == kept.findings


def test_the_items_of_a_list_keep_their_order_when_they_are_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    item = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: web}}\n"
    Path("list.yaml").write_text("apiVersion: v1\nkind: List\nitems:\n" + item + item)
    monkeypatch.setattr(run, "KEEP", 0)
    done = run.check(["."], run.CheckOptions(config=False, select=["duplicate-resource"], jobs=1))
    assert places(done) == [("duplicate-resource", "list.yaml", 5, 54)]


@pytest.mark.usefixtures("project")
def test_a_plugin_may_bring_the_executor() -> None:
    asked = []

    class Threads:
        @hookimpl
        def k8slint_executor(self, jobs: int) -> Executor:
            asked.append(jobs)
            return ThreadPoolExecutor(jobs)

    assert places(run.check(["."], options(jobs=3), Plugins([Threads()]))) == EXPECTED
    assert asked == [3]


def test_a_text_and_its_context_are_all_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert places(run.check_text(SERVICE, "s.yaml", options())) == []
    (tmp_path / "deployment.yaml").write_text(DEPLOYMENT)
    assert places(run.check_text(SERVICE, "s.yaml", options())) == []
    found = run.check_text(SERVICE, "s.yaml", options(context=["deployment.yaml"]))
    assert places(found) == [("undefined-target-port", "s.yaml", 9, 17)]
    assert found.findings[0].related[0].path == "deployment.yaml"


def test_without_a_project_only_what_lies_beside_a_file_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "below").mkdir()
    (tmp_path / "s.yaml").write_text(SERVICE)
    (tmp_path / "below" / "d.yaml").write_text(DEPLOYMENT)
    assert places(run.check(["s.yaml"], options())) == []
    (tmp_path / "d.yaml").write_text(DEPLOYMENT)
    assert places(run.check(["s.yaml"], options())) == [("undefined-target-port", "s.yaml", 9, 17)]


def test_a_broken_document_does_not_hide_its_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run.check_text(
        "a: 'x\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {x: a, x: b}\n", "x.yaml", options()
    )
    assert [finding.rule for finding in done.findings] == ["yaml-syntax", "duplicate-key"]
    assert done.documents == 2


def test_suppressions_are_held_against_findings_of_both_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.yaml").write_text(DEPLOYMENT)
    quiet = SERVICE.replace(
        "targetPort: http", "targetPort: http  # k8slint: ignore[undefined-target-port] made elsewhere"
    )
    done = run.check_text(quiet, "s.yaml", options(context=["d.yaml"]))
    assert (done.findings, done.suppressed) == ([], 1)
    idle = SERVICE.replace("port: 80", "port: 80  # k8slint: ignore[limits-without-requests]")
    (finding,) = run.check_text(idle, "s.yaml", options()).findings
    assert (finding.rule, finding.line) == ("unused-suppression", 8)


def test_what_cannot_be_read_is_an_error_of_the_run_and_the_rest_goes_on(project: Path) -> None:
    (project / "gone.yaml").symlink_to(project / "nowhere.yaml")
    done = run.check(["missing.yaml", "."], options())
    assert places(done) == EXPECTED
    assert any("missing.yaml" in error for error in done.errors)


def test_results_of_workers_can_be_sent(project: Path) -> None:
    import pickle

    from k8slint.kustomize import Surroundings

    engine = run._engine(options(), None)
    name = "base/deployment.yaml"
    result = run.check_loaded(engine, name, source.load(name), Surroundings(project))
    engine.let_go(result)
    sent = pickle.loads(pickle.dumps(result))
    assert isinstance(sent, FileResult)
    (manifest,) = engine.manifests(sent)
    assert manifest.name == "web"
    assert manifest.node["spec", "template", "spec", "containers", 0, "ports", 0, "containerPort"].value == 8080


def test_no_rules_at_all_is_an_error_and_never_a_clean_run() -> None:
    with pytest.raises(run.EngineError, match="no rules are installed"):
        run.check(["."], options(), Plugins(installed=False))


@pytest.mark.usefixtures("project")
def test_the_worst_severity_is_that_of_the_worst_finding() -> None:
    done = run.check(["."], options())
    assert done.worst() is Severity.ERROR
    assert done.count(Severity.ERROR) == 1
    assert run.Run().worst() is Severity.OFF


def test_display_is_relative_below_the_current_folder_only(project: Path) -> None:
    assert run.display(str(project / "base" / "service.yaml")) == "base/service.yaml"
    outside = str(project.parent / "other.yaml")
    assert run.display(outside) == outside.replace(os.sep, "/")


def test_a_field_that_a_kustomization_adds_is_not_missing(project: Path) -> None:
    bare = DEPLOYMENT.replace("  selector:\n    matchLabels: {app: web}\n", "").replace(
        "labels: {app: web}", "annotations: {}"
    )
    (project / "base" / "deployment.yaml").write_text(bare)
    only = run.CheckOptions(config=False, select=["missing-field"])
    assert places(run.check(["."], only)) == [("missing-field", "base/deployment.yaml", 5, 1)]
    (project / "base" / "kustomization.yaml").write_text("commonLabels: {app: web}\nresources: [deployment.yaml]\n")
    assert places(run.check(["."], only)) == []
    assert places(run.check(["base/deployment.yaml"], only)) == []


def test_what_two_owners_have_in_common_is_said_once_with_both_places(project: Path) -> None:
    for name in ("one", "two"):
        (project / name).mkdir()
        (project / name / "deployment.yaml").write_text(DEPLOYMENT)
    (project / "base" / "deployment.yaml").unlink()
    [found] = run.check(["."], options()).findings
    assert (found.rule, found.path) == ("undefined-target-port", "base/service.yaml")
    assert [place.path for place in found.related] == ["one/deployment.yaml", "two/deployment.yaml"]
