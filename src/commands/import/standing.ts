// How a show stands, as an import compares it with a feed, and the edits that would make them alike.
import type { ShowCommand } from '../../domain/show/commands.ts';
import { BLOCKED } from '../../domain/show/seat-map.ts';
import type { ShowState } from '../../domain/show/state.ts';
import type { FeedShow } from '../../ports/feed-source.ts';
import { isAreaEdit, mergedZones, zonesOf } from './layout.ts';
import type { PricedZone, StandingZone } from './layout.ts';

type Times = Pick<FeedShow, 'startsAt' | 'endsAt' | 'salesOpenAt' | 'salesCloseAt'>;

export interface Standing {
  /** By the very command that asks, sent before. */
  readonly createdHere: boolean;
  readonly anythingBlocked: boolean;
  readonly times: Times;
  readonly zones: readonly StandingZone[];
}

/** Null: there is no such show. */
export function standingOf(state: ShowState, scheduledBy: string): Standing | null {
  if (!state.exists) return null;
  const { schedule: s, plan, prices, areas, seats } = state;
  const iso = (ms: number) => new Date(ms).toISOString();
  const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));
  return {
    createdHere: state.commands.has(scheduledBy),
    anythingBlocked:
      areas.blocked.some((n) => n > 0) || plan.categories.some((_, c) => seats.count(c, BLOCKED) > 0),
    times: {
      startsAt: iso(s.startsAt),
      endsAt: isoOrNull(s.endsAt),
      salesOpenAt: isoOrNull(s.salesOpenAt),
      salesCloseAt: isoOrNull(s.salesCloseAt),
    },
    zones: zonesOf(plan, (area) => areas.capacity[area] ?? 0).map((zone) => ({
      ...zone,
      price: prices.get(zone.categoryId) ?? { amount: 0, currency: '' },
    })),
  };
}

/** Times that differ; null: none does. */
export function editOfTimes(feed: FeedShow, { times }: Standing, reason: string): ShowCommand | null {
  const later = changedTimes(feed, times);
  return Object.keys(later).length === 0 ? null : { kind: 'EditShow', ...later, reason };
}

/** Prices that differ, and capacities of areas that need no other plan; null: none does. Areas in `kept` stay as they are. */
export function editOfZones(
  feed: FeedShow,
  { zones }: Standing,
  kept: ReadonlySet<string>,
  reason: string,
): ShowCommand | null {
  const known = new Map(zones.map((z) => [z.categoryId, z]));
  const areas = mergedZones(zones, feed.zones, kept).filter((zone) => {
    const old = known.get(zone.categoryId);
    return old !== undefined && old.capacity !== zone.capacity && isAreaEdit(old, zone);
  });
  const prices = feed.zones.filter(({ categoryId, price }) => {
    const old = known.get(categoryId)?.price;
    return old !== undefined && (old.amount !== price.amount || old.currency !== price.currency);
  });
  if (areas.length + prices.length === 0) return null;
  return {
    kind: 'EditShow',
    prices: pricesOf(prices),
    areas: areas.map(({ categoryId: id, capacity }) => ({ id, capacity })),
    reason,
  };
}

export function pricesOf(
  zones: readonly Pick<PricedZone, 'categoryId' | 'price'>[],
): Record<string, PricedZone['price']> {
  return Object.fromEntries(zones.map((z) => [z.categoryId, z.price]));
}

function changedTimes(feed: Times, now: Times): Partial<Times> {
  const names = ['startsAt', 'endsAt', 'salesOpenAt', 'salesCloseAt'] as const;
  return Object.fromEntries(
    names.filter((name) => feed[name] !== now[name]).map((name) => [name, feed[name]]),
  );
}
