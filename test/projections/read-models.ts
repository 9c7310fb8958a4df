// Read models on a database of their own, for tests: projections fed by hand, batch by batch, or by a projector.
import { sql } from 'kysely';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { allProjections, type MakeProjection } from '../../src/projections/views/all.ts';
import { applyBatch } from '../../src/projections/apply-batch.ts';
import type { Db, Projection, ProjectionName } from '../../src/projections/projection.ts';
import { ensureGeneration, liveGeneration } from '../../src/projections/registry.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { createDatabase } from '../support/postgres.ts';
import type { Season } from './season.ts';

export interface ReadModels {
  readonly url: string;
  readonly db: Db;
  close(): Promise<void>;
}

export async function openReadModels(): Promise<ReadModels> {
  const database = await createDatabase();
  const { db, close } = openDatabase(database.url, { poolMax: 8 });
  await migrate(db);
  return { url: database.url, db, close: () => close().then(() => database.drop()) };
}

export const projectionsOf = (season: Season): Readonly<Record<ProjectionName, MakeProjection>> =>
  allProjections(season.log, season.planSource);

/** Brings projections up to the end of the log in batches of a size, as their runners would. */
export async function project(
  db: Db,
  log: EventLog,
  projections: readonly Projection[],
  batchSize: number | (() => number) = 1_000,
): Promise<void> {
  for (const projection of projections) {
    let at = await ensureGeneration(db, projection);
    for (;;) {
      const events = await log.readAll(at.position, typeof batchSize === 'number' ? batchSize : batchSize());
      if (events.length === 0) break;
      const upTo = events.at(-1)!.position;
      await applyBatch(
        db,
        projection,
        at,
        { events: events.filter((e) => projection.types.includes(e.type)), upTo },
        { status: 'live' },
      );
      at = (await liveGeneration(db, projection.name))!;
    }
  }
}

export const projectAll = (db: Db, season: Season): Promise<void> =>
  project(
    db,
    season.log,
    Object.values(projectionsOf(season)).map((make) => make()),
  );

export async function rowsOf<R>(db: Db, table: string, order: string): Promise<R[]> {
  return (await sql<R>`select * from ${sql.table(`read.${table}`)} order by ${sql.ref(order)}`.execute(db))
    .rows;
}
