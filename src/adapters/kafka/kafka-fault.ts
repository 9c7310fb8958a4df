// What an error of a client of Kafka means for us: a feed that is away for now. Its own numbers and retries stay at this border.
import { Fault } from '../../ports/fault.ts';

/** `what` it could not do. Some of what was sent may be there, and may safely be sent again. */
export const feedUnavailable = (what: string, cause: unknown): Fault =>
  new Fault('EventFeedUnavailable', `Kafka could not ${what}: ${messageOf(cause)}.`, {
    outcome: 'unknown',
    cause,
  });

/** What went wrong first: around it a client says only what it was at, and how often it has tried. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errors = [error.cause] } = error as { errors?: readonly unknown[] };
  const inner = errors.at(-1);
  return inner instanceof Error ? messageOf(inner) : error.message.replace(/\.$/, '');
}

/** A broker that has just come, or made its book of groups, reads it first: kafkajs gives up before it may be done. */
export const isLoading = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as { type?: unknown }).type === 'GROUP_LOAD_IN_PROGRESS' || isLoading(error.cause));
