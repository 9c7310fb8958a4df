// Holds as a snapshot keeps them: by columns, for an old show has a hundred thousand of them. As objects they were ten
// times as slow to read, each naming its fields anew and most repeating what the others say.
import type { Hold } from './state.ts';

/** Each value once, and for every row which of them it has. */
interface Repeated<T> {
  readonly values: readonly T[];
  readonly rows: readonly number[];
}

/** One array for each field, all of the same length. */
export interface SavedHolds {
  readonly id: readonly string[];
  readonly customerId: readonly string[];
  readonly seats: readonly (readonly string[])[];
  readonly until: readonly number[];
  /** By how much it was extended, ms. */
  readonly extendedMs: Repeated<number>;
  readonly bookingId: Repeated<Hold['bookingId']>;
  readonly entryId: Repeated<Hold['entryId']>;
  readonly clientId: Repeated<string>;
  readonly areas: Repeated<Hold['areas']>;
  readonly total: Repeated<Hold['total']>;
  readonly status: Repeated<Hold['status']>;
}

export function saveHolds(holds: readonly Hold[]): SavedHolds {
  return {
    id: holds.map(({ id }) => id),
    customerId: holds.map(({ customerId }) => customerId),
    seats: holds.map(({ seats }) => seats),
    until: holds.map(({ until }) => until),
    extendedMs: repeated(holds, ({ until, firstUntil }) => until - firstUntil),
    bookingId: repeated(holds, ({ bookingId }) => bookingId),
    entryId: repeated(holds, ({ entryId }) => entryId),
    clientId: repeated(holds, ({ clientId }) => clientId),
    areas: repeated(holds, ({ areas }) => areas),
    total: repeated(holds, ({ total }) => total),
    status: repeated(holds, ({ status }) => status),
  };
}

/** In the order in which they were saved. */
export function loadHolds(saved: SavedHolds): Hold[] {
  const { customerId, seats, until } = saved;
  const extendedMs = spread(saved.extendedMs);
  const bookingId = spread(saved.bookingId);
  const entryId = spread(saved.entryId);
  const clientId = spread(saved.clientId);
  const areas = spread(saved.areas);
  const total = spread(saved.total);
  const status = spread(saved.status);
  return saved.id.map((id, i) => ({
    id,
    clientId: clientId[i]!,
    customerId: customerId[i]!,
    seats: seats[i]!,
    areas: areas[i]!,
    total: total[i]!,
    until: until[i]!,
    firstUntil: until[i]! - extendedMs[i]!,
    status: status[i]!,
    bookingId: bookingId[i]!,
    entryId: entryId[i]!,
  }));
}

/** Values are the same when their JSON is; it is written once for each object, as holds share theirs. */
function repeated<T>(holds: readonly Hold[], valueOf: (hold: Hold) => T): Repeated<T> {
  const values: T[] = [];
  const rowOf = new Map<unknown, number>();
  const rowOfJson = new Map<string, number>();
  const rows = holds.map((hold) => {
    const value = valueOf(hold);
    let row = rowOf.get(value);
    if (row !== undefined) return row;
    const json = JSON.stringify(value);
    row = rowOfJson.get(json);
    if (row === undefined) rowOfJson.set(json, (row = values.push(value) - 1));
    rowOf.set(value, row);
    return row;
  });
  return { values, rows };
}

const spread = <T>({ values, rows }: Repeated<T>): T[] => rows.map((row) => values[row]!);
