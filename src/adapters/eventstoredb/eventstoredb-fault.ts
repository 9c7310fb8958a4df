// What an error of EventStoreDB's client means for us: at this border it becomes a Fault that says whether something may
// have been written. The catalogue of errors seen, and why appends are told apart so, is in docs/decisions/0040.
import {
  AccessDeniedError,
  CancelledError,
  DeadlineExceededError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  TimeoutError,
  UnavailableError,
} from '@eventstore/db-client';
import { Fault } from '../../ports/fault.ts';

const GRPC_INVALID_ARGUMENT = 3;
const GRPC_RESOURCE_EXHAUSTED = 8;
const GRPC_UNAVAILABLE = 14;

/** A call took longer than we wait. The client's own deadlines do not hold for reads, nor while it connects. */
export class CallTimedOut extends Error {
  override readonly name = 'CallTimedOut';
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;
export const messageOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return message === '' && error instanceof Error ? error.constructor.name : message;
};

/** Another node leads; the client goes there with its next call. Surely nothing was written. */
export const isNotLeader = (error: unknown): boolean => error instanceof NotLeaderError;

/** The call did not leave this process: no node could be reached, or none is known. Surely nothing was written. */
export const wasNeverSent = (error: unknown): boolean =>
  (codeOf(error) === GRPC_UNAVAILABLE && /No connection established/.test(messageOf(error))) ||
  messageOf(error).startsWith('Failed to discover');

/** The server is away, starting, stopping, electing a leader, or slow: trying again may help. */
export const isPassing = (error: unknown): boolean =>
  isNotLeader(error) ||
  wasNeverSent(error) ||
  error instanceof CallTimedOut ||
  error instanceof UnavailableError ||
  error instanceof CancelledError ||
  error instanceof DeadlineExceededError ||
  error instanceof TimeoutError ||
  codeOf(error) === GRPC_UNAVAILABLE;

/** It may be slow; sending again would only wait again. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof CallTimedOut || error instanceof DeadlineExceededError;

export const isDenied = (error: unknown): boolean => error instanceof AccessDeniedError;

/** The append itself is at fault: too large, say, or for a stream that was deleted for good. Surely nothing was written. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof MaxAppendSizeExceededError ||
  error instanceof StreamDeletedError ||
  codeOf(error) === GRPC_INVALID_ARGUMENT ||
  codeOf(error) === GRPC_RESOURCE_EXHAUSTED;

export const unavailable = (what: string, cause: unknown): Fault =>
  new Fault(
    'EventLogUnavailable',
    isDenied(cause)
      ? `EventStoreDB does not let us ${what}: ${messageOf(cause)}. See user and password in EVENTSTORE_URL.`
      : `EventStoreDB could not ${what}: ${messageOf(cause)}. Nothing was written; try again.`,
    { outcome: 'none', cause },
  );

/** No Fault, for those pass: sending it again would not help. */
export const refused = (cause: unknown): Error =>
  new Error(`EventStoreDB cannot store the append: ${messageOf(cause)}. Nothing was written.`, { cause });

export const unknownOutcome = (cause: unknown): Fault =>
  new Fault(
    'AppendUnknown',
    `EventStoreDB did not answer an append: ${messageOf(cause)}. Read the stream to see whether it was written.`,
    { outcome: 'unknown', cause },
  );
