// Everybody who waits or waited, with their place in line and what they are offered.
import { sql } from 'kysely';
import { idOf, type RecordedEvent } from '../../domain/event.ts';
import type { SeatsOffered, ShowEvent, WaitlistJoined } from '../../domain/show/events.ts';
import type { Handling, Projection, Tx } from '../projection.ts';
import { saveRows } from './rows.ts';

interface EntryRow {
  readonly id: string;
  readonly status: 'waiting' | 'offered' | 'taken' | 'declined' | 'lapsed' | 'left';
  readonly offer_hold_id: string;
  readonly offer: {
    readonly holdId: string;
    readonly until: string;
    readonly [member: string]: unknown;
  } | null;
  readonly [column: string]: unknown;
}
type Entries = Map<string, EntryRow>;

export function waitlist(): Projection {
  return {
    name: 'waitlist',
    version: 1,
    types: [
      'WaitlistJoined',
      'WaitlistLeft',
      'WaitlistMoved',
      'SeatsOffered',
      'HoldExtended',
      'OfferDeclined',
      'OfferExpired',
      'BookingConfirmed',
      'ShowCancelled',
    ],
    exposes: ['waitlist'],
    tables: `
      create table waitlist (
        id uuid primary key,
        show_id uuid not null,
        -- Of the event that made it.
        revision integer not null,
        client_id text not null,
        customer_id text not null,
        category_id text not null,
        quantity integer not null,
        accept_fewer boolean not null,
        status text not null,
        -- Those who wait, wait in ascending order of place.
        place float8 not null,
        offer_hold_id uuid not null unique,
        offer jsonb
      )`,
    indexes: ['waitlist_of_show on waitlist (show_id, place)'],
    handle,
  };
}

async function handle(events: readonly RecordedEvent[], { tx }: Handling): Promise<void> {
  const ofLine = (events as readonly (RecordedEvent & ShowEvent)[]).filter(
    (e) => e.type !== 'BookingConfirmed' || e.data.entryId !== undefined,
  );
  const entries = await load(tx, ofLine);
  const byHold = new Map([...entries.values()].map((entry) => [entry.offer_hold_id, entry.id]));
  const cancelled: string[] = [];
  for (const event of ofLine) {
    if (event.type === 'ShowCancelled') cancelled.push(idOf(event.stream));
    if (event.type === 'WaitlistJoined') byHold.set(event.data.offerHoldId, event.data.entryId);
    apply(entries, byHold, event);
  }
  await saveRows(tx, 'waitlist', 'id', [...entries.values()]);
  if (cancelled.length > 0) {
    await sql`update waitlist set status = 'lapsed', offer = null where show_id = any(${cancelled}::uuid[]) and status in ('waiting', 'offered')`.execute(
      tx,
    );
  }
}

function apply(
  entries: Entries,
  byHold: ReadonlyMap<string, string>,
  event: RecordedEvent & ShowEvent,
): void {
  const change = (id: string, columns: Partial<EntryRow>): unknown =>
    entries.set(id, { ...entries.get(id)!, ...columns });
  switch (event.type) {
    case 'WaitlistJoined':
      entries.set(event.data.entryId, joined(event));
      return;
    case 'WaitlistLeft':
      return void change(event.data.entryId, { status: 'left', offer: null });
    case 'WaitlistMoved':
      return void change(event.data.entryId, { place: event.data.place });
    case 'SeatsOffered':
      return void change(event.data.entryId, { status: 'offered', offer: offerOf(event) });
    case 'OfferDeclined':
      return void change(event.data.entryId, { status: 'declined', offer: null });
    case 'OfferExpired':
      return void change(event.data.entryId, { status: 'lapsed', offer: null });
    case 'BookingConfirmed':
      return void change(event.data.entryId!, { status: 'taken', offer: null });
    case 'HoldExtended': {
      const id = byHold.get(event.data.holdId);
      const offer = id === undefined ? null : entries.get(id)!.offer;
      if (offer) change(id!, { offer: { ...offer, until: event.data.until } });
      return;
    }
    default: // `types` lets no other through
  }
}

function joined({ data, stream, revision }: RecordedEvent & WaitlistJoined): EntryRow {
  return {
    id: data.entryId,
    show_id: idOf(stream),
    revision,
    client_id: data.clientId,
    customer_id: data.customerId,
    category_id: data.categoryId,
    quantity: data.quantity,
    accept_fewer: data.acceptFewer,
    status: 'waiting',
    place: data.place,
    offer_hold_id: data.offerHoldId,
    offer: null,
  };
}

const offerOf = ({ data: { holdId, seats, areas, until } }: SeatsOffered): EntryRow['offer'] => ({
  holdId,
  seats,
  areas,
  until,
});

/** The entries that the events name, by themselves or by the hold of their offer. */
async function load(tx: Tx, events: readonly (RecordedEvent & ShowEvent)[]): Promise<Entries> {
  const joinedNow = new Set(events.flatMap((e) => (e.type === 'WaitlistJoined' ? [e.data.entryId] : [])));
  const ids = new Set(
    events
      .flatMap((e) => ('entryId' in e.data && e.data.entryId !== undefined ? [e.data.entryId] : []))
      .filter((id) => !joinedNow.has(id)),
  );
  const extended = events.flatMap((e) => (e.type === 'HoldExtended' ? [e.data.holdId] : []));
  if (ids.size === 0 && extended.length === 0) return new Map();
  const found = await sql<{ row: EntryRow }>`
    select to_jsonb(t) as row from waitlist t where id = any(${[...ids]}::uuid[]) or offer_hold_id = any(${extended}::uuid[])`.execute(
    tx,
  );
  return new Map(found.rows.map(({ row }) => [row.id, row]));
}
