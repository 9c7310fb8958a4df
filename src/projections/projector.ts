// Runs all projections of a process: one feed for all of them, and a rebuild in the background for those whose code is
// newer than what serves.
import { sql } from 'kysely';
import { isNoSuchTable } from '../ports/outage.ts';
import type { MakeProjection } from './views/all.ts';
import { parkedStreams, retryParked, type ParkedStream } from './parking.ts';
import { Positions } from './positions.ts';
import { schemaOf, type Db, type ProjectionName } from './projection.ts';
import { rebuild, RebuildRefused, type Rebuilt, type RebuildOptions } from './rebuild.ts';
import {
  dropGeneration,
  ensureGeneration,
  generations,
  liveGeneration,
  type GenerationStatus,
} from './registry.ts';
import { LogFeed } from './log-feed.ts';
import type { MakeViewFeed, ViewFeed, ViewFeedPorts, ViewLag } from './view-feed.ts';

const RETRY_MS = 1_000;

export interface ProjectorOptions extends Omit<ViewFeedPorts, 'positions'> {
  readonly projections: Readonly<Record<ProjectionName, MakeProjection>>;
  /** How events come here; straight from the log unless another way is given. */
  readonly feed?: MakeViewFeed;
  readonly onRebuilt?: (rebuilt: Rebuilt) => void;
}

export interface ProjectionStatus {
  readonly name: string;
  readonly generation: number;
  readonly version: number;
  readonly status: GenerationStatus;
  readonly position: number;
  /** Positions of the log beyond it: events on Postgres, bytes on EventStoreDB. */
  readonly lag: number;
  readonly rows: number;
  /** ms since 1970. */
  readonly updatedAt: number;
  readonly parkedStreams: number;
}

export class Projector {
  /** How far each projection has come, and waiting for it. */
  readonly positions: Positions;
  readonly #options: ProjectorOptions;
  readonly #stopping = new AbortController();
  readonly #feed: ViewFeed;
  #work: Promise<unknown>[] = [];

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.positions = new Positions(options.db, options.clock);
    const makeFeed: MakeViewFeed = options.feed ?? ((ports) => new LogFeed(ports));
    this.#feed = makeFeed({ ...options, positions: this.positions });
  }

  /** Makes what is missing, so that queries can be asked, and begins to project. Without `run` it only makes what is missing. */
  async start({ run = true } = {}): Promise<void> {
    const { db, projections } = this.#options;
    const made = Object.values(projections).map((make) => make());
    // Asked once for all: a start is waited for, and mostly finds them all there and as new as the code.
    const all = await generations(db);
    const live = new Map(all.filter(({ status }) => status === 'live').map((one) => [one.name, one.version]));
    for (const projection of made) if (!live.has(projection.name)) await ensureGeneration(db, projection);
    if (!run) return;
    for (const generation of all)
      if (generation.status === 'retired') await dropGeneration(db, generation).catch(() => {});
    const outdated = made.filter(({ name, version }) => (live.get(name) ?? version) < version);
    const { ended } = await this.#feed.start(made, this.#stopping.signal);
    this.#work = [ended, ...outdated.map(({ name, version }) => this.#renew(name, version))];
  }

  /** Ends when every batch in progress is written. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#work);
  }

  /** Rebuilds one beside the generation that serves, and switches. */
  rebuild(
    name: ProjectionName,
    options: Pick<RebuildOptions, 'onProgress' | 'verify' | 'signal' | 'batchSize'> = {},
  ): Promise<Rebuilt> {
    return rebuild(this.#options.projections[name](), { ...this.#options, ...options });
  }

  /** Every generation, as the command line lists it. */
  async list(): Promise<ProjectionStatus[]> {
    const { db, log, projections } = this.#options;
    const [head, all, parked] = [await log.lastPosition(), await generations(db), await parkedStreams(db)];
    const listed: ProjectionStatus[] = [];
    for (const { name, generation, version, status, position, updatedAt } of all) {
      const table = projections[name as ProjectionName]?.().exposes[0];
      const rows =
        table && status !== 'retired' ? await countRows(db, schemaOf({ name, generation }), table) : 0;
      if (rows === null) continue;
      const streams = parked.filter((p) => p.projection === name && p.generation === generation).length;
      listed.push({
        name,
        generation,
        version,
        status,
        position,
        updatedAt,
        lag: Math.max(0, head - position),
        rows,
        parkedStreams: streams,
      });
    }
    return listed;
  }

  /** For metrics: how far each projection of this process is behind. */
  lag(): readonly ViewLag[] {
    return this.#feed.lag();
  }

  /** Why this process takes no more events, or gets none, mostly until a start with other settings. */
  refusal(): string | null {
    return this.#feed.refusal();
  }

  /** Whether a newer program has made it, which feeds it: this one never does. */
  isOfNewer({ name, version }: { readonly name: string; readonly version: number }): boolean {
    return version > (this.#options.projections[name as ProjectionName]?.().version ?? Infinity);
  }

  parked(): Promise<ParkedStream[]> {
    return parkedStreams(this.#options.db);
  }

  /** Takes a parked stream back; with `skipFirst` without the event that could not be handled. False: it is not parked. */
  retryParked(name: ProjectionName, stream: string, options: { skipFirst?: boolean } = {}): Promise<boolean> {
    return retryParked(
      this.#options.db,
      this.#options.log,
      this.#options.projections[name](),
      stream,
      options,
    );
  }

  /** Rebuilds a projection whose code is newer than what serves, which serves on meanwhile. */
  async #renew(name: ProjectionName, version: number): Promise<void> {
    const { db, clock, onProblem, onRebuilt } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const live = await liveGeneration(db, name);
        if (live === null || live.version >= version) return;
        const rebuilt = await this.rebuild(name, { signal });
        onRebuilt?.(rebuilt);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof RebuildRefused)) onProblem?.(name, error);
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }
}

/** null: the table is gone, by a rebuild that has put another generation in its place meanwhile. */
async function countRows(db: Db, schema: string, table: string): Promise<number | null> {
  try {
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::float8 as n from ${sql.id(schema, table)}`.execute(db);
    return rows[0]!.n;
  } catch (error) {
    if (isNoSuchTable(error)) return null;
    throw error;
  }
}
