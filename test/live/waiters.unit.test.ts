// Those who wait for something to become true: until it is, until the time is over, or until nobody listens to them any more.
import { expect, it } from 'vitest';
import { Waiters } from '../../src/live/waiters.ts';
import { turn, VirtualClock } from '../support/virtual-clock.ts';

function stage() {
  const clock = new VirtualClock(0);
  return { clock, waiters: new Waiters(clock) };
}

it('wait until it is so, at most as long as they said, and then leave nothing', async () => {
  const { clock, waiters } = stage();
  let isSo = false;
  const long = waiters.until(() => isSo, 1_000);
  const short = waiters.until(() => isSo, 100);
  expect(waiters.size).toBe(2);
  await clock.pass(100);
  expect(await short).toBe(false);
  expect(waiters.size).toBe(1);
  isSo = true;
  waiters.notify();
  expect(await long).toBe(true);
  expect(waiters.size).toBe(0);
});

it('who has gone does not wait, be it before or after the wait began', async () => {
  const { waiters } = stage();
  expect(await waiters.until(() => false, 1_000, AbortSignal.abort())).toBe(false);
  const client = new AbortController();
  const waiting = waiters.until(() => false, 1_000, client.signal);
  await turn();
  client.abort();
  expect(await waiting).toBe(false);
  expect(waiters.size).toBe(0);
});

it('once closed, nobody waits any more', async () => {
  const { waiters } = stage();
  const waiting = waiters.until(() => false, 1_000);
  waiters.close();
  expect([await waiting, await waiters.until(() => false, 1_000)]).toEqual([false, false]);
  expect(await waiters.until(() => true, 1_000)).toBe(true);
});
