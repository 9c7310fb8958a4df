// The provider's XML: what is read from it, what is rejected with its path, and what is refused whole.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { adaptProviderXml } from '../../../src/adapters/feeds/adapt-provider-xml.ts';
import { InvalidFeed } from '../../../src/ports/feed-source.ts';

const OPTIONS = { timeZone: 'Europe/Madrid', currency: 'EUR' };
const fixture = (n: number) =>
  readFileSync(new URL(`../../fixtures/provider-feed/${n}.xml`, import.meta.url));
const adapt = (xml: string, options = OPTIONS) => adaptProviderXml(new TextEncoder().encode(xml), options);
const feed = (...baseEvents: string[]) => `<eventList><output>${baseEvents.join('')}</output></eventList>`;
const attributes = (all: Record<string, string | null>) =>
  Object.entries(all)
    .flatMap(([name, value]) => (value === null ? [] : [`${name}="${value}"`]))
    .join(' ');
type Changes = Record<string, string | null>;
const zone = (changes: Changes = {}) =>
  `<zone ${attributes({ zone_id: '40', capacity: '2', price: '20.00', name: 'Platea', numbered: 'true', ...changes })}/>`;
const show = (changes: Changes = {}, ...zones: string[]) =>
  `<event ${attributes({ event_id: '7', event_start_date: '2021-06-30T21:00:00', event_end_date: '2021-06-30T22:00:00', sell_from: '2020-07-01T00:00:00', sell_to: '2021-06-30T20:00:00', sold_out: 'false', ...changes })}>${zones.length > 0 ? zones.join('') : zone()}</event>`;
const base = (changes: Changes = {}, ...shows: string[]) =>
  `<base_event ${attributes({ base_event_id: '1', sell_mode: 'online', title: 'Camela', ...changes })}>${shows.length > 0 ? shows.join('') : show()}</base_event>`;
const SHOW = '/eventList/output/base_event[1]/event[1]';
const BASE = '/eventList/output/base_event[1]';

describe('the real feeds', () => {
  test('a base event is an event, an event under it a show, a zone a category with its price', () => {
    const { events, rejected } = adaptProviderXml(fixture(1), OPTIONS);
    expect(rejected).toEqual([]);
    expect(events.map((e) => [e.sourceId, e.title, e.organiser, e.onSale])).toEqual([
      ['291', 'Camela en concierto', null, true],
      ['322', 'Pantomima Full', '2', true],
      ['1591', 'Los Morancos', '1', true],
    ]);
    expect(events.map((e) => e.shows.map((s) => s.sourceId))).toEqual([['291'], ['1642'], ['1642']]);
    const [camela] = events[0]?.shows ?? [];
    expect(camela).toMatchObject({
      startsAt: '2021-06-30T19:00:00.000Z',
      endsAt: '2021-06-30T20:00:00.000Z',
      salesOpenAt: '2020-06-30T22:00:00.000Z',
      salesCloseAt: '2021-06-30T18:00:00.000Z',
      soldOut: false,
    });
    expect(camela?.zones.map((z) => [z.categoryId, z.name, z.numbered, z.capacity, z.price.amount])).toEqual([
      ['40', 'Platea', true, 243, 2000],
      ['38:unnumbered', 'Grada 2', false, 100, 1500],
      ['30', 'A28', true, 90, 3000],
    ]);
  });

  test('a zone that appears twice with other price and numbering is two categories', () => {
    const { events } = adaptProviderXml(fixture(1), OPTIONS);
    expect(events[2]?.shows[0]?.zones.map((z) => [z.categoryId, z.price.amount, z.capacity])).toEqual([
      ['186', 7500, 2],
      ['186:unnumbered', 6500, 16],
    ]);
  });

  test.each([2, 3])(
    '31 September is rejected once, with path and value, and all else is read (feed %i)',
    (n) => {
      const { events, rejected } = adaptProviderXml(fixture(n), OPTIONS);
      expect(rejected).toHaveLength(1);
      expect(rejected[0]?.code).toBe('InvalidDate');
      expect(rejected[0]?.path).toBe('/eventList/output/base_event[3]/event[1]/@event_start_date');
      expect(rejected[0]?.message).toContain('2021-09-31T20:00:00');
      expect(events.map((e) => [e.sourceId, e.onSale, e.shows.length])).toEqual([
        ['291', true, 1],
        ['1591', true, 1],
        ['444', false, 0],
      ]);
    },
  );
});

