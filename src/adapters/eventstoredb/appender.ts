// Appends, and says for sure what became of each, or that it does not know. The same events at the same expected revision
// are taken by EventStoreDB once, so an append whose answer was lost may be sent again.
import { NO_STREAM as NOTHING_THERE, WrongExpectedVersionError } from '@eventstore/db-client';
import type { JSONEventData } from '@eventstore/db-client';
import type { NewEvent } from '../../domain/event.ts';
import { NO_STREAM, type AppendResult } from '../../ports/event-log.ts';
import { systemClock } from '../system/system-clock.ts';
import { AppendQueue } from './append-queue.ts';
import { CALL_TIMEOUT_MS, within, type Connection } from './connection.ts';
import {
  isDenied,
  isNotLeader,
  isPassing,
  isRefusal,
  isTimeout,
  refused,
  unavailable,
  unknownOutcome,
  wasNeverSent,
} from './eventstoredb-fault.ts';
import type { EventPages } from './event-pages.ts';
import { assertShownStream, positionOf, toStored } from './stored-events.ts';

const RETRY_PAUSES_MS = [20, 100, 400, 1_000];
/** A large append may take longer, on a busy machine: 5 s more for 1,000 events, or for 5 MB. */
const EVENT_TIMEOUT_MS = 5;
const CHARACTER_TIMEOUT_MS = 0.001;
/** Beyond the deadline that goes with the call, for what the deadline does not cover. */
const TIMEOUT_GRACE_MS = 1_000;

interface Append {
  readonly stream: string;
  readonly expected: number;
  readonly events: JSONEventData[];
  readonly timeoutMs: number;
}

export class Appender {
  readonly #connection: Connection;
  readonly #pages: EventPages;
  readonly #queue = new AppendQueue();

  constructor(connection: Connection, pages: EventPages) {
    this.#connection = connection;
    this.#pages = pages;
  }

  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult> {
    assertShownStream(stream);
    const prepared = events.map(toStored);
    const characters = prepared.reduce((sum, event) => sum + event.characters, 0);
    const append: Append = {
      stream,
      expected,
      events: prepared.map(({ stored }) => stored),
      timeoutMs: CALL_TIMEOUT_MS + prepared.length * EVENT_TIMEOUT_MS + characters * CHARACTER_TIMEOUT_MS,
    };
    return this.#queue.run(stream, () => this.#sendUntilKnown(append));
  }

  /** Where the stream is, asked of the leader after all appends of this process that came before. */
  check(stream: string, expected: number): Promise<AppendResult> {
    assertShownStream(stream);
    return this.#queue.run(stream, async (): Promise<AppendResult> => {
      const last = await this.#pages.lastOf(stream);
      const revision = last?.revision ?? NO_STREAM;
      return revision === expected
        ? { kind: 'appended', revision, position: last?.position ?? -1 }
        : { kind: 'conflict', revision };
    });
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  async #sendUntilKnown(append: Append): Promise<AppendResult> {
    let interruption: unknown;
    for (const pauseMs of [0, ...RETRY_PAUSES_MS]) {
      if (pauseMs > 0) await systemClock.sleep(pauseMs);
      try {
        return await this.#send(append);
      } catch (error) {
        if (interruption === undefined && isDenied(error)) throw unavailable('append', error);
        if (interruption === undefined && isRefusal(error)) throw refused(error);
        if (!isNotLeader(error) && !wasNeverSent(error)) interruption = error;
        else if (pauseMs === RETRY_PAUSES_MS.at(-1) && interruption === undefined)
          throw unavailable('be reached', error);
        if (!isPassing(error) || isTimeout(error)) break;
      }
    }
    throw unknownOutcome(interruption);
  }

  async #send({ stream, expected, events, timeoutMs }: Append): Promise<AppendResult> {
    try {
      const answer = await within(
        timeoutMs + TIMEOUT_GRACE_MS,
        this.#connection.client.appendToStream(stream, events, {
          expectedRevision: expected === NO_STREAM ? NOTHING_THERE : BigInt(expected),
          requiresLeader: true,
          deadline: timeoutMs,
        }),
      );
      const revision = expected + events.length;
      // A repeated append may be answered without its position.
      const position =
        answer.position === undefined
          ? (await this.#pages.eventAt(stream, revision)).position
          : positionOf({ position: answer.position });
      return { kind: 'appended', revision, position };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      const actual = error.actualVersion;
      return { kind: 'conflict', revision: typeof actual === 'bigint' ? Number(actual) : NO_STREAM };
    }
  }
}
