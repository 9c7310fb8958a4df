// Whether an error of a database is its own, or one of ours. Told by the error's form, so that whoever speaks SQL can ask
// without knowing the driver.

/** States of a server that pass: connection, failover, conflict, resources, locks, shutdown, disk. */
const PASSING = /^(?:08|25006|40|53|55|57|58)/;
/** Errors of the driver and its pool have neither class nor code. */
const BY_DRIVER = /connect|timeout|terminated|queryable|pool|driver/i;

/** The database cannot be reached, is starting or stopping, has nothing left, or was too slow: trying again may help. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || isMistake(error)) return false;
  const { severity, code } = error as { severity?: unknown; code?: unknown };
  if (severity === 'ERROR') return PASSING.test(String(code));
  return severity !== undefined || (typeof code === 'string' && code !== '') || BY_DRIVER.test(error.message);
}

/** A statement names a table that is not there. */
export const isNoSuchTable = (error: unknown): boolean => (error as { code?: unknown }).code === '42P01';

/** A statement names a column that is not there. */
export const isNoSuchColumn = (error: unknown): boolean => (error as { code?: unknown }).code === '42703';

/** A TypeError of a row that is not as it was thought to be says nothing about the database. */
const isMistake = (error: Error): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof SyntaxError;
