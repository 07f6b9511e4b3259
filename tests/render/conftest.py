from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Write = Callable[[Mapping[str, str]], None]

TOOL = """\
#!{python}
import json, sys, time
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
{body}
"""


class Tools:
    """Stand-ins for helm and kustomize: what they put out was recorded, and how they are called is noted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "calls.log"

    def add(self, name: str, out: str = "", *, error: str = "", code: int = 0, seconds: float = 0) -> None:
        """Puts a program in the PATH that writes `out`, or fails with `error`."""
        body = f"time.sleep({seconds})\nsys.stdout.write({out!r})\nsys.stderr.write({error!r})\nsys.exit({code})"
        path = self.folder / name
        path.write_text(TOOL.format(python=sys.executable, log=str(self.log), body=body))
        path.chmod(0o755)

    def calls(self) -> list[list[str]]:
        """The arguments of each call so far, in order."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


@pytest.fixture
def tools(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Tools:
    """A PATH without any program of this machine's."""
    if os.name != "posix":
        pytest.skip("programs that are scripts")
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", str(folder))
    return Tools(folder)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes files below the current folder, which is a project of its own."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)

    def write(files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return write
