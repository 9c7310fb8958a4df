// A command that has left something in the log and cannot be carried on, or answered in full: whoever asked must not be told
// that nothing was done.
import { Fault } from '../ports/fault.ts';

/** For `.catch` behind the first commit: the same fault, its outcome unknown. A bug stays what it is. */
export function halfWay(failure: unknown): never {
  if (!(failure instanceof Fault)) throw failure;
  const { code, retryAfterS } = failure;
  const message = 'The command was begun and could not be finished. Try again.';
  throw new Fault(code, message, { outcome: 'unknown', retryAfterS, cause: failure });
}
