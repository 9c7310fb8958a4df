// What each numbered seat is right now, one byte a seat, with counts for each category kept as it changes.
import type { SeatingPlan } from '../seating-plan/plan.ts';
import { BlockFinder } from './block-finder.ts';

/** A seat's status; the numbers are those of the availability map. */
export const FREE = 0;
export const HELD = 1;
export const BOOKED = 2;
export const BLOCKED = 3;
export type SeatStatus = typeof FREE | typeof HELD | typeof BOOKED | typeof BLOCKED;

/** All seats free: one for all shows of a plan in which no seat has changed yet. */
const allFree = new WeakMap<SeatingPlan, Uint8Array>();

function freeSeatsOf(plan: SeatingPlan): Uint8Array {
  let free = allFree.get(plan);
  if (!free) allFree.set(plan, (free = new Uint8Array(plan.seatCount)));
  return free;
}

export class SeatMap {
  readonly plan: SeatingPlan;
  /** Its own only once a seat has changed. */
  #status: Uint8Array;
  #isShared: boolean;
  /** Four counters a category, by status. */
  readonly #counts: Int32Array;
  #blocks: BlockFinder | null = null;
  #changes: number[] | null = null;

  constructor(plan: SeatingPlan, status?: Uint8Array) {
    this.plan = plan;
    this.#status = status ?? freeSeatsOf(plan);
    this.#isShared = status === undefined;
    this.#counts = new Int32Array(plan.categories.length * 4);
    for (let i = 0; i < plan.seatCount; i += 1) this.#counts[this.#slot(i)]! += 1;
  }

  get status(): Readonly<Uint8Array> {
    return this.#status;
  }

  /** Bytes that no other map shares. */
  get ownBytes(): number {
    return this.#isShared ? 0 : this.#status.length;
  }

  set(seat: number, status: SeatStatus): void {
    const before = this.#status[seat];
    if (before === status) return;
    this.#own();
    this.#counts[this.#slot(seat)]! -= 1;
    this.#status[seat] = status;
    this.#counts[this.#slot(seat)]! += 1;
    this.#blocks?.changed(seat, before === FREE, status === FREE);
    this.#changes?.push(seat);
  }

  /** How many seats of a category have a status. */
  count(category: number, status: SeatStatus): number {
    return this.#counts[category * 4 + status]!;
  }

  /** The index for best available; built at its first use, kept up to date from then on. */
  get blocks(): BlockFinder {
    if (this.#blocks === null) {
      this.#own(); // it looks at this very array from then on
      this.#blocks = new BlockFinder(this.plan, this.#status);
    }
    return this.#blocks;
  }

  /** From now on the indexes of changed seats are kept for `takeChanges`. */
  trackChanges(): void {
    this.#changes ??= [];
  }

  /** Seats that changed since the last call, perhaps more than once; empty unless tracked. */
  takeChanges(): number[] {
    const changes = this.#changes;
    if (!changes || changes.length === 0) return [];
    this.#changes = [];
    return changes;
  }

  /** The same statuses on another plan, seat by seat id; seats that are new there are free. */
  movedTo(plan: SeatingPlan): SeatMap {
    const status = new Uint8Array(plan.seatCount);
    for (let i = 0; i < plan.seatCount; i += 1) {
      const before = this.plan.seatIndex.get(plan.seatIds[i]!);
      if (before !== undefined) status[i] = this.status[before]!;
    }
    return new SeatMap(plan, status);
  }

  #own(): void {
    if (!this.#isShared) return;
    this.#status = this.#status.slice();
    this.#isShared = false;
  }

  #slot(seat: number): number {
    return this.plan.seatCategory[seat]! * 4 + this.#status[seat]!;
  }
}
