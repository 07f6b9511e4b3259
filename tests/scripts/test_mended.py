"""The script that applies every fix to real manifests has to see what a bad fix would do."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from k8slint.api import check_text

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "mended.py"))

WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web  # the shop
      image: web:1
      resources:
        limits: {cpu: 1}
"""


def complaints(after: str) -> list[str]:
    named = check_text(WEB)
    compare: Any = SCRIPT["_compare"]
    return list(compare(WEB.encode(), after.encode(), named))


def test_what_a_finding_named_may_change() -> None:
    assert complaints(WEB + "        requests: {cpu: 1}\n") == []


@pytest.mark.parametrize(
    ("after", "complaint"),
    [
        (WEB.replace("  # the shop", ""), "lost the comment # the shop"),
        (
            WEB.replace("metadata: {name: web}", "metadata: {name: shop}"),
            "metadata.name has changed, which no finding named",
        ),
        (WEB.replace("\n", "\r\n"), "line ends have changed"),
        (WEB + "---\na: 1\n", "had 1 documents, and now 2"),
    ],
)
def test_what_no_finding_named_may_not(after: str, complaint: str) -> None:
    assert complaint in complaints(after)


def test_a_document_that_cannot_be_read_any_more_is_seen() -> None:
    assert any("could be read as" in complaint for complaint in complaints(WEB + "  x: [\n"))
