// Moves one projection along the log, batch by batch: at once when little happens, in bigger steps when much does. Several
// processes may run the same projection: the checkpoint lets one through, and the others stand by.
import type { RecordedEvent } from '../domain/event.ts';
import { applyBatch } from './apply-batch.ts';
import { Inbox } from './inbox.ts';
import type { Batch, Checkpoint, Projection } from './projection.ts';
import { liveGeneration, LostRace } from './registry.ts';
import type { ViewFeedPorts } from './view-feed.ts';

const BATCH_SIZE_MAX = 2_000;
/** Between two batches while events keep coming, and while a reader waits for them. */
const PACE_MS = 100;
const HURRIED_PACE_MS = 15;
/** For so long, and behind by so much, a view stands back while the process has its hands full of commands. */
const YIELD_MS_MAX = 5_000;
/** Fewer cost little and will not be many soon: the hands may be full of reads, which want to see them. */
const YIELD_SIZE_MIN = 100;
const YIELD_SIZE_MAX = 40_000;
/** How often a checkpoint is saved that moved past events of no concern. */
const SAVE_EVERY_MS = 250;
const STAND_BY_MS = 1_000;
const BACKOFF_MAX_MS = 5_000;
/** After so much quiet the registry is looked at: a crash of the database may have undone the last batches. */
const REST_MS = 5_000;
/** A reason of its own: making the usual one takes longer than everything else here. */
const AWAKE = 'awake';

interface Sleep {
  /** What comes after it: a batch, which somebody may be waiting for; or, unless there is news first, saving or looking anew. */
  readonly until: 'batch' | 'save' | 'look';
  wake(): void;
}

export class Runner {
  readonly projection: Projection;
  readonly #inbox: Inbox;
  readonly #ports: ViewFeedPorts;
  #at: Checkpoint | null = null;
  #batchAt = -Infinity;
  /** When all was known that is handled by now. */
  #caughtUpAt: number;
  /** What was known at a later time and is not all handled yet. */
  #known: { readonly upTo: number; readonly atMs: number } | null = null;
  /** The sleep that it is in, if in one that may end early. */
  #asleep: Sleep | null = null;
  /** A newer program feeds it: how far that one is behind is not told here. */
  #isTakenOver = false;

  /** `head`: where the feed that fills the inbox begins. */
  constructor(projection: Projection, head: number, ports: ViewFeedPorts) {
    this.projection = projection;
    this.#inbox = new Inbox(projection.types, head);
    this.#ports = ports;
    this.#caughtUpAt = ports.clock.steady();
  }

