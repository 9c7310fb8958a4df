import { describe, expect, test } from 'vitest';
import { drawingOf, pretixPlan } from '../../../src/domain/seating-plan/pretix-plan.ts';
import { seatingPlanAggregate } from '../../../src/domain/seating-plan/seating-plan.ts';
import { Story } from '../given-when-then.ts';
import { pit, pretixJson } from './halls.ts';

const drawn = (json: unknown, more: Partial<Parameters<typeof drawingOf>[0]> = {}) =>
  drawingOf({
    venueId: 'v',
    defaultName: 'The venue',
    plan: json === undefined ? undefined : pretixPlan.parse(json),
    areas: [],
    focalPoint: null,
    ...more,
  });

/** Where zod finds fault, as `zones.0.rows`. */
const faults = (json: unknown): string[] =>
  pretixPlan.safeParse(json).error?.issues.map((issue) => issue.path.join('.')) ?? [];

type Json = ReturnType<typeof pretixJson>;
const changed = (change: (json: Json) => void): Json => {
  const json = pretixJson();
  change(json);
  return json;
};

describe('a plan as the pretix editor writes it', () => {
  test('becomes rows of columns, positions added up', () => {
    const { rows, name, categories } = drawn(pretixJson());
    expect(rows[1]).toEqual({
      zone: 'Main',
      name: 'B',
      ids: ['B-1', 'B-2', 'B-3'],
      numbers: ['1', '2', '3'],
      categories: [0, 0, 0],
      x: [50, 80, 110],
      y: [80, 80, 80],
    });
    expect([name, categories]).toEqual(['Hall', [{ id: 'Stalls', name: 'Stalls', color: '#4caf50' }]]);
  });

  test('may have fields of newer editors anywhere', () => {
    const json = changed((j) => {
      Object.assign(j, { version: 2 });
      Object.assign(j.zones[0]!, {
        displayed: true,
        uuid: 'a1',
        areas: [{ shape: 'text', text: { text: 'Stage' } }],
      });
      Object.assign(j.zones[0]!.rows[0]!, { row_number_position: 'both', seats_spacing: 30 });
      Object.assign(j.zones[0]!.rows[0]!.seats[0]!, { uuid: 's1', radius: 9 });
    });
    expect(drawn(json)).toEqual(drawn(pretixJson()));
  });

  test('may leave out what nothing rests on', () => {
    const json = {
      name: null,
      categories: [{ name: 'A' }],
      zones: [
        {
          position: { x: 5, y: 0 },
          rows: [{ row_number: null, seats: [{ seat_guid: '1', position: null, category: 'A' }] }],
        },
      ],
    };
    const { rows, name, categories } = drawn(json);
    expect(rows).toEqual([
      { zone: '', name: '', ids: ['1'], numbers: [''], categories: [0], x: [5], y: [0] },
    ]);
    expect([name, categories]).toEqual(['The venue', [{ id: 'A', name: 'A', color: null }]]);
  });

  test('is refused where types are wrong, with the place', () => {
    const wrong: [string, (j: Json) => void][] = [
      ['zones', (j) => Object.assign(j, { zones: {} })],
      ['zones', (j) => Reflect.deleteProperty(j, 'zones')],
      ['categories', (j) => Object.assign(j, { categories: 'Stalls' })],
      ['categories.0.name', (j) => Object.assign(j.categories[0]!, { name: 7 })],
      ['name', (j) => Object.assign(j, { name: 7 })],
      ['zones.0.rows', (j) => Object.assign(j.zones[0]!, { rows: null })],
      ['zones.0.position.x', (j) => Object.assign(j.zones[0]!.position, { x: '50' })],
      ['zones.0.rows.0.seats', (j) => Reflect.deleteProperty(j.zones[0]!.rows[0]!, 'seats')],
      [
        'zones.0.rows.0.seats.0.seat_guid',
        (j) => Object.assign(j.zones[0]!.rows[0]!.seats[0]!, { seat_guid: '' }),
      ],
      [
        'zones.0.rows.0.seats.0.seat_number',
        (j) => Object.assign(j.zones[0]!.rows[0]!.seats[0]!, { seat_number: 1 }),
      ],
      [
        'zones.0.rows.0.seats.0.category',
        (j) => Object.assign(j.zones[0]!.rows[0]!.seats[0]!, { category: null }),
      ],
      [
        'zones.0.rows.0.seats.1.position.y',
        (j) => Object.assign(j.zones[0]!.rows[0]!.seats[1]!.position, { y: Infinity }),
      ],
      [
        'zones.0.rows.0.seats.1.seat_guid',
        (j) => Object.assign(j.zones[0]!.rows[0]!.seats[1]!, { seat_guid: 'A\0' }),
      ],
    ];
    for (const [path, change] of wrong) expect(faults(changed(change)), path).toContain(path);
    expect(faults(pretixJson())).toEqual([]);
  });

  test('has coordinates of at most a thousand million, and texts of at most 200 characters', () => {
    const seatWith = (part: object) => changed((j) => Object.assign(j.zones[0]!.rows[0]!.seats[0]!, part));
    for (const x of [-1e9, 1e9]) expect(faults(seatWith({ position: { x, y: -x } }))).toEqual([]);
    for (const x of [-1e9 - 1, 1e9 + 1])
      expect(faults(seatWith({ position: { x, y: x } }))).toEqual([
        'zones.0.rows.0.seats.0.position.x',
        'zones.0.rows.0.seats.0.position.y',
      ]);
    const long = 'x'.repeat(200);
    expect(faults(seatWith({ seat_guid: long, seat_number: long }))).toEqual([]);
    expect(faults(seatWith({ seat_guid: `${long}x`, seat_number: `${long}x` }))).toEqual([
      'zones.0.rows.0.seats.0.seat_guid',
      'zones.0.rows.0.seats.0.seat_number',
    ]);
  });

  test('says what is wrong with a text', () => {
    const said = (part: object) =>
      pretixPlan
        .safeParse(changed((j) => Object.assign(j.zones[0]!.rows[0]!.seats[0]!, part)))
        .error?.issues.map((issue) => issue.message);
    expect(said({ seat_guid: ' \t' })).toEqual(['Give more than blanks.']);
    for (const text of ['a\0', '\ud800'])
      expect(said({ seat_number: text })).toEqual(['Leave out NUL and unpaired surrogates.']);
    expect(said({ seat_guid: ' a', seat_number: ' ' })).toBeUndefined();
  });

  test('may have zones without rows, and a name of blanks is none', () => {
    const json = changed((j) => {
      Reflect.deleteProperty(j.zones[0]!, 'rows');
      j.name = '  ';
    });
    expect(drawn(json)).toMatchObject({ name: 'The venue', rows: [] });
    expect(drawn(changed((j) => void (j.name = ' Hall ')))).toMatchObject({ name: 'Hall' });
  });

  test('places its rows where zone, row and seat say, each', () => {
    const json = changed((j) => {
      j.zones[0]!.position = { x: 1_000, y: 2_000 };
      j.zones[0]!.rows[0]!.position = { x: 100, y: 200 };
      j.zones[0]!.rows[0]!.seats[1]!.position = { x: 10, y: 20 };
    });
    const [row] = drawn(json).rows;
    expect([row!.x[1], row!.y[1]]).toEqual([1_110, 2_220]);
  });

  test('names the categories that its seats have and it has not, each once', () => {
    const json = changed((j) => {
      const [first, second, third] = j.zones[0]!.rows[0]!.seats;
      [first!.category, second!.category, third!.category] = ['Box', 'Loge', 'Box'];
    });
    expect(drawn(json).strayCategories).toEqual(['Box', 'Loge']);
    expect(new Story(seatingPlanAggregate).when({ kind: 'DrawSeatingPlan', ...drawn(json) })).toEqual(
      'InvalidSeatingPlan',
    );
  });

  test('does not lend its seats the category of an area beside it', () => {
    const json = changed((j) => void (j.zones[0]!.rows[0]!.seats[0]!.category = 'Standing'));
    expect(drawn(json, { areas: [pit()] }).strayCategories).toEqual(['Standing']);
  });

  test('needs no plan where there are areas', () => {
    expect(drawn(undefined, { areas: [pit()] })).toMatchObject({
      name: 'The venue',
      categories: [],
      rows: [],
      areas: [pit()],
    });
  });
});
