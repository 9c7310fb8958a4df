// Events from the log into Kafka: the relay, beside the client's own produce of the same bytes, which were made before the
// clock began and are sent in the same portions, one send in flight.
import { CompressionTypes, type Message } from 'kafkajs';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { toMessage } from '../src/adapters/kafka/cloud-events.ts';
import { openDatabase, type Database } from '../src/adapters/postgres/database.ts';
import { migrate } from '../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../src/adapters/postgres/postgres-event-log.ts';
import { PostgresLeaseStore } from '../src/adapters/postgres/postgres-lease-store.ts';
import { PostgresRelayProgressStore } from '../src/adapters/postgres/postgres-relay-progress-store.ts';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { systemIds } from '../src/adapters/system/system-ids.ts';
import type { RecordedEvent } from '../src/domain/event.ts';
import { Relay } from '../src/workers/relay.ts';
import type { Scenario } from './harness/bench.ts';
import { startDistributed, type Distributed } from './harness/distributed.ts';
import { readLog, turnover, writeHistory } from './harness/history.ts';
import { timed } from './harness/raw-sql.ts';
import { race, type Side } from './harness/rounds.ts';
import { checkTopic, openFeed, PARTITIONS, plainKafka } from './harness/topic.ts';

const SHOWS = 50;
const SEND = 2_000;
const POLL_MS = 2;
const ALL_IN_SYNC = -1;
const SEATS = Array.from({ length: 20_000 }, (_, n) => `R${Math.floor(n / 100)}-${n % 100}`);

export const relay: Scenario = {
  what: 'events from the log into Kafka',
  async run(bench) {
    const events = bench.quick ? 5_000 : 200_000;
    const world = await startDistributed(bench, 'relay', ['kafka']);
    if (world === null) return;
    const database = openDatabase(world.databaseUrl, { poolMax: 4 });
    const log = new PostgresEventLog(world.databaseUrl);
    try {
      await migrate(database.db);
      const streams = Array.from({ length: SHOWS }, () => `show-${uuidv7()}`);
      await writeHistory(world.databaseUrl, streams, () => turnover(SEATS, events / SHOWS), { fresh: true });
      const all = await readLog(log);
      const raw = rawProduce(world, all);
      await race(bench, {
        title: `Relay of ${events.toLocaleString('en')} events into ${PARTITIONS} partitions`,
        unit: 'events/s',
        sides: [relayed(world, log, database, all), raw],
        asked: { [raw.name]: 0.7 },
      });
    } finally {
      await log.close();
      await database.close();
      await world.stop();
    }
  },
};

/** From the start of a relay, its lease included, to the progress that it has saved at the end of the log. */
function relayed(
  { name, kafka, postgres }: Distributed,
  log: PostgresEventLog,
  { db }: Database,
  all: readonly RecordedEvent[],
): Side {
  return {
    name: 'fairseat',
    async run(round) {
      const topic = `${name}-relayed-${round}`;
      // As if nothing was ever published: the topic is another each time.
      await sql`delete from relay_progress`.execute(db);
      const feed = await openFeed(kafka!.url, topic);
      const failed = Promise.withResolvers<never>();
      const relay = new Relay({
        log,
        feed,
        leases: new PostgresLeaseStore(db),
        progress: new PostgresRelayProgressStore(db),
        clock: systemClock,
        ids: systemIds,
        onFault: failed.reject,
      });
      const done = async (): Promise<void> => {
        relay.start();
        while (relay.position < all.at(-1)!.position) await systemClock.sleep(POLL_MS);
      };
      const measured = await timed(postgres, all.length, () => Promise.race([done(), failed.promise]));
      await relay.stop();
      await feed.close();
      await checkTopic(kafka!.url, topic, all);
      return measured;
    },
  };
}

function rawProduce({ name, kafka, postgres }: Distributed, all: readonly RecordedEvent[]): Side {
  const sends: Message[][] = [];
  for (let from = 0; from < all.length; from += SEND)
    sends.push(all.slice(from, from + SEND).map((event) => toMessage(event, PARTITIONS)));
  return {
    name: "the client's own produce",
    async run(round) {
      const topic = `${name}-raw-${round}`;
      await (await openFeed(kafka!.url, topic)).close();
      const producer = plainKafka(kafka!.url).producer({ idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      const measured = await timed(postgres, all.length, async () => {
        for (const messages of sends)
          await producer.send({ topic, messages, acks: ALL_IN_SYNC, compression: CompressionTypes.None });
      });
      await producer.disconnect();
      await checkTopic(kafka!.url, topic, all);
      return measured;
    },
  };
}
