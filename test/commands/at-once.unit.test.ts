// Work on many things: so many at a time, results in order, and an end without anything still going on.
import { expect, test } from 'vitest';
import { atOnce } from '../../src/commands/at-once.ts';
import { turn } from '../support/virtual-clock.ts';

test('no more than so many are worked on at a time, and results have the order of the items', async () => {
  let working = 0;
  let most = 0;
  const results = await atOnce([3, 1, 2, 0], 2, async (turns) => {
    most = Math.max(most, (working += 1));
    for (let i = 0; i < turns; i += 1) await turn();
    working -= 1;
    return turns * 10;
  });
  expect([results, most]).toEqual([[30, 10, 20, 0], 2]);
});

test('after an error nothing more is begun, and what was begun has ended when it is told', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const working = atOnce([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 0) throw new Error('no');
    for (let i = 0; i < 3; i += 1) await turn();
    ended.push(item);
  });
  await expect(working).rejects.toThrow('no');
  expect([begun, ended]).toEqual([[0, 1], [1]]);
});
