// A bug in one decision, answer or view is that command's alone.
import { describe, expect, test } from 'vitest';
import { seatAggregate } from './support/seats.ts';
import { accepted, HALL, House } from './support/house.ts';

describe('a bug in a decision', () => {
  test('harms its own command only: the state is rebuilt and the rest decided', async () => {
    const house = new House();
    await house.take('ann', ['A']);
    const [bob, bug, cat] = await Promise.allSettled([
      house.take('bob', ['B']),
      house.send({ kind: 'Break' }),
      house.take('cat', ['C']),
    ]);
    expect(bug).toMatchObject({ status: 'rejected', reason: { message: 'a bug in a decision' } });
    expect(bob).toMatchObject({ status: 'fulfilled', value: { ok: true, revision: 1 } });
    expect(cat).toMatchObject({
      status: 'fulfilled',
      value: { ok: true, value: { A: 'ann', B: 'bob', C: 'cat' } },
    });
    expect((await house.events()).length).toBe(3);
  });

  test('in an answer undoes what was decided and not yet written', async () => {
    const house = new House();
    const context = { commandId: 'c-1', requestHash: 'h', actor: 'client:test', correlationId: 'r-1' };
    const broken = house.pipeline.execute(
      seatAggregate,
      HALL,
      { kind: 'Take', seats: ['A'], by: 'ann' },
      context,
      () => {
        throw new TypeError('a bug in an answer');
      },
    );
    const next = house.take('bob', ['A']);
    await expect(broken).rejects.toThrow('a bug in an answer');
    expect(accepted(await next).value).toEqual({ A: 'bob' });
  });

  test('in looking for what a batch has left over ends nothing: whoever asks next is told', async () => {
    const house = new House();
    let thoroughly = 0;
    const aggregate: typeof seatAggregate = {
      ...seatAggregate,
      due(_state, _nowMs, thorough) {
        if (thorough !== true) return null;
        thoroughly += 1;
        throw new TypeError('a bug in due');
      },
    };
    const take = (seat: string) => house.send({ kind: 'Take', seats: [seat], by: 'ann' }, {}, aggregate);
    expect(accepted(await take('A')).revision).toBe(0);
    expect(accepted(await take('B')).revision).toBe(1);
    expect(thoroughly).toBe(2);
  });

  test('in a read costs nobody else anything', async () => {
    const house = new House();
    await house.take('ann', ['A']);
    const reads = house.log.reads.length;
    const broken = house.pipeline.read(seatAggregate, HALL, () => {
      throw new TypeError('a bug in a view');
    });
    const next = house.take('bob', ['B']);
    await expect(broken).rejects.toThrow('a bug in a view');
    expect(accepted(await next).revision).toBe(1);
    expect(house.log.reads.length).toBe(reads);
  });

  test('again and again sends the rest of the batch away rather than rebuilding for ever', async () => {
    const house = new House();
    await house.take('ann', ['A']);
    const sent = await Promise.allSettled([
      ...Array.from({ length: 6 }, () => house.send({ kind: 'Break' })),
      house.take('bob', ['B']),
    ]);
    expect(sent.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'Overloaded' } });
    expect(accepted(await house.take('bob', ['B'])).value).toEqual({ A: 'ann', B: 'bob' });
  });
});
