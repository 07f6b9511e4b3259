"""Neovim, without a screen: a diagnostic is shown, its fix is applied, the file is saved; with the settings of docs/editors.md, fixes are made on saving."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import project, settings


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed")
def test_neovim_shows_a_diagnostic_and_applies_its_fix(tmp_path: Path) -> None:
    root = project.write(tmp_path / "shop", {name: project.FILES[name] for name in ("web.yaml", "ingress.yaml")})
    (root / ".k8slint.yaml").write_text("extends: essential\n")
    file = root / "web.yaml"
    file.write_text(project.WEB.replace("replicas: 2", 'replicas: "2"  # \U0001f600'), encoding="utf-8")
    script = Path(__file__).with_name("neovim.lua")
    # The command as it is installed, of the Python that runs this.
    command = shutil.which("k8slint", path=str(Path(sys.executable).parent))
    assert command is not None
    environment = {**os.environ, "K8SLINT": command, "FILE": str(file), "ROOT": str(root), "HOME": str(tmp_path)}
    ended = subprocess.run(
        ["nvim", "--headless", "-u", "NONE", "-c", f"luafile {script}"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    shown = ended.stdout.splitlines()
    assert shown[0].startswith("wrong-type 9:13 replicas takes an integer")
    assert shown[1].startswith("fix: ")
    assert shown[2] == "saved"
    assert file.read_text(encoding="utf-8") == project.WEB.replace("replicas: 2", "replicas: 2  # \U0001f600")


@functools.cache
def version() -> tuple[int, int]:
    """The version of the Neovim that is installed, or zeros."""
    if (neovim := shutil.which("nvim")) is None:
        return 0, 0
    said = subprocess.run([neovim, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.match(r"NVIM v(\d+)\.(\d+)", said)
    assert found is not None, said
    return int(found[1]), int(found[2])


def test_neovim_fixes_on_save_with_the_documented_settings(tmp_path: Path) -> None:
    if version() < (0, 10):
        pytest.skip("there is no Neovim from 0.10 on")
    root = settings.folder(tmp_path / "shop")
    start, start_before, save = (settings.block("editors.md", "Neovim", "lua", number) for number in range(3))
    init = tmp_path / "init.lua"
    if version() < (0, 11):
        start, save = start_before, save.replace("client:request_sync(", "client.request_sync(")
    init.write_text(start + save, encoding="utf-8")
    script = Path(__file__).with_name("neovim_save.lua")
    shown = settings.run(
        ["nvim", "--headless", "-u", str(init), "web.yaml", "-c", f"luafile {script}"], root
    ).splitlines()
    assert shown[:2] == ["wrong-type 9:13", "undefined-target-port 49:19"]
    # Right after the save, and not a moment later in the buffer alone.
    assert shown[2] == "modified: false"
    assert (root / "web.yaml").read_text(encoding="utf-8") == settings.MENDED
