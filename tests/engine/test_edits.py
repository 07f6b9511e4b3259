"""What changes to nodes make of a text. Each case is a text, changes to its nodes, and the text that a person would have written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8slint import edits
from k8slint.document import read
from k8slint.finding import Edit, Fix
from k8slint.mending.plan import same
from k8slint.nodes import MAPPING, SEQUENCE, Node
from k8slint.problem import Change, Mend

Changes = Callable[[Node], Change | Iterable[Change]]

POD = """\
    # The shop's front
    apiVersion: v1
    kind: Pod
    metadata:
      name: web  # as in DNS
    spec:
      containers:
      - name: web
        image: "nginx:1.27"
        resources:
          limits:
            memory: 512Mi  # measured
            cpu: 1

        # The Service speaks to this one
        ports:
        - containerPort: 80
      # Nothing here yet
      volumes: []
    """


def mend_of(root: Node, changes: Changes) -> Mend:
    made = changes(root)
    return Mend((made,) if isinstance(made, Change) else tuple(made))


def fix(text: str, changes: Changes, document: int = 0) -> str | None:
    """The text with changes made to one of its documents, each promise checked; None where there is no fix."""
    file = read("manifest.yaml", text)
    found = file.documents[document]
    assert found.root is not None
    mend = mend_of(found.root, changes)
    made = edits.text_edits(found, mend)
    if made is None:
        return None
    assert all(first.end < second.start for first, second in pairwise(made))
    fixed = edits.replace(text, made)
    assert edits.verify(found, mend, fixed)
    return fixed


def check(before: str, changes: Changes, after: str) -> None:
    assert fix(dedent(before), changes) == dedent(after)


def container(root: Node) -> Node:
    return root["spec", "containers", 0]


def changed_lines(before: str, after: str | None) -> list[str]:
    """The lines that are gone (`-`) and new (`+`)."""
    from difflib import ndiff

    assert after is not None
    return [line.rstrip("\n") for line in ndiff(before.splitlines(True), after.splitlines(True)) if line[0] in "-+"]


# ---------------------------------------------------------------------------------------------------- scalars


@pytest.mark.parametrize(
    ("written", "value", "rewritten"),
    [
        ("nginx", "redis", "redis"),
        ("nginx", "redis:7", "redis:7"),
        ('"nginx"', "redis", '"redis"'),
        ("'nginx'", "redis", "'redis'"),
        ("'nginx'", "it's", "'it''s'"),
        ("'nginx'", "a\tb", '"a\\tb"'),
        # What YAML would read as something else is put in quotes, also for readers other than kubectl.
        ("nginx", "yes", '"yes"'),
        ("nginx", "8080", '"8080"'),
        ("8080", "8080", '"8080"'),
        ("nginx", "1e3", '"1e3"'),
        ("nginx", "0o17", '"0o17"'),
        ("nginx", "22:22", '"22:22"'),
        ("nginx", "2001-01-01", '"2001-01-01"'),
        ("nginx", "null", '"null"'),
        ("nginx", "", '""'),
        ("nginx", "a: b", '"a: b"'),
        ("nginx", "a #b", '"a #b"'),
        ("nginx", "- a", '"- a"'),
        ("nginx", "*.example.com", '"*.example.com"'),
        ("nginx", "{a}", '"{a}"'),
        ("nginx", " a", '" a"'),
        # What needs no quotes gets none.
        ("nginx", "--flag=a,b", "--flag=a,b"),
        ("nginx", "http://a/b#c", "http://a/b#c"),
        ("nginx", "1.2.3", "1.2.3"),
        ("nginx", "a b", "a b"),
        ("nginx", "größe", "größe"),
        # Not strings.
        ('"8080"', 8080, "8080"),
        ('"true"', True, "true"),
        ("nginx", None, "null"),
        ("nginx", 1.5, "1.5"),
        ("nginx", [], "[]"),
        ("nginx", {}, "{}"),
        ("{a: 1}", "nginx", "nginx"),
        ("nginx", "\x85\u2028\ufeff", '"\\u0085\\u2028\\ufeff"'),
    ],
)
def test_a_value_is_written_as_it_has_to_be(written: str, value: object, rewritten: str) -> None:
    before = f"a: 1\nimage: {written}  # this one\nb: 2\n"
    after = f"a: 1\nimage: {rewritten}  # this one\nb: 2\n"
    assert fix(before, lambda root: root["image"].set(value)) == after


def test_quotes_are_those_the_file_prefers() -> None:
    check("a: 'x'\nb: 'y'\nc: z\n", lambda root: root["c"].set("yes"), "a: 'x'\nb: 'y'\nc: 'yes'\n")


def test_what_is_as_wanted_is_left_alone() -> None:
    document = read("manifest.yaml", "a: 0644\n").documents[0]
    assert document.root is not None
    assert edits.text_edits(document, Mend((document.root["a"].set(420),))) == ()


def test_a_node_is_copied_as_it_is_written() -> None:
    check("a: 0644\nb: 1\n", lambda root: root["b"].set(root["a"]), "a: 0644\nb: 0644\n")


def test_written_characters_are_taken_as_they_are() -> None:
    check("a: on  # x\nb: 2\n", lambda root: root["a"].write("'on'"), "a: 'on'  # x\nb: 2\n")


@pytest.mark.parametrize("before", ["a:\nb: 2\n", "a: \nb: 2\n", "a: ~\nb: 2\n", "a: null\nb: 2\n"])
def test_nothing_becomes_something(before: str) -> None:
    assert fix(before, lambda root: root["a"].set("x")) == "a: x\nb: 2\n"


def test_nothing_with_a_comment_becomes_something() -> None:
    check("a:  # empty\nb: 2\n", lambda root: root["a"].set("x"), "a: x  # empty\nb: 2\n")


def test_several_lines_become_a_block_scalar() -> None:
    check(
        """\
        data:
          run.sh: "echo"  # the script
          other: 1
        """,
        lambda root: root["data", "run.sh"].set("#!/bin/sh\n\necho hello\n"),
        """\
        data:
          run.sh: |  # the script
            #!/bin/sh

            echo hello
          other: 1
        """,
    )


@pytest.mark.parametrize(("ending", "header"), [("", "|-"), ("\n", "|"), ("\n\n", "|+")])
def test_the_header_of_a_block_scalar_says_how_it_ends(ending: str, header: str) -> None:
    fixed = fix("data:\n  a: x\n  b: 1\n", lambda root: root["data", "a"].set(f"one\ntwo{ending}"))
    assert fixed is not None
    assert f"a: {header}\n    one\n    two\n" in fixed


def test_what_no_block_scalar_can_hold_is_quoted() -> None:
    check("a: x\n", lambda root: root["a"].set("  one\n\x07two\n"), 'a: "  one\\n\\u0007two\\n"\n')


def test_of_a_block_scalar_only_the_lines_that_differ_are_edited() -> None:
    text = dedent("""\
        data:
            a: |
              one
              two
              three
            b: 1
        """)
    document = read("manifest.yaml", text).documents[0]
    assert document.root is not None
    (edit,) = edits.text_edits(document, Mend((document.root["data", "a"].set("one\n2\nthree\n"),))) or ()
    assert (text[edit.start : edit.end].strip(), edit.text.strip()) == ("two", "2")


def test_a_block_scalar_stays_one() -> None:
    check(
        """\
        a: >-
          one
          two

        # about b
        b: 1
        """,
        lambda root: root["a"].set("three"),
        """\
        a: |-
          three

        # about b
        b: 1
        """,
    )


def test_a_scalar_over_several_lines_becomes_one() -> None:
    check(
        'a: "one\n  two"  # x\nb: one\n  two\nc: 3\n',
        lambda root: [root["a"].set("y"), root["b"].set("z")],
        'a: "y"  # x\nb: z\nc: 3\n',
    )


# ---------------------------------------------------------------------------------------------------- missing keys


def test_a_missing_key_goes_to_the_end_of_its_mapping() -> None:
    assert changed_lines(
        dedent(POD),
        fix(dedent(POD), lambda root: container(root)["resources", "limits", "ephemeral-storage"].set("1Gi")),
    ) == ["+         ephemeral-storage: 1Gi"]


def test_missing_parents_are_made() -> None:
    check(
        POD,
        lambda root: container(root)["resources", "requests", "memory"].set(
            container(root)["resources", "limits", "memory"]
        ),
        POD.replace(
            "            cpu: 1\n",
            "            cpu: 1\n          requests:\n            memory: 512Mi\n",
        ),
    )


def test_two_keys_in_one_missing_parent_make_it_once() -> None:
    limits = ("resources", "limits")
    requests = ("resources", "requests")
    check(
        POD,
        lambda root: [
            container(root)[(*requests, name)].set(container(root)[(*limits, name)]) for name in ("memory", "cpu")
        ],
        POD.replace(
            "            cpu: 1\n",
            "            cpu: 1\n          requests:\n            memory: 512Mi\n            cpu: 1\n",
        ),
    )


@pytest.mark.parametrize(
    ("keys", "value", "line_before", "lines"),
    [
        (("metadata", "namespace"), "shop", "  name: web  # as in DNS", ["  namespace: shop"]),
        (("metadata", "labels", "app"), "web", "  name: web  # as in DNS", ["  labels:", "    app: web"]),
        (
            ("spec", "containers", 0, "imagePullPolicy"),
            "Always",
            '    image: "nginx:1.27"',
            ["    imagePullPolicy: Always"],
        ),
        (
            ("spec", "containers", 0, "command"),
            ["a", "b"],
            '    image: "nginx:1.27"',
            ["    command:", "    - a", "    - b"],
        ),
        (("spec", "containers", 0, "ports", 0, "protocol"), "UDP", "    - containerPort: 80", ["      protocol: UDP"]),
        (
            ("spec", "containers", 0, "ports", 1),
            {"containerPort": 81, "name": "b"},
            "    - containerPort: 80",
            ["    - containerPort: 81", "      name: b"],
        ),
        (("spec", "hostNetwork"), True, "  volumes: []", ["  hostNetwork: true"]),
        (
            ("spec", "containers", 0, "env"),
            [{"name": "A", "value": "1"}],
            "    - containerPort: 80",
            ["    env:", "    - name: A", '      value: "1"'],
        ),
    ],
)
def test_a_missing_key_goes_where_it_is_looked_for(
    keys: tuple[str | int, ...], value: object, line_before: str, lines: list[str]
) -> None:
    text = dedent(POD)
    fixed = fix(text, lambda root: root[keys].set(value))
    assert fixed == text.replace(f"{line_before}\n", "\n".join([line_before, *lines, ""]))


def test_a_key_that_opens_a_mapping_goes_first() -> None:
    check(
        "# The shop\nmetadata:\n  labels:\n    a: b\nports:\n- port: 80\n",
        lambda root: [root["kind"].set("Pod"), root["apiVersion"].set("v1"), root["ports", 0, "name"].set("http")],
        "# The shop\nkind: Pod\napiVersion: v1\nmetadata:\n  labels:\n    a: b\nports:\n- name: http\n  port: 80\n",
    )


def test_keys_in_alphabetical_order_stay_so() -> None:
    check(
        "args: [a]\nenv: []\nimage: a\nname: b\n",
        lambda root: [root["command"].set(["x"]), root["ports"].set([])],
        "args: [a]\ncommand:\n- x\nenv: []\nimage: a\nname: b\nports: []\n",
    )


def test_labels_have_no_customary_order() -> None:
    check("labels:\n  b: x\n", lambda root: root["labels", "name"].set("z"), "labels:\n  b: x\n  name: z\n")


@pytest.mark.parametrize("empty", ["resources:", "resources: {}", "resources: null", "resources: ~"])
def test_an_empty_mapping_is_filled(empty: str) -> None:
    check(
        f"a:\n  {empty}\n  b: 1\n".replace("\n  ", "\n  "),
        lambda root: root["a", "resources", "limits", "cpu"].set(1),
        "a:\n  resources:\n    limits:\n      cpu: 1\n  b: 1\n",
    )


def test_an_empty_mapping_with_a_comment_is_filled() -> None:
    check(
        "resources: {}  # to be done\n  # limits: none\nb: 1\n",
        lambda root: root["resources", "a"].set(1),
        "resources:  # to be done\n  a: 1\n  # limits: none\nb: 1\n",
    )


def test_an_empty_list_is_filled() -> None:
    check(
        POD,
        lambda root: root["spec", "volumes", 0].set({"name": "tmp", "emptyDir": {}}),
        POD.replace("      volumes: []\n", "      volumes:\n      - name: tmp\n        emptyDir: {}\n"),
    )


def test_indentation_is_the_files_own() -> None:
    check(
        """\
        spec:
            containers:
              -   name: web
                  args:
                    - a
        """,
        lambda root: [
            root["spec", "securityContext", "seccompProfile", "type"].set("RuntimeDefault"),
            container(root)["args", 1].set("b"),
            root["spec", "containers", 1].set({"name": "side", "args": ["c"], "env": {"a": 1}}),
        ],
        """\
        spec:
            containers:
              -   name: web
                  args:
                    - a
                    - b
              -   name: side
                  args:
                    - c
                  env:
                      a: 1
            securityContext:
                seccompProfile:
                    type: RuntimeDefault
        """,
    )


def test_a_new_string_among_quoted_ones_is_quoted() -> None:
    check(
        'args: ["a", "b"]\nlist:\n- "x"\nlabels:\n  a: "1"\n',
        lambda root: [root["args", 2].set("c"), root["list", 1].set("y"), root["labels", "b"].set("z")],
        'args: ["a", "b", "c"]\nlist:\n- "x"\n- "y"\nlabels:\n  a: "1"\n  b: "z"\n',
    )


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_line_breaks_are_kept(eol: str) -> None:
    before = eol.join(["a:", "  b: 1", "c: 2", ""])
    after = eol.join(["a:", "  b: 1", "  d:", "    e: |", "      x", "      y", ""])
    assert fix(before, lambda root: [root["a", "d", "e"].set("x\ny\n"), root["c"].remove()]) == after


@pytest.mark.parametrize("last", ["c: 2", "c: x  # y", 'c: "x"', "c: []", "c:"])
def test_a_missing_line_break_at_the_end_is_no_obstacle(last: str) -> None:
    assert fix(f"a:\n  {last}", lambda root: [root["a", "d"].set(1), root["b"].set(2)]) == f"a:\n  {last}\n  d: 1\nb: 2"


def test_comments_and_blank_lines_of_what_follows_stay_with_it() -> None:
    check(
        "a:\n  b: 1\n  # of a\n\n# of c\nc: 2\n",
        lambda root: root["a", "d"].set(1),
        "a:\n  b: 1\n  d: 1\n  # of a\n\n# of c\nc: 2\n",
    )


def test_blank_lines_after_a_block_scalar_stay_below() -> None:
    check("a:\n  b: |\n    x\n\nc: 2\n", lambda root: root["a", "d"].set(1), "a:\n  b: |\n    x\n  d: 1\n\nc: 2\n")


def test_blank_lines_that_are_text_stay_text() -> None:
    check("a:\n  b: |+\n    x\n\nc: 2\n", lambda root: root["a", "d"].set(1), "a:\n  b: |+\n    x\n\n  d: 1\nc: 2\n")


def test_a_scalar_is_no_parent() -> None:
    assert fix("a: text\n", lambda root: root["a", "b"].set(1)) is None


def test_an_element_has_to_be_the_next_one() -> None:
    assert fix("a:\n- x\n", lambda root: root["a", 3].set("y")) is None
    assert fix("a:\n- x\n", lambda root: [root["a", 1].set("v"), root["a", 2].set("w")]) == "a:\n- x\n- v\n- w\n"


# ---------------------------------------------------------------------------------------------------- collections


def test_of_a_mapping_only_what_differs_is_edited() -> None:
    check(
        POD,
        lambda root: container(root)["resources"].set({"limits": {"memory": "1Gi", "cpu": 1}, "requests": {"cpu": 1}}),
        POD.replace("512Mi  #", "1Gi  #").replace(
            "            cpu: 1\n", "            cpu: 1\n          requests:\n            cpu: 1\n"
        ),
    )


def test_of_a_list_only_what_differs_is_edited() -> None:
    check(
        'command: ["nginx -g x", "last"]\nargs:\n- one  # 1\n- two  # 2\n- three\n',
        lambda root: [root["command"].set(["nginx", "-g", "x", "last"]), root["args"].set(["one", "three"])],
        'command: ["nginx", "-g", "x", "last"]\nargs:\n- one  # 1\n- three\n',
    )


def test_a_block_becomes_a_scalar() -> None:
    check("a:  # why\n  b: 1\n  # c\nd: 2\n", lambda root: root["a"].set("x"), "a: x  # why\n  # c\nd: 2\n")


def test_a_scalar_becomes_a_block() -> None:
    check(
        "a: x  # why\nlist:\n- one\n- two  # 2\n",
        lambda root: [root["a"].set({"b": [1]}), root["list", 0].set({"c": 1, "d": 2}), root["list", 1].set({"e": 1})],
        "a:  # why\n  b:\n  - 1\nlist:\n- c: 1\n  d: 2\n-  # 2\n  e: 1\n",
    )


def test_a_block_becomes_another() -> None:
    check(
        "a:  # why\n  b: 1\n  # c\nlist:\n- d: 1\n  e: 2\n- f\n",
        lambda root: [root["a"].set(["x", "z"]), root["list", 0].set(["u", "v"])],
        "a:  # why\n- x\n- z\n  # c\nlist:\n- - u\n  - v\n- f\n",
    )


def test_a_block_scalar_becomes_a_block_or_one_line() -> None:
    check(
        "a: |\n  x\n  x\n\nb: |2\n   x\nc: 1\n",
        lambda root: [root["a"].set({"d": 1}), root["b"].set("x")],
        "a:\n  d: 1\n\nb: x\nc: 1\n",
    )


def test_a_list_without_items_is_begun() -> None:
    check("a:\n-\n-\n", lambda root: [root["a", 0].set({"b": 1}), root["a", 1].set("c")], "a:\n- b: 1\n- c\n")


def test_a_collection_is_copied_with_its_comments() -> None:
    check(
        """\
        a:
          b:
            # one
            - x  # two
            - {y: 1}
        c:
            d: 1
        """,
        lambda root: root["c", "e"].set(root["a", "b"]),
        """\
        a:
          b:
            # one
            - x  # two
            - {y: 1}
        c:
            d: 1
            e:
              - x  # two
              - {y: 1}
        """,
    )


def test_what_moves_takes_its_comments_along() -> None:
    check(
        """\
        spec:
          containers:
          - name: web
            securityContext:
              runAsUser: 1

              # The volumes belong to this group
              fsGroup: 2000  # as on the server
          hostNetwork: true
        """,
        lambda root: [
            root["spec", "securityContext", "fsGroup"].set(container(root)["securityContext", "fsGroup"]),
            container(root)["securityContext", "fsGroup"].remove(),
        ],
        """\
        spec:
          containers:
          - name: web
            securityContext:
              runAsUser: 1

          hostNetwork: true
          securityContext:
            # The volumes belong to this group
            fsGroup: 2000  # as on the server
        """,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x: 1\na: {b: c}  # why\n", "x: 1\nnew:\n  here: {b: c}  # why\n", id="behind flow style"),
        pytest.param(
            "x: 1\n# up\na: {b: c,  # in\n    d: e}  # why\n",
            "x: 1\nnew:\n  # up\n  here: {b: c,  # in\n      d: e}  # why\n",
            id="in flow style over lines",
        ),
        pytest.param(
            'x: 1\na: "one\n  two"  # q\ny: 2\n',
            'x: 1\ny: 2\nnew:\n  here: "one\n    two"  # q\n',
            id="lines in quotes",
        ),
        pytest.param(
            "x: 1\na: >-  # head\n  one\n  two\n# of y\ny: 2\n",
            "x: 1\n# of y\ny: 2\nnew:\n  here: >-  # head\n    one\n    two\n",
            id="block scalar",
        ),
        pytest.param(
            "x: 1\n# of a\na:\n  b: 1\n  # to do\ny: 2\n",
            "x: 1\ny: 2\nnew:\n  # of a\n  here:\n    b: 1\n    # to do\n",
            id="above and after a block",
        ),
        pytest.param("x: 1\n# Both\na: 1\ny: 2\n", "x: 1\n# Both\ny: 2\nnew:\n  here: 1\n", id="on the next too"),
        pytest.param("{x: 1, a: 2}  # c\n", "{x: 1, new: {here: 2}}  # c\n", id="flow style in flow style"),
        pytest.param("{x: 1,\n a: {b: 1}, # of a\n y: 2}\n", None, id="no room for it"),
        pytest.param(
            "x: &x {z: 1}\na:\n  b: *x  # c\n",
            "x: &x {z: 1}\nnew:\n  here:\n    b: *x  # c\n",
            id="alias after its anchor",
        ),
        pytest.param("x: 1\na:\n  b: &b {c: 1}  # c\ny: *b\n", None, id="anchor after its alias"),
        pytest.param("x: 1\na: &a\n  b: 1  # c\ny: *a\n", None, id="anchor that would be gone"),
    ],
)
def test_whatever_stands_by_it_goes_along(before: str, after: str | None) -> None:
    assert fix(before, lambda root: [root["new"].set({"here": root["a"]}), root["a"].remove()]) == after


def test_of_neighbours_that_go_together_each_has_its_own_comments() -> None:
    """What speaks of one that is dropped goes with it; what is apart stays where it is."""
    check(
        """\
        x: 1
        # of a
        a: 1  # a
        # of b
        b: 2  # b

        # apart

        # of c
        c: 3  # c

        y: 2
        """,
        lambda root: [root["z"].set({"a": root["a"], "c": root["c"]}), *(root[key].remove() for key in "abc")],
        """\
        x: 1

        # apart

        y: 2
        z:
          # of a
          a: 1  # a
          # of c
          c: 3  # c
        """,
    )


def test_what_was_below_a_key_that_disappears_keeps_its_comments() -> None:
    check(
        """\
        x: 1
        # of both
        gone:  # behind
          a: 1  # a
          # of b

          b: {c: 2}  # b
          # the end
        """,
        lambda root: [root["gone"].remove(), root["a"].set(root["gone", "a"]), root["b"].set(root["gone", "b"])],
        """\
        x: 1
        # of both
        # behind
        a: 1  # a
        # of b
        b: {c: 2}  # b
        # the end
        """,
    )


# ---------------------------------------------------------------------------------------------------- removing


def test_an_entry_goes_with_its_lines() -> None:
    assert changed_lines(dedent(POD), fix(dedent(POD), lambda root: root["spec", "volumes"].remove())) == [
        "-   # Nothing here yet",
        "-   volumes: []",
    ]


def test_the_first_key_of_a_list_item_makes_room_for_the_next() -> None:
    assert changed_lines(dedent(POD), fix(dedent(POD), lambda root: container(root)["name"].remove())) == [
        "-   - name: web",
        '-     image: "nginx:1.27"',
        '+   - image: "nginx:1.27"',
    ]


def test_a_comment_between_stays() -> None:
    check("- a: 1  # one\n  # two\n  b: 2\n", lambda root: root[0, "a"].remove(), "- # two\n  b: 2\n")


def test_the_last_entry_leaves_an_empty_collection() -> None:
    check(
        "a:  # A\n  b: 1\nc:\n- d  # D\n\ne:\n- f: 1\ng: {h: 1}\ni: [ j ]\n",
        lambda root: [
            root["a", "b"].remove(),
            root["c", 0].remove(),
            root["e", 0, "f"].remove(),
            root["g", "h"].remove(),
            root["i", 0].remove(),
        ],
        "a: {}  # A\nc: []\n\ne:\n- {}\ng: {}\ni: []\n",
    )


def test_a_comment_behind_what_becomes_empty_is_no_obstacle() -> None:
    """What follows the part that is read again is a comment, however far the part is indented."""
    check(
        "a:\n-  - [null]  #c\n- [null]\n",
        lambda root: root["a", 0, 0].remove(),
        "a:\n-  []  #c\n- [null]\n",
    )
    check("a:\n    b: {c: 1}  #c\n", lambda root: root["a", "b"].set("d"), "a:\n    b: d  #c\n")


def test_a_document_is_not_emptied() -> None:
    assert fix("a: 1\n", lambda root: root["a"].remove()) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x: 1\n\n# On a\na: 1\n\nb: 2\n", "x: 1\n\nb: 2\n", id="all of a paragraph"),
        pytest.param("x: 1\n# On a\na: 1\n# On b\nb: 2\n", "x: 1\n# On b\nb: 2\n", id="another comment follows"),
        pytest.param("x: 1\n# On a\na: 1\n", "x: 1\n", id="nothing follows"),
        pytest.param("x: 1\n\n# Both\na: 1\nb: 2\n", "x: 1\n\n# Both\nb: 2\n", id="may be on the next entry too"),
        pytest.param("x: 1\n# y: 2\na: 1\n\nb: 2\n", "x: 1\n# y: 2\n\nb: 2\n", id="commented-out entry"),
        pytest.param("# The file\na: 1\n\nb: 2\n", "# The file\n\nb: 2\n", id="what a file begins with"),
        pytest.param("x: 1\n\n# Far\n\na: 1\n\nb: 2\n", "x: 1\n\n# Far\n\nb: 2\n", id="a blank line between"),
        pytest.param("x: 1\na:\n  b: 1\n  # c: 2\ny: 2\n", "x: 1\ny: 2\n", id="commented-out part of it"),
        pytest.param("x:\n- a: 1\na: 2\n  # On y\ny: 2\n", "x:\n- a: 1\n  # On y\ny: 2\n", id="indented too far"),
    ],
)
def test_a_comment_goes_if_it_is_on_nothing_else(before: str, after: str) -> None:
    assert fix(before, lambda root: root["a"].remove()) == after


def test_blank_lines_do_not_pile_up() -> None:
    check("a: 1\n\nb: 2\n\nc: 3\n", lambda root: root["b"].remove(), "a: 1\n\nc: 3\n")
    check("a: 1\n\nb: 2\n", lambda root: root["b"].remove(), "a: 1\n")
    check("x:\n  a: 1\n\n  b: 2\n", lambda root: root["x", "a"].remove(), "x:\n  b: 2\n")


def test_several_entries_go_at_once() -> None:
    check(
        "- a: 1\n  b: 2\n  c: 3\n  d: 4\n  e: 5\n",
        lambda root: [root[0, key].remove() for key in "abd"],
        "- c: 3\n  e: 5\n",
    )


def test_entries_that_go_make_room_for_those_that_come() -> None:
    check(
        "- a: 1  # x\n- b: 2\n",
        lambda root: [root[0, "a"].remove(), root[0, "z"].set(9), root[1, "w"].set(8), root[1, "b"].remove()],
        "- z: 9  # x\n- w: 8\n",
    )


ITEMS = """\
- a

