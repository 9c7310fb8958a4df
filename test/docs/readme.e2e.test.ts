// The README at its word: its start command starts an engine with the demo in a folder of its own, and its session is
// pasted into a shell as it stands.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fenced, read, root } from './documents.ts';

const [startCommand = '', ...otherCommands] = fenced(read('README.md'), 'console');
const [session = '', ...otherSessions] = fenced(read('README.md'), 'sh');
const here = fileURLToPath(root);

let dataDir: string;
let engine: Running;
let url: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'fairseat readme '));
  engine = new Running(startCommand, {
    PORT: '0',
    HOST: '',
    DATA_DIR: dataDir,
    DATABASE_URL: '',
    DEMO_DATA: '',
    LOG_LEVEL: '',
  });
  url = await engine.says(/is ready at (http:\/\/[\d.:]+)/);
});
afterAll(async () => {
  await engine.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

it('has one command to start with, and one session', () => {
  expect([otherCommands, otherSessions]).toEqual([[], []]);
});

it('tells the truth about the keys that a first start prints', () => {
  expect(engine.said).toMatch(/demo organiser's API key, shown this once: fs_live_\S+/);
  expect(engine.said).not.toContain('only-for-trying-out');
});

it('has a session that works as it stands', async () => {
  const shell = await played({ URL: url });
  expect(shell.said).toMatch(/\n\d+ free, 0 held, \d+ booked, \d+ blocked\nAda holds/);
  expect(shell.said).toMatch(/seats: \[ '[^']+', '[^']+' \]/);
  expect(shell.said).toMatch(/\n409 SeatsUnavailable: \S+\n/);
  expect(shell.said).toMatch(/\nbooking [\da-f-]{36} is confirmed\n/);
  expect(shell.said).toMatch(/\nHTTP\/1.1 201 Created\r?\nidempotent-replayed: true\r?\n\{"hold":/);
  expect(shell.said).toMatch(/\nwaiting, [1-9]\d* ahead\nleft\n$/);
});

it('has a session that may be pasted twice, and works with the demo organiser’s key', async () => {
  const [, key = ''] = /demo organiser's API key, shown this once: (\S+)/.exec(engine.said) ?? [];
  const first = await played({ URL: url, KEY: key });
  const again = await played({ URL: url, KEY: key });
  const booking = /booking \S+ is confirmed/;
  expect(booking.exec(again.said)?.[0]).toBe(booking.exec(first.said)?.[0]);
});

/** Any line that fails ends it, as does an engine that answers with something else than the next line needs. */
async function played(settings: Record<string, string>): Promise<Running> {
  const shell = new Running(`set -euo pipefail\n${session}`, settings);
  expect(await shell.ended, shell.said).toBe(0);
  return shell;
}

/** A shell that runs something in a process group of its own, and all it says. */
class Running {
  said = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(script: string, settings: Record<string, string>) {
    const env = { ...process.env, KEY: undefined, ...settings };
    this.#child = spawn('bash', ['-c', script], {
      cwd: here,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.ended = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** Waits for what it is to say and gives the first group of it; throws when it ends before. */
  async says(words: RegExp): Promise<string> {
    for (;;) {
      const found = words.exec(this.said);
      if (found) return found[1] ?? '';
      const more = once(this.#child.stdout!, 'data').then(() => false);
      if (await Promise.race([more, this.ended.then(() => true)])) throw new Error(`It ended: ${this.said}`);
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode === null && this.#child.pid !== undefined)
      process.kill(-this.#child.pid, signal);
    expect(await this.ended).toBe(0);
  }
}
