// Serving: limits, headers, browsers of other origins, health, and an orderly end.
import { sql } from 'kysely';
import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { done, keyWith, openHall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine | undefined;
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});
const start = async (settings: Record<string, string> = {}): Promise<RunningEngine> =>
  (engine = await startEngine(settings));

describe('rate limits', () => {
  test('count each address and each key, say so, and give 304 back', async () => {
    const { call } = await start({ RATE_LIMIT: 'on', RATE_LIMIT_PER_ADDRESS: '5', RATE_LIMIT_PER_KEY: '20' });
    const { secret } = await keyWith(call, ['browse']);
    const first = await call('GET', '/v1/locations', { key: null });
    expect(first.headers.get('ratelimit-policy')).toBe('"address";q=5;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"address";r=4;t=\d+$/);
    const etag = first.headers.get('etag') ?? '';
    for (let i = 0; i < 10; i += 1)
      expect(
        (await call('GET', '/v1/locations', { key: null, headers: { 'if-none-match': etag } })).status,
      ).toBe(304);
    const codes = [];
    for (let i = 0; i < 5; i += 1) codes.push((await call('GET', '/v1/locations', { key: null })).status);
    expect(codes).toEqual([200, 200, 200, 200, 429]);
    const limited = await call('GET', '/v1/locations', { key: null });
    expect([
      limited.body.code,
      Number(limited.headers.get('retry-after')) > 0,
      limited.headers.get('ratelimit'),
    ]).toEqual(['RateLimited', true, expect.stringMatching(/r=0/)]);
    expect((await call('GET', '/healthz', { key: null })).status).toBe(200);
    expect((await call('GET', '/v1/api-keys')).headers.get('ratelimit-policy')).toBe('"key";q=20;w=60');
    const keyed = await call('GET', '/v1/locations', { key: secret });
    expect([keyed.status, keyed.headers.get('ratelimit-policy')]).toEqual([200, '"key";q=20;w=60']);
    expect(keyed.headers.get('ratelimit')).toMatch(/r=19;/);
  });

  test('refuse who guesses keys before they are looked up, and leave good keys alone', async () => {
    const { call } = await start({ RATE_LIMIT: 'on', RATE_LIMIT_PER_ADDRESS: '3', RATE_LIMIT_PER_KEY: '20' });
    const { secret } = await keyWith(call, ['browse']);
    expect((await call('GET', '/v1/locations', { key: secret })).status).toBe(200);
    const codes = [];
    for (let i = 0; i < 5; i += 1)
      codes.push((await call('GET', '/v1/locations', { key: `guess-${i}` })).status);
    expect(codes).toEqual([401, 401, 401, 429, 429]);
    expect((await call('GET', '/v1/locations', { key: secret })).status).toBe(200);
    expect((await call('GET', '/v1/locations', { key: null })).status).toBe(200);
  });

  test('count the address that a trusted proxy has seen, never one that a client writes itself', async () => {
    const limits = { RATE_LIMIT: 'on', RATE_LIMIT_PER_ADDRESS: '2' };
    const { call } = await start(limits);
    const from = async (forwarded: string) =>
      (await call('GET', '/v1/locations', { key: null, headers: { 'x-forwarded-for': forwarded } })).status;
    expect([await from('192.0.2.1'), await from('192.0.2.2'), await from('192.0.2.3')]).toEqual([
      200, 200, 429,
    ]);
    await engine!.restart({ ...limits, TRUST_PROXY: 'on' });
    const forged = [1, 2, 3].map((n) => `198.51.100.${n}, 192.0.2.1`);
    for (const [n, forwarded] of forged.entries()) expect(await from(forwarded)).toBe(n < 2 ? 200 : 429);
    expect(await from('198.51.100.1, 192.0.2.2')).toBe(200);
  });

  test('are off when the setting says so', async () => {
    const { call } = await start({ RATE_LIMIT_PER_ADDRESS: '1' });
    for (let i = 0; i < 5; i += 1) {
      const answer = await call('GET', '/v1/locations', { key: null });
      expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null]);
    }
  });
});

