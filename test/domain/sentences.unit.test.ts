// What the rest of the domain says when it refuses, what it takes in memory, and that what changes nothing changes nothing.
import { describe, expect, test } from 'vitest';
import { changesOf, versionRefused } from '../../src/domain/edit.ts';
import { eventAggregate, eventCancelled, eventNotFound } from '../../src/domain/event/event.ts';
import { PLACES_MAX } from '../../src/domain/seating-plan/drawing.ts';
import type { Drawing } from '../../src/domain/seating-plan/drawing.ts';
import { seatingPlanAggregate } from '../../src/domain/seating-plan/seating-plan.ts';
import { venueAggregate, venueNotFound } from '../../src/domain/venue/venue.ts';
import { wordsOf } from '../../src/domain/words.ts';

const METADATA = { commandId: 'c', requestHash: 'h', at: '2027-03-01T12:00:00.000Z' };
const row = (ids: string[], category = 0) => ({
  zone: 'Main',
  name: 'A',
  ids,
  numbers: ids,
  categories: ids.map(() => category),
  x: ids.map((_, i) => i),
  y: ids.map(() => 0),
});
const area = (id: string, capacity = 1, categoryId = 'Stalls') => ({ id, name: id, categoryId, capacity });
const stalls = { id: 'Stalls', name: 'Stalls', color: null };
const many = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);

/** The sentence and the members with which a drawing is refused. */
function refused(parts: Partial<Drawing>): [string, object] {
  const drawing = { venueId: 'v', name: 'Hall', categories: [stalls], rows: [], areas: [], ...parts };
  const state = seatingPlanAggregate.initialState();
  const decision = seatingPlanAggregate.decide(
    state,
    { kind: 'DrawSeatingPlan', ...drawing } as never,
    METADATA,
  );
  if ('accepted' in decision) throw new Error('was drawn');
  return [decision.rejected.detail, decision.rejected.members];
}

describe('a seating plan says', () => {
  test('what is doubled, and names at most five of it', () => {
    const twice = (names: string[]) => [...names, ...names];
    const named = (count: number) =>
      many(count)
        .map((name) => `"${name}"`)
        .join(', ');
    expect(refused({ rows: [row(twice(many(2)))] })).toEqual([
      'Give each seat an id of its own; doubled: "n0", "n1".',
      { seats: ['n0', 'n1'] },
    ]);
    expect(refused({ rows: [row(twice(many(5)))] })[0]).toBe(
      `Give each seat an id of its own; doubled: ${named(5)}.`,
    );
    expect(refused({ rows: [row(twice(many(7)))] })[0]).toBe(
      `Give each seat an id of its own; doubled: ${named(5)} and 2 more.`,
    );
    expect(refused({ areas: [area('a'), area('a')] })).toEqual([
      'Give each area an id of its own; doubled: "a".',
      { areas: ['a'] },
    ]);
    expect(refused({ categories: [stalls, stalls] })).toEqual([
      'Name each category once; doubled: "Stalls".',
      { categories: ['Stalls'] },
    ]);
  });

  test('what it does not have', () => {
    expect(refused({ strayCategories: ['Box'] })).toEqual([
      'Seats name categories that the plan does not have: "Box". Add them to "categories".',
      { categories: ['Box'] },
    ]);
    expect(refused({ rows: [row(['A-1'], 3)] })).toEqual([
      'Give each seat a category of the plan; without: "A-1".',
      { seats: ['A-1'] },
    ]);
    expect(refused({ categories: [{ ...stalls, id: '__proto__' }] })[0]).toBe(
      'A category cannot be called "__proto__"; give it another name.',
    );
    expect(refused({ categories: [], rows: [row([])] })[0]).toBe(
      'The plan has neither seats nor areas. Give rows with seats, or areas with a capacity.',
    );
  });

  test('what is too much', () => {
    expect(refused({ rows: [row(many(100_001))] })[0]).toBe('The plan has 100001 seats; at most 100000.');
    expect(refused({ areas: [area('a', PLACES_MAX), area('b', 1)] })[0]).toBe(
      'The areas have 1000001 places; a plan has at most 1000000.',
    );
    expect(refused({ areas: many(5_000).map((id) => area(id, 1, `${id}${'x'.repeat(190)}`)) })[0]).toMatch(
      /^Categories and areas make \d+ characters; have fewer of them, or shorter names: at most \d+\.$/,
    );
  });
});

