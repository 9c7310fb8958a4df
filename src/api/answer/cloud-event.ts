// A recorded event as a CloudEvent 1.0, one JSON line each.
import type { RecordedEvent } from '../../domain/event.ts';
import { positionText } from './position.ts';

const SOURCE = '/fairseat';

/** `data` is the event's own; the extensions say where it stands and what led to it. */
function cloudEvent({
  id,
  type,
  stream,
  data,
  metadata,
  position,
  revision,
}: RecordedEvent): Record<string, unknown> {
  const { at, actor, commandId, correlationId, causationId, traceparent } = metadata;
  return {
    specversion: '1.0',
    id,
    source: SOURCE,
    type,
    subject: stream,
    time: at,
    datacontenttype: 'application/json',
    position: positionText(position),
    revision,
    correlationid: correlationId,
    causationid: causationId,
    commandid: commandId,
    actor,
    ...(traceparent !== undefined && { traceparent }),
    data,
  };
}

export const ndjson = (events: readonly RecordedEvent[]): string =>
  events.map((event) => `${JSON.stringify(cloudEvent(event))}\n`).join('');
