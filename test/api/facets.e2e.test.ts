// Searching over HTTP, with facets and page by page, on the embedded engine.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { done, openHall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine();
  await openHall(engine.call);
});
afterAll(() => engine.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  engine.call('GET', path, { key: null, headers });
const seen = (position: string) => ({ 'x-min-position': position, prefer: 'wait=10' });

describe('a search with facets', () => {
  test('counts everything that is found, on whatever page, and says nothing of it unasked', async () => {
    const { position } = await openHall(engine.call, { startsAt: '2099-07-01T19:00:00Z' });
    const path = '/v1/events?q=symphony&limit=1';
    expect((await get(path, seen(position))).body).not.toHaveProperty('facets');
    const { data, facets, nextCursor } = await done(get(`${path}&facets=true`, seen(position)), 200);
    expect(data).toHaveLength(1);
    expect(nextCursor).toEqual(expect.any(String));
    expect(facets).toEqual({
      types: [{ value: 'concert', count: 2 }],
      tags: [{ value: 'classical', count: 2 }],
      cities: [{ id: expect.any(String), name: 'Madrid', country: 'ES', count: 2 }],
      months: [
        { value: '2099-05', count: 1 },
        { value: '2099-07', count: 1 },
      ],
    });
    const narrowed = await done(get(`/v1/events?to=2099-06-01T00:00:00Z&facets=true`), 200);
    expect(narrowed.facets.months).toEqual([{ value: '2099-05', count: 1 }]);
    const nothing = await done(get('/v1/events?q=nothingatall&facets=true'), 200);
    expect(nothing.facets).toEqual({ types: [], tags: [], cities: [], months: [] });
    for (const bad of ['facets=perhaps', 'facets=', 'facets=TRUE', 'facets=1', 'facets=true&facets=true'])
      expect((await get(`/v1/events?${bad}`)).status, bad).toBe(400);
    expect((await get('/v1/events?facets=false')).body.facets).toBeUndefined();
  });
});

describe('a search', () => {
  test('goes on where Link says, with the very words that were asked for', async () => {
    const { position } = await openHall(engine.call);
    const { headers, body } = await get('/v1/events?q=symphony?ninth&tag=classical&limit=1', seen(position));
    const link = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')![1]!;
    expect(Object.fromEntries(new URL(link, engine.url).searchParams)).toEqual({
      q: 'symphony?ninth',
      tag: 'classical',
      limit: '1',
      cursor: body.nextCursor,
    });
    expect((await get(link)).body.data).toHaveLength(1);
  });
});
