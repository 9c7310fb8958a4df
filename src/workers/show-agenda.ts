// When to look at which show again: one time a show, however many holds it has, earliest first.

interface Entry {
  readonly showId: string;
  readonly dueMs: number;
}

export class ShowAgenda {
  /** The time that counts; entries of the heap that say otherwise are out of date. */
  readonly #due = new Map<string, number>();
  readonly #heap: Entry[] = [];

  /** Shows on it. */
  get size(): number {
    return this.#due.size;
  }

  /** The earlier of what was known and `dueMs` counts. */
  add(showId: string, dueMs: number): void {
    const known = this.#due.get(showId);
    if (known !== undefined && known <= dueMs) return;
    this.#due.set(showId, dueMs);
    this.#push({ showId, dueMs });
  }

  /** Takes the show that is due first off the agenda, if it is due at `nowMs`. */
  take(nowMs: number): string | null {
    for (;;) {
      const top = this.#heap[0];
      if (!top) return null;
      const current = this.#due.get(top.showId) === top.dueMs;
      if (current && top.dueMs > nowMs) return null;
      this.#pop();
      if (!current) continue;
      this.#due.delete(top.showId);
      return top.showId;
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.dueMs <= entry.dueMs) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.dueMs < heap[child]!.dueMs) child += 1;
      if (heap[child]!.dueMs >= last.dueMs) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}
