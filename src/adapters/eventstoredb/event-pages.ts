// Reads events in pages, each page one call with its own time limit and retries, so that no reader that dawdles keeps a
// call open, and ended early where events are long. EventStoreDB reads from a position or revision on inclusively, and
// shows its own streams too.
import {
  BACKWARDS,
  END,
  FORWARDS,
  START,
  StreamNotFoundError,
  type AllStreamResolvedEvent,
  type ReadStreamOptions,
  type RecordedEvent as StoredEvent,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import type { RecordedEvent } from '../../domain/event.ts';
import { Fault } from '../../ports/fault.ts';
import { PAGE_CHARACTERS_MAX, charactersOf } from '../../ports/page-length.ts';
import type { Connection } from './connection.ts';
import { CallTimedOut, isDenied, isPassing } from './eventstoredb-fault.ts';
import { at, positionOf, toRecorded } from './stored-events.ts';

const PAGE_EVENTS = 1_000;
/** Between two events of a page. */
const SILENCE_MAX_MS = 5_000;

/** What one call brought. */
interface Read<E> {
  readonly found: E[];
  /** Length of what they say, where it bounds the page. */
  readonly characters: number;
  /** There was more to come: the page became too long. */
  readonly isCut: boolean;
}

/** Counts towards the length of a page, by what it says, or not at all. */
type LengthOf<E> = (event: E) => number;

export class EventPages {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** While the caller works on one page, the next is on its way. */
  async *ofStream(stream: string, fromRevision: number, limit = Infinity): AsyncGenerator<RecordedEvent[]> {
    let revision = fromRevision;
    let left = limit;
    const ask = () =>
      this.#page(stream, { fromRevision: BigInt(revision), maxCount: Math.min(left, PAGE_EVENTS) });
    let next = left > 0 ? ask() : null;
    while (next !== null) {
      const { found: page, isCut } = await next;
      if (page.length === 0) return;
      const isLast = !isCut && page.length < Math.min(left, PAGE_EVENTS);
      revision += page.length;
      left -= page.length;
      next = isLast || left <= 0 ? null : ask();
      // Whether it failed is asked when it is awaited; the caller may stop before that.
      next?.catch(() => {});
      yield page.map(toRecorded);
    }
  }

  /** The newest event of a stream; null where there is none. */
  async lastOf(stream: string): Promise<RecordedEvent | null> {
    const last = await this.lastStored(stream);
    return last === null ? null : toRecorded(last);
  }

  /** The same as EventStoreDB keeps it: of any stream, also one that is not shown. */
  async lastStored(stream: string): Promise<StoredEvent | null> {
    const { found } = await this.#page(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 1 });
    return found[0] ?? null;
  }

  async eventAt(stream: string, revision: number): Promise<RecordedEvent> {
    const { found } = await this.#page(stream, { fromRevision: BigInt(revision), maxCount: 1 });
    const [event] = found;
    if (event === undefined)
      throw new Error(`Stream ${stream} has no event ${revision}, which it was said to have.`);
    return toRecorded(event);
  }

  /**
   * Records of all streams, ours or not, after a position, at most `limit` of them. `characters`: what they say.
   * `end`: there are no more now.
   */
  async afterPosition(
    after: number,
    limit: number,
  ): Promise<{ records: AllStreamResolvedEvent[]; characters: number; end: boolean }> {
    const maxCount = Math.min(limit, PAGE_EVENTS) + 1; // the record at the position itself comes first
    const isNew = (record: AllStreamResolvedEvent) => commitOf(record) > after;
    const lengthOf = (record: AllStreamResolvedEvent) => (isNew(record) ? lengthOfResolved(record) : 0);
    let read: Read<AllStreamResolvedEvent>;
    try {
      read = await this.#all(FORWARDS, after, maxCount, lengthOf);
    } catch (error) {
      if (after === 0 || !isUnreadable(error)) throw error;
      read = await this.#all(FORWARDS, await this.startingPoint(after), maxCount, lengthOf);
    }
    const { found, characters, isCut } = read;
    return { records: found.filter(isNew), characters, end: !isCut && found.length < maxCount };
  }

  /** The newest records of all streams, newest first, from a position back (inclusive) or from the end. */
  async backwards(from: number | null, maxCount: number): Promise<AllStreamResolvedEvent[]> {
    return (await this.#all(BACKWARDS, from, maxCount)).found;
  }

  /**
   * A position to start from that EventStoreDB can read and that skips nothing after `position`. That is the position
   * itself where a record lies there; one that was typed by hand, or lies beyond the end, is looked for.
   */
  async startingPoint(position: number): Promise<number> {
    if (position === 0) return 0;
    try {
      const { found } = await this.#all(FORWARDS, position, 1);
      if (found.length > 0) return position;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
    const [last] = await this.backwards(null, 1);
    if (last !== undefined && commitOf(last) <= position) return commitOf(last);
    let found = 0;
    for (;;) {
      const { records, end } = await this.afterPosition(found, PAGE_EVENTS);
      const before = records.filter((record) => commitOf(record) <= position);
      if (before.length > 0) found = commitOf(before.at(-1)!);
      if (end || before.length < records.length) return found;
    }
  }

  async #page(stream: string, options: ReadStreamOptions): Promise<Read<StoredEvent>> {
    const read = await this.#connection.read(`read stream ${stream}`, async () => {
      try {
        // A follower may lag: what it does not know yet would be taken for not there.
        const reading = this.#connection.client.readStream(stream, { ...options, requiresLeader: true });
        return await collect<ResolvedEvent>(reading, lengthOfResolved);
      } catch (error) {
        if (error instanceof StreamNotFoundError) return { found: [], characters: 0, isCut: false };
        throw error;
      }
    });
    return { ...read, found: read.found.flatMap(({ event }) => event ?? []) };
  }

  #all(
    direction: typeof FORWARDS | typeof BACKWARDS,
    from: number | null,
    maxCount: number,
    lengthOf: LengthOf<AllStreamResolvedEvent> = () => 0,
  ): Promise<Read<AllStreamResolvedEvent>> {
    const fromPosition = from === null ? END : from === 0 ? START : at(from);
    return this.#connection.read('be read', () =>
      collect<AllStreamResolvedEvent>(
        this.#connection.client.readAll({ direction, fromPosition, maxCount, requiresLeader: true }),
        lengthOf,
      ),
    );
  }
}

