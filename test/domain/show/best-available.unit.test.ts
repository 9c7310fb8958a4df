// Rule 6: which seats and places the best are, chosen inside the decision.
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../../src/domain/seating-plan/plan-builder.ts';
import type { SeatingPlan } from '../../../src/domain/seating-plan/plan.ts';
import { ShowSpec } from './show-spec.ts';

describe('best available', () => {
  const seatsOf = (show: ShowSpec, customer: string, n: number, together = true): string[] => {
    const [event] = show.accepts(show.best(customer, n, together));
    return [...(event!.data as { seats: string[] }).seats];
  };

  it('takes the block nearest to the focal point', () => {
    const show = new ShowSpec({ rows: 3, seatsPerRow: 9 });
    expect(seatsOf(show, 'ann', 3)).toEqual(['A-4', 'A-5', 'A-6']);
  });

  it('leaves no seat alone while another block can be had', () => {
    const show = new ShowSpec({ rows: 2, seatsPerRow: 5 });
    show.held('x', ['A-1']);
    // A-2 … A-5 is free: three of them would leave one alone, so row B is better
    expect(seatsOf(show, 'ann', 3)).toEqual(['B-1', 'B-2', 'B-3']);
  });

  it('takes a block that leaves one alone when there is no other', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 4 });
    expect(seatsOf(show, 'ann', 3)).toHaveLength(3);
  });

  it('splits over neighbouring rows only if asked to', () => {
    const show = new ShowSpec({ rows: 3, seatsPerRow: 4 });
    show.held('x', ['A-2', 'B-2', 'C-2']);
    const no = show.refuses(show.best('ann', 4));
    expect([no.code, no.members]).toEqual(['SeatsUnavailable', { seats: [], areas: [], free: 9 }]);
    const seats = seatsOf(show, 'ann', 4, false);
    expect(new Set(seats).size).toBe(4);
    expect(seats.slice(0, 2)).toEqual(['A-3', 'A-4']);
    show.isConsistent();
  });

  it('fills seats first, then one area, then seats and places', () => {
    const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Stalls', capacity: 6 }];
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3, areas });
    show.held('x', ['A-2']);
    const take = (n: number, together: boolean) =>
      show.accepts(show.best(`c${n}${together}`, n, together))[0]!.data as {
        seats: string[];
        areas: unknown;
      };
    expect(take(3, true)).toMatchObject({ seats: [], areas: [{ areaId: 'pit', quantity: 3 }] });
    expect(take(4, false)).toMatchObject({ seats: ['A-1', 'A-3'], areas: [{ areaId: 'pit', quantity: 2 }] });
    expect(show.refuses(show.best('z', 2, false)).members).toMatchObject({ free: 1 });
    show.isConsistent();
  });

  it('prefers seats apart to places, if there are just enough and nobody asks to be together', () => {
    const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Stalls', capacity: 2 }];
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3, areas });
    show.held('x', ['A-2']);
    expect(seatsOf(show, 'ann', 2, false)).toEqual(['A-1', 'A-3']);
  });

  it('goes from area to area where no seat is free, in areas of its category only', () => {
    const area = (id: string, categoryId: string) => ({ id, name: id, categoryId, capacity: 2 });
    const areas = [
      area('full', 'Stalls'),
      area('other', 'Other'),
      area('left', 'Stalls'),
      area('right', 'Stalls'),
    ];
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1, areas });
    show.held('x', { seats: ['A-1'], areas: [{ areaId: 'full', quantity: 2 }] });
    expect(show.refuses(show.best('ann', 3)).code).toBe('SeatsUnavailable');
    expect(show.refuses(show.best('ann', 5, false)).code).toBe('SeatsUnavailable');
    const [event] = show.accepts(show.best('ann', 3, false));
    expect(event!.data).toMatchObject({
      seats: [],
      areas: [
        { areaId: 'left', quantity: 2 },
        { areaId: 'right', quantity: 1 },
      ],
    });
    show.isConsistent();
  });

  it('knows an aisle: a gap of more than twice the usual one, and nobody sits together across it', () => {
    const row = (x: number[]) => rowsAt([x]);
    const together = (plan: SeatingPlan, n: number) => {
      const show = new ShowSpec(plan);
      return show.when(show.best('ann', n));
    };
    // usual gap 1: 3 is an aisle, 2 is none
    expect(together(row([0, 1, 2, 5, 6, 7]), 4)).toHaveProperty('rejected.code', 'SeatsUnavailable');
    expect(together(row([0, 1, 2, 4, 5, 6]), 4)).toHaveProperty('accepted');
    // the usual gap is that of this row alone
    const middle = rowsAt([[100, 200], [0, 1, 2, 5], [300]]);
    expect(together(middle, 4)).toHaveProperty('rejected.code', 'SeatsUnavailable');
    expect(together(middle, 3)).toHaveProperty('accepted.0.data.seats', ['1-0', '1-1', '1-2']);
    // a row may run in any direction
    const deep = rowsAt([[0, 0, 0, 0, 0]], [[0, 1, 2, 5, 6]]);
    expect(together(deep, 4)).toHaveProperty('rejected.code', 'SeatsUnavailable');
    expect(together(deep, 3)).toHaveProperty('accepted.0.data.seats', ['0-0', '0-1', '0-2']);
    // all on one spot, or alone in the row: no aisle
    expect(together(row([0, 0, 0, 0]), 4)).toHaveProperty('accepted');
    expect(together(rowsAt([[0], [0]]), 2)).toHaveProperty('rejected.code', 'SeatsUnavailable');
  });

  it('splits from the longest block outward, row by row, the row in front first, each as near as can be', () => {
    const show = new ShowSpec({ rows: 5, seatsPerRow: 5, focalPoint: { x: 2.1, y: 1.9 } });
    show.held('x', ['A-3', 'B-2', 'B-4', 'C-5', 'C-1', 'D-2', 'D-4', 'E-3']);
    const seats = seatsOf(show, 'ann', 7, false);
    expect(seats).toEqual(['C-2', 'C-3', 'C-4', 'B-1', 'B-3', 'B-5', 'D-1']);
    expect(seatsOf(show, 'bob', 6, false)).toEqual(['A-4', 'A-5', 'A-2', 'A-1', 'D-3', 'D-5']);
    show.isConsistent();
  });

  it('agrees with trying every block, on random halls in which seats come and go', () => {
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
    for (let round = 0; round < 12; round += 1) {
      const show = new ShowSpec(randomPlan(random), { ticketsPerCustomer: 100 });
      const held: string[] = [];
      for (let i = 0; i < 30; i += 1) {
        const [size, category] = [1 + random(4), random(2)];
        const wanted = bruteForce(show, category, size);
        const command = show.best(`c${i}`, size, true, show.state.plan.categories[category]!.id);
        const verdict = show.when(command);
        const got = 'accepted' in verdict ? (verdict.accepted[0]!.data as { seats: string[] }).seats : null;
        expect(got).toEqual(wanted);
        if (got) held.push((command as { holdId: string }).holdId);
        const [what, some] = [random(4), held.splice(random(held.length || 1), 1)[0]];
        if (some !== undefined) show.accepts(what === 0 ? show.confirm(some) : show.release(some));
      }
    }
  });

  it('agrees with it for more sizes than are kept in mind at a time', () => {
    const shape = { seatsPerRow: 70, categories: ['Stalls', 'Circle'], focalPoint: { x: 30.2, y: 0 } };
    const show = new ShowSpec(shape, { ticketsPerCustomer: 70 });
    for (const taken of ['A-9', 'B-30']) {
      show.held('x', [taken]);
      for (const [category, { id }] of show.state.plan.categories.entries())
        for (let size = 1; size <= 70; size += 2) {
          const verdict = show.when(show.best('ann', size, true, id));
          const hold =
            'accepted' in verdict ? (verdict.accepted[0]!.data as { holdId: string }).holdId : null;
          if (hold !== null) show.accepts(show.release(hold));
          expect(hold && show.holdOf(hold).seats).toEqual(bruteForce(show, category, size));
        }
    }
  });

  it('splits from a longest block that is at the very beginning too', () => {
    const show = new ShowSpec({ rows: 2, seatsPerRow: 4 });
    show.held('x', ['A-4', 'B-2', 'B-4']);
    expect(seatsOf(show, 'ann', 4, false)).toEqual(['A-1', 'A-2', 'A-3', 'B-1']);
    expect(seatsOf(show, 'bob', 1, false)).toEqual(['B-3']);
  });

  it('gives as many seats as are asked for wherever they are, on random halls', () => {
    let seed = 11;
    const random = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
    for (let round = 0; round < 12; round += 1) {
      const show = new ShowSpec(randomPlan(random), { ticketsPerCustomer: 100 });
      for (let i = 0; i < 12; i += 1) {
        const [size, category] = [1 + random(8), random(2)];
        const { free } = show.view.categories[category]!;
        const verdict = show.when(show.best(`c${i}`, size, false, show.state.plan.categories[category]!.id));
        expect('accepted' in verdict).toBe(size <= free);
        if ('rejected' in verdict) continue;
        const { seats } = verdict.accepted[0]!.data as { seats: string[] };
        const categories = seats.map(
          (id) => show.state.plan.seatCategory[show.state.plan.seatIndex.get(id)!],
        );
        expect([new Set(seats).size, new Set(categories)]).toEqual([size, new Set([category])]);
      }
      show.isConsistent();
    }
  });
});

