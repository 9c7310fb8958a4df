// Requests out of schemas: mostly as documented, with names that mean something in the house in the places where they
// would, and now and then one thing wrong: what is missing, unknown, of another type, too large, or poison.
import * as fc from 'fast-check';
import type { Schema } from './open-api.ts';

/** Resolved when the request is sent, against what earlier answers have named. */
export class Known {
  readonly kind: string;
  readonly nth: number;

  constructor(kind: string, nth: number) {
    this.kind = kind;
    this.nth = nth;
  }
}

export const HOSTILE_TEXTS = [
  '',
  ' ',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "' or 1=1 --",
  '%00',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '=1+1',
  '\r\nSet-Cookie: x=1',
  '\u202e\u200b',
  'x'.repeat(5_000),
  '00000000-0000-4000-8000-000000000000',
  'NaN',
  '1e309',
  '-1',
  'null',
  'é'.repeat(200),
];
const hostileLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...HOSTILE_TEXTS),
  fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 1e21, -1e-9, 2 ** 53, [], {}, [[]], [null], { a: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
);
const HOSTILE_NAMES =
  '__proto__ constructor prototype toString isAdmin scopes clientId price status until id $ref seats[]';
const hostileName = fc.constantFrom('', '\0', 'x'.repeat(300), ...HOSTILE_NAMES.split(' '));

const text = ({ minLength = 0, maxLength = 200 }: Schema): fc.Arbitrary<unknown> =>
  fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 20), unit: 'grapheme' });

/** Names that mean something in the house; the kinds are those of `Known`. */
const NAMED: Readonly<Record<string, string>> = {
  customerId: 'customer',
  categoryId: 'category',
  areaId: 'area',
  venueId: 'venueId',
  seatingPlanId: 'seatingPlanId',
  clientId: 'clientId',
};
const known = (kind: string): fc.Arbitrary<unknown> => fc.nat(20).map((nth) => new Known(kind, nth));

/** Values that fit a schema; `name` is the field's. */
function fitting(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const kind = NAMED[name];
  if (kind !== undefined) return known(kind);
  if (name === 'wait') return fc.constant(0);
  if (name === 'prices') return fc.constant(0).map(() => new Known('prices', 0));
  if (name === 'timeZone') return fc.constantFrom('Europe/Madrid', 'UTC', 'Asia/Tokyo');
  if (name === 'currency') return fc.constantFrom('EUR', 'JPY');
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => fitting(one, name)));
  switch (schema.type) {
    case 'string':
      return string(schema, name);
    case 'integer':
    case 'number':
      return numeric(schema);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return list(schema, name);
    case 'object':
      return object(schema);
    default:
      return fc.constant(null);
  }
}

function string(schema: Schema, name: string): fc.Arbitrary<unknown> {
  if (schema.format === 'date-time')
    return fc
      .date({ min: new Date('2098-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
  return name === 'seats' ? known('seat') : text(schema);
}

function numeric({ type, minimum = -1e6, maximum = 1e6 }: Schema): fc.Arbitrary<unknown> {
  const whole = { min: Math.ceil(minimum), max: Math.floor(maximum) };
  const small = { min: whole.min, max: Math.min(whole.max, Math.max(whole.min, 0) + 3) };
  if (type === 'number') return fc.double({ min: minimum, max: maximum, noNaN: true });
  return fc.oneof({ weight: 4, arbitrary: fc.integer(small) }, { weight: 1, arbitrary: fc.integer(whole) });
}

function list({ items = {}, minItems = 0 }: Schema, name: string): fc.Arbitrary<unknown> {
  const length = { minLength: minItems, maxLength: minItems + 3 };
  return fc.uniqueArray(fitting(items, name), {
    ...length,
    comparator: (a, b) => a instanceof Known && b instanceof Known && a.nth === b.nth,
  });
}

function object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([field, of]) => [field, fitting(of, field)]),
  );
  return fc.record(fields, { requiredKeys: [...required] });
}

/** Of four one with something wrong in it. */
export function mostlyFitting(schema: Schema): fc.Arbitrary<unknown> {
  const good = fitting(schema);
  const bad = fc
    .tuple(good, fc.constantFrom('replace', 'drop', 'add', 'whole'), fc.nat(50), hostileLeaf, hostileName)
    .map(([value, how, at, leaf, name]) => spoilt(value, how, at, leaf, name));
  return fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: bad });
}

/** One place of a value made wrong; the places are numbered as they are met. */
function spoilt(value: unknown, how: string, at: number, leaf: unknown, name: string): unknown {
  const copy = structuredCloneKeepingKnown(value);
  const places = placesOf(copy);
  const place = places[at % Math.max(1, places.length)];
  if (how === 'whole' || place === undefined) return leaf;
  const [holder, key] = place;
  if (how === 'replace') define(holder, key, leaf);
  if (how === 'drop') Reflect.deleteProperty(holder, key);
  if (how === 'add') define(holder, name, leaf);
  return copy;
}

/** As an own property, whatever its name. */
const define = (holder: object, key: string, value: unknown): void =>
  void Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });

function placesOf(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null || value instanceof Known) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [value, key] as [object, string],
    ...placesOf(inner),
  ]);
}

function structuredCloneKeepingKnown(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Known) return value;
  if (Array.isArray(value)) return Array.from(value, structuredCloneKeepingKnown);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, structuredCloneKeepingKnown(inner)]),
  );
}
