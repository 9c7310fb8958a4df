// Holds of every show, offers to the waitlist among them. Whether a live one has lapsed is for the reader's clock.
import { sql } from 'kysely';
import { idOf, type RecordedEvent } from '../../domain/event.ts';
import type { SeatsHeld, SeatsOffered, ShowEvent } from '../../domain/show/events.ts';
import type { Handling, Projection } from '../projection.ts';
import { Changes, saveRows } from './rows.ts';

interface HoldRow {
  readonly id: string;
  readonly show_id: string;
  readonly status: 'live' | 'confirmed' | 'released' | 'expired';
  readonly until: string;
  readonly [column: string]: unknown;
}

export function holds(): Projection {
  return {
    name: 'holds',
    version: 1,
    types: [
      'SeatsHeld',
      'SeatsOffered',
      'HoldExtended',
      'HoldReleased',
      'HoldExpired',
      'OfferDeclined',
      'OfferExpired',
      'BookingConfirmed',
      'ShowCancelled',
    ],
    exposes: ['holds'],
    tables: `
      create table holds (
        id uuid primary key,
        show_id uuid not null,
        -- Of the event that made it: the order of a list.
        revision integer not null,
        client_id text not null,
        customer_id text not null,
        status text not null,
        seats jsonb not null,
        areas jsonb not null,
        total jsonb not null,
        until timestamptz(3) not null,
        -- The waitlist entry whose offer it is.
        entry_id uuid
      ) with (fillfactor = 80)`,
    indexes: ['holds_of_show on holds (show_id, revision)'],
    handle,
  };
}

async function handle(events: readonly RecordedEvent[], { tx }: Handling): Promise<void> {
  const rows = new Changes<HoldRow>();
  const cancelled: string[] = [];
  for (const event of events as readonly (RecordedEvent & ShowEvent)[]) {
    switch (event.type) {
      case 'SeatsHeld':
      case 'SeatsOffered':
        rows.make(event.data.holdId, held(event));
        break;
      case 'HoldExtended':
        rows.change(event.data.holdId, { until: event.data.until });
        break;
      case 'HoldReleased':
      case 'OfferDeclined':
        rows.change(event.data.holdId, { status: 'released' });
        break;
      case 'HoldExpired':
      case 'OfferExpired':
        rows.change(event.data.holdId, { status: 'expired' });
        break;
      case 'BookingConfirmed':
        rows.change(event.data.holdId, { status: 'confirmed' });
        break;
      case 'ShowCancelled':
        cancelled.push(idOf(event.stream));
        break;
      default: // `types` lets no other through
    }
  }
  await write(rows, cancelled, { tx });
}

function held({ type, data, stream, revision }: RecordedEvent & (SeatsHeld | SeatsOffered)): HoldRow {
  return {
    id: data.holdId,
    show_id: idOf(stream),
    revision,
    client_id: data.clientId,
    customer_id: data.customerId,
    status: 'live',
    seats: data.seats,
    areas: data.areas,
    total: data.total,
    until: data.until,
    entry_id: type === 'SeatsOffered' ? data.entryId : null,
  };
}

/** Nothing is held in a show after it was cancelled, so releasing what is live comes last. */
async function write(
  { made, changed }: Changes<HoldRow>,
  cancelled: readonly string[],
  { tx }: Pick<Handling, 'tx'>,
): Promise<void> {
  await saveRows(tx, 'holds', 'id', [...made.values()]);
  if (changed.size > 0) {
    const changes = [...changed].map(([id, change]) => ({ id, ...change }));
    await sql`
      update holds h set status = coalesce(c.status, h.status), until = coalesce(c.until, h.until)
      from json_to_recordset(${JSON.stringify(changes)}::json) as c (id uuid, status text, until timestamptz)
      where h.id = c.id`.execute(tx);
  }
  if (cancelled.length > 0)
    await sql`update holds set status = 'released' where show_id = any(${cancelled}::uuid[]) and status = 'live'`.execute(
      tx,
    );
}
