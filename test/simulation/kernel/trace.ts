// What happened in a run: as a digest always, so that two runs of one seed can be compared; as lines that a person can
// read only when somebody wants to read them.
import { mixed } from './chance.ts';

export class Trace {
  readonly lines: string[] = [];
  readonly #tells: boolean;
  readonly #known = new Map<string, number>();
  readonly #float = new Float64Array(1);
  readonly #words = new Uint32Array(this.#float.buffer);
  #low = 0x12345678;
  #high = 0x9abcdef0 | 0;

  constructor(tells: boolean) {
    this.#tells = tells;
  }

  /** One step of the scheduler: when, whose and what. */
  step(atMs: number, who: string, what: string): void {
    this.#float[0] = atMs;
    this.#mix(this.#words[0]! ^ this.#words[1]!);
    this.#mix(this.#numberOf(who));
    this.#mix(this.#numberOf(what));
  }

  /** Something of weight: a commit, a verdict. */
  fact(text: string): void {
    this.#mix(mixed(0, text));
  }

  /** A line for people; made only if they read it. */
  tell(atMs: number, line: () => string): void {
    if (this.#tells) this.lines.push(`${(atMs / 1000).toFixed(3).padStart(9)} s  ${line()}`);
  }

  get digest(): string {
    return [this.#low, this.#high].map((n) => (n >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #mix(n: number): void {
    this.#low = Math.imul(this.#low ^ n, 0x85ebca6b) + this.#high;
    this.#low ^= this.#low >>> 13;
    this.#high = Math.imul(this.#high + n, 0xc2b2ae35) ^ this.#low;
  }

  #numberOf(text: string): number {
    let n = this.#known.get(text);
    if (n === undefined) this.#known.set(text, (n = mixed(0, text)));
    return n;
  }
}
