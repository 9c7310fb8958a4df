// A hundred at once for one thing, over HTTP, at two engines on one log: one winner, the same answer to the others, and in
// the log as many events as there were winners.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { startEmbedded } from '../../src/profiles/embedded.ts';
import { clientOf } from '../api/client.ts';
import type { Answer, Client, Options } from '../api/client.ts';
import { done, openHall } from '../api/hall.ts';
import type { Hall } from '../api/hall.ts';
import { ADMIN_KEY, startEngine } from '../api/running-engine.ts';
import type { RunningEngine } from '../api/running-engine.ts';

const TIMES = 100;

let engine: RunningEngine;
let second: Awaited<ReturnType<typeof startEmbedded>>;
let call: Client;
let otherCall: Client;
beforeAll(async () => {
  engine = await startEngine();
  const settings = { PORT: '0', LOG_LEVEL: 'silent', DEMO_DATA: 'off', RATE_LIMIT: 'off' };
  second = await startEmbedded(
    loadConfig({ ...settings, ADMIN_API_KEY: ADMIN_KEY, DATABASE_URL: engine.databaseUrl }),
  );
  call = engine.call;
  otherCall = clientOf(() => second.url, ADMIN_KEY);
});
afterAll(async () => {
  await second.stop();
  await engine.stop();
});

/** The same request so many times at once, every second one at the other engine. */
const atOnce = (method: string, path: string, options: (i: number) => Options): Promise<Answer[]> =>
  Promise.all(
    Array.from({ length: TIMES }, (_, i) => (i % 2 === 0 ? call : otherCall)(method, path, options(i))),
  );

