// Whose index it is that answers a search.
import { expect, it } from 'vitest';
import type { SearchIndex, SearchQuestion } from '../../../src/ports/search-index.ts';
import { ownIndex, type Serving } from '../../../src/queries/search/own-index.ts';
import { searchOrElse } from '../../../src/queries/search/search-fallback.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const QUESTION = { sort: 'startsAt' } as SearchQuestion;
const holding = (id: string): SearchIndex => {
  const hits = [{ event: { id }, key: id }] as unknown as Awaited<ReturnType<SearchIndex['find']>>;
  return {
    find: () => Promise.resolve(hits),
    findWithFacets: () => Promise.resolve({ hits, facets: { types: [], tags: [], cities: [], months: [] } }),
    position: () => 9,
    waitFor: () => Promise.resolve(9),
  };
};
const idsOf = async (index: SearchIndex): Promise<string[]> =>
  (await index.find(QUESTION)).map(({ event }) => event.id);

it('an index of another log finds nothing, and says which setting to change', async () => {
  const index = ownIndex(holding('theirs'), () => Promise.resolve('foreign'), new VirtualClock(0));
  const refused = { code: 'SearchForeign', message: expect.stringContaining('OPENSEARCH_INDEX') };
  await expect(index.find(QUESTION)).rejects.toMatchObject(refused);
  await expect(index.findWithFacets(QUESTION)).rejects.toMatchObject(refused);
  await expect(index.waitFor(1, 1_000)).rejects.toMatchObject(refused);
});

it('what answers in place of it is the views, where that is wanted', async () => {
  const clock = new VirtualClock(0);
  const index = ownIndex(holding('theirs'), () => Promise.resolve('foreign'), clock);
  expect(await idsOf(searchOrElse(index, holding('of the views'), clock))).toEqual(['of the views']);
});

it('an index that was exchanged for another is noticed, and when ours is back it answers', async () => {
  const clock = new VirtualClock(0);
  let serving: Serving = 'ours';
  const index = ownIndex(holding('ours'), () => Promise.resolve(serving), clock);
  expect(await idsOf(index)).toEqual(['ours']);
  serving = 'foreign';
  await clock.pass(1_000);
  await expect(index.find(QUESTION)).rejects.toMatchObject({ code: 'SearchForeign' });
  serving = 'ours';
  expect(await idsOf(index)).toEqual(['ours']);
});

it('a clock that is put back changes nothing of when it is looked and asked again', async () => {
  const clock = new VirtualClock(0);
  let serving: Serving = 'foreign';
  const own = ownIndex(holding('ours'), () => Promise.resolve(serving), clock);
  const index = searchOrElse(own, holding('of the views'), clock);
  expect(await idsOf(index)).toEqual(['of the views']);
  serving = 'ours';
  clock.putMs = -3_600_000;
  await clock.pass(2_000);
  expect(await idsOf(index)).toEqual(['ours']);
  serving = 'foreign';
  await clock.pass(1_000);
  expect(await idsOf(index)).toEqual(['of the views']);
});

it('an index that an older program made says nothing of prices until it is made anew, and all else', async () => {
  const clock = new VirtualClock(0);
  let serving: Serving = 'outdated';
  const index = ownIndex(holding('ours'), () => Promise.resolve(serving), clock);
  const priced = { ...QUESTION, price: { currency: 'EUR', min: 0, max: 3_000 } };
  const refused = { code: 'SearchUnavailable', message: expect.stringContaining('made anew') };
  await expect(index.find(priced)).rejects.toMatchObject(refused);
  await expect(index.findWithFacets(priced)).rejects.toMatchObject(refused);
  expect(await idsOf(index)).toEqual(['ours']);
  expect((await searchOrElse(index, holding('of the views'), clock).find(priced))[0]!.key).toBe(
    'of the views',
  );
  serving = 'ours';
  await clock.pass(1_000);
  expect((await index.find(priced))[0]!.key).toBe('ours');
});

it('a question that the index cannot answer sends no other question to the views', async () => {
  const clock = new VirtualClock(0);
  const own = ownIndex(holding('of the index'), () => Promise.resolve('outdated'), clock);
  const index = searchOrElse(own, holding('of the views'), clock);
  const priced = { ...QUESTION, price: { currency: 'EUR', min: 0, max: 3_000 } };
  expect((await index.find(priced))[0]!.key).toBe('of the views');
  expect(await idsOf(index)).toEqual(['of the index']);
  expect((await index.findWithFacets(priced)).hits[0]!.key).toBe('of the views');
});

it('an index that a newer program made is not believed: the views answer, where that is wanted', async () => {
  const clock = new VirtualClock(0);
  const index = ownIndex(holding('theirs'), () => Promise.resolve('newer'), clock);
  const refused = { code: 'SearchUnavailable', message: expect.stringContaining('newer version') };
  await expect(index.find(QUESTION)).rejects.toMatchObject(refused);
  await expect(index.findWithFacets(QUESTION)).rejects.toMatchObject(refused);
  expect(await idsOf(searchOrElse(index, holding('of the views'), clock))).toEqual(['of the views']);
});

it('an index of another program that refuses the question is away like one that answers it', async () => {
  const clock = new VirtualClock(0);
  const refuses = () => Promise.reject(new Error('No mapping found for [starts]'));
  const theirs = { ...holding('theirs'), find: refuses, findWithFacets: refuses };
  const price = { currency: 'EUR', min: 0, max: 3_000 };
  for (const serving of ['newer', 'outdated'] as const) {
    const index = ownIndex(theirs, () => Promise.resolve(serving), clock);
    await expect(index.find({ ...QUESTION, price })).rejects.toMatchObject({ code: 'SearchUnavailable' });
    const orElse = searchOrElse(index, holding('of the views'), clock);
    expect((await orElse.findWithFacets({ ...QUESTION, price })).hits[0]!.key).toBe('of the views');
  }
  await expect(ownIndex(theirs, () => Promise.resolve('ours'), clock).find(QUESTION)).rejects.toThrow(
    'mapping',
  );
});
