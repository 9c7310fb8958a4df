// A topic of the feed as it lies in Kafka, and the proof that it holds a log.
import { Kafka, logLevel } from 'kafkajs';
import { KafkaEventFeed } from '../../src/adapters/kafka/kafka-event-feed.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { EventFeed } from '../../src/ports/event-feed.ts';
import { Fault } from '../../src/ports/fault.ts';

export const PARTITIONS = 12;
const READ_MS_MAX = 120_000;
const TRIES_MAX = 10;
const RETRY_MS = 500;

export const openFeed = (brokers: string, topic: string): Promise<KafkaEventFeed> =>
  KafkaEventFeed.open({
    brokers: brokers.split(','),
    topic,
    partitions: PARTITIONS,
    copies: -1,
    retentionHours: 24,
  });

/** kafkajs as it is, for raw sides. */
export const plainKafka = (brokers: string): Kafka =>
  new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });

/** The topic holds each of these events once, and every stream in its order; else it throws. */
export async function checkTopic(
  brokers: string,
  topic: string,
  log: readonly RecordedEvent[],
): Promise<void> {
  const feed = await openFeed(brokers, topic);
  const publisher = await feed.openPublisher();
  const kept = publisher.ends.reduce((sum, end) => sum + end, 0);
  await publisher.close();
  if (kept !== log.length) throw new Error(`${log.length} events were published, ${kept} are in the topic`);
  for (let tries = 1; ; tries += 1) {
    try {
      await readThrough(feed, topic, log);
      break;
    } catch (error) {
      // A broker makes its book of groups when the first one comes.
      if (!(error instanceof Fault) || tries === TRIES_MAX) throw error;
      await systemClock.sleep(RETRY_MS);
    }
  }
  await feed.close();
}

async function readThrough(feed: EventFeed, topic: string, log: readonly RecordedEvent[]): Promise<void> {
  const streams = new Map(
    [...Map.groupBy(log, ({ stream }) => stream)].map(([name, all]) => [name, all.values()]),
  );
  let found = 0;
  let wrong: string | null = null;
  const read = new AbortController();
  await feed.consume(
    {
      group: `check-of-${topic}`,
      begin: (partitions) => Promise.resolve(new Map(partitions.map((p) => [p, 0]))),
      handle: ({ events, next }) => {
        for (const { id, stream } of events) {
          const due = streams.get(stream)?.next().value;
          if (due?.id !== id) wrong ??= `${stream} has ${id} where ${due?.id} is due`;
        }
        found += events.length;
        if (found >= log.length || wrong !== null) read.abort();
        return Promise.resolve(next);
      },
    },
    AbortSignal.any([read.signal, AbortSignal.timeout(READ_MS_MAX)]),
  );
  if (wrong !== null) throw new Error(wrong);
  if (found !== log.length) throw new Error(`${log.length} events were published, ${found} could be read`);
}