const statuses = (answers: readonly Answer[]) => {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = status < 400 ? String(status) : `${status} ${body.code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};
const distinct = (answers: readonly Answer[], of: (body: Answer['body']) => unknown) => [
  ...new Set(answers.map(({ body }) => JSON.stringify(of(body)))),
];

/** How often each type of event is in the stream of a show. */
async function eventsOf({ showId }: Hall): Promise<Record<string, number>> {
  const { text } = await call('GET', `/v1/streams/show-${showId}?limit=1000`);
  const counts: Record<string, number> = {};
  for (const line of text.trim().split('\n')) {
    const { type } = JSON.parse(line) as { type: string };
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}
const hold = async (hall: Hall, customerId: string, seats: string[]) =>
  (await done(call('POST', `${hall.path}/holds`, { body: { customerId, seats } }), 201)).hold.id as string;

describe('a hundred at once', () => {
  test('confirm one hold: one booking, and everybody is given it', async () => {
    const hall = await openHall(call);
    const id = await hold(hall, 'ann', ['A-1', 'A-2']);
    const answers = await atOnce('POST', `${hall.path}/holds/${id}/confirm`, () => ({ body: {} }));
    expect(statuses(answers)).toEqual({ 201: TIMES });
    expect(distinct(answers, (body) => body.booking)).toHaveLength(1);
    expect(await eventsOf(hall)).toMatchObject({ SeatsHeld: 1, BookingConfirmed: 1 });
  });

  test('cancel one booking: it is cancelled once, and everybody is told so', async () => {
    const hall = await openHall(call);
    const id = await hold(hall, 'ann', ['A-1']);
    const { booking } = await done(call('POST', `${hall.path}/holds/${id}/confirm`, { body: {} }), 201);
    const path = `${hall.path}/bookings/${booking.id}/cancel`;
    const answers = await atOnce('POST', path, (i) => ({ body: { reason: `reason ${i}` } }));
    expect(statuses(answers)).toEqual({ 200: TIMES });
    expect(distinct(answers, (body) => body.booking)).toEqual([
      JSON.stringify({ ...booking, status: 'cancelled' }),
    ]);
    expect(await eventsOf(hall)).toMatchObject({ BookingCancelled: 1 });
  });

  test('decline one offer: it is declined once, and goes to the next in line once', async () => {
    const hall = await openHall(call, { seats: 1 });
    const first = await hold(hall, 'ann', ['A-1']);
    const join = async (customerId: string) =>
      (
        await done(
          call('POST', `${hall.path}/waitlist`, {
            body: { customerId, categoryId: 'Stalls', quantity: 1 },
          }),
          201,
        )
      ).entry.id as string;
    const [bob, cat] = [await join('bob'), await join('cat')];
    await done(call('DELETE', `${hall.path}/holds/${first}`), 200);
    const answers = await atOnce('DELETE', `${hall.path}/waitlist/${bob}`, () => ({}));
    expect(statuses(answers)).toEqual({ 200: TIMES });
    expect(distinct(answers, (body) => body.entry.status)).toEqual(['"declined"']);
    expect((await call('GET', `${hall.path}/waitlist/${cat}`)).body.entry.status).toBe('offered');
    expect(await eventsOf(hall)).toMatchObject({ OfferDeclined: 1, SeatsOffered: 2 });
  });

  test('join for one customer: one entry, and the others are told which', async () => {
    const hall = await openHall(call, { seats: 1 });
    await hold(hall, 'ann', ['A-1']);
    const body = { customerId: 'bob', categoryId: 'Stalls', quantity: 1 };
    const answers = await atOnce('POST', `${hall.path}/waitlist`, () => ({ body }));
    expect(statuses(answers)).toEqual({ 201: 1, '409 AlreadyWaiting': TIMES - 1 });
    expect(distinct(answers, ({ entry, entryId }) => entry?.id ?? entryId)).toHaveLength(1);
    expect(await eventsOf(hall)).toMatchObject({ WaitlistJoined: 1 });
  });

  test('send the same request with the same key: it is done once, and answered alike to all', async () => {
    const hall = await openHall(call, { seats: 2 });
    const same = { body: { customerId: 'ann', seats: ['A-1'] }, idem: 'the same' };
    const held = await atOnce('POST', `${hall.path}/holds`, () => same);
    expect(statuses(held)).toEqual({ 201: TIMES });
    expect(distinct(held, (body) => body.hold)).toHaveLength(1);
    expect(held.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    await hold(hall, 'bob', ['A-2']);
    const line = { body: { customerId: 'cat', categoryId: 'Stalls', quantity: 1 }, idem: 'the same' };
    const joined = await atOnce('POST', `${hall.path}/waitlist`, () => line);
    expect(statuses(joined)).toEqual({ 201: TIMES });
    expect(distinct(joined, (body) => body.entry.id)).toHaveLength(1);
    expect(await eventsOf(hall)).toMatchObject({ SeatsHeld: 2, WaitlistJoined: 1 });
  });

  test('send the same key with two bodies: one of the two is done, the other is refused each time', async () => {
    const hall = await openHall(call, { seats: 2 });
    const answers = await atOnce('POST', `${hall.path}/holds`, (i) => ({
      body: { customerId: 'ann', seats: [i % 4 < 2 ? 'A-1' : 'A-2'] },
      idem: 'the same',
    }));
    expect(statuses(answers)).toEqual({ 201: TIMES / 2, '422 IdempotencyKeyReused': TIMES / 2 });
    expect(
      distinct(
        answers.filter(({ status }) => status === 201),
        (body) => body.hold.id,
      ),
    ).toHaveLength(1);
    expect(await eventsOf(hall)).toMatchObject({ SeatsHeld: 1 });
  });

  test('hold one seat for a hundred customers: one has it', async () => {
    const hall = await openHall(call);
    const answers = await atOnce('POST', `${hall.path}/holds`, (i) => ({
      body: { customerId: `customer-${i}`, seats: ['A-5'] },
    }));
    expect(statuses(answers)).toEqual({ 201: 1, '409 SeatsUnavailable': TIMES - 1 });
    expect(await eventsOf(hall)).toMatchObject({ SeatsHeld: 1 });
  });

  test('confirm and release one hold: whichever came first stands, and nobody is told otherwise', async () => {
    const hall = await openHall(call);
    const id = await hold(hall, 'ann', ['A-1']);
    const [confirms, releases] = await Promise.all([
      atOnce('POST', `${hall.path}/holds/${id}/confirm`, () => ({ body: {} })),
      atOnce('DELETE', `${hall.path}/holds/${id}`, () => ({})),
    ]);
    const outcome = [statuses(confirms), statuses(releases)];
    expect([
      [{ 201: TIMES }, { '409 HoldConfirmed': TIMES }],
      [{ '409 HoldReleased': TIMES }, { 200: TIMES }],
    ]).toContainEqual(outcome);
    const { BookingConfirmed = 0, HoldReleased = 0 } = await eventsOf(hall);
    expect(BookingConfirmed + HoldReleased).toBe(1);
  });

  test('make one API key, one event and one show under one key: each is made once', async () => {
    const hall = await openHall(call);
    const show = {
      venueId: hall.venueId,
      seatingPlanId: hall.seatingPlanId,
      startsAt: '2099-06-01T19:00:00Z',
      prices: { Stalls: { amount: 1, currency: 'EUR' } },
    };
    for (const [path, body, of] of [
      ['/v1/api-keys', { name: 'shop', scopes: ['browse'] }, 'apiKey'],
      ['/v1/events', { title: 'Once' }, 'event'],
      [`/v1/events/${hall.eventId}/shows`, show, 'show'],
    ] as const) {
      const answers = await atOnce('POST', path, () => ({ body, idem: 'one of each' }));
      expect(statuses(answers), path).toEqual({ 201: TIMES });
      expect(
        distinct(answers, (answer) => answer[of].id),
        path,
      ).toHaveLength(1);
      const secrets = answers.filter(({ body: answer }) => answer.secret !== undefined);
      expect(secrets.length, path).toBe(of === 'apiKey' ? 1 : 0);
    }
  });
});
