// Keeps the search index in step: follows the log for what was touched, waits for the views, and writes the documents of
// those events anew. Of many indexers one is active, to save work: two at once would do no harm, for a document carries the
// position up to which it has seen everything, and an older one never replaces a newer one.
import type { RecordedEvent } from '../domain/event.ts';
import type { Ids, SteadyClock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { LeaseStore } from '../ports/lease.ts';
import { identityOf } from '../ports/log-identity.ts';
import type { RefusedDocument, SearchGeneration, SearchGenerations } from '../ports/search-documents.ts';
import type { ReadModels, View } from '../queries/query.ts';
import {
  documentsOf,
  documentsPosition,
  DOCUMENTS_REST_ON,
  eventIdsAfter,
  eventsTouching,
  originOfDocuments,
  timesRemade,
} from '../queries/search/search-documents.ts';
import { HeldLease } from './held-lease.ts';

export interface SearchIndexerParts {
  readonly db: ReadModels;
  readonly log: Pick<EventLog, 'subscribeAll' | 'lastPosition' | 'readAll'>;
  readonly views: { waitFor(names: readonly View[], position: number, timeoutMs: number): Promise<number> };
  readonly generations: SearchGenerations;
  readonly leases: LeaseStore;
  readonly clock: SteadyClock;
  readonly ids: Ids;
  /** Something failed and is tried again. */
  readonly onFault?: (error: unknown) => void;
  /** Left out of the index: nothing but another version of the event will bring it in. */
  readonly onRefused?: (refused: RefusedDocument) => void;
}

const INDEXER_LEASE = 'search-indexer';
const LEASE_MS = 10_000;
const STAND_BY_MS = 1_000;
const BATCH_SIZE_MAX = 5_000;
/** Between two batches: what happens meanwhile to one event is one document. */
const PACE_MS = 200;
const DOCUMENTS_MAX = 500;
/** Of a page while the index is built, and how many pages at once: some are read while others are written. */
const PAGE_SIZE = 1_000;
const PAGES_AT_ONCE = 3;
const VIEWS_WAIT_MS = 5_000;
/** Between two looks at whether rows were made anew. */
const LOOK_MS = 1_000;
const BACKOFF_MIN_MS = 200;
const BACKOFF_MAX_MS = 5_000;

export class SearchIndexer {
  readonly #parts: SearchIndexerParts;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #rebuild = false;
  /** How often the views had been made anew when this one began to lead. */
  #remade = 0;
  #again = new AbortController();
  #position = 0;
  #active = false;
  #refused = 0;

  constructor(parts: SearchIndexerParts) {
    this.#parts = parts;
  }

  /** Whether this one writes; `position`: up to where everything is findable, as far as it knows; `refused`: since its start. */
  get state(): { readonly active: boolean; readonly position: number; readonly refused: number } {
    return { active: this.#active, position: this.#position, refused: this.#refused };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Builds the index anew beside the one that serves, as soon as this one is active. */
  rebuild(): void {
    this.#rebuild = true;
    this.#again.abort();
  }

  /** Finishes the batch that is being written. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { leases, clock, ids, onFault } = this.#parts;
    const { signal } = this.#stop;
    const wanted = { leases, clock, name: INDEXER_LEASE, holder: ids.uuid(), ttlMs: LEASE_MS };
    for (let backoffMs = BACKOFF_MIN_MS; !signal.aborted;) {
      let lease: HeldLease | null = null;
      try {
        lease = await HeldLease.acquire(wanted);
        if (lease === null) await clock.sleep(STAND_BY_MS, signal);
        else await this.#lead(lease);
        backoffMs = BACKOFF_MIN_MS;
      } catch (error) {
        if (!signal.aborted) onFault?.(error);
        await clock.sleep(backoffMs, signal);
        backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS);
      } finally {
        this.#active = false;
        await lease?.release();
      }
    }
  }

  /** Until the lease is lost, something fails, a rebuild is asked for, or the indexer is stopped. */
  async #lead(lease: HeldLease): Promise<void> {
    this.#remade = await timesRemade(this.#parts.db);
    this.#again = new AbortController();
    const ending = AbortSignal.any([this.#stop.signal, lease.lost, this.#again.signal]);
    this.#active = true;
    const serving = this.#rebuild ? null : await this.#serving();
    const watching = this.#watchViews(ending);
    try {
      const generation = serving ?? (await this.#build(ending));
      if (generation !== null) await this.#follow(generation, ending);
    } finally {
      this.#again.abort();
      await watching;
    }
  }

  /** Rows that were made anew, such as those of a stream that was taken back, come with no event: all is built anew of them. */
  async #watchViews(ending: AbortSignal): Promise<void> {
    const { db, clock, onFault } = this.#parts;
    while (!ending.aborted) {
      await clock.sleep(LOOK_MS, ending);
      try {
        if (!ending.aborted && (await timesRemade(db)) !== this.#remade) this.#again.abort();
      } catch (error) {
        onFault?.(error);
      }
    }
  }

  /**
   * null: there is none, or it is of another log, of views as they were before, or of more of this log than there is: a
   * database was put in place of another.
   */
  async #serving(): Promise<SearchGeneration | null> {
    const { generations, log } = this.#parts;
    const serving = await generations.serving();
    if (serving === null || serving.origin === null) return serving;
    const isOurs = serving.origin === (await this.#origin());
    return isOurs && (await serving.progress()) <= (await log.lastPosition()) ? serving : null;
  }

  /** From the views as they are, then up to the end of the log, and only then it serves. */
  async #build(ending: AbortSignal): Promise<SearchGeneration | null> {
    const { db, generations, log } = this.#parts;
    this.#rebuild = false;
    const generation = await generations.create();
    const from = await documentsPosition(db);
    await this.#writeAll(generation, from, ending);
    if (ending.aborted) return null;
    await this.#claim(generation);
    await generation.advance(from);
    const goal = await log.lastPosition();
    if (goal > from) {
      const there = new AbortController();
      await this.#follow(generation, AbortSignal.any([ending, there.signal]), (position) => {
        if (position >= goal) there.abort();
      });
    }
    if (ending.aborted) return null;
    await generations.serve(generation);
    return generation;
  }

  /** Every event there is, page by page; in what order does not matter. */
  async #writeAll(generation: SearchGeneration, from: number, ending: AbortSignal): Promise<void> {
    const { db } = this.#parts;
    let last: Promise<string[]> | null = null;
    const next = (): Promise<string[]> =>
      (last = Promise.resolve(last).then(async (before) =>
        before?.length === 0 ? [] : eventIdsAfter(db, before?.at(-1) ?? null, PAGE_SIZE),
      ));
    const failed = new AbortController();
    const ended = AbortSignal.any([ending, failed.signal]);
    const writer = async (): Promise<void> => {
      for (let ids = await next(); ids.length > 0 && !ended.aborted; ids = await next())
        await this.#write(generation, ids, from, ended);
    };
    try {
      await Promise.all(Array.from({ length: PAGES_AT_ONCE }, writer));
    } finally {
      failed.abort(); // the others need not go on
    }
  }

  async #follow(
    generation: SearchGeneration,
    signal: AbortSignal,
    onAdvance?: (position: number) => void,
  ): Promise<void> {
    const { log, clock } = this.#parts;
    const from = await generation.progress();
    this.#position = from;
    let isClaimed = generation.origin !== null;
    await log.subscribeAll(
      from,
      async (events) => {
        isClaimed ||= await this.#claim(generation);
        await this.#take(generation, events, signal);
        onAdvance?.(this.#position);
        await clock.sleep(PACE_MS, signal);
      },
      { signal, batchSizeMax: BATCH_SIZE_MAX },
    );
  }

  async #take(
    generation: SearchGeneration,
    events: readonly RecordedEvent[],
    signal: AbortSignal,
  ): Promise<void> {
    const { db } = this.#parts;
    const upTo = events.at(-1)!.position;
    if (!(await this.#viewsReach(upTo, signal))) return;
    const touched = touchedBy(events);
    const ids = new Set([...touched.events, ...(await eventsTouching(db, touched))]);
    const all = [...ids];
    for (let i = 0; i < all.length; i += DOCUMENTS_MAX)
      await this.#write(generation, all.slice(i, i + DOCUMENTS_MAX), upTo, signal);
    if (signal.aborted) return;
    await generation.advance(upTo);
    this.#position = upTo;
  }

  /** Gives whether there was anything to say: a log without events is nobody's yet. */
  async #claim(generation: SearchGeneration): Promise<boolean> {
    const origin = await this.#origin();
    if (origin !== null) await generation.belongTo(origin);
    return origin !== null;
  }

  async #origin(): Promise<string | null> {
    const log = await identityOf(this.#parts.log);
    return log === null ? null : originOfDocuments(log, this.#remade);
  }

  /**
   * Documents that have seen all up to `position`, by what the database says and not by what was known of it: a crash may
   * have taken the last batches of a view back. Nothing is written once the signal has aborted.
   */
  async #write(
    generation: SearchGeneration,
    ids: readonly string[],
    position: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { db, clock } = this.#parts;
    let batch = await documentsOf(db, ids);
    while (batch.position < position && !signal.aborted) {
      await clock.sleep(PACE_MS, signal);
      batch = await documentsOf(db, ids);
    }
    if (signal.aborted) return;
    const refused = await generation.put(batch);
    for (const document of refused) {
      this.#refused += 1;
      this.#parts.onRefused?.(document);
    }
  }

  /** false: the signal has aborted before. */
  async #viewsReach(position: number, signal: AbortSignal): Promise<boolean> {
    const { views } = this.#parts;
    if (signal.aborted) return false;
    while ((await views.waitFor(DOCUMENTS_REST_ON, position, VIEWS_WAIT_MS)) < position)
      if (signal.aborted) return false;
    return true;
  }
}

/** What a document says of others is there before it is said: a show comes after its venue, its plan and its event. */
function touchedBy(events: readonly RecordedEvent[]) {
  const ids = { event: new Set<string>(), show: new Set<string>(), venue: new Set<string>() };
  for (const { stream, type } of events) {
    const kind = stream.slice(0, -37);
    if (kind === 'event' || kind === 'show' || (kind === 'venue' && type === 'VenueEdited'))
      ids[kind].add(stream.slice(-36));
  }
  return { events: [...ids.event], shows: [...ids.show], venues: [...ids.venue] };
}
