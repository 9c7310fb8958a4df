// Holds as a storm of customers asks for them, and the proof that the log has exactly what was acknowledged.
import { Chance } from '../../src/demo/chance.ts';
import { AUTHORISED } from './hall.ts';
import { request } from './load.ts';

const PARTY_MAX = 4;
const PAGE = 1_000;

export interface Party {
  readonly customerId: string;
  readonly seats: readonly string[];
}

/** Everybody of a hall, in parties of one to `partyMax`; together they want each seat once. */
export function parties(seatIds: readonly string[], seed: number, partyMax = PARTY_MAX): Party[] {
  const chance = new Chance(seed);
  const all: Party[] = [];
  for (let at = 0; at < seatIds.length;) {
    const size = chance.between(1, partyMax);
    all.push({ customerId: `c${all.length}`, seats: seatIds.slice(at, at + size) });
    at += size;
  }
  return all;
}

/** The same bytes for the engine and for every baseline, but for the path. */
export const holdRequests = (path: string, wanted: readonly Party[], run: string): string[] =>
  wanted.map((body, n) =>
    request('POST', path, { headers: { ...AUTHORISED, 'idempotency-key': `${run}-${n}` }, body }),
  );

export interface LoggedEvent {
  readonly type: string;
  readonly revision: number;
  readonly data: { holdId?: string; customerId?: string; seats?: string[] };
}

/** The events of a show as the engine serves them. */
export async function eventsOf(url: string, showId: string): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (;;) {
    const path = `/v1/streams/show-${showId}?from=${events.length}&limit=${PAGE}`;
    const lines = (await (await fetch(url + path, { headers: AUTHORISED })).text())
      .split('\n')
      .filter(Boolean);
    for (const line of lines) events.push(JSON.parse(line) as LoggedEvent);
    if (lines.length === 0) return events;
  }
}

/** The events of a show are what its customers were told; see `checkEvents`. */
export async function checkHolds(
  url: string,
  showId: string,
  wanted: readonly Party[],
  statuses: ArrayLike<number>,
): Promise<void> {
  checkEvents(await eventsOf(url, showId), wanted, statuses);
}

/** Acknowledged is there once, what was not is not, no seat is there twice, revisions have no gap; else it throws. */
export function checkEvents(
  events: readonly LoggedEvent[],
  wanted: readonly Party[],
  statuses: ArrayLike<number>,
): void {
  const bySeat = new Map<string, string>();
  const byCustomer = new Map<string, readonly string[]>();
  for (const [n, { type, revision, data }] of events.entries()) {
    if (revision !== n) throw new Error(`the event after revision ${n - 1} has revision ${revision}`);
    if (type !== 'SeatsHeld') continue;
    if (byCustomer.has(data.customerId!)) throw new Error(`${data.customerId} was given two holds for one`);
    byCustomer.set(data.customerId!, data.seats!);
    for (const seat of data.seats!) {
      if (bySeat.has(seat)) throw new Error(`${seat} was sold to ${bySeat.get(seat)} and ${data.customerId}`);
      bySeat.set(seat, data.customerId!);
    }
  }
  for (const [n, { customerId, seats }] of wanted.entries()) {
    const stored = byCustomer.get(customerId);
    if ((statuses[n] === 201) !== (stored !== undefined))
      throw new Error(`${customerId} was answered ${statuses[n]} and has ${stored?.join()} in the log`);
    if (stored && stored.join() !== seats.join())
      throw new Error(`${customerId} asked for ${seats.join()} and holds ${stored.join()}`);
  }
}
