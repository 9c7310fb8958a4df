// The static side of shows: when, where, under which rules and at which prices. What is free is `availability`'s.
import { sql } from 'kysely';
import type { Money } from '../../domain/decider.ts';
import { given } from '../../domain/edit.ts';
import { idOf, type RecordedEvent } from '../../domain/event.ts';
import type { SeatingPlanEvent } from '../../domain/seating-plan/events.ts';
import type { Area } from '../../domain/seating-plan/plan.ts';
import type { CapacityChanged, ShowEvent, ShowScheduled } from '../../domain/show/events.ts';
import { fold } from '../../domain/words.ts';
import type { Handling, Projection, Tx } from '../projection.ts';
import { loadRows, saveRows } from './rows.ts';

interface PlanRow {
  readonly id: string;
  readonly category_ids: readonly string[];
  readonly category_names: readonly string[];
  readonly category_seats: readonly number[];
  readonly areas: readonly Area[];
  readonly [column: string]: unknown;
}

interface ShowRow {
  readonly id: string;
  readonly seating_plan_id: string;
  readonly starts_at: string;
  readonly prices: Readonly<Record<string, Money>>;
  readonly area_capacities: Readonly<Record<string, number>>;
  /** Revision of the last edit. */
  readonly version: number;
  readonly [column: string]: unknown;
}

const TABLES = `
  create table plans (
    id uuid primary key,
    category_ids text[] not null,
    category_names text[] not null,
    -- How many numbered seats each of them has.
    category_seats integer[] not null,
    areas jsonb not null
  );
  create table shows (
    id uuid primary key,
    event_id uuid not null,
    venue_id uuid not null,
    seating_plan_id uuid not null,
    starts_at timestamptz(3) not null,
    ends_at timestamptz(3),
    time_zone text not null,
    sales_open_at timestamptz(3),
    sales_close_at timestamptz(3),
    published_at timestamptz(3),
    paused boolean not null,
    cancelled boolean not null,
    hold_ttl_ms integer not null,
    offer_ttl_ms integer not null,
    tickets_per_customer integer not null,
    waitlist_policy text not null,
    cooldown_ms integer not null,
    prices jsonb not null,
    -- Of areas that have another one than in the plan.
    area_capacities jsonb not null,
    price_from bigint,
    price_to bigint,
    currency text,
    -- Of what there is to sell; folded, to be found by.
    category_names text[] not null,
    -- What each of them costs.
    category_amounts bigint[] not null,
    version integer not null
  )`;

export function shows(): Projection {
  return {
    name: 'shows',
    version: 5,
    types: [
      'SeatingPlanDrawn',
      'RowsDrawn',
      'ShowScheduled',
      'ShowPublished',
      'ShowRescheduled',
      'ShowRulesChanged',
      'SalesPaused',
      'SalesResumed',
      'ShowCancelled',
      'CapacityChanged',
      'PriceChanged',
    ],
    exposes: ['shows'],
    acrossStreams: true,
    tables: TABLES,
    indexes: [
      'shows_by_time on shows (starts_at, event_id) where not cancelled',
      'shows_of_event on shows (event_id, starts_at, id)',
      'shows_of_venue on shows (venue_id, starts_at)',
      'shows_by_category on shows using gin (category_names)',
      'shows_by_lowest_price on shows (currency, price_from) where not cancelled',
      'shows_by_highest_price on shows (currency, price_to) where not cancelled',
    ],
    handle,
  };
}

async function handle(events: readonly RecordedEvent[], { tx }: Handling): Promise<void> {
  const awaiting = await showsAwaiting(tx, await savePlans(tx, events));
  const ofShows = events.filter((e) => !isOfPlan(e));
  const ids = new Set([...awaiting, ...ofShows.map((e) => idOf(e.stream))]);
  const rows = await loadRows<ShowRow>(tx, 'shows', 'id', ids);
  for (const event of ofShows) {
    const id = idOf(event.stream);
    rows.set(id, changed(rows.get(id), id, event as RecordedEvent & ShowEvent));
  }
  const plans = await loadRows<PlanRow>(
    tx,
    'plans',
    'id',
    new Set([...rows.values()].map((row) => row.seating_plan_id)),
  );
  await saveRows(
    tx,
    'shows',
    'id',
    [...rows.values()].map((row) => ({ ...row, ...categoriesOf(row, plans.get(row.seating_plan_id)) })),
  );
}

function changed(row: ShowRow | undefined, id: string, event: RecordedEvent & ShowEvent): ShowRow {
  switch (event.type) {
    case 'ShowScheduled':
      return scheduled(id, event.data, event.metadata.at);
    case 'ShowPublished':
      return { ...row!, published_at: event.metadata.at };
    case 'ShowRescheduled': {
      const {
        startsAt: starts_at,
        endsAt: ends_at,
        salesOpenAt: sales_open_at,
        salesCloseAt: sales_close_at,
      } = event.data;
      return {
        ...row!,
        ...given({ starts_at, ends_at, sales_open_at, sales_close_at }),
        version: event.revision,
      };
    }
    case 'ShowRulesChanged': {
      const {
        holdTtlMs: hold_ttl_ms,
        offerTtlMs: offer_ttl_ms,
        ticketsPerCustomer: tickets_per_customer,
        waitlistPolicy: waitlist_policy,
        cooldownMs: cooldown_ms,
      } = event.data;
      return {
        ...row!,
        ...given({ hold_ttl_ms, offer_ttl_ms, tickets_per_customer, waitlist_policy, cooldown_ms }),
        version: event.revision,
      };
    }
    case 'PriceChanged':
      return { ...row!, prices: { ...row!.prices, ...event.data.prices }, version: event.revision };
    case 'CapacityChanged':
      return { ...row!, ...seatingOf(row!, event.data), version: event.revision };
    case 'SalesPaused':
      return { ...row!, paused: true };
    case 'SalesResumed':
      return { ...row!, paused: false };
    case 'ShowCancelled':
      return { ...row!, cancelled: true };
    default:
      return row!; // what happens to places
  }
}

