"""Findings that are not to be reported again, in a file: JSON, an entry a line, sorted; a diff tells what changed.

A finding is known again by its rule, file, object and field, wherever in the file they have moved to. Its message is no
part of that: messages are improved, and hold values that change. Neither are positions in lists: a container put before
another makes no new mistake. So equal findings are counted, and an entry absorbs as many as it counted.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from k8slint.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from k8slint.finding import Finding

VERSION = 1
"""The version of the file's format."""


class BaselineError(Exception):
    """A baseline that cannot be read or written; the message is a sentence for the user."""


class Identity(NamedTuple):
    """What makes two findings the same one at two times."""

    path: str
    """Relative to the baseline's folder, with forward slashes."""
    resource: str
    """Kind, namespace and name: `Deployment shop/web`."""
    route: str
    """The field, without positions in lists: `spec.containers[].image`."""
    rule: str
    words: str
    """Where there is neither object nor field (a file that cannot be read), the message without its numbers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a baseline: a finding, its message when it was written, and how often it occurs."""

    identity: Identity
    message: str
    count: int

    def __str__(self) -> str:
        path, resource, route = self.identity[:3]
        where = " ".join(part for part in (resource, route) if part)
        return f"{path}: {where + ': ' if where else ''}{self.message} [{self.identity.rule}]"


_POSITION = re.compile(r"\[\d+\]")
_NUMBER = re.compile(r"\d+")


def identity(finding: Finding, path: str = "") -> Identity:
    """The identity of a finding; `path` is its file's where that is not the one the finding shows."""
    resource = finding.resource
    named = ""
    if resource is not None:
        name = f"{resource.namespace}/{resource.name}" if resource.namespace else resource.name
        named = f"{resource.kind} {name}".strip()
    route = _POSITION.sub("[]", finding.route)
    words = "" if named or route else _NUMBER.sub("#", finding.message)
    return Identity(path or finding.path, named, route, finding.rule, words)


