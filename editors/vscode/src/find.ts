// Which program is the language server. Knows nothing of the editor, so that it can be tested without one.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export const INSTALL = 'pip install k8slint';

/** What the user has set. */
export interface Settings {
  /** `k8slint.path`; empty where it is to be found. */
  path: string;
  /** `k8slint.args`: what comes before the subcommand. */
  args: readonly string[];
}

/** All else that decides. */
export interface Surroundings {
  /** Whether the user trusts the authors of the files in the workspace. */
  trusted: boolean;
  /** The paths of the workspace's folders. */
  folders: readonly string[];
  /** The interpreter of the selected Python environment. */
  python: string | undefined;
  /** The environment's PATH. */
  path: string;
  home: string;
  platform: NodeJS.Platform;
  /** Whether a path is that of a program. */
  isProgram(file: string): boolean;
}

/** How k8slint is run: the subcommand goes after the arguments. */
export interface Command {
  program: string;
  args: readonly string[];
  cwd: string;
}

/** Why there is nothing to run, as a sentence for the user. */
export interface Problem {
  problem: string;
}

export function surroundings(trusted: boolean, folders: readonly string[], python: string | undefined): Surroundings {
  const home = os.homedir();
  return { trusted, folders, python, path: process.env['PATH'] ?? '', home, platform: process.platform, isProgram };
}

/** The command that runs k8slint, or why there is none. */
export function find(settings: Settings, around: Surroundings): Command | Problem {
  const named = settings.path.trim();
  const candidates = named ? fromSetting(named, around) : [...fromPython(around), ...fromPath('k8slint', around)];
  const programs = candidates.filter(file => around.isProgram(file));
  // A folder that is not trusted may hold anything under any name, and the user's own settings and PATH may point there.
  const program = programs.find(file => around.trusted || !inWorkspace(file, around));
  if (program !== undefined) {
    return { program, args: settings.args, cwd: around.folders[0] ?? around.home };
  }
  if (programs[0] !== undefined) {
    return { problem: `${programs[0]} is in this workspace, and runs only when you trust that.` };
  }
  if (named) {
    return { problem: `There is no program ${named}, which the setting k8slint.path names.` };
  }
  return {
    problem: around.trusted
      ? `k8slint is not installed in the selected Python environment, nor is it on the PATH. To install it: ${INSTALL}`
      : 'k8slint is not on the PATH. In a workspace that you trust, it may also be in the selected Python environment.',
  };
}

function fromSetting(named: string, around: Surroundings): string[] {
  const folder = around.folders[0] ?? around.home;
  const file = named.replace(/^~(?=$|[\\/])/, () => around.home).replaceAll('${workspaceFolder}', () => folder);
  if (!/[\\/]/.test(file)) {
    return fromPath(file, around);
  }
  return spellings(paths(around).resolve(folder, file), around);
}

function fromPython(around: Surroundings): string[] {
  // Workspace settings choose the environment, so it is worth as much as they are.
  if (around.python === undefined || !around.trusted) {
    return [];
  }
  const { dirname, join } = paths(around);
  const folder = dirname(around.python);
  // Conda on Windows has python.exe in one folder, and what packages bring in another.
  const folders = around.platform === 'win32' ? [folder, join(folder, 'Scripts')] : [folder];
  return folders.flatMap(one => spellings(join(one, 'k8slint'), around));
}

function fromPath(name: string, around: Surroundings): string[] {
  const { delimiter, isAbsolute, join } = paths(around);
  const folders = around.path.split(delimiter).map(folder => folder.replace(/^"(.*)"$/, '$1'));
  // What is relative there would be relative to wherever the editor was started.
  return folders.filter(folder => isAbsolute(folder)).flatMap(folder => spellings(join(folder, name), around));
}

/** The names that a program's file may have. Windows runs .cmd and .bat through a shell only, and none is used here. */
function spellings(file: string, around: Surroundings): string[] {
  return around.platform === 'win32' && !/\.(exe|com)$/i.test(file) ? [`${file}.exe`, `${file}.com`] : [file];
}

function inWorkspace(file: string, around: Surroundings): boolean {
  const { isAbsolute, relative, sep } = paths(around);
  // On Windows `relative` sees to it itself.
  const folded = (name: string): string => (around.platform === 'darwin' ? name.toLowerCase() : name);
  return around.folders.some(folder => {
    const way = relative(folded(folder), folded(file));
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

function paths(around: Surroundings): path.PlatformPath {
  return around.platform === 'win32' ? path.win32 : path.posix;
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