/** Rows of seats at these x and y, one category. */
const rowsAt = (rows: number[][], ys?: number[][]): SeatingPlan =>
  planOf(rows.map((x, r) => ({ x, y: ys?.[r], categories: x.map(() => 0) })));

function planOf(rows: { x: number[]; y?: number[] | undefined; categories: number[] }[]): SeatingPlan {
  return buildPlan({
    id: 'plan-1',
    venueId: 'venue-1',
    name: 'Hall',
    categories: ['Stalls', 'Circle'].map((id) => ({ id, name: id, color: null })),
    areas: [],
    focalPoint: { x: 3.5, y: -2 },
    rows: rows.map(({ x, y, categories }, r) => ({
      zone: 'Main',
      name: String(r),
      ids: x.map((_, s) => `${r}-${s}`),
      numbers: x.map(String),
      categories,
      x,
      y: y ?? x.map(() => r),
    })),
  });
}

/** A few rows of a few seats, with aisles, and with another category from some seat on. */
function randomPlan(random: (n: number) => number): SeatingPlan {
  return planOf(
    Array.from({ length: 1 + random(5) }, () => {
      const [seats, aisle, border] = [1 + random(10), random(10), random(14)];
      return {
        x: Array.from({ length: seats }, (_, s) => s + (s > aisle ? 3 : 0)),
        categories: Array.from({ length: seats }, (_, s) => (s < border ? 0 : 1)),
      };
    }),
  );
}

