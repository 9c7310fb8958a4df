// One life of one process of the distributed profile: relay, projector and search indexer as src/profiles wires them, on the
// adapters of the simulated world. Leases, progress, views and documents are the real ones, over the simulated store.
import { Kysely } from 'kysely';
import { OpenSearchGenerations } from '../../../src/adapters/opensearch/opensearch-generations.ts';
import { PostgresLeaseStore } from '../../../src/adapters/postgres/postgres-lease-store.ts';
import { PostgresRelayProgressStore } from '../../../src/adapters/postgres/postgres-relay-progress-store.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { PartitionFeed } from '../../../src/projections/partition-feed.ts';
import { Projector } from '../../../src/projections/projector.ts';
import { Relay } from '../../../src/workers/relay.ts';
import { SearchIndexer } from '../../../src/workers/search-indexer.ts';
import { isWorldly } from '../engine/simulated-process.ts';
import type { Chance } from '../kernel/chance.ts';
import type { Faults } from '../kernel/faults.ts';
import { ProcessClock } from '../kernel/process-clock.ts';
import type { Actor, Scheduler } from '../kernel/scheduler.ts';
import { LogConnection } from '../log/log-connection.ts';
import type { LogServer } from '../log/log-server.ts';
import type { ReadStore } from '../store/read-store.ts';
import { StoreDialect } from '../store/store-dialect.ts';
import { FeedConnection } from './feed-connection.ts';
import type { FeedServer } from './feed-server.ts';
import { indexClient } from './index-client.ts';
import type { IndexServer } from './index-server.ts';
import { viewsOf } from './views.ts';

/** What outlives a process and is shared by all. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly server: LogServer;
  readonly store: ReadStore;
  readonly broker: FeedServer;
  readonly index: IndexServer;
  readonly poisoned: (event: RecordedEvent) => boolean;
  readonly count: (what: string) => void;
  /** Told the moment a publication leaves. */
  readonly onPublish: (actor: Actor) => void;
  /** Told of every error that is no fault of the world around: a bug. */
  readonly onBug: (error: unknown) => void;
}

export const INDEX_ALIAS = 'seats';
/** What these say of themselves when they have to give way. */
const GIVING_WAY = /lease of the relay was lost|Another relay has taken over|operation was aborted/;

export class EngineNode {
  readonly actor: Actor;
  readonly clock: ProcessClock;
  readonly log: LogConnection;
  readonly projector: Projector;
  readonly #store: ReadStore;
  readonly #scheduler: Scheduler;
  readonly #relay: Relay;
  readonly #indexer: SearchIndexer;
  running = false;
  /** It is stopped the next time that it does this: a zombie is made where it hurts. */
  stallAt: { readonly what: 'publishes' | 'indexes'; readonly forMs: number } | null = null;

  constructor(outside: Surroundings, actor: Actor, chance: Chance) {
    const { scheduler, faults, server, store, count, onBug, broker, index } = outside;
    const reach = { scheduler, actor, faults, chance };
    this.actor = actor;
    this.#store = store;
    this.#scheduler = scheduler;
    const clock = (this.clock = new ProcessClock(scheduler, actor));
    const log = (this.log = new LogConnection({ ...reach, server }));
    // oxlint-disable-next-line typescript/no-explicit-any -- as the port has it
    const db = new Kysely<any>({ dialect: new StoreDialect({ ...reach, store, count }) });
    const ids = { uuid: () => actor.name };
    const onFault = (error: unknown) =>
      void (isWorldly(error) || GIVING_WAY.test((error as Error).message) || onBug(error));
    const feed = new FeedConnection({ ...reach, server: broker, count, onPublish: outside.onPublish });
    const leases = new PostgresLeaseStore(db);
    const progress = new PostgresRelayProgressStore(db);
    this.#relay = new Relay({ log, feed, leases, progress, clock, ids, onFault });
    this.projector = new Projector({
      db,
      log,
      clock,
      projections: viewsOf(outside.poisoned),
      feed: (ports) => new PartitionFeed(feed, ports),
      onProblem: (_name, error) => onFault(error),
      onParked: () => count('rare stream parked'),
    });
    const generations = new OpenSearchGenerations(
      indexClient({ ...reach, index, onWrite: () => this.does('indexes') }),
      INDEX_ALIAS,
      clock,
    );
    const views = this.projector.positions;
    const onRefused = ({ reason }: { reason: string }) =>
      onBug(new Error(`A document was refused: ${reason}`));
    this.#indexer = new SearchIndexer({
      db,
      log,
      views,
      generations,
      leases,
      clock,
      ids,
      onFault,
      onRefused,
    });
  }

  /** Rejects where it cannot start: who runs it starts it again. */
  async start(): Promise<void> {
    await this.projector.start();
    this.#relay.start();
    this.#indexer.start();
    this.running = true;
  }

  /** As an operator has it built anew; false: another one writes it. */
  rebuildIndex(): boolean {
    if (this.isIndexing) this.#indexer.rebuild();
    return this.isIndexing;
  }

  get isIndexing(): boolean {
    return this.actor.alive && this.#indexer.state.active;
  }

  /** Told what it is about to do. */
  does(what: 'publishes' | 'indexes'): void {
    if (this.stallAt?.what === what) this.stall(this.stallAt.forMs);
  }

  /** As under SIGSTOP. */
  stall(ms: number): void {
    this.actor.stalledUntilMs = this.#scheduler.nowMs + ms;
    this.stallAt = null;
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all([this.#relay.stop(), this.#indexer.stop(), this.projector.stop()]);
    this.die();
  }

  /** At once, wherever it is: what waits for something never goes on. */
  die(): void {
    this.running = false;
    this.actor.alive = false;
    this.#store.endSessionsOf(this.actor);
  }
}
