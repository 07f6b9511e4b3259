"""The graph as text. What stands in manifests stays text, whatever it looks like; the programs that read these formats are asked where they are there."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from k8slint.graph import dot, html, mermaid
from k8slint.graph import json as graph_json
from k8slint.graph.model import TYPES, Edge, Graph, Node, Place, State

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "graph.schema.json").read_text("utf-8"))

SMALL = Graph(
    (
        Node("Service/shop/web", "", "Service", "shop", "web", place=Place("web.yaml", 1)),
        Node(
            "Deployment.apps/shop/web", "apps", "Deployment", "shop", "web", place=Place("web.yaml", 9), workload=True
        ),
        Node("Secret/shop/keys", "", "Secret", "shop", "keys", "missing"),
        Node(
            "ClusterRole.rbac.authorization.k8s.io/view",
            "rbac.authorization.k8s.io",
            "ClusterRole",
            "",
            "view",
            "unknown",
        ),
    ),
    (
        Edge(
            "Service/shop/web", "Deployment.apps/shop/web", "selects", "found", (Place("web.yaml", 5, "spec.selector"),)
        ),
        Edge("Deployment.apps/shop/web", "Secret/shop/keys", "mounts", "missing", (Place("web.yaml", 30, "spec.x"),)),
        Edge("Deployment.apps/shop/web", "Secret/shop/keys", "reads", "missing", (Place("web.yaml", 20, "spec.y"),)),
    ),
)

HOSTILE = [
    'a"b',
    "it's",
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "a#quot;b&amp;",
    "`x` **b** $x$",
    "end",
    "a;b|c]d)e}",
    "line\nbreak\r\n",
    "back\\slash \\N \\n",
    "%%{init: {}}%%",
    "--> n2",
    "\0\x1b[31m\u202e",
    "@@data@@",
    "ünïcode 漢字",
    "",
]


def hostile() -> Graph:
    states: tuple[State, ...] = ("found", "missing", "unknown", "generated")
    nodes = tuple(
        Node(
            f"Pod/{name}#{n}", "", f"K{name}", f'n"s{name}' if n % 2 else "", name, states[n % 4], Place(name or "x", 1)
        )
        for n, name in enumerate(HOSTILE)
    )
    edges = tuple(
        Edge(one.id, other.id, "uses", other.state, (Place(one.name, 1, one.name),))
        for one, other in itertools.pairwise(nodes)
    )
    return Graph(nodes, edges)


# ---- Mermaid


def test_mermaid() -> None:
    assert mermaid.render(SMALL) == (
        "flowchart LR\n"
        '  n4{{"ClusterRole<br/>view"}}\n'
        '  subgraph ns1["shop"]\n'
        '    n1(["Service<br/>web"])\n'
        '    n2["Deployment<br/>web"]\n'
        '    n3[/"Secret<br/>keys"/]\n'
        "  end\n"
        "  n1 -->|selects| n2\n"
        "  n2 -.->|mounts, reads| n3\n"
        "  classDef workload fill:#dbeafe,stroke:#2563eb,color:#172554\n"
        "  class n2 workload\n"
        "  classDef network fill:#d1fae5,stroke:#059669,color:#022c22\n"
        "  class n1 network\n"
        "  classDef unknown fill:#f1f5f9,stroke:#94a3b8,color:#475569,stroke-dasharray:2 2\n"
        "  class n4 unknown\n"
        "  classDef missing fill:#fee2e2,stroke:#dc2626,color:#7f1d1d,stroke-width:2px,stroke-dasharray:6 3\n"
        "  class n3 missing\n"
    )


def test_an_empty_mermaid_is_one() -> None:
    assert mermaid.render(Graph()) == "flowchart LR\n"


def test_names_in_mermaid_are_plain_or_numbers() -> None:
    for label in re.findall(r'"(.*?)"', mermaid.render(hostile())):
        assert re.fullmatch(r"(?:[\w ./:=,*!()-]|#\d+;|<br/>)+", label), label


def test_what_mermaid_does_not_draw_by_default_is_known() -> None:
    row = tuple(Node(str(number), "", "Pod", "", str(number)) for number in range(mermaid.MOST_EDGES + 2))
    edges = [Edge(one.id, other.id, "uses", "found", (Place("x", 1),)) for one, other in itertools.pairwise(row)]

    assert mermaid.drawable(mermaid.render(Graph(row, tuple(edges[:-1]))))
    assert not mermaid.drawable(mermaid.render(Graph(row, tuple(edges))))
    assert not mermaid.drawable(mermaid.render(Graph((Node("a", "", "Pod", "", "a" * mermaid.MOST_CHARACTERS),))))


MERMAID = os.environ.get("K8SLINT_MERMAID", "")
PARSER = """
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import fs from "node:fs";
const find = createRequire(process.argv[2] + "/");
const { JSDOM } = await import(pathToFileURL(find.resolve("jsdom")));
const page = new JSDOM("<body></body>");
globalThis.window = page.window;
globalThis.document = page.window.document;
const { default: mermaid } = await import(pathToFileURL(process.argv[2] + "/node_modules/mermaid/dist/mermaid.core.mjs"));
mermaid.initialize({ startOnLoad: false });
const diagram = await mermaid.mermaidAPI.getDiagramFromText(fs.readFileSync(0, "utf8"));
const db = diagram.db;
console.log(JSON.stringify({ nodes: [...db.getVertices().keys()].length, edges: db.getEdges().length }));
"""


@pytest.mark.skipif(not MERMAID, reason="K8SLINT_MERMAID is no folder where `npm install mermaid jsdom` has been run")
@pytest.mark.parametrize("graph", [SMALL, hostile()], ids=["small", "hostile"])
def test_mermaid_reads_it(graph: Graph, tmp_path: Path) -> None:
    script = tmp_path / "parse.mjs"
    script.write_text(PARSER, encoding="utf-8")
    out = subprocess.run(
        ["node", str(script), MERMAID], input=mermaid.render(graph), capture_output=True, text=True, check=True
    ).stdout

    arrows = {(edge.source, edge.target) for edge in graph.edges}
    assert json.loads(out) == {"nodes": len(graph.nodes), "edges": len(arrows)}


# ---- DOT


def test_dot() -> None:
    lines = dot.render(SMALL).splitlines()

    assert lines[0] == "digraph k8slint {"
    assert lines[-1] == "}"
    assert '  "Service/shop/web" -> "Deployment.apps/shop/web" [label="selects"]' in lines
    (missing,) = [line for line in lines if line.startswith('    "Secret/shop/keys" [')]
    assert 'label="Secret\\nkeys"' in missing
    assert 'style="filled,dashed"' in missing
    assert 'color="#dc2626"' in missing
    assert 'tooltip="missing"' in missing


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("graph", [Graph(), SMALL, hostile()], ids=["empty", "small", "hostile"])
def test_graphviz_reads_it(graph: Graph) -> None:
    done = subprocess.run(["dot", "-Tjson"], input=dot.render(graph), capture_output=True, text=True, check=True)

    assert done.stderr == ""
    read = json.loads(done.stdout)
    objects = [found for found in read.get("objects", []) if not found["name"].startswith("cluster_")]
    assert len(objects) == len(graph.nodes)
    assert len(read.get("edges", [])) == len(graph.edges)


# ---- JSON


@pytest.mark.parametrize("graph", [Graph(), SMALL, hostile()], ids=["empty", "small", "hostile"])
def test_json_is_as_its_schema_says(graph: Graph) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    data = json.loads(graph_json.render(graph))

    jsonschema.validate(data, SCHEMA)
    assert [node["name"] for node in data["nodes"]] == [node.name for node in graph.nodes]
    ids = {node["id"] for node in data["nodes"]}
    assert all(edge["source"] in ids and edge["target"] in ids for edge in data["edges"])


def test_the_schema_knows_every_key_and_word() -> None:
    data = json.loads(graph_json.render(SMALL))
    definitions = SCHEMA["$defs"]

    assert list(data["nodes"][0]) == definitions["node"]["required"] == list(definitions["node"]["properties"])
    assert list(data["edges"][0]) == definitions["edge"]["required"] == list(definitions["edge"]["properties"])
    assert definitions["edge"]["properties"]["type"]["enum"] == list(TYPES)


def test_json_has_a_line_for_each_node_and_edge() -> None:
    lines = graph_json.render(SMALL).splitlines()

    assert len(lines) == 3 + len(SMALL.nodes) + len(SMALL.edges)
    assert json.loads(lines[2].rstrip(","))["id"] == "Service/shop/web"


# ---- HTML


def test_html_is_one_file_that_asks_for_nothing() -> None:
    text = html.render(SMALL, "shop")

    assert "<title>shop</title>" in text
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=[\"'](?!data:)", text)
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttpRequest", text)
    assert "@@" not in text


def test_names_cannot_leave_the_data_of_the_page() -> None:
    text = html.render(hostile(), "</title><script>alert(2)</script>")

    assert text.count("<script") == html.render(Graph()).count("<script") == 2
    assert text.count("</script>") == 2
    assert "<title>&lt;/title&gt;&lt;script&gt;" in text
    found = re.search(r'<script id="data" type="application/json">(.*)</script>\n<script>', text)
    assert found
    data = json.loads(found[1])
    assert [node["name"] for node in data["nodes"]] == HOSTILE
