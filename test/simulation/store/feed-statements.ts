// The statements of a view that is fed by partitions, of the relay's progress and of leases, carried out on the simulated
// store: what each does, with the locks that it takes.
import {
  conditions,
  configure,
  generationKey,
  parkedKey,
  type Carry,
  type GenerationRow,
  type Statement,
} from './carry.ts';
import { DOCUMENT_STATEMENTS } from './document-statements.ts';
import type { Session } from './read-store.ts';

interface PartRow {
  readonly partition: number;
  readonly next: number;
  readonly position: number;
}

export interface RelayRow {
  readonly token: number;
  readonly position: number;
  readonly offsets: readonly number[];
}

interface LeaseRow {
  readonly token: number;
  readonly holder: string;
  readonly untilMs: number;
}

export const RELAY_KEY = 'relay/events';
export const leaseKey = (name: string): string => `leases/${name}`;
const partsPrefix = (name: unknown, generation: unknown): string =>
  `partitions/${String(name)}/${String(generation)}/`;
const partKey = (name: unknown, generation: unknown, partition: number): string =>
  `${partsPrefix(name, generation)}${String(partition).padStart(3, '0')}`;
const partsOf = (session: Session, name: unknown, generation: unknown): PartRow[] =>
  session.all(partsPrefix(name, generation)) as PartRow[];
const relayOf = (session: Session): RelayRow | undefined => session.get(RELAY_KEY) as RelayRow | undefined;
const served = (session: Session, name: unknown, generation: unknown): GenerationRow | undefined => {
  const row = session.get(generationKey(name as string, generation as number)) as GenerationRow | undefined;
  return row?.status === 'live' ? row : undefined;
};
const parkedOf = (session: Session, name: unknown, generation: unknown): string[] =>
  (session.all(parkedKey(name as string, generation as number, '')) as { stream: string }[]).map(
    ({ stream }) => stream,
  );

const makeParts: Carry = (session, params) => {
  const [last, , name, generation] = params as [number, string, string, number];
  const row = session.get(generationKey(name, generation)) as GenerationRow | undefined;
  if (!row) return [];
  const relay = relayOf(session);
  const offsets = relay && relay.position <= row.position ? relay.offsets : [];
  for (let partition = 0; partition <= last; partition += 1) {
    const key = partKey(name, generation, partition);
    if (session.get(key) === undefined)
      session.set(key, { partition, next: offsets[partition] ?? 0, position: row.position });
  }
  return [];
};

const readParts: Carry = (session, [name, generation]) => {
  const row = session.get(generationKey(name as string, generation as number)) as GenerationRow | undefined;
  return partsOf(session, name, generation).map(({ next, position }) => ({
    next,
    position: Math.max(position, row?.position ?? 0),
  }));
};

const movePart: Carry = async (session, params, sql) => {
  const [name, generation, next, position, partition, from] = params as [string, ...number[]];
  const key = partKey(name, generation, partition!);
  await session.lock(generationKey(name, generation!), 'share');
  await session.lock(key);
  const row = session.get(key) as PartRow | undefined;
  const compares = sql.includes('q.next_offset = $6');
  if (!served(session, name, generation) || !row || (compares && row.next !== from)) return [];
  session.set(key, { partition, next, position });
  configure(session, params, sql);
  return [{}];
};

const moveIdleParts: Carry = async (session, params) => {
  const [name, generation, partitions, before, next, positions] = params as [string, number, ...number[][]];
  const moved: object[] = [];
  await session.lock(generationKey(name, generation), 'share');
  for (const [i, partition] of partitions!.entries()) {
    const key = partKey(name, generation, partition);
    await session.lock(key);
    const row = session.get(key) as PartRow | undefined;
    if (!served(session, name, generation) || row?.next !== before![i]) continue;
    session.set(key, { partition, next: next![i], position: positions![i] });
    moved.push({});
  }
  return moved;
};

/** What is read beside the locked rows is as it was when the statement began. */
const advanceViews: Carry = async (session, params) => {
  const names = [...(params[1] as string[])].sort();
  const relay = relayOf(session);
  const parts = new Map(names.map((name) => [name, partsOf(session, name, 1)]));
  const reached: object[] = [];
  for (const name of names) {
    const key = generationKey(name, 1);
    await session.lock(key, 'change');
    const row = served(session, name, 1);
    if (!row || !relay) continue;
    const own = relay.offsets.length === 0 ? [] : parts.get(name)!;
    const seen = own.map(({ partition, next, position }) =>
      next >= relay.offsets[partition]! ? Math.max(relay.position, position) : position,
    );
    const position = seen.length === 0 ? row.position : Math.max(row.position, Math.min(...seen));
    if (position > row.position) session.set(key, { ...row, position });
    reached.push({ name, position, relayed: relay.position, ends: relay.offsets });
  }
  return reached;
};

