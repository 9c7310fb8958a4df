// A show comes to be, goes on view, pauses and goes on: each once, and with times and prices that make sense.
import { describe, expect, it } from 'vitest';
import type { ShowCommand } from '../../../src/domain/show/commands.ts';
import { showAggregate } from '../../../src/domain/show/show.ts';
import { DAY, hall, iso, ShowSpec, T0, types } from './show-spec.ts';

type Schedule = Extract<ShowCommand, { kind: 'ScheduleShow' }>;
const plan = hall();
const START = T0 + 30 * DAY;
const SCHEDULE: Schedule = {
  kind: 'ScheduleShow',
  eventId: 'event-1',
  plan,
  timeZone: 'Europe/Madrid',
  startsAt: iso(START),
  endsAt: null,
  salesOpenAt: null,
  salesCloseAt: null,
  prices: { Stalls: { amount: 2500, currency: 'EUR' } },
  published: false,
  holdTtlMs: 1,
  offerTtlMs: 2,
  ticketsPerCustomer: 3,
  waitlistPolicy: 'strict',
};

/** The verdict on scheduling a show so, in a stream of its own. */
function scheduled(parts: Partial<Schedule>, times = 1) {
  const aggregate = showAggregate(new Map([[plan.id, plan]]));
  const state = aggregate.initialState();
  const decide = () =>
    aggregate.decide(state, { ...SCHEDULE, ...parts }, { commandId: 'c', requestHash: 'h', at: iso(T0) });
  for (let i = 1; i < times; i += 1) decide();
  return decide();
}

describe('scheduling a show', () => {
  it('records everything about it once', () => {
    const { kind: _kind, plan: _plan, ...fields } = SCHEDULE;
    expect(scheduled({})).toEqual({
      accepted: [{ type: 'ShowScheduled', data: { ...fields, venueId: 'venue-1', seatingPlanId: 'plan-1' } }],
    });
    expect(scheduled({}, 2)).toEqual({ accepted: [] });
  });

  const at = (days: number): string => iso(START + days * DAY);
  it.each<[string, Partial<Schedule>, string | null]>([
    ['ends as it starts', { endsAt: at(0) }, null],
    ['ends before it starts', { endsAt: at(-1) }, '/endsAt'],
    ['sells from its start on', { salesOpenAt: at(0) }, '/salesOpenAt'],
    ['sells from after its start on', { salesOpenAt: at(1) }, '/salesOpenAt'],
    ['sells from its start on for a day', { salesOpenAt: at(0), salesCloseAt: at(1) }, null],
    ['sells until it starts', { salesOpenAt: at(-1) }, null],
    ['sells for no time', { salesOpenAt: at(-2), salesCloseAt: at(-2) }, '/salesCloseAt'],
    ['closes before it opens', { salesOpenAt: at(-2), salesCloseAt: at(-3) }, '/salesCloseAt'],
    ['closes and does not say when it opens', { salesCloseAt: at(-40) }, null],
  ])('that %s', (_what, times, pointer) => {
    const verdict = scheduled(times);
    if (pointer === null) expect(verdict).toHaveProperty('accepted.0.type', 'ShowScheduled');
    else expect(verdict).toHaveProperty('rejected.members.errors.0.pointer', pointer);
  });

  it('wants all prices in one currency', () => {
    const EUR = { amount: 1, currency: 'EUR' };
    expect(scheduled({ prices: { Stalls: EUR, Circle: { amount: 2, currency: 'CHF' } } })).toMatchObject({
      rejected: {
        code: 'InvalidRequest',
        detail: 'All prices of a show are in one currency, not in EUR and CHF.',
        members: { errors: [{ pointer: '/prices', code: 'invalid' }] },
      },
    });
    expect(scheduled({ prices: { Stalls: EUR, Circle: EUR } })).toHaveProperty('accepted');
  });
});

describe('a show', () => {
  it('is published once', () => {
    const show = new ShowSpec({}, { published: false });
    expect(show.accepts({ kind: 'PublishShow' })).toEqual([{ type: 'ShowPublished', data: {} }]);
    expect(show.accepts({ kind: 'PublishShow' })).toEqual([]);
  });

  it('is paused and resumed once at a time, for a reason that is kept', () => {
    const show = new ShowSpec();
    const pause = (reason: string) => show.accepts({ kind: 'PauseSales', reason });
    const resume = (reason: string) => show.accepts({ kind: 'ResumeSales', reason });
    expect(resume('r')).toEqual([]);
    expect(pause('storm')).toEqual([{ type: 'SalesPaused', data: { reason: 'storm' } }]);
    expect(pause('flood')).toEqual([]);
    expect(show.state.pausedFor).toBe('storm');
    expect(resume('over')).toEqual([{ type: 'SalesResumed', data: { reason: 'over' } }]);
    expect(resume('over')).toEqual([]);
    expect(show.view.status).toBe('onSale');
    expect(types(pause('flood'))).toEqual(['SalesPaused']);
    expect(show.state.pausedFor).toBe('flood');
  });

  it('is cancelled once, for a reason', () => {
    const show = new ShowSpec();
    const cancel = (reason: string) => show.accepts({ kind: 'CancelShow', reason });
    expect(cancel('ill')).toEqual([{ type: 'ShowCancelled', data: { reason: 'ill' } }]);
    expect(cancel('still ill')).toEqual([]);
  });
});
