"""What earlier runs found, so that a run over the same files need not look again.

Two things are kept for each project, in the user's cache folder and never in the project's own:

- of a whole run, what it found, with everything that it asked the file system and the answers it got. A run is a function of its settings, the code
  and those answers: while all of them are the same, so is what it finds. That holds for files that were read as well as for those that were looked
  for in vain, so one that newly appears is noticed.
- of each file, what its first pass said, by the digest of its bytes and by what its surroundings said of it. When one file has changed the others
  need not be parsed; the second pass runs over what is kept of them.

Whoever asks the file system something that findings may depend on says so to `source.watcher`. Nothing that is read from the cache is executed: it is
plain data (`marshal`) behind a checksum, and what is damaged, foreign or of another version counts as not being there. Files are written beside
their place and moved there, so that a reader sees a whole one or none, whoever else is running or was killed.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from enum import Enum
from hashlib import blake2b
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from k8slint import __version__, source
from k8slint.document import Span
from k8slint.engine import Fact, FileResult
from k8slint.finding import Claim, Edit, Finding, Fix, Related, Resource, Severity, Skipped
from k8slint.installed import entry_points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from k8slint.classify import Surroundings
    from k8slint.config import Config
    from k8slint.plugins import Plugins
    from k8slint.suppress import Suppressions

Question: TypeAlias = "tuple[str, Any]"
"""What was asked (`text`, `exists`, ...), and of what."""

FORMAT = b"k8slint cache 1\n"
"""The beginning of each file. The number counts changes to what is behind it."""

MOST_BYTES = 200 * 2**20
"""What the cache may hold, of all projects together."""

MOST_RUNS = 24
"""What it may hold of one project: runs with other paths, settings or versions than the last."""

SWEEP_EVERY = 3600.0
"""Seconds between two looks at all that there is."""

OLDEST = 30 * 24 * 3600.0
"""Seconds after which what nobody has asked for goes."""

LEFT_BEHIND = 600.0
"""Seconds after which a file that is being written belongs to nobody any more."""

_MOST_CODE = 20_000
"""Files of code to look at, to know whether it is the same. With more there is no cache."""

_AT_ONCE = 60.0
"""Seconds that an installation may take."""

_SIZE = 16


def digest(data: bytes) -> bytes:
    """What tells two contents apart."""
    return blake2b(data, digest_size=_SIZE).digest()


# ---------------------------------------------------------------------------------------------------- places


def folder(given: str | bool) -> str | None:
    """The folder of the cache: the one given, what the environment says, or that of the user's caches. None where there is no place."""
    chosen = given if isinstance(given, str) else os.environ.get("K8SLINT_CACHE_DIR")
    if chosen:
        return os.path.abspath(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        # The specification wants relative ones ignored.
        base = base if os.path.isabs(base) else os.path.expanduser("~/.cache")
    return os.path.join(base, "k8slint") if os.path.isabs(base) else None


# ---------------------------------------------------------------------------------------------------- files of the cache


class Store:
    """The files of one project's part of the cache. Whatever goes wrong with one, it is as if it were not there."""

    def __init__(self, place: str, project: str) -> None:
        """`place` is the folder of the whole cache, `project` the project's own folder."""
        self.place = place
        self.folder = os.path.join(place, digest(os.fsencode(project)).hex())
        self.complaint = ""
        """Why something could not be written."""

    def read(self, name: str) -> Any:
        """What was written under a name; None where there is nothing, or something else."""
        path = os.path.join(self.folder, name)
        try:
            with open(path, "rb") as stream:
                data = stream.read()
            start = len(FORMAT) + _SIZE
            if data[: len(FORMAT)] != FORMAT or digest(data[start:]) != data[len(FORMAT) : start]:
                return None
            self._touch(path)
            return marshal.loads(data[start:])  # noqa: S302 - plain data, as the checksum says; no code in it would ever be called
        except (OSError, ValueError, EOFError, TypeError):
            return None

    def write(self, name: str, value: Any) -> None:
        """Writes plain data under a name, all or nothing."""
        try:
            data = marshal.dumps(value)
        except ValueError as error:
            self.complaint = f"what was found cannot be kept: {error}"
            return
        if len(data) > MOST_BYTES // 4:
            self.complaint = "what was found is too much to keep"
            return
        temporary = os.path.join(self.folder, f"{name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
        try:
            os.makedirs(self.folder, 0o700, exist_ok=True)
            with open(temporary, "xb") as stream:
                try:
                    stream.write(FORMAT + digest(data))
                    stream.write(data)
                    stream.close()
                    os.replace(temporary, os.path.join(self.folder, name))
                except BaseException:
                    stream.close()
                    os.unlink(temporary)
                    raise
        except OSError as error:
            self.complaint = f"{self.folder} cannot be written: {(error.strerror or str(error)).lower()}"

    @staticmethod
    def _touch(path: str) -> None:
        """Notes that a file was of use, once in a while."""
        now = time.time()
        if now - os.stat(path).st_mtime > SWEEP_EVERY:
            os.utime(path, (now, now))

    def sweep(self) -> None:
        """Takes away what is too much: of this project always, of all once in a while."""
        try:
            _thin_out(list(_entries(self.folder)), number=MOST_RUNS)
            mark = os.path.join(self.place, "CACHEDIR.TAG")
            if _age(mark) < SWEEP_EVERY:
                return
            with open(mark, "w", encoding="ascii") as stream:
                # So that backups leave it out. Source: https://bford.info/cachedir/
                stream.write(
                    "Signature: 8a477f597d28d172789f06886806bc55\n# What k8slint has found before. It can go at any time.\n"
                )
            with os.scandir(self.place) as projects:
                folders = [one.path for one in projects if one.is_dir(follow_symlinks=False) and _is_ours(one.name)]
            _thin_out([entry for one in folders for entry in _entries(one)], size=MOST_BYTES)
            for one in folders:
                if one != self.folder and not any(_entries(one)):
                    os.rmdir(one)
        except OSError as error:
            # Another run may be sweeping as well.
            self.complaint = self.complaint or f"{self.place} cannot be swept: {(error.strerror or str(error)).lower()}"


class _Entry(NamedTuple):
    used: float
    size: int
    path: str


def _is_ours(name: str) -> bool:
    """Whether a folder is named as those of projects are: in a folder that somebody has given there may be others."""
    return len(name) == 2 * _SIZE and all(character in "0123456789abcdef" for character in name)


def _entries(place: str) -> Iterator[_Entry]:
    """The files of a project's folder; those that somebody left half-written are taken away."""
    with os.scandir(place) as entries:
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
                if entry.name.endswith(".tmp"):
                    if time.time() - status.st_mtime > LEFT_BEHIND:
                        os.unlink(entry.path)
                elif entry.name.endswith(".bin"):
                    yield _Entry(status.st_mtime, status.st_size, entry.path)
            except FileNotFoundError:
                # Another run was faster.
                continue


def _thin_out(entries: list[_Entry], *, number: int = sys.maxsize, size: int = sys.maxsize) -> None:
    """Takes the entries away that are old, and those longest out of use while there are too many, or they are too large."""
    entries.sort(reverse=True)
    held = 0
    now = time.time()
    for position, entry in enumerate(entries):
        held += entry.size
        if position >= number or held > size or now - entry.used > OLDEST:
            try:
                os.unlink(entry.path)
            except FileNotFoundError:
                continue


def _age(path: str) -> float:
    try:
        return time.time() - os.stat(path).st_mtime
    except OSError:
        return float("inf")


# ---------------------------------------------------------------------------------------------------- what it depends on


class UnknownError(Exception):
    """Something that findings depend on cannot be told apart from others: no cache then."""


def state(plugins: Plugins, config: Config, more: object) -> bytes:
    """A digest of all that findings depend on but files: the code, the settings, and `more` plain data. Raises UnknownError."""
    if plugins.implementations("k8slint_executor"):
        raise UnknownError("a plugin brings the processes, which may see other files")
    parts = [
        __version__,
        sys.implementation.cache_tag,
        sys.platform,
        os.getcwd(),
        _installed(),
        _code(plugins),
        # What is reported of it is decided when all is known.
        _plain(config._replace(min_severity=Severity.INFO)),
        _plain(more),
    ]
    return digest(repr(parts).encode("utf-8", "surrogatepass"))


def _installed() -> list[str]:
    """Names and versions of the packages there are."""
    found = []
    for path in dict.fromkeys(sys.path):
        try:
            with os.scandir(path or os.curdir) as entries:
                found += [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            # An entry of sys.path need not exist, or is a zip file.
            continue
    return sorted(found)


def _code(plugins: Plugins) -> list[object]:
    """What tells the code of k8slint and the plugins from other code."""
    names = {"k8slint", *(info.module.partition(".")[0] for info in plugins.rules.values())}
    for name, plugin in plugins.modules.items():
        if isinstance(plugin, ModuleType):
            names.add(plugin.__name__.partition(".")[0])
        elif name in {reference for _, reference in entry_points("k8slint")}:
            names.add(name.partition(":")[0].partition(".")[0])
        else:
            raise UnknownError(f"the plugin {name} is an object, and what is in it cannot be compared")
    found: list[object] = []
    for name in sorted(names):
        module = sys.modules.get(name)
        if module is None:
            from importlib import import_module

            module = import_module(name)
        places = list(getattr(module, "__path__", ())) or [getattr(module, "__file__", None)]
        if None in places:
            raise UnknownError(f"{name} has no files that could be compared")
        for place in places:
            files = _files_of(place)
            found += _installed_files(place, files) or files
    return found


def _installed_files(place: str, files: list[tuple[str, int, int]]) -> list[str]:
    """What an installation noted of a package: its files with their digests. Nothing for one that it did not bring, as those are that somebody works
    on, or that has changed since. So code that is installed anew, as CI does, is the same code."""
    folder, name = os.path.split(place)
    with os.scandir(folder) as entries:
        records = [os.path.join(entry.path, "RECORD") for entry in entries if entry.name.endswith(".dist-info")]
    for record in records:
        try:
            with open(record, encoding="utf-8") as stream:
                text = stream.read()
                written = os.fstat(stream.fileno()).st_mtime
        except OSError:
            # Not every tool notes it.
            continue
        lines = text.splitlines()
        own = sorted(line for line in lines if line.startswith(f"{name}/") and "__pycache__/" not in line)
        if any(line.startswith(f"{name}/__init__.py,sha256=") for line in own):
            same = all(changed <= (written + _AT_ONCE) * 1e9 for _, _, changed in files)
            sizes = sum(size for _, size, _ in files)
            return [*own, f"{len(files)} files, {sizes} bytes"] if same else []
    return []


def _files_of(place: str) -> list[tuple[str, int, int]]:
    if os.path.isfile(place):
        return [stamp(place)]
    found: list[tuple[str, int, int]] = []
    waiting = [place]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name != "__pycache__" and not entry.name.startswith("."):
                        waiting.append(entry.path)
                else:
                    status = entry.stat()
                    found.append((entry.path, status.st_size, status.st_mtime_ns))
        if len(found) > _MOST_CODE:
            raise UnknownError(f"{place} has too many files to compare")
    return sorted(found)


def stamp(path: str) -> tuple[str, int, int]:
    """A file of code as far as it is compared."""
    try:
        status = os.stat(path)
    except OSError:
        return path, -1, -1
    return path, status.st_size, status.st_mtime_ns


def strays() -> Iterator[str]:
    """The files of modules that are neither Python's, nor installed, nor a plugin's own: what a plugin under work takes from beside it."""
    known = [os.path.dirname(os.__file__), sys.prefix, sys.base_prefix, sys.exec_prefix]
    known += [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    here = tuple(os.path.join(path, "") for path in known if path)
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str) and not path.startswith(here) and os.path.isabs(path):
            yield path


def _plain(value: object) -> object:
    """Settings as what has one and the same `repr` in every process. Raises UnknownError for what has none."""
    if value is None or type(value) in (bool, int, float, str, bytes):
        return value
    if isinstance(value, Enum):
        return type(value).__name__, _plain(value.value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(repr(_plain(one)) for one in value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "items"):
        # In its order: of several patterns the first may count.
        return [(_plain(key), _plain(one)) for key, one in value.items()]
    # As `dataclasses` tells them: to import that takes longer than all else that is done here.
    fields = getattr(type(value), "__dataclass_fields__", None)
    if fields is not None:
        return type(value).__qualname__, [(name, _plain(getattr(value, name))) for name in fields]
    if hasattr(value, "pattern"):
        return value.pattern, getattr(value, "flags", 0)
    raise UnknownError(f"a setting is a {type(value).__name__}, which cannot be compared")


# ---------------------------------------------------------------------------------------------------- what was asked


class Watch:
    """What a run has asked the file system, and the answers (`source.Watcher`)."""

    def __init__(self) -> None:
        self.answers: dict[Question, Any] = {}
        self.consistent = True
        """Whether nothing was answered in two ways: somebody writes while the run goes on."""
        self._told = 0

    def text(self, path: str, data: bytes) -> bytes:
        """Notes a file's content; returns its digest."""
        found = digest(data)
        self.saw("text", path, found)
        return found

    def saw(self, what: str, where: Any, answer: Any) -> None:
        """Notes an answer."""
        if self.answers.setdefault((what, where), answer) != answer:
            self.consistent = False

    def news(self) -> tuple[list[tuple[Question, Any]], bool]:
        """The answers since this was last asked, for the process that all of them come together in."""
        news = list(self.answers.items())[self._told :]
        self._told = len(self.answers)
        return news, self.consistent

    def hear(self, news: tuple[list[tuple[Question, Any]], bool]) -> None:
        """Takes another process's news."""
        for (what, where), answer in news[0]:
            self.saw(what, where, answer)
        self.consistent &= news[1]


class Asked:
    """The surroundings of a file that notes what is asked of them (`classify.Surroundings`)."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self.answers: dict[str, Any] = {}

    def role(self, path: str) -> Any:
        found = self._surroundings.role(path)
        self.answers["role"] = found and found.value
        return found

    def patches(self, path: str) -> frozenset[tuple[str, str]]:
        found = self._surroundings.patches(path)
        self.answers["patches"] = sorted(found)
        return found


# ---------------------------------------------------------------------------------------------------- one run


class Kept(NamedTuple):
    """What is kept of a whole run: its findings in the order they were judged in, before a baseline has its say."""

    findings: list[Finding]
    skipped: list[Skipped]
    files: int
    documents: int
    suppressed: int
    warnings: list[str]


class Cache:
    """The cache for one run."""

    def __init__(self, store: Store, key: bytes, request: object) -> None:
        """`key` is the `state` of what a file's findings depend on, `request` what else the run's do."""
        self.store = store
        self.watch = Watch()
        self._run_name = f"run-{digest(repr((key, _plain(request))).encode('utf-8', 'surrogatepass')).hex()}.bin"
        self._files_name = f"files-{key.hex()}.bin"
        self._digests: dict[str, bytes] = {}
        self._entries: dict[str, Any] = {}
        self._changed = False

    # ---- the whole run

    def run(self, answer: Callable[[str, Any], Any]) -> Kept | None:
        """What an earlier run found, if every question it had still has the answer it got. `answer` knows the answers that are not asked here."""
        kept = self.store.read(self._run_name)
        try:
            asked, findings, skipped, files, documents, suppressed, warnings = kept
            for what, where, was in asked:
                if self._answer(what, where, answer) != was:
                    return None
            return Kept(
                [_finding(one) for one in findings],
                [Skipped(*one) for one in skipped],
                files,
                documents,
                suppressed,
                warnings,
            )
        except (TypeError, ValueError):
            # Nothing is kept, or it is nothing that was ever written here.
            return None

    def _answer(self, what: str, where: Any, answer: Callable[[str, Any], Any]) -> Any:
        if what == "text":
            return self.digest(where)
        if what == "exists":
            return os.path.exists(where)
        if what == "file":
            return os.path.isfile(where)
        if what == "code":
            return stamp(where)[1:]
        return answer(what, where)

    def digest(self, path: str) -> bytes | None:
        """The digest of a file; None for one that cannot be read."""
        if path not in self._digests:
            try:
                self._digests[path] = digest(source.read_bytes(path))
            except OSError:
                return None
        return self._digests[path]

    # ---- files

    def open_files(self) -> None:
        """Reads what is known of single files."""
        kept = self.store.read(self._files_name)
        try:
            code, entries = kept
            if isinstance(entries, dict) and all(stamp(path)[1:] == was for path, was in code):
                self._entries = entries
        except (TypeError, ValueError):
            # Nothing is kept yet.
            self._entries = {}

    def file(self, path: str, surroundings: Surroundings) -> FileResult | None:
        """What the first pass says of a file, if it was asked before of the same text in the same surroundings."""
        entry = self._entries.get(path)
        if entry is None:
            return None
        try:
            was, answers, *rest = entry
            found = self.digest(path)
            if was != found:
                return None
            asked = Asked(surroundings)
            for question in answers:
                getattr(asked, question)(path)
            if asked.answers != answers:
                return None
            result = _result(path, *rest)
        except (TypeError, ValueError, AttributeError):
            return None
        self.watch.saw("text", path, found)
        return result

    def keep_file(self, result: FileResult, facts: Callable[[FileResult], list[Fact]]) -> None:
        """Keeps what the first pass said of a file."""
        if result.digest is None or result.errors or any(finding.rule == "rule-crashed" for finding in result.findings):
            return
        self._changed = True
        self._entries[result.path] = (
            result.digest,
            result.asked,
            result.documents,
            [_plain_finding(finding) for finding in result.findings],
            [tuple(skipped) for skipped in result.skipped],
            [_plain_fact(fact) for fact in result.facts or facts(result)],
            _plain_suppressions(result.suppressions),
            result.broken,
        )

    def close(self, kept: Kept | None, own: Iterable[str]) -> None:
        """Writes what was kept: the run, unless it is None, and the files. Of others than the run's `own` only those stay that are still there."""
        code = [stamp(path) for path in sorted(set(strays()))]
        if self._changed:
            mine = set(own)
            entries = {path: one for path, one in self._entries.items() if path in mine or os.path.exists(path)}
            self.store.write(self._files_name, ([(path, tuple(rest)) for path, *rest in code], entries))
        if kept is not None and self.watch.consistent:
            for path, *rest in code:
                self.watch.saw("code", path, tuple(rest))
            # What tells soonest that something has changed comes first.
            order = ("code", "exists", "file", "project", "find", "crds", "text")
            asked = [(*question, answer) for question, answer in self.watch.answers.items()]
            asked.sort(key=lambda one: order.index(one[0]))
            findings = [_plain_finding(finding) for finding in kept.findings]
            self.store.write(self._run_name, (asked, findings, [tuple(one) for one in kept.skipped], *kept[2:]))
        self.store.sweep()


# ---------------------------------------------------------------------------------------------------- plain data


def _plain_finding(finding: Finding) -> tuple[Any, ...]:
    fix = finding.fix
    return (
        finding.rule,
        finding.claim.value,
        finding.severity.value,
        str(finding.message),
        finding.path,
        finding.line,
        finding.column,
        finding.end_line,
        finding.end_column,
        str(finding.route),
        finding.resource and tuple(finding.resource),
        fix and (fix.title, fix.safe, [tuple(edit) for edit in fix.edits]),
        [tuple(related) for related in finding.related],
        finding.url,
        finding.source,
    )


def _finding(plain: tuple[Any, ...]) -> Finding:
    rule, claim, severity, message, path, line, column, end_line, end_column = plain[:9]
    route, resource, fix, related, url, origin = plain[9:]
    return Finding(
        rule,
        Claim(claim),
        Severity(severity),
        message,
        path,
        line,
        column,
        end_line,
        end_column,
        route,
        Resource(*resource) if resource is not None else None,
        Fix(fix[0], fix[1], tuple(Edit(*edit) for edit in fix[2])) if fix is not None else None,
        tuple(Related(*one) for one in related),
        url,
        origin,
    )


def _plain_fact(fact: Fact) -> tuple[Any, ...]:
    return fact.document, fact.prefix, tuple(fact.resource), fact.value


def _plain_suppressions(suppressions: Suppressions | None) -> Any:
    if suppressions is None:
        return None
    return [
        (
            item.kind,
            [(named.rule, tuple(named.place)) for named in item.ids],
            item.first,
            item.last,
            tuple(item.place),
            item.reason,
            item.flaw,
            item.document,
            [tuple(edit) for edit in item.removal],
        )
        for item in suppressions.items
    ], sorted(suppressions.unchecked_documents)


def _suppressions(path: str, plain: Any) -> Suppressions | None:
    if plain is None:
        return None
    # Few files have any.
    from k8slint.suppress import Named, Suppression, Suppressions

    items = [
        Suppression(
            kind,
            tuple(Named(rule, Span(*named)) for rule, named in ids),
            first,
            last,
            Span(*place),
            reason,
            flaw,
            document,
            tuple(Edit(*edit) for edit in removal),
        )
        for kind, ids, first, last, place, reason, flaw, document, removal in plain[0]
    ]
    return Suppressions(path, items, plain[1])


def _result(
    path: str,
    documents: int,
    findings: list[Any],
    skipped: list[Any],
    facts: list[Any],
    suppressions: Any,
    broken: bool,
) -> FileResult:
    result = FileResult(path)
    result.documents = documents
    result.findings = [_finding(one) for one in findings]
    result.skipped = [Skipped(*one) for one in skipped]
    result.facts = [
        Fact(path, document, prefix, Resource(*resource), value) for document, prefix, resource, value in facts
    ]
    result.suppressions = _suppressions(path, suppressions)
    result.broken = broken
    return result
