from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from k8slint.finding import Claim, Edit, Finding, Fix, Related, Resource, Skipped
from k8slint.report.base import Style
from k8slint.report.text import report
from k8slint.run import Run

MakeFinding = Callable[..., Finding]
MakeRun = Callable[..., Run]

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      ports:
        - containerPort: "8080"
          name: http
"""


def shown(run: Run, **style: object) -> str:
    return report(run, Style(**{"quiet": True, **style}))  # type: ignore[arg-type]


def test_a_finding_is_shown_with_its_line_underlined_and_its_fix(finding: MakeFinding, run_of: MakeRun) -> None:
    fix = Fix("Remove the quotes", safe=True, edits=(Edit("web.yaml", 0, 1, ""),))
    run = run_of(finding('"8080"', in_=POD, fix=fix), text=POD)

    assert report(run, Style()) == dedent("""\
        error[wrong-type] containerPort is a string, not an integer
          --> web.yaml:9:26 (Pod web)
           |
         7 |     - name: web
         8 |       ports:
         9 |         - containerPort: "8080"
           |                          ^^^^^^
        10 |           name: http
        help: Remove the quotes

        Found 1 error in 1 file (1 document); 1 fixable with --fix
        """)


def test_another_place_is_shown_with_its_line(finding: MakeFinding, run_of: MakeRun) -> None:
    related = (Related("web.yaml", 4, 3, "the pod's name"), Related("gone.yaml", 7, 1, "and this"))
    run = run_of(finding("http", in_=POD, related=related), text=POD)
    run.texts["gone.yaml"] = ""

    assert shown(run).endswith(
        dedent("""\
        note: the pod's name
          --> web.yaml:4:3
           |
         4 |   name: web
           |   ----
        note: and this
          --> gone.yaml:7:1
        """)
    )


def test_infos_come_last_in_their_file_a_line_each(finding: MakeFinding, run_of: MakeRun) -> None:
    info = finding("web", in_=POD, claim=Claim.ADVICE, rule="bare-pod", message="nobody restarts it")
    error = finding("http", in_=POD)
    other = finding("v1", in_=POD, path="zoo.yaml")
    run = run_of(info, error, other, text=POD)
    run.texts["zoo.yaml"] = POD

    first, second, third = (block.splitlines() for block in shown(run).split("\n\n"))
    assert first[1] == "  --> web.yaml:10:17 (Pod web)"
    assert second == ["web.yaml:4:9: info[bare-pod] nobody restarts it"]
    assert third[1] == " --> zoo.yaml:1:13 (Pod web)"


def test_verbose_shows_infos_like_the_rest(finding: MakeFinding, run_of: MakeRun) -> None:
    info = finding("web", in_=POD, claim=Claim.ADVICE, rule="bare-pod", message="nobody restarts it")

    assert shown(run_of(info, text=POD), verbose=True).startswith(
        "info[bare-pod] nobody restarts it\n --> web.yaml:4:9"
    )


def test_the_object_is_named_with_its_namespace_and_its_template(finding: MakeFinding, run_of: MakeRun) -> None:
    run = run_of(
        finding("web", in_=POD, resource=Resource("v1", "Pod", "shop", "web"), source="chart/templates/pod.yaml"),
        text=POD,
    )

    assert " --> web.yaml:4:9 (Pod shop/web, rendered from chart/templates/pod.yaml)\n" in shown(run)


def test_an_unsafe_fix_says_so(finding: MakeFinding, run_of: MakeRun) -> None:
    fix = Fix("Rename it", safe=False, edits=(Edit("web.yaml", 0, 1, ""),))
    text = report(run_of(finding("http", in_=POD, fix=fix), text=POD), Style())

    assert "help: Rename it (unsafe fix)\n" in text
    assert text.endswith("; 1 fixable with --fix --unsafe-fixes\n")


def test_lines_of_another_document_are_not_shown(finding: MakeFinding, run_of: MakeRun) -> None:
    text = "kind: A\n---\nkind: B\n---\nkind: C\n"

    assert " 3 | kind: B\n" not in shown(run_of(finding("B", in_=text), text=text))
    assert shown(run_of(finding("B", in_=text), text=text)).splitlines()[2:] == ["  |", "3 | kind: B", "  |       ^"]


def test_windows_line_breaks_are_not_shown(finding: MakeFinding, run_of: MakeRun) -> None:
    text = POD.replace("\n", "\r\n")

    out = shown(run_of(finding("http", in_=text), text=text))
    assert "\r" not in out
    assert "␍" not in out
    assert "10 |           name: http\n   |                 ^^^^\n" in out


@pytest.mark.parametrize(
    ("text", "word", "line", "mark"),
    [
        pytest.param("a: 日本 b", "b", "a: 日本 b", "        ^", id="wide characters take two cells"),
        pytest.param("a: 日本 b", "日本", "a: 日本 b", "   ^^^^", id="wide characters are underlined whole"),
        pytest.param("a: e\u0301x", "x", "a: e\u0301x", "    ^", id="combining characters take none"),
        pytest.param("a:\tb", "b", "a:    b", "      ^", id="a tab is four"),
        pytest.param("a: \x1b[31mb", "b", "a: ␛[31mb", "        ^", id="control characters are pictures"),
        pytest.param("a: \u202eb", "b", "a: \ufffdb", "    ^", id="the direction of writing stays"),
        pytest.param("a: b", "", "a: b", "^", id="nothing is underlined by one sign"),
    ],
)
def test_the_mark_stands_below_what_it_marks(
    finding: MakeFinding, run_of: MakeRun, text: str, word: str, line: str, mark: str
) -> None:
    assert shown(run_of(finding(word, in_=text), text=text)).splitlines()[3:] == [f"1 | {line}", f"  | {mark}"]


def test_a_long_line_is_cut_around_the_mark(finding: MakeFinding, run_of: MakeRun) -> None:
    text = "ports: [" + ", ".join(str(port) for port in range(8000, 9000)) + "]\nname: web\n"
    out = shown(run_of(finding("8500", in_=text), text=text), width=40)

    assert out.splitlines()[3:] == [
        "1 | …498, 8499, 8500, 8501, 8502, 8503,…",
        "  |             ^^^^",
        "2 | name: web",
    ]


def test_a_long_line_is_cut_at_its_end_only_where_the_mark_is_near_its_start(
    finding: MakeFinding, run_of: MakeRun
) -> None:
    text = "ports: [" + ", ".join(str(port) for port in range(8000, 9000)) + "]"
    out = shown(run_of(finding("8001", in_=text), text=text), width=40)

    assert out.splitlines()[3:] == ["1 | ports: [8000, 8001, 8002, 8003, 800…", "  |               ^^^^"]


def test_a_mark_longer_than_the_terminal_ends_with_the_line(finding: MakeFinding, run_of: MakeRun) -> None:
    text = "key: " + "日" * 100
    line, mark = shown(run_of(finding("日" * 100, in_=text), text=text), width=40).splitlines()[3:]

    assert line == "1 | key: " + "日" * 15 + "…"
    assert mark == "  |      " + "^" * 31


def test_several_lines_are_marked_at_their_side(finding: MakeFinding, run_of: MakeRun) -> None:
    out = shown(run_of(finding('- containerPort: "8080"\n          name', in_=POD), text=POD))

    assert out == dedent("""\
        error[wrong-type] containerPort is a string, not an integer
          --> web.yaml:9:9 (Pod web)
           |
         7 |       - name: web
         8 |         ports:
         9 | /         - containerPort: "8080"
        10 | |           name: http
           | |______________^
        """)


def test_a_mark_that_begins_within_a_line_says_where(finding: MakeFinding, run_of: MakeRun) -> None:
    text = "script: |\n  one\n  two\nend: true\n"

    assert shown(run_of(finding("|\n  one\n  two\n", in_=text), text=text)).splitlines()[2:] == [
        "  |",
        "1 |   script: |",
        "  |  _________^",
        "2 | |   one",
        "3 | |   two",
        "  | |_____^",
        "4 |   end: true",
    ]


def test_of_many_lines_the_middle_is_left_out(finding: MakeFinding, run_of: MakeRun) -> None:
    text = "\n".join(f"line-{number}: x" for number in range(1, 21))

    assert shown(run_of(finding(text, in_=text), text=text)).splitlines()[3:] == [
        " 1 | / line-1: x",
        " 2 | | line-2: x",
        " 3 | | line-3: x",
        "   | | ...",
        "19 | | line-19: x",
        "20 | | line-20: x",
        "   | |__________^",
    ]


def test_a_text_that_has_changed_since_costs_the_lines_only(finding: MakeFinding, run_of: MakeRun) -> None:
    found = finding("http", in_=POD)

    assert shown(run_of(found, text="")) == f"error[wrong-type] {found.message}\n  --> web.yaml:10:17 (Pod web)\n"


def test_a_hostile_message_stays_on_its_line(finding: MakeFinding, run_of: MakeRun) -> None:
    found = finding("web", in_=POD, message="a\n::error::b\x1b[2J", path="a\x07.yaml")

    assert shown(run_of(found, text=POD)).startswith("error[wrong-type] a␊::error::b␛[2J\n --> a␇.yaml:4:9")


def test_color_changes_nothing_but_the_looks(finding: MakeFinding, run_of: MakeRun) -> None:
    import re

    fix = Fix("Remove the quotes", safe=True, edits=(Edit("web.yaml", 0, 1, ""),))
    run = run_of(finding('"8080"', in_=POD, fix=fix), finding("web\n      ports", in_=POD), text=POD)
    painted = report(run, Style(color=True))

    assert "^^^^^^\x1b[0m" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == report(run, Style())


def test_the_summary_counts_what_was_found_hidden_and_skipped(finding: MakeFinding, run_of: MakeRun) -> None:
    run = run_of(
        finding("web", in_=POD),
        finding("web", in_=POD, claim=Claim.UNINTENDED),
        finding("web", in_=POD, claim=Claim.UNINTENDED),
        finding("web", in_=POD, claim=Claim.ADVICE),
        text=POD,
        files=8,
        documents=20,
        baselined=3,
        suppressed=2,
        skipped=[
            Skipped("a.yaml", "values"),
            Skipped("b/t.yaml", "unrendered-template"),
            Skipped("c.yaml", "values", 7),
        ],
    )

    assert report(run, Style()).endswith(
        dedent("""\

        Found 1 error, 2 warnings and 1 info in 8 files (20 documents)
        Not shown: 3 in the baseline
        Skipped 2 files and 1 document: 2 values, 1 unrendered-template (-v lists them)
        """)
    )
    assert report(run, Style(verbose=True)).endswith(
        dedent("""\

        Found 1 error, 2 warnings and 1 info in 8 files (20 documents)
        Not shown: 3 in the baseline and 2 suppressed
        Skipped 2 files and 1 document: 2 values, 1 unrendered-template
          a.yaml: values
          b/t.yaml: unrendered-template
          c.yaml:7: values
        """)
    )


def test_a_clean_run_says_how_much_it_has_seen(run_of: MakeRun) -> None:
    assert report(run_of(documents=2), Style()) == "No problems in 1 file (2 documents)\n"
    assert report(run_of(), Style(quiet=True)) == ""


def test_of_many_infos_that_say_the_same_one_is_shown(finding: MakeFinding, run_of: MakeRun) -> None:
    infos = [
        finding("name", in_=POD, claim=Claim.ADVICE)._replace(path=f"{number}.yaml", message="unchecked")
        for number in range(7)
    ]
    run = run_of(*infos, text=POD)
    [line] = shown(run).splitlines()
    assert line.startswith("0.yaml:")
    assert line.endswith("unchecked (and 6 times more; -v shows where)")
    assert shown(run, verbose=True).count("unchecked") == 7
    assert len(shown(run_of(*infos[:5], text=POD)).splitlines()) == 5
