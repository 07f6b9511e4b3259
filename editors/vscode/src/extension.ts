// What the editor calls.
import * as vscode from 'vscode';
import { Pages, SCHEME } from './explain';
import * as python from './python';
import { Server } from './server';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('k8slint', { log: true });
  const ours = new Server(output);
  const pages = new Pages(ours);
  const update = (): void => void ours.update();
  server = ours;
  context.subscriptions.push(
    output,
    ours,
    vscode.commands.registerCommand('k8slint.restart', () => ours.update(true)),
    vscode.commands.registerCommand('k8slint.showOutput', () => output.show()),
    vscode.commands.registerCommand('k8slint.explainRule', (rule?: unknown) =>
      pages.show(typeof rule === 'string' ? rule : undefined),
    ),
    vscode.commands.registerCommand('k8slint.fixAll', () =>
      vscode.commands.executeCommand('editor.action.codeAction', { kind: 'source.fixAll.k8slint', apply: 'first' }),
    ),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, pages),
    vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration('k8slint.path') || change.affectsConfiguration('k8slint.args')) {
        update();
      }
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
  );
  await ours.update();
  const selecting = await python.onSelect(update).catch(() => undefined);
  if (selecting) {
    context.subscriptions.push(selecting);
  }
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
