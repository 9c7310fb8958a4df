// A member by @platformatic/kafka whose fetches fail.
import type { Consumer } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import { Following } from '../../../src/adapters/platformatic-kafka/following.ts';
import { Fault } from '../../../src/ports/fault.ts';

type Joined = (event: { assignments: { topic: string; partitions: number[] }[] }) => void;

it('says that the feed is away when brokers do not answer its fetches, not where in the client that was noticed', async () => {
  let joined: Joined;
  const member = { on: (_: string, listener: Joined) => (joined = listener) } as unknown as Consumer;
  const away = new AggregateError([new Error('connect ECONNREFUSED 10.0.0.1:9092')], 'No broker.');
  const reader = { metadata: () => Promise.reject(away) } as unknown as Consumer;
  const stop = new AbortController();
  const problems: unknown[] = [];
  const following = new Following({
    member,
    reader,
    topic: 't',
    earliest: () => Promise.resolve([0]),
    handling: {
      group: 'g',
      begin: () => Promise.resolve(new Map([[0, 0]])),
      handle: ({ next }) => Promise.resolve(next),
      onProblem: (problem) => {
        problems.push(problem);
        stop.abort();
      },
    },
  });
  joined!({ assignments: [{ topic: 't', partitions: [0] }] });
  await following.run(stop.signal);
  expect(problems).toEqual([expect.any(Fault)]);
  expect((problems[0] as Fault).message).toBe(
    'Kafka could not be fetched from: connect ECONNREFUSED 10.0.0.1:9092.',
  );
});