describe('the catalogue says', () => {
  test('what is not there, and what cannot be changed', () => {
    expect([venueNotFound().detail, eventNotFound().detail, eventCancelled().detail]).toEqual([
      'There is no such venue.',
      'There is no such event.',
      'This event is cancelled; it cannot be changed any more.',
    ]);
    expect(versionRefused(3, 2)).toEqual({
      code: 'PreconditionFailed',
      detail:
        'Its present version is another: it was edited meanwhile, or what you named is no `version` (an ETag is none). Read it again, then send your edit with its present version.',
      members: { version: 3 },
    });
  });

  test('by its names whose stream an event is in', () => {
    expect([venueAggregate.name, eventAggregate.name, seatingPlanAggregate.name]).toEqual([
      'venue',
      'event',
      'seating-plan',
    ]);
  });
});

describe('an edit', () => {
  test('of a list is one when an item, their order or their number differs', () => {
    const present = { tags: ['a', 'b'], title: 'x' };
    for (const tags of [['a'], ['a', 'b', 'c'], ['b', 'a'], ['a', 'c'], []])
      expect(changesOf(present, { tags })).toEqual({ tags });
    expect(changesOf(present, { tags: ['a', 'b'], title: 'x' })).toEqual({});
    expect(changesOf({ tags: null as string[] | null }, { tags: ['a'] })).toEqual({ tags: ['a'] });
    expect(changesOf(present, { tags: undefined, title: 'y' })).toEqual({ title: 'y' });
  });
});

describe('a state', () => {
  test('takes more memory the more is in it', () => {
    const venue = venueAggregate.initialState();
    const event = eventAggregate.initialState();
    const plan = seatingPlanAggregate.initialState();
    const sizes = () => [
      venueAggregate.sizeOf(venue),
      eventAggregate.sizeOf(event),
      seatingPlanAggregate.sizeOf(plan),
    ];
    const empty = sizes();
    expect(empty).toEqual([1_000, 2_000, 2_000]);
    const already = { type: 'AlreadySo', data: { command: 'x' }, metadata: METADATA };
    venueAggregate.evolve(venue, already);
    eventAggregate.evolve(event, { type: 'ShowAdded', data: { showId: 's' }, metadata: METADATA });
    seatingPlanAggregate.decide(
      plan,
      {
        kind: 'DrawSeatingPlan',
        venueId: 'v',
        name: 'H',
        categories: [stalls],
        rows: [],
        areas: [area('a'), area('b')],
      } as never,
      METADATA,
    );
    expect(sizes()).toEqual([1_160, 2_260, 2_600]);
  });

  test('is not changed by what was so already, but for remembering the command', () => {
    const already = { type: 'AlreadySo', data: { command: 'x' }, metadata: METADATA };
    for (const aggregate of [venueAggregate, eventAggregate]) {
      const [before, after] = [aggregate.initialState(), aggregate.initialState()];
      aggregate.evolve(after as never, already);
      expect(after).toEqual({
        ...before,
        revision: 0,
        lastAt: Date.parse(METADATA.at),
        commands: new Map([['c', 'h']]),
      });
    }
  });
});

test('letters that are no letter with an accent are folded as people type them', () => {
  expect(wordsOf('đak ðorn þing æble œuf ısı groß brød pół')).toEqual([
    'dak',
    'dorn',
    'thing',
    'aeble',
    'oeuf',
    'isi',
    'gross',
    'brod',
    'pol',
  ]);
  expect(wordsOf('e\u0301\u0302\u0303')).toEqual(['e']);
});
