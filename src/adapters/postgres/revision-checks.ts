// Appends without events only ask whether a stream is still where the caller believes. They read what is committed, on a
// connection of their own, so that no append under way delays them; those that arrive during one read share the next.
import type pg from 'pg';
import type { AppendResult } from '../../ports/event-log.ts';
import { Fault } from '../../ports/fault.ts';
import { assertStreamName } from '../../ports/storable-event.ts';
import { unavailable } from './postgres-fault.ts';

const BATCH_CHECKS_MAX = 1_000;
const WAITING_MAX = 10_000;

interface WaitingCheck {
  readonly stream: string;
  readonly expected: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

export class RevisionChecks {
  readonly #pool: pg.Pool;
  #waiting: WaitingCheck[] = [];
  #running: Promise<void> | null = null;

  /** @param pool of one connection, used by nobody else. */
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Judged by a snapshot taken after this call. */
  check(stream: string, expected: number): Promise<AppendResult> {
    if (this.#waiting.length >= WAITING_MAX) {
      throw new Fault('Overloaded', `${WAITING_MAX} checks already wait for the event log; try again later.`);
    }
    assertStreamName(stream);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ stream, expected, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#read(this.#waiting.splice(0, BATCH_CHECKS_MAX));
    this.#running = null;
  }

  async #read(batch: WaitingCheck[]): Promise<void> {
    try {
      const { rows } = await this.#pool.query<[number, number, number]>({
        name: 'check_revisions',
        text: `select n.ordinal, coalesce(e.revision, -1), coalesce(e.position, -1)
                 from unnest($1::text[]) with ordinality as n(stream, ordinal)
                 left join lateral (select revision, position from events where stream = n.stream order by revision desc limit 1) e on true`,
        values: [batch.map((check) => check.stream)],
        rowMode: 'array',
      });
      for (const [ordinal, revision, position] of rows) {
        const { expected, resolve } = batch[ordinal - 1]!;
        resolve(
          revision === expected ? { kind: 'appended', revision, position } : { kind: 'conflict', revision },
        );
      }
    } catch (error) {
      const fault = unavailable('be read', error);
      for (const check of batch) check.reject(fault);
    }
  }
}