/** The best block of a size by looking at all of them; null where there is none. */
function bruteForce(show: ShowSpec, category: number, size: number): string[] | null {
  const { plan, seats } = show.state;
  let best: string[] | null = null;
  let bestScore = Infinity;
  for (const row of plan.rows) {
    const gaps = Array.from(
      { length: row.end - row.start - 1 },
      (_, i) => plan.x[row.start + i + 1]! - plan.x[row.start + i]!,
    );
    const usual = gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? Infinity;
    const free = (i: number): boolean =>
      i >= row.start && i < row.end && seats.status[i] === 0 && plan.seatCategory[i] === category;
    /** Free, and next to the one before it or after it. */
    const beside = (i: number, j: number): boolean =>
      free(i) && free(j) && Math.abs(plan.x[i]! - plan.x[j]!) <= 2 * usual;
    for (let at = row.start; at + size <= row.end; at += 1) {
      const block = Array.from({ length: size }, (_, k) => at + k);
      if (!block.every((i) => free(i) && (i === at || beside(i - 1, i)))) continue;
      const last = at + size - 1;
      const alone =
        (beside(at - 1, at) && !beside(at - 2, at - 1)) ||
        (beside(last, last + 1) && !beside(last + 1, last + 2));
      const distance =
        block.reduce(
          (sum, i) => sum + Math.hypot(plan.x[i]! - plan.focalPoint.x, plan.y[i]! - plan.focalPoint.y),
          0,
        ) / size;
      const score = distance + (alone ? 1e6 : 0);
      if (score < bestScore - 1e-9) [best, bestScore] = [block.map((i) => plan.seatIds[i]!), score];
    }
  }
  return best;
}
