// What an operator is told of a topic that is not the one that was published to.
import { expect, test } from 'vitest';
import { whyAnotherFeed } from '../../src/ports/relay-progress.ts';

test('a topic that holds what was published, and perhaps more, may be the one', () => {
  expect(whyAnotherFeed([3, 0], [3, 2])).toBeNull();
  expect(whyAnotherFeed([], [0, 0])).toBeNull();
});

test('a topic that is not there is told as that, not as one of no partitions', () => {
  const why = whyAnotherFeed([3, 0], []);
  expect(why).toContain('is not there');
  expect(why).toContain('Set KAFKA_TOPIC as it was');
  expect(why).not.toContain('partitions');
});

test('another number of partitions, or fewer events than were published, is another topic', () => {
  expect(whyAnotherFeed([3, 0], [3, 0, 0])).toContain('has 3 partitions and had 2');
  expect(whyAnotherFeed([3, 0], [2, 9])).toContain('is shorter than it was');
});
