// What an error of kafkajs means for us: a feed that is away for now. Its own numbers and retries stay at this border.
import { Fault } from '../../ports/fault.ts';

/** `what` it could not do. Some of what was sent may be there, and may safely be sent again. */
export const feedUnavailable = (what: string, cause: unknown): Fault =>
  new Fault('EventFeedUnavailable', `Kafka could not ${what}: ${messageOf(cause)}.`, {
    outcome: 'unknown',
    cause,
  });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A broker that has just come, or made its book of groups, reads it first: kafkajs gives up before it may be done. */
export const isLoading = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as { type?: unknown }).type === 'GROUP_LOAD_IN_PROGRESS' || isLoading(error.cause));
