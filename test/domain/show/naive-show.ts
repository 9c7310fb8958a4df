// A show as docs and contract tell it, told once more as plainly as can be: lists and loops, no index, no event, nothing of
// src. Which of equally good seats somebody gets it leaves to the engine, and checks that they are good.
import { expect } from 'vitest';
import {
  codeOfEnded,
  isOpen,
  isTaken,
  sizeOf,
  type NaiveEntry,
  type NaiveHold,
  type Offer,
  type Refusals,
} from './naive-records.ts';
import type { NaiveSeats, Places, Share } from './naive-seats.ts';

const FIVE_MINUTES = 300_000;

export class NaiveShow {
  now: number;
  status: 'selling' | 'paused' | 'cancelled' = 'selling';
  opensAt: number;
  closesAt: number;
  limit = 4;
  policy: 'strict' | 'best-fit' = 'strict';
  holdTtl = 600_000;
  offerTtl = 600_000;
  readonly holds = new Map<string, NaiveHold>();
  readonly entries = new Map<string, NaiveEntry>();
  /** Those who wait, of all categories, in order. */
  line: NaiveEntry[] = [];
  readonly seats: NaiveSeats;
  /** What the engine offered and is still to be explained. */
  offered: Offer[] = [];

  constructor(seats: NaiveSeats, times: { now: number; opensAt: number; closesAt: number }) {
    this.seats = seats;
    this.now = times.now;
    this.opensAt = times.opensAt;
    this.closesAt = times.closesAt;
  }

  /** What time alone does: lapses in order, then the line. */
  settle(): void {
    const over = [...this.holds.values()].filter((h) => h.status === 'live' && h.until <= this.now);
    for (const hold of over) this.#end(hold, 'expired');
    this.#serve();
  }

  get onSale(): boolean {
    return this.status === 'selling' && this.opensAt <= this.now && this.now < this.closesAt;
  }

  /** Live holds, offers and bookings of a customer. */
  ticketsOf(customer: string): number {
    const taken = [...this.holds.values()].filter((h) => h.customer === customer && isTaken(h));
    return taken.reduce((sum, hold) => sum + sizeOf(hold), 0);
  }

  waitingFor(category: string): NaiveEntry[] {
    return this.line.filter((entry) => entry.category === category);
  }

