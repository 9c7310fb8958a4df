// The examples of problems in the OpenAPI document: for each code that an operation may answer with, what the server then says
// there. A test provokes them and compares.
import { problemDocument } from './answer/problem.ts';
import type { ProblemCode } from './errors.ts';
import { IDS } from './openapi-examples.ts';
import { scopeBits, scopeNeeded } from './request/guard.ts';
import type { Scope } from '../ports/api-key-store.ts';

interface Told {
  readonly detail: string;
  readonly members?: Readonly<Record<string, unknown>>;
}
/** Of a route, what its problems depend on. */
export interface Refusing {
  readonly url: string;
  readonly operationId: string;
  readonly scopes: readonly Scope[];
  readonly bodyType?: string;
}

const told = (detail: string, members?: Told['members']): Told => ({ detail, ...(members && { members }) });
const none = (what: string): Told => told(`There is no ${what}.`);
const at = '2027-03-01T09:00:00.000Z';
const until = '2027-03-01T10:10:00.000Z';
const UNKNOWN = 'There is no such query parameter here; leave it out or mend its name.';
const bookingId = IDS.bookingId;

/** No operation answers these: a payment is not asked for yet, and the others come before an operation is found. */
type Nowhere = 'PaymentRequired' | 'MethodNotAllowed' | 'RequestTimeout' | 'HeadersTooLarge';

const TOLD: Readonly<Record<Exclude<ProblemCode, Nowhere>, Told | ((route: Refusing) => Told)>> = {
  InvalidRequest: told(`/query/colour: ${UNKNOWN}`, {
    errors: [{ pointer: '/query/colour', code: 'unknown', message: UNKNOWN }],
  }),
  IdempotencyKeyRequired: told(
    'Send an Idempotency-Key header with a value of your own for this request, a UUID for example, and the same one when you repeat it.',
  ),
  Unauthenticated: told(
    'The Authorization header holds no valid API key; send "Bearer <key>" with a key that was not revoked, or leave it out where browsing is open.',
  ),
  Forbidden: ({ scopes }) => told(scopeNeeded(scopeBits(scopes))),
  RouteNotFound: told('Nothing has this id; ids are UUIDs as earlier answers gave them.'),
  ShowNotFound: none('such show'),
  EventNotFound: none('such event'),
  VenueNotFound: none('such venue'),
  SeatingPlanNotFound: none('such seating plan'),
  LocationNotFound: told('There is no city or place with this id; look at /v1/locations.'),
  HoldNotFound: none(`hold ${IDS.holdId} of yours in this show`),
  BookingNotFound: none(`booking ${bookingId} of yours in this show`),
  EntryNotFound: none(`waitlist entry ${IDS.entryId} of yours in this show`),
  ApiKeyNotFound: none('API key with this id'),
  ImportNotFound: none('import with this id'),
  SeatsUnavailable: told('Not to be had: A-2. Nothing was held; choose others.', {
    seats: ['A-2'],
    areas: [],
  }),
  ReservedForWaitlist: told('What is free there is kept for those who wait; join the waitlist.', {
    seats: ['A-1'],
    areas: [],
  }),
  TicketLimitExceeded: told(
    'A customer may have 3 tickets of this show; this one has 2 and asks for 2 more.',
    {
      limit: 3,
      held: 2,
    },
  ),
  CoolingDown: told(`This customer let 3 holds in a row lapse; hold again from ${until} on.`, { until }),
  SalesNotOpen: told(`Sales open at ${at}.`, { opensAt: at }),
  SalesClosed: told(`Sales closed at ${at}.`),
  SalesPaused: told('Sales are paused by the organiser; try again later.'),
  ShowCancelled: told('This show is cancelled; it cannot be changed any more.'),
  EventCancelled: told('This event is cancelled; it cannot be changed any more.'),
  SeatsAvailable: told('Free in Stalls: 20. Hold them.', { free: 20 }),
  AlreadyWaiting: told('This customer stands in this line already.', { entryId: IDS.entryId }),
  HoldExpired: told(`This hold ended at ${until}; hold the seats again.`),
  HoldReleased: told('This hold was released; hold the seats again.'),
  HoldConfirmed: told('This hold is confirmed; cancel its booking instead.', { bookingId }),
  BookingCancelled: told('The booking of this hold was cancelled; hold the seats again.', { bookingId }),
  CapacityBelowTaken: told('Held or booked in floor: 3; its capacity cannot be less.', {
    areaId: 'floor',
    taken: 3,
  }),
  PreconditionFailed: told(
    'Its present version is another: it was edited meanwhile, or what you named is no `version` (an ETag is none). Read it again, then send your edit with its present version.',
    { version: 2 },
  ),
  PayloadTooLarge: told('The body is larger than this address takes; send less at once.'),
  UnsupportedMediaType: ({ bodyType = 'application/json' }) =>
    told(`Send the body as ${bodyType}, with that Content-Type.`),
  UnknownSeat: told('This show has no seat Z-1; seat ids are those of its seating plan.', { seats: ['Z-1'] }),
  UnknownArea: told('This show has no area roof; area ids are those of its seating plan.', {
    areas: ['roof'],
  }),
  UnknownCategory: told('This show has no category Roof; it has Stalls, Standing.', { categories: ['Roof'] }),
  IdempotencyKeyReused: told(
    'This Idempotency-Key was used for another body. Send the first body again, or take a new key.',
  ),
  DuplicateSeatId: told('Give each seat an id of its own; doubled: "A-1".', { seats: ['A-1'] }),
  InvalidSeatingPlan: told('Name each category once; doubled: "Stalls".', { categories: ['Stalls'] }),
  InvalidFeed: told('The feed is no XML: it does not begin with "<".'),
  RateLimited: told('That is more than 100 requests in a minute; go on in 60 s.'),
  InternalError: told('Something went wrong here; it was logged under the requestId.'),
  Overloaded: told('The request took too long; try again.'),
  Unavailable: told('The database cannot be reached; try again soon.'),
};

