// Which program is run: the setting, the selected environment, the PATH; and never one of a workspace that nobody trusts.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Command, find, type Settings, type Surroundings, surroundings } from '../src/find';

function around(programs: string[], more: Partial<Surroundings> = {}): Surroundings {
  return {
    trusted: true,
    folders: ['/code/shop'],
    python: undefined,
    path: '/usr/local/bin:/usr/bin',
    home: '/home/ada',
    platform: 'linux',
    isProgram: file => programs.includes(file),
    ...more,
  };
}

function command(settings: Partial<Settings>, surroundings: Surroundings): Command {
  const found = find({ path: '', args: [], ...settings }, surroundings);
  assert.ok('program' in found, JSON.stringify(found));
  return found;
}

function problem(settings: Partial<Settings>, surroundings: Surroundings): string {
  const found = find({ path: '', args: [], ...settings }, surroundings);
  assert.ok('problem' in found, JSON.stringify(found));
  return found.problem;
}

describe('with no path set', () => {
  test('it is the first on the PATH', () => {
    const found = command({}, around(['/usr/bin/k8slint', '/usr/local/bin/k8slint']));
    assert.deepEqual(found, { program: '/usr/local/bin/k8slint', args: [], cwd: '/code/shop' });
  });

  test('that of the selected Python environment goes first', () => {
    const both = around(['/usr/bin/k8slint', '/envs/dev/bin/k8slint'], { python: '/envs/dev/bin/python' });
    assert.equal(command({}, both).program, '/envs/dev/bin/k8slint');
  });

  test('an environment without it is passed over', () => {
    assert.equal(command({}, around(['/usr/bin/k8slint'], { python: '/envs/dev/bin/python' })).program, '/usr/bin/k8slint');
  });

  test('relative folders on the PATH are passed over', () => {
    assert.match(problem({}, around(['k8slint', 'bin/k8slint', '/code/shop/bin/k8slint'], { path: ':.:bin' })), /nor is it on the PATH/);
  });

  test('where there is none, the problem says how to get it', () => {
    assert.match(problem({}, around([])), /pip install k8slint$/);
  });

  test('with no folder open, it is run in the home folder', () => {
    assert.equal(command({}, around(['/usr/bin/k8slint'], { folders: [] })).cwd, '/home/ada');
  });
});

describe('with a path set', () => {
  for (const [named, program] of [
    ['/opt/k8slint', '/opt/k8slint'],
    [' /opt/k8slint ', '/opt/k8slint'],
    ['~/bin/k8slint', '/home/ada/bin/k8slint'],
    ['.venv/bin/k8slint', '/code/shop/.venv/bin/k8slint'],
    ['../tools/k8slint', '/code/tools/k8slint'],
    ['${workspaceFolder}/.venv/bin/k8slint', '/code/shop/.venv/bin/k8slint'],
    ['uvx', '/usr/bin/uvx'],
  ] as const) {
    test(`"${named}" is ${program}`, () => {
      assert.equal(command({ path: named }, around([program, '/usr/bin/k8slint'])).program, program);
    });
  }

  test('no other program takes its place', () => {
    assert.match(problem({ path: '/opt/k8slint' }, around(['/usr/bin/k8slint'])), /no program \/opt\/k8slint/);
  });

  test('arguments are passed on', () => {
    const args = ['--from', 'k8slint', 'k8slint'];
    assert.deepEqual(command({ path: 'uvx', args }, around(['/usr/bin/uvx'])).args, args);
  });
});

describe('in a workspace that is not trusted', () => {
  const untrusted = { trusted: false, python: '/code/shop/.venv/bin/python' };

  test('the selected environment is not asked', () => {
    const programs = ['/code/shop/.venv/bin/k8slint', '/usr/bin/k8slint'];
    assert.equal(command({}, around(programs, untrusted)).program, '/usr/bin/k8slint');
    assert.equal(command({}, around(programs, { ...untrusted, trusted: true })).program, '/code/shop/.venv/bin/k8slint');
  });

  test('a folder of the workspace on the PATH is passed over', () => {
    const programs = ['/code/shop/bin/k8slint', '/usr/bin/k8slint'];
    assert.equal(command({}, around(programs, { ...untrusted, path: '/code/shop/bin:/usr/bin' })).program, '/usr/bin/k8slint');
  });

  test('a path of the user that leads into the workspace is refused', () => {
    const program = '/code/shop/.venv/bin/k8slint';
    for (const named of ['.venv/bin/k8slint', '${workspaceFolder}/.venv/bin/k8slint', '/code/x/../shop/.venv/bin/k8slint']) {
      assert.match(problem({ path: named }, around([program], untrusted)), /only when you trust/);
    }
  });

  test('letters of either case name the same workspace, where the system has it so', () => {
    const mac = around(['/Code/Shop/k8slint'], { ...untrusted, platform: 'darwin' });
    assert.match(problem({ path: '/Code/Shop/k8slint' }, mac), /only when you trust/);
  });

  test('one beside the workspace is not in it', () => {
    for (const program of ['/code/shop2/k8slint', '/code/..k8slint']) {
      assert.equal(command({ path: program }, around([program], untrusted)).program, program);
    }
  });
});

describe('on Windows', () => {
  const windows = { platform: 'win32', folders: ['C:\\code\\shop'], path: 'C:\\Python\\Scripts;"C:\\My Tools"', home: 'C:\\Users\\ada' } as const;

  test('programs end in .exe', () => {
    assert.equal(command({}, around(['C:\\My Tools\\k8slint.exe'], windows)).program, 'C:\\My Tools\\k8slint.exe');
  });

  test('batch files are no programs', () => {
    assert.match(problem({}, around(['C:\\Python\\Scripts\\k8slint.cmd', 'C:\\Python\\Scripts\\k8slint'], windows)), /not installed/);
  });

  test('conda keeps programs in a folder beside the interpreter', () => {
    const conda = { ...windows, python: 'C:\\conda\\envs\\dev\\python.exe' };
    const program = 'C:\\conda\\envs\\dev\\Scripts\\k8slint.exe';
    assert.equal(command({}, around([program], conda)).program, program);
  });

  test('a path may leave the ending out', () => {
    for (const named of ['~\\bin\\k8slint', '~/bin/k8slint', 'C:\\Users\\ada\\bin\\k8slint.exe']) {
      assert.equal(command({ path: named }, around(['C:\\Users\\ada\\bin\\k8slint.exe'], windows)).program, 'C:\\Users\\ada\\bin\\k8slint.exe');
    }
  });

  test('letters of either case name the same workspace', () => {
    const untrusted = around(['c:\\CODE\\shop\\k8slint.exe'], { ...windows, trusted: false });
    assert.match(problem({ path: 'c:\\CODE\\shop\\k8slint' }, untrusted), /only when you trust/);
  });
});

test('a program is a file that may be run', { skip: process.platform === 'win32' }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8slint-'));
  try {
    mkdirSync(path.join(folder, 'k8slint'));
    const { isProgram } = surroundings(true, [], undefined);
    const file = path.join(folder, 'program');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o600 });
    assert.equal(isProgram(file), false);
    chmodSync(file, 0o700);
    assert.equal(isProgram(file), true);
    assert.equal(isProgram(path.join(folder, 'k8slint')), false);
    assert.equal(isProgram(path.join(folder, 'absent')), false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
