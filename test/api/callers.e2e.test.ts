// Who may call: without a key, with a wrong one, with one that may not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentedCalls } from './documented.ts';
import { keyWith, openHall } from './hall.ts';
import type { Hall } from './hall.ts';
import { expectRefused } from './refusal.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
let hall: Hall;
let browseKey: string;
beforeAll(async () => {
  engine = await startEngine();
  hall = await openHall(engine.call, { seats: 20, floor: 50 });
  browseKey = (await keyWith(engine.call, ['browse'])).secret;
});
afterAll(() => engine.stop());

describe('a caller', () => {
  test('without a key is Unauthenticated, without the scope Forbidden, before anything else is looked at', async () => {
    const open = new Set([
      '/v1/locations',
      '/v1/events',
      '/v1/seating-plans/{seatingPlanId}',
      '/v1/shows/{showId}',
      '/v1/events/{eventId}',
      '/v1/venues/{venueId}',
      '/v1/events/{eventId}/shows',
      '/v1/locations/{locationId}/events',
      '/v1/shows/{showId}/availability',
      '/v1/shows/{showId}/availability/stream',
    ]);
    for (const [method, path] of await documentedCalls(engine.call)) {
      if (!path.startsWith('/v1/') || (method === 'GET' && open.has(path))) continue;
      const concrete = path.replaceAll(/\{\w+\}/g, 'x');
      const bad = method === 'POST' || method === 'PATCH' ? { body: '{' } : {};
      const anonymous = await engine.call(method, concrete, { key: null, ...bad });
      expectRefused(anonymous, 401, 'Unauthenticated');
      expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expectRefused(await engine.call(method, concrete, { key: browseKey, ...bad }), 403, 'Forbidden');
    }
  });

  test('with something else in Authorization is Unauthenticated on public reads too', async () => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      `Basic ${browseKey}`,
      browseKey,
      `Bearer ${browseKey} x`,
      `Bearer: ${browseKey}`,
      'Bearer a.b.c',
      `Bearer ${'x'.repeat(4000)}`,
    ]) {
      for (const path of ['/v1/events', hall.path, `${hall.path}/availability`])
        expectRefused(
          await engine.call('GET', path, { key: null, headers: { authorization } }),
          401,
          'Unauthenticated',
        );
    }
    expect(
      (
        await engine.call('GET', '/v1/events', {
          key: null,
          headers: { authorization: `bEaReR ${browseKey}` },
        })
      ).status,
    ).toBe(200);
  });
});
