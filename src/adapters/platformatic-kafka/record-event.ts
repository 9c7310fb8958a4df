// A record as @platformatic/kafka reads it, as the event it is. Its headers are walked once: to make an object of the
// fourteen first costs more than all the rest.
import type { KafkaRecord } from '@platformatic/kafka';
import type { RecordedEvent } from '../../domain/event.ts';
import { eventOf, type Told } from '../kafka/cloud-events.ts';

/** Throws NoEvent for what is none. */
export function toEvent({ headers, value }: KafkaRecord, offset: number): RecordedEvent {
  const told: Told = {
    id: '',
    type: '',
    stream: '',
    position: '',
    revision: '',
    at: '',
    actor: '',
    commandId: '',
    requestHash: '',
    correlationId: '',
    causationId: '',
    traceparent: '',
  };
  for (const [name, text] of headers) if (name !== null && text !== null) note(told, name.toString(), text);
  return eventOf(told, value, offset);
}

function note(told: Told, name: string, text: Buffer): void {
  switch (name) {
    case 'ce_id':
      told.id = text.toString();
      break;
    case 'ce_type':
      told.type = text.toString();
      break;
    case 'ce_subject':
      told.stream = text.toString();
      break;
    case 'ce_position':
      told.position = text.toString();
      break;
    case 'ce_revision':
      told.revision = text.toString();
      break;
    case 'ce_time':
      told.at = text.toString();
      break;
    case 'ce_actor':
      told.actor = text.toString();
      break;
    case 'ce_commandid':
      told.commandId = text.toString();
      break;
    case 'ce_requesthash':
      told.requestHash = text.toString();
      break;
    case 'ce_correlationid':
      told.correlationId = text.toString();
      break;
    case 'ce_causationid':
      told.causationId = text.toString();
      break;
    case 'ce_traceparent':
      told.traceparent = text.toString();
      break;
    default: // content-type and the like
  }
}
