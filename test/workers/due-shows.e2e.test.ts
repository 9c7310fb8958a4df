// A process that starts learns from the view of holds what will lapse, on a real Postgres.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { toIso, toMs } from '../../src/domain/decider.ts';
import { applyBatch } from '../../src/projections/apply-batch.ts';
import { holds } from '../../src/projections/holds.ts';
import { ensureGeneration } from '../../src/projections/registry.ts';
import { fromHoldsView } from '../../src/workers/due-shows.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

const NOW = toMs('2027-03-01T12:00:00.123Z');
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const SHOWS = [uuid(1), uuid(2), uuid(3)] as const;

let database: TestDatabase;
let open: Database;
beforeAll(async () => {
  database = await createDatabase();
  open = openDatabase(database.url, { poolMax: 3 });
  await migrate(open.db);
});
afterAll(async () => {
  await open.close();
  await database.drop();
});

const events: RecordedEvent[] = [];
function happened(show: string, type: string, data: Record<string, unknown>): void {
  const metadata = {
    commandId: uuid(9),
    requestHash: '',
    actor: 'a',
    correlationId: 'c',
    causationId: 'c',
    at: toIso(NOW),
  };
  const stream = `show-${show}`;
  const revision = events.filter((event) => event.stream === stream).length;
  events.push({
    id: uuid(100 + events.length),
    type,
    data,
    metadata,
    stream,
    revision,
    position: events.length + 1,
  });
}
function held(show: string, hold: number, untilMs: number): void {
  const total = { amount: 1, currency: 'EUR' };
  happened(show, 'SeatsHeld', {
    holdId: uuid(hold),
    clientId: 'shop',
    customerId: 'ann',
    seats: ['A-1'],
    areas: [],
    total,
    until: toIso(untilMs),
  });
}

describe('the view of holds', () => {
  it('says nothing before it has been made', async () => {
    expect(await fromHoldsView(open.db).read()).toEqual({ position: 0, shows: [] });
  });

  it('gives each show that holds something with the earliest of its times, in that order, and where it stands', async () => {
    held(SHOWS[0], 10, NOW + 60_000);
    held(SHOWS[0], 11, NOW + 30_000);
    held(SHOWS[1], 12, NOW + 10_000);
    held(SHOWS[2], 13, NOW);
    happened(SHOWS[2], 'HoldReleased', { holdId: uuid(13), seats: ['A-1'], areas: [] });
    held(SHOWS[1], 14, NOW + 20_000);
    happened(SHOWS[1], 'HoldExtended', { holdId: uuid(12), until: toIso(NOW + 90_000) });
    const view = holds();
    const generation = await ensureGeneration(open.db, view);
    await applyBatch(open.db, view, generation, { events, upTo: 20 }, { status: 'live' });
    expect(await fromHoldsView(open.db).read()).toEqual({
      position: 20,
      shows: [
        { showId: SHOWS[1], dueMs: NOW + 20_000 },
        { showId: SHOWS[0], dueMs: NOW + 30_000 },
      ],
    });
  });

  it('has a show looked at first whose stream is parked', async () => {
    await open.pool.query(
      `insert into parked (projection, generation, stream, revision, position, type, error) values ('holds', 1, $1, 0, 1, 'SeatsHeld', 'why')`,
      [`show-${SHOWS[2]}`],
    );
    const { shows } = await fromHoldsView(open.db).read();
    expect(shows[0]).toEqual({ showId: SHOWS[2], dueMs: 0 });
    expect(shows).toHaveLength(3);
  });
});
