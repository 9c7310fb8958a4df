// Search in OpenSearch: questions go to an alias, behind which generations of the index are exchanged.
import type { Client } from '@opensearch-project/opensearch';
import { toIso } from '../../domain/decider.ts';
import { chordOf } from '../../domain/globe.ts';
import { askedWords, isGuessed } from '../../domain/words.ts';
import type { SteadyClock } from '../../ports/clock.ts';
import {
  NO_FACETS,
  type Facets,
  type SearchFound,
  type SearchHit,
  type SearchIndex,
  type SearchQuestion,
} from '../../ports/search-index.ts';
import { begins, eventQuery, showsAsked, showWithin, type Word } from './event-query.ts';
import { facetsOf, facetsAsked } from './facets.ts';
import { distanceSort } from './first-show.ts';
import { faulting, searchUnavailable } from './opensearch-fault.ts';
import { SEARCH_TIMEOUT, SEARCH_MS_MAX } from './search-timeout.ts';
import { progressAt } from './progress.ts';
import { SHOWN, toFound, type StoredEvent } from './stored-event.ts';

/** Kilometres: most questions about what is near are answered by what is very near. */
const REACHES = [30, 300];
const ASK_EVERY_MS = 50;

interface Hit {
  readonly _source: StoredEvent;
  readonly sort: readonly [number, string];
}

export class OpenSearchSearch implements SearchIndex {
  readonly #client: Client;
  readonly #alias: string;
  readonly #clock: SteadyClock;
  #position = 0;
  #asking: Promise<void> | null = null;

  constructor(client: Client, alias: string, clock: SteadyClock) {
    this.#client = client;
    this.#alias = alias;
    this.#clock = clock;
  }

  async find(question: SearchQuestion): Promise<SearchHit[]> {
    const words = await this.#words(question.q);
    return words === null ? [] : this.#hits(question, words);
  }

  async findWithFacets(question: SearchQuestion): Promise<SearchFound> {
    const words = await this.#words(question.q);
    if (words === null) return { hits: [], facets: NO_FACETS };
    if (question.sort === 'distance') {
      const [hits, facets] = await Promise.all([this.#hits(question, words), this.#facets(question, words)]);
      return { hits, facets };
    }
    const { hits, aggregations } = await this.#search({
      ...pageOf(question, eventQuery(question, words)),
      aggs: facetsAsked(showsAsked(question)),
    });
    return { hits: hitsOf(question, hits), facets: facetsOf(aggregations) };
  }

  /** What is near is asked for first: a script looks at each event that matches. */
  async #hits(question: SearchQuestion, words: readonly Word[]): Promise<SearchHit[]> {
    const { near, radiusKm = Infinity, sort, after, limit } = question;
    if (sort === 'distance' && near) {
      for (const km of REACHES) {
        const metres = chordOf(km) * 1000;
        // Nothing nearer than where the page before ended, or everything wanted is as near as this.
        if (km >= radiusKm || Number(after?.[0] ?? 0) >= metres) continue;
        const hits = await this.#page(question, eventQuery(question, words, showWithin(near, km)));
        const reached = hits.filter(({ key }) => Number(key) <= metres);
        if (reached.length >= limit) return reached;
      }
    }
    return this.#page(question, eventQuery(question, words));
  }

  async #facets(question: SearchQuestion, words: readonly Word[]): Promise<Facets> {
    const { aggregations } = await this.#search({
      size: 0,
      query: eventQuery(question, words),
      aggs: facetsAsked(showsAsked(question)),
    });
    return facetsOf(aggregations);
  }

  position(): number {
    return this.#position;
  }

  async waitFor(position: number, timeoutMs: number): Promise<number> {
    const deadline = this.#clock.steady() + timeoutMs;
    for (;;) {
      await this.#ask();
      if (this.#position >= position || this.#clock.steady() >= deadline) return this.#position;
      await this.#clock.sleep(Math.min(ASK_EVERY_MS, deadline - this.#clock.steady()));
    }
  }

  /** Many may wait at once: they share what is asked. */
  #ask(): Promise<void> {
    this.#asking ??= faulting(() => progressAt(this.#client, this.#alias))
      .then((position) => void (this.#position = position))
      .finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #page(question: SearchQuestion, query: object): Promise<SearchHit[]> {
    const { hits } = await this.#search(pageOf(question, query));
    return hitsOf(question, hits);
  }

  /** null: there is no word in it, so nothing can be found by it. */
  async #words(q: string | undefined): Promise<Word[] | null> {
    if (q === undefined) return [];
    const words = askedWords(q);
    if (words.length === 0) return null;
    const unsure = words.filter(isGuessed);
    if (unsure.length === 0) return words.map((word) => ({ word, known: true }));
    const { aggregations } = await this.#search({
      size: 0,
      track_total_hits: false,
      aggs: {
        known: { filters: { filters: Object.fromEntries(unsure.map((word) => [word, begins(word)])) } },
      },
    });
    const { buckets } = aggregations['known'] as { buckets: Record<string, { doc_count: number }> };
    return words.map((word) => ({ word, known: (buckets[word]?.doc_count ?? 1) > 0 }));
  }

  async #search(body: object) {
    const { body: answer } = await faulting(() =>
      this.#client.search(
        { index: this.#alias, body: { ...body, timeout: `${SEARCH_MS_MAX}ms` } },
        SEARCH_TIMEOUT,
      ),
    );
    // Then it has what was found until it was given up, as if that were all.
    if (answer.timed_out) throw searchUnavailable('the search took too long.');
    return answer as unknown as { hits: { hits: unknown[] }; aggregations: Record<string, unknown> };
  }
}

function pageOf(question: SearchQuestion, query: object) {
  const { sort, after, limit } = question;
  return {
    size: limit,
    query,
    sort: [keyOf(question), { id: 'asc' }],
    _source: SHOWN,
    // Where it need not count, it skips what cannot be among the first, and fails in doing so for times of shows.
    track_total_hits: sort === 'startsAt',
    ...(after && {
      search_after: [sort === 'startsAt' ? Date.parse(String(after[0])) : after[0], after[1]],
    }),
  };
}

function hitsOf(question: SearchQuestion, { hits }: { readonly hits: readonly unknown[] }): SearchHit[] {
  return (hits as Hit[]).flatMap(({ _source, sort: [key] }) => {
    const event = toFound(_source, question);
    return event ? [{ event, key: question.sort === 'startsAt' ? toIso(key) : key }] : [];
  });
}

function keyOf(question: SearchQuestion): object {
  if (question.sort === 'distance') return distanceSort(question);
  if (question.sort === 'relevance') return { _score: 'desc' };
  const nested = { path: 'shows', filter: showsAsked(question) };
  return { 'shows.startsAt': { order: 'asc', mode: 'min', nested } };
}
