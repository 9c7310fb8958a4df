// Whether the event feed takes what is published and has it to give. Its brokers are asked, for while nothing happens nothing
// else would tell; that they do not acknowledge although they answer is what the relay knows.
import type { SteadyClock } from '../ports/clock.ts';
import type { EventFeed } from '../ports/event-feed.ts';
import type { Relay } from '../workers/relay.ts';

const ASKED_EVERY_MS = 500;
const ANSWER_MAX_MS = 2_000;
/** A change of leaders takes less. */
const SILENT_MAX_MS = 15_000;

/** The question: null, or why not. One at a time is with the brokers, however often this is called. */
export function feedReadinessOf(
  feed: Pick<EventFeed, 'ends'>,
  clock: Pick<SteadyClock, 'steady' | 'sleep'>,
  relay?: Pick<Relay, 'refusal' | 'unacknowledgedSince'> | null,
): () => Promise<string | null> {
  let askedAtMs = -Infinity;
  let silentSinceMs: number | null = null;
  let asking: Promise<void> | null = null;
  const ask = async (): Promise<void> => {
    askedAtMs = clock.steady();
    silentSinceMs ??= askedAtMs;
    await feed.ends().then(
      () => (silentSinceMs = null),
      () => {}, // counted from the first that failed
    );
    asking = null;
  };
  const secondsSince = (sinceMs: number | null | undefined): number | null => {
    const ms = clock.steady() - (sinceMs ?? Infinity);
    return ms > SILENT_MAX_MS ? Math.floor(ms / 1_000) : null;
  };
  return async () => {
    if (asking === null && clock.steady() - askedAtMs >= ASKED_EVERY_MS) asking = ask();
    if (relay?.refusal != null) return relay.refusal;
    // Only where it would say that they are away is it worth waiting for them to answer after all.
    if (asking !== null && secondsSince(silentSinceMs) !== null)
      await Promise.race([asking, clock.sleep(ANSWER_MAX_MS)]);
    const silentS = secondsSince(silentSinceMs);
    if (silentS !== null)
      return `Kafka's brokers have not answered for ${silentS} s; see that they run and can be reached (KAFKA_BROKERS).`;
    const unheardS = secondsSince(relay?.unacknowledgedSince);
    return unheardS === null
      ? null
      : `Kafka's brokers have not acknowledged for ${unheardS} s what this relay publishes; look for its errors in the log of this process.`;
  };
}
