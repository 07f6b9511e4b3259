"""Where output goes: colour or none, how wide, a file or stdout, progress on stderr."""

from __future__ import annotations

import os
import re
import sys
import time
from typing import TYPE_CHECKING

from k8slint.report.base import Style

if TYPE_CHECKING:
    from typing import TextIO

FALLBACK_WIDTH = 120
"""Columns where nobody says how many there are: a log of CI, a file."""

PROGRESS_AFTER = 0.5
"""Seconds until progress is shown: what is done sooner needs none."""


def has_color(choice: str, *, terminal: bool) -> bool:
    """Whether to use colour: what `--color` says (`auto`, `always`, `never`), else the environment, else on a terminal.

    See no-color.org and force-color.org; `NO_COLOR` wins.
    """
    if choice != "auto":
        return choice == "always"
    environ = os.environ
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0", "false") or environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return terminal and environ.get("TERM") != "dumb"


def width(stream: TextIO | None) -> int:
    """Columns of the terminal that a stream is, `COLUMNS` where that is set, else a width that suits a log."""
    columns = os.environ.get("COLUMNS", "")
    if stream is None:
        return FALLBACK_WIDTH
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or FALLBACK_WIDTH
    except (OSError, ValueError):
        return FALLBACK_WIDTH


def style(color: str, stream: TextIO | None, *, verbose: bool = False, quiet: bool = False) -> Style:
    """How to write to a stream; None is a file."""
    terminal = stream is not None and stream.isatty()
    return Style(has_color(color, terminal=terminal), width(stream), verbose, quiet)


def emit(text: str | bytes, look: Style | None = None, *, err: bool = False) -> None:
    """Writes to stdout (or stderr), whatever its encoding can hold; bytes are written as they are.

    A reader that has gone away (`| head`) is no failure.
    """
    stream = sys.stderr if err else sys.stdout
    if (stream.errors or "strict") in ("strict", "surrogateescape") and hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    try:
        if isinstance(text, bytes):
            stream.flush()
            stream.buffer.write(text)
        else:
            stream.write(text if (look.color if look else stream.isatty()) else _plain(text))
        stream.flush()
    except BrokenPipeError:
        # What is still buffered would fail again when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _plain(text: str) -> str:
    """A text without colours, and without those that a manifest may have brought along."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text) if "\x1b" in text else text


def say(text: str) -> None:
    """Writes a line to stderr: what is not the result."""
    emit(f"{text}\n", err=True)


class Progress:
    """A line on stderr that counts files, shown once a run takes long, and gone before anything else is written."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.shown = 0.0
        self.width = 0

    def __call__(self, done: int, total: int) -> None:
        """Called with the number of files done and how many there are."""
        now = time.monotonic()
        if now - self.started < PROGRESS_AFTER or now - self.shown < 0.1:
            return
        self.shown = now
        text = f"Checked {done} of {total} files"
        self.width = max(self.width, len(text))
        self._write(f"\r{text:<{self.width}}")

    def clear(self) -> None:
        """Takes the line away."""
        if self.width:
            self._write(f"\r{'':<{self.width}}\r")
            self.width = 0

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
