// Bookings of every show.
import { sql } from 'kysely';
import { idOf, type RecordedEvent } from '../../domain/event.ts';
import type { BookingConfirmed, ShowEvent } from '../../domain/show/events.ts';
import type { Handling, Projection } from '../projection.ts';
import { Changes, saveRows } from './rows.ts';

interface BookingRow {
  readonly id: string;
  readonly show_id: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly [column: string]: unknown;
}

export function bookings(): Projection {
  return {
    name: 'bookings',
    version: 1,
    types: ['BookingConfirmed', 'BookingCancelled', 'ShowCancelled'],
    exposes: ['bookings'],
    tables: `
      create table bookings (
        id uuid primary key,
        show_id uuid not null,
        -- Of the event that made it: the order of a list.
        revision integer not null,
        hold_id uuid not null,
        client_id text not null,
        customer_id text not null,
        status text not null,
        seats jsonb not null,
        areas jsonb not null,
        total jsonb not null,
        confirmed_at timestamptz(3) not null
      )`,
    indexes: ['bookings_of_show on bookings (show_id, revision)'],
    handle,
  };
}

async function handle(events: readonly RecordedEvent[], { tx }: Handling): Promise<void> {
  const rows = new Changes<BookingRow>();
  const cancelledShows: string[] = [];
  for (const event of events as readonly (RecordedEvent & ShowEvent)[]) {
    if (event.type === 'BookingConfirmed') rows.make(event.data.bookingId, confirmed(event));
    else if (event.type === 'BookingCancelled') rows.change(event.data.bookingId, { status: 'cancelled' });
    else if (event.type === 'ShowCancelled') cancelledShows.push(idOf(event.stream));
  }
  await saveRows(tx, 'bookings', 'id', [...rows.made.values()]);
  const cancelled = [...rows.changed.keys()];
  if (cancelled.length > 0)
    await sql`update bookings set status = 'cancelled' where id = any(${cancelled}::uuid[])`.execute(tx);
  if (cancelledShows.length > 0)
    await sql`update bookings set status = 'cancelled' where show_id = any(${cancelledShows}::uuid[])`.execute(
      tx,
    );
}

function confirmed({ data, stream, revision, metadata }: RecordedEvent & BookingConfirmed): BookingRow {
  return {
    id: data.bookingId,
    show_id: idOf(stream),
    revision,
    hold_id: data.holdId,
    client_id: data.clientId,
    customer_id: data.customerId,
    status: 'confirmed',
    seats: data.seats,
    areas: data.areas,
    total: data.total,
    confirmed_at: metadata.at,
  };
}
