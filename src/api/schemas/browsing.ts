// Queries and answers of everything under Browse.
import { z } from 'zod';
import {
  AMOUNT_MAX,
  areaCapacity,
  cooldownMs,
  count,
  currency,
  lat,
  list,
  lon,
  money,
  placeCount,
  seatCount,
  text,
  ticketsPerCustomer,
  ttlMs,
} from './basics.ts';
import { written } from './booking.ts';
import {
  cursor,
  flag,
  limit,
  near,
  NEAR_NEEDED,
  radiusKm,
  priceRange,
  repeatable,
  TIME_FORMS,
  timeParameter,
  wholeParameter,
  withNear,
} from './queries.ts';

const TAGS_MAX = 20;
const price = wholeParameter(0, AMOUNT_MAX);
const PRICED =
  'what a price category of a show that matches costs, in minor units of `currency`; with `category`, that one.';
const words = text().optional().meta({ description: 'Words; typos are forgiven.' });

export const locationsQuery = z
  .strictObject({ q: words, near: near.optional(), radiusKm: radiusKm.optional(), limit, cursor })
  .refine(withNear, NEAR_NEEDED);

export const eventsQuery = z
  .strictObject({
    q: words,
    near: near.optional(),
    radiusKm: radiusKm.optional(),
    from: timeParameter
      .optional()
      .meta({ description: `Not before: a show's start; now by default. ${TIME_FORMS}` }),
    to: timeParameter.optional().meta({ description: `Before: a show's start. ${TIME_FORMS}` }),
    type: text().optional().meta({ description: "An event's `type`, letter by letter, such as `concert`." }),
    tag: repeatable(TAGS_MAX)
      .optional()
      .meta({ description: 'One of its `tags`, letter by letter. May repeat: all must match.' }),
    category: text().optional().meta({ description: "A price category's name, in whatever case." }),
    priceMin: price.optional().meta({ description: `At least: ${PRICED}` }),
    priceMax: price.optional().meta({ description: `At most: ${PRICED}` }),
    currency: currency
      .optional()
      // No example: the page would fill it in, and a currency alone is refused.
      .meta({ description: 'Of `priceMin` and `priceMax`, as ISO 4217 such as `EUR`.' }),
    sort: z.enum(['relevance', 'distance', 'startsAt']).optional().meta({
      description: '`relevance` by default with `q`, else `distance` with `near`, else `startsAt`.',
    }),
    facets: flag.meta({
      description:
        '`true` adds `facets`: what all the events found have in common, counted, on whatever page.',
    }),
    limit,
    cursor,
  })
  .refine(withNear, NEAR_NEEDED)
  .superRefine(priceRange)
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    error: 'Let `to` be later than `from`.',
    path: ['to'],
  })
  .refine((query) => query.sort !== 'distance' || query.near !== undefined, {
    error: 'Is missing; give `near` too: where distances are counted from.',
    path: ['near'],
    params: { code: 'missing' },
  });

const counts = {
  capacity: placeCount,
  free: placeCount,
  held: placeCount,
  booked: placeCount,
  blocked: placeCount,
};
const venue = z
  .object({
    id: z.uuid(),
    name: z.string(),
    address: z.string().nullable(),
    city: z.string(),
    country: z.string().nullable(),
    lat: lat.nullable(),
    lon: lon.nullable(),
    timeZone: z.string(),
  })
  .meta({ id: 'Venue' });
const category = z
  .object({
    id: z.string(),
    name: z.string(),
    color: z.string().nullable(),
    price: money,
    ...counts,
    waiting: count,
  })
  .meta({ id: 'ShowCategory' });
export const area = z
  .object({ id: z.string(), name: z.string(), categoryId: z.string(), ...counts })
  .meta({ id: 'ShowArea' });
