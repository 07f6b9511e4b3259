"""What command lines mean."""

from __future__ import annotations

import doctest

import pytest

from k8slint import shell


def test_examples() -> None:
    result = doctest.testmod(shell)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize(
    ("words", "at", "script"),
    [
        (["sh", "-c", "echo"], 0, 2),
        (["/bin/bash", "-euo", "pipefail", "-c", "echo"], 0, 4),
        (["bash", "-ceuo", "pipefail", "echo"], 0, 3),
        (["bash", "-c", "-e", "echo"], 0, 3),
        (["bash", "-o", "errexit", "-c", "--", "echo"], 0, 5),
        (["bash", "--norc", "-lc", "echo"], 0, 3),
        (["timeout", "5", "sh", "-c", "echo"], 2, 4),
        (["kubectl", "exec", "web", "--", "sh", "-xc", "echo", "more"], 4, 6),
        (["sh", "run.sh", "-c", "echo"], 0, None),
        (["sh", "-e", "run.sh"], 0, None),
        (["sh", "-c"], 0, None),
        (["busybox", "ash"], 1, None),
        (["powershell.exe", "-Command", "ls"], 0, 1),
        (["C:\\Windows\\System32\\cmd.exe", "/c", "dir"], 0, 1),
    ],
)
def test_shells_and_their_scripts(words: list[str], at: int, script: int | None) -> None:
    found = shell.find_shell(words)
    assert found is not None
    assert (found.at, found.script) == (at, script)


@pytest.mark.parametrize("words", [[], ["nginx"], ["/app/sh/run"], ["shell", "-c", "echo"], ["run.sh"]])
def test_what_is_no_shell(words: list[str]) -> None:
    assert shell.find_shell(words) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["server", "--port", "$PORT"], [0, 1, 2]),
        (["timeout", "$LIMIT", "sh", "-c", "echo $A", "$B"], [0, 1]),
        (["bash", "run.sh", "$A"], [0, 1, 2]),
        (["bash", "-i"], []),
        (["awk", "{print $NF}"], []),
        (["python3", "-c", "print('$A')"], []),
        (["server", "-e", "print $A", "$B"], [0, 1, 3]),
    ],
)
def test_words_that_reach_a_program_as_they_stand(words: list[str], expected: list[int]) -> None:
    assert list(shell.literal(words)) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("python app.py --name 'a b'", ["python", "app.py", "--name", "a b"]),
        ("  nginx\n", ["nginx"]),
        ("bash -ec echo a; echo b", ["bash", "-ec", "echo a; echo b"]),
        ("sh -c", ["sh", "-c"]),
        ("ls *.txt", ["/bin/sh", "-c", "ls *.txt"]),
        ("server --name $(NAME)", ["server", "--name", "$(NAME)"]),
        ("echo $(date)", ["/bin/sh", "-c", "echo $(date)"]),
        ("it's", None),
        (" ", None),
    ],
)
def test_splitting_a_command_in_one_string(text: str, words: list[str] | None) -> None:
    assert shell.split(text) == words


def test_references_that_kubernetes_expands() -> None:
    assert shell.references("$(A):$(B)$$(C)$$$(D) $E $( $()") == ["A", "B", "D", " $("]
    assert shell.references("no reference") == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["server", "&&", "more"], "&&"),
        (["server", "--separator", "|"], None),
        (["server", "-l", "|"], "|"),
        (["cut", "-d", "|"], None),
        (["server", "2>&1"], "2>&1"),
        (["server", "<none>"], None),
        (["server", "--id=`id -u`"], "`id -u`"),
        (["server", "--id=$(ID)"], None),
        (["rm", "/data/*"], "/data/*"),
        (["server", "/data/*"], None),
        (["sh", "-c", "a && b"], None),
        ([], None),
    ],
)
def test_syntax_that_no_shell_reads(words: list[str], found: str | None) -> None:
    assert next((syntax.text for syntax in shell.syntax(words)), None) == found


@pytest.mark.parametrize(("word", "expected"), [("date", True), ("hostname", True), ("DATE", False), ("node", False)])
def test_programs_that_are_hardly_names_of_variables(word: str, expected: bool) -> None:
    assert shell.is_command(word) is expected
