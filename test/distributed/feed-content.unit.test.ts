// What the check of the feed complains of, so that its silence means something.
import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { sampleEvents } from '../contracts/event-feed/feed-world.ts';
import { feedComplaints, type FeedMessage } from './feed-content.ts';

const events = sampleEvents(6, 2);
const feed = (...published: readonly RecordedEvent[]): FeedMessage[] =>
  published.map((event) => ({ partition: event.stream === events[0]!.stream ? 0 : 1, event }));
const [a, b, c, d, e, f] = events as [
  RecordedEvent,
  RecordedEvent,
  RecordedEvent,
  RecordedEvent,
  RecordedEvent,
  RecordedEvent,
];
const named = ({ stream, revision }: RecordedEvent): string => `${stream}@${revision}`;

test('each event once, or again after its first coming, is as it must be', () => {
  expect(feedComplaints(events, feed(a, b, c, d, e, f))).toEqual([]);
  expect(feedComplaints(events, feed(b, d, a, c, a, c, e, f, f))).toEqual([]);
});

test('what came after the log was read is not held against it', () => {
  expect(feedComplaints(events.slice(0, 4), feed(a, b, c, d, e, f))).toEqual([]);
});

test('an event that is missing, another than in the log, or in no log is named', () => {
  expect(feedComplaints(events, feed(a, b, d, e, f))).toEqual([`not in the feed: ${named(c)}`]);
  const changed = { ...c, data: { n: 'something else' } };
  expect(feedComplaints(events, feed(a, b, changed, d, e, f))).toEqual([
    `another in the feed than in the log: ${named(c)}`,
  ]);
  expect(feedComplaints([a, b, d, e, f], feed(a, b, c, d, e, f))).toEqual([
    '1 in the feed and not in the log',
  ]);
});

test('a first coming out of order is named, with its partition', () => {
  expect(feedComplaints(events, feed(a, b, e, c, d, f))).toEqual([
    `out of order in partition 0: ${named(c)}`,
  ]);
});
