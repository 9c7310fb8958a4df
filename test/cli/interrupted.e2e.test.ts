// Commands that started a Postgres of their own, and are ended before they are done: nothing is left running, or the next
// command ends what is.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../support/temp-folder.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');

/** A provider who takes every request and answers none. */
async function silentProvider() {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    asked: once(server, 'request'),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  };
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const postgresOf = (dataDir: string): number => {
  const postgres = Number(readFileSync(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  onTestFinished(() => void (isRunning(postgres) && process.kill(postgres, 'SIGINT')));
  expect(isRunning(postgres)).toBe(true);
  return postgres;
};

/** An import that waits for its provider, in a DATA_DIR of its own. */
async function importUnderWay() {
  const dataDir = temporaryFolder();
  const provider = await silentProvider();
  const env = { PATH: process.env['PATH'], DATA_DIR: dataDir };
  const child = spawn(process.execPath, [MAIN, 'import', '--allow-private', provider.url], { env });
  const ended = once(child, 'exit');
  await provider.asked;
  return { child, ended, postgres: postgresOf(dataDir), dataDir, env };
}

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('an import ended by %s ends its Postgres too', { timeout: 120_000 }, async (signal, exitCode) => {
  const { child, ended, postgres } = await importUnderWay();
  child.kill(signal);
  expect(await ended).toEqual([exitCode, null]);
  await vi.waitFor(() => expect(isRunning(postgres)).toBe(false), { timeout: 20_000, interval: 50 });
});

it('a Postgres that kill -9 of a command has left behind is no server, and ends with the next command', async () => {
  const { child, ended, postgres, dataDir, env } = await importUnderWay();
  child.kill('SIGKILL');
  await ended;
  expect(isRunning(postgres)).toBe(true);
  const said = execFileSync(process.execPath, [MAIN, 'doctor', '--json'], { env, encoding: 'utf8' });
  expect(said).not.toContain('in use by a server');
  await vi.waitFor(() => expect(isRunning(postgres)).toBe(false), { timeout: 20_000, interval: 50 });
  expect(existsSync(path.join(dataDir, 'postgres/postmaster.pid'))).toBe(false);
}, 120_000);
