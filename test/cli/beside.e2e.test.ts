// Commands beside an engine on its embedded Postgres: while that is being made, and when it goes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { isDataDirHeld } from '../../src/adapters/system/data-dir-lock.ts';
import { RoleProcess } from '../distributed/role-process.ts';
import { temporaryFolder } from '../support/temp-folder.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');
const FEED = path.resolve(import.meta.dirname, '../fixtures/provider-feed/1.xml');

const startIn = (DATA_DIR: string): Promise<RoleProcess> => {
  const engine = RoleProcess.start('start', {
    PROFILE: 'embedded',
    DEMO_DATA: 'off',
    LOG_LEVEL: 'info',
    DATA_DIR,
  });
  onTestFinished(async () => void (await (await engine).end()));
  return engine;
};

function fairseat(DATA_DIR: string, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'], DATA_DIR } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const outcome = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { child, ended: outcome.then(([[code], out, said]) => ({ code: code as number, out, said })) };
}

it('a command waits for a Postgres that another process is making', { timeout: 120_000 }, async () => {
  const dataDir = temporaryFolder();
  const engine = startIn(dataDir);
  await expect.poll(() => isDataDirHeld(dataDir), { interval: 20 }).toBe(true);
  const { code, out, said } = await fairseat(dataDir, 'projections', 'parked').ended;
  expect([code, out, said]).toEqual([0, 'No stream is parked.\n', '']);
  await engine;
});

it(
  'log tail says that the engine has stopped, and ends: it would wait at an address that nobody has any more',
  {
    timeout: 120_000,
  },
  async () => {
    const dataDir = temporaryFolder();
    const engine = await startIn(dataDir);
    await fairseat(dataDir, 'import', FEED).ended;
    const { child, ended } = fairseat(dataDir, 'log', 'tail', '--after', '0');
    await once(child.stdout, 'data');
    await engine.end();
    const { code, said } = await ended;
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/^fairseat: The engine .+ has stopped.+--after.+\n$/),
    ]);
  },
);
