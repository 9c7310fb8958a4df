// Reading: conditional requests, lists page by page, positions, the map live and as it was.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { done, keyWith, openHall } from './hall.ts';
import type { Hall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
let hall: Hall;
beforeAll(async () => {
  engine = await startEngine();
  hall = await openHall(engine.call, { seats: 10, floor: 5 });
});
afterAll(() => engine.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  engine.call('GET', path, { key: null, headers });
const hold = (customerId: string, seats: string[], path = hall.path) =>
  engine.call('POST', `${path}/holds`, { body: { customerId, seats } });
const seen = (position: string) => ({ 'x-min-position': position, prefer: 'wait=10' });

describe('a read', () => {
  test('has a strong ETag and is not sent again to who has it', async () => {
    const paths = [
      '/v1/events',
      '/v1/locations',
      `/v1/events/${hall.eventId}`,
      `/v1/events/${hall.eventId}/shows`,
      hall.path,
      `/v1/seating-plans/${hall.seatingPlanId}`,
      `${hall.path}/availability`,
      `/v1/venues/${hall.venueId}`,
    ];
    for (const path of paths) {
      const first = await get(path, seen(hall.position));
      const etag = first.headers.get('etag') ?? '';
      expect([first.status, etag], path).toEqual([200, expect.stringMatching(/^"[^"]+"$/)]);
      for (const tags of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
        const again = await get(path, { 'if-none-match': tags });
        expect([again.status, again.text], `${path} ${tags}`).toEqual([304, '']);
        expect(again.headers.get('etag')).toBe(etag);
      }
      expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
    }
  });

  test('by nobody in particular may be kept by shared caches for a moment, a plan for ever, and nothing of a key', async () => {
    expect((await get(hall.path)).headers.get('cache-control')).toMatch(
      /public.*s-maxage=\d+.*stale-while-revalidate=\d+/,
    );
    // Or a browser takes the leave to be stale for itself, and shows what was true 10 s ago.
    expect((await get(hall.path)).headers.get('cache-control')).toMatch(/max-age=0, must-revalidate/);
    expect((await get(`/v1/seating-plans/${hall.seatingPlanId}`)).headers.get('cache-control')).toMatch(
      /max-age=31536000, immutable/,
    );
    expect((await engine.call('GET', hall.path)).headers.get('cache-control')).toMatch(/private/);
    expect((await get(hall.path)).headers.get('vary')).toMatch(/authorization/);
  });

  test('is as new as the position it asks for', async () => {
    for (let i = 1; i <= 5; i += 1) {
      const { position } = await done(
        engine.call('PATCH', `/v1/events/${hall.eventId}`, { body: { description: `Take ${i}` } }),
        200,
      );
      const answer = await get(`/v1/events/${hall.eventId}`, seen(position));
      expect(answer.body.event.description).toBe(`Take ${i}`);
      expect(Number(answer.headers.get('x-position'))).toBeGreaterThanOrEqual(Number(position));
    }
  });

  test('of one hold, booking or entry has seen what any other stream was answered with', async () => {
    const show = await openHall(engine.call, { seats: 3 });
    const held = await done(hold('ann', ['A-1', 'A-2'], show.path), 201);
    const holdPath = `${show.path}/holds/${held.hold.id}`;
    const { booking } = await done(engine.call('POST', `${holdPath}/confirm`), 201);
    await done(hold('bob', ['A-3'], show.path), 201);
    const wish = { customerId: 'cat', categoryId: 'Stalls', quantity: 1 };
    const { entry } = await done(engine.call('POST', `${show.path}/waitlist`, { body: wish }), 201);
    const elsewhere = { body: { description: 'Meanwhile' } };
    const { position } = await done(engine.call('PATCH', `/v1/events/${hall.eventId}`, elsewhere), 200);
    for (const path of [
      holdPath,
      `${show.path}/bookings/${booking.id}`,
      `${show.path}/waitlist/${entry.id}`,
    ]) {
      const answer = await engine.call('GET', path, { headers: seen(position) });
      expect(answer.status, path).toBe(200);
      expect(Number(answer.headers.get('x-position')), path).toBeGreaterThanOrEqual(Number(position));
      const nonsense = await engine.call('GET', path, { headers: seen('soon') });
      expect(nonsense.status, path).toBe(400);
    }
  });

  test('of a position that never comes waits no longer than it is told, and says where it stands', async () => {
    const begun = Date.now();
    const answer = await get(hall.path, { 'x-min-position': '999999999', prefer: 'wait=1' });
    expect(answer.status).toBe(200);
    expect(Date.now() - begun).toBeGreaterThan(800);
    // Ten seconds are the most that anybody waits.
    expect(Date.now() - begun).toBeLessThan(9_500);
    expect(Number(answer.headers.get('x-position'))).toBeLessThan(999999999);
  });
});

describe('a list', () => {
  test('goes on where Link and nextCursor say, and keeps the other parameters', async () => {
    const other = await openHall(engine.call, { seats: 9 });
    for (let i = 1; i <= 5; i += 1) await done(hold(`c${i}`, [`A-${i}`], other.path), 201);
    const { position } = await done(hold('c6', ['A-6'], other.path), 201);
    const found: string[] = [];
    let path: string | undefined = `${other.path}/holds?limit=2`;
    while (path !== undefined) {
      const answer = await engine.call('GET', path, { headers: seen(position) });
      expect(answer.body.data.length).toBe(2);
      found.push(...answer.body.data.map((item: { customerId: string }) => item.customerId));
      const link: string | undefined = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
      expect(link === undefined).toBe(answer.body.nextCursor === null);
      const wanted = link && new URLSearchParams({ limit: '2', cursor: answer.body.nextCursor });
      expect(link && new URLSearchParams(link.split('?')[1])).toEqual(wanted);
      path = link;
    }
    expect(found).toEqual(['c1', 'c2', 'c3', 'c4', 'c5', 'c6']);
  });
});

describe('a draft', () => {
  test('is not there for visitors, and is for organisers', async () => {
    const draft = await openHall(engine.call, { publish: false });
    const organizer = (await keyWith(engine.call, ['organize'])).secret;
    for (const path of [
      draft.path,
      `${draft.path}/availability`,
      `${draft.path}/availability/stream`,
      `${draft.path}/availability?asOf=0`,
    ]) {
      expect((await get(path, seen(draft.position))).body.code, path).toBe('ShowNotFound');
    }
    for (const path of [`/v1/events/${draft.eventId}`, `/v1/events/${draft.eventId}/shows`]) {
      expect((await get(path, seen(draft.position))).body.code, path).toBe('EventNotFound');
      expect((await engine.call('GET', path, { key: organizer })).status, path).toBe(200);
    }
    expect((await engine.call('GET', draft.path, { key: organizer })).body.show.status).toBe('draft');
    expect((await hold('ann', ['A-1'], draft.path)).body.code).toBe('SalesNotOpen');
  });
});

describe('the map', () => {
  test('as a long poll answers when something changes, and 304 when nothing does', async () => {
    const { revision } = (await get(`${hall.path}/availability`)).body;
    const begun = Date.now();
    expect((await get(`${hall.path}/availability?after=${revision}&wait=1`)).status).toBe(304);
    expect(Date.now() - begun).toBeGreaterThan(800);
    const poll = get(`${hall.path}/availability?after=${revision}&wait=20`);
    await done(hold('ann', ['A-1']), 201);
    const answer = await poll;
    expect([answer.status, answer.body.revision]).toEqual([200, revision + 1]);
    expect(Buffer.from(answer.body.seats, 'base64')[0]! & 3).toBe(1);
    expect((await get(`${hall.path}/availability?after=${revision}&wait=20`)).body.revision).toBe(
      revision + 1,
    );
    expect((await get(`${hall.path}/availability?after=${revision + 1}`)).status).toBe(304);
  });

  test('is given at once to who waits and has none, and waited with by who has it', async () => {
    const path = `${hall.path}/availability?wait=1`;
    const { status, headers } = await get(path);
    expect(status).toBe(200);
    const begun = Date.now();
    expect((await get(path, { 'if-none-match': headers.get('etag')! })).status).toBe(304);
    expect(Date.now() - begun).toBeGreaterThan(800);
  });

  test('as it was shows the past, by revision and by time', async () => {
    const before = (await get(`${hall.path}/availability`)).body;
    await done(hold('eve', ['A-9']), 201);
    const past = await get(`${hall.path}/availability?asOf=${before.revision}`, seen(hall.position));
    expect(past.body).toEqual(before);
    const events = (await engine.call('GET', `/v1/streams/show-${hall.showId}`)).text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect((await get(`${hall.path}/availability?asOf=${encodeURIComponent(events[0].time)}`)).status).toBe(
      200,
    );
    expect((await get(`${hall.path}/availability?asOf=2001-01-01T00:00:00Z`)).body.code).toBe('ShowNotFound');
  });

  test('as a stream says the same to HEAD, and no length, for it has none', async () => {
    const { path } = await openHall(engine.call);
    const head = await engine.call('HEAD', `${path}/availability/stream`);
    const said = ['content-type', 'cache-control', 'x-accel-buffering', 'content-length'];
    expect([head.status, ...said.map((name) => head.headers.get(name))]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store',
      'no',
      null,
    ]);
  });

  test('as a stream sends a snapshot, then deltas, and resumes', async () => {
    const stream = await follow(`${engine.url}${hall.path}/availability/stream`);
    const snapshot = await stream.next();
    expect(snapshot.event).toBe('snapshot');
    const { revision } = snapshot.data;
    expect(snapshot.id).toBe(String(revision));
    await done(hold('fay', ['A-7']), 201);
    const delta = await stream.next();
    expect(delta).toEqual({
      event: 'delta',
      id: String(revision + 1),
      data: { revision: revision + 1, changes: [[6, 1]], areas: [] },
    });
    stream.close();
    const resumed = await follow(`${engine.url}${hall.path}/availability/stream`, {
      'last-event-id': String(revision),
    });
    expect(await resumed.next()).toEqual(delta);
    resumed.close();
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.headers.get('x-request-id')).toBeTruthy();
  });
});

interface Events {
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- see client.ts
  next(): Promise<any>;
  close(): void;
}

async function follow(url: string, headers: Record<string, string> = {}): Promise<Events> {
  const stop = new AbortController();
  const response = await fetch(url, { headers, signal: stop.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  return {
    headers: response.headers,
    close: () => stop.abort(),
    async next() {
      for (;;) {
        const end = buffer.indexOf('\n\n');
        if (end < 0) {
          buffer += (await reader.read()).value ?? '';
          continue;
        }
        const frame = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
        if (field('data') !== undefined)
          return { event: field('event'), id: field('id'), data: JSON.parse(field('data')!) };
      }
    },
  };
}
