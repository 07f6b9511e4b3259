"""Vim with the settings of docs/output.md: `:make` fills the quickfix list."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from . import settings

LIST = """\
silent make
call writefile(map(getqflist(), 'v:val.valid . " " . bufname(v:val.bufnr) . ":" . v:val.lnum . ":" . v:val.col . " " . v:val.type . " " . v:val.text'), "list")
"""


@pytest.mark.skipif(shutil.which("vim") is None, reason="Vim is not installed")
def test_make_fills_the_quickfix_list(tmp_path: Path) -> None:
    root = settings.folder(tmp_path / "shop")
    (root / "pod.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec: [\n", encoding="utf-8")
    script = tmp_path / "script.vim"
    script.write_text("set nocompatible\n" + settings.block("output.md", "concise", "vim") + LIST, encoding="utf-8")
    settings.run(["vim", "-es", "-u", "NONE", "-S", str(script), "-c", "qall!"], root)
    found = (root / "list").read_text(encoding="utf-8").splitlines()
    assert found[0] == "1 pod.yaml:6:1 e did not find expected node content"
    assert found[1].startswith("1 web.yaml:9:13 e replicas takes an integer")
    assert found[2].startswith('1 web.yaml:49:19 e targetPort "htpp" is not a port')
    assert len(found) == 3
