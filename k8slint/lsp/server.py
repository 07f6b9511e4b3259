"""The protocol: what an editor says goes to the worker, what the worker finds goes to the editor. All that needs pygls is here."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
import threading
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

# Before pygls, which imports lsprotocol itself.
from k8slint.lsp.protocol import types  # isort: skip
from pygls.io_ import StdoutWriter, run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method
from pygls.uris import from_fs_path, to_fs_path

from k8slint import __version__
from k8slint.finding import Severity
from k8slint.lsp.positions import Positions
from k8slint.lsp.worker import Buffer, Worker
from k8slint.lsp.workspace import Superseded, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from k8slint.finding import Edit, Finding
    from k8slint.lsp.workspace import Complaint

T = TypeVar("T")

FIX_ALL = "source.fixAll.k8slint"
SOURCE = "k8slint"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
# What a rule finds says its name, and that goes for other people's rules as well.
_TAGS = (
    (re.compile(r"(?:^|-)unused(?:-|$)"), types.DiagnosticTag.Unnecessary),
    (re.compile(r"(?:^|-)(?:deprecated|removed)(?:-|$)"), types.DiagnosticTag.Deprecated),
)
_LANGUAGES = frozenset({"yaml", "json", "jsonc", "kubernetes", "helm"})
_WATCHED = "**/*.{yaml,yml,json,go,gitignore,k8slintignore}", "**/{Kustomization,go.mod}"


class _Document:
    """A text as the editor has it."""

    __slots__ = ("language", "path", "positions", "uri", "version")

    def __init__(self, uri: str, path: str, language: str, version: int | None, positions: Positions) -> None:
        self.uri = uri
        self.path = path
        self.language = language
        self.version = version
        self.positions = positions

    @property
    def text(self) -> str:
        return self.positions.text


class _Protocol(LanguageServerProtocol):
    """pygls', but for texts: those are kept here, with lines that end where the protocol says, and not at every separator that Unicode knows."""

    _server: Server

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._server.opened(params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._server.changed(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._server.closed(params.text_document.uri)


class Server(LanguageServer):
    """The language server of one editor."""

    def __init__(self) -> None:
        super().__init__("k8slint", __version__, protocol_cls=_Protocol, max_workers=2)
        self.documents: dict[str, _Document] = {}
        self.uris: dict[str, str] = {}
        """The uris of open files by path, as the editor writes them."""
        self.encoding = "utf-16"
        self.pulls = self.refreshes = self.watches = self.resolves = self.versions = False
        self.results = 0
        self.answers: dict[str, tuple[str, list[Finding]]] = {}
        """What was last said to pulling editors, by path, and its id."""
        self.complained: dict[str, Complaint] = {}
        self.worker: Worker
        self.loop: asyncio.AbstractEventLoop

    # ---- texts

    def opened(self, item: types.TextDocumentItem) -> None:
        """An editor shows a file."""
        path = _path(item.uri)
        positions = Positions(item.text, self.encoding)
        self.documents[item.uri] = document = _Document(item.uri, path, item.language_id, item.version, positions)
        self.uris[path] = item.uri
        self._tell(document)
        if not self.watches:
            self.worker.disk([""])

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """Somebody has typed."""
        document = self.documents.get(params.text_document.uri)
        if document is None:
            return
        for change in params.content_changes:
            text = change.text
            if isinstance(change, types.TextDocumentContentChangePartial):
                positions = document.positions
                start = positions.offset(change.range.start.line, change.range.start.character)
                end = positions.offset(change.range.end.line, change.range.end.character)
                text = positions.text[:start] + text + positions.text[max(start, end) :]
            document.positions = Positions(_joined(text), self.encoding)
        document.version = params.text_document.version
        self._tell(document)

    def closed(self, uri: str) -> None:
        """An editor does not show a file any more."""
        document = self.documents.pop(uri, None)
        if document is None:
            return
        self.uris.pop(document.path, None)
        self.answers.pop(document.path, None)
        self.worker.change(document.path, None)
        if not self.pulls:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def _tell(self, document: _Document) -> None:
        if self.takes(document):
            # Half a character stands there for as long as it takes to type the other half. No file can hold it.
            self.worker.change(document.path, Buffer(_HALF.sub("\ufffd", document.text), document.version))

    @staticmethod
    def takes(document: _Document) -> bool:
        """Whether a file may hold manifests at all, by its name or what the editor takes it for."""
        return document.language in _LANGUAGES or document.path.endswith((".yaml", ".yml", ".json", "/Kustomization"))

    # ---- from the worker's thread

    def call(self, function: Callable[..., None], *arguments: Any) -> None:
        """Calls something in the thread that talks to the editor."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(function, *arguments)

    def deliver(self, workspace: Workspace, path: str, buffer: Buffer, findings: list[Finding]) -> None:
        """Gives an editor that does not ask the findings in an open file; tells one that asks to ask again."""
        if self.pulls:
            known = self.answers.get(path)
            if self.refreshes and known is not None and known[1] != findings:
                self.call(self._refresh)
            return
        self.call(self._publish, path, buffer.version, self.diagnostics(workspace, path, findings))

    def _publish(self, path: str, version: int | None, diagnostics: list[types.Diagnostic]) -> None:
        uri = self.uris.get(path)
        document = self.documents.get(uri) if uri is not None else None
        if uri is not None and document is not None and document.version == version:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))

    def _refresh(self) -> None:
        self.workspace_diagnostic_refresh(None)

    def failed(self, sentence: str) -> None:
        """Shows the user what went wrong."""
        message = types.ShowMessageParams(types.MessageType.Error, sentence)
        self.call(self.window_show_message, message)

    def settled(self, workspace: Workspace) -> None:
        """Shows what is wrong with config files, where that is something new."""
        now = {complaint.path: complaint for complaint in workspace.complaints()}
        if now != self.complained:
            gone = self.complained.keys() - now.keys()
            new = [complaint for path, complaint in now.items() if self.complained.get(path) != complaint]
            self.complained = now
            self.call(self._complain, gone, new)

    def _complain(self, gone: Iterable[str], new: Iterable[Complaint]) -> None:
        for path in gone:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self.uri(path), []))
        for complaint in new:
            line, column = max(complaint.line - 1, 0), max(complaint.column - 1, 0)
            place = types.Range(types.Position(line, column), types.Position(line + 1, 0))
            found = types.Diagnostic(place, complaint.message, types.DiagnosticSeverity.Error, source=SOURCE)
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self.uri(complaint.path), [found]))
            sentence = f"{os.path.basename(complaint.path)}: {complaint.message}; the settings before it go on"
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, sentence))

    async def ask(self, question: Callable[[Workspace], T]) -> T:
        """What the worker answers."""
        answer: asyncio.Future[T] = self.loop.create_future()

        def settle(value: T | None, error: Exception | None) -> None:
            if not answer.done():
                if error is not None:
                    answer.set_exception(error)
                else:
                    answer.set_result(value)  # type: ignore[arg-type]

        def put(workspace: Workspace) -> None:
            try:
                value = question(workspace)
            except Exception as error:  # noqa: BLE001 - whoever has asked gets to know
                self.call(settle, None, error)
            else:
                self.call(settle, value, None)

        self.worker.ask(put)
        return await answer

    # ---- findings as the protocol has them; in the worker's thread

    def uri(self, path: str) -> str:
        """The uri of a file, as the editor writes it where it has the file open."""
        return self.uris.get(path) or (path[1:-1] if path.startswith("<") else from_fs_path(path) or path)

    def diagnostics(self, workspace: Workspace, path: str, findings: Sequence[Finding]) -> list[types.Diagnostic]:
        """Findings in a file as diagnostics."""
        if not findings:
            return []
        places = {path: Positions(workspace.text(path), self.encoding)}
        return [self._diagnostic(workspace, places, finding) for finding in findings]

    def _diagnostic(self, workspace: Workspace, places: dict[str, Positions], finding: Finding) -> types.Diagnostic:
        positions = places[finding.path]
        related = []
        for one in finding.related:
            if one.path not in places:
                places[one.path] = Positions(workspace.text(one.path), self.encoding)
            start = places[one.path].of_engine(one.line, one.column)
            location = types.Location(self.uri(one.path), _range(places[one.path], start, start))
            related.append(types.DiagnosticRelatedInformation(location, one.message))
        return types.Diagnostic(
            _range(positions, *_span(positions, finding)),
            finding.message,
            _SEVERITIES[finding.severity],
            finding.rule,
            types.CodeDescription(finding.url) if finding.url else None,
            SOURCE,
            [tag for pattern, tag in _TAGS if pattern.search(finding.rule)] or None,
            related or None,
        )

    def edit(self, workspace: Workspace, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Edits as the protocol has them, with the versions of the texts that they are for."""
        by_path: dict[str, list[Edit]] = {}
        for edit in edits:
            by_path.setdefault(edit.path, []).append(edit)
        changes: dict[str, list[types.TextEdit]] = {}
        for path, there in by_path.items():
            positions = Positions(workspace.text(path), self.encoding)
            changes[path] = [types.TextEdit(_range(positions, one.start, one.end), one.text) for one in there]
        if not self.versions:
            return types.WorkspaceEdit(changes={self.uri(path): made for path, made in changes.items()})
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(self.uri(path), self._version(path)), made
                )
                for path, made in changes.items()
            ]
        )

    def _version(self, path: str) -> int | None:
        buffer = self.worker.buffers.get(path)
        return buffer.version if buffer is not None else None


