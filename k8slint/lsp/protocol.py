"""What the server sends, named as in the Language Server Protocol 3.17: for the type checker, which holds every message against it.

Messages are plain dicts at run time, and nothing imports this then. Only what the server uses is here. Lines and characters count from 0, characters in
units of the encoding that was agreed on.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

DocumentUri: TypeAlias = str
DiagnosticSeverity: TypeAlias = Literal[1, 2, 3]
DiagnosticTag: TypeAlias = Literal[1, 2]
MessageType: TypeAlias = Literal[1, 2]
PositionEncodingKind: TypeAlias = Literal["utf-8", "utf-16", "utf-32"]
CodeActionKind: TypeAlias = Literal["quickfix", "source.fixAll.k8slint"]

# ---------------------------------------------------------------------------------------------------- places and edits


class Position(TypedDict):
    """A place between two characters."""

    line: int
    character: int


class Range(TypedDict):
    """What lies between two places."""

    start: Position
    end: Position


class Location(TypedDict):
    """A range in a file."""

    uri: DocumentUri
    range: Range


class TextEdit(TypedDict):
    """Another text for a range."""

    range: Range
    newText: str


class OptionalVersionedTextDocumentIdentifier(TypedDict):
    """A file; the version is null where it is not open."""

    uri: DocumentUri
    version: int | None


class TextDocumentEdit(TypedDict):
    """Edits of one version of a file."""

    textDocument: OptionalVersionedTextDocumentIdentifier
    edits: list[TextEdit]


class WorkspaceEdit(TypedDict, total=False):
    """Edits of several files: `documentChanges` for editors that know versions."""

    changes: dict[DocumentUri, list[TextEdit]]
    documentChanges: list[TextDocumentEdit]


# ---------------------------------------------------------------------------------------------------- diagnostics


class CodeDescription(TypedDict):
    """Where the code of a diagnostic is explained."""

    href: str


class DiagnosticRelatedInformation(TypedDict):
    """Another place that matters."""

    location: Location
    message: str


class Diagnostic(TypedDict):
    """What is wrong with a range."""

    range: Range
    severity: DiagnosticSeverity
    source: str
    message: str
    code: NotRequired[str]
    codeDescription: NotRequired[CodeDescription]
    tags: NotRequired[list[DiagnosticTag]]
    relatedInformation: NotRequired[list[DiagnosticRelatedInformation]]


class PublishDiagnosticsParams(TypedDict):
    """Of `textDocument/publishDiagnostics`."""

    uri: DocumentUri
    diagnostics: list[Diagnostic]
    version: NotRequired[int]


class RelatedFullDocumentDiagnosticReport(TypedDict):
    """The diagnostics of a file that was asked about."""

    kind: Literal["full"]
    items: list[Diagnostic]
    resultId: NotRequired[str]


class RelatedUnchangedDocumentDiagnosticReport(TypedDict):
    """Says that they are those of the result before."""

    kind: Literal["unchanged"]
    resultId: str


DocumentDiagnosticReport: TypeAlias = RelatedFullDocumentDiagnosticReport | RelatedUnchangedDocumentDiagnosticReport

# ---------------------------------------------------------------------------------------------------- actions and hover


class CodeAction(TypedDict):
    """Something to do; `data` comes back with `codeAction/resolve`."""

    title: str
    kind: CodeActionKind
    diagnostics: NotRequired[list[Diagnostic]]
    isPreferred: NotRequired[bool]
    edit: NotRequired[WorkspaceEdit]
    data: NotRequired[Any]


class MarkupContent(TypedDict):
    """Text to show."""

    kind: Literal["markdown"]
    value: str


class Hover(TypedDict):
    """What to show over a range."""

    contents: MarkupContent
    range: Range


# ---------------------------------------------------------------------------------------------------- said and asked unasked


class ShowMessageParams(TypedDict):
    """Of `window/showMessage`."""

    type: MessageType
    message: str


class FileSystemWatcher(TypedDict):
    """Files to hear of when they change."""

    globPattern: str


class DidChangeWatchedFilesRegistrationOptions(TypedDict):
    """What there is to say of `workspace/didChangeWatchedFiles`."""

    watchers: list[FileSystemWatcher]


class Registration(TypedDict):
    """A capability that comes up after the start."""

    id: str
    method: str
    registerOptions: DidChangeWatchedFilesRegistrationOptions


class RegistrationParams(TypedDict):
    """Of `client/registerCapability`."""

    registrations: list[Registration]


# ---------------------------------------------------------------------------------------------------- the first answer


class TextDocumentSyncOptions(TypedDict):
    """How texts are kept; 2 is by what has changed in them."""

    openClose: bool
    change: Literal[2]
    save: bool


class CodeActionOptions(TypedDict):
    """Which actions there are."""

    codeActionKinds: list[CodeActionKind]
    resolveProvider: bool


class DiagnosticOptions(TypedDict):
    """How diagnostics are asked for."""

    identifier: str
    interFileDependencies: bool
    workspaceDiagnostics: bool


class WorkspaceFoldersServerCapabilities(TypedDict):
    """Whether several folders may be open."""

    supported: bool
    changeNotifications: bool


class WorkspaceOptions(TypedDict):
    """What concerns the workspace. (3.17 gives it no name, 3.18 this one.)"""

    workspaceFolders: WorkspaceFoldersServerCapabilities


class ServerCapabilities(TypedDict):
    """What the server can do."""

    positionEncoding: PositionEncodingKind
    textDocumentSync: TextDocumentSyncOptions
    hoverProvider: bool
    codeActionProvider: CodeActionOptions
    diagnosticProvider: DiagnosticOptions
    workspace: WorkspaceOptions


class ServerInfo(TypedDict):
    """Who it is."""

    name: str
    version: str


class InitializeResult(TypedDict):
    """The answer to `initialize`."""

    capabilities: ServerCapabilities
    serverInfo: ServerInfo


# ---------------------------------------------------------------------------------------------------- the base protocol


class ResponseError(TypedDict):
    """Why there is no result."""

    code: int
    message: str
