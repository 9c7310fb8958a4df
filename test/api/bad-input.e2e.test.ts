// Whatever is wrong with a request, the answer is the right 4xx with a code, a pointer and a sentence; nothing is done.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from './client.ts';
import { keyWith, openHall, rowOf } from './hall.ts';
import type { Hall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

const GHOST = '00000000-0000-4000-8000-000000000000';
const EUR = (amount: unknown) => ({ amount, currency: 'EUR' });
let engine: RunningEngine;
let hall: Hall;
let browseKey: string;
beforeAll(async () => {
  engine = await startEngine();
  hall = await openHall(engine.call, { seats: 20, floor: 50 });
  browseKey = (await keyWith(engine.call, ['browse'])).secret;
});
afterAll(() => engine.stop());

function refused(answer: Answer, status: number, code: string): Answer['body'] {
  const seen = `${answer.status} ${answer.text.slice(0, 300)}`;
  expect([answer.status, answer.body?.code], seen).toEqual([status, code]);
  expect(answer.headers.get('content-type'), seen).toMatch(/^application\/problem\+json/);
  for (const member of ['type', 'title', 'detail', 'instance', 'requestId']) expect(typeof answer.body[member], `${member} in ${seen}`).toBe('string');
  expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
  expect(answer.body.status).toBe(status);
  for (const { pointer, code: name, message } of answer.body.errors ?? []) {
    expect(pointer, seen).toMatch(/^(\/|$)/);
    expect(name, seen).toMatch(/^[a-z]\w+$/);
    expect(message, seen).toMatch(/^[A-Z`].*\.$/);
  }
  return answer.body;
}

/** Every route with a body: a good body, and the bad ones with what they must point at. */
const bodies = (): { method: string; path: string; good: Record<string, unknown>; bad: [body: Record<string, unknown>, pointer: string][] }[] => [
  {
    method: 'POST',
    path: `${hall.path}/holds`,
    good: { customerId: 'ann', seats: ['A-1'] },
    bad: [
      [{ seats: ['A-1'] }, '/customerId'],
      [{ customerId: 'ann@example.org', seats: ['A-1'] }, '/customerId'],
      [{ customerId: 'x'.repeat(65), seats: ['A-1'] }, '/customerId'],
      [{ customerId: 7, seats: ['A-1'] }, '/customerId'],
      [{ customerId: 'ann', seats: [] }, '/seats'],
      [{ customerId: 'ann' }, '/seats'],
      [{ customerId: 'ann', seats: 'A-1' }, '/seats'],
      [{ customerId: 'ann', seats: ['A-1', 2] }, '/seats/1'],
      [{ customerId: 'ann', seats: ['A-1', ''] }, '/seats/1'],
      [{ customerId: 'ann', seats: ['A-1', 'A-\u0000'] }, '/seats/1'],
      [{ customerId: 'ann', seats: ['A-1', 'A-2', 'A-1'] }, '/seats'],
      [{ customerId: 'ann', seats: Array.from({ length: 101 }, (_, i) => `A-${i}`) }, '/seats'],
      [{ customerId: 'ann', areas: [{ areaId: 'floor', quantity: 0 }] }, '/areas/0/quantity'],
      [{ customerId: 'ann', areas: [{ areaId: 'floor', quantity: -1 }] }, '/areas/0/quantity'],
      [{ customerId: 'ann', areas: [{ areaId: 'floor', quantity: 1.5 }] }, '/areas/0/quantity'],
      [{ customerId: 'ann', areas: [{ areaId: 'floor', quantity: '1' }] }, '/areas/0/quantity'],
      [{ customerId: 'ann', areas: [{ areaId: 'floor', quantity: 1 }, { areaId: 'floor', quantity: 1 }] }, '/areas'],
      [{ customerId: 'ann', seats: ['A-1', 'A-2'], areas: [{ areaId: 'floor', quantity: 99 }] }, '/areas'],
      [{ customerId: 'ann', bestAvailable: { categoryId: 'Stalls', quantity: 101 } }, '/bestAvailable/quantity'],
      [{ customerId: 'ann', bestAvailable: { categoryId: 'Stalls', quantity: 2, together: 'yes' } }, '/bestAvailable/together'],
      [{ customerId: 'ann', seats: ['A-1'], bestAvailable: { categoryId: 'Stalls', quantity: 1 } }, '/bestAvailable'],
    ],
  },
  { method: 'POST', path: `${hall.path}/holds/${GHOST}/confirm`, good: {}, bad: [[{ paymentReference: 7 }, '/paymentReference']] },
  { method: 'POST', path: `${hall.path}/bookings/${GHOST}/cancel`, good: { reason: 'ill' }, bad: [[{}, '/reason'], [{ reason: '  ' }, '/reason'], [{ reason: 'x'.repeat(501) }, '/reason']] },
  {
    method: 'POST',
    path: `${hall.path}/waitlist`,
    good: { customerId: 'ann', categoryId: 'Stalls', quantity: 1 },
    bad: [
      [{ categoryId: 'Stalls', quantity: 1 }, '/customerId'],
      [{ customerId: 'ann', quantity: 1 }, '/categoryId'],
      [{ customerId: 'ann', categoryId: 'Stalls', quantity: 0 }, '/quantity'],
      [{ customerId: 'ann', categoryId: 'Stalls', quantity: 1e6 }, '/quantity'],
      [{ customerId: 'ann', categoryId: 'Stalls', quantity: 1, acceptFewer: 1 }, '/acceptFewer'],
    ],
  },
  {
    method: 'POST',
    path: '/v1/venues',
    good: { name: 'Hall', timeZone: 'Europe/Madrid', city: 'Madrid' },
    bad: [
      [{ timeZone: 'Europe/Madrid', city: 'Madrid' }, '/name'],
      [{ name: '', timeZone: 'Europe/Madrid', city: 'Madrid' }, '/name'],
      [{ name: 'Hall', timeZone: 'Mars/Olympus', city: 'Madrid' }, '/timeZone'],
      [{ name: 'Hall', timeZone: '+02:00', city: 'Madrid' }, '/timeZone'],
      [{ name: 'Hall', timeZone: 'UTC', city: 'Madrid', country: 'Spain' }, '/country'],
      [{ name: 'Hall', timeZone: 'UTC', city: 'Madrid', lat: 91 }, '/lat'],
      [{ name: 'Hall \uD800', timeZone: 'UTC', city: 'Madrid' }, '/name'],
    ],
  },
  {
    method: 'POST',
    path: `/v1/venues/${hall.venueId}/seating-plans`,
    good: { plan: rowOf(2), areas: [{ id: 'a', name: 'A', categoryId: 'A', capacity: 5 }] },
    bad: [
      [{}, '/plan'],
      [{ plan: [] }, '/plan'],
      [{ plan: { name: 'x' } }, '/plan/categories'],
      [{ plan: { ...rowOf(1), zones: [{ name: 'Main', position: { x: 'left', y: 0 }, rows: [] }] } }, '/plan/zones/0/position/x'],
      [{ areas: [{ id: 'a', name: 'A', categoryId: 'A', capacity: -5 }] }, '/areas/0/capacity'],
      [{ areas: [{ id: 'a', name: 'A', categoryId: 'A' }] }, '/areas/0/capacity'],
      [{ plan: rowOf(1), focalPoint: { x: 1 } }, '/focalPoint/y'],
    ],
  },
  { method: 'POST', path: '/v1/events', good: { title: 'Concert' }, bad: [[{}, '/title'], [{ title: 'x', tags: 'a' }, '/tags'], [{ title: 'x', language: 'not a tag!' }, '/language']] },
  {
    method: 'POST',
    path: `/v1/events/${hall.eventId}/shows`,
    good: { venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', prices: { Stalls: EUR(1), Standing: EUR(1) } },
    bad: [
      [{ seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', prices: {} }, '/venueId'],
      ...['2021-09-31T20:00:00Z', '2099-05-01T19:00:00', '2099-05-01', 'tomorrow', '2099-05-01T25:00:00Z', '0000-01-01T00:00:00Z'].map((startsAt): [Record<string, unknown>, string] => [
        { venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, startsAt, prices: { Stalls: EUR(1), Standing: EUR(1) } },
        '/startsAt',
      ]),
      [{ venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', endsAt: '2099-05-01T18:00:00Z', prices: { Stalls: EUR(1), Standing: EUR(1) } }, '/endsAt'],
      [{ venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', prices: { Stalls: EUR(1) } }, '/prices/Standing'],
      [{ venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', prices: { Stalls: EUR(-1), Standing: EUR(1) } }, '/prices/Stalls/amount'],
      [{ venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', prices: { Stalls: EUR(0.5), Standing: EUR(1) } }, '/prices/Stalls/amount'],
      [{ venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', prices: { Stalls: { amount: 1, currency: 'euro' }, Standing: EUR(1) } }, '/prices/Stalls/currency'],
      [{ venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', prices: { Stalls: EUR(1), Standing: EUR(1) }, holdTtlMs: 999 }, '/holdTtlMs'],
      [{ venueId: hall.venueId, seatingPlanId: hall.seatingPlanId, startsAt: '2099-05-01T19:00:00Z', prices: { Stalls: EUR(1), Standing: EUR(1) }, ticketsPerCustomer: 101 }, '/ticketsPerCustomer'],
    ],
  },
  { method: 'POST', path: `/v1/events/${hall.eventId}/publish`, good: {}, bad: [] },
  { method: 'POST', path: `/v1/events/${GHOST}/cancel`, good: { reason: 'ill' }, bad: [[{}, '/reason']] },
  { method: 'PATCH', path: `/v1/venues/${hall.venueId}`, good: { name: 'Hall' }, bad: [[{}, ''], [{ name: null }, '/name']] },
  { method: 'PATCH', path: `/v1/events/${hall.eventId}`, good: { title: 'Concert' }, bad: [[{}, ''], [{ title: 7 }, '/title']] },
  {
    method: 'PATCH',
    path: hall.path,
    good: { ticketsPerCustomer: 10 },
    bad: [[{}, ''], [{ reason: 'nothing' }, ''], [{ prices: { Stalls: EUR(1) } }, '/reason'], [{ areas: [{ id: 'floor', capacity: 1.5 }], reason: 'x' }, '/areas/0/capacity'], [{ waitlistPolicy: 'random' }, '/waitlistPolicy']],
  },
  { method: 'POST', path: `${hall.path}/block`, good: { seats: ['A-20'], reason: 'view' }, bad: [[{ seats: ['A-20'] }, '/reason'], [{ reason: 'view' }, '/seats'], [{ seats: ['A-1', 'A-1'], reason: 'view' }, '/seats']] },
  { method: 'POST', path: `${hall.path}/unblock`, good: { seats: ['A-20'], reason: 'view' }, bad: [[{ areas: [{ areaId: 'floor', quantity: -1 }], reason: 'view' }, '/areas/0/quantity']] },
  { method: 'POST', path: `${hall.path}/pause`, good: { reason: 'drill' }, bad: [[{}, '/reason']] },
  { method: 'POST', path: `${hall.path}/resume`, good: { reason: 'drill' }, bad: [[{}, '/reason']] },
  { method: 'POST', path: `/v1/shows/${GHOST}/cancel`, good: { reason: 'drill' }, bad: [[{}, '/reason']] },
  { method: 'POST', path: `${hall.path}/waitlist/${GHOST}/move`, good: { ahead: 0, reason: 'x' }, bad: [[{ ahead: -1, reason: 'x' }, '/ahead'], [{ ahead: 0 }, '/reason']] },
  { method: 'POST', path: `${hall.path}/waitlist/${GHOST}/remove`, good: { reason: 'x' }, bad: [[{}, '/reason']] },
  {
    method: 'POST',
    path: '/v1/api-keys',
    good: { name: 'k', scopes: ['browse'] },
    bad: [[{ name: 'k' }, '/scopes'], [{ name: 'k', scopes: [] }, '/scopes'], [{ name: 'k', scopes: ['root'] }, '/scopes/0'], [{ name: 'k', scopes: ['book'], clientId: GHOST }, '/clientId'], [{ name: 'k', scopes: ['book'], clientId: 'me' }, '/clientId']],
  },
];

describe('a bad body', () => {
  test('is refused with a pointer to what is wrong', async () => {
    for (const { method, path, bad } of bodies()) {
      for (const [body, pointer] of bad) {
        const problem = refused(await engine.call(method, path, { body }), 400, 'InvalidRequest');
        const pointers = (problem.errors ?? []).map((error: { pointer: string }) => error.pointer);
        expect(pointers, `${method} ${path} ${JSON.stringify(body).slice(0, 200)}`).toContain(pointer);
      }
    }
  });

  test('with a field that nobody knows is refused by its name', async () => {
    for (const { method, path, good } of bodies()) {
      const problem = refused(await engine.call(method, path, { body: { ...good, shoeSize: 43 } }), 400, 'InvalidRequest');
      expect(problem.errors, `${method} ${path}`).toContainEqual(expect.objectContaining({ pointer: '/shoeSize', code: 'unknown' }));
    }
  });

  test('that is no JSON, or no object, is refused', async () => {
    for (const { method, path } of bodies()) {
      for (const body of ['{"a":', 'nonsense', '{"a":1}}', '\u0000', '[]', '"text"', '7', 'null', '{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{}}}', '['.repeat(100_000)]) {
        refused(await engine.call(method, path, { body }), 400, 'InvalidRequest');
      }
    }
  });

  test('of another type is refused', async () => {
    for (const { method, path } of bodies()) {
      for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp'])
        refused(await engine.call(method, path, { body: '{}', headers: { 'content-type': type } }), 415, 'UnsupportedMediaType');
    }
    refused(await engine.call('POST', '/v1/imports', { body: {} }), 415, 'UnsupportedMediaType');
  });

  test('over the limit is refused', async () => {
    const seats = Array.from({ length: 1_000_000 }, (_, i) => `A-${i}`);
    refused(await engine.call('POST', `${hall.path}/holds`, { body: { customerId: 'ann', seats } }), 413, 'PayloadTooLarge');
  });

  test('is not in the way of the same key with a good one', async () => {
    const idem = 'tried-again';
    refused(await engine.call('POST', `${hall.path}/holds`, { body: { customerId: 'dan', seats: [] }, idem }), 400, 'InvalidRequest');
    expect((await engine.call('POST', `${hall.path}/holds`, { body: { customerId: 'dan', seats: ['A-19'] }, idem })).status).toBe(201);
  });
});

const paths = async (): Promise<[method: string, path: string, ids: string[]][]> => {
  const { body } = await engine.call('GET', '/openapi.json');
  return Object.entries<Record<string, unknown>>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string, string[]] => [method.toUpperCase(), path, [...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => String(id))]),
  );
};
const NOT_FOUND: Record<string, string> = {
  ...{ showId: 'ShowNotFound', eventId: 'EventNotFound', venueId: 'VenueNotFound', seatingPlanId: 'SeatingPlanNotFound', locationId: 'LocationNotFound', holdId: 'HoldNotFound' },
  ...{ bookingId: 'BookingNotFound', entryId: 'EntryNotFound', keyId: 'ApiKeyNotFound', importId: 'ImportNotFound' },
};
const goodBody = (method: string, path: string, known: ReturnType<typeof bodies>) => {
  const verb = path.split('/').at(-1);
  return known.find((one) => one.method === method && one.path.split('/').at(-1) === verb)?.good ?? known.find((one) => one.method === method && path.startsWith(one.path.replace(/[0-9a-f-]{36}.*/, '')))?.good;
};

describe('an id', () => {
  test('that is unknown, or none at all, is not found under its own name', async () => {
    const known = bodies();
    for (const [method, path, ids] of await paths()) {
      const last = ids.at(-1);
      if (last === undefined || last === 'streamId') continue;
      for (const id of [GHOST, GHOST.replace('4', '9'), 'x', '%20', "1'--", `${GHOST}0`, '..%2f..%2fetc', '%00', 'x'.repeat(250)]) {
        const concrete = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === last ? id : hall.showId));
        const body = method === 'GET' || method === 'DELETE' ? undefined : goodBody(method, path, known);
        refused(await engine.call(method, concrete, body === undefined ? {} : { body }), 404, NOT_FOUND[last] ?? '');
      }
    }
  });
});

describe('a query', () => {
  test('with a parameter that nobody knows, or one that is repeated, is refused', async () => {
    for (const [method, path] of await paths()) {
      if (!path.startsWith('/v1/')) continue;
      const concrete = path.replace('{showId}', hall.showId).replace('{eventId}', hall.eventId).replaceAll(/\{\w+\}/g, GHOST);
      const body = method === 'GET' || method === 'DELETE' ? undefined : goodBody(method, path, bodies());
      const problem = refused(await engine.call(method, `${concrete}?shoeSize=43`, { body, ...(path === '/v1/imports' && { body: '<x/>', headers: { 'content-type': 'application/xml' } }) }), 400, 'InvalidRequest');
      expect(problem.errors[0].pointer, `${method} ${path}`).toBe('/query/shoeSize');
    }
    for (const query of ['limit=1&limit=2', 'q=a&q=b', 'cursor=a&cursor=b', 'from=2099-01-01&from=2099-01-02']) refused(await engine.call('GET', `/v1/events?${query}`), 400, 'InvalidRequest');
  });

  test('with a value that makes no sense is refused', async () => {
    const lists = ['/v1/events', '/v1/locations', '/v1/api-keys', `${hall.path}/holds`, `${hall.path}/bookings`, `${hall.path}/waitlist`, `/v1/events/${hall.eventId}/shows`];
    for (const list of lists) {
      for (const value of ['limit=0', 'limit=101', 'limit=1000', 'limit=-1', 'limit=1.5', 'limit=1e1', 'limit=%201', 'limit=', 'limit=ten', 'cursor=garbage', 'cursor=', `cursor=${Buffer.from('["x",1,"2"]').toString('base64url')}`]) {
        const problem = refused(await engine.call('GET', `${list}?${value}`), 400, 'InvalidRequest');
        expect(problem.errors[0].pointer, `${list}?${value}`).toBe(`/query/${value.split('=')[0]}`);
      }
    }
    for (const value of ['near=1', 'near=91,0', 'near=0,181', 'near=a,b', 'radiusKm=5', 'near=1,1&radiusKm=-1', 'near=1,1&radiusKm=x', 'from=yesterday', 'to=2021-09-31T00:00:00Z', 'to=2021-09-31', 'sort=price', 'sort=distance', 'q=', 'q=%00', 'tag=', `q=${'x'.repeat(300)}`])
      refused(await engine.call('GET', `/v1/events?${value}`), 400, 'InvalidRequest');
    for (const value of ['after=x', 'after=1.5', 'wait=31', 'wait=-1', 'asOf=then', 'asOf=2021-02-30T00:00:00Z', 'asOf=1&after=1']) refused(await engine.call('GET', `${hall.path}/availability?${value}`), 400, 'InvalidRequest');
    for (const value of ['after=x', 'limit=0', 'limit=1001', 'types=', 'streams=%00']) refused(await engine.call('GET', `/v1/log?${value}`), 400, 'InvalidRequest');
    refused(await engine.call('POST', '/v1/imports?source=My%20Source', { body: '<x/>', headers: { 'content-type': 'application/xml' } }), 400, 'InvalidRequest');
  });

  test('may give a time without offset, which is UTC', async () => {
    for (const value of ['from=2099-01-01', 'from=2099-01-01T00:00', 'from=2099-01-01T00:00:00', 'from=2099-01-01T00:00:00.5', 'from=2099-01-01T00:00:00Z', 'from=2099-01-01T02:00:00%2B02:00', 'from=2099-01-01T02:00:00+02:00'])
      expect((await engine.call('GET', `/v1/events?${value}`)).status, value).toBe(200);
    const [start, exact] = ['2099-05-01T19:00:00', '2099-05-01T19:00:00.001'];
    const found = async (query: string) => (await engine.call('GET', `/v1/events?${query}`, { headers: { 'x-min-position': hall.position, prefer: 'wait=10' } })).body.data.some((event: { id: string }) => event.id === hall.eventId);
    expect([await found(`from=${start}`), await found(`from=${exact}`), await found(`to=${start}`), await found(`to=${exact}`)]).toEqual([true, false, false, true]);
  });
});

describe('a header', () => {
  test('that cannot be read is refused by its name', async () => {
    const cases: [string, string, string, Record<string, string>][] = [
      ['GET', hall.path, '/headers/x-min-position', { 'x-min-position': 'soon' }],
      ['GET', '/v1/events', '/headers/x-min-position', { 'x-min-position': '-1' }],
      ['PATCH', hall.path, '/headers/if-match', { 'if-match': '3' }],
      ['POST', `${hall.path}/holds`, '/headers/idempotency-key', { 'idempotency-key': 'x'.repeat(256) }],
      ['POST', `${hall.path}/holds`, '/headers/idempotency-key', { 'idempotency-key': '' }],
      ['POST', '/v1/events', '/headers/idempotency-key', { 'idempotency-key': 'schl\u00fcssel' }],
    ];
    for (const [method, path, pointer, headers] of cases) {
      const body = method === 'PATCH' ? { ticketsPerCustomer: 9 } : method === 'POST' ? { customerId: 'ann', seats: ['A-2'] } : undefined;
      expect(refused(await engine.call(method, path, { headers, idem: null, ...(body && { body }) }), 400, 'InvalidRequest').errors[0].pointer).toBe(pointer);
    }
  });

  test('too many of them are refused in the same shape', async () => {
    const answer = await engine.call('GET', '/v1/events', { headers: { 'x-long': 'x'.repeat(20_000) } });
    expect([answer.status, answer.body.code]).toEqual([431, 'HeadersTooLarge']);
  });
});

describe('an address', () => {
  test('that is none is RouteNotFound, one that does not take the method says what it takes', async () => {
    for (const path of ['/v1', '/v1/', '/v2/events', '/v1/nothing', `${hall.path}/`, '/v1/events//', '/V1/events', '/docs.json']) refused(await engine.call('GET', path), 404, 'RouteNotFound');
    refused(await engine.call('GET', '/v1/nothing', { key: 'unknown' }), 404, 'RouteNotFound');
    refused(await engine.call('GET', '/v1/%zz'), 400, 'InvalidRequest');
    const wrong = await engine.call('DELETE', '/v1/events');
    refused(wrong, 405, 'MethodNotAllowed');
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, POST');
    refused(await engine.call('OPTIONS', '/v1/events'), 405, 'MethodNotAllowed');
    refused(await engine.call('PUT', hall.path, { body: '{' }), 405, 'MethodNotAllowed');
  });
});

describe('a caller', () => {
  test('without a key is Unauthenticated, without the scope Forbidden, before anything else is looked at', async () => {
    const open = new Set(['/v1/locations', '/v1/events', '/v1/seating-plans/{seatingPlanId}', '/v1/shows/{showId}', '/v1/events/{eventId}', '/v1/venues/{venueId}', '/v1/events/{eventId}/shows', '/v1/locations/{locationId}/events', '/v1/shows/{showId}/availability', '/v1/shows/{showId}/availability/stream']);
    for (const [method, path] of await paths()) {
      if (!path.startsWith('/v1/') || (method === 'GET' && open.has(path))) continue;
      const concrete = path.replaceAll(/\{\w+\}/g, 'x');
      const bad = method === 'POST' || method === 'PATCH' ? { body: '{' } : {};
      const anonymous = await engine.call(method, concrete, { key: null, ...bad });
      refused(anonymous, 401, 'Unauthenticated');
      expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer/);
      refused(await engine.call(method, concrete, { key: browseKey, ...bad }), 403, 'Forbidden');
    }
  });

  test('with something else in Authorization is Unauthenticated on public reads too', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer ', `Basic ${browseKey}`, browseKey, `Bearer ${browseKey} x`, `Bearer: ${browseKey}`, 'Bearer a.b.c', `Bearer ${'x'.repeat(4000)}`]) {
      for (const path of ['/v1/events', hall.path, `${hall.path}/availability`]) refused(await engine.call('GET', path, { key: null, headers: { authorization } }), 401, 'Unauthenticated');
    }
    expect((await engine.call('GET', '/v1/events', { key: null, headers: { authorization: `bEaReR ${browseKey}` } })).status).toBe(200);
  });
});

test('nothing of all this is in the log, but for the one hold', async () => {
  const { text } = await engine.call('GET', `/v1/streams/show-${hall.showId}?limit=1000`);
  const types = text.trim().split('\n').map((line) => JSON.parse(line).type);
  expect(types.filter((type) => !['ShowScheduled', 'ShowPublished'].includes(type))).toEqual(['SeatsHeld']);
});
