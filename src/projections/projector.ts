// Runs all projections of a process: one feed from the log for all of them, a runner each, and a rebuild in the background
// for those whose code is newer than what serves.
import { sql } from 'kysely';
import type { EventLog } from '../ports/event-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { MakeProjection } from './all.ts';
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
import { Runner } from './runner.ts';

const FEED_BATCH_MAX = 1_000;
const RETRY_MS = 1_000;

export interface ProjectorOptions {
  readonly db: Db;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly projections: Readonly<Record<ProjectionName, MakeProjection>>;
  /** Whether the process has its hands full: views then stand back for a while. */
  readonly isPressed?: () => boolean;
  /** Something failed and will be tried again; `projection` is `feed` for the reading of the log. */
  readonly onProblem?: (projection: string, error: unknown) => void;
  readonly onParked?: (parked: ParkedStream) => void;
  readonly onRebuilt?: (rebuilt: Rebuilt) => void;
}

export interface ProjectionStatus {
  readonly name: string;
  readonly generation: number;
  readonly version: number;
  readonly status: GenerationStatus;
  readonly position: number;
  /** Events of the log that are not in it yet. */
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
  #runners: Runner[] = [];
  #work: Promise<void>[] = [];

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.positions = new Positions(options.db, options.clock);
  }

  /** Makes what is missing, so that queries can be asked, and begins to project. Without `run` it only makes what is missing. */
  async start({ run = true } = {}): Promise<void> {
    const { db, log, projections } = this.#options;
    const made = Object.values(projections).map((make) => make());
    for (const projection of made) await ensureGeneration(db, projection);
    if (!run) return;
    for (const generation of await generations(db))
      if (generation.status === 'retired') await dropGeneration(db, generation).catch(() => {});
    const head = await log.lastPosition();
    this.#runners = made.map(
      (projection) => new Runner(projection, head, { ...this.#options, positions: this.positions }),
    );
    this.#work = [
      this.#feed(head),
      ...this.#runners.map((runner) => runner.run(this.#stopping.signal)),
      ...made.map(({ name, version }) => this.#renew(name, version)),
    ];
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
        table && status !== 'retired'
          ? await sql<{
              n: number;
            }>`select count(*)::float8 as n from ${sql.id(schemaOf({ name, generation }), table)}`.execute(db)
          : null;
      const streams = parked.filter((p) => p.projection === name && p.generation === generation).length;
      listed.push({
        name,
        generation,
        version,
        status,
        position,
        updatedAt,
        lag: Math.max(0, head - position),
        rows: rows?.rows[0]?.n ?? 0,
        parkedStreams: streams,
      });
    }
    return listed;
  }

  /** For metrics: how far each projection of this process is behind. */
  lag(): { name: string; events: number; seconds: number }[] {
    return this.#runners.map((runner) => ({ name: runner.projection.name, ...runner.lag() }));
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

  async #feed(head: number): Promise<void> {
    const { log, clock, onProblem } = this.#options;
    const { signal } = this.#stopping;
    let after = head;
    const handle = (events: Parameters<Runner['offer']>[0]): void => {
      after = events.at(-1)?.position ?? after;
      for (const runner of this.#runners) runner.offer(events);
    };
    while (!signal.aborted) {
      try {
        await log.subscribeAll(after, handle, { signal, batchSizeMax: FEED_BATCH_MAX });
      } catch (error) {
        if (!signal.aborted) onProblem?.('feed', error);
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  /** Rebuilds a projection whose code is newer than what serves, which serves on meanwhile. */
  async #renew(name: ProjectionName, version: number): Promise<void> {
    const { db, clock, onProblem, onRebuilt } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const live = await liveGeneration(db, name);
        if (live === null || live.version >= version) return;
        onRebuilt?.(await this.rebuild(name, { signal }));
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof RebuildRefused)) onProblem?.(name, error);
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }
}
