// The engine without its HTTP side: log, pipeline, views and workers on one Postgres, wired in one place and started and
// stopped in order. The command line uses it as it is; a profile puts the server in front.
import type { Logger } from 'pino';
import { providerXml } from '../adapters/feeds/provider-xml.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import type { Database } from '../adapters/postgres/database.ts';
import { migrate } from '../adapters/postgres/migrator.ts';
import { PostgresApiKeyStore } from '../adapters/postgres/postgres-api-key-store.ts';
import { PostgresCheckpointStore } from '../adapters/postgres/postgres-checkpoint-store.ts';
import { PostgresEventLog } from '../adapters/postgres/postgres-event-log.ts';
import { PostgresImportStore } from '../adapters/postgres/postgres-import-store.ts';
import { PostgresSnapshotStore } from '../adapters/postgres/postgres-snapshot-store.ts';
import { eventLoopPressure } from '../adapters/system/event-loop-pressure.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { systemIds } from '../adapters/system/system-ids.ts';
import { Catalogue } from '../commands/catalogue.ts';
import { CommandPipeline } from '../commands/pipeline.ts';
import { SeatingPlanStore } from '../commands/seating-plan-store.ts';
import type { Config } from '../config.ts';
import { showAggregate } from '../domain/show/show.ts';
import { venueAggregate } from '../domain/venue/venue.ts';
import { venueView } from '../domain/venue/views.ts';
import type { CommandMetrics } from '../ports/metrics.ts';
import { allProjections } from '../projections/all.ts';
import { LiveShows } from '../live/live-shows.ts';
import { LiveStream } from '../live/live-stream.ts';
import type { VenueOf } from '../live/venues.ts';
import { Projector } from '../projections/projector.ts';
import { CatalogueFollower } from '../workers/catalogue-follower.ts';
import { ClockWatch } from '../workers/clock-watch.ts';
import { fromHoldsView } from '../workers/due-shows.ts';
import { HoldExpirer } from '../workers/hold-expirer.ts';

const POOL_MAX = 12;

export type Engine = Awaited<ReturnType<typeof openEngine>>;

/** Connects, migrates and wires everything up; nothing runs yet. */
export async function openEngine(url: string, config: Config, logger: Logger, metrics?: CommandMetrics) {
  const database = openDatabase(url, { poolMax: POOL_MAX });
  try {
    await migrate(database.db);
    return wire(url, database, config, logger, metrics);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function wire(
  url: string,
  database: Database,
  config: Config,
  logger: Logger,
  metrics: CommandMetrics | undefined,
) {
  const core = wireCommands(url, database, config, metrics);
  const views = wireViews(core, database, logger);
  const workers = wireWorkers(core, views, database, logger);
  const { live, stream, projector } = views;
  const { expirer, follower, clockWatch } = workers;
  return {
    config,
    logger,
    database,
    ...core,
    ...views,
    ...workers,
    imports: new PostgresImportStore(database.db),
    apiKeys: new PostgresApiKeyStore(database.db),
    feedAdapters: [providerXml],

    /** Begins to project, to follow and to expire. */
    async start(): Promise<void> {
      await projector.start();
      await live.start();
      stream.start();
      await Promise.all([expirer.start(), follower.start(), clockWatch.start()]);
    },

    /** Finishes what is begun, in `drainMaxMs` at most, and lets go of the database. Also what was never started. */
    async stop(drainMaxMs: number): Promise<void> {
      await Promise.all([expirer.stop(), follower.stop(), clockWatch.stop(), stream.stop()]);
      await core.pipeline.close(drainMaxMs);
      await Promise.all([live.stop(), projector.stop()]);
      await core.log.close();
      await database.close();
    },
  };
}

type Core = ReturnType<typeof wireCommands>;
type Views = ReturnType<typeof wireViews>;

/** From a command to its commit. */
function wireCommands(url: string, { db }: Database, config: Config, metrics: CommandMetrics | undefined) {
  const [clock, ids] = [systemClock, systemIds];
  const log = new PostgresEventLog(url);
  const plans = new SeatingPlanStore(log);
  const snapshots = new PostgresSnapshotStore(db);
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
  { db }: Database,
  logger: Logger,
) {
  const projections = allProjections(log, plans);
  const projector = new Projector({
    db,
    log,
    clock,
    projections,
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
    expirer: new HoldExpirer({ ...common, ids, dueShows: fromHoldsView(db) }),
    follower: new CatalogueFollower({ ...common, checkpoints: new PostgresCheckpointStore(db) }),
    clockWatch: new ClockWatch({ clock, log }),
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
    onRebuilt: (rebuilt: object) => logger.info({ ...rebuilt }, 'A projection was rebuilt and serves now.'),
  };
}
