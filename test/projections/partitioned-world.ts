// A season whose events go through a feed: a relay publishes them, and projectors of a group take them by partitions.
import { randomUUID } from 'node:crypto';
import { MemoryEventFeed } from '../../src/adapters/memory/memory-event-feed.ts';
import { MemoryLeaseStore } from '../../src/adapters/memory/memory-lease-store.ts';
import { PostgresRelayProgressStore } from '../../src/adapters/postgres/postgres-relay-progress-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { EventFeed } from '../../src/ports/event-feed.ts';
import { PartitionFeed } from '../../src/projections/partition-feed.ts';
import { PROJECTION_NAMES } from '../../src/projections/projection.ts';
import type { Projector, ProjectorOptions } from '../../src/projections/projector.ts';
import type { MakeViewFeed } from '../../src/projections/view-feed.ts';
import { Relay } from '../../src/workers/relay.ts';
import { ProjectorWorld } from './projector-world.ts';

export class PartitionedWorld {
  readonly feed: MemoryEventFeed;
  readonly world: ProjectorWorld;
  readonly faults: unknown[] = [];
  readonly #relays: Relay[] = [];

  private constructor(world: ProjectorWorld) {
    this.world = world;
    this.feed = new MemoryEventFeed(systemClock, 4);
  }

  static async open(): Promise<PartitionedWorld> {
    return new PartitionedWorld(await ProjectorWorld.open());
  }

  /** A relay that begins where the last one ended. */
  relay(feed: EventFeed = this.feed): Relay {
    const relay = new Relay({
      log: this.world.season.log,
      feed,
      leases: new MemoryLeaseStore(systemClock),
      progress: new PostgresRelayProgressStore(this.world.db),
      clock: systemClock,
      ids: { uuid: randomUUID },
      onFault: (error) => this.faults.push(error),
    });
    this.#relays.push(relay);
    relay.start();
    return relay;
  }

  readonly takes: MakeViewFeed = (ports) => new PartitionFeed(this.feed, ports);

  /** A projector of a process of its own. */
  async projector(options: Partial<ProjectorOptions> = {}): Promise<Projector> {
    const made = this.world.projector({ feed: this.takes, ...options });
    await made.start();
    return made;
  }

  /** Publishes everything again, as a relay does whose progress was not saved; it says of which log only where it is given. */
  async publishAgain(log?: string): Promise<void> {
    const publisher = await this.feed.openPublisher();
    await publisher.publish(await this.world.season.log.readAll(0, 100_000), log);
    await publisher.close();
  }

  /** The views that are not, row for row, what a rebuild from the log gives, at the end of the log. */
  async differing(by: Projector): Promise<string[]> {
    await this.world.reached(by);
    const differing: string[] = [];
    for (const name of PROJECTION_NAMES)
      if ((await by.rebuild(name, { verify: true })).identical !== true) differing.push(name);
    return differing;
  }

  async close(): Promise<void> {
    await Promise.all(this.#relays.map((relay) => relay.stop()));
    await this.world.close();
  }
}
