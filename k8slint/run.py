"""A whole run: from paths, or one text, to the findings that a report shows.

This is where files are found, spread over processes, and read; where the project around the named files is brought in; and where suppressions,
severities and the baseline have their say.
"""

from __future__ import annotations

import gc
import os
import sys
from collections import deque
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from k8slint import source, views
from k8slint.config import Config
from k8slint.document import Document, File
from k8slint.engine import Engine, FileResult, mark
from k8slint.finding import Finding, Severity, Skipped
from k8slint.kustomize import Surroundings
from k8slint.plugins import PluginError, Plugins
from k8slint.project import Around, FlatScopes, Project
from k8slint.views import Manifest

B = TypeVar("B")
R = TypeVar("R")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from k8slint.baseline import Baseline
    from k8slint.cache import Cache, Kept
    from k8slint.project import Scopes

KEEP = 4 * 2**20
"""Bytes of input whose nodes stay in memory for the second pass, at some 10 to 25 bytes each. Of all beyond only facts are kept."""

PARALLEL_FROM = 768 * 2**10
"""Bytes of input from which worker processes pay for their start."""

BATCH = 32 * 2**10
"""Bytes that a worker is given at a time: large enough to hide the hand-over, small enough to share the end evenly."""

AHEAD = 6
"""Batches of usual size that a worker has at hand: it must not run out of them while this process is busy with one of its own."""

FORK_FROM = 256
"""Resources from which the second pass pays for processes of its own."""

OTHERS = (".go", "go.mod")
"""The endings of files other than manifests that rules look into; they are looked for once, together."""

CACHE_FROM = 64 * 2**10, 16
"""Bytes of input, or files, from which a cache pays for asking it."""

STDIN = "<stdin>"


class EngineError(Exception):
    """The run cannot be made at all (exit 2)."""


class CheckOptions(NamedTuple):
    """What a caller may ask of a run; the command line's options by the same names."""

    config: str | Path | bool | dict[str, object] | None = None
    """A config file, its content as plain data, False for none; None looks for `.k8slint.yaml` from the current folder upwards."""
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    preset: str | None = None
    kubernetes_version: str | None = None
    min_severity: str | None = None
    """The least severity that is reported: error, warning or info."""
    context: Sequence[str] = ()
    """Files and folders to look things up in, beside the project around the named files."""
    jobs: int | None = None
    """Worker processes; None for one a core where the input is large enough."""
    baseline: Baseline | None = None
    progress: Callable[[int, int], None] | None = None
    """Called with the number of files done and their total."""
    stdin_filename: str | None = None
    texts: Mapping[str, str] = MappingProxyType({})
    """Texts that stand for those of files, by path as reports show it: what an editor or a fix has not written yet."""
    cache: str | bool = False
    """Whether to keep what is found for the next run, and a folder to keep it in; True for that of the user's caches."""


