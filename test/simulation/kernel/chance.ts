// All chance of a simulated run comes from one seed. Streams of it are split off by name, so that what one part of the world
// draws does not change what another draws.

/** sfc32, seeded through a mixer: small, quick and good enough for choosing. */
export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(seed: number, name = '') {
    this.#a = seed | 0;
    this.#b = mixed(seed, name);
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < 12; i += 1) this.next();
  }

  /** 0 ≤ x < 1. */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }

  /** A whole number 0 ≤ n < `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** A whole number from `least` to `most`, both possible. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  happens(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }

  /** A stream of its own. */
  split(name: string): Chance {
    return new Chance((this.next() * 4_294_967_296) | 0, name);
  }
}

/** FNV-1a over a name, on top of a number. */
export function mixed(seed: number, name: string): number {
  let hash = (seed ^ 0x811c9dc5) | 0;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
}
