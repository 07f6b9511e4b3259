"""The settings that docs/ gives for editors, and what running an editor with them takes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from . import project

DOCS = Path(__file__).parents[2] / "docs"

MENDED = project.WEB.replace("replicas: 2", "replicas: 2  # \U0001f600").replace("targetPort: http", "targetPort: htpp")
BROKEN = MENDED.replace("replicas: 2", 'replicas: "2"')
"""A file with two mistakes, and what the safe fixes make of it: one of them has such a fix, the other none."""


def block(page: str, heading: str, language: str, number: int = 0) -> str:
    """A block of code as a page has it under a heading."""
    parts = re.split(r"^##+ ", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    part = next(part for part in parts if part.startswith(heading + "\n"))
    blocks: list[str] = re.findall(rf"^```{language}\n(.*?)^```", part, flags=re.MULTILINE | re.DOTALL)
    return blocks[number]


def folder(path: Path) -> Path:
    """A project with a file `web.yaml` that has two mistakes."""
    root = project.write(path, {"web.yaml": BROKEN, "ingress.yaml": project.FILES["ingress.yaml"]})
    (root / ".k8slint.yaml").write_text("extends: essential\n", encoding="utf-8")
    return root


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment with the k8slint of the Python that runs this, and nobody's own settings."""
    home.mkdir(exist_ok=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    config = {name: str(home / name) for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    return {**os.environ, "PATH": path, "HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8", **config, **more}


def run(command: list[str], root: Path, **more: str) -> str:
    """What an editor writes to stdout; that it fails is a failure of the test."""
    ended = subprocess.run(
        command,
        cwd=root,
        env=environment(root.parent / "home", **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
