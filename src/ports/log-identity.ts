// Which log this is, for what is kept elsewhere and made from it: by the first event and where that lies, since a copy of a
// log has the same events at other positions.
import type { EventLog } from './event-log.ts';

/** null: nothing is in it yet. */
export async function identityOf(log: Pick<EventLog, 'readAll'>): Promise<string | null> {
  const [first] = await log.readAll(0, 1);
  return first === undefined ? null : `${first.id}@${first.position}`;
}
