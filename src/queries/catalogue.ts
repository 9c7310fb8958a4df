// The pages of events, and the shows of an event.
import { sql } from 'kysely';
import type { Money } from '../domain/decider.ts';
import type { WaitlistPolicy } from '../domain/show/events.ts';
import type { VenueFound } from '../ports/search-index.ts';
import { showStatus, type CategoryView, type ShowStatus } from '../domain/show/views.ts';
import { pageOf, readCursor, writeCursor } from './cursor.ts';
import { iso, isUuidInAnyCase, type Page, type Paging, type Query } from './query.ts';
import { venueObject } from './venue.ts';

export interface EventPage {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly type: string | null;
  readonly tags: readonly string[];
  readonly language: string | null;
  readonly status: 'draft' | 'published' | 'cancelled';
  readonly version: number;
}

/** null: there is no such event for who asks. A draft that was cancelled is one still. */
export const event: Query<{ readonly id: string; readonly includeDrafts: boolean }, EventPage | null> = {
  restsOn: ['events'],
  async run(db, { id, includeDrafts }) {
    if (!isUuidInAnyCase(id)) return null;
    const found =
      await sql<EventPage>`select id, title, description, type, tags, language, status, version from read.events
        where id = ${id}::uuid and ${includeDrafts ? sql`true` : sql`status <> 'draft' and ever_published`}`.execute(
        db,
      );
    return found.rows[0] ?? null;
  },
};

/** A show in a list: everything of its page but the areas. */
export interface ShowInList {
  readonly id: string;
  readonly eventId: string;
  readonly status: ShowStatus;
  readonly version: number;
  readonly venue: VenueFound | null;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly timeZone: string;
  readonly salesOpenAt: string | null;
  readonly salesCloseAt: string;
  readonly holdTtlMs: number;
  readonly offerTtlMs: number;
  readonly ticketsPerCustomer: number;
  readonly waitlistPolicy: WaitlistPolicy;
  readonly cooldownMs: number;
  readonly seatingPlanId: string;
  readonly categories: readonly CategoryView[];
}

interface ShowRow extends Omit<ShowInList, 'status'> {
  readonly published: boolean;
  readonly paused: boolean;
  readonly cancelled: boolean;
}

export interface EventShows extends Paging {
  readonly eventId: string;
  readonly nowMs: number;
  readonly includeDrafts: boolean;
}

/** Shows of an event in order of time; null when there is no such event for who asks. */
export const eventShows: Query<EventShows, Page<ShowInList> | null> = {
  restsOn: ['events', 'shows', 'venues', 'availability'],
  async run(db, { eventId, nowMs, includeDrafts, limit, cursor }) {
    const question = { eventId, includeDrafts };
    const after = readCursor(cursor, question, ['time', 'uuid']);
    if ((await event.run(db, { id: eventId, includeDrafts })) === null) return null;
    const found = await sql<ShowRow>`
      select s.id, s.event_id as "eventId", s.version, case when v.id is not null then ${venueObject} end as venue,
        ${iso(sql`s.starts_at`)} as "startsAt", ${iso(sql`s.ends_at`)} as "endsAt", s.time_zone as "timeZone",
        ${iso(sql`coalesce(s.sales_open_at, s.published_at)`)} as "salesOpenAt", ${iso(sql`coalesce(s.sales_close_at, s.starts_at)`)} as "salesCloseAt",
        s.hold_ttl_ms as "holdTtlMs", s.offer_ttl_ms as "offerTtlMs", s.tickets_per_customer as "ticketsPerCustomer", s.waitlist_policy as "waitlistPolicy", s.cooldown_ms as "cooldownMs",
        s.seating_plan_id as "seatingPlanId", coalesce(a.categories, '[]') as categories,
        s.published_at is not null as published, s.paused, s.cancelled
      from read.shows s left join read.venues v on v.id = s.venue_id left join read.availability a on a.show_id = s.id
      where s.event_id = ${eventId}::uuid
        and ${includeDrafts ? sql`true` : sql`s.published_at is not null`}
        and ${after ? sql`(s.starts_at, s.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql`true`}
      order by s.starts_at, s.id limit ${limit + 1}`.execute(db);
    return pageOf(
      found.rows,
      limit,
      (row) => showOf(row, nowMs),
      (last) => writeCursor(question, [last.startsAt, last.id]),
    );
  },
};

function showOf({ published, paused, cancelled, ...show }: ShowRow, nowMs: number): ShowInList {
  const ms = (time: string | null): number | null => (time === null ? null : Date.parse(time));
  const schedule = {
    startsAt: Date.parse(show.startsAt),
    salesOpenAt: ms(show.salesOpenAt),
    salesCloseAt: ms(show.salesCloseAt),
    publishedAt: null,
  };
  const status = showStatus({ published, paused, cancelled, schedule }, nowMs);
  const { id, eventId, version, venue, categories, ...rest } = show;
  return {
    id,
    eventId,
    status,
    version,
    venue,
    ...rest,
    categories: categories.map(inOrder),
  };
}

function inOrder({
  id,
  name,
  color,
  price,
  capacity,
  free,
  held,
  booked,
  blocked,
  waiting,
}: CategoryView): CategoryView {
  const { amount, currency }: Money = price;
  return { id, name, color, price: { amount, currency }, capacity, free, held, booked, blocked, waiting };
}
