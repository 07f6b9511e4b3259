"""The projects around open files, kept as they are now: what an editor asks after every keystroke.

    workspace = Workspace(["/home/me/shop"])
    workspace.open("/home/me/shop/web.yaml", text)
    workspace.findings("/home/me/shop/web.yaml")    # those of `k8slint check` in the project, with unsaved texts for files
    while workspace.work(): ...                     # reads the rest of the project, piece by piece

A change is read where it is: the documents of the file that did not change keep their nodes and what was found in them, other files are a
part of the project's index already, and only the rules that look across resources run again, on the resources of the file that is asked about.

All paths are absolute. Nothing here is safe to call from two threads at once.
"""

from __future__ import annotations

import gc
import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from k8slint import config, source, views
from k8slint.classify import KUSTOMIZATION_NAMES, Category
from k8slint.config import ConfigError
from k8slint.document import Document, File
from k8slint.engine import Engine, FileResult, mark
from k8slint.finding import Finding
from k8slint.kustomize import Surroundings
from k8slint.plugins import PluginError, Plugins
from k8slint.project import Around, FlatScopes, LiveProject
from k8slint.run import check_loaded, discover, once
from k8slint.views import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from k8slint.project import Scopes
    from k8slint.schemas.definitions import Definitions

GARBAGE = 8
"""Texts after which old nodes are taken away: they hold each other, and the collector does not run by itself. It stops everything for so long that little
should be left for it to do."""


class Superseded(Exception):  # noqa: N818 - not an error
    """There is a newer text already: what is being made is not wanted any more."""


class Complaint(NamedTuple):
    """Why the config file of a project cannot be used, and where it says so (1-based; 0 for nowhere)."""

    path: str
    message: str
    line: int = 0
    column: int = 0


class _Member:
    """A file of a project: what is kept of it while it is not open."""

    __slots__ = ("broken", "manifests", "stamp")

    def __init__(self, stamp: tuple[int, int], manifests: list[Manifest], *, broken: bool) -> None:
        self.stamp = stamp
        self.manifests = manifests
        self.broken = broken


