"""The program as a whole, most of it as a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from k8slint import __version__

from .manifests import CLEAN, ERROR

K8slint = Callable[..., Result]

PROGRAM = [sys.executable, "-m", "k8slint"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


def program(*arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload,no-any-return]


def test_the_version(k8slint: K8slint) -> None:
    assert k8slint("--version").stdout == f"k8slint {__version__}\n"


def test_the_help_lists_the_commands_in_order(k8slint: K8slint) -> None:
    commands = re.search(r"Commands:\n((?:  .*\n)+)", k8slint("--help").stdout)

    assert commands
    assert [line.split()[0] for line in commands[1].splitlines()][:4] == ["check", "rules", "explain", "init"]


@pytest.mark.parametrize("command", ["check", "rules", "explain", "init"])
def test_every_command_has_help_that_fits(k8slint: K8slint, command: str) -> None:
    result = k8slint(command, "-h")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: k8slint {command} ")
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_help_of_check_is_in_sections(k8slint: K8slint) -> None:
    titles = re.findall(r"^(\w+):$", k8slint("check", "--help").stdout, re.MULTILINE)

    assert titles == ["Mending", "Rules", "Input", "Output"]


def test_an_unknown_command_comes_with_the_one_that_was_meant(k8slint: K8slint, folder: Path) -> None:
    result = k8slint("chekc")
    assert result.exit_code == 2
    assert "No such command 'chekc'. Did you mean 'check'?" in result.stderr

    (folder / "web.yaml").write_text(CLEAN)
    assert "Did you mean 'k8slint check web.yaml'?" in k8slint("web.yaml").stderr


def test_exit_codes_and_streams_of_a_process(folder: Path) -> None:
    (folder / "clean.yaml").write_text(CLEAN)
    (folder / "error.yaml").write_text(ERROR)

    clean = program("check", "clean.yaml")
    assert (clean.returncode, clean.stdout, clean.stderr) == (0, "No problems in 1 file (1 document)\n", "")
    failed = program("check", "error.yaml")
    assert (failed.returncode, failed.stderr) == (1, "")
    assert "\x1b" not in failed.stdout
    missing = program("check", "missing.yaml")
    assert (missing.returncode, missing.stdout) == (2, "Nothing was checked\n")


def test_colour_can_be_forced(folder: Path) -> None:
    (folder / "error.yaml").write_text(ERROR)

    assert program("check", env={**os.environ, "FORCE_COLOR": "1"}).stdout.startswith("\x1b[31;1merror[duplicate-key]")


def test_a_crash_is_2_and_says_what_to_do(folder: Path) -> None:
    crash = "import k8slint.run\ndef check(*_): raise RuntimeError('at sea')\nk8slint.run.check = check\n"
    code = crash + "import sys\nfrom k8slint.cli import main\nsys.argv = ['k8slint', 'check']\nmain()\n"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.returncode == 2
    assert "RuntimeError: at sea" in result.stderr
    assert "please report it" in result.stderr


@POSIX
def test_a_reader_that_goes_away_is_no_failure(folder: Path) -> None:
    (folder / "many.yaml").write_text("---\n".join(ERROR.replace("twice", f"twice-{n}") for n in range(2000)))
    with subprocess.Popen([*PROGRAM, "check"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()

    assert process.returncode == 1
    assert errors == b""


@POSIX
def test_interrupting_it_ends_it_quietly(folder: Path) -> None:
    with subprocess.Popen([*PROGRAM, "check", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stderr
        # More than a pipe holds: once it is written, the program has been imported and is reading.
        for _ in range(20):
            os.write(process.stdin.fileno(), b"#" * 16384)
        while process.poll() is None:
            # Python forgets a signal that comes just as data does, so it may take another, as it would take a user.
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
        errors = process.stderr.read()

    assert process.returncode == 130
    assert errors == b"\n"


# ---- completion


def completed(words: str, folder: Path) -> list[str]:
    environment = {
        **os.environ,
        "_K8SLINT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    out = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'k8slint'; from k8slint.cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    ).stdout
    return [line.partition(",")[2] for line in out.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("k8slint ch", "check"),
        ("k8slint check --stat", "--statistics"),
        ("k8slint check --format conc", "concise"),
        ("k8slint check --select limits-w", "limits-without-requests"),
        ("k8slint check --select resources,limits-w", "resources,limits-without-requests"),
        ("k8slint check --ignore al", "all"),
        ("k8slint explain limits-w", "limits-without-requests"),
        ("k8slint rules --preset ess", "essential"),
    ],
)
def test_shells_complete(folder: Path, words: str, expected: str) -> None:
    assert completed(words, folder) == [expected]