- |
  text
-
  # in b
  b: 1
- - c
  - d
-
- "e
  f"
- g
"""


@pytest.mark.parametrize("position", range(7))
def test_items_of_every_form_go(position: int) -> None:
    values = ["a", "text\n", {"b": 1}, ["c", "d"], None, "e f", "g"]
    fixed = fix(ITEMS, lambda root: root[position].remove())
    assert fixed is not None
    root = read("fixed.yaml", fixed).documents[0].root
    assert root is not None
    assert root.value == values[:position] + values[position + 1 :]


def test_a_shadowed_key_is_removed_and_nothing_else_changes() -> None:
    text = "a: 1\nb: 2\na: 3\n"
    document = read("manifest.yaml", text).documents[0]
    ((first, again),) = document.duplicates
    for node, after in ((first, "b: 2\na: 3\n"), (again, "a: 1\nb: 2\n")):
        made = edits.text_edits(document, Mend((node.remove(),)))
        assert made is not None
        assert edits.replace(text, made) == after


# ---------------------------------------------------------------------------------------------------- renaming


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        ("entrypoint: [a]  # x\n", "command", "command: [a]  # x\n"),
        ('"entrypoint": [a]\n', "command", '"command": [a]\n'),
        ("entrypoint:\n- a\n", "on", '"on":\n- a\n'),
        ("entrypoint:\n- a\n", "1", '"1":\n- a\n'),
        ("{entrypoint: [a], b: c}\n", "command", "{command: [a], b: c}\n"),
    ],
)
def test_a_key_is_renamed(before: str, key: str, after: str) -> None:
    assert fix(before, lambda root: root["entrypoint"].rename(key)) == after


def test_a_key_is_renamed_and_its_value_set() -> None:
    check("a:\n- b: 1\n", lambda root: [root["a"].rename("c"), root["a", 0, "b"].set(2)], "c:\n- b: 2\n")


def test_a_key_that_is_there_is_not_given_twice() -> None:
    assert fix("a: 1\nb: 2\n", lambda root: root["a"].rename("b")) is None
    check("a: 1\nb: 2\n", lambda root: [root["a"].rename("b"), root["b"].remove()], "b: 1\n")


# ---------------------------------------------------------------------------------------------------- flow style and JSON


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ("{a: 1}\n", lambda root: root["b"].set("x"), "{a: 1, b: x}\n"),
        ("{a: 1}\n", lambda root: root["b", "c"].set(["x"]), "{a: 1, b: {c: [x]}}\n"),
        ("{ a: 1, }\n", lambda root: root["b"].set("x"), "{ a: 1, b: x, }\n"),
        ("{a: 1, b: }\n", lambda root: [root["b"].set("x"), root["c"].set(1)], "{a: 1, b: x, c: 1}\n"),
        ("{a: 1, b}\n", lambda root: root["b"].set("x"), "{a: 1, b: x}\n"),
        ("{a: {}, b: []}\n", lambda root: [root["a", "c"].set(1), root["b", 0].set(2)], "{a: {c: 1}, b: [2]}\n"),
        # A colon in a plain scalar is not for every reader of flow style.
        ("{a: 1}\n", lambda root: root["a"].set("nginx:1"), '{a: "nginx:1"}\n'),
        ("{a: 1, b: 2, c: 3}\n", lambda root: root["a"].remove(), "{b: 2, c: 3}\n"),
        ("{a: 1, b: 2, c: 3}\n", lambda root: root["b"].remove(), "{a: 1, c: 3}\n"),
        ("{a: 1, b: 2, c: 3}\n", lambda root: root["c"].remove(), "{a: 1, b: 2}\n"),
        ("[a, b, c]\n", lambda root: [root[1].remove(), root[2].remove(), root[3].set("d")], "[a, d]\n"),
        ("x: [\n  a,  # A\n  b,  # B\n]\n", lambda root: root["x", 2].set("c"), "x: [\n  a,  # A\n  b,  # B\n  c,\n]\n"),
        ("x: [\n  a,  # A\n  b   # B\n]\n", lambda root: root["x", 2].set("c"), "x: [\n  a,  # A\n  b,   # B\n  c\n]\n"),
        ("x: [\n  a,  # A\n  b   # B\n]\n", lambda root: root["x", 1].remove(), "x: [\n  a  # A\n]\n"),
        ("x: [\n  a,  # A\n  b   # B\n]\n", lambda root: root["x", 0].remove(), "x: [\n  b   # B\n]\n"),
    ],
)  # fmt: skip
def test_flow_style_stays_flow_style(before: str, changes: Changes, after: str) -> None:
    assert fix(before, changes) == after


JSON = """\
    {
      "kind": "Pod",
      "spec": {
        "containers": [
          {
            "name": "web",
            "resources": {}
          }
        ],
        "volumes": null
      }
    }
    """


def test_json_stays_json() -> None:
    check(
        JSON,
        lambda root: [
            root["apiVersion"].set("v1"),
            container(root)["resources", "limits", "cpu"].set("1"),
            root["spec", "volumes"].set([{"name": "tmp"}]),
            root["spec", "hostNetwork"].set(True),
            container(root)["name"].set("yes\n"),
        ],
        """\
        {
          "apiVersion": "v1",
          "kind": "Pod",
          "spec": {
            "containers": [
              {
                "name": "yes\\n",
                "resources": {
                  "limits": {
                    "cpu": "1"
                  }
                }
              }
            ],
            "volumes": [
              {
                "name": "tmp"
              }
            ],
            "hostNetwork": true
          }
        }
        """,
    )


def test_json_on_one_line_stays_there() -> None:
    check(
        '{"a":1,"b":{}}',
        lambda root: [root["b", "c", "d"].set(True), root["e"].set("x")],
        '{"a":1,"b":{"c":{"d":true}},"e":"x"}',
    )


def test_entries_are_removed_from_json() -> None:
    check(
        JSON,
        lambda root: [container(root).remove(), root["spec", "volumes"].remove(), root["kind"].remove()],
        """\
        {
          "spec": {
            "containers": []
          }
        }
        """,
    )


# ---------------------------------------------------------------------------------------------------- what has no fix


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        pytest.param("a: &x 1\nb: *x\n", lambda root: root["a"].set(2), id="anchored scalar in use"),
        pytest.param("a: &x {c: 1}\nb: *x\n", lambda root: root["b", "c"].set(2), id="entry of an alias"),
        pytest.param("a: &x {c: 1}\nb: *x\n", lambda root: root["a", "c"].set(2), id="entry of an anchor in use"),
        pytest.param("a: &x {c: 1}\nb: *x\n", lambda root: root["b", "d"].set(2), id="new entry of an alias"),
        pytest.param("a: &x\n  c: 1\nb:\n  <<: *x\n", lambda root: root["b", "c"].set(2), id="merged entry"),
        pytest.param("a: &x\n  c: 1\nb:\n  <<: *x\n", lambda root: root["b", "c"].remove(), id="merged entry removed"),
        pytest.param("a: &x\n  c: 1\nb:\n  d: 2\n  <<: *x\n", lambda root: root["b", "d"].remove(), id="only a merge key left"),
        pytest.param("a: &x 1\nb: *x\nc: 3\n", lambda root: root["a"].remove(), id="anchor removed"),
        pytest.param("a: 1\n&x b: 2\nc: *x\n", lambda root: root["b"].remove(), id="anchored key removed"),
        pytest.param("a: 1\n", lambda root: root["a"].set(float("inf")), id="no JSON"),
        pytest.param("a: 1\n", lambda root: root["a"].write("'"), id="no YAML"),
        pytest.param("a: 1\nb: 2\n", lambda root: [root["a"].set(1.5), root["a"].set(2)], id="two values"),
        pytest.param("a: [  # x\n  1]\n", lambda root: root["a"].set(2), id="comment in flow style"),
        pytest.param("a: [b: 1]\n", lambda root: root["a", 0, "c"].set(2), id="mapping without braces"),
        pytest.param("a: &x\n  b: 1\n", lambda root: root["a"].set(2), id="anchored collection"),
        pytest.param("? a\n: 1\n", lambda root: root["a"].set({"b": 1}), id="explicit key"),
        pytest.param("a: {b: 1}\n", lambda root: [root["a"].remove(), root["a", "b"].set(2)], id="changed and removed"),
        pytest.param("a: 1\n", lambda root: root["b"].set(root["c"]), id="a missing node as value"),
    ],
)  # fmt: skip
def test_what_cannot_be_edited_with_certainty_has_no_fix(text: str, changes: Changes) -> None:
    assert fix(text, changes) is None


def test_the_places_around_anchors_and_merge_keys_can_be_edited() -> None:
    check(
        "a: &x\n  c: 1\nb:\n  <<: *x\n  d: 2\ne: *x\nf: &y 1\n",
        lambda root: [root["b", "g"].set(3), root["e"].set("own"), root["f"].set(2)],
        "a: &x\n  c: 1\nb:\n  <<: *x\n  d: 2\n  g: 3\ne: own\nf: &y 2\n",
    )


def test_a_tag_goes_with_the_value_it_was_for() -> None:
    check("a: !!str 80\n", lambda root: root["a"].set(80), "a: 80\n")


# ---------------------------------------------------------------------------------------------------- files of several documents


def test_offsets_are_those_of_the_file() -> None:
    text = "# one\na: 1\n---\n# two\na: 1\nb: 2\n--- # three\na: 1\n"
    assert fix(text, lambda root: root["a"].set(3), 1) == "# one\na: 1\n---\n# two\na: 3\nb: 2\n--- # three\na: 1\n"
    assert fix(text, lambda root: root["b"].remove(), 1) == "# one\na: 1\n---\n# two\na: 1\n--- # three\na: 1\n"


def test_items_of_a_list_are_edited_in_its_document() -> None:
    text = "kind: List\nitems:\n- kind: A\n- kind: B\n"
    document = read("list.yaml", text).documents[0]
    made = edits.text_edits(document, Mend((document.resources[1]["kind"].set("C"),)))
    assert made == (Edit("list.yaml", text.index("B"), text.index("B") + 1, "C"),)


def test_a_text_that_says_something_else_is_found_out() -> None:
    text = "a: 1\nb: 2\n---\nc: 3\n"
    document = read("manifest.yaml", text).documents[0]
    assert document.root is not None
    mend = Mend((document.root["a"].set(5),))
    assert edits.verify(document, mend, "a: 5\nb: 2\n---\nc: 3\n")
    assert not edits.verify(document, mend, text)
    assert not edits.verify(document, mend, "a: 5\nb: 3\n---\nc: 3\n")
    assert not edits.verify(document, mend, "a: 5\nb: 2\n---\nc: 4\n")
    assert not edits.verify(document, mend, "a: 5\n---\nb: 2\n---\nc: 3\n")
    assert not edits.verify(document, mend, "a: '5'\nb: 2\n---\nc: 3\n")
    assert not edits.verify(document, mend, "a: 5\nb: 2\nb: 2\n---\nc: 3\n")
    assert not edits.verify(document, mend, "a: [\n---\nc: 3\n")


# ---------------------------------------------------------------------------------------------------- applying


def make_fix(*parts: tuple[int, int, str], path: str = "a.yaml") -> Fix:
    return Fix("mend", safe=True, edits=tuple(Edit(path, *part) for part in parts))


def test_fixes_that_are_apart_are_applied_together() -> None:
    first, second = make_fix((7, 8, "z")), make_fix((0, 1, "x"), (4, 4, "-"))
    assert edits.apply("0123456789", [first, second]) == ("x123-456z89", [first, second], [])


@pytest.mark.parametrize("second", [(2, 4, "b"), (3, 3, "b"), (4, 4, "b"), (1, 1, "b"), (0, 9, "b")])
def test_fixes_that_touch_are_applied_in_turn(second: tuple[int, int, str]) -> None:
    first, other = make_fix((1, 4, "a")), make_fix(second)
    assert edits.apply("0123456789", [first, other]) == ("0a456789", [first], [other])


def test_a_fix_is_applied_whole_or_not_at_all() -> None:
    first, second = make_fix((1, 2, "a")), make_fix((1, 2, "b"), (8, 9, "c"))
    assert edits.apply("0123456789", [first, second]) == ("0a23456789", [first], [second])
    outside = make_fix((1, 2, "a"), (8, 99, "c"))
    assert edits.apply("0123456789", [outside]) == ("0123456789", [], [outside])


def test_edits_of_other_files_are_not_made() -> None:
    both = Fix("mend", safe=True, edits=(Edit("a.yaml", 0, 1, "x"), Edit("b.yaml", 1, 2, "y")))
    assert edits.apply("01", [both], "b.yaml") == ("0y", [both], [])


# ---------------------------------------------------------------------------------------------------- whatever comes

KEYS = st.sampled_from(["name", "image", "on", "8080", "a b", "x.io/y", "limits", "é"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**6),
    st.sampled_from(
        [
            "",
            "web",
            "yes",
            "0644",
            "1e3",
            "a: b",
            "#x",
            "it's",
            'say "hi"',
            "one\ntwo\n",
            "one\n\n two",
            "*",
            "- a",
            "{",
            "\t",
        ]
    ),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
MAPPINGS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


class Writer:
    """Writes a value as YAML in one of the many ways there are, with comments that can be told apart."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.comments = 0
        self.step = data.draw(st.integers(1, 4))
        self.list_indent = data.draw(st.sampled_from([0, 2]))

    def comment(self) -> str:
        self.comments += 1
        return f"#c{self.comments}."

    def maybe_comment(self, indent: int) -> list[str]:
        match self.data.draw(st.integers(0, 9)):
            case 0:
                return [""]
            case 1:
                return [" " * indent + self.comment()]
            case _:
                return []

    def flow(self, value: object) -> str:
        from json import dumps

        return dumps(value, ensure_ascii=False)

    def lines(self, value: object, indent: int) -> list[str]:
        """Lines of a collection that holds something."""
        lines: list[str] = []
        entries = value.items() if isinstance(value, dict) else ((None, child) for child in value)  # type: ignore[attr-defined]
        for key, child in entries:
            lines += self.maybe_comment(indent)
            head = "-" if key is None else f"{self.flow(key)}:"
            behind = f"  {self.comment()}" if self.data.draw(st.integers(0, 4)) == 0 else ""
            is_block = isinstance(child, dict | list) and child and self.data.draw(st.integers(0, 3)) > 0
            if is_block and key is not None:
                inner = indent + (self.step if isinstance(child, dict) else self.list_indent)
                lines += [" " * indent + head + behind, *self.lines(child, inner)]
            elif is_block:
                nested = self.lines(child, indent + 2)
                while not nested[0].strip() or nested[0].lstrip().startswith("#"):
                    nested.pop(0)
                lines += [" " * indent + "- " + nested[0].lstrip(), *nested[1:]]
            else:
                lines.append(f"{' ' * indent}{head} {self.flow(child)}{behind}")
        return lines