describe('headers', () => {
  test('keep answers from being sniffed, framed or run', async () => {
    const { call } = await start();
    for (const path of ['/v1/events', '/v1/nothing', '/healthz', '/openapi.json']) {
      const { headers } = await call('GET', path, { key: null });
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'");
      expect(headers.get('x-request-id'), path).toBeTruthy();
    }
    expect((await call('GET', '/docs/', { key: null })).headers.get('content-security-policy')).toContain(
      "script-src 'self'",
    );
  });

  test('may be read by pages of other origins also where the request got nowhere near a route', async () => {
    const { call } = await start();
    const allowed = async (origin: string) => {
      const headers = { origin, 'x-long': 'x'.repeat(20_000) };
      const answers = [
        await call('GET', '/v1/events/%', { headers: { origin }, key: null }),
        await call('GET', '/v1/events', { headers, key: null }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 431]);
      const said = answers.map((answer) => [
        answer.headers.get('access-control-allow-origin'),
        answer.headers.get('vary'),
      ]);
      expect(said[1]).toEqual(said[0]);
      return said[0];
    };
    expect(await allowed('https://shop.example')).toEqual([null, null]);
    await engine!.restart({ CORS_ORIGINS: 'https://shop.example,https://pos.example' });
    expect(await allowed('https://shop.example')).toEqual(['https://shop.example', 'Origin']);
    expect(await allowed('https://other.example')).toEqual([null, 'Origin']);
    await engine!.restart({ CORS_ORIGINS: '*' });
    expect(await allowed('https://other.example')).toEqual(['*', null]);
  });

  test('let no page of another origin in, unless the setting names it, and say so to shared caches', async () => {
    const { call } = await start();
    const from = (origin: string) => ({ headers: { origin }, key: null });
    expect(
      (await call('GET', '/v1/events', from('https://shop.example'))).headers.get(
        'access-control-allow-origin',
      ),
    ).toBeNull();
    const wish = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    expect((await call('OPTIONS', '/v1/events', { key: null, headers: wish })).status).toBe(405);
    await engine!.restart({ CORS_ORIGINS: 'https://shop.example' });
    expect(
      (await call('GET', '/v1/events', from('https://shop.example'))).headers.get(
        'access-control-allow-origin',
      ),
    ).toBe('https://shop.example');
    expect(
      (await call('GET', '/v1/events', from('https://other.example'))).headers.get(
        'access-control-allow-origin',
      ),
    ).toBeNull();
    const shown = (await call('GET', '/v1/events', from('https://shop.example'))).headers;
    expect(shown.get('access-control-expose-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['Date', 'ETag', 'X-Position', 'Retry-After']),
    );
    for (const options of [{ key: null }, from('https://shop.example')])
      expect((await call('GET', '/v1/events', options)).headers.get('vary')).toBe(
        'Origin, authorization, x-min-position',
      );
    const asked = {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,idempotency-key',
    };
    const preflights = await Promise.all(
      ['/v1/events', '/v1/events/%'].map((path) => call('OPTIONS', path, { key: null, headers: asked })),
    );
    for (const { status, headers } of preflights) {
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, 'https://shop.example']);
      expect(headers.get('access-control-allow-headers')).toBe('authorization,idempotency-key');
      expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PATCH, DELETE');
      expect([headers.get('access-control-max-age'), headers.get('x-request-id')]).toEqual([
        '600',
        expect.any(String),
      ]);
    }
    const noPreflights: Record<string, string>[] = [
      {},
      { origin: 'https://shop.example' },
      { 'access-control-request-method': 'GET' },
    ];
    for (const more of noPreflights) {
      const [there, nowhere] = await Promise.all(
        ['/v1/events', '/v1/nothing'].map((path) => call('OPTIONS', path, { key: null, headers: more })),
      );
      expect([there!.status, there!.body.code, there!.headers.get('allow')]).toEqual([
        405,
        'MethodNotAllowed',
        'GET, HEAD, POST',
      ]);
      expect([nowhere!.status, nowhere!.body.code]).toEqual([404, 'RouteNotFound']);
      expect(there!.headers.get('x-request-id')).toBeTruthy();
    }
  });
});

