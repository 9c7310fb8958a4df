import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../../../src/adapters/opensearch/mapping.ts';
import { openSearch } from '../../../src/adapters/opensearch/opensearch.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { EventDocument, SearchGeneration } from '../../../src/ports/search-documents.ts';
import type { RunningServer } from '../../support/servers/running-server.ts';
import { noOpenSearch, onOpenSearch } from '../../support/servers/opensearch-here.ts';
import { startOpenSearch } from '../../support/servers/servers.ts';

const venue = {
  id: randomUUID(),
  name: 'Palau',
  address: null,
  city: 'Barcelona',
  country: 'ES',
  lat: 41.39,
  lon: 2.17,
  timeZone: 'Europe/Madrid',
};
const document = (title: string, change: Partial<EventDocument> = {}): EventDocument => ({
  id: randomUUID(),
  status: 'published',
  title,
  description: null,
  type: null,
  tags: [],
  language: null,
  shows: [
    {
      id: randomUUID(),
      startsAt: '2027-05-01T19:00:00.000Z',
      timeZone: 'Europe/Madrid',
      month: '2027-05',
      venueId: venue.id,
      cityId: randomUUID(),
      point: { lat: 41.39, lon: 2.17 },
      categories: [],
      amounts: [],
      priceFrom: null,
      currency: null,
      free: 4,
    },
  ],
  venues: [venue],
  ...change,
});

const alias = `test-${randomUUID()}`;
let server: RunningServer;
let search: ReturnType<typeof openSearch>;
let generation: SearchGeneration;
const serving = async (): Promise<SearchGeneration> => {
  const found = await search.generations.serving();
  if (found === null || found === 'newer') throw new Error('Nothing of this version serves.');
  return found;
};
const titles = async (): Promise<string[]> => {
  const question = { from: '2027-01-01T00:00:00.000Z', sort: 'startsAt', after: null, limit: 100 } as const;
  return (await search.index.find(question)).map(({ event }) => event.title).toSorted();
};

beforeAll(async () => {
  if (noOpenSearch !== null) return;
  server = await startOpenSearch();
  search = openSearch({ url: server.url, clock: systemClock, alias });
  generation = await search.generations.create();
  await search.generations.serve(generation);
});
afterAll(async () => {
  await search?.close();
  await server?.stop();
});

test(
  'an older document never replaces a newer one, in whatever order and however often they come',
  onOpenSearch,
  async () => {
    const old = document('Old');
    const renewed = { ...old, title: 'Renewed' };
    for (const [position, one] of [
      [7, renewed],
      [5, old],
      [7, renewed],
      [6, old],
    ] as const)
      expect(await generation.put({ position, documents: [one] })).toEqual([]);
    await generation.advance(7);
    expect(await titles()).toEqual(['Renewed']);
  },
);

test('a document that is refused holds up no other, and is named with the reason', onOpenSearch, async () => {
  const [good, bad, another] = [document('Good'), document('Bad'), document('Another')];
  const broken = { ...bad, shows: [{ ...bad.shows[0]!, startsAt: 'some day' }] };
  const refused = await generation.put({
    position: 8,
    documents: [good, { ...broken, status: 'published' }, another],
  });
  expect(refused).toMatchObject([{ id: bad.id, reason: expect.stringMatching(/startsAt/) as string }]);
  await generation.advance(8);
  expect(await titles()).toEqual(['Another', 'Good', 'Renewed']);
});

test('progress only grows, and goes with its generation', onOpenSearch, async () => {
  await generation.advance(9);
  await generation.advance(4);
  expect(await generation.progress()).toBe(9);
  const next = await search.generations.create();
  expect(await next.progress()).toBe(0);
  await next.put({ position: 9, documents: [document('Of the next')] });
  await next.advance(9);
  expect(await titles()).toEqual(['Another', 'Good', 'Renewed']);
  await search.generations.serve(next);
  expect(await titles()).toEqual(['Of the next']);
  expect((await serving()).name).toBe(next.name);
});

test('nobody brings back a generation that was dropped', onOpenSearch, async () => {
  const late = generation.put({ position: 10, documents: [document('Late')] });
  await expect(late).rejects.toMatchObject({ code: 'SearchUnavailable' });
  await expect(generation.advance(10)).rejects.toMatchObject({ code: 'SearchUnavailable' });
  expect(await titles()).toEqual(['Of the next']);
});

test('more documents than one request takes are all there', onOpenSearch, async () => {
  const documents = Array.from({ length: 1_100 }, (_, n) =>
    document(`One of many ${n}`, { status: 'draft' }),
  );
  const served = await serving();
  expect(await served.put({ position: 11, documents })).toEqual([]);
  await served.advance(11);
  const counted = await fetch(`${server.url}/${served.name}/_count?q=status:draft`);
  expect(await counted.json()).toMatchObject({ count: documents.length });
});

