// One life of one engine process: everything that src/profiles/engine.ts wires, with the same classes, on the adapters of the
// simulated world. It starts, may stop in order, or simply dies.
import { Kysely } from 'kysely';
import type { MemoryCheckpointStore } from '../../../src/adapters/memory/memory-checkpoint-store.ts';
import { CommandContexts } from '../../../src/api/request/command-context.ts';
import type { ApiDependencies } from '../../../src/api/dependencies.ts';
import { Catalogue } from '../../../src/commands/catalogue/catalogue.ts';
import type { PipelineLimits } from '../../../src/commands/limits.ts';
import { CommandPipeline } from '../../../src/commands/pipeline.ts';
import { SeatingPlanStore } from '../../../src/commands/seating-plan-store.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { showAggregate, type ShowAggregate } from '../../../src/domain/show/show.ts';
import { venueAggregate } from '../../../src/domain/venue/venue.ts';
import { venueView } from '../../../src/domain/venue/views.ts';
import { LiveShows } from '../../../src/live/live-shows.ts';
import type { CommandMetrics } from '../../../src/ports/metrics.ts';
import { Projector } from '../../../src/projections/projector.ts';
import { CatalogueFollower } from '../../../src/workers/catalogue-follower.ts';
import { HoldExpirer } from '../../../src/workers/hold-expirer.ts';
import type { Chance } from '../kernel/chance.ts';
import type { Faults } from '../kernel/faults.ts';
import { ProcessClock } from '../kernel/process-clock.ts';
import type { Actor, Scheduler } from '../kernel/scheduler.ts';
import { LogConnection } from '../log/log-connection.ts';
import type { LogServer } from '../log/log-server.ts';
import { CheckpointShelf } from '../store/checkpoint-shelf.ts';
import { dueShowsOf } from '../store/due-shows.ts';
import type { ReadStore } from '../store/read-store.ts';
import { simulatedProjections } from '../store/simulated-projections.ts';
import { SnapshotShelf, type Shelf } from '../store/snapshot-shelf.ts';
import { StoreDialect } from '../store/store-dialect.ts';
import { FrontDoor } from './front-door.ts';

/** What outlives a process and is shared by all. */
export interface Outside {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly server: LogServer;
  readonly store: ReadStore;
  readonly shelf: Shelf;
  readonly checkpoints: MemoryCheckpointStore;
  readonly limits: Partial<PipelineLimits>;
  readonly projects: boolean;
  readonly poisoned: (event: RecordedEvent) => boolean;
  readonly metrics: CommandMetrics;
  readonly count: (what: string) => void;
  /** Told of every error that is no fault of the world around: a bug. */
  readonly onBug: (error: unknown) => void;
}

const COMMAND_DEADLINE_MS = 10_000;
const DRAIN_MS = 1_000;

export class SimulatedProcess {
  readonly actor: Actor;
  readonly clock: ProcessClock;
  readonly log: LogConnection;
  readonly pipeline: CommandPipeline;
  readonly shows: ShowAggregate;
  readonly live: LiveShows;
  readonly expirer: HoldExpirer;
  readonly follower: CatalogueFollower;
  readonly projector: Projector;
  readonly door: FrontDoor;
  /** Takes requests. */
  serving = false;
  readonly #outside: Outside;

  constructor(outside: Outside, actor: Actor, chance: Chance) {
    const { scheduler, faults, server, store, count, onBug } = outside;
    const reach = { scheduler, actor, faults, chance };
    this.#outside = outside;
    this.actor = actor;
    this.clock = new ProcessClock(scheduler, actor);
    this.log = new LogConnection({ ...reach, server });
    const { clock, log } = this;
    const ids = { uuid: () => uuidFrom(chance) };
    const plans = new SeatingPlanStore(log);
    const snapshots = new SnapshotShelf(outside.shelf, reach);
    const { limits, metrics } = outside;
    this.pipeline = new CommandPipeline({ log, clock, ids, plans, snapshots, limits, metrics });
    const { pipeline } = this;
    const aggregate = (this.shows = showAggregate(plans));
    // oxlint-disable-next-line typescript/no-explicit-any -- as the port has it
    const db = new Kysely<any>({ dialect: new StoreDialect({ ...reach, store, count }) });
    const onFault = (error: unknown) => void (isWorldly(error) || onBug(error));
    const venueOf = venuesFrom(pipeline);
    this.live = new LiveShows({ log, plans, clock, snapshots, venueOf, onFault, aggregate });
    const common = { pipeline, aggregate, log, tail: this.live.tail, clock, onFault };
    this.expirer = new HoldExpirer({ ...common, ids, dueShows: dueShowsOf(db, outside.projects) });
    this.follower = new CatalogueFollower({
      ...common,
      checkpoints: new CheckpointShelf(outside.checkpoints, reach),
    });
    this.projector = new Projector({
      db,
      log,
      clock,
      projections: simulatedProjections(outside.poisoned) as never,
      onProblem: (_name, error) => onFault(error),
      onParked: () => count('rare stream parked'),
    });
    this.door = new FrontDoor(this.#api(plans, ids, venueOf), onFault);
  }

  /** Rejects where it cannot start: who runs it starts it again. */
  async start(): Promise<void> {
    if (this.#outside.projects) await this.projector.start();
    await this.live.start();
    await Promise.all([this.expirer.start(), this.follower.start()]);
    this.serving = true;
  }

  /** In order, as on SIGTERM. */
  async stop(): Promise<void> {
    this.serving = false;
    await Promise.all([this.expirer.stop(), this.follower.stop()]);
    await this.pipeline.close(DRAIN_MS);
    await Promise.all([this.live.stop(), this.projector.stop()]);
    this.die();
  }

  /** At once, wherever it is: what waits for something never goes on. */
  die(): void {
    this.serving = false;
    this.actor.alive = false;
    this.#outside.store.endSessionsOf(this.actor);
  }

  #api(
    plans: SeatingPlanStore,
    ids: { uuid(): string },
    venueOf: ApiDependencies['venueOf'],
  ): ApiDependencies {
    const { clock, log, pipeline, live } = this;
    return {
      clock,
      log,
      pipeline,
      plans,
      live,
      venueOf,
      showAggregate: this.shows,
      catalogue: new Catalogue({
        pipeline,
        plans,
      }),
      contexts: new CommandContexts(clock, ids, COMMAND_DEADLINE_MS),
    } as unknown as ApiDependencies;
  }
}

/** Faults, broken connections and planted poison: trouble of the world, not of the program. */
export function isWorldly(error: unknown): boolean {
  const { name, message, code } = error as { name?: string; message?: string; code?: unknown };
  return (
    name === 'Fault' ||
    name === 'LostRace' ||
    code === '57P01' ||
    /is poison$|refuses these events|set aside after/.test(message ?? '')
  );
}

/** Looks like a UUID; comes from the seed. */
export function uuidFrom(chance: Chance): string {
  const hex = () => chance.below(0x1_0000).toString(16).padStart(4, '0');
  return `${hex()}${hex()}-${hex()}-7${hex().slice(1)}-8${hex().slice(1)}-${hex()}${hex()}${hex()}`;
}

function venuesFrom(pipeline: CommandPipeline): ApiDependencies['venueOf'] {
  return async (venueId) => {
    const { value } = await pipeline.read(venueAggregate, venueId, (state) => venueView(venueId, state));
    return value && { venue: { ...value }, etag: String(value.version) };
  };
}
