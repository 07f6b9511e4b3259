"""The page, opened in a browser without a window."""

from __future__ import annotations

import html as html_module
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from k8slint.graph import html
from k8slint.graph.model import Edge, Graph, Node, Place

from .test_renderers import HOSTILE, SMALL, hostile

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
pytestmark = pytest.mark.skipif(not BROWSER, reason="there is no Chromium")

# What goes wrong anywhere is kept: a page that is broken must not look like one that says nothing.
WATCH = """<script>
window.wrong = [];
addEventListener("error", (event) => wrong.push(String(event.message)));
addEventListener("securitypolicyviolation", (event) => wrong.push(event.violatedDirective));
for (const name of ["error", "warn"]) console[name] = (...words) => wrong.push(words.join(" "));
</script>"""
HELPERS = """
const $ = (id) => document.getElementById(id);
const cards = () => [...document.querySelectorAll(".node")].map((card) => card.dataset.id);
const card = (id) => document.querySelector(`.node[data-id="${CSS.escape(id)}"]`);
const lines = () => document.querySelectorAll(".edge").length;
const box = (filter, value) =>
  document.querySelector(`[data-filter="${filter}"] input[value="${CSS.escape(value)}"]`);
const type = (text) => { $("search").value = text; $("search").dispatchEvent(new Event("input")); };
const hits = () => [...document.querySelectorAll(".node.hit")].map((card) => card.dataset.id);
const press = (key, at = document.body) => at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const pointer = (kind, at, x = 0, y = 0) =>
  at.dispatchEvent(new PointerEvent(kind, { bubbles: true, clientX: x, clientY: y, button: 0, pointerId: 1 }));
const click = (at) => { pointer("pointerdown", at); pointer("pointerup", at); };
const view = () => $("world").getAttribute("transform");
"""


