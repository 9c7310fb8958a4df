// Fairseat's own Postgres, so that `npm start` is the whole set-up: made, started, watched and stopped with the engine.
// It lies in DATA_DIR/postgres, listens on a free loopback port, and is started again should it ever end by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { lockDataDir } from '../system/data-dir-lock.ts';
import { chooseAccount } from './embedded/account.ts';
import { findBinaries } from './embedded/binaries.ts';
import { clusterPaths, ensureCluster, SUPERUSER } from './embedded/cluster.ts';
import { stopLeftBehind } from './embedded/left-behind.ts';
import { socketFolder, startPostmaster, stopPostmaster } from './embedded/postmaster.ts';
import type { Launch, Postmaster } from './embedded/postmaster.ts';
import { quietClient } from './embedded/sharing.ts';
import { reached } from './postgres-fault.ts';

const DATABASE = 'fairseat';
const ENDED = 'The embedded Postgres ended while its database was looked for or made; start again.';
/** So many within so long are soon started again. */
export const RESTARTS_MAX = 5;
export const RESTARTS_WITHIN_MS = 60_000;
const RESTART_PAUSE_MS = 100;
/** After more: what ends it, such as a full disk, may be over later, and nobody else would start it. */
const LATER_RESTART_PAUSE_MS = 10_000;

export interface EmbeddedPostgres {
  /** Connects over the loopback as the owner to the database `fairseat`; holds the password. */
  readonly url: string;
  /** The same by its Unix socket, where there is one: for who lives on the same machine and user. */
  readonly socketUrl: string;
  /** Stops Postgres, then gives DATA_DIR free; safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly log: (message: string) => void;
  /** Postgres settings added to, or in place of, the usual ones. */
  readonly settings?: Record<string, string>;
  /** Added to the environment of its processes. */
  readonly env?: Record<string, string>;
}

/**
 * Starts the embedded Postgres of `dataDir`, making what is missing and recovering what a crash left.
 * Refuses (StartRefused) a folder that a living engine uses, data of another version or user, and a machine where it
 * cannot run, each with a remedy.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log } = options;
  const lock = await lockDataDir(dataDir);
  try {
    const binaries = findBinaries();
    const paths = clusterPaths(dataDir);
    const account = chooseAccount(binaries.postgres, dataDir, paths.data);
    await stopLeftBehind(paths.data, log);
    const password = await ensureCluster(paths, binaries, account);
    const launch: Launch = {
      program: binaries.postgres,
      paths,
      account,
      settings: options.settings ?? {},
      env: options.env ?? {},
      log,
    };
    const running = await keepRunning(launch);
    const url = (database: string, host = '127.0.0.1') =>
      `postgres://${SUPERUSER}:${password}@${host}:${running.port}/${database}`;
    const folder = socketFolder(paths);
    await reached(ENDED, () => createDatabase(url('postgres'))).catch(async (error: unknown) => {
      await running.stop();
      throw error;
    });
    return {
      url: url(DATABASE),
      socketUrl: folder === null ? url(DATABASE) : url(DATABASE, encodeURIComponent(folder)),
      async stop() {
        await running.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Starts Postgres and starts it again on the same port when it ends unasked, soon a few times a minute, then later. */
async function keepRunning(launch: Launch): Promise<{ port: number; stop(): Promise<void> }> {
  let current = await startPostmaster(launch);
  let restarting: Promise<void> = Promise.resolve();
  const stopping = new AbortController();
  let endings: number[] = [];

  const watch = (postmaster: Postmaster) => {
    postmaster.child.once('exit', (code, signal) => {
      if (!stopping.signal.aborted) restarting = restart(`Postgres ended unasked (${signal ?? code})`);
    });
  };
  const restart = async (why: string): Promise<void> => {
    endings = [...endings.filter((at) => Date.now() - at < RESTARTS_WITHIN_MS), Date.now()];
    const pauseMs = endings.length > RESTARTS_MAX ? LATER_RESTART_PAUSE_MS : RESTART_PAUSE_MS;
    launch.log(`${why}; starting it again${pauseMs < 1_000 ? '' : ` in ${pauseMs / 1_000} s`}`);
    await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    if (stopping.signal.aborted) return;
    try {
      await stopLeftBehind(launch.paths.data, launch.log);
      current = await startPostmaster(launch, current.port);
    } catch (error) {
      return restart((error as Error).message);
    }
    watch(current);
  };
  // Whatever ends this process, short of SIGKILL, ends Postgres too.
  const onExit = () => void current.child.kill('SIGINT');

  watch(current);
  process.once('exit', onExit);
  return {
    port: current.port,
    async stop() {
      stopping.abort();
      await restarting;
      await stopPostmaster(current);
      process.removeListener('exit', onExit);
    },
  };
}

async function createDatabase(adminUrl: string): Promise<void> {
  const client = quietClient(adminUrl);
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
