// The command pipeline on a good day: one verdict each, one append a batch.
import { describe, expect, test } from 'vitest';
import { seatAggregate } from './support/seats.ts';
import { accepted, codeOf, countedIds, HALL, House, START, ticks, told } from './support/house.ts';

describe('a batch', () => {
  test('of commands sent together is one append with a verdict each, in arrival order', async () => {
    const house = new House();
    const outcomes = await Promise.all([
      house.take('ann', ['A']),
      house.take('bob', ['B', 'C']),
      house.take('cat', ['A']),
      house.take('dan', ['D']),
    ]);
    expect(outcomes.map(codeOf)).toEqual(['accepted', 'accepted', 'SeatsUnavailable', 'accepted']);
    expect(outcomes.slice(0, 2).map((outcome) => accepted(outcome).revision)).toEqual([0, 2]);
    expect(new Set([0, 1, 3].map((i) => accepted(outcomes[i]!).position)).size).toBe(1);
    expect(house.log.appends.length).toBe(1);
    expect(house.log.appends[0]!.expected).toBe(-1);
    expect(told(await house.events())).toEqual([
      'SeatTaken A by ann',
      'SeatTaken B by bob',
      'SeatTaken C by bob',
      'SeatTaken D by dan',
    ]);
  });

  test('gives each command the state right after its own decision', async () => {
    const house = new House();
    const [first, look, second] = await Promise.all([
      house.take('ann', ['A']),
      house.look(),
      house.take('bob', ['B']),
    ]);
    expect(accepted(first).value).toEqual({ A: 'ann' });
    expect(look).toMatchObject({ value: { A: 'ann' }, revision: 0 });
    expect(accepted(second).value).toEqual({ A: 'ann', B: 'bob' });
  });

  test('collects what arrives while the append before it is under way', async () => {
    const house = new House();
    house.log.pause();
    const first = house.take('ann', ['A']);
    await ticks();
    const others = Promise.all([
      house.take('bob', ['B']),
      house.take('cat', ['C']),
      house.take('dan', ['D']),
    ]);
    await ticks();
    expect(house.log.appends.length).toBe(1);
    house.log.resume();
    await Promise.all([first, others]);
    expect(house.log.appends.map(({ events }) => events.length)).toEqual([1, 3]);
  });

  test('is half of a crowd that asks again once answered, so that the log and the answers take turns', async () => {
    const house = new House({ limits: { undividedMax: 4 } });
    let left = 60;
    const asking = async (): Promise<void> => {
      while (left > 0) accepted(await house.take('ann', [`A${(left -= 1)}`]));
    };
    house.log.pause();
    const first = asking();
    await ticks();
    const others = Array.from({ length: 11 }, asking);
    await ticks();
    house.log.resume();
    await Promise.all([first, ...others]);
    const sizes = house.log.appends.map(({ events }) => events.length);
    expect(sizes.slice(0, 5)).toEqual([1, 6, 6, 6, 6]);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(60);
  });

  test('of few is all of them, whatever the last one was', async () => {
    const house = new House({ limits: { undividedMax: 4 } });
    house.log.pause();
    const first = house.take('ann', ['A']);
    await ticks();
    const others = ['B', 'C', 'D', 'E'].map((seat) => house.take('bob', [seat]));
    await ticks();
    house.log.resume();
    await Promise.all([first, ...others]);
    expect(house.log.appends.map(({ events }) => events.length)).toEqual([1, 4]);
  });

  test('is never larger than its bound, and order is kept over batches', async () => {
    const house = new House({ limits: { batchSizeMax: 3 } });
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => house.take('ann', [`A${i}`])));
    expect(outcomes.map((outcome) => accepted(outcome).revision)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(house.log.appends.map(({ events }) => events.length)).toEqual([3, 3, 2]);
  });

  test('that has its events takes no further command', async () => {
    const house = new House({ limits: { batchEventsMax: 3 } });
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, (_, i) => house.take('ann', [`A${i}`, `B${i}`])),
    );
    expect(outcomes.map((outcome) => accepted(outcome).revision)).toEqual([1, 3, 5, 7]);
    expect(house.log.appends.map(({ events }) => events.length)).toEqual([4, 4]);
    expect(house.pipeline.stats().waiting).toBe(0);
  });
});