describe('one bad attribute rejects its show, named by its path', () => {
  const ofShow: [string, Changes, string, string][] = [
    ['a missing id', { event_id: null }, 'event_id', 'MissingAttribute'],
    ['an id with a slash', { event_id: 'a/b' }, 'event_id', 'InvalidId'],
    ['a missing start', { event_start_date: null }, 'event_start_date', 'MissingAttribute'],
    [
      'an end before the start',
      { event_end_date: '2021-06-30T20:59:59' },
      'event_end_date',
      'EndBeforeStart',
    ],
    ['an hour 25', { event_end_date: '2021-06-30T25:00:00' }, 'event_end_date', 'InvalidDate'],
    ['words for a date', { sell_from: 'tomorrow' }, 'sell_from', 'InvalidDate'],
    ['sales that close as they open', { sell_to: '2020-07-01T00:00:00' }, 'sell_to', 'EndBeforeStart'],
    ['sales that close before they open', { sell_to: '2020-06-30T00:00:00' }, 'sell_to', 'EndBeforeStart'],
    ['a bad boolean', { sold_out: 'perhaps' }, 'sold_out', 'InvalidBoolean'],
  ];
  test.each(ofShow)('%s', (_, changes, attribute, code) => {
    const { events, rejected } = adapt(feed(base({}, show(changes), show({ event_id: '8' }))));
    expect(rejected.map((r) => [r.path, r.code])).toEqual([[`${SHOW}/@${attribute}`, code]]);
    expect(events[0]?.shows.map((s) => s.sourceId)).toEqual(['8']);
  });

  const ofZone: [string, Changes, string, string][] = [
    ['a missing zone id', { zone_id: null }, 'zone_id', 'MissingAttribute'],
    ['a missing name', { name: null }, 'name', 'MissingAttribute'],
    ['a negative capacity', { capacity: '-1' }, 'capacity', 'InvalidCapacity'],
    ['a fractional capacity', { capacity: '1.5' }, 'capacity', 'InvalidCapacity'],
    ['more seats than a plan may have', { capacity: '100001' }, 'capacity', 'InvalidCapacity'],
    ['a price in words', { price: 'abc' }, 'price', 'InvalidPrice'],
    ['a negative price', { price: '-1.00' }, 'price', 'InvalidPrice'],
    ['a tenth of a cent', { price: '1.001' }, 'price', 'InvalidPrice'],
    ['a missing numbering', { numbered: null }, 'numbered', 'MissingAttribute'],
  ];
  test.each(ofZone)('%s', (_, changes, attribute, code) => {
    const { events, rejected } = adapt(
      feed(base({}, show({}, zone({ zone_id: '1' }), zone(changes)), show({ event_id: '8' }))),
    );
    expect(rejected.map((r) => [r.path, r.code])).toEqual([[`${SHOW}/zone[2]/@${attribute}`, code]]);
    expect(events[0]?.shows.map((s) => s.sourceId)).toEqual(['8']);
  });

  test('the same show twice in one event: only the first is taken', () => {
    const { events, rejected } = adapt(feed(base({}, show(), show({ sold_out: 'true' }))));
    expect(events[0]?.shows.map((s) => s.soldOut)).toEqual([false]);
    expect(rejected.map((r) => [r.path, r.code])).toEqual([
      ['/eventList/output/base_event[1]/event[2]/@event_id', 'DuplicateId'],
    ]);
  });

  test('the same show twice is not taken the second time either where the first was rejected', () => {
    const { events, rejected } = adapt(feed(base({}, show({ sold_out: 'perhaps' }), show())));
    expect(events[0]?.shows).toEqual([]);
    expect(rejected.map((r) => r.code)).toEqual(['InvalidBoolean', 'DuplicateId']);
  });

  test('more seats, or more places without number, than a show may have in all its zones', () => {
    const some = (numbered: string, ...capacities: string[]) =>
      capacities.map((capacity) => zone({ numbered, capacity }));
    const full = [...some('true', '60000', '40000'), ...some('false', '600000', '400000')];
    const { events, rejected } = adapt(
      feed(
        base(
          {},
          show({}, ...full),
          show({ event_id: '8' }, ...full, ...some('true', '1')),
          show({ event_id: '9' }, ...full, ...some('false', '1')),
        ),
      ),
    );
    expect(events[0]?.shows.map((s) => s.sourceId)).toEqual(['7']);
    expect(rejected.map((r) => [r.path, r.code])).toEqual(
      [2, 3].map((n) => [`${BASE}/event[${n}]/zone[5]/@capacity`, 'InvalidCapacity']),
    );
  });

  test('more zones than a thousand', () => {
    const zones = Array.from({ length: 1_000 }, () => zone());
    const { events, rejected } = adapt(
      feed(base({}, show({}, ...zones), show({ event_id: '8' }, ...zones, zone()))),
    );
    expect(events[0]?.shows.map((s) => s.sourceId)).toEqual(['7']);
    expect(rejected.map((r) => [r.path, r.code])).toEqual([[`${BASE}/event[2]`, 'TooManyZones']]);
  });

  test('a show without a zone', () => {
    const { rejected } = adapt(
      '<eventList><output><base_event base_event_id="1" sell_mode="online" title="T"><event event_id="1" event_start_date="2021-01-01T10:00:00"/></base_event></output></eventList>',
    );
    expect(rejected.map((r) => [r.path, r.code])).toEqual([[SHOW, 'MissingZone']]);
  });

  test('an event without an id or with an unknown sell mode is rejected with its shows', () => {
    const { events, rejected } = adapt(
      feed(base({ base_event_id: null }), base({ sell_mode: 'soon' }), base({ base_event_id: '3' })),
    );
    expect(events.map((e) => e.sourceId)).toEqual(['3']);
    expect(rejected.map((r) => [r.path, r.code])).toEqual([
      ['/eventList/output/base_event[1]/@base_event_id', 'MissingAttribute'],
      ['/eventList/output/base_event[2]/@sell_mode', 'InvalidValue'],
    ]);
  });

  test('a value as long as the feed is shortened in the message', () => {
    const { rejected } = adapt(feed(base({}, show({ sold_out: 'x'.repeat(5000) }))));
    expect(rejected[0]?.message.length).toBeLessThan(200);
  });
});

