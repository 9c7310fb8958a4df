// What the schemas of bodies let through to the domain, and the codes of what they do not.
import { describe, expect, it } from 'vitest';
import { holdBody } from '../../src/api/schemas/booking.ts';
import { blockBody, eventBody, showBody, showPatch, venueBody } from '../../src/api/schemas/managing.ts';
import { seatingPlanBody } from '../../src/api/schemas/seating-plan.ts';
import { eventsQuery } from '../../src/api/schemas/browsing.ts';
import { InputInvalid, validatorCompiler } from '../../src/api/validation.ts';

const show = {
  venueId: 'v',
  seatingPlanId: 'p',
  startsAt: '2027-05-01T19:00:00Z',
  prices: { Stalls: { amount: 1, currency: 'EUR' } },
};

it('whether times make sense is for the domain to say: a show may end as it starts', () => {
  for (const endsAt of [show.startsAt, '2027-05-01T18:00:00Z'])
    expect(showBody.safeParse({ ...show, endsAt }).success).toBe(true);
});

it('a time is one however RFC 3339 lets it be written, and given on in UTC', () => {
  for (const startsAt of [
    '2027-05-01t19:00:00z',
    '2027-05-01T21:00:00+02:00',
    '2027-05-01t19:00:00.000-00:00',
  ])
    expect(showBody.safeParse({ ...show, startsAt }).data?.startsAt, startsAt).toBe(
      '2027-05-01T19:00:00.000Z',
    );
  for (const startsAt of [
    '2027-05-01T19:00:00',
    '2027-05-01 19:00:00Z',
    '2027-05-01T19:00Z',
    '2027-02-29T00:00:00Z',
  ])
    expect(showBody.safeParse({ ...show, startsAt }).success, startsAt).toBe(false);
});

describe('a control character', () => {
  const refusing = (schema: typeof venueBody | typeof eventBody | typeof seatingPlanBody, data: object) =>
    (schema.safeParse(data).error?.issues ?? []).map(({ path, message }) => `${path.join('/')}: ${message}`);
  const SENTENCE = 'Leave out control characters, such as tabs and line breaks.';
  const venue = { name: 'Hall', timeZone: 'UTC', city: 'Ulm' };
  const area = { id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 1 };
  const seat = { seat_guid: 'A-1', seat_number: '1', category: 'Stalls' };
  const planOf = (changed: object) => ({
    plan: {
      name: 'Hall',
      categories: [{ name: 'Stalls' }],
      zones: [{ rows: [{ row_number: 'A', seats: [{ ...seat, ...changed }] }] }],
    },
  });

  it.each(['\u0001', '\t', '\n', '\u007f', '\u0085'])('%j is in no name', (control) => {
    const bad = `a${control}b`;
    expect([
      ...refusing(venueBody, { ...venue, name: bad, city: bad }),
      ...refusing(eventBody, { title: bad, type: bad, tags: ['fine', bad] }),
      ...refusing(seatingPlanBody, { areas: [{ ...area, id: bad, name: bad, categoryId: bad }] }),
      ...refusing(seatingPlanBody, planOf({ seat_guid: bad, category: bad })),
    ]).toEqual(
      [
        ['name', 'city'],
        ['title', 'type', 'tags/1'],
        ['areas/0/id', 'areas/0/name', 'areas/0/categoryId'],
        ['plan/zones/0/rows/0/seats/0/seat_guid', 'plan/zones/0/rows/0/seats/0/category'],
      ].flatMap((paths) => paths.map((path) => `${path}: ${SENTENCE}`)),
    );
  });

  it('may break the lines of a description or an address, and no more', () => {
    expect(refusing(venueBody, { ...venue, address: 'Main Street 1\n89073 Ulm' })).toEqual([]);
    expect(refusing(eventBody, { title: 'a', description: 'one\r\ntwo\tthree' })).toEqual([]);
    expect(refusing(eventBody, { title: 'a', description: 'one\u0001two' })).toEqual([
      'description: Leave out control characters other than tabs and line breaks.',
    ]);
  });

  it('of what is stored already does not keep anybody from naming it', () => {
    const bad = 'a\u0001b';
    expect(holdBody.safeParse({ customerId: 'ann', seats: [bad] }).success).toBe(true);
    expect(showBody.safeParse({ ...show, prices: { [bad]: { amount: 1, currency: 'EUR' } } }).success).toBe(
      true,
    );
  });
});

