"""Fixes applied to files: in rounds, checked, shown as a difference, and written."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from k8slint import apply, edits, files
from k8slint.document import read
from k8slint.finding import Claim, Edit, Finding, Fix, Severity
from k8slint.nodes import Node
from k8slint.problem import Change, Mend


def finding(path: str, name: str, made: Sequence[Edit], *, line: int = 1, safe: bool = True) -> Finding:
    fix = Fix(f"mend {name}", safe, tuple(made))
    return Finding("some-rule", Claim.ADVICE, Severity.INFO, name, path, line, 1, line, 1, route=name, fix=fix)


def findings_for(path: str, text: str, changes: Iterator[tuple[Node, tuple[Change, ...]]]) -> list[Finding]:
    found = []
    for node, made in changes:
        document = node.root.document
        assert document is not None
        text_edits = edits.text_edits(document, Mend(made))
        assert text_edits is not None
        found.append(
            finding(path, node.route, text_edits, line=document.file.lines.position(max(node.key_start, 0))[0])
        )
    return found


def limits_without_requests(text: str) -> list[Finding]:
    """A rule with one finding, and one fix, for each limit."""

    def problems() -> Iterator[tuple[Node, tuple[Change, ...]]]:
        root = read("a.yaml", text).documents[0].root
        assert root is not None
        for name, limit in root["limits"].items():
            if name not in root["requests"]:
                yield limit, (root["requests", name].set(limit),)

    return findings_for("a.yaml", text, problems())


def test_fixes_that_want_one_place_are_applied_round_by_round() -> None:
    text = "limits:\n  cpu: 1\n  memory: 1Gi\n  storage: 2Gi\nother: x\n"
    fixed, outcome = apply.fix_file("a.yaml", text, limits_without_requests)
    assert fixed == text.replace("other", "requests:\n  cpu: 1\n  memory: 1Gi\n  storage: 2Gi\nother")
    assert [found.message for found in outcome.applied] == ["limits[cpu]", "limits[memory]", "limits[storage]"]
    assert outcome.settled
    assert not outcome.failed


def test_nothing_to_mend_changes_nothing() -> None:
    text = "limits: {}\n"
    fixed, outcome = apply.fix_file("a.yaml", text, limits_without_requests)
    assert fixed == text
    assert outcome == apply.Outcome()


def test_fixes_that_are_right_alone_and_wrong_together_are_applied_in_turn() -> None:
    """Each takes out one of two entries, and after both an empty mapping has to be left, not nothing."""

    def junk(text: str) -> list[Finding]:
        root = read("a.yaml", text).documents[0].root
        assert root is not None
        return findings_for("a.yaml", text, ((node, (node.remove(),)) for node in root["spec"].values()))

    text = "kind: A\nspec:\n  status: 1\n\n  # apart\n\n  uid: 2\n"
    fixed, outcome = apply.fix_file("a.yaml", text, junk)
    root = read("a.yaml", fixed).documents[0].root
    assert root is not None
    assert root.value == {"kind": "A", "spec": {}}
    assert len(outcome.applied) == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("list:\n- bad: 1\n- good\n- bad: 2\n- good\n", id="block"),
        pytest.param("list: [{bad: 1}, good, {bad: 2}, good]\n", id="flow"),
        pytest.param("anchor: &x good\nlist:\n- bad: 1\n- *x\n- bad: 2\n- *x\n", id="aliases"),
    ],
)
def test_elements_of_one_list_are_removed_one_by_one(text: str) -> None:
    def bad(now: str) -> list[Finding]:
        root = read("a.yaml", now).documents[0].root
        assert root is not None
        return findings_for("a.yaml", now, ((item, (item.remove(),)) for item in root["list"] if item["bad"].exists))

    fixed, outcome = apply.fix_file("a.yaml", text, bad)
    root = read("a.yaml", fixed).documents[0].root
    assert root is not None
    assert root["list"].value == ["good", "good"]
    assert len(outcome.applied) == 2


def test_unsafe_fixes_are_applied_if_asked_for() -> None:
    def lint(text: str) -> list[Finding]:
        return [finding("a.yaml", "a", [Edit("a.yaml", 3, 4, "2")], safe=False)] if text == "a: 1\n" else []

    assert apply.fix_file("a.yaml", "a: 1\n", lint)[0] == "a: 1\n"
    assert apply.fix_file("a.yaml", "a: 1\n", lint, unsafe=True)[0] == "a: 2\n"


@pytest.mark.parametrize(
    "made",
    [
        pytest.param([Edit("a.yaml", 3, 4, "'")], id="no YAML"),
        pytest.param([Edit("a.yaml", 5, 5, "a: 2\n")], id="a key twice"),
        pytest.param([Edit("a.yaml", 4, 5, "")], id="two lines in one"),
        pytest.param([Edit("a.yaml", 40, 50, "")], id="outside of the text"),
        pytest.param([Edit("a.yaml", 0, 3, "x"), Edit("a.yaml", 2, 4, "y")], id="overlaps itself"),
    ],
)
def test_a_fix_that_breaks_its_file_is_thrown_away_and_reported(made: list[Edit]) -> None:
    bad = finding("a.yaml", "bad", made)
    good = finding("a.yaml", "good", [Edit("a.yaml", 8, 9, "3")], line=2)

    def lint(text: str) -> list[Finding]:
        return [bad, good] if text.endswith("b: 2\n") else [bad]

    fixed, outcome = apply.fix_file("a.yaml", "a: 1\nb: 2\n", lint)
    assert fixed == "a: 1\nb: 3\n"
    assert outcome.failed == [bad]
    assert outcome.applied == [good]


def test_fixes_that_undo_one_another_come_to_an_end() -> None:
    def lint(text: str) -> list[Finding]:
        return [finding("a.yaml", text, [Edit("a.yaml", 3, 4, "2" if text == "a: 1\n" else "1")])]

    fixed, outcome = apply.fix_file("a.yaml", "a: 1\n", lint)
    assert fixed == "a: 2\n"
    assert not outcome.settled


def test_a_comment_is_edited_where_no_value_changes() -> None:
    text = "a: 1  # ignore this\n---\nb: [1,\n"
    start = text.index("  #")

    def lint(now: str) -> list[Finding]:
        return [finding("a.yaml", "comment", [Edit("a.yaml", start, start + 15, "")])] if "#" in now else []

    assert apply.fix_file("a.yaml", text, lint)[0] == "a: 1\n---\nb: [1,\n"


def test_what_cannot_be_read_is_mended_without_harm_to_the_rest() -> None:
    text = "a: 1\n---\nb: [1,\n---\nc: 3\n"
    broken = text.index(",")

    def lint(now: str) -> list[Finding]:
        return [finding("a.yaml", "bracket", [Edit("a.yaml", broken, broken + 1, "]")])] if "," in now else []

    assert apply.fix_file("a.yaml", text, lint)[0] == "a: 1\n---\nb: [1]\n---\nc: 3\n"

    def careless(now: str) -> list[Finding]:
        return [finding("a.yaml", "bracket", [Edit("a.yaml", broken, len(text), "]\n")])] if "," in now else []

    fixed, outcome = apply.fix_file("a.yaml", text, careless)
    assert fixed == text
    assert [found.message for found in outcome.failed] == ["bracket"]


def rename_everywhere(texts: Mapping[str, str]) -> list[Finding]:
    """A rule with a fix in two files: a name and the reference to it."""
    if "Web" not in texts.get("name.yaml", "") and "Web" not in texts.get("reference.yaml", ""):
        return []
    made = [Edit("name.yaml", 6, 9, "web"), Edit("reference.yaml", 5, 8, "web")]
    return [finding("name.yaml", "name", made)]


def test_a_fix_in_two_files_changes_both() -> None:
    texts = {"name.yaml": "name: Web\n", "reference.yaml": "ref: Web\n"}
    outcome = apply.fix_files(rename_everywhere(texts), texts.__getitem__, rename_everywhere)
    assert outcome.texts == {"name.yaml": "name: web\n", "reference.yaml": "ref: web\n"}


def test_a_fix_in_two_files_changes_neither_if_it_breaks_one() -> None:
    texts = {"name.yaml": "name: Web\n", "reference.yaml": "ref: Web\nweb: 1\n"}
    made = [Edit("name.yaml", 6, 9, "web"), Edit("reference.yaml", 0, 3, "web")]
    broken = finding("name.yaml", "name", made)
    outcome = apply.fix_files([broken], texts.__getitem__, lambda _: [broken])
    assert outcome.texts == {}
    assert outcome.failed == [broken]


def test_a_finding_elsewhere_is_looked_at_again_when_its_edits_have_moved() -> None:
    texts = {"a.yaml": "x: 1\ny: 2\n", "b.yaml": "z: 3\n"}

    def lint(now: Mapping[str, str]) -> list[Finding]:
        found = []
        if now.get("a.yaml", "").startswith("x: 1"):
            found.append(finding("a.yaml", "x", [Edit("a.yaml", 0, 5, "long: er\n")]))
        if now.get("b.yaml") == "z: 3\n":
            at = now.get("a.yaml", texts["a.yaml"]).index("y")
            found.append(finding("b.yaml", "z", [Edit("a.yaml", at + 3, at + 4, "4"), Edit("b.yaml", 3, 4, "5")]))
        return found

    outcome = apply.fix_files(lint(texts), texts.__getitem__, lint)
    assert outcome.texts == {"a.yaml": "long: er\ny: 4\n", "b.yaml": "z: 5\n"}


# ---------------------------------------------------------------------------------------------------- differences


def test_a_difference_reads_like_gits() -> None:
    assert apply.unified_diff("deploy/web.yaml", "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 4\nc: 3\n") == (
        "--- a/deploy/web.yaml\n+++ b/deploy/web.yaml\n@@ -1,3 +1,3 @@\n a: 1\n-b: 2\n+b: 4\n c: 3\n"
    )


def test_no_difference_is_no_text() -> None:
    assert apply.unified_diff("a.yaml", "a: 1\n", "a: 1\n") == ""


def test_a_missing_line_break_at_the_end_is_shown() -> None:
    assert apply.unified_diff("a.yaml", "a: 1", "a: 1\nb: 2\n").splitlines()[3:] == [
        "-a: 1",
        "\\ No newline at end of file",
        "+a: 1",
        "+b: 2",
    ]


def test_only_line_breaks_break_lines() -> None:
    assert apply.unified_diff("a.yaml", "a: \x0c\u2028x\nb: 1\r\n", "a: \x0c\u2028x\nb: 2\r\n").split("\n")[3:6] == [
        " a: \x0c\u2028x",
        "-b: 1\r",
        "+b: 2\r",
    ]


@pytest.mark.parametrize(
    ("path", "header"),
    [("/srv/a.yaml", "--- a/srv/a.yaml"), ("my files/a.yaml", "--- a/my files/a.yaml\t")],
)
def test_the_path_in_a_difference(path: str, header: str) -> None:
    assert apply.unified_diff(path, "a\n", "b\n").startswith(f"{header}\n")


def test_git_applies_the_difference(tmp_path: Path) -> None:
    import shutil
    import subprocess

    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    (tmp_path / "my file.yaml").write_bytes(b"a: 1\r\nb: 2")
    difference = apply.unified_diff("my file.yaml", "a: 1\r\nb: 2", "a: 1\r\nc: 3\nb: 4\n")
    subprocess.run([git, "apply"], cwd=tmp_path, input=difference.encode(), check=True)
    assert (tmp_path / "my file.yaml").read_bytes() == b"a: 1\r\nc: 3\nb: 4\n"


# ---------------------------------------------------------------------------------------------------- writing


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")],
)
def test_the_encoding_stays(tmp_path: Path, mark: bytes, encoding: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(mark + "größe: 1\r\n".encode(encoding))
    apply.rewrite(path, "größe: 1\r\n", "größe: 2\r\n")
    assert path.read_bytes() == mark + "größe: 2\r\n".encode(encoding)


def test_a_file_that_has_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 2\n")
    with pytest.raises(apply.RewriteError, match="has changed meanwhile"):
        apply.rewrite(path, "a: 1\n", "a: 3\n")
    assert path.read_text() == "a: 2\n"


def test_bytes_that_are_no_text_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: \xff\n")
    with pytest.raises(apply.RewriteError, match="is not UTF-8"):
        apply.rewrite(path, "a: \ufffd\n", "a: 1\n")
    assert path.read_bytes() == b"a: \xff\n"


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(apply.RewriteError, match=r"a\.yaml: no such file"):
        apply.rewrite(tmp_path / "a.yaml", "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_the_mode_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    path.chmod(0o751)
    files.write_atomically(path, b"a: 2\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o751
    assert path.read_bytes() == b"a: 2\n"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "there" / "a.yaml", tmp_path / "a.yaml"
    target.parent.mkdir()
    target.write_text("a: 1\n")
    try:
        link.symlink_to(Path("there") / "a.yaml")
    except OSError:
        pytest.skip("no links here")
    files.write_atomically(link, b"a: 2\n")
    assert link.is_symlink()
    assert target.read_bytes() == b"a: 2\n"


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(apply.RewriteError, match="no space left on device"):
        apply.rewrite(path, "a: 1\n", "a: 2\n")
    assert [found.name for found in tmp_path.iterdir()] == ["a.yaml"]
    assert path.read_text() == "a: 1\n"