  /** The feed: every event of the log in order. */
  offer(events: readonly RecordedEvent[]): void {
    const { after } = this.#inbox;
    this.#inbox.offer(events);
    const until = this.#asleep?.until;
    // Most events concern few projections: the others need not wake up to know that they are as far.
    if (until === 'save' && this.#inbox.size === 0 && this.#inbox.after === after)
      this.#advance(this.#inbox.upTo);
    else if (until !== 'batch') this.#asleep?.wake();
  }

  /** Runs until the signal aborts; a batch in progress is finished. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#ports.positions.onWanted(this.projection.name, () => {
      if (this.#asleep?.until === 'batch') this.#asleep.wake();
    });
    signal.addEventListener('abort', () => this.#asleep?.wake(), { once: true });
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.#step(signal);
        failures = 0;
      } catch (error) {
        const before = this.#at;
        this.#at = null;
        this.#ports.positions.follow(this.projection.name, false);
        if (error instanceof LostRace) await this.#standBy(before, signal);
        else {
          this.#ports.onProblem?.(this.projection.name, error);
          await this.#ports.clock.sleep(Math.min(100 * 2 ** failures, BACKOFF_MAX_MS), signal);
          failures += 1;
        }
      }
    }
  }

  /** How far it is behind what the feed has shown. */
  lag(): { events: number; seconds: number } {
    if (this.#isTakenOver) return { events: 0, seconds: 0 };
    const events = Math.max(0, this.#inbox.upTo - this.#ports.positions.positionOf(this.projection.name));
    return { events, seconds: events === 0 ? 0 : (this.#ports.clock.steady() - this.#caughtUpAt) / 1000 };
  }

  async #step(signal: AbortSignal): Promise<void> {
    const at = (this.#at ??= await this.#load());
    if (!at) return this.#ports.clock.sleep(STAND_BY_MS, signal);
    const batch =
      at.position < this.#inbox.after ? await this.#readMissed(at) : await this.#fromInbox(at, signal);
    if (!batch || signal.aborted) return;
    this.#batchAt = this.#ports.clock.steady();
    await applyBatch(this.#ports.db, this.projection, at, batch, {
      status: 'live',
      onParked: this.#ports.onParked,
    });
    this.#at = { ...at, position: batch.upTo };
    this.#advance(batch.upTo);
  }

  /** null: a generation of another version serves; somebody rebuilds it, or a newer program is in charge. */
  async #load(): Promise<Checkpoint | null> {
    const live = await liveGeneration(this.#ports.db, this.projection.name);
    const wasTakenOver = this.#isTakenOver;
    this.#isTakenOver = live !== null && live.version > this.projection.version;
    if (this.#isTakenOver && !wasTakenOver) this.#ports.onTakenOver?.(this.projection.name);
    if (live?.version !== this.projection.version) return null;
    if (live.furthest > live.position)
      throw new Error(
        `${live.name} was fed by partitions, of which some are ahead: let its projectors come to rest, or rebuild it.`,
      );
    this.#ports.positions.follow(live.name, true);
    this.#ports.positions.standsAt(live.name, live.position);
    this.#advance(live.position);
    return live;
  }

  #advance(position: number): void {
    this.#ports.positions.advance(this.projection.name, position);
    const atMs = this.#ports.clock.steady();
    const { upTo } = this.#inbox;
    // While events keep coming it is never level with the feed, and yet not late.
    if (this.#known !== null && position >= this.#known.upTo) {
      this.#caughtUpAt = this.#known.atMs;
      this.#known = null;
    }
    if (position >= upTo) this.#caughtUpAt = atMs;
    else this.#known ??= { upTo, atMs };
  }

  /** What the feed did not bring, or what the inbox had to forget. */
  async #readMissed(at: Checkpoint): Promise<Batch> {
    const head = await this.#ports.log.lastPosition();
    const events = await this.#ports.log.readAll(at.position, BATCH_SIZE_MAX, {
      types: this.projection.types,
      fewerIfLong: true,
    });
    return { events, upTo: events.at(-1)?.position ?? Math.max(head, at.position) };
  }

  async #fromInbox(at: Checkpoint, signal: AbortSignal): Promise<Batch | null> {
    if (this.#inbox.size > 0) await this.#pace(signal);
    if (at.position < this.#inbox.after) return null; // it overflowed meanwhile
    const batch = this.#inbox.take(at.position, BATCH_SIZE_MAX);
    if (batch.events.length > 0) return batch;
    this.#advance(batch.upTo);
    if (batch.upTo > at.position) {
      const saveInMs = SAVE_EVERY_MS - this.#msSince(this.#batchAt);
      if (saveInMs <= 0) return batch;
      await this.#sleep('save', saveInMs, signal);
    } else {
      await this.#sleep('look', REST_MS, signal);
      if (this.#msSince(this.#batchAt) >= REST_MS) this.#at = null;
    }
    return null;
  }

  async #pace(signal: AbortSignal): Promise<void> {
    const { clock, positions } = this.#ports;
    await this.#yieldToCommands(signal);
    if (this.#inbox.size >= BATCH_SIZE_MAX) return;
    const elapsed = this.#msSince(this.#batchAt);
    if (elapsed < HURRIED_PACE_MS) await clock.sleep(HURRIED_PACE_MS - elapsed, signal);
    const left = PACE_MS - this.#msSince(this.#batchAt);
    if (left > 0 && !positions.isWanted(this.projection.name)) await this.#sleep('batch', left, signal);
  }

  /**
   * Unless somebody waits for this view: then it is as quick as it can be. What has piled up is then written without
   * another pause, however busy that makes the process.
   */
  async #yieldToCommands(signal: AbortSignal): Promise<void> {
    const { positions, isPressed } = this.#ports;
    if (this.#inbox.size < YIELD_SIZE_MIN || this.#inbox.size >= BATCH_SIZE_MAX) return;
    while (isPressed?.() === true && !positions.isWanted(this.projection.name)) {
      const isLong = this.#msSince(this.#batchAt) >= YIELD_MS_MAX;
      if (signal.aborted || isLong || this.#inbox.size >= YIELD_SIZE_MAX) return;
      await this.#sleep('batch', PACE_MS, signal);
    }
  }

  #msSince(atMs: number): number {
    return this.#ports.clock.steady() - atMs;
  }

  async #sleep(until: Sleep['until'], ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const sleeping = new AbortController();
    this.#asleep = { until, wake: () => sleeping.abort(AWAKE) };
    await this.#ports.clock.sleep(ms, sleeping.signal);
    this.#asleep = null;
  }

  /** Leaves the field to the process that won, until a new generation serves or nothing has moved for a while. */
  async #standBy(before: Checkpoint | null, signal: AbortSignal): Promise<void> {
    const { db, clock } = this.#ports;
    try {
      let live = await liveGeneration(db, this.projection.name);
      while (live && live.generation === before?.generation && !signal.aborted) {
        await clock.sleep(STAND_BY_MS, signal);
        const now = await liveGeneration(db, this.projection.name);
        if (now?.position === live.position) return;
        if (now) this.#advance(now.position);
        live = now;
      }
    } catch (error) {
      this.#ports.onProblem?.(this.projection.name, error);
      await clock.sleep(STAND_BY_MS, signal);
    }
  }
}
