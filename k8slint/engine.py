"""Sources x rules -> findings: the table of rules by view, the loop, the places, the executor seam.

The first pass (`check_file`) takes each file on its own, runs the rules that look at one resource, and keeps what others may ask of it; it can
happen in any process and in any order. The second (`check_across`) runs the rules that look across resources, over what was kept. A finding's place
is looked up last (`place`), so that a document is read again only where a finding of the second pass needs it. `run.py` drives the passes.
"""

from __future__ import annotations

import gc
import os
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from k8slint import classify, source, views
from k8slint.classify import Category, Surroundings
from k8slint.document import Document, File, Lines, read
from k8slint.finding import SEVERITY_OF_CLAIM, Finding, Fix, Related, Resource, Skipped
from k8slint.nodes import MAPPING, SCALAR, Node, pack, release, unpack
from k8slint.plugins import Plugins
from k8slint.problem import Change, Mend, Problem
from k8slint.views import Manifest, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from k8slint.config import Config
    from k8slint.project import Project
    from k8slint.rule import Rule, RuleInfo
    from k8slint.schemas.check import Schemas
    from k8slint.schemas.definitions import Definitions
    from k8slint.suppress import Suppressions


class Fact(NamedTuple):
    """What is kept of a resource when its nodes are let go: where and what it is, and packed (`nodes.pack`) what others may ask of it."""

    path: str
    document: int
    prefix: tuple[str | int, ...]
    resource: Resource
    value: bytes


class Checked:
    """What the first pass says of one document, and where that document stood (offset and line) when it did."""

    __slots__ = ("category", "document", "findings", "line", "manifests", "start")

    def __init__(self, document: Document, category: Category) -> None:
        self.document = document
        self.category = category
        self.findings: list[Finding] = []
        self.manifests: list[Manifest] = []
        self.start = document.start
        self.line = 0

    def holds(self, lines: Lines) -> bool:
        """Whether what was found still goes for the document where it stands now: some messages speak of lines by their numbers."""
        moved = self.line and lines.position(self.document.start)[0] != self.line
        return not (moved and any(re.search(r"\bline \d", finding.message) for finding in self.findings))

    def settle(self) -> None:
        """Notes where the document stands; what was found in it when it stood elsewhere moves with it."""
        # The index of a file's lines is made for those alone that have findings.
        line = self.document.file.lines.position(self.document.start)[0] if self.findings else 0
        down, along = line - self.line, self.document.start - self.start
        if self.line and (down or along):
            self.findings = [_moved(finding, down, along) for finding in self.findings]
        self.line, self.start = line, self.document.start


class FileResult:
    """What the first pass says of one file; picklable but for `file`, `parts` and `manifests`, which stay in the process that read it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.documents = 0
        self.findings: list[Finding] = []
        self.skipped: list[Skipped] = []
        self.facts: list[Fact] = []
        self.suppressions: Suppressions | None = None
        self.broken = False
        self.errors: list[str] = []
        self.crashed: frozenset[str] = frozenset()
        self.tracebacks: dict[str, str] = {}
        self.file: File | None = None
        self.parts: list[Checked] = []
        self.category: Category | None = None
        """What the file is, where its documents need not be asked."""
        self.manifests: list[Manifest] = []
        # For the cache, where there is one: what tells the text from others, what was asked of the surroundings with the answers, and what the
        # process that read it has asked the file system.
        self.digest: bytes | None = None
        self.asked: dict[str, Any] = {}
        self.news: Any = None

    def unchecked(self, document: int) -> None:
        """Notes that no rule looks at a document: nothing in it can be called an unused suppression."""
        if self.suppressions is not None:
            self.suppressions.unchecked(document)


class _Remembered(Document):
    """A document that was let go; its resource's nodes are made of a fact."""

    __slots__ = ()

    def __init__(self, fact: Fact) -> None:
        super().__init__(File(fact.path, ""), fact.document, 0, 0)
        self.prefix = fact.prefix


