// Taking turns at the lead, on a virtual clock: who leads when, and how long the pauses are.
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryLeaseStore } from '../../src/adapters/memory/memory-lease-store.ts';
import type { LeaseStore } from '../../src/ports/lease.ts';
import type { HeldLease } from '../../src/workers/held-lease.ts';
import { keepLeading } from '../../src/workers/leading.ts';
import { turn, VirtualClock } from '../support/virtual-clock.ts';

type Lead = (ending: AbortSignal, lease: HeldLease) => Promise<void | 'stands by'>;

const TTL_MS = 5_000;
const STAND_BY_MS = 500;

describe('whoever keeps leading', () => {
  let clock: VirtualClock;
  let leases: LeaseStore;
  beforeEach(() => {
    clock = new VirtualClock(Date.parse('2027-01-01T00:00:00Z'));
    leases = new MemoryLeaseStore(clock);
  });

  function leader(lead: Lead) {
    const stop = new AbortController();
    const told = { leads: [] as number[], faults: [] as string[], waits: 0, over: false };
    const from = clock.nowMs;
    const running = keepLeading(
      {
        lease: { leases, clock, name: 'work', holder: 'somebody', ttlMs: TTL_MS },
        standByMs: STAND_BY_MS,
        pauseMaxMs: 2_000,
        lead: (lease, ending) => {
          told.leads.push(clock.nowMs - from);
          return lead(ending, lease);
        },
        onStandBy: () => (told.waits += 1),
        onFault: (error) => told.faults.push(String(error)),
      },
      stop.signal,
    ).then(() => (told.over = true));
    return { told, running, stop: () => stop.abort() };
  }
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i += 1) await turn();
  };
  const untilEnding: Lead = (ending) =>
    new Promise((resolve) => ending.addEventListener('abort', () => resolve(), { once: true }));
  const isFree = async (): Promise<boolean> => {
    const token = await leases.acquire('work', 'the test', 1);
    if (token !== null) await leases.release('work', token);
    return token !== null;
  };

  it('stands by where its work is not for it to do, and others may have the lease', async () => {
    const { told, running, stop } = leader(async () => 'stands by');
    await settle();
    expect(await isFree()).toBe(true);
    await clock.pass(STAND_BY_MS);
    await settle();
    expect(told.leads).toEqual([0, STAND_BY_MS]);
    expect([told.waits, told.faults]).toEqual([2, []]);
    stop();
    await running;
  });

  it('gives the lease back whatever its work threw, before it pauses', async () => {
    const { told, running, stop } = leader(async () => {
      throw new Error('no such luck');
    });
    await settle();
    expect(told.faults).toEqual(['Error: no such luck']);
    expect(await isFree()).toBe(true);
    stop();
    await running;
  });

  it('stands by while somebody else leads, and leads once that one has gone', async () => {
    const first = leader(untilEnding);
    await settle();
    const second = leader(untilEnding);
    await clock.pass(3 * TTL_MS);
    expect([first.told.leads, second.told.leads]).toEqual([[0], []]);
    expect(second.told.waits).toBeGreaterThan(20);
    first.stop();
    await first.running;
    await clock.pass(STAND_BY_MS);
    expect(second.told.leads).toHaveLength(1);
    expect([first.told.faults, second.told.faults]).toEqual([[], []]);
    second.stop();
    await second.running;
  });

  it('pauses longer after each fault, up to a bound', async () => {
    const { told, running, stop } = leader(() => Promise.reject(new Error('again')));
    await clock.pass(9_000);
    expect(told.leads).toEqual([0, 200, 600, 1_400, 3_000, 5_000, 7_000, 9_000]);
    stop();
    await running;
  });

  it.each([
    ['ended well', 0, true],
    ['went well for long', 2_100, false],
  ])('pauses from the beginning again after work that %s', async (_, lastsMs, endsWell) => {
    let round = 0;
    const { told, running, stop } = leader(async () => {
      round += 1;
      if (round !== 4) throw new Error('again');
      await clock.sleep(lastsMs);
      if (!endsWell) throw new Error('after all');
    });
    await clock.pass(1_400 + lastsMs + 700);
    const after = told.leads.slice(4).map((ms) => ms - 1_400 - lastsMs);
    expect(after).toEqual(endsWell ? [200, 400] : [200, 600]);
    stop();
    await running;
  });

  it('does not begin again at once, though its work ends as soon as it has begun', async () => {
    const { told, running, stop } = leader(() => Promise.resolve());
    await clock.pass(1_000);
    expect(told.leads).toEqual([0, 200, 400, 600, 800, 1_000]);
    stop();
    await running;
  });

  it('is told that the lease was lost, and does not take it from the next one', async () => {
    const ends: boolean[] = [];
    const one = leader(async (ending, lease) => {
      await untilEnding(ending, lease);
      ends.push(lease.isHeld);
    });
    await settle();
    leases.renew = () => Promise.resolve(false);
    await clock.pass(TTL_MS * 0.4);
    expect(ends).toEqual([false]);
    one.stop();
    await one.running;
    expect([one.told.faults, await isFree()]).toEqual([[], false]);
  });

  it('goes on though the lease cannot be given back', async () => {
    leases.release = () => Promise.reject(new Error('the database is away'));
    const { told, running, stop } = leader(() => Promise.resolve());
    await clock.pass(TTL_MS + STAND_BY_MS);
    expect(told.leads.length).toBeGreaterThan(1);
    stop();
    await running;
  });

  it('goes on though the lease cannot be asked for', async () => {
    const acquire = leases.acquire.bind(leases);
    leases.acquire = () => Promise.reject(new Error('the database is away'));
    const { told, running, stop } = leader(untilEnding);
    await clock.pass(100);
    leases.acquire = acquire;
    await clock.pass(100);
    expect(told).toMatchObject({ leads: [200], faults: ['Error: the database is away'] });
    stop();
    await running;
  });

  describe('ends without a moment passing when it is stopped', () => {
    it('while it leads', async () => {
      const { told, stop } = leader(untilEnding);
      await settle();
      stop();
      await settle();
      expect([told.over, await isFree()]).toEqual([true, true]);
    });

    it('while it stands by', async () => {
      await leases.acquire('work', 'another', TTL_MS);
      const { told, stop } = leader(untilEnding);
      await settle();
      expect(told.waits).toBe(1);
      stop();
      await settle();
      expect(told.over).toBe(true);
    });

    it.each([
      ['a fault', () => Promise.reject(new Error('again'))],
      ['work that ended', () => Promise.resolve()],
    ])('while it pauses after %s', async (_, lead) => {
      const { told, stop } = leader(lead);
      await settle();
      stop();
      await settle();
      expect([told.leads, told.over]).toEqual([[0], true]);
    });

    it('while it asks for the lease, which it gives back without having led', async () => {
      const acquire = leases.acquire.bind(leases);
      const asked = Promise.withResolvers<void>();
      leases.acquire = async (...wanted) => {
        await asked.promise;
        return acquire(...wanted);
      };
      const { told, stop } = leader(untilEnding);
      await settle();
      stop();
      asked.resolve();
      await settle();
      leases.acquire = acquire;
      expect([told.leads, told.over, await isFree()]).toEqual([[], true, true]);
    });
  });
});