const NOT_ON_SALE = { ShowCancelled: told('This show is cancelled; choose another one.') };
/** Where an operation says it in other words. */
const OTHERWISE: Readonly<Record<string, Partial<Record<ProblemCode, Told>>>> = {
  holdSeats: NOT_ON_SALE,
  joinWaitlist: {
    ...NOT_ON_SALE,
    SeatsUnavailable: told('Stalls has 2 in all: ask for fewer, or set "acceptFewer".', {
      seats: [],
      areas: [],
      free: 0,
    }),
  },
  confirmHold: { ShowCancelled: told('This show is cancelled; nothing can be confirmed.') },
  blockSeats: {
    SeatsUnavailable: told('Not to be had: A-2. Nothing was blocked; choose others.', {
      seats: ['A-2'],
      areas: [],
    }),
  },
  readyz: { Unavailable: told('The database does not answer; see that it runs and can be reached.') },
};

interface Example {
  readonly value: ReturnType<typeof problemDocument>;
}
export type ProblemExamples = Readonly<Record<string, Example>>;

/** An example of each, by its code; undefined where there is none. */
export function exampleProblems(codes: readonly ProblemCode[], route: Refusing): ProblemExamples | undefined {
  const url = route.url.replaceAll(/:(\w+)/g, (_, name: string) => IDS[name as keyof typeof IDS]);
  const examples = Object.fromEntries(
    codes.flatMap((code) => {
      const found = OTHERWISE[route.operationId]?.[code] ?? TOLD[code as keyof typeof TOLD];
      if (found === undefined) return [];
      const { detail, members } = typeof found === 'function' ? found(route) : found;
      return [[code, { value: problemDocument(code, detail, { url, requestId: 'a1b2c3d4-1' }, members) }]];
    }),
  );
  return Object.keys(examples).length > 0 ? examples : undefined;
}

/** Of all operations: those that differ in nothing but `instance` stand in the document once, as the first of them is. */
export class SharedExamples {
  readonly byName: Record<string, Example> = {};
  readonly #names = new Map<string, string>();

  refer(examples: ProblemExamples): Record<string, { readonly $ref: string }> {
    const references = Object.entries(examples).map(([code, example]) => [
      code,
      { $ref: `#/components/examples/${this.#nameOf(code, example)}` },
    ]);
    return Object.fromEntries(references);
  }

  #nameOf(code: string, example: Example): string {
    const said = JSON.stringify({ ...example.value, instance: '' });
    const known = this.#names.get(said);
    if (known !== undefined) return known;
    const others = Object.values(this.byName).filter(({ value }) => value['code'] === code).length;
    const name = others === 0 ? code : `${code}-${others + 1}`;
    this.#names.set(said, name);
    this.byName[name] = example;
    return name;
  }
}