it('three capital letters that are no currency are refused with what was written', () => {
  const priced = (currency: string) => ({ ...show, prices: { Stalls: { amount: 1, currency } } });
  const { issues } = showBody.safeParse(priced('XXQ')).error!;
  expect(new InputInvalid('body', issues, {}).errors.map(({ message }) => message)).toEqual([
    '"XXQ" is no currency; give an ISO 4217 code such as "EUR".',
  ]);
  expect(
    showPatch.safeParse({ prices: { Stalls: { amount: 1, currency: 'XXQ' } }, reason: 'r' }).success,
  ).toBe(false);
  expect(showBody.safeParse(priced('JPY')).success).toBe(true);
});

it('an edit of a show changes something: neither no price nor no area is a change', () => {
  for (const nothing of [{}, { prices: {} }, { areas: [] }])
    expect(showPatch.safeParse({ ...nothing, reason: 'r' }).success, JSON.stringify(nothing)).toBe(false);
  expect(showPatch.safeParse({ areas: [{ id: 'pit', capacity: 0 }], reason: 'r' }).success).toBe(true);
});

it('what is named twice has one code, whoever names it', () => {
  const twice = <T>(thing: T): T[] => [thing, thing];
  const bodies = [
    holdBody.safeParse({ customerId: 'ann', seats: twice('A-1') }),
    holdBody.safeParse({ customerId: 'ann', areas: twice({ areaId: 'pit', quantity: 1 }) }),
    blockBody.safeParse({ seats: twice('A-1'), reason: 'r' }),
    blockBody.safeParse({ areas: twice({ areaId: 'pit', quantity: 1 }), reason: 'r' }),
    showPatch.safeParse({ areas: twice({ id: 'pit', capacity: 1 }), reason: 'r' }),
  ];
  const errors = bodies.flatMap(({ error }) =>
    error ? new InputInvalid('body', error.issues, {}).errors : [],
  );
  expect(errors.map(({ code }) => code)).toEqual(bodies.map(() => 'doubled'));
});

it('what is missing is said to be, whatever else its schema says of it, and so is what is given twice', () => {
  const errorsOf = (
    schema: typeof showBody | typeof showPatch | typeof eventsQuery,
    data: object,
    httpPart: string,
  ) => {
    const validate = validatorCompiler({ schema, httpPart } as never) as (data: object) => {
      error?: unknown;
    };
    return (validate(data).error as InputInvalid).errors;
  };
  const { startsAt: _missing, ...rest } = show;
  expect(errorsOf(showBody, rest, 'body')).toEqual([
    { pointer: '/startsAt', code: 'missing', message: 'Is missing; give a string.' },
  ]);
  const needed = [
    ...errorsOf(showPatch, { prices: show.prices }, 'body'),
    ...errorsOf(showPatch, { areas: [{ id: 'pit', capacity: 1 }], reason: null }, 'body'),
    ...errorsOf(eventsQuery, { radiusKm: '1' }, 'querystring'),
    ...errorsOf(eventsQuery, { sort: 'distance' }, 'querystring'),
  ];
  expect(needed.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
    '/reason missing',
    '/reason missing',
    '/query/near missing',
    '/query/near missing',
  ]);
  expect(errorsOf(eventsQuery, { q: ['a', 'b'] }, 'querystring')).toEqual([
    { pointer: '/query/q', code: 'wrongType', message: 'Is given more than once; give it once.' },
  ]);
});

it('what is there is not said to be missing: a reason that is blank, an area of which no place is asked for', () => {
  const pointers = (schema: typeof blockBody | typeof holdBody | typeof showPatch, data: object) =>
    new Set(schema.safeParse(data).error?.issues.map(({ path }) => path.join('/')));
  const none = [{ areaId: 'pit', quantity: 0 }];
  expect(pointers(blockBody, { areas: none, reason: 'r' })).toEqual(new Set(['areas/0/quantity']));
  expect(pointers(holdBody, { customerId: 'ann', areas: none })).toEqual(new Set(['areas/0/quantity']));
  const blank = showPatch.safeParse({ prices: show.prices, reason: '' }).error?.issues ?? [];
  expect(blank.map(({ message }) => message).join()).not.toContain('Is missing');
});

it('a number of a query that is none of its kind is answered with what it may be', () => {
  const validate = validatorCompiler({ schema: eventsQuery, httpPart: 'querystring' } as never) as (
    data: object,
  ) => { error: InputInvalid };
  const { errors } = validate({ limit: '1.5', near: '1,1', radiusKm: '1e9' }).error;
  expect(errors.map(({ message }) => message).sort()).toEqual([
    'Give a number from 0.001 to 20040.',
    'Give a whole number from 1 to 100.',
  ]);
});
