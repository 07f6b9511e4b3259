"""What has changed since a git revision, so that only findings in it are reported.

The comparison is the one of a pull request: what the files are now, committed or not, against where the branch left the
revision. What is not tracked is new. A document of a manifest has changed unless the revision has the very same, in the
file it is in now or in one that it was taken out of: documents that move, and files that are renamed, are not new.
Documents are compared, and not the lines of `git diff`, which of two similar documents may take the wrong one for new.

Git is asked for names and contents only, never with a program that the repository names.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from k8slint import dialect, source
from k8slint.report.places import relative, repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from k8slint.finding import Finding

_MANIFESTS = (".yaml", ".yml", ".json")
_LINK = b"120000"
_OF_ONE_REPOSITORY = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}


class ChangesError(Exception):
    """Git cannot say what has changed; the message is a sentence for the user."""


class Changes:
    """The changes of the repository around a folder since a revision. Raises ChangesError where git cannot tell."""

    def __init__(self, revision: str, folder: str = os.curdir) -> None:
        self.git = _Git(repository(folder), revision)
        self.root = self.git.root
        self.tracked = set(self.git.tracked())
        self._old = self.git.changed(self.git.base())
        """The texts of changed files in the revision, by path; "" for those it does not have."""
        self._files: dict[str, _File] = {}
        self._known: dict[str, _File | bool] = {}

    def concern(self, finding: Finding) -> bool:
        """Whether a finding, or a place that it speaks of, is in something that has changed."""
        return self._touches(finding.path, finding.line, finding.end_line) or any(
            self._touches(related.path, related.line, related.line) for related in finding.related
        )

    def _touches(self, shown: str, first: int, last: int) -> bool:
        known = self._known.get(shown)
        if known is None:
            known = self._known[shown] = self._found(shown)
        return known if isinstance(known, bool) else known.touches(first, last, self._moved)

    def _found(self, shown: str) -> _File | bool:
        """What has changed in a file, by the path that findings show; or whether all of it counts, or nothing."""
        # A link changes with what it leads to.
        full = os.path.realpath(shown) if os.path.islink(shown) else os.path.abspath(shown)
        path = relative(self.root, full)
        if path in self.tracked and path not in self._old:
            return False
        # Of what is in another repository, or in none, nobody can say that it is old.
        return os.path.isabs(path) or repository(os.path.dirname(full)) != self.root or self._file(path)

    def _file(self, path: str) -> _File:
        known = self._files.get(path)
        if known is None:
            now = source.load(os.path.join(self.root, path)).text or ""
            known = self._files[path] = _File(path, self._old.get(path, ""), now)
        return known

    @cached_property
    def _moved(self) -> Counter[str]:
        """The documents that were taken out of files: where they turn up, they are not new."""
        return sum((self._file(path).gone for path in self._old if path.endswith(_MANIFESTS)), Counter())


class _File:
    """What has changed in a file: whole documents of a manifest, lines of what is none."""

    def __init__(self, path: str, old: str, now: str) -> None:
        self.old, self.now = old, now
        self.manifest = path.endswith(_MANIFESTS)
        before = Counter(text for _, _, text in _documents(old)) if self.manifest else Counter[str]()
        self.documents = list(_documents(now)) if self.manifest else []
        self.new: set[int] = set()
        """Documents, by their number, that the file did not have."""
        for number, (_, _, text) in enumerate(self.documents):
            if before[text]:
                before[text] -= 1
            else:
                self.new.add(number)
        self.gone = +before
        self._seen_moved = False

    def touches(self, first: int, last: int, moved: Counter[str]) -> bool:
        if not self.manifest:
            return any(start <= last and first <= end for start, end in self._lines)
        if not self._seen_moved:
            self._seen_moved = True
            for number in sorted(self.new):
                text = self.documents[number][2]
                if moved[text]:
                    moved[text] -= 1
                    self.new.discard(number)
        numbers = {self._number(first), self._number(last)}
        # What is in no document (a separator that is none) is about the file as a whole, which has changed.
        return bool(numbers & self.new) or None in numbers

    def _number(self, line: int) -> int | None:
        at = bisect_right(self.documents, line, key=lambda document: document[0]) - 1
        # The separator behind a document is where one that breaks off is complained of.
        return at if at >= 0 and line <= self.documents[at][1] + 1 else None

    @cached_property
    def _lines(self) -> list[tuple[int, int]]:
        """First and last lines of what was put in, or stands where something was taken out."""
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(None, self.old.splitlines(), self.now.splitlines(), autojunk=False)
        return [(start + 1, max(start + 1, end)) for tag, _, _, start, end in matcher.get_opcodes() if tag != "equal"]


def _documents(text: str) -> Iterator[tuple[int, int, str]]:
    """First and last lines (1-based) of the documents of a text, and what they say, however their lines end."""
    line, position = 1, 0
    for chunk in dialect.split(text)[0]:
        line += text.count("\n", position, chunk.start)
        content = text[chunk.start : chunk.end]
        last = line + content.rstrip("\r\n").count("\n")
        yield line, last, "\n".join(row.rstrip() for row in content.strip().splitlines()).removeprefix("---\n")
        position = chunk.start


class _Git:
    """The questions to git; every answer is about names and contents."""

    def __init__(self, root: str, revision: str) -> None:
        from shutil import which

        self.root = root
        self.revision = revision
        program = which("git")
        if program is None:
            raise ChangesError("--diff-base needs git, which is not installed")
        if not os.path.exists(os.path.join(root, ".git")):
            raise ChangesError(f"--diff-base {revision}: this folder is in no git repository")
        self.program = program

    def base(self) -> str:
        """The commit in which the current branch left the revision."""
        named = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{self.revision}^{{commit}}")
        if not named:
            raise self._error("git knows no such revision (in a shallow clone, fetch it first)")
        common = self._ask("merge-base", named.decode().strip(), "HEAD")
        if not common:
            raise self._error(
                "it has no commit in common with what is checked out (in a shallow clone, fetch more of the history)"
            )
        return common.decode().strip()

    def tracked(self) -> list[str]:
        """All files that git knows of, relative to the root."""
        return _decoded(self._ask("ls-files", "-z"))

    def changed(self, commit: str) -> dict[str, str]:
        """The texts that changed files had in a commit; "" for those that were not there."""
        options = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-relative")
        words = self._ask("diff", *options, "--ignore-submodules=all", commit, "--").split(b"\0")
        blobs: dict[str, bytes] = {}
        for facts, name in zip(words[::2], words[1::2], strict=False):
            old_mode, _, blob, *_ = facts.removeprefix(b":").split()
            there = old_mode != _LINK and blob.strip(b"0")
            blobs[os.fsdecode(name)] = blob if there else b""
        return self._texts(blobs)

    def _texts(self, blobs: dict[str, bytes]) -> dict[str, str]:
        wanted = sorted({blob for blob in blobs.values() if blob})
        output = self._ask("cat-file", "--batch", given=b"".join(blob + b"\n" for blob in wanted))
        contents = {b"": ""}
        position = 0
        for blob in wanted:
            end = output.index(b"\n", position)
            facts = output[position:end].split()
            if len(facts) < 3:
                raise self._error("git does not have the contents of some files (in a partial clone, fetch them first)")
            size = int(facts[2])
            contents[blob] = dialect.decode(output[end + 1 : end + 1 + size])[0]
            position = end + size + 2
        return {path: contents[blob] for path, blob in blobs.items()}

    def _ask(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers; nothing where it says no."""
        import subprocess

        # No monitor that the repository's config may name, and no lock: others may be at work in it.
        command: Sequence[str] = (self.program, "--no-optional-locks", "-c", "core.fsmonitor=false", *arguments)
        # In a hook these speak of the repository that the hook is of; the question is about the one found.
        env = {name: value for name, value in os.environ.items() if name not in _OF_ONE_REPOSITORY}
        env["LC_ALL"] = "C"
        done = subprocess.run(command, cwd=self.root, env=env, input=given, capture_output=True, check=False)  # noqa: S603
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        if done.returncode and (arguments[0] not in ("rev-parse", "merge-base") or "dubious ownership" in said):
            raise self._error(said.partition("\n")[0] or f"git {arguments[0]} failed")
        return b"" if done.returncode else done.stdout

    def _error(self, what: str) -> ChangesError:
        return ChangesError(f"--diff-base {self.revision}: {what}")


def _decoded(output: bytes) -> list[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]
