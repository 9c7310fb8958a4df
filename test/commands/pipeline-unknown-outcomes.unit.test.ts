// An append that ends without an answer: what became of it is looked up before anybody is told anything.
import { describe, expect, test } from 'vitest';
import { accepted, codeOf, House, told } from './support/house.ts';

async function withAnn(): Promise<House> {
  const house = new House();
  await house.take('ann', ['A']);
  return house;
}

describe('an append without an answer', () => {
  test('that was written gets the verdicts that were decided', async () => {
    const house = await withAnn();
    house.log.mishaps = ['unheard'];
    const [bob, cat, look] = await Promise.all([
      house.take('bob', ['B']),
      house.take('cat', ['B']),
      house.look(),
    ]);
    const events = await house.events();
    expect(accepted(bob)).toMatchObject({
      changed: true,
      replayed: false,
      revision: 1,
      position: events[1]!.position,
    });
    expect(codeOf(cat)).toBe('SeatsUnavailable');
    expect(look.value).toEqual({ A: 'ann', B: 'bob' });
    expect(told(events)).toEqual(['SeatTaken A by ann', 'SeatTaken B by bob']);
    expect(house.counts.get('unknownOutcome true')).toBe(1);
    expect(accepted(await house.take('dan', ['D'])).revision).toBe(2);
  });

  test('that was not written is written now, once', async () => {
    const house = await withAnn();
    house.log.mishaps = ['lost'];
    const [bob, cat] = await Promise.all([house.take('bob', ['B', 'C']), house.take('cat', ['B'])]);
    expect(accepted(bob)).toMatchObject({ changed: true, replayed: false, revision: 2 });
    expect(codeOf(cat)).toBe('SeatsUnavailable');
    expect(told(await house.events())).toEqual([
      'SeatTaken A by ann',
      'SeatTaken B by bob',
      'SeatTaken C by bob',
    ]);
  });

  test('that is still under way while it is looked for is not written twice', async () => {
    const house = await withAnn();
    house.log.mishaps = ['lost'];
    const sent = house.take('bob', ['B']);
    await until(() => house.log.appends.length === 2);
    const [{ stream, expected, events }] = house.log.appends.slice(-1) as [(typeof house.log.appends)[0]];
    house.log.beforeAppend = async () => void (await house.log.inner.append(stream, expected, events));
    expect(accepted(await sent)).toMatchObject({ revision: 1, changed: true });
    expect(told(await house.events())).toEqual(['SeatTaken A by ann', 'SeatTaken B by bob']);
  });

  test('whose place others have taken is decided again', async () => {
    const house = await withAnn();
    const there = house.another();
    house.log.mishaps = ['lost'];
    house.log.beforeAppend = async () => void (await there.take('zoe', ['B']));
    const [bob, cat] = await Promise.all([house.take('bob', ['B']), house.take('cat', ['C'])]);
    expect(codeOf(bob)).toBe('SeatsUnavailable');
    expect(accepted(cat).value).toEqual({ A: 'ann', B: 'zoe', C: 'cat' });
  });

  test('is looked for again, with growing pauses, while the log cannot be read', async () => {
    const house = await withAnn();
    house.log.mishaps = ['unheard'];
    house.log.readFailures = [true, true, true];
    expect(accepted(await house.take('bob', ['B'])).revision).toBe(1);
    expect(house.clock.slept).toEqual([100, 200, 400]);
    expect((await house.events()).length).toBe(2);
  });

  test('and no way to find out is told as unknown to those who wanted something written', async () => {
    for (const mishap of ['unheard', 'lost'] as const) {
      const house = await withAnn();
      house.log.mishaps = [mishap];
      house.log.readFailures = Array.from({ length: 6 }, () => true);
      const context = { commandId: 'command-1', requestHash: 'hash-1' };
      const [bob, cat, look] = await Promise.allSettled([
        house.take('bob', ['B'], context),
        house.take('cat', ['A']),
        house.look(),
      ]);
      expect(bob).toMatchObject({
        status: 'rejected',
        reason: { code: 'AppendUnknown', outcome: 'unknown' },
      });
      expect(cat).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'EventLogUnavailable',
          outcome: 'none',
          message:
            'The event log cannot be reached, or takes nothing for now; the command was not done. Try again.',
        },
      });
      expect(look).toMatchObject({
        status: 'rejected',
        reason: { code: 'EventLogUnavailable', outcome: 'none' },
      });
      expect(house.counts.get('unknownOutcome false')).toBe(1);
      // Sent again with its key it is done once, whichever it was.
      const again = accepted(await house.take('bob', ['B'], context));
      expect(again).toMatchObject({ replayed: mishap === 'unheard', value: { A: 'ann', B: 'bob' } });
      expect((await house.events()).length).toBe(2);
    }
  });

  test('is unknown also to a command that was so already, and to the same command sent twice', async () => {
    const house = await withAnn();
    house.log.mishaps = ['unheard'];
    house.log.readFailures = Array.from({ length: 6 }, () => true);
    const free = { commandId: 'command-1', keyed: true };
    const take = { commandId: 'command-2', keyed: true };
    const ends = await Promise.allSettled([
      house.send({ kind: 'Free', seat: 'C' }, free),
      house.take('bob', ['B'], take),
      house.take('bob', ['B'], take),
    ]);
    // All three rest on events that are in the log: none of them may be told that nothing was done.
    expect((await house.events()).map(({ type }) => type)).toEqual(['SeatTaken', 'AlreadySo', 'SeatTaken']);
    for (const end of ends)
      expect(end).toMatchObject({
        status: 'rejected',
        reason: { code: 'AppendUnknown', outcome: 'unknown' },
      });
  });

  test('and a broken answer to every attempt after it is unknown too', async () => {
    const house = await withAnn();
    house.log.mishaps = Array.from({ length: 10 }, () => 'lost' as const);
    await expect(house.take('bob', ['B'])).rejects.toMatchObject({ code: 'AppendUnknown' });
    house.log.mishaps = [];
    expect((await house.look()).value).toEqual({ A: 'ann' });
  });
});

