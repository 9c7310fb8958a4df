// Bodies and answers of everything under Manage.
import { z } from 'zod';
import { PLACES_MAX, SEATS_MAX } from '../../domain/seating-plan/drawing.ts';
import {
  areaCapacity,
  cooldownMs,
  count,
  lat,
  lon,
  longText,
  newName,
  prices,
  reason,
  SOME_FIELD,
  someField,
  text,
  time,
  ticketsPerCustomer,
  timeZone,
  ttlMs,
} from './basics.ts';
import { areaQuantities, isSet, namedOnce, namesSome, seatIds, written } from './booking.ts';
import { event, show, venue } from './browsing.ts';

/** All seats of the largest plan, by long names. */
export const BLOCK_BODY_LIMIT = 8 * 1024 * 1024;
const AREAS_MAX = 10_000;
const DESCRIPTION_MAX = 10_000;

const country = z.string().regex(/^[A-Z]{2}$/, 'Give an ISO 3166-1 code of two letters such as "ES".');
const language = z
  .string()
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}$/, 'Give a BCP 47 language tag such as "en" or "pt-BR".');

const venueFields = {
  name: newName(),
  timeZone,
  address: longText(500).nullish(),
  city: newName(),
  country: country.nullish(),
  lat: lat.nullish(),
  lon: lon.nullish(),
};
export const venueBody = z.strictObject(venueFields).meta({
  examples: [
    {
      name: 'Teatro Real',
      timeZone: 'Europe/Madrid',
      city: 'Madrid',
      country: 'ES',
      lat: 40.4184,
      lon: -3.7106,
    },
  ],
});
export const venuePatch = z
  .strictObject(venueFields)
  .partial()
  .refine(someField, SOME_FIELD)
  .meta({ examples: [{ name: 'Gran Teatro Real' }] });

/** A set: what is said twice is said. */
const tags = z
  .array(newName(64))
  .max(50)
  .overwrite((all) => [...new Set(all)]);

const eventFields = {
  title: newName(300),
  description: longText(DESCRIPTION_MAX).nullish(),
  type: newName(64).nullish(),
  tags: tags.optional(),
  language: language.nullish(),
};
export const eventBody = z
  .strictObject(eventFields)
  .meta({ examples: [{ title: 'Ninth Symphony', type: 'concert', tags: ['classical'], language: 'en' }] });
export const eventPatch = z
  .strictObject(eventFields)
  .partial()
  .refine(someField, SOME_FIELD)
  .meta({ examples: [{ title: 'Ninth Symphony, twice' }] });

const rules = {
  holdTtlMs: ttlMs.optional().meta({ description: 'How long a hold lives. A new show: 600000.' }),
  offerTtlMs: ttlMs.optional().meta({ description: 'How long an offer lives. A new show: its `holdTtlMs`.' }),
  ticketsPerCustomer: ticketsPerCustomer
    .optional()
    .meta({ description: 'Held and booked, over all clients. A new show: 10.' }),
  waitlistPolicy: z.enum(['strict', 'best-fit']).optional().meta({
    description:
      'Whether the first in line waits until it can be served whole, or is passed by who can. A new show: `strict`.',
  }),
  cooldownMs: cooldownMs.optional().meta({
    description:
      'The pause of a customer who let three holds in a row lapse, before holding or joining again; 0 is none.',
  }),
};
const window = {
  endsAt: time.nullish().meta({ description: 'Not before `startsAt`; null: not known.' }),
  salesOpenAt: time.nullish().meta({ description: 'null, and for a new show: with its publication.' }),
  salesCloseAt: time
    .nullish()
    .meta({ description: 'null, and for a new show: with its start, and follows it.' }),
};

// Any string: an id that is none is an unknown one, 404.
const idInBody = z.string().max(100);

export const showBody = z
  .strictObject({ venueId: idInBody, seatingPlanId: idInBody, startsAt: time, ...window, prices, ...rules })
  .meta({
    examples: [
      {
        venueId: '0b6c1c7e-5b0e-4b43-9c35-0d4a3f0f8a11',
        seatingPlanId: '6f2d7f0e-7a53-4d0f-a4c8-0c60e7d8a0b2',
        startsAt: '2027-05-01T19:00:00Z',
        prices: { Stalls: { amount: 2500, currency: 'EUR' } },
      },
    ],
  });

export const showPatch = z
  .strictObject({
    startsAt: time.optional(),
    ...window,
    ...rules,
    prices: prices.refine(someField, 'Give at least one price to change.').optional(),
    areas: z
      .array(z.strictObject({ id: text(), capacity: areaCapacity }))
      .min(1)
      .max(AREAS_MAX)
      .refine((areas) => isSet(areas.map((area) => area.id)), namedOnce('area'))
      .optional(),
    reason: reason.nullish(),
  })
  .refine(({ reason: _reason, ...changes }) => someField(changes), SOME_FIELD)
  .refine(
    (body) => (body.prices === undefined && body.areas === undefined) || typeof body.reason === 'string',
    {
      error: 'Is missing; prices and capacities change for a reason.',
      path: ['reason'],
      params: { code: 'missing' },
    },
  )
  .meta({ examples: [{ ticketsPerCustomer: 6 }] });

export const blockBody = z
  .strictObject({
    seats: seatIds(SEATS_MAX).optional(),
    areas: areaQuantities(AREAS_MAX, PLACES_MAX).optional(),
    reason,
  })
  .refine(namesSome, { error: 'Name at least one seat or area.', path: ['seats'] })
  .meta({ examples: [{ seats: ['A-1'], reason: 'sight line' }] });

export const emptyBody = z.strictObject({}).meta({ examples: [{}] });

/** Every answer to a command on a resource of the catalogue. */
const done = <K extends string, T extends z.ZodType>(name: K, thing: T) =>
  z.object({ [name]: thing, ...written } as Record<K, T> & typeof written);
const versionedVenue = venue.extend({ version: count }).meta({ id: 'VersionedVenue' });

export const answers = {
  venue: z.object({ venue: versionedVenue }),
  venueDone: done('venue', versionedVenue),
  eventDone: done('event', event),
  showDone: done('show', show),
};
