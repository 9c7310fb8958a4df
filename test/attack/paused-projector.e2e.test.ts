// Two hundred listeners, some of whom hardly read, while every view in Postgres stands still behind a lock and sales go on:
// nobody is held up, nothing piles up in memory, and once the lock is gone everybody has the state as it is.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, openHall, type Hall } from '../api/hall.ts';
import { codesOf } from '../live/world.ts';
import type { Answer } from '../api/client.ts';
import { startEngine, type RunningEngine } from '../api/running-engine.ts';
import { Follower } from './follower.ts';

const LISTENERS = 200;
const SIPPING = 50;
const SIPPED_PER_SECOND = 1_000;
const SEATS = 300;
/** A round: every seat is blocked or unblocked, and one is held. */
const ROUNDS = 150;
const ROUNDS_BEFORE = 20;
const READERS = 20;
/** Two hundred are told of all of it: some 20 s, and ten times that beside others on a busy machine. */
const TEST_MS_MAX = 600_000;

let engine: RunningEngine;
let hall: Hall;
let listeners: Follower[] = [];
beforeAll(async () => {
  engine = await startEngine();
  hall = await openHall(engine.call, { seats: SEATS });
});
afterAll(async () => {
  for (const listener of listeners) listener.leave();
  await engine.stop();
});

const collect = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
/** By objects and by buffers, without what is garbage. */
function memoryUsed(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const seats = Array.from({ length: SEATS - 1 }, (_, i) => `A-${i + 2}`);
/** Each is acknowledged, and read by who needs no view. */
async function sell(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const verb = round % 2 === 0 ? 'block' : 'unblock';
    await done(engine.call('POST', `${hall.path}/${verb}`, { body: { seats, reason: 'a test' } }), 200);
    const body = { customerId: `c${round}`, seats: ['A-1'] };
    const { hold } = await done(engine.call('POST', `${hall.path}/holds`, { body }), 201);
    await done(engine.call('GET', `${hall.path}/holds/${hold.id}`), 200);
    await done(engine.call('DELETE', `${hall.path}/holds/${hold.id}`), 200);
  }
}

/** No row of any view's book can be changed until it is let go. */
async function pauseProjector(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: engine.databaseUrl });
  // A test that fails leaves it open, until its database is dropped.
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM projections FOR UPDATE');
  return () => client.end();
}

/** The shows of the event, from a view in Postgres. */
const listed = (headers: Record<string, string> = {}) =>
  engine.call('GET', `/v1/events/${hall.eventId}/shows`, { headers });
const freeIn = ({ body }: Answer): number => body.data[0].categories[0].free;

async function lags(): Promise<number[]> {
  const { text } = await engine.call('GET', '/metrics');
  return [...text.matchAll(/^fairseat_projection_lag_events\{.*\} (\d+)/gm)].map(([, events]) =>
    Number(events),
  );
}

test(
  'listeners and everybody else are served while the views stand still, and have the state afterwards',
  { timeout: TEST_MS_MAX },
  async () => {
    listeners = await Promise.all(
      Array.from({ length: LISTENERS }, () => Follower.join(engine.url, hall.path)),
    );
    const sipping = listeners.slice(0, SIPPING).map((listener) => listener.sip(SIPPED_PER_SECOND));
    const reading = listeners.slice(SIPPING).map((listener) => listener.read());
    await sell(ROUNDS_BEFORE);
    await expect.poll(async () => Math.max(...(await lags()))).toBe(0);
    expect(freeIn(await listed())).toBe(SEATS);

    const resume = await pauseProjector();
    const before = memoryUsed();
    const readBefore = reading[0]!.bytesRead;
    await sell(ROUNDS);
    const body = { customerId: 'ada', seats: ['A-1'] };
    const { position, revision } = await done(engine.call('POST', `${hall.path}/holds`, { body }), 201);
    await expect.poll(() => reading.filter((listener) => listener.revision < revision)).toEqual([]);
    const grown = memoryUsed() - before;
    const sent = (reading[0]!.bytesRead - readBefore) * LISTENERS;
    const late = await listed({ 'x-min-position': position, prefer: 'wait=1' });
    const others = await Promise.all(Array.from({ length: READERS }, () => listed()));
    expect(Math.min(...(await lags()))).toBeGreaterThanOrEqual(ROUNDS);
    await resume();

    expect([late, ...others].map((answer) => [answer.status, freeIn(answer)])).toEqual(
      Array.from({ length: READERS + 1 }, () => [200, SEATS]),
    );
    expect(Number(late.headers.get('x-position'))).toBeLessThan(Number(position));
    // What every listener was sent is not kept for it, and the events that wait for the views are few beside it.
    expect(grown).toBeLessThan(sent / 2);

    const seen = async () => {
      const answer = await listed({ 'x-min-position': position, prefer: 'wait=10' });
      return [answer.headers.get('x-position'), freeIn(answer)];
    };
    await expect.poll(seen).toEqual([position, SEATS - 1]);
    for (const listener of sipping) listener.read();
    const map = codesOf((await engine.call('GET', `${hall.path}/availability`)).body);
    expect(map[0]).toBe(1);
    for (const listener of listeners) {
      await expect.poll(() => listener.revision).toBe(revision);
      expect(listener.codes).toEqual(map);
    }
    console.log(
      `${LISTENERS} listeners beside a paused projector: ${sent} bytes sent to them, ${grown} more in memory`,
    );
  },
);
