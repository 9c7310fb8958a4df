// Long polls in which nothing happens: a 304 says as much of the read as its 200 would.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LongPolls } from '../../src/api/request/long-polls.ts';
import { done, openHall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
let map: string;
let entry: string;
beforeAll(async () => {
  engine = await startEngine({ CORS_ORIGINS: 'https://shop.example' });
  const { path } = await openHall(engine.call, { seats: 1 });
  await done(engine.call('POST', `${path}/holds`, { body: { customerId: 'ann', seats: ['A-1'] } }), 201);
  const body = { customerId: 'bob', categoryId: 'Stalls', quantity: 1 };
  const joined = await done(engine.call('POST', `${path}/waitlist`, { body }), 201);
  map = `${path}/availability`;
  entry = `${path}/waitlist/${joined.entry.id}`;
});
afterAll(() => engine.stop());

const NAMES = ['etag', 'cache-control', 'vary', 'x-position'];
const said = ({ headers }: { headers: Headers }) => NAMES.map((name) => headers.get(name));

describe.each([
  ['the map', () => map],
  ['an entry', () => entry],
])('a long poll of %s', (_, path) => {
  test('that ends with 304 has the headers of the read', async () => {
    const whole = await engine.call('GET', path());
    const { revision } = whole.body;
    const expected = said(whole);
    expect(expected.slice(0, 3)).toEqual([
      expect.stringMatching(/^".+"$/),
      'private, no-cache',
      'Origin, authorization, x-min-position',
    ]);
    const etag = { 'if-none-match': expected[0]! };
    for (const [query, headers] of [
      [`after=${revision}`, {}],
      [`after=${revision}&wait=1`, {}],
      [`after=${revision}`, etag],
      ['wait=1', etag],
    ] as const) {
      const answer = await engine.call('GET', `${path()}?${query}`, { headers });
      expect([answer.status, answer.text, ...said(answer)], query).toEqual([304, '', ...expected]);
    }
  });

  test('is none without a time to wait for, and takes the place of none that waits', async () => {
    const { revision } = (await engine.call('GET', path())).body;
    const waits = vi.spyOn(LongPolls.prototype, 'signalFor');
    for (const query of [`after=${revision}`, `after=${revision}&wait=0`])
      expect((await engine.call('GET', `${path()}?${query}`)).status).toBe(304);
    expect(waits).not.toHaveBeenCalled();
    expect((await engine.call('GET', `${path()}?after=${revision}&wait=1`)).status).toBe(304);
    expect(waits).toHaveBeenCalledOnce();
    waits.mockRestore();
  });
});
