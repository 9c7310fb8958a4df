// What answers a search while its index is away, or only hangs.
import { expect, it } from 'vitest';
import { Fault } from '../../../src/ports/fault.ts';
import type { SearchIndex, SearchQuestion } from '../../../src/ports/search-index.ts';
import { searchOrElse } from '../../../src/queries/search/search-fallback.ts';
import { turn, VirtualClock } from '../../support/virtual-clock.ts';

const QUESTION = { sort: 'startsAt' } as SearchQuestion;
const TIMEOUT_MS = 6_000;

const finding = (find: SearchIndex['find']): SearchIndex => ({
  find,
  findWithFacets: () => Promise.reject(new Error('nobody asks')),
  position: () => 9,
  waitFor: () => Promise.resolve(9),
});

it('while the index hangs, one question in so many seconds waits for it, and all others are answered at once', async () => {
  const clock = new VirtualClock(0);
  let hangs = true;
  let asked = 0;
  const index = finding(async () => {
    asked += 1;
    if (!hangs) return [];
    await clock.sleep(TIMEOUT_MS);
    throw new Fault('SearchUnavailable', 'It does not answer.');
  });
  let fromViews = 0;
  const views = finding(() => {
    fromViews += 1;
    return Promise.resolve([]);
  });
  const search = searchOrElse(index, views, clock);
  const first = search.find(QUESTION);
  await clock.pass(TIMEOUT_MS);
  await first;
  await clock.pass(2_000);
  expect([asked, fromViews]).toEqual([1, 1]);

  const probe = search.find(QUESTION);
  const others = Array.from({ length: 5 }, () => search.find(QUESTION));
  await turn();
  expect([asked, fromViews]).toEqual([2, 6]);
  await clock.pass(TIMEOUT_MS);
  await Promise.all([probe, ...others]);

  hangs = false;
  await clock.pass(2_000);
  for (let n = 0; n < 3; n += 1) await search.find(QUESTION);
  expect([asked, fromViews]).toEqual([5, 7]);
});

it('a question that the index refuses as wrong says that it is back', async () => {
  const clock = new VirtualClock(0);
  const answers: (() => Promise<never[]>)[] = [
    () => Promise.reject(new Fault('SearchUnavailable', 'It is away.')),
    () => Promise.reject(new Error('a wrong question')),
    () => Promise.resolve([]),
  ];
  const search = searchOrElse(
    finding(() => answers.shift()!()),
    finding(() => Promise.resolve([])),
    clock,
  );
  await search.find(QUESTION);
  await clock.pass(2_000);
  await expect(search.find(QUESTION)).rejects.toThrow('a wrong question');
  await search.find(QUESTION);
  expect(answers).toEqual([]);
});
