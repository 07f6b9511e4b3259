"""The graph as a Mermaid flowchart, which GitHub, GitLab and many editors draw in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.graph.model import Category, Graph, Node
from k8slint.report.base import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_EDGES = 500
"""How many edges Mermaid draws unless its page says otherwise (maxEdges in its config)."""

MOST_CHARACTERS = 50_000
"""How long a text it takes (maxTextSize)."""

_SHAPES: dict[Category, tuple[str, str]] = {
    "workload": ("[", "]"),
    "network": ("([", "])"),
    "config": ("[/", "/]"),
    "storage": ("[(", ")]"),
    "access": ("{{", "}}"),
    "policy": ("[[", "]]"),
    "custom": ("(", ")"),
    "other": ("(", ")"),
}
# Legible on white and on black alike.
_LOOKS = {
    "workload": "fill:#dbeafe,stroke:#2563eb,color:#172554",
    "network": "fill:#d1fae5,stroke:#059669,color:#022c22",
    "config": "fill:#fef3c7,stroke:#d97706,color:#451a03",
    "storage": "fill:#ede9fe,stroke:#7c3aed,color:#2e1065",
    "access": "fill:#fce7f3,stroke:#db2777,color:#500724",
    "policy": "fill:#cffafe,stroke:#0891b2,color:#083344",
    "custom": "fill:#ecfccb,stroke:#65a30d,color:#1a2e05",
    "other": "fill:#f1f5f9,stroke:#64748b,color:#0f172a",
    "generated": "stroke-dasharray:2 2",
    "unknown": "fill:#f1f5f9,stroke:#94a3b8,color:#475569,stroke-dasharray:2 2",
    "missing": "fill:#fee2e2,stroke:#dc2626,color:#7f1d1d,stroke-width:2px,stroke-dasharray:6 3",
}


def render(graph: Graph) -> str:
    """The flowchart, without a fence around it."""
    names = {node.id: f"n{number}" for number, node in enumerate(graph.nodes, 1)}
    lines = ["flowchart LR"]
    for number, namespace in enumerate(sorted({node.namespace for node in graph.nodes})):
        inside = [node for node in graph.nodes if node.namespace == namespace]
        if not namespace:
            lines += [f"  {names[node.id]}{_shape(node)}" for node in inside]
            continue
        lines.append(f'  subgraph ns{number}["{_escaped(namespace)}"]')
        lines += [f"    {names[node.id]}{_shape(node)}" for node in inside]
        lines.append("  end")
    between: dict[tuple[str, str, bool], list[str]] = {}
    for edge in graph.edges:
        dashed = edge.state in ("missing", "unknown")
        between.setdefault((edge.source, edge.target, dashed), []).append(edge.type)
    for (source, target, dashed), types in between.items():
        arrow = "-.->" if dashed else "-->"
        lines.append(f"  {names[source]} {arrow}|{', '.join(types)}| {names[target]}")
    return "\n".join([*lines, *_classes(graph, names)]) + "\n"


def drawable(text: str) -> bool:
    """Whether Mermaid draws as much as this by default."""
    return len(text) <= MOST_CHARACTERS and text.count("->|") <= MOST_EDGES


def _shape(node: Node) -> str:
    left, right = _SHAPES[node.category]
    return f'{left}"{_escaped(node.kind)}<br/>{_escaped(node.title)}"{right}'


def _classes(graph: Graph, names: dict[str, str]) -> Iterator[str]:
    """Which look each node has, and what it is."""
    looks: dict[str, list[str]] = {}
    for node in graph.nodes:
        if node.state != "missing" and node.state != "unknown":
            looks.setdefault(node.category, []).append(names[node.id])
        if node.state != "found":
            looks.setdefault(node.state, []).append(names[node.id])
    for look, style in _LOOKS.items():
        if look in looks:
            yield f"  classDef {look} {style}"
            yield f"  class {','.join(looks[look])} {look}"


def _escaped(text: str) -> str:
    """A text that is nothing but text in a label: what is not plain stands as the number of its character."""
    return "".join(
        character if character.isalnum() or character in " -_./:=,*!()" else f"#{ord(character)};"
        for character in plain(text)
    )
