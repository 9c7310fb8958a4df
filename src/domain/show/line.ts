// The line of one category: who waits, in order. Slots in order of place, with two Fenwick trees over them: how many still
// wait in front of somebody, and when that last changed, both in O(log n) for lines of any length.

const COMPACT_AT_LEAST = 64;

export interface Waiting {
  readonly entryId: string;
  readonly place: number;
  /** Revision at which the number ahead of it last changed. */
  readonly changedAt: number;
}

export class Line {
  #ids: (string | null)[] = [];
  #places: number[] = [];
  #joinedAt: number[] = [];
  /** Fenwick sums of waiting entries, 1-based. */
  #present: number[] = [0];
  /** Fenwick maxima of the revisions at which slots became empty, 1-based. */
  #left: number[] = [0];
  #slots = new Map<string, number>();
  #head = 0;

  get size(): number {
    return this.#slots.size;
  }

  append(waiting: Waiting): void {
    const slot = this.#ids.push(waiting.entryId);
    this.#places.push(waiting.place);
    this.#joinedAt.push(waiting.changedAt);
    this.#slots.set(waiting.entryId, slot);
    let present = 1;
    let left = -1;
    for (let i = slot - 1; i > slot - (slot & -slot); i -= i & -i) {
      present += this.#present[i]!;
      left = Math.max(left, this.#left[i]!);
    }
    this.#present.push(present);
    this.#left.push(left);
  }

  remove(entryId: string, revision: number): void {
    const slot = this.#slots.get(entryId);
    if (slot === undefined) return;
    this.#slots.delete(entryId);
    this.#ids[slot - 1] = null;
    for (let i = slot; i < this.#present.length; i += i & -i) {
      this.#present[i]! -= 1;
      this.#left[i] = Math.max(this.#left[i]!, revision);
    }
    while (this.#ids[this.#head] === null) this.#head += 1;
    if (this.#ids.length > COMPACT_AT_LEAST && this.#slots.size * 2 < this.#ids.length)
      this.#rebuild(this.list());
  }

  /** Puts a waiting entry where `ahead` others stay in front of it. Rare and O(n): an organiser does it. */
  move(entryId: string, ahead: number, place: number, revision: number): void {
    const before = this.list();
    const others = before.filter((w) => w.entryId !== entryId);
    others.splice(ahead, 0, { entryId, place, changedAt: revision });
    this.#rebuild(
      others.map((w, i) => (before[i]!.entryId === w.entryId ? w : { ...w, changedAt: revision })),
    );
  }

  /** How many wait in front of it; 0 when it does not wait. */
  ahead(entryId: string): number {
    const slot = this.#slots.get(entryId);
    let sum = 0;
    for (let i = (slot ?? 1) - 1; i > 0; i -= i & -i) sum += this.#present[i]!;
    return sum;
  }

  /** Revision at which `ahead` of a waiting entry last changed; its joining counts. −1 when it does not wait. */
  aheadChangedAt(entryId: string): number {
    const slot = this.#slots.get(entryId);
    if (slot === undefined) return -1;
    let last = this.#joinedAt[slot - 1]!;
    for (let i = slot - 1; i > 0; i -= i & -i) last = Math.max(last, this.#left[i]!);
    return last;
  }

  /**
   * Sort key for a place behind `ahead` others: between its new neighbours; `atEnd` is later than every place given so far.
   * NaN: no number is left between them (some fifty moves to one spot).
   */
  placeBehind(ahead: number, entryId: string, atEnd: number): number {
    const others = this.list().filter((w) => w.entryId !== entryId);
    const front = others[ahead - 1]?.place;
    const back = others[ahead]?.place;
    if (back === undefined) return atEnd;
    if (front === undefined) return back - 1;
    const between = (front + back) / 2;
    return between > front && between < back ? between : NaN;
  }

  /** Ids of those who wait, in order; entries removed while iterating are skipped. */
  *inOrder(): Generator<string> {
    const ids = this.#ids;
    for (let i = this.#head; i < ids.length; i += 1) {
      const id = ids[i];
      if (id != null && this.#slots.has(id)) yield id;
    }
  }

  list(): Waiting[] {
    return [...this.inOrder()].map((entryId) => ({
      entryId,
      place: this.#places[this.#slots.get(entryId)! - 1]!,
      changedAt: this.aheadChangedAt(entryId),
    }));
  }

  #rebuild(list: readonly Waiting[]): void {
    this.#ids = [];
    this.#places = [];
    this.#joinedAt = [];
    this.#present = [0];
    this.#left = [0];
    this.#slots = new Map();
    this.#head = 0;
    for (const waiting of list) this.append(waiting);
  }
}
