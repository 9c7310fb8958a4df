// Fetches the partitions that a member of a group was given, and hands them on: from each leader what there is, then all of
// it is handled, then it is asked for more. While the group is divided anew, what was begun is finished first.
import { FetchIsolationLevels, findErrorBy, type Consumer } from '@platformatic/kafka';
import type { RecordedEvent } from '../../domain/event.ts';
import type { FeedConsumer, FeedOffsets } from '../../ports/event-feed.ts';
import { BACKOFF_MS, FETCH_WAIT_MS_MAX, PARTITION_BYTES_MAX } from '../kafka/client-settings.ts';
import { eventsIn } from '../kafka/cloud-events.ts';
import { feedUnavailable } from '../kafka/kafka-fault.ts';
import { systemClock } from '../system/system-clock.ts';
import { toEvent } from './record-event.ts';

const FETCH_BYTES_MAX = 10 * 1024 * 1024;
/** In a row, with pauses: some 15 s, what a change of leaders takes at most. */
const FETCH_FAILURES_MAX = 30;
const IS_CONTROL = 1 << 5;

export interface FollowingParts {
  readonly member: Consumer;
  /** Fetches, on connections of its own. */
  readonly reader: Consumer;
  readonly topic: string;
  readonly earliest: () => Promise<FeedOffsets>;
  readonly handling: FeedConsumer;
}

/** Records of one partition from one fetch. */
interface Fetched {
  readonly partition: number;
  readonly from: number;
  readonly next: number;
  readonly events: readonly RecordedEvent[];
  readonly logs: ReadonlySet<string>;
}

export class Following {
  readonly #parts: FollowingParts;
  #given: readonly number[] = [];
  #division = 0;
  /** The division for which it was asked where to begin. */
  #asked = -1;
  /** The offset that must come next, by partition. */
  #next = new Map<number, number>();
  #failures = 0;
  #wake = (): void => {};

  constructor(parts: FollowingParts) {
    this.#parts = parts;
    parts.member.on('consumer:group:join', ({ assignments = [] }) => {
      this.#division += 1;
      this.#given = assignments.find(({ topic }) => topic === parts.topic)?.partitions ?? [];
      this.#wake();
    });
  }

  /** Until the signal aborts; rejects when fetches keep failing. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    while (!signal.aborted) {
      try {
        await this.#followOne(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#failures += 1;
        if (this.#failures > FETCH_FAILURES_MAX) throw error;
        this.#parts.handling.onProblem?.(feedUnavailable('be fetched from', error));
        if (findErrorBy(error as Error, 'apiId', 'OFFSET_OUT_OF_RANGE')) this.#asked = -1;
        await systemClock.sleep(BACKOFF_MS, signal);
      }
    }
  }

  /** One division, while the leaders of its partitions stay. */
  async #followOne(signal: AbortSignal): Promise<void> {
    const division = this.#division;
    const changed = new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#given.length === 0) return changed;
    if (!(await this.#begin(division, signal))) return;
    const { reader, topic } = this.#parts;
    const metadata = await reader.metadata({ topics: [topic], forceUpdate: true });
    const { id, partitions } = metadata.topics.get(topic)!;
    const byLeader = Map.groupBy(this.#next.keys(), (partition) => partitions[partition]!.leader);
    let failed: { error: unknown } | null = null;
    const isOver = (): boolean => failed !== null || signal.aborted || division !== this.#division;
    await Promise.all(
      [...byLeader].map(async ([leader, some]) => {
        try {
          while (!isOver()) {
            // One at a time: all fetches from a leader are of one session, whose epochs count up.
            const fetched = await this.#fetch(leader, id, some);
            if (isOver()) return;
            await Promise.all(fetched.map((found) => this.#handle(found, division, signal)));
          }
        } catch (error) {
          failed ??= { error };
        }
      }),
    );
    if (failed !== null) throw (failed as { error: unknown }).error;
  }

  /** Asks where to begin, once for each division; false: not known yet, or the division is over. */
  async #begin(division: number, signal: AbortSignal): Promise<boolean> {
    if (this.#asked === division) return true;
    const { earliest, handling } = this.#parts;
    const given = this.#given;
    try {
      const low = await earliest();
      const begins = await handling.begin(given, new Map(given.map((p) => [p, low[p] ?? 0])));
      if (division !== this.#division) return false;
      this.#next = new Map(begins);
      this.#asked = division;
      return true;
    } catch (error) {
      handling.onProblem?.(error);
      await systemClock.sleep(BACKOFF_MS, signal);
      return false;
    }
  }

  async #fetch(leader: number, topicId: string, some: readonly number[]): Promise<Fetched[]> {
    const { reader, handling } = this.#parts;
    const { responses } = await reader.fetch({
      node: leader,
      minBytes: 1,
      maxBytes: FETCH_BYTES_MAX,
      maxWaitTime: FETCH_WAIT_MS_MAX,
      isolationLevel: FetchIsolationLevels.READ_UNCOMMITTED,
      topics: [
        {
          topicId,
          partitions: some.map((partition) => ({
            partition,
            fetchOffset: BigInt(this.#next.get(partition)!),
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
            partitionMaxBytes: PARTITION_BYTES_MAX,
          })),
        },
      ],
    });
    this.#failures = 0;
    const found: Fetched[] = [];
    for (const { partitionIndex: partition, records: batches } of responses.flatMap((r) => r.partitions)) {
      const expected = this.#next.get(partition);
      if (expected === undefined || !batches || batches.length === 0) continue;
      const last = batches.at(-1)!;
      const next = Number(last.firstOffset) + last.lastOffsetDelta + 1;
      if (next <= expected) continue;
      const events: RecordedEvent[] = [];
      const logs = new Set<string>();
      let from = next;
      for (const { attributes, firstOffset, records } of batches) {
        if ((attributes & IS_CONTROL) !== 0) continue;
        for (const record of records) {
          const offset = Number(firstOffset) + record.offsetDelta;
          if (offset < expected) continue;
          from = Math.min(from, offset);
          events.push(...eventsIn(() => toEvent(record, offset, logs), handling.onProblem));
        }
      }
      found.push({ partition, from, next, events, logs });
    }
    return found;
  }

  async #handle(found: Fetched, division: number, signal: AbortSignal): Promise<void> {
    const { handling } = this.#parts;
    const isStale = (): boolean => signal.aborted || division !== this.#division;
    try {
      const goOn = await handling.handle({ ...found, isStale });
      if (division === this.#division) this.#next.set(found.partition, goOn);
    } catch (error) {
      handling.onProblem?.(error);
      await systemClock.sleep(BACKOFF_MS, signal);
    }
  }
}
