// Writes one generation of the search index: the documents of events that are named, or of those that the log touches as it
// is followed. Several may write one: a document carries the position up to which it has seen everything, and an older one
// never replaces a newer one.
import type { RecordedEvent } from '../domain/event.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import { identityOf } from '../ports/log-identity.ts';
import type { RefusedDocument, SearchGeneration } from '../ports/search-documents.ts';
import type { ReadModels, View } from '../queries/query.ts';
import {
  documentsOf,
  DOCUMENTS_REST_ON,
  eventsTouching,
  originOfDocuments,
} from '../queries/search/search-documents.ts';

export interface GenerationWriterParts {
  readonly db: ReadModels;
  readonly log: Pick<EventLog, 'subscribeAll' | 'readAll'>;
  readonly views: { waitFor(names: readonly View[], position: number, timeoutMs: number): Promise<number> };
  readonly clock: Clock;
  readonly onRefused: (refused: RefusedDocument) => void;
  /** Everything up to `position` can be found. */
  readonly onAdvance: (position: number) => void;
}

const BATCH_SIZE_MAX = 5_000;
/** Between two batches: what happens meanwhile to one event is one document. */
const PACE_MS = 200;
const DOCUMENTS_MAX = 500;
const VIEWS_WAIT_MS = 5_000;

export class GenerationWriter {
  readonly generation: SearchGeneration;
  readonly #parts: GenerationWriterParts;
  readonly #remade: number;
  #isClaimed: boolean;

  /** `remade`: how often the views that it is made from had been made anew. */
  constructor(parts: GenerationWriterParts, generation: SearchGeneration, remade: number) {
    this.generation = generation;
    this.#parts = parts;
    this.#remade = remade;
    this.#isClaimed = generation.origin !== null;
  }

  /** Notes what it is made from, once there is anything to say: a log without events is nobody's yet. */
  async claim(): Promise<void> {
    if (this.#isClaimed) return;
    const origin = await originOf(this.#parts.log, this.#remade);
    if (origin === null) return;
    await this.generation.belongTo(origin);
    this.#isClaimed = true;
  }

  /** Writes what the log touches, from where the generation is: true once that is `goal`, false when it ended before. */
  async follow(signal: AbortSignal, goal = Infinity): Promise<boolean> {
    const { log, clock, onAdvance } = this.#parts;
    let position = await this.generation.progress();
    onAdvance(position);
    if (position >= goal) return true;
    const there = new AbortController();
    const ending = AbortSignal.any([signal, there.signal]);
    await log.subscribeAll(
      position,
      async (events) => {
        await this.claim();
        const upTo = events.at(-1)!.position;
        if (!(await this.#take(events, upTo, ending))) return;
        onAdvance((position = upTo));
        if (position >= goal) there.abort();
        await clock.sleep(PACE_MS, ending);
      },
      { signal: ending, batchSizeMax: BATCH_SIZE_MAX },
    );
    return position >= goal;
  }

  /**
   * Documents that have seen all up to `position`, by what the database says and not by what was known of it: a crash may
   * have taken the last batches of a view back. Nothing is written once the signal has aborted.
   */
  async write(ids: readonly string[], position: number, signal: AbortSignal): Promise<void> {
    const { db, clock, onRefused } = this.#parts;
    let batch = await documentsOf(db, ids);
    while (batch.position < position && !signal.aborted) {
      await clock.sleep(PACE_MS, signal);
      batch = await documentsOf(db, ids);
    }
    if (signal.aborted) return;
    for (const refused of await this.generation.put(batch)) onRefused(refused);
  }

  /** false: the signal has aborted before all of it was there. */
  async #take(events: readonly RecordedEvent[], upTo: number, signal: AbortSignal): Promise<boolean> {
    if (!(await this.#viewsReach(upTo, signal))) return false;
    const touched = touchedBy(events);
    const ids = [...new Set([...touched.events, ...(await eventsTouching(this.#parts.db, touched))])];
    for (let i = 0; i < ids.length; i += DOCUMENTS_MAX)
      await this.write(ids.slice(i, i + DOCUMENTS_MAX), upTo, signal);
    if (signal.aborted) return false;
    await this.generation.advance(upTo);
    return true;
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

/** What documents are made from: this log, and views that were made anew so often. null: nothing is in the log yet. */
export async function originOf(log: Pick<EventLog, 'readAll'>, remade: number): Promise<string | null> {
  const identity = await identityOf(log);
  return identity === null ? null : originOfDocuments(identity, remade);
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
