import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toIso } from '../../../src/domain/decider.ts';
import { InvalidCursor } from '../../../src/queries/cursor.ts';
import type { EventSearch } from '../../../src/queries/search/search-events.ts';
import { DAY, idFor, T0 } from '../../projections/season.ts';
import { describeEachIndex, SearchWorld } from '../search-world.ts';

describeEachIndex('search', (openIndex) => {
  let world: SearchWorld;
  type Search = Partial<EventSearch>;
  const find = (search: Search) => world.find(search);
  const found = (search: Search) => world.found(search);
  beforeAll(async () => {
    world = await SearchWorld.open(openIndex);
  });
  afterAll(() => world?.close());

  describe('words', () => {
    test.for([
      ['beethoven'],
      ['BEETHOVEN marathon'],
      ['Bethoven'],
      ['beethovne'],
      ['philharmonik'],
      ['philharmonique'],
      ['bee'],
      ['symphony'],
      ['symphonies nine'],
      ['beethoven madrid'],
      ['arena marathon'],
      ['béethöven'],
    ])('"%s" finds the Beethoven marathon', async ([q]) => {
      expect((await found({ q }))[0]).toBe('Philharmonic Beethoven Marathon');
    });

    test.for([['xylophonistically'], ['be'], ['beethoven toledo'], ['zzz'], ['!!!'], ['']])(
      '"%s" finds nothing',
      async ([q]) => {
        expect(await found({ q })).toEqual([]);
      },
    );

    test.for([['cancion'], ['CANCIÓN'], ['canciones'], ['otono'], ['cansion'], ['rojas cancion']])(
      '"%s" finds the song of autumn',
      async ([q]) => {
        expect(await found({ q })).toEqual(['Canción de otoño']);
      },
    );

    test('a rare word finds exactly what has it, and a show that is cancelled or a draft is not found', async () => {
      expect(new Set(await found({ q: 'qabcdefgzia' }))).toEqual(
        new Set(['Qabcdefgzia in Madrid', 'Qabcdefgzia in Toledo', 'Qabcdefgzia in Barcelona']),
      );
      expect(await found({ q: 'jazz' })).toEqual(['Jazz without coordinates']);
    });

    test('an event that is called off is not found, though its shows are not cancelled yet', async () => {
      const { season } = world;
      const id = await season.event('Called off', { tags: ['off'] });
      await season.schedule('off', { event: 'Called off', venue: 'Palau' });
      await world.settle();
      expect(await found({ tags: ['off'] })).toHaveLength(1);
      await season.append(`event-${id}`, { type: 'EventCancelled', data: { reason: 'r' } });
      await world.settle();
      expect(await found({ tags: ['off'] })).toEqual([]);
    });

    test('of words in use that are alike, only one slip apart are found for each other', async () => {
      const alike = ['Zorbanik', 'Zorbanek', 'Zorbunek'];
      for (const title of alike) {
        await world.season.event(title, { title, tags: ['alike'] });
        await world.season.schedule(title, { event: title, venue: 'Palau' });
      }
      await world.settle();
      const titles = async (q: string) => (await find({ q })).data.map(({ title }) => title);
      expect(await titles('zorbanik')).toEqual(alike.slice(0, 2));
      expect((await titles('zorbanekk')).toSorted()).toEqual(alike.toSorted());
    });

    test('a word of the title counts for more than one of the place', async () => {
      expect((await found({ q: 'toledo' }))[0]).toBe('Qabcdefgzia in Toledo');
    });

    test.for([
      [`'`],
      [`'); drop table projections; --`],
      [`" or 1=1 --`],
      ['a:*&|!()<->b'],
      ['\\'],
      ['%_%'],
      ['$1'],
      ['\0beethoven\0'],
      ['😀'],
      ["' || pg_sleep(9) || '"],
      ['\uD800'],
      ['x'.repeat(5000)],
    ])('hostile text %# is only words', async ([hostile]) => {
      for (const field of ['q', 'type', 'category'] as const)
        expect((await find({ [field]: hostile })).data.length).toBeLessThan(2);
      expect((await find({ tags: [hostile!] })).data).toEqual([]);
      expect((await found({ q: 'beethoven' })).length).toBe(1);
    });
  });

  describe('place, time and kind', () => {
    const summer: Search = { tags: ['summer'] };
    const [madrid, toledo, barcelona] = [
      'Qabcdefgzia in Madrid',
      'Qabcdefgzia in Toledo',
      'Qabcdefgzia in Barcelona',
    ];

    test('by time where nothing else is asked for, by distance where a place is given', async () => {
      expect(await found(summer)).toEqual([madrid, toledo, barcelona]);
      expect(await found({ ...summer, near: { lat: 41.3874, lon: 2.1686 } })).toEqual([
        barcelona,
        madrid,
        toledo,
      ]);
      expect(await found({ ...summer, near: { lat: 41.3874, lon: 2.1686 }, sort: 'startsAt' })).toEqual([
        madrid,
        toledo,
        barcelona,
      ]);
    });

    test('distances are those of the ground', async () => {
      const { data } = await find({ ...summer, near: { lat: 40.4168, lon: -3.7038 } });
      expect(data.map((e) => Math.round(e.distanceKm!))).toEqual([0, 67, 505]);
      const [nowhere] = (await find({ tags: ['jazz'], near: { lat: 0, lon: 0 } })).data;
      expect(nowhere).not.toHaveProperty('distanceKm');
    });

    test('a radius keeps out what is farther', async () => {
      const near = { lat: 40.4168, lon: -3.7038 };
      expect(await found({ ...summer, near, radiusKm: 20 })).toEqual([madrid]);
      // Toledo is 67 km away, and within 55 km by each axis.
      expect(await found({ ...summer, near, radiusKm: 55 })).toEqual([madrid]);
      expect(await found({ ...summer, near, radiusKm: 100 })).toEqual([madrid, toledo]);
      expect(await found({ ...summer, q: 'qabcdefgzia', near, radiusKm: 1000, sort: 'distance' })).toEqual([
        madrid,
        toledo,
        barcelona,
      ]);
      expect(await found({ near: { lat: -40, lon: 176 }, radiusKm: 20_040 })).not.toContain(
        'Jazz without coordinates',
      );
    });

    test('from is included, to is not', async () => {
      const start = toIso(T0 + 21 * DAY);
      expect(await found({ ...summer, from: start })).toEqual([toledo, barcelona]);
      expect(await found({ ...summer, to: start })).toEqual([madrid]);
      expect(await found({ ...summer, from: toIso(T0 - DAY), to: toIso(T0) })).toEqual([]);
    });

    test('type, tags and category must all match', async () => {
      expect(await found({ ...summer, type: 'theatre' })).toEqual([toledo]);
      expect(await found({ tags: ['summer', 'toledo'] })).toEqual([toledo]);
      expect(await found({ tags: ['toledo', 'madrid'] })).toEqual([]);
      expect(await found({ category: 'ANFITEATRO ñ' })).toEqual(['Canción de otoño']);
    });

    test('an event shows its first matching show, the lowest price and what is free', async () => {
      const [first] = (await find({ tags: ['barcelona'] })).data;
      expect(first).toEqual({
        id: idFor(`event ${barcelona}`),
        title: barcelona,
        type: 'concert',
        tags: ['summer', 'barcelona'],
        language: null,
        status: 'published',
        nextShow: {
          id: idFor(`show ${barcelona} show`),
          startsAt: toIso(T0 + 30 * DAY),
          timeZone: 'Europe/Madrid',
          venue: {
            id: idFor('venue Palau'),
            name: 'Palau',
            address: null,
            city: 'Barcelona',
            country: 'ES',
            lat: 41.3874,
            lon: 2.1686,
            timeZone: 'Europe/Madrid',
          },
        },
        priceFrom: { amount: 500, currency: 'EUR' },
        free: 4,
      });
      const [later] = (await find({ tags: ['barcelona'], from: toIso(T0 + 31 * DAY) })).data;
      expect(later).toMatchObject({ nextShow: { id: idFor('show second in Barcelona') }, free: 7 });
      const [sooner] = (await find({ tags: ['barcelona'], to: toIso(T0 + 31 * DAY) })).data;
      expect(sooner?.priceFrom?.amount).toBe(1000);
    });
  });

  test('an event with two shows at one time is found once, in every order', async () => {
    await world.season.event('Twice at once', { tags: ['twice'] });
    for (const venue of ['Palau', 'Madrid Arena'])
      await world.season.schedule(`twice ${venue}`, { event: 'Twice at once', venue, startsInDays: 90 });
    await world.settle();
    const twice: Search = { tags: ['twice'] };
    const near = { lat: 40, lon: -3 };
    const shows = new Set<string>();
    for (const search of [twice, { ...twice, near }, { ...twice, q: 'twice' }]) {
      const { data } = await find(search);
      expect(data.map(({ id }) => id)).toEqual([idFor('event Twice at once')]);
      shows.add(data[0]!.nextShow.id);
    }
    expect(shows.size).toBe(1);
  });

  describe('cursors', () => {
    test.for<[Search]>([
      [{ sort: 'startsAt' }],
      [{ sort: 'relevance' }],
      [{ sort: 'distance', near: { lat: 40, lon: -3 } }],
      [{ q: 'quartet' }],
      [{ q: 'quartet', sort: 'distance', near: { lat: 40, lon: -3 } }],
    ])('walk once through events that tie (%j)', async ([search]) => {
      for (let i = 0; i < 23; i += 1) await world.season.event(`Quartet ${i}`, { tags: ['tie'] });
      for (let i = 0; i < 23; i += 1)
        await world.season.schedule(`quartet ${i}`, {
          event: `Quartet ${i}`,
          venue: 'Palau',
          startsInDays: 60,
        });
      await world.settle();
      const walked: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await find({ ...search, tags: ['tie'], limit: 5, cursor, nowMs: T0 + walked.length });
        walked.push(...page.data.map((e) => e.id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(walked.length).toBe(23);
      expect(new Set(walked).size).toBe(23);
      expect(walked).toEqual((await find({ ...search, tags: ['tie'], limit: 50 })).data.map((e) => e.id));
    });

    test('garbage, or the cursor of another question, is refused', async () => {
      const { nextCursor } = await find({ limit: 1 });
      const forged = (...value: unknown[]): string =>
        Buffer.from(JSON.stringify(value)).toString('base64url');
      const [print] = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as string[];
      const id = idFor('x');
      for (const cursor of [
        'garbage',
        '',
        '%',
        forged(),
        forged('x'),
        forged(print, 'now', 'now', id),
        forged(print, 1, 2, 3),
        forged(print, toIso(T0), toIso(T0), "'"),
        forged(print, toIso(T0), null, id),
      ]) {
        await expect(find({ cursor })).rejects.toBeInstanceOf(InvalidCursor);
      }
      await expect(find({ cursor: nextCursor!, type: 'theatre' })).rejects.toBeInstanceOf(InvalidCursor);
      expect((await find({ cursor: nextCursor!, limit: 3 })).data.length).toBe(3);
    });
  });
});
