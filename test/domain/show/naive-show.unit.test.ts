// Random histories of a show that two engines decide: the real one, and one that takes the rules by their words. They agree
// on every verdict, every offer, every seat, at every moment.
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { ShowCommand } from '../../../src/domain/show/commands.ts';
import { areaViews, entryView, holdView } from '../../../src/domain/show/views.ts';
import { fc, runs } from '../properties.ts';
import { hallOfBoth } from './naive-hall.ts';
import type { NaiveHold, Offer } from './naive-records.ts';
import type { NaiveShow } from './naive-show.ts';
import { actOf, soldBefore, step, type Both, type Step } from './naive-steps.ts';
import { areaShown, entryShown, holdShown, seatShown, statusShown } from './naive-views.ts';
import { seatCodes } from './seat-codes.ts';
import type { ShowSpec } from './show-spec.ts';

/** What became of the histories: a comparison of shows where nothing happens proves nothing. */
const seen = new Map<string, number>();
afterAll(() => {
  const often = ['SeatsOffered', 'SeatsUnavailable', 'ReservedForWaitlist', 'TicketLimitExceeded'];
  for (const name of often) expect(seen.get(name) ?? 0, name).toBeGreaterThan(2);
});
const count = (name: string): void => void seen.set(name, (seen.get(name) ?? 0) + 1);

/** On a busy machine there are fewer than 500 histories of some hundred commands. */
const MS_MAX = 10_000;

describe('a show, and the same show told naively', () => {
  it('decide every history alike', () => {
    const until = performance.now() + MS_MAX;
    fc.assert(
      fc.property(fc.noBias(fc.array(step, { minLength: 60, maxLength: 160, size: 'max' })), (steps) => {
        if (performance.now() > until) return;
        const both = hallOfBoth();
        [...soldBefore, ...steps].forEach((one, i) => play(both, one, i));
        both.engine.isConsistent();
      }),
      { numRuns: runs(500, 40) },
    );
  });
});

function play({ engine, naive }: Both, one: Step, i: number): void {
  const act = actOf(one, i, { engine, naive });
  naive.now = engine.now;
  expectSameByTheClock(engine, naive);
  const before = engine.history.length;
  settle(engine);
  const code = act.command ? codeOf(engine, act.command) : undefined;
  settle(engine);
  const events = engine.history.slice(before);
  for (const { type } of events) count(type);
  naive.offered = events.filter((e) => e.type === 'SeatsOffered').map((e) => e.data as Offer);
  naive.settle();
  const held = events.find((e) => e.type === 'SeatsHeld')?.data as NaiveHold | undefined;
  const refusals = act.tell(naive, held ?? null);
  if (code === undefined) expect(refusals, JSON.stringify(act.command)).toEqual([]);
  else expect(refusals, JSON.stringify(act.command)).toContain(code);
  naive.settle();
  expect(naive.offered).toEqual([]);
  expectSame(engine, naive);
}

/** What time has made due, as the pipeline does it before a command, and after one. */
function settle(engine: ShowSpec): void {
  while (engine.aggregate.due!(engine.state, engine.now)) engine.accepts({ kind: 'ExpireDue' });
}

/** undefined: it was accepted. */
function codeOf(engine: ShowSpec, command: ShowCommand): string | undefined {
  const verdict = engine.when(command);
  if ('accepted' in verdict) return undefined;
  count(verdict.rejected.code);
  return verdict.rejected.code;
}

/** What has lapsed is over whether it was recorded or not. */
function expectSameByTheClock(engine: ShowSpec, naive: NaiveShow): void {
  for (const hold of naive.holds.values()) {
    const isOver = hold.status === 'live' && hold.until <= naive.now;
    expectEqual(holdView(engine.state, hold.id, engine.now)!.status, isOver ? 'expired' : shown(hold));
    if (!hold.entry || hold.entry.status !== 'offered') continue;
    const { status } = entryView(engine.state, hold.entry.id, engine.now)!;
    expect(status).toBe(isOver ? 'lapsed' : 'offered');
  }
}

const shown = ({ status }: NaiveHold): string => (status === 'bookingCancelled' ? 'confirmed' : status);

function expectSame(engine: ShowSpec, naive: NaiveShow): void {
  const { state, now } = engine;
  expectEqual(engine.view.status, statusShown(naive));
  expectEqual(
    [...state.holds.keys()].map((id) => holdSeen(engine, id)),
    [...naive.holds.values()].map(holdShown),
  );
  const entries = [...state.entries.keys()].map((id) => {
    const { status, ahead, offer } = entryView(state, id, now)!;
    return { id, status, ahead, offer: offer?.holdId ?? null };
  });
  expectEqual(
    entries,
    [...naive.entries.values()].map((entry) => entryShown(naive, entry)),
  );
  expectEqual(
    seatCodes(state),
    state.plan.seatIds.map((seat) => seatShown(naive, seat)),
  );
  expectEqual(
    areaViews(state).map(({ id, free, blocked }) => ({ id, free, blocked })),
    naive.seats.areas.map(({ id }) => areaShown(naive, id)),
  );
}

/** As `toEqual`, which takes most of the time where nothing differs. */
function expectEqual(real: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(real, wanted)) expect(real).toEqual(wanted);
}

function holdSeen({ state, now }: ShowSpec, id: string) {
  const { customerId, status, seats, areas, total, until } = holdView(state, id, now)!;
  const { bookingId } = state.holds.get(id)!;
  const over = bookingId !== null && state.bookings.get(bookingId)!.status === 'cancelled';
  return {
    id,
    customer: customerId,
    status: over ? 'bookingCancelled' : status,
    seats,
    areas,
    total: total.amount,
    until: Date.parse(until),
  };
}
