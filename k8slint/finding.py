"""What a run says: plain, picklable data that reports, editors and the Python API see.

A finding knows nothing of nodes or rules. All are named tuples, which cost a start a third of what frozen dataclasses do. Lines and columns are 1-based, columns count characters, ends are exclusive;
the offsets of an edit count characters from the start of the file's text (a byte order mark is not part of the text).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Claim(StrEnum):
    """What a finding says will happen; it decides the default severity."""

    REJECTED = "rejected"
    """The API server refuses the object."""
    BROKEN = "broken"
    """The API server accepts the object, and it cannot work."""
    UNINTENDED = "unintended"
    """Accepted, and not what the author wrote or meant."""
    ADVICE = "advice"
    """It works and could be better."""


class Severity(StrEnum):
    """How loud a finding is. `OFF` is a setting only: no finding carries it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"

    @property
    def rank(self) -> int:
        """0 for off up to 3 for error, so that severities can be compared."""
        return _RANK[self]


_RANK = {Severity.OFF: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.ERROR: 3}

SEVERITY_OF_CLAIM = {
    Claim.REJECTED: Severity.ERROR,
    Claim.BROKEN: Severity.ERROR,
    Claim.UNINTENDED: Severity.WARNING,
    Claim.ADVICE: Severity.INFO,
}


class Resource(NamedTuple):
    """The object a finding is about, as its manifest names it; empty strings where the manifest says nothing."""

    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()


class Edit(NamedTuple):
    """Replace the characters `start` to `end` (exclusive) of the file `path` by `text`."""

    path: str
    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """Text edits that mend a finding. A safe fix changes what the manifest says only as the finding describes."""

    title: str
    safe: bool
    edits: tuple[Edit, ...]


class Related(NamedTuple):
    """Another place that explains the finding: the first of two duplicates, the Service that selects a pod."""

    path: str
    line: int
    column: int
    message: str


class Finding(NamedTuple):
    """One mistake at one place."""

    rule: str
    claim: Claim
    severity: Severity
    message: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    route: str = ""
    resource: Resource | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    url: str = ""
    source: str = ""
    """The file that rendered this one (helm's `# Source:` comment), where there is one."""

    @property
    def order(self) -> tuple[str, int, int, int, int, str, str]:
        """The key that findings are sorted by: file, place, rule."""
        return (self.path, self.line, self.column, self.end_line, self.end_column, self.rule, self.message)


class Skipped(NamedTuple):
    """A file, or a document of a file, that was not checked, and why (`unrendered-template`, `binary`, `values`, ...)."""

    path: str
    reason: str
    line: int = 0
    """The line the document begins on; 0 where the whole file was skipped."""
