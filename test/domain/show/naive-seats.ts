// The room of a naive show: which seats and places are free, and whether those that somebody got are the best (rule 6).
import { expect } from 'vitest';

export interface Share {
  readonly areaId: string;
  readonly quantity: number;
}

export interface Places {
  readonly seats: readonly string[];
  readonly areas: readonly Share[];
}

/** Seats side by side: one row, one category, no aisle between them. */
export interface Stretch {
  readonly category: string;
  readonly seats: readonly string[];
  /** Distance of each seat from the focal point. */
  readonly distances: readonly number[];
}

export interface NaiveArea {
  readonly id: string;
  readonly category: string;
  capacity: number;
  taken: number;
  blocked: number;
}

export class NaiveSeats {
  readonly categories: readonly string[];
  readonly stretches: readonly Stretch[];
  readonly areas: readonly NaiveArea[];
  readonly taken = new Set<string>();
  readonly blocked = new Set<string>();
  readonly prices: Map<string, number>;

  constructor(prices: Map<string, number>, stretches: readonly Stretch[], areas: readonly NaiveArea[]) {
    this.categories = [...prices.keys()];
    this.prices = prices;
    this.stretches = stretches;
    this.areas = areas;
  }

  isFree(seat: string): boolean {
    return !this.taken.has(seat) && !this.blocked.has(seat);
  }

  /** Of a seat or an area. */
  categoryOf(id: string): string {
    const stretch = this.stretches.find(({ seats }) => seats.includes(id));
    return stretch?.category ?? this.area(id).category;
  }

  area(id: string): NaiveArea {
    return this.areas.find((area) => area.id === id)!;
  }

  freeInArea(id: string): number {
    const { capacity, taken, blocked } = this.area(id);
    return capacity - taken - blocked;
  }

  freeSeats(category: string): string[] {
    const there = this.stretches.filter((stretch) => stretch.category === category);
    return there.flatMap(({ seats }) => seats.filter((seat) => this.isFree(seat)));
  }

  areasOf(category: string): NaiveArea[] {
    return this.areas.filter((area) => area.category === category);
  }

  freeIn(category: string): number {
    const places = this.areasOf(category).map(({ id }) => this.freeInArea(id));
    return places.reduce((sum, n) => sum + n, this.freeSeats(category).length);
  }

  capacityOf(category: string): number {
    const seats = this.stretches.filter((s) => s.category === category).flatMap((s) => s.seats);
    return this.areasOf(category).reduce((sum, { capacity }) => sum + capacity, seats.length);
  }

  priceOf({ seats, areas }: Places): number {
    const price = (id: string) => this.prices.get(this.categoryOf(id))!;
    const seated = seats.reduce((sum, seat) => sum + price(seat), 0);
    return areas.reduce((sum, { areaId, quantity }) => sum + quantity * price(areaId), seated);
  }

  take({ seats, areas }: Places): void {
    for (const seat of seats) this.taken.add(seat);
    for (const { areaId, quantity } of areas) this.area(areaId).taken += quantity;
  }

  free({ seats, areas }: Places): void {
    for (const seat of seats) this.taken.delete(seat);
    for (const { areaId, quantity } of areas) this.area(areaId).taken -= quantity;
  }

  block({ seats, areas }: Places): string[] {
    const isLost = (seat: string) => this.taken.has(seat);
    const isShort = ({ areaId, quantity }: Share) => this.freeInArea(areaId) < quantity;
    if (seats.some(isLost) || areas.some(isShort)) return ['SeatsUnavailable'];
    for (const seat of seats) this.blocked.add(seat);
    for (const { areaId, quantity } of areas) this.area(areaId).blocked += quantity;
    return [];
  }

  unblock({ seats, areas }: Places): string[] {
    for (const seat of seats) this.blocked.delete(seat);
    for (const { areaId, quantity } of areas) {
      const area = this.area(areaId);
      area.blocked = Math.max(0, area.blocked - quantity);
    }
    return [];
  }

  /** What is free goes first, then what is blocked, never what is taken. */
  changeCapacity(id: string, capacity: number): string[] {
    const area = this.area(id);
    if (capacity < area.taken) return ['CapacityBelowTaken'];
    area.capacity = capacity;
    area.blocked = Math.min(area.blocked, capacity - area.taken);
    return [];
  }

  canBeHad(category: string, quantity: number, together: boolean): boolean {
    if (!together) return this.freeIn(category) >= quantity;
    const inOneArea = this.areasOf(category).some(({ id }) => this.freeInArea(id) >= quantity);
    return inOneArea || this.blocks(category, quantity).length > 0;
  }

  /** What somebody got is free, is so many, and is the best of what could be had. */
  check(given: Places | null, category: string, quantity: number, together: boolean): void {
    const { seats, areas } = given ?? { seats: [], areas: [] };
    expect(new Set(seats).size + areas.reduce((sum, area) => sum + area.quantity, 0)).toBe(quantity);
    for (const seat of seats) expect([this.isFree(seat), this.categoryOf(seat)]).toEqual([true, category]);
    for (const { areaId, quantity: n } of areas)
      expect([this.freeInArea(areaId) >= n, this.categoryOf(areaId)]).toEqual([true, category]);
    const blocks = this.blocks(category, quantity);
    const freeSeats = this.freeSeats(category).length;
    if (blocks.length > 0) this.#checkBlock(seats, blocks);
    else if (!together && freeSeats >= quantity) expect(seats.length).toBe(quantity);
    else if (this.areasOf(category).some(({ id }) => this.freeInArea(id) >= quantity))
      expect([seats.length, areas.length]).toEqual([0, 1]);
    else expect([seats.length, together]).toEqual([freeSeats, false]);
  }

  #checkBlock(seats: readonly string[], blocks: readonly Block[]): void {
    const cost = ({ leavesOneAlone, distance }: Block) => (leavesOneAlone ? 1_000 : 0) + distance;
    const best = Math.min(...blocks.map(cost));
    const mine = blocks.find((block) => block.seats.join() === seats.join());
    expect(mine && cost(mine), `${seats.join()} is not the best block`).toBeCloseTo(best, 6);
  }

  /** Every so many free seats side by side. */
  blocks(category: string, quantity: number): Block[] {
    const found: Block[] = [];
    for (const { seats, distances } of this.stretches.filter((s) => s.category === category)) {
      const free = seats.map((seat) => this.isFree(seat));
      for (let at = 0; at + quantity <= seats.length; at += 1) {
        const end = at + quantity;
        if (!free.slice(at, end).every(Boolean)) continue;
        const aloneBefore = free[at - 1] === true && free[at - 2] !== true;
        const aloneBehind = free[end] === true && free[end + 1] !== true;
        const sum = distances.slice(at, end).reduce((a, b) => a + b, 0);
        found.push({
          seats: seats.slice(at, end),
          leavesOneAlone: aloneBefore || aloneBehind,
          distance: sum / quantity,
        });
      }
    }
    return found;
  }
}

interface Block {
  readonly seats: readonly string[];
  readonly leavesOneAlone: boolean;
  readonly distance: number;
}
