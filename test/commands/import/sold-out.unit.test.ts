// What a feed says is sold out, and what is given back when it says otherwise.
import { describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import { blockedBy } from '../../../src/commands/import/sold-out.ts';
import type { NewEvent } from '../../../src/domain/event.ts';
import type { CapacityChanged } from '../../../src/domain/show/events.ts';
import { ImportHouse, feedOf, typesOf, zoneOf, join } from '../support/import-house.ts';

const free = async (house: ImportHouse) => (await house.show('1', '7')).categories.map((c) => c.free);
const hold = (house: ImportHouse, quantity: number) =>
  house.send('1', '7', {
    kind: 'HoldSeats',
    holdId: crypto.randomUUID(),
    clientId: 'shop',
    customerId: 'ann',
    seats: [],
    areas: [{ areaId: '2:unnumbered', quantity }],
  });

describe('sold_out', () => {
  const zones = zoneOf('1', 5, true) + zoneOf('2', 5, false);

  test('leaves nothing free, and "false" later gives back what it blocked', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones, soldOut: 'true' }));
    expect(await free(house)).toEqual([0, 0]);
    expect(await house.imported(feedOf({ zones, soldOut: 'true' }))).toMatchObject({ unchanged: [1, 1] });
    expect(await house.imported(feedOf({ zones }))).toMatchObject({ updated: [0, 1] });
    expect(await free(house)).toEqual([5, 5]);
    expect(await house.imported(feedOf({ zones }))).toMatchObject({ unchanged: [1, 1] });
  });

  test('keeps what an organiser blocked before', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones }));
    await house.send('1', '7', {
      kind: 'BlockSeats',
      seats: ['1-1'],
      areas: [{ areaId: '2:unnumbered', quantity: 2 }],
      reason: 'house seats',
    });
    await house.imported(feedOf({ zones, soldOut: 'true' }));
    expect(await free(house)).toEqual([0, 0]);
    await house.imported(feedOf({ zones }));
    expect(await free(house)).toEqual([4, 3]);
  });

  const area = (capacity: number) => zoneOf('2', capacity, false);
  const block = (house: ImportHouse, quantity: number) =>
    house.send('1', '7', {
      kind: 'BlockSeats',
      seats: [],
      areas: [{ areaId: '2:unnumbered', quantity }],
      reason: 'house places',
    });

  test('in an area that has shrunk meanwhile gives back what is left beside the house places', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: area(10) }));
    await block(house, 2);
    await hold(house, 3);
    await house.imported(feedOf({ zones: area(10), soldOut: 'true' }));
    await house.imported(feedOf({ zones: area(6), soldOut: 'true' }));
    await house.imported(feedOf({ zones: area(6) }));
    expect((await house.show('1', '7')).categories[0]).toMatchObject({ free: 1, held: 3, blocked: 2 });
  });

  test('in an area that has shrunk meanwhile is over when all that is left was given back', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: area(10), soldOut: 'true' }));
    await house.imported(feedOf({ zones: area(4) }));
    expect(await free(house)).toEqual([4]);
    await block(house, 2);
    expect(await house.imported(feedOf({ zones: area(4) }))).toMatchObject({ unchanged: [1, 1] });
    expect(await free(house)).toEqual([2]);
  });

  test('gives everything back where house places went with a smaller capacity', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: area(10) }));
    await block(house, 5);
    await house.imported(feedOf({ zones: area(3) }));
    await house.imported(feedOf({ zones: area(10), soldOut: 'true' }));
    await house.imported(feedOf({ zones: area(10) }));
    expect(await free(house)).toEqual([7]);
  });

  test('gives everything back where house places went with another plan', async () => {
    const house = new ImportHouse();
    const both = (seats: number, places: number) => zoneOf('1', seats, true) + area(places);
    await house.imported(feedOf({ zones: both(5, 10) }));
    await block(house, 6);
    await house.imported(feedOf({ zones: both(4, 3) }));
    await house.imported(feedOf({ zones: both(4, 10), soldOut: 'true' }));
    expect(await free(house)).toEqual([0, 0]);
    await house.imported(feedOf({ zones: both(4, 10) }));
    expect(await free(house)).toEqual([4, 7]);
  });

  test('gives everything back where house places went because all that was left was held', async () => {
    for (const withSeats of [false, true]) {
      const house = new ImportHouse();
      const zonesOf = (places: number, seats: number) =>
        area(places) + (withSeats ? zoneOf('1', seats, true) : '');
      await house.imported(feedOf({ zones: zonesOf(10, 5) }));
      await block(house, 2);
      await hold(house, 8);
      await house.imported(feedOf({ zones: zonesOf(8, 4) }));
      await house.imported(feedOf({ zones: zonesOf(12, 5), soldOut: 'true' }));
      await house.imported(feedOf({ zones: zonesOf(12, 5) }));
      expect((await house.show('1', '7')).categories[0]).toMatchObject({ free: 4, held: 8, blocked: 0 });
    }
  });

  test('gives no house places back where a log of before says not what went with a smaller capacity', async () => {
    const house = new ImportHouse({ log: new LogOfBefore({ now: Date.now, sleep: async () => {} }) });
    await house.imported(feedOf({ zones: area(10) }));
    await block(house, 2);
    await house.imported(feedOf({ zones: area(10), soldOut: 'true' }));
    await house.imported(feedOf({ zones: area(6), soldOut: 'true' }));
    await house.imported(feedOf({ zones: area(6) }));
    expect((await house.show('1', '7')).categories[0]).toMatchObject({ free: 4, blocked: 2 });
  });

  test('is given back also where some of its seats went with a smaller zone', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: zoneOf('1', 8, true), soldOut: 'true' }));
    await house.imported(feedOf({ zones: zoneOf('1', 5, true) }));
    expect(await free(house)).toEqual([5]);
  });

  test('is given back also where hundreds of blocks and unblocks came before it', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: area(5) }));
    for (let i = 0; i < 500; i += 1)
      await house.send('1', '7', {
        kind: i % 2 === 0 ? 'BlockSeats' : 'UnblockSeats',
        seats: [],
        areas: [{ areaId: '2:unnumbered', quantity: 1 }],
        reason: 'house places',
      });
    await house.imported(feedOf({ zones: area(5), soldOut: 'true' }));
    await house.imported(feedOf({ zones: area(5) }));
    expect(await free(house)).toEqual([5]);
  });

  test('takes seats that are new with a larger capacity too', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones, soldOut: 'true' }));
    await house.imported(feedOf({ zones: zoneOf('1', 8, true) + zoneOf('2', 9, false), soldOut: 'true' }));
    expect(await free(house)).toEqual([0, 0]);
  });

  test('of a new show is decided with the show: at no revision is anything on sale', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones, soldOut: 'true' }));
    const [scheduled, blocked, ...others] = await house.showEvents('1', '7');
    expect([scheduled?.type, blocked?.type, others]).toEqual(['ShowScheduled', 'SeatsBlocked', []]);
    expect(scheduled?.data).not.toHaveProperty('soldOutReason');
    expect(blocked?.metadata.commandId).toBe(scheduled?.metadata.commandId);
    expect(blocked?.data).toMatchObject({
      seats: ['1-1', '1-2', '1-3', '1-4', '1-5'],
      areas: [{ areaId: '2:unnumbered', quantity: 5 }],
    });
  });

  test('with more places than before offers none of them to the line', async () => {
    for (const categoryId of ['1', '2:unnumbered']) {
      const house = new ImportHouse();
      await house.imported(feedOf({ zones, soldOut: 'true' }));
      await join(house, categoryId, true);
      const more = zoneOf('1', 8, true) + zoneOf('2', 9, false, '25.00');
      expect(await house.imported(feedOf({ zones: more, soldOut: 'true' }))).toMatchObject({
        updated: [0, 1],
        rejected: [],
      });
      expect(typesOf(await house.showEvents('1', '7'))).not.toContain('SeatsOffered');
      expect(await free(house)).toEqual([0, 0]);
    }
  });

  test('with more places than before has each of them blocked by the command that adds it', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones, soldOut: 'true' }));
    for (const places of [5, 9])
      await house.imported(feedOf({ zones: zoneOf('1', 8, true) + area(places), soldOut: 'true' }));
    const events = (await house.showEvents('1', '7')).slice(2);
    const commands = events.map(({ type, metadata }) => [type, metadata.commandId]);
    const added = commands.filter(([type]) => type === 'CapacityChanged');
    expect(added).toHaveLength(2);
    expect(commands).toEqual(
      added.flatMap(([type, id]) => [
        [type, id],
        ['SeatsBlocked', id],
      ]),
    );
  });

  test('is told apart from others in an area by their numbers', () => {
    const event = (type: string, actor: string, quantity: number) => ({
      type,
      data: { seats: [], areas: [{ areaId: 'a', quantity }] },
      metadata: { actor } as never,
    });
    const ours = (...events: ReturnType<typeof event>[]) => blockedBy('import:x', events).areas;
    expect(ours(event('SeatsBlocked', 'client:1', 3), event('SeatsBlocked', 'import:x', 5))).toEqual([
      { areaId: 'a', quantity: 5, others: 3 },
    ]);
    expect(
      ours(
        event('SeatsBlocked', 'client:1', 3),
        event('SeatsBlocked', 'import:x', 5),
        event('SeatsUnblocked', 'client:1', 4),
      ),
    ).toEqual([{ areaId: 'a', quantity: 4, others: 0 }]);
    expect(ours(event('SeatsBlocked', 'import:x', 5), event('SeatsUnblocked', 'import:x', 5))).toEqual([]);
    const less = (quantity: number) => ({
      type: 'CapacityChanged',
      data: { areas: [], blockedGone: [{ areaId: 'a', quantity }], reason: '' },
      metadata: { actor: 'client:1' } as never,
    });
    const both = [event('SeatsBlocked', 'client:1', 3), event('SeatsBlocked', 'import:x', 5)];
    expect(blockedBy('import:x', [...both, less(2)]).areas).toEqual([
      { areaId: 'a', quantity: 3, others: 3 },
    ]);
    expect(blockedBy('import:x', [...both, less(6)]).areas).toEqual([]);
    expect(blockedBy('import:x', [...both, less(6), event('SeatsBlocked', 'import:x', 1)]).areas).toEqual([
      { areaId: 'a', quantity: 1, others: 2 },
    ]);
  });
});

/** As logs were written before `CapacityChanged` said what of the blocked places goes with the room. */
class LogOfBefore extends MemoryEventLog {
  override append(stream: string, expectedRevision: number, events: readonly NewEvent[]) {
    const before = events.map((event) => {
      const { blockedGone: _gone, ...data } = event.data as Partial<CapacityChanged['data']>;
      return { ...event, data };
    });
    return super.append(stream, expectedRevision, before);
  }
}
