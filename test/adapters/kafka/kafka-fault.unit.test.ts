// What a client of Kafka says when it gives up, in our words: what went wrong, not how often it was tried.
import { expect, it } from 'vitest';
import { feedUnavailable } from '../../../src/adapters/kafka/kafka-fault.ts';

const refused = new Error('connect ECONNREFUSED 10.0.0.1:9092');

it.each([
  { client: 'kafkajs', error: new Error(refused.message, { cause: refused }) },
  {
    client: 'kafkajs, where it makes a topic,',
    error: Object.assign(new Error('Topic creation errors'), { errors: [refused] }),
  },
  {
    client: '@platformatic/kafka',
    error: new AggregateError(
      [
        new Error('Connection timed out.'),
        new AggregateError(
          [new Error('Connection to 10.0.0.1:9092 failed.', { cause: refused })],
          'metadata',
        ),
      ],
      'Listing topics failed.',
    ),
  },
])('names what went wrong first the last time that $client tried', ({ error }) => {
  const fault = feedUnavailable('be reached', error);
  expect(fault.message).toBe('Kafka could not be reached: connect ECONNREFUSED 10.0.0.1:9092.');
});

it('ends with one full stop, and has nothing but a name where that is all there is', () => {
  expect(feedUnavailable('be reached', new Error('Broker not connected.')).message).toBe(
    'Kafka could not be reached: Broker not connected.',
  );
  expect(feedUnavailable('be reached', 'ended').message).toBe('Kafka could not be reached: ended.');
});