describe('a show that more want than can wait', () => {
  test('sends away at the entrance who comes too late, with a time to come back, and sells to the others', async () => {
    const { call, url } = await start({ QUEUE_SIZE_MAX: '2' });
    const hall = await openHall(call, { seats: 200 });
    const hold = (n: number) =>
      call('POST', `${hall.path}/holds`, { body: { customerId: `c${n}`, seats: [`A-${n + 1}`] } });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => hold(n)));
    const away = answers.filter(({ status }) => status === 503);
    expect(away.length).toBeGreaterThan(0);
    for (const { body, headers } of away) {
      expect([body.code, body.detail]).toEqual([
        'Overloaded',
        expect.stringMatching(/^Too many .+ in \d s\.$/),
      ]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const { held } = (await call('GET', `${hall.path}/availability`)).body.categories[0];
    expect([held, away.length + held]).toEqual([answers.filter(({ status }) => status === 201).length, 200]);
    const counted = await (await fetch(`${url}/metrics`)).text();
    expect(counted).toContain(
      `fairseat_commands_total{kind="HoldSeats",outcome="Overloaded"} ${away.length}\n`,
    );
  });
});

describe('health', () => {
  test('is said in one word each, and counted for Prometheus', async () => {
    const { call } = await start();
    expect((await call('GET', '/healthz', { key: null })).body).toEqual({ status: 'ok' });
    expect((await call('GET', '/readyz', { key: null })).body).toEqual({ status: 'ready' });
    const hall = await openHall(call, { seats: 2 });
    await done(
      call('POST', `${hall.path}/holds`, { body: { customerId: 'ann', seats: ['A-1', 'A-2'] } }),
      201,
    );
    const { position } = await done(
      call('POST', `${hall.path}/waitlist`, {
        body: { customerId: 'bob', categoryId: 'Stalls', quantity: 1 },
      }),
      201,
    );
    for (const list of ['bookings', 'holds', 'waitlist'])
      await call('GET', `${hall.path}/${list}`, {
        headers: { 'x-min-position': position, prefer: 'wait=10' },
      });
    const { text, headers } = await call('GET', '/metrics', { key: null });
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    for (const line of [
      /^fairseat_commands_total\{kind="HoldSeats",outcome="accepted"\} 1$/m,
      /^fairseat_http_request_seconds_count\{method="POST",route="\/v1\/shows\/:showId\/holds",status="201"\} 1$/m,
      /^fairseat_http_request_seconds_bucket\{le="\+Inf",method="POST",route="\/v1\/shows\/:showId\/holds",status="201"\} 1$/m,
      /^fairseat_projection_lag_events\{projection="holds"\} \d/m,
      /^fairseat_append_seconds_count \d/m,
      /^fairseat_batch_commands_sum \d/m,
      /^fairseat_holds_live 1$/m,
      /^fairseat_views_of_newer 0$/m,
      /^fairseat_waitlist_waiting 1$/m,
      /^fairseat_sse_listeners 0$/m,
      /^fairseat_sse_listeners_behind 0$/m,
      /^process_cpu_seconds_total/m,
    ])
      expect(text).toMatch(line);
  });

  test('tell of views that a newer version of the program has made', async () => {
    const { call, databaseUrl } = await start();
    const { db, close } = openDatabase(databaseUrl, { poolMax: 1 });
    await sql`update projections set version = 99 where name in ('holds', 'shows')`.execute(db);
    await close();
    const { text } = await call('GET', '/metrics', { key: null });
    expect(text).toMatch(/^fairseat_views_of_newer 2$/m);
  });
});

describe('a stop', () => {
  test('answers what was begun, ends what waits, and leaves nothing', async () => {
    const { call, url } = await start();
    const hall = await openHall(call, { seats: 40 });
    const { revision } = (await call('GET', `${hall.path}/availability`)).body;
    const poll = call('GET', `${hall.path}/availability?after=${revision}&wait=30`);
    const stream = await fetch(`${url}${hall.path}/availability/stream`);
    const read = stream.text();
    // Connections that are open already: what is sent over them has begun.
    await Promise.all(Array.from({ length: 20 }, () => call('GET', '/readyz')));
    const holds = Array.from({ length: 20 }, (_, i) =>
      call('POST', `${hall.path}/holds`, { body: { customerId: `c${i}`, seats: [`A-${i + 1}`] } }),
    );
    await Promise.any(holds);
    const begun = Date.now();
    await Promise.all([engine!.restart(), poll, read]);
    // Less than the poll would wait.
    expect(Date.now() - begun).toBeLessThan(28_000);
    expect([304, 200]).toContain((await poll).status);
    const held = (await Promise.all(holds))
      .filter(({ status }) => status === 201)
      .map(({ body }) => body.hold.id);
    for (const id of held)
      expect((await call('GET', `${hall.path}/holds/${id}`)).body.hold.status).toBe('live');
    expect(held.length).toBeGreaterThan(0);
  });
});
