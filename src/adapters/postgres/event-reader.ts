// Reads the events table in keyset pages. Rows come as text and are parsed here: metadata repeats over the events of one
// command, so it is parsed once for them, and the length of the text tells how much memory the events take.
import type pg from 'pg';
import type { EventMetadata, RecordedEvent } from '../../domain/event.ts';
import { isOutage, unavailable } from './postgres-fault.ts';

const PAGE_EVENTS = 5_000;

const COLUMNS = 'position, stream, revision, id, type, data, metadata';
type Row = [
  position: string,
  stream: string,
  revision: string,
  id: string,
  type: string,
  data: string,
  metadata: string,
];

export interface Page {
  readonly events: RecordedEvent[];
  /** Length of their data and metadata as text. */
  readonly characters: number;
}

export interface EventFilter {
  readonly types?: readonly string[];
  readonly streams?: readonly string[];
}

export class EventReader {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** While the caller works on one page, the next is on its way. */
  async *readStream(stream: string, fromRevision: number, limit = Infinity): AsyncGenerator<RecordedEvent[]> {
    let revision = fromRevision;
    let left = limit;
    let next = left > 0 ? this.#readStreamPage(stream, revision, left) : null;
    while (next !== null) {
      const { events } = await next;
      if (events.length === 0) return;
      revision = events.at(-1)!.revision + 1;
      left -= events.length;
      next = events.length === PAGE_EVENTS && left > 0 ? this.#readStreamPage(stream, revision, left) : null;
      // Whether it failed is asked when it is awaited; the caller may stop before that.
      next?.catch(() => {});
      yield events;
    }
  }

  async readAll(after: number, limit: number, { types, streams }: EventFilter = {}): Promise<Page> {
    const values: unknown[] = [after, limit];
    let where = 'position > $1';
    if (types) where += ` and type = any($${values.push(types)})`;
    if (streams) where += ` and stream = any($${values.push(streams)})`;
    return this.#page(
      `read_all${types ? '_types' : ''}${streams ? '_streams' : ''}`,
      `where ${where} order by position limit $2`,
      values,
    );
  }

  async lastPosition(): Promise<number> {
    const [row] = await this.#query<[string]>(
      'last_position',
      'select coalesce(max(position), 0) from events',
      [],
    );
    return Number(row![0]);
  }

  /** The database's clock, moved on by half the time that asking took. */
  async now(): Promise<number> {
    const askedAt = performance.now();
    const [row] = await this.#query<[string]>(
      'now',
      'select extract(epoch from clock_timestamp()) * 1000',
      [],
    );
    return Number(row![0]) + (performance.now() - askedAt) / 2;
  }

  #readStreamPage(stream: string, fromRevision: number, left: number): Promise<Page> {
    return this.#page('read_stream', 'where stream = $1 and revision >= $2 order by revision limit $3', [
      stream,
      fromRevision,
      Math.min(left, PAGE_EVENTS),
    ]);
  }

  async #page(name: string, clauses: string, values: unknown[]): Promise<Page> {
    return toPage(await this.#query<Row>(name, `select ${COLUMNS} from events ${clauses}`, values));
  }

  async #query<R extends string[]>(name: string, text: string, values: unknown[]): Promise<R[]> {
    try {
      const { rows } = await this.#pool.query<R>({ name, text, values, rowMode: 'array', types: asText });
      return rows;
    } catch (error) {
      throw isOutage(error) ? unavailable('be read', error) : error;
    }
  }
}

function toPage(rows: Row[]): Page {
  let characters = 0;
  let metadataText = '';
  let metadata = {} as EventMetadata;
  const events = rows.map((row): RecordedEvent => {
    if (row[6] !== metadataText) {
      metadataText = row[6];
      metadata = JSON.parse(metadataText) as EventMetadata;
    }
    characters += row[5].length + row[6].length;
    return {
      id: row[3],
      type: row[4],
      data: JSON.parse(row[5]),
      metadata,
      stream: row[1],
      revision: Number(row[2]),
      position: Number(row[0]),
    };
  });
  return { events, characters };
}

const unparsed = (text: string): string => text;
const asText = { getTypeParser: () => unparsed } as unknown as pg.CustomTypesConfig;