describe('what no further attempt can mend, after an append without an answer,', () => {
  test('is a part of it in the log: that is told at once, and as what it is', async () => {
    const house = await withAnn();
    house.log.mishaps = ['lost'];
    house.log.beforeAppend = async () => {
      const { stream, expected, events } = house.log.appends.at(-1)!;
      await house.log.inner.append(stream, expected, events.slice(0, 1));
    };
    await expect(house.take('bob', ['B', 'C'])).rejects.toThrow('holds a part of an append: 1 of 2 events');
    expect(house.clock.slept).toEqual([]);
  });

  test('is an event that no log can keep: it fails its own command only', async () => {
    const house = await withAnn();
    house.log.mishaps = ['lost'];
    const [bob, cat] = await Promise.allSettled([house.take('bob', ['B']), house.take('cat', ['C\0'])]);
    expect(bob).toMatchObject({ status: 'fulfilled', value: { ok: true, revision: 1 } });
    expect(cat).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } });
    expect(house.clock.slept).toEqual([]);
  });
});

describe('an append that surely was not written', () => {
  test('is 503 to everybody in the batch; the next is decided on what is stored', async () => {
    const house = await withAnn();
    house.log.mishaps = ['refused'];
    const sent = await Promise.allSettled([house.take('bob', ['B']), house.take('cat', ['A']), house.look()]);
    for (const one of sent) {
      expect(one).toMatchObject({
        status: 'rejected',
        reason: { code: 'EventLogUnavailable', outcome: 'none' },
      });
    }
    expect((await house.look()).value).toEqual({ A: 'ann' });
    expect(accepted(await house.take('dan', ['B'])).value).toEqual({ A: 'ann', B: 'dan' });
  });
});

describe('an event that no log can keep', () => {
  test('fails its own command only: each of its batch is committed alone', async () => {
    const house = await withAnn();
    const sent = await Promise.allSettled([
      house.take('bob', ['B']),
      house.take('cat', ['C\0']),
      house.take('dan', ['B', 'D']),
      house.take('eve', ['E']),
      house.look(),
    ]);
    expect(
      sent.map((one) =>
        one.status === 'fulfilled' ? ('ok' in one.value ? codeOf(one.value) : 'seen') : 'failed',
      ),
    ).toEqual(['accepted', 'failed', 'SeatsUnavailable', 'accepted', 'seen']);
    expect(sent[1]).toMatchObject({ reason: { name: 'TypeError' } });
    expect((await house.look()).value).toEqual({ A: 'ann', B: 'bob', E: 'eve' });
    expect(house.clock.slept).toEqual([]);
    expect(house.counts.get('commandDone Take Error')).toBe(1);
    await Promise.all([house.take('fay', ['F']), house.take('gus', ['G'])]);
    expect(house.log.appends.at(-1)!.events.length).toBe(2);
  });
});

describe('a log that cannot be reached', () => {
  test('when the state is loaded is 503 to those who waited', async () => {
    const house = await withAnn();
    house.restart();
    house.log.readFailures = [true];
    await expect(house.take('bob', ['B'])).rejects.toMatchObject({ code: 'EventLogUnavailable' });
    expect(accepted(await house.take('bob', ['B'])).revision).toBe(1);
  });

  test('when a refusal or read is checked is 503, and the state is kept', async () => {
    const house = await withAnn();
    const reads = house.log.reads.length;
    house.log.mishaps = ['lost'];
    await expect(house.take('bob', ['A'])).rejects.toMatchObject({
      code: 'EventLogUnavailable',
      outcome: 'none',
    });
    house.log.mishaps = ['refused'];
    await expect(house.look()).rejects.toMatchObject({ code: 'EventLogUnavailable' });
    expect((await house.look()).value).toEqual({ A: 'ann' });
    expect(house.log.reads.length).toBe(reads);
  });
});

async function until(done: () => boolean): Promise<void> {
  while (!done()) await Promise.resolve();
}
