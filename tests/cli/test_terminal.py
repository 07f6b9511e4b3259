from __future__ import annotations

import io
import sys
import time

import pytest

from k8slint.cli import terminal
from k8slint.report.base import Style


@pytest.mark.parametrize(
    ("choice", "on_terminal", "environment", "expected"),
    [
        pytest.param("auto", True, {}, True, id="on a terminal"),
        pytest.param("auto", False, {}, False, id="not elsewhere"),
        pytest.param("auto", True, {"TERM": "dumb"}, False, id="not on a dumb one"),
        pytest.param("auto", True, {"NO_COLOR": "1"}, False, id="NO_COLOR turns it off"),
        pytest.param("auto", True, {"NO_COLOR": ""}, True, id="an empty NO_COLOR is none"),
        pytest.param("auto", False, {"FORCE_COLOR": "1"}, True, id="FORCE_COLOR turns it on"),
        pytest.param("auto", False, {"FORCE_COLOR": "0"}, False, id="FORCE_COLOR=0 does not"),
        pytest.param("auto", False, {"CLICOLOR_FORCE": "1"}, True, id="CLICOLOR_FORCE turns it on"),
        pytest.param("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="NO_COLOR wins"),
        pytest.param("always", False, {"NO_COLOR": "1"}, True, id="the option has the last word"),
        pytest.param("never", True, {"FORCE_COLOR": "1"}, False, id="both ways"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_colour(
    monkeypatch: pytest.MonkeyPatch, choice: str, on_terminal: bool, environment: dict[str, str], expected: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert terminal.has_color(choice, terminal=on_terminal) is expected


@pytest.mark.usefixtures("folder")
def test_the_width_is_what_is_asked_for_or_fits_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.width(sys.stdout) == terminal.FALLBACK_WIDTH
    monkeypatch.setenv("COLUMNS", "80")
    assert terminal.width(sys.stdout) == 80
    assert terminal.width(None) == terminal.FALLBACK_WIDTH
    monkeypatch.setenv("COLUMNS", "wide")
    assert terminal.width(sys.stdout) == terminal.FALLBACK_WIDTH


def test_what_the_encoding_cannot_hold_is_written_as_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    terminal.emit("name: 日本 \udcff ü\n", Style())

    assert raw.getvalue() == b"name: \\u65e5\\u672c \\udcff \xfc\n"


# ---- progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What time it is, to be set."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_short_run_shows_no_progress(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    progress = terminal.Progress()
    clock[0] += terminal.PROGRESS_AFTER / 2
    progress(1, 2)
    progress.clear()

    assert capsys.readouterr().err == ""


def test_a_long_run_counts_files_and_cleans_up(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    progress = terminal.Progress()
    clock[0] += terminal.PROGRESS_AFTER
    progress(99, 100)
    progress(100, 100)
    clock[0] += 1
    progress(100, 100)
    progress.clear()

    first, second, blank, rest = capsys.readouterr().err.split("\r")[1:]
    assert first == "Checked 99 of 100 files"
    assert second == "Checked 100 of 100 files"
    assert (blank, rest) == (" " * len(second), "")
