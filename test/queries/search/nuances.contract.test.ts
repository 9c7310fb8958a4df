// What tells a search that is nearly right from one that is: word endings, slips that are none, shows of one event that lie
// far apart, and more values than a default page of facets has.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toIso } from '../../../src/domain/decider.ts';
import type { EventSearch } from '../../../src/queries/search/search-events.ts';
import { DAY, idFor, T0 } from '../../projections/season.ts';
import { describeEachIndex, SearchWorld } from '../search-world.ts';

/** A word, and a longer one of the same stem that no slip of two letters makes of it. */
const ENDINGS = [
  ['en', 'Wonderful', 'wonderfulness'],
  ['es', 'Maravilloso', 'maravillosamente'],
  ['de', 'Verschieden', 'verschiedenheiten'],
  ['fr', 'Merveilleux', 'merveilleusement'],
  ['it', 'Meraviglioso', 'meravigliosamente'],
  ['pt', 'Atencioso', 'atenciosamente'],
  ['nl', 'Mogelijk', 'mogelijkheden'],
] as const;
const MANY = 12;
const PALAU = { lat: 41.3874, lon: 2.1686 };

describeEachIndex('what is nearly right', (openIndex) => {
  let world: SearchWorld;
  const titles = async (search: Partial<EventSearch>) =>
    (await world.find({ limit: 50, ...search })).data.map(({ title }) => title);
  const play = async (title: string, fields: Record<string, unknown> = {}, venue = 'Palau') => {
    await world.season.event(title, fields);
    await world.season.schedule(`${title} show`, { event: title, venue });
  };

  beforeAll(async () => {
    world = await SearchWorld.open(openIndex);
    const { season } = world;
    for (const [language, word, longer] of ENDINGS) {
      await play(word, { language });
      await play(longer); // so that it is known, and no slip for another one
    }
    for (const title of ['Opal', 'Opel', 'Grumf', 'Gala 202711', 'Þing']) await play(title);
    for (const n of [1, 2, 3, 4]) {
      await play(`Described ${n}`, { description: 'marbelon' });
      await play(`Tagged ${n}`, { tags: ['marbelon'] });
    }
    await play('Marbelon');
    for (const ending of ['ia', 'ium', 'iana', 'ica', '']) await play(`Zelandor${ending}`);
    for (const name of ['a', 'b', 'c', 'd']) await play(name, { title: 'Harper', language: 'en' });
    await play('Harpers', { language: 'en' });
    await play('Of a kind', { type: 'Zarzuela' });
    await season.venue('Girona hall', { city: 'Girona', lat: 41.98, lon: 2.82 }); // 86 km from Palau
    await play('Here', { tags: ['far'] });
    await play('Not far', { tags: ['far'] }, 'Girona hall');
    for (const title of ['First far away', 'First nowhere', 'First far away too']) {
      await season.event(title, { tags: ['far'] });
      const venue = title === 'First nowhere' ? 'Nowhere' : 'Madrid Arena';
      await season.schedule(`${title} first`, { event: title, venue, startsInDays: 20 });
      await season.schedule(`${title} then`, { event: title, venue: 'Palau', startsInDays: 25 });
    }
    await world.settle();
  });
  afterAll(() => world?.close());

  test.for(ENDINGS)('in %s, "%s" is found by "%s"', async ([, word, longer]) => {
    expect((await titles({ q: longer })).toSorted()).toEqual([word, longer].toSorted());
  });

  test('a word counts most in the title, then among tags and places, then in the description', async () => {
    const found = await titles({ q: 'marbelon' });
    expect(found.map((title) => title.split(' ', 1)[0])).toEqual([
      'Marbelon',
      ...Array.from({ length: 4 }, () => 'Tagged'),
      ...Array.from({ length: 4 }, () => 'Described'),
    ]);
  });

  test('a word as it was typed comes before those that only begin so, or end otherwise', async () => {
    expect((await titles({ q: 'zelandor' }))[0]).toBe('Zelandor');
    expect((await titles({ q: 'harpers' }))[0]).toBe('Harpers');
  });

  test('a short word in use is no slip for another one', async () => {
    expect(await titles({ q: 'opal' })).toEqual(['Opal']);
  });

  test('in a short word one slip is forgiven, not two', async () => {
    expect(await titles({ q: 'grums' })).toEqual(['Grumf']);
    expect(await titles({ q: 'grims' })).toEqual([]);
    expect((await titles({ q: 'opil' })).toSorted()).toEqual(['Opal', 'Opel']);
  });

  test('a number is meant as it is', async () => {
    expect(await titles({ q: '202711' })).toEqual(['Gala 202711']);
    expect(await titles({ q: '202712' })).toEqual([]);
  });

  test('a kind is found by its word, and a letter by those that people type for it', async () => {
    expect(await titles({ q: 'zarzuela' })).toEqual(['Of a kind']);
    expect(await titles({ q: 'thing' })).toEqual(['Þing']);
  });

  test('of a question the first eight words are looked at, each once', async () => {
    expect(await titles({ q: `${'opal '.repeat(20)}opel` })).toEqual([]);
    const eight = 'gala 202711 palau barcelona concert gal 202 2027';
    expect(await titles({ q: `${eight} opel` })).toEqual(['Gala 202711']);
  });

  test('an event lies where the first of its shows is that matches, on every page', async () => {
    const far = { tags: ['far'], near: PALAU };
    expect(await titles({ ...far, limit: 2 })).toEqual(['Here', 'Not far']);
    const all = await titles(far);
    expect(all.slice(0, 2)).toEqual(['Here', 'Not far']);
    expect(all.slice(2, 4).toSorted()).toEqual(['First far away', 'First far away too']);
    expect(all.slice(4)).toEqual(['First nowhere']);
    const around = await world.find({ ...far, radiusKm: 20, sort: 'startsAt' });
    expect(around.data.map(({ nextShow }) => nextShow.id).toSorted()).toEqual(
      ['Here show', 'First far away then', 'First nowhere then', 'First far away too then']
        .map((name) => idFor(`show ${name}`))
        .toSorted(),
    );
  });

  test('by distance an event lies where the first of its shows is that has the time, the category and the reach', async () => {
    const { season } = world;
    for (const title of ['One tour', 'Other tour']) await season.event(title, { tags: ['tour'] });
    const shows = [
      ['One tour', 'Madrid Arena', 20, ['Logé']],
      ['One tour', 'Palau', 25, ['Stalls']],
      ['Other tour', 'Girona hall', 20, ['Logé', 'Stalls']],
      ['Other tour', 'Madrid Arena', 25, ['Logé']],
    ] as const;
    for (const [event, venue, startsInDays, categories] of shows)
      await season.schedule(`${event} ${venue}`, { event, venue, startsInDays, categories: [...categories] });
    await world.settle();
    const tour = { tags: ['tour'], near: PALAU };
    expect(await titles(tour)).toEqual(['Other tour', 'One tour']);
    expect(await titles({ ...tour, from: toIso(T0 + 22 * DAY) })).toEqual(['One tour', 'Other tour']);
    expect(await titles({ ...tour, category: 'STALLS' })).toEqual(['One tour', 'Other tour']);
    expect(await titles({ ...tour, category: 'LOGÉ' })).toEqual(['Other tour', 'One tour']);
    expect(await titles({ ...tour, radiusKm: 100 })).toEqual(['One tour', 'Other tour']);
  });

  test('what an edit leaves out is found as before', async () => {
    const fields = { description: 'rusk', type: 'bakery', tags: ['twicebaked'] };
    await play('Zwieback', fields);
    const edited = { type: 'EventEdited', data: { language: null } } as const;
    await world.season.append(`event-${idFor('event Zwieback')}`, edited);
    await world.settle();
    for (const q of ['zwieback', 'rusk', 'bakery', 'twicebaked'])
      expect(await titles({ q }), q).toEqual(['Zwieback']);
  });

  test('facets have as many values as there are, up to fifty', async () => {
    const { season } = world;
    for (let i = 0; i < MANY; i += 1) {
      await season.venue(`Hall ${i}`, { city: `City ${i}` });
      await season.event(`Of many ${i}`, { type: `kind ${i}`, tags: ['many', `tag ${i}`] });
      const show = { event: `Of many ${i}`, venue: `Hall ${i}`, startsInDays: 31 * (i + 1) };
      await season.schedule(`of many ${i}`, show);
    }
    // Of one event, yet more of them than of any other city.
    for (let i = 0; i < 3; i += 1)
      await season.schedule(`again ${i}`, { event: 'Of many 0', venue: 'Hall 0', startsInDays: 40 + i });
    await season.schedule('elsewhere', { event: 'Of many 1', venue: 'Hall 5', startsInDays: 40 });
    await world.settle();
    const { types, tags, cities, months } = await world.facets({
      tags: ['many'],
      from: toIso(T0 + DAY),
    });
    expect([types, tags, cities, months].map(({ length }) => length)).toEqual([MANY, MANY + 1, MANY, MANY]);
    expect([cities[0]!.name, cities[0]!.count]).toEqual(['City 5', 2]);
    expect(months.map(({ value }) => value)).toEqual(months.map(({ value }) => value).toSorted());
  });
});
