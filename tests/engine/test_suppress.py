"""What can be suppressed, by which comment or annotation, and what is said of one that suppresses nothing."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from textwrap import dedent

import pytest

from k8slint.document import File, read
from k8slint.finding import Claim, Finding, Severity
from k8slint.suppress import Suppressions, Unused, collect

RULES = frozenset({"wrong-type", "unknown-field", "limits-without-requests", "yaml-syntax", "unused-suppression"})


def finding(line: int, rule: str = "wrong-type") -> Finding:
    return Finding(rule, Claim.REJECTED, Severity.ERROR, "", "web.yaml", line, 1, line, 2)


def suppressed(text: str, rule: str = "wrong-type") -> list[int]:
    """The lines on which a rule's findings are suppressed."""
    suppressions = collect(read("web.yaml", text))
    return [line for line in range(1, text.count("\n") + 2) if suppressions.match(finding(line, rule))]


def unused(text: str, *findings: Finding, active: frozenset[str] = RULES) -> list[Unused]:
    suppressions = collect(read("web.yaml", text))
    for found in findings:
        suppressions.match(found)
    return suppressions.unused(active, RULES)


def messages(text: str, *findings: Finding) -> list[str]:
    return [found.message for found in unused(text, *findings)]


def fixed(text: str, *findings: Finding) -> str:
    """The text after the fixes of all that is unused, each edit once."""
    edits = {edit for found in unused(text, *findings) if found.mend is not None for edit in found.mend.edits}
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


COLON = 'a colon and nothing else goes between k8slint and ignore: "# k8slint: ignore[rule-id]"'
COLON_FILE = COLON.replace("ignore", "ignore-file")
BRACKETS = "rules are named in brackets: ignore[rule-id]"
UNKNOWN = 'is not understood; write "# k8slint: ignore[rule-id]"'


