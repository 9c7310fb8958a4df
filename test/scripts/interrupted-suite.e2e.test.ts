// `npm test` that is ended by Ctrl-C: vitest leaves without its tear-down, so who interrupts would keep a Postgres.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temp-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SUITE = 'test/domain/show/waitlist.unit.test.ts';

test.each(['SIGINT', 'SIGTERM'] as const)(
  'an interrupted run says so, and leaves neither its Postgres nor its folders (%s)',
  async (signal) => {
    const temporary = temporaryFolder();
    const run = spawn(process.execPath, ['scripts/test.mjs', SUITE], {
      cwd: root,
      detached: true,
      env: { ...outerEnv(), TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    run.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const end = once(run, 'close');
    await expect.poll(() => postmasterIn(temporary)).toBeGreaterThan(0);
    const pid = postmasterIn(temporary);
    process.kill(-(run.pid ?? 0), signal);

    await end;
    expect(said.trimEnd().split('\n').at(-1)).toBe(
      'Interrupted: the run did not come to its end, so nothing is counted.',
    );
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  },
);

/** The environment without what this run has put into it for its own tests. */
function outerEnv(): NodeJS.ProcessEnv {
  const inner = /^(VITEST|TEST_DATABASE_URL$|FAIRSEAT_SERVERS_REPORT$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inner.test(name)));
}

function postmasterIn(folder: string): number {
  const [file] = globSync('fairseat-test-*/postgres/postmaster.pid', { cwd: folder });
  return file === undefined ? 0 : Number.parseInt(readFileSync(join(folder, file), 'utf8'), 10);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
