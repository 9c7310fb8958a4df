// The disk under Postgres: full, or failing to sync. Both need rights that not every machine gives.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf } from '../../api/client.ts';
import type { Chance } from '../recorder/chance.ts';
import { ADMIN_KEY } from '../world/engine-process.ts';
import type { World } from '../world/world.ts';
import type { Fault } from './fault.ts';

/** Room for a new cluster, some WAL, and the season. */
const DISK_MB = 220;

/** A small disk in memory; `free` gives it back. */
export function smallDisk(): { folder: string; free(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'fairseat-small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0711`, 'tmpfs', folder]);
  return {
    folder,
    free() {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** For this long a full disk may take writes into room that the log had before. */
const REFUSED_WITHIN_MS = 10_000;

/**
 * Fills the disk that the data lies on, to the last block, and frees it again. Only for a world on a small disk. Nothing of it
 * stands in the log of Postgres, which lies on the full disk as well; that a command is refused with 503 tells of it.
 */
export const fullDisk: Fault = {
  name: 'full disk under Postgres',
  forbidden: () => tmpfsForbidden(),
  async strike({ dataDir, engines }, chance) {
    const ballast = join(dataDir, 'ballast');
    let refused: boolean;
    try {
      fill(ballast, statfsSync(dataDir));
      refused = await refusesToWrite(engines[0]!.url);
      await sleep(chance.between(1_000, 3_000));
    } finally {
      rmSync(ballast, { force: true });
    }
    for (const engine of engines) await engine.ready();
    return refused;
  },
};

/** Whether a command is answered with 503 before long. */
async function refusesToWrite(url: string): Promise<boolean> {
  const call = clientOf(() => url, ADMIN_KEY);
  for (const untilMs = performance.now() + REFUSED_WITHIN_MS; performance.now() < untilMs; await sleep(50)) {
    const { status } = await call('POST', '/v1/events', { body: { title: 'On a full disk' } });
    if (status === 503) return true;
  }
  return false;
}

/** Writes until there is no room. Throws where there is room for ever. */
export function fill(file: string, { blocks, bsize }: { blocks: number; bsize: number }): void {
  const PIECE = Buffer.alloc(1 << 20);
  try {
    for (let at = 0; at <= blocks * bsize; at += PIECE.length) writeFileSync(file, PIECE, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
    throw error;
  }
  throw new Error(`${file} takes more than its disk holds`);
}

let tmpfsAnswer: string | null | undefined;

export function tmpfsForbidden(): string | null {
  if (tmpfsAnswer !== undefined) return tmpfsAnswer;
  tmpfsAnswer = process.getuid?.() === 0 ? null : 'mounting a small tmpfs needs root';
  if (tmpfsAnswer !== null) return tmpfsAnswer;
  try {
    smallDisk().free();
  } catch (error) {
    tmpfsAnswer = `no tmpfs can be mounted here: ${(error as Error).message.split('\n')[0]}`;
  }
  return tmpfsAnswer;
}

/** The next syncs of the WAL fail with EIO: Postgres panics on purpose, and recovers from what is on the disk. */
export const failingSync: Fault = {
  name: 'fsync errors under Postgres',
  trace: 'Input/output error',
  forbidden: () => straceForbidden(),
  async strike(world: World, chance: Chance) {
    const pids = world.postgresPids();
    const attach = pids.flatMap((pid) => ['-p', String(pid)]);
    const inject = `inject=fdatasync,fsync:error=EIO:when=${1 + chance.below(20)}`;
    const strace = spawn('strace', [
      '-f',
      '-q',
      '-e',
      'trace=fdatasync,fsync',
      '-e',
      inject,
      '-o',
      '/dev/null',
      ...attach,
    ]);
    const gone = once(strace, 'exit');
    await sleep(chance.between(500, 2_000));
    strace.kill('SIGINT');
    await gone;
    for (const engine of world.engines) await engine.ready();
  },
};

let straceAnswer: string | null | undefined;

function straceForbidden(): string | null {
  if (straceAnswer !== undefined) return straceAnswer;
  const probe = spawnSync('strace', ['-qq', '-e', 'trace=none', '-e', 'inject=sync:error=EIO', 'true'], {
    encoding: 'utf8',
  });
  if (probe.error) straceAnswer = 'there is no strace on this machine';
  else
    straceAnswer =
      probe.status === 0 ? null : `strace may not trace here: ${probe.stderr.trim().split('\n')[0]}`;
  return straceAnswer;
}
