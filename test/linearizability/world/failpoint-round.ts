// Hands each start of an engine the next failpoint, once round; the very first start gets none, to open the shows.
import type { Chance } from '../recorder/chance.ts';
import { FAILPOINTS, sentence } from './failpoints.ts';

export class FailpointRound {
  readonly #chance: Chance;
  #left: string[];
  #started = false;

  constructor(names: readonly string[], chance: Chance) {
    this.#left = [...names];
    this.#chance = chance;
  }

  /** `<count> <name>`, or null when there is none left. */
  next(): string | null {
    if (!this.#started) {
      this.#started = true;
      return null;
    }
    const name = this.#left.shift();
    if (name === undefined) return null;
    const [from, to] = FAILPOINTS[name]!.between;
    return `${from + this.#chance.below(to - from + 1)} ${name}`;
  }

  /** Those at which an engine said to be killed, by name. */
  static reached(said: readonly string[]): string[] {
    return Object.keys(FAILPOINTS).filter((name) => said.includes(sentence(name)));
  }
}
