// Wrong ids, queries, headers and addresses: refused by their own names, on every route.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodies } from './bodies.ts';
import { documentedCalls, goodBody } from './documented.ts';
import { openHall } from './hall.ts';
import type { Hall } from './hall.ts';
import { expectRefused, GHOST } from './refusal.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
let hall: Hall;
beforeAll(async () => {
  engine = await startEngine();
  hall = await openHall(engine.call, { seats: 20, floor: 50 });
});
afterAll(() => engine.stop());

const NOT_FOUND: Record<string, string> = {
  showId: 'ShowNotFound',
  eventId: 'EventNotFound',
  venueId: 'VenueNotFound',
  seatingPlanId: 'SeatingPlanNotFound',
  locationId: 'LocationNotFound',
  holdId: 'HoldNotFound',
  bookingId: 'BookingNotFound',
  entryId: 'EntryNotFound',
  keyId: 'ApiKeyNotFound',
  importId: 'ImportNotFound',
};

describe('an id', () => {
  test('that is unknown, or none at all, is not found under its own name', async () => {
    for (const [method, path, ids] of await documentedCalls(engine.call)) {
      const last = ids.at(-1);
      if (last === undefined || last === 'streamId') continue;
      for (const id of [
        GHOST,
        GHOST.replace('4', '9'),
        'x',
        '%20',
        "1'--",
        `${GHOST}0`,
        '..%2f..%2fetc',
        '%00',
        'x'.repeat(250),
      ]) {
        const concrete = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          name === last ? id : hall.showId,
        );
        const body = goodBody(method, path, bodies(hall));
        expectRefused(
          await engine.call(method, concrete, body === undefined ? {} : { body }),
          404,
          NOT_FOUND[last] ?? '',
        );
      }
    }
  });
});

