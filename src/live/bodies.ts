// The bytes of a show's map and page, made once a revision and sent to everybody as they are.
import type { ShowState } from '../domain/show/show.ts';
import { areaViews, categoryViews, showView } from '../domain/show/views.ts';
import type { AvailabilityMap } from './map.ts';
import type { VenueOfShow } from './venues.ts';

/** A ready answer. */
export interface LiveBody {
  readonly body: Buffer;
  /** A strong ETag, quotes included. */
  readonly etag: string;
  /** Of the show's stream. */
  readonly revision: number;
  /** False: its event is a draft, for organisers' eyes only. */
  readonly published: boolean;
}

/** `{ showId, revision, seatingPlanId, seatCount, seats, areas, categories }`. */
export function availabilityBody(showId: string, state: ShowState, map: AvailabilityMap): LiveBody {
  const { revision, plan, published } = state;
  const head = JSON.stringify({ showId, revision, seatingPlanId: plan.id, seatCount: plan.seatCount });
  const counts = JSON.stringify({ areas: areaViews(state), categories: categoryViews(state) });
  const body = Buffer.from(`${head.slice(0, -1)},"seats":"${map.toBase64()}",${counts.slice(1)}`);
  return { body, etag: `"${revision}"`, revision, published };
}

/** `{ show: { id, …, venue }, revision }` at `nowMs`. */
export function pageBody(
  showId: string,
  state: ShowState,
  venue: VenueOfShow | null,
  nowMs: number,
): LiveBody {
  const { revision, published } = state;
  const { eventId, status, version, venueId: _venueId, ...rest } = showView(state, nowMs);
  const show = { id: showId, eventId, status, version, venue: venue?.venue ?? null, ...rest };
  return {
    body: Buffer.from(JSON.stringify({ show, revision })),
    etag: `"${revision}-${status}-${venue?.etag ?? ''}"`,
    revision,
    published,
  };
}
