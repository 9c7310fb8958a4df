// A zone that a feed sells with seat numbers at one time and without at another: one room, whoever edits it in between.
import { describe, expect, test } from 'vitest';
import { capacities, feedOf, hold, ImportHouse, release, typesOf, zoneOf } from '../support/import-house.ts';

const PATH = '/eventList/output/base_event[1]/event[1]';
const edit = (house: ImportHouse, capacity: number, id = '1:unnumbered') =>
  house.send('1', '7', { kind: 'EditShow', areas: [{ id, capacity }], reason: 'a few more' });
const numbered = zoneOf('1', 24, true);
const unnumbered = zoneOf('1', 24, false);

describe('zones', () => {
  test('that change their numbering do not exist twice', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: zoneOf('1', 50, true) }));
    await house.imported(feedOf({ zones: zoneOf('1', 50, false) }));
    expect(await capacities(house)).toEqual({ '1': 0, '1:unnumbered': 50 });
    expect(await house.imported(feedOf({ zones: zoneOf('1', 50, false) }))).toMatchObject({
      unchanged: [1, 1],
    });
    await house.imported(feedOf({ zones: zoneOf('1', 50, true) }));
    expect(await capacities(house)).toEqual({ '1': 50, '1:unnumbered': 0 });
  });

  test('that change their numbering back, but without a place, leave the others their places', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: zoneOf('1', 50, true) }));
    await house.imported(feedOf({ zones: zoneOf('1', 50, false) }));
    // Beside a zone that is new, for which another plan is drawn.
    await house.imported(feedOf({ zones: zoneOf('1', 0, true) + zoneOf('2', 5, true) }));
    expect(await capacities(house)).toEqual({ '1': 0, '1:unnumbered': 50, '2': 5 });
  });

  test('that change their numbering do not exist twice either where two have one id', async () => {
    const house = new ImportHouse();
    const two = (numbered: boolean) => zoneOf('1', 5, numbered) + zoneOf('1', 7, numbered);
    await house.imported(feedOf({ zones: two(true) }));
    await house.imported(feedOf({ zones: two(false) }));
    expect(await capacities(house)).toEqual({
      '1': 0,
      '1#2': 0,
      '1:unnumbered': 5,
      '1:unnumbered#2': 7,
    });
  });

  test('that change their numbering while somebody has a place in them wait until nobody has', async () => {
    const house = new ImportHouse();
    for (const before of [true, false]) {
      const zones = zoneOf('1', 50, before) + zoneOf('2', 5, false);
      await house.imported(feedOf({ zones }));
      const [old, other] = before ? ['1', '1:unnumbered'] : ['1:unnumbered', '1'];
      const holdId = await hold(
        house,
        before ? { seats: ['1-3'] } : { areas: [{ areaId: old, quantity: 1 }] },
      );
      const later = feedOf({ zones: zoneOf('1', 60, !before) + zoneOf('2', before ? 7 : 9, false) });
      for (let time = 1; time <= 2; time += 1) {
        expect((await house.imported(later)).rejected).toEqual([
          [`${PATH}/zone[1]/@numbered`, 'CapacityBelowTaken'],
        ]);
        const { [old]: kept, [other]: added = 0, '2:unnumbered': rest } = await capacities(house);
        expect([kept, added, rest]).toEqual([50, 0, before ? 7 : 9]);
      }
      await release(house, holdId);
      expect((await house.imported(later)).rejected).toEqual([]);
      expect(await capacities(house)).toMatchObject({ [old]: 0, [other]: 60 });
    }
  });
});

