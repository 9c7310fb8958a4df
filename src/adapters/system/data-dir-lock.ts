// One living engine per DATA_DIR. Node has no flock, so the lock is a row of numbered files: the highest number holds
// it, taking over means creating the next number (a hard link, so one of many takers wins), and lower ones are swept.
// Whether a holder lives is asked of the system; of another container's holder only its heartbeat can be seen.
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartRefused } from '../../ports/start-refused.ts';
import { isAlive, ownIdentity } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

const HEARTBEAT_MS = 2_000;
const SILENCE_MS_MAX = 12_000;
const ATTEMPTS_MAX = 100;

interface Holder extends ProcessIdentity {
  /** Two locks of one process are two holders. */
  readonly token: string;
}

/** A living engine or command has it. */
export class DataDirInUse extends StartRefused {}

export interface DataDirLock {
  release(): void;
}

/**
 * Takes the lock of `dataDir`, making the folder when it is missing. Refuses (DataDirInUse) when a living engine or command
 * holds it, and (StartRefused) when the folder cannot be written. A holder in another container counts as dead after 12 s
 * of silence.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  try {
    return await takeLock(dataDir, join(dataDir, 'lock'));
  } catch (error) {
    if (error instanceof StartRefused || !(error as NodeJS.ErrnoException).syscall) throw error;
    throw new StartRefused(
      `DATA_DIR ${dataDir} cannot be used: ${(error as Error).message}. Name a folder this user may write to.`,
    );
  }
}

/** Whether a living engine or command holds it. One of another container is known by its heartbeat, which may take 12 s. */
export async function isDataDirHeld(dataDir: string): Promise<boolean> {
  const folder = join(dataDir, 'lock');
  const newest = existsSync(folder) ? numbers(folder).at(-1) : undefined;
  return newest !== undefined && isHeld(join(folder, String(newest)));
}

async function takeLock(dataDir: string, folder: string): Promise<DataDirLock> {
  makeFolder(dataDir, folder);
  const holder: Holder = { ...ownIdentity(), token: randomUUID() };
  const draft = join(folder, `draft-${holder.token}`);
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const newest = numbers(folder).at(-1) ?? 0;
      if (newest > 0 && (await isHeld(join(folder, String(newest)))))
        throw inUse(dataDir, join(folder, String(newest)));
      const mine = newest + 1;
      if (linked(draft, join(folder, String(mine))) && isNewest(folder, mine)) return held(folder, mine);
    }
    throw new StartRefused(`DATA_DIR ${dataDir} is being started by too many processes at once; try again.`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function makeFolder(dataDir: string, folder: string): void {
  // Traversable but not listable: as root, Postgres runs as another user below it.
  makeEach(dataDir, 0o711);
  makeEach(folder, 0o755);
  for (const name of readdirSync(folder)) sweepOldDraft(join(folder, name));
}

/** Each missing folder by itself: Node's `recursive` never ends on a file system that refuses, such as /proc. */
function makeEach(path: string, mode: number): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeEach(parent, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another start was quicker
  }
}

function sweepOldDraft(path: string): void {
  const old = /draft-[^/\\]*$/.test(path) && Date.now() - (modifiedAt(path) ?? Date.now()) > 60_000;
  if (old) rmSync(path, { force: true });
}

/** The numbers in use, growing. */
function numbers(folder: string): number[] {
  const found = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  return found.map(Number).sort((a, b) => a - b);
}

function linked(draft: string, target: string): boolean {
  try {
    linkSync(draft, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A number swept by a later holder can be created again by a slow taker, who learns here that it is late. */
function isNewest(folder: string, mine: number): boolean {
  if (numbers(folder).at(-1) === mine) return true;
  rmSync(join(folder, String(mine)), { force: true });
  return false;
}

function held(folder: string, mine: number): DataDirLock {
  const path = join(folder, String(mine));
  for (const older of numbers(folder)) if (older < mine) rmSync(join(folder, String(older)), { force: true });
  const heartbeat = setInterval(() => beat(path), HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release() {
      clearInterval(heartbeat);
      // Emptied, not removed: the highest number must stay, or a slow taker could create it again beside a newer one.
      if (statSync(path, { throwIfNoEntry: false })) writeFileSync(path, '');
    },
  };
}

function beat(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // The folder is gone or not ours any more; the next start will see no heartbeat.
  }
}

async function isHeld(path: string): Promise<boolean> {
  const holder = read(path);
  if (!holder) return false;
  const alive = isAlive(holder);
  if (alive !== 'unknown') return alive;
  const before = modifiedAt(path);
  while (before !== undefined && Date.now() - before < SILENCE_MS_MAX) {
    await sleep(250);
    if (modifiedAt(path) !== before) return true;
  }
  return false;
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined; // released, or swept meanwhile
  }
}

function modifiedAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function inUse(dataDir: string, path: string): DataDirInUse {
  const pid = read(path)?.pid;
  return new DataDirInUse(
    `DATA_DIR ${dataDir} is in use by another Fairseat${pid ? ` (process ${pid})` : ''}; ` +
      'stop that one first, or give this one another DATA_DIR (and another PORT).',
  );
}
