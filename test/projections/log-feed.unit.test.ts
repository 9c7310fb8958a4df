// The feed straight from the log, where the log ends before the feed does.
import { expect, it } from 'vitest';
import { LogFeed } from '../../src/projections/log-feed.ts';
import type { ViewFeedPorts } from '../../src/projections/view-feed.ts';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { turn, VirtualClock } from '../support/virtual-clock.ts';

const ASKED_MAX = 100;

it('asks a log that was closed again after a while, and leaves the process its turns', async () => {
  const clock = new VirtualClock(0);
  const log = new MemoryEventLog(clock);
  await log.close();
  let asked = 0;
  const subscribeAll: typeof log.subscribeAll = async (...args) => {
    asked += 1;
    // Asked without end, not even this test would have a turn.
    if (asked > ASKED_MAX) await new Promise(() => {});
    return log.subscribeAll(...args);
  };
  const stop = new AbortController();
  const ports = { log: { lastPosition: async () => 0, subscribeAll }, clock } as unknown as ViewFeedPorts;
  const { ended } = await new LogFeed(ports).start([], stop.signal);
  await turn();
  expect(asked).toBe(1);
  await clock.pass(1_000);
  expect(asked).toBe(2);
  stop.abort();
  await ended;
});
