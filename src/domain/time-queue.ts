// Things in order of a time, those of one time in the order of adding: a binary heap over three arrays, so that a million
// entries are no objects. Who adds a thing again, or no longer wants it, tells the entries apart by their times.

export class TimeQueue<T> {
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #things: T[] = [];
  #order = 0;

  /** The thing whose time comes first; undefined: there is none. */
  get first(): T | undefined {
    return this.#things[0];
  }

  /** Of the first, ms. */
  get firstTime(): number | undefined {
    return this.#times[0];
  }

  add(time: number, thing: T): void {
    const order = this.#order;
    this.#order += 1;
    let at = this.#things.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // An older one of the same time stays before it.
      if (this.#times[parent]! <= time) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, time, order, thing);
  }

  removeFirst(): void {
    const time = this.#times.pop();
    const order = this.#orders.pop()!;
    const thing = this.#things.pop()!;
    if (time === undefined || this.#times.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= this.#times.length) break;
      if (
        child + 1 < this.#times.length &&
        this.#isBefore(child + 1, this.#times[child]!, this.#orders[child]!)
      )
        child += 1;
      if (!this.#isBefore(child, time, order)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, time, order, thing);
  }

  #isBefore(at: number, time: number, order: number): boolean {
    return this.#times[at]! < time || (this.#times[at] === time && this.#orders[at]! < order);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#orders[from]!, this.#things[from]!);
  }

  #put(at: number, time: number, order: number, thing: T): void {
    this.#times[at] = time;
    this.#orders[at] = order;
    this.#things[at] = thing;
  }
}