class Engine:
    """Rules, config and sources of one run."""

    def __init__(self, plugins: Plugins, config: Config, texts: Mapping[str, str] | None = None) -> None:
        """`texts` stand for what is in the files of their paths."""
        plugins.require_rules()
        self.plugins = plugins
        self.config = config
        self.active: dict[str, RuleInfo] = {
            rule_id: info for rule_id, info in plugins.rules.items() if config.active(info)
        }
        self.local = self._table(project=False)
        self.cross = self._table(project=True)
        self._project: Project | None = None
        self._prepared: dict[str, tuple[Rule, tuple[Any, ...]]] = {}
        self._for_kind: dict[tuple[bool, str, bool], list[tuple[type[View], list[str]]]] = {}
        self._readers = plugins.readers()
        self._texts = texts if texts is not None else {}
        self._files: dict[str, File] = {}
        self._released = 0
        self.crashed: set[str] = set()
        """Rules that failed somewhere: of what they did not get to see nothing can be said."""
        self.tracebacks: dict[str, str] = {}
        """Where they failed first, as Python tells it."""

    # ---- the table

    def _table(self, *, project: bool) -> dict[type[View], list[str]]:
        table: dict[type[View], list[str]] = {}
        for rule_id, info in self.active.items():
            if info.project is project:
                for view in self._views_of(info):
                    table.setdefault(view, []).append(rule_id)
        return table

    def _views_of(self, info: RuleInfo) -> Iterable[type[View]]:
        known = [getattr(views, name, None) for name in info.on]
        if all(isinstance(view, type) for view in known):
            return known  # type: ignore[return-value]
        # A view class of a plugin: only the rule itself knows it.
        return self.plugins.rule(info.id).on

    def _rules_for(self, manifest: Manifest, *, project: bool) -> list[tuple[type[View], list[str]]]:
        kind, pods = manifest.kind, bool(manifest.views(views.PodSpec))
        found = self._for_kind.get((project, kind, pods))
        if found is None:
            table = self.cross if project else self.local
            found = [
                (view, ids)
                for view, ids in table.items()
                if (view.kinds is None or kind in view.kinds)
                and (pods or not view.in_pods)
                and not issubclass(view, views.Met)
            ]
            self._for_kind[project, kind, pods] = found
        return found

    def _prepare(self, rule_id: str) -> tuple[Rule, tuple[Any, ...]]:
        """A rule and the arguments that are the same for every call, noted for the next."""
        rule = self.plugins.rule(rule_id)
        options = self.config.options(rule) if "options" in rule.parameters else None
        given = {"options": options, "settings": self.config, "project": self._project}
        ready = self._prepared[rule_id] = (rule, tuple(given[name] for name in rule.parameters))
        return ready

    def _apply(
        self, rule_ids: Iterable[str], instances: Iterable[View], project: Project | None = None
    ) -> Iterator[Finding]:
        """Rules on views of one class. What a rule raises becomes a finding of its own."""
        if project is not None and project is not self._project:
            self._project, self._prepared = project, {}
        for rule_id in rule_ids:
            rule, arguments = self._prepared.get(rule_id) or self._prepare(rule_id)
            check = rule.check
            for view in instances:
                try:
                    for problem in check(view, *arguments):
                        yield self.place(problem, rule.info)
                except Exception as error:
                    if rule_id == "rule-crashed":
                        raise
                    where = f"{type(error).__name__}: {error}, in {_line_of(error)}"
                    self.crashed.add(rule_id)
                    yield from self._failed(views.Crash(view.node, view.manifest, rule_id, where), error)

    def _failed(self, crash: views.Crash, error: Exception) -> Iterator[Finding]:
        """Says that a rule has failed, and notes how it came to that the first time."""
        if crash.rule not in self.tracebacks:
            from k8slint.crashes import traceback_of

            self.tracebacks[crash.rule] = traceback_of(error)
        return self.announce(crash)

    def announce(self, view: View) -> Iterator[Finding]:
        """Runs the rules on something that the engine itself met."""
        return self._apply(self.local.get(type(view), ()), (view,))

    # ---- first pass

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings of the files that are looked for in folders: the usual ones, and those that plugins read."""
        return (*classify.ENDINGS, *self._readers)

    def read_file(self, path: str, text: str) -> File:
        """A file's documents, by the reader of its ending."""
        return self._by_reader(path, text) or read(path, text)

    def _by_reader(self, path: str, text: str) -> File | None:
        """What a plugin reads a file as; None where none does."""
        reader = self._readers.get(os.path.splitext(path)[1])
        return reader.read(path, text) if reader else None

    def check_file(
        self,
        path: str,
        text: str,
        surroundings: Surroundings | None,
        *,
        before: FileResult | None = None,
        rules: bool = True,
    ) -> FileResult:
        """Everything that one file can tell alone.

        `before` is what was said of an earlier text of the file, with the same surroundings. Documents that are in both are taken over with what was
        found in them, so it is not to be used any more. Without `rules` the file is only read, for others to look things up.
        """
        result = FileResult(path)
        try:
            file = self._by_reader(path, text)
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises, the run goes on
            result.errors.append(f"{path}: the reader that a plugin brings failed: {type(error).__name__}: {error}")
            result.broken = True
            return result
        category = None if file is not None else classify.classify_text(path, text, surroundings)
        if category is Category.TEMPLATE and surroundings is None and "templates/" not in path:
            # A text that stands for itself is what would be applied, and kubectl refuses it.
            category = None
        result.category = category
        if category is not None and category not in _CHECKED:
            if category is Category.TEMPLATE:
                if rules:
                    result.findings += self._template(File(path, text))
                result.broken = True
            result.skipped.append(Skipped(path, category.value))
            result.suppressions = _suppressions(File(path, text))
            return result
        known: dict[int, Checked] = {}
        if before is not None and file is None and before.category is category:
            known = {id(part.document): part for part in before.parts}
        file = file or read(path, text, before=before.file if before is not None else None)
        result.file = file
        result.suppressions = _suppressions(file)
        for document in file.documents:
            part = known.get(id(document))
            if part is None or not part.holds(file.lines):
                part = self._check_document(file, document, category, surroundings, rules)
            if part is not None:
                result.parts.append(part)
                self._take(part, result)
        if result.skipped and len(result.skipped) == len(result.parts):
            # The whole file is something else: said once.
            result.skipped = [result.skipped[0]._replace(line=0)]
        return result

    def _check_document(
        self, file: File, document: Document, category: Category | None, surroundings: Surroundings | None, rules: bool
    ) -> Checked | None:
        """What one document can tell alone; None for one that holds nothing."""
        if document.error is not None:
            part = Checked(document, Category.MANIFEST)
            if rules:
                part.findings += self._broken(document)
            return part
        if document.root is None or (document.root.kind == SCALAR and document.root.is_null):
            return None
        part = Checked(document, category or classify.classify_document(file, document, surroundings))
        if part.category not in _CHECKED:
            return part
        if rules:
            part.findings += self._duplicates(document)
        if part.category is Category.PATCH:
            # Half an object: only its syntax can be judged.
            return part
        if document.root.is_sequence and rules:
            part.findings += self._against_schema(Manifest(document.root, document), surroundings)
        for root in document.resources:
            manifest = Manifest(root, document)
            if rules:
                if part.category is Category.MANIFEST:
                    part.findings += self._against_schema(manifest, surroundings)
                part.findings += self.check_manifest(manifest)
            part.manifests.append(manifest)
        return part

    def _take(self, part: Checked, result: FileResult) -> None:
        """Adds what is said of a document to what is said of its file."""
        document = part.document
        part.settle()
        result.documents += 1
        result.findings += part.findings
        result.manifests += part.manifests
        if document.error is not None:
            result.broken = True
            result.unchecked(document.index)
        elif part.category not in _CHECKED:
            result.unchecked(document.index)
            result.skipped.append(Skipped(result.path, part.category.value, document.line))
        elif part.category is Category.PATCH:
            result.unchecked(document.index)

    def check_manifest(self, manifest: Manifest) -> Iterator[Finding]:
        """The rules that look at one resource alone."""
        for view, rule_ids in self._rules_for(manifest, project=False):
            instances = manifest.views(view)
            if instances:
                yield from self._apply(rule_ids, instances)

    def _against_schema(self, manifest: Manifest, surroundings: Surroundings | None) -> Iterator[Finding]:
        """What the schema of its kind says of an object."""
        schemas = self._schemas
        if schemas is None:
            return iter(())
        return self._say(manifest, lambda: _not_added(schemas.check(manifest), surroundings))

    def _say(self, manifest: Manifest, check: Callable[[], list[views.Mistake]]) -> Iterator[Finding]:
        """What rules make of the mistakes that a schema finds in an object."""
        try:
            mistakes = check()
        except Exception as error:  # noqa: BLE001 - no rule has raised this, and it must not hide what all others find
            mistakes = []
            where = f"{type(error).__name__}: {error}"
            yield from self._failed(views.Crash(manifest.node, manifest, "unknown-field", where), error)
        for mistake in mistakes:
            yield from self.announce(mistake)

    @cached_property
    def _schemas(self) -> Schemas | None:
        """The schemas of the target versions; None where no rule wants to hear of mistakes."""
        if not any(issubclass(view, views.Mistake) for view in self.local):
            return None
        from k8slint.schemas.check import Schemas

        versions = self.config.kubernetes_version
        return Schemas(versions.oldest.minor, versions.newest.minor) if versions else Schemas()

    def _broken(self, document: Document) -> Iterator[Finding]:
        error = document.error
        assert error is not None
        node = mark(document, error.start, error.end)
        from k8slint import misread

        return self.announce(
            views.BrokenDocument(node, Manifest(node, document), error.message, misread.cause(document))
        )

    def _duplicates(self, document: Document) -> Iterator[Finding]:
        for first, again in document.duplicates:
            root = again.root
            manifest = Manifest(root, root.document or document)
            yield from self.announce(views.DuplicateKey(again, manifest, first))

    def _template(self, file: File) -> Iterator[Finding]:
        document = Document(file, 0, 0, len(file.text))
        start = max(classify.first_placeholder(file.text), 0)
        node = mark(document, start, start + 2)
        return self.announce(views.Template(node, Manifest(node, document)))

    # ---- what is kept for the second pass

    def let_go(self, result: FileResult) -> None:
        """Keeps facts of a result's resources instead of their nodes, so that it is small and can be sent to another process."""
        result.facts = self.facts(result)
        result.crashed = frozenset(self.crashed)
        result.tracebacks = dict(self.tracebacks)
        for manifest in result.manifests:
            manifest.release()
        result.manifests, result.parts = [], []
        if result.file is None:
            return
        self._released += len(result.file.text)
        for document in result.file.documents:
            if document.root is not None:
                release(document.root)
        result.file.documents = []
        result.file = None
        if self._released > _RELEASED:
            # Some views hold each other as well, and a run does without the collector, which would look through all that is kept.
            self._released = 0
            gc.collect(0)

    def facts(self, result: FileResult) -> list[Fact]:
        """What of a result's resources is kept without their nodes."""
        return [
            Fact(result.path, manifest.document.index, manifest.node.path, manifest.resource, pack(_kept(manifest)))
            for manifest in result.manifests
        ]

    def manifests(self, result: FileResult) -> list[Manifest]:
        """The resources of a result: as they were read, or made of the facts that were kept."""
        return result.manifests or [_remember(fact) for fact in result.facts]

    def resources_of(self, path: str, text: str, surroundings: Surroundings | None) -> Iterator[Manifest]:
        """The resources of a file that is only looked things up in: no rule runs on it."""
        file = self._by_reader(path, text)
        if file is None:
            if classify.classify_text(path, text, surroundings) not in (None, Category.MANIFEST):
                return
            file = read(path, text)
        for document in file.documents:
            if document.resources and classify.classify_document(file, document, surroundings) is Category.MANIFEST:
                for root in document.resources:
                    yield Manifest(root, document)

    # ---- second pass

    def check_across(self, manifest: Manifest, project: Project) -> Iterator[Finding]:
        """The rules that look a resource's neighbours up."""
        for view, rule_ids in self._rules_for(manifest, project=True):
            instances = manifest.views(view)
            if instances:
                yield from self._apply(rule_ids, instances, project)

    def custom(self, manifests: list[Manifest]) -> list[Manifest]:
        """Those of the manifests whose kind only a CRD can say anything of; none where no rule wants to hear of mistakes."""
        schemas = self._schemas
        return [] if schemas is None else [manifest for manifest in manifests if not schemas.knows(manifest)]

    def check_custom(self, manifest: Manifest, definitions: Definitions) -> Iterator[Finding]:
        """What the CRD of its kind says of a custom resource."""
        return self._say(manifest, lambda: self._custom_mistakes(manifest, definitions))

    def _custom_mistakes(self, manifest: Manifest, definitions: Definitions) -> list[views.Mistake]:
        mistakes = definitions.check(manifest)
        found = any(not isinstance(mistake, views.UncheckedKind) for mistake in mistakes)
        if found and isinstance(manifest.document, _Remembered):
            # The words for a mistake depend on how it is written.
            mistakes = definitions.check(self.whole(manifest))
        return mistakes

    def whole(self, manifest: Manifest) -> Manifest:
        """A resource as it is written: of a remembered one, its document read again."""
        if not isinstance(manifest.document, _Remembered):
            return manifest
        root = self._real(manifest.node)
        return Manifest(root, _document(root))

    def definitions(self, project: Project) -> Definitions:
        """The CRDs of a project and of the config."""
        from k8slint.config import display
        from k8slint.schemas.definitions import Definitions
        from k8slint.schemas.sources import Sources

        minors = [version.minor for version in reversed(self._schemas.tables)] if self._schemas is not None else [0]
        sources = Sources(self.config.crds, self.config.crds_places, self._definitions_in, display)
        return Definitions(project, sources, minors)

    def _definitions_in(self, path: str, text: str) -> tuple[list[Manifest], str]:
        """The resources in a file that the config names for its CRDs, and why others in it cannot be read; "" where all can."""
        file = self.read_file(path, text)
        complaint = ""
        for document in file.documents:
            if document.error is not None and not complaint:
                line, column = file.lines.position(document.start + document.error.start)
                complaint = f"line {line}, column {column}: {document.error.message}"
        return [Manifest(root, document) for document in file.documents for root in document.resources], complaint

    # ---- places

    def place(self, problem: Problem, info: RuleInfo) -> Finding:
        """A problem with its line and column, its fix as text."""
        node = self._real(problem.node)
        document = _document(node)
        lines = document.file.lines
        span = document.span(node, problem.at, problem.within)
        line, column = lines.position(span.start)
        end_line, end_column = lines.position(span.end)
        root = node.root
        claim = problem.claim or info.claim
        named = problem.node if problem.field is None else problem.field
        severity = info.severity if claim is info.claim else SEVERITY_OF_CLAIM[claim]
        return Finding(
            rule=info.id,
            claim=claim,
            severity=severity,
            message=problem.message,
            path=document.path,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            route=named if isinstance(named, str) else named.route,
            resource=Manifest(root, document).resource if root.kind == MAPPING else None,
            fix=self._fix(problem.mend),
            related=tuple(self._related(note.node, note.message) for note in problem.related),
            url=info.url,
            source=document.source,
        )

    def _related(self, node: Node, message: str) -> Related:
        node = self._real(node)
        document = _document(node)
        line, column = document.file.lines.position(document.span(node, "key").start)
        return Related(document.path, line, column, message)

    def _fix(self, mend: Mend | None) -> Fix | None:
        if mend is None:
            return None
        # Most runs fix nothing.
        from k8slint import edits

        if mend.edits:
            return Fix(mend.title, mend.safe, mend.edits)
        changes = tuple(
            Change(self._real(c.node), c.verb, self._real(c.payload) if isinstance(c.payload, Node) else c.payload)
            for c in mend.changes
        )
        # A fix may reach into other documents (a name and the references to it): each document's changes become text together.
        made: list[Any] = []
        for owner in {id(_document(change.node)): _document(change.node) for change in changes}.values():
            part = mend._replace(changes=tuple(change for change in changes if _document(change.node) is owner))
            text = edits.text_edits(owner, part)
            if text is None:
                return None
            made += text
        return Fix(mend.title, mend.safe, tuple(made)) if made else None

    def _real(self, node: Node) -> Node:
        """The node with its place: of a remembered document, the same node of the document read again."""
        document = _document(node)
        if not isinstance(document, _Remembered):
            return node
        file = self._files.get(document.path)
        if file is None:
            if len(self._files) >= 64:
                self._files.clear()
                # Nodes hold each other: nobody else would take them away.
                gc.collect(0)
            text = self._texts.get(document.path)
            if text is None:
                text = source.load(document.path).text or ""
            file = self._files[document.path] = self.read_file(document.path, text)
        return file.documents[document.index].locate(document.prefix + node.path)

    def forget(self, path: str) -> None:
        """Says that a file has changed: where it is needed again for the place of something, it is read again."""
        self._files.pop(path, None)


