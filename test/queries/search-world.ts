// A season to be searched, and an index of it: the golden set that every index finds the same in.
import { describe } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import type { EventFound, Facets, SearchIndex } from '../../src/ports/search-index.ts';
import type { Page } from '../../src/queries/query.ts';
import { searchEvents, searchWithFacets, type EventSearch } from '../../src/queries/search/search-events.ts';
import { openReadModels, projectAll, type ReadModels } from '../projections/read-models.ts';
import { Season, T0 } from '../projections/season.ts';
import { onOpenSearch } from '../support/servers/opensearch-here.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { indexInOpenSearch, indexInPostgres, type IndexUnderTest, type OpenIndex } from './indexes.ts';

/** With the options of a suite: OpenSearch only where it can be had. */
const INDEXES = [
  ['in Postgres', indexInPostgres, {}],
  ['in OpenSearch', indexInOpenSearch, onOpenSearch],
] as const;
/** The same suite for each index. */
export function describeEachIndex(title: string, suite: (open: OpenIndex) => void): void {
  for (const [name, open, options] of INDEXES)
    describe(`${title} ${name}`, options, () => {
      suite(open);
    });
}

type Search = Partial<EventSearch>;

export class SearchWorld {
  readonly season = new Season(new MemoryEventLog(new VirtualClock(T0)));
  readonly #titles = new Map<string, string>();
  readonly #models: ReadModels;
  readonly #under: IndexUnderTest;

  private constructor(models: ReadModels, under: IndexUnderTest) {
    this.#models = models;
    this.#under = under;
  }

  static async open(openIndex: OpenIndex): Promise<SearchWorld> {
    const models = await openReadModels();
    const world = new SearchWorld(models, await openIndex(models.db));
    await world.#fill();
    await world.settle();
    return world;
  }

  get index(): SearchIndex {
    return this.#under.index;
  }

  find(search: Search): Promise<Page<EventFound>> {
    return searchEvents(this.index, { nowMs: T0, limit: 25, ...search });
  }

  /** Their names. */
  async found(search: Search): Promise<string[]> {
    return (await this.find(search)).data.map((event) => this.#titles.get(event.id)!);
  }

  async facets(search: Search): Promise<Facets> {
    return (await this.findWithFacets(search)).facets;
  }

  findWithFacets(search: Search) {
    return searchWithFacets(this.index, { nowMs: T0, limit: 25, ...search });
  }

  /** Brings views and index up to what has happened. */
  async settle(): Promise<void> {
    await projectAll(this.#models.db, this.season);
    await this.#under.follow();
  }

  async close(): Promise<void> {
    await this.#under.close();
    await this.#models.close();
  }

  async #on(
    name: string,
    fields: Record<string, unknown>,
    show: Parameters<Season['schedule']>[1] = {},
  ): Promise<void> {
    this.#titles.set(await this.season.event(name, { title: name, ...fields }), name);
    await this.season.schedule(`${name} show`, { event: name, venue: 'Madrid Arena', ...show });
  }

  async #fill(): Promise<void> {
    const { season } = this;
    await season.venue('Madrid Arena', { city: 'Madrid', lat: 40.4168, lon: -3.7038 });
    await season.venue('Teatro de Rojas', { city: 'Toledo', lat: 39.8628, lon: -4.0273 });
    await season.venue('Palau', { city: 'Barcelona', lat: 41.3874, lon: 2.1686 });
    await season.venue('Nowhere', { city: 'Ávila', lat: null, lon: null });
    await this.#on(
      'Philharmonic Beethoven Marathon',
      { description: 'All nine symphonies', language: 'en', tags: ['classic'] },
      { startsInDays: 40 },
    );
    await this.#on(
      'Canción de otoño',
      { language: 'es', type: 'theatre' },
      { venue: 'Teatro de Rojas', startsInDays: 20, categories: ['Anfiteatro Ñ'] },
    );
    await this.#on('Qabcdefgzia in Madrid', { tags: ['summer', 'madrid'] }, { startsInDays: 10 });
    await this.#on(
      'Qabcdefgzia in Toledo',
      { type: 'theatre', tags: ['summer', 'toledo'] },
      { venue: 'Teatro de Rojas', startsInDays: 21 },
    );
    await this.#on(
      'Qabcdefgzia in Barcelona',
      { tags: ['summer', 'barcelona'] },
      { venue: 'Palau', startsInDays: 30, price: 1000 },
    );
    await this.#on('Jazz without coordinates', { tags: ['jazz'] }, { venue: 'Nowhere', startsInDays: 50 });
    await season.event('Draft of a jazz night', {}, false);
    await season.schedule('draft show', { event: 'Draft of a jazz night', venue: 'Palau', published: false });
    this.#titles.set(await season.event('Cancelled jazz'), 'Cancelled jazz');
    await season.decide(await season.schedule('gone', { event: 'Cancelled jazz', venue: 'Palau' }), {
      kind: 'CancelShow',
      reason: 'r',
    });
    await season.schedule('second in Barcelona', {
      event: 'Qabcdefgzia in Barcelona',
      venue: 'Palau',
      startsInDays: 35,
      price: 500,
      seats: 7,
    });
  }
}
