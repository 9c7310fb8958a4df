// How much a page of events holds where events are long: a thousand seating plans would be gigabytes.
import type { RecordedEvent } from '../domain/event.ts';

/** Of what the events of a page say. It ends with the event that reaches this, so it holds at least one. */
export const PAGE_CHARACTERS_MAX = 8_000_000;

/** Of the data as JSON. */
export const charactersOf = ({ data }: Pick<RecordedEvent, 'data'>): number =>
  JSON.stringify(data)?.length ?? 0;

/** As many of them, from the first on, as a page holds. */
export function onePage(events: readonly RecordedEvent[]): RecordedEvent[] {
  let characters = 0;
  const full = events.findIndex((event) => (characters += charactersOf(event)) >= PAGE_CHARACTERS_MAX);
  return full === -1 ? [...events] : events.slice(0, full + 1);
}
