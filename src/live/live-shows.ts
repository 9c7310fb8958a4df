// The live view of shows: what browsers look at, kept in memory from the log. A show comes in when somebody first asks
// for it, follows its events from then on, and leaves when memory is wanted for others and nobody watches.
import type { RecordedEvent } from '../domain/event.ts';
import type { ShowAggregate } from '../domain/show/show.ts';
import type { SteadyClock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { PlanSource } from '../ports/plan-source.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { LiveBody } from './bodies.ts';
import { entryChange } from './entries.ts';
import { ShowLoader } from './loader.ts';
import { PastShows, type Moment } from './past.ts';
import { ShowShelf, type Watched } from './shelf.ts';
import type { DeltaLimits, LiveShow } from './live-show.ts';
import { LogTail } from './log-tail.ts';
import { LiveVenues, type VenueOf } from './venues.ts';

export interface LiveLimits extends DeltaLimits {
  /** Memory that shows may take; the ones being watched stay, whatever they take. */
  readonly bytesMax: number;
}

const LIVE_LIMITS: LiveLimits = {
  bytesMax: 256 * 1024 * 1024,
  deltasMax: 2_000,
  deltaBytesMax: 4 * 1024 * 1024,
};

export interface LiveShowsParts {
  readonly log: EventLog;
  readonly plans: PlanSource;
  readonly clock: SteadyClock;
  readonly aggregate: ShowAggregate;
  /** The venue on a page; best read from the log (the pipeline), so that an edit shows at once. */
  readonly venueOf: VenueOf;
  readonly snapshots?: SnapshotStore;
  readonly limits?: Partial<LiveLimits>;
  /** Where others in this process follow the log too. */
  readonly tail?: LogTail;
  readonly onFault?: (error: unknown) => void;
}

export class LiveShows {
  readonly tail: LogTail;
  readonly #clock: SteadyClock;
  readonly #loader: ShowLoader;
  readonly #shelf: ShowShelf;
  readonly #venues: LiveVenues;
  readonly #past: PastShows;
  readonly #onFault: (error: unknown) => void;

  constructor(parts: LiveShowsParts) {
    const { clock, onFault = () => {} } = parts;
    const limits = { ...LIVE_LIMITS, ...parts.limits };
    this.tail = parts.tail ?? new LogTail({ log: parts.log, clock, onFault });
    this.#clock = clock;
    this.#onFault = onFault;
    this.#loader = new ShowLoader({ ...parts, limits });
    this.#shelf = new ShowShelf(this.#loader, limits.bytesMax);
    this.#venues = new LiveVenues(parts.venueOf, clock);
    this.#past = new PastShows(this.#loader);
    this.tail.follow((events) => this.#follow(events));
  }

  /** Follows the log from its present end; to be awaited before the first question. */
  start(): Promise<void> {
    return this.tail.start();
  }

  /** Ends all waits at once. */
  async stop(): Promise<void> {
    this.#shelf.close();
    await this.tail.stop();
  }

  /** How far the view has got in the log. */
  position(): number {
    return this.tail.position;
  }

  /** Waits until the view has got to `position`, at most `timeoutMs`; says whether it has. */
  waitFor(position: number, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    return this.tail.waitFor(position, timeoutMs, signal);
  }

  /** What is in memory, for the metrics. */
  get size(): { readonly shows: number; readonly bytes: number } {
    return { shows: this.#shelf.count, bytes: this.#shelf.bytes };
  }

  /** The map of a show in memory, without a promise for what is asked most; undefined: ask `availability`. */
  availabilityAtHand(showId: string): LiveBody | undefined {
    return this.#shelf.peek(showId)?.availability();
  }

  /** The map as ready bytes; null: there is no such show. */
  async availability(showId: string): Promise<LiveBody | null> {
    return (await this.#shelf.get(showId))?.availability() ?? null;
  }

  /** The page as ready bytes; null: there is no such show. */
  async page(showId: string): Promise<LiveBody | null> {
    const show = await this.#shelf.get(showId);
    if (!show) return null;
    const venue = await this.#venues.get(show.state.schedule.venueId);
    return show.page(venue, this.#clock.now());
  }

  /** The map as it was after a revision or at a time; beyond the end it is the present. null: there was nothing yet. */
  async availabilityAsOf(showId: string, at: Moment): Promise<LiveBody | null> {
    const show = await this.#shelf.get(showId);
    return show && this.#past.availability(show, at);
  }

  /** Waits for a revision beyond `after`: true when there is one (at once if so already), false when the time is over. */
  waitForChange(showId: string, after: number, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    return this.#watching(showId, (show) =>
      show.waiters.until(() => show.gone || show.revision > after, timeoutMs, signal),
    );
  }

  /** Waits until an entry's status, `ahead` or offer differ from what they were at `after`, by an event or by the clock. */
  waitForEntryChange(
    showId: string,
    entryId: string,
    after: number,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    return this.#watching(showId, (show) =>
      entryChange(show, this.#clock, entryId, after, timeoutMs, signal),
    );
  }

  /** Calls `onChange` after each change of a show, which stays in memory until `stop` is called. null: there is no such show. */
  listen(showId: string, onChange: () => void): Promise<Watched | null> {
    return this.#shelf.watch(showId, onChange);
  }

  async #watching(showId: string, wait: (show: LiveShow) => Promise<boolean>): Promise<boolean> {
    const watched = await this.#shelf.watch(showId, () => {});
    if (!watched) return true; // who asks will see for himself that there is no such show
    try {
      return await wait(watched.show);
    } finally {
      watched.stop();
    }
  }

  async #follow(events: readonly RecordedEvent[]): Promise<void> {
    const changed = new Set<LiveShow>();
    try {
      for (const event of events) {
        const show = this.#shelf.receive(event);
        if (show && event.revision > show.revision) {
          changed.add(show);
          await this.#apply(show, event);
        } else if (event.stream.startsWith('venue-'))
          this.#venues.forget(event.stream.slice('venue-'.length));
      }
    } finally {
      for (const show of changed) this.#shelf.changed(show);
    }
  }

  /** A show that cannot follow is folded again, or else given up until somebody asks anew: it must not hold up the others. */
  async #apply(show: LiveShow, event: RecordedEvent): Promise<void> {
    try {
      if (event.revision > show.revision + 1)
        throw new Error(
          `${event.stream} came to revision ${event.revision} while the view has ${show.revision}: it is read again.`,
        );
      const loading = this.#loader.planOf(event);
      if (loading) await loading;
      show.apply(event);
    } catch (error) {
      this.#onFault(error);
      await this.#reload(show);
    }
  }

  /** Meanwhile it shows what it had: who has seen that is shown nothing older. */
  async #reload(show: LiveShow): Promise<void> {
    try {
      const anew = await this.#loader.open(show.id);
      if (anew === null) this.#shelf.drop(show);
      else show.become(anew);
    } catch (error) {
      this.#onFault(error);
      this.#shelf.drop(show);
    }
  }
}
