// Chance from a seed, so that a history can be made again.

export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 0 ≤ x < 1; mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  pick<T>(things: readonly T[]): T {
    return things[this.below(things.length)]!;
  }

  /** `count` different ones, in their order. */
  some<T>(things: readonly T[], count: number): T[] {
    const left = things.map((_, i) => i);
    const chosen = Array.from(
      { length: Math.min(count, things.length) },
      () => left.splice(this.below(left.length), 1)[0]!,
    );
    return chosen.sort((a, b) => a - b).map((i) => things[i]!);
  }
}
