// How organisers' events change a show: its schedule, its rules' neighbours, its seating plan and capacities.
import { toMs } from '../decider.ts';
import type { SeatingPlan } from '../seating-plan/plan.ts';
import type { CapacityChanged, ShowRescheduled, ShowScheduled } from './events.ts';
import { SeatMap } from './seat-map.ts';
import { areaCounts, type AreaCounts, type ShowState } from './state.ts';

/** Where evolve finds the seating plans that events name; they are loaded before the events are applied. */
export interface Plans {
  get(id: string): SeatingPlan | undefined;
}

const orNull = (iso: string | null): number | null => (iso === null ? null : toMs(iso));

export function schedule(state: ShowState, data: ShowScheduled['data'], plans: Plans): void {
  const { holdTtlMs, offerTtlMs, ticketsPerCustomer, waitlistPolicy, cooldownMs = 0 } = data;
  state.exists = true;
  state.published = data.published;
  state.rules = { holdTtlMs, offerTtlMs, ticketsPerCustomer, waitlistPolicy, cooldownMs };
  state.schedule = {
    eventId: data.eventId,
    venueId: data.venueId,
    timeZone: data.timeZone,
    startsAt: toMs(data.startsAt),
    endsAt: orNull(data.endsAt),
    salesOpenAt: orNull(data.salesOpenAt),
    salesCloseAt: orNull(data.salesCloseAt),
    publishedAt: data.published ? state.lastAt : null,
  };
  state.prices = new Map(Object.entries(data.prices));
  state.plan = planNamed(plans, data.seatingPlanId);
  state.seats = new SeatMap(state.plan);
  state.areas = areaCounts(state.plan);
}

export function reschedule(state: ShowState, data: ShowRescheduled['data']): void {
  const { schedule: s } = state;
  if (data.startsAt !== undefined) s.startsAt = toMs(data.startsAt);
  if (data.endsAt !== undefined) s.endsAt = orNull(data.endsAt);
  if (data.salesOpenAt !== undefined) s.salesOpenAt = orNull(data.salesOpenAt);
  if (data.salesCloseAt !== undefined) s.salesCloseAt = orNull(data.salesCloseAt);
  state.version = state.revision;
}

/** A missing plan is a broken invariant: whoever loads the stream loads its plans first. */
export function planNamed(plans: Plans, id: string): SeatingPlan {
  const plan = plans.get(id);
  if (!plan) throw new Error(`seating plan ${id} is not in memory: load it before its show`);
  return plan;
}

export function changeCapacity(state: ShowState, data: CapacityChanged['data'], plans: Plans): void {
  if (data.seatingPlanId !== undefined) {
    const before = { plan: state.plan, areas: state.areas };
    state.plan = planNamed(plans, data.seatingPlanId);
    state.seats = state.seats.movedTo(state.plan);
    state.areas = areaCounts(state.plan);
    state.plan.areas.forEach((area, a) => {
      const old = before.plan.areaIndex.get(area.id);
      if (old === undefined) return;
      for (const count of ['held', 'booked', 'blocked'] as const)
        state.areas[count][a] = before.areas[count][old]!;
    });
  }
  for (const { areaId, capacity } of data.areas)
    state.areas.capacity[state.plan.areaIndex.get(areaId)!] = capacity;
  fitBlocked(state.areas);
  state.version = state.revision;
}

function fitBlocked(areas: AreaCounts): void {
  areas.capacity.forEach((capacity, a) => (areas.blocked[a] = blockedWithin(areas, a, capacity)));
}

/** Where less is left than is blocked, less is blocked: what is free goes first, then what is blocked, never what is taken. */
export function blockedWithin({ held, booked, blocked }: AreaCounts, area: number, capacity: number): number {
  return Math.max(0, Math.min(blocked[area]!, capacity - held[area]! - booked[area]!));
}
