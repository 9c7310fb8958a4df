// What the statements of the simulated store have in common: the keys of rows, and the little that is read from their text.
import type { Session } from './read-store.ts';

export type Rows = readonly object[];
/** The first words of a statement, and what it does. */
export type Statement = readonly [beginning: string, carry: Carry];
export type Carry = (session: Session, params: readonly unknown[], sql: string) => Promise<Rows> | Rows;

export interface GenerationRow {
  readonly name: string;
  readonly generation: number;
  readonly version: number;
  readonly status: 'live' | 'building' | 'retired';
  readonly position: number;
  readonly updatedAt: number;
  /** How often its rows were made anew otherwise than by new events. */
  readonly remade?: number;
}

export interface ParkedRow {
  readonly projection: string;
  readonly generation: number;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly error: string;
}

export const generationKey = (name: string, generation: number): string =>
  `projections/${name}/${generation}`;
export const parkedKey = (projection: string, generation: number, stream: string): string =>
  `parked/${projection}/${generation}/${stream}`;
export const rowKey = (schema: string, table: string, key: string): string =>
  `rows/${schema}/${table}/${key}`;

export const generationsOf = (session: Session, name = ''): GenerationRow[] =>
  session.all(`projections/${name}`) as GenerationRow[];

/** What a parameter of the form `column = $n` is, by column. */
export function conditions(sql: string, params: readonly unknown[]): Record<string, unknown> {
  const where = sql.slice(
    sql.indexOf(' where '),
    sql.includes(' returning ') ? sql.indexOf(' returning ') : undefined,
  );
  const found: Record<string, unknown> = {};
  for (const [, column, n] of where.matchAll(/(\w+) = \$(\d+)/g)) found[column!] = params[Number(n) - 1];
  return found;
}

export function configure(session: Session, params: readonly unknown[], sql: string): void {
  if (sql.includes("set_config('synchronous_commit', 'off', true)")) session.synced = false;
  const at = /set_config\('search_path', \$(\d+)/.exec(sql);
  if (at) session.schema = params[Number(at[1]) - 1] as string;
}