def changed(value: object, path: tuple[str | int, ...], new: object, *, remove: bool) -> object:
    """A plain value with another one at a path in it."""
    key, rest = path[0], path[1:]
    copy = dict(value) if isinstance(value, dict) else list(value)  # type: ignore[call-overload]
    if rest:
        copy[key] = changed(copy[key], rest, new, remove=remove)
    elif remove:
        del copy[key]
    elif isinstance(copy, list) and key == len(copy):
        copy.append(new)
    else:
        copy[key] = new
    return copy


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_change_does_what_it_says_and_nothing_else(data: st.DataObject) -> None:
    value = data.draw(MAPPINGS)
    writer = Writer(data)
    eol = data.draw(st.sampled_from(["\n", "\r\n"]))
    text = eol.join(writer.lines(value, 0)) + data.draw(st.sampled_from([eol, ""]))
    document = read("manifest.yaml", text).documents[0]
    root = document.root
    assert root is not None, (text, document.error)
    assert same(root.value, value)

    node = data.draw(st.sampled_from([node for node in root.walk() if node.parent is not None]))
    new = data.draw(VALUES)
    verb = data.draw(st.sampled_from(["set", "remove", "add"]))
    if verb == "remove":
        change, path = node.remove(), node.path
    elif verb == "add" and node.kind in (MAPPING, SEQUENCE):
        missing = node["new key"] if node.kind == MAPPING else node[len(node)]
        change, path = missing.set(new), missing.path
    else:
        change, path = node.set(new), node.path

    made = edits.text_edits(document, Mend((change,)))
    if made is None:
        # Only a whole document cannot be taken away.
        assert verb == "remove"
        assert root.fields.keys() == {path[0]}
        return
    fixed = edits.replace(text, made)
    after = read("manifest.yaml", fixed).documents
    assert len(after) == 1
    assert after[0].root is not None, fixed
    assert same(after[0].root.value, changed(value, path, new, remove=verb == "remove"))
    if eol in text:
        assert eol.join(re.split(r"\r?\n", fixed)) == fixed

    # A line that no edit is in, and every comment outside of what is replaced, is still there, in order.
    touched = set()
    for edit in made:
        first, last = text.count("\n", 0, edit.start), text.count("\n", 0, max(edit.end - 1, edit.start))
        touched |= set(range(first, last + 1)) if edit.start < edit.end or not starts_line(text, edit.start) else set()
    kept = [line for number, line in enumerate(text.split(eol)) if number not in touched]
    rest = iter(fixed.split(eol))
    assert all(line in rest for line in kept), (text, fixed)
    if verb == "add":
        assert all(comment in fixed for comment in re.findall(r"#c\d+\.", text))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_moves_leaves_no_comment_behind(data: st.DataObject) -> None:
    """A node moves as it is, or below a key of its own, and so do the children of one that is removed."""
    value = data.draw(MAPPINGS)
    text = "kept: 1\n" + "\n".join(Writer(data).lines(value, 0)) + "\n"
    eol = data.draw(st.sampled_from(["\n", "\r\n"]))
    text = text.replace("\n", eol)
    document = read("manifest.yaml", text).documents[0]
    root = document.root
    assert root is not None, (text, document.error)
    nodes = [node for node in root.walk() if node.parent is not None and node.key != "kept"]
    node = data.draw(st.sampled_from(nodes))
    places = [one for one in root.walk() if one.kind == MAPPING and node not in (one, *ancestors(one))]
    place = data.draw(st.sampled_from(places))
    if len(node) and data.draw(st.booleans()):
        moved = {f"n{number}": child for number, child in enumerate([*node.values(), *node])}
        wanted = {name: child.value for name, child in moved.items()}
        changes = [place[name].set(child) for name, child in moved.items()]
    else:
        wanted = {"new": [{"held": node.value}]}
        changes = [place["new"].set([{"held": node}])]
    mend = Mend((*changes, node.remove()))
    made = edits.text_edits(document, mend)
    if made is None:
        # On a line in flow style there is room for no comment.
        assert place.style == "flow"
        assert "#" in text
        return
    fixed = edits.replace(text, made)
    after = read("manifest.yaml", fixed).documents[0].root
    assert after is not None, fixed
    expected = placed_in(root, place, wanted, node)
    assert same(after.value, expected), (text, fixed)
    assert sorted(re.findall(r"#c\d+\.", fixed)) == sorted(re.findall(r"#c\d+\.", text)), (text, fixed)
    assert eol.join(re.split(r"\r?\n", fixed)) == fixed


def ancestors(node: Node) -> list[Node]:
    return [] if node.parent is None else [node.parent, *ancestors(node.parent)]


def placed_in(node: Node, place: Node, wanted: dict[str, object], gone: Node) -> object:
    """The value of a node, with entries put in at a place and without what is gone."""
    if node.kind == MAPPING:
        fields = {key: placed_in(child, place, wanted, gone) for key, child in node.items() if child is not gone}
        return fields | wanted if node is place else fields
    if node.kind == SEQUENCE:
        return [placed_in(child, place, wanted, gone) for child in node if child is not gone]
    return node.value


def starts_line(text: str, offset: int) -> bool:
    return offset == 0 or text[offset - 1] == "\n" or offset == len(text)
