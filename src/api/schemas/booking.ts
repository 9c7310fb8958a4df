// Bodies and answers of everything under Book.
import { z } from 'zod';
import { quickChecks } from '../validation.ts';
import { AMOUNT_MAX, count, currency, CUSTOMER_ID, customerId, list, reason, text, whole } from './basics.ts';

/** Places in one request, numbered or not. */
const REQUEST_PLACES_MAX = 100;

export const seatIds = (max: number) => z.array(text()).max(max).refine(isSet, namedOnce('seat'));

export const areaQuantities = (max: number, quantityMax: number) =>
  z
    .array(z.strictObject({ areaId: text(), quantity: whole(1, quantityMax) }))
    .max(max)
    .refine((areas) => isSet(areas.map((area) => area.areaId)), namedOnce('area'));

/** For `refine`. */
export const namedOnce = (what: string) => ({
  error: `Name each ${what} once.`,
  params: { code: 'doubled' },
});

export function isSet(values: readonly string[]): boolean {
  return values.length < 2 || new Set(values).size === values.length;
}

interface Wanted {
  readonly seats?: readonly string[] | undefined;
  readonly areas?: readonly { readonly quantity: number }[] | undefined;
}

/** Whether any seat or area is named, whatever is wrong with it. */
export const namesSome = ({ seats = [], areas = [] }: Wanted): boolean => seats.length + areas.length > 0;

const placesOf = ({ seats = [], areas = [] }: Wanted): number =>
  areas.reduce((sum, area) => sum + area.quantity, seats.length);

export const holdBody = z
  .strictObject({
    customerId,
    seats: seatIds(REQUEST_PLACES_MAX).optional(),
    areas: areaQuantities(REQUEST_PLACES_MAX, REQUEST_PLACES_MAX).optional(),
    bestAvailable: z
      .strictObject({
        categoryId: text(),
        quantity: whole(1, REQUEST_PLACES_MAX),
        together: z.boolean().default(true),
      })
      .optional(),
  })
  .superRefine((body, context) => {
    const places = placesOf(body);
    const add = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (body.bestAvailable !== undefined && (body.seats !== undefined || body.areas !== undefined))
      add('bestAvailable', 'Ask either for named places or for the best available, not for both.');
    else if (body.bestAvailable === undefined && !namesSome(body))
      add('seats', 'Name at least one seat or area, or ask for `bestAvailable`.');
    else if (places > REQUEST_PLACES_MAX)
      add(
        body.areas === undefined ? 'seats' : 'areas',
        `Ask for at most ${REQUEST_PLACES_MAX} places at once.`,
      );
  })
  .meta({ examples: [{ customerId: 'customer-4711', seats: ['A-1', 'A-2'] }] });

/** What nearly every request for seats looks like, and nothing else: a customer and some seats with plain names. */
quickChecks.set(holdBody, (body) => {
  if (typeof body !== 'object' || body === null) return false;
  const { customerId: customer, seats } = body as Record<string, unknown>;
  return (
    Object.keys(body).length === 2 &&
    typeof customer === 'string' &&
    CUSTOMER_ID.test(customer) &&
    Array.isArray(seats) &&
    seats.length > 0 &&
    seats.length <= REQUEST_PLACES_MAX &&
    seats.every(isPlainText) &&
    isSet(seats as string[])
  );
});

const isPlainText = (value: unknown): boolean =>
  typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value);

export const confirmBody = z
  .strictObject({ paymentReference: text().nullish() })
  .meta({ examples: [{ paymentReference: 'pay_1' }] });
export const reasonBody = z.strictObject({ reason }).meta({ examples: [{ reason: 'changed plans' }] });
export const joinBody = z
  .strictObject({
    customerId,
    categoryId: text(),
    quantity: whole(1, REQUEST_PLACES_MAX),
    acceptFewer: z.boolean().default(false),
  })
  .meta({ examples: [{ customerId: 'customer-4711', categoryId: 'Stalls', quantity: 2 }] });
export const moveBody = z
  .strictObject({ ahead: whole(0, 1_000_000_000), reason })
  .meta({ examples: [{ ahead: 0, reason: 'wheelchair user' }] });

const quantity = whole(1, REQUEST_PLACES_MAX);
const places = {
  seats: z.array(z.string()),
  areas: z.array(z.object({ areaId: z.string(), quantity })),
};
const total = z
  .object({ amount: whole(0, REQUEST_PLACES_MAX * AMOUNT_MAX), currency })
  .meta({ description: 'Integer minor units.' });
const hold = z
  .object({
    id: z.uuid(),
    showId: z.uuid(),
    customerId: z.string(),
    status: z.enum(['live', 'confirmed', 'released', 'expired']),
    ...places,
    total,
    until: z.iso.datetime(),
  })
  .meta({ id: 'Hold' });
const booking = z
  .object({
    id: z.uuid(),
    showId: z.uuid(),
    holdId: z.uuid(),
    customerId: z.string(),
    status: z.enum(['confirmed', 'cancelled']),
    ...places,
    total,
    confirmedAt: z.iso.datetime(),
  })
  .meta({ id: 'Booking' });
const entry = z
  .object({
    id: z.uuid(),
    showId: z.uuid(),
    customerId: z.string(),
    categoryId: z.string(),
    quantity,
    acceptFewer: z.boolean(),
    status: z.enum(['waiting', 'offered', 'taken', 'declined', 'lapsed', 'left']),
    ahead: count.meta({ description: 'How many wait in front; 0 unless waiting.' }),
    offer: z
      .object({
        holdId: z.uuid(),
        ...places,
        until: z.iso.datetime(),
      })
      .nullable(),
  })
  .meta({ id: 'WaitlistEntry' });
const written = {
  revision: count.meta({ description: 'Of the stream.', examples: [7] }),
  position: z.string().meta({ description: 'For X-Min-Position.', examples: ['184'] }),
};

export const answers = {
  hold: z.object({ hold }),
  holdDone: z.object({ hold, ...written }),
  booking: z.object({ booking }),
  bookingDone: z.object({ booking, ...written }),
  entry: z.object({ entry, revision: written.revision }),
  entryDone: z.object({ entry, ...written }),
  holds: list(hold),
  bookings: list(booking),
  entries: list(entry),
};
export { written };
