// Whose index it is that answers a search.
import { expect, it } from 'vitest';
import type { SearchIndex, SearchQuestion } from '../../../src/ports/search-index.ts';
import { ownIndex } from '../../../src/queries/search/own-index.ts';
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
  const index = ownIndex(holding('theirs'), () => Promise.resolve(false), new VirtualClock(0));
  const refused = { code: 'SearchForeign', message: expect.stringContaining('OPENSEARCH_INDEX') };
  await expect(index.find(QUESTION)).rejects.toMatchObject(refused);
  await expect(index.findWithFacets(QUESTION)).rejects.toMatchObject(refused);
  await expect(index.waitFor(1, 1_000)).rejects.toMatchObject(refused);
});

it('what answers in place of it is the views, where that is wanted', async () => {
  const clock = new VirtualClock(0);
  const index = ownIndex(holding('theirs'), () => Promise.resolve(false), clock);
  expect(await idsOf(searchOrElse(index, holding('of the views'), clock))).toEqual(['of the views']);
});

it('an index that was exchanged for another is noticed, and when ours is back it answers', async () => {
  const clock = new VirtualClock(0);
  let isOurs = true;
  const index = ownIndex(holding('ours'), () => Promise.resolve(isOurs), clock);
  expect(await idsOf(index)).toEqual(['ours']);
  isOurs = false;
  await clock.pass(1_000);
  await expect(index.find(QUESTION)).rejects.toMatchObject({ code: 'SearchForeign' });
  isOurs = true;
  expect(await idsOf(index)).toEqual(['ours']);
});

it('a clock that is put back changes nothing of when it is looked and asked again', async () => {
  const clock = new VirtualClock(0);
  let isOurs = false;
  const own = ownIndex(holding('ours'), () => Promise.resolve(isOurs), clock);
  const index = searchOrElse(own, holding('of the views'), clock);
  expect(await idsOf(index)).toEqual(['of the views']);
  isOurs = true;
  clock.putMs = -3_600_000;
  await clock.pass(2_000);
  expect(await idsOf(index)).toEqual(['ours']);
  isOurs = false;
  await clock.pass(1_000);
  expect(await idsOf(index)).toEqual(['of the views']);
});
