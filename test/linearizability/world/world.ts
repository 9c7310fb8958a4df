// The real processes of a recording: a Postgres, engines on it, and between each engine and Postgres a line that can fail.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-server.ts';
import { TcpLine, type Watch } from '../../support/tcp-line.ts';
import { EngineProcess } from './engine-process.ts';
import { childrenOf } from './processes.ts';

export interface WorldOptions {
  readonly engines: number;
  /** Where Postgres keeps its data; a temporary folder by default. */
  readonly dataDir?: string;
  readonly postgresSettings?: Record<string, string>;
  /** The failpoint that the next start of an engine is armed with. */
  readonly failpoint?: () => string | null;
  readonly watch?: Watch;
}

export interface World {
  readonly engines: readonly EngineProcess[];
  readonly lines: readonly TcpLine[];
  /** Straight to Postgres. */
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** What engines and Postgres have said. */
  readonly said: readonly string[];
  /** How often a text stands in the log of Postgres. */
  readonly logged: (text: string) => number;
  /** The processes of Postgres, the first of all first. */
  readonly postgresPids: () => number[];
  stop(): Promise<void>;
}

const SAID_MAX = 5_000;

export async function openWorld(options: WorldOptions): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'fairseat-histories-'));
  const dataDir = options.dataDir ?? join(folder, 'data');
  mkdirSync(dataDir, { recursive: true });
  const said: string[] = [];
  const hear = (line: string): void => void (said.length < SAID_MAX && said.push(line));
  const ends: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  };
  try {
    const settings = options.postgresSettings ?? {};
    const postgres = await startEmbeddedPostgres({ dataDir, log: hear, settings });
    ends.push(() => postgres.stop());
    const lines: TcpLine[] = [];
    const engines: EngineProcess[] = [];
    for (let n = 0; n < options.engines; n += 1) {
      const line = await TcpLine.open(Number(new URL(postgres.url).port), options.watch);
      ends.push(() => line.close());
      lines.push(line);
      const engine = await EngineProcess.start({
        databaseUrl: line.through(postgres.url),
        clockFile: join(folder, `clock-${n}`),
        failpoint: options.failpoint ?? (() => null),
        onLine: hear,
      });
      ends.push(() => engine.stop());
      engines.push(engine);
    }
    return {
      engines,
      lines,
      databaseUrl: postgres.url,
      dataDir,
      said,
      logged: postgresLogged(dataDir),
      postgresPids: () => postgresPids(dataDir),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** How often its Postgres has written something into its log. */
export const postgresLogged =
  (dataDir: string) =>
  (text: string): number =>
    readFileSync(join(dataDir, 'postgres.log'), 'utf8').split(text).length - 1;

/** The embedded Postgres of a data folder: the first of its processes first, none while it is being started again. */
export function postgresPids(dataDir: string): number[] {
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  if (!existsSync(file)) return [];
  const postmaster = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return postmaster > 0 ? [postmaster, ...childrenOf(postmaster)] : [];
}
