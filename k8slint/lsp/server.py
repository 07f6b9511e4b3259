"""What an editor says goes to the worker, and what the worker finds goes to the editor."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from k8slint import __version__
from k8slint.finding import Severity
from k8slint.lsp import uris
from k8slint.lsp.jsonrpc import Connection, complain
from k8slint.lsp.params import Params
from k8slint.lsp.positions import Positions
from k8slint.lsp.worker import Buffer, Question, Worker
from k8slint.lsp.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from k8slint.finding import Edit, Finding
    from k8slint.lsp import protocol as lsp
    from k8slint.lsp.jsonrpc import Json, Request
    from k8slint.lsp.workspace import Complaint

T = TypeVar("T")

QUICK_FIX: Final = "quickfix"
FIX_ALL: Final = "source.fixAll.k8slint"
SOURCE: Final = "k8slint"

ERROR: Final = 1
WARNING: Final = 2

ALIVE_EVERY = 3.0
"""Seconds between looks at whether the editor still runs."""

_SEVERITIES: dict[Severity, lsp.DiagnosticSeverity] = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3}
_UNNECESSARY: Final = 1
_DEPRECATED: Final = 2
# What a rule finds says its name, and that goes for other people's rules as well.
_TAGS: tuple[tuple[re.Pattern[str], lsp.DiagnosticTag], ...] = (
    (re.compile(r"(?:^|-)unused(?:-|$)"), _UNNECESSARY),
    (re.compile(r"(?:^|-)(?:deprecated|removed)(?:-|$)"), _DEPRECATED),
)
_ENCODINGS: tuple[lsp.PositionEncodingKind, ...] = ("utf-8", "utf-16", "utf-32")
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


class Server:
    """The language server of one editor, which it talks to over two descriptors."""

    def __init__(self, stdin: int, stdout: int) -> None:
        self.documents: dict[str, _Document] = {}
        self.uris: dict[str, str] = {}
        """The uris of open files by path, as the editor writes them."""
        self.folders: dict[str, None] = {}
        """The uris of the folders that the editor has open."""
        self.encoding: lsp.PositionEncodingKind = "utf-16"
        self.pulls = self.refreshes = self.watches = self.resolves = self.versions = False
        self.results = 0
        self.answers: dict[str, tuple[str, list[Finding]]] = {}
        """What was last said to pulling editors, by path, and its id."""
        self.complained: dict[str, Complaint] = {}
        self.worker = Worker(lambda: Workspace(self._roots()), self.deliver, self.failed, self.settled)
        requests = {
            "initialize": self._initialize,
            "textDocument/diagnostic": self._diagnostic_asked,
            "textDocument/codeAction": self._actions_asked,
            "codeAction/resolve": self._edit_asked,
            "textDocument/hover": self._hover_asked,
        }
        notifications = {
            "initialized": self._initialized,
            "textDocument/didOpen": self._opened,
            "textDocument/didChange": self._changed,
            "textDocument/didClose": self._closed,
            "textDocument/didSave": self._saved,
            "workspace/didChangeWatchedFiles": self._files_changed,
            "workspace/didChangeConfiguration": self._configured,
            "workspace/didChangeWorkspaceFolders": self._folders_changed,
        }
        self.connection = Connection(stdin, stdout, requests, notifications, self.worker.together)

    def run(self) -> int:
        """Works until the editor is done; returns the exit status."""
        try:
            return self.connection.run()
        finally:
            self.worker.end()

    def _roots(self) -> list[str]:
        return [_path(uri) for uri in self.folders]

    # ---- the beginning

    def _initialize(self, request: Request) -> None:
        """Takes in what the editor can do, says what the server can, and starts the work on the folders that are open."""
        params = Params(request.params)

        def can(*names: str) -> Json:
            return params.get("capabilities", *names)

        offered = can("general", "positionEncodings")
        if isinstance(offered, list):
            # They come in the order in which the editor likes them.
            self.encoding = next((one for name in offered for one in _ENCODINGS if one == name), "utf-16")
        self.pulls = can("textDocument", "diagnostic") is not None
        resolved = can("textDocument", "codeAction", "resolveSupport", "properties")
        self.resolves = isinstance(resolved, list) and "edit" in resolved
        self.refreshes = can("workspace", "diagnostics", "refreshSupport") is True
        self.watches = can("workspace", "didChangeWatchedFiles", "dynamicRegistration") is True
        self.versions = can("workspace", "workspaceEdit", "documentChanges") is True
        folders = [folder.text("uri") for folder in params.items("workspaceFolders")]
        root, path = params.get("rootUri"), params.get("rootPath")
        if not folders and isinstance(root, str):
            folders = [root]
        elif not folders and isinstance(path, str) and os.path.isabs(path):
            folders = [uris.of_path(path)]
        self.folders = dict.fromkeys(folders)
        result: lsp.InitializeResult = {
            "capabilities": {
                "positionEncoding": self.encoding,
                "textDocumentSync": {"openClose": True, "change": 2, "save": True},
                "hoverProvider": True,
                "codeActionProvider": {"codeActionKinds": [QUICK_FIX, FIX_ALL], "resolveProvider": True},
                "diagnosticProvider": {
                    "identifier": SOURCE,
                    "interFileDependencies": True,
                    "workspaceDiagnostics": False,
                },
                "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
            },
            "serverInfo": {"name": "k8slint", "version": __version__},
        }
        request.answer(result)
        self.worker.eager = not self.pulls
        self.worker.start()
        editor = params.get("processId")
        if isinstance(editor, int):
            watch(editor)

    def _initialized(self, params: Json) -> None:
        if self.watches:
            asked: lsp.RegistrationParams = {
                "registrations": [
                    {
                        "id": "k8slint-files",
                        "method": "workspace/didChangeWatchedFiles",
                        "registerOptions": {"watchers": [{"globPattern": pattern} for pattern in _WATCHED]},
                    }
                ]
            }
            self.connection.request("client/registerCapability", asked)

    # ---- texts

    def _opened(self, params: Json) -> None:
        """An editor shows a file."""
        item = Params(params)["textDocument"]
        uri, language = item.text("uri"), item.get("languageId")
        path = _path(uri)
        positions = Positions(item.text("text"), self.encoding)
        document = _Document(uri, path, str(language), _version(item), positions)
        self.documents[uri] = document
        self.uris[path] = uri
        self._tell(document)
        if not self.watches:
            self.worker.disk([""])

    def _changed(self, params: Json) -> None:
        """Somebody has typed."""
        said = Params(params)
        item = said["textDocument"]
        document = self.documents.get(item.text("uri"))
        if document is None:
            return
        for change in said.items("contentChanges"):
            text = change.text("text")
            if change.get("range") is not None:
                positions = document.positions
                start, end = (positions.offset(*place) for place in change.range("range"))
                text = positions.text[:start] + text + positions.text[max(start, end) :]
            document.positions = Positions(_joined(text), self.encoding)
        document.version = _version(item)
        self._tell(document)

    def _closed(self, params: Json) -> None:
        """An editor does not show a file any more."""
        uri = Params(params)["textDocument"].text("uri")
        # What the worker is about to say of the file comes before, or not at all.
        with self.connection.writing:
            document = self.documents.pop(uri, None)
            if document is None:
                return
            self.uris.pop(document.path, None)
            self.answers.pop(document.path, None)
            self.worker.change(document.path, None)
            if not self.pulls:
                self._publish({"uri": uri, "diagnostics": []})

    def _tell(self, document: _Document) -> None:
        if self.takes(document):
            # Half a character stands there for as long as it takes to type the other half. No file can hold it.
            self.worker.change(document.path, Buffer(_HALF.sub("\ufffd", document.text), document.version))

    @staticmethod
    def takes(document: _Document) -> bool:
        """Whether a file may hold manifests at all, by its name or what the editor takes it for."""
        return document.language in _LANGUAGES or document.path.endswith((".yaml", ".yml", ".json", "/Kustomization"))

    # ---- the world around

    def _saved(self, params: Json) -> None:
        paths = [_path(Params(params)["textDocument"].text("uri"))]
        self.worker.disk(paths if self.watches else [*paths, ""])

    def _files_changed(self, params: Json) -> None:
        self.worker.disk([_path(change.text("uri")) for change in Params(params).items("changes")])

    def _configured(self, params: Json) -> None:
        self.worker.tell(lambda workspace: workspace.reload())

    def _folders_changed(self, params: Json) -> None:
        event = Params(params)["event"]
        for folder in event.items("removed"):
            self.folders.pop(folder.text("uri"), None)
        for folder in event.items("added"):
            self.folders[folder.text("uri")] = None
        roots = self._roots()
        self.worker.tell(lambda workspace: workspace.set_roots(roots))

    # ---- what editors ask

    def _document(self, params: Params) -> _Document | None:
        """The file that is asked about; None where nothing can be said of it."""
        document = self.documents.get(params["textDocument"].text("uri"))
        return document if document is not None and self.takes(document) else None

    def _ask(self, request: Request, find: Callable[[Workspace], T], without: T) -> None:
        """Has the worker answer a request. `without` is the answer for one that is not waited for any more."""
        self.worker.ask(
            Question(lambda workspace: without if request.done else find(workspace), request.answer, request.fail)
        )

    def _diagnostic_asked(self, request: Request) -> None:
        params = Params(request.params)
        document, previous = self._document(params), params.get("previousResultId")
        nothing: lsp.DocumentDiagnosticReport = {"kind": "full", "items": []}
        if document is None:
            request.answer(nothing)
            return
        path = document.path
        self._ask(request, lambda workspace: _pull(self, workspace, path, previous), nothing)

    def _actions_asked(self, request: Request) -> None:
        params = Params(request.params)
        document, (start, end) = self._document(params), params.range("range")
        wanted = params["context"].get("only")
        only = [str(kind) for kind in wanted] if isinstance(wanted, list) else None
        nothing: list[lsp.CodeAction] = []
        if document is None:
            request.answer(nothing)
            return
        path = document.path
        self._ask(request, lambda workspace: list(_actions(self, workspace, path, start, end, only)), nothing)

    def _edit_asked(self, request: Request) -> None:
        action = Params(request.params)
        uri, rule = action.get("data", "uri"), action.get("data", "rule")
        document = self.documents.get(uri) if isinstance(uri, str) else None
        same: dict[str, Json] = request.params
        if document is None:
            request.answer(same)
            return
        path = document.path

        def resolved(workspace: Workspace) -> dict[str, Json]:
            edit = _all(self, workspace, path, str(rule or ""))
            return same if edit is None else {**same, "edit": edit}

        self._ask(request, resolved, same)

    def _hover_asked(self, request: Request) -> None:
        params = Params(request.params)
        document, place = self._document(params), params.position("position")
        if document is None:
            request.answer(None)
            return
        path = document.path
        self._ask(request, lambda workspace: _hover(self, workspace, path, place), None)

    # ---- what the worker says, in its thread

    def _publish(self, params: lsp.PublishDiagnosticsParams) -> None:
        self.connection.notify("textDocument/publishDiagnostics", params)

    def _show(self, kind: lsp.MessageType, sentence: str) -> None:
        params: lsp.ShowMessageParams = {"type": kind, "message": sentence}
        self.connection.notify("window/showMessage", params)

    def deliver(self, workspace: Workspace, path: str, buffer: Buffer, findings: list[Finding]) -> None:
        """Gives an editor that does not ask the findings in an open file; tells one that asks to ask again."""
        if self.pulls:
            known = self.answers.get(path)
            if self.refreshes and known is not None and known[1] != findings:
                self.connection.request("workspace/diagnostic/refresh")
            return
        diagnostics = self.diagnostics(workspace, path, findings)
        with self.connection.writing:
            uri = self.uris.get(path)
            document = self.documents.get(uri) if uri is not None else None
            if uri is not None and document is not None and document.version == buffer.version:
                params: lsp.PublishDiagnosticsParams = {"uri": uri, "diagnostics": diagnostics}
                if buffer.version is not None:
                    params["version"] = buffer.version
                self._publish(params)

    def failed(self, sentence: str, error: Exception) -> None:
        """Shows the user what went wrong."""
        complain(sentence, error)
        self._show(ERROR, sentence)

    def settled(self, workspace: Workspace) -> None:
        """Shows what is wrong with config files, where that is something new."""
        now = {complaint.path: complaint for complaint in workspace.complaints()}
        if now == self.complained:
            return
        before, self.complained = self.complained, now
        for path in before.keys() - now.keys():
            self._publish({"uri": self.uri(path), "diagnostics": []})
        for path, complaint in now.items():
            if before.get(path) != complaint:
                self._complain(complaint)

    def _complain(self, complaint: Complaint) -> None:
        line, column = max(complaint.line - 1, 0), max(complaint.column - 1, 0)
        found: lsp.Diagnostic = {
            "range": {"start": {"line": line, "character": column}, "end": {"line": line + 1, "character": 0}},
            "message": complaint.message,
            "severity": ERROR,
            "source": SOURCE,
        }
        self._publish({"uri": self.uri(complaint.path), "diagnostics": [found]})
        self._show(WARNING, f"{os.path.basename(complaint.path)}: {complaint.message}; the settings before it go on")

    # ---- findings as the protocol has them; in the worker's thread

    def uri(self, path: str) -> str:
        """The uri of a file, as the editor writes it where it has the file open."""
        return self.uris.get(path) or (path[1:-1] if path.startswith("<") else uris.of_path(path))

    def diagnostics(self, workspace: Workspace, path: str, findings: Sequence[Finding]) -> list[lsp.Diagnostic]:
        """Findings in a file as diagnostics."""
        if not findings:
            return []
        places = {path: Positions(workspace.text(path), self.encoding)}
        return [self._diagnostic(workspace, places, finding) for finding in findings]

    def _diagnostic(self, workspace: Workspace, places: dict[str, Positions], finding: Finding) -> lsp.Diagnostic:
        positions = places[finding.path]
        made: lsp.Diagnostic = {
            "range": _range(positions, *_span(positions, finding)),
            "message": finding.message,
            "severity": _SEVERITIES[finding.severity],
            "code": finding.rule,
            "source": SOURCE,
        }
        if finding.url:
            made["codeDescription"] = {"href": finding.url}
        tags = [tag for pattern, tag in _TAGS if pattern.search(finding.rule)]
        if tags:
            made["tags"] = tags
        related: list[lsp.DiagnosticRelatedInformation] = []
        for one in finding.related:
            if one.path not in places:
                places[one.path] = Positions(workspace.text(one.path), self.encoding)
            start = places[one.path].of_engine(one.line, one.column)
            location: lsp.Location = {"uri": self.uri(one.path), "range": _range(places[one.path], start, start)}
            related.append({"location": location, "message": one.message})
        if related:
            made["relatedInformation"] = related
        return made

    def edit(self, workspace: Workspace, edits: Iterable[Edit]) -> lsp.WorkspaceEdit:
        """Edits as the protocol has them, with the versions of the texts that they are for."""
        by_path: dict[str, list[Edit]] = {}
        for edit in edits:
            by_path.setdefault(edit.path, []).append(edit)
        changes: dict[str, list[lsp.TextEdit]] = {}
        for path, there in by_path.items():
            positions = Positions(workspace.text(path), self.encoding)
            changes[path] = [{"range": _range(positions, one.start, one.end), "newText": one.text} for one in there]
        if not self.versions:
            return {"changes": {self.uri(path): made for path, made in changes.items()}}
        return {
            "documentChanges": [
                {"textDocument": {"uri": self.uri(path), "version": self._version(path)}, "edits": made}
                for path, made in changes.items()
            ]
        }

    def _version(self, path: str) -> int | None:
        buffer = self.worker.buffers.get(path)
        return buffer.version if buffer is not None else None


def _version(item: Params) -> int | None:
    return None if item.get("version") is None else item.number("version")


# ---------------------------------------------------------------------------------------------------- answers; in the worker's thread


def _pull(server: Server, workspace: Workspace, path: str, previous: Json) -> lsp.DocumentDiagnosticReport:
    if path not in workspace.texts:
        return {"kind": "full", "items": []}
    findings = server.worker.findings(workspace, path)
    server.worker.told(path, findings)
    known = server.answers.get(path)
    if known is not None and known[1] == findings:
        if previous == known[0]:
            return {"kind": "unchanged", "resultId": known[0]}
    else:
        server.results += 1
        known = server.answers[path] = str(server.results), findings
    return {"kind": "full", "resultId": known[0], "items": server.diagnostics(workspace, path, findings)}


def _actions(
    server: Server,
    workspace: Workspace,
    path: str,
    start: tuple[int, int],
    end: tuple[int, int],
    wanted: Sequence[str] | None,
) -> Iterator[lsp.CodeAction]:
    if path not in workspace.texts:
        return
    # With all that applies fixes; diagnostics can do without.
    from k8slint.lsp import actions

    findings = workspace.findings(path)
    positions = Positions(workspace.text(path), server.encoding)
    first, last = positions.offset(*start), positions.offset(*end)
    here = [finding for finding in findings if _touches(_span(positions, finding), first, last)]
    if _asks(wanted, QUICK_FIX):
        yield from _quick_fixes(server, workspace, path, findings, here)
    # An editor that saves asks for this kind; a menu that asks for all has it under the quick fixes.
    if wanted is not None and _asks(wanted, FIX_ALL) and actions.mendable(findings, path):
        yield _whole_file(server, workspace, path, "Fix all that can be mended safely", FIX_ALL)


def _quick_fixes(
    server: Server, workspace: Workspace, path: str, findings: Sequence[Finding], here: Sequence[Finding]
) -> Iterator[lsp.CodeAction]:
    from k8slint.lsp import actions

    for fix in actions.fixes(here):
        yield {
            "title": fix.title,
            "kind": QUICK_FIX,
            "diagnostics": server.diagnostics(workspace, path, [fix.finding]),
            "isPreferred": fix.preferred,
            "edit": server.edit(workspace, fix.edits),
        }
    for rule in dict.fromkeys(finding.rule for finding in actions.mendable(here, path)):
        if len(actions.mendable(findings, path, rule)) > 1:
            yield _whole_file(server, workspace, path, f"Fix all {rule} in this file", QUICK_FIX, rule)
    if actions.mendable(here, path) and len({finding.rule for finding in actions.mendable(findings, path)}) > 1:
        yield _whole_file(server, workspace, path, "Fix all in this file", QUICK_FIX)
    for finding in {finding.rule: finding for finding in here}.values():
        edits = actions.suppress(workspace.text(path), finding)
        if edits:
            yield {
                "title": f"Suppress {finding.rule} here",
                "kind": QUICK_FIX,
                "diagnostics": server.diagnostics(workspace, path, [finding]),
                "isPreferred": False,
                "edit": server.edit(workspace, edits),
            }


def _whole_file(
    server: Server, workspace: Workspace, path: str, title: str, kind: lsp.CodeActionKind, rule: str = ""
) -> lsp.CodeAction:
    """An action on a whole file: what it changes is made when it is chosen, where the editor can ask then."""
    action: lsp.CodeAction = {"title": title, "kind": kind, "data": {"uri": server.uri(path), "rule": rule}}
    if not server.resolves:
        edit = _all(server, workspace, path, rule)
        if edit is not None:
            action["edit"] = edit
    return action


def _all(server: Server, workspace: Workspace, path: str, rule: str) -> lsp.WorkspaceEdit | None:
    from k8slint.lsp import actions

    return server.edit(workspace, actions.fix_all(workspace, path, rule)) if path in workspace.texts else None


def _asks(wanted: Sequence[str] | None, kind: str) -> bool:
    return wanted is None or any(not one or kind == one or kind.startswith(f"{one}.") for one in wanted)


def _hover(server: Server, workspace: Workspace, path: str, place: tuple[int, int]) -> lsp.Hover | None:
    if path not in workspace.texts:
        return None
    positions = Positions(workspace.text(path), server.encoding)
    at = positions.offset(*place)
    here = [finding for finding in workspace.findings(path) if _touches(_span(positions, finding), at, at)]
    if not here:
        return None
    pages = [page(workspace, rule) for rule in dict.fromkeys(finding.rule for finding in here)]
    return {
        "contents": {"kind": "markdown", "value": "\n\n---\n\n".join(pages)},
        "range": _range(positions, *_span(positions, here[0])),
    }


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


def _range(positions: Positions, start: int, end: int) -> lsp.Range:
    return {"start": _position(positions, start), "end": _position(positions, end)}


def _position(positions: Positions, offset: int) -> lsp.Position:
    line, character = positions.position(offset)
    return {"line": line, "character": character}


_HALF = re.compile("[\ud800-\udfff]")


def _joined(text: str) -> str:
    """A text in which the halves of a character that came one by one are one."""
    return (
        text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") if _HALF.search(text) else text
    )


def _path(uri: str) -> str:
    """The path of a uri; that of what is no file stands in angle brackets."""
    path = uris.to_path(uri)
    return os.path.abspath(path) if path else f"<{uri}>"


# ---------------------------------------------------------------------------------------------------- the process


def watch(editor: int) -> None:
    """Ends this process soon after another one has ended.

    Usually the end of standard input says it, but some other child of the editor may hold that open. An editor that is not seen from the start runs
    elsewhere, outside of the container that this is in for instance; and Windows has no signal that only asks.
    """
    if os.name != "posix" or editor <= 0 or not _runs(editor):
        return

    def look() -> None:
        while _runs(editor):
            time.sleep(ALIVE_EVERY)
        # Nobody is left to be told anything.
        os._exit(1)

    threading.Thread(target=look, name="editor", daemon=True).start()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        # It is somebody else's.
        return True
    return True


def serve() -> int:
    """Talks to an editor over standard input and output until it is done; returns the exit status."""
    stdin, stdout = os.dup(0), os.dup(1)
    # What a plugin prints is no message, nor what a program prints that it starts; and what the editor says is not for those.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    # A thread that computes lets others in every now and then; as long as Python's 5 ms would be felt.
    sys.setswitchinterval(0.0005)
    with suppress(KeyboardInterrupt):
        return Server(stdin, stdout).run()
    return 0
