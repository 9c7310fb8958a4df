// The live view answers with what the log says: the map, the page, the past, and when something changed.
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { MINUTE, T0 } from '../domain/show/show-spec.ts';
import { turn } from '../support/virtual-clock.ts';
import { LiveWorld, SHOW, codesOf, trueMap } from './world.ts';

const GHOST = '00000000-0000-4000-8000-00000000dead';

describe('the map', () => {
  it('has every member of the contract, two bits a seat', async () => {
    const world = await LiveWorld.started({ rows: 1, seatsPerRow: 5 });
    world.show.held('ann', ['A-2']);
    world.show.booked('bob', ['A-5']);
    await world.publish();
    const map = await world.map();
    expect(map).toMatchObject({
      showId: SHOW,
      revision: 3,
      seatingPlanId: 'plan-1',
      seatCount: 5,
      areas: [],
    });
    expect(Buffer.from(map.seats, 'base64')).toHaveLength(2);
    expect(codesOf(map)).toEqual([0, 1, 0, 0, 2]);
  });

  it('is the same bytes until the show changes', async () => {
    const world = await LiveWorld.started();
    const first = (await world.live.availability(SHOW))!;
    expect((await world.live.availability(SHOW))!.body).toBe(first.body);
    world.show.held('ann', ['A-1']);
    await world.publish();
    const second = (await world.live.availability(SHOW))!;
    expect(second.etag).not.toBe(first.etag);
    expect(second.revision).toBe(1);
  });

  it('shows what is kept for the line as blocked, and as free again when nobody waits', async () => {
    const world = await LiveWorld.started({
      rows: 1,
      seatsPerRow: 2,
      areas: [{ id: 'pit', name: 'Pit', categoryId: 'Stalls', capacity: 1 }],
    });
    const bookings = world.show.sellOut();
    world.show.held('pat', { areas: [{ areaId: 'pit', quantity: 1 }] });
    const entry = world.show.joined('ann', 3);
    world.show.accepts(world.show.cancel(bookings[0]!));
    await world.publish();
    expect(codesOf(await world.map())).toEqual([3, 2]);
    world.show.accepts(world.show.leave(entry));
    await world.publish();
    expect(codesOf(await world.map())).toEqual([0, 2]);
    expect(await world.map()).toMatchObject({ areas: trueMap(world.show.state).areas });
  });

  it('knows a show that came to be after the start, and none that never did', async () => {
    const world = new LiveWorld();
    await world.live.start();
    expect(await world.live.availability(SHOW)).toBeNull();
    await world.publish();
    expect(await world.live.availability(SHOW)).not.toBeNull();
    for (let i = 0; i < 100; i += 1)
      expect(await world.live.page(GHOST.replace('dead', String(1000 + i)))).toBeNull();
    expect(world.live.size.shows).toBe(1);
  });
});

describe('the page', () => {
  it('has the venue and the revision, and changes its ETag with either and with the clock', async () => {
    const world = await LiveWorld.started();
    const page = (await world.live.page(SHOW))!;
    expect(JSON.parse(page.body.toString())).toMatchObject({
      show: { id: SHOW, status: 'onSale', venue: { name: 'Hall' }, timeZone: 'Europe/Madrid' },
      revision: 0,
    });
    expect((await world.live.page(SHOW))!.body).toBe(page.body);
    await world.clock.pass(31 * 24 * 60 * MINUTE);
    const closed = (await world.live.page(SHOW))!;
    expect(JSON.parse(closed.body.toString())).toMatchObject({ show: { status: 'closed' } });
    expect(closed.etag).not.toBe(page.etag);
  });

  it('reads a venue once for many, and again when its stream moves on', async () => {
    const world = new LiveWorld();
    let reads = 0;
    const venueOf = async () => ({ venue: { name: `Hall ${(reads += 1)}` }, etag: `v${reads}` });
    world.live = world.another({ venueOf });
    await world.live.start();
    await world.publish();
    await Promise.all([world.live.page(SHOW), world.live.page(SHOW), world.live.page(SHOW)]);
    expect(reads).toBe(1);
    const metadata = world.show.history[0]!.metadata as RecordedEvent['metadata'];
    await world.log.append('venue-venue-1', -1, [
      { id: GHOST, type: 'VenueEdited', data: { name: 'Hall 2' }, metadata },
    ]);
    await turn();
    expect((await world.live.page(SHOW))!.body.toString()).toContain('Hall 2');
  });
});

