// What is held when a process starts, from the simulated view of holds: as src/workers/due-shows.ts asks Postgres.
import { sql } from 'kysely';
import type { Db } from '../../../src/projections/projection.ts';
import { livePositions } from '../../../src/projections/registry.ts';
import { fromTheLogAlone, type DueShow, type DueShows } from '../../../src/workers/due-shows.ts';

/** From the log alone where nothing projects. */
export function dueShowsOf(db: Db, projects: boolean): DueShows {
  if (!projects) return fromTheLogAlone;
  return {
    async read() {
      // The position first, as there.
      const position = (await livePositions(db)).get('holds') ?? 0;
      const { rows } = await sql<DueShow>`simulated due shows`.execute(db);
      return { position, shows: rows };
    },
  };
}
