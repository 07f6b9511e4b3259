"""Neovim, without a screen: a diagnostic is shown, its fix is applied, the file is saved."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import project


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
