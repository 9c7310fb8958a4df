// Publishes every event of the log to the feed, in order, at least once. Of many relays one is active, by a lease; where it
// has got to is saved after the feed's acknowledgement, under the lease's token, so that one that has lost it unawares
// moves nothing: what it may still send, the next has sent or will send too.
import type { RecordedEvent } from '../domain/event.ts';
import type { Ids, SteadyClock } from '../ports/clock.ts';
import type { EventFeed, FeedPublisher } from '../ports/event-feed.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { LeaseStore } from '../ports/lease.ts';
import { identityOf } from '../ports/log-identity.ts';
import {
  AnotherFeed,
  whyAnotherFeed,
  type RelayProgress,
  type RelayProgressStore,
} from '../ports/relay-progress.ts';
import type { HeldLease } from './held-lease.ts';
import { keepLeading } from './leading.ts';

export interface RelayParts {
  readonly log: Pick<EventLog, 'subscribeAll' | 'readAll'>;
  readonly feed: Pick<EventFeed, 'openPublisher'>;
  readonly leases: LeaseStore;
  readonly progress: RelayProgressStore;
  readonly clock: SteadyClock;
  readonly ids: Ids;
  /** Something failed and is tried again. */
  readonly onFault?: (error: unknown) => void;
}

const RELAY_LEASE = 'relay';
/** A relay that died is replaced after it, and what a look every `STAND_BY_MS` takes. */
const LEASE_MS = 5_000;
const STAND_BY_MS = 500;
const BATCH_SIZE_MAX = 2_000;
const PAUSE_MAX_MS = 2_000;

export class Relay {
  readonly #parts: RelayParts;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #active = false;
  #saved = 0;
  #refusal: string | null = null;
  #log: string | null = null;
  #unacknowledgedSince: number | null = null;

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  /** Whether this one publishes; the others wait to take its place. */
  get active(): boolean {
    return this.#active;
  }

  /** Everything up to it is in the feed, as far as this relay knows. */
  get position(): number {
    return this.#saved;
  }

  /** Why nothing may be published to this feed, as far as this relay has come to ask. */
  get refusal(): string | null {
    return this.#refusal;
  }

  /** Since when the feed owes an acknowledgement for what it was given (steady ms), also while that is tried again. */
  get unacknowledgedSince(): number | null {
    return this.#unacknowledgedSince;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Finishes what is being published, says how far that is, and gives the lease back. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #run(): Promise<void> {
    const { leases, clock, ids, onFault } = this.#parts;
    return keepLeading(
      {
        lease: { leases, clock, name: RELAY_LEASE, holder: ids.uuid(), ttlMs: LEASE_MS },
        standByMs: STAND_BY_MS,
        pauseMaxMs: PAUSE_MAX_MS,
        lead: (lease, ending) => this.#lead(lease, ending),
        onStandBy: () => (this.#unacknowledgedSince = null),
        onFault,
      },
      this.#stop.signal,
    );
  }

  /** Publishes until the lease is lost, something fails, or the relay is stopped. */
  async #lead(lease: HeldLease, ending: AbortSignal): Promise<void> {
    const { progress, feed, log } = this.#parts;
    let publisher: FeedPublisher | null = null;
    try {
      const from = await progress.claim(lease.token);
      if (from === null) return;
      publisher = await feed.openPublisher();
      this.#refusal = whyAnotherFeed(from.offsets, publisher.ends);
      if (this.#refusal !== null) throw new AnotherFeed(this.#refusal);
      // What it owed may have come by another relay.
      if (from.position > this.#saved) this.#unacknowledgedSince = null;
      this.#saved = from.position;
      this.#active = true;
      const saving = new Saving(progress, lease, (saved) => (this.#saved = saved.position));
      // What is there by now is no later than what follows.
      saving.save({ position: from.position, offsets: publisher.ends });
      // Before anything is published: who finds something in a feed and nothing here takes it for another's.
      await saving.done();
      // Also while nothing happens that would tell: what is not saved has not happened for those who read.
      try {
        await log.subscribeAll(from.position, (events) => this.#publish(publisher!, lease, saving, events), {
          signal: AbortSignal.any([ending, saving.failed]),
          batchSizeMax: BATCH_SIZE_MAX,
        });
      } finally {
        await saving.done();
      }
    } finally {
      this.#active = false;
      await publisher?.close().catch((error: unknown) => this.#parts.onFault?.(error));
    }
  }

  async #publish(
    publisher: FeedPublisher,
    lease: HeldLease,
    saving: Saving,
    events: readonly RecordedEvent[],
  ): Promise<void> {
    saving.throwIfFailed();
    if (!lease.isHeld) throw new Error('The lease of the relay was lost.');
    // It may have been empty when this began.
    this.#log ??= await identityOf(this.#parts.log);
    this.#unacknowledgedSince ??= this.#parts.clock.steady();
    const offsets = await publisher.publish(events, this.#log ?? undefined);
    this.#unacknowledgedSince = null;
    saving.save({ position: events.at(-1)!.position, offsets });
  }
}

/** Saves progress while the next batch is published: only the newest counts. */
class Saving {
  readonly #store: RelayProgressStore;
  readonly #lease: HeldLease;
  readonly #onSaved: (progress: RelayProgress) => void;
  #newest: RelayProgress | null = null;
  #running: Promise<void> | null = null;
  readonly #failed = new AbortController();

  constructor(store: RelayProgressStore, lease: HeldLease, onSaved: (progress: RelayProgress) => void) {
    this.#store = store;
    this.#lease = lease;
    this.#onSaved = onSaved;
  }

  save(progress: RelayProgress): void {
    this.#newest = progress;
    this.#running ??= this.#run();
  }

  /** Aborts when something could not be saved. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  throwIfFailed(): void {
    this.failed.throwIfAborted();
  }

  async done(): Promise<void> {
    await this.#running;
    this.throwIfFailed();
  }

  async #run(): Promise<void> {
    try {
      for (let next = this.#newest; next !== null; next = this.#newest) {
        this.#newest = null;
        if (!(await this.#store.save(this.#lease.token, next)))
          throw new Error('Another relay has taken over.');
        this.#onSaved(next);
      }
    } catch (error) {
      this.#failed.abort(error);
    } finally {
      this.#running = null;
    }
  }
}
