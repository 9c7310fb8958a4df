// A process whose brokers are away says so after a while, however little happens, and takes it back when they answer.
import { beforeEach, expect, test } from 'vitest';
import { feedReadinessOf } from '../../src/profiles/feed-readiness.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

let clock: VirtualClock;
let asked: number;
let ends: () => Promise<number[]>;
beforeEach(() => {
  clock = new VirtualClock(Date.parse('2027-03-01T12:00:00Z'));
  asked = 0;
  ends = () => Promise.resolve([0]);
});
const feed = { ends: () => ((asked += 1), ends()) };
const silent = () => new Promise<never>(() => {});
const refused = () => Promise.reject(new Error('connection refused'));

/** Asks once a second for some seconds; gives the last answer. */
async function after(seconds: number, readiness: () => Promise<string | null>): Promise<string | null> {
  let answer: string | null = null;
  for (let s = 0; s < seconds; s += 1) {
    const answering = readiness();
    await clock.pass(1_000);
    await clock.pass(1_000);
    answer = await answering;
  }
  return answer;
}

test.each([
  ['refuse', refused],
  ['are silent', silent],
])('brokers that %s are away after 15 s, not before, and back when they answer', async (_, away) => {
  let answer = (): void => {};
  ends = away === silent ? () => new Promise((resolve) => (answer = () => resolve([0]))) : away;
  const readiness = feedReadinessOf(feed, clock);
  expect(await after(7, readiness)).toBe(null);
  expect(await after(3, readiness)).toMatch(
    /^Kafka's brokers have not answered for (1[5-9]|20) s.*KAFKA_BROKERS/,
  );
  ends = () => Promise.resolve([0]);
  answer();
  expect(await after(2, readiness)).toBe(null);
});

test('nobody waits for brokers whose silence is still too short to matter', async () => {
  ends = silent;
  const readiness = feedReadinessOf(feed, clock);
  expect(await readiness()).toBe(null); // the clock stands still: a wait would never end
  await clock.pass(14_000);
  expect(await readiness()).toBe(null);
});

test('a feed in which nothing happens for an hour is well, and asked twice a second at most', async () => {
  const readiness = feedReadinessOf(feed, clock, { refusal: null, unacknowledgedSince: null });
  for (let asks = 0; asks < 10; asks += 1) expect(await readiness()).toBe(null);
  expect(asked).toBe(1);
  await clock.pass(3_600_000);
  expect(await readiness()).toBe(null);
  expect(asked).toBe(2);
});

test('brokers that answer, and do not acknowledge what is published, are told by the relay', async () => {
  const relay = { refusal: null, unacknowledgedSince: clock.steady() as number | null };
  const readiness = feedReadinessOf(feed, clock, relay);
  expect(await readiness()).toBe(null);
  await clock.pass(20_000);
  expect(await readiness()).toMatch(/^Kafka's brokers have not acknowledged for 20 s/);
  relay.unacknowledgedSince = null;
  expect(await readiness()).toBe(null);
});
