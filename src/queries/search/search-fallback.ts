// Search that goes on while its index is away: from the read models, which are there in every profile.
import type { SteadyClock } from '../../ports/clock.ts';
import { Fault } from '../../ports/fault.ts';
import type { SearchIndex } from '../../ports/search-index.ts';
import { Unanswerable } from './own-index.ts';

/** After a failure the index is left alone for so long: nobody else waits for it in vain. Not where it fails one question alone. */
const REST_MS = 2_000;

const isUseless = (error: unknown): boolean =>
  error instanceof Fault && (error.code === 'SearchUnavailable' || error.code === 'SearchForeign');

/** Asks `index`, and where that is away, another's or too old for the question, `other`. */
export function searchOrElse(index: SearchIndex, other: SearchIndex, clock: SteadyClock): SearchIndex {
  /** Rest is over when the index has answered again. */
  let restsUntilMs = -Infinity;
  const isServing = (): boolean => clock.steady() >= restsUntilMs;
  const ask = async <T>(question: (of: SearchIndex) => Promise<T>): Promise<T> => {
    if (!isServing()) return question(other);
    // One asks whether it is back, which takes seconds where it only hangs; until then the others leave it alone.
    const isProbe = restsUntilMs > -Infinity;
    if (isProbe) restsUntilMs = Infinity;
    try {
      return await question(index);
    } catch (error) {
      if (!isUseless(error)) throw error;
      if (!(error instanceof Unanswerable)) restsUntilMs = clock.steady() + REST_MS;
      return question(other);
    } finally {
      if (isProbe && restsUntilMs === Infinity) restsUntilMs = -Infinity;
    }
  };
  return {
    find: (question) => ask((of) => of.find(question)),
    findWithFacets: (question) => ask((of) => of.findWithFacets(question)),
    position: () => (isServing() ? index : other).position(),
    waitFor: (position, timeoutMs) => ask((of) => of.waitFor(position, timeoutMs)),
  };
}
