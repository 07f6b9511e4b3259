"""The graph as one HTML page that needs nothing else: no server, no network.

The page is in `viewer/`. It lays out whatever part of the graph it is asked to show, so the data is all that is put in.
"""

from __future__ import annotations

import html
import json
from importlib import resources
from typing import TYPE_CHECKING

from k8slint.graph.json import edge_data, node_data
from k8slint.graph.model import TYPES

if TYPE_CHECKING:
    from k8slint.graph.model import Graph


def render(graph: Graph, title: str = "k8slint graph") -> str:
    """The page; `title` stands in the tab and above the search box."""
    folder = resources.files("k8slint.graph") / "viewer"

    def part(name: str) -> str:
        return (folder / name).read_text(encoding="utf-8")

    data = {
        "nodes": [node_data(node) | {"title": node.title} for node in graph.nodes],
        "edges": [edge_data(edge) for edge in graph.edges],
        "types": TYPES,
    }
    filled = {
        "title": html.escape(title),
        "style": part("style.css"),
        "script": part("script.js"),
        "data": _embedded(json.dumps(data, ensure_ascii=True, separators=(",", ":"))),
    }
    # Each mark once, from the page alone: what is put in may well hold such marks itself.
    pieces = part("page.html").split("@@")
    return "".join(filled[piece] if position % 2 else piece for position, piece in enumerate(pieces))


def _embedded(text: str) -> str:
    """JSON that can stand within `<script>`: nothing in it ends that, or begins a comment."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
