// Live holds in order of the time at which they lapse: a binary heap. Holds that ended or were extended stay in it until
// they come up and are dropped then.

/** What the queue needs to know of a hold. */
export interface Lapsing {
  readonly status: string;
  readonly until: number;
}

interface Due<H> {
  readonly until: number;
  readonly order: number;
  readonly hold: H;
}

const before = <H>(a: Due<H>, b: Due<H>): boolean =>
  a.until < b.until || (a.until === b.until && a.order < b.order);

export class DueQueue<H extends Lapsing> {
  readonly #heap: Due<H>[] = [];
  #order = 0;

  add(hold: H): void {
    const heap = this.#heap;
    const due = { until: hold.until, order: this.#order, hold };
    this.#order += 1;
    let i = heap.push(due) - 1;
    while (i > 0 && before(due, heap[(i - 1) >> 1]!)) {
      heap[i] = heap[(i - 1) >> 1]!;
      i = (i - 1) >> 1;
    }
    heap[i] = due;
  }

  /** The live hold that lapses first, if it has lapsed at `nowMs`. */
  firstDue(nowMs: number): H | null {
    for (;;) {
      const top = this.#heap[0];
      if (!top) return null;
      if (top.hold.status === 'live' && top.hold.until === top.until)
        return top.until <= nowMs ? top.hold : null;
      this.#pop();
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = i * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}
