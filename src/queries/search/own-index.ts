// Search that finds nothing of others, and nothing wrong: an index of another log, or of another program, answers as readily
// as our own.
import type { SteadyClock } from '../../ports/clock.ts';
import { Fault } from '../../ports/fault.ts';
import type { SearchIndex, SearchQuestion } from '../../ports/search-index.ts';

/** An index is exchanged rarely, and searched often. */
const LOOK_EVERY_MS = 1_000;
const RETRY_AFTER_S = 2;

/** `outdated`: its documents say less than those of this program, which makes it anew; `newer`: nobody here knows what they say. */
export type Serving = 'ours' | 'foreign' | 'outdated' | 'newer';

/** The index cannot answer this question, and others it can. */
export class Unanswerable extends Fault {
  constructor(message: string) {
    super('SearchUnavailable', message, { retryAfterS: RETRY_AFTER_S });
  }
}

/** Asks `index`, and looks beside it what is `serving`; a Fault where that cannot answer. */
export function ownIndex(
  index: SearchIndex,
  serving: () => Promise<Serving>,
  clock: SteadyClock,
): SearchIndex {
  let lookedAtMs = -Infinity;
  let looking: Promise<Serving> = Promise.resolve('ours');
  const look = (): Promise<Serving> => {
    if (clock.steady() - lookedAtMs < LOOK_EVERY_MS) return looking;
    lookedAtMs = clock.steady();
    looking = serving().then((found) => {
      if (found === 'foreign') throw new Fault('SearchForeign', OF_ANOTHER);
      if (found === 'newer') throw new Fault('SearchUnavailable', OF_NEWER, { retryAfterS: RETRY_AFTER_S });
      return found;
    });
    looking.catch(() => (lookedAtMs = -Infinity));
    return looking;
  };
  const ask = async <T>(answer: Promise<T>, question?: SearchQuestion): Promise<T> => {
    // Both are under way. What serves is known first: another program's index may refuse what ours would answer.
    answer.catch(() => {});
    const found = await look();
    // Where documents have no prices, nothing is found by them, as if nothing cost so much.
    if (found === 'outdated' && question?.price !== undefined) throw new Unanswerable(WITHOUT_PRICES);
    return answer;
  };
  return {
    find: (question) => ask(index.find(question), question),
    findWithFacets: (question) => ask(index.findWithFacets(question), question),
    position: () => index.position(),
    waitFor: (position, timeoutMs) => ask(index.waitFor(position, timeoutMs)),
  };
}

const OF_ANOTHER =
  'The search index was made from another event log; its operator must give OPENSEARCH_INDEX another name.';
const OF_NEWER =
  'The search index was made by a newer version, which this process does not know how to ask; its operator must upgrade it too.';
const WITHOUT_PRICES =
  'The search index was made by an older version, without prices, and is being made anew; try again soon.';
