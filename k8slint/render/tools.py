"""The user's own helm and kustomize: finding them, and running them with a list of arguments and a time limit.

Nothing here goes through a shell, and nothing runs unless `k8slint render` was asked for.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT = 60.0
"""Seconds that one rendering may take, unless the user says otherwise."""

_TELLING = 600
"""Characters of a tool's complaint that are passed on."""


class RenderError(Exception):
    """A tool could not render: what it said, on one line."""


class Tool(NamedTuple):
    """A program, and how it is called before its own arguments come."""

    name: str
    command: tuple[str, ...]


def helm() -> Tool | None:
    """The helm of the user's PATH; None where there is none."""
    path = _which("helm")
    return Tool("helm", (path, "template")) if path else None


def kustomize() -> Tool | None:
    """The kustomize of the user's PATH, or the one within kubectl; None where there is neither."""
    path = _which("kustomize")
    if path:
        return Tool("kustomize", (path, "build"))
    path = _which("kubectl")
    return Tool("kubectl kustomize", (path, "kustomize")) if path else None


def _which(name: str) -> str | None:
    """A program by its name. Folders of the PATH that are relative do not count, nor does the current one, where Windows
    looks first: what lies there may come with the manifests."""
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]
    found = shutil.which(name, path=os.pathsep.join(folders)) if folders else None
    if found is None or not os.path.isabs(found):
        return None
    return found


def call(command: Sequence[str], *, timeout: float) -> str:
    """What a command writes to stdout. Raises RenderError where it fails, takes too long or writes no text."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a list of arguments, for a program from the user's own PATH
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A group of its own, so that what it starts (kustomize runs git) ends with it.
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        raise RenderError(f"it cannot be started: {error.strerror or error}") from None
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        _end(process)
        raise RenderError(f"it took longer than {timeout:g} seconds and was stopped (--timeout)") from None
    except BaseException:
        _end(process)
        raise
    if process.returncode:
        raise RenderError(_complaint(err) or f"it ended with exit code {process.returncode}")
    try:
        return out.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise RenderError("it wrote something that is not UTF-8") from None


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        # It has just ended by itself.
        return
    finally:
        process.communicate()


def _complaint(stderr: bytes) -> str:
    """What a tool wrote to stderr, from its error on, on one line."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    start = next((number for number, line in enumerate(lines) if line.lower().startswith("error")), 0)
    # Advice that helm adds for its own users.
    kept = [line for line in lines[start:] if not line.startswith("Use --debug flag")]
    text = " ".join(kept)
    text = text[len("error:") :].lstrip() if text.lower().startswith("error:") else text
    return text if len(text) <= _TELLING else text[: _TELLING - 1] + "…"
