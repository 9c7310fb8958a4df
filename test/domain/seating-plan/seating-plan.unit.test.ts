import { describe, expect, test } from 'vitest';
import type { RowColumns } from '../../../src/domain/seating-plan/events.ts';
import {
  foldSeatingPlan,
  seatingPlanAggregate,
  type SeatingPlanCommand,
} from '../../../src/domain/seating-plan/seating-plan.ts';
import { seatingPlanView } from '../../../src/domain/seating-plan/views.ts';
import { Story } from '../given-when-then.ts';
import { drawing, pit, rowOf } from './halls.ts';
import { fc } from '../properties.ts';

const given = () => new Story(seatingPlanAggregate);
const draw = (parts: Parameters<typeof drawing>[0] = {}): SeatingPlanCommand => ({
  kind: 'DrawSeatingPlan',
  ...drawing(parts),
});

function drawn(parts: Parameters<typeof drawing>[0] = {}) {
  const story = given();
  story.when(draw(parts));
  return story;
}

/** The refusal of a drawing: code, and what stands beside it. */
function refusal(parts: Parameters<typeof drawing>[0]) {
  const decision = seatingPlanAggregate.decide(seatingPlanAggregate.initialState(), draw(parts), {
    commandId: 'c',
    requestHash: 'h',
    at: '2027-03-01T12:00:00.000Z',
  });
  if ('accepted' in decision) throw new Error('the drawing was accepted');
  const { code, detail, members } = decision.rejected;
  return { code, detail, members };
}

