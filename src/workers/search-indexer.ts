// Keeps the search index in step: follows the log for what was touched, waits for the views, and writes the documents of
// those events anew. Of many indexers one is active, to save work: two at once would do no harm.
import type { Ids, SteadyClock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { LeaseStore } from '../ports/lease.ts';
import type { RefusedDocument, SearchGeneration, SearchGenerations } from '../ports/search-documents.ts';
import { canMakeDocuments, timesRemade } from '../queries/search/search-documents.ts';
import { GenerationWriter, originOf, type GenerationWriterParts } from './generation-writer.ts';
import { buildIndex } from './index-builder.ts';
import { keepLeading } from './leading.ts';

export interface SearchIndexerParts extends Pick<GenerationWriterParts, 'db' | 'views'> {
  readonly log: Pick<EventLog, 'subscribeAll' | 'lastPosition' | 'readAll'>;
  readonly generations: SearchGenerations;
  readonly leases: LeaseStore;
  readonly clock: SteadyClock;
  readonly ids: Ids;
  /** Something failed and is tried again. */
  readonly onFault?: (error: unknown) => void;
  /** Left out of the index: nothing but another version of the event will bring it in. */
  readonly onRefused?: (refused: RefusedDocument) => void;
  /** It leaves the index to others for now; told once, until it has worked again. */
  readonly onStandBy?: (why: string) => void;
}

const INDEXER_LEASE = 'search-indexer';
const LEASE_MS = 10_000;
const STAND_BY_MS = 1_000;
const PAUSE_MAX_MS = 5_000;
/** Between two looks at whether the index is outdated. */
const LOOK_MS = 1_000;
const MADE_BY_NEWER =
  'A newer version of the program has made the search index, so this one leaves it alone; to go back to this one, give OPENSEARCH_INDEX another name.';
const VIEWS_OF_ANOTHER =
  'The search index waits for a view that it is made from, which is of another version of the program and must be made anew first; `fairseat projections list` shows it.';

/** What makes an index outdated once it is another one. */
interface Basis {
  /** How often the views had been made anew. */
  readonly remade: number;
  /** How many rebuilds had been asked for. */
  readonly asked: number;
}

export class SearchIndexer {
  readonly #parts: SearchIndexerParts;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  /** Rebuilds asked for, and up to which of them an index was built: a build that ends early leaves its wish open. */
  #asked = 0;
  #built = 0;
  #position = 0;
  #active = false;
  #refused = 0;
  #stoodBy: string | null = null;

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

  /** Has the index built anew beside the one that serves: soon, or as soon as this one is active. */
  rebuild(): void {
    this.#asked += 1;
  }

  /** Finishes the batch that is being written. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #run(): Promise<void> {
    const { leases, clock, ids, onFault } = this.#parts;
    return keepLeading(
      {
        lease: { leases, clock, name: INDEXER_LEASE, holder: ids.uuid(), ttlMs: LEASE_MS },
        standByMs: STAND_BY_MS,
        pauseMaxMs: PAUSE_MAX_MS,
        lead: (_lease, ending) => this.#lead(ending),
        onFault,
      },
      this.#stop.signal,
    );
  }

  /** One index after the other under one lease: who stands by has not heard of the rebuild that this one was asked for. */
  async #lead(ending: AbortSignal): Promise<void | 'stands by'> {
    try {
      for (;;) {
        const serving = await this.#parts.generations.serving();
        if (serving === 'newer') return this.#standBy(MADE_BY_NEWER);
        if (!(await canMakeDocuments(this.#parts.db))) return this.#standBy(VIEWS_OF_ANOTHER);
        this.#stoodBy = null;
        this.#active = true;
        if ((await this.#keepOne(serving, ending)) === 'over') return;
      }
    } finally {
      this.#active = false;
    }
  }

  #standBy(why: string): 'stands by' {
    if (why !== this.#stoodBy) this.#parts.onStandBy?.(why);
    this.#stoodBy = why;
    return 'stands by';
  }

  /** Keeps the index that serves, or else a new one, in step until it is outdated, or the lead is over. */
  async #keepOne(serving: SearchGeneration | null, ending: AbortSignal): Promise<'outdated' | 'over'> {
    const basis = { remade: await timesRemade(this.#parts.db), asked: this.#asked };
    const keeping = new AbortController();
    const signal = AbortSignal.any([ending, keeping.signal]);
    const watching = this.#watch(basis, signal, () => keeping.abort('outdated'));
    try {
      const writer = (await this.#kept(serving, basis)) ?? (await this.#build(basis, signal));
      await writer?.follow(signal);
    } finally {
      keeping.abort('over');
      await watching;
    }
    return keeping.signal.reason as 'outdated' | 'over'; // the first that was said
  }

  /** Rows that were made anew, such as those of a stream that was taken back, come with no event: all is built anew of them. */
  async #watch(basis: Basis, signal: AbortSignal, onOutdated: () => void): Promise<void> {
    const { db, clock, onFault } = this.#parts;
    for (;;) {
      await clock.sleep(LOOK_MS, signal);
      if (signal.aborted) return;
      try {
        if (this.#asked !== basis.asked || (await timesRemade(db)) !== basis.remade) onOutdated();
      } catch (error) {
        onFault?.(error);
      }
    }
  }

  /**
   * null: there is none, another is asked for, or it is of another log, of views as they were before, or of more of this
   * log than there is: a database was put in place of another.
   */
  async #kept(serving: SearchGeneration | null, basis: Basis): Promise<GenerationWriter | null> {
    const { log } = this.#parts;
    if (serving === null || this.#built !== basis.asked) return null;
    if (serving.origin !== null) {
      if (serving.origin !== (await originOf(log, basis.remade))) return null;
      if ((await serving.progress()) > (await log.lastPosition())) return null;
    }
    return this.#writerOf(serving, basis);
  }

  /** null: it ended before it was built. */
  async #build(basis: Basis, signal: AbortSignal): Promise<GenerationWriter | null> {
    const writer = this.#writerOf(await this.#parts.generations.create(), basis);
    if (!(await buildIndex(this.#parts, writer, signal))) return null;
    this.#built = basis.asked;
    return writer;
  }

  #writerOf(generation: SearchGeneration, { remade }: Basis): GenerationWriter {
    const { db, log, views, clock, onRefused } = this.#parts;
    const parts: GenerationWriterParts = {
      db,
      log,
      views,
      clock,
      onRefused: (document) => {
        this.#refused += 1;
        onRefused?.(document);
      },
      onAdvance: (position) => (this.#position = position),
    };
    return new GenerationWriter(parts, generation, remade);
  }
}
