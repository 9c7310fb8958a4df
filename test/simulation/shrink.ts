// Cuts a script that breaks something down to the little that is needed to break it: fewer processes, faults, mishaps and
// wishes, as long as the same promise is broken. What is left is a history that a person can read.
import type { Invariant } from './referee/violation.ts';
import type { AnyScript, World } from './worlds.ts';

const RUNS_MAX = 600;
/** What is left out changes what chance draws for the rest: so many other draws may break the promise as well. */
const DRAWS = 4;

export interface Shrunk {
  readonly script: AnyScript;
  readonly runs: number;
}

/** `script` breaks `invariant`; so does what comes back. */
export async function shrink(world: World, script: AnyScript, invariant: Invariant): Promise<Shrunk> {
  const shrinking = new Shrinking(world, script, invariant);
  await shrinking.work();
  return { script: shrinking.script, runs: shrinking.runs };
}

class Shrinking {
  script: AnyScript;
  runs = 0;
  readonly #world: World;
  readonly #invariant: Invariant;

  constructor(world: World, script: AnyScript, invariant: Invariant) {
    this.#world = world;
    this.script = script;
    this.#invariant = invariant;
  }

  async work(): Promise<void> {
    for (let before = Infinity; size(this.script) < before && this.runs < RUNS_MAX;) {
      before = size(this.script);
      await this.#simpler();
      await this.#without('mishaps');
      await this.#without('wishes');
    }
  }

  async #simpler(): Promise<void> {
    for (const rate of Object.keys(this.script.rates)) {
      const { [rate as keyof AnyScript['rates']]: _dropped, ...rates } = this.script.rates;
      await this.#try({ ...this.script, rates });
    }
    if (this.script.projects === true) await this.#try({ ...this.script, projects: false });
    while (
      this.script.processes > 1 &&
      (await this.#try({ ...this.script, processes: this.script.processes - 1 }))
    );
    while (this.script.shows > 1 && (await this.#try({ ...this.script, shows: this.script.shows - 1 })));
  }

  /** Leaves out halves, then quarters, and so on down to single ones. */
  async #without(part: 'wishes' | 'mishaps'): Promise<void> {
    for (let length = this.script[part].length >> 1; length >= 1; length >>= 1) {
      for (let at = 0; at < this.script[part].length && this.runs < RUNS_MAX;) {
        const all: readonly unknown[] = this.script[part];
        const rest = [...all.slice(0, at), ...all.slice(at + length)];
        if (!(await this.#try({ ...this.script, [part]: rest }))) at += length;
      }
    }
  }

  async #try(script: AnyScript): Promise<boolean> {
    for (let draw = 0; draw < DRAWS && this.runs < RUNS_MAX; draw += 1) {
      this.runs += 1;
      const drawn = { ...script, seed: script.seed + draw };
      const { violation } = await this.#world.run(drawn);
      if (violation?.invariant !== this.#invariant) continue;
      this.script = drawn;
      return true;
    }
    return false;
  }
}

const size = ({ wishes, mishaps, rates, processes }: AnyScript): number =>
  wishes.length + mishaps.length + Object.keys(rates).length + processes;
