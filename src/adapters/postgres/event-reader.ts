// Reads the events table in keyset pages. Data is parsed as it comes, while Postgres makes the next rows; metadata repeats
// over the events of one command, so it is parsed once for them. The length of the text tells how much memory they take.
import pg from 'pg';
import type { EventMetadata, RecordedEvent } from '../../domain/event.ts';
import type { ReadAllOptions } from '../../ports/event-log.ts';
import { isOutage } from '../../ports/outage.ts';
import { unavailable } from './postgres-fault.ts';

const PAGE_EVENTS_MAX = 5_000;
/** As they lie in the table, mostly compressed: seating plans are large. A page holds at least one event. */
const PAGE_BYTES_MAX = 8_000_000;
/** Positions that one statement looks through for events of some types: they may be rare, and the log long. */
const SCAN_POSITIONS_MAX = 50_000;

/** Who parses a column goes by its type alone: the cast tells metadata from data. */
const COLUMNS = 'position, stream, revision, id, type, data, metadata::varchar';
type Row = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  data: unknown,
  metadata: EventMetadata,
  bytesUpToHere?: number,
];

type Parsers = Readonly<Record<number, (text: string) => unknown>>;
const { INT4, INT8, NUMERIC, JSONB, VARCHAR } = pg.types.builtins;
const NUMBERS: Parsers = { [INT4]: Number, [INT8]: Number, [NUMERIC]: Number };

export interface Page {
  readonly events: RecordedEvent[];
  /** Length of their data and metadata as text. */
  readonly characters: number;
  /** Neither the limit nor the bound on bytes was reached: there was nothing more. */
  readonly isLast: boolean;
}

interface Found extends Omit<Page, 'isLast'> {
  /** Of all of them, where it was asked for. */
  readonly bytes: number;
}

export class EventReader {
  readonly #pool: pg.Pool;
  readonly #scanPositionsMax: number;

  constructor(pool: pg.Pool, { scanPositionsMax = SCAN_POSITIONS_MAX } = {}) {
    this.#pool = pool;
    this.#scanPositionsMax = scanPositionsMax;
  }

