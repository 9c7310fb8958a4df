// The few statements that the machinery of projections sends (registry, batches, parking), carried out on the simulated
// store. The SQL itself is proved elsewhere, on a real Postgres: here only what a statement does, and what comes between two.
import type { DueShow } from '../../../src/workers/due-shows.ts';
import {
  conditions,
  configure,
  generationKey,
  generationsOf,
  parkedKey,
  rowKey,
  type Carry,
  type GenerationRow,
  type ParkedRow,
  type Rows,
  type Statement,
} from './carry.ts';
import { FEED_STATEMENTS } from './feed-statements.ts';
import type { Session } from './read-store.ts';
import type { HoldRow } from './simulated-projections.ts';

const moveCheckpoint: Carry = async (session, params, sql) => {
  const asked = conditions(sql, params);
  const key = generationKey(asked['name'] as string, asked['generation'] as number);
  await session.lock(key);
  const row = session.get(key) as (GenerationRow & Record<string, unknown>) | undefined;
  // Each condition that the statement has, and no other: what it leaves out is not checked here either.
  if (!row || Object.entries(asked).some(([column, value]) => row[column] !== value)) return [];
  session.set(key, { ...row, position: params[0] });
  configure(session, params, sql);
  return [{}];
};

const insertGeneration: Carry = (session, params) => {
  const [name, version] = params as [string, number];
  const row: GenerationRow = { name, generation: 1, version, status: 'live', position: 0, updatedAt: 0 };
  session.set(generationKey(name, 1), row);
  return [];
};

const park: Carry = (session, params) => {
  const [projection, generation, stream, revision, position, type, error] = params as [
    string,
    number,
    string,
    number,
    number,
    string,
    string,
  ];
  const row: ParkedRow = { projection, generation, stream, revision, position, type, error };
  session.set(parkedKey(projection, generation, stream), row);
  return [{ parkedAt: 0 }];
};

const lockLive: Carry = async (session, params) => {
  const find = () =>
    generationsOf(session, `${String(params[0])}/`).filter(({ status }) => status === 'live');
  const [before] = find();
  if (!before) return [];
  await session.lock(generationKey(before.name, before.generation));
  return find();
};

const unpark: Carry = (session, params, sql) => {
  const { projection, generation, stream } = conditions(sql, params);
  const key = parkedKey(projection as string, generation as number, stream as string);
  const row = session.get(key) as ParkedRow | undefined;
  session.set(key, undefined);
  return row ? [{ revision: row.revision }] : [];
};

const countRemade: Carry = (session, params, sql) => {
  const { name, generation } = conditions(sql, params);
  const key = generationKey(name as string, generation as number);
  const row = session.get(key) as GenerationRow;
  session.set(key, { ...row, remade: (row.remade ?? 0) + 1 });
  return [];
};

/** Of the simulated projections: rows of a table of the generation in hand. */
const loadRows: Carry = (session, params, sql) => {
  const table = sql.split(' ').at(-1)!;
  return (params as string[]).map((key) => ({
    key,
    row: session.get(rowKey(session.schema, table, key)),
  }));
};

const saveRows: Carry = (session, params, sql) => {
  const table = sql.split(' ').at(-1)!;
  for (let i = 0; i < params.length; i += 2)
    session.set(rowKey(session.schema, table, params[i] as string), params[i + 1]);
  return [];
};

/** As `fromViews` asks for them, without the lines: the earliest of each show, and every show whose rows are out of date. */
const dueShows: Carry = (session) => {
  const due = new Map<string, number>();
  for (const { showId, live, dueMs } of session.scan(rowKey('holds_g1', 'holds', '')) as HoldRow[])
    if (live) due.set(showId, Math.min(dueMs, due.get(showId) ?? Infinity));
  for (const { stream } of session.all('parked/holds/1/') as ParkedRow[])
    due.set(stream.slice('show-'.length), 0);
  return [...due].map(([showId, dueMs]): DueShow => ({ showId, dueMs }));
};

/** In this order: the first whose beginning fits. */
const STATEMENTS: readonly Statement[] = [
  ...FEED_STATEMENTS,
  ['update projections set position =', moveCheckpoint],
  ['update projections set remade = remade + 1', countRemade],
  [
    'select coalesce(sum(remade), 0)::int as times',
    (session, [names]) => [
      {
        times: generationsOf(session)
          .filter(({ name, status }) => status === 'live' && (names as string[]).includes(name))
          .reduce((sum, { remade = 0 }) => sum + remade, 0),
      },
    ],
  ],
  ['simulated due shows', dueShows],
  ['simulated load', loadRows],
  ['simulated save', saveRows],
  [
    'select name, generation, version, status,',
    (session, params) =>
      generationsOf(session, params.length > 0 ? `${String(params[0])}/` : '').map((row) => ({
        ...row,
        furthest: row.position,
      })),
  ],
  [
    'select name, position::float8 as position from projections',
    (session) => generationsOf(session).filter(({ status }) => status === 'live'),
  ],
  ['select generation, position::float8', lockLive],
  ['insert into projections (', insertGeneration],
  ['insert into parked', park],
  ['delete from parked', unpark],
  [
    'select stream from parked',
    (session, [name, generation]) =>
      session.all(parkedKey(name as string, generation as number, '')) as ParkedRow[],
  ],
  ['select k.projection, k.generation', (session) => session.all('parked/') as ParkedRow[]],
  ['savepoint', (session, _, sql) => (session.savepoint(sql.split(' ').at(-1)!), [])],
  ['release savepoint', (session, _, sql) => (session.release(sql.split(' ').at(-1)!), [])],
  ['rollback to savepoint', (session, _, sql) => (session.rollbackTo(sql.split(' ').at(-1)!), [])],
  [
    'select pg_advisory_xact_lock',
    async (session, params, sql) => (await session.lock(`${sql} ${params.join()}`), []),
  ],
  ['select set_config', (session, params, sql) => (configure(session, params, sql), [])],
  // Tables are made by being written to.
  ['create ', () => []],
  ['drop view', () => []],
  ['simulated tables', () => []],
];

/** By their text: there are few, and each is sent many times. */
const known = new Map<string, { readonly sql: string; readonly carry: Carry }>();

/** Carries a statement out; one that is not known here is a mistake of the simulator. */
export function carryOut(session: Session, text: string, params: readonly unknown[]): Promise<Rows> | Rows {
  let statement = known.get(text);
  if (!statement) known.set(text, (statement = statementOf(text)));
  return statement.carry(session, params, statement.sql);
}

function statementOf(text: string): { sql: string; carry: Carry } {
  const sql = text.replaceAll(/\s+/g, ' ').trim();
  const found = STATEMENTS.find(([beginning]) => sql.startsWith(beginning));
  if (!found) throw new SimulatorMistake(`The simulated store does not know the statement: ${sql}`);
  return { sql, carry: found[1] };
}

class SimulatorMistake extends Error {
  override readonly name = 'SimulatorMistake';
}