describe('drawing a seating plan', () => {
  test('makes its head and its rows', () => {
    const rows = [rowOf('A', 2), rowOf('B', 2, { y: 1 })];
    const head = {
      venueId: 'v',
      name: 'Hall',
      categories: drawing().categories,
      areas: [],
      focalPoint: { x: 0.5, y: 0 },
      seatCount: 4,
    };
    expect(given().when(draw({ rows }))).toEqual([
      { type: 'SeatingPlanDrawn', data: head },
      { type: 'RowsDrawn', data: { rows } },
    ]);
  });

  test('happens once: drawn again, even otherwise, nothing changes', () => {
    const story = drawn();
    expect(story.when(draw())).toEqual([]);
    expect(story.when(draw({ rows: [], areas: [pit()] }))).toEqual([]);
    expect(seatingPlanView('p', story.state)).toMatchObject({ id: 'p', seatCount: 3, areas: [] });
  });

  test('whatever is drawn twice, the second adds nothing, and readers fold the same plan', () => {
    const row = fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.nat(4), fc.constantFrom('Main', 'Balcony'));
    const areas = fc.subarray([pit(), pit(0, { id: 'box' }), pit(3, { id: 'stand', categoryId: 'Stalls' })]);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), areas, (drawnRows, drawnAreas) => {
        const rows = drawnRows.map(([name, seats, zone], y) => rowOf(name, seats, { zone, y }));
        const story = given();
        const command = draw({ rows, areas: drawnAreas });
        const first = story.when(command);
        expect(story.when(command)).toEqual(typeof first === 'string' ? first : []);
        expect(story.folded().head).toEqual(story.state.head);
        expect(story.folded().revision).toEqual(story.state.revision);
      }),
    );
  });

  test('adds a category that only an area names', () => {
    const story = drawn({ areas: [pit(), pit(5, { id: 'box', categoryId: 'Stalls' })] });
    expect(seatingPlanView('p', story.state)!.categories.map((c) => c.id)).toEqual(['Stalls', 'Standing']);
    expect(story.state.head!.categories[1]).toEqual({ id: 'Standing', name: 'Standing', color: null });
  });

  test('keeps the colour of a category that an area names too', () => {
    const categories = [{ id: 'Stalls', name: 'Stalls', color: '#4caf50' }];
    const story = drawn({ categories, areas: [pit(5, { categoryId: 'Stalls' })] });
    expect(seatingPlanView('p', story.state)!.categories).toEqual(categories);
    expect(seatingPlanView('p', given().state)).toBeNull();
  });

  test('leaves out rows without seats', () => {
    const plan = foldSeatingPlan('p', drawn({ rows: [rowOf('A', 0), rowOf('B', 2)] }).events)!;
    expect(plan.rows.map((row) => row.name)).toEqual(['B']);
  });

  test('names every doubled seat once', () => {
    const rows = [rowOf('A', 3), rowOf('A', 2), rowOf('B', 1), rowOf('A', 1)];
    expect(refusal({ rows })).toMatchObject({
      code: 'DuplicateSeatId',
      members: { seats: ['Main-A-1', 'Main-A-2'] },
    });
  });

  test('refuses doubled categories and doubled areas', () => {
    const [stalls] = drawing().categories;
    const categories = [stalls!, { ...stalls!, color: '#fff' }];
    expect(refusal({ categories })).toMatchObject({
      code: 'InvalidSeatingPlan',
      members: { categories: ['Stalls'] },
    });
    expect(refusal({ areas: [pit(1), pit(2)] })).toMatchObject({
      code: 'InvalidSeatingPlan',
      members: { areas: ['pit'] },
    });
  });

  test('refuses seats of a category that it does not have, and says which', () => {
    const { code, detail } = refusal({ strayCategories: ['Royal box'] });
    expect([code, detail.includes('"Royal box"')]).toEqual(['InvalidSeatingPlan', true]);
    const row: RowColumns = { ...rowOf('A', 2), categories: [0, 1] };
    expect(refusal({ rows: [row] })).toMatchObject({
      code: 'InvalidSeatingPlan',
      members: { seats: ['Main-A-2'] },
    });
  });

  test('refuses a category that could not be given a price', () => {
    const categories = [{ id: '__proto__', name: '__proto__', color: null }];
    expect(refusal({ categories }).code).toBe('InvalidSeatingPlan');
    expect(refusal({ areas: [pit(1, { categoryId: '__proto__' })] }).code).toBe('InvalidSeatingPlan');
  });

  test('refuses a plan with nothing in it', () => {
    expect(refusal({ rows: [], categories: [] }).code).toBe('InvalidSeatingPlan');
    expect(refusal({ rows: [rowOf('A', 0)], categories: [] }).code).toBe('InvalidSeatingPlan');
  });

  test('takes 100,000 seats and 1,000,000 places, and not one more', () => {
    const rows = (last: number) => [
      ...Array.from({ length: 99 }, (_, r) => rowOf(`R${r}`, 1_000)),
      rowOf('last', last),
    ];
    expect(refusal({ rows: rows(1_001) })).toMatchObject({ code: 'InvalidSeatingPlan' });
    expect(refusal({ areas: [pit(999_999), pit(2, { id: 'box' })] })).toMatchObject({
      code: 'InvalidSeatingPlan',
    });
    const story = drawn({ rows: rows(1_000), areas: [pit(999_999), pit(1, { id: 'box' })] });
    expect(story.state.head).toMatchObject({ seatCount: 100_000 });
  });

  test('refuses names that would make an event larger than event stores take', () => {
    const areas = Array.from({ length: 4_000 }, (_, i) => pit(1, { id: `area-${i}`, name: 'x'.repeat(200) }));
    expect(refusal({ areas }).code).toBe('InvalidSeatingPlan');
    expect(drawn({ areas: areas.slice(0, 1_000) }).state.head).not.toBeNull();
  });

  test('leaves nothing behind when it is refused', () => {
    const story = given();
    expect(story.when(draw({ rows: [rowOf('A', 1), rowOf('A', 1)] }))).toEqual('DuplicateSeatId');
    expect(story.state).toEqual(seatingPlanAggregate.initialState());
  });
});

describe('the focal point of a plan', () => {
  const focalPointOf = (parts: Parameters<typeof drawing>[0]) => drawn(parts).state.head!.focalPoint;

  test('is the one that is given', () => {
    expect(focalPointOf({ focalPoint: { x: 7, y: -3 } })).toEqual({ x: 7, y: -3 });
  });
  test('is by default the centre of the row of least y, wherever in the plan it is', () => {
    expect(
      focalPointOf({ rows: [rowOf('A', 4, { y: 10 }), rowOf('B', 5, { y: -20, x: 100 }), rowOf('C', 9)] }),
    ).toEqual({ x: 102, y: -20 });
  });
  test('is in the row that is in front, however long it is', () => {
    expect(focalPointOf({ rows: [rowOf('A', 1, { y: 1 }), rowOf('B', 5, { y: 0.6 })] })).toEqual({
      x: 2,
      y: 0.6,
    });
  });
  test('is between front rows that stand side by side', () => {
    const rows = [
      rowOf('A', 3, { zone: 'Left' }),
      rowOf('A', 3, { zone: 'Right', x: 10 }),
      rowOf('B', 3, { y: 1 }),
    ];
    expect(focalPointOf({ rows })).toEqual({ x: 6, y: 0 });
  });
  test('is (0, 0) where there are areas only', () => {
    expect(focalPointOf({ rows: [], areas: [pit()] })).toEqual({ x: 0, y: 0 });
  });
});

