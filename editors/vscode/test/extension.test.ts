// The extension as it is shipped, in a stand-in for the editor, with the real language server.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import * as vscode from './vscode';

const ROOT = path.resolve(__dirname, '../../../..');
const K8SLINT = process.env['K8SLINT'] ?? path.join(ROOT, '.venv', process.platform === 'win32' ? 'Scripts/k8slint.exe' : 'bin/k8slint');
const PATIENCE = 60_000; // milliseconds; for the slowest of machines
const POSIX_ONLY = { skip: process.platform === 'win32' && 'the programs of this test are shell scripts' };
const { editor } = vscode;

// The bundle asks for the editor by name.
const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
const load = loader._load;
loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load.call(loader, request, ...rest));
const extension: typeof import('../src/extension') = require(path.join(__dirname, '../extension.js'));

const MANIFEST = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: shop:1.0
    command: server
    args: [--port, 80]  # as everywhere
`;
const RIGHT = MANIFEST.replace('command: server', 'command: ["server"]').replace('80]', '"80"]');

let folder: string;
let subscriptions: { dispose(): unknown }[];

beforeEach(() => {
  editor.reset();
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'k8slint-')));
  vscode.workspace.workspaceFolders = [{ uri: vscode.Uri.file(folder), name: 'shop', index: 0 }];
  subscriptions = [];
});

afterEach(async () => {
  await extension.deactivate();
  subscriptions.forEach(one => one.dispose());
  rmSync(folder, { recursive: true, maxRetries: 5 });
});

async function start(settings: Record<string, unknown>): Promise<void> {
  Object.assign(editor.settings, settings);
  await extension.activate({ subscriptions } as unknown as Parameters<typeof extension.activate>[0]);
}

function write(name: string, text: string, mode = 0o600): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** A program that is k8slint, and writes down what it is started with. */
function recorder(name: string): string {
  return write(name, `#!/bin/sh\necho $$ > '${folder}/pid'\necho "$@" >> '${folder}/ran'\nexec '${K8SLINT}' "$@"\n`, 0o700);
}

