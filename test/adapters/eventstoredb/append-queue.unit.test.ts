// Appends wait in line: one at a time for each stream, no more than a connection carries, and none is forgotten.
import { expect, test } from 'vitest';
import { AppendQueue } from '../../../src/adapters/eventstoredb/append-queue.ts';

/** A send that ends when it is told to. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let begun = false;
  const send = () => {
    begun = true;
    return promise;
  };
  return { send, resolve, reject, begun: () => begun };
}

test('appends of one stream go one after another, in order of arrival, also after one that failed', async () => {
  const queue = new AppendQueue();
  const [first, second, third] = [held(), held(), held()];
  const answers = [first, second, third].map(({ send }) => queue.run('show-1', send).catch(() => 'failed'));
  expect([first, second, third].map(({ begun }) => begun())).toEqual([true, false, false]);
  first.reject(new Error('away'));
  expect(await answers[0]).toBe('failed');
  await Promise.resolve();
  expect([second.begun(), third.begun()]).toEqual([true, false]);
  second.resolve('two');
  third.resolve('three');
  expect(await Promise.all(answers)).toEqual(['failed', 'two', 'three']);
});

test('no more than 64 streams append at a time, and the others follow', async () => {
  const queue = new AppendQueue();
  const appends = Array.from({ length: 100 }, held);
  const answers = appends.map(({ send }, index) => queue.run(`show-${index}`, send));
  expect(appends.filter(({ begun }) => begun())).toHaveLength(64);
  const idle = queue.idle();
  for (const { resolve } of appends) resolve('done');
  expect(await Promise.all(answers)).toEqual(appends.map(() => 'done'));
  await idle;
});

test('beyond 10,000 that wait an append is refused, and nothing was sent', async () => {
  const queue = new AppendQueue();
  const blocker = held();
  const answers = Array.from({ length: 10_000 }, () => queue.run('show-1', blocker.send));
  const refused = held();
  expect(() => queue.run('show-2', refused.send)).toThrow(
    expect.objectContaining({ code: 'Overloaded', outcome: 'none' }),
  );
  blocker.resolve('done');
  await Promise.all(answers);
  await queue.idle();
  expect(refused.begun()).toBe(false);
  expect(await queue.run('show-2', async () => 'done')).toBe('done');
});
