// The same command sent again is recognised by its id and its hash, and no other is.
import fc from 'fast-check';
import { v5 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { commandIdOf, offerHoldIdOf, requestHashOf } from '../../src/commands/command-id.ts';

const scope = { clientId: 'c1', customerId: 'ann', method: 'POST', path: '/v1/shows/1/holds', key: 'k1' };

describe('the id of a command', () => {
  test('is the same UUIDv5 every time, now and in later versions', () => {
    expect(commandIdOf(scope)).toBe('90cc5217-0489-5147-8dfd-786f69a335cc');
    expect(commandIdOf({ ...scope })).toBe(commandIdOf(scope));
  });

  test('is another for another client, customer, method, path or key, however they are cut', () => {
    const others = [
      { ...scope, clientId: 'c2' },
      { ...scope, customerId: 'bob' },
      { ...scope, method: 'DELETE' },
      { ...scope, path: '/v1/shows/2/holds' },
      { ...scope, key: 'k2' },
      { ...scope, clientId: 'c1ann', customerId: '' },
      { ...scope, customerId: 'ann","POST', method: '' },
    ];
    expect(new Set([scope, ...others].map(commandIdOf)).size).toBe(others.length + 1);
  });

  test('is what the uuid package makes of it, for any text', () => {
    const isV5 = (entryId: string): void => {
      expect(offerHoldIdOf(entryId)).toBe(v5(`offer:${entryId}`, '5f0c5a6e-7d3b-4f6c-9a41-c2b7e8d90f13'));
    };
    fc.assert(fc.property(fc.string({ unit: 'binary' }), isV5));
    for (const long of ['x'.repeat(9_000), '€'.repeat(2_000)]) isV5(long);
  });
});

describe('the hash of a body', () => {
  test('is 132 bits in base64url, the same every time', () => {
    expect(requestHashOf({ seats: ['A-1'], customerId: 'ann' })).toBe('LDh8ljeY2u4hNCjdtbW7Q7');
    expect(requestHashOf(undefined)).toMatch(/^[\w-]{22}$/);
  });

  test('does not depend on the order of members or on spelling', () => {
    const one = JSON.parse('{ "b": [1.0, "\\u0041", { "y": null, "x": true }], "a": 1e2 }');
    const other = JSON.parse('{"a":100,"b":[1,"A",{"x":true,"y":null}]}');
    expect(requestHashOf(one)).toBe(requestHashOf(other));
  });

  test('is that of a body without what is not there', () => {
    expect(requestHashOf({ a: 1, b: undefined })).toBe(requestHashOf({ a: 1 }));
  });

  test('is the same for any body whichever way its members are written', () => {
    const turned = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(turned)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .toReversed()
                .map(([name, member]) => [name, turned(member)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(requestHashOf(turned(body))).toBe(requestHashOf(body));
      }),
    );
  });

  test('differs for different values', () => {
    const bodies = [
      null,
      0,
      '0',
      '',
      false,
      [],
      {},
      [[]],
      [null],
      [1, 2],
      [2, 1],
      ['1,2'],
      { a: 1 },
      { a: '1' },
      { a: null },
      { a: { b: 1 } },
      { 'a":{"b': 1 },
      [{ a: 1 }, { b: 2 }],
      [{ a: 1, b: 2 }],
      ']',
      '}',
      ['],['],
      { a: [], b: 1 },
    ];
    expect(new Set(bodies.map(requestHashOf)).size).toBe(bodies.length);
  });

  test('is that of the canonical JSON, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const again = JSON.parse(JSON.stringify(one));
        expect(requestHashOf(again)).toBe(requestHashOf(one));
        expect(requestHashOf(one) === requestHashOf(other)).toBe(sorted(one) === sorted(other));
      }),
    );
  });

  test('is there for a body nested deeper than any stack', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(requestHashOf(deep)).toMatch(/^[\w-]{22}$/);
  });
});

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(byName))
      : v,
  );
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
