// The event log in memory keeps the port's promises.
import { describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { gapless } from '../../contracts/event-log/gapless.ts';
import { eventsOf, newEvent, newStream } from '../../contracts/event-log/sample-events.ts';

eventLogContract(
  'in memory',
  async () => {
    const log = new MemoryEventLog(systemClock);
    return { log, other: log, close: () => log.close() };
  },
  { gapless },
);

describe('the event log in memory', () => {
  test('keeps a copy that nobody can change', async () => {
    const log = new MemoryEventLog(systemClock);
    const stream = newStream();
    const data = { seats: ['A-1'] };
    await log.append(stream, NO_STREAM, [newEvent(data)]);
    data.seats.push('A-2');
    const [event] = await eventsOf(log, stream);
    expect(event!.data).toEqual({ seats: ['A-1'] });
    expect(() => (event!.data as typeof data).seats.push('A-3')).toThrow(TypeError);
  });

  test('tells the time of the clock it was given', async () => {
    const log = new MemoryEventLog({ now: () => 42, sleep: async () => {} });
    expect(await log.now()).toBe(42);
  });

  test('ends subscriptions and refuses appends when it is closed', async () => {
    const log = new MemoryEventLog(systemClock);
    const ended = log.subscribeAll(0, () => {}, { signal: new AbortController().signal });
    await log.close();
    await ended;
    await expect(log.append(newStream(), NO_STREAM, [newEvent()])).rejects.toMatchObject({
      code: 'ShuttingDown',
      outcome: 'none',
    });
  });
});
