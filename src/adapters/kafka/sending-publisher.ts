// What goes to Kafka in one send, and what its answers say, whichever client carries it.
import type { RecordedEvent } from '../../domain/event.ts';
import type { FeedOffsets, FeedPublisher } from '../../ports/event-feed.ts';
import { toMessage, type FeedMessage } from './cloud-events.ts';
import { feedUnavailable } from './kafka-fault.ts';

const SEND_EVENTS_MAX = 5_000;
/** Well below `max.message.bytes` of the topic: what goes to one partition in one send is one batch of records. */
const SEND_CHARACTERS_MAX = 2_000_000;

export interface Acknowledged {
  readonly partition: number;
  /** Of the first message of the send in that partition. */
  readonly baseOffset: number;
}

/** One idempotent producer of a client. */
export interface Sender {
  /** Resolves when all replicas that are in sync have it. */
  send(messages: FeedMessage[]): Promise<readonly Acknowledged[]>;
  close(): Promise<void>;
}

/** Publishes one send after another: of concurrent ones kafkajs loses messages silently. */
export class SendingPublisher implements FeedPublisher {
  readonly #sender: Sender;
  readonly #partitions: number;
  #ends: FeedOffsets;

  /** `ends`: where the partitions end now. */
  constructor(sender: Sender, ends: FeedOffsets) {
    this.#sender = sender;
    this.#partitions = ends.length;
    this.#ends = ends;
  }

  get ends(): FeedOffsets {
    return this.#ends;
  }

  async publish(events: readonly RecordedEvent[], log?: string): Promise<FeedOffsets> {
    for (const messages of sendsOf(events, this.#partitions, log)) {
      try {
        this.#ends = endsAfter(this.#ends, messages, await this.#sender.send(messages));
      } catch (error) {
        throw feedUnavailable('acknowledge what was published', error);
      }
    }
    return this.#ends;
  }

  close(): Promise<void> {
    return this.#sender.close();
  }
}

/** The events in order, in sends of a bounded size. */
function* sendsOf(
  events: readonly RecordedEvent[],
  partitions: number,
  log: string | undefined,
): Generator<FeedMessage[]> {
  for (let from = 0; from < events.length;) {
    const messages: FeedMessage[] = [];
    for (let characters = 0; from < events.length && messages.length < SEND_EVENTS_MAX; from += 1) {
      const message = toMessage(events[from]!, partitions, log);
      characters += message.value.length;
      if (messages.length > 0 && characters > SEND_CHARACTERS_MAX) break;
      messages.push(message);
    }
    yield messages;
  }
}

/**
 * Where the partitions end after a send. Throws unless every partition has acknowledged. kafkajs resolves without: where
 * the leader of a partition dies and one that has answered for its own partitions takes it over, it takes that answer for
 * both and never sends the rest.
 */
function endsAfter(
  ends: readonly number[],
  messages: readonly FeedMessage[],
  acknowledged: readonly Acknowledged[],
): number[] {
  const counts = new Map<number, number>();
  for (const { partition } of messages) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  const answered = new Set(acknowledged.map(({ partition }) => partition));
  const silent = [...counts.keys()].filter((partition) => !answered.has(partition));
  if (silent.length > 0) throw new Error(`partitions ${silent.join(', ')} did not answer`);
  const after = [...ends];
  for (const { partition, baseOffset } of acknowledged)
    after[partition] = Math.max(after[partition] ?? 0, baseOffset + (counts.get(partition) ?? 0));
  return after;
}