describe('a query', () => {
  test('with a parameter that nobody knows, or one that is repeated, is refused', async () => {
    for (const [method, path] of await documentedCalls(engine.call)) {
      if (!path.startsWith('/v1/')) continue;
      const concrete = path
        .replace('{showId}', hall.showId)
        .replace('{eventId}', hall.eventId)
        .replaceAll(/\{\w+\}/g, GHOST);
      const body = goodBody(method, path, bodies(hall));
      const problem = expectRefused(
        await engine.call(method, `${concrete}?shoeSize=43`, {
          body,
          ...(path === '/v1/imports' && { body: '<x/>', headers: { 'content-type': 'application/xml' } }),
        }),
        400,
        'InvalidRequest',
      );
      expect(problem.errors[0].pointer, `${method} ${path}`).toBe('/query/shoeSize');
    }
    for (const query of [
      'limit=1&limit=2',
      'q=a&q=b',
      'cursor=a&cursor=b',
      'from=2099-01-01&from=2099-01-02',
    ])
      expectRefused(await engine.call('GET', `/v1/events?${query}`), 400, 'InvalidRequest');
  });

  test('with a value that makes no sense is refused', async () => {
    const lists = [
      '/v1/events',
      '/v1/locations',
      '/v1/api-keys',
      `${hall.path}/holds`,
      `${hall.path}/bookings`,
      `${hall.path}/waitlist`,
      `/v1/events/${hall.eventId}/shows`,
    ];
    for (const list of lists) {
      for (const value of [
        'limit=0',
        'limit=101',
        'limit=1000',
        'limit=-1',
        'limit=1.5',
        'limit=1e1',
        'limit=%201',
        'limit=',
        'limit=ten',
        'cursor=garbage',
        'cursor=',
        `cursor=${Buffer.from('["x",1,"2"]').toString('base64url')}`,
      ]) {
        const problem = expectRefused(await engine.call('GET', `${list}?${value}`), 400, 'InvalidRequest');
        expect(problem.errors[0].pointer, `${list}?${value}`).toBe(`/query/${value.split('=')[0]}`);
      }
    }
    for (const value of [
      'near=1',
      'near=91,0',
      'near=0,181',
      'near=a,b',
      'radiusKm=5',
      'near=1,1&radiusKm=-1',
      'near=1,1&radiusKm=x',
      'from=yesterday',
      'to=2021-09-31T00:00:00Z',
      'to=2021-09-31',
      'from=0000-01-01',
      'to=0000-12-31T23:59:59Z',
      'from=0001-01-01T00:00:00%2B14:00',
      'to=9999-12-31T23:59:59-14:00',
      'sort=price',
      'sort=distance',
      'q=',
      'q=%00',
      'tag=',
      `q=${'x'.repeat(300)}`,
    ])
      expectRefused(await engine.call('GET', `/v1/events?${value}`), 400, 'InvalidRequest');
    for (const value of [
      'after=x',
      'after=1.5',
      'wait=31',
      'wait=-1',
      'asOf=then',
      'asOf=2021-02-30T00:00:00Z',
      'asOf=1&after=1',
    ])
      expectRefused(await engine.call('GET', `${hall.path}/availability?${value}`), 400, 'InvalidRequest');
    for (const [after, message] of [
      ['9007199254740992', 'Give at most 9007199254740991.'],
      ['99999999999999999', 'Give a whole number from -1 to 9007199254740991.'],
    ]) {
      const { body } = await engine.call('GET', `${hall.path}/availability?after=${after}`);
      expect(body.errors?.map((error: { message: string }) => error.message)).toEqual([message]);
    }
    expect((await engine.call('GET', `${hall.path}/availability?after=9007199254740991`)).status).toBe(304);
    const then = await engine.call('GET', `${hall.path}/availability?asOf=-1`);
    expect(then.body.errors).toEqual([
      {
        pointer: '/query/asOf',
        code: 'wrongFormat',
        message: 'Give a revision, or a time as RFC 3339.',
      },
    ]);
    for (const time of ['0000-01-01T00:00:00.000Z', '2021-02-30T00:00:00.000Z']) {
      const cursor = Buffer.from(JSON.stringify([time, GHOST])).toString('base64url');
      expectRefused(await engine.call('GET', `/v1/api-keys?cursor=${cursor}`), 400, 'InvalidRequest');
    }
    for (const value of ['after=x', 'limit=0', 'limit=1001', 'types=', 'streams=%00'])
      expectRefused(await engine.call('GET', `/v1/log?${value}`), 400, 'InvalidRequest');
    expectRefused(
      await engine.call('POST', '/v1/imports?source=My%20Source', {
        body: '<x/>',
        headers: { 'content-type': 'application/xml' },
      }),
      400,
      'InvalidRequest',
    );
  });

  test('may give a time without offset, which is UTC', async () => {
    for (const value of [
      'from=2099-01-01',
      'from=2099-01-01T00:00',
      'from=2099-01-01T00:00:00',
      'from=2099-01-01T00:00:00.5',
      'from=2099-01-01T00:00:00Z',
      'from=2099-01-01T02:00:00%2B02:00',
      'from=2099-01-01T02:00:00+02:00',
      'from=0001-01-01&to=9999-12-31T23:59:59.999Z',
    ])
      expect((await engine.call('GET', `/v1/events?${value}`)).status, value).toBe(200);
    const [start, exact] = ['2099-05-01T19:00:00', '2099-05-01T19:00:00.001'];
    const found = async (query: string) =>
      (
        await engine.call('GET', `/v1/events?${query}`, {
          headers: { 'x-min-position': hall.position, prefer: 'wait=10' },
        })
      ).body.data.some((event: { id: string }) => event.id === hall.eventId);
    expect([
      await found(`from=${start}`),
      await found(`from=${exact}`),
      await found(`to=${start}`),
      await found(`to=${exact}`),
    ]).toEqual([true, false, false, true]);
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
      const body =
        method === 'PATCH'
          ? { ticketsPerCustomer: 9 }
          : method === 'POST'
            ? { customerId: 'ann', seats: ['A-2'] }
            : undefined;
      expect(
        expectRefused(
          await engine.call(method, path, { headers, idem: null, ...(body && { body }) }),
          400,
          'InvalidRequest',
        ).errors[0].pointer,
      ).toBe(pointer);
    }
  });

  test('too many of them are refused in the same shape', async () => {
    const answer = await engine.call('GET', '/v1/events', { headers: { 'x-long': 'x'.repeat(20_000) } });
    expect([answer.status, answer.body.code]).toEqual([431, 'HeadersTooLarge']);
  });
});

describe('an address', () => {
  test('that is none is RouteNotFound, one that does not take the method says what it takes', async () => {
    for (const path of [
      '/v1',
      '/v1/',
      '/v2/events',
      '/v1/nothing',
      `${hall.path}/`,
      '/v1/events//',
      '/V1/events',
      '/docs.json',
    ])
      expectRefused(await engine.call('GET', path), 404, 'RouteNotFound');
    expectRefused(await engine.call('GET', '/v1/nothing', { key: 'unknown' }), 404, 'RouteNotFound');
    expectRefused(await engine.call('GET', '/docs/static/%2e%2e%2fpackage.json'), 404, 'RouteNotFound');
    expectRefused(await engine.call('GET', '/v1/%zz'), 400, 'InvalidRequest');
    const wrong = await engine.call('DELETE', '/v1/events');
    expectRefused(wrong, 405, 'MethodNotAllowed');
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, POST');
    expectRefused(await engine.call('OPTIONS', '/v1/events'), 405, 'MethodNotAllowed');
    expectRefused(await engine.call('PUT', hall.path, { body: '{' }), 405, 'MethodNotAllowed');
  });
});
