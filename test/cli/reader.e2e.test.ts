// Commands whose output nobody takes: a reader that has enough, a disk that is full.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');
const FULL = '/dev/full';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const environment = () => ({ PATH: process.env['PATH'], DATABASE_URL: database.url });

/** Ends with nobody reading what it says, as `… 2>&1 | head -0` does. */
async function unheard(...args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: environment() });
  child.stdout.destroy();
  child.stderr.destroy();
  return (await once(child, 'exit'))[0];
}

async function heard(stdout: 'pipe' | number, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: environment(),
    stdio: ['ignore', stdout, 'pipe'],
  });
  const [[code], out, said] = await Promise.all([
    once(child, 'exit'),
    child.stdout === null ? '' : text(child.stdout),
    text(child.stderr!),
  ]);
  return { code: code as number, out, said };
}

it('a rebuild whose reader has gone is done to its end all the same', { timeout: 120_000 }, async () => {
  expect(await unheard('projections', 'rebuild', 'all')).toBe(0);
  const { out } = await heard('pipe', 'projections', 'list', '--json');
  const views = JSON.parse(out) as { generation: number; status: string }[];
  expect(views.map(({ generation, status }) => `${generation} ${status}`)).toEqual(Array(8).fill('2 live'));
});

it('log tail ends when its reader has gone', { timeout: 120_000 }, async () => {
  expect(await heard('pipe', 'demo')).toMatchObject({ code: 0 });
  expect(await unheard('log', 'tail', '--after', '0')).toBe(0);
});

it.skipIf(!existsSync(FULL))(
  'a full disk under the output is said in a sentence',
  async () => {
    const full = openSync(FULL, 'w');
    const { code, said } = await heard(full, 'doctor');
    closeSync(full);
    expect([code, said]).toEqual([1, expect.stringMatching(/^fairseat: What it prints .+ENOSPC.+\n$/)]);
  },
  120_000,
);
