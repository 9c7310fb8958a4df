// The distributed profile as it runs for real: a broker, relays and projectors as processes, a log that is written to
// meanwhile, and the check of everything after a fault.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { KafkaEventFeed } from '../../src/adapters/kafka/kafka-event-feed.ts';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../../src/adapters/postgres/postgres-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { PROJECTION_NAMES } from '../../src/projections/projection.ts';
import { Projector } from '../../src/projections/projector.ts';
import { bustle } from '../projections/bustle.ts';
import { projectionsOf } from '../projections/read-models.ts';
import { smallSeason, type Season } from '../projections/season.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { startKafka } from '../support/servers/servers.ts';
import { contentOf, feedComplaints, wholeLog } from './feed-content.ts';
import { RoleProcess } from './role-process.ts';

const PARTITIONS = 6;
const CAUGHT_UP_MS = 120_000;
const SELLERS = [0, 1, 2, 3];
const SHOWS_AT_ONCE = 8;

export class DistributedWorld {
  readonly kafka: RunningServer;
  readonly log: PostgresEventLog;
  readonly season: Season;
  readonly db: Database['db'];
  readonly topic = `events-${randomUUID()}`;
  readonly #database: TestDatabase;
  readonly #open: Database;
  readonly #processes: RoleProcess[] = [];
  #seed = 1;

  private constructor(parts: {
    kafka: RunningServer;
    database: TestDatabase;
    open: Database;
    log: PostgresEventLog;
    season: Season;
  }) {
    this.kafka = parts.kafka;
    this.#database = parts.database;
    this.#open = parts.open;
    this.db = parts.open.db;
    this.log = parts.log;
    this.season = parts.season;
  }

  static async open(brokers = 1): Promise<DistributedWorld> {
    const kafka = await startKafka({ brokers, killed: true });
    const database = await createDatabase();
    const open = openDatabase(database.url, { poolMax: 8 });
    await migrate(open.db);
    const log = new PostgresEventLog(database.url);
    const { season } = await smallSeason(log, 8);
    return new DistributedWorld({ kafka, database, open, log, season });
  }

  get environment(): Record<string, string> {
    return {
      DATABASE_URL: this.#database.url,
      KAFKA_BROKERS: this.kafka.url,
      KAFKA_TOPIC: this.topic,
      KAFKA_PARTITIONS: String(PARTITIONS),
      KAFKA_CLIENT: process.env['TEST_KAFKA_CLIENT'] ?? 'kafkajs',
    };
  }

  async role(role: 'relay' | 'projector'): Promise<RoleProcess> {
    const process = await RoleProcess.start(role, this.environment);
    this.#processes.push(process);
    return process;
  }

  /** Sells and cancels at random while `work` is done, and for a while after it. */
  async whileSelling<T>(work: () => Promise<T>): Promise<T> {
    let selling = true;
    const sell = async (shows: readonly string[]): Promise<void> => {
      while (selling) {
        await bustle(this.season, shows, 10, (this.#seed += 1));
        await systemClock.sleep(5); // where everything is refused, nothing else waits for anything
      }
    };
    // Each show by one seller, for the season knows their revisions.
    const sold = this.#schedule().then((shows) =>
      Promise.all(SELLERS.map((n) => sell(shows.filter((_, i) => i % SELLERS.length === n)))),
    );
    try {
      return await work();
    } finally {
      selling = false;
      await sold;
    }
  }

  /** Shows that nobody has sold from yet: they are never sold out meanwhile. */
  async #schedule(): Promise<string[]> {
    const made: string[] = [];
    for (let n = 0; n < SHOWS_AT_ONCE; n += 1)
      made.push(
        await this.season.schedule(`sold ${(this.#seed += 1)}`, { seats: 150, pit: 150, startsInDays: 300 }),
      );
    return made;
  }

  openFeed(): Promise<KafkaEventFeed> {
    return KafkaEventFeed.open({
      brokers: this.kafka.url.split(','),
      topic: this.topic,
      partitions: PARTITIONS,
      copies: -1,
      retentionHours: 24,
    });
  }

  /** Messages of events that were in the topic before. */
  async doubles(): Promise<number> {
    const feed = await this.openFeed();
    const messages = await contentOf(feed);
    await feed.close();
    return messages.length - new Set(messages.map(({ event }) => event.id)).size;
  }

  async progress(): Promise<{ token: number; position: number }> {
    const found = await sql<{ token: number; position: number }>`
      select token::float8 as token, position::float8 as position from relay_progress`.execute(this.db);
    return found.rows[0]!;
  }

  /** Waits until what was sold by now is in the feed; gives how long it took. */
  async published(): Promise<number> {
    const { position } = this.season;
    const began = systemClock.now();
    await expect
      .poll(async () => (await this.progress()).position, { timeout: CAUGHT_UP_MS, interval: 50 })
      .toBeGreaterThanOrEqual(position);
    return systemClock.now() - began;
  }

  /** Each event of the log in Kafka once or more, in order by its first coming; each view exactly as its rebuild. */
  async check(): Promise<{ events: number; messages: number }> {
    await this.published();
    const events = await wholeLog(this.log);
    const feed = await this.openFeed();
    const messages = await contentOf(feed);
    await feed.close();
    expect(feedComplaints(events, messages)).toEqual([]);
    await this.#checkViews(events);
    return { events: events.length, messages: messages.length };
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.end('SIGKILL')));
    await this.log.close();
    await this.#open.close();
    await this.#database.drop();
    await this.kafka.stop();
  }

  async #checkViews(events: readonly RecordedEvent[]): Promise<void> {
    const projector = new Projector({
      db: this.db,
      log: this.log,
      clock: systemClock,
      projections: projectionsOf(this.season),
    });
    const { position } = this.season;
    expect(await projector.positions.waitFor(PROJECTION_NAMES, position, CAUGHT_UP_MS)).toBe(position);
    expect(await projector.parked()).toEqual([]);
    for (const name of PROJECTION_NAMES)
      expect([name, (await projector.rebuild(name, { verify: true })).identical]).toEqual([name, true]);
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from read.holds`.execute(this.db);
    expect(rows[0]!.n).toBe(
      events.filter(({ type }) => type === 'SeatsHeld' || type === 'SeatsOffered').length,
    );
  }
}