_RELEASED = 4 * 2**20
"""Characters of files that were let go until their nodes are taken away."""

_CHECKED = (Category.MANIFEST, Category.KUSTOMIZATION, Category.PATCH)


def _moved(finding: Finding, down: int, along: int) -> Finding:
    """What was found in a document alone, after the document has moved some lines and characters."""
    fix = finding.fix
    if fix is not None:
        edits = tuple(edit._replace(start=edit.start + along, end=edit.end + along) for edit in fix.edits)
        fix = fix._replace(edits=edits)
    return finding._replace(
        line=finding.line + down,
        end_line=finding.end_line + down,
        fix=fix,
        related=tuple(related._replace(line=related.line + down) for related in finding.related),
    )


def _document(node: Node) -> Document:
    document = node.root.document
    assert document is not None, "a node of a problem belongs to a document"
    return document


# A regex that begins with a plain character is found many times faster than letters of either case.
_OUR_NAME = "8[sS][lL][iI][nN][tT]"


def _suppressions(file: File) -> Suppressions | None:
    """The suppressions of a file; None where its text cannot hold any, which spares most runs the import."""
    if re.search(_OUR_NAME, file.text) is None:
        return None
    from k8slint.suppress import collect

    return collect(file)


def _remember(fact: Fact) -> Manifest:
    document = _Remembered(fact)
    root = unpack(fact.value)
    root.document = document
    return Manifest(root, document, fact.resource)


