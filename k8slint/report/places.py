"""Where files are for those who read a report elsewhere: relative to the root of the git repository.

Findings name their files as seen from the current folder, which is right in a terminal. What GitHub, GitLab or Jenkins
shows beside the code has to be named as the repository names it, wherever in it k8slint was started.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from k8slint.document import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from k8slint.finding import Finding
    from k8slint.run import Run


def repository(start: str = os.curdir) -> str:
    """The root of the git repository that a folder is in, links resolved; the folder itself where it is in none."""
    here = folder = os.path.realpath(start)
    # In a worktree, and in a submodule, `.git` is a file.
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return here
        folder = above
    return folder


class Places:
    """Paths, and texts, of the files of a run; each is looked up once."""

    def __init__(self, run: Run) -> None:
        self.root = repository()
        self._run = run
        self._paths: dict[str, str] = {}
        self._lines: dict[str, Lines] = {}

    def path(self, shown: str) -> str:
        """A finding's path, relative to the root of the repository with forward slashes; absolute if it is outside."""
        known = self._paths.get(shown)
        if known is None:
            # Standard input without a name is in no folder.
            known = self._paths[shown] = shown if shown == "<stdin>" else relative(self.root, shown)
        return known

    def lines(self, shown: str) -> Lines:
        """The lines of a file, by the path that findings show; none where the file is gone."""
        known = self._lines.get(shown)
        if known is None:
            known = self._lines[shown] = Lines(self._run.text(shown))
        return known

    def fingerprinted(self, findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
        """Findings with their fingerprints, which are the same from whichever folder k8slint was started."""
        from k8slint.baseline import fingerprints

        listed = list(findings)
        prints = fingerprints(finding._replace(path=self.path(finding.path)) for finding in listed)
        return zip(listed, prints, strict=True)


def relative(root: str, path: str) -> str:
    """A path as seen from a root folder, whose links are resolved."""
    # The folder is resolved and not the file: a link to a manifest is a manifest of its own.
    parent, name = os.path.split(os.path.abspath(path))
    full = os.path.join(os.path.realpath(parent), name)
    below = full.startswith(os.path.join(root, ""))
    return (full[len(os.path.join(root, "")) :] if below else full).replace(os.sep, "/")
