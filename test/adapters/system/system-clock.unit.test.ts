// The real clock's sleep: its length, and how it ends early.
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';

test('sleep lasts as long as it says', async () => {
  const startedAt = performance.now();
  await systemClock.sleep(30);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
});

test('an abort ends a sleep at once, before it and during it', async () => {
  const startedAt = performance.now();
  await systemClock.sleep(60_000, AbortSignal.abort());
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort();
  await sleeping;
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});

test('a very long sleep does not end at once', async () => {
  const stop = new AbortController();
  let awake = false;
  const sleeping = systemClock.sleep(10_000_000_000, stop.signal).then(() => {
    awake = true;
  });
  await systemClock.sleep(20);
  expect(awake).toBe(false);
  stop.abort();
  await sleeping;
});