class _Opened:
    """An open file: its text, and what the two passes said of it."""

    __slots__ = ("findings", "generation", "read", "result", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.read: str | None = None
        """The text that `result` is about; None for none."""
        self.result: FileResult | None = None
        """What the first pass said of a text; or what was known of the file before."""
        self.findings: list[Finding] = []
        self.generation = -1
        """That of the project when `findings` were made."""


class Tree:
    """One project: the folder of a config file, of a repository, or that an editor has open; else what lies beside a file."""

    def __init__(
        self, root: str, config_path: str | None, plugins: Plugins, texts: dict[str, str], *, whole: bool
    ) -> None:
        """`texts` are those of all open files, by path. `whole` says that all below `root` belongs together."""
        self.root = root
        self.config_path = config_path
        self.plugins = plugins
        self.whole = whole
        self.texts = texts
        self.opened: dict[str, _Opened] = {}
        self.generation = 0
        """Counts what may change the findings of any file."""
        self.complaint: Complaint | None = None
        self.wanted: Callable[[], bool] = lambda: True
        """Whether what is being made is still wanted; asked between resources."""
        self._changed = self._tidied = 0
        self._engine: Engine | None = None
        self.load()

    # ---- the project as it is on disk

    def load(self) -> None:
        """Reads the config, and notes which files there are; to be called again when either may be another."""
        settings = self._settings()
        self.engine = Engine(self.plugins, settings, self.texts)
        self.surroundings: Surroundings | None = Surroundings(self.root) if self.root else None
        scopes: Scopes = self.surroundings or FlatScopes()
        self.members: dict[str, _Member] = {}
        self.unread: dict[str, None] | None = None
        """The files that are not read yet; None before they have been looked for."""
        self._unread_texts: dict[str, str] = {}
        self._definitions: Definitions | None = None
        self._files: dict[tuple[str, tuple[str, ...]], list[tuple[str, str]]] = {}
        self.project = LiveProject(
            [],
            scopes,
            Around(self._around, self._read_around),
            complete=settings.complete,
            external=settings.external,
            files=self._other_files,
            whole=self.engine.whole,
        )
        self._broken: set[str] = set()
        for opened in self.opened.values():
            opened.result = opened.read = None
        self._taken: dict[str, bool] = {}
        self.generation += 1

    def _settings(self) -> config.Config:
        rules = list(self.plugins.rules.values())
        make = partial(config.load, rules=rules, loader=lambda info: self.plugins.rule(info.id))
        self.complaint = None
        try:
            return make(self.config_path)
        except ConfigError as error:
            assert self.config_path is not None
            path = os.path.abspath(error.path or self.config_path)
            self.complaint = Complaint(path, error.message, error.line or 0, error.column or 0)
        except PluginError as error:
            self.complaint = Complaint(self.config_path or "", str(error))
        # The last one that could be used goes on; a config is half written for a while.
        return self._engine.config if self._engine is not None else make(None)

    @property
    def engine(self) -> Engine:
        assert self._engine is not None
        return self._engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._engine = engine

    def _discover(self) -> list[str]:
        """The files of the project, in the order of a run over it."""
        if not self.root:
            return []
        where = [self.root]
        if not self.whole:
            where = [os.path.join(self.root, "*" + ending) for ending in (".yaml", ".yml")]
        # Files of a project are few enough that to look for them again costs less than to know what an ignore file changes.
        found = discover(self.engine, where)
        return sorted(os.path.abspath(path) for path in found.files)

    def _look(self) -> dict[str, None]:
        """The files that have not been read yet; they are looked for when this is first asked."""
        if self.unread is None:
            files = self._discover()
            self.unread = {path: None for path in files if path not in self.opened}
            if self.surroundings is not None:
                self.surroundings.complete_index(files)
        return self.unread

    def _around(self) -> Iterator[tuple[str, str]]:
        for path in list(self._look()):
            loaded = source.load(path)
            if loaded.text is not None:
                yield path, loaded.text

    def _read_around(self, path: str, text: str) -> list[Manifest]:
        """The resources of a file that a look-up needs; the project takes them in itself."""
        if self.unread is None or path not in self.unread:
            return []
        del self.unread[path]
        member = self._read(path, source.Loaded(text))
        return member.manifests

    def _read(self, path: str, loaded: source.Loaded) -> _Member:
        """What is kept of a file that is not open."""
        stamp = _stamp(path)
        if loaded.text is None:
            assert self.surroundings is not None
            result = check_loaded(self.engine, path, loaded, self.surroundings)
        else:
            result = self.engine.check_file(path, loaded.text, self.surroundings, rules=False)
        self.engine.let_go(result)
        member = self.members[path] = _Member(stamp, self.engine.manifests(result), broken=result.broken)
        self._note(path, broken=result.broken)
        return member

    def _note(self, path: str, *, broken: bool) -> None:
        if broken:
            self._broken.add(path)
        else:
            self._broken.discard(path)
        if self.project.broken != bool(self._broken):
            self.project.broken = bool(self._broken)
            self.generation += 1

    def work(self) -> bool:
        """Reads one more file of the project; False where all have been read."""
        if self.project.around is None:
            return False
        # Their texts are at hand when the first look-up has come, or come now.
        texts = self.project.around.gather()
        unread = self._look()
        path = next(iter(unread), None)
        if path is None:
            self.project.around = None
            # Nothing should be another now; but not all questions are asked by words that stand in a file.
            self.generation += 1
            return False
        del unread[path]
        text = texts.pop(path, None)
        member = self._read(path, source.Loaded(text) if text is not None else source.load(path))
        self.project.replace((), member.manifests)
        if not len(self.members) % GARBAGE:
            gc.collect(0)
        return True

    def changed(self, path: str) -> bool:
        """Says that a file may have changed on disk, be it that it came or went; returns whether that changes anything here."""
        name = os.path.basename(path)
        if path == self.config_path or name in source.CONFIG_NAMES:
            self.load()
            return True
        if name in (*source.IGNORE_NAMES, "Chart.yaml") or self._matters_to_others(path):
            self.load()
            return True
        if path in self.opened:
            return False
        if not path.endswith(self.engine.endings):
            if self._files:
                self._files.clear()
                self.project.replace((), ())
                self.generation += 1
                return True
            return False
        member = self.members.get(path)
        stamp = _stamp(path)
        if member is not None and member.stamp == stamp:
            return False
        if member is None and stamp == _GONE and path not in (self.unread or ()):
            return False
        self._reread(path, member)
        return True

    def _matters_to_others(self, path: str) -> bool:
        """Whether what is in a file decides what others are: a kustomization, or a patch of one."""
        if os.path.basename(path) in KUSTOMIZATION_NAMES:
            return True
        # CRDs that the config names are read once, and so are the files that it extends.
        if any(path == str(crd) or path.startswith(str(crd) + os.sep) for crd in self.engine.config.crds):
            return True
        if self.config_path is not None and os.path.basename(path) in (source.load(self.config_path).text or ""):
            return True
        return self.surroundings is not None and self.surroundings.role(path) is Category.PATCH

    def _reread(self, path: str, member: _Member | None) -> None:
        """Takes in what is on disk now of a file that is not open."""
        self.engine.forget(path)
        unread = self._look()
        if path in unread:
            del unread[path]
            if self.project.around is not None:
                self.project.around.gather().pop(path, None)
        old = member.manifests if member is not None else []
        self.members.pop(path, None)
        new: list[Manifest] = []
        if os.path.isfile(path) and self.takes(path):
            new = self._read(path, source.load(path)).manifests
        else:
            self._note(path, broken=False)
        self._replace(old, new)

    def takes(self, path: str) -> bool:
        """Whether a file is one of the project's: neither a pattern nor the name of a folder above it leaves it out."""
        if not self.root:
            return True
        found = self._taken.get(path)
        if found is None:
            found = self._taken[path] = self._is_below(path) and not self._left_out(path)
        return found

    def _is_below(self, path: str) -> bool:
        folder = os.path.dirname(path)
        if not self.whole:
            return folder == self.root
        while len(folder) > len(self.root):
            if not source.enters(folder, os.path.basename(folder)):
                return False
            folder = os.path.dirname(folder)
        return folder == self.root

    def _left_out(self, path: str) -> bool:
        search = source.Search(self.root, self.engine.endings, respect_ignore=True)
        if self.engine.config.exclude:
            search.exclude(self.engine.config.exclude, self.engine.config.root or self.root)
        return search._left_out(path)

    def rescan(self) -> bool:
        """Looks for what has changed on disk without having been told; returns whether anything has."""
        if self.unread is None:
            return False
        now = set(self._discover())
        known = self.members.keys() | self.unread.keys()
        stale = [path for path in now ^ known if path not in self.opened]
        stale += [path for path in now & self.members.keys() if self.members[path].stamp != _stamp(path)]
        return sum(self.changed(path) for path in sorted(stale)) > 0

    def _replace(self, old: Sequence[Manifest], new: Sequence[Manifest]) -> None:
        if not old and not new:
            return
        self.project.replace(old, new)
        self.generation += 1
        # Which kinds there are is known by their CRDs, and those are made into schemas once.
        if any(manifest.kind == "CustomResourceDefinition" for manifest in (*old, *new)):
            self._definitions = None

    def _other_files(self, ending: str, paths: Sequence[str]) -> list[tuple[str, str]]:
        """The paths and texts of files with another ending than manifests have."""
        key = ending, tuple(paths)
        if key not in self._files:
            found = source.discover(
                list(paths) or [self.root or os.curdir],
                base=self.root or os.curdir,
                exclude=self.engine.config.exclude,
                exclude_base=self.engine.config.root,
                endings=(ending,),
            )
            loaded = ((path, source.load(path).text) for path in found.files if path.endswith(ending))
            self._files[key] = [(os.path.abspath(path), text) for path, text in loaded if text is not None]
        return self._files[key]

    # ---- open files

    def open(self, path: str, text: str) -> None:
        """Says that a text counts for a file from now on; what was kept of the file is let go."""
        opened = self.opened.get(path)
        if opened is not None:
            opened.text = text
        else:
            self.opened[path] = _Opened(text)
            if self.unread is not None and path in self.unread:
                del self.unread[path]
                if self.project.around is not None:
                    self.project.around.gather().pop(path, None)
            member = self.members.pop(path, None)
            if member is not None:
                # Its resources are in the index until its text has been read.
                self.opened[path].result = result = FileResult(path)
                result.manifests = member.manifests
        self.opened[path].generation = -1

    def close(self, path: str) -> None:
        """Says that the file on disk counts again."""
        opened = self.opened.pop(path, None)
        if opened is None:
            return
        old = opened.result.manifests if opened.result is not None else []
        self._reread(path, _Member(_GONE, old, broken=False))

    def findings(self, path: str) -> list[Finding]:
        """The findings in an open file, as its text and the project are now. Raises Superseded where nobody wants them any more."""
        opened = self.opened[path]
        # Whatever is to be looked at, the other open files count with the texts they have now.
        self._look()
        for other, one in self.opened.items():
            if one.read is not one.text and one.read != one.text:
                self._look_alone(other, one)
        if opened.generation != self.generation:
            generation = self.generation
            opened.findings = self._judge(path, opened)
            # Look-ups may have read files that are broken, which is known from then on.
            opened.generation = generation if generation == self.generation else -1
            if opened.generation < 0:
                return self.findings(path)
        return opened.findings

    def _look_alone(self, path: str, opened: _Opened) -> None:
        """The first pass over an open file."""
        before = opened.result
        self.engine.forget(path)
        kept = before if opened.read is not None else None
        old = before.manifests if before is not None else []
        if self.takes(path):
            result = self.engine.check_file(path, opened.text, self.surroundings, before=kept)
        else:
            # It is none of the project's files: nothing is said of it, and nobody finds anything in it.
            result = FileResult(path)
        opened.result, opened.read = result, opened.text
        self._note(path, broken=result.broken)
        self._replace(old, result.manifests)
        self.generation += 1
        self._changed += 1

    def _judge(self, path: str, opened: _Opened) -> list[Finding]:
        """The second pass over an open file, and the last word on its findings."""
        result = opened.result
        assert result is not None
        if result.errors:
            return []
        self.engine.crashed = set()
        findings = list(result.findings)
        for manifest in result.manifests:
            if not self.wanted():
                raise Superseded
            findings += self.engine.check_across(manifest, self.project)
        findings += self._of_custom(result.manifests)
        suppressed = _Suppressed(self.engine, path, opened.text, result)
        kept = [finding for finding in once(findings) if not suppressed(finding)]
        kept += suppressed.unused()
        shown = []
        settings = self.engine.config
        for finding in kept:
            severity = settings.severity(self.plugins.rules[finding.rule], finding)
            if severity.rank >= settings.min_severity.rank:
                shown.append(finding if severity is finding.severity else finding._replace(severity=severity))
        if self.root:
            shown = [self._readable(finding) for finding in shown]
        return sorted(shown, key=lambda finding: finding.order)

    def _of_custom(self, manifests: list[Manifest]) -> Iterator[Finding]:
        """What CRDs say of custom resources."""
        custom = self.engine.custom(manifests)
        if not custom:
            return
        if self._definitions is None:
            self._definitions = self.engine.definitions(self.project)
        self._definitions.start_over()
        for manifest in custom:
            yield from self.engine.check_custom(manifest, self._definitions)

    def _readable(self, finding: Finding) -> Finding:
        """A finding that names other files as seen from the project's folder, as a run there does."""
        folder = os.path.join(self.root, "")
        return finding._replace(message=finding.message.replace(folder, "")) if folder in finding.message else finding

    def what_if(self, path: str, text: str) -> list[Finding]:
        """The findings in an open file if it had another text."""
        opened = self.opened[path]
        real, known = opened.text, self.texts.get(path)
        try:
            opened.text = self.texts[path] = text
            return self.findings(path)
        finally:
            opened.text = real
            if known is not None:
                self.texts[path] = known
            opened.generation = -1

    def tidy(self) -> None:
        """Takes away the nodes of texts that are no more, once there are many."""
        if self._changed >= GARBAGE:
            self._changed = 0
            self._tidied += 1
            # What outlives two collections is looked at again once in a while.
            gc.collect(1 if self._tidied % 32 else 2)


class _Suppressed:
    """Tells which findings of a file its author asks not to be told."""

    def __init__(self, engine: Engine, path: str, text: str, result: FileResult) -> None:
        self.engine = engine
        self.path = path
        self.text = text
        self.suppressions = result.suppressions
        if self.suppressions is not None:
            # A result may be asked about many times, and what is used is known anew each time.
            for item in self.suppressions.items:
                item.used.clear()

    def __call__(self, finding: Finding) -> bool:
        return self.suppressions is not None and self.suppressions.match(finding)

    def unused(self) -> Iterator[Finding]:
        """Findings on suppressions that suppressed nothing."""
        if self.suppressions is None:
            return
        ran = self.engine.active.keys() - self.engine.crashed
        document = Document(File(self.path, self.text), 0, 0, len(self.text))
        for unused in self.suppressions.unused(ran, self.engine.plugins.rules):
            node = mark(document, unused.start, unused.end)
            view = views.UnusedSuppression(node, Manifest(node, document), unused)
            yield from (finding for finding in self.engine.announce(view) if not self(finding))


class Workspace:
    """All that an editor has open, and the projects around it."""

    def __init__(self, roots: Iterable[str] = (), plugins: Plugins | None = None) -> None:
        """`roots` are the folders that the editor has open. Raises PluginError where no rules can be had."""
        self.plugins = plugins or Plugins()
        self.plugins.require_rules()
        self.roots = [os.path.abspath(root) for root in roots]
        self.texts: dict[str, str] = {}
        """The texts of open files, by path."""
        self.trees: dict[tuple[str, str | None], Tree] = {}
        self._by_folder: dict[str, Tree] = {}
        self.wanted: Callable[[], bool] = lambda: True
        self._frozen = False

    def tree(self, path: str) -> Tree:
        """The project that a file belongs to. What is no file (`<untitled>`) stands for itself."""
        folder = path if path.startswith("<") else os.path.dirname(path)
        found = self._by_folder.get(folder)
        if found is None:
            root, config_path, whole = self._where(folder)
            key = root or folder, config_path
            if key not in self.trees:
                self.trees[key] = Tree(root, config_path, self.plugins, self.texts, whole=whole)
            found = self._by_folder[folder] = self.trees[key]
        return found

    def _where(self, folder: str) -> tuple[str, str | None, bool]:
        """Where the project of a folder begins ("" for nowhere), its config file, and whether all below belongs to it."""
        if folder.startswith("<"):
            return "", None, False
        found = config.find(folder)
        if found is not None:
            return str(found.parent), str(found), True
        root = source.project_root(folder)
        if source.is_project(root):
            return root, None, True
        around = [root for root in self.roots if folder == root or folder.startswith(os.path.join(root, ""))]
        return (max(around, key=len), None, True) if around else (folder, None, False)

    # ---- what the editor says

    def open(self, path: str, text: str) -> None:
        """A file is open with this text, or has got it."""
        self.texts[path] = text
        self.tree(path).open(path, text)

    def close(self, path: str) -> None:
        """A file is not open any more: what is on disk counts."""
        if self.texts.pop(path, None) is not None:
            self.tree(path).close(path)

    def changed(self, paths: Iterable[str]) -> bool:
        """Files may have changed on disk, come or gone. Returns whether findings may be others now."""
        paths = sorted(self._files_of(paths))
        if any(os.path.basename(path) in source.CONFIG_NAMES or path.endswith(f"{os.sep}.git") for path in paths):
            # Which project a file belongs to may be another matter now.
            self.reload()
            return True
        changes = [
            tree.changed(path)
            for path in paths
            for tree in list(self.trees.values())
            if tree.root and path.startswith(os.path.join(tree.root, ""))
        ]
        return any(changes)

    def _files_of(self, paths: Iterable[str]) -> set[str]:
        """The files that paths mean: of a folder that came or went, those that are in it or were."""
        found = set(paths)
        for path in list(found):
            below = os.path.join(path, "")
            for tree in self.trees.values():
                found.update(known for known in (*tree.members, *(tree.unread or ())) if known.startswith(below))
            if os.path.isdir(path):
                found.update(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
        return found

    def rescan(self) -> bool:
        """For editors that do not tell: looks for what has changed on disk. Returns whether findings may be others now."""
        return sum(tree.rescan() for tree in list(self.trees.values())) > 0

    def set_roots(self, roots: Iterable[str]) -> None:
        """The editor has other folders open."""
        self.roots = [os.path.abspath(root) for root in roots]
        self.reload()

    def reload(self) -> None:
        """Reads all configs again, and all projects."""
        old = {(tree.root, tree.config_path): tree for tree in self.trees.values()}
        self._by_folder.clear()
        self.trees.clear()
        for path, text in list(self.texts.items()):
            tree = self.tree(path)
            before = old.get((tree.root, tree.config_path))
            if before is not None and tree.complaint is not None and not tree.opened:
                # A config that cannot be used for the moment: the last good one goes on.
                tree.engine = before.engine
                tree.load()
            tree.open(path, text)

    # ---- what it asks

    def findings(self, path: str) -> list[Finding]:
        """The findings in an open file. Raises Superseded where `wanted` says that nobody waits for them any more."""
        tree = self.tree(path)
        tree.wanted = self.wanted
        return tree.findings(path)

    def what_if(self, path: str, text: str) -> list[Finding]:
        """The findings in an open file if it had another text."""
        tree = self.tree(path)
        tree.wanted = lambda: True
        return tree.what_if(path, text)

    def text(self, path: str) -> str:
        """The text of a file: the open one, else what is on disk; "" where it is gone."""
        text = self.texts.get(path)
        return text if text is not None else source.load(path).text or ""

    def complaints(self) -> list[Complaint]:
        """What is wrong with the config files in use."""
        return [tree.complaint for tree in self.trees.values() if tree.complaint is not None]

    def work(self) -> bool:
        """Does a small piece of what can wait; False where nothing is left."""
        for tree in self.trees.values():
            if tree.opened and tree.work():
                return True
            tree.tidy()
        if not self._frozen and self.trees:
            # What is there now stays: the collector need not look through it again.
            self._frozen = True
            gc.collect()
            gc.freeze()
        return False


_GONE = (0, -1)


def _stamp(path: str) -> tuple[int, int]:
    """What tells whether a file has changed; that of none for one that is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return _GONE
    return status.st_mtime_ns, status.st_size
