// What an error of Postgres or its driver means for us: at this border it becomes a Fault that says whether
// something may have been written.
import pg from 'pg';
import { Fault } from '../../ports/fault.ts';
import { isOutage } from '../../ports/outage.ts';

/**
 * The server said no to a statement, whose transaction is rolled back: surely nothing was written. A session that
 * the server ends (FATAL) may have ended after its commit.
 */
export const isRefusal = (error: unknown): error is pg.DatabaseError =>
  error instanceof pg.DatabaseError && error.severity === 'ERROR';

/** The statement itself is at fault (a value that no column takes, say), not the state of the server. */
export const isDataError = (error: unknown): boolean =>
  isRefusal(error) && /^(?:22|23|54)/.test(error.code ?? '');

/** Does `work`. Where Postgres is away that is a Fault, which says `what` cannot be done; a bug stays what it is. */
export async function reached<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw isOutage(cause) && !(cause instanceof Fault)
      ? new Fault('DatabaseUnavailable', what, { cause })
      : cause;
  }
}

export const unavailable = (what: string, cause: unknown): Fault =>
  new Fault(
    'EventLogUnavailable',
    `The event log could not ${what}: ${messageOf(cause)}. Nothing was written; try again.`,
    { outcome: 'none', cause },
  );

/** The append itself is at fault. No Fault, for those pass: sending it again would not help. */
export const refused = (cause: unknown): Error =>
  new Error(`Postgres cannot store the append: ${messageOf(cause)}. Nothing was written.`, { cause });

export const unknownOutcome = (cause: unknown): Fault =>
  new Fault(
    'AppendUnknown',
    `The connection to Postgres broke before it had answered an append: ${messageOf(cause)}. Read the stream to see whether it was written.`,
    {
      outcome: 'unknown',
      cause,
    },
  );

/** Also of a connection refused at every address of a name, which says nothing itself. */
export const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '')
    return String(error.errors[0]?.message ?? error.name);
  return error instanceof Error ? error.message : String(error);
};
