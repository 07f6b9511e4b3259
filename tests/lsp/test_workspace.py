"""The projects around open files: after every change the findings are those of a run over the same texts."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("seed", range(4))
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
    for name in names[: 2 + 2 * seed]:
        workspace.open(str(shop / name), project.FILES[name])
    finish(workspace)
    compare(workspace, shop)
    for step in range(25):
        path = chance.choice(sorted(workspace.texts))
        original = project.FILES[Path(path).relative_to(shop).as_posix()]
        workspace.open(path, project.changed(workspace.texts[path], chance, original))
        compare(workspace, shop, step)
