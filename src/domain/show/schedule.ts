// A show comes to be, goes on view, is paused, resumed and cancelled.
import { rejection, type Rejection } from '../rejection.ts';
import { blockFree } from './block-seats.ts';
import type { ShowCommand } from './commands.ts';
import type { Prices } from './events.ts';
import { serveLine } from './serve-line.ts';
import type { ShowState } from './state.ts';
import type { Handler } from './turn.ts';

type Command<K extends ShowCommand['kind']> = Extract<ShowCommand, { kind: K }>;

const invalid = (pointer: string, message: string): Rejection =>
  rejection('InvalidRequest', message, { errors: [{ pointer, code: 'invalid', message }] });

/** Ends before it starts, or closes before it opens; null: times make sense. ISO times. */
export function timesRefused(times: {
  startsAt: string;
  endsAt: string | null;
  salesOpenAt: string | null;
  salesCloseAt: string | null;
}): Rejection | null {
  const ms = (iso: string | null): number => (iso === null ? NaN : Date.parse(iso));
  if (ms(times.endsAt) < ms(times.startsAt))
    return invalid('/endsAt', '`endsAt` is before `startsAt`: give a later `endsAt`.');
  if (ms(times.salesCloseAt ?? times.startsAt) <= ms(times.salesOpenAt) && times.salesCloseAt === null)
    return invalid(
      '/salesOpenAt',
      'Sales would open after they close with the start of the show: give an earlier salesOpenAt, or a salesCloseAt.',
    );
  if (ms(times.salesCloseAt) <= ms(times.salesOpenAt))
    return invalid('/salesCloseAt', '`salesCloseAt` is not after `salesOpenAt`: give a later one.');
  return null;
}

/** Prices in more than one currency cannot be added up; null: they can. */
export function pricesRefused(prices: Prices): Rejection | null {
  const currencies = new Set(Object.values(prices).map((p) => p.currency));
  return currencies.size > 1
    ? invalid('/prices', `All prices of a show are in one currency, not in ${[...currencies].join(' and ')}.`)
    : null;
}

export const scheduleShow: Handler<Command<'ScheduleShow'>> = (turn, command) => {
  if (turn.state.exists) return null;
  const { kind: _kind, plan, soldOutReason, ...data } = command;
  const refusal = timesRefused(data) ?? pricesRefused(data.prices);
  if (refusal) return refusal;
  turn.emit({ type: 'ShowScheduled', data: { ...data, venueId: plan.venueId, seatingPlanId: plan.id } });
  blockFree(turn, soldOutReason);
  return null;
};

const cancelled = (state: ShowState): Rejection | null =>
  state.cancelled
    ? rejection('ShowCancelled', 'This show is cancelled; it cannot be changed any more.')
    : null;

/** For handlers of organisers' commands: nothing changes a cancelled show. */
export const unlessCancelled =
  <C>(handler: Handler<C>): Handler<C> =>
  (turn, command) =>
    cancelled(turn.state) ?? handler(turn, command);

export const publishShow: Handler<Command<'PublishShow'>> = (turn) => {
  if (turn.state.published) return null;
  turn.emit({ type: 'ShowPublished', data: {} });
  return null;
};

export const pauseSales: Handler<Command<'PauseSales'>> = (turn, { reason }) => {
  if (!turn.state.paused) turn.emit({ type: 'SalesPaused', data: { reason } });
  return null;
};

export const resumeSales: Handler<Command<'ResumeSales'>> = (turn, { reason }) => {
  if (!turn.state.paused) return null;
  turn.emit({ type: 'SalesResumed', data: { reason } });
  serveLine(turn);
  return null;
};

export const cancelShow: Handler<Command<'CancelShow'>> = (turn, { reason }) => {
  if (!turn.state.cancelled) turn.emit({ type: 'ShowCancelled', data: { reason } });
  return null;
};
