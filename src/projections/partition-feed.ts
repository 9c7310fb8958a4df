// Feeds projections through the partitions of an event feed, which the processes of a group share. Rows and offsets change
// in one transaction of Postgres; where to begin is read there, so that the feed may give anything twice, and a process
// that has lost a partition unawares writes nothing.
import type { EventFeed, FeedBatch } from '../ports/event-feed.ts';
import { identityOf } from '../ports/log-identity.ts';
import { AnotherFeed, NOT_WHERE_PUBLISHED, OF_ANOTHER_LOG, whyAnotherFeed } from '../ports/relay-progress.ts';
import { catchUp } from './catch-up.ts';
import { advanceViews } from './partitions.ts';
import { PartitionView } from './partition-view.ts';
import type { Projection } from './projection.ts';
import { LostRace } from './registry.ts';
import type { ViewFeed, ViewFeedPorts, ViewLag } from './view-feed.ts';

/** Of one log and the same versions of views: projectors of others would take partitions away, and handle none of them. */
export const groupOf = (log: string, views: readonly Pick<Projection, 'name' | 'version'>[]): string => {
  const versions = views.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ version }) => version);
  return `fairseat-projectors-${log}-${versions.join('.')}`;
};

/** Between two looks at how far the partitions have come together: while something comes, and while nothing does. */
const TICK_MS = 50;
const IDLE_TICK_MS = 250;
/** After so much quiet the rows are looked at: a crash of the database may have undone the last batches. */
const REST_MS = 5_000;
const TAKES_MAX = 3;
const RETRY_MS = 1_000;
/** How often it is asked whether a log that was empty has a first event by now. */
const EMPTY_MS = 100;
/** For so long a batch stands back while the process has its hands full of commands. */
const YIELD_MS_MAX = 1_000;
const YIELD_STEP_MS = 100;

export class PartitionFeed implements ViewFeed {
  readonly #feed: EventFeed;
  readonly #ports: ViewFeedPorts;
  #views: PartitionView[] = [];
  #owned: readonly number[] = [];
  /** The offset that each partition was asked to go on from. */
  readonly #asked = new Map<number, number>();
  #again = new AbortController();
  #busyAt = -Infinity;
  #refusal: string | null = null;
  /** Of a feed that what was published cannot be in, as long as that is so. */
  #elsewhere: string | null = null;
  readonly #lag = new Map<string, { events: number; behindSince: number }>();
  /** How far each partition was published. */
  #ends: readonly number[] = [];

  constructor(feed: EventFeed, ports: ViewFeedPorts) {
    this.#feed = feed;
    this.#ports = ports;
  }

