// The recorded events as analysts read them: the whole log, one stream, what each event says of its command.
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { done, keyWith, openHall } from './hall.ts';
import type { Hall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
let hall: Hall;
beforeAll(async () => {
  engine = await startEngine();
  hall = await openHall(engine.call, { seats: 10 });
  for (const seat of ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6'])
    await done(
      engine.call('POST', `${hall.path}/holds`, { body: { customerId: `c-${seat}`, seats: [seat] } }),
      201,
    );
});
afterAll(() => engine.stop());

describe('the recorded events', () => {
  test('are CloudEvents, in order, resumable by position', async () => {
    const all = await lines('/v1/log?limit=1000');
    expect(all.length).toBeGreaterThan(10);
    for (const event of all) {
      expect(event).toMatchObject({
        specversion: '1.0',
        id: expect.any(String),
        source: expect.any(String),
        type: expect.stringMatching(/^[A-Z]\w+$/),
        subject: expect.stringMatching(/^[a-z-]+-[0-9a-f-]{36}$/),
      });
      expect([
        typeof event.position,
        Number.isInteger(event.revision),
        typeof event.correlationid,
        typeof event.causationid,
      ]).toEqual(['string', true, 'string', 'string']);
      expect(event.time).toMatch(/Z$/);
    }
    const positions = all.map((event) => Number(event.position));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    const rest = await lines(`/v1/log?after=${all[4].position}&limit=1000`);
    expect(rest.slice(0, all.length - 5).map((event) => event.id)).toEqual(
      all.slice(5).map((event) => event.id),
    );
    expect(await lines(`/v1/log?after=${all.at(-1).position}0`)).toEqual([]);
  });

  test('say where the log stands to who asks for a position, and refuse one that is none', async () => {
    for (const path of ['/v1/log?limit=1', `/v1/streams/show-${hall.showId}`]) {
      const plain = await engine.call('GET', path);
      const asked = await engine.call('GET', path, {
        headers: { 'x-min-position': hall.position, prefer: 'wait=10' },
      });
      expect([plain.headers.get('x-position'), asked.status], path).toEqual([null, 200]);
      expect(Number(asked.headers.get('x-position')), path).toBeGreaterThanOrEqual(Number(hall.position));
      const none = await engine.call('GET', path, { headers: { 'x-min-position': 'soon' } });
      expect([none.status, none.body.errors[0].pointer]).toEqual([400, '/headers/x-min-position']);
    }
  });

  test('are waited for by who reads on behind the end, for as long as asked', async () => {
    const { position } = (await lines('/v1/log?limit=1000')).at(-1);
    const next = { 'x-min-position': String(Number(position) + 1) };
    const read = (wait: number) =>
      engine.call('GET', `/v1/log?after=${position}`, { headers: { ...next, prefer: `wait=${wait}` } });
    const begun = performance.now();
    const nothing = await read(1);
    expect([nothing.status, nothing.text, nothing.headers.get('x-position')]).toEqual([200, '', position]);
    expect(performance.now() - begun).toBeGreaterThan(900);

    const waiting = read(10);
    await setTimeout(200);
    const held = { customerId: 'waited-for', seats: ['A-7'] };
    await done(engine.call('POST', `${hall.path}/holds`, { body: held }), 201);
    const something = await waiting;
    expect(JSON.parse(something.text).data.customerId).toBe('waited-for');
    expect(something.headers.get('x-position')).toBe(JSON.parse(something.text).position);
  });

  test('can be asked for by type, by stream, and from a revision on', async () => {
    const stream = `show-${hall.showId}`;
    expect(
      (await lines('/v1/log?types=EventCreated,VenueCreated')).every(({ type }) =>
        /^(Event|Venue)Created$/.test(type),
      ),
    ).toBe(true);
    expect(
      (await lines(`/v1/log?streams=${stream},event-${hall.eventId}&limit=3`)).map(({ subject }) => subject),
    ).toEqual([`event-${hall.eventId}`, `event-${hall.eventId}`, stream]);
    expect((await lines(`/v1/streams/${stream}?from=1&limit=2`)).map(({ revision }) => revision)).toEqual([
      1, 2,
    ]);
    const before = await engine.call('GET', `/v1/streams/${stream}?from=-1`);
    expect([before.status, before.body.errors[0]]).toEqual([
      400,
      { pointer: '/query/from', code: 'tooSmall', message: 'Give at least 0.' },
    ]);
    const missing = await engine.call('GET', '/v1/streams/show-nobody');
    expect([missing.status, missing.text, missing.headers.get('content-type')]).toEqual([
      200,
      '',
      'application/x-ndjson',
    ]);
  });

  test('are not said to be none where a type is misspelt', async () => {
    const { status, body } = await engine.call('GET', '/v1/log?types=SeatsHeld,SeatHeld');
    expect([status, body.code, body.errors[0].pointer]).toEqual([400, 'InvalidRequest', '/query/types/1']);
    expect(body.errors[0].message).toMatch(/^Give one of .*"SeatsHeld"/);
  });

  test('come in shorter pages where they are long, and none is missed by who goes on as told', async () => {
    const { path, showId } = await openHall(engine.call, { seats: 50_000 });
    const seats = Array.from({ length: 50_000 }, (_, n) => `A-${n + 1}`);
    for (let n = 0; n < 10; n += 1)
      for (const step of ['block', 'unblock'])
        await done(engine.call('POST', `${path}/${step}`, { body: { seats, reason: 'r' } }), 200);
    const revisions = (events: { revision: number }[]) => events.map(({ revision }) => revision);
    const wanted = Array.from({ length: 20 }, (_, n) => n + 2);
    const stream = `/v1/streams/show-${showId}?limit=1000`;
    const first = await lines(`${stream}&from=2`);
    expect(first.length).toBeLessThan(20);
    const rest = await lines(`${stream}&from=${first.length + 2}`);
    expect(revisions([...first, ...rest])).toEqual(wanted);

    const found = [];
    for (let after = '0'; ;) {
      const query = `limit=1000&streams=show-${showId}&types=SeatsBlocked,SeatsUnblocked&after=${after}`;
      const answer = await engine.call('GET', `/v1/log?${query}`, { headers: { 'x-min-position': '0' } });
      expect(answer.text.length).toBeLessThan(10_000_000);
      if (answer.text === '') break;
      found.push(...parsed(answer.text));
      after = answer.headers.get('x-position')!;
    }
    expect(revisions(found)).toEqual(wanted);
  });

  test('say who did it and which request it was', async () => {
    const key = await keyWith(engine.call, ['book']);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const answer = await engine.call('POST', `${hall.path}/holds`, {
      key: key.secret,
      body: { customerId: 'gus', seats: ['A-8'] },
      headers: { 'x-request-id': 'request-of-gus', traceparent },
    });
    const [event] = (await lines(`/v1/streams/show-${hall.showId}?from=${answer.body.revision}`)) as [
      Record<string, unknown>,
    ];
    expect(event).toMatchObject({
      type: 'SeatsHeld',
      actor: `client:${key.clientId}`,
      correlationid: 'request-of-gus',
      causationid: answer.body.hold.id,
      traceparent,
    });
    expect(answer.headers.get('x-request-id')).toBe('request-of-gus');
  });
});

// oxlint-disable-next-line typescript/no-explicit-any -- see client.ts
async function lines(path: string): Promise<any[]> {
  const { status, text } = await engine.call('GET', path);
  expect(status, text).toBe(200);
  return parsed(text);
}

// oxlint-disable-next-line typescript/no-explicit-any -- see client.ts
const parsed = (text: string): any[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
