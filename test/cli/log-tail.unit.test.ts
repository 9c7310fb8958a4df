// How `fairseat log tail` ends where the log fails, or the engine beside it leaves.
import { expect, it } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { tail } from '../../src/cli/log-commands.ts';
import { Fault } from '../../src/ports/fault.ts';
import type { Session } from '../../src/profiles/command-line.ts';

function session(hasLeft: Session['hasLeft'], log: object = new MemoryEventLog(systemClock)): Session {
  return { engine: { log, clock: systemClock }, hasLeft } as unknown as Session;
}

it('a log that fails while it is asked whether the engine has left is told once both are over', async () => {
  const fails = async () => {
    await systemClock.sleep(20);
    throw new Fault('EventLogUnavailable', 'it is away');
  };
  const slow = async () => {
    await systemClock.sleep(100);
    return false;
  };
  await expect(tail(session(slow, { subscribeAll: fails }), { after: 0 }, false)).rejects.toThrow(
    'it is away',
  );
});

it('an engine that leaves ends it with a sentence', async () => {
  await expect(
    tail(
      session(async () => true),
      { after: 0 },
      false,
    ),
  ).rejects.toThrow('The engine whose Postgres was read has stopped.');
});