def fingerprint(finding: Finding, occurrence: int = 0) -> str:
    """32 hex digits that stay the same when lines move or a message is reworded.

    `occurrence` counts the findings of the same identity before this one.
    """
    from hashlib import sha256

    return sha256("\0".join([*identity(finding), str(occurrence)]).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """The fingerprint of each finding, no two alike."""
    seen: Counter[Identity] = Counter()
    made = []
    for finding in findings:
        key = identity(finding)
        made.append(fingerprint(finding, seen[key]))
        seen[key] += 1
    return made


class Baseline:
    """The entries of a baseline, and how much of each has been met in this run."""

    def __init__(self, entries: Iterable[Entry], folder: str | Path) -> None:
        self.entries: dict[Identity, Entry] = {}
        for entry in entries:
            known = self.entries.get(entry.identity)
            # Twice the same line is what a merge leaves behind.
            count = entry.count + (known.count if known else 0)
            self.entries[entry.identity] = Entry(entry.identity, entry.message, count)
        self._folder = _Folder(folder)
        self._left = {key: entry.count for key, entry in self.entries.items()}

    def matches(self, finding: Finding) -> bool:
        """Whether a finding is in the baseline. Each entry absorbs as many as it counted, so ask once a finding."""
        key = identity(finding, self._folder.relative(finding.path))
        left = self._left.get(key, 0)
        if left:
            self._left[key] = left - 1
        return left > 0

    def fixed(self, checked: Iterable[str] | None = None) -> list[Entry]:
        """The entries that did not occur, with how often they are missing, once all findings have been asked for.

        `checked` are the paths that were checked, as findings show them: of other files, as long as they exist, nobody
        can say. Without it all count as checked.
        """
        paths = None if checked is None else {self._folder.relative(path) for path in checked}
        return [
            Entry(key, self.entries[key].message, left)
            for key, left in self._left.items()
            if left and (paths is None or key.path in paths or not self._folder.has(key.path))
        ]


class _Folder:
    """The folder of a baseline, to which its paths are relative."""

    def __init__(self, folder: str | Path) -> None:
        self.path = os.path.realpath(folder)
        self._relative: dict[str, str] = {}

    def relative(self, path: str) -> str:
        """A finding's path (relative to the current folder) as seen from here."""
        known = self._relative.get(path)
        if known is None:
            known = self._relative[path] = path if path.startswith("<") else self._seen_from(self.path, path)
        return known

    def has(self, path: str) -> bool:
        """Whether a file of the baseline exists."""
        return path.startswith("<") or os.path.exists(os.path.join(self.path, path))

    @staticmethod
    def _seen_from(folder: str, path: str) -> str:
        # The folder is resolved and not the file: a link to a manifest is a manifest of its own.
        parent, name = os.path.split(os.path.abspath(path))
        full = os.path.join(os.path.realpath(parent), name)
        if os.path.splitdrive(full)[0] == os.path.splitdrive(folder)[0]:
            full = os.path.relpath(full, folder)
        return full.replace(os.sep, "/")


# ---------------------------------------------------------------------------------------------------- the file


def write(path: str | Path, findings: Iterable[Finding]) -> int:
    """Writes a baseline of findings in place of the file that was there, all of it or nothing; returns their number.

    Raises BaselineError where the file cannot be written.
    """
    target = os.path.realpath(path)
    folder = _Folder(os.path.dirname(target))
    counts: Counter[Identity] = Counter()
    messages: dict[Identity, str] = {}
    for finding in findings:
        key = identity(finding, folder.relative(finding.path))
        counts[key] += 1
        # The least of the messages, so that the file does not depend on the order of findings.
        messages[key] = min(messages.get(key, finding.message), finding.message)
    text = _text(Entry(key, messages[key], counts[key]) for key in sorted(counts))
    try:
        # A name of undecodable bytes is written as JSON's own escape.
        write_atomically(target, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise BaselineError(f"cannot write the baseline {path}: {error.strerror or error}") from error
    return counts.total()


def load(path: str | Path) -> Baseline:
    """The baseline in a file. Raises BaselineError for one that is not there or is none."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            content = json.load(file)
    except OSError as error:
        raise BaselineError(f"cannot read the baseline {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"the baseline {path} is not JSON: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("findings"), list) or "version" not in content:
        raise BaselineError(f'{path} is not a baseline: it has no "version" and list of "findings"')
    if content["version"] != VERSION:
        raise BaselineError(
            f"the baseline {path} has version {content['version']}, and this k8slint reads version {VERSION}: "
            "write it anew with --write-baseline"
        )
    entries = []
    for number, written in enumerate(content["findings"], 1):
        entry = _entry(written)
        if entry is None:
            raise BaselineError(f"entry {number} of the baseline {path} is not one: it needs path, rule and count")
        entries.append(entry)
    return Baseline(entries, os.path.dirname(os.path.realpath(path)))


def _text(entries: Iterable[Entry]) -> str:
    lines = ",\n".join("    " + json.dumps(_written(entry), ensure_ascii=False) for entry in entries)
    listed = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {listed}\n}}\n'


def _written(entry: Entry) -> dict[str, str | int]:
    path, resource, route, rule, _ = entry.identity
    fields: dict[str, str | int] = {"path": path, "resource": resource, "route": route, "rule": rule}
    return {key: value for key, value in fields.items() if value} | {"message": entry.message, "count": entry.count}


def _entry(written: object) -> Entry | None:
    if not isinstance(written, dict):
        return None
    path, resource, route, rule, message = (
        written.get(key, "") for key in ("path", "resource", "route", "rule", "message")
    )
    count = written.get("count")
    texts = (path, resource, route, rule, message)
    if not all(isinstance(text, str) for text in texts) or not path or not rule:
        return None
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        return None
    words = "" if resource or route else _NUMBER.sub("#", message)
    return Entry(Identity(path, resource, route, rule, words), message, count)
