// As much of an editor as the extension and its language client need: documents, tabs, diagnostics, actions, settings, and messages.
// The real one is a download of hundreds of megabytes; this one loads the same bundle and speaks to the same server.
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const version = '1.91.0';

// ---- events and values

export class Disposable {
  static from(...many: Disposable[]): Disposable {
    return new Disposable(() => many.forEach(one => one.dispose()));
  }
  constructor(private readonly ending: () => void) {}
  dispose(): void {
    this.ending();
  }
}

type Listener<T> = (value: T) => unknown;

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>, self?: unknown, disposables?: Disposable[]): Disposable => {
    const bound: Listener<T> = value => listener.call(self, value);
    this.listeners.add(bound);
    const disposable = new Disposable(() => this.listeners.delete(bound));
    disposables?.push(disposable);
    return disposable;
  };
  get heard(): boolean {
    return this.listeners.size > 0;
  }
  fire(value: T): void {
    [...this.listeners].forEach(listener => listener(value));
  }
  dispose(): void {
    this.listeners.clear();
  }
}

export class CancellationError extends Error {}

export class CancellationTokenSource {
  private readonly cancelled = new EventEmitter<void>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.cancelled.event };
  cancel(): void {
    this.token.isCancellationRequested = true;
    this.cancelled.fire();
  }
  dispose(): void {}
}

export class Uri {
  static file(path: string): Uri {
    return Uri.parse(pathToFileURL(path).href);
  }
  static parse(text: string): Uri {
    const [, scheme = '', path = ''] = text.match(/^([\w-]+):(?:\/\/)?(.*)$/) ?? [];
    return new Uri(scheme, decodeURIComponent(path));
  }
  static from(parts: { scheme: string; path: string }): Uri {
    return new Uri(parts.scheme, parts.path);
  }
  private constructor(readonly scheme: string, readonly path: string) {}
  get fsPath(): string {
    return this.scheme === 'file' ? fileURLToPath(this.toString()) : this.path;
  }
  toString(): string {
    return `${this.scheme}:${this.scheme === 'file' ? '//' : ''}${this.path.split('/').map(encodeURIComponent).join('/')}`;
  }
}

