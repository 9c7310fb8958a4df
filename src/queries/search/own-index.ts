// Search that finds nothing of others: an index of another log answers as readily as our own.
import type { SteadyClock } from '../../ports/clock.ts';
import { Fault } from '../../ports/fault.ts';
import type { SearchIndex } from '../../ports/search-index.ts';

/** An index is exchanged rarely, and searched often. */
const LOOK_EVERY_MS = 1_000;

/** Asks `index`, and looks beside it whether that `isOurs`; a Fault where it is not. */
export function ownIndex(
  index: SearchIndex,
  isOurs: () => Promise<boolean>,
  clock: SteadyClock,
): SearchIndex {
  let lookedAtMs = -Infinity;
  let looking: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => {
    if (clock.steady() - lookedAtMs < LOOK_EVERY_MS) return looking;
    lookedAtMs = clock.steady();
    looking = isOurs().then((ours) => {
      if (!ours) throw new Fault('SearchForeign', OF_ANOTHER);
    });
    looking.catch(() => (lookedAtMs = -Infinity));
    return looking;
  };
  const ask = async <T>(question: Promise<T>): Promise<T> => (await Promise.all([question, look()]))[0];
  return {
    find: (question) => ask(index.find(question)),
    findWithFacets: (question) => ask(index.findWithFacets(question)),
    position: () => index.position(),
    waitFor: (position, timeoutMs) => ask(index.waitFor(position, timeoutMs)),
  };
}

const OF_ANOTHER =
  'The search index was made from another event log; its operator must give OPENSEARCH_INDEX another name.';
