// A record as @platformatic/kafka reads it, as the event it is. Its headers are walked once: to make an object of the
// fifteen first costs more than all the rest.
import type { KafkaRecord } from '@platformatic/kafka';
import type { RecordedEvent } from '../../domain/event.ts';
import { eventOf, nothingTold, TOLD_BY } from '../kafka/cloud-events.ts';

/** Adds to `logs` which one it is of. Throws NoEvent for what is none. */
export function toEvent({ headers, value }: KafkaRecord, offset: number, logs: Set<string>): RecordedEvent {
  const told = nothingTold();
  for (const [name, text] of headers) {
    const field = name === null ? undefined : TOLD_BY.get(name.toString());
    if (field !== undefined && text !== null) told[field] = text.toString();
  }
  return eventOf(told, value, offset, logs);
}
