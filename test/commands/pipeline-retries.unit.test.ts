// A command sent again is done once, wherever and whenever it is sent.
import { describe, expect, test } from 'vitest';
import { accepted, House, told } from './support/house.ts';

const first = { commandId: 'command-1', requestHash: 'hash-1' };

describe('the same command again', () => {
  test('is answered as things stand now and writes nothing', async () => {
    const house = new House();
    const original = accepted(await house.take('ann', ['A'], first));
    await house.take('bob', ['B']);
    const again = accepted(await house.take('ann', ['A'], first));
    expect(original).toMatchObject({ replayed: false, changed: true, revision: 0 });
    expect(again).toMatchObject({
      replayed: true,
      changed: false,
      revision: 1,
      value: { A: 'ann', B: 'bob' },
    });
    expect(again.position).toBeGreaterThan(original.position);
    expect((await house.events()).length).toBe(2);
  });

  test('is known after a restart', async () => {
    const house = new House();
    await house.take('ann', ['A'], first);
    house.restart();
    expect(accepted(await house.take('ann', ['A'], first))).toMatchObject({ replayed: true, revision: 0 });
  });

  test('is known to another process that had its own state of the stream', async () => {
    const here = new House();
    const there = here.another();
    await there.look();
    await here.take('bob', ['B']);
    await there.look();
    await here.take('ann', ['A'], first);
    expect(accepted(await there.take('ann', ['A'], first))).toMatchObject({ replayed: true, changed: false });
    expect(told(await here.events())).toEqual(['SeatTaken B by bob', 'SeatTaken A by ann']);
  });

  test('twenty times at once is done once: one answer is the first', async () => {
    const house = new House();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => house.take('ann', ['A'], first)));
    expect(outcomes.map((outcome) => accepted(outcome).replayed)).toEqual([
      false,
      ...Array.from({ length: 19 }, () => true),
    ]);
    expect((await house.events()).length).toBe(1);
  });

  test('with another body is refused and does nothing', async () => {
    const house = new House();
    await house.take('ann', ['A'], first);
    const other = await house.take('ann', ['B'], { ...first, requestHash: 'hash-2' });
    expect(other).toMatchObject({ ok: false, rejection: { code: 'IdempotencyKeyReused' } });
    expect((await house.look()).value).toEqual({ A: 'ann' });
  });

  test('with a key that changed nothing is remembered all the same, and not done when things stand otherwise', async () => {
    const house = new House();
    const free = { kind: 'Free', seat: 'A' } as const;
    const keyed = { ...first, keyed: true };
    expect(accepted(await house.send(free, keyed))).toMatchObject({ changed: false, replayed: false });
    await house.take('ann', ['A']);
    house.restart();
    expect(accepted(await house.send(free, keyed))).toMatchObject({ replayed: true, value: { A: 'ann' } });
    const other = await house.send({ kind: 'Free', seat: 'B' }, { ...keyed, requestHash: 'hash-2' });
    expect(other).toMatchObject({ ok: false, rejection: { code: 'IdempotencyKeyReused' } });
    expect((await house.events()).map(({ type }) => type)).toEqual(['AlreadySo', 'SeatTaken']);
  });

  test('without a key that changed nothing leaves no trace', async () => {
    const house = new House();
    await house.send({ kind: 'Free', seat: 'A' });
    expect(await house.events()).toEqual([]);
  });

  test('in the batch of the first attempt, with two bodies: the first that came wins', async () => {
    const house = new House();
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        house.take('ann', [i % 2 ? 'A' : 'B'], { ...first, requestHash: `hash-${i % 2}` }),
      ),
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true, false, true, false]);
    expect((await house.look()).value).toEqual({ B: 'ann' });
  });
});