describe('waiting', () => {
  it('for a change answers at once when there was one, with the next, or not at all', async () => {
    const world = await LiveWorld.started();
    expect(await world.live.waitForChange(SHOW, -1, 30_000)).toBe(true);
    const next = world.live.waitForChange(SHOW, 0, 30_000);
    const late = world.live.waitForChange(SHOW, 5, 30_000);
    await world.clock.pass(1_000);
    world.show.held('ann', ['A-1']);
    await world.publish();
    expect(await next).toBe(true);
    await world.clock.pass(30_000);
    expect(await late).toBe(false);
  });

  it('for a position ends when the view has got there', async () => {
    const world = await LiveWorld.started();
    const reached = world.live.waitFor(2, 10_000);
    world.show.held('ann', ['A-1']);
    await world.publish();
    expect(await reached).toBe(true);
    expect(world.live.position()).toBe(2);
    const never = world.live.waitFor(3, 10_000);
    await world.clock.pass(10_000);
    expect(await never).toBe(false);
  });

  it('ends at once when the client goes or the process stops', async () => {
    const world = await LiveWorld.started();
    const gone = new AbortController();
    const first = world.live.waitForChange(SHOW, 0, 30_000, gone.signal);
    const second = world.live.waitForChange(SHOW, 0, 30_000);
    await turn();
    gone.abort();
    expect(await first).toBe(false);
    await world.live.stop();
    expect(await second).toBe(false);
  });
});

describe('the long poll of a waitlist entry', () => {
  async function soldOut() {
    const world = await LiveWorld.started({ rows: 1, seatsPerRow: 2 }, { offerTtlMs: MINUTE });
    const bookings = world.show.sellOut();
    const [ann, bob] = [world.show.joined('ann'), world.show.joined('bob')];
    await world.publish();
    return { world, bookings, ann, bob };
  }

  it('ends with the offer, and for who moves up, but not for what does not concern the entry', async () => {
    const { world, bookings, ann, bob } = await soldOut();
    const after = world.revision;
    const offered = world.live.waitForEntryChange(SHOW, ann, after, 30_000);
    const movedUp = world.live.waitForEntryChange(SHOW, bob, after, 30_000);
    world.show.joined('cat');
    await world.publish();
    const cat = world.live.waitForEntryChange(SHOW, ann, after, 10);
    await world.clock.pass(10);
    expect(await cat).toBe(false);
    world.show.now = world.clock.now();
    world.show.accepts(world.show.cancel(bookings[0]!));
    await world.publish();
    expect(await offered).toBe(true);
    expect(await movedUp).toBe(true);
  });

  it('ends when the offer lapses by the clock, recorded or not', async () => {
    const { world, bookings, ann } = await soldOut();
    world.show.accepts(world.show.cancel(bookings[0]!));
    await world.publish();
    const lapse = world.live.waitForEntryChange(SHOW, ann, world.revision, 2 * MINUTE);
    await world.clock.pass(MINUTE);
    expect(await lapse).toBe(true);
    // Whoever asks again knows of the offer only: that it is over is news.
    expect(await world.live.waitForEntryChange(SHOW, ann, world.revision, 0)).toBe(true);
  });

  it.each([
    ['the timer fires a millisecond before its time, as timers of Node do', 1],
    ['the clock is put back meanwhile', 5_000],
  ])('ends with the lapse and not before, though %s', async (_what, earlyMs) => {
    const { world, bookings, ann } = await soldOut();
    world.show.accepts(world.show.cancel(bookings[0]!));
    await world.publish();
    const lapse = world.live.waitForEntryChange(SHOW, ann, world.revision, 2 * MINUTE);
    await turn();
    world.clock.putMs = -earlyMs;
    const answer = Promise.race([lapse, world.clock.sleep(MINUTE).then(() => 'waits on')]);
    await world.clock.pass(MINUTE);
    expect(await answer).toBe('waits on');
    await world.clock.pass(earlyMs);
    expect(await lapse).toBe(true);
  });

  it('ends with the process while an offer is live', async () => {
    const { world, bookings, ann } = await soldOut();
    world.show.accepts(world.show.cancel(bookings[0]!));
    await world.publish();
    const waiting = world.live.waitForEntryChange(SHOW, ann, world.revision, 2 * MINUTE);
    await turn();
    await world.live.stop();
    expect(await waiting).toBe(false);
  });

  it('waits no longer than it may, though the clock is put back while the view gets to `after`', async () => {
    const { world, ann } = await soldOut();
    const waiting = world.live.waitForEntryChange(SHOW, ann, world.revision + 1, 30_000);
    await world.clock.pass(10_000);
    world.clock.putMs = -3_600_000;
    world.show.joined('cat');
    await world.publish();
    const asked = Promise.race([waiting, world.clock.sleep(60_000).then(() => 'waits on')]);
    await world.clock.pass(60_000);
    expect(await asked).toBe(false);
  });

  it('waits for the view to reach `after`, and does not wait for an entry that is not there', async () => {
    const { world, ann } = await soldOut();
    expect(await world.live.waitForEntryChange(SHOW, 'nobody', world.revision, 30_000)).toBe(true);
    expect(await world.live.waitForEntryChange(SHOW, ann, 0, 30_000)).toBe(true);
    const ahead = world.live.waitForEntryChange(SHOW, ann, world.revision + 1, 1_000);
    await world.clock.pass(1_000);
    expect(await ahead).toBe(false);
  });
});

