// The static side of shows: when, where, under which rules and at which prices. What is free is `availability`'s.
import { sql } from 'kysely';
import type { Money } from '../../domain/decider.ts';
import { given } from '../../domain/edit.ts';
import type { RecordedEvent } from '../../domain/event.ts';
import type { SeatingPlanDrawn } from '../../domain/seating-plan/events.ts';
import type { ShowEvent, ShowScheduled } from '../../domain/show/events.ts';
import { fold } from '../../domain/words.ts';
import { idOf, type Handling, type Projection, type Tx } from '../projection.ts';
import { loadRows, saveRows } from './rows.ts';

interface ShowRow {
  readonly id: string;
  readonly seating_plan_id: string;
  readonly starts_at: string;
  readonly prices: Readonly<Record<string, Money>>;
  /** Revision of the last edit. */
  readonly version: number;
  readonly [column: string]: unknown;
}

const TABLES = `
  create table plans (
    id uuid primary key,
    category_names text[] not null
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
    price_from bigint,
    currency text,
    -- Folded, to be found by.
    category_names text[] not null,
    version integer not null
  )`;

export function shows(): Projection {
  return {
    name: 'shows',
    version: 3,
    types: [
      'SeatingPlanDrawn',
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
    ],
    handle,
  };
}

async function handle(events: readonly RecordedEvent[], { tx }: Handling): Promise<void> {
  await savePlans(tx, events);
  const ofShows = events.filter((e) => e.type !== 'SeatingPlanDrawn');
  const rows = await loadRows<ShowRow>(tx, 'shows', 'id', new Set(ofShows.map((e) => idOf(e.stream))));
  for (const event of ofShows) {
    const id = idOf(event.stream);
    rows.set(id, changed(rows.get(id), id, event as RecordedEvent & ShowEvent));
  }
  const names = await categoryNames(tx, new Set([...rows.values()].map((row) => row.seating_plan_id)));
  await saveRows(
    tx,
    'shows',
    'id',
    [...rows.values()].map((row) => ({
      ...row,
      ...lowestPrice(row.prices),
      category_names: names.get(row.seating_plan_id) ?? [],
    })),
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
      return { ...row!, ...given({ seating_plan_id: event.data.seatingPlanId }), version: event.revision };
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
    version: 0,
  };
}

/** All prices of a show are in one currency. */
function lowestPrice(prices: ShowRow['prices']): { price_from: number | null; currency: string | null } {
  const [first, ...others] = Object.values(prices);
  if (!first) return { price_from: null, currency: null };
  return {
    price_from: others.reduce((lowest, price) => Math.min(lowest, price.amount), first.amount),
    currency: first.currency,
  };
}

/** A plan may be heard of after the shows that use it: their streams are others. */
async function savePlans(tx: Tx, events: readonly RecordedEvent[]): Promise<void> {
  const drawn = events.filter((e) => e.type === 'SeatingPlanDrawn') as (RecordedEvent & SeatingPlanDrawn)[];
  const rows = drawn.map(({ stream, data }) => ({
    id: idOf(stream),
    category_names: data.categories.map((category) => fold(category.name)),
  }));
  await saveRows(tx, 'plans', 'id', rows);
  const ids = rows.map((row) => row.id);
  if (ids.length > 0)
    await sql`update shows s set category_names = p.category_names
      from plans p where p.id = s.seating_plan_id and p.id = any(${ids}::uuid[])`.execute(tx);
}

async function categoryNames(tx: Tx, planIds: Set<string>): Promise<Map<string, string[]>> {
  if (planIds.size === 0) return new Map();
  const found = await sql<{
    id: string;
    category_names: string[];
  }>`select id, category_names from plans where id = any(${[...planIds]}::uuid[])`.execute(tx);
  return new Map(found.rows.map((row) => [row.id, row.category_names]));
}
