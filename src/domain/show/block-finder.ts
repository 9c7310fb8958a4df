// Best available seats in microseconds: for each asked-for (category, size) a tournament over the segments, whose leaf is
// the best block that the segment has. Taking a seat makes one segment dirty; the next question mends just those.
import type { SeatingPlan } from '../seating-plan/plan.ts';
import { segmentsOf, type Segments } from './segments.ts';

/** Added to a block that leaves a seat alone: such a block comes after every one that does not. */
const LEAVES_ONE_ALONE = 1e12;
/** Tournaments kept at a time; the least recently asked goes first. */
const TOURNAMENTS_MAX = 64;

interface Tournament {
  readonly category: number;
  readonly size: number;
  /** Score of the best block of each segment of the category, by rank; Infinity where there is none. */
  readonly score: Float64Array;
  /** winner[1] is the rank of the best segment; leaves start at `leaves`. */
  readonly winner: Int32Array;
  readonly leaves: number;
  readonly dirty: Set<number>;
}

export class BlockFinder {
  readonly #status: Uint8Array;
  readonly #segments: Segments;
  readonly #seatCategory: Uint16Array;
  readonly #freeIn: Int32Array;
  readonly #tournaments = new Map<number, Tournament>();

  constructor(plan: SeatingPlan, status: Uint8Array) {
    this.#status = status;
    this.#seatCategory = plan.seatCategory;
    this.#segments = segmentsOf(plan);
    this.#freeIn = new Int32Array(this.#segments.count);
    for (let i = 0; i < plan.seatCount; i += 1)
      if (status[i] === 0) this.#freeIn[this.#segments.ofSeat[i]!]! += 1;
  }

  /** To be told of every change of a seat. */
  changed(seat: number, wasFree: boolean, isFree: boolean): void {
    if (wasFree === isFree) return;
    const segment = this.#segments.ofSeat[seat]!;
    this.#freeIn[segment]! += isFree ? 1 : -1;
    const category = this.#seatCategory[seat]!;
    for (const t of this.#tournaments.values()) if (t.category === category) t.dirty.add(segment);
  }

  /** First seat of the best block of `size` free seats side by side in a category, or −1. */
  best(category: number, size: number): number {
    const t = this.#tournament(category, size);
    for (const segment of t.dirty) this.#mend(t, segment);
    t.dirty.clear();
    const rank = t.winner[1]!;
    if (rank < 0 || t.score[rank] === Infinity) return -1;
    return this.#bestIn(this.#segments.byCategory[category]![rank]!, size).start;
  }

  /**
   * `size` free seats of a category in as few and as neighbouring blocks as can be had simply: the longest block there
   * is, then outward from it row by row. The caller has checked that there are enough.
   */
  split(category: number, size: number): number[] {
    let low = 1;
    for (let high = size - 1; low < high;) {
      const middle = (low + high + 1) >> 1;
      if (this.best(category, middle) >= 0) low = middle;
      else high = middle - 1;
    }
    const anchor = this.best(category, low);
    const taken = Array.from({ length: low }, (_, i) => anchor + i);
    const list = this.#segments.byCategory[category]!;
    const home = this.#segments.rank[this.#segments.ofSeat[anchor]!]!;
    const chosen = new Set(taken);
    for (let away = 0; taken.length < size && away < list.length; away += 1) {
      for (const rank of away === 0 ? [home] : [home - away, home + away]) {
        const segment = list[rank];
        if (segment !== undefined && this.#freeIn[segment]! > 0)
          this.#takeFrom(segment, anchor, size, taken, chosen);
      }
    }
    return taken;
  }

  /** Adds free seats of one segment, nearest to the anchor first, until there are `size`. */
  #takeFrom(segment: number, anchor: number, size: number, taken: number[], chosen: Set<number>): void {
    const { start, end, ofSeat } = this.#segments;
    const first = start[segment]!;
    const pivot = ofSeat[anchor] === segment ? anchor : first + (anchor - start[ofSeat[anchor]!]!);
    const free: number[] = [];
    for (let i = first; i < end[segment]!; i += 1) if (this.#status[i] === 0 && !chosen.has(i)) free.push(i);
    free.sort((a, b) => Math.abs(a - pivot) - Math.abs(b - pivot) || a - b);
    for (const seat of free.slice(0, size - taken.length)) {
      taken.push(seat);
      chosen.add(seat);
    }
  }

  #tournament(category: number, size: number): Tournament {
    const key = category * 1024 + size;
    let t = this.#tournaments.get(key);
    if (t) {
      this.#tournaments.delete(key);
    } else {
      if (this.#tournaments.size >= TOURNAMENTS_MAX)
        this.#tournaments.delete(this.#tournaments.keys().next().value!);
      t = this.#build(category, size);
    }
    this.#tournaments.set(key, t);
    return t;
  }

  #build(category: number, size: number): Tournament {
    const list = this.#segments.byCategory[category]!;
    let leaves = 1;
    while (leaves < list.length) leaves *= 2;
    const score = new Float64Array(list.length).fill(Infinity);
    const winner = new Int32Array(leaves * 2).fill(-1);
    for (let rank = 0; rank < list.length; rank += 1) {
      score[rank] = this.#bestIn(list[rank]!, size).score;
      winner[leaves + rank] = rank;
    }
    for (let node = leaves - 1; node >= 1; node -= 1)
      winner[node] = better(score, winner[node * 2]!, winner[node * 2 + 1]!);
    return { category, size, score, winner, leaves, dirty: new Set() };
  }

  #mend(t: Tournament, segment: number): void {
    const rank = this.#segments.rank[segment]!;
    t.score[rank] = this.#bestIn(segment, t.size).score;
    for (let node = (t.leaves + rank) >> 1; node >= 1; node >>= 1) {
      t.winner[node] = better(t.score, t.winner[node * 2]!, t.winner[node * 2 + 1]!);
    }
  }

  /** The best block inside one segment: mean distance from the focal point, after all that leave nobody alone. */
  #bestIn(segment: number, size: number): { start: number; score: number } {
    const { start, end, distance } = this.#segments;
    let best = -1;
    let bestScore = Infinity;
    const last = end[segment]!;
    if (this.#freeIn[segment]! < size) return { start: best, score: bestScore };
    for (let from = start[segment]!; from < last;) {
      if (this.#status[from] !== 0) {
        from += 1;
        continue;
      }
      let to = from + 1;
      while (to < last && this.#status[to] === 0) to += 1;
      for (let at = from; at + size <= to; at += 1) {
        const alone = at - from === 1 || to - at - size === 1;
        const score = (distance[at + size]! - distance[at]!) / size + (alone ? LEAVES_ONE_ALONE : 0);
        if (score < bestScore) {
          bestScore = score;
          best = at;
        }
      }
      from = to;
    }
    return { start: best, score: bestScore };
  }
}

/** The rank with the lower score, the earlier one in the plan on a tie; −1 is nobody, and only ever the second. */
function better(score: Float64Array, a: number, b: number): number {
  if (b < 0) return a;
  return score[b]! < score[a]! ? b : a;
}
