// A process that starts learns from the views what will lapse, on a real Postgres.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { toIso, toMs } from '../../src/domain/decider.ts';
import { applyBatch } from '../../src/projections/apply-batch.ts';
import { holds } from '../../src/projections/views/holds.ts';
import type { Projection } from '../../src/projections/projection.ts';
import { ensureGeneration } from '../../src/projections/registry.ts';
import { shows } from '../../src/projections/views/shows.ts';
import { waitlist } from '../../src/projections/views/waitlist.ts';
import { fromViews } from '../../src/workers/due-shows.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

/** What is held until then is due before what sells now. */
const NOW = toMs('2020-03-01T12:00:00.123Z');
const [PAST, FUTURE, MUCH_LATER] = [
  '2020-01-01T20:00:00.000Z',
  '2190-01-01T20:00:00.000Z',
  '2191-01-01T20:00:00.000Z',
];
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

function scheduled(show: string, startsAt: string): void {
  const when = { startsAt, endsAt: null, timeZone: 'UTC', salesOpenAt: null, salesCloseAt: null };
  const rules = { holdTtlMs: 1, offerTtlMs: 1, ticketsPerCustomer: 1, waitlistPolicy: 'strict' };
  const ids = { eventId: uuid(90), venueId: uuid(91), seatingPlanId: uuid(92) };
  happened(show, 'ShowScheduled', { ...ids, ...when, ...rules, prices: {}, published: true });
}
function waits(show: string): void {
  const who = { clientId: 'shop', customerId: 'ann', categoryId: 'Stalls', quantity: 1, acceptFewer: false };
  const [entryId, offerHoldId] = [uuid(50 + events.length), uuid(70 + events.length)];
  happened(show, 'WaitlistJoined', { entryId, offerHoldId, ...who, place: 1 });
}
async function project(view: Projection, upTo: number): Promise<void> {
  const from = await ensureGeneration(open.db, view);
  const ours = events.filter(({ type }) => view.types.includes(type));
  await applyBatch(open.db, view, from, { events: ours, upTo }, { status: 'live' });
}

describe('what the views say is due', () => {
  it('says nothing before it has been made', async () => {
    expect(await fromViews(open.db).read()).toEqual({ position: 0, shows: [] });
  });

  it('gives each show that holds something with the earliest of its times, in that order, and where it stands', async () => {
    held(SHOWS[0], 10, NOW + 60_000);
    held(SHOWS[0], 11, NOW + 30_000);
    held(SHOWS[1], 12, NOW + 10_000);
    held(SHOWS[2], 13, NOW);
    happened(SHOWS[2], 'HoldReleased', { holdId: uuid(13), seats: ['A-1'], areas: [] });
    held(SHOWS[1], 14, NOW + 20_000);
    happened(SHOWS[1], 'HoldExtended', { holdId: uuid(12), until: toIso(NOW + 90_000) });
    await project(holds(), 30);
    expect(await fromViews(open.db).read()).toEqual({ position: 0, shows: [] });
    await project(shows(), 20);
    await project(waitlist(), 40);
    expect(await fromViews(open.db).read()).toEqual({
      position: 20,
      shows: [
        { showId: SHOWS[1], dueMs: NOW + 20_000 },
        { showId: SHOWS[0], dueMs: NOW + 30_000 },
      ],
    });
  });

  it('gives a show whose line waits for sales to open, and at once one that sells to a line, none of the others', async () => {
    events.length = 0;
    const [later, selling, paused, over, empty] = [uuid(4), uuid(5), uuid(6), uuid(7), uuid(8)];
    for (const show of [later, selling, paused, over, empty]) scheduled(show, show === over ? PAST : FUTURE);
    for (const show of [later, selling, paused, over]) waits(show);
    happened(later, 'ShowRescheduled', { salesOpenAt: FUTURE, salesCloseAt: MUCH_LATER, reason: null });
    happened(paused, 'SalesPaused', { reason: 'r' });
    await project(shows(), 60);
    await project(waitlist(), 60);
    const { shows: due } = await fromViews(open.db).read();
    expect(due.slice(2).map(({ showId }) => showId)).toEqual([selling, later]);
    expect(due[3]!.dueMs).toBe(toMs(FUTURE));
  });

  it('has a show looked at first whose stream is parked', async () => {
    await open.pool.query(
      `insert into parked (projection, generation, stream, revision, position, type, error) values ('holds', 1, $1, 0, 1, 'SeatsHeld', 'why')`,
      [`show-${SHOWS[2]}`],
    );
    const { shows } = await fromViews(open.db).read();
    expect(shows[0]).toEqual({ showId: SHOWS[2], dueMs: 0 });
    expect(shows.map(({ showId }) => showId)).toContain(SHOWS[1]);
  });
});
