// What lies in the feed, beside what the log has: each event once or more, in order by its first coming.
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { EventFeed } from '../../src/ports/event-feed.ts';
import type { EventLog } from '../../src/ports/event-log.ts';

export interface FeedMessage {
  readonly partition: number;
  readonly event: RecordedEvent;
}

const PAGE = 5_000;
const READ_MS_MAX = 120_000;

export async function wholeLog(log: Pick<EventLog, 'readAll'>): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for (;;) {
    const page = await log.readAll(found.at(-1)?.position ?? 0, PAGE);
    if (page.length === 0) return found;
    found.push(...page);
  }
}

/** Everything that is in the feed now, from the first offset on. */
export async function contentOf(feed: EventFeed): Promise<FeedMessage[]> {
  const publisher = await feed.openPublisher();
  const { ends } = publisher;
  await publisher.close();
  const total = ends.reduce((sum, end) => sum + end, 0);
  const found: FeedMessage[] = [];
  if (total === 0) return found;
  const stop = new AbortController();
  await feed.consume(
    {
      group: randomUUID(),
      begin: (partitions) => Promise.resolve(new Map(partitions.map((partition) => [partition, 0]))),
      handle: ({ partition, events, next }) => {
        found.push(...events.map((event) => ({ partition, event })));
        if (found.length >= total) stop.abort();
        return Promise.resolve(next);
      },
    },
    AbortSignal.any([stop.signal, AbortSignal.timeout(READ_MS_MAX)]),
  );
  if (found.length < total) throw new Error(`Of ${total} messages ${found.length} could be read.`);
  return found;
}

/** Of events up to the last of `events`: what is missing, different or out of order, in words. */
export function feedComplaints(events: readonly RecordedEvent[], messages: readonly FeedMessage[]): string[] {
  const complaints: string[] = [];
  const last = events.at(-1)?.position ?? 0;
  const firsts = new Map<string, FeedMessage>();
  for (const message of messages) if (!firsts.has(message.event.id)) firsts.set(message.event.id, message);
  for (const event of events) {
    const first = firsts.get(event.id);
    if (first === undefined) complaints.push(`not in the feed: ${event.stream}@${event.revision}`);
    else if (!isDeepStrictEqual(first.event, event))
      complaints.push(`another in the feed than in the log: ${event.stream}@${event.revision}`);
  }
  const known = [...firsts.values()].filter(({ event }) => event.position <= last).length;
  if (known > events.length) complaints.push(`${known - events.length} in the feed and not in the log`);
  const reached = new Map<number, number>();
  for (const { partition, event } of firsts.values()) {
    if (event.position <= (reached.get(partition) ?? 0))
      complaints.push(`out of order in partition ${partition}: ${event.stream}@${event.revision}`);
    reached.set(partition, event.position);
  }
  return complaints;
}