describe('a plan read from its stream', () => {
  test('is nothing before it is drawn, and nothing while rows are missing', () => {
    const { events } = drawn();
    expect(foldSeatingPlan('p', [])).toBeUndefined();
    expect(foldSeatingPlan('p', events.slice(0, 1))).toBeUndefined();
    expect(foldSeatingPlan('p', events)).toMatchObject({ id: 'p', venueId: 'v', seatCount: 3 });
  });

  test('has areas only where it was drawn so', () => {
    const { events } = drawn({ rows: [], categories: [], areas: [pit()] });
    const plan = foldSeatingPlan('p', events)!;
    expect([plan.seatCount, plan.areas, [...plan.areaCategory]]).toEqual([0, [pit()], [0]]);
  });

  test('knows each seat by its id and its place in plan order', () => {
    const plan = foldSeatingPlan('p', drawn({ rows: [rowOf('A', 2), rowOf('B', 2, { y: 1 })] }).events)!;
    expect(plan.seatIds).toEqual(['Main-A-1', 'Main-A-2', 'Main-B-1', 'Main-B-2']);
    expect(plan.seatIndex.get('Main-B-1')).toBe(2);
    expect([...plan.seatRow]).toEqual([0, 0, 1, 1]);
    expect(plan.rows[1]).toEqual({ name: 'B', zone: 'Main', start: 2, end: 4 });
    expect([...plan.y]).toEqual([0, 0, 1, 1]);
  });

  test('comes in events of bounded size, also where one row alone is too long', () => {
    const long = 'é'.repeat(100);
    const seats = (n: number, prefix: string) => ({
      ...rowOf('A', n, { zone: prefix }),
      ids: Array.from({ length: n }, (_, s) => `${prefix}${s}`),
    });
    const rows = [
      seats(3_000, 'a'),
      seats(3_000, 'b'),
      seats(12_000, 'c'),
      seats(2_000, long),
      seats(1, 'd'),
    ];
    const { events } = drawn({ rows });
    for (const event of events) {
      if (event.type !== 'RowsDrawn') continue;
      expect(event.data.rows.flatMap((row) => row.ids).length).toBeLessThanOrEqual(5_000);
      expect(Buffer.byteLength(JSON.stringify(event.data))).toBeLessThanOrEqual(256 * 1024);
    }
    const plan = foldSeatingPlan('p', JSON.parse(JSON.stringify(events)))!;
    expect(plan.seatIds).toEqual(rows.flatMap((row) => row.ids));
    expect(plan.rows.map((row) => [row.zone, row.end - row.start])).toEqual(
      rows.map((row) => [row.zone, row.ids.length]),
    );
  });

  test('is what was drawn, whatever was drawn', () => {
    const label = fc.string({ maxLength: 5 });
    const shape = fc.array(fc.tuple(label, label, fc.integer({ min: 0, max: 6_000 })), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 3 }), (shapes, categoryCount) => {
        const rows = shapes.map(([zone, name, seatCount], r) =>
          columns(zone, name, r, seatCount, categoryCount),
        );
        const categories = Array.from({ length: categoryCount }, (_, c) => ({
          id: `c${c}`,
          name: `C${c}`,
          color: null,
        }));
        const story = drawn({ rows, categories });
        const plan = foldSeatingPlan('p', JSON.parse(JSON.stringify(story.events)))!;
        const kept = rows.filter((row) => row.ids.length > 0);
        const seen = {
          rows: plan.rows.map(({ zone, name, start, end }) => [zone, name, end - start]),
          columns: [plan.seatIds, plan.seatNumbers, [...plan.seatCategory], [...plan.x], [...plan.y]],
        };
        const given = {
          rows: kept.map(({ zone, name, ids }) => [zone, name, ids.length]),
          columns: (['ids', 'numbers', 'categories', 'x', 'y'] as const).map((column) =>
            kept.flatMap((row) => [...row[column]]),
          ),
        };
        // as text: a difference between thousands of seats is nothing to read
        expect(JSON.stringify(seen) === JSON.stringify(given)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

function columns(
  zone: string,
  name: string,
  r: number,
  seatCount: number,
  categoryCount: number,
): RowColumns {
  const seats = Array.from({ length: seatCount }, (_, s) => s);
  return {
    zone,
    name,
    numbers: seats.map(String),
    ids: seats.map((s) => `${r}/${s}`),
    categories: seats.map((s) => s % categoryCount),
    x: seats.map((s) => s * 0.5),
    y: seats.map(() => r * 1.25),
  };
}
