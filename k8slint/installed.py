"""Which plugins are installed: the entry points of one group, read straight from the installed packages' metadata.

`importlib.metadata` answers the same question, and importing it (with email, zipfile and what they need) takes a third of the time that a run on one
file may take. Packages in zip files, which it can also see, are not looked for.

Source: https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import os
import sys


def entry_points(group: str) -> list[tuple[str, str]]:
    """Name and object reference (`module` or `module:attribute`) of each entry point of a group, each pair once.

    Two packages may well have entry points of one name.
    """
    found: dict[tuple[str, str], None] = {}
    for folder in dict.fromkeys(sys.path):
        for path in _metadata_folders(folder or os.curdir):
            text = _read(os.path.join(path, "entry_points.txt"))
            if group in text:
                found |= dict.fromkeys(_section(text, group).items())
    return list(found)


def _metadata_folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        # An entry of sys.path need not exist, or is a zip file.
        return []


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        # Most packages have no entry points; an .egg-info can be a file.
        return ""


def _section(text: str, group: str) -> dict[str, str]:
    """The `name = reference` lines under `[group]`."""
    entries: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            inside = line == f"[{group}]"
        elif inside and "=" in line and not line.startswith(("#", ";")):
            name, _, reference = line.partition("=")
            # Extras (`module [extra]`) are obsolete and ask for nothing here.
            entries[name.strip()] = reference.partition("[")[0].strip()
    return entries
