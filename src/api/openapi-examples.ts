// The examples of the OpenAPI document: one evening at one house, told once for each named schema and for each body that is
// no JSON. Those of whole answers are put together from them.
const showId = '4f1c9a52-7d0e-4c8b-9a64-1f2e3d4c5b6a';
const eventId = '9b2f6c1d-3e4a-4f5b-8c7d-6e5f4a3b2c1d';
const seatingPlanId = '6f2d7f0e-7a53-4d0f-a4c8-0c60e7d8a0b2';
const holdId = 'c3a1b2d4-5e6f-5a7b-8c9d-0e1f2a3b4c5d';
const customerId = 'customer-4711';
const startsAt = '2027-05-01T19:00:00.000Z';
const until = '2027-03-01T10:10:00.000Z';
const timeZone = 'Europe/Madrid';
const places = { seats: ['A-1', 'A-2'], areas: [] };
const total = { amount: 5000, currency: 'EUR' };
const price = { amount: 2500, currency: 'EUR' };

const Venue = {
  id: '0b6c1c7e-5b0e-4b43-9c35-0d4a3f0f8a11',
  name: 'Teatro Real',
  address: null,
  city: 'Madrid',
  country: 'ES',
  lat: 40.4184,
  lon: -3.7106,
  timeZone,
};
const ShowCategory = {
  id: 'Stalls',
  name: 'Stalls',
  color: '#4d7cb8',
  price,
  capacity: 4,
  free: 1,
  held: 2,
  booked: 1,
  blocked: 0,
  waiting: 0,
};
const ShowArea = {
  id: 'floor',
  name: 'Floor',
  categoryId: 'Standing',
  capacity: 500,
  free: 500,
  held: 0,
  booked: 0,
  blocked: 0,
};
const standing = {
  ...ShowCategory,
  id: 'Standing',
  name: 'Standing',
  color: null,
  capacity: 500,
  free: 500,
  held: 0,
  booked: 0,
};
const categories = [ShowCategory, standing];
const areas = [ShowArea];
const ShowInList = {
  id: showId,
  eventId,
  status: 'onSale',
  version: 1,
  venue: Venue,
  startsAt,
  endsAt: null,
  timeZone,
  salesOpenAt: '2027-03-01T09:00:00.000Z',
  salesCloseAt: startsAt,
  holdTtlMs: 600_000,
  offerTtlMs: 600_000,
  ticketsPerCustomer: 10,
  waitlistPolicy: 'strict',
  cooldownMs: 0,
  seatingPlanId,
  categories,
};
const event = { title: 'Ninth Symphony', type: 'concert', tags: ['classical'], language: 'en' };
const counted = { events: 1, shows: 3 };
const none = { events: 0, shows: 0 };
const seat = { categoryId: 'Stalls', row: 'A', zone: 'Parterre', y: 0 };
const drawnPlan = {
  id: seatingPlanId,
  venueId: Venue.id,
  name: 'Great hall',
  seatCount: 4,
  categories: categories.map(({ id, name, color }) => ({ id, name, color })),
  areas: [{ id: 'floor', name: 'Floor', categoryId: 'Standing', capacity: 500 }],
};

// Two seats held, one booked, one free: 0b00_10_01_01.
const Availability = { showId, revision: 7, seatingPlanId, seatCount: 4, seats: 'JQ==', areas, categories };

const CloudEvent = {
  specversion: '1.0',
  id: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071',
  source: '/fairseat',
  type: 'HoldReleased',
  subject: `show-${showId}`,
  time: '2027-03-01T10:05:00.000Z',
  datacontenttype: 'application/json',
  position: '185',
  revision: 8,
  correlationid: 'a1b2c3d4-1',
  causationid: '8a7b6c5d-4e3f-5a2b-9c1d-0e9f8a7b6c5d',
  commandid: '8a7b6c5d-4e3f-5a2b-9c1d-0e9f8a7b6c5d',
  actor: 'client:b2e1d0c9-b8a7-4f6e-9d5c-4b3a29180716',
  data: { holdId, ...places },
};
const AvailabilityDelta = {
  revision: 8,
  changes: [
    [0, 0],
    [1, 0],
  ],
  areas: [],
};