export const commitOf = ({ event }: AllStreamResolvedEvent): number => positionOf(event!);

/** No record lies where the reader was to start; the server says so in more than one way. */
const isUnreadable = (error: unknown): boolean => {
  const cause = error instanceof Fault ? error.cause : error;
  return !isPassing(cause) && !isDenied(cause);
};

const lengthOfResolved = ({ event }: ResolvedEvent): number =>
  event === undefined ? 0 : charactersOf(event);

/** What a read brings, up to as much as a page holds. Rejects with CallTimedOut when nothing comes for too long. */
function collect<E extends object>(reading: StreamingRead<E>, lengthOf: LengthOf<E>): Promise<Read<E>> {
  return new Promise((resolve, reject) => {
    const found: E[] = [];
    let characters = 0;
    const stop = () => {
      clearTimeout(silence);
      reading.off('data', take);
      void reading.cancel().catch(() => {});
    };
    const take = (event: E) => {
      silence.refresh();
      found.push(event);
      characters += lengthOf(event);
      if (characters < PAGE_CHARACTERS_MAX) return;
      resolve({ found, characters, isCut: true });
      stop();
    };
    const silence = setTimeout(() => {
      reject(new CallTimedOut(`no answer within ${SILENCE_MAX_MS} ms`));
      stop();
    }, SILENCE_MAX_MS);
    reading.on('data', take);
    reading.on('error', (error) => {
      clearTimeout(silence);
      reject(error);
    });
    reading.on('end', () => {
      clearTimeout(silence);
      resolve({ found, characters, isCut: false });
    });
  });
}
