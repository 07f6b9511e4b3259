// The language server's life: started when there is something to start, and again when that changes.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { CloseAction, LanguageClient, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node';
import { type Command, find, type Settings, surroundings } from './find';
import * as python from './python';

const DOCS = 'https://k8slint.dev/';
const STDERR_PATIENCE = 1000; // milliseconds

export function settings(): Settings {
  const ours = vscode.workspace.getConfiguration('k8slint');
  return { path: ours.get('path', ''), args: ours.get<string[]>('args', []) };
}

/** How the client starts a server. */
export function serverOptions(command: Command): ServerOptions {
  return { command: command.program, args: [...command.args, 'lsp'], options: { cwd: command.cwd } };
}

/** A client that leaves it to others to say that a server has not come up: it would say so thrice. */
class Client extends LanguageClient {
  up = false;

  override error(message: string, data?: unknown, show?: boolean | 'force'): void {
    super.error(message, data, this.up && show);
  }
}

export class Server implements vscode.Disposable {
  /** How k8slint is run; undefined while there is nothing to run. */
  command: Command | undefined;
  private client: Client | undefined;
  private complaint: string | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly output: vscode.LogOutputChannel) {}

  /** Starts the server that should run now, unless it does. `anew`: also where it does. */
  update(anew = false): Promise<void> {
    this.turn = this.turn.then(() => this.change(anew)).catch(error => this.output.error(error));
    return this.turn;
  }

  /** Ends the server. */
  stop(): Promise<void> {
    this.turn = this.turn.then(() => this.end()).catch(error => this.output.error(error));
    return this.turn;
  }

  dispose(): void {
    void this.stop();
  }

  private async change(anew: boolean): Promise<void> {
    const found = await this.find();
    if (!anew && this.client !== undefined && isDeepStrictEqual(found, this.command)) {
      return;
    }
    await this.end();
    if (anew) {
      this.complaint = undefined;
    }
    if ('problem' in found) {
      this.command = undefined;
      this.complain(found.problem, 'How to Install');
      return;
    }
    this.command = found;
    await this.start(found);
  }

  private async find(): Promise<ReturnType<typeof find>> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(folder => folder.uri.scheme === 'file');
    const trusted = vscode.workspace.isTrusted;
    const wanted = settings();
    const selected = trusted && !wanted.path.trim() ? await this.python(folders[0]?.uri) : undefined;
    return find(wanted, surroundings(trusted, folders.map(folder => folder.uri.fsPath), selected));
  }

  private async python(folder: vscode.Uri | undefined): Promise<string | undefined> {
    try {
      return await python.interpreter(folder);
    } catch (error) {
      this.output.warn(`The Python extension does not say which environment is selected: ${error}`);
      return undefined;
    }
  }

  private async start(command: Command): Promise<void> {
    this.output.info(`Starting ${[command.program, ...command.args, 'lsp'].join(' ')}`);
    let said = '';
    let silent: Promise<unknown> = Promise.resolve();
    const options: LanguageClientOptions = {
      documentSelector: [
        ...['yaml', 'helm', 'kubernetes', 'json', 'jsonc'].map(language => ({ scheme: 'file', language })),
        { scheme: 'untitled', language: 'yaml' },
      ],
      // Ask after each change, and do not wait for the server to say that there is something new.
      diagnosticPullOptions: { onChange: true, onFocus: true },
      outputChannel: this.output,
      stdioOptions: {
        stdout: () => {},
        stderr: (stream, output) => {
          const lines = createInterface({ input: stream });
          silent = once(lines, 'close');
          lines.on('line', line => {
            said = line.trim() || said;
            output.info(line);
          });
        },
      },
      // A server that does not even start will not do so the second time. One that ends later is started again, some times.
      initializationFailedHandler: () => false,
      errorHandler: {
        error: (...what) => usual.error(...what),
        closed: () => (client.up ? usual.closed() : { action: CloseAction.DoNotRestart, handled: true }),
      },
    };
    const client = new Client('k8slint', 'k8slint', serverOptions(command), options);
    const usual = client.createDefaultErrorHandler();
    this.client = client;
    try {
      await client.start();
      client.up = true;
      this.complaint = undefined;
    } catch (error) {
      this.client = undefined;
      // What it wrote before it ended says more than that it has ended.
      await Promise.race([silent, new Promise(resolve => setTimeout(resolve, STDERR_PATIENCE))]);
      await this.discard(client);
      const reason = said.replace(/^Error: /, '') || (error instanceof Error ? error.message : String(error));
      this.complain(`${command.program} does not start: ${reason}`, 'Show Output');
    }
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client !== undefined) {
      await this.discard(client);
    }
  }

  private async discard(client: Client): Promise<void> {
    try {
      await client.dispose();
    } catch (error) {
      // It throws for a server that has not come up, or does not answer any more. Neither keeps the next one from starting.
      this.output.debug(String(error));
    }
  }

  /** Says once what is wrong; what is said goes on where nobody waits for the answer. */
  private complain(problem: string, help: 'How to Install' | 'Show Output'): void {
    this.output.error(problem);
    if (problem === this.complaint) {
      return;
    }
    this.complaint = problem;
    void vscode.window.showErrorMessage(problem, help, 'Open Settings').then(chosen => {
      switch (chosen) {
        case 'How to Install':
          return vscode.env.openExternal(vscode.Uri.parse(DOCS));
        case 'Show Output':
          return this.output.show();
        case 'Open Settings':
          return vscode.commands.executeCommand('workbench.action.openSettings', 'k8slint.path');
        default:
          return undefined;
      }
    });
  }
}
