// Query parameters: they arrive as text, or as a list when they are repeated.
import { z } from 'zod';
import type { Moment } from '../../live/past.ts';
import { isTime } from '../../queries/query.ts';
import { text } from './basics.ts';

const WAIT_MAX_S = 30;

export const noQuery = z.strictObject({});

/** A whole number in decimal digits, as many as one that is exact may have; nothing else that a language would read as one. */
export const wholeParameter = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value),
    z.int(`Give a whole number from ${min} to ${max}.`).min(min).max(max),
  );

const decimalParameter = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value),
    z.number(`Give a number from ${min} to ${max}.`).min(min).max(max),
  );

export const limit = wholeParameter(1, 100).prefault(25).meta({ description: 'How many at most.' });
export const cursor = z
  .string()
  .min(1)
  .max(2000)
  .optional()
  .meta({ description: '`nextCursor` of the page before.' });
export const pageQuery = z.strictObject({ limit, cursor });

export const revision = wholeParameter(-1, Number.MAX_SAFE_INTEGER);
export const wait = wholeParameter(0, WAIT_MAX_S).meta({
  description: `Seconds to wait for a change, at most ${WAIT_MAX_S}.`,
});

export const TIME_FORMS = 'Without an offset it is UTC, without a time midnight.';
/** RFC 3339, or less of it, as above. Given on in UTC. */
export const timeParameter = z
  .string('Give one time.')
  .max(40)
  .transform((value) => asUtc(value) ?? '')
  .refine((value) => z.iso.datetime().safeParse(value).success, {
    error: 'Give a time that exists, as RFC 3339: 2027-05-01T19:00:00Z.',
    abort: true,
  })
  .refine(isTime, 'Give a time of the years 1 to 9999, in UTC.')
  .meta({ type: 'string', format: 'date-time', examples: ['2027-05-01T19:00:00Z'] });

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+ -]\d\d:\d\d)?)?$/i;

function asUtc(value: string): string | undefined {
  const [, date, minutes = '00:00', seconds = ':00', offset = 'Z'] = TIME.exec(value) ?? [];
  // The "+" of an offset that was not percent-encoded arrives as a blank.
  const time = `${date}T${minutes}${seconds}${offset.replace(' ', '+').toUpperCase()}`;
  return z.iso.datetime({ offset: true }).safeParse(time).success ? new Date(time).toISOString() : undefined;
}

/** A revision, or a time as above. */
export const moment = z
  .string('Give one revision or time.')
  .transform((value, context): Moment => {
    if (/^\d{1,15}$/.test(value)) return { revision: Number(value) };
    const time = timeParameter.safeParse(value);
    if (time.success) return { timeMs: Date.parse(time.data) };
    const message = 'Give a revision, or a time as RFC 3339.';
    context.addIssue({ code: 'custom', message, params: { code: 'wrongFormat' } });
    return z.NEVER;
  })
  .meta({ type: 'string', description: 'A revision, or a time: the map as it was.' });

/** `lat,lon` in degrees. */
export const near = z
  .string('Give one "lat,lon".')
  .transform((value, context) => {
    const found = /^(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)$/.exec(value.trim());
    const [lat, lon] = [Number(found?.[1]), Number(found?.[2])];
    if (found && Math.abs(lat) <= 90 && Math.abs(lon) <= 180) return { lat, lon };
    context.addIssue({ code: 'custom', message: 'Give "lat,lon" in degrees, for example 40.4168,-3.7038.' });
    return z.NEVER;
  })
  .meta({ type: 'string', description: '`lat,lon` in degrees.', examples: ['40.4168,-3.7038'] });

export const radiusKm = decimalParameter(0.001, 20_040).meta({ description: 'Only with `near`.' });

/** A parameter that may be repeated. */
export const repeatable = (max: number) =>
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(text()).max(max));

export const flag = z
  .preprocess(
    (value) => (value === 'true' || value === 'false' ? value === 'true' : value),
    z.boolean('Give `true` or `false`.'),
  )
  .prefault(false);

/** `A,B,C`; `part` says what each of them may be. */
export const commaList = (max: number, part: z.ZodType<string, string> = text()) =>
  z
    .string('Give one list, separated by commas.')
    .max(20_000)
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(part).max(max))
    .meta({ type: 'string', description: 'Separated by commas.' });

export const withNear = (query: { near?: unknown; radiusKm?: unknown }): boolean =>
  query.radiusKm === undefined || query.near !== undefined;
export const NEAR_NEEDED = {
  error: 'Is missing; give `near` too: a radius has a centre.',
  path: ['near'],
  params: { code: 'missing' },
};

interface PriceBounds {
  readonly priceMin?: number | undefined;
  readonly priceMax?: number | undefined;
  readonly currency?: string | undefined;
}

/** Amounts say nothing without their currency, and a currency nothing without one of them. */
export function priceRange({ priceMin, priceMax, currency }: PriceBounds, context: z.RefinementCtx): void {
  const isBound = priceMin !== undefined || priceMax !== undefined;
  const refuse = (field: keyof PriceBounds, message: string, code?: string) =>
    context.addIssue({ code: 'custom', path: [field], message, ...(code && { params: { code } }) });
  if (isBound && currency === undefined)
    refuse(
      'currency',
      'Is missing; give `currency` too, such as `EUR`: amounts of money are of one.',
      'missing',
    );
  if (!isBound && currency !== undefined)
    refuse(
      'priceMax',
      'Is missing; give `priceMin` or `priceMax` too: a currency alone is no price.',
      'missing',
    );
  if (priceMin !== undefined && priceMax !== undefined && priceMin > priceMax)
    refuse('priceMax', 'Let `priceMax` be no less than `priceMin`.');
}

/** Nothing where no price is asked for; a bound that is not given bounds nothing. */
export const priceAsked = ({ priceMin = 0, priceMax = Number.MAX_SAFE_INTEGER, currency }: PriceBounds) =>
  currency === undefined ? undefined : { currency, min: priceMin, max: priceMax };
