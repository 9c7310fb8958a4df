// The seat map that everybody looks at: two bits a seat, so that 20,000 seats travel in 5,000 bytes, and the
// deltas between two of its revisions. Pure memory; what a seat's code means is the show's business.

/** 0 free, 1 held, 2 booked, 3 blocked or kept for the waitlist. */
export type SeatCode = number;

/** Two bits a seat in plan order, least significant first. */
export class AvailabilityMap {
  readonly seatCount: number;
  readonly bytes: Uint8Array;

  constructor(seatCount: number) {
    this.seatCount = seatCount;
    this.bytes = new Uint8Array(Math.ceil(seatCount / 4));
  }

  get(seat: number): SeatCode {
    return ((this.bytes[seat >> 2] ?? 0) >> ((seat & 3) << 1)) & 3;
  }

  /** True if that changed the seat's code. */
  set(seat: number, code: SeatCode): boolean {
    const shift = (seat & 3) << 1;
    const byte = this.bytes[seat >> 2] ?? 0;
    if (((byte >> shift) & 3) === code) return false;
    this.bytes[seat >> 2] = (byte & ~(3 << shift)) | (code << shift);
    return true;
  }

  toBase64(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('base64');
  }
}

/** A seat's new code in one number: a delta may hold 100,000 of them. */
export const packChange = (seat: number, code: SeatCode): number => seat * 4 + code;

export interface ChangedArea {
  readonly id: string;
  readonly free: number;
  readonly held: number;
  readonly booked: number;
  readonly blocked: number;
  readonly capacity: number;
}

/** What one event changed on the map. Codes and counts are absolute, so that applying a delta twice does no harm. */
export interface Delta {
  readonly revision: number;
  /** See `packChange`. */
  readonly changes: readonly number[];
  readonly areas: readonly ChangedArea[];
}

/** One delta for several in a row: the last word on each seat and area. */
export function mergeDeltas(deltas: readonly Delta[]): Delta | null {
  const last = deltas.at(-1);
  if (!last || deltas.length === 1) return last ?? null;
  const codes = new Map<number, number>();
  const areas = new Map<string, ChangedArea>();
  for (const delta of deltas) {
    for (const change of delta.changes) codes.set(Math.floor(change / 4), change);
    for (const area of delta.areas) areas.set(area.id, area);
  }
  return { revision: last.revision, changes: [...codes.values()], areas: [...areas.values()] };
}

/** `{ revision, changes: [[seatIndex, state], …], areas }` as the api shows it. */
export function deltaJson(delta: Delta): string {
  let changes = '';
  for (const change of delta.changes) changes += `${changes && ','}[${Math.floor(change / 4)},${change % 4}]`;
  return `{"revision":${delta.revision},"changes":[${changes}],"areas":${JSON.stringify(delta.areas)}}`;
}

const BYTES_PER_DELTA = 64;
const BYTES_PER_CHANGE = 8;
const BYTES_PER_AREA = 160;

/** The last deltas of a show, one for each revision without a gap, bounded in number and in bytes. */
export class DeltaRing {
  #deltas: Delta[] = [];
  #start = 0;
  /** Resuming works after this revision and any later one. */
  #base: number;
  readonly #countMax: number;
  readonly #bytesMax: number;
  bytes = 0;

  constructor(base: number, countMax: number, bytesMax: number) {
    this.#base = base;
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
  }

  push(delta: Delta): void {
    this.#deltas.push(delta);
    this.bytes += sizeOf(delta);
    while (
      this.#deltas.length - this.#start > this.#countMax ||
      (this.bytes > this.#bytesMax && this.#start < this.#deltas.length)
    ) {
      const dropped = this.#deltas[this.#start++];
      if (!dropped) break;
      this.bytes -= sizeOf(dropped);
      this.#base = dropped.revision;
    }
    // Let go of once they are the larger part, for they may be large: then each is moved once, more or less.
    if (this.#start * 2 > this.#deltas.length) {
      this.#deltas = this.#deltas.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The deltas after a revision, in order; null when they are no longer (or not yet) known. */
  since(revision: number): Delta[] | null {
    const count = this.#deltas.length - this.#start;
    if (revision < this.#base || revision > this.#base + count) return null;
    return this.#deltas.slice(this.#start + revision - this.#base);
  }
}

/** Bytes that it takes in memory or as text, roughly. */
export function sizeOf(delta: Delta): number {
  return BYTES_PER_DELTA + delta.changes.length * BYTES_PER_CHANGE + delta.areas.length * BYTES_PER_AREA;
}
