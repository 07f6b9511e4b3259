"""The projects around open files: after every change the findings are those of a run over the same texts."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from k8slint.finding import Severity
from k8slint.lsp.workspace import Workspace

from . import project


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = project.write(tmp_path / "shop")
    monkeypatch.chdir(root)
    return root


def compare(workspace: Workspace, root: Path, why: object = "") -> None:
    """The findings in all open files are those of a run."""
    expected = project.checked(root, workspace.texts)
    for path in workspace.texts:
        found = [project.as_run_shows(one, root) for one in workspace.findings(path) if one.rule != "unchecked-kind"]
        assert found == expected.get(path, []), (why, path)


def finish(workspace: Workspace) -> None:
    while workspace.work():
        pass


@pytest.mark.parametrize("seed", range(3))
def test_after_random_changes_the_findings_are_those_of_a_run(shop: Path, seed: int) -> None:
    chance = random.Random(seed)
    workspace = Workspace([str(shop)])
    names = [
        "web.yaml",
        "ingress.yaml",
        "jobs/worker.yaml",
        "gadget.yaml",
        "base/cache.yaml",
        "list.yaml",
        "crds/gadget.yaml",
        "plain.json",
    ]
    for name in names[: 2 + 3 * seed]:
        workspace.open(str(shop / name), project.FILES[name])
    finish(workspace)
    compare(workspace, shop)
    for step in range(25):
        path = chance.choice(sorted(workspace.texts))
        original = project.FILES[Path(path).relative_to(shop).as_posix()]
        workspace.open(path, project.changed(workspace.texts[path], chance, original))
        compare(workspace, shop, step)


def test_what_the_config_takes_for_not_severe_enough_is_not_shown(shop: Path) -> None:
    workspace = Workspace([str(shop)])
    path = str(shop / "web.yaml")
    workspace.open(path, project.FILES["web.yaml"].replace("replicas:", "replica:"))
    finish(workspace)
    before = {finding.severity for finding in workspace.findings(path)}
    (shop / ".k8slint.yaml").write_text("minSeverity: error\n")
    workspace.changed([str(shop / ".k8slint.yaml")])
    assert len(before) > 1
    assert {finding.severity for finding in workspace.findings(path)} == {Severity.ERROR}
    compare(workspace, shop)


def test_findings_do_not_wait_for_the_whole_project(shop: Path) -> None:
    workspace = Workspace([str(shop)])
    path = str(shop / "ingress.yaml")
    workspace.open(path, project.INGRESS.replace("name: http", "name: htpp"))
    first = workspace.findings(path)
    assert "ingress-port-not-found" in {finding.rule for finding in first}
    # Only what was needed for that has been read.
    assert workspace.work()
    finish(workspace)
    assert workspace.findings(path) == first
    compare(workspace, shop)


def test_only_the_document_that_changed_is_read_again(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from k8slint import nodes

    workspace = Workspace([str(shop)])
    path = str(shop / "web.yaml")
    workspace.open(path, project.WEB)
    workspace.findings(path)
    read: list[str] = []
    compose = nodes.compose

    def counted(text: str, *, json: bool = False) -> object:
        read.append(text)
        return compose(text, json=json)

    monkeypatch.setattr("k8slint.document.compose", counted)
    workspace.open(path, project.WEB.replace("replicas: 2", "replicas: 2\n  paused: maybe"))
    assert "wrong-type" in {finding.rule for finding in workspace.findings(path)}
    assert ["kind: Deployment" in text for text in read] == [True]
    monkeypatch.undo()
    monkeypatch.chdir(shop)
    compare(workspace, shop)


def test_what_is_left_out_is_not_there(shop: Path) -> None:
    workspace = Workspace([str(shop)])
    path, ignored = str(shop / "web.yaml"), str(shop / "out" / "web.yaml")
    (shop / "out").mkdir()
    (shop / "out" / "web.yaml").write_text(project.WEB.replace("replicas: 2", "replicas: two"))
    workspace.open(path, project.WEB)
    workspace.open(ignored, (shop / "out" / "web.yaml").read_text())
    assert workspace.findings(ignored)
    (shop / ".gitignore").write_text("out/\n")
    (shop / ".git").mkdir()
    assert workspace.changed([str(shop / ".gitignore")])
    assert workspace.findings(ignored) == []
    compare(workspace, shop)


def test_closing_brings_back_what_is_on_disk(shop: Path) -> None:
    workspace = Workspace([str(shop)])
    web, ingress = str(shop / "web.yaml"), str(shop / "ingress.yaml")
    workspace.open(ingress, project.INGRESS)
    finish(workspace)
    before = workspace.findings(ingress)
    workspace.open(web, project.WEB.replace("    - name: http\n      port: 80", "    - name: web\n      port: 80"))
    assert "ingress-port-not-found" in {finding.rule for finding in workspace.findings(ingress)}
    workspace.close(web)
    assert workspace.findings(ingress) == before
    # A file that was never saved leaves nothing behind.
    new = str(shop / "new.yaml")
    workspace.open(new, project.INGRESS)
    assert workspace.findings(new) != []
    workspace.close(new)
    assert workspace.findings(ingress) == before


def test_files_come_and_go(shop: Path) -> None:
    chance = random.Random(5)
    workspace = Workspace([str(shop)])
    path = str(shop / "ingress.yaml")
    workspace.open(path, project.INGRESS)
    names = [name for name in project.FILES if not name.startswith(".") and name != "ingress.yaml"]
    for step in range(25):
        name = chance.choice(names)
        file = shop / name
        if file.exists() and chance.random() < 0.5:
            file.unlink()
        else:
            file.write_text(project.changed(project.FILES[name], chance, project.FILES[name]), encoding="utf-8")
        if step % 2:
            workspace.changed([str(file)])
        else:
            # As for an editor that does not tell.
            workspace.rescan()
            workspace.changed([str(file)])
        compare(workspace, shop, (step, name))
        if step == 12:
            finish(workspace)


def test_a_file_in_no_project_is_judged_with_what_lies_beside_it(tmp_path: Path) -> None:
    project.write(
        tmp_path, {"web.yaml": project.WEB, "ingress.yaml": project.INGRESS, "deep/ingress.yaml": project.INGRESS}
    )
    workspace = Workspace()
    path = str(tmp_path / "web.yaml")
    workspace.open(path, project.WEB)
    workspace.findings(path)
    finish(workspace)
    assert set(workspace.tree(path).members) == {str(tmp_path / "ingress.yaml")}
