"""The graph for programs. `docs/graph.schema.json` is the contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from k8slint.graph.model import Edge, Graph, Node, Place

VERSION = 1


def render(graph: Graph) -> str:
    """The whole, a node or an edge on each line, so that two outputs can be compared with `diff`."""
    nodes, edges = (
        [_dumped(node_data(node)) for node in graph.nodes],
        [_dumped(edge_data(edge)) for edge in graph.edges],
    )
    return f'{{"version": {VERSION},\n "nodes": {_listed(nodes)},\n "edges": {_listed(edges)}}}\n'


def node_data(node: Node) -> dict[str, Any]:
    """A node as plain data."""
    return {
        "id": node.id,
        "group": node.group,
        "kind": node.kind,
        "namespace": node.namespace,
        "name": node.name,
        "selector": node.selector,
        "state": node.state,
        "category": node.category,
        "path": node.place.path if node.place else None,
        "line": node.place.line if node.place else None,
    }


def edge_data(edge: Edge) -> dict[str, Any]:
    """An edge as plain data."""
    return {
        "source": edge.source,
        "target": edge.target,
        "type": edge.type,
        "state": edge.state,
        "optional": edge.optional,
        "places": [_place(place) for place in edge.places],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "route": place.route}


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _listed(lines: list[str]) -> str:
    return "[\n  " + ",\n  ".join(lines) + "]" if lines else "[]"
