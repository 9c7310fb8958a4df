// Imports outside feeds when their cron expressions say so. Every process keeps the same calendar; whoever first claims
// a due time in the database runs it, so that of several processes one does, and a process that dies costs one run.
import { Cron } from 'croner';
import { v5 } from 'uuid';
import type { Clock } from '../ports/clock.ts';
import type { FeedAdapter, FeedOptions, FetchFeed } from '../ports/feed-source.ts';
import type { ImportStore } from '../ports/import-store.ts';

export interface ScheduledFeed extends FeedOptions {
  /** The source of what it imports, and the name of its runs. */
  readonly name: string;
  readonly adapter: FeedAdapter;
  readonly url: string;
  /** In the feed's time zone. */
  readonly cron: string;
}

export interface FeedRun {
  readonly feed: ScheduledFeed;
  /** The same in every process for the same due time. */
  readonly importId: string;
  readonly bytes: Uint8Array;
}

export interface FeedSchedulerParts {
  readonly clock: Clock;
  readonly store: Pick<ImportStore, 'claimRun'>;
  readonly fetchFeed: FetchFeed;
  readonly importFeed: (run: FeedRun, signal: AbortSignal) => Promise<unknown>;
  /** What a run came to; a failed run is tried again at its next time only. */
  readonly onRun: (
    feed: ScheduledFeed,
    outcome: { readonly result: unknown } | { readonly error: unknown },
  ) => void;
}

const NAMESPACE = '8b7a0a35-8a0e-4cbb-9c1e-0d2f2fd5d3a4';
/** Timers cannot be set further ahead than 24 days; and a clock that was set right is noticed within the hour. */
const SLEEP_MAX_MS = 3_600_000;

/** Runs until `signal` aborts; resolves when the runs under way are over. Never rejects. */
export async function runFeedScheduler(
  feeds: readonly ScheduledFeed[],
  parts: FeedSchedulerParts,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(feeds.map((feed) => follow(feed, parts, signal)));
}

async function follow(feed: ScheduledFeed, parts: FeedSchedulerParts, signal: AbortSignal): Promise<void> {
  const calendar = new Cron(feed.cron, { timezone: feed.timeZone, paused: true });
  let after = parts.clock.now();
  while (!signal.aborted) {
    const due = calendar.nextRun(new Date(after))?.getTime();
    // An expression such as "30 February" has no next time.
    if (due === undefined) return;
    await sleepUntil(due, parts.clock, signal);
    if (signal.aborted) return;
    await run(feed, due, parts, signal);
    // Times that passed while it ran are left out: the feed was just read.
    after = Math.max(due, parts.clock.now());
  }
}

async function run(
  feed: ScheduledFeed,
  due: number,
  { store, fetchFeed, importFeed, onRun }: FeedSchedulerParts,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (!(await store.claimRun(feed.name, due))) return;
    const bytes = await fetchFeed(feed.url, { signal });
    onRun(feed, {
      result: await importFeed({ feed, importId: v5(`${feed.name} ${due}`, NAMESPACE), bytes }, signal),
    });
  } catch (error) {
    if (!signal.aborted) onRun(feed, { error });
  }
}

async function sleepUntil(due: number, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let left = due - clock.now(); left > 0 && !signal.aborted; left = due - clock.now()) {
    await clock.sleep(Math.min(left, SLEEP_MAX_MS), signal);
  }
}