describe('values', () => {
  test('at their bounds are taken', () => {
    const title = 'x'.repeat(200);
    const brief = { event_end_date: '2021-06-30T21:00:00' };
    const { events, rejected } = adapt(feed(base({ title, sell_mode: 'Online' }, show(brief))));
    expect(rejected).toEqual([]);
    expect(events).toMatchObject([{ title, onSale: true, shows: [{ endsAt: '2021-06-30T19:00:00.000Z' }] }]);
  });

  test('character references are decoded once', () => {
    const { events } = adapt(feed(base({ title: 'Jos&#233; &amp; Mar&#xED;a &amp;amp; &#128512;' })));
    expect(events[0]?.title).toBe('José & María &amp; 😀');
  });

  test('a zone sold twice with the same numbering is two categories by order', () => {
    const { events } = adapt(
      feed(base({}, show({}, zone(), zone({ price: '1' }), zone({ numbered: 'false' })))),
    );
    expect(events[0]?.shows[0]?.zones.map((z) => z.categoryId)).toEqual(['40', '40#2', '40:unnumbered']);
  });

  test('a feed with nothing in it is a feed', () => {
    expect(adapt('<eventList version="1.0"><output></output></eventList>')).toEqual({
      events: [],
      rejected: [],
    });
    expect(adapt('\uFEFF<?xml version="1.0" encoding="utf-8"?><eventList><output/></eventList>')).toEqual({
      events: [],
      rejected: [],
    });
  });
});