function ran(): string[] {
  const file = path.join(folder, 'ran');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function pid(): number {
  return Number(readFileSync(path.join(folder, 'pid'), 'utf8'));
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) {
      return seen;
    }
    assert.ok(Date.now() < end, `never came: ${what}\n${editor.log.join('\n')}\n${JSON.stringify(editor.messages)}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

function rules(document: vscode.TextDocument): string[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .map(({ code }) => String((code as { value?: unknown } | undefined)?.value ?? code))
    .sort();
}

/** Opens a manifest with two mistakes of one rule, and waits for these to be found. */
async function mistaken(): Promise<{ document: vscode.TextDocument; found: vscode.Diagnostic[] }> {
  const document = editor.open(write('web.yaml', MANIFEST));
  const found = await until('the findings', () => {
    const ours = vscode.languages.getDiagnostics(document.uri).filter(one => /command|args/.test(one.message));
    return ours.length === 2 && ours;
  });
  return { document, found };
}

const NO_CANCEL = new vscode.CancellationTokenSource().token;

async function offered(document: vscode.TextDocument, range: vscode.Range, only?: vscode.CodeActionKind): Promise<vscode.CodeAction[]> {
  const provider = editor.actions[0];
  assert.ok(provider, 'the extension offers no code actions');
  const context = { diagnostics: [], only, triggerKind: vscode.CodeActionTriggerKind.Invoke };
  return provider.provideCodeActions(document, range, context, NO_CANCEL);
}

async function apply(document: vscode.TextDocument, action: vscode.CodeAction): Promise<void> {
  const edit = action.edit ?? (await editor.actions[0]?.resolveCodeAction(action, NO_CANCEL))?.edit;
  assert.ok(edit, `${action.title} changes nothing`);
  for (const [uri, edits] of edit.texts) {
    assert.equal(uri.toString(), document.uri.toString());
    document.apply(edits);
  }
}

describe('with k8slint installed', () => {
  test('a mistake is shown, and its quick fix mends it', async () => {
    await start({ 'k8slint.path': K8SLINT });
    const { document, found } = await mistaken();
    const mistake = found.find(one => one.message.startsWith('args'));
    assert.ok(mistake);
    assert.equal(mistake.source, 'k8slint');
    assert.equal(mistake.severity, vscode.DiagnosticSeverity.Error);
    const { start: from, end: to } = mistake.range;
    assert.equal(document.getText().slice(document.offsetAt(from), document.offsetAt(to)), '80');

    const [fix] = (await offered(document, mistake.range)).filter(action => action.kind?.value === 'quickfix');
    assert.ok(fix, 'no quick fix');
    await apply(document, fix);
    assert.equal(document.getText(), MANIFEST.replace('80]', '"80"]'));
    await until('one finding less', () => !vscode.languages.getDiagnostics(document.uri).some(one => one.message.startsWith('args')));
    assert.ok(rules(document).includes('command-not-a-list'), 'the other one is still there');
    assert.deepEqual(editor.messages, []);
  });

  test('all of a file is mended at once, as on saving', async () => {
    await start({ 'k8slint.path': K8SLINT });
    const { document } = await mistaken();
    const everything = new vscode.Range(0, 0, 99, 0);
    const [action, ...others] = await offered(document, everything, new vscode.CodeActionKind('source.fixAll'));
    assert.ok(action);
    assert.deepEqual(others, []);
    assert.equal(action.kind?.value, 'source.fixAll.k8slint');
    await apply(document, action);
    assert.match(document.getText(), /args: \[--port, "80"\]  # as everywhere$/m);
    await until('all of that rule gone', () => !rules(document).includes('command-not-a-list'));
  });

  test('over a mistake, the page of its rule is shown', async () => {
    await start({ 'k8slint.path': K8SLINT });
    const { document, found } = await mistaken();
    const hover = await editor.hovers[0]?.provideHover(document, found[0]?.range.start ?? assert.fail(), NO_CANCEL);
    const contents = [hover?.contents].flat()[0];
    assert.match(contents?.value ?? '', /^### command-not-a-list/);
  });

  test('what is typed is looked at', async () => {
    await start({ 'k8slint.path': K8SLINT });
    const document = editor.open(write('web.yaml', RIGHT));
    const place = new vscode.Range(8, '    command: '.length, 8, '    command: ["server"]'.length);
    document.apply([new vscode.TextEdit(place, 'server')]);
    await until('the mistake', () => rules(document).includes('command-not-a-list'));
  });

  test('a document that is open before the server is up is looked at', async () => {
    const document = editor.open(write('web.yaml', MANIFEST));
    await start({ 'k8slint.path': K8SLINT });
    await until('the mistake', () => rules(document).includes('command-not-a-list'));
  });

  test('other languages are left alone', async () => {
    await start({ 'k8slint.path': K8SLINT });
    const other = editor.open(write('notes.txt', MANIFEST), 'plaintext');
    await mistaken();
    assert.deepEqual(rules(other), []);
  });

  test('the arguments that are set come before the subcommand', POSIX_ONLY, async () => {
    const program = write('uvx', `#!/bin/sh\n[ "$1" = k8slint ] || exit 3\nshift\nexec '${K8SLINT}' "$@"\n`, 0o700);
    await start({ 'k8slint.path': program, 'k8slint.args': ['k8slint'] });
    await mistaken();
  });

  test('the selected Python environment has it', POSIX_ONLY, async () => {
    const executable = { uri: vscode.Uri.file(path.join(folder, 'env/bin/python')) };
    recorder('env/bin/k8slint');
    const selected = new vscode.EventEmitter<void>();
    editor.python = {
      environments: {
        getActiveEnvironmentPath: () => ({ path: 'env' }),
        resolveEnvironment: async () => ({ executable }),
        onDidChangeActiveEnvironmentPath: selected.event,
      },
    };
    await start({});
    assert.deepEqual(ran(), ['lsp']);

    recorder('other/bin/k8slint');
    executable.uri = vscode.Uri.file(path.join(folder, 'other/bin/python'));
    selected.fire();
    await until('the other environment', () => ran().length === 2);
  });

  test('it is started again when told to, and only then', POSIX_ONLY, async () => {
    await start({ 'k8slint.path': recorder('k8slint') });
    editor.configure('k8slint.trace.server', 'off');
    editor.configure('k8slint.path', editor.settings['k8slint.path']);
    await vscode.commands.executeCommand('k8slint.restart');
    assert.deepEqual(ran(), ['lsp', 'lsp']);
    await mistaken();
  });

  test('it is started again when it ends unasked', POSIX_ONLY, async () => {
    await start({ 'k8slint.path': recorder('k8slint') });
    const { document } = await mistaken();
    process.kill(pid());
    await until('another server', () => ran().length === 2);
    document.apply([new vscode.TextEdit(new vscode.Range(8, 13, 8, 19), '["server"]')]);
    document.apply([new vscode.TextEdit(new vscode.Range(9, 19, 9, 21), '"80"')]);
    assert.equal(document.getText(), RIGHT);
    await until('no mistake', () => !rules(document).includes('command-not-a-list'));
  });

  test('no process is left behind', POSIX_ONLY, async () => {
    await start({ 'k8slint.path': recorder('k8slint') });
    const server = pid();
    assert.ok(process.kill(server, 0));
    await extension.deactivate();
    await until('the end of the server', () => {
      try {
        return !process.kill(server, 0);
      } catch {
        return true;
      }
    });
  });
});

