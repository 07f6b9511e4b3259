// What the Python extension says of the selected environment. It is optional: without it there is only the PATH.
import * as vscode from 'vscode';

/** The part of its API that is used here: https://github.com/microsoft/vscode-python/wiki/Python-Environment-APIs */
interface PythonApi {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(environment: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

async function api(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<Partial<PythonApi>>('ms-python.python');
  const found = extension?.isActive ? extension.exports : await extension?.activate();
  return found?.environments ? (found as PythonApi) : undefined;
}

/** The interpreter selected for a folder. */
export async function interpreter(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const environments = (await api())?.environments;
  const environment = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath(folder));
  return environment?.executable.uri?.fsPath;
}

/** Calls back when another environment is selected. */
export async function onSelect(listener: () => void): Promise<vscode.Disposable | undefined> {
  return (await api())?.environments.onDidChangeActiveEnvironmentPath(listener);
}
