// The map of a show as it was: its stream folded up to a revision or a time. Costly, so one at a time and kept for a while.
import { LRUCache } from 'lru-cache';
import { toMs } from '../domain/decider.ts';
import type { RecordedEvent } from '../domain/event.ts';
import { Fault } from '../ports/fault.ts';
import type { LiveBody } from './bodies.ts';
import type { ShowLoader } from './loader.ts';
import type { LiveShow } from './live-show.ts';

export type Moment = { readonly revision: number } | { readonly timeMs: number };

/** `past`: null before the show's first event. */
interface Kept {
  readonly past: LiveBody | null;
}

const COUNT_MAX = 256;
const BYTES_MAX = 16 * 1024 * 1024;
const WAITING_MAX = 64;

export class PastShows {
  readonly #loader: ShowLoader;
  readonly #kept = new LRUCache<string, Kept>({
    max: COUNT_MAX,
    maxSize: BYTES_MAX,
    sizeCalculation: ({ past }) => 1 + (past?.body.length ?? 0),
  });
  readonly #folding = new Map<string, Promise<Kept>>();
  #lane: Promise<unknown> = Promise.resolve();

  constructor(loader: ShowLoader) {
    this.#loader = loader;
  }

  /** Beyond the end of its stream a show is as it is now; null: at that moment there was none. */
  async availability(show: LiveShow, at: Moment): Promise<LiveBody | null> {
    if ('revision' in at ? at.revision >= show.revision : at.timeMs >= show.state.lastAt)
      return show.availability();
    const key = `${show.id} ${'revision' in at ? at.revision : `at ${at.timeMs}`}`;
    const { past } = this.#kept.get(key) ?? (await (this.#folding.get(key) ?? this.#fold(key, show.id, at)));
    return past && { ...past, published: show.state.published };
  }

  #fold(key: string, showId: string, at: Moment): Promise<Kept> {
    if (this.#folding.size >= WAITING_MAX)
      throw new Fault(
        'Overloaded',
        'Too many maps of the past are being computed; try again in a few seconds.',
        { retryAfterS: 5 },
      );
    const upTo =
      'revision' in at
        ? (event: RecordedEvent) => event.revision <= at.revision
        : (event: RecordedEvent) => toMs(event.metadata.at) <= at.timeMs;
    const folded = this.#lane.then(async () => {
      const kept = { past: (await this.#loader.openUpTo(showId, upTo))?.availability() ?? null };
      this.#kept.set(key, kept);
      return kept;
    });
    this.#folding.set(key, folded);
    const done = () => void this.#folding.delete(key);
    this.#lane = folded.then(done, done);
    return folded;
  }
}
