// The events of a show: the storage format of the one stream in which fairness is decided. Times are RFC 3339 UTC,
// seats are seat ids of the plan. What frees seats names them again, so that no reader has to join.
import type { Money } from '../decider.ts';
import type { AlreadySo, DomainEvent } from '../event.ts';

export type WaitlistPolicy = 'strict' | 'best-fit';

/** So many places of an area. */
export interface AreaQuantity {
  readonly areaId: string;
  readonly quantity: number;
}

/** What a hold, booking or offer consists of. */
export interface Places {
  readonly seats: readonly string[];
  readonly areas: readonly AreaQuantity[];
}

export interface ShowRules {
  readonly holdTtlMs: number;
  readonly offerTtlMs: number;
  readonly ticketsPerCustomer: number;
  readonly waitlistPolicy: WaitlistPolicy;
  /** The pause of a customer who let several holds in a row lapse, ms; 0 or absent: none. */
  readonly cooldownMs?: number;
}

export type Prices = Readonly<Record<string, Money>>;

export type ShowScheduled = DomainEvent<
  'ShowScheduled',
  ShowRules & {
    readonly eventId: string;
    readonly venueId: string;
    readonly seatingPlanId: string;
    readonly startsAt: string;
    readonly endsAt: string | null;
    readonly timeZone: string;
    /** null: sales open with the publication. */
    readonly salesOpenAt: string | null;
    /** null: sales close when the show starts, and follow it. */
    readonly salesCloseAt: string | null;
    readonly prices: Prices;
    /** Whether its event was on public view already. */
    readonly published: boolean;
  }
>;
export type ShowPublished = DomainEvent<'ShowPublished', object>;
/** Only what changed; null sets back to the default. */
export type ShowRescheduled = DomainEvent<
  'ShowRescheduled',
  {
    readonly startsAt?: string;
    readonly endsAt?: string | null;
    readonly salesOpenAt?: string | null;
    readonly salesCloseAt?: string | null;
    readonly reason: string | null;
  }
>;
export type ShowRulesChanged = DomainEvent<
  'ShowRulesChanged',
  Partial<ShowRules> & { readonly reason: string | null }
>;
export type SalesPaused = DomainEvent<'SalesPaused', { readonly reason: string }>;
export type SalesResumed = DomainEvent<'SalesResumed', { readonly reason: string }>;
/** Releases live holds, cancels bookings, lets waiting entries and offers lapse: all by this one event. */
export type ShowCancelled = DomainEvent<'ShowCancelled', { readonly reason: string }>;
export type SeatsBlocked = DomainEvent<'SeatsBlocked', Places & { readonly reason: string }>;
export type SeatsUnblocked = DomainEvent<'SeatsUnblocked', Places & { readonly reason: string }>;
/**
 * Other capacities of areas and, where `seatingPlanId` is given, another plan whose surviving seats keep their ids.
 * `blockedGone`: the blocked places of areas that go with the room; absent: none.
 */
export type CapacityChanged = DomainEvent<
  'CapacityChanged',
  {
    readonly areas: readonly { readonly areaId: string; readonly capacity: number }[];
    readonly seatingPlanId?: string;
    readonly blockedGone?: readonly AreaQuantity[];
    readonly reason: string;
  }
>;
/** Only the categories that it names; fixed for holds made before. */
export type PriceChanged = DomainEvent<'PriceChanged', { readonly prices: Prices; readonly reason: string }>;
export type SeatsHeld = DomainEvent<
  'SeatsHeld',
  Places & {
    readonly holdId: string;
    readonly clientId: string;
    readonly customerId: string;
    readonly total: Money;
    readonly until: string;
  }
>;
export type HoldExtended = DomainEvent<'HoldExtended', { readonly holdId: string; readonly until: string }>;
export type HoldReleased = DomainEvent<'HoldReleased', Places & { readonly holdId: string }>;
export type HoldExpired = DomainEvent<'HoldExpired', Places & { readonly holdId: string }>;
export type BookingConfirmed = DomainEvent<
  'BookingConfirmed',
  Places & {
    readonly bookingId: string;
    readonly holdId: string;
    readonly clientId: string;
    readonly customerId: string;
    readonly total: Money;
    readonly paymentReference: string | null;
    /** The waitlist entry whose offer was taken. */
    readonly entryId?: string;
  }
>;
export type BookingCancelled = DomainEvent<
  'BookingCancelled',
  Places & { readonly bookingId: string; readonly holdId: string; readonly reason: string }
>;
export type WaitlistJoined = DomainEvent<
  'WaitlistJoined',
  {
    readonly entryId: string;
    /** The id that the hold of its offer will have. */
    readonly offerHoldId: string;
    readonly clientId: string;
    readonly customerId: string;
    readonly categoryId: string;
    readonly quantity: number;
    readonly acceptFewer: boolean;
    /** Sort key of the line: entries wait in ascending order of place. */
    readonly place: number;
  }
>;
/** By the customer (`reason` null) or removed by an organiser. */
export type WaitlistLeft = DomainEvent<
  'WaitlistLeft',
  { readonly entryId: string; readonly reason: string | null }
>;
export type WaitlistMoved = DomainEvent<
  'WaitlistMoved',
  { readonly entryId: string; readonly ahead: number; readonly place: number; readonly reason: string }
>;
/** A hold for one that waited. `passed`: the entries still waiting in front of it. */
export type SeatsOffered = DomainEvent<
  'SeatsOffered',
  Places & {
    readonly entryId: string;
    readonly holdId: string;
    readonly clientId: string;
    readonly customerId: string;
    readonly categoryId: string;
    readonly total: Money;
    readonly until: string;
    readonly passed: readonly string[];
  }
>;
export type OfferDeclined = DomainEvent<
  'OfferDeclined',
  Places & { readonly entryId: string; readonly holdId: string }
>;
export type OfferExpired = DomainEvent<
  'OfferExpired',
  Places & { readonly entryId: string; readonly holdId: string }
>;

export type ShowEvent =
  | AlreadySo
  | ShowScheduled
  | ShowPublished
  | ShowRescheduled
  | ShowRulesChanged
  | SalesPaused
  | SalesResumed
  | ShowCancelled
  | SeatsBlocked
  | SeatsUnblocked
  | CapacityChanged
  | PriceChanged
  | SeatsHeld
  | HoldExtended
  | HoldReleased
  | HoldExpired
  | BookingConfirmed
  | BookingCancelled
  | WaitlistJoined
  | WaitlistLeft
  | WaitlistMoved
  | SeatsOffered
  | OfferDeclined
  | OfferExpired;
