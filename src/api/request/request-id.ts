// Every request has an id: the caller's own, where it sends a decent one, else one of ours. It is in the answer, in every
// problem and every log line, and is the correlation id of the events that come of it.
import type { Ids } from '../../ports/clock.ts';

const DECENT = /^[A-Za-z0-9._-]{8,64}$/;

/** Unique over processes by its beginning, within the process by its end. */
export function requestIds(ids: Ids): (given: string | string[] | undefined) => string {
  const prefix = `${ids.uuid().slice(0, 13)}-`;
  let count = 0;
  return (given) => {
    if (typeof given === 'string' && DECENT.test(given)) return given;
    count += 1;
    return prefix + count.toString(36);
  };
}
