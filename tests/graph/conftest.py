from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from k8slint.document import read
from k8slint.graph.collect import graph
from k8slint.graph.model import Graph
from k8slint.project import FlatScopes, Project
from k8slint.views import Manifest

GraphOf = Callable[..., Graph]


def manifests(text: str) -> Iterator[Manifest]:
    for document in read("all.yaml", dedent(text)).documents:
        assert document.error is None
        yield from (Manifest(root, document) for root in document.resources)


@pytest.fixture
def graph_of() -> GraphOf:
    """The graph of a text with manifests; `complete` and `external` are those of the config."""

    def make(text: str, *, complete: bool = False, external: tuple[str, ...] = ()) -> Graph:
        return graph(Project(list(manifests(text)), FlatScopes(), complete=complete, external=external))

    return make


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, a project of its own."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path