  isKept(category: string): boolean {
    return this.waitingFor(category).some((entry) => !this.#isPassed(entry));
  }

  hold(id: string, customer: string, asked: Places): Refusals {
    const refusals = this.#notOnSale();
    if (this.ticketsOf(customer) + sizeOf(asked) > this.limit) refusals.push('TicketLimitExceeded');
    const lost = this.lost(asked);
    if (lost.code) refusals.push(lost.code);
    if (refusals.length === 0) this.#take(id, customer, asked, this.holdTtl, null);
    return refusals;
  }

  /** Which of the named places cannot be had, and why. */
  lost({ seats, areas }: Places): { code: string | null; seats: string[]; areas: string[] } {
    const taken = (id: string) => !this.seats.isFree(id);
    const short = ({ areaId, quantity }: Share) => this.seats.freeInArea(areaId) < quantity;
    const keptSeat = (id: string) => this.isKept(this.seats.categoryOf(id));
    const keptArea = ({ areaId }: Share) => this.isKept(this.seats.categoryOf(areaId));
    const lostSeats = seats.filter((id) => taken(id) || keptSeat(id));
    const lostAreas = areas.filter((area) => short(area) || keptArea(area)).map((area) => area.areaId);
    const somebodyHasIt = seats.some(taken) || areas.some(short);
    const none = lostSeats.length + lostAreas.length === 0;
    const code = none ? null : somebodyHasIt ? 'SeatsUnavailable' : 'ReservedForWaitlist';
    return { code, seats: lostSeats, areas: lostAreas };
  }

  best(
    id: string,
    customer: string,
    asked: { category: string; quantity: number; together: boolean },
    given: Places | null,
  ): Refusals {
    const { category, quantity, together } = asked;
    const refusals = this.#notOnSale();
    if (this.ticketsOf(customer) + quantity > this.limit) refusals.push('TicketLimitExceeded');
    if (this.seats.freeIn(category) > 0 && this.isKept(category)) refusals.push('ReservedForWaitlist');
    else if (!this.seats.canBeHad(category, quantity, together)) refusals.push('SeatsUnavailable');
    if (refusals.length > 0) return refusals;
    this.seats.check(given, category, quantity, together);
    this.#take(id, customer, given!, this.holdTtl, null);
    return [];
  }

  extend(id: string, until: number): Refusals {
    const hold = this.holds.get(id);
    if (!hold) return ['HoldNotFound'];
    if (hold.status !== 'live') return [codeOfEnded(hold)];
    if (until === hold.until) return [];
    const once = hold.until === hold.firstUntil;
    if (!once || until < hold.until || until > hold.firstUntil + FIVE_MINUTES) return ['InvalidRequest'];
    hold.until = until;
    return [];
  }

  release(id: string): Refusals {
    const hold = this.holds.get(id);
    if (!hold) return ['HoldNotFound'];
    if (hold.status === 'released') return [];
    if (hold.status !== 'live') return [codeOfEnded(hold)];
    this.#end(hold, 'released');
    return [];
  }

  confirm(id: string): Refusals {
    const hold = this.holds.get(id);
    if (!hold) return ['HoldNotFound'];
    if (this.status === 'cancelled') return ['ShowCancelled'];
    if (hold.status === 'confirmed') return [];
    if (hold.status === 'bookingCancelled') return ['BookingCancelled'];
    if (hold.status !== 'live') return [codeOfEnded(hold)];
    hold.status = 'confirmed';
    if (hold.entry) hold.entry.status = 'taken';
    return [];
  }

  cancelBooking(holdId: string): Refusals {
    const hold = this.holds.get(holdId);
    if (hold?.status !== 'confirmed' && hold?.status !== 'bookingCancelled') return ['BookingNotFound'];
    if (hold.status === 'confirmed') {
      hold.status = 'bookingCancelled';
      this.seats.free(hold);
    }
    return [];
  }

  join(entry: Omit<NaiveEntry, 'status' | 'offer'>): Refusals {
    const { customer, category, quantity, acceptFewer } = entry;
    const refusals = this.#notOnSale();
    const mine = [...this.entries.values()].filter((e) => e.customer === customer && e.category === category);
    if (quantity > this.limit) refusals.push('TicketLimitExceeded');
    if (mine.some(isOpen)) refusals.push('AlreadyWaiting');
    if (this.seats.freeIn(category) >= quantity && !this.isKept(category)) refusals.push('SeatsAvailable');
    if (quantity > this.seats.capacityOf(category) && !acceptFewer) refusals.push('SeatsUnavailable');
    if (refusals.length > 0) return refusals;
    const waiting: NaiveEntry = { ...entry, status: 'waiting', offer: null };
    this.entries.set(entry.id, waiting);
    this.line.push(waiting);
    return [];
  }

  leave(id: string): Refusals {
    const entry = this.entries.get(id);
    if (!entry) return ['EntryNotFound'];
    if (entry.status === 'offered') this.#end(entry.offer!, 'released');
    else if (entry.status === 'waiting') {
      entry.status = 'left';
      this.line = this.line.filter((one) => one !== entry);
    }
    return [];
  }

  remove(id: string): Refusals {
    const entry = this.entries.get(id);
    if (this.status === 'cancelled') return ['ShowCancelled'];
    if (!entry) return ['EntryNotFound'];
    if (entry.status !== 'waiting' && entry.status !== 'offered') return [];
    this.leave(id);
    entry.status = 'left';
    return [];
  }

  move(id: string, ahead: number): Refusals {
    const entry = this.entries.get(id);
    if (this.status === 'cancelled') return ['ShowCancelled'];
    if (!entry) return ['EntryNotFound'];
    if (entry.status !== 'waiting') return ['InvalidRequest'];
    const others = this.line.filter((other) => other !== entry);
    const next = others.filter((other) => other.category === entry.category)[ahead];
    others.splice(next ? others.indexOf(next) : others.length, 0, entry);
    this.line = others;
    return [];
  }

  reschedule(opensAt: number, closesAt: number): Refusals {
    if (closesAt <= opensAt) return ['InvalidRequest'];
    this.opensAt = opensAt;
    this.closesAt = closesAt;
    return [];
  }

  /** By an organiser: nothing changes a cancelled show. */
  edit(change: () => Refusals): Refusals {
    return this.status === 'cancelled' ? ['ShowCancelled'] : change();
  }

  cancel(): Refusals {
    const open = [...this.entries.values()].filter(isOpen);
    for (const hold of this.holds.values()) {
      if (hold.status === 'live') this.#end(hold, 'released');
      if (hold.status === 'confirmed') this.cancelBooking(hold.id);
    }
    for (const entry of open) entry.status = 'lapsed';
    this.line = [];
    this.status = 'cancelled';
    return [];
  }

  #notOnSale(): Refusals {
    if (this.status === 'cancelled') return ['ShowCancelled'];
    if (this.now >= this.closesAt) return ['SalesClosed'];
    if (this.status === 'paused') return ['SalesPaused'];
    return this.now < this.opensAt ? ['SalesNotOpen'] : [];
  }