/** By the name of the path parameter. */
export const IDS = {
  showId,
  eventId,
  holdId,
  seatingPlanId,
  venueId: Venue.id,
  locationId: Venue.id,
  bookingId: 'e5c3d4f6-7a8b-5c9d-8e1f-2a3b4c5d6e7f',
  entryId: 'd4b2c3e5-6f7a-5b8c-8d0e-1f2a3b4c5d6e',
  keyId: 'a1f0e9d8-c7b6-4a59-8847-362514039281',
  importId: 'f6d4e5a7-8b9c-5d0e-8f2a-3b4c5d6e7f80',
  streamId: `show-${showId}`,
} as const;

/** By the name of the schema. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  Venue,
  VersionedVenue: { ...Venue, version: 1 },
  ShowCategory,
  ShowArea,
  ShowInList,
  Show: { ...ShowInList, areas },
  Event: { id: eventId, description: null, ...event, status: 'published', version: 2 },
  EventFound: {
    id: eventId,
    ...event,
    status: 'published',
    nextShow: { id: showId, startsAt, timeZone, venue: Venue },
    priceFrom: price,
    free: 501,
  },
  Facets: {
    types: [{ value: 'concert', count: 12 }],
    tags: [{ value: 'classical', count: 9 }],
    cities: [{ id: '7d3e5f1a-2b4c-5d6e-8f90-a1b2c3d4e5f6', name: 'Madrid', country: 'ES', count: 7 }],
    months: [{ value: '2027-05', count: 4 }],
  },
  Location: {
    id: Venue.id,
    kind: 'venue',
    name: Venue.name,
    city: Venue.city,
    country: Venue.country,
    lat: Venue.lat,
    lon: Venue.lon,
    eventCount: 3,
  },
  DrawnSeatingPlan: drawnPlan,
  SeatingPlan: {
    ...drawnPlan,
    focalPoint: { x: 25, y: 0 },
    seats: ['1', '2', '3', '4'].map((number, i) => ({ id: `A-${number}`, number, x: 10 + 10 * i, ...seat })),
  },
  Availability,
  AvailabilityDelta,
  CloudEvent,
  Hold: { id: holdId, showId, customerId, status: 'live', ...places, total, until },
  Booking: {
    id: IDS.bookingId,
    showId,
    holdId,
    customerId,
    status: 'confirmed',
    ...places,
    total,
    confirmedAt: '2027-03-01T10:04:30.000Z',
  },
  WaitlistEntry: {
    id: IDS.entryId,
    showId,
    customerId,
    categoryId: 'Stalls',
    quantity: 2,
    acceptFewer: false,
    status: 'offered',
    ahead: 0,
    offer: { holdId, ...places, until },
  },
  ApiKey: {
    id: IDS.keyId,
    name: 'Shop front',
    scopes: ['browse', 'book'],
    clientId: 'b2e1d0c9-b8a7-4f6e-9d5c-4b3a29180716',
    prefix: 'fs_live_Zk3q',
    createdAt: '2027-02-01T08:00:00.000Z',
    lastUsedAt: null,
    revokedAt: null,
  },
  Import: {
    id: IDS.importId,
    source: 'provider',
    created: counted,
    updated: none,
    unchanged: none,
    rejected: [],
  },
  Problem: {
    type: 'urn:fairseat:problem:SeatsUnavailable',
    title: 'Some of it cannot be had',
    status: 409,
    detail: 'Not to be had: A-2. Nothing was held; choose others.',
    code: 'SeatsUnavailable',
    instance: `/v1/shows/${showId}/holds`,
    requestId: 'a1b2c3d4-1',
    seats: ['A-2'],
    areas: [],
  },
};

const frame = (event: string, data: { readonly revision: number }): string =>
  `id: ${data.revision}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** By media type. */
export const TEXTS: Readonly<Record<string, string>> = {
  'text/event-stream': frame('snapshot', Availability) + frame('delta', AvailabilityDelta),
  'application/x-ndjson': `${JSON.stringify(CloudEvent)}\n`,
  'text/plain': 'fairseat_projection_lag_events{projection="shows"} 0\n',
  'application/xml': `<eventList version="1.0">
  <output>
    <base_event base_event_id="291" sell_mode="online" title="Ninth Symphony">
      <event event_id="291" event_start_date="2027-05-01T21:00:00" event_end_date="2027-05-01T23:00:00"
          sell_from="2027-03-01T10:00:00" sell_to="2027-05-01T20:00:00" sold_out="false">
        <zone zone_id="40" capacity="243" price="25.00" name="Stalls" numbered="true" />
      </event>
    </base_event>
  </output>
</eventList>
`,
};
