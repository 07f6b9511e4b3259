"""The quick way to read ordinary manifests against the way all others are read: the same nodes, or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from k8slint import dialect, document, nodes, ordinary
from k8slint.nodes import Node

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("tests/fixtures", "examples")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".yaml", ".yml") and path.is_file()
)
RECORDED = [
    json.loads(line)["text"]
    for path in (ROOT / "tests" / "conformance" / "data").glob("dialect*.jsonl")
    for line in path.read_text(encoding="utf-8").split("\n")
    if line
]


def described(root: Node | None) -> list[Any]:
    """All that a tree says, in the order in which it says it."""
    found: list[Any] = []
    if root is None:
        return found
    assert root.parent is None
    numbers = {id(root): 0}
    stack = [root]
    while stack:
        node = stack.pop()
        slots = (
            node.kind,
            node.text,
            node.style,
            node.tag,
            node.start,
            node.end,
            node.key_start,
            node.key_end,
            node.document,
        )
        children = [*node.fields.items(), *enumerate(node.elements)]
        assert all(child.parent is node and child.key == key for key, child in children)
        # A scalar must not get children of its own: what has none shares one empty list.
        shared = (node.fields is nodes._NO_FIELDS, node.elements is nodes._NO_ELEMENTS)
        found.append((type(node), numbers[id(node)], type(node.key), node.key, slots, len(children), shared))
        for _, child in children:
            numbers[id(child)] = len(numbers)
            stack.append(child)
    return found


def is_read_alike(text: str) -> bool:
    """Whether a text is read the quick way; fails where the other way reads it otherwise, or not at all."""
    quick = ordinary.try_compose(text)
    if quick is None:
        return False
    slow = nodes.compose(text)
    assert described(quick.root) == described(slow.root)
    assert quick.duplicates == slow.duplicates == []
    return True


ORDINARY = {
    "a service": (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels:\n    app.kubernetes.io/name: web\n"
        "spec:\n  ports:\n  - port: 80\n    targetPort: http\n  - name: 'metrics'\n    port: 9090\n  selector: {app: web}\n"
    ),
    "a list deeper than its key": "a:\n  - b: 1\n    c:\n      - d\n  - e\nf: g\n",
    "a list within a list": "- - a\n  - b: c\n    d: e\n- - - f\n-   g: h\n    i: j\n",
    "nothing behind a key": "a:\nb:\n  c:\n  d: # why\ne:\n-\n- f\n-\ng:\n",
    "a marker": "--- # here it begins\n# and goes on\na: b\n",
    "comments and blank lines": "# a\n\na: b # c\n    # d\n\n  \nc:\n# e\n  d: e#f\n\n# g\n",
    "nothing but comments": "# a: b\n\n  # c\n",
    "strings": 'a: "b: c # d"\n\'e\': \'it\'\'s\' # f\n"g": ""\nh: \'\'\ni: "\\"j\\\\k\\n\\t"\n',
    "plain text": 'a: http://b:80/c?d=e&f,[g]{h}#i\nb: -1\nc: --flag\nd: it\'s "so"\ne: x*.f\n',
    "text beyond ASCII": "a: gr\u00fc\u00dfe \U0001f600\nb: |\n  \u4f60\u597d\nc: \u2014\n",
    "literal blocks": "a: |\n  b\n    c\n\n  d  \n  \nb: |-\n    e\n\n\nc: |+\n  f\n\n\nd: |2-\n     g\n    h\n# i\ne:\n- |\n j\n",
    "folded blocks": "a: >\n  b\n  c\n\n  d\n    e\n    f\n  g\n\n\n  h\nb: >-\n\n  i\n  j\nc: >+1\n  k\n l\n\n",
    "a block at the end": "a:\n  b: |\n    c\n    d",
    "blank lines in a block": "a: |\n    b\n  \n \n    c\n      \n\nd: e\n",
    "a block with a marker of its own": "a: |\n  ---\n  b\n  ...\n  # c\n",
    "flow collections": 'a: []\nb: {}\nc: ["d", \'e\', f g, -h, 1.5]\ni: { j: k, "l": [m, {w: o}] } # p\nq: [ ]\n',
    "Windows": "a:\r\n- b: |\r\n    c\r\n\r\n    d\r\n  e: f # g\r\n\r\nh: >-\r\n  i\r\n  j\r\n",
    "no line break at the end": "a: b",
    "an indented document": "  a: b\n  c:\n  - d\n",
    "what looks like a number or a word": 'a: 0644\nb: on\nc: 1e3\nd: ~\ne: null\nf: 2001-01-01\n"on": yes\n',
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_documents_are_read_the_quick_way(text: str) -> None:
    assert is_read_alike(text)


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_they_are_the_same_without_the_c_extension(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "FAST", False)
    assert is_read_alike(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: &b c\n",
        "a: *b\n",
        "a: !!str b\n",
        "<<: {a: b}\n",
        "? a\n: b\n",
        ": a\n",
        "-: a\n",
        "on: push\n",
        "1: a\n",
        "a: b\na: c\n",
        "a: {b: c, b: d}\n",
        "a: b\n  c\n",
        "a:\n  b\n",
        'a: "b\n  c"\n',
        "a: [b,\n  c]\n",
        "a: b: c\n",
        "a: b:\n",
        "a:b\n",
        "a:\tb\n",
        "a:\n\tb: c\n",
        "a:\n  b: c\n d: e\n",
        "a:\n    b: c\n  d: e\n",
        "  a: b\nc: d\n",
        "a: b\n  c: d\n",
        "a: b\n- c\n",
        "- a\nb: c\n",
        "- a\n  - b\n",
        "a: @b\n",
        "a: `b`\n",
        "a: %b\n",
        "a: - b\n",
        "a: ]\n",
        'a: "b" c\n',
        'a: "\\/"\n',
        'a: "\\q"\n',
        "a: .inf\n",
        "a: [.nan]\n",
        "a: {b:c}\n",
        "a: [b:c]\n",
        "a: |\nb: c\n",
        "a: |\n   \n  b\n c\n",
        "a: |\n\tb\n",
        "a: |x\n  b\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "%YAML 1.1\n---\na: b\n",
        "---\n",
        "--- a\n",
        "a: b\rc: d\n",
        "a: b\u2028c: d\n",
        "a: b\x85c: d\n",
        "\ufeffa: b\n",
        "a: b\x00\n",
        "# \x07\na: b\n",
        "a: \x7f\n",
        "a: \x90\n",
        "a: \ufffe\n",
        f"{'a' * 1100}: b\n",
        f"a: {{{'b' * 1100}: c}}\n",
        "".join(f"{' ' * depth}a:\n" for depth in range(400)),
        "- " * 400 + "a\n",
        "".join(f"{' ' * depth * 4}- - - a\n" for depth in range(200)),
        "a: " + "[" * 400 + "]" * 400 + "\n",
        "just text\n",
        '{"a": "b"}\n',
    ],
)
def test_whatever_else_there_is_is_left_to_the_parser(text: str) -> None:
    assert ordinary.try_compose(text) is None


def test_real_manifests_are_read_alike_and_mostly_the_quick_way() -> None:
    texts = [path.read_bytes().decode("utf-8", "replace") for path in FILES]
    pieces = [text[chunk.start : chunk.end] for text in texts for chunk in dialect.split(text)[0] if not chunk.json]
    quick = [piece for piece in pieces if is_read_alike(piece)]
    assert sum(map(len, quick)) > 0.8 * sum(map(len, pieces))


def test_the_texts_that_go_yaml_was_asked_about_are_read_alike() -> None:
    assert sum(is_read_alike(text) for text in RECORDED) > 300


def test_what_is_remembered_of_lines_is_limited_and_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordinary, "_MAX_REMEMBERED", 5)
    ordinary._shapes.clear()
    for text in [*ORDINARY.values()] * 2:
        assert is_read_alike(text)
        assert len(ordinary._shapes) <= 5


def test_files_are_read_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    compose = nodes.compose

    def counted(text: str, *, json: bool = False) -> nodes.Composed:
        asked.append(text)
        return compose(text, json=json)

    monkeypatch.setattr(nodes, "compose", counted)
    file = document.read(
        "x.yaml", "a: b\n---\nc: &d e\n---\nf: [\n---\nkind: ConfigMapList\nitems:\n- kind: ConfigMap\n"
    )
    assert asked == ["c: &d e\n", "f: [\n"]
    assert [bool(one.error) for one in file.documents] == [False, False, True, False]
    assert [resource["kind"].string for resource in file.documents[3].resources] == ["ConfigMap"]


# ---- texts of all sorts: lines of manifests put together and mutilated

LINES = sorted({line for text in ORDINARY.values() for line in text.split("\n")})
PIECES = [
    *" \t\n\r:#-?,[]{}&*!|>'\"%@`\\~=.0xn/",
    *(
        ": ",
        " #",
        " - ",
        "- ",
        "|\n",
        ">-\n",
        "|2\n",
        "\r\n",
        "\n\n",
        "\n  ",
        "---\n",
        "...\n",
        "--- ",
        "<<: ",
        "&a ",
        "!t ",
    ),
    *(
        "{}",
        "[]",
        "{a: b}",
        "[a, 'b']",
        ".inf",
        "null",
        "\\n",
        "\\/",
        "''",
        "? ",
        "\ufeff",
        "\u2028",
        "\x85",
        "\xa0",
        "\x00",
    ),
]
CHANGES = some.lists(
    some.tuples(
        some.sampled_from(["put", "cut", "indent", "dedent", "move", "repeat", "quote"]),
        some.floats(0, 0.999),
        some.sampled_from(PIECES),
    ),
    max_size=4,
)
TEXTS = some.one_of(
    some.sampled_from([*ORDINARY.values(), *RECORDED]),
    some.lists(
        some.tuples(some.sampled_from(["", "  ", "    "]), some.sampled_from(LINES)).map("".join), max_size=8
    ).map("\n".join),
)


def changed(text: str, how: str, where: float, piece: str) -> str:
    at = int(where * (len(text) + 1))
    if how == "put":
        return text[:at] + piece + text[at:]
    if how == "cut":
        return text[:at] + text[at + 1 :]
    lines = text.split("\n")
    number = int(where * len(lines))
    line = lines[number]
    if how == "move":
        lines.insert(len(lines) // 2, lines.pop(number))
    elif how == "repeat":
        lines.insert(number, line)
    elif how == "quote":
        key, colon, value = line.partition(": ")
        lines[number] = f'{key}{colon}"{value}"'
    else:
        lines[number] = f" {line}" if how == "indent" else line[1:]
    return "\n".join(lines)


@settings(max_examples=500, deadline=None)
@given(TEXTS, CHANGES)
@example("a: |\n  b\n", [("put", 0.7, "\t")])
def test_any_text_is_read_alike_or_not_at_all(text: str, changes: list[tuple[str, float, str]]) -> None:
    for change in changes:
        text = changed(text, *change)
    is_read_alike(text)
