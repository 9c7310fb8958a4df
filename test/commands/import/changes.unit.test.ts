// What later feeds change in a show that people have tickets for, and what they leave alone.
import { describe, expect, test } from 'vitest';
import { feedSource } from '../../../src/commands/import/feed.ts';
import { importedShowId } from '../../../src/commands/import/ids.ts';
import {
  capacities,
  feedOf,
  hold,
  ImportHouse,
  release,
  typesOf,
  zoneOf,
  join,
} from '../support/import-house.ts';

const PATH = '/eventList/output/base_event[1]/event[1]';

describe('times that are refused', () => {
  test('leave prices and capacities to be changed', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: zoneOf('1', 10, false) }));
    const later = feedOf({ zones: zoneOf('1', 20, false, '25.00') })
      .replace(' sell_to="2021-06-30T20:00:00"', '')
      .replace('sell_from="2020-07-01', 'sell_from="2021-07-01');
    expect(await house.imported(later)).toMatchObject({
      updated: [0, 1],
      rejected: [[PATH, 'InvalidRequest']],
    });
    expect(await capacities(house)).toEqual({ '1:unnumbered': 20 });
    expect((await house.show('1', '7')).categories[0]?.price.amount).toBe(2500);
  });
});

test('a time that the feed no longer gives is none any more', async () => {
  const house = new ImportHouse();
  const zones = zoneOf('1', 10, false);
  await house.imported(feedOf({ zones }));
  const later = feedOf({ zones }).replace(/ sell_to="[^"]*"/, '');
  expect(await house.imported(later)).toMatchObject({ updated: [0, 1], rejected: [] });
  // Sales close as the show starts.
  const { startsAt, salesCloseAt } = await house.show('1', '7');
  expect(salesCloseAt).toBe(startsAt);
});

test('prices in another currency are other prices', async () => {
  const house = new ImportHouse();
  await house.imported(feedOf({ zones: zoneOf('1', 10, false) }));
  const outcome = await house.import(feedOf({ zones: zoneOf('1', 10, false) }), {
    source: feedSource('provider', { currency: 'USD' }),
  });
  expect(outcome).toMatchObject({ value: { updated: { shows: 1 }, rejected: [] } });
  expect((await house.show('1', '7')).categories[0]?.price.currency).toBe('USD');
});

const offersOf = async (house: ImportHouse) =>
  (await house.showEvents('1', '7')).filter(({ type }) => type === 'SeatsOffered').map(({ data }) => data);

describe('sales that a feed prolongs after they closed', () => {
  const zones = zoneOf('1', 2, false);
  const until = (day: string, later: string) => later.replace('sell_to="2021-06-30', `sell_to="${day}`);
  const closedWithALine = async (house: ImportHouse) => {
    await house.imported(until('2021-01-20', feedOf({ zones })));
    const held = await hold(house, { areas: [{ areaId: '1:unnumbered', quantity: 2 }] });
    await join(house, '1:unnumbered');
    house.nowMs = Date.parse('2021-01-21T12:00:00Z');
    await release(house, held).catch(() => {}); // Lapsed by now.
  };

  test('at another price are offered to the line at that price', async () => {
    const house = new ImportHouse();
    await closedWithALine(house);
    await house.imported(feedOf({ zones: zoneOf('1', 2, false, '25.00') }));
    expect(await offersOf(house)).toMatchObject([{ total: { amount: 5000 } }]);
  });

  test('but sold out are offered to nobody', async () => {
    const house = new ImportHouse();
    await closedWithALine(house);
    await house.imported(feedOf({ zones, soldOut: 'true' }));
    expect(await offersOf(house)).toEqual([]);
    expect((await house.show('1', '7')).categories[0]).toMatchObject({ free: 0, blocked: 2, waiting: 1 });
  });
});

