"""The template for LSP4IJ, JetBrains' client, says what its documentation asks for, and the same as docs/editors.md."""

from __future__ import annotations

import json
from pathlib import Path

from .settings import DOCS

TEMPLATE = Path(__file__).parents[2] / "editors" / "jetbrains" / "k8slint" / "template.json"


def test_the_template_is_what_the_page_says() -> None:
    template = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    assert template.keys() == {"id", "name", "programArgs", "fileTypeMappings"}
    page = (DOCS / "editors.md").read_text(encoding="utf-8").partition("## JetBrains\n")[2].partition("\n## ")[0]
    assert f"the name is `{template['name']}`, the command `{template['programArgs']['default']}`" in page
    assert template["programArgs"] == {"default": "k8slint lsp"}
    for mapping in template["fileTypeMappings"]:
        assert mapping.keys() == {"fileType", "languageId"}
        assert mapping["fileType"].keys() == {"name", "patterns"}
        for said in (*mapping["fileType"]["patterns"], mapping["languageId"]):
            assert f"`{said}`" in page
