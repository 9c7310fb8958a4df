// A recorded event as a Kafka message: CloudEvents 1.0 in binary mode, keyed by stream. The value is the event's data as
// JSON; everything else is in headers, so that whoever follows can choose without parsing.
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { EventMetadata, RecordedEvent } from '../../domain/event.ts';
import type { FeedConsumer } from '../../ports/event-feed.ts';
import { partitionOf } from '../../ports/partition-of.ts';

/** `/fairseat/<log>`: which one it is of; those that were published before logs had names end here. */
const SOURCE = '/fairseat';
const CONTENT_TYPE = 'application/json';

/** What was not written by a relay. */
class NoEvent extends Error {
  override readonly name = 'NoEvent';
}

export interface FeedMessage {
  readonly key: string;
  readonly partition: number;
  readonly value: string;
  readonly headers: Record<string, string>;
}

/** `log`: which one it is of (`identityOf`). */
export function toMessage(event: RecordedEvent, partitions: number, log?: string): FeedMessage {
  const { id, type, stream, data, metadata, position, revision } = event;
  const { at, actor, commandId, requestHash, correlationId, causationId, traceparent } = metadata;
  return {
    key: stream,
    partition: partitionOf(stream, partitions),
    value: JSON.stringify(data ?? null),
    headers: {
      'content-type': CONTENT_TYPE,
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: log === undefined ? SOURCE : `${SOURCE}/${log}`,
      ce_type: type,
      ce_subject: stream,
      ce_time: at,
      ce_position: String(position),
      ce_revision: String(revision),
      ce_actor: actor,
      ce_commandid: commandId,
      ce_requesthash: requestHash,
      ce_correlationid: correlationId,
      ce_causationid: causationId,
      ...(traceparent !== undefined && { ce_traceparent: traceparent }),
    },
  };
}

/** What the headers of a message tell, as text; empty where they do not. */
export interface Told {
  id: string;
  type: string;
  stream: string;
  position: string;
  revision: string;
  at: string;
  actor: string;
  commandId: string;
  requestHash: string;
  correlationId: string;
  causationId: string;
  traceparent: string;
  source: string;
}

/** Which header tells what. */
export const TOLD_BY: ReadonlyMap<string, keyof Told> = new Map<string, keyof Told>([
  ['ce_id', 'id'],
  ['ce_type', 'type'],
  ['ce_subject', 'stream'],
  ['ce_position', 'position'],
  ['ce_revision', 'revision'],
  ['ce_time', 'at'],
  ['ce_actor', 'actor'],
  ['ce_commandid', 'commandId'],
  ['ce_requesthash', 'requestHash'],
  ['ce_correlationid', 'correlationId'],
  ['ce_causationid', 'causationId'],
  ['ce_traceparent', 'traceparent'],
  ['ce_source', 'source'],
]);

/** Nothing told yet. */
export const nothingTold = (): Told => ({
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
  source: '',
});

/** As kafkajs reads a message; adds to `logs` which one it is of. Throws NoEvent for what is none. */
export function toEvent({ value, headers = {}, offset }: KafkaMessage, logs: Set<string>): RecordedEvent {
  const told = nothingTold();
  for (const [name, field] of TOLD_BY) told[field] = textOf(headers, name);
  return eventOf(told, value, Number(offset), logs);
}

/** What `read` gives: an event, or none, which is told, where no relay wrote it; the log has all there are. */
export function eventsIn(read: () => RecordedEvent, onProblem?: FeedConsumer['onProblem']): RecordedEvent[] {
  try {
    return [read()];
  } catch (error) {
    if (!(error instanceof NoEvent)) throw error;
    onProblem?.(error);
    return [];
  }
}

/** Adds to `logs` which one it is of. Throws NoEvent for what is none. */
export function eventOf(told: Told, value: Buffer | null, offset: number, logs: Set<string>): RecordedEvent {
  const { id, type, stream } = told;
  const [position, revision] = [Number(told.position), Number(told.revision)];
  if (
    !Number.isSafeInteger(position) ||
    position <= 0 ||
    !Number.isSafeInteger(revision) ||
    !id ||
    !type ||
    !stream
  )
    throw new NoEvent(`The message at offset ${offset} is no event of Fairseat.`);
  if (told.source.startsWith(`${SOURCE}/`)) logs.add(told.source.slice(SOURCE.length + 1));
  try {
    const data = JSON.parse(value === null ? '' : value.toString()) as unknown;
    return { id, type, stream, revision, position, data, metadata: metadataOf(told) };
  } catch (cause) {
    throw new NoEvent(`The message at offset ${offset} holds no JSON.`, { cause });
  }
}

function metadataOf(told: Told): EventMetadata {
  const { commandId, requestHash, actor, correlationId, causationId, at, traceparent } = told;
  return {
    commandId,
    requestHash,
    actor,
    correlationId,
    causationId,
    at,
    ...(traceparent !== '' && { traceparent }),
  };
}

/** Empty where there is none. */
function textOf(headers: IHeaders, name: string): string {
  const value = headers[name];
  return value === undefined ? '' : String(Array.isArray(value) ? value[0] : value);
}
