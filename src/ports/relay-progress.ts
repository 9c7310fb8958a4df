// How far the log has been published, under the token of a lease: a relay that lost its lease cannot move it any more. And
// whether a feed is the one that this was published to.
import type { FeedOffsets } from './event-feed.ts';

export interface RelayProgress {
  /** Every event up to it is in the feed. */
  readonly position: number;
  /** All of them lie before these offsets; empty where nothing was ever published. */
  readonly offsets: FeedOffsets;
}

/** Not the feed that it must be; `message` is for who set it. */
export class AnotherFeed extends Error {
  override readonly name = 'AnotherFeed';
}

export const OF_ANOTHER_LOG =
  'The Kafka topic that is set (KAFKA_TOPIC) holds events of another event log. Give every log a topic of its own: stop every process, run "fairseat projections forget" where views were fed by this topic, and start with another KAFKA_TOPIC.';
export const NOT_WHERE_PUBLISHED =
  'The Kafka topic that is set (KAFKA_TOPIC) does not hold what the relay has published: the relay publishes to another, or it was made anew. Set KAFKA_TOPIC in every process as it is for the relay; where it is the same, "fairseat doctor" says what to do.';
const SET_AS_IT_WAS =
  'Set KAFKA_TOPIC as it was; or stop every process, run "fairseat projections forget", and start with a topic that is empty.';
const MADE_ANEW = `It was made anew, or it is another. ${SET_AS_IT_WAS}`;

/**
 * Why a feed that ends at `now` is not the one that was published to up to `before`; null: it may be. Where nothing was
 * ever published, what is there is from another log, or from views that were forgotten, whose offsets nobody knows.
 */
export function whyAnotherFeed(before: FeedOffsets, now: FeedOffsets): string | null {
  if (before.length === 0) return now.some((end) => end > 0) ? OF_ANOTHER_DATABASE : null;
  if (now.length === 0)
    return `The Kafka topic that is set is not there. It was deleted, or it is another. ${SET_AS_IT_WAS}`;
  if (before.length !== now.length)
    return `The Kafka topic that is set has ${now.length} partitions and had ${before.length}: streams would lose their order in it. ${MADE_ANEW}`;
  if (before.some((end, partition) => end > now[partition]!))
    return `The Kafka topic that is set is shorter than it was. ${MADE_ANEW}`;
  return null;
}

const OF_ANOTHER_DATABASE =
  'The Kafka topic that is set (KAFKA_TOPIC) holds events already, and none that were published with this database: they are of another event log, or of views that were forgotten. Give KAFKA_TOPIC another name in every process.';

export interface RelayProgressStore {
  load(): Promise<RelayProgress>;
  /** Shuts out everybody with a smaller token, from now on; null: this one is shut out itself. */
  claim(token: number): Promise<RelayProgress | null>;
  /** False, and nothing is written: another has claimed it. */
  save(token: number, progress: RelayProgress): Promise<boolean>;
}
