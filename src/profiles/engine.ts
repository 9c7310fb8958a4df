// The engine without its HTTP side: log, pipeline, views and workers, wired in one place and started and stopped in order.
// The command line uses it as it is; a profile puts the server in front, and may keep the log and feed the views elsewhere.
import type { Logger } from 'pino';
import { providerXml } from '../adapters/feeds/provider-xml.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import type { Database } from '../adapters/postgres/database.ts';
import { whyNoRoom } from '../adapters/postgres/disk-room.ts';
import { migrate } from '../adapters/postgres/migrator.ts';
import { PostgresApiKeyStore } from '../adapters/postgres/postgres-api-key-store.ts';
import { PostgresCheckpointStore } from '../adapters/postgres/postgres-checkpoint-store.ts';
import { PostgresEventLog } from '../adapters/postgres/postgres-event-log.ts';
import { PostgresImportStore } from '../adapters/postgres/postgres-import-store.ts';
import { PostgresSnapshotStore } from '../adapters/postgres/postgres-snapshot-store.ts';
import { eventLoopPressure } from '../adapters/system/event-loop-pressure.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { systemIds } from '../adapters/system/system-ids.ts';
import { Catalogue } from '../commands/catalogue/catalogue.ts';
import { CommandPipeline } from '../commands/pipeline.ts';
import { SeatingPlanStore } from '../commands/seating-plan-store.ts';
import type { Config } from '../config.ts';
import { showAggregate } from '../domain/show/show.ts';
import { venueAggregate } from '../domain/venue/venue.ts';
import { venueView } from '../domain/venue/views.ts';
import type { EventLog } from '../ports/event-log.ts';
import { Fault } from '../ports/fault.ts';
import type { CommandMetrics } from '../ports/metrics.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { allProjections } from '../projections/views/all.ts';
import { LiveShows } from '../live/live-shows.ts';
import { LiveStream } from '../live/live-stream.ts';
import type { VenueOf } from '../live/venues.ts';
import { assertMadeFrom, nameOfRunning } from '../projections/origin.ts';
import { Positions } from '../projections/positions.ts';
import { Projector } from '../projections/projector.ts';
import type { MakeViewFeed } from '../projections/view-feed.ts';
import { CatalogueFollower } from '../workers/catalogue-follower.ts';
import { ClockWatch } from '../workers/clock-watch.ts';
import { fromViews } from '../workers/due-shows.ts';
import { HoldExpirer } from '../workers/hold-expirer.ts';

const POOL_MAX = 12;

export type Engine = Awaited<ReturnType<typeof openEngine>>;

/** Where the log is kept, and how events come to the views. */
export interface EngineAdapters {
  readonly log: EventLog;
  readonly snapshots: SnapshotStore;
  /** Straight from the log unless given. */
  readonly viewFeed?: MakeViewFeed;
}

/** What of the engine works in this process; commands are decided wherever they are asked for. */
export interface EngineWork {
  /** Builds the views. */
  readonly projects: boolean;
  /** Keeps seat maps in memory for those who look. */
  readonly shows: boolean;
  /** Does what happens without being asked for. */
  readonly sweeps: boolean;
}
const EVERYTHING: EngineWork = { projects: true, shows: true, sweeps: true };

export interface EngineOptions {
  readonly url: string;
  /** A replica of it that answers queries. */
  readonly readUrl?: string | undefined;
  /** What runs here, for whoever asks what is at work on this database; none for a command that ends. */
  readonly runs?: string;
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics?: CommandMetrics;
  /** All of it in this Postgres unless given. */
  readonly adapters?: EngineAdapters;
}

/** Connects, migrates and wires everything up; nothing runs yet. */
export async function openEngine(options: EngineOptions) {
  const { runs } = options;
  const database = openDatabase(options.url, {
    poolMax: POOL_MAX,
    // One stays, also where nothing is asked for: by its name the process is known.
    ...(runs !== undefined && { poolMin: 1, applicationName: nameOfRunning(runs) }),
  });
  const replica = options.readUrl === undefined ? null : openDatabase(options.readUrl, { poolMax: POOL_MAX });
  try {
    await migrate(database.db);
    return wire(options, database, replica);
  } catch (error) {
    await Promise.all([database.close(), replica?.close()]);
    throw error;
  }
}

function wire(
  { url, config, logger, metrics, adapters }: EngineOptions,
  database: Database,
  replica: Database | null,
) {
  const kept = adapters ?? inPostgres(url, database);
  const core = wireCommands(kept, config, metrics);
  const views = wireViews(core, kept.viewFeed, database, logger);
  const workers = wireWorkers(core, views, database, logger);
  const { live, stream, projector } = views;
  const { expirer, follower, clockWatch } = workers;
  const origin = originOf(core.log, database, logger);
  return {
    config,
    logger,
    database,
    ...core,
    ...views,
    ...workers,
    /** Why Postgres has no room for more; null: it has. */
    noRoom: () => whyNoRoom(database),
    /** The same for the log, which may lie elsewhere. */
    noRoomForLog: () => (logIsElsewhere(config) ? Promise.resolve(null) : whyNoRoom(database)),
    /** Where queries are asked, and how far the views have come there. */
    reading: replica
      ? { db: replica.db, positions: new Positions(replica.db, core.clock) }
      : { db: database.db, positions: projector.positions },
    imports: new PostgresImportStore(database.db),
    apiKeys: new PostgresApiKeyStore(database.db),
    feedAdapters: [providerXml],

    /** Begins to project, to follow and to expire, or some of it; StartRefused where the views are of another log. */
    async start({ projects, shows, sweeps }: EngineWork = EVERYTHING): Promise<void> {
      await origin.check();
      await projector.start({ run: projects });
      if (shows) {
        await live.start();
        stream.start();
      }
      await Promise.all([sweeps && expirer.start(), sweeps && follower.start(), clockWatch.start()]);
    },

    /** Finishes what is begun, in `drainMaxMs` at most, and lets go of the database. Also what was never started. */
    async stop(drainMaxMs: number): Promise<void> {
      await Promise.all([expirer.stop(), follower.stop(), clockWatch.stop(), stream.stop()]);
      await core.pipeline.close(drainMaxMs);
      await origin.note();
      await Promise.all([live.stop(), projector.stop()]);
      await core.log.close();
      await Promise.all([database.close(), replica?.close()]);
    },
  };
}

