// The small parts of which all requests are made: texts, times, money, ids, bounds. What is bad is refused here with a
// sentence; what cannot be stored (NUL, half surrogates) never gets further.
import { z } from 'zod';
import { CURRENCY, isCurrency } from '../../domain/currency.ts';
import { isPlainName, NOT_PLAIN } from '../../domain/names.ts';
import { PLACES_MAX, SEATS_MAX } from '../../domain/seating-plan/drawing.ts';
import { isTimeZone } from '../../domain/time-zone.ts';

const TEXT_MAX = 200;
const TIME_MIN_MS = 0;
const TIME_MAX_MS = Date.UTC(9998, 0, 1);

/** Text that can be stored and shown: neither NUL nor half a surrogate pair, and more than blanks. */
export const text = (max = TEXT_MAX) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(isStorable, { error: 'Leave out NUL and unpaired surrogates.', abort: true })
    .refine((value) => /\S/.test(value), { error: 'Give more than blanks.', abort: true });

/** A name that something is given, as text without control characters; where a thing is only named, `text` is enough. */
export const newName = (max = TEXT_MAX) => text(max).refine(isPlainName, NOT_PLAIN);

/** As `text`, but may be empty and have several lines. */
export const longText = (max: number) =>
  z
    .string()
    .max(max)
    .refine(isStorable, { error: 'Leave out NUL and unpaired surrogates.', abort: true })
    .refine(
      (value) => isPlainName(value.replaceAll(/[\t\n\r]/g, '')),
      'Leave out control characters other than tabs and line breaks.',
    );

function isStorable(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

export const whole = (min: number, max: number) => z.int().min(min).max(max);

/** Whatever is counted from 0 on and has no bound of its own. */
export const count = z.int().min(0);
/** Seats and places of a show, or of a part of it. */
export const placeCount = whole(0, SEATS_MAX + PLACES_MAX);
export const seatCount = whole(0, SEATS_MAX);
export const areaCapacity = whole(0, PLACES_MAX);

/** Rules of a show. */
export const ttlMs = whole(1_000, 86_400_000);
export const cooldownMs = whole(0, 86_400_000);
export const ticketsPerCustomer = whole(1, 100);

export const CUSTOMER_ID = /^[A-Za-z0-9_-]{1,64}$/;

export const customerId = z
  .string()
  .regex(CUSTOMER_ID, 'Give an opaque id of 1 to 64 letters, digits, "_" and "-"; never an e-mail address.')
  .meta({
    description: 'The customer, as the front end knows them: an opaque id.',
    examples: ['customer-4711'],
  });

export const reason = text(500).meta({ description: 'Why; recorded.', examples: ['house decision'] });

const TIME_SHAPE = 'Give a time that exists, as RFC 3339 with an offset: 2027-05-01T19:00:00Z.';

/** RFC 3339 with an offset, "T" and "Z" in any case (§5.6); given on in UTC. */
export const time = z
  .string()
  .toUpperCase()
  .pipe(z.iso.datetime({ offset: true, error: TIME_SHAPE }))
  .transform((value) => Date.parse(value))
  .refine((ms) => ms >= TIME_MIN_MS && ms < TIME_MAX_MS, 'Give a time between 1970 and 9997.')
  .transform((ms) => new Date(ms).toISOString())
  .meta({ type: 'string', format: 'date-time', examples: ['2027-05-01T19:00:00Z'] });

export const currency = z
  .string()
  .regex(CURRENCY, { error: 'Give an ISO 4217 code such as "EUR".', abort: true })
  .refine(isCurrency, {
    error: ({ input }) => `"${String(input)}" is no currency; give an ISO 4217 code such as "EUR".`,
  });
export const AMOUNT_MAX = 1_000_000_000_000;

export const money = z
  .strictObject({ amount: whole(0, AMOUNT_MAX), currency })
  .meta({ description: 'Integer minor units.', examples: [{ amount: 2500, currency: 'EUR' }] });

export const prices = z
  .record(text(), money)
  .meta({ examples: [{ Stalls: { amount: 2500, currency: 'EUR' } }] });

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'Give an IANA time zone such as "Europe/Madrid".')
  .meta({ examples: ['Europe/Madrid'] });

export const lat = z.number().min(-90).max(90);
export const lon = z.number().min(-180).max(180);

/** A page of a list, as an answer. */
export const list = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });

/** For `refine`: at least one field must be there. */
export const someField = (value: object): boolean =>
  Object.values(value).some((field) => field !== undefined);
export const SOME_FIELD = 'Give at least one field to change.';
