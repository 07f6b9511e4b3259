"""Paths and the `file:` uris that editors have for them (RFC 8089).

The standard library's `urllib.parse` does the same in more general terms, and takes longer to import than all else here about the protocol.
"""

from __future__ import annotations

import os
import re
from typing import Final

WINDOWS: Final = os.name == "nt"

_DRIVE = re.compile(r"/([A-Za-z]):(?=/|$)")
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")
_SPECIAL = re.compile(rb"[^A-Za-z0-9/_.~-]")
_HALF = re.compile("[\ud800-\udfff]")


def to_path(uri: str, *, windows: bool = WINDOWS) -> str | None:
    """The path of a `file:` uri; None of another, and of one that no file can have. Names that are no UTF-8 are as `os` has them."""
    if uri[:5].lower() != "file:" or _HALF.search(uri):
        return None
    rest = re.split(r"[?#]", uri[5:], maxsplit=1)[0]
    host = ""
    if rest.startswith("//"):
        host, slash, rest = rest[2:].partition("/")
        rest = slash + rest
    path = _plain(rest)
    if not path or "\0" in path:
        return None
    if host and host.lower() != "localhost":
        path = f"//{_plain(host)}{path}"
    if not windows:
        return path
    drive = _DRIVE.match(path)
    # Editors write drives in either case, and one project is to be one.
    return (drive[1].lower() + path[2:] if drive else path).replace("/", "\\")


def of_path(path: str, *, windows: bool = WINDOWS) -> str:
    """The uri of an absolute path."""
    if windows:
        path = path.replace("\\", "/")
        if path[1:2] == ":":
            return f"file:///{path[0].lower()}:{_quoted(path[2:])}"
    # A path that begins with two slashes names a host.
    return f"file:{_quoted(path)}" if path.startswith("//") else f"file://{_quoted(path)}"


def _plain(text: str) -> str:
    data = _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), text.encode())
    return data.decode("utf-8", "surrogateescape")


def _quoted(path: str) -> str:
    data = path.encode("utf-8", "surrogateescape")
    return _SPECIAL.sub(lambda found: b"%%%02X" % found[0][0], data).decode("ascii")
