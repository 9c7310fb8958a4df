import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { Inbox } from '../../src/projections/inbox.ts';

const event = (position: number, type = 'A'): RecordedEvent => ({ position, type }) as RecordedEvent;
const positions = (events: readonly RecordedEvent[]): number[] => events.map((e) => e.position);

/** Of a whole hall. */
const block = (position: number, seats: readonly string[]): RecordedEvent => ({
  ...event(position),
  data: { seats, areas: [], reason: 'r' },
});

describe('the inbox of a projection', () => {
  test('keeps what concerns it and knows how far everything has come', () => {
    const inbox = new Inbox(['A'], 10);
    inbox.offer([event(11), event(12, 'B'), event(13), event(14, 'B')]);
    const { events, upTo } = inbox.take(10, 100);
    expect([positions(events), upTo]).toEqual([[11, 13], 14]);
    expect(inbox.size).toBe(0);
  });

  test('gives what fits into a batch, up to its last event', () => {
    const inbox = new Inbox(['A'], 0);
    inbox.offer([event(1), event(2), event(3), event(4, 'B')]);
    const first = inbox.take(0, 2);
    expect([positions(first.events), first.upTo]).toEqual([[1, 2], 2]);
    const second = inbox.take(2, 2);
    expect([positions(second.events), second.upTo]).toEqual([[3], 4]);
  });

  test('drops what is known already', () => {
    const inbox = new Inbox(['A'], 0);
    inbox.offer([event(1), event(2), event(3)]);
    expect(positions(inbox.take(2, 10).events)).toEqual([3]);
    inbox.offer([event(4)]);
    expect(inbox.take(9, 10)).toEqual({ events: [], upTo: 4 });
  });

  test('does not count on what it dropped as known, should a crash of the database make it unknown', () => {
    const inbox = new Inbox(['A'], 0);
    inbox.offer([event(1), event(2), event(3)]);
    inbox.take(3, 10);
    expect(inbox.after).toBe(3);
    inbox.take(9, 10);
    inbox.offer([event(4)]);
    expect([inbox.after, positions(inbox.take(3, 10).events)]).toEqual([3, [4]]);
  });

  test('forgets everything when it overflows, and says from where it is without gaps again', () => {
    const inbox = new Inbox(['A'], 0);
    inbox.offer(Array.from({ length: 50_001 }, (_, i) => event(i + 1)));
    expect([inbox.size, inbox.after, inbox.upTo]).toEqual([0, 50_001, 50_001]);
    inbox.offer([event(50_002)]);
    expect(positions(inbox.take(50_001, 10).events)).toEqual([50_002]);
  });

  test('overflows by few events that name many seats, not by as many that were taken', () => {
    const seats = Array.from({ length: 100_000 }, (_, i) => `A-${i}`);
    const inbox = new Inbox(['A'], 0);
    for (let n = 1; n <= 100; n += 1) {
      inbox.offer([block(n, seats)]);
      expect(inbox.take(n - 1, 10).events).toHaveLength(1);
    }
    expect(inbox.after).toBe(100);
    inbox.offer(Array.from({ length: 10 }, (_, i) => block(101 + i, seats)));
    expect([inbox.size, inbox.after]).toEqual([10, 100]);
    inbox.offer(Array.from({ length: 90 }, (_, i) => block(111 + i, seats)));
    expect([inbox.size, inbox.after, inbox.upTo]).toEqual([0, 200, 200]);
  });
});
