"""Emacs with the settings of docs/editors.md: eglot shows the findings and applies a fix, or all of them on saving; `M-x compile` finds the places."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

import pytest

from . import settings

SCRIPT = Path(__file__).with_name("emacs.el")


@functools.cache
def has(feature: str) -> bool:
    """Whether there is an Emacs that has this."""
    if (emacs := shutil.which("emacs")) is None:
        return False
    command = [emacs, "--batch", "--eval", f"(require '{feature})"]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("session", ["pick", "save"])
def test_eglot_shows_the_findings_and_applies_a_fix(tmp_path: Path, session: str) -> None:
    if not has("eglot"):
        pytest.skip("there is no Emacs with eglot")
    root = settings.folder(tmp_path / "shop")
    init = tmp_path / "init.el"
    init.write_text("".join(settings.block("editors.md", "Emacs", "elisp", number) for number in (0, 1)))
    shown = settings.run(["emacs", "--batch", "-l", str(SCRIPT)], root, INIT=str(init), SESSION=session).splitlines()
    assert [line.partition(" ")[0] for line in shown[:2]] == ["9:12", "49:18"]
    assert "replicas takes an integer" in shown[0]
    assert 'targetPort "htpp"' in shown[1]
    offered = ["offered: Set spec.replicas to 2, Suppress wrong-type here"] if session == "pick" else []
    assert shown[2:] == [*offered, "left: 1"]
    assert (root / "web.yaml").read_text(encoding="utf-8") == settings.MENDED


def test_compile_finds_the_places(tmp_path: Path) -> None:
    if not has("compile"):
        pytest.skip("there is no Emacs")
    root = settings.folder(tmp_path / "shop")
    shown = settings.run(["emacs", "--batch", "-l", str(SCRIPT)], root, SESSION="compile", TERM="dumb")
    assert shown.splitlines() == ["web.yaml:9:13", "web.yaml:49:19"]
