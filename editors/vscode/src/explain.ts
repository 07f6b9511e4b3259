// The pages of rules, which `k8slint explain` writes.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Server } from './server';

export const SCHEME = 'k8slint-rule';
const PATIENCE = 30_000; // milliseconds

interface Rule {
  id: string;
  severity: string;
  summary: string;
}

/** The rules that have found something at a place, each once. */
export function rulesAt(diagnostics: readonly vscode.Diagnostic[], place: vscode.Position): string[] {
  const here = diagnostics.filter(found => found.source === 'k8slint' && found.range.contains(place));
  const codes = here.map(({ code }) => String((typeof code === 'object' ? code.value : code) ?? ''));
  return [...new Set(codes.filter(Boolean))];
}

export class Pages implements vscode.TextDocumentContentProvider {
  constructor(private readonly server: Server) {}

  provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return this.run('explain', '--', uri.path.replace(/^\/|\.txt$/g, ''));
  }

  /** Shows the page of a rule: the one given, else the one whose finding the cursor is on, else one that is chosen. */
  async show(rule?: string): Promise<void> {
    if (this.server.command === undefined) {
      // Says what is wrong.
      await this.server.update(true);
      if (this.server.command === undefined) {
        return;
      }
    }
    const wanted = rule ?? (await this.choose());
    if (wanted === undefined) {
      return;
    }
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${wanted}.txt` });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  private async choose(): Promise<string | undefined> {
    const editor = vscode.window.activeTextEditor;
    const here = editor ? rulesAt(vscode.languages.getDiagnostics(editor.document.uri), editor.selection.active) : [];
    if (here.length === 1) {
      return here[0];
    }
    const rules = this.run('rules', '--format', 'json').then(text => {
      const all = (JSON.parse(text) as Rule[]).map(({ id, severity, summary }) => ({ label: id, description: severity, detail: summary }));
      return [...all.filter(({ label }) => here.includes(label)), ...all.filter(({ label }) => !here.includes(label))];
    });
    const picked = await vscode.window.showQuickPick(rules, { placeHolder: 'Which rule?', matchOnDetail: true });
    return picked?.label;
  }

  private async run(...args: string[]): Promise<string> {
    const command = this.server.command;
    if (command === undefined) {
      throw new Error('k8slint was not found');
    }
    const options = { cwd: command.cwd, timeout: PATIENCE, maxBuffer: 1 << 24, encoding: 'utf8' } as const;
    const env = { ...process.env, PYTHONIOENCODING: 'utf-8' };
    const { stdout } = await promisify(execFile)(command.program, [...command.args, ...args], { ...options, env });
    return stdout;
  }
}
