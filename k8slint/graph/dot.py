"""The graph in the language of Graphviz: `k8slint graph --format dot | dot -Tsvg > graph.svg`."""

from __future__ import annotations

from k8slint.graph.model import Category, Graph, Node
from k8slint.report.base import plain

_SHAPES: dict[Category, str] = {
    "workload": "box",
    "network": "ellipse",
    "config": "note",
    "storage": "cylinder",
    "access": "hexagon",
    "policy": "octagon",
    "custom": "component",
    "other": "box",
}
_COLORS: dict[Category, tuple[str, str]] = {
    "workload": ("#dbeafe", "#2563eb"),
    "network": ("#d1fae5", "#059669"),
    "config": ("#fef3c7", "#d97706"),
    "storage": ("#ede9fe", "#7c3aed"),
    "access": ("#fce7f3", "#db2777"),
    "policy": ("#cffafe", "#0891b2"),
    "custom": ("#ecfccb", "#65a30d"),
    "other": ("#f1f5f9", "#64748b"),
}


def render(graph: Graph) -> str:
    """The whole as a digraph; namespaces are clusters."""
    lines = [
        "digraph k8slint {",
        "  rankdir=LR",
        '  node [fontname="Helvetica", fontsize=11, style=filled]',
        '  edge [fontname="Helvetica", fontsize=9, color="#64748b"]',
    ]
    for number, namespace in enumerate(sorted({node.namespace for node in graph.nodes})):
        inside = [node for node in graph.nodes if node.namespace == namespace]
        if not namespace:
            lines += [f"  {_node(node)}" for node in inside]
            continue
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f"    label={_quoted(namespace)}")
        lines.append('    fontname="Helvetica"')
        lines += [f"    {_node(node)}" for node in inside]
        lines.append("  }")
    for edge in graph.edges:
        look = {
            "missing": ', style=dashed, color="#dc2626", fontcolor="#dc2626"',
            "unknown": ', style=dashed, color="#94a3b8"',
        }.get(edge.state, "")
        lines.append(f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [label={_quoted(edge.type)}{look}]")
    return "\n".join([*lines, "}"]) + "\n"


def _node(node: Node) -> str:
    fill, line = _COLORS[node.category]
    style = ""
    if node.state == "missing":
        fill, line, style = "#fee2e2", "#dc2626", ', style="filled,dashed", penwidth=2'
    elif node.state == "unknown":
        fill, line, style = "#f1f5f9", "#94a3b8", ', style="filled,dashed", fontcolor="#475569"'
    elif node.state == "generated":
        style = ', style="filled,dashed"'
    place = f"{node.place.path}:{node.place.line}" if node.place else node.state
    return (
        f"{_quoted(node.id)} [label={_quoted(node.kind, node.title)}, shape={_SHAPES[node.category]}, "
        f'fillcolor="{fill}", color="{line}"{style}, tooltip={_quoted(place)}]'
    )


def _quoted(*lines: str) -> str:
    r"""Lines as a string of DOT. In its labels `\n` breaks a line, `\N` or `\G` would be replaced, and `&amp;` be read as an entity."""
    parts = (plain(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines)
    return '"' + "\\n".join(parts) + '"'
