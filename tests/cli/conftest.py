from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from k8slint.cli.commands import group

K8slint = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, a project of its own, whatever colours the environment asks for."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for variable in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


@pytest.fixture
def k8slint(folder: Path) -> K8slint:
    """Runs the command line in `folder`; exceptions are the test's."""

    def run(*args: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(group, args, input=stdin, prog_name="k8slint", catch_exceptions=False)

    return run