def opened(graph: Graph, script: str, folder: Path) -> Any:
    """What a script returns that runs in the page of a graph. Fails where anything went wrong."""
    page = html.render(graph, "test").replace("<head>", f"<head>{WATCH}", 1)
    run = (
        f"<script>{HELPERS}\nlet result; try {{ result = (() => {{ {script} }})(); }} catch (error) {{ wrong.push(String(error)); }}"
        "\nconst out = document.createElement('pre'); out.id = 'out';"
        "\nout.textContent = JSON.stringify({ result, wrong }); document.body.append(out);</script></body>"
    )
    file = folder / "page.html"
    file.write_text(page.replace("</body>", run, 1), encoding="utf-8")
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=1200,800",
        f"--user-data-dir={folder}/profile",
    ]
    done = subprocess.run(
        [*command, "--dump-dom", file.as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stdout[-2000:] + done.stderr[-2000:]
    said = json.loads(html_module.unescape(found[1]))
    assert said["wrong"] == []
    return said["result"]


def test_it_opens(tmp_path: Path) -> None:
    result = opened(SMALL, "return [cards(), lines(), $('counts').textContent, view()]", tmp_path)

    # Two edges between the same two are one line.
    assert result[:3] == [[node.id for node in SMALL.nodes], 2, "4 of 4 objects, 3 edges, 1 missing"]
    assert re.fullmatch(r"translate\(-?[\d.]+,-?[\d.]+\) scale\([\d.]+\)", result[3])


def test_an_empty_graph_opens(tmp_path: Path) -> None:
    assert opened(Graph(), "return [cards(), $('nothing').hidden]", tmp_path) == [[], False]


def test_hostile_names_are_shown_as_they_are(tmp_path: Path) -> None:
    script = "return [...nodes.children].map((card) => card.querySelector('.name')).filter(Boolean).map((name) => name.textContent)"
    shown = opened(hostile(), script, tmp_path)

    assert sorted(shown) == sorted(name or "(no name)" for name in HOSTILE)


def test_search_marks_what_it_finds(tmp_path: Path) -> None:
    script = """
      const seen = [];
      type("WEB"); seen.push([hits(), $("hits").value]);
      type("web service"); seen.push([hits(), $("hits").value]);
      type("missing"); seen.push([hits(), $("hits").value]);
      type("nothing of it"); seen.push([hits(), $("hits").value]);
      type(""); seen.push([hits(), $("hits").value, document.querySelectorAll(".faded").length]);
      return seen;
    """
    assert opened(SMALL, script, tmp_path) == [
        [["Service/shop/web", "Deployment.apps/shop/web"], "2"],
        [["Service/shop/web"], "1"],
        [["Secret/shop/keys"], "1"],
        [[], "0"],
        [[], "", 0],
    ]


def test_enter_goes_from_hit_to_hit(tmp_path: Path) -> None:
    script = """
      type("web");
      return [1, 2, 3].map(() => {
        press("Enter", $("search"));
        return document.querySelector(".node.selected").dataset.id;
      });
    """
    assert opened(SMALL, script, tmp_path) == ["Service/shop/web", "Deployment.apps/shop/web", "Service/shop/web"]


def test_filters_take_objects_and_edges_away(tmp_path: Path) -> None:
    script = """
      const seen = [];
      for (const [filter, value] of [["kind", "Secret"], ["namespace", ""], ["type", "selects"], ["state", "missing"]]) {
        const input = box(filter, value);
        input.click();
        seen.push([cards(), lines()]);
        input.click();
      }
      document.querySelectorAll("[data-filter=kind] button")[1].click();
      seen.push([cards(), $("nothing").hidden]);
      document.querySelectorAll("[data-filter=kind] button")[0].click();
      $("alone").click();
      seen.push([cards(), lines()]);
      return seen;
    """
    service, deployment, secret, role = [node.id for node in SMALL.nodes]

    assert opened(SMALL, script, tmp_path) == [
        [[service, deployment, role], 1],
        [[service, deployment, secret], 2],
        [[deployment, secret, service, role], 1],
        [[service, deployment, role], 1],
        [[], False],
        [[service, deployment, secret], 2],
    ]


def test_a_click_tells_of_an_object_and_of_its_neighbours(tmp_path: Path) -> None:
    script = """
      click(card("Deployment.apps/shop/web"));
      const text = $("details").innerText;
      const lit = document.querySelectorAll(".edge.lit").length;
      const faded = [...document.querySelectorAll(".node.faded")].map((card) => card.dataset.id);
      const labels = [...$("labels").children].map((label) => label.textContent);
      document.querySelector("#details li button").click();
      const next = document.querySelector(".node.selected").dataset.id;
      press("Escape");
      return { text, lit, faded, labels, next, hidden: $("details").hidden };
    """
    result = opened(SMALL, script, tmp_path)

    assert "web.yaml:9" in result["text"]
    assert "web.yaml:30 spec.x" in result["text"]
    assert "mounts" in result["text"]
    assert "missing" in result["text"]
    assert (result["lit"], result["faded"]) == (2, ["ClusterRole.rbac.authorization.k8s.io/view"])
    assert sorted(result["labels"]) == ["mounts, reads", "selects"]
    assert (result["next"], result["hidden"]) == ("Secret/shop/keys", True)


def test_a_part_can_be_shown_alone(tmp_path: Path) -> None:
    script = """
      card("Service/shop/web").dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
      const part = cards();
      $("whole").click();
      return [part, cards().length];
    """
    assert opened(SMALL, script, tmp_path) == [["Service/shop/web", "Deployment.apps/shop/web"], 4]


def test_it_can_be_moved_and_zoomed(tmp_path: Path) -> None:
    script = """
      const numbers = () => view().match(/-?[\\d.]+/g).map(Number);
      const [x, y, scale] = numbers();
      const canvas = $("canvas");
      pointer("pointerdown", canvas, 600, 400);
      pointer("pointermove", canvas, 650, 380);
      pointer("pointerup", canvas, 650, 380);
      const moved = numbers();
      canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: -300, clientX: 600, clientY: 400, cancelable: true }));
      const zoomed = numbers();
      press("f");
      const fitted = numbers();
      return [moved[0] - x, moved[1] - y, moved[2] === scale, zoomed[2] > scale, fitted[2] === scale, fitted[0] === x];
    """
    right, down, *rest = opened(SMALL, script, tmp_path)

    assert (round(right), round(down)) == (50, -20)
    assert rest == [True, True, True, True]


def test_missing_and_unknown_stand_out(tmp_path: Path) -> None:
    script = """
      const look = (id) => { const style = getComputedStyle(card(id).querySelector(".card")); return [style.strokeDasharray !== "none", style.stroke]; };
      const edge = getComputedStyle(document.querySelector(".edge.missing path"));
      return [look("Secret/shop/keys"), look("ClusterRole.rbac.authorization.k8s.io/view"), look("Service/shop/web")[0], edge.strokeDasharray !== "none"];
    """
    missing, unknown, found, edge = opened(SMALL, script, tmp_path)

    assert missing == [True, "rgb(220, 38, 38)"]
    assert unknown == [True, "rgb(148, 163, 184)"]
    assert (found, edge) == (False, True)


def test_no_card_lies_on_another(tmp_path: Path) -> None:
    """Cycles, edges over several layers, a hub, parts and objects alone."""
    names = [f"n{number}" for number in range(60)]
    nodes = tuple(Node(name, "", "Pod", "", name, place=Place("x", 1)) for name in names)
    pairs = [(number, (number * 7 + 3) % 40) for number in range(40)] + [(number, 0) for number in range(1, 20)]
    pairs += [(1, 2), (2, 3), (3, 1), (5, 5), (41, 42), (42, 43), (41, 43)]
    edges = {(names[one], names[other]) for one, other in pairs}
    graph = Graph(nodes, tuple(Edge(one, other, "uses", "found", (Place("x", 1),)) for one, other in sorted(edges)))
    script = """
      return [...document.querySelectorAll(".node")].map((card) => {
        const [x, y] = card.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
        const rect = card.querySelector(".card");
        return [x, y, Number(rect.getAttribute("width")), Number(rect.getAttribute("height"))];
      });
    """
    boxes = opened(graph, script, tmp_path)

    assert len(boxes) == 60
    for number, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[:number]:
            apart = (
                x >= other_x + other_width
                or other_x >= x + width
                or y >= other_y + other_height
                or other_y >= y + height
            )
            assert apart
    (tmp_path / "again").mkdir()
    assert opened(graph, script, tmp_path / "again") == boxes


def crowd() -> Graph:
    """240 objects of two namespaces and four folders; `a/keys` is missing, and everybody uses a class that has no namespace."""
    nodes, edges = [], []
    for number in range(240):
        namespace = "ab"[number % 2]
        path = f"apps/{namespace}/{'one' if number % 4 < 2 else 'two'}/{number}.yaml"
        nodes.append(Node(f"Pod/{namespace}/p{number}", "", "Pod", namespace, f"p{number}", place=Place(path, 1)))
        edges.append(Edge(nodes[-1].id, "PriorityClass/high", "uses", "unknown", (Place(path, 2),)))
    edges.append(Edge("Pod/a/p0", "Secret/a/keys", "mounts", "missing", (Place("apps/a/one/0.yaml", 3),)))
    edges.append(Edge("Pod/a/p0", "Pod/b/p1", "calls", "found", (Place("apps/a/one/0.yaml", 4),)))
    nodes.append(Node("PriorityClass/high", "", "PriorityClass", "", "high", "unknown"))
    nodes.append(Node("Secret/a/keys", "", "Secret", "a", "keys", "missing"))
    return Graph(tuple(nodes), tuple(edges))


TEXTS = """
const texts = () => [...document.querySelectorAll(".node")].map((card) =>
  [...card.querySelectorAll("text")].map((text) => text.textContent).join(": "));
const named = (name) => [...document.querySelectorAll(".node")].find((card) => card.querySelector(".name").textContent === name);
const twice = (at) => at.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
"""


def test_many_objects_are_shown_in_groups_that_open(tmp_path: Path) -> None:
    script = f"""{TEXTS}
      const seen = [[texts(), lines(), $("counts").textContent]];
      twice(named("a"));
      seen.push([texts(), $("open").textContent]);
      twice(named("one"));
      seen.push([cards().length, Boolean(card("Secret/a/keys")), Boolean(card("Pod/a/p2")), $("open").children.length]);
      $("open").children[0].click();
      seen.push([texts(), $("open").textContent]);
      return seen;
    """
    closed, opened_a, opened_one, again = opened(crowd(), script, tmp_path)

    groups = ["namespace · 121 objects · 1 missing: a", "namespace · 120 objects: b"]
    single = "PriorityClass · unknown: high"
    # The groups to the class, and one to the other.
    assert closed == [[*groups, single], 3, "242 of 242 objects, 242 edges, 1 missing"]
    # A folder goes without what all have in common. What is written nowhere is where it is named.
    assert opened_a == [
        ["folder · 61 objects · 1 missing: one", groups[1], "folder · 60 objects: two", single],
        "a \u00d7",
    ]
    assert opened_one == [61 + 3, True, False, 2]
    # Whoever closes a group closes what is in it.
    assert again == [[*groups, single], ""]


def test_what_is_found_in_a_group_opens_it(tmp_path: Path) -> None:
    script = f"""{TEXTS}
      type("missing");
      const marked = [hits().map((id) => get(id)), $("hits").value];
      press("Enter", $("search"));
      return [marked, document.querySelector(".node.selected").dataset.id, Boolean(card("Pod/a/p0"))];
      function get(id) {{ return card(id).querySelector(".name").textContent; }}
    """
    assert opened(crowd(), script, tmp_path) == [[["a"], "1"], "Secret/a/keys", True]


def test_a_group_tells_what_is_in_it(tmp_path: Path) -> None:
    script = f"""{TEXTS}
      click(named("a"));
      const text = $("details").innerText;
      [...document.querySelectorAll("#details li button")].find((button) => button.textContent === "Secret keys").click();
      return [text, document.querySelector(".node.selected").dataset.id];
    """
    text, then = opened(crowd(), script, tmp_path)

    assert "Open (121 objects)" in text
    assert "Pod\n120" in text
    assert "120 \u00d7 uses" in text
    assert "1 \u00d7 calls" in text
    assert then == "Secret/a/keys"


def test_groups_are_a_choice(tmp_path: Path) -> None:
    script = f"""{TEXTS}
      const choose = (value) => document.querySelector(`#grouping input[value=${{value}}]`).click();
      choose("namespace"); choose("folder");
      const all = cards().length;
      choose("kind");
      return [all, texts()];
    """
    assert opened(crowd(), script, tmp_path) == [
        242,
        ["kind · 240 objects: Pod", "PriorityClass · unknown: high", "Secret · a · missing: keys"],
    ]
    assert opened(SMALL, f"{TEXTS} return [...document.querySelectorAll('#grouping :checked')].length", tmp_path) == 0
