"""Files: finding them, reading them, and where their project ends. What they are is decided in `classify.py`."""

from __future__ import annotations

import os
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from k8slint import dialect
from k8slint.classify import ENDINGS, KUSTOMIZATION_NAMES
from k8slint.finding import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from os import PathLike

    from k8slint.ignore import Patterns

MAX_BYTES = 64 * 2**20
"""The size of the largest file that is read."""

CONFIG_NAMES = (".k8slint.yaml", ".k8slint.yml")
IGNORE_NAMES = (".gitignore", ".k8slintignore")

# Folders that hold a tool's own files: those nobody means by "all manifests here". Others that begin with a dot are
# looked into: .github and .tekton have manifests.
_TOOL_FOLDERS = frozenset(
    {
        ".bzr",
        ".direnv",
        ".eggs",
        ".git",
        ".gradle",
        ".hg",
        ".idea",
        ".jj",
        ".k8slint_cache",
        ".mypy_cache",
        ".nox",
        ".pnpm-store",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".terraform",
        ".terragrunt-cache",
        ".tox",
        ".venv",
        ".vscode",
        ".yarn",
        "__pycache__",
        "node_modules",
        "site-packages",
        "venv",
    }
)


# ---------------------------------------------------------------------------------------------------- watching


class Watcher(Protocol):
    """Hears what a run asks the file system, and the answers: all that findings depend on beside settings and code."""

    def text(self, path: str, data: bytes) -> bytes:
        """A file has been read; returns a digest of it."""

    def saw(self, what: str, where: Any, answer: Any) -> None:
        """Something else has been asked: whether there is a file, or what a folder holds."""


watcher: Watcher | None = None
"""Who wants to know; one for a process (`cache.Watch`)."""


def exists(path: str) -> bool:
    """Whether there is a file or folder."""
    found = os.path.exists(path)
    if watcher is not None:
        watcher.saw("exists", path, found)
    return found


def is_file(path: str) -> bool:
    """Whether there is a file."""
    found = os.path.isfile(path)
    if watcher is not None:
        watcher.saw("file", path, found)
    return found


# ---------------------------------------------------------------------------------------------------- reading


class Loaded(NamedTuple):
    """What reading a file came to: its text, or why there is none.

    `skipped` is a reason as in `finding.Skipped` (`binary`, `too-large`); `error` a sentence that names the file.
    `complaint` says that some bytes were no text and have been replaced by U+FFFD.
    """

    text: str | None = None
    skipped: str | None = None
    error: str | None = None
    complaint: str | None = None
    digest: bytes | None = None
    """What tells its content from others, where somebody watches."""


def load(path: str | PathLike[str]) -> Loaded:
    """Reads a file. Its line breaks are kept as they are, so that offsets are those of the file."""
    try:
        data = read_bytes(path)
    except OSError as error:
        if watcher is not None:
            watcher.saw("text", os.fspath(path), None)
        return Loaded(error=f"{os.fspath(path)}: {_complaint(error)}")
    loaded = _text(data)
    return loaded if watcher is None else loaded._replace(digest=watcher.text(os.fspath(path), data))


def read_bytes(path: str | PathLike[str]) -> bytes:
    """A file's bytes as far as it is read. Raises OSError."""
    # Streams are for more than one read; thousands of small files feel it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        # To ask for so much at once makes room for so much. What is no regular file (a pipe) does not say its size.
        size = os.fstat(descriptor).st_size
        left, most = (size, size) if 0 < size <= MAX_BYTES else (MAX_BYTES + 1, 2**16)
        chunks = []
        while left > 0 and (chunk := os.read(descriptor, min(left, most))):
            chunks.append(chunk)
            left -= len(chunk)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def read_stdin() -> Loaded:
    """Reads standard input to its end."""
    return _text(sys.stdin.buffer.read(MAX_BYTES + 1))


