// Names that an object has already, parameters and headers given twice, texts that mean something elsewhere: taken as plain
// names where names may be anything, refused where not, and nothing else is any different afterwards.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentedCalls } from '../api/documented.ts';
import { done, openHall } from '../api/hall.ts';
import type { Hall } from '../api/hall.ts';
import { expectRefused, GHOST } from '../api/refusal.ts';
import { startEngine } from '../api/running-engine.ts';
import type { RunningEngine } from '../api/running-engine.ts';
import { sendRaw } from './raw.ts';

/** What every object answers to. */
const INHERITED = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'prototype'];

let engine: RunningEngine;
let hall: Hall;
beforeAll(async () => {
  engine = await startEngine();
  hall = await openHall(engine.call, { seats: 4, floor: 4 });
});
afterAll(async () => {
  await engine.stop();
  // The engine runs in this process: what it had polluted would be seen here.
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

describe('a name that every object has', () => {
  test('is a good name of a category, an area and a seat, and is sold as any other', async () => {
    const { call } = engine;
    const seat = (id: string, i: number) => ({
      seat_guid: id,
      seat_number: id,
      category: id,
      position: { x: i, y: 0 },
    });
    const plan = {
      categories: INHERITED.map((name) => ({ name, color: '#fff' })),
      zones: [{ name: 'Main', rows: [{ row_number: 'A', seats: INHERITED.map(seat) }] }],
    };
    const areas = INHERITED.map((id) => ({ id, name: id, categoryId: id, capacity: 3 }));
    const drawn = call('POST', `/v1/venues/${hall.venueId}/seating-plans`, { body: { plan, areas } });
    const { seatingPlan } = await done(drawn, 201);
    const price = { amount: 100, currency: 'EUR' };
    const body = {
      venueId: hall.venueId,
      seatingPlanId: seatingPlan.id,
      startsAt: '2099-05-01T19:00:00Z',
      prices: Object.fromEntries(INHERITED.map((name) => [name, price])),
    };
    const { show } = await done(call('POST', `/v1/events/${hall.eventId}/shows`, { body }), 201);
    for (const name of INHERITED) {
      const held = { customerId: name, seats: [name], areas: [{ areaId: name, quantity: 3 }] };
      const { hold } = await done(call('POST', `/v1/shows/${show.id}/holds`, { body: held }), 201);
      expect(hold).toMatchObject({
        customerId: name,
        seats: [name],
        total: { amount: 400, currency: 'EUR' },
      });
      const line = { customerId: `${name}-2`, categoryId: name, quantity: 1 };
      await done(call('POST', `/v1/shows/${show.id}/waitlist`, { body: line }), 201);
    }
    const { categories } = (await call('GET', `/v1/shows/${show.id}`)).body.show;
    expect(categories.map(({ held, waiting }: { held: number; waiting: number }) => [held, waiting])).toEqual(
      INHERITED.map(() => [4, 1]),
    );
  });

  test('is unknown where a show has no such thing', async () => {
    for (const name of [...INHERITED, '__proto__', '']) {
      const asked = (body: object) =>
        engine.call('POST', `${hall.path}/holds`, { body: { customerId: 'ann', ...body } });
      const [status, seat, area, category] =
        name === ''
          ? [400, ...Array<string>(3).fill('InvalidRequest')]
          : [422, 'UnknownSeat', 'UnknownArea', 'UnknownCategory'];
      expectRefused(await asked({ seats: [name] }), status, seat as string);
      expectRefused(await asked({ areas: [{ areaId: name, quantity: 1 }] }), status, area as string);
      expectRefused(
        await asked({ bestAvailable: { categoryId: name, quantity: 1 } }),
        status,
        category as string,
      );
    }
  });

  test('poisons nothing, wherever in a body it is a field', async () => {
    const poisons = [
      '{"__proto__":{"polluted":1}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '{"customerId":"ann","seats":["A-1"],"__proto__":{"polluted":1}}',
      '{"customerId":"ann","areas":[{"areaId":"floor","quantity":1,"__proto__":{"polluted":1}}]}',
      '{"customerId":"ann","bestAvailable":{"constructor":{"prototype":{"polluted":1}}}}',
      '{"customerId":"ann","seats":{"__proto__":[],"length":1,"0":"A-1"}}',
    ];
    for (const body of poisons)
      expectRefused(await engine.call('POST', `${hall.path}/holds`, { body }), 400, 'InvalidRequest');
    const prices = '{"prices":{"__proto__":{"amount":1,"currency":"EUR"}},"reason":"x"}';
    expectRefused(await engine.call('PATCH', hall.path, { body: prices }), 400, 'InvalidRequest');
    const plan = '{"plan":{"categories":[],"zones":[],"__proto__":{"polluted":1}}}';
    expectRefused(
      await engine.call('POST', `/v1/venues/${hall.venueId}/seating-plans`, { body: plan }),
      400,
      'InvalidRequest',
    );
  });

  test('is no parameter of a query, and a query has no depth', async () => {
    for (const query of [
      '__proto__=1',
      '__proto__[a]=1',
      'constructor=1',
      'toString=1',
      'limit[]=1',
      'limit[a]=1',
      'a.b=1',
    ])
      expectRefused(await engine.call('GET', `/v1/events?${query}`), 400, 'InvalidRequest');
  });
});

describe('a parameter given twice', () => {
  test('is refused for each that is documented, unless it may repeat', async () => {
    const { paths } = (await engine.call('GET', '/openapi.json')).body;
    let tried = 0;
    for (const [method, path] of await documentedCalls(engine.call)) {
      const parameters = (paths[path][method.toLowerCase()].parameters ?? []) as {
        in: string;
        name: string;
        schema: { type?: string };
      }[];
      for (const { in: place, name, schema } of parameters) {
        if (place !== 'query' || schema.type === 'array') continue;
        const concrete = path.replaceAll(/\{\w+\}/g, GHOST);
        const more =
          method === 'POST' ? { body: '<a/>', headers: { 'content-type': 'application/xml' } } : {};
        const answer = await engine.call(method, `${concrete}?${name}=1&${name}=2`, more);
        expectRefused(answer, 400, 'InvalidRequest');
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(30);
  });

  test('as a header is one header: no second key, no second length, no second host is believed', async () => {
    const get = (headers: string[]) =>
      sendRaw(
        engine.url,
        ['GET /v1/api-keys HTTP/1.1', 'Connection: close', ...headers, '', ''].join('\r\n'),
      );
    const twice = await get([
      'Host: x',
      'Authorization: Bearer nobody',
      `Authorization: Bearer ${'x'.repeat(20)}`,
    ]);
    expect(twice.statuses).toEqual([401]);
    expect((await get(['Host: x', 'Host: y'])).statuses[0]).toBeGreaterThanOrEqual(400);
    const keys = await engine.call('POST', `${hall.path}/holds`, {
      body: { customerId: 'ann', seats: ['A-1'] },
      idem: 'one, two',
    });
    expect(keys.status).toBe(201);
  });
});

describe('a text', () => {
  test('that means something to a shell, a page, a database or a spreadsheet comes back as it was', async () => {
    for (const title of [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "'; drop table events; --",
      '$(reboot) `reboot` ${7*7} {{7*7}} %n%s',
      '=HYPERLINK("http://x")',
      '../../../etc/passwd',
      '\u202egnp.exe',
    ]) {
      const { event, position } = await done(engine.call('POST', '/v1/events', { body: { title } }), 201);
      expect(event.title).toBe(title);
      await done(engine.call('POST', `/v1/events/${event.id}/publish`, { body: {} }), 200);
      const seen = await engine.call('GET', `/v1/events/${event.id}`, {
        headers: { 'x-min-position': position, prefer: 'wait=10' },
      });
      expect([seen.body.event.title, seen.headers.get('set-cookie')]).toEqual([title, null]);
      expect(seen.headers.get('content-type')).toMatch(/^application\/json/);
    }
  });

  test('of several lines is no title, and as a description no header', async () => {
    const lines = 'a\r\nSet-Cookie: b=c';
    const refused = await engine.call('POST', '/v1/events', { body: { title: lines } });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/title']);
    const body = { title: 'Lines', description: lines };
    const made = await engine.call('POST', '/v1/events', { body });
    expect(made.status).toBe(201);
    expect([made.body.event.description, made.headers.get('set-cookie')]).toEqual([lines, null]);
  });
});
