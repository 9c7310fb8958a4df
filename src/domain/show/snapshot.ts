// A show's state as plain JSON beside its stream, and back. Changing the shape of the state means a new version: old
// snapshots are then ignored and the stream is folded instead.
import type { Money } from '../decider.ts';
import { DueQueue } from './due-queue.ts';
import { planNamed, type Plans } from './evolve-show.ts';
import { Line, type Waiting } from './line.ts';
import { loadHolds, saveHolds, type SavedHolds } from './saved-holds.ts';
import { SeatMap } from './seat-map.ts';
import {
  initialState,
  openKey,
  sizeOfHold,
  type Booking,
  type Entry,
  type Hold,
  type Lapses,
  type Schedule,
  type ShowState,
} from './state.ts';

const SHOW_SNAPSHOT_VERSION = 4;

interface Saved {
  readonly flags: Pick<
    ShowState,
    | 'revision'
    | 'lastAt'
    | 'exists'
    | 'published'
    | 'paused'
    | 'pausedFor'
    | 'cancelled'
    | 'version'
    | 'rules'
  >;
  readonly schedule: Schedule;
  readonly planId: string;
  readonly prices: [string, Money][];
  /** base64, one byte a seat. */
  readonly seats: string;
  readonly areas: Record<'capacity' | 'held' | 'booked' | 'blocked', number[]>;
  /** Two columns, read faster than pairs. */
  readonly commands: { readonly ids: string[]; readonly hashes: string[] };
  readonly holds: SavedHolds;
  readonly bookings: (Omit<Booking, 'hold'> & { readonly holdId: string })[];
  readonly entries: Entry[];
  readonly lines: [string, Waiting[]][];
  readonly lapses: [string, Lapses][];
}

/** Equal for equal states, however they came to be: also what tests compare. */
export function saveShow(state: ShowState): Saved {
  const { revision, lastAt, exists, published, paused, pausedFor, cancelled, version, rules, areas } = state;
  return {
    flags: { revision, lastAt, exists, published, paused, pausedFor, cancelled, version, rules },
    schedule: { ...state.schedule },
    planId: state.plan.id,
    prices: [...state.prices],
    seats: Buffer.from(state.seats.status).toString('base64'),
    areas: {
      capacity: [...areas.capacity],
      held: [...areas.held],
      booked: [...areas.booked],
      blocked: [...areas.blocked],
    },
    commands: { ids: [...state.commands.keys()], hashes: [...state.commands.values()] },
    holds: saveHolds([...state.holds.values()]),
    bookings: [...state.bookings.values()].map(({ hold, ...booking }) => ({ ...booking, holdId: hold.id })),
    entries: [...state.entries.values()].map((entry) => ({ ...entry })),
    lines: [...state.lines].map(([category, line]) => [category, line.list()]),
    lapses: [...state.lapses],
  };
}

function loadShow(saved: Saved, plans: Plans): ShowState {
  const plan = planNamed(plans, saved.planId);
  const { areas, commands } = saved;
  const state: ShowState = {
    ...initialState(),
    ...saved.flags,
    schedule: { ...saved.schedule },
    plan,
    prices: new Map(saved.prices),
    seats: new SeatMap(plan, Uint8Array.from(Buffer.from(saved.seats, 'base64'))),
    areas: {
      capacity: Int32Array.from(areas.capacity),
      held: Int32Array.from(areas.held),
      booked: Int32Array.from(areas.booked),
      blocked: Int32Array.from(areas.blocked),
    },
    commands: new Map(commands.ids.map((id, i) => [id, commands.hashes[i]!])),
    lapses: new Map(saved.lapses),
    due: new DueQueue(),
  };
  for (const hold of loadHolds(saved.holds)) addHold(state, hold);
  for (const { holdId, ...booking } of saved.bookings)
    state.bookings.set(booking.id, { ...booking, hold: state.holds.get(holdId)! });
  for (const entry of saved.entries) {
    state.entries.set(entry.id, { ...entry });
    if (entry.status === 'waiting' || entry.status === 'offered')
      state.openEntries.set(openKey(entry.customerId, entry.categoryId), entry.id);
  }
  for (const [category, waiting] of saved.lines) {
    const line = new Line();
    for (const one of waiting) line.append(one);
    state.lines.set(category, line);
  }
  for (const booking of state.bookings.values())
    if (booking.status === 'confirmed') addTickets(state, booking.hold);
  return state;
}

function addHold(state: ShowState, hold: Hold): void {
  state.holds.set(hold.id, hold);
  if (hold.status !== 'live') return;
  state.due.add(hold);
  addTickets(state, hold);
}

function addTickets(state: ShowState, hold: Hold): void {
  state.tickets.set(hold.customerId, (state.tickets.get(hold.customerId) ?? 0) + sizeOfHold(hold));
}

export function showSnapshot(plans: Plans) {
  return {
    version: SHOW_SNAPSHOT_VERSION,
    save: (state: ShowState): unknown => saveShow(state),
    load: (saved: unknown): ShowState => loadShow(saved as Saved, plans),
    planIds: (saved: unknown): string[] => [(saved as Saved).planId],
  };
}
