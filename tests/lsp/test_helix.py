"""Helix with the settings of docs/editors.md, in a terminal: the findings are listed, a fix is applied; or all fixes are made on saving."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import settings

pytestmark = pytest.mark.skipif(
    not (shutil.which("hx") and shutil.which("tmux")), reason="Helix or tmux is not installed"
)

TWO = "\u25cf 2"
"""What the line at the bottom says when there are two errors."""


class Terminal:
    """Helix in a terminal that nobody sees."""

    def __init__(self, root: Path, languages: str) -> None:
        home = root.parent / "home"
        self.environment = settings.environment(home)
        (home / "XDG_CONFIG_HOME" / "helix").mkdir(parents=True)
        (home / "XDG_CONFIG_HOME" / "helix" / "languages.toml").write_text(languages, encoding="utf-8")
        self.socket = str(root.parent / "tmux")
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "160", "-y", "60", "-c", str(root), "hx web.yaml")

    def tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", self.socket, *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, encoding="utf-8", timeout=20, check=True
        ).stdout

    def keys(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def wait_for(self, *texts: str) -> None:
        self.until(lambda: all(text in self.screen() for text in texts))

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end, self.screen()
            time.sleep(0.05)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return settings.folder(tmp_path / "shop")


@pytest.fixture
def start(root: Path) -> Iterator[Callable[[str], Terminal]]:
    started: list[Terminal] = []

    def begin(languages: str) -> Terminal:
        started.append(Terminal(root, languages))
        return started[-1]

    yield begin
    for terminal in started:
        terminal.tmux("kill-server")


def test_helix_lists_the_findings_and_applies_a_fix(root: Path, start: Callable[[str], Terminal]) -> None:
    helix = start(settings.block("editors.md", "Helix", "toml"))
    helix.wait_for(TWO)
    helix.keys("Space", "d")
    helix.wait_for("wrong-type", "undefined-target-port")
    helix.keys("Escape")
    # The next key comes when the list has gone: together with Escape it would be another one.
    helix.until(lambda: "undefined-target-port" not in helix.screen())
    helix.keys("]", "d")
    helix.wait_for("replicas takes an integer")
    helix.keys("Space", "a")
    helix.wait_for("Set spec.replicas to 2", "Suppress wrong-type here")
    helix.keys("Enter")
    helix.wait_for("replicas: 2  #")
    helix.keys(":w", "Enter")
    helix.until(lambda: (root / "web.yaml").read_text(encoding="utf-8") == settings.MENDED)


def test_helix_fixes_on_save(root: Path, start: Callable[[str], Terminal]) -> None:
    languages = settings.block("editors.md", "Helix", "toml")
    formatter = settings.block("editors.md", "Helix", "toml", 1)
    helix = start(languages.replace('name = "yaml"\n', 'name = "yaml"\n' + formatter))
    helix.wait_for(TWO)
    helix.keys(":w", "Enter")
    helix.until(lambda: (root / "web.yaml").read_text(encoding="utf-8") == settings.MENDED)
