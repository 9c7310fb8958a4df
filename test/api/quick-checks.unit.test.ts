// The short cuts for the body that nearly everybody sends and for an empty query must never let through what a schema
// refuses, nor change it.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { holdBody } from '../../src/api/schemas/booking.ts';
import { eventsQuery, locationsQuery } from '../../src/api/schemas/browsing.ts';
import { noQuery, pageQuery } from '../../src/api/schemas/queries.ts';
import { InputInvalid, quickChecks, validatorCompiler } from '../../src/api/validation.ts';

const quick = quickChecks.get(holdBody)!;
const good = (...values: string[]) => ({ weight: 4, arbitrary: fc.constantFrom(...values) });
const odd = (...values: string[]) => ({ weight: 1, arbitrary: fc.constantFrom(...values) });
const any = { weight: 1, arbitrary: fc.oneof(fc.string(), fc.integer()) };
const seat = fc.oneof(good('A-1', 'A-2', 'B-1'), odd(' ', '', '\0', '\ud800', 'x'.repeat(201)), any);
const fields = {
  customerId: fc.oneof(good('c1', 'c_2'), odd('a@b.c', '', 'x'.repeat(65)), any),
  seats: fc.oneof(
    fc.array(seat, { maxLength: 3 }),
    fc.constant(Array.from({ length: 101 }, (_, i) => `S${i}`)),
  ),
};
const more = { areas: fc.constant([{ areaId: 'floor', quantity: 1 }]), shoeSize: fc.integer() };
const body = fc.oneof(
  fc.record(fields),
  fc.record({ ...fields, ...more }, { requiredKeys: [] }),
  fc.anything(),
);

describe('the quick check of a hold', () => {
  it('says yes only to what its schema takes as it is', () => {
    let yes = 0;
    fc.assert(
      fc.property(body, (value) => {
        if (!quick(value)) return;
        yes += 1;
        expect(holdBody.parse(value)).toEqual(value);
      }),
      { numRuns: 5_000 },
    );
    expect(yes).toBeGreaterThan(50);
  });

  it('says yes to a customer and some seats', () => {
    expect(quick({ customerId: 'customer-4711', seats: ['A-1', 'A-2'] })).toBe(true);
  });

  it.each([
    ['a seat named twice', { customerId: 'c1', seats: ['A-1', 'A-1'] }],
    ['no seat', { customerId: 'c1', seats: [] }],
    ['an address for a customer', { customerId: 'a@b.c', seats: ['A-1'] }],
    ['another field', { customerId: 'c1', seats: ['A-1'], areas: [] }],
  ])('leaves %s to the schema', (_, value) => {
    expect(quick(value)).toBe(false);
  });
});

describe('an empty query', () => {
  const check = (schema: z.ZodType) =>
    validatorCompiler({ schema, httpPart: 'querystring', method: 'GET', url: '/' }) as (data: unknown) => {
      value?: object;
      error?: Error;
    };

  it('is what its schema makes of one', () => {
    for (const schema of [eventsQuery, locationsQuery, pageQuery, noQuery])
      expect(check(schema)({}).value).toEqual(schema.parse({}));
  });

  it('is the same for everybody, so nobody may change it', () => {
    expect(Object.isFrozen(check(eventsQuery)({}).value)).toBe(true);
  });

  it('is refused where something must be given', () => {
    expect(check(z.strictObject({ after: z.string() }))({}).error).toBeInstanceOf(InputInvalid);
  });

  it('is not taken for one with a parameter that there is not', () => {
    expect(check(noQuery)({ shoeSize: '46' }).error).toBeInstanceOf(InputInvalid);
  });
});