  /** While the caller works on one page, the next is on its way. */
  async *readStream(stream: string, fromRevision: number, limit = Infinity): AsyncGenerator<RecordedEvent[]> {
    let revision = fromRevision;
    let left = limit;
    const ask = () =>
      this.#page('stream', 'revision', 'stream = $3 and revision >= $1::bigint', [
        revision,
        Math.min(left, PAGE_EVENTS_MAX),
        stream,
      ]);
    let next = left > 0 ? ask() : null;
    while (next !== null) {
      const { events, isLast } = await next;
      if (events.length === 0) return;
      revision = events.at(-1)!.revision + 1;
      left -= events.length;
      next = isLast || left <= 0 ? null : ask();
      // Whether it failed is asked when it is awaited; the caller may stop before that.
      next?.catch(() => {});
      yield events;
    }
  }

  /** Some of the events after a position: at most `limit`, and no more than memory likes to hold. */
  readNext(after: number, limit: number): Promise<Page> {
    return this.#page('log', 'position', 'position > $1', [after, Math.min(limit, PAGE_EVENTS_MAX)]);
  }

  /** Events after a position, exactly `limit` if there are that many and fewer will not do. */
  async readAll(
    after: number,
    limit: number,
    { types, streams, fewerIfLong = false }: ReadAllOptions = {},
  ): Promise<RecordedEvent[]> {
    if (types && !streams) return this.#scan(after, limit, types, fewerIfLong);
    const values: unknown[] = [after, limit];
    let where = 'position > $1';
    if (types) where += ` and type = any($${values.push(types)})`;
    const from = streams
      ? eventsOfStreams(where, `$${values.push(streams)}::text[]`)
      : `events where ${where}`;
    const name = `read_all${types ? '_types' : ''}${streams ? '_streams' : ''}`;
    return (await this.#readSome(name, from, values, fewerIfLong)).events;
  }

  /** Piece by piece, so that others have their turn and no statement runs into its time-out. */
  async #scan(
    after: number,
    limit: number,
    types: readonly string[],
    fewerIfLong: boolean,
  ): Promise<RecordedEvent[]> {
    const end = await this.lastPosition();
    const events: RecordedEvent[] = [];
    const scanned = 'events where position > $1 and position <= $3 and type = any($4)';
    let bytes = 0;
    for (let from = after; from < end && events.length < limit; from += this.#scanPositionsMax) {
      const values = [from, limit - events.length, from + this.#scanPositionsMax, types];
      const found = await this.#readSome('scan_types', scanned, values, fewerIfLong);
      events.push(...found.events);
      bytes += found.bytes;
      if (bytes >= PAGE_BYTES_MAX) break;
    }
    return events;
  }

  /** `values`: what lies before them in the log, how many at most, and what `from` asks besides. */
  #readSome(name: string, from: string, values: unknown[], fewerIfLong: boolean): Promise<Found> {
    return fewerIfLong
      ? this.#read(`${name}_fewer`, withinBytes(from, 'position'), values)
      : this.#read(name, `select ${COLUMNS} from ${from} order by position limit $2`, values);
  }

  async lastPosition(): Promise<number> {
    const [row] = await this.#query<[number]>(
      'last_position',
      'select coalesce(max(position), 0) from events',
      [],
    );
    return row![0];
  }

  /** The database's clock, moved on by half the time that asking took. */
  async now(): Promise<number> {
    const askedAt = performance.now();
    const [row] = await this.#query<[number]>(
      'now',
      'select extract(epoch from clock_timestamp()) * 1000',
      [],
    );
    return row![0] + (performance.now() - askedAt) / 2;
  }

  async #page(
    name: string,
    order: 'revision' | 'position',
    where: string,
    values: [from: number, limit: number, ...unknown[]],
  ): Promise<Page> {
    const text = withinBytes(`events where ${where}`, order);
    const { events, characters, bytes } = await this.#read(`page_of_${name}`, text, values);
    return { events, characters, isLast: events.length < values[1] && bytes < PAGE_BYTES_MAX };
  }

  async #read(name: string, text: string, values: unknown[]): Promise<Found> {
    let characters = 0;
    const parseData = (json: string): unknown => {
      characters += json.length;
      return JSON.parse(json);
    };
    let [lastJson, lastMetadata] = ['', {} as EventMetadata];
    const parseMetadata = (json: string): EventMetadata => {
      characters += json.length;
      if (json !== lastJson) [lastJson, lastMetadata] = [json, JSON.parse(json) as EventMetadata];
      return lastMetadata;
    };
    const rows = await this.#query<Row>(name, text, values, {
      [JSONB]: parseData,
      [VARCHAR]: parseMetadata,
    });
    const events = rows.map(([position, stream, revision, id, type, data, metadata]) => {
      return { id, type, data, metadata, stream, revision, position };
    });
    return { events, characters, bytes: rows.at(-1)?.[7] ?? 0 };
  }

  async #query<R extends unknown[]>(
    name: string,
    text: string,
    values: unknown[],
    ofJson: Parsers = {},
  ): Promise<R[]> {
    try {
      const parsers: Parsers = { ...NUMBERS, ...ofJson };
      const types = { getTypeParser: (type: number) => parsers[type] ?? unparsed };
      const { rows } = await this.#pool.query<R>({ name, text, values, rowMode: 'array', types });
      return rows;
    } catch (error) {
      throw isOutage(error) ? unavailable('be read', error) : error;
    }
  }
}

/**
 * Each stream by its own index, which knows no positions: the one whose event lies at $1 (so it is when a reader goes on
 * after its last page) starts behind that event, any other is looked through from its beginning.
 */
const eventsOfStreams = (where: string, streams: string): string => `
  (select distinct unnest(${streams}) as name) wanted cross join lateral (
    select * from events
     where stream = wanted.name and ${where}
       and revision > coalesce((select e.revision from events e where e.position = $1 and e.stream = wanted.name), -1)
     order by revision limit $2
  ) found`;

/** At most $2 of them, as many as a page holds. */
const withinBytes = (from: string, order: 'revision' | 'position'): string => `
  select ${COLUMNS}, bytes from (
    select *, sum(pg_column_size(data)) over (order by ${order} rows unbounded preceding) as bytes
      from ${from} order by ${order} limit $2
  ) page where bytes - pg_column_size(data) < ${PAGE_BYTES_MAX} order by ${order}`;

const unparsed = (text: string): string => text;
