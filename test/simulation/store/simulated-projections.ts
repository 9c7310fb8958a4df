// Two projections for the simulated store. They are made to notice: a batch applied twice, left out or out of order changes
// the digest of its show for good. The runner, the checkpoint, the parking under them are the real ones.
import { sql } from 'kysely';
import { toMs } from '../../../src/domain/decider.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { Projection, ProjectionName, Tx } from '../../../src/projections/projection.ts';
import type { MakeProjection } from '../../../src/projections/views/all.ts';
import { mixed } from '../kernel/chance.ts';

export interface ShowRow {
  readonly events: number;
  readonly revision: number;
  readonly digest: number;
}

export interface HoldRow {
  readonly showId: string;
  readonly live: boolean;
  readonly dueMs: number;
}

const SHOW_TYPES = [
  'ShowScheduled ShowPublished ShowRescheduled ShowRulesChanged SalesPaused SalesResumed ShowCancelled SeatsBlocked',
  'SeatsUnblocked CapacityChanged PriceChanged SeatsHeld HoldExtended HoldReleased HoldExpired BookingConfirmed',
  'BookingCancelled WaitlistJoined WaitlistLeft WaitlistMoved SeatsOffered OfferDeclined OfferExpired AlreadySo',
]
  .join(' ')
  .split(' ');
const HOLD_TYPES = [
  'SeatsHeld',
  'SeatsOffered',
  'HoldExtended',
  'HoldReleased',
  'HoldExpired',
  'OfferDeclined',
  'OfferExpired',
  'BookingConfirmed',
];

/** Pure: the row of a show after one more event. */
function showRow(before: ShowRow | undefined, { id, revision }: RecordedEvent): ShowRow {
  return {
    events: (before?.events ?? 0) + 1,
    revision,
    digest: mixed(before?.digest ?? 0, id),
  };
}

/** Pure: the row of a hold after one more event. */
function holdRow(before: HoldRow | undefined, { type, stream, data }: RecordedEvent): HoldRow {
  const { until } = data as { until?: string };
  const live = type === 'SeatsHeld' || type === 'SeatsOffered' || type === 'HoldExtended';
  return {
    showId: stream.slice('show-'.length),
    live,
    dueMs: until === undefined ? (before?.dueMs ?? 0) : toMs(until),
  };
}

export interface Shape<R> {
  readonly name: ProjectionName;
  readonly types: readonly string[];
  readonly keyOf: (event: RecordedEvent) => string;
  readonly rowOf: (before: R | undefined, event: RecordedEvent) => R;
  readonly acrossStreams?: boolean;
}

export const HOLDS: Shape<HoldRow> = {
  name: 'holds',
  types: HOLD_TYPES,
  keyOf: ({ data }) => (data as { holdId: string }).holdId,
  rowOf: holdRow,
};
export const SHOWS: Shape<ShowRow> = {
  name: 'availability',
  types: SHOW_TYPES,
  keyOf: ({ stream }) => stream,
  rowOf: showRow,
};

/** `poisoned`: events that the handler cannot take for now. */
export function simulatedProjections(
  poisoned: (event: RecordedEvent) => boolean,
): Readonly<Record<'holds' | 'availability', MakeProjection>> {
  return {
    holds: () => projectionOf(HOLDS, poisoned),
    availability: () => projectionOf(SHOWS, poisoned),
  };
}

/** A projection of that shape, in the simulated store. */
export function projectionOf<R>(shape: Shape<R>, poisoned: (event: RecordedEvent) => boolean): Projection {
  const { name, types, keyOf, rowOf } = shape;
  return {
    name,
    version: 1,
    types,
    tables: 'simulated tables',
    indexes: [],
    exposes: [],
    ...(shape.acrossStreams && { acrossStreams: true }),
    async handle(events, { tx }) {
      const keys = [...new Set(events.map(keyOf))];
      const rows = await load<R>(tx, name, keys);
      for (const event of events) {
        if (poisoned(event)) throw new Error(`${event.type} at ${event.position} is poison`);
        rows.set(keyOf(event), rowOf(rows.get(keyOf(event)), event));
      }
      await save(tx, name, rows);
    },
  };
}

async function load<R>(tx: Tx, table: string, keys: readonly string[]): Promise<Map<string, R>> {
  const list = sql.join(keys.map((key) => sql`${key}`));
  const found = await sql<{
    key: string;
    row: R | undefined;
  }>`simulated load ${list} of ${sql.raw(table)}`.execute(tx);
  return new Map(found.rows.flatMap(({ key, row }) => (row === undefined ? [] : [[key, row] as const])));
}

async function save<R>(tx: Tx, table: string, rows: ReadonlyMap<string, R>): Promise<void> {
  const list = sql.join([...rows].flatMap(([key, row]) => [sql`${key}`, sql`${row}`]));
  await sql`simulated save ${list} of ${sql.raw(table)}`.execute(tx);
}