class TestComment:
    """One line of YAML and a comment that is a suppression, or nearly one."""

    @pytest.mark.parametrize(
        "comment",
        [
            "# k8slint: ignore[wrong-type]",
            "# k8slint: ignore[wrong-type] the operator sends strings",
            "# k8slint: ignore[unknown-field, wrong-type]",
            "# k8slint: ignore[unknown-field,wrong-type,]",
            "# k8slint: ignore[ wrong-type ]",
            "# k8slint: ignore[unknown-field wrong-type]",
            "# k8slint: ignore[*] generated",
            "# k8slint: ignore",
            # Blanks and case are free: what can only mean one thing means it.
            "#k8slint:ignore[wrong-type]",
            "#  k8slint :  ignore [wrong-type]",
            "## k8slint: ignore[wrong-type]",
            "#\tk8slint:\tignore[wrong-type]",
            "# K8sLint: Ignore[wrong-type]",
            "# k8slint: ignore[wrong-type]because",
            # One comment may speak to several tools.
            "# yamllint disable-line # k8slint: ignore[wrong-type]",
            "# k8slint: ignore[wrong-type] # yamllint disable-line",
            "# k8slint: ignore[unknown-field] # k8slint: ignore[wrong-type]",
        ],
    )
    def test_suppresses(self, comment: str) -> None:
        assert suppressed(f"a: 1  {comment}\nb: 2\n") == [1]

    @pytest.mark.parametrize(
        ("comment", "message"),
        [
            ("# k8slint ignore[wrong-type]", COLON),
            ("# k8slint ignore", COLON),
            ("# k8slint:: ignore[wrong-type]", COLON),
            ("# k8slint-ignore[wrong-type]", COLON),
            ("# k8slint/ignore[wrong-type]", COLON),
            ("# k8slint ignore-file[wrong-type]", COLON_FILE),
            ("# k8slint: ignore[wrong-type", "the bracket is not closed"),
            ("# k8slint: ignore-file[wrong-type", "the bracket is not closed"),
            ("# k8slint: ignore[]", "no rule is named"),
            ("# k8slint: ignore[ , ]", "no rule is named"),
            ("# k8slint: ignore(wrong-type)", BRACKETS),
            ("# k8slint: ignore wrong-type", BRACKETS),
            ("# k8slint: ignore: wrong-type", BRACKETS),
            ("# k8slint: ignore=wrong-type", BRACKETS),
            ("# k8slint: ignore, it is generated", BRACKETS),
            ("# k8slint: ignore file[wrong-type]", BRACKETS),
            ("# k8slint: ignore-file wrong-type", "rules are named in brackets: ignore-file[rule-id]"),
            ("# k8slint: ignore_file[wrong-type]", COLON_FILE),
            ("# k8slint: ignor[wrong-type]", f'"ignor" {UNKNOWN}'),
            ("# k8slint: ignores[wrong-type]", f'"ignores" {UNKNOWN}'),
            ("# k8slint: ignore-line[wrong-type]", f'"ignore-line" {UNKNOWN}'),
            ("# k8slint: ignore-next-line[wrong-type]", f'"ignore-next-line" {UNKNOWN}'),
            ("# k8slint: disable=wrong-type", f'"disable" {UNKNOWN}'),
            ("# k8slint: disable-next-line wrong-type", f'"disable-next-line" {UNKNOWN}'),
            ("# k8slint: noqa", f'"noqa" {UNKNOWN}'),
        ],
    )
    def test_near_miss_suppresses_nothing_and_is_told(self, comment: str, message: str) -> None:
        text = f"a: 1  {comment}\n"
        assert suppressed(text) == []
        (found,) = unused(text)
        assert found.message == f"{message}; nothing is suppressed"
        assert text[found.start : found.end] == comment
        assert (found.rule, found.known, found.near) == ("", False, "")

    @pytest.mark.parametrize(
        "comment",
        [
            "# k8slint is what checks this",
            "# k8slint ignores this field",
            "# k8slint: see the docs",
            "# k8slint: types[0] is the default",
            "# k8slint/ignore: wrong-type",
            "# checked with k8slint: ignore[wrong-type] is not needed",
            "# see k8slint ignore[wrong-type]",
            "# k8slinter: ignore[wrong-type]",
            "# my-k8slint: ignore[wrong-type]",
            "# noqa k8slint: ignore[wrong-type]",
            "# @k8slint: ignore[wrong-type]",
        ],
    )
    def test_remark_is_left_alone(self, comment: str) -> None:
        text = f"a: 1  {comment}\n"
        assert suppressed(text) == []
        assert unused(text) == []

    @pytest.mark.parametrize(
        "text",
        [
            'a: "x # k8slint: ignore[wrong-type]"',
            "a: 'x # k8slint: ignore[wrong-type]'",
            "a: x#k8slint:ignore[wrong-type]",
            "a: |\n  x # k8slint: ignore[wrong-type]\n  # k8slint: ignore[wrong-type]\nb: 1",
            "a: |\n  x\n\n  # k8slint: ignore[wrong-type]\n",
            "a: >-\n\n  # k8slint: ignore[wrong-type]\nb: 1",
            "- |\n  # k8slint: ignore[wrong-type]",
            'a: "x\n  # k8slint: ignore[wrong-type]\n  y"',
            "'a # k8slint: ignore[wrong-type]': 1",
            '{"a": ["# k8slint: ignore[wrong-type]"]}',
            # Text that kubectl throws away is text all the same.
            "a: 'x # k8slint: ignore[wrong-type]'\na: 1",
        ],
    )
    def test_text_that_looks_like_a_comment_is_none(self, text: str) -> None:
        assert suppressed(text) == []
        assert unused(text) == []

    def test_a_comment_behind_a_text_that_looks_like_one(self) -> None:
        assert suppressed('a: "# k8slint: ignore[unknown-field]"  # k8slint: ignore[wrong-type]') == [1]
        assert suppressed('a: "# k8slint: ignore[wrong-type]"  # k8slint: ignore[unknown-field]') == []

    def test_an_apostrophe_does_not_open_a_string(self) -> None:
        assert suppressed("a: don't  # it's k8slint's # k8slint: ignore[wrong-type]") == [1]

    def test_windows_line_breaks(self) -> None:
        text = "a: 1  # k8slint: ignore[wrong-type]\r\nb: 2\r\n"
        assert suppressed(text) == [1]
        assert fixed(text) == "a: 1\r\nb: 2\r\n"

    def test_the_reason_and_the_places_are_kept(self) -> None:
        text = "a: 1  # k8slint: ignore[wrong-type, unknown-field] until 2.0\n"
        (item,) = collect(read("web.yaml", text)).items
        assert item.reason == "until 2.0"
        assert [text[named.place.start : named.place.end] for named in item.ids] == ["wrong-type", "unknown-field"]


POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web

# k8s
spec:
  containers:
  - name: web
    image: web
    command:
    - sh
    - -c
    - |
      # start
      run

    env: [{name: A,
      value: b}, {name: C}]
  - name: proxy
    image: proxy
  restartPolicy: Never
"""
"""Lines 3 to 6 are metadata, 9 to 24 spec, 11 to 21 the first container, 22 and 23 the second."""


def with_comment(line: int) -> str:
    lines = POD.split("\n")
    lines[line - 1] += "  # k8slint: ignore[wrong-type]"
    return "\n".join(lines)


class TestCover:
    @pytest.mark.parametrize(
        ("line", "covered"),
        [
            (1, (1, 1)),
            (3, (3, 6)),
            (5, (5, 6)),
            (6, (6, 6)),
            (9, (9, 24)),
            (10, (10, 23)),
            (11, (11, 21)),
            (12, (12, 12)),
            (13, (13, 18)),
            (14, (14, 14)),
            (16, (16, 18)),
            (20, (20, 21)),
            (21, (21, 21)),
            (22, (22, 23)),
            (24, (24, 24)),
        ],
    )
    def test_a_comment_covers_its_line_and_what_that_opens(self, line: int, covered: tuple[int, int]) -> None:
        assert suppressed(with_comment(line)) == list(range(covered[0], covered[1] + 1))

    @pytest.mark.parametrize(
        ("above", "covered"),
        [(1, (2, 2)), (3, (4, 7)), (7, (10, 25)), (8, (10, 25)), (9, (10, 25)), (11, (12, 22)), (22, (23, 24))],
    )
    def test_alone_on_its_line_it_covers_the_next_one_with_content(self, above: int, covered: tuple[int, int]) -> None:
        lines = POD.split("\n")
        lines.insert(above - 1, "# k8slint: ignore[wrong-type]")
        assert suppressed("\n".join(lines)) == list(range(covered[0], covered[1] + 1))

    def test_several_comments_above_a_line_all_cover_it(self) -> None:
        text = "# k8slint: ignore[wrong-type] one\n# k8slint: ignore[unknown-field] two\na: 1\n"
        assert suppressed(text) == [3]
        assert suppressed(text, "unknown-field") == [3]

    @pytest.mark.parametrize(
        ("text", "covered"),
        [
            # An item whose dash stands alone.
            ("a:\n-  # k8slint: ignore[wrong-type]\n  b: 1\n-\n  c: 1\n", [2, 3]),
            ("a:\n-\n  b: 1\n# k8slint: ignore[wrong-type]\n- # why - because\n  c: 1\n", [5, 6]),
            ("a: &x\n- b: 1\n  # k8slint: ignore[wrong-type]\n  c: 1\n", [4]),
            ("a: &x\n# k8slint: ignore[wrong-type]\n- b: 1\n  c: 1\nd: *x\n", [3, 4]),
            ("- - a  # k8slint: ignore[wrong-type]\n  - b\n- c\n", [1, 2]),
            # A text of several lines can only have its comment behind its last one.
            ("a: 'x\n  y'  # k8slint: ignore[wrong-type]\nb: 1\n", [1, 2]),
            ("a: x\n  y  # k8slint: ignore[wrong-type]\nb: 1\n", [1, 2]),
            ("a: |  # k8slint: ignore[wrong-type]\n  x\n\n  y\n\nb: 1\n", [1, 2, 3, 4]),
            ("a:  # k8slint: ignore[wrong-type]\nb: 1\n", [1]),
            ("a:  # k8slint: ignore[wrong-type]\n  b:\n  c:\nd: 1\n", [1, 2, 3]),
            ("a: {b: 1,  # k8slint: ignore[wrong-type]\n  c: 2}\nd: 1\n", [1, 2]),
            ("a: {\n  b: 1,  # k8slint: ignore[wrong-type]\n  c: 2}\nd: 1\n", [2]),
            ("a: {\n  b: 1\n}  # k8slint: ignore[wrong-type]\n", [3]),
            # An alias is one word, whatever it stands for; so is what a merge key brings in.
            ("a: &x\n  b: 1\nc: *x  # k8slint: ignore[wrong-type]\nd: 1\n", [3]),
            ("a: &x\n  b: 1\nc:  # k8slint: ignore[wrong-type]\n  <<: *x\n  d: 1\ne: 1\n", [3, 4, 5]),
        ],
    )
    def test_corners(self, text: str, covered: list[int]) -> None:
        assert suppressed(text) == covered

    @pytest.mark.parametrize(
        ("text", "covered"),
        [
            ("---  # k8slint: ignore[wrong-type]\na: 1\nb: 2\n---\nc: 3\n", [1, 2, 3]),
            ("a: 1\n---  # k8slint: ignore[wrong-type]\nb: 2\n\nc: 3\n---\nd: 4\n", [2, 3, 4, 5]),
            ("# k8slint: ignore[wrong-type]\n---\na: 1\nb: 2\n", [2, 3, 4]),
            ("a: 1\n# k8slint: ignore[wrong-type]\n---\nb: 2\nc: 3\n", [3, 4, 5]),
            ("# k8slint: ignore[wrong-type]\na: 1\nb: 2\n", [2]),
            ("a: 1\n# k8slint: ignore[wrong-type]\n", []),
            ("# k8slint: ignore[wrong-type]\n", []),
        ],
    )
    def test_the_line_that_opens_a_document(self, text: str, covered: list[int]) -> None:
        assert suppressed(text) == covered

    @pytest.mark.parametrize("comment", ["# k8slint: ignore-file[wrong-type] vendored", "# k8slint: ignore-file"])
    @pytest.mark.parametrize("text", ["{}\na: 1\n---\nb: 2", "a: 1  {}\n---\nb: 2", "a: 1\n---\nb: 2\n{}"])
    def test_a_file(self, text: str, comment: str) -> None:
        text = text.format(comment)
        assert suppressed(text) == list(range(1, text.count("\n") + 2))

    def test_only_the_rules_that_are_named(self) -> None:
        assert suppressed("a: 1  # k8slint: ignore[unknown-field]") == []
        assert suppressed("a: 1  # k8slint: ignore[wrong-typ]") == []
        assert suppressed("a: 1  # k8slint: ignore[Wrong-Type]") == []

    def test_what_it_covers_is_asked_where_the_finding_begins(self) -> None:
        suppressions = collect(read("web.yaml", "a:\n  b: 1  # k8slint: ignore[wrong-type]\n"))
        across = Finding("wrong-type", Claim.REJECTED, Severity.ERROR, "", "web.yaml", 1, 1, 2, 7)
        assert not suppressions.match(across)


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
{object}spec:
  replicas: 1
  template:
    metadata:
      labels:
        app: web
{template}    spec:
      containers:
      - name: web
  selector: {{}}
---
kind: Service
"""
ON_OBJECT = "  annotations:\n    k8slint/ignore: {}\n"
ON_TEMPLATE = "      annotations:\n        k8slint/ignore: {}\n"


