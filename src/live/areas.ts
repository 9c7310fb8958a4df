// Which areas of a show changed since the last look, found by comparing plain counters.
import type { ShowState } from '../domain/show/show.ts';
import { areaView, type AreaView } from '../domain/show/views.ts';

const FIELDS = 5;
const NOTHING: readonly never[] = [];

export class AreaWatch {
  /** capacity, held, booked, blocked, kept of each area as last seen. */
  readonly #seen: Int32Array;

  constructor(state: ShowState, kept: Uint8Array) {
    this.#seen = new Int32Array(state.plan.areas.length * FIELDS).fill(-1);
    this.takeChanges(state, kept);
  }

  /** The areas that look different now. `kept`: one flag a category. */
  takeChanges(state: ShowState, kept: Uint8Array): readonly AreaView[] {
    const { areas, plan } = state;
    let changed: AreaView[] | null = null;
    for (let a = 0; a < plan.areas.length; a += 1) {
      const isKept = kept[plan.areaCategory[a]!]!;
      const at = a * FIELDS;
      const counted =
        this.#changed(at, areas.capacity[a]!) +
        this.#changed(at + 1, areas.held[a]!) +
        this.#changed(at + 2, areas.booked[a]!);
      if (counted + this.#changed(at + 3, areas.blocked[a]!) + this.#changed(at + 4, isKept) > 0)
        (changed ??= []).push(areaView(state, a, isKept === 1));
    }
    return changed ?? NOTHING;
  }

  #changed(field: number, now: number): number {
    if (this.#seen[field] === now) return 0;
    this.#seen[field] = now;
    return 1;
  }
}