type Core = ReturnType<typeof wireCommands>;
type Views = ReturnType<typeof wireViews>;

const logIsElsewhere = ({ profile, eventstoreUrl }: Config): boolean =>
  profile === 'distributed' && eventstoreUrl !== undefined;

const inPostgres = (url: string, { db }: Database): EngineAdapters => ({
  log: new PostgresEventLog(url),
  snapshots: new PostgresSnapshotStore(db),
});

/** From a command to its commit. */
function wireCommands(
  { log, snapshots }: EngineAdapters,
  config: Config,
  metrics: CommandMetrics | undefined,
) {
  const [clock, ids] = [systemClock, systemIds];
  const plans = new SeatingPlanStore(log);
  const limits = { queueSizeMax: config.queueSizeMax, stateCacheBytesMax: config.stateCacheMb * 1024 * 1024 };
  const parts = { log, clock, ids, plans, snapshots, limits };
  const pipeline = new CommandPipeline({ ...parts, ...(metrics && { metrics }) });
  const shows = showAggregate(plans);
  const catalogue = new Catalogue({ pipeline, plans });
  return { clock, ids, log, plans, snapshots, pipeline, shows, catalogue };
}

/** From the log to what is read. */
function wireViews(
  { log, plans, clock, snapshots, pipeline, shows }: Core,
  feed: MakeViewFeed | undefined,
  { db }: Database,
  logger: Logger,
) {
  const projections = allProjections(log, plans, snapshots);
  const projector = new Projector({
    db,
    log,
    clock,
    projections,
    ...(feed && { feed }),
    isPressed: eventLoopPressure(),
    ...projectorLog(logger),
  });
  const venueOf = venuesFrom(pipeline);
  const onFault = faultLog(logger);
  const live = new LiveShows({ log, plans, clock, snapshots, venueOf, onFault, aggregate: shows });
  return { projector, venueOf, live, stream: new LiveStream({ shows: live, clock }) };
}

/** What happens without being asked for. */
function wireWorkers(core: Core, { live }: Views, { db }: Database, logger: Logger) {
  const { pipeline, shows, log, clock, ids } = core;
  const common = { pipeline, aggregate: shows, log, tail: live.tail, clock, onFault: faultLog(logger) };
  return {
    expirer: new HoldExpirer({ ...common, ids, dueShows: fromViews(db) }),
    follower: new CatalogueFollower({ ...common, checkpoints: new PostgresCheckpointStore(db) }),
    clockWatch: new ClockWatch({ clock, log }),
  };
}

/** The views and the log belong together: checked at the start, noted at the latest when all ends. */
function originOf(log: EventLog, { db }: Database, logger: Logger) {
  let unknown = false;
  return {
    async check(): Promise<void> {
      try {
        unknown = !(await assertMadeFrom(db, log));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        logger.warn({ err: error }, 'Whether the views are of this log could not be seen.');
      }
    },
    /** A log that was empty has a first event by now. */
    async note(): Promise<void> {
      if (unknown) await assertMadeFrom(db, log).catch(faultLog(logger));
    },
  };
}

const faultLog =
  (logger: Logger) =>
  (error: unknown): void =>
    logger.warn({ err: error }, 'Something failed and is tried again.');

function venuesFrom(pipeline: CommandPipeline): VenueOf {
  return async (venueId) => {
    const { value } = await pipeline.read(venueAggregate, venueId, (state) => venueView(venueId, state));
    if (value === null) return null;
    const { version, id, name, address, city, country, lat, lon, timeZone } = value;
    return { venue: { id, name, address, city, country, lat, lon, timeZone }, etag: String(version) };
  };
}

function projectorLog(logger: Logger) {
  return {
    onProblem: (projection: string, error: unknown) =>
      logger.warn({ projection, err: error }, 'A projection failed and is tried again.'),
    onParked: (parked: object) =>
      logger.error({ ...parked }, 'A stream is parked: the projection could not take one of its events.'),
    onTakenOver: (projection: string) =>
      logger.warn(
        { projection },
        'A newer version of the program has made this view and feeds it, which this one never does: upgrade this process, or see "Back again" in docs/operating.md.',
      ),
    onRebuilt: (rebuilt: object) => logger.info({ ...rebuilt }, 'A projection was rebuilt and serves now.'),
  };
}
