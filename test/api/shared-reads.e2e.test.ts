// A public page that is made once for many (docs/decisions/0084): to each of them it is the answer to their own request.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServed, type ServedEngine } from '../attack/served.ts';
import type { Answer } from './client.ts';
import { done, keyWith, openHall } from './hall.ts';

const PAGE = 'https://shop.example';
const MANY = 12;
/** Longer than an answer is kept. */
const KEPT_MS = 100;

let engine: ServedEngine;
/** Requests that have come to the engine. */
let arrived = 0;
beforeAll(async () => {
  engine = await startServed({ CORS_ORIGINS: PAGE }, (server) => server.on('request', () => (arrived += 1)));
});
afterAll(() => engine.stop());

const get = (path: string, headers: Record<string, string> = {}, key: string | null = null) =>
  engine.call('GET', path, { key, headers });
const times = <T>(n: number, ask: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => ask(i)));

test('drafts are seen by organisers only, whoever asks for the same address at the same moment', async () => {
  const draft = await openHall(engine.call, { publish: false });
  const organizer = (await keyWith(engine.call, ['organize'])).secret;
  const browser = (await keyWith(engine.call, ['browse'])).secret;
  const keys = [null, organizer, browser];
  await engine.call('GET', `/v1/events/${draft.eventId}`, {
    headers: { 'x-min-position': draft.position, prefer: 'wait=10' },
  });
  for (const path of [`/v1/events/${draft.eventId}`, `/v1/events/${draft.eventId}/shows`]) {
    const answers = await times(10 * MANY, async (i) => {
      const { status, headers, body } = await get(path, {}, keys[i % keys.length]);
      return [i % keys.length === 1, status, headers.get('x-request-id') === (body.requestId ?? null)];
    });
    for (const [sees, status, isOwnProblem] of answers)
      expect([status, isOwnProblem]).toEqual(sees ? [200, false] : [404, true]);
  }
});

test('while it changes nobody sees an older page after a newer one, nor one older than asked for', async () => {
  const hall = await openHall(engine.call);
  const path = `/v1/events/${hall.eventId}`;
  let written = { take: 0, position: hall.position };
  let writes = true;
  const readers = times(MANY, async (i) => {
    for (let seen = 0; writes;) {
      const { take, position } = written;
      const { status, body } = await get(
        path,
        i % 2 ? { 'x-min-position': position, prefer: 'wait=10' } : {},
      );
      if (status !== 200) continue; // not there yet
      const found = Number(body.event.description ?? 0);
      expect(found).toBeGreaterThanOrEqual(i % 2 ? Math.max(take, seen) : seen);
      seen = found;
    }
  });
  for (let take = 1; take <= 60; take += 1) {
    const { position } = await done(engine.call('PATCH', path, { body: { description: String(take) } }), 200);
    written = { take, position };
  }
  writes = false;
  await readers;
});

describe('who waits for the same answer', () => {
  let path: string;
  let database: pg.Client;
  beforeAll(async () => {
    const hall = await openHall(engine.call);
    path = `/v1/events/${hall.eventId}`;
    await get(path, { 'x-min-position': hall.position, prefer: 'wait=10' });
    database = new pg.Client({ connectionString: engine.databaseUrl });
    await database.connect();
  });
  afterAll(() => database?.end());

  /** Asks while the query cannot go on, does `meanwhile`, and lets it go on. */
  async function whileItIsMade(ask: () => Promise<Answer>[], meanwhile: () => unknown): Promise<Answer[]> {
    await sleep(KEPT_MS);
    await database.query('begin');
    await database.query('lock table read.events in access exclusive mode');
    const before = arrived;
    const asked = ask();
    await expect.poll(waiting).toBeGreaterThan(0);
    await expect.poll(() => arrived - before).toBeGreaterThanOrEqual(asked.length);
    await sleep(300); // for who has a key to be known by it
    await meanwhile();
    await database.query('rollback');
    return Promise.all(asked);
  }
  const waiting = async (): Promise<number> => {
    const { rows } = await database.query(
      `select count(*)::int as n from pg_locks where not granted and relation = 'read.events'::regclass`,
    );
    return rows[0].n;
  };

  test('is told so in their own words: HEAD, a page of another origin, who has it, who has a key', async () => {
    const { headers } = await get(path);
    const etag = headers.get('etag')!;
    const browser = (await keyWith(engine.call, ['browse'])).secret;
    const told = await whileItIsMade(
      () => [
        get(path),
        get(path, { 'if-none-match': etag }),
        get(path, { origin: PAGE }),
        get(path, {}, browser),
        engine.call('HEAD', path, { key: null }),
      ],
      async () => expect(await waiting()).toBe(1),
    );
    const [plain, has, origin, keyed, said] = told;
    const brief = ({ status, text, headers: h }: Answer) => [
      status,
      text && text === plain!.text ? 'all' : text,
      h.get('etag') === etag,
      h.get('cache-control')!.split(',')[0],
      h.get('access-control-allow-origin'),
    ];
    expect([plain, has, origin, keyed, said].map((one) => brief(one!))).toEqual([
      [200, 'all', true, 'public', null],
      [304, '', true, 'public', null],
      [200, 'all', true, 'public', PAGE],
      [200, 'all', true, 'private', null],
      [200, '', true, 'public', null],
    ]);
    expect(said!.headers.get('content-length')).toBe(String(Buffer.byteLength(plain!.text)));
  });

  test('gets it though the one who asked first has hung up', async () => {
    const first = new AbortController();
    const answers = await whileItIsMade(
      () => {
        void fetch(engine.url + path, { signal: first.signal }).catch(() => {});
        return Array.from({ length: MANY }, () => get(path));
      },
      () => first.abort(),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: MANY }, () => 200));
  });

  test('is told when it fails, each with the id of their own request, and the next one asks anew', async () => {
    const told = await whileItIsMade(
      () => Array.from({ length: MANY }, () => get(path)),
      () =>
        database.query(
          `select pg_terminate_backend(pid) from pg_locks where not granted and relation = 'read.events'::regclass`,
        ),
    );
    for (const { status, headers, body } of told)
      expect([status, body.requestId]).toEqual([503, headers.get('x-request-id')]);
    expect(new Set(told.map(({ body }) => body.requestId)).size).toBe(MANY);
    // The pool may hand out a session that was ended before it hears of it.
    await expect.poll(async () => (await get(path)).status, { timeout: 10_000 }).toBe(200);
  });

  test('gets it though the engine is told to stop meanwhile', async () => {
    let stopped: Promise<void>;
    const answers = await whileItIsMade(
      () => Array.from({ length: MANY }, () => get(path)),
      () => {
        stopped = engine.restart();
      },
    );
    await stopped!;
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: MANY }, () => 200));
  });
});
