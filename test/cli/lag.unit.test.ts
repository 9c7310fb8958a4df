import { expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { secondsBehind } from '../../src/cli/doctor/lag.ts';
import { newEvent } from '../contracts/event-log/sample-events.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

test('what follows the log is as far behind as the first event that it lacks is old, whatever positions are', async () => {
  const clock = new VirtualClock(Date.parse('2027-03-01T12:00:00Z'));
  const log = new MemoryEventLog(clock);
  for (const [revision, at] of ['11:59:00', '11:59:50', '12:00:05'].entries()) {
    const event = newEvent();
    await log.append('show-1', revision - 1, [
      { ...event, metadata: { ...event.metadata, at: `2027-03-01T${at}Z` } },
    ]);
  }
  expect(await secondsBehind({ log, clock }, 0)).toBe(60);
  expect(await secondsBehind({ log, clock }, 1)).toBe(10);
  // Decided by a clock that is ahead.
  expect(await secondsBehind({ log, clock }, 2)).toBe(0);
  expect(await secondsBehind({ log, clock }, 3)).toBe(0);
});
