// Views as an older program left them, before this one has made them anew.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { Positions } from '../../../src/projections/positions.ts';
import { postgresSearch } from '../../../src/queries/search/postgres-search.ts';
import {
  searchEvents,
  searchWithFacets,
  type EventSearch,
} from '../../../src/queries/search/search-events.ts';
import { openReadModels, projectAll, type ReadModels } from '../../projections/read-models.ts';
import { smallSeason, T0 } from '../../projections/season.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

let models: ReadModels;
beforeAll(async () => {
  models = await openReadModels();
  await projectAll(models.db, (await smallSeason(new MemoryEventLog(new VirtualClock(T0)))).season);
});
afterAll(() => models?.close());

test('shows without prices are searched for all but these, which is refused as long as it lasts', async () => {
  await sql`alter table shows_g1.shows drop column category_amounts cascade`.execute(models.db);
  await sql`create view read.shows as select * from shows_g1.shows`.execute(models.db);
  const index = postgresSearch(models.db, new Positions(models.db, systemClock));
  const all: EventSearch = { nowMs: T0, limit: 25 };
  expect((await searchEvents(index, all)).data).toHaveLength(2);
  const priced = { ...all, price: { currency: 'EUR', min: 0, max: 3_000 } };
  const refused = { code: 'SearchUnavailable', message: expect.stringContaining('made anew') as string };
  await expect(searchEvents(index, priced)).rejects.toMatchObject(refused);
  await expect(searchWithFacets(index, priced)).rejects.toMatchObject(refused);
});