const lockServing: Carry = async (session, [name, generation]) => {
  await session.lock(generationKey(name as string, generation as number));
  const row = served(session, name, generation);
  return row ? [{ position: row.position }] : [];
};

const moveServing: Carry = (session, params) => {
  const [upTo, name, generation] = params as [number, string, number];
  const row = served(session, name, generation);
  if (row) session.set(generationKey(name, generation), { ...row, position: Math.max(row.position, upTo) });
  return [];
};

const moveAllParts: Carry = async (session, params, sql) => {
  const [upTo, offsets, name, generation] = params as [number, number[], string, number];
  for (const { partition } of partsOf(session, name, generation)) {
    const key = partKey(name, generation, partition);
    await session.lock(key);
    const row = session.get(key) as PartRow;
    const next = Math.max(row.next, offsets[partition] ?? 0);
    session.set(key, { partition, next, position: Math.max(row.position, upTo) });
  }
  configure(session, params, sql);
  return [{ parked: parkedOf(session, name, generation) }];
};

const acquireLease: Carry = (session, params) => {
  const [name, holder, ttlMs] = params as [string, string, number];
  const held = session.get(leaseKey(name)) as LeaseRow | undefined;
  if (held && held.untilMs > session.nowMs) return [];
  const row: LeaseRow = { token: (held?.token ?? 0) + 1, holder, untilMs: session.nowMs + ttlMs };
  session.set(leaseKey(name), row);
  return [{ token: row.token }];
};

/** Renewed for so long, or given back. */
const changeLease: Carry = (session, params, sql) => {
  const { name, token } = conditions(sql, params);
  const held = session.get(leaseKey(name as string)) as LeaseRow | undefined;
  if (held?.token !== token || held!.untilMs <= session.nowMs) return [];
  const ttlMs = sql.includes(' returning ') ? (params[0] as number) : 0;
  session.set(leaseKey(name as string), { ...held, untilMs: session.nowMs + ttlMs });
  return [{}];
};

const readRelay: Carry = (session) => {
  const row = relayOf(session);
  return row ? [row] : [];
};

const claimRelay: Carry = (session, [, token]) => {
  const row = relayOf(session) ?? { token: 0, position: 0, offsets: [] };
  if (row.token > (token as number)) return [];
  const claimed: RelayRow = { ...row, token: token as number };
  session.set(RELAY_KEY, claimed);
  return [claimed];
};

/** Each condition that the statement has, and no other. */
const saveRelay: Carry = (session, params, sql) => {
  const [position, offsets] = params as [number, number[]];
  const row = relayOf(session);
  const { token } = conditions(sql, params);
  const isBehind = sql.includes('position <=') && row !== undefined && row.position > position;
  if (!row || isBehind || (token !== undefined && row.token !== token)) return [];
  session.set(RELAY_KEY, { ...row, position, offsets });
  return [{}];
};

const SERVING = 'with serving as ( select name, generation from projections where name = $1';

export const FEED_STATEMENTS: readonly Statement[] = [
  ['with relayed as (', advanceViews],
  [
    SERVING,
    (session, params, sql) =>
      sql.includes('set next_offset = m.next')
        ? moveIdleParts(session, params, sql)
        : movePart(session, params, sql),
  ],
  ['insert into projection_partitions', makeParts],
  ['select q.next_offset::float8 as next', readParts],
  [
    'select position::float8 as position from projection_partitions',
    (session, [name, generation]) => partsOf(session, name, generation),
  ],
  ['select position::float8 as position from projections where name = $1', lockServing],
  ['update projections set position = greatest(', moveServing],
  ['update projection_partitions set position = greatest(', moveAllParts],
  ['insert into leases', acquireLease],
  ['update leases', changeLease],
  ['select position::float8 as position, offsets::float8[] as offsets from relay_progress', readRelay],
  ['insert into relay_progress', claimRelay],
  ['update relay_progress', saveRelay],
  ...DOCUMENT_STATEMENTS,
];
