// Whatever bytes come: a feed that is read, with what is wrong in it named, or one clear refusal; nothing else.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adaptProviderXml } from '../../../src/adapters/feeds/adapt-provider-xml.ts';
import { InvalidFeed } from '../../../src/ports/feed-source.ts';
import type { FeedShow } from '../../../src/ports/feed-source.ts';

const OPTIONS = { timeZone: 'Europe/Madrid', currency: 'EUR' };
const feeds = [1, 2, 3].map((n) =>
  readFileSync(new URL(`../../fixtures/provider-feed/${n}.xml`, import.meta.url)),
);

/** A feed whose every part makes sense, or the refusal's sentence. */
function readOrRefused(bytes: Uint8Array): boolean {
  try {
    const { events, rejected } = adaptProviderXml(bytes, OPTIONS);
    return (
      events.flatMap((e) => e.shows).every(makesSense) &&
      rejected.every((r) => r.path.startsWith('/') && r.code !== '' && r.message !== '')
    );
  } catch (error) {
    if (!(error instanceof InvalidFeed)) throw error;
    return /^The feed .*\.$/s.test(error.message);
  }
}

function makesSense({ zones, startsAt }: FeedShow): boolean {
  const numbers = zones.flatMap((z) => [z.capacity, z.price.amount]);
  const ids = new Set(zones.map((z) => z.categoryId));
  return (
    numbers.every((n) => Number.isSafeInteger(n) && n >= 0) &&
    ids.size === zones.length &&
    /^\d{4}-.*Z$/.test(startsAt)
  );
}

function always<T>(property: fc.IProperty<T>, numRuns: number): void {
  const result = fc.check(property, { numRuns });
  expect(result.failed, fc.defaultReportMessage(result) ?? '').toBe(false);
}

test('any bytes', () => {
  expect.hasAssertions();
  always(fc.property(fc.uint8Array({ maxLength: 300 }), readOrRefused), 2_000);
});

test('real feeds with bytes changed, cut out and put in', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    '/',
    '=',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE',
    '<zone',
    '</event>',
    '&#0;',
    '&#xD800;',
    '\u0000',
    '-1',
    'é',
    ' ',
  );
  const edit = fc.record({
    at: fc.nat({ max: 1_700 }),
    cut: fc.nat({ max: 30 }),
    put: fc.oneof(piece, fc.string({ maxLength: 8 })),
  });
  const edited = fc.property(
    fc.constantFrom(...feeds),
    fc.array(edit, { minLength: 1, maxLength: 4 }),
    (feed, edits) => {
      let text = new TextDecoder().decode(feed);
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
      return readOrRefused(new TextEncoder().encode(text));
    },
  );
  expect.hasAssertions();
  always(edited, 3_000);
});
