// Chance that is the same every time: all of the demo follows from one seed.

export class Chance {
  #state: number;

  /** The same seed and name give the same sequence, whatever else is drawn elsewhere. */
  constructor(seed: number, name = '') {
    this.#state = seed >>> 0;
    for (const c of name) this.#state = Math.imul(this.#state ^ (c.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }

  /** From 0 (inclusive) to 1 (exclusive); mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both inclusive. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  of<T>(list: readonly T[]): T {
    const found = list[this.between(0, list.length - 1)];
    if (found === undefined) throw new Error('nothing to choose from');
    return found;
  }
}