test('an event is taken and found however many names its price categories have', onOpenSearch, async () => {
  const categories = Array.from({ length: 400 }, (_, n) => `${'я'.repeat(195)} ${n}`);
  const [plain] = document('').shows;
  const amounts = categories.map((_, n) => n);
  const priced = { categories, amounts, priceFrom: 0, currency: 'EUR' };
  const later = { ...plain!, id: randomUUID(), startsAt: '2027-06-01T19:00:00.000Z', ...priced };
  const point = { lat: 41.5, lon: 2.17 };
  const many = document('Of many categories', { shows: [{ ...plain!, point }, later] });
  const served = await serving();
  expect(await served.put({ position: 11, documents: [many] })).toEqual([]);
  await served.advance(11);
  const near = { lat: 41.39, lon: 2.17 };
  const question = {
    from: '2027-01-01T00:00:00.000Z',
    sort: 'distance',
    near,
    after: null,
    limit: 9,
  } as const;
  const kilometres = async (category?: string, amount?: number) =>
    (
      await search.index.find({
        ...question,
        category,
        price: amount === undefined ? undefined : { currency: 'EUR', min: amount, max: amount },
      })
    )
      .filter(({ event }) => event.id === many.id)
      .map(({ event }) => event.distanceKm);
  expect(await kilometres()).toEqual([expect.closeTo(12.2, 1)]);
  for (const category of [categories[0], categories[200], categories.at(-1)])
    expect(await kilometres(category)).toEqual([0]);
  for (const n of [0, 200, 399]) {
    expect(await kilometres(undefined, n)).toEqual([0]);
    expect(await kilometres(categories[n], n)).toEqual([0]);
    expect(await kilometres(categories[n], n + 1)).toEqual([]);
  }
  await served.put({ position: 12, documents: [{ ...many, status: 'draft' }] });
  await served.advance(12);
});

test('documents for which there is no room are sent again until there is', onOpenSearch, async () => {
  const room = async (limit: string | null) => {
    const body = JSON.stringify({ transient: { 'indices.breaker.total.limit': limit } });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/_cluster/settings`, { method: 'PUT', headers, body });
    expect(answer.status).toBe(200);
  };
  const served = await serving();
  await room('1%');
  try {
    const putting = served.put({ position: 13, documents: [document('Of the last')] });
    await systemClock.sleep(300);
    await room(null);
    expect(await putting).toEqual([]);
  } finally {
    await room(null);
  }
  await served.advance(13);
  expect(await titles()).toEqual(['Of the last', 'Of the next']);
});

test('indexers that begin at the same moment make a generation each', onOpenSearch, async () => {
  const made = await Promise.all([1, 2, 3].map(() => search.generations.create()));
  expect(new Set(made.map(({ name }) => name)).size).toBe(3);
  await search.generations.serve(made[0]!);
  expect((await serving()).name).toBe(made[0]!.name);
});

test(
  'what builds that failed left behind does not pile up, and what serves stays',
  onOpenSearch,
  async () => {
    const serves = (await serving()).name;
    const made: string[] = [];
    for (let failed = 0; failed < 8; failed += 1) made.push((await search.generations.create()).name);
    const answer = await fetch(`${server.url}/${alias}-g*`);
    const there = Object.keys((await answer.json()) as object);
    expect(there.toSorted()).toEqual([serves, ...made.slice(-4)].toSorted());
    expect((await serving()).name).toBe(serves);
  },
);

test('an engine leaves alone another whose name begins like its own', onOpenSearch, async () => {
  const other = openSearch({ url: server.url, clock: systemClock, alias: `${alias}-germany` });
  const theirs = await other.generations.create();
  await other.generations.serve(theirs);
  const ours = await search.generations.create();
  expect(ours.name).toMatch(/-g\d+$/);
  await search.generations.serve(ours);
  expect(await other.generations.serving()).toMatchObject({ name: theirs.name });
  await other.close();
});

test(
  'what a newer program makes is left alone by an older one, which lets nothing serve in its place',
  onOpenSearch,
  async () => {
    const shared = { url: server.url, clock: systemClock, alias: `${alias}-shared` };
    const [older, newer] = [openSearch(shared), openSearch({ ...shared, version: VERSION + 1 })];
    const before = await older.generations.create();
    await older.generations.serve(before);
    expect(await newer.generations.serving()).toBeNull();
    const begun = await older.generations.create();
    const made = await newer.generations.create();
    await older.generations.serve(begun);
    await newer.generations.serve(made);
    expect(await newer.generations.serving()).toMatchObject({ name: made.name });
    expect(await older.generations.serving()).toBe('newer');
    const late = await older.generations.create();
    await expect(older.generations.serve(late)).rejects.toMatchObject({ code: 'SearchUnavailable' });
    expect(await newer.generations.serving()).toMatchObject({ name: made.name });
    await Promise.all([older.close(), newer.close()]);
  },
);
