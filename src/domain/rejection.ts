// The refusals of the domain: a rejection is a value, not an exception; selling out is normal traffic.

/** Stable names of `api.md`; the HTTP status of each is the api's business. */
export type RejectionCode =
  | 'SeatsUnavailable'
  | 'ReservedForWaitlist'
  | 'UnknownSeat'
  | 'UnknownArea'
  | 'UnknownCategory'
  | 'TicketLimitExceeded'
  | 'CoolingDown'
  | 'SalesNotOpen'
  | 'SalesClosed'
  | 'SalesPaused'
  | 'ShowCancelled'
  | 'EventCancelled'
  | 'SeatsAvailable'
  | 'AlreadyWaiting'
  | 'HoldExpired'
  | 'HoldReleased'
  | 'HoldConfirmed'
  | 'BookingCancelled'
  | 'CapacityBelowTaken'
  | 'HoldNotFound'
  | 'BookingNotFound'
  | 'EntryNotFound'
  | 'ShowNotFound'
  | 'EventNotFound'
  | 'VenueNotFound'
  | 'SeatingPlanNotFound'
  | 'DuplicateSeatId'
  | 'InvalidSeatingPlan'
  | 'PreconditionFailed'
  | 'IdempotencyKeyReused'
  | 'InvalidRequest';

/** Why a command was refused: a stable code, a sentence that says what to do, and the members that `api.md` names. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly detail: string;
  /** Members of the problem document beside code and detail: `seats`, `areas`, `limit`, `held`, `opensAt` … */
  readonly members: Readonly<Record<string, unknown>>;
}

export function rejection(
  code: RejectionCode,
  detail: string,
  members: Record<string, unknown> = {},
): Rejection {
  return { code, detail, members };
}

export const keyReused = (): Rejection =>
  rejection(
    'IdempotencyKeyReused',
    'This Idempotency-Key was used for another body. Send the first body again, or take a new key.',
  );
