// Follows the end of the log for all subscribers of this process: what this process commits is handed on from memory at
// once, what others commit is found by looking at the table every 50 to 250 ms. No LISTEN/NOTIFY: its commits queue.
import type { RecordedEvent } from '../../domain/event.ts';
import type { HandleEvents, SubscribeOptions } from '../../ports/event-log.ts';
import { Fault } from '../../ports/fault.ts';
import { systemClock } from '../system/system-clock.ts';
import type { EventReader } from './event-reader.ts';
import { RecentEvents } from './recent-events.ts';

const LOOK_MIN_MS = 50;
const LOOK_MAX_MS = 250;
const PAGE_EVENTS = 1_000;
/** Further behind than this, memory starts anew at the end and the subscribers read the table themselves. */
const CATCH_UP_MAX = 10_000;

interface Follower {
  position: number;
  /** Set while it waits for news. */
  wake: (() => void) | null;
}

export class LogFollower {
  readonly #reader: EventReader;
  readonly #recent = new RecentEvents();
  readonly #followers = new Set<Follower>();
  readonly #closed = new AbortController();
  /** Highest position known to be committed. */
  #end = 0;
  #watching: Promise<void> | null = null;
  #lookNow = new AbortController();

  constructor(reader: EventReader) {
    this.#reader = reader;
  }

  /** Takes what this process has just committed. If others wrote in between, the table is looked at right away. */
  committed(events: RecordedEvent[], characters: number, lastPosition: number): void {
    this.#recent.add(events, characters);
    if (this.#recent.last === null || this.#recent.last < lastPosition) this.#lookNow.abort();
    else this.#announce(this.#recent.last);
  }

  /** See EventLog.subscribeAll. While Postgres is away it waits and goes on where it was. */
  async follow(
    after: number,
    handle: HandleEvents,
    { signal, batchSizeMax = PAGE_EVENTS }: SubscribeOptions,
  ): Promise<void> {
    const follower: Follower = { position: after, wake: null };
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    const wake = () => follower.wake?.();
    ended.addEventListener('abort', wake);
    this.#followers.add(follower);
    this.#watching ??= this.#watch();
    try {
      while (!ended.aborted) {
        const events =
          this.#recent.after(follower.position, batchSizeMax) ??
          (await this.#readTable(follower.position, batchSizeMax, ended));
        if (ended.aborted) return;
        if (events.length === 0) {
          await this.#news(follower);
          continue;
        }
        await handle(events);
        follower.position = events.at(-1)!.position;
      }
    } finally {
      ended.removeEventListener('abort', wake);
      this.#followers.delete(follower);
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#lookNow.abort();
    await this.#watching;
  }

  async #readTable(after: number, limit: number, ended: AbortSignal): Promise<RecordedEvent[]> {
    while (!ended.aborted) {
      try {
        return (await this.#reader.readNext(after, limit)).events;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        await systemClock.sleep(LOOK_MAX_MS, ended);
      }
    }
    return [];
  }

  #news(follower: Follower): Promise<void> {
    if (this.#end > follower.position) return Promise.resolve();
    return new Promise((resolve) => {
      follower.wake = () => {
        follower.wake = null;
        resolve();
      };
    });
  }

  #announce(position: number): void {
    if (position <= this.#end) return;
    this.#end = position;
    for (const follower of this.#followers) if (follower.position < position) follower.wake?.();
  }

  async #watch(): Promise<void> {
    let waitMs = LOOK_MIN_MS;
    while (this.#followers.size > 0 && !this.#closed.signal.aborted) {
      this.#lookNow = new AbortController();
      try {
        waitMs = (await this.#catchUp()) ? LOOK_MIN_MS : Math.min(waitMs * 1.5, LOOK_MAX_MS);
      } catch {
        waitMs = LOOK_MAX_MS; // Postgres is away; the next look tells
      }
      await systemClock.sleep(waitMs, this.#lookNow.signal);
    }
    this.#watching = null;
  }

  /** Brings memory up to what the table holds now. Says whether others had written. */
  async #catchUp(): Promise<boolean> {
    const end = await this.#reader.lastPosition();
    let last = this.#recent.last;
    if (last === null || end - last > CATCH_UP_MAX) {
      this.#recent.restartAfter(end);
      last = end;
    }
    const found = last < end;
    while (last < end) {
      const { events, characters } = await this.#reader.readNext(last, PAGE_EVENTS);
      this.#recent.add(events, characters);
      last = this.#recent.last ?? end;
      this.#announce(last);
    }
    this.#announce(end);
    return found;
  }
}