class Run:
    """What a run found, for reports.

    `errors` are inputs that could not be read at all; `warnings` what the user should know of the run itself: an override that matched nothing, for
    one. `texts` are the texts of files by path, as far as they are at hand.
    """

    def __init__(self, findings: Iterable[Finding] = (), texts: Mapping[str, str] = MappingProxyType({})) -> None:
        self.findings = list(findings)
        self.skipped: list[Skipped] = []
        self.files = 0
        self.documents = 0
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.suppressed = 0
        self.baselined = 0
        self.outdated = 0
        """Findings that the baseline has and that were not met, in what was checked."""
        self.unchanged = 0
        """Findings left out because nothing around them has changed (`--diff-base`)."""
        self.least = Severity.INFO
        """The least severity that is reported."""
        self.below: list[Finding] = []
        """Findings that are not reported, as they are below it."""
        self.tracebacks: dict[str, str] = {}
        """How the rules that failed came to that, by their ids, as Python tells it."""
        self.cached = ""
        """What became of the cache, for people; "" for a run without one."""
        self.texts = dict(texts)
        self.plugins: Plugins | None = None
        """Where reports find the pages of rules."""

    def count(self, severity: Severity) -> int:
        """How many findings have exactly this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def worst(self) -> Severity:
        """The highest severity found; off where there is none."""
        return max(
            (finding.severity for finding in self.findings), key=lambda severity: severity.rank, default=Severity.OFF
        )

    def report_from(self, least: Severity) -> None:
        """Leaves out what is below a severity."""
        self.least = least
        self.below += [finding for finding in self.findings if finding.severity.rank < least.rank]
        self.findings = [finding for finding in self.findings if finding.severity.rank >= least.rank]

    def text(self, path: str) -> str:
        """The text of a file that a finding is in; "" where it is gone."""
        if path not in self.texts:
            self.texts[path] = source.load(path).text or ""
        return self.texts[path]


def check(paths: Sequence[str], options: CheckOptions | None = None, plugins: Plugins | None = None) -> Run:
    """Checks files and folders; `-` is standard input.

    Raises EngineError where nothing can be checked, ConfigError for a config that cannot be used. Inputs that are not there are in
    `Run.errors`.
    """
    options = options or CheckOptions()
    with _no_garbage_collection():
        return _Session(_engine(options, plugins), options).check(paths)


def check_text(
    text: str,
    path: str = STDIN,
    options: CheckOptions | None = None,
    plugins: Plugins | None = None,
    *,
    around: bool = False,
) -> Run:
    """Checks one text under the name of `path`. The text and the files of `options.context` are all there is, unless `around` brings in the
    project around `path`."""
    options = options or CheckOptions()
    with _no_garbage_collection():
        return _Session(_engine(options, plugins), options).check_text(text, path, around=around)


def check_texts(texts: Mapping[str, str], options: CheckOptions | None = None, plugins: Plugins | None = None) -> Run:
    """Checks texts, by the paths they go under, as what is applied together: what charts and kustomizations become.

    They and the files of `options.context` are all that is looked at. A chart is a part of what there is in a cluster, so
    what it refers to may be elsewhere even where the config calls its own files complete.
    """
    options = options or CheckOptions()
    with _no_garbage_collection():
        engine = _engine(options, plugins)
        engine.config = engine.config._replace(complete=False)
        return _Session(engine, options).check_texts(texts)


def settings(options: CheckOptions, plugins: Plugins | None = None) -> Config:
    """The settings that a run with these options would have. Raises as `check` does."""
    return _engine(options, plugins).config


def _engine(options: CheckOptions, plugins: Plugins | None) -> Engine:
    from k8slint import config

    try:
        plugins = plugins or Plugins()
        plugins.require_rules()
    except PluginError as error:
        raise EngineError(str(error)) from None
    rules = list(plugins.rules.values())
    given = options.config
    if isinstance(given, dict):
        make = partial(config.from_plain, given)
    else:
        path = None if given is False else config.find(os.curdir) if given is None or given is True else given
        make = partial(config.load, path)
    settings = make(
        rules,
        select=options.select,
        ignore=options.ignore,
        preset=options.preset,
        kubernetes_version=options.kubernetes_version,
        min_severity=options.min_severity,
        loader=lambda info: plugins.rule(info.id),
    )
    engine = Engine(plugins, settings, options.texts)
    if not engine.local and not engine.cross:
        raise EngineError("no rule is turned on, so nothing would be checked")
    return engine


class _no_garbage_collection:  # noqa: N801 - reads as a statement
    """Reading makes many objects and no garbage in cycles worth looking for: the collector would take a third of the time."""

    def __enter__(self) -> None:
        self.was_on = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self.was_on:
            gc.enable()


class _Session:
    """The state of one run."""

    def __init__(self, engine: Engine, options: CheckOptions) -> None:
        self.engine = engine
        self.options = options
        self.config = engine.config
        self.run = Run(texts=options.texts)
        self.run.plugins = engine.plugins
        self.results: list[FileResult] = []
        self.judged: list[Finding] = []
        """What is found and not suppressed, with its severity, before a baseline has its say."""
        self.cache: Cache | None = None
        self.finds: dict[tuple[str, ...], bytes] = {}
        """Digests of what searches for files have come to."""
        self.paths: list[str] = []
        """The files that were named or found."""
        self.folders: list[str] = []
        """The folders that were named; all that is in them has been read."""
        self.kept = 0
        """Characters of the files whose nodes are kept, or would have been."""
        self.jobs = 1
        self.forked = False
        """Whether the workers are processes that are forked from this one."""
        self.whole = False
        """Whether the run covers the whole folder that the config is for."""
        self.others: dict[tuple[str, ...], list[str]] = {}
        """Files other than manifests, by where they were looked for."""
        self.beside: list[str] | None = None
        """Those that were met when manifests were looked for, in `folders`; None where they may not be all."""

    # ---- input

    def check(self, paths: Sequence[str]) -> Run:
        found = self._discover(paths)
        self.run.errors += found.errors
        self.run.skipped += found.skipped
        stdin = (self.options.stdin_filename or STDIN) if found.stdin else None
        named = self.paths = found.files if stdin is None else [*found.files, stdin]
        root = str(self.config.root or source.project_root(_common_folder(named)))
        self.folders = [os.path.abspath(path) + os.sep for path in paths if os.path.isdir(path)]
        self.whole = self._covers(root)
        self.beside = found.beside
        sizes = {path: _size(path) for path in found.files}
        total = sum(sizes.values())
        self.jobs = self._jobs(total)
        if stdin is None and (total >= CACHE_FROM[0] or len(sizes) >= CACHE_FROM[1]):
            self._open_cache(paths, found, root)
        if self.cache is None:
            return self._check(found, sizes, stdin, root)
        kept = self.cache.run(self._answer)
        if kept is not None:
            return self._recall(kept)
        source.watcher = self.cache.watch
        try:
            run = self._check(found, sizes, stdin, root)
        finally:
            source.watcher = None
        self._close_cache()
        return run

    def _check(self, found: source.Discovery, sizes: dict[str, int], stdin: str | None, root: str) -> Run:
        """Both passes over what was found."""
        surroundings = Surroundings(root)
        surroundings.complete_index(found.files)
        waiting = sizes if self.cache is None else self._known_files(self.cache, sizes, surroundings)
        if self._jobs(sum(waiting.values())) > 1:
            self._read_parallel(waiting, surroundings, root, len(sizes))
        else:
            for name in waiting:
                self._take([self._read(name, surroundings)], len(sizes))
        if len(self.results) > len(waiting) or self.jobs > 1:
            place = {name: position for position, name in enumerate(sizes)}
            self.results.sort(key=lambda result: place[result.path])
        if stdin is not None:
            loaded = self._load(stdin) if stdin in self.options.texts else source.read_stdin()
            self.run.texts[stdin] = loaded.text or ""
            self.results.append(check_loaded(self.engine, stdin, loaded, surroundings))
        self.run.files = len(self.results)
        if stdin is not None and not self.options.stdin_filename:
            # What comes through a pipe stands for itself: what lies in the current folder has nothing to do with it.
            return self._finish(FlatScopes(), self._context, None)
        # A file that standard input stands for says what it says no more.
        own = {result.path for result in self.results}
        return self._finish(surroundings, lambda: self._beside(root, own, surroundings), surroundings)

    def check_text(self, text: str, path: str, *, around: bool) -> Run:
        surroundings: Surroundings | None = None
        scopes: Scopes = FlatScopes()
        if around:
            root = str(self.config.root or source.project_root(_common_folder([path])))
            surroundings = scopes = Surroundings(root)
        self.results.append(self.engine.check_file(path, text, surroundings))
        self.run.texts[path] = text
        self.run.files = 1
        if surroundings is None:
            return self._finish(scopes, self._context, None)
        return self._finish(scopes, lambda: self._beside(root, {path}, surroundings), surroundings)

    def check_texts(self, texts: Mapping[str, str]) -> Run:
        for path, text in texts.items():
            self.results.append(self.engine.check_file(path, text, None))
        self.run.texts.update(texts)
        self.run.files = len(texts)
        return self._finish(FlatScopes(), self._context, None)

    def _covers(self, path: str) -> bool:
        """Whether a path lies within what was named."""
        full = os.path.abspath(path) + os.sep
        return any(full.startswith(folder) for folder in self.folders)

    # ---- what is kept from run to run

    def _open_cache(self, paths: Sequence[str], found: source.Discovery, root: str) -> None:
        """Opens the cache, if there is to be one."""
        options = self.options
        # Texts that stand for files are no files; and of two runs in one process only one can say what it asks.
        if options.cache is False or options.texts or source.watcher is not None:
            return
        if any(os.path.exists(path) and not os.path.isfile(path) for path in _not_folders((*paths, *options.context))):
            # A pipe can be read only once.
            return
        from k8slint import cache

        place = cache.folder(options.cache)
        try:
            key = cache.state(self.engine.plugins, self.config, list(self.engine.endings))
        except (cache.UnknownError, OSError) as error:
            self.run.cached = f"no cache: {error}"
            return
        if place is None:
            self.run.cached = "no cache: there is no folder for it"
            return
        request = [list(paths), self.folders, root, list(options.context)]
        self.cache = cache.Cache(cache.Store(place, root), key, request)
        where = ("", *paths)
        self.finds[where] = _digest_of(found)
        self.cache.watch.saw("find", where, self.finds[where])

    def _answer(self, what: str, where: Any) -> Any:
        """The answer that the file system has today for a question of an earlier run."""
        if what == "find":
            if where not in self.finds:
                of, *paths = where
                self.finds[where] = _digest_of(self._discover(paths) if not of else self._discover_others(paths))
            return self.finds[where]
        if what == "project":
            return source.is_project(where)
        from pathlib import Path

        from k8slint.schemas.sources import files

        return files(Path(where))

    def _recall(self, kept: Kept) -> Run:
        """The run that was kept."""
        run = self.run
        run.cached = "everything is known from an earlier run"
        run.files, run.documents, run.suppressed = kept.files, kept.documents, kept.suppressed
        run.skipped, run.warnings = kept.skipped, kept.warnings
        self._accept(kept.findings)
        return run

    def _known_files(self, cache: Cache, sizes: dict[str, int], surroundings: Surroundings) -> dict[str, int]:
        """Takes the files over that are as they were; the others are still to be read."""
        cache.open_files()
        waiting = {}
        known = []
        for name, size in sizes.items():
            result = cache.file(name, surroundings)
            if result is None:
                waiting[name] = size
            else:
                known.append(result)
        if known:
            self._take(known, len(sizes))
            self.forked = _FORKS and self.jobs > 1
        self.run.cached = f"{len(known)} of {len(sizes)} files are known from an earlier run"
        return waiting

    def _close_cache(self) -> None:
        """Keeps what was found. What a failed rule has not said is not known, and what could not be read may be there the next time."""
        from k8slint.cache import Kept

        cache, run = self.cache, self.run
        assert cache is not None
        if self.engine.crashed.union(*(result.crashed for result in self.results)):
            return
        for result in self.results:
            cache.keep_file(result, self.engine.facts)
        whole = not run.errors and not any(finding.rule == "rule-crashed" for finding in self.judged)
        kept = Kept(self.judged, run.skipped, run.files, run.documents, run.suppressed, run.warnings)
        cache.close(kept if whole else None, [result.path for result in self.results])
        if cache.store.complaint:
            run.cached += f"; {cache.store.complaint}"

    # ---- finding files

    def _discover(self, paths: Sequence[str]) -> source.Discovery:
        return discover(self.engine, paths)

    def _discover_others(self, paths: Sequence[str]) -> source.Discovery:
        """The files with other endings than manifests have."""
        config = self.config
        if self.beside is not None and sorted(os.path.abspath(path) + os.sep for path in paths) == sorted(self.folders):
            found = source.Discovery()
            found.files = self.beside
        else:
            found = source.discover(
                paths, base=os.curdir, exclude=config.exclude, exclude_base=config.root, endings=OTHERS
            )
        if source.watcher is not None:
            source.watcher.saw("find", ("others", *paths), _digest_of(found))
        return found

    def _load(self, path: str) -> source.Loaded:
        text = self.options.texts.get(display(path)) if self.options.texts else None
        return source.load(path) if text is None else source.Loaded(text)

    def _jobs(self, total: int) -> int:
        asked = 1 if self.options.texts else self.options.jobs
        if asked is not None:
            return max(asked, 1)
        return (os.cpu_count() or 1) if total >= PARALLEL_FROM else 1

    def _read(self, name: str, surroundings: Surroundings) -> FileResult:
        """The first pass over one file."""
        loaded = self._load(name)
        result = check_loaded(self.engine, name, loaded, surroundings)
        if result.manifests:
            self.kept += len(loaded.text or "")
            if self.kept > KEEP:
                self.engine.let_go(result)
        return result

    def _take(self, results: list[FileResult], of: int) -> None:
        self.results += results
        if source.watcher is not None and self.cache is not None:
            for result in results:
                if result.news is not None:
                    self.cache.watch.hear(result.news)
                    result.news = None
        if self.options.progress:
            self.options.progress(len(self.results), of)

    def _read_parallel(self, sizes: dict[str, int], surroundings: Surroundings, root: str, of: int) -> None:
        """The first pass in several processes. What this one reads need not be sent to it."""
        brought = self.engine.plugins.executor(self.jobs)
        self.forked = brought is None and _FORKS
        executor = brought or _processes(self.jobs - 1)
        share = _Share(f"{os.getpid()}-{id(self.engine)}", self.config, root, self.cache is not None)
        if self.cache is not None:
            # What is known so far need not be told by those who know it from here.
            self.cache.watch.news()
        _WORKERS[share.key] = (self.engine, surroundings)
        batches = _batches(sizes)
        # A plugin's workers may be far away, and get all at once.
        workers = len(batches) if brought else self.jobs - 1
        try:
            for results in _together(
                executor,
                batches,
                partial(_check_batch, share),
                lambda names: [self._read(name, surroundings) for name in names],
                workers,
                lambda names: sum(sizes[name] for name in names) / BATCH,
            ):
                self._take(results, of)
        finally:
            _WORKERS.pop(share.key, None)

    # ---- the second pass, and the last word

    def _finish(
        self, scopes: Scopes, beside: Callable[[], Iterable[tuple[str, str]]], surroundings: Surroundings | None
    ) -> Run:
        run = self.run
        findings: list[Finding] = []
        own: list[Manifest] = []
        for result in self.results:
            findings += result.findings
            run.skipped += result.skipped
            run.errors += result.errors
            run.documents += result.documents
            own += self.engine.manifests(result)
        external: set[str] = set()
        custom = self.engine.custom(own)
        if self.engine.cross or custom:
            project = Project(
                own,
                scopes,
                Around(beside, lambda path, text: self.engine.resources_of(path, text, surroundings)),
                complete=self.config.complete,
                external=self.config.external,
                broken=any(result.broken for result in self.results),
                files=partial(self._files, surroundings is not None),
                whole=self.engine.whole,
            )

            def look_at_custom() -> None:
                definitions = self.engine.definitions(project)
                for manifest in custom:
                    findings.extend(self.engine.check_custom(manifest, definitions))
                run.warnings += definitions.sources.warnings
                run.errors += definitions.sources.errors

            for found, failed, _, _ in self._look_across(own, project, look_at_custom if custom else None):
                findings += found
                self.engine.crashed |= failed.keys()
                run.tracebacks |= failed
            external = project.used_external
        for finding in self._suppress(once(findings)):
            severity = self.config.severity(self.engine.plugins.rules[finding.rule], finding)
            if severity is not Severity.OFF:
                self.judged.append(finding if severity is finding.severity else finding._replace(severity=severity))
        for result in self.results:
            run.tracebacks |= result.tracebacks
        run.tracebacks |= self.engine.tracebacks
        if run.tracebacks:
            from k8slint.crashes import told_once

            self.judged = told_once(self.judged)
        run.warnings += self._unmatched(own, external)
        self._accept(self.judged)
        return run

    def _accept(self, findings: list[Finding]) -> None:
        """Makes findings those of the run, but for what a baseline knows."""
        baseline = self.options.baseline
        kept = [finding for finding in findings if baseline is None or not baseline.matches(finding)]
        self.run.baselined = len(findings) - len(kept)
        if baseline is not None:
            self.run.outdated = sum(entry.count for entry in baseline.fixed(self.paths))
        self.run.findings = sorted(kept, key=lambda finding: finding.order)
        self.run.report_from(self.config.min_severity)

    def _look_across(
        self, own: list[Manifest], project: Project, meanwhile: Callable[[], None] | None
    ) -> Iterator[_Seen]:
        """The second pass, in processes that are forked from this one with all that is known, where the first was in such.

        `meanwhile` is what else there is to do; it cannot be divided, so it is done here while the others are busy.
        """
        second = _Second(self.engine, own, project)
        if not self.forked or len(own) < FORK_FROM:
            yield _look(second, range(len(own)))
            if meanwhile is not None:
                meanwhile()
            return
        if project.around is not None:
            # Once for all, and what is to be said of it is said here.
            project.around.gather()
        key = f"{os.getpid()}-{id(second)}"
        _SECOND[key] = second
        if self.cache is not None:
            self.cache.watch.news()
        # Some are looked at before the processes are forked: that makes the index, and imports the rules, which all need.
        first = FORK_FROM // 4
        yield _look(second, range(min(first, len(own))))
        step = len(own) // (24 * self.jobs) + 1
        parts = [range(start, min(start + step, len(own))) for start in range(first, len(own), step)]
        ours, theirs = partial(_look, second), partial(_look_again, key)
        try:
            for seen in _together(_processes(self.jobs - 1), parts, theirs, ours, self.jobs - 1):
                project.used_external |= seen[2]
                if meanwhile is not None:
                    meanwhile()
                    meanwhile = None
                if self.cache is not None and seen[3] is not None:
                    self.cache.watch.hear(seen[3])
                yield seen
        finally:
            _SECOND.pop(key, None)

    def _unmatched(self, own: list[Manifest], external: set[str]) -> list[str]:
        """What the config speaks of and was not there; said only of a run over all that the config is for."""
        if self.config.root is None or not self.whole:
            return []
        seen = [(manifest.path, manifest.resource) for manifest in own]
        return self.config.unmatched(
            seen=[*seen, *((result.path, None) for result in self.results)], used_external=external
        )

    def _suppress(self, findings: list[Finding]) -> list[Finding]:
        """Takes suppressed findings out, and adds one for each suppression that suppressed nothing."""
        by_path = {result.path: result.suppressions for result in self.results if result.suppressions}
        if not by_path:
            return findings
        kept = []
        for finding in findings:
            suppressions = by_path.get(finding.path)
            if suppressions is not None and suppressions.match(finding):
                self.run.suppressed += 1
            else:
                kept.append(finding)
        known = self.engine.plugins.rules
        crashed = self.engine.crashed.union(*(result.crashed for result in self.results))
        ran = self.engine.active.keys() - crashed
        for path, suppressions in by_path.items():
            for unused in suppressions.unused(ran, known):
                document = Document(File(path, self.run.text(path)), 0, 0, len(self.run.text(path)))
                node = mark(document, unused.start, unused.end)
                view = views.UnusedSuppression(node, Manifest(node, document), unused)
                kept += [finding for finding in self.engine.announce(view) if not suppressions.match(finding)]
        return kept

    # ---- the project around

    def _context(self) -> Iterator[tuple[str, str]]:
        """The paths and texts of the files given as context."""
        found = self._discover(self.options.context)
        self.run.errors += found.errors
        yield from self._texts_of(found.files)

    def _beside(self, root: str, own: set[str], surroundings: Surroundings) -> Iterator[tuple[str, str]]:
        """The paths and texts of the project's files that were not named, and of the context.

        Where nothing says how far a project reaches (no config file, no git repository) it is what lies beside the named files.
        """
        if self.config.root is not None or source.is_project(root):
            where = [root]
        else:
            folders = sorted({os.path.dirname(path) or "." for path in own})
            where = [os.path.join(folder, "*" + ending) for folder in folders for ending in (".yaml", ".yml")]
        found = self._discover([path for path in where if not self._covers(path)])
        surroundings.complete_index(found.files)
        yield from self._texts_of([path for path in found.files if display(path) not in own])
        yield from self._context()

    def _files(self, around: bool, ending: str, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The paths and texts of files with another ending than manifests have: of what was named, and of the project unless there is none `around`."""
        where = list(paths) or list(self.options.context)
        if around and not paths:
            folders = {os.path.dirname(result.path) or os.curdir for result in self.results}
            root = self.config.root or source.project_root(_common_folder([result.path for result in self.results]))
            where += [str(root)] if source.is_project(root) else _topmost([*self.folders, *folders])
        key = tuple(where)
        if key not in self.others:
            self.others[key] = self._discover_others(where).files
        yield from self._texts_of([path for path in self.others[key] if path.endswith(ending)])

    def _texts_of(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        for path in paths:
            text = self._load(path).text
            if text is not None:
                yield display(path), text


def discover(engine: Engine, paths: Sequence[str]) -> source.Discovery:
    """The files that a run over some paths reads, by the engine's config."""
    config = engine.config
    found = source.discover(
        paths,
        base=os.curdir,
        exclude=config.exclude,
        exclude_base=config.root,
        endings=engine.endings,
        beside=OTHERS,
    )
    folders = [str(path) + os.sep for path in config.crds if path.is_dir()]
    if folders:
        # A catalogue of schemas may have thousands of files, and no manifest among them.
        from k8slint.schemas.sources import is_of_a_version

        named = {display(path) for path in paths}
        found.files = [
            path
            for path in found.files
            if not (is_of_a_version(os.path.basename(path)) and os.path.abspath(path).startswith(tuple(folders)))
            or display(path) in named
        ]
    if source.watcher is not None:
        source.watcher.saw("find", ("", *paths), _digest_of(found))
    return found


def _topmost(folders: Iterable[str]) -> list[str]:
    """Folders without those that are below others."""
    kept: list[str] = []
    for folder in sorted(folders, key=lambda folder: os.path.join(os.path.abspath(folder), "")):
        if not kept or not os.path.join(os.path.abspath(folder), "").startswith(
            os.path.join(os.path.abspath(kept[-1]), "")
        ):
            kept.append(folder)
    return kept


def once(findings: Iterable[Finding]) -> list[Finding]:
    """Findings without those that say the same of the same place: a rule may come upon one mistake by two ways, each with its own related places."""
    seen: dict[tuple[str, int, int, int, int, str, str], Finding] = {}
    for finding in findings:
        first = seen.setdefault(finding.order, finding)
        if first is not finding and finding.related != first.related:
            related = tuple(dict.fromkeys(first.related + finding.related))
            seen[finding.order] = first._replace(related=related)
    return list(seen.values())


def display(path: str) -> str:
    """A path as reports show it: relative to the current folder where it is below it, with forward slashes."""
    if os.path.isabs(path):
        relative = os.path.relpath(path)
        path = path if relative.startswith("..") else relative
    return path.replace(os.sep, "/")


def check_loaded(engine: Engine, name: str, loaded: source.Loaded, surroundings: Surroundings) -> FileResult:
    """The first pass over one file, or what reading it came to."""
    if loaded.text is not None:
        if loaded.digest is None:
            return engine.check_file(name, loaded.text, surroundings)
        from k8slint.cache import Asked

        asked = Asked(surroundings)
        result = engine.check_file(name, loaded.text, asked)
        result.digest, result.asked = loaded.digest, asked.answers
        return result
    result = FileResult(name)
    if loaded.error is not None:
        result.errors.append(loaded.error)
        result.broken = True
    if loaded.skipped is not None:
        result.skipped.append(Skipped(name, loaded.skipped))
    return result


def _not_folders(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if not os.path.isdir(path)]


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _common_folder(files: Sequence[str]) -> str:
    """The folder that all files are below; the current one for none."""
    folders = {os.path.dirname(path) for path in files}
    return os.path.commonpath([os.path.abspath(folder) for folder in folders]) if folders else os.curdir


# ---------------------------------------------------------------------------------------------------- worker processes


class _Share(NamedTuple):
    """What a worker needs to make the parent's engine again, where it was not forked from it."""

    key: str
    config: Config
    root: str
    watched: bool
    """Whether it is to say what it asks the file system."""


_WORKERS: dict[str, tuple[Engine, Surroundings]] = {}
"""What the workers of a run work with, by its key: forked processes find it here, others make it once."""


_FORKS = sys.platform.startswith("linux")
"""Whether a process can be forked with what is in memory; elsewhere that is slow, or not safe."""


def _processes(jobs: int) -> Executor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork" if _FORKS else "spawn"))


def _together(
    executor: Executor,
    batches: Iterable[B],
    theirs: Callable[[B], R],
    ours: Callable[[B], R],
    workers: int,
    cost: Callable[[B], float] = lambda _: 1.0,
) -> Iterator[R]:
    """What comes of batches, in no particular order. Workers take them from the front; this process, which would only wait, from the end.

    `cost` is that of a batch, about 1. Each worker has one to work on and at least one at hand.
    """
    from concurrent.futures import FIRST_COMPLETED, Future, wait

    left = deque(batches)
    waiting: dict[Future[R], float] = {}
    # What is there before the fork stays shared: collectors do not touch it.
    gc.freeze()
    try:
        with executor:
            while left or waiting:
                while left and (len(waiting) < 2 * workers or sum(waiting.values(), cost(left[0])) <= AHEAD * workers):
                    batch = left.popleft()
                    waiting[executor.submit(theirs, batch)] = cost(batch)
                if left:
                    yield ours(left.pop())
                for future in wait(waiting, 0 if left else None, FIRST_COMPLETED).done:
                    del waiting[future]
                    yield future.result()
    except KeyboardInterrupt:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        gc.unfreeze()


def _batches(sizes: dict[str, int]) -> list[list[str]]:
    """Files in batches of about `BATCH` bytes, the largest first, so that none is left alone at the end. Files of a folder stay together."""
    batches: list[list[str]] = [[]]
    filled = [0]
    for name, length in sizes.items():
        if filled[-1] >= BATCH:
            batches.append([])
            filled.append(0)
        batches[-1].append(name)
        filled[-1] += length
    order = sorted(range(len(batches)), key=lambda position: -filled[position])
    return [batches[position] for position in order]


def _check_batch(share: _Share, names: list[str]) -> list[FileResult]:
    made = _WORKERS.get(share.key)
    if made is None:
        made = _WORKERS[share.key] = (Engine(Plugins(), share.config), Surroundings(share.root))
    engine, surroundings = made
    if share.watched and source.watcher is None:
        from k8slint.cache import Watch

        source.watcher = Watch()
    results = []
    with _no_garbage_collection():
        for name in names:
            result = check_loaded(engine, name, source.load(name), surroundings)
            engine.let_go(result)
            results.append(result)
    if results:
        results[-1].news = _news()
    return results


def _news() -> Any:
    """What this process has asked the file system since it last said so; None where nobody wants to know."""
    watch: Any = source.watcher
    return watch.news() if watch is not None else None


def _digest_of(found: source.Discovery) -> bytes:
    from k8slint.cache import digest

    return digest(repr((found.files, found.skipped, found.errors)).encode("utf-8", "surrogatepass"))


class _Second:
    """What the second pass works with."""

    def __init__(self, engine: Engine, own: list[Manifest], project: Project) -> None:
        self.engine = engine
        self.own = own
        self.project = project


_Seen: TypeAlias = "tuple[list[Finding], dict[str, str], set[str], Any]"
"""What one part of the second pass found, the rules that failed with their tracebacks, which `external` of the config were needed, and what another process has asked the file
system (`_news`)."""

_SECOND: dict[str, _Second] = {}
"""The second passes under way, by a key: forked processes find theirs here."""


def _look_again(key: str, part: range) -> _Seen:
    return *_look(_SECOND[key], part)[:3], _news()


def _look(second: _Second, part: range) -> _Seen:
    engine, own, project = second.engine, second.own, second.project
    findings = [finding for position in part for finding in engine.check_across(own[position], project)]
    return findings, engine.tracebacks, project.used_external, None