def deployment(on_object: str = "", on_template: str = "") -> str:
    return DEPLOYMENT.format(
        object=ON_OBJECT.format(on_object) if on_object else "",
        template=ON_TEMPLATE.format(on_template) if on_template else "",
    )


class TestAnnotation:
    def test_on_an_object_it_covers_all_of_it(self) -> None:
        assert suppressed(deployment(on_object="wrong-type")) == list(range(1, 17))

    def test_on_a_pod_template_it_covers_the_template(self) -> None:
        assert suppressed(deployment(on_template="wrong-type")) == list(range(7, 16))

    @pytest.mark.parametrize(
        "value",
        [
            "wrong-type",
            "unknown-field, wrong-type",
            "unknown-field,wrong-type",
            "unknown-field wrong-type",
            '"wrong-type"',
            "'unknown-field, wrong-type'",
            "|\n      unknown-field\n      wrong-type",
            '"*"',
            '"\\x77rong-type"',
        ],
    )
    def test_ways_to_write_it(self, value: str) -> None:
        assert 6 in suppressed(deployment(on_object=value))

    def test_in_json(self) -> None:
        text = '{\n"kind": "Pod",\n"metadata": {"annotations": {"k8slint/ignore": "wrong-type"}},\n"spec": {}\n}'
        assert suppressed(text) == [1, 2, 3, 4, 5]

    def test_on_the_item_of_a_list_it_covers_the_item(self) -> None:
        text = dedent("""\
            kind: List
            items:
            - kind: Pod
              metadata:
                name: a
            - kind: Pod
              metadata:
                annotations:
                  k8slint/ignore: wrong-type

            # the last
            - kind: Pod
            """)
        assert suppressed(text) == [6, 7, 8, 9]

    def test_on_the_pod_template_of_a_kind_that_nobody_registered(self) -> None:
        text = "spec:\n  podTemplate:\n    metadata:\n      annotations: {k8slint/ignore: wrong-type}\n  size: 1\n"
        assert suppressed(text) == [2, 3, 4]

    def test_elsewhere_the_word_means_nothing(self) -> None:
        assert suppressed("kind: ConfigMap\ndata:\n  k8slint/ignore: wrong-type\n") == []
        assert suppressed("kind: ConfigMap\nmetadata:\n  labels:\n    k8slint/ignore: wrong-type\n") == []
        assert (
            suppressed("kind: ConfigMap\ndata:\n  a: |\n    metadata: {annotations: {k8slint/ignore: wrong-type}}\n")
            == []
        )

    @pytest.mark.parametrize("value", ["true", "12", "[wrong-type]", "{a: b}"])
    def test_what_is_no_string_is_for_other_rules_to_report(self, value: str) -> None:
        text = deployment(on_object=value)
        assert suppressed(text) == []
        assert unused(text) == []

    @pytest.mark.parametrize("value", ["null", '""', '" , "'])
    def test_one_that_names_no_rule(self, value: str) -> None:
        text = deployment(on_object=value)
        assert messages(text) == ["no rule is named; nothing is suppressed"]
        assert fixed(text) == deployment()

    @pytest.mark.parametrize(
        "key",
        ["k8slint/ignores", "k8slint/Ignore", "K8sLint/ignore", "k8slint/ignore-file", "k8slint.dev/ignore"],
    )
    def test_near_miss_of_its_name(self, key: str) -> None:
        text = deployment(on_object="wrong-type").replace("k8slint/ignore", key)
        assert suppressed(text) == []
        assert messages(text) == [f"{key} is not read; the annotation is k8slint/ignore; nothing is suppressed"]
        assert fixed(text) == text


