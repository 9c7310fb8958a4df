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
import { LiveShows } from '../projections/live-shows.ts';
import { LiveStream } from '../projections/live-stream.ts';
import type { VenueOf } from '../projections/live-venues.ts';
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

function wire(url: string, database: Database, config: Config, logger: Logger, metrics: CommandMetrics | undefined) {
  const { db } = database;
  const [clock, ids] = [systemClock, systemIds];
  const log = new PostgresEventLog(url);
  const plans = new SeatingPlanStore(log);
  const shows = showAggregate(plans);
  const snapshots = new PostgresSnapshotStore(db);
  const limits = { queueSizeMax: config.queueSizeMax, stateCacheBytesMax: config.stateCacheMb * 1024 * 1024 };
  const pipeline = new CommandPipeline({ log, clock, ids, plans, snapshots, limits, ...(metrics && { metrics }) });
  const catalogue = new Catalogue({ pipeline, plans });
  const onFault = (error: unknown): void => logger.warn({ err: error }, 'Something failed and is tried again.');
  const projector = new Projector({ ...{ db, log, clock }, projections: allProjections(log, plans), ...projectorLog(logger) });
  const venueOf = venuesFrom(pipeline);
  const live = new LiveShows({ ...{ log, plans, clock, snapshots, venueOf, onFault }, aggregate: shows });
  const stream = new LiveStream({ shows: live, clock });
  const expirer = new HoldExpirer({ ...{ pipeline, log, clock, ids, onFault }, aggregate: shows, tail: live.tail, dueShows: fromHoldsView(db) });
  const follower = new CatalogueFollower({ ...{ pipeline, log, clock, onFault }, aggregate: shows, tail: live.tail, checkpoints: new PostgresCheckpointStore(db) });
  const clockWatch = new ClockWatch({ clock, log });
  const imports = new PostgresImportStore(db);
  return {
    ...{ config, logger, database, clock, ids, log, plans, shows, pipeline, catalogue, projector, venueOf, live, stream, expirer, follower, clockWatch, imports },
    apiKeys: new PostgresApiKeyStore(db),
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
      await pipeline.close(drainMaxMs);
      await Promise.all([live.stop(), projector.stop()]);
      await log.close();
      await database.close();
    },
  };
}

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
    onProblem: (projection: string, error: unknown) => logger.warn({ projection, err: error }, 'A projection failed and is tried again.'),
    onParked: (parked: object) => logger.error({ ...parked }, 'A stream is parked: the projection could not take one of its events.'),
    onRebuilt: (rebuilt: object) => logger.info({ ...rebuilt }, 'A projection was rebuilt and serves now.'),
  };
}
