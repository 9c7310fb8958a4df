// Group commit: one transaction is in flight, and all appends that arrive meanwhile make up the next one. No timer: an
// idle log commits at once, a busy one commits many appends for the price of one. Each append gets its own verdict.
import type pg from 'pg';
import type { NewEvent, RecordedEvent } from '../../domain/event.ts';
import type { AppendResult } from '../../ports/event-log.ts';
import { Fault } from '../../ports/fault.ts';
import { assertStreamName, storableEvent } from '../../ports/storable-event.ts';
import { systemClock } from '../system/system-clock.ts';
import { isDataError, isRefusal, refused, unavailable, unknownOutcome } from './postgres-fault.ts';

const BATCH_APPENDS_MAX = 256;
const BATCH_EVENTS_MAX = 4_096;
const BATCH_CHARACTERS_MAX = 4_000_000;
const WAITING_MAX = 10_000;
// Sending the same append again is safe, and settles what an interrupted one has done.
const RETRY_PAUSES_MS = [20, 200, 1_000];

interface WaitingAppend {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly NewEvent[];
  /** The events as the database function takes them, without the brackets. */
  readonly json: string;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

interface Committed {
  /** Position before the batch. */
  readonly head: number;
  /** null: all were appended. Else [revision, position] of each append; without a position it is a conflict. */
  readonly verdicts: [revision: number, position: number | null][] | null;
}

/** Hears of every commit; `characters` is the size of the events, `lastPosition` may lie beyond them (a repeated append). */
export type CommitListener = (events: RecordedEvent[], characters: number, lastPosition: number) => void;

export class AppendBatcher {
  readonly #pool: pg.Pool;
  readonly #onCommit: CommitListener;
  #waiting: WaitingAppend[] = [];
  #running: Promise<void> | null = null;

  /** @param pool of one connection, used by nobody else. */
  constructor(pool: pg.Pool, onCommit: CommitListener) {
    this.#pool = pool;
    this.#onCommit = onCommit;
  }

  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult> {
    if (this.#waiting.length >= WAITING_MAX) {
      throw new Fault(
        'Overloaded',
        `${WAITING_MAX} appends already wait for the event log; try again later.`,
      );
    }
    assertStreamName(stream);
    const json = events.map((event, index) => eventJson(stream, expected + 1 + index, event)).join(',');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ stream, expected, events, json, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#commit(this.#takeBatch());
    this.#running = null;
  }

  /** In order of arrival, at most one append of a stream: a second one must be judged after the first. */
  #takeBatch(): WaitingAppend[] {
    const batch: WaitingAppend[] = [];
    const later: WaitingAppend[] = [];
    const streams = new Set<string>();
    let events = 0;
    let characters = 0;
    for (const [index, append] of this.#waiting.entries()) {
      const fits =
        batch.length === 0 ||
        (batch.length < BATCH_APPENDS_MAX &&
          events + append.events.length <= BATCH_EVENTS_MAX &&
          characters + append.json.length <= BATCH_CHARACTERS_MAX);
      if (!fits) {
        later.push(...this.#waiting.slice(index));
        break;
      }
      if (streams.has(append.stream)) {
        later.push(append);
        continue;
      }
      streams.add(append.stream);
      batch.push(append);
      events += append.events.length;
      characters += append.json.length;
    }
    this.#waiting = later;
    return batch;
  }

  async #commit(batch: WaitingAppend[]): Promise<void> {
    try {
      this.#settle(batch, await this.#sendUntilKnown(batch));
    } catch (error) {
      // One append that Postgres cannot store must not sink the others.
      if (batch.length > 1 && isDataError((error as Error).cause)) {
        for (const append of batch) await this.#commit([append]);
        return;
      }
      for (const append of batch) append.reject(error);
    }
  }

  async #sendUntilKnown(batch: WaitingAppend[]): Promise<Committed> {
    let interruption: unknown;
    for (const pauseMs of [0, ...RETRY_PAUSES_MS]) {
      if (pauseMs > 0) await systemClock.sleep(pauseMs);
      let client: pg.PoolClient;
      try {
        client = await this.#pool.connect();
      } catch (error) {
        if (interruption === undefined) throw unavailable('be reached', error);
        continue;
      }
      try {
        const committed = await send(client, batch);
        client.release();
        return committed;
      } catch (error) {
        client.release(!isRefusal(error));
        if (isRefusal(error) && interruption === undefined)
          throw isDataError(error) ? refused(error) : unavailable('append', error);
        interruption = error;
      }
    }
    throw unknownOutcome(interruption);
  }

  #settle(batch: WaitingAppend[], { head, verdicts }: Committed): void {
    const recorded: RecordedEvent[] = [];
    let characters = 0;
    let lastPosition = head;
    for (const [index, append] of batch.entries()) {
      const { stream, expected, events } = append;
      const [revision, position] = verdicts?.[index] ?? [
        expected + events.length,
        head + recorded.length + events.length,
      ];
      if (position === null) {
        append.resolve({ kind: 'conflict', revision });
        continue;
      }
      append.resolve({ kind: 'appended', revision, position });
      lastPosition = Math.max(lastPosition, position);
      if (position !== head + recorded.length + events.length) continue; // repeated: it was there before
      characters += append.json.length;
      for (const [offset, event] of events.entries()) {
        recorded.push({
          ...event,
          stream,
          revision: expected + 1 + offset,
          position: head + recorded.length + 1,
        });
      }
    }
    this.#onCommit(recorded, characters, lastPosition);
  }
}

async function send(client: pg.PoolClient, batch: WaitingAppend[]): Promise<Committed> {
  const { rows } = await client.query<[number, Committed['verdicts']]>({
    name: 'append_events',
    text: 'select * from append_events($1, $2, $3, $4)',
    values: [
      batch.map((append) => append.stream),
      batch.map((append) => append.expected),
      batch.map((append) => append.events.length),
      `[${batch.map((append) => append.json).join(',')}]`,
    ],
    rowMode: 'array',
  });
  const [head, verdicts] = rows[0]!;
  return { head, verdicts };
}

function eventJson(stream: string, revision: number, event: NewEvent): string {
  const { data, metadata } = storableEvent(event);
  return `{"s":${JSON.stringify(stream)},"r":${revision},"i":"${event.id}","t":${JSON.stringify(event.type)},"d":${data},"m":${metadata}}`;
}