class TestUnused:
    def test_what_suppressed_something_is_not_told(self) -> None:
        assert unused("a: 1  # k8slint: ignore[wrong-type]", finding(1)) == []

    def test_what_suppressed_nothing_is(self) -> None:
        text = "a: 1  # k8slint: ignore[wrong-type, unknown-field] why\n"
        (found,) = unused(text, finding(1))
        assert found.message == "unknown-field finds nothing here"
        assert (found.rule, found.known, found.near) == ("unknown-field", True, "")
        assert text[found.start : found.end] == "unknown-field"

    def test_a_finding_elsewhere_is_no_use(self) -> None:
        assert messages("a: 1  # k8slint: ignore[wrong-type]\nb: 2", finding(2)) == ["wrong-type finds nothing here"]

    def test_a_file(self) -> None:
        assert messages("# k8slint: ignore-file[wrong-type]\na: 1") == ["wrong-type finds nothing in this file"]
        assert messages("# k8slint: ignore-file\na: 1") == ["no rule finds anything in this file"]

    def test_everything(self) -> None:
        assert messages("a: 1  # k8slint: ignore") == ["no rule finds anything here"]
        assert messages("a: 1  # k8slint: ignore[*]") == ["no rule finds anything here"]
        assert messages("a: 1  # k8slint: ignore", finding(1, "unknown-field")) == []

    def test_no_such_rule(self) -> None:
        (found,) = unused("a: 1  # k8slint: ignore[tabs-and-spaces]\n")
        assert found.message == "no rule is called tabs-and-spaces; is the pack that brings it installed?"
        assert (found.known, found.near) == (False, "")

    def test_what_a_pack_elsewhere_may_know_is_not_taken_out_safely(self) -> None:
        for text in ("a: 1  # k8slint: ignore[acme-team]\n", "a: 1  # k8slint: ignore[acme-team, wrong-type]\n"):
            found = next(each for each in unused(text) if each.rule == "acme-team")
            assert found.mend is not None
            assert not found.mend.safe
            safe = [each.mend for each in unused(text) if each.mend is not None and each.mend.safe]
            assert all("acme-team" not in text[edit.start : edit.end] for mend in safe for edit in mend.edits)

    @pytest.mark.parametrize("written", ["wrong-typ", "Wrong-Type", "wrong_type", '"wrong-type"', "worng-type"])
    def test_a_near_name(self, written: str) -> None:
        (found,) = unused(f"a: 1  # k8slint: ignore[{written}]\n")
        assert found.message == f"no rule is called {written} (did you mean wrong-type?); nothing is suppressed"
        assert (found.known, found.near) == (False, "wrong-type")

    def test_a_rule_that_did_not_run_may_find_something(self) -> None:
        assert unused("a: 1  # k8slint: ignore[wrong-type]", active=frozenset({"unknown-field"})) == []

    def test_a_rule_that_is_named_twice(self) -> None:
        text = "a: 1  # k8slint: ignore[wrong-type, wrong-type]\n"
        assert messages(text, finding(1), finding(1)) == ["wrong-type is named twice"]

    def test_of_two_around_each_other_the_narrower_is_needed(self) -> None:
        text = "a:  # k8slint: ignore[wrong-type] all\n  b: 1  # k8slint: ignore[wrong-type] this\n  c: 2\n"
        (found,) = unused(text, finding(2))
        assert text.count("\n", 0, found.start) == 0
        assert unused(text, finding(2), finding(3)) == []

    def test_in_what_could_not_be_read_nothing_is_unused(self) -> None:
        text = "a: 1  # k8slint: ignore[wrong-type]\n---\nb: [1  # k8slint: ignore[unknown-field]\n"
        assert messages(text) == ["wrong-type finds nothing here"]
        assert messages("# k8slint: ignore-file[wrong-type]\n" + text) == ["wrong-type finds nothing here"]

    def test_in_what_no_rule_looked_at_nothing_is_unused(self) -> None:
        text = "# k8slint: ignore-file[unknown-field]\na: 1  # k8slint: ignore[wrong-type]\n"
        suppressions = collect(read("web.yaml", text))
        suppressions.unchecked(0)
        assert suppressions.unused(RULES, RULES) == []

    def test_they_come_in_the_order_of_the_file(self) -> None:
        text = deployment(on_object="wrong-type").replace(
            "replicas: 1", "replicas: 1  # k8slint: ignore[unknown-field]"
        )
        assert [found.rule for found in unused(text)] == ["wrong-type", "unknown-field"]


