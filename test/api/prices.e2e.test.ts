// Asking over HTTP what can be had for so much, on the embedded engine.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, openHall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
let eventId: string;
let position: string;
beforeAll(async () => {
  engine = await startEngine();
  ({ eventId, position } = await openHall(engine.call, { floor: 5 }));
});
afterAll(() => engine.stop());

const get = (query: string) =>
  engine.call('GET', `/v1/events?${query}`, {
    key: null,
    headers: { 'x-min-position': position, prefer: 'wait=10' },
  });

test.for([
  ['priceMax=1500&currency=EUR', true],
  ['priceMax=1499&currency=EUR', false],
  ['priceMin=2500&currency=EUR', true],
  ['priceMin=2501&currency=EUR', false],
  ['priceMin=0&priceMax=1000000000000&currency=EUR', true],
  ['priceMin=1501&priceMax=2499&currency=EUR', false],
  ['priceMax=3000&currency=GBP', false],
  ['priceMax=2000&currency=EUR&category=standing', true],
  ['priceMax=2000&currency=EUR&category=stalls', false],
  ['priceMax=3000&currency=EUR&to=2099-01-01', false],
] as const)('%s finds the hall: %s', async ([query, finds]) => {
  const { data } = await done(get(query), 200);
  expect(data.map(({ id }: { id: string }) => id)).toEqual(finds ? [eventId] : []);
});

test.for([
  ['priceMax=3000', 'currency', 'missing', /give `currency` too/],
  ['priceMin=3000', 'currency', 'missing', /give `currency` too/],
  ['currency=EUR', 'priceMax', 'missing', /give `priceMin` or `priceMax` too/],
  ['priceMin=-1&currency=EUR', 'priceMin', 'tooSmall', /Give at least 0/],
  ['priceMax=29.99&currency=EUR', 'priceMax', null, /Give a whole number from 0 to 1000000000000/],
  ['priceMax=1000000000001&currency=EUR', 'priceMax', null, /Give at most 1000000000000/],
  ['priceMax=&currency=EUR', 'priceMax', null, /Give a whole number/],
  ['priceMax=1&priceMax=2&currency=EUR', 'priceMax', null, /./],
  ['priceMin=2&priceMax=1&currency=EUR', 'priceMax', null, /no less than `priceMin`/],
  ['priceMax=3000&currency=eur', 'currency', null, /ISO 4217 code such as "EUR"/],
  ['priceMax=3000&currency=XYZ', 'currency', null, /"XYZ" is no currency/],
] as const)('%s is refused', async ([query, field, code, sentence]) => {
  const { status, body } = await get(query);
  expect([status, body.code]).toEqual([400, 'InvalidRequest']);
  expect(body.errors).toEqual([
    {
      pointer: `/query/${field}`,
      code: code ?? expect.any(String),
      message: expect.stringMatching(sentence),
    },
  ]);
});

test('a page goes on with the same price, and no other', async () => {
  ({ position } = await openHall(engine.call, { floor: 5, startsAt: '2099-07-01T19:00:00Z' }));
  const first = await done(get('priceMax=1500&currency=EUR&limit=1'), 200);
  const cursor: string = first.nextCursor;
  const next = await done(get(`priceMax=1500&currency=EUR&limit=1&cursor=${cursor}`), 200);
  expect(next.data).toHaveLength(1);
  expect(next.data[0].id).not.toBe(first.data[0].id);
  expect((await get(`priceMax=1501&currency=EUR&limit=1&cursor=${cursor}`)).status).toBe(400);
  expect((await get(`limit=1&cursor=${cursor}`)).status).toBe(400);
});
