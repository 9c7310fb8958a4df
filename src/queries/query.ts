// What a query is: a question to the read models that says which of them it rests on, so that whoever asks can first wait
// until they have seen a command.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { isUuid } from '../domain/uuid.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- queries are SQL; rows are typed where they are read
export type ReadModels = Kysely<any>;

export type View =
  'venues' | 'events' | 'shows' | 'availability' | 'holds' | 'bookings' | 'waitlist' | 'search';

export interface Query<P, R> {
  readonly restsOn: readonly View[];
  run(db: ReadModels, params: P): Promise<R>;
}

export interface Page<T> {
  readonly data: T[];
  /** null at the end. */
  readonly nextCursor: string | null;
}

export interface Paging {
  /** 1–100. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A time as RFC 3339 in UTC, straight from the database. */
export const iso = (column: RawBuilder<unknown>): RawBuilder<string> =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** As `iso` writes it, and one that there is: Postgres knows no 30 February, and no year 0. */
export function isTime(written: string): boolean {
  const ms = Date.parse(written);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === written && written >= '0001';
}

/** A UUID in any case: Postgres takes it so. */
export const isUuidInAnyCase = (id: string): boolean => isUuid(id.toLowerCase());

/** All of them, or true. */
export const allOf = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;

/** Postgres text holds everything but NUL. */
export const storable = (text: string): string => text.replaceAll('\0', '');
