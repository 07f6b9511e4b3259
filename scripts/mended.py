#!/usr/bin/env python3
"""Apply every fix to a copy of real manifests, and compare what was with what is.

    scripts/mended.py [--unsafe] [--preset NAME] [--diff] FOLDER ...

Looks at the bytes, not at what k8slint promised: only lines that a document changed in may differ, every comment is still there, each document says
what it said but for the routes that findings named (or what stands beside them), and a second run has nothing left to mend. Exit 1 where that is not so.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from k8slint import run
from k8slint.api import Finding, read_documents
from k8slint.plugins import Plugins

_COMMENT = re.compile(r"(?:^|\s)(#.*)$")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--unsafe", action="store_true", help="unsafe fixes too")
    parser.add_argument("--preset", default="strict")
    parser.add_argument("--diff", action="store_true", help="show what changed")
    given = parser.parse_args()
    folders = [folder.resolve() for folder in given.folders]
    complaints = []
    mended: Counter[str] = Counter()
    changed = 0
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        for number, folder in enumerate(folders):
            shutil.copytree(folder, Path(scratch, str(number)), symlinks=True)
        (Path(scratch) / ".k8slint.yaml").write_text(f"extends: {given.preset}\n")
        files = sorted(path for path in Path(scratch).rglob("*.*") if path.suffix in (".yaml", ".yml", ".json"))
        texts = {path: path.read_bytes() for path in files}
        named = _fixable(given.unsafe)
        options = ["--fix", *(["--unsafe-fixes"] if given.unsafe else [])]
        command = [sys.executable, "-m", "k8slint", "check", *options, "-q"]
        status = subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode
        if status not in (0, 1):
            complaints.append(f"k8slint check {' '.join(options)} ends with {status}")
        for path, before in texts.items():
            after = path.read_bytes()
            if before == after:
                continue
            changed += 1
            name = path.relative_to(scratch).as_posix()
            mended.update(finding.rule for finding in named.get(name, []))
            complaints += [f"{name}: {complaint}" for complaint in _compare(before, after, named.get(name, []))]
            if given.diff:
                old, new = (text.decode().splitlines(keepends=True) for text in (before, after))
                sys.stdout.writelines(difflib.unified_diff(old, new, name, name, n=1))
        for name, left in _fixable(given.unsafe).items():
            complaints += [f"{name}:{finding.line}: {finding.rule} is still to be mended" for finding in left]
    print("\n".join(complaints))
    print(f"{changed} files changed, of {len(texts)}; {len(complaints)} complaints")
    for rule, count in sorted(mended.items()):
        print(f"{count:6} {rule}")
    return 1 if complaints else 0


def _fixable(unsafe: bool) -> dict[str, list[Finding]]:
    """The findings below the current folder that have a fix, by file."""
    found: dict[str, list[Finding]] = {}
    result = run.check(["."], run.CheckOptions(config=Path(".k8slint.yaml")), Plugins())
    for finding in result.findings:
        if finding.fix is not None and (finding.fix.safe or unsafe):
            found.setdefault(finding.path, []).append(finding)
    return found


def _compare(before: bytes, after: bytes, named: list[Finding]) -> Iterator[str]:
    """What is wrong with how a file was mended."""
    old, new = before.decode(), after.decode()
    if (b"\r\n" in before) != (b"\r\n" in after):
        yield "line ends have changed"
    lost = _comments(old) - _comments(new)
    yield from (f"lost the comment {comment}" for comment in lost)
    one, other = read_documents(old), read_documents(new)
    if len(one) != len(other):
        yield f"had {len(one)} documents, and now {len(other)}"
        return
    routes = [_keys(finding.route) for finding in named]
    for first, second in zip(one, other, strict=True):
        if first.error or second.error:
            if str(first.error) != str(second.error):
                yield f"could be read as {first.error}, and now as {second.error}"
            continue
        for path in _differences(first.value, second.value):
            if not any(_near(path, route) for route in routes):
                yield f"{'.'.join(path)} has changed, which no finding named"


def _comments(text: str) -> Counter[str]:
    found = (_COMMENT.search(line) for line in text.splitlines())
    return Counter(match[1] for match in found if match)


def _keys(route: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[.\[\]]+", route) if part)


def _near(path: tuple[str, ...], route: tuple[str, ...]) -> bool:
    """Whether a path is a route, below it, above it, or two steps beside it (`requests.cpu` for `limits.cpu`)."""
    common = min(len(path), max(len(route) - 2, 0))
    return path[:common] == route[:common]


def _differences(old: object, new: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() | new.keys():
            if key in old and key in new:
                yield from _differences(old[key], new[key], (*path, str(key)))
            else:
                yield (*path, str(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for position, (first, second) in enumerate(zip(old, new, strict=True)):
            yield from _differences(first, second, (*path, str(position)))
    elif type(old) is not type(new) or old != new:
        yield path


if __name__ == "__main__":
    sys.exit(main())
