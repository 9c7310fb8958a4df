// What an error of OpenSearch's client means for us: at this border it becomes a Fault, or stays the bug that it is.
import { errors } from '@opensearch-project/opensearch';
import { Fault } from '../../ports/fault.ts';

const { ConnectionError, NoLivingConnectionsError, RequestAbortedError, ResponseError, TimeoutError } =
  errors;

const AWAY = [ConnectionError, NoLivingConnectionsError, RequestAbortedError, TimeoutError];
/** Too busy, starting, stopping, or without the shards it needs. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);
const FULL = 429;
/** The password is wrong, or may not. */
const DENIED = new Set([401, 403]);

export const isNotFound = (error: unknown): boolean =>
  error instanceof ResponseError && error.statusCode === 404;

/** Another has made it first, or we have, unheard. */
export const isThere = (error: unknown): boolean =>
  error instanceof ResponseError && error.message.startsWith('resource_already_exists_exception');

/** The alias is another's: it would have had two indexes to write to. */
export const isTaken = (error: unknown): boolean =>
  error instanceof ResponseError && error.message.includes('more than one write index');

/** null: it has no room for so much at once, and may have it soon; anything else is thrown again. */
export function unlessFull(error: unknown): null {
  if (error instanceof ResponseError && error.statusCode === FULL) return null;
  throw error;
}

export const searchUnavailable = (why: string, cause?: unknown): Fault =>
  new Fault('SearchUnavailable', `The search index cannot be used: ${why}`, { retryAfterS: 2, cause });

/** A request that OpenSearch does not understand is a bug of ours, and stays what it is. */
function toFault(error: unknown): unknown {
  if (AWAY.some((kind) => error instanceof kind))
    return searchUnavailable(`OpenSearch does not answer (${(error as Error).message}).`, error);
  if (!(error instanceof ResponseError)) return error;
  const status = error.statusCode ?? 0;
  if (DENIED.has(status))
    return searchUnavailable(`OpenSearch does not let us in (${status}); see OPENSEARCH_URL.`, error);
  if (isNotFound(error)) return searchUnavailable('it is not there yet.', error);
  return PASSING.has(status) ? searchUnavailable(`OpenSearch answers ${status}.`, error) : error;
}

/** Runs a call at this border. */
export async function faulting<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toFault(error);
  }
}