/** Another plan brings the capacities of its own areas. */
function seatingOf(row: ShowRow, { seatingPlanId, areas }: CapacityChanged['data']) {
  const now = Object.fromEntries(areas.map(({ areaId, capacity }) => [areaId, capacity]));
  if (seatingPlanId !== undefined) return { seating_plan_id: seatingPlanId, area_capacities: now };
  return { area_capacities: { ...row.area_capacities, ...now } };
}

function scheduled(id: string, data: ShowScheduled['data'], at: string): ShowRow {
  return {
    id,
    event_id: data.eventId,
    venue_id: data.venueId,
    seating_plan_id: data.seatingPlanId,
    starts_at: data.startsAt,
    ends_at: data.endsAt,
    time_zone: data.timeZone,
    sales_open_at: data.salesOpenAt,
    sales_close_at: data.salesCloseAt,
    published_at: data.published ? at : null,
    paused: false,
    cancelled: false,
    hold_ttl_ms: data.holdTtlMs,
    offer_ttl_ms: data.offerTtlMs,
    tickets_per_customer: data.ticketsPerCustomer,
    waitlist_policy: data.waitlistPolicy,
    cooldown_ms: data.cooldownMs ?? 0,
    prices: data.prices,
    area_capacities: {},
    version: 0,
  };
}

/**
 * Of the plan that it has now: prices of categories that it once had stay with it. A category without a seat or place, as an
 * import leaves the old form of a zone, is not for sale at its price, unless none has any. All are in one currency; a
 * category that was never given a price costs nothing, as in the domain.
 */
function categoriesOf(row: ShowRow, plan: PlanRow | undefined) {
  const { prices } = row;
  const places = placesOf(plan?.areas ?? [], row.area_capacities);
  const categories = (plan?.category_ids ?? []).map((id, i) => ({
    name: plan!.category_names[i]!,
    amount: prices[id]?.amount ?? 0,
    capacity: plan!.category_seats[i]! + (places.get(id) ?? 0),
  }));
  const withPlaces = categories.filter(({ capacity }) => capacity > 0);
  const sold = withPlaces.length > 0 ? withPlaces : categories;
  const amounts = sold.map(({ amount }) => amount);
  const [first] = Object.values(prices);
  const isPriced = first !== undefined && amounts.length > 0;
  return {
    category_names: sold.map(({ name }) => name),
    category_amounts: amounts,
    price_from: isPriced ? amounts.reduce((a, b) => Math.min(a, b)) : null,
    price_to: isPriced ? amounts.reduce((a, b) => Math.max(a, b)) : null,
    currency: first?.currency ?? null,
  };
}

/** By category. An area may be called `constructor`. */
function placesOf(areas: readonly Area[], capacities: ShowRow['area_capacities']): Map<string, number> {
  const places = new Map<string, number>();
  const now = new Map(Object.entries(capacities));
  for (const { id, categoryId, capacity } of areas)
    places.set(categoryId, (places.get(categoryId) ?? 0) + (now.get(id) ?? capacity));
  return places;
}

type OfPlan = RecordedEvent & SeatingPlanEvent;
const isOfPlan = (event: RecordedEvent): event is OfPlan =>
  event.type === 'SeatingPlanDrawn' || event.type === 'RowsDrawn';

/** Their ids. */
async function savePlans(tx: Tx, events: readonly RecordedEvent[]): Promise<string[]> {
  const ofPlans = events.filter(isOfPlan);
  const begun = ofPlans.filter(({ type }) => type === 'RowsDrawn');
  const rows = await loadRows<PlanRow>(tx, 'plans', 'id', new Set(begun.map(({ stream }) => idOf(stream))));
  for (const event of ofPlans) {
    const id = idOf(event.stream);
    rows.set(id, drawn(rows.get(id), id, event));
  }
  await saveRows(tx, 'plans', 'id', [...rows.values()]);
  return [...rows.keys()];
}

function drawn(row: PlanRow | undefined, id: string, { type, data }: OfPlan): PlanRow {
  if (type === 'RowsDrawn') {
    const seats = [...row!.category_seats];
    for (const { categories } of data.rows) for (const category of categories) seats[category]! += 1;
    return { ...row!, category_seats: seats };
  }
  return {
    id,
    category_ids: data.categories.map((category) => category.id),
    category_names: data.categories.map(({ name }) => fold(name)),
    category_seats: data.categories.map(() => 0),
    areas: data.areas,
  };
}

/** A plan may be heard of after the shows that use it: their streams are others. */
async function showsAwaiting(tx: Tx, planIds: readonly string[]): Promise<string[]> {
  if (planIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from shows where seating_plan_id = any(${[...planIds]}::uuid[])`.execute(tx);
  return rows.map(({ id }) => id);
}
