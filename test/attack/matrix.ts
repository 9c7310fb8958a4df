// Who may call what, written down once more and apart from the routes: for every operation of the OpenAPI document the
// scopes of which one is needed, whose it is, and a request that succeeds for who may.
import type { World } from './world.ts';

type Scope = 'browse' | 'book' | 'organize' | 'analyze' | 'admin';

export interface Sent {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Row {
  /** Any one is enough; empty: everybody, also without a key. `admin` has them all. */
  readonly scopes: readonly Scope[];
  /** What somebody else's is answered with, where the operation is on a thing that belongs to a front end. */
  readonly others?: 'HoldNotFound' | 'BookingNotFound' | 'EntryNotFound';
  /** Looks at no key at all, good or bad: what probes and Prometheus call. */
  readonly asksNobody?: true;
  /** A request of its own each time, on things of the owner's where there is an owner. */
  request(world: World): Sent | Promise<Sent>;
}

const open = (path: (world: World) => string): Row => ({ scopes: [], request: (w) => ({ path: path(w) }) });
const probe = (path: string): Row => ({ scopes: [], asksNobody: true, request: () => ({ path }) });
const organize = (request: Row['request']): Row => ({ scopes: ['organize'], request });
const admin = (request: Row['request']): Row => ({ scopes: ['admin'], request });
const analyze = (path: (world: World) => string): Row => ({
  scopes: ['analyze'],
  request: (w) => ({ path: path(w) }),
});
const owned = (others: Row['others'], request: Row['request']): Row => ({
  scopes: ['book', 'organize'],
  others,
  request,
});
const reason = { reason: 'a test' };
const feed = '<?xml version="1.0" encoding="UTF-8"?><eventList version="1.0"><output></output></eventList>';

export const MATRIX: Readonly<Record<string, Row>> = {
  'GET /healthz': probe('/healthz'),
  'GET /readyz': probe('/readyz'),
  'GET /metrics': probe('/metrics'),

  'GET /v1/locations': open(() => '/v1/locations'),
  'GET /v1/locations/{locationId}/events': open((w) => `/v1/locations/${w.locationId}/events`),
  'GET /v1/events': open(() => '/v1/events'),
  'GET /v1/events/{eventId}': open((w) => `/v1/events/${w.hall.eventId}`),
  'GET /v1/events/{eventId}/shows': open((w) => `/v1/events/${w.hall.eventId}/shows`),
  'GET /v1/shows/{showId}': open((w) => w.hall.path),
  'GET /v1/seating-plans/{seatingPlanId}': open((w) => `/v1/seating-plans/${w.hall.seatingPlanId}`),
  'GET /v1/venues/{venueId}': open((w) => `/v1/venues/${w.hall.venueId}`),
  'GET /v1/shows/{showId}/availability': open((w) => `${w.hall.path}/availability`),
  'GET /v1/shows/{showId}/availability/stream': open((w) => `${w.hall.path}/availability/stream`),

  'POST /v1/shows/{showId}/holds': {
    scopes: ['book'],
    request: (w) => ({ path: `${w.hall.path}/holds`, body: w.holdBody() }),
  },
  'GET /v1/shows/{showId}/holds/{holdId}': owned('HoldNotFound', async (w) => ({ path: await w.hold() })),
  'DELETE /v1/shows/{showId}/holds/{holdId}': owned('HoldNotFound', async (w) => ({ path: await w.hold() })),
  'POST /v1/shows/{showId}/holds/{holdId}/confirm': owned('HoldNotFound', async (w) => ({
    path: `${await w.hold()}/confirm`,
    body: {},
  })),
  'GET /v1/shows/{showId}/bookings/{bookingId}': owned('BookingNotFound', async (w) => ({
    path: await w.booking(),
  })),
  'POST /v1/shows/{showId}/bookings/{bookingId}/cancel': owned('BookingNotFound', async (w) => ({
    path: `${await w.booking()}/cancel`,
    body: reason,
  })),
  'POST /v1/shows/{showId}/waitlist': {
    scopes: ['book'],
    request: (w) => ({ path: `${w.soldOut.path}/waitlist`, body: w.joinBody() }),
  },
  'GET /v1/shows/{showId}/waitlist/{entryId}': owned('EntryNotFound', async (w) => ({
    path: await w.entry(),
  })),
  'DELETE /v1/shows/{showId}/waitlist/{entryId}': owned('EntryNotFound', async (w) => ({
    path: await w.entry(),
  })),

  'GET /v1/shows/{showId}/holds': organize((w) => ({ path: `${w.hall.path}/holds` })),
  'GET /v1/shows/{showId}/bookings': organize((w) => ({ path: `${w.hall.path}/bookings` })),
  'GET /v1/shows/{showId}/waitlist': organize((w) => ({ path: `${w.hall.path}/waitlist` })),
  'POST /v1/shows/{showId}/waitlist/{entryId}/move': organize(async (w) => ({
    path: `${await w.entry()}/move`,
    body: { ahead: 0, ...reason },
  })),
  'POST /v1/shows/{showId}/waitlist/{entryId}/remove': organize(async (w) => ({
    path: `${await w.entry()}/remove`,
    body: reason,
  })),
  'POST /v1/venues': organize(() => ({
    path: '/v1/venues',
    body: { name: 'Hall', timeZone: 'Europe/Madrid', city: 'Madrid' },
  })),
  'PATCH /v1/venues/{venueId}': organize((w) => ({
    path: `/v1/venues/${w.hall.venueId}`,
    body: { name: 'Other' },
  })),
  'POST /v1/venues/{venueId}/seating-plans': organize((w) => ({
    path: `/v1/venues/${w.hall.venueId}/seating-plans`,
    body: { areas: [{ id: 'floor', name: 'Floor', categoryId: 'Standing', capacity: 5 }] },
  })),
  'POST /v1/events': organize(() => ({ path: '/v1/events', body: { title: 'Ninth Symphony' } })),
  'PATCH /v1/events/{eventId}': organize((w) => ({
    path: `/v1/events/${w.hall.eventId}`,
    body: { type: 'opera' },
  })),
  'POST /v1/events/{eventId}/publish': organize((w) => ({
    path: `/v1/events/${w.hall.eventId}/publish`,
    body: {},
  })),
  'POST /v1/events/{eventId}/cancel': organize(async (w) => ({
    path: `/v1/events/${await w.emptyEvent()}/cancel`,
    body: reason,
  })),
  'POST /v1/events/{eventId}/shows': organize((w) => ({
    path: `/v1/events/${w.hall.eventId}/shows`,
    body: w.showBody(),
  })),
  'PATCH /v1/shows/{showId}': organize((w) => ({ path: w.hall.path, body: { ticketsPerCustomer: 9 } })),
  'POST /v1/shows/{showId}/block': organize((w) => ({
    path: `${w.hall.path}/block`,
    body: { seats: ['A-1'], ...reason },
  })),
  'POST /v1/shows/{showId}/unblock': organize((w) => ({
    path: `${w.hall.path}/unblock`,
    body: { seats: ['A-1'], ...reason },
  })),
  'POST /v1/shows/{showId}/pause': organize(async (w) => ({
    path: `${await w.emptyShow()}/pause`,
    body: reason,
  })),
  'POST /v1/shows/{showId}/resume': organize((w) => ({ path: `${w.hall.path}/resume`, body: reason })),
  'POST /v1/shows/{showId}/cancel': organize(async (w) => ({
    path: `${await w.emptyShow()}/cancel`,
    body: reason,
  })),
  'POST /v1/imports': organize(() => ({
    path: '/v1/imports',
    body: feed,
    headers: { 'content-type': 'application/xml' },
  })),
  'GET /v1/imports/{importId}': organize((w) => ({ path: `/v1/imports/${w.importId}` })),

  'POST /v1/api-keys': admin(() => ({ path: '/v1/api-keys', body: { name: 'shop', scopes: ['browse'] } })),
  'GET /v1/api-keys': admin(() => ({ path: '/v1/api-keys' })),
  'DELETE /v1/api-keys/{keyId}': admin(async (w) => ({ path: `/v1/api-keys/${await w.apiKeyId()}` })),

  'GET /v1/log': analyze(() => '/v1/log'),
  'GET /v1/streams/{streamId}': analyze((w) => `/v1/streams/show-${w.hall.showId}`),
};
