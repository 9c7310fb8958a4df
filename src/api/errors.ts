// The catalogue of what the API can answer besides success: stable code -> status and title. A code never changes its
// meaning; new ones may come (front ends fall back on the status).

export const PROBLEMS = {
  InvalidRequest: [400, 'The request is not well formed'],
  IdempotencyKeyRequired: [400, 'This request needs an Idempotency-Key header'],
  Unauthenticated: [401, 'A valid API key is needed'],
  PaymentRequired: [402, 'A payment is needed'],
  Forbidden: [403, 'The API key may not do this'],
  RouteNotFound: [404, 'There is nothing at this address'],
  ShowNotFound: [404, 'There is no such show'],
  EventNotFound: [404, 'There is no such event'],
  VenueNotFound: [404, 'There is no such venue'],
  SeatingPlanNotFound: [404, 'There is no such seating plan'],
  LocationNotFound: [404, 'There is no such location'],
  HoldNotFound: [404, 'There is no such hold'],
  BookingNotFound: [404, 'There is no such booking'],
  EntryNotFound: [404, 'There is no such waitlist entry'],
  ApiKeyNotFound: [404, 'There is no such API key'],
  ImportNotFound: [404, 'There is no such import'],
  MethodNotAllowed: [405, 'This address does not take this method'],
  RequestTimeout: [408, 'The request did not arrive in time'],
  SeatsUnavailable: [409, 'Some of it cannot be had'],
  ReservedForWaitlist: [409, 'What is free is kept for the waitlist'],
  TicketLimitExceeded: [409, 'More tickets than one customer may have'],
  CoolingDown: [409, 'The customer let too many holds lapse'],
  SalesNotOpen: [409, 'Sales are not open'],
  SalesClosed: [409, 'Sales are closed'],
  SalesPaused: [409, 'Sales are paused'],
  ShowCancelled: [409, 'The show is cancelled'],
  EventCancelled: [409, 'The event is cancelled'],
  SeatsAvailable: [409, 'There are enough seats to hold at once'],
  AlreadyWaiting: [409, 'The customer is in line already'],
  HoldExpired: [409, 'The hold has expired'],
  HoldReleased: [409, 'The hold was released'],
  HoldConfirmed: [409, 'The hold is confirmed'],
  BookingCancelled: [409, 'The booking is cancelled'],
  CapacityBelowTaken: [409, 'More is taken than would be left'],
  PreconditionFailed: [412, 'It was changed meanwhile'],
  PayloadTooLarge: [413, 'The body is too large'],
  UnsupportedMediaType: [415, 'The body is of a type that is not taken here'],
  UnknownSeat: [422, 'There is no such seat'],
  UnknownArea: [422, 'There is no such area'],
  UnknownCategory: [422, 'There is no such category'],
  IdempotencyKeyReused: [422, 'The Idempotency-Key was used for another request'],
  DuplicateSeatId: [422, 'A seat id stands twice'],
  InvalidSeatingPlan: [422, 'The seating plan does not fit together'],
  InvalidFeed: [422, 'The feed cannot be read'],
  RateLimited: [429, 'Too many requests'],
  HeadersTooLarge: [431, 'The headers are too large'],
  InternalError: [500, 'Something went wrong here'],
  Overloaded: [503, 'Too much at once'],
  Unavailable: [503, 'Not available for the moment'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One thing that is wrong with the input: where it stands, a stable name for it, and what to do. */
export interface InputError {
  /** JSON pointer into the body (`/seats/0`), or `/query/<name>`, `/headers/<name>`. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** Thrown inside the api to end a request with a problem; the domain's refusals are values instead. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: { members?: Record<string, unknown>; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.name = 'ApiProblem';
    this.code = code;
    this.members = more.members ?? {};
    this.headers = more.headers ?? {};
  }
}

/** 400 with one entry in `errors`. */
export function invalid(pointer: string, code: string, message: string): ApiProblem {
  return new ApiProblem('InvalidRequest', message, { members: { errors: [{ pointer, code, message }] } });
}