describe('a verdict', () => {
  test('is not given before the commit', async () => {
    const house = new House();
    house.log.pause();
    let answered = 0;
    const sent = [house.take('ann', ['A']), house.take('bob', ['A']), house.look()];
    for (const one of sent) void one.then(() => (answered += 1));
    await ticks();
    expect(house.log.appends.length).toBe(1);
    expect(answered).toBe(0);
    house.log.resume();
    await Promise.all(sent);
    expect(answered).toBe(3);
  });

  test('of a refusal leaves no event and its command may be tried again', async () => {
    const house = new House();
    await house.take('ann', ['A']);
    const refused = await house.take('bob', ['A', 'B'], { commandId: 'again' });
    expect(refused).toMatchObject({
      ok: false,
      rejection: { code: 'SeatsUnavailable', members: { seats: ['A'] } },
    });
    await house.send({ kind: 'Free', seat: 'A' });
    const retried = accepted(await house.take('bob', ['A', 'B'], { commandId: 'again' }));
    expect(retried).toMatchObject({ replayed: false, changed: true, value: { A: 'bob', B: 'bob' } });
    expect(told(await house.events())).toEqual([
      'SeatTaken A by ann',
      'SeatFreed A',
      'SeatTaken A by bob',
      'SeatTaken B by bob',
    ]);
  });

  test('of what is already so is an acceptance that writes nothing', async () => {
    const house = new House();
    await house.take('ann', ['A']);
    const { position } = accepted(await house.send({ kind: 'Free', seat: 'A' }));
    const again = accepted(await house.send({ kind: 'Free', seat: 'A' }));
    expect(again).toMatchObject({ changed: false, replayed: false, revision: 1, position });
    expect((await house.events()).length).toBe(2);
  });
});

describe('the events of a command', () => {
  test('carry who, why and when, the same for all of them', async () => {
    const house = new House();
    const traceparent = '00-11111111111111111111111111111111-2222222222222222-01';
    await house.take('ann', ['A', 'B'], {
      commandId: 'c-1',
      requestHash: 'h-1',
      actor: 'client:web',
      correlationId: 'r-1',
      traceparent,
    });
    await house.take('bob', ['C'], { commandId: 'c-2', causationId: 'c-1' });
    const [first, second, third] = await house.events();
    expect(first!.metadata).toEqual({
      commandId: 'c-1',
      requestHash: 'h-1',
      actor: 'client:web',
      correlationId: 'r-1',
      causationId: 'c-1',
      at: '2026-06-01T20:00:00.000Z',
      traceparent,
    });
    expect(second!.metadata).toEqual(first!.metadata);
    expect(third!.metadata).toMatchObject({ commandId: 'c-2', causationId: 'c-1' });
    expect('traceparent' in third!.metadata).toBe(false);
    expect(new Set([first!.id, second!.id, third!.id]).size).toBe(3);
  });

  test('are never earlier than the last event of the stream, whatever the clock says', async () => {
    const house = new House();
    await house.take('ann', ['A']);
    house.clock.nowMs = START - 60_000;
    await house.take('bob', ['B']);
    const [, later] = await house.events();
    expect(later!.metadata.at).toBe('2026-06-01T20:00:00.000Z');
    const seen = await house.pipeline.read(seatAggregate, HALL, (_, nowMs) => nowMs);
    expect(seen.value).toBe(START);
  });
});

test('an aggregate without lapses, plans and snapshots is enough', async () => {
  const house = new House();
  const plain = { ...seatAggregate, due: undefined, needsPlan: undefined, snapshot: undefined };
  expect(accepted(await house.send({ kind: 'Take', seats: ['A'], by: 'ann' }, {}, plain)).revision).toBe(0);
  expect(
    accepted(await house.send({ kind: 'Free', seat: 'A' }, { commandId: countedIds.uuid() }, plain)).revision,
  ).toBe(1);
});