const showFields = {
  id: z.uuid(),
  eventId: z.uuid(),
  status: z.enum(['draft', 'scheduled', 'onSale', 'paused', 'closed', 'cancelled']),
  version: count,
  venue: venue.nullable(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime().nullable(),
  timeZone: z.string(),
  salesOpenAt: z.iso.datetime().nullable(),
  salesCloseAt: z.iso.datetime(),
  holdTtlMs: ttlMs,
  offerTtlMs: ttlMs,
  ticketsPerCustomer,
  waitlistPolicy: z.enum(['strict', 'best-fit']),
  cooldownMs,
  seatingPlanId: z.uuid(),
  categories: z.array(category),
};
export const show = z.object({ ...showFields, areas: z.array(area) }).meta({ id: 'Show' });
const showInList = z.object(showFields).meta({ id: 'ShowInList' });
export const event = z
  .object({
    id: z.uuid(),
    title: z.string(),
    description: z.string().nullable(),
    type: z.string().nullable(),
    tags: z.array(z.string()),
    language: z.string().nullable(),
    status: z.enum(['draft', 'published', 'cancelled']),
    version: count,
  })
  .meta({ id: 'Event' });
const eventFound = z
  .object({
    id: z.uuid(),
    title: z.string(),
    type: z.string().nullable(),
    tags: z.array(z.string()),
    language: z.string().nullable(),
    status: event.shape.status,
    nextShow: z
      .object({
        id: z.uuid(),
        startsAt: z.iso.datetime(),
        timeZone: z.string(),
        venue,
      })
      .nullable()
      .meta({ description: 'The earliest of the shows that match.' }),
    priceFrom: money
      .nullable()
      .meta({ description: 'The lowest of the shows that match, in whatever category.' }),
    free: placeCount.meta({ description: 'Of `nextShow`, in all its categories.' }),
    distanceKm: z.number().min(0).optional().meta({ description: 'Only with `near`.' }),
  })
  .meta({ id: 'EventFound' });
const facet = z.array(z.object({ value: z.string(), count }));
const facets = z
  .object({
    types: facet,
    tags: facet,
    cities: z.array(z.object({ id: z.uuid(), name: z.string(), country: z.string().nullable(), count })),
    months: facet.meta({ description: '`2027-05`, by the clocks of the place.' }),
  })
  .meta({ id: 'Facets', description: 'Only with `facets=true`.' });
const location = z
  .object({
    id: z.string(),
    kind: z.enum(['city', 'venue']),
    name: z.string(),
    city: z.string(),
    country: z.string().nullable(),
    lat: lat.nullable(),
    lon: lon.nullable(),
    eventCount: count,
    distanceKm: z.number().min(0).optional().meta({ description: 'Only with `near`.' }),
  })
  .meta({ id: 'Location' });
const point = z.object({ x: z.number(), y: z.number() });
const planCategory = z.object({ id: z.string(), name: z.string(), color: z.string().nullable() });
const planArea = z.object({
  id: z.string(),
  name: z.string(),
  categoryId: z.string(),
  capacity: areaCapacity,
});
const planFields = {
  id: z.uuid(),
  venueId: z.uuid(),
  name: z.string(),
  seatCount,
  categories: z.array(planCategory),
  areas: z.array(planArea),
};
const drawnPlan = z.object(planFields).meta({ id: 'DrawnSeatingPlan', description: 'Without its seats.' });
const seat = z.object({
  id: z.string(),
  row: z.string(),
  number: z.string(),
  categoryId: z.string(),
  x: z.number(),
  y: z.number(),
  zone: z.string(),
});
const seatingPlan = z
  .object({ ...planFields, focalPoint: point, seats: z.array(seat) })
  .meta({ id: 'SeatingPlan' });
const availability = z
  .object({
    showId: z.uuid(),
    revision: written.revision,
    seatingPlanId: z.uuid(),
    seatCount,
    seats: z.string().meta({
      description:
        'Base64: two bits a seat in plan order, least significant first: 0 free, 1 held, 2 booked, 3 blocked or kept for the waitlist.',
    }),
    areas: z.array(area),
    categories: z.array(category),
  })
  .meta({ id: 'Availability' });

export const answers = {
  locations: list(location),
  eventsFound: list(eventFound),
  eventsSearched: list(eventFound).extend({ facets: facets.optional() }),
  event: z.object({ event }),
  shows: list(showInList),
  show: z.object({ show, revision: written.revision }),
  seatingPlan: z.object({ seatingPlan }),
  seatingPlanMade: z.object({ seatingPlan: drawnPlan, ...written }),
  availability,
};
export { venue };
