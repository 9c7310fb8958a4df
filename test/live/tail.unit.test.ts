// The log is followed once for all who follow it, from where it ends at the start, through faults, without gaps.
import { describe, expect, it } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { Fault } from '../../src/ports/fault.ts';
import { LogTail } from '../../src/live/log-tail.ts';
import { T0, iso } from '../domain/show/show-spec.ts';
import { turn, VirtualClock } from '../support/virtual-clock.ts';

function stage() {
  const clock = new VirtualClock(T0);
  const log: EventLog = new MemoryEventLog(clock);
  const faults: unknown[] = [];
  const state = { unavailable: false };
  const watched = {
    lastPosition: async () => {
      if (state.unavailable) throw new Fault('EventLogUnavailable', 'away');
      return log.lastPosition();
    },
    subscribeAll: (...args: Parameters<EventLog['subscribeAll']>) => log.subscribeAll(...args),
  };
  const tail = new LogTail({ log: watched as EventLog, clock, onFault: (error) => faults.push(error) });
  let written = 0;
  const append = async () => {
    const id = `00000000-0000-4000-8000-${String(written).padStart(12, '0')}`;
    const metadata = {
      commandId: id,
      requestHash: '',
      actor: 'a',
      correlationId: id,
      causationId: id,
      at: iso(T0),
    };
    await log.append('venue-x', written - 1, [{ id, type: 'VenueEdited', data: {}, metadata }]);
    written += 1;
    await turn();
  };
  return { clock, tail, append, faults, state };
}

describe('the tail', () => {
  it('gives what comes after the start, to each handler in turn', async () => {
    const { tail, append } = stage();
    await append();
    const told: string[] = [];
    tail.follow((events) => void told.push(...events.map((e) => `first ${e.position}`)));
    tail.follow(async (events) => void told.push(...events.map((e) => `second ${e.position}`)));
    await Promise.all([tail.start(), tail.start()]);
    expect(tail.startPosition).toBe(1);
    await append();
    expect(told).toEqual(['first 2', 'second 2']);
    expect(tail.position).toBe(2);
    await tail.stop();
    await append();
    expect(told).toHaveLength(2);
  });

  it('gives a batch again whose handler failed, and its position does not pass it', async () => {
    const { clock, tail, append, faults } = stage();
    const told: number[] = [];
    let failures = 2;
    tail.follow((events) => void told.push(...events.map((e) => e.position)));
    tail.follow(() => {
      failures -= 1;
      if (failures >= 0) throw new Error('not now');
    });
    await tail.start();
    await append();
    expect(tail.position).toBe(0);
    await clock.pass(1_000);
    expect(told).toEqual([1, 1, 1]);
    expect(tail.position).toBe(1);
    expect(faults).toHaveLength(2);
    await tail.stop();
  });

  it('can be started again when the log was away', async () => {
    const { tail, append, state } = stage();
    state.unavailable = true;
    await expect(tail.start()).rejects.toThrow('away');
    state.unavailable = false;
    await append();
    await tail.start();
    expect(tail.position).toBe(1);
    await tail.stop();
  });

  it('refuses who comes too late to see everything', async () => {
    const { tail } = stage();
    await tail.start();
    expect(() => tail.follow(() => {})).toThrow('must be made before it is started');
    await tail.stop();
  });
});
