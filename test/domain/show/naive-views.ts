// How a naive show looks from outside.
import { isTaken, type NaiveEntry, type NaiveHold } from './naive-records.ts';
import type { NaiveShow } from './naive-show.ts';

export function statusShown({ status, now, opensAt, closesAt }: NaiveShow): string {
  if (status === 'cancelled') return 'cancelled';
  if (now >= closesAt) return 'closed';
  if (status === 'paused') return 'paused';
  return now < opensAt ? 'scheduled' : 'onSale';
}

export function entryShown(show: NaiveShow, entry: NaiveEntry) {
  const { id, status, category, offer } = entry;
  const ahead = status === 'waiting' ? show.waitingFor(category).indexOf(entry) : 0;
  return { id, status, ahead, offer: status === 'offered' ? offer!.id : null };
}

export const holdShown = ({ id, customer, status, seats, areas, total, until }: NaiveHold) => ({
  id,
  customer,
  status,
  seats,
  areas,
  total,
  until,
});

/** 0 free, 1 held, 2 booked, 3 blocked or kept for the line. */
export function seatShown(show: NaiveShow, seat: string): number {
  const holder = [...show.holds.values()].find((hold) => isTaken(hold) && hold.seats.includes(seat));
  if (holder) return holder.status === 'live' ? 1 : 2;
  return show.seats.blocked.has(seat) || show.isKept(show.seats.categoryOf(seat)) ? 3 : 0;
}

export function areaShown(show: NaiveShow, id: string) {
  const { category, blocked } = show.seats.area(id);
  const free = show.seats.freeInArea(id);
  return show.isKept(category) ? { id, free: 0, blocked: blocked + free } : { id, free, blocked };
}
