"""Nodes: what rules see of a document."""

import pytest

from k8slint.document import read
from k8slint.nodes import MAX_DEPTH, Node, YamlError, compose, from_plain, pack, route_of, unpack


def root(text: str) -> Node:
    node = compose(text).root
    assert node is not None
    return node


def test_a_path_leads_to_a_node_and_never_raises() -> None:
    node = root("spec:\n  ports:\n  - port: 80\n")
    assert node["spec", "ports", 0, "port"].value == 80
    assert node["spec", "ports", -1, "port"].value == 80
    assert not node["spec", "ports", 1, "port"]
    assert not node["spec", "ports", "port"]
    assert not node["nothing", 0, "at", "all"]


def test_what_is_missing_is_empty_and_knows_where_it_would_stand() -> None:
    missing = root("spec: {}\n")["spec", "limits", "memory"]
    assert not missing
    assert not missing.exists
    assert list(missing) == []
    assert list(missing.items()) == []
    assert missing.value is None
    assert missing.route == "spec.limits[memory]"


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("a: null\n", False),
        ("a:\n", False),
        ("a: ~\n", False),
        ("a: {}\n", True),
        ("a: ''\n", True),
        ("a: 0\n", True),
        ("a: off\n", True),
    ],
)
def test_null_is_nothing_and_anything_else_is_something(text: str, there: bool) -> None:
    assert bool(root(text)["a"]) is there
    assert root(text)["a"].exists


@pytest.mark.parametrize(
    ("keys", "route"),
    [
        (["spec", "containers", 0, "name"], "spec.containers[0].name"),
        (["metadata", "labels", "app.kubernetes.io/name"], "metadata.labels[app.kubernetes.io/name]"),
        (["metadata", "labels", "app"], "metadata.labels[app]"),
        (["spec", "x.y"], "spec[x.y]"),
        ([], ""),
    ],
)
def test_routes_are_written_as_the_server_writes_field_paths(keys: list[str | int], route: str) -> None:
    assert route_of(keys) == route


def test_anchors_and_merge_keys_give_copies_with_the_places_of_the_anchor() -> None:
    text = "base: &b {cpu: 1, memory: 2}\nuse:\n  <<: *b\n  memory: 3\nlist: [*b]\n"
    node = root(text)
    assert node["use"].value == {"cpu": 1, "memory": 3}
    assert node["list", 0, "cpu"].route == "list[0].cpu"
    assert text[node["use", "cpu"].start] == "1"
    assert node["use", "cpu"].start == node["base", "cpu"].start


def test_an_anchor_that_contains_itself_is_refused() -> None:
    with pytest.raises(YamlError, match="contains itself"):
        compose("a: &x [*x]\n")


def test_an_alias_bomb_is_refused_without_being_unfolded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(YamlError, match="excessive aliasing"):
        compose("\n".join(lines))


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(YamlError, match="nested deeper"):
        compose("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


def test_both_places_of_a_duplicate_key_are_known() -> None:
    composed = compose("a: 1\nb: 2\na: 3\n")
    (first, again) = composed.duplicates[0]
    assert (first.value, again.value) == (1, 3)
    assert composed.root is not None
    assert composed.root["a"].value == 3


def test_whole_numbers_are_integers_however_they_are_written() -> None:
    node = root("[80, 1.0, 1e3, 80.5, '80', true]")
    assert [item.integer for item in node] == [80, 1, 1000, None, None, None]


def test_plain_data_becomes_nodes_with_routes_and_the_same_values() -> None:
    value = {"spec": {"on": "on", "list": [1, None, True, 1.5, "8080"], "empty": {}}}
    node = from_plain(value)
    assert node.value == value
    assert node["spec", "list", 4].string == "8080"
    assert node["spec", "list", 4].route == "spec.list[4]"


def test_a_broken_document_hides_nothing_but_itself() -> None:
    file = read("x.yaml", "kind: A\n---\na: 'x\n---\nkind: C\n")
    assert [document.error is None for document in file.documents] == [True, False, True]
    assert file.documents[2].resources[0]["kind"].value == "C"
    assert file.documents[1].line == 3


def test_the_items_of_a_list_are_resources_of_their_own() -> None:
    file = read("x.yaml", "kind: List\napiVersion: v1\nitems:\n- kind: A\n  metadata: {name: x}\n- kind: B\n")
    first, second = file.documents[0].resources
    assert first["metadata", "name"].route == "metadata.name"
    assert first["metadata", "name"].path == ("items", 0, "metadata", "name")
    assert second["kind"].value == "B"


@pytest.mark.parametrize(
    ("text", "path", "shown"),
    [
        ("name: web\n", ("name",), "web"),
        ('name: "web"  # why\n', ("name",), '"web"'),
        ("labels:\n  app: web\n", ("labels",), "labels"),
        ("ports:\n- port: 80\n  name: x\n", ("ports", 0), "port: 80"),
        ("spec:\n  a: 1\n", ("spec", "b", "c"), "spec"),
        ("script: |\n  one\n  two\n", ("script",), "|"),
        ("empty:\nnext: 1\n", ("empty",), "empty"),
        ("{a: {b: [1, 2]}}\n", ("a", "b"), "b"),
        ("ключ: значение\n", ("ключ",), "значение"),
    ],
)
def test_a_node_shows_the_text_a_reader_looks_for(text: str, path: tuple[str | int, ...], shown: str) -> None:
    file = read("x.yaml", text)
    span = file.documents[0].span(file.documents[0].locate(path))
    assert text[span.start : span.end] == shown


def test_lines_and_columns_count_characters_from_one() -> None:
    file = read("x.yaml", "# é😀\r\nname: 😀web\r\n")
    span = file.documents[0].span(file.documents[0].locate(("name",)))
    assert file.lines.position(span.start) == (2, 7)
    assert file.lines.line(2) == "name: 😀web"


def test_packed_data_is_unpacked_when_somebody_looks() -> None:
    packed = pack({"spec": {"replicas": 2, "paused": None, "ports": [{"name": "http"}]}})
    node = unpack(packed)
    assert node["spec", "replicas"].integer == 2
    assert node["spec", "paused"].is_null
    assert node["spec", "ports", 0, "name"].route == "spec.ports[0].name"
    assert not node["status"]
    assert node.value == {"spec": {"replicas": 2, "paused": None, "ports": [{"name": "http"}]}}