describe('a feed that is none is refused whole with one sentence', () => {
  const bad: [string, string | Uint8Array, RegExp][] = [
    ['nothing', '', /no XML/],
    ['JSON', '{"events":[]}', /no XML/],
    ['another root', '<html><body/></html>', /root element is "html"/],
    ['no output', '<eventList/>', /no "output"/],
    ['two roots', '<eventList><output/></eventList><a/>', /another root beside "eventList": "a"/],
    ['a tag that is not closed', '<eventList><output></eventList>', /well-formed/],
    ['a feed that was cut off', '<eventList><output>', /ends before all its elements are closed/],
    ['a comment that never ends', '<eventList><!-- <output/></eventList>', /well-formed/],
    ['an attribute without value', '<eventList a><output/></eventList>', /well-formed/],
    ['a bare ampersand', feed(base({ title: 'A & B' })), /&amp;/],
    ['an entity of nobody', feed(base({ title: 'A&nbsp;B' })), /&amp;/],
    ['a DOCTYPE', `<!DOCTYPE eventList [<!ENTITY a "b">]>${feed()}`, /DOCTYPE/],
    ['a lower-case doctype further on', '<eventList><!doctype x><output/></eventList>', /DOCTYPE/],
    ['an ENTITY', '<!ENTITY a SYSTEM "file:///etc/passwd"><eventList/>', /ENTITY/],
    ['another encoding', `<?xml version="1.0" encoding="ISO-8859-1"?>${feed()}`, /"ISO-8859-1"/],
    ['bytes that are no UTF-8', Buffer.from([0x3c, 0x61, 0xff, 0xfe, 0x3e]), /UTF-8/],
    ['UTF-16', Buffer.from(`\uFEFF${feed()}`, 'utf16le'), /UTF-8/],
    ['too many bytes', new Uint8Array(32 * 1024 * 1024 + 1).fill(32), /32 MiB/],
    ['elements too deep', `<eventList>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</eventList>`, /deep/],
    ['too many elements', `<eventList>${'<a/>'.repeat(500_001)}</eventList>`, /500000 elements/],
    [
      'a name that means something to JavaScript',
      '<eventList><__proto__/><output/></eventList>',
      /well-formed/,
    ],
  ];
  test.each(bad)('%s', (_, xml, sentence) => {
    const bytes = typeof xml === 'string' ? new TextEncoder().encode(xml) : xml;
    expect(() => adaptProviderXml(bytes, OPTIONS)).toThrow(InvalidFeed);
    expect(() => adaptProviderXml(bytes, OPTIONS)).toThrow(sentence);
  });

  test('declarations inside comments and ">" inside values are harmless', () => {
    const { events } = adapt(`<!-- <!DOCTYPE x> -->${feed(base({ title: 'a > b' }))}`);
    expect(events[0]?.title).toBe('a > b');
  });
});

describe('texts', () => {
  test('with control characters have none of them afterwards', () => {
    const { events } = adapt(feed(base({ title: 'A&#1;&#9;B&#0;', organizer_company_id: '&#0;2&#31;' })));
    expect(events.map((e) => [e.title, e.organiser])).toEqual([['A B', '2']]);
    expect(adapt(feed(base({ organizer_company_id: '&#0;' }))).events[0]?.organiser).toBeNull();
  });

  test.each([
    ['a title of nothing else', { title: '&#1;' }, 'title', 'MissingAttribute'],
    [
      'an organiser as long as a page',
      { organizer_company_id: 'x'.repeat(201) },
      'organizer_company_id',
      'TextTooLong',
    ],
  ])('%s is refused, and its event with it', (_, changes, attribute, code) => {
    const { events, rejected } = adapt(feed(base(changes), base({ base_event_id: '2' })));
    expect(events.map((e) => e.sourceId)).toEqual(['2']);
    expect(rejected).toMatchObject([{ path: `${BASE}/@${attribute}`, code }]);
  });
});
