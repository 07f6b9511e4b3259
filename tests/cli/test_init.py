from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from k8slint import __version__, config
from k8slint.api import read_documents
from k8slint.plugins import Plugins

K8slint = Callable[..., Result]


def test_it_writes_a_config_that_can_be_used(k8slint: K8slint, folder: Path) -> None:
    result = k8slint("init")

    assert (result.exit_code, result.stdout) == (0, "Wrote .k8slint.yaml\n")
    settings = config.load(folder / ".k8slint.yaml", list(Plugins().rules.values()))
    assert settings.preset == "recommended"


def test_what_is_commented_out_can_be_used_too(k8slint: K8slint, folder: Path) -> None:
    k8slint("init")
    path = folder / ".k8slint.yaml"
    path.write_text(re.sub(r"^# ( *(?:[\w./-]+:|- ).*)$", r"\1", path.read_text(), flags=re.MULTILINE))
    (folder / "web").mkdir()
    (folder / "web" / "Dockerfile").touch()
    (folder / "third-party" / "crds").mkdir(parents=True)
    (folder / "api" / "v1").mkdir(parents=True)
    settings = config.load(path, list(Plugins().rules.values()))

    assert settings.kubernetes_version is not None
    assert settings.exclude == ("vendor/",)
    assert settings.complete
    assert settings.external == ("Secret/registry-*",)
    assert [image.cmd for image in settings.images.values()] == [None, ("up",)]
    assert [path.name for path in (*settings.crds, *settings.golang)] == ["crds", "v1"]
    assert settings.levels == {"missing-liveness-probe": "off", "missing-memory-limit": "error"}
    assert [override.files for override in settings.overrides] == [("dev/**",)]


@pytest.mark.parametrize("name", config.NAMES)
def test_it_leaves_a_config_alone(k8slint: K8slint, folder: Path, name: str) -> None:
    (folder / name).write_text("extends: strict\n")
    result = k8slint("init")

    assert result.exit_code == 2
    assert result.stderr == f"error: {name} is already there; remove it to start afresh\n"
    assert (folder / name).read_text() == "extends: strict\n"


def test_it_writes_into_the_folder_it_is_given(k8slint: K8slint, folder: Path) -> None:
    (folder / "deploy").mkdir()
    assert k8slint("init", "deploy").stdout == "Wrote deploy/.k8slint.yaml\n"
    assert (folder / "deploy" / ".k8slint.yaml").exists()


def test_the_hook_is_printed_and_nothing_written(k8slint: K8slint, folder: Path) -> None:
    before = list(folder.iterdir())
    (document,) = read_documents(k8slint("init", "--pre-commit").stdout)

    assert document.value == {
        "repos": [
            {
                "repo": "<the address of the k8slint repository>",
                "rev": f"v{__version__}",
                "hooks": [{"id": "k8slint"}],
            }
        ]
    }
    assert list(folder.iterdir()) == before


def test_the_hooks_that_are_offered_are_there() -> None:
    (hooks,) = read_documents((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())

    assert isinstance(hooks.value, list)
    assert {hook["id"] for hook in hooks.value if isinstance(hook, dict)} == {
        "k8slint",
        "k8slint-fix",
        "k8slint-rendered",
    }