  start(projections: readonly Projection[], signal: AbortSignal): Promise<{ ended: Promise<unknown> }> {
    const options = { ...this.#ports, partitions: this.#feed.partitions };
    this.#views = projections.map((projection) => new PartitionView(projection, options));
    return Promise.resolve({ ended: Promise.all([this.#consume(signal), this.#advance(signal)]) });
  }

  lag(): ViewLag[] {
    const now = this.#ports.clock.steady();
    return this.#views.map(({ projection: { name } }) => {
      const { events = 0, behindSince = now } = this.#lag.get(name) ?? {};
      return { name, events, seconds: events === 0 ? 0 : (now - behindSince) / 1_000 };
    });
  }

  refusal(): string | null {
    return this.#refusal ?? this.#elsewhere;
  }

  async #consume(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#ports;
    // Where the group is divided anew, two may write the same and one loses; who is behind for good is told by the lag.
    const onProblem = (error: unknown): void => {
      if (!(error instanceof LostRace) && !signal.aborted) this.#ports.onProblem?.('feed', error);
    };
    while (!signal.aborted && this.#refusal === null) {
      this.#again = new AbortController();
      try {
        const own = await identityOf(log);
        if (own === null) {
          await clock.sleep(EMPTY_MS, signal);
          continue;
        }
        const group = groupOf(
          own,
          this.#views.map(({ projection }) => projection),
        );
        await this.#feed.consume(
          {
            group,
            begin: (partitions, earliest) => this.#begin(partitions, earliest, signal),
            handle: (batch) => this.#handle(batch, own),
            onProblem,
          },
          AbortSignal.any([signal, this.#again.signal]),
        );
      } catch (error) {
        onProblem(error);
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  async #begin(
    partitions: readonly number[],
    earliest: ReadonlyMap<number, number>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, number>> {
    this.#owned = partitions;
    for (const view of this.#views) {
      await view.load();
      const lost = partitions.some((p) => view.nextOf(p) < (earliest.get(p) ?? 0));
      if (!lost || view.at === null) continue;
      await catchUp({ ...this.#ports, projection: view.projection, at: view.at, signal });
      await view.load();
    }
    for (const p of partitions) {
      const next = this.#nextOf(p);
      this.#asked.set(p, next === Infinity ? (earliest.get(p) ?? 0) : next);
    }
    return new Map(partitions.map((p) => [p, this.#asked.get(p)!]));
  }

  /** The offset that some view goes on from in a partition, and none before it; Infinity: none takes anything. */
  #nextOf(partition: number): number {
    return Math.min(...this.#views.map((view) => view.nextOf(partition)));
  }

  async #handle(batch: FeedBatch, own: string): Promise<number> {
    if ([...batch.logs].some((log) => log !== own)) this.#refuse();
    await this.#yieldToCommands();
    this.#busyAt = this.#ports.clock.steady();
    await Promise.all(this.#views.map((view) => this.#take(view, batch)));
    const next = Math.min(batch.next, this.#nextOf(batch.partition));
    // Asked from there, the feed began later: it has forgotten what some view lacks, which is then read from the log.
    if (next < batch.from && this.#asked.get(batch.partition) === next) this.#again.abort();
    this.#asked.set(batch.partition, next);
    return next;
  }

  /** Another log's positions and streams would be taken for our own; it is not tried again. */
  #refuse(): never {
    this.#refusal = OF_ANOTHER_LOG;
    this.#again.abort();
    throw new AnotherFeed(OF_ANOTHER_LOG);
  }

  /** Somebody else has moved it: a rebuild has switched, or the partition was given to another. */
  async #take(view: PartitionView, batch: FeedBatch): Promise<void> {
    for (let takes = 1; ; takes += 1) {
      try {
        if (view.at === null) await view.load();
        return await view.take(batch);
      } catch (error) {
        if (!(error instanceof LostRace) || takes === TAKES_MAX || batch.isStale()) throw error;
        await view.load();
      }
    }
  }

  async #yieldToCommands(): Promise<void> {
    const { clock, isPressed } = this.#ports;
    const until = this.#busyAt + YIELD_MS_MAX;
    while (isPressed?.() === true && clock.steady() < until) await clock.sleep(YIELD_STEP_MS);
  }

  async #advance(signal: AbortSignal): Promise<void> {
    const { clock, onProblem } = this.#ports;
    for (let restedAt = clock.steady(); !signal.aborted;) {
      const idle = clock.steady() >= this.#busyAt + REST_MS;
      await clock.sleep(idle ? IDLE_TICK_MS : TICK_MS, signal);
      try {
        for (const view of this.#views) await view.save();
        await this.#look();
        if (!idle || clock.steady() < restedAt + REST_MS) continue;
        restedAt = clock.steady();
        await this.#lookElsewhere();
        if (this.#lacksSome()) this.#again.abort();
        for (const view of this.#views) if (!(await view.isSaved(this.#owned))) this.#again.abort();
      } catch (error) {
        if (error instanceof LostRace) this.#again.abort();
        else if (!signal.aborted) onProblem?.('feed', error);
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  /**
   * Whether a view lacks what will not come by itself: what lies before the offset that the feed was asked to go on from, for
   * the view has lost a race since; or what was published, for the feed has forgotten it, and will not say so before it has news.
   */
  #lacksSome(): boolean {
    return this.#owned.some((p) => this.#nextOf(p) < Math.max(this.#asked.get(p) ?? 0, this.#ends[p] ?? 0));
  }

  /** Whether this is where the relay publishes: the feed is asked after its row, so it cannot be shorter. */
  async #lookElsewhere(): Promise<void> {
    const published = this.#ends;
    const ends = published.length === 0 ? [] : await this.#feed.ends().catch(() => null);
    if (ends === null) return; // told by who asks whether brokers answer
    const isElsewhere = published.length > 0 && whyAnotherFeed(published, ends) !== null;
    if (isElsewhere && this.#elsewhere === null)
      this.#ports.onProblem?.('feed', new AnotherFeed(NOT_WHERE_PUBLISHED));
    this.#elsewhere = isElsewhere ? NOT_WHERE_PUBLISHED : null;
  }

  async #look(): Promise<void> {
    const { db, clock, positions } = this.#ports;
    const names = this.#views.filter(({ at }) => at !== null).map(({ projection }) => projection.name);
    // One that another version feeds is not late here.
    for (const { projection, at } of this.#views) if (at === null) this.#lag.delete(projection.name);
    if (names.length === 0) return;
    const { relayed, ends, views } = await advanceViews(db, names);
    this.#ends = ends;
    for (const [name, position] of views) {
      positions.standsAt(name, position);
      const events = Math.max(0, relayed - position);
      const behindSince = events > 0 ? (this.#lag.get(name)?.behindSince ?? clock.steady()) : clock.steady();
      this.#lag.set(name, { events, behindSince });
    }
  }
}