  #take(id: string, customer: string, places: Places, ttl: number, entry: NaiveEntry | null): void {
    const { seats, areas } = places;
    const until = this.now + ttl;
    const total = this.seats.priceOf(places);
    const hold = {
      id,
      customer,
      seats,
      areas,
      total,
      until,
      firstUntil: until,
      status: 'live',
      entry,
    } as const;
    this.holds.set(id, { ...hold });
    this.seats.take(places);
    if (entry) entry.offer = this.holds.get(id)!;
  }

  #end(hold: NaiveHold, status: 'released' | 'expired'): void {
    hold.status = status;
    this.seats.free(hold);
    if (hold.entry) hold.entry.status = status === 'expired' ? 'lapsed' : 'declined';
  }

  /** An offer would break the customer's limit, or could never be made. */
  #isPassed({ customer, category, quantity, acceptFewer }: NaiveEntry): boolean {
    if (quantity > this.seats.capacityOf(category) && !acceptFewer) return true;
    const wouldGet = acceptFewer ? Math.min(quantity, Math.max(1, this.seats.freeIn(category))) : quantity;
    return this.ticketsOf(customer) + wouldGet > this.limit;
  }

  /** Category by category, until nobody can be offered anything any more. */
  #serve(): void {
    let served = true;
    while (served && this.onSale) {
      served = false;
      for (const category of this.seats.categories) while (this.#serveNext(category)) served = true;
    }
  }

  #serveNext(category: string): boolean {
    const free = this.seats.freeIn(category);
    const waiting = this.waitingFor(category);
    for (const entry of waiting.filter((one) => !this.#isPassed(one))) {
      const { quantity, acceptFewer } = entry;
      const size = acceptFewer ? Math.min(quantity, free) : quantity;
      if (size > 0 && size <= free) {
        this.#makeOffer(entry, size, waiting.slice(0, waiting.indexOf(entry)));
        return true;
      }
      if (this.policy === 'strict') return false;
    }
    return false;
  }

  #makeOffer(entry: NaiveEntry, size: number, passed: NaiveEntry[]): void {
    const offer = this.offered.shift();
    const { customer, category } = entry;
    expect({ to: offer?.entryId, passed: offer?.passed }).toEqual({
      to: entry.id,
      passed: passed.map((one) => one.id),
    });
    this.seats.check(offer!, category, size, this.seats.canBeHad(category, size, true));
    this.#take(offer!.holdId, customer, offer!, this.offerTtl, entry);
    this.line = this.line.filter((one) => one !== entry);
    entry.status = 'offered';
  }
}
