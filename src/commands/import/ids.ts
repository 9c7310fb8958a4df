// Ids of what an import makes: derived from the source and its own ids, so that importing again finds the same things
// and no table of outside ids is needed. Changing a name space would make every imported event a new one.
import { hash } from 'node:crypto';
import { v5 } from 'uuid';

const NAMESPACE = 'a3c1d0a2-5b43-4c52-9d1e-2f4e70b6f6f1';

/** JSON keeps ("a", "b/c") and ("a/b", "c") apart. */
const derived = (kind: string, ...parts: readonly string[]): string =>
  v5(JSON.stringify([kind, ...parts]), NAMESPACE);

export const importedVenueId = (source: string): string => derived('venue', source);
export const importedEventId = (source: string, eventSourceId: string): string =>
  derived('event', source, eventSourceId);
/** A show's own id is unique within its event only. */
export const importedShowId = (source: string, eventSourceId: string, showSourceId: string): string =>
  derived('show', source, eventSourceId, showSourceId);
/** The same content gives the same plan, so that going back to an earlier capacity goes back to its plan. */
export const importedPlanId = (showId: string, content: unknown): string =>
  derived('plan', showId, digest(content));

function digest(content: unknown): string {
  return hash('sha256', JSON.stringify(content), 'base64url');
}