export class Position {
  constructor(readonly line: number, readonly character: number) {}
  isBefore(other: Position): boolean {
    return this.line < other.line || (this.line === other.line && this.character < other.character);
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(line: number, character: number, endLine: number, endCharacter: number);
  constructor(start: Position, end: Position);
  constructor(a: number | Position, b: number | Position, c = 0, d = 0) {
    this.start = a instanceof Position ? a : new Position(a, b as number);
    this.end = b instanceof Position ? b : new Position(c, d);
  }
  contains(place: Position): boolean {
    return !place.isBefore(this.start) && !this.end.isBefore(place);
  }
}

export class Location {
  constructor(readonly uri: Uri, readonly range: Range) {}
}

export class TextEdit {
  constructor(readonly range: Range, readonly newText: string) {}
}

export class WorkspaceEdit {
  readonly texts: [Uri, TextEdit[]][] = [];
  set(uri: Uri, edits: (TextEdit | [TextEdit, unknown])[]): void {
    this.texts.push([uri, edits.map(edit => (edit instanceof TextEdit ? edit : edit[0]))]);
  }
}

export class Diagnostic {
  source?: string;
  code?: unknown;
  constructor(readonly range: Range, readonly message: string, readonly severity?: number) {}
}

export class DiagnosticRelatedInformation {
  constructor(readonly location: Location, readonly message: string) {}
}

export class CodeActionKind {
  static readonly Empty = new CodeActionKind('');
  static readonly QuickFix = new CodeActionKind('quickfix');
  static readonly Refactor = new CodeActionKind('refactor');
  static readonly RefactorExtract = new CodeActionKind('refactor.extract');
  static readonly RefactorInline = new CodeActionKind('refactor.inline');
  static readonly RefactorRewrite = new CodeActionKind('refactor.rewrite');
  static readonly Source = new CodeActionKind('source');
  static readonly SourceOrganizeImports = new CodeActionKind('source.organizeImports');
  constructor(readonly value: string) {}
  append(part: string): CodeActionKind {
    return new CodeActionKind(this.value ? `${this.value}.${part}` : part);
  }
}

export class CodeAction {
  edit?: WorkspaceEdit;
  kind?: CodeActionKind;
  constructor(readonly title: string) {}
}

export class MarkdownString {
  isTrusted = false;
  value: string;
  constructor(value = '') {
    this.value = value;
  }
  appendCodeblock(code: string, language: string): this {
    this.value += `\`\`\`${language}\n${code}\n\`\`\`\n`;
    return this;
  }
}

export class Hover {
  constructor(readonly contents: MarkdownString, readonly range?: Range) {}
}

export class RelativePattern {
  constructor(readonly base: unknown, readonly pattern: string) {}
}

// What the client derives its own classes from, and never makes here.
export class CodeLens {}
export class DocumentLink {}
export class CompletionItem {}
export class InlayHint {}
export class SymbolInformation {}
export class CallHierarchyItem {}
export class TypeHierarchyItem {}

export class TabInputText {
  constructor(readonly uri: Uri) {}
}
export class TabInputTextDiff {}
export class TabInputCustom {}
export class TabInputNotebook {}

export enum DiagnosticSeverity { Error, Warning, Information, Hint }
export enum DiagnosticTag { Unnecessary = 1, Deprecated }
export enum CodeActionTriggerKind { Invoke = 1, Automatic }
export enum LogLevel { Off, Trace, Debug, Info, Warning, Error }
export enum TextDocumentSaveReason { Manual = 1, AfterDelay, FocusOut }
export enum ViewColumn { Beside = -2, Active }
export enum SymbolKind { File }
export enum SymbolTag { Deprecated = 1 }
export enum CompletionItemKind { Text }
export enum CompletionItemTag { Deprecated = 1 }
export enum DocumentHighlightKind { Text }
export enum FoldingRangeKind { Comment = 1 }
export enum NotebookCellKind { Markup = 1, Code }
export enum ProgressLocation { Window = 10 }
export enum SignatureHelpTriggerKind { Invoke = 1 }
export enum CompletionTriggerKind { Invoke }
export enum InlineCompletionTriggerKind { Invoke }
export enum FileType { Unknown, File, Directory }

// ---- documents

export class TextDocument {
  version = 1;
  readonly isClosed = false;
  constructor(readonly uri: Uri, readonly languageId: string, private text: string) {}
  get fileName(): string {
    return this.uri.fsPath;
  }
  getText(): string {
    return this.text;
  }
  offsetAt({ line, character }: Position): number {
    return this.text.split('\n').slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  }
  positionAt(offset: number): Position {
    const before = this.text.slice(0, offset).split('\n');
    return new Position(before.length - 1, before.at(-1)?.length ?? 0);
  }
  /** Edits the text, and tells whoever listens. */
  apply(edits: readonly TextEdit[]): void {
    const changes = edits.map(({ range, newText }) => {
      const [rangeOffset, end] = [this.offsetAt(range.start), this.offsetAt(range.end)];
      return { range, rangeOffset, rangeLength: end - rangeOffset, text: newText };
    });
    changes.sort((one, other) => other.rangeOffset - one.rangeOffset);
    for (const { rangeOffset, rangeLength, text } of changes) {
      this.text = this.text.slice(0, rangeOffset) + text + this.text.slice(rangeOffset + rangeLength);
    }
    this.version += 1;
    events.changed.fire({ document: this, contentChanges: changes, reason: undefined });
  }
}

const events = {
  opened: new EventEmitter<TextDocument>(),
  closed: new EventEmitter<TextDocument>(),
  changed: new EventEmitter<{ document: TextDocument; contentChanges: unknown[]; reason: undefined }>(),
  active: new EventEmitter<unknown>(),
  visible: new EventEmitter<unknown>(),
  tabs: new EventEmitter<{ opened: unknown[]; closed: unknown[]; changed: unknown[] }>(),
  configured: new EventEmitter<{ affectsConfiguration(name: string): boolean }>(),
  trusted: new EventEmitter<void>(),
};
const never = new EventEmitter<never>().event;

/** What a test sets, and what it looks at afterwards. */
export const editor = {
  settings: {} as Record<string, unknown>,
  messages: [] as { text: string; buttons: string[] }[],
  /** The button that the user will press. */
  button: undefined as string | undefined,
  log: [] as string[],
  executed: [] as unknown[][],
  commands: new Map<string, (...args: unknown[]) => unknown>(),
  actions: [] as ActionProvider[],
  hovers: [] as HoverProvider[],
  contents: new Map<string, { provideTextDocumentContent(uri: Uri): Promise<string> }>(),
  shown: undefined as TextDocument | undefined,
  /** What the quick pick offered, of which it takes the first. */
  offered: [] as { label: string }[],
  python: undefined as unknown,

  configure(name: string, value: unknown): void {
    this.settings[name] = value;
    events.configured.fire({ affectsConfiguration: asked => name === asked || name.startsWith(`${asked}.`) });
  },
  trust(): void {
    workspace.isTrusted = true;
    events.trusted.fire();
  },
  open(file: string, languageId = 'yaml'): TextDocument {
    const document = new TextDocument(Uri.file(file), languageId, readFileSync(file, 'utf8'));
    const view = { document, selection: { active: new Position(0, 0) } };
    const tab = { input: new TabInputText(document.uri) };
    window.tabGroups.all[0]?.tabs.push(tab);
    events.tabs.fire({ opened: [tab], closed: [], changed: [] });
    workspace.textDocuments.push(document);
    events.opened.fire(document);
    window.activeTextEditor = view;
    window.visibleTextEditors = [view];
    events.active.fire(view);
    events.visible.fire([view]);
    return document;
  },
  /** The editor as it is when it has just been started. */
  reset(): void {
    Object.assign(this, { settings: {}, messages: [], button: undefined, log: [], executed: [], actions: [], hovers: [] });
    Object.assign(this, { shown: undefined, offered: [], python: undefined });
    this.commands.clear();
    this.contents.clear();
    collections.clear();
    Object.assign(workspace, { isTrusted: true, workspaceFolders: undefined, textDocuments: [] });
    Object.assign(window, { activeTextEditor: undefined, visibleTextEditors: [] });
    window.tabGroups.all = [{ tabs: [] }];
    Object.values(events).forEach(emitter => emitter.dispose());
  },
};

interface ActionProvider {
  provideCodeActions(document: TextDocument, range: Range, context: unknown, token: unknown): Promise<CodeAction[]>;
  resolveCodeAction(action: CodeAction, token: unknown): Promise<CodeAction>;
}

interface HoverProvider {
  provideHover(document: TextDocument, place: Position, token: unknown): Promise<Hover>;
}

interface View {
  document: TextDocument;
  selection: { active: Position };
}

function added<T>(list: T[], one: T): Disposable {
  list.push(one);
  return new Disposable(() => void list.splice(list.indexOf(one), 1));
}

function put<T>(map: Map<string, T>, name: string, one: T): Disposable {
  map.set(name, one);
  return new Disposable(() => map.delete(name));
}

// ---- the editor's interface

export const workspace = {
  isTrusted: true,
  workspaceFolders: undefined as { uri: Uri; name: string; index: number }[] | undefined,
  textDocuments: [] as TextDocument[],
  notebookDocuments: [],
  onDidOpenTextDocument: events.opened.event,
  onDidCloseTextDocument: events.closed.event,
  onDidChangeTextDocument: events.changed.event,
  onDidChangeConfiguration: events.configured.event,
  onDidGrantWorkspaceTrust: events.trusted.event,
  onDidSaveTextDocument: never,
  onWillSaveTextDocument: never,
  onDidChangeWorkspaceFolders: never,
  onDidOpenNotebookDocument: never,
  onDidCloseNotebookDocument: never,
  onDidChangeNotebookDocument: never,
  onDidSaveNotebookDocument: never,
  onDidCreateFiles: never,
  onDidRenameFiles: never,
  onDidDeleteFiles: never,
  onWillCreateFiles: never,
  onWillRenameFiles: never,
  onWillDeleteFiles: never,
  createFileSystemWatcher: () => ({ onDidCreate: never, onDidChange: never, onDidDelete: never, dispose: () => {} }),
  getConfiguration: (section: string) => ({
    get: (name: string, otherwise?: unknown) => editor.settings[`${section}.${name}`] ?? otherwise,
  }),
  getWorkspaceFolder: (uri: Uri) => workspace.workspaceFolders?.find(one => uri.path.startsWith(`${one.uri.path}/`)),
  registerTextDocumentContentProvider: (scheme: string, provider: { provideTextDocumentContent(uri: Uri): Promise<string> }) =>
    put(editor.contents, scheme, provider),
  openTextDocument: async (uri: Uri) =>
    new TextDocument(uri, 'plaintext', (await editor.contents.get(uri.scheme)?.provideTextDocumentContent(uri)) ?? ''),
};

async function say(text: string, ...buttons: string[]): Promise<string | undefined> {
  editor.messages.push({ text, buttons });
  return buttons.find(button => button === editor.button);
}

export const window = {
  activeTextEditor: undefined as View | undefined,
  visibleTextEditors: [] as View[],
  tabGroups: { all: [{ tabs: [] as { input: TabInputText }[] }], onDidChangeTabs: events.tabs.event },
  onDidChangeActiveTextEditor: events.active.event,
  onDidChangeVisibleTextEditors: events.visible.event,
  showErrorMessage: say,
  showWarningMessage: say,
  showInformationMessage: say,
  createOutputChannel: () => {
    const write = (line: unknown): void => void editor.log.push(String(line));
    const show = (): void => void editor.executed.push(['output']);
    const levels = { trace: write, debug: write, info: write, warn: write, error: write, append: write, appendLine: write };
    return { ...levels, show, logLevel: LogLevel.Info, onDidChangeLogLevel: never, dispose: () => {} };
  },
  showTextDocument: async (document: TextDocument) => void (editor.shown = document),
  showQuickPick: async (items: Promise<{ label: string }[]>) => (editor.offered = await items)[0],
};

const collections = new Map<object, Map<string, Diagnostic[]>>();

export const languages = {
  match: (selector: { language?: string; scheme?: string }[], document: TextDocument) =>
    selector.some(
      one =>
        (one.language ?? document.languageId) === document.languageId && (one.scheme ?? document.uri.scheme) === document.uri.scheme,
    )
      ? 10
      : 0,
  createDiagnosticCollection: () => {
    const found = new Map<string, Diagnostic[]>();
    collections.set(found, found);
    return {
      set: (uri: Uri, diagnostics: Diagnostic[]) => found.set(uri.toString(), diagnostics),
      delete: (uri: Uri) => found.delete(uri.toString()),
      clear: () => found.clear(),
      dispose: () => collections.delete(found),
    };
  },
  getDiagnostics: (uri: Uri) => [...collections.values()].flatMap(found => found.get(uri.toString()) ?? []),
  registerCodeActionsProvider: (_selector: unknown, provider: ActionProvider) => added(editor.actions, provider),
  registerHoverProvider: (_selector: unknown, provider: HoverProvider) => added(editor.hovers, provider),
};

export const commands = {
  registerCommand: (name: string, run: (...args: unknown[]) => unknown) => put(editor.commands, name, run),
  executeCommand: async (name: string, ...args: unknown[]): Promise<unknown> => {
    const run = editor.commands.get(name);
    return run ? run(...args) : void editor.executed.push([name, ...args]);
  },
};

export const env = {
  appName: 'a stand-in',
  language: 'en',
  openExternal: async (uri: Uri) => void editor.executed.push(['open', uri.toString()]),
};

export const extensions = {
  getExtension: (id: string) =>
    id === 'ms-python.python' && editor.python ? { isActive: false, activate: async () => editor.python } : undefined,
};
