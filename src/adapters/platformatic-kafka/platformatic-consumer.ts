// One member of a consumer group. The client's own streams cost twice what its fetches do and take offsets from Kafka's
// book: here the group is joined by one client, and another fetches, from where whoever handles the events says.
import { Consumer, type BaseOptions } from '@platformatic/kafka';
import type { FeedConsumer, FeedOffsets } from '../../ports/event-feed.ts';
import { HEARTBEAT_MS, REBALANCE_MS_MAX, SESSION_MS } from '../kafka/client-settings.ts';
import { feedUnavailable } from '../kafka/kafka-fault.ts';
import { Following } from './following.ts';

/** Without an answer to a heartbeat for so long the member is taken for lost. */
const STALLED_MS = 20_000;
/** Some 15 s: a cluster makes its book of offsets when the first group comes. */
const JOIN_TRIES_MAX = 10;

export interface ConsumedTopic {
  readonly base: BaseOptions;
  readonly topic: string;
  /** The first offsets that are still there. */
  readonly earliest: () => Promise<FeedOffsets>;
}

/** Resolves when the signal has aborted; rejects with a Fault when the consumer is lost. */
export async function consumeFrom(
  { base, topic, earliest }: ConsumedTopic,
  handling: FeedConsumer,
  signal: AbortSignal,
): Promise<void> {
  const options = {
    ...base,
    groupId: handling.group,
    autocommit: false,
    sessionTimeout: SESSION_MS,
    rebalanceTimeout: REBALANCE_MS_MAX,
    heartbeatInterval: HEARTBEAT_MS,
    heartbeatStallTimeout: STALLED_MS,
    protocols: [{ name: 'RoundRobinAssigner', version: 1 }], // as kafkajs calls it, beside whose members it may stand
  };
  const member = new Consumer({ ...options, retries: JOIN_TRIES_MAX });
  const reader = new Consumer({ ...options, retries: 0 }); // a heartbeat must not wait behind a fetch
  const lost = new AbortController();
  member.on('error', (error: unknown) => lost.abort(error));
  member.on('consumer:heartbeat:stalled', ({ lastError }) => lost.abort(lastError));
  reader.on('error', () => {}); // told by the fetch
  const ending = AbortSignal.any([signal, lost.signal]);
  reader.topics.track(topic);
  const following = new Following({ member, reader, topic, earliest, handling });
  try {
    await Promise.race([join(member, topic), aborted(ending)]);
    await following.run(ending);
    if (lost.signal.aborted && !signal.aborted) throw lost.signal.reason;
  } catch (error) {
    throw feedUnavailable('be consumed', error);
  } finally {
    await Promise.allSettled([reader.close(true), member.close(true)]);
  }
}

async function join(member: Consumer, topic: string): Promise<void> {
  member.topics.track(topic);
  await member.joinGroup({});
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