def _kept(manifest: Manifest) -> Any:
    """The resource as plain data without what is long and nobody looks up from elsewhere: the values of ConfigMaps and Secrets."""
    if manifest.kind == "CustomResourceDefinition":
        return _kept_definition(manifest)
    value = manifest.node.value
    for field_name in ("data", "stringData", "binaryData") if manifest.kind in ("ConfigMap", "Secret") else ():
        if isinstance(value.get(field_name), dict):
            value[field_name] = dict.fromkeys(value[field_name], "")
    return value


def _kept_definition(manifest: Manifest) -> Any:
    """A CRD with its schemas as JSON: of those in a large input, few are ever looked at again."""
    from k8slint.schemas.custom import compact

    kept = {key: child.value for key, child in manifest.node.items() if key != "spec"}
    spec = manifest.node["spec"]
    if not spec.is_mapping:
        return {**kept, "spec": spec.value}
    kept["spec"] = {key: child.value for key, child in spec.items() if key not in ("validation", "versions")}
    shared = spec["validation", "openAPIV3Schema"]
    if shared.is_mapping:
        kept["spec"]["validation"] = {"openAPIV3Schema": compact(shared)}
    kept["spec"]["versions"] = [_kept_version(version) for version in spec["versions"]]
    return kept


def _kept_version(version: Node) -> Any:
    from k8slint.schemas.custom import compact

    schema = version["schema", "openAPIV3Schema"]
    if not schema.is_mapping:
        return version.value
    kept = {key: child.value for key, child in version.items() if key != "schema"}
    return {**kept, "schema": {"openAPIV3Schema": compact(schema)}}


def _not_added(mistakes: list[views.Mistake], surroundings: Surroundings | None) -> list[views.Mistake]:
    """The mistakes but for missing fields that a kustomization adds: a base need not be complete by itself."""
    missing = [mistake for mistake in mistakes if isinstance(mistake, views.MissingField)]
    if not missing or surroundings is None:
        return mistakes
    manifest = missing[0].manifest
    added = {field for kind, field in surroundings.patches(manifest.path) if kind in ("", manifest.kind)}
    if "" in added:
        return [mistake for mistake in mistakes if not isinstance(mistake, views.MissingField)]
    return [
        mistake for mistake in mistakes if not (isinstance(mistake, views.MissingField) and mistake.node.key in added)
    ]


def _line_of(error: BaseException) -> str:
    """Where an error was raised, for those who can mend that: `acme_team.py:41`."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (
        f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace is not None else "k8slint"
    )


def mark(document: Document, start: int, end: int) -> Node:
    """A node that only marks a stretch of a document's text (offsets within the document)."""
    node = Node(None, "", SCALAR, "", '"', start, max(start, end))
    node.document = document
    return node