describe('a capacity below what is taken', () => {
  test('of an area is named and stays as it was; the rest of the change is made', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: zoneOf('1', 10, false) + zoneOf('2', 10, false) }));
    await hold(house, { areas: [{ areaId: '1:unnumbered', quantity: 4 }] });
    const later = feedOf({ zones: zoneOf('1', 3, false, '25.00') + zoneOf('2', 5, false) });
    expect(await house.imported(later)).toMatchObject({
      updated: [0, 1],
      rejected: [[`${PATH}/zone[1]/@capacity`, 'CapacityBelowTaken']],
    });
    expect(await capacities(house)).toEqual({ '1:unnumbered': 10, '2:unnumbered': 5 });
    expect((await house.show('1', '7')).categories[0]?.price.amount).toBe(2500);
    // Nothing is left to change, but the feed still asks for what it cannot have.
    expect(await house.imported(later)).toMatchObject({
      unchanged: [1, 1],
      rejected: [[`${PATH}/zone[1]/@capacity`, 'CapacityBelowTaken']],
    });
    expect(
      await house.imported(feedOf({ zones: zoneOf('1', 4, false, '25.00') + zoneOf('2', 5, false) })),
    ).toMatchObject({ updated: [0, 1], rejected: [] });
  });

  test('of a numbered zone keeps its seats while other zones change', async () => {
    const house = new ImportHouse();
    await house.imported(
      feedOf({ zones: zoneOf('1', 30, true) + zoneOf('2', 30, true) + zoneOf('3', 10, false) }),
    );
    await hold(house, { seats: ['1-25'] });
    await hold(house, { areas: [{ areaId: '3:unnumbered', quantity: 2 }] });
    const later = feedOf({ zones: zoneOf('1', 20, true) + zoneOf('2', 40, true) + zoneOf('3', 1, false) });
    const result = await house.imported(later);
    expect(new Set(result.rejected.map(([path]) => path))).toEqual(
      new Set([`${PATH}/zone[1]/@capacity`, `${PATH}/zone[3]/@capacity`]),
    );
    expect(await capacities(house)).toEqual({ '1': 30, '2': 40, '3:unnumbered': 10 });
    expect((await house.show('1', '7')).categories[0]?.held).toBe(1);
  });

  test('is no matter when the seats that go are free: those that stay keep id, row and holder', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: zoneOf('1', 30, true) }));
    await hold(house, { seats: ['1-20'] });
    expect(await house.imported(feedOf({ zones: zoneOf('1', 22, true) }))).toMatchObject({
      updated: [0, 1],
      rejected: [],
    });
    const { value } = await house.pipeline.read(
      house.shows,
      importedShowId('provider', '1', '7'),
      ({ plan, seats }) => ({
        ids: plan.seatIds.slice(-3),
        rows: plan.rows.map((r) => [r.name, r.end - r.start]),
        held: seats.status[plan.seatIndex.get('1-20') ?? -1],
      }),
    );
    expect(value).toEqual({
      ids: ['1-20', '1-21', '1-22'],
      rows: [
        ['1', 20],
        ['2', 2],
      ],
      held: 1,
    });
  });
});

describe('zones', () => {
  test('that are new are added, those that vanish stay, capacity 0 is nothing to sell', async () => {
    const house = new ImportHouse();
    await house.imported(
      feedOf({ zones: zoneOf('1', 5, true) + zoneOf('2', 0, true) + zoneOf('3', 0, false) }),
    );
    expect(await capacities(house)).toEqual({ '1': 5, '2': 0, '3:unnumbered': 0 });
    expect(
      await house.imported(feedOf({ zones: zoneOf('4', 8, true) + zoneOf('2', 3, true) })),
    ).toMatchObject({ updated: [0, 1] });
    expect(await capacities(house)).toEqual({ '1': 5, '2': 3, '3:unnumbered': 0, '4': 8 });
    expect(
      await house.imported(feedOf({ zones: zoneOf('4', 8, true) + zoneOf('2', 3, true) })),
    ).toMatchObject({ unchanged: [1, 1] });
  });

  test('that are renamed, in another order, change the name alone', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: zoneOf('1', 5, true) + zoneOf('2', 5, false) }));
    const before = await house.log.lastPosition();
    expect(
      await house.imported(feedOf({ zones: zoneOf('2', 5, false) + zoneOf('1', 5, true) })),
    ).toMatchObject({ unchanged: [1, 1] });
    expect(await house.log.lastPosition()).toBe(before);
    await house.imported(feedOf({ zones: zoneOf('1', 5, true, '20.00', 'Stalls') + zoneOf('2', 5, false) }));
    expect((await house.show('1', '7')).categories.map((c) => c.name)).toEqual(['Stalls', 'Zone 2']);
  });

  test('of which all together are too many seats reject the change, not the feed', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: zoneOf('1', 60_000, true) }));
    expect(await house.imported(feedOf({ zones: zoneOf('2', 60_000, true) }))).toMatchObject({
      unchanged: [1, 1],
      rejected: [[PATH, 'InvalidSeatingPlan']],
    });
  });
});

