// What organisers see of a show: its holds, its bookings and its line, page by page.
import { sql } from 'kysely';
import type { BookingView, EntryView, HoldView } from '../domain/show/views.ts';
import { pageOf, readCursor, writeCursor } from './cursor.ts';
import { iso, isUuidInAnyCase, type Page, type Paging, type Query } from './query.ts';

export interface ShowList extends Paging {
  readonly showId: string;
  /** ms since 1970: by it holds and offers have lapsed, though the view may not have it yet; 0: only what it has. */
  readonly nowMs: number;
}
type Listed<View> = Omit<View, 'clientId'> & { readonly showId: string };
type Keyed<Row> = Row & { readonly revision: number };

const NOTHING = { data: [], nextCursor: null };
const asMoney = sql`jsonb_build_object('amount', total -> 'amount', 'currency', total -> 'currency')`;

/** In the order in which they were made. */
export const showHolds: Query<ShowList, Page<Listed<HoldView>>> = {
  restsOn: ['holds'],
  async run(db, { showId, nowMs, limit, cursor }) {
    if (!isUuidInAnyCase(showId)) return NOTHING;
    const question = { holds: showId };
    const after = readCursor(cursor, question, ['integer']);
    const judged = sql`case when status = 'live' and until <= to_timestamp(${nowMs}::float8 / 1000) then 'expired' else status end`;
    const found = await sql<Keyed<Listed<HoldView>>>`
      select id, show_id as "showId", customer_id as "customerId", ${judged} as status, seats, areas, ${asMoney} as total, ${iso(sql`until`)} as until, revision
      from read.holds where show_id = ${showId}::uuid and revision > ${after?.[0] ?? -1}::bigint
      order by revision limit ${limit + 1}`.execute(db);
    return pageOf(found.rows, limit, withoutKey, (last) => writeCursor(question, [last.revision]));
  },
};

/** In the order in which they were confirmed. */
export const showBookings: Query<ShowList, Page<Listed<BookingView>>> = {
  restsOn: ['bookings'],
  async run(db, { showId, limit, cursor }) {
    if (!isUuidInAnyCase(showId)) return NOTHING;
    const question = { bookings: showId };
    const after = readCursor(cursor, question, ['integer']);
    const found = await sql<Keyed<Listed<BookingView>>>`
      select id, show_id as "showId", hold_id as "holdId", customer_id as "customerId", status, seats, areas, ${asMoney} as total, ${iso(sql`confirmed_at`)} as "confirmedAt", revision
      from read.bookings where show_id = ${showId}::uuid and revision > ${after?.[0] ?? -1}::bigint
      order by revision limit ${limit + 1}`.execute(db);
    return pageOf(found.rows, limit, withoutKey, (last) => writeCursor(question, [last.revision]));
  },
};

/** Those who wait, in line; then everybody else in the order of their places. */
export const showWaitlist: Query<ShowList, Page<Listed<EntryView>>> = {
  restsOn: ['waitlist'],
  async run(db, { showId, nowMs, limit, cursor }) {
    if (!isUuidInAnyCase(showId)) return NOTHING;
    const question = { waitlist: showId };
    const after = readCursor(cursor, question, ['number', 'number', 'uuid']);
    const now = sql`to_timestamp(${nowMs}::float8 / 1000)`;
    const found = await sql<Listed<EntryView> & { over: number; place: number }>`
      select id, "showId", "customerId", "categoryId", quantity, "acceptFewer",
        case when lapsed then 'lapsed' else status end as status, ahead::float8 as ahead, case when not lapsed then offer end as offer, over, place
      from (
        select id, show_id as "showId", customer_id as "customerId", category_id as "categoryId", quantity, accept_fewer as "acceptFewer",
          status, offer, place, (status <> 'waiting')::int as over,
          status = 'offered' and (offer ->> 'until')::timestamptz <= ${now} as lapsed,
          case when status = 'waiting' then count(*) filter (where status = 'waiting') over (partition by category_id order by place, id) - 1 else 0 end as ahead
        from read.waitlist where show_id = ${showId}::uuid) entries
      where ${after ? sql`(over, place, id) > (${after[0]}::float8, ${after[1]}::float8, ${after[2]}::uuid)` : sql`true`}
      order by over, place, id limit ${limit + 1}`.execute(db);
    const shape = ({
      over: _over,
      place: _place,
      offer,
      ...entry
    }: (typeof found.rows)[number]): Listed<EntryView> => ({ ...entry, offer: offer && offerInOrder(offer) });
    return pageOf(found.rows, limit, shape, (last) =>
      writeCursor(question, [last.over, last.place, last.id]),
    );
  },
};

const offerInOrder = ({
  holdId,
  seats,
  areas,
  until,
}: NonNullable<EntryView['offer']>): EntryView['offer'] => ({ holdId, seats, areas, until });

function withoutKey<Row extends object>({ revision: _revision, ...row }: Keyed<Row>): Row {
  return row as unknown as Row;
}
