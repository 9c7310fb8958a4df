// Seeds that failed once, with what they showed. A seed draws another history whenever the script changes, so that each is
// kept with the mistake itself, to be planted again: a test holds that its seed still finds it (docs/decisions/0060).
import type { PlantedBug } from './planted-bugs.ts';

export interface KnownSeed extends PlantedBug {
  readonly seed: number;
  readonly wishes: number;
}

export const KNOWN_SEEDS: readonly KnownSeed[] = [
  {
    name: 'published-half-way',
    says: 'publishing an event was told as not done after its first commit',
    seed: 6,
    wishes: 300,
    edits: [
      {
        file: 'src/commands/catalogue/publication.ts',
        find: 'inParallel(showIds, tell).catch(halfWay);',
        put: 'inParallel(showIds, tell);',
      },
    ],
  },
  {
    name: 'edited-half-way',
    says: 'an edit was told as not done because the venue for its answer could not be read',
    seed: 80,
    wishes: 300,
    edits: [
      {
        file: 'src/api/routes/manage-shows.ts',
        find: 'api.venueOf(outcome.value.venueId).catch(halfWay)',
        put: 'api.venueOf(outcome.value.venueId)',
      },
    ],
  },
  {
    name: 'limit-not-asked-again',
    says: 'of two in line the second was served before the first, whose limit had room for the last place',
    seed: 528,
    wishes: 300,
    edits: [
      {
        file: 'src/domain/show/serve-line.ts',
        find: 'if (passed.some((id) => isServable(state, state.entries.get(id)!, left, capacity)))',
        put: 'if (passed.length < 0 && isServable(state, entry, left, capacity))',
      },
    ],
  },
  {
    name: 'end-taken-back',
    says: 'a reader was told that a hold was expired, which the show did not know',
    seed: 13,
    wishes: 300,
    edits: [
      {
        file: 'src/commands/batch-decision.ts',
        find: 'if (!this.#recordLapses(null)) return false;',
        put: 'if (this.#parts.eventsMax < 0) return false;',
      },
    ],
  },
];
