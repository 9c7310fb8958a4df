// What stands between `npm start` and src/main.mjs: the pinned Node, signals, exit codes, sentences.
// Run in a copy of this clone, in a folder with a space, with a small program in place of src/main.mjs.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temp-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Stops after a moment, as an engine that drains does; a Ctrl-C may reach it twice, from the terminal and from npm. */
const SERVER = `
  setInterval(() => {}, 1000);
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => setTimeout(() => {
    console.log('stopped by ' + name);
    process.exit(0);
  }, 200));
  console.log('ready');
`;

function clone(main: string): string {
  const folder = join(temporaryFolder(), 'a clone');
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'scripts'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'main.mjs'), main);
  return folder;
}

async function npmStart(folder: string) {
  const child = spawn('npm', ['start', '--silent'], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    said: () => said,
    /** With all that it has said heard. */
    end: once(child, 'close') as Promise<[number | null, string | null]>,
  };
}

test.each([
  ['SIGTERM', 'the process alone'],
  ['SIGINT', 'the process alone'],
  ['SIGTERM', 'the whole group'],
  ['SIGINT', 'the whole group'],
] as const)('npm start ends with 0 upon %s to %s, and nothing of it stays', async (signal, to) => {
  const started = await npmStart(clone(SERVER));
  process.kill(to === 'the whole group' ? -started.pid : started.pid, signal);
  expect(await started.end).toEqual([0, null]);
  expect(started.said()).toContain(`stopped by ${signal}`);
  expect(() => process.kill(-started.pid, 0)).toThrow('ESRCH');
});

test('it runs on the pinned Node with the arguments given', async () => {
  const folder = clone('console.log(process.version, ...process.argv.slice(2));');
  const pinned = execFileSync(join(root, 'node_modules', '.bin', 'node'), ['--version'], {
    encoding: 'utf8',
  }).trim();
  const said = execFileSync('npm', ['run', '--silent', 'fairseat', '--', 'show', 'inspect', 'a b'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(said.trim()).toBe(`${pinned} show inspect a b`);
});

test('the exit code of the program is that of the command', () => {
  const folder = clone('process.exitCode = 7;');
  const run = () => execFileSync('npm', ['run', '--silent', 'fairseat'], { cwd: folder, stdio: 'pipe' });
  expect(run).toThrow(expect.objectContaining({ status: 7 }));
});

test('a mistake in the program is shown with its stack', () => {
  const folder = clone("throw new TypeError('a mistake');");
  const run = () => execFileSync('npm', ['run', '--silent', 'fairseat'], { cwd: folder, stdio: 'pipe' });
  expect(run).toThrow(/TypeError: a mistake[\s\S]*main\.mjs/);
});