# ---------------------------------------------------------------------------------------------------- what editors ask


def make() -> Server:
    """A server that knows what to do, and has nobody to talk to yet."""
    server = Server()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        _agree(server, params)

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        if server.watches:
            watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = types.Registration("k8slint-files", method, options)
            server.client_register_capability(types.RegistrationParams([registration]))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        paths = [_path(params.text_document.uri)]
        server.worker.disk(paths if server.watches else [*paths, ""])

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        server.worker.disk([_path(change.uri) for change in params.changes])

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(_params: types.DidChangeConfigurationParams) -> None:
        server.worker.tell(lambda workspace: workspace.reload())

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(_params: types.DidChangeWorkspaceFoldersParams) -> None:
        roots = [_path(uri) for uri in server.workspace.folders]
        server.worker.tell(lambda workspace: workspace.set_roots(roots))

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=False, identifier=SOURCE),
    )
    async def diagnostic(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        document = server.documents.get(params.text_document.uri)
        if document is None or not server.takes(document):
            return types.RelatedFullDocumentDiagnosticReport([])
        path, previous = document.path, params.previous_result_id
        while True:
            try:
                return await server.ask(lambda workspace: _pull(server, workspace, path, previous))
            except Superseded:
                continue

    kinds = [types.CodeActionKind.QuickFix, FIX_ALL]
    options = types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        document = server.documents.get(params.text_document.uri)
        if document is None or not server.takes(document):
            return []
        path = document.path
        return await server.ask(lambda workspace: list(_actions(server, workspace, path, params)))

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        data: Any = action.data
        if isinstance(data, dict) and data.get("uri") in server.documents:
            path, rule = server.documents[data["uri"]].path, str(data.get("rule", ""))
            action.edit = await server.ask(lambda workspace: _all(server, workspace, path, rule))
        return action

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        document = server.documents.get(params.text_document.uri)
        if document is None or not server.takes(document):
            return None
        path, place = document.path, params.position
        return await server.ask(lambda workspace: _hover(server, workspace, path, place))

    return server


def _agree(server: Server, params: types.InitializeParams) -> None:
    """Takes in what the editor can do, and starts the work on the folders it has open."""
    server.loop = asyncio.get_running_loop()
    server.encoding = str(getattr(server.workspace.position_encoding, "value", server.workspace.position_encoding))
    text, space = params.capabilities.text_document, params.capabilities.workspace
    server.pulls = text is not None and text.diagnostic is not None
    actions_of_it = text.code_action if text is not None else None
    resolving = actions_of_it.resolve_support if actions_of_it is not None else None
    server.resolves = resolving is not None and "edit" in resolving.properties
    if space is not None:
        server.refreshes = bool(space.diagnostics and space.diagnostics.refresh_support)
        watched = space.did_change_watched_files
        server.watches = bool(watched and watched.dynamic_registration)
        server.versions = bool(space.workspace_edit and space.workspace_edit.document_changes)
    roots = [folder.uri for folder in params.workspace_folders or ()]
    if not roots and server.workspace.root_uri:
        roots = [server.workspace.root_uri]
    server.worker = Worker(
        lambda: Workspace(_path(uri) for uri in roots), server.deliver, server.failed, server.settled
    )
    server.worker.eager = not server.pulls
    server.worker.start()


def _pull(server: Server, workspace: Workspace, path: str, previous: str | None) -> types.DocumentDiagnosticReport:
    if path not in workspace.texts:
        return types.RelatedFullDocumentDiagnosticReport([])
    findings = server.worker.findings(workspace, path)
    server.worker.told(path, findings)
    known = server.answers.get(path)
    if known is not None and known[1] == findings:
        if previous == known[0]:
            return types.RelatedUnchangedDocumentDiagnosticReport(known[0])
    else:
        server.results += 1
        known = server.answers[path] = str(server.results), findings
    return types.RelatedFullDocumentDiagnosticReport(server.diagnostics(workspace, path, findings), result_id=known[0])


def _actions(
    server: Server, workspace: Workspace, path: str, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    if path not in workspace.texts:
        return
    # With all that applies fixes; diagnostics can do without.
    from k8slint.lsp import actions

    wanted = params.context.only
    findings = workspace.findings(path)
    positions = Positions(workspace.text(path), server.encoding)
    start = positions.offset(params.range.start.line, params.range.start.character)
    end = positions.offset(params.range.end.line, params.range.end.character)
    here = [finding for finding in findings if _touches(_span(positions, finding), start, end)]
    if _asks(wanted, types.CodeActionKind.QuickFix):
        yield from _quick_fixes(server, workspace, path, findings, here)
    # An editor that saves asks for this kind; a menu that asks for all has it under the quick fixes.
    if wanted is not None and _asks(wanted, FIX_ALL) and actions.mendable(findings, path):
        yield _whole_file(server, workspace, path, "Fix all that can be mended safely", FIX_ALL)


def _quick_fixes(
    server: Server, workspace: Workspace, path: str, findings: Sequence[Finding], here: Sequence[Finding]
) -> Iterator[types.CodeAction]:
    from k8slint.lsp import actions

    quick = types.CodeActionKind.QuickFix
    for fix in actions.fixes(here):
        yield types.CodeAction(
            fix.title,
            quick,
            server.diagnostics(workspace, path, [fix.finding]),
            fix.preferred,
            edit=server.edit(workspace, fix.edits),
        )
    for rule in dict.fromkeys(finding.rule for finding in actions.mendable(here, path)):
        if len(actions.mendable(findings, path, rule)) > 1:
            yield _whole_file(server, workspace, path, f"Fix all {rule} in this file", quick, rule)
    if actions.mendable(here, path) and len({finding.rule for finding in actions.mendable(findings, path)}) > 1:
        yield _whole_file(server, workspace, path, "Fix all in this file", quick)
    for finding in {finding.rule: finding for finding in here}.values():
        edits = actions.suppress(workspace.text(path), finding)
        if edits:
            yield types.CodeAction(
                f"Suppress {finding.rule} here",
                quick,
                server.diagnostics(workspace, path, [finding]),
                is_preferred=False,
                edit=server.edit(workspace, edits),
            )


def _whole_file(
    server: Server, workspace: Workspace, path: str, title: str, kind: str, rule: str = ""
) -> types.CodeAction:
    """An action on a whole file: what it changes is made when it is chosen, where the editor can ask then."""
    action = types.CodeAction(title, kind, data={"uri": server.uri(path), "rule": rule})
    if not server.resolves:
        action.edit = _all(server, workspace, path, rule)
    return action


def _all(server: Server, workspace: Workspace, path: str, rule: str) -> types.WorkspaceEdit | None:
    from k8slint.lsp import actions

    return server.edit(workspace, actions.fix_all(workspace, path, rule)) if path in workspace.texts else None


def _asks(wanted: Sequence[str] | None, kind: str) -> bool:
    return wanted is None or any(not one or kind == one or kind.startswith(f"{one}.") for one in map(_word, wanted))


def _word(kind: object) -> str:
    return str(getattr(kind, "value", kind))


def _hover(server: Server, workspace: Workspace, path: str, place: types.Position) -> types.Hover | None:
    if path not in workspace.texts:
        return None
    positions = Positions(workspace.text(path), server.encoding)
    at = positions.offset(place.line, place.character)
    here = [finding for finding in workspace.findings(path) if _touches(_span(positions, finding), at, at)]
    if not here:
        return None
    pages = [page(workspace, rule) for rule in dict.fromkeys(finding.rule for finding in here)]
    markup = types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(pages))
    return types.Hover(markup, _range(positions, *_span(positions, here[0])))


def page(workspace: Workspace, rule_id: str) -> str:
    """A rule's page, as Markdown for editors."""
    from k8slint.page import parse

    rule = workspace.plugins.rule(rule_id)
    # Editors take all that stands behind the backticks for the language.
    text = re.sub(r"(?m)^```(\w+)[^\n]*$", r"```\1", parse(rule.doc).markdown)
    link = f"\n\n[{rule.info.url}]({rule.info.url})" if rule.info.url else ""
    return f"### {rule_id}\n\n{text}{link}"


# ---------------------------------------------------------------------------------------------------- places and paths


def _span(positions: Positions, finding: Finding) -> tuple[int, int]:
    start = positions.of_engine(finding.line, finding.column)
    return start, max(start, positions.of_engine(finding.end_line, finding.end_column))


def _touches(span: tuple[int, int], start: int, end: int) -> bool:
    return span[0] <= end and start <= span[1]


def _range(positions: Positions, start: int, end: int) -> types.Range:
    return types.Range(types.Position(*positions.position(start)), types.Position(*positions.position(end)))


_HALF = re.compile("[\ud800-\udfff]")


def _joined(text: str) -> str:
    """A text in which the halves of a character that came one by one are one."""
    return (
        text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") if _HALF.search(text) else text
    )


def _path(uri: str) -> str:
    """The path of a uri; that of what is no file stands in angle brackets."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return os.path.abspath(path) if path else f"<{uri}>"


async def _talk(server: Server, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Takes messages in until there are no more.

    pygls' own reader goes to another thread and back for each line. Here a thread hands over all there is, so that of a burst of changes the last one is
    known before the first has been looked at.
    """
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**20)

    def feed() -> None:
        while chunk := os.read(stdin.fileno(), 2**16):
            loop.call_soon_threadsafe(reader.feed_data, chunk)
        loop.call_soon_threadsafe(reader.feed_eof)

    threading.Thread(target=feed, name="stdin", daemon=True).start()
    server.protocol.set_writer(StdoutWriter(stdout))
    await run_async(threading.Event(), reader, server.protocol, error_handler=server.report_server_error)


def serve() -> None:
    """Talks to an editor over standard input and output until it is done."""
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    # What a plugin prints is no message.
    sys.stdout = sys.stderr
    # A thread that computes lets others in every now and then; as long as Python's 5 ms would be felt.
    sys.setswitchinterval(0.0005)
    # An editor that is gone need not be told anything.
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        asyncio.run(_talk(make(), stdin, stdout))
