// Headers that make a request conditional: what matches, what waits, what is refused.
import type { FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import { matches } from '../../src/api/answer/etag.ts';
import { ifVersionOf } from '../../src/api/request/if-match.ts';
import { waitMs } from '../../src/api/answer/position.ts';
import { requestIds } from '../../src/api/request/request-id.ts';

const asking = (headers: Record<string, string>) => ({ headers }) as unknown as FastifyRequest;

describe('If-None-Match', () => {
  test('matches the tag alone, in a list, as a weak one, or any', () => {
    for (const header of ['"a"', '"b", "a"', 'W/"a"', '"b" ,W/"a"', '*', ' * '])
      expect(matches(header, '"a"'), header).toBe(true);
    for (const header of [undefined, '', 'a', '"A"', '"ab"', '"b", "c"'])
      expect(matches(header, '"a"'), header).toBe(false);
  });
});

describe('If-Match', () => {
  test('is a version in quotes; without one, or for any, nothing is compared', () => {
    expect([
      ifVersionOf(asking({ 'if-match': '"3"' })),
      ifVersionOf(asking({ 'if-match': '*' })),
      ifVersionOf(asking({})),
    ]).toEqual([3, undefined, undefined]);
  });

  test('with a tag that is no version matches none', () => {
    for (const tag of ['"x"', 'W/"3"', '""', '"3.5"', '"03"', `"${'9'.repeat(30)}"`])
      expect(ifVersionOf(asking({ 'if-match': tag })), tag).toBe(-1);
  });

  test('that is no tag is refused', () => {
    for (const header of ['3', '', '"3', '"3", "4"', "'3'"])
      expect(() => ifVersionOf(asking({ 'if-match': header })), header).toThrow(/in quotes/);
  });
});

describe('Prefer', () => {
  test('may wait for ten seconds at most; what means nothing here is passed over', () => {
    const waits = {
      'wait=2': 2000,
      'wait=10': 10_000,
      'wait=600': 10_000,
      'respond-async, wait=3': 3000,
      'wait="4"': 4000,
      'WAIT = 5': 5000,
      'return=minimal; wait=1': 1000,
      'wait=soon': 0,
      'await=3': 0,
      '': 0,
    };
    for (const [header, ms] of Object.entries(waits))
      expect(waitMs(asking({ prefer: header })), header).toBe(ms);
    expect(waitMs(asking({}))).toBe(0);
  });
});

describe('a request id', () => {
  test("is the caller's where it is decent, else one of ours", () => {
    const next = requestIds({ uuid: () => '01234567-89ab-7def-8000-000000000000' });
    expect([
      next('from-the-shop'),
      next(undefined),
      next('a b'),
      next('short'),
      next('x'.repeat(65)),
      next('line\nbreak'),
    ]).toEqual([
      'from-the-shop',
      '01234567-89ab-1',
      '01234567-89ab-2',
      '01234567-89ab-3',
      '01234567-89ab-4',
      '01234567-89ab-5',
    ]);
  });
});