describe('prices and titles', () => {
  test('change alone', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: zoneOf('1', 5, true) }));
    expect(
      await house.imported(feedOf({ zones: zoneOf('1', 5, true, '0.29'), title: 'Camela en concierto' })),
    ).toMatchObject({ updated: [1, 1] });
    expect(typesOf(await house.showEvents('1', '7'))).toEqual(['ShowScheduled', 'PriceChanged']);
    expect(typesOf(await house.eventEvents('1'))).toEqual([
      'EventCreated',
      'EventPublished',
      'ShowAdded',
      'EventEdited',
    ]);
  });
});

describe('sell_mode', () => {
  const zones = zoneOf('1', 5, true);

  test('offline is kept as a draft, and online later puts it on sale', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones, sellMode: 'offline' }));
    expect((await house.show('1', '7')).status).toBe('draft');
    expect(await house.imported(feedOf({ zones }))).toMatchObject({ updated: [1, 0], unchanged: [0, 1] });
    expect((await house.show('1', '7')).status).toBe('onSale');
  });

  test('from online to offline takes it off sale, and back on again', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones }));
    await house.imported(feedOf({ zones, sellMode: 'offline' }));
    expect(typesOf(await house.eventEvents('1')).at(-1)).toBe('EventUnpublished');
    expect((await house.show('1', '7')).status).not.toBe('onSale');
    expect(await house.imported(feedOf({ zones, sellMode: 'offline' }))).toMatchObject({ unchanged: [1, 1] });
    await house.imported(feedOf({ zones }));
    expect((await house.show('1', '7')).status).toBe('onSale');
  });

  /** Two of two places held, somebody in line, then off sale; in the pause the two come free. */
  const offSaleWithALine = async (house: ImportHouse) => {
    await house.imported(feedOf({ zones: zoneOf('1', 2, false) }));
    const held = await hold(house, { areas: [{ areaId: '1:unnumbered', quantity: 2 }] });
    await join(house, '1:unnumbered');
    await house.imported(feedOf({ zones: zoneOf('1', 2, false), sellMode: 'offline' }));
    await release(house, held);
  };

  test('online again at another price offers to the line at that price', async () => {
    const house = new ImportHouse();
    await offSaleWithALine(house);
    await house.imported(feedOf({ zones: zoneOf('1', 2, false, '25.00') }));
    expect(await offersOf(house)).toMatchObject([{ total: { amount: 5000 } }]);
  });

  test('online again but sold out offers nothing', async () => {
    const house = new ImportHouse();
    await offSaleWithALine(house);
    await house.imported(feedOf({ zones: zoneOf('1', 2, false), soldOut: 'true' }));
    expect(await offersOf(house)).toEqual([]);
    expect((await house.show('1', '7')).categories[0]).toMatchObject({ free: 0, blocked: 2, waiting: 1 });
  });

  test('of a cancelled event changes nothing more', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones }));
    const [created] = await house.eventEvents('1');
    const context = {
      commandId: crypto.randomUUID(),
      requestHash: 'x',
      actor: 'client:organiser',
      correlationId: 'x',
    };
    await house.catalogue.cancelEvent(created!.stream.slice('event-'.length), 'illness', context);
    for (const sellMode of ['online', 'offline'])
      expect(await house.imported(feedOf({ zones, sellMode }))).toMatchObject({
        unchanged: [1, 1],
        rejected: [],
      });
    expect(await house.imported(feedOf({ zones: zoneOf('1', 9, true) }))).toMatchObject({
      rejected: [[PATH, 'ShowCancelled']],
    });
  });
});
