// What every event log refuses to keep, decided in one place so that all adapters refuse the same: Postgres' jsonb holds
// neither U+0000 nor half a surrogate pair. The api keeps such text out of commands; what arrives here is a mistake of ours.
import type { NewEvent } from '../domain/event.ts';
import { isUuid } from '../domain/uuid.ts';

// JSON.stringify writes \u only for control characters and lone surrogates.
const UNSTORABLE_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
const STREAM_LENGTH_MAX = 255;

/** The event's data and metadata as JSON text. Throws a TypeError, before anything is sent, if a log cannot keep it. */
export function storableEvent(event: NewEvent): { data: string; metadata: string } {
  if (!isUuid(event.id)) throw new TypeError(`An event's id must be a lower-case UUID, not "${event.id}".`);
  if (event.type === '' || event.type.includes('\0')) throw new TypeError('An event must have a type.');
  return { data: storableJson(event, 'data'), metadata: storableJson(event, 'metadata') };
}

/** Throws a TypeError if a stream cannot have this name. */
export function assertStreamName(stream: string): void {
  if (stream === '' || stream.length > STREAM_LENGTH_MAX || stream.includes('\0')) {
    throw new TypeError(`A stream's name has 1 to ${STREAM_LENGTH_MAX} characters, none of them U+0000.`);
  }
}

function storableJson(event: NewEvent, part: 'data' | 'metadata'): string {
  const text = JSON.stringify(event[part]) as string | undefined;
  if (text === undefined) throw new TypeError(`The ${part} of ${event.type} ${event.id} is no JSON value.`);
  if (text.includes('\\u') && UNSTORABLE_ESCAPE.test(text)) {
    throw new TypeError(
      `The ${part} of ${event.type} ${event.id} has a string with U+0000 or half a surrogate pair, which no log can keep.`,
    );
  }
  return text;
}