def _text(data: bytes) -> Loaded:
    if len(data) > MAX_BYTES:
        return Loaded(skipped="too-large")
    # As git decides it. UTF-16, which is full of null bytes, is text where it says so.
    if b"\0" in data[:8000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Loaded(skipped="binary")
    text, complaint = dialect.decode(data)
    return Loaded(text, complaint=complaint)


def _complaint(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


# ---------------------------------------------------------------------------------------------------- the project


def project_root(start: str | PathLike[str]) -> str:
    """The folder of the project that a folder belongs to: that of the nearest config file, else the root of the git
    repository, else the folder itself."""
    folder = os.path.abspath(start)
    return next((above for above in _upwards(folder) if is_project(above)), folder)


def is_project(folder: str | PathLike[str]) -> bool:
    """Whether a folder is the root of a project: it has a config file or is that of a git repository."""
    found = _exists(os.fspath(folder), ".git") or any(
        os.path.isfile(os.path.join(folder, name)) for name in CONFIG_NAMES
    )
    if watcher is not None:
        watcher.saw("project", os.fspath(folder), found)
    return found


def _upwards(folder: str) -> Iterator[str]:
    """A folder and all above it."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


# ---------------------------------------------------------------------------------------------------- discovery


class Discovery:
    """What a run is to read.

    `files` are sorted, each once, relative to the current folder where they are below it; slashes go forward. `beside` are those
    that another search of the same folders for other endings would find, or None where that is not known. `stdin` tells whether
    standard input is among the files. `skipped` are files that were named or found and are left out for a reason worth
    telling; `errors` are sentences on what could not be found or opened.
    """

    __slots__ = ("beside", "errors", "files", "skipped", "stdin")

    def __init__(self) -> None:
        self.files: list[str] = []
        self.beside: list[str] | None = None
        self.skipped: list[Skipped] = []
        self.errors: list[str] = []
        self.stdin = False


def discover(
    paths: Sequence[str],
    *,
    base: str | PathLike[str],
    exclude: Sequence[str] = (),
    exclude_base: str | PathLike[str] | None = None,
    endings: Iterable[str] = ENDINGS,
    beside: Iterable[str] = (),
    respect_ignore: bool = True,
    force_exclude: bool = False,
) -> Discovery:
    """Finds the files that `paths` mean: files, folders, patterns (`apps/**/*.yaml`), and `-` for standard input.

    Folders are searched for files with one of `endings`, through links to other folders as well. Left out are what
    `exclude` matches (patterns as in .gitignore, relative to `exclude_base`, by default `base`), what .gitignore and
    .k8slintignore name unless `respect_ignore` is off, and folders of tools such as node_modules. A file that is named
    is taken whatever its ending; `force_exclude` leaves it out as well where the patterns say so. With endings in `beside`
    files of those are noted on the way.
    """
    search = Search(base, endings, respect_ignore, beside)
    if exclude:
        search.exclude(exclude, exclude_base or base)
    for path in paths:
        if path == "-":
            search.found.stdin = True
        else:
            search.take(path, force_exclude=force_exclude)
    return search.finish()


class _Scope:
    """Patterns, and the folder they are relative to."""

    __slots__ = ("patterns", "prefix")

    def __init__(self, folder: str, patterns: Patterns) -> None:
        self.prefix = os.path.join(folder, "")
        self.patterns = patterns

    def ignores(self, path: str, *, folder: bool) -> bool | None:
        if not path.startswith(self.prefix):
            return None
        return self.patterns.ignores(path[len(self.prefix) :].replace(os.sep, "/"), folder=folder)


# Nearest first: the first that speaks of a file decides.
_Scopes: TypeAlias = "tuple[_Scope, ...]"
_Links: TypeAlias = "list[tuple[str, _Scopes]]"


class Search:
    """A search for files, as `discover` makes it: each file once, however many links lead to it."""

    def __init__(
        self, base: str | PathLike[str], endings: Iterable[str], respect_ignore: bool, beside: Iterable[str] = ()
    ) -> None:
        self.base = os.path.abspath(base)
        self.here = os.path.join(os.path.abspath(os.curdir), "")
        self.endings = tuple(endings)
        self.endings_beside = tuple(beside)
        self.respect_ignore = respect_ignore
        self.excluded: _Scope | None = None
        self.found = Discovery()
        # Real path -> path as it was reached: a file is taken once, however many links lead to it.
        self.files: dict[str, str] = {}
        self.beside: dict[str, str] = {}
        # Whether all of those were met; what was named without its folder was not.
        self.met = bool(self.endings_beside)
        self.folders: set[str] = set()
        self._scopes: dict[str, _Scopes] = {}

    def exclude(self, lines: Iterable[str], base: str | PathLike[str]) -> None:
        from k8slint.ignore import Patterns

        self.excluded = _Scope(os.path.abspath(base), Patterns(lines))

    def finish(self) -> Discovery:
        self.found.files = sorted(map(self._display, self.files.values()))
        self.found.skipped.sort(key=lambda skipped: skipped.path)
        if self.met and not self.found.errors and not self.found.stdin:
            self.found.beside = sorted(map(self._display, self.beside.values()))
        return self.found

    def _display(self, path: str) -> str:
        return (path.removeprefix(self.here)).replace(os.sep, "/")

    # ---- what was named

    def take(self, path: str, *, force_exclude: bool) -> None:
        full = os.path.normpath(os.path.join(self.base, path))
        if os.path.isdir(full):
            self.walk(full)
            return
        self.met = False
        if os.path.exists(full):
            if force_exclude and self._left_out(full):
                self.found.skipped.append(Skipped(self._display(full), "excluded"))
            else:
                self.files.setdefault(os.path.realpath(full), full)
        elif os.path.islink(full):
            self.found.errors.append(f"{path}: the link leads nowhere")
        elif _is_pattern(path):
            self._take_matches(path)
        else:
            self.found.errors.append(f"{path}: no such file or folder")

    def _take_matches(self, pattern: str) -> None:
        drive, rest = os.path.splitdrive(pattern)
        top = drive + os.sep if os.path.isabs(pattern) else self.base
        parts = [part for part in rest.replace(os.sep, "/").split("/") if part]
        matches = sorted(set(self._expand(top, parts)))
        # `*` is meant for manifests; `*.txt` for what it says.
        by_ending = "." in parts[-1]
        for match in matches:
            if os.path.isdir(match):
                self.walk(match)
            elif (by_ending or self._wanted(os.path.basename(match))) and not self._left_out(match):
                self.files.setdefault(os.path.realpath(match), match)
        if not matches:
            self.found.errors.append(f"{pattern}: no file matches")

    def _expand(self, folder: str, parts: Sequence[str]) -> Iterator[str]:
        """The files and folders that the parts of a pattern lead to. As in a shell, `*` is for names without a dot in
        front."""
        if not parts:
            yield folder
            return
        part, *rest = parts
        if part == "**":
            yield from self._expand(folder, rest)
            for entry in self._entries(folder):
                if entry.is_dir(follow_symlinks=False) and enters(entry.path, entry.name):
                    yield from self._expand(entry.path, parts)
        elif _is_pattern(part):
            for entry in self._entries(folder):
                name = entry.name
                if not fnmatchcase(name, part) or (name.startswith(".") and not part.startswith(".")):
                    continue
                if enters(entry.path, name) if entry.is_dir() else not rest:
                    yield from self._expand(entry.path, rest)
        else:
            path = os.path.normpath(os.path.join(folder, part))
            if os.path.exists(path):
                yield from self._expand(path, rest)

    # ---- folders

    def walk(self, top: str) -> None:
        """Takes the files below a folder. Links are followed last: by then what they lead to may have been seen."""
        links: _Links = []
        real_top = os.path.realpath(top)
        self._walk(top, real_top, self._scopes_above(top), links)
        while links:
            batch, links = sorted(links, key=lambda link: link[0]), []
            for path, scopes in batch:
                real = os.path.realpath(path)
                # A link to a folder above leads back here, and to much that nobody named.
                if not real_top.startswith(os.path.join(real, "")):
                    self._follow(path, real, scopes, links)

    def _walk(self, top: str, real_top: str, scopes: _Scopes, links: _Links) -> None:
        stack = [(top, real_top, scopes)]
        while stack:
            folder, real, scopes = stack.pop()
            if real in self.folders:
                continue
            self.folders.add(real)
            entries = self._entries(folder)
            if self.respect_ignore and any(entry.name in IGNORE_NAMES for entry in entries):
                scopes = (*self._scopes_in(folder), *scopes)
            for entry in entries:
                name = entry.name
                if entry.is_symlink():
                    # To git a link is a file, wherever it leads.
                    if not self._ignored(scopes, entry.path):
                        links.append((entry.path, scopes))
                elif entry.is_dir():
                    if enters(entry.path, name) and not self._ignored(scopes, entry.path, folder=True):
                        stack.append((entry.path, os.path.join(real, name), scopes))
                elif self._wanted(name) and entry.is_file() and not self._ignored(scopes, entry.path):
                    self.files.setdefault(os.path.join(real, name), entry.path)
                elif self._is_beside(name) and entry.is_file() and not self._ignored(scopes, entry.path):
                    self.beside.setdefault(os.path.join(real, name), entry.path)

    def _follow(self, path: str, real: str, scopes: _Scopes, links: _Links) -> None:
        name = os.path.basename(path)
        if os.path.isdir(real):
            if enters(path, name):
                self._walk(path, real, scopes, links)
        elif self._wanted(name):
            if os.path.isfile(real):
                self.files.setdefault(real, path)
            else:
                self.found.skipped.append(Skipped(self._display(path), "broken-link"))
        elif self._is_beside(name):
            if os.path.isfile(real):
                self.beside.setdefault(real, path)
            else:
                self.met = False

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return list(entries)
        except OSError as error:
            self.found.errors.append(f"{self._display(folder)}: {_complaint(error)}")
            return []

    def _wanted(self, name: str) -> bool:
        return name.endswith(self.endings) or name in KUSTOMIZATION_NAMES

    def _is_beside(self, name: str) -> bool:
        return self.met and name.endswith(self.endings_beside)

    # ---- patterns

    def _ignored(self, scopes: _Scopes, path: str, *, folder: bool = False) -> bool:
        if self.excluded is not None and self.excluded.ignores(path, folder=folder):
            return True
        for scope in scopes:
            said = scope.ignores(path, folder=folder)
            if said is not None:
                return said
        return False

    def _left_out(self, path: str) -> bool:
        """Whether patterns leave out a file that was not met on a walk: itself, or a folder above it."""
        folder = os.path.dirname(path)
        scopes = (*self._scopes_in(folder), *self._scopes_above(folder)) if self.respect_ignore else ()
        return self._ignored(scopes, path) or any(
            self._ignored(scopes, above, folder=True) for above in _upwards(folder)
        )

    def _scopes_above(self, folder: str) -> _Scopes:
        """The ignore files that go for a folder from above, nearest first."""
        if not self.respect_ignore:
            return ()
        scopes = self._scopes.get(folder)
        if scopes is None:
            repository = next((above for above in _upwards(folder) if _exists(above, ".git")), "")
            if folder == repository:
                scopes = self._scopes_in(os.path.join(folder, ".git", "info"), ("exclude",), folder)
            elif repository or folder.startswith(os.path.join(self.base, "")):
                parent = os.path.dirname(folder)
                scopes = (*self._scopes_in(parent), *self._scopes_above(parent))
            else:
                scopes = ()
            self._scopes[folder] = scopes
        return scopes

    def _scopes_in(self, folder: str, names: Sequence[str] = IGNORE_NAMES, base: str = "") -> _Scopes:
        """The ignore files of a folder, the one that has the last word first."""
        scopes: list[_Scope] = []
        for name in reversed(names):
            try:
                with open(os.path.join(folder, name), encoding="utf-8-sig", errors="surrogateescape") as lines:
                    from k8slint.ignore import Patterns

                    scopes.append(_Scope(base or folder, Patterns(lines)))
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                self.found.errors.append(f"{self._display(os.path.join(folder, name))}: {_complaint(error)}")
        return tuple(scopes)


def _is_pattern(text: str) -> bool:
    return any(character in text for character in "*?[")


def _exists(folder: str, name: str) -> bool:
    return os.path.exists(os.path.join(folder, name))


def enters(path: str, name: str) -> bool:
    """Whether a folder met on the way is looked into."""
    if name in _TOOL_FOLDERS:
        return False
    # Go's copies of other people's modules. Another folder of that name may be one's own.
    return name != "vendor" or not _exists(path, "modules.txt")
