// What time has made due is recorded before the command that finds it, as a command of its own.
import { describe, expect, test } from 'vitest';
import { accepted, codeOf, House, START, StoppedClock, told } from './support/house.ts';

async function withLapsedSeat(): Promise<House> {
  const house = new House();
  await house.take('ann', ['A'], { untilMs: START + 60_000 });
  house.clock.nowMs = START + 60_000;
  return house;
}

describe('a lapse', () => {
  test('is recorded before the command, which then finds the seat free', async () => {
    const house = await withLapsedSeat();
    const bob = accepted(
      await house.take('bob', ['A'], { commandId: 'command-1', correlationId: 'request-9' }),
    );
    expect(bob).toMatchObject({ value: { A: 'bob' }, revision: 2 });
    const events = await house.events();
    expect(told(events)).toEqual(['SeatTaken A by ann', 'SeatLapsed A', 'SeatTaken A by bob']);
    const lapse = events[1]!.metadata;
    expect(lapse).toMatchObject({
      actor: 'system:lapse',
      causationId: 'command-1',
      correlationId: 'request-9',
      at: '2026-06-01T20:01:00.000Z',
    });
    expect(lapse.commandId).not.toBe('command-1');
    expect((await house.events()).length).toBe(3);
  });

  test('stays on record though the command is refused, which leaves no trace itself', async () => {
    const house = await withLapsedSeat();
    await house.take('cat', ['C']);
    const refused = await house.take('bob', ['A', 'C'], { commandId: 'command-1' });
    expect(codeOf(refused)).toBe('SeatsUnavailable');
    expect(told(await house.events())).toEqual(['SeatTaken A by ann', 'SeatLapsed A', 'SeatTaken C by cat']);
    await house.send({ kind: 'Free', seat: 'C' });
    expect(accepted(await house.take('bob', ['A', 'C'], { commandId: 'command-1' })).replayed).toBe(false);
  });

  test('is recorded before a read tells of it, so that no process with a slower clock can take it back', async () => {
    const house = await withLapsedSeat();
    const behind = house.another({ clock: new StoppedClock() });
    expect(await house.look()).toMatchObject({ value: {}, revision: 1 });
    expect(accepted(await behind.take('bob', ['A'])).value).toEqual({ A: 'bob' });
    const events = await house.events();
    expect(told(events)).toEqual(['SeatTaken A by ann', 'SeatLapsed A', 'SeatTaken A by bob']);
    const { commandId, correlationId, causationId, actor } = events[1]!.metadata;
    expect([actor, correlationId, causationId]).toEqual(['system:lapse', commandId, commandId]);
  });

  test('that cannot be recorded is not told either', async () => {
    const house = await withLapsedSeat();
    house.log.mishaps = ['refused'];
    await expect(house.look()).rejects.toMatchObject({ code: 'EventLogUnavailable' });
    expect((await house.events()).length).toBe(1);
    expect(house.counts.get('commandDone ExpireDue accepted')).toBeUndefined();
    await house.look();
    expect(house.counts.get('commandDone ExpireDue accepted')).toBe(1);
  });

  test('is recorded once, by whichever process comes first', async () => {
    const house = await withLapsedSeat();
    const there = house.another();
    await there.look();
    await Promise.all([
      house.take('bob', ['B']),
      there.take('cat', ['C']),
      house.send({ kind: 'ExpireDue' }),
    ]);
    expect(told(await house.events()).filter((line) => line.startsWith('SeatLapsed'))).toEqual([
      'SeatLapsed A',
    ]);
  });

  test('that a batch itself leaves due follows by itself, though nobody asks again', async () => {
    const house = new House({ limits: { batchEventsMax: 1 } });
    await house.take('ann', ['A', 'B'], { untilMs: START });
    await house.look();
    expect(told(await house.events()).slice(2)).toEqual(['SeatLapsed A', 'SeatLapsed B']);
  });

  test('that a batch leaves due follows by itself also when somebody looked meanwhile', async () => {
    const house = new House({ limits: { batchEventsMax: 1 } });
    await Promise.all([house.take('ann', ['A', 'B'], { untilMs: START }), house.look()]);
    await house.look();
    expect(told(await house.events()).slice(2)).toEqual(['SeatLapsed A', 'SeatLapsed B']);
  });

  test('that alone fills a batch and cannot be recorded is told to those who wait behind it', async () => {
    const house = new House({ limits: { batchEventsMax: 2 } });
    await house.take('ann', ['A0', 'A1', 'A2'], { untilMs: START + 1 });
    house.clock.nowMs = START + 1;
    house.log.mishaps = ['refused'];
    const outcomes = await Promise.allSettled([house.look(), house.take('bob', ['A0'])]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'EventLogUnavailable' } },
      { status: 'rejected', reason: { code: 'EventLogUnavailable' } },
    ]);
    expect((await house.events()).length).toBe(3);
  });

  test('of more than one batch holds goes on in the next, before the command', async () => {
    const house = new House({ limits: { batchEventsMax: 2 } });
    const seats = Array.from({ length: 5 }, (_, i) => `A${i}`);
    await house.take('ann', seats, { untilMs: START + 1 });
    house.clock.nowMs = START + 1;
    const outcomes = await Promise.all([house.take('bob', ['A0']), house.take('cat', ['A0'])]);
    expect(outcomes.map(codeOf)).toEqual(['accepted', 'SeatsUnavailable']);
    expect((await house.look()).value).toEqual({ A0: 'bob' });
  });
});
