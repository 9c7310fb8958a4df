// Every type of event by its name, for what must know them all when it runs: a filter that names another one, the samples in
// test/golden. A type that the domain has and these tables do not is a compile error: add it, and a sample of it.
import type { CatalogueEvent } from './event/events.ts';
import type { SeatingPlanEvent } from './seating-plan/events.ts';
import type { ShowEvent } from './show/events.ts';
import type { VenueEvent } from './venue/events.ts';

const SHOW: Record<ShowEvent['type'], true> = {
  AlreadySo: true,
  ShowScheduled: true,
  ShowPublished: true,
  ShowRescheduled: true,
  ShowRulesChanged: true,
  SalesPaused: true,
  SalesResumed: true,
  ShowCancelled: true,
  SeatsBlocked: true,
  SeatsUnblocked: true,
  CapacityChanged: true,
  PriceChanged: true,
  SeatsHeld: true,
  HoldExtended: true,
  HoldReleased: true,
  HoldExpired: true,
  BookingConfirmed: true,
  BookingCancelled: true,
  WaitlistJoined: true,
  WaitlistLeft: true,
  WaitlistMoved: true,
  SeatsOffered: true,
  OfferDeclined: true,
  OfferExpired: true,
};
const EVENT: Record<CatalogueEvent['type'], true> = {
  AlreadySo: true,
  EventCreated: true,
  EventEdited: true,
  ShowAdded: true,
  EventPublished: true,
  EventUnpublished: true,
  EventCancelled: true,
};
const VENUE: Record<VenueEvent['type'], true> = { AlreadySo: true, VenueCreated: true, VenueEdited: true };
const SEATING_PLAN: Record<SeatingPlanEvent['type'], true> = { SeatingPlanDrawn: true, RowsDrawn: true };

/** By aggregate. */
export const TYPES = { venue: VENUE, 'seating-plan': SEATING_PLAN, event: EVENT, show: SHOW };

/** Each one once. */
export const EVENT_TYPES: readonly string[] = [...new Set(Object.values(TYPES).flatMap(Object.keys))];