class TestSuppressingTheReport:
    """`unused-suppression` is a rule too; only a whole file can be spared it, and only by name."""

    def test_by_ignore_file(self) -> None:
        text = "# k8slint: ignore-file[unused-suppression]\na: 1  # k8slint: ignore[wrong-type]\n"
        assert suppressed(text, "unused-suppression") == [1, 2, 3]
        assert messages(text) == ["wrong-type finds nothing here"]

    @pytest.mark.parametrize(
        "comment", ["ignore[unused-suppression]", "ignore[*]", "ignore", "ignore-file", "ignore-file[*]"]
    )
    def test_by_nothing_else(self, comment: str) -> None:
        assert suppressed(f"a: 1  # k8slint: {comment}\n", "unused-suppression") == []

    def test_on_a_line_it_is_told_so(self) -> None:
        text = "a: 1  # k8slint: ignore[unused-suppression]\n"
        assert messages(text) == ["unused-suppression can be suppressed for a whole file only, by ignore-file"]


class TestFix:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("a: 1  # k8slint: ignore[wrong-type] why\nb: 2\n", "a: 1\nb: 2\n"),
            ("a: 1\t# k8slint: ignore\n", "a: 1\n"),
            ("a: 1 # k8slint: ignore[]", "a: 1"),
            ("a:\n  # k8slint: ignore[wrong-type]\n  b: 1\n", "a:\n  b: 1\n"),
            ("a: 1\n# k8slint: ignore[wrong-type]", "a: 1\n"),
            ("---  # k8slint: ignore[wrong-type]\na: 1\n", "---\na: 1\n"),
            ("a: |  # k8slint: ignore[wrong-type]\n  x\n", "a: |\n  x\n"),
            ("# k8slint: ignore-file[wrong-type]\na: 1\n", "a: 1\n"),
            # What the comment says to others stays.
            ("a: 1  # port # k8slint: ignore[wrong-type] why\n", "a: 1  # port\n"),
            ("a: 1  # k8slint: ignore[wrong-type] why # port\n", "a: 1  # port\n"),
            ("  # k8slint: ignore[wrong-type] # port\na: 1\n", "  # port\na: 1\n"),
            ("a: 1  # one # k8slint: ignore[wrong-type] # two\n", "a: 1  # one # two\n"),
            ("a: 1  # k8slint: ignore[wrong-type] see #12\n", "a: 1\n"),
            # All ids of several, of a rule that is not there, named twice.
            ("a: 1  # k8slint: ignore[wrong-type, unknown-field] why\n", "a: 1\n"),
            ("a: 1  # k8slint: ignore[tabs-and-spaces]\n", "a: 1\n"),
            ("a: 1  # k8slint: ignore[unused-suppression]\n", "a: 1\n"),
        ],
    )
    def test_takes_the_comment_out(self, before: str, after: str) -> None:
        assert fixed(before) == after

    @pytest.mark.parametrize(
        ("ids", "used", "left"),
        [
            ("wrong-type, unknown-field", "wrong-type", "wrong-type"),
            ("wrong-type, unknown-field", "unknown-field", "unknown-field"),
            ("yaml-syntax,wrong-type,unknown-field", "yaml-syntax", "yaml-syntax"),
            ("yaml-syntax,wrong-type,unknown-field", "wrong-type", "wrong-type"),
            ("yaml-syntax, wrong-type, unknown-field", "unknown-field", "unknown-field"),
            ("wrong-type, wrong-type", "wrong-type", "wrong-type"),
        ],
    )
    def test_takes_ids_out_of_several(self, ids: str, used: str, left: str) -> None:
        assert (
            fixed(f"a: 1  # k8slint: ignore[{ids}] why\n", finding(1, used)) == f"a: 1  # k8slint: ignore[{left}] why\n"
        )
        quoted = deployment(on_object=f'"{ids}"')
        assert fixed(quoted, finding(1, used)) == deployment(on_object=f'"{left}"')

    def test_takes_the_annotation_out(self) -> None:
        text = deployment(on_template="wrong-type")
        assert fixed(text) == deployment()
        other = "        team: shop\n"
        assert fixed(text.replace("    spec:\n", other + "    spec:\n")) == deployment(on_template="x").replace(
            "        k8slint/ignore: x\n", other
        )

    def test_takes_the_annotation_out_of_a_flow_mapping(self) -> None:
        text = 'metadata: {annotations: {"k8slint/ignore": "wrong-type", a: b}}\n'
        assert fixed(text) == "metadata: {annotations: {a: b}}\n"

    def test_leaves_an_annotation_that_others_share_through_an_anchor(self) -> None:
        text = "kind: A\na: &x\n  k8slint/ignore: wrong-type\nmetadata:\n  annotations:\n    <<: *x\n"
        (found,) = unused(text)
        assert found.mend is None

    def test_a_near_name_is_corrected_only_when_asked_to(self) -> None:
        text = "a: 1  # k8slint: ignore[wrong-typ, unknown-field] why\n"
        near, other = unused(text)
        assert near.mend is not None
        assert (near.mend.safe, near.mend.title) == (False, "Name wrong-type instead")
        assert other.mend is not None
        assert (other.mend.safe, other.mend.title) == (True, "Remove unknown-field")
        assert fixed(text) == "a: 1  # k8slint: ignore[wrong-type] why\n"

    @pytest.mark.parametrize(
        "comment", ["# k8slint ignore[wrong-type]", "# k8slint: ignore[wrong-type", "# k8slint: noqa"]
    )
    def test_what_cannot_be_read_is_left_to_its_author(self, comment: str) -> None:
        (found,) = unused(f"a: 1  {comment}\n")
        assert found.mend is None


