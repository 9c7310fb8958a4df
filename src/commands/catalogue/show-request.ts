// What an organiser asks for when scheduling a show: what it refuses, and the command that it becomes with its defaults.
import { toIso, toMs, type Money } from '../../domain/decider.ts';
import { given } from '../../domain/edit.ts';
import { rejection, type Rejection } from '../../domain/rejection.ts';
import type { SeatingPlan } from '../../domain/seating-plan/plan.ts';
import type { ShowCommand, SoldOut } from '../../domain/show/commands.ts';
import type { Prices, ShowRules } from '../../domain/show/events.ts';
import { pricesRefused, timesRefused } from '../../domain/show/schedule.ts';
import type { VenueView } from '../../domain/venue/views.ts';

/** The body of the call, as its schema gives it on, or what an import asks for; times in ISO 8601 UTC. */
export interface ShowRequest extends Partial<ShowRules>, SoldOut {
  readonly venueId: string;
  readonly seatingPlanId: string;
  readonly startsAt: string;
  readonly endsAt?: string | null | undefined;
  readonly salesOpenAt?: string | null | undefined;
  readonly salesCloseAt?: string | null | undefined;
  readonly prices: Readonly<Record<string, Money>>;
}

type ScheduleShow = Extract<ShowCommand, { kind: 'ScheduleShow' }>;

const HOLD_TTL_MS = 600_000;
const TICKETS_PER_CUSTOMER = 10;
/** Entries in `errors`. */
const ERRORS_MAX = 20;

/** InvalidRequest with `errors` that point at the bad fields, or UnknownCategory; null: a show of it can be made. */
export function requestRefused(request: ShowRequest, plan: SeatingPlan): Rejection | null {
  return badPrices(plan, request.prices) ?? pricesRefused(request.prices) ?? timesRefused(timesOf(request));
}

interface Parts {
  readonly eventId: string;
  readonly plan: SeatingPlan;
  readonly venue: VenueView;
  readonly request: ShowRequest;
  /** Whether the event is on view. */
  readonly published: boolean;
}

/** The command, with every default that a request may leave out. */
export function scheduleShowOf({ eventId, plan, venue, request, published }: Parts): ScheduleShow {
  const { prices, holdTtlMs = HOLD_TTL_MS, offerTtlMs = holdTtlMs } = request;
  const { ticketsPerCustomer = TICKETS_PER_CUSTOMER, waitlistPolicy = 'strict', cooldownMs = 0 } = request;
  const rules: ShowRules = { holdTtlMs, offerTtlMs, ticketsPerCustomer, waitlistPolicy, cooldownMs };
  const [times, { timeZone }] = [timesOf(request), venue];
  const soldOut = given({ soldOutReason: request.soldOutReason });
  return { kind: 'ScheduleShow', eventId, plan, ...times, timeZone, prices, published, ...rules, ...soldOut };
}

function timesOf({ startsAt, endsAt, salesOpenAt, salesCloseAt }: ShowRequest) {
  const utc = (time: string | null | undefined): string | null => (time == null ? null : toIso(toMs(time)));
  return {
    startsAt: toIso(toMs(startsAt)),
    endsAt: utc(endsAt),
    salesOpenAt: utc(salesOpenAt),
    salesCloseAt: utc(salesCloseAt),
  };
}

interface InputError {
  /** JSON pointer into the body. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** A request that cannot be carried out as it is, with where and why. */
export const invalidRequest = (...errors: readonly InputError[]): Rejection =>
  rejection('InvalidRequest', errors.map(({ message }) => message).join(' '), { errors });

/** Every category has a price (0 is one), and nothing else has. */
function badPrices({ categories, categoryIndex }: SeatingPlan, prices: Prices): Rejection | null {
  const missing = categories.filter(({ id }) => !Object.hasOwn(prices, id)).slice(0, ERRORS_MAX);
  if (missing.length > 0) return invalidRequest(...missing.map(({ id }) => noPrice(id)));
  const unknown = Object.keys(prices).filter((id) => !categoryIndex.has(id));
  if (unknown.length === 0) return null;
  const detail = `The seating plan has no category ${unknown.join(', ')}: leave its price out.`;
  return rejection('UnknownCategory', detail, { categories: unknown });
}

function noPrice(categoryId: string): InputError {
  const key = categoryId.replaceAll('~', '~0').replaceAll('/', '~1');
  return { pointer: `/prices/${key}`, code: 'missing', message: `Give a price for ${categoryId}; 0 is one.` };
}
