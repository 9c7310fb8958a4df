// Whatever bytes come: a feed that is read, with what is wrong in it named, or one clear refusal; nothing else.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adaptProviderXml } from '../../../src/adapters/feeds/adapt-provider-xml.ts';
import { InvalidFeed } from '../../../src/ports/feed-source.ts';

const OPTIONS = { timeZone: 'Europe/Madrid', currency: 'EUR' };
const feeds = [1, 2, 3].map((n) =>
  readFileSync(new URL(`../../fixtures/provider-feed/${n}.xml`, import.meta.url)),
);

function readOrRefused(bytes: Uint8Array): void {
  try {
    const { events, rejected } = adaptProviderXml(bytes, OPTIONS);
    for (const show of events.flatMap((e) => e.shows)) {
      expect(
        show.zones.every((z) => Number.isSafeInteger(z.capacity) && Number.isSafeInteger(z.price.amount)),
      ).toBe(true);
      expect(new Set(show.zones.map((z) => z.categoryId)).size).toBe(show.zones.length);
      expect(show.startsAt).toMatch(/^\d{4}-.*Z$/);
    }
    for (const { path, code, message } of rejected)
      expect([path[0], code !== '', message !== '']).toEqual(['/', true, true]);
  } catch (error) {
    if (!(error instanceof InvalidFeed)) throw error;
    expect(error.message).toMatch(/^The feed .*\.$/s);
  }
}

test('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => readOrRefused(bytes)),
    { numRuns: 2_000 },
  );
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
  fc.assert(
    fc.property(fc.constantFrom(...feeds), fc.array(edit, { minLength: 1, maxLength: 4 }), (feed, edits) => {
      let text = new TextDecoder().decode(feed);
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
      readOrRefused(new TextEncoder().encode(text));
    }),
    { numRuns: 3_000 },
  );
});