describe('the past', () => {
  it('is folded once, with turns for everything else in between', async () => {
    const world = await LiveWorld.started({ rows: 1, seatsPerRow: 3 });
    for (let i = 0; i < 600; i += 1) world.show.accepts(world.show.release(world.show.held('ann', ['A-1'])));
    await world.publish();
    let [reads, turns, folding] = [0, 0, true];
    const readStream = world.log.readStream.bind(world.log);
    world.log.readStream = (...asked) => {
      reads += 1;
      return readStream(...asked);
    };
    await world.live.availability(SHOW);
    const count = (): void => {
      turns += 1;
      if (folding) setImmediate(count);
    };
    setImmediate(count);
    await world.live.availabilityAsOf(SHOW, { revision: 1_190 });
    folding = false;
    expect(turns).toBeGreaterThan(1);
    reads = 0;
    for (let i = 0; i < 2; i += 1)
      expect(await world.live.availabilityAsOf(SHOW, { timeMs: T0 - 1 })).toBeNull();
    expect(reads).toBe(1);
  });

  it('is the map after a revision or at a time; before the first event there is nothing, beyond the last the present', async () => {
    const world = await LiveWorld.started({ rows: 1, seatsPerRow: 3 });
    world.show.now = T0 + MINUTE;
    world.show.held('ann', ['A-1']);
    world.show.now = T0 + 2 * MINUTE;
    world.show.held('bob', ['A-2']);
    await world.publish();
    const at = async (moment: { revision: number } | { timeMs: number }) => {
      const body = await world.live.availabilityAsOf(SHOW, moment);
      return body && codesOf(JSON.parse(body.body.toString()) as { seats: string; seatCount: number });
    };
    expect(await at({ revision: 0 })).toEqual([0, 0, 0]);
    expect(await at({ revision: 1 })).toEqual([1, 0, 0]);
    expect(await at({ revision: 1 })).toEqual([1, 0, 0]);
    expect(await at({ revision: 99 })).toEqual([1, 1, 0]);
    expect(await at({ timeMs: T0 + MINUTE })).toEqual([1, 0, 0]);
    expect(await at({ timeMs: T0 + MINUTE - 1 })).toEqual([0, 0, 0]);
    expect(await at({ timeMs: T0 - 1 })).toBeNull();
    expect(await at({ timeMs: T0 + 99 * MINUTE })).toEqual([1, 1, 0]);
    expect(await world.live.availabilityAsOf(GHOST, { revision: 0 })).toBeNull();
  });
});
