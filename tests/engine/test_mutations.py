"""Whatever is in a file, only findings come out (`scripts/fuzz.py` does the same at length)."""

import importlib.util
from pathlib import Path

import pytest

from k8slint.plugins import Plugins

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("fuzz", ROOT / "scripts" / "fuzz.py")
assert spec is not None
assert spec.loader is not None
fuzz = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fuzz)

PLUGINS = Plugins()
SOURCES = fuzz.texts([ROOT / "examples" / "shop"])


@pytest.mark.parametrize("block", range(4))
def test_mutated_manifests_give_findings_and_nothing_else(block: int) -> None:
    for _, text in fuzz.mutations(SOURCES, 60, seed=block):
        wrong = fuzz.failure(text, PLUGINS)
        # How long a text takes is for the script to say: a busy machine would fail the test.
        assert not wrong or wrong.startswith("took"), f"{wrong}\n{text}"