describe('the command', () => {
  test('"fix all" asks for the actions that saving asks for', async () => {
    await start({ 'k8slint.path': K8SLINT });
    await vscode.commands.executeCommand('k8slint.fixAll');
    assert.deepEqual(editor.executed, [['editor.action.codeAction', { kind: 'source.fixAll.k8slint', apply: 'first' }]]);
  });

  test('"show output" shows it', async () => {
    await start({ 'k8slint.path': K8SLINT });
    await vscode.commands.executeCommand('k8slint.showOutput');
    assert.deepEqual(editor.executed, [['output']]);
    assert.ok(editor.log.some(line => line.includes(K8SLINT)), 'it says what is run');
  });

  test('"explain a rule" shows the page of the rule that the cursor is on', async () => {
    await start({ 'k8slint.path': K8SLINT });
    const { found } = await mistaken();
    const view = vscode.window.activeTextEditor ?? assert.fail();
    view.selection.active = found[0]?.range.start ?? assert.fail();
    await vscode.commands.executeCommand('k8slint.explainRule');
    assert.equal(editor.shown?.uri.toString(), 'k8slint-rule:/command-not-a-list.txt');
    assert.match(editor.shown.getText(), /^command-not-a-list/);
    assert.deepEqual(editor.offered, []);
  });

  test('"explain a rule" asks which, where the cursor is on none', async () => {
    await start({ 'k8slint.path': K8SLINT });
    await vscode.commands.executeCommand('k8slint.explainRule');
    const [first] = editor.offered;
    assert.ok(first && editor.offered.length > 100, `${editor.offered.length} rules`);
    assert.ok(editor.shown?.getText().startsWith(first.label));
  });

  test('each that is declared is there, and no other', async () => {
    await start({ 'k8slint.path': K8SLINT });
    const { contributes } = JSON.parse(readFileSync(path.join(__dirname, '../../package.json'), 'utf8'));
    assert.deepEqual([...editor.commands.keys()].sort(), contributes.commands.map((one: { command: string }) => one.command).sort());
  });
});

describe('with nothing to run', () => {
  const ABSENT = path.join(tmpdir(), 'no', 'k8slint');

  test('one message says so, and leads to the settings', async () => {
    editor.button = 'Open Settings';
    await start({ 'k8slint.path': ABSENT });
    assert.equal(editor.messages.length, 1);
    assert.match(editor.messages[0]?.text ?? '', /There is no program .*k8slint, which the setting k8slint\.path names/);
    assert.deepEqual(editor.messages[0]?.buttons, ['How to Install', 'Open Settings']);
    await until('the settings', () => editor.executed.length > 0);
    assert.deepEqual(editor.executed, [['workbench.action.openSettings', 'k8slint.path']]);
  });

  test('or to the documentation', async () => {
    editor.button = 'How to Install';
    await start({ 'k8slint.path': ABSENT });
    await until('the documentation', () => editor.executed.length > 0);
    assert.deepEqual(editor.executed, [['open', 'https://k8slint.dev/']].map(([name, uri]) => [name, vscode.Uri.parse(uri ?? '').toString()]));
  });

  test('the message comes again only when somebody asks', async () => {
    await start({ 'k8slint.path': ABSENT });
    editor.configure('k8slint.args', ['x']);
    await vscode.commands.executeCommand('k8slint.restart');
    assert.equal(editor.messages.length, 2);
    await vscode.commands.executeCommand('k8slint.explainRule', 'command-not-a-list');
    assert.equal(editor.messages.length, 3);
    assert.equal(editor.shown, undefined);
  });

  test('it starts as soon as the setting is right', async () => {
    await start({ 'k8slint.path': ABSENT });
    editor.configure('k8slint.path', K8SLINT);
    await mistaken();
  });

  test('a server that does not start says why, once', POSIX_ONLY, async () => {
    const reason = 'no rules are installed';
    const program = write('k8slint', `#!/bin/sh\necho "Error: ${reason}" >&2\nexit 2\n`, 0o700);
    editor.button = 'Show Output';
    await start({ 'k8slint.path': program });
    assert.deepEqual(editor.messages, [
      { text: `${program} does not start: ${reason}`, buttons: ['Show Output', 'Open Settings'] },
    ]);
    await until('the output', () => editor.executed.length > 0);
    assert.deepEqual(editor.executed, [['output']]);

    write('k8slint', `#!/bin/sh\nexec '${K8SLINT}' "$@"\n`, 0o700);
    await vscode.commands.executeCommand('k8slint.restart');
    await mistaken();
    assert.equal(editor.messages.length, 1);
  });

  test('a file that is no program of this system is a problem like any other', POSIX_ONLY, async () => {
    await start({ 'k8slint.path': write('k8slint', '#!/no/such/interpreter\n', 0o700) });
    assert.equal(editor.messages.length, 1);
    assert.match(editor.messages[0]?.text ?? '', /does not start/);
  });
});

test('a program of the workspace runs only when the workspace is trusted', POSIX_ONLY, async () => {
  vscode.workspace.isTrusted = false;
  await start({ 'k8slint.path': recorder('k8slint') });
  assert.deepEqual(ran(), []);
  assert.match(editor.messages[0]?.text ?? '', /runs only when you trust/);
  editor.trust();
  await mistaken();
  assert.deepEqual(ran(), ['lsp']);
});

test('what an untrusted workspace must not decide is declared', () => {
  const { capabilities, contributes } = JSON.parse(readFileSync(path.join(__dirname, '../../package.json'), 'utf8'));
  assert.equal(capabilities.untrustedWorkspaces.supported, 'limited');
  const harmless = ['k8slint.trace.server'];
  const properties = Object.keys(contributes.configuration.properties);
  assert.deepEqual(capabilities.untrustedWorkspaces.restrictedConfigurations, properties.filter(name => !harmless.includes(name)));
});
