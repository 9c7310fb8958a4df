// Holding and letting lapse over HTTP: what one customer keeps, what a cool-down says, and that a restart forgets nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHall } from '../api/hall.ts';
import type { Hall } from '../api/hall.ts';
import { expectRefused } from '../api/refusal.ts';
import { startEngine } from '../api/running-engine.ts';
import type { RunningEngine } from '../api/running-engine.ts';

let engine: RunningEngine;
let hall: Hall;
beforeAll(async () => {
  engine = await startEngine();
  hall = await openHall(engine.call, { seats: 40, holdTtlMs: 1000, cooldownMs: 3_600_000 });
});
afterAll(() => engine.stop());

const hold = (customerId: string, quantity: number, { path } = hall) =>
  engine.call('POST', `${path}/holds`, {
    body: { customerId, bestAvailable: { categoryId: 'Stalls', quantity } },
  });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a bot', () => {
  test('keeps at most its limit, however many requests it sends at once', async () => {
    // Not the hall where holds last a second: some would be over before all have been asked for.
    const lasting = await openHall(engine.call, { seats: 40 });
    const answers = await Promise.all(Array.from({ length: 60 }, () => hold('greedy', 1, lasting)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(expectRefused(answer, 409, 'TicketLimitExceeded')).toMatchObject({ limit: 10, held: 10 });
    expect((await hold('neighbour', 10, lasting)).status).toBe(201);
  });

  test('that lets three holds in a row lapse pauses, also after a restart, and nobody else does', async () => {
    for (let lapse = 0; lapse < 3; lapse += 1) {
      expect((await hold('bot', 2)).status).toBe(201);
      await sleep(1050);
    }
    const { until } = expectRefused(await hold('bot', 2), 409, 'CoolingDown');
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(3_500_000);
    await engine.restart();
    expect(expectRefused(await hold('bot', 2), 409, 'CoolingDown').until).toBe(until);
    const line = engine.call('POST', `${hall.path}/waitlist`, {
      body: { customerId: 'bot', categoryId: 'Stalls', quantity: 1 },
    });
    expect(expectRefused(await line, 409, 'CoolingDown').until).toBe(until);
    expect((await hold('somebody', 2)).status).toBe(201);
  });
});

test('the cool-down of a show is seen on its page and in the list, and is 0 unless given', async () => {
  const plain = await openHall(engine.call, {});
  for (const [{ path, eventId, position }, cooldownMs] of [
    [hall, 3_600_000],
    [plain, 0],
  ] as const) {
    const headers = { 'x-min-position': position, prefer: 'wait=10' };
    const list = await engine.call('GET', `/v1/events/${eventId}/shows`, { headers });
    expect([
      list.body.data[0].cooldownMs,
      (await engine.call('GET', path, { headers })).body.show.cooldownMs,
    ]).toEqual([cooldownMs, cooldownMs]);
  }
  const body = { cooldownMs: 86_400_001 };
  expect(
    expectRefused(await engine.call('PATCH', hall.path, { body }), 400, 'InvalidRequest').errors[0].pointer,
  ).toBe('/cooldownMs');
});