describe('a zone that became numbered, whose former places an organiser brought back by hand', () => {
  const broughtBack = async (others = '') => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: unnumbered + others }));
    await house.imported(feedOf({ zones: numbered + others }));
    await edit(house, 4);
    return house;
  };

  test('is set back by the next feed, without another plan', async () => {
    const house = await broughtBack();
    expect(await house.imported(feedOf({ zones: numbered }))).toMatchObject({ updated: [0, 1] });
    expect(await capacities(house)).toEqual({ '1': 24, '1:unnumbered': 0 });
    expect((await house.showEvents('1', '7')).at(-1)?.data).not.toHaveProperty('seatingPlanId');
    expect(await house.imported(feedOf({ zones: numbered }))).toMatchObject({ unchanged: [1, 1] });
  });

  test('is one room still when the numbering changes again, and again', async () => {
    const house = await broughtBack();
    await house.imported(feedOf({ zones: unnumbered }));
    expect(await capacities(house)).toEqual({ '1': 0, '1:unnumbered': 24 });
    await house.imported(feedOf({ zones: numbered }));
    expect(await capacities(house)).toEqual({ '1': 24, '1:unnumbered': 0 });
  });

  test('is one room still when other zones change meanwhile', async () => {
    const house = await broughtBack();
    await house.imported(feedOf({ zones: numbered + zoneOf('2', 5, true) }));
    expect(await capacities(house)).toEqual({ '1': 24, '1:unnumbered': 0, '2': 5 });
  });

  test('keeps and names what somebody has of them', async () => {
    const house = await broughtBack(zoneOf('2', 5, false));
    await hold(house, { areas: [{ areaId: '1:unnumbered', quantity: 1 }] });
    const rejected = [[`${PATH}/zone[1]/@numbered`, 'CapacityBelowTaken']];
    const zones = (capacity: number) => numbered + zoneOf('2', capacity, false);
    for (const capacity of [6, 7])
      expect((await house.imported(feedOf({ zones: zones(capacity) }))).rejected).toEqual(rejected);
    expect(await capacities(house)).toEqual({ '1': 24, '1:unnumbered': 4, '2:unnumbered': 7 });
    expect((await house.imported(feedOf({ zones: unnumbered }))).rejected).toEqual([]);
    expect(await capacities(house)).toEqual({ '1': 0, '1:unnumbered': 24, '2:unnumbered': 7 });
  });
});

describe('two categories of one zone', () => {
  const both = (places: number) => zoneOf('186', 2, true) + zoneOf('186', places, false);

  test('stay when one of them vanishes, whichever, and whatever an organiser made of the other', async () => {
    for (const first of [0, 16]) {
      const house = new ImportHouse();
      await house.imported(feedOf({ zones: both(first) }));
      await house.imported(feedOf({ zones: both(16) }));
      await house.imported(feedOf({ zones: zoneOf('186', 2, true) }));
      await edit(house, 0, '186:unnumbered');
      await house.imported(feedOf({ zones: zoneOf('186', 16, false) }));
      expect(await capacities(house)).toEqual({ '186': 2, '186:unnumbered': 16 });
    }
  });

  test('that the feed itself leaves without places are one room when it sells them otherwise', async () => {
    const house = new ImportHouse();
    await house.imported(feedOf({ zones: both(16) }));
    await house.imported(feedOf({ zones: both(0) }));
    await house.imported(feedOf({ zones: zoneOf('186', 2, true) }));
    await edit(house, 4, '186:unnumbered');
    await house.imported(feedOf({ zones: zoneOf('186', 2, false) }));
    expect(await capacities(house)).toEqual({ '186': 0, '186:unnumbered': 2 });
  });
});

test('a zone that changes its numbering beside one that cannot be drawn stays as it was', async () => {
  const house = new ImportHouse();
  await house.imported(feedOf({ zones: unnumbered + zoneOf('3', 60_000, true) }));
  await house.imported(feedOf({ zones: numbered }));
  for (const zones of [unnumbered, numbered]) {
    const tooMany = zones + zoneOf('2', 60_000, true);
    expect((await house.imported(feedOf({ zones: tooMany }))).rejected).toEqual([
      [PATH, 'InvalidSeatingPlan'],
    ]);
    expect(await capacities(house)).toEqual({ '1': 24, '1:unnumbered': 0, '3': 60_000 });
  }
});

test('an area gets other capacities without another plan, but for its first places and its last', async () => {
  const house = new ImportHouse();
  for (const capacity of [5, 8, 0, 3, 4])
    await house.imported(feedOf({ zones: zoneOf('1', capacity, false) }));
  const events = (await house.showEvents('1', '7')).slice(1);
  expect(typesOf(events)).toEqual(Array.from({ length: 4 }, () => 'CapacityChanged'));
  expect(events.map(({ data }) => Object.hasOwn(data as object, 'seatingPlanId'))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
