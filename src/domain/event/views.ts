// An event of the catalogue as the api shows it.
import type { EventState, EventStatus } from './event.ts';
import type { EventFields } from './events.ts';

export interface EventView extends EventFields {
  readonly id: string;
  readonly status: EventStatus;
  readonly version: number;
}

/** null: there is no such event. */
export function eventView(id: string, { fields, status, version }: EventState): EventView | null {
  if (fields === null) return null;
  const { title, description, type, tags, language } = fields;
  return { id, status, version, title, description, type, tags, language };
}