class TestCollect:
    def test_a_file_without_our_name_costs_nothing(self) -> None:
        assert not collect(read("web.yaml", "a: 1  # lint\n"))

    def test_in_a_broken_document_a_comment_goes_by_its_looks(self) -> None:
        text = 'a: ["x # k8slint: ignore[wrong-type]"\nb: [1  # k8slint: ignore[yaml-syntax]\n  c\n'
        assert read("web.yaml", text).documents[0].error is not None
        assert suppressed(text) == []
        assert suppressed(text, "yaml-syntax") == [2]

    def test_in_a_text_that_was_not_read_as_documents_too(self) -> None:
        text = "# k8slint: ignore-file[unrendered-template]\na: {{ x }}  # k8slint: ignore[wrong-type]\n"
        suppressions = collect(File("web.yaml", text))
        assert suppressions.match(finding(2, "unrendered-template"))
        assert suppressions.match(finding(2))
        assert not suppressions.match(finding(1))
        assert collect(File("web.yaml", text)).unused(RULES, RULES) == []

    def test_it_travels_between_processes(self) -> None:
        text = deployment(on_object="wrong-type") + "# k8slint: ignore-file[unknown-field]\n"
        sent: Suppressions = pickle.loads(pickle.dumps(collect(read("web.yaml", text))))
        assert sent.match(finding(6))
        assert [found.rule for found in sent.unused(RULES, RULES)] == ["unknown-field"]

    @pytest.mark.parametrize("line", range(1, POD.count("\n") + 1))
    def test_what_is_a_comment_agrees_with_what_kubectl_reads(self, line: int) -> None:
        """Behind any line: either the value changes, or it was a comment and removing it gives the text back."""
        text = with_comment(line)
        (document,) = read("web.yaml", text).documents
        (plain,) = read("web.yaml", POD).documents
        assert document.root is not None
        assert plain.root is not None
        is_comment = document.root.value == plain.root.value
        assert len(collect(read("web.yaml", text))) == is_comment
        if is_comment:
            assert [found.mend is not None for found in unused(text)] == [True]
            assert fixed(text).replace("\n\n", "\n") == POD.replace("\n\n", "\n")


class TestDocs:
    """The examples of docs/suppression.md are what they say."""

    PAGE = (Path(__file__).parents[2] / "docs" / "suppression.md").read_text(encoding="utf-8")

    def test_every_example_suppresses(self) -> None:
        examples = re.findall(r"^```yaml\n(.*?)^```", self.PAGE, re.DOTALL | re.MULTILINE)
        assert examples
        for example in examples:
            items = collect(read("web.yaml", example)).items
            assert items, example
            assert not any(item.flaw for item in items), example

    def test_every_near_miss_is_one(self) -> None:
        comments = re.findall(r"^\| `(# k8slint[^`]*)` \|", self.PAGE, re.MULTILINE)
        assert comments
        for comment in comments:
            (item,) = collect(read("web.yaml", f"a: 1  {comment}\n")).items
            assert item.flaw, comment
