// Listeners that read 1 kB a second or nothing, while large changes keep coming. The system's own buffers take some 4 MB
// for each before the engine sees that nobody reads; only then it matters what the engine does, so that is waited for.
import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { done, openHall, rowOf } from '../api/hall.ts';
import { Follower } from './follower.ts';
import { expectOthersUnharmed } from './others.ts';
import { startServed } from './served.ts';
import type { ServedEngine } from './served.ts';

const SILENT = 15;
const SIPPING = 5;
const OTHERS = 3;
/** A change of all of them is a frame of some 200 kB. */
const AREAS = 2_000;
const LARGE_CHANGES = 8;
const SMALL_CHANGES = 100;
/** Node's own mark for "full", and one frame that went over it. */
const KEPT_MAX = 64 * 1024 + 300 * 1024;
/** A machine may be busy; what is asked here is not speed. */
const SLOWLY = { timeout: 900_000 };

let engine: ServedEngine;
let show: string;
/** What the engine has open for its listeners. */
const streams = new Set<ServerResponse>();
let followers: Follower[] = [];

beforeAll(async () => {
  engine = await startServed({}, (server) =>
    server.on('request', ({ url }, answer: ServerResponse) => {
      if (!url!.endsWith('/stream')) return;
      streams.add(answer);
      answer.once('close', () => streams.delete(answer));
    }),
  );
  show = await openWideShow();
});
afterEach(() => {
  for (const follower of followers) follower.leave();
  followers = [];
});
afterAll(() => engine.stop());

/** A show with so many areas that a change of all of them is long to tell. */
async function openWideShow(): Promise<string> {
  const { venueId, eventId } = await openHall(engine.call);
  const areas = Array.from({ length: AREAS }, (_, i) => ({
    id: `area-${i}`,
    name: `Area ${i}`,
    categoryId: 'Standing',
    capacity: 100,
  }));
  const body = { plan: rowOf(2), areas };
  const { seatingPlan } = await done(
    engine.call('POST', `/v1/venues/${venueId}/seating-plans`, { body }),
    201,
  );
  const price = { amount: 100, currency: 'EUR' };
  const terms = {
    venueId,
    seatingPlanId: seatingPlan.id,
    startsAt: '2099-05-01T19:00:00Z',
    prices: { Stalls: price, Standing: price },
  };
  const scheduled = await done(engine.call('POST', `/v1/events/${eventId}/shows`, { body: terms }), 201);
  return `/v1/shows/${scheduled.show.id}`;
}

async function join(count: number): Promise<Follower[]> {
  const joined = await Promise.all(Array.from({ length: count }, () => Follower.join(engine.url, show)));
  followers.push(...joined);
  return joined;
}

let isBlocked = false;
/** Blocks or unblocks, gives the show's revision after it once all of `others` have heard of it. */
async function change(others: readonly Follower[], places: Record<string, unknown>): Promise<number> {
  const verb = isBlocked ? 'unblock' : 'block';
  isBlocked = !isBlocked;
  const body = { ...places, reason: 'a test' };
  const { revision } = await done(engine.call('POST', `${show}/${verb}`, { body }), 200);
  await expect
    .poll(() => others.filter((other) => other.revision >= revision).length, { interval: 2 })
    .toBe(others.length);
  return revision as number;
}
const everywhere = {
  areas: Array.from({ length: AREAS }, (_, i) => ({ areaId: `area-${i}`, quantity: 1 })),
};

const behind = async (): Promise<number> =>
  Number(/fairseat_sse_listeners_behind (\d+)/.exec((await engine.call('GET', '/metrics')).text)?.[1]);

/** So many who read nothing or hardly anything; it is over when the engine cannot get rid of anything more to any of them. */
async function stalledBeside(others: readonly Follower[]): Promise<Follower[]> {
  const stalled = await join(SILENT + SIPPING);
  for (const sipping of stalled.slice(SILENT)) sipping.sip(1_000);
  for (let changes = 0; (await behind()) < stalled.length || isBlocked; changes += 1) {
    if (changes > 200) throw new Error('the system takes more than it should: nobody stalls');
    await change(others, everywhere);
  }
  return stalled;
}

/** From asking for a change to its being heard by the last of the others, ms; of many. */
async function hearing(others: readonly Follower[]): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < SMALL_CHANGES; i += 1) {
    const begun = performance.now();
    const revision = await change(others, { seats: ['A-1'] });
    times.push(Math.max(...others.map((other) => other.heardAtMs.get(revision)!)) - begun);
  }
  return times;
}

async function expectToKnowTheMap(follower: Follower): Promise<void> {
  const { revision, areas } = (await engine.call('GET', `${show}/availability`)).body;
  await expect.poll(() => follower.revision).toBe(revision);
  expect([...follower.areas.values()]).toEqual(areas);
}

test(
  'listeners that hardly read are given no more than they take, and who goes on reading has the map as it is',
  SLOWLY,
  async () => {
    const others = (await join(OTHERS)).map((other) => other.read());
    const stalled = await stalledBeside(others);
    const theirs = [...streams].slice(-stalled.length);
    const sizes = () => theirs.map(({ writableLength }) => writableLength);
    const full = sizes();
    const sent = Math.min(...theirs.map(({ socket }) => socket!.bytesWritten - socket!.writableLength));
    const read = Math.max(...stalled.map(({ bytesRead }) => bytesRead));
    const kept = Math.max(...full);
    console.log(
      `${stalled.length} stalled listeners: sent at least ${sent} bytes, have read at most ${read}; at most ${kept} kept for each`,
    );
    expect(read).toBeLessThan(sent / 4);
    for (let i = 0; i < LARGE_CHANGES; i += 1) await change(others, everywhere);
    expect(sizes()).toEqual(full);
    expect(kept).toBeLessThan(KEPT_MAX);
    expect(await behind()).toBe(stalled.length);

    await change(others, { seats: ['A-1'] });
    for (const follower of stalled) follower.read();
    for (const follower of stalled) await expectToKnowTheMap(follower);
    expect(await behind()).toBe(0);
    await change(stalled, { seats: ['A-1'] });
    for (const follower of [...stalled, ...others]) await expectToKnowTheMap(follower);
  },
);

test('others hear of each change as soon beside them as without them', SLOWLY, async () => {
  const others = (await join(OTHERS)).map((other) => other.read());
  let stalled: Follower[] = [];
  await expectOthersUnharmed(
    `${SILENT + SIPPING} stalled listeners`,
    async () => {
      for (const follower of stalled) follower.leave();
      return hearing(others);
    },
    async () => {
      stalled = await stalledBeside(others);
      const times = await hearing(others);
      // On a very busy machine they may have been hung up on by now: such a half says nothing.
      return (await behind()) === stalled.length ? times : [Infinity];
    },
  );
});
