// Where the pipeline says no more: deadlines, full queues, and the end of the process.
import { describe, expect, test } from 'vitest';
import { seatAggregate } from './support/seats.ts';
import { accepted, HALL, House, START, ticks } from './support/house.ts';

describe('a deadline', () => {
  test('that has passed when its turn comes is 503, without a decision; the others go on', async () => {
    const house = new House();
    house.log.pause();
    const first = house.take('ann', ['A']);
    await ticks();
    const late = house.take('bob', ['B'], { deadlineMs: START + 1_000 });
    const inTime = house.take('cat', ['C'], { deadlineMs: START + 5_000 });
    house.clock.nowMs += 1_001;
    house.log.resume();
    await first;
    await expect(late).rejects.toMatchObject({ code: 'DeadlineExceeded', outcome: 'none' });
    expect(accepted(await inTime).value).toEqual({ A: 'ann', C: 'cat' });
  });
});

describe('a full queue', () => {
  const limits = { queueSizeMax: 4, batchSizeMax: 2 };

  test('sends commands and reads away with 503 and a time to come back, spread over seconds', async () => {
    const house = new House({ limits });
    house.log.pause();
    const sent = Array.from({ length: 4 }, (_, i) => house.take('ann', [`A${i}`]));
    const shed = await Promise.allSettled([
      house.take('bob', ['B']),
      house.look(),
      house.take('bob', ['B']),
      house.look(),
    ]);
    const faults = shed.map(
      (one) => (one as PromiseRejectedResult).reason as { code: string; retryAfterS: number },
    );
    expect(faults.map(({ code }) => code)).toEqual(['Overloaded', 'Overloaded', 'Overloaded', 'Overloaded']);
    expect(faults.map(({ retryAfterS }) => retryAfterS)).toEqual([2, 3, 4, 1]);
    house.log.resume();
    expect((await Promise.all(sent)).every(({ ok }) => ok)).toBe(true);
    expect(accepted(await house.take('bob', ['B'])).changed).toBe(true);
  });

  test('is told beforehand, counted as if the command had come', async () => {
    const house = new House({ limits });
    const asked = () => house.pipeline.sheds(`show-${HALL}`, 'Take');
    expect(asked()).toBeNull();
    house.log.pause();
    const sent = Array.from({ length: 4 }, (_, i) => house.take('ann', [`A${i}`]));
    expect([asked(), asked()]).toEqual([2, 3]);
    expect(house.counts.get('commandDone Take Overloaded')).toBe(2);
    house.log.resume();
    await Promise.all(sent);
    expect(asked()).toBeNull();
  });

  test('still takes commands with priority, up to a bound of their own', async () => {
    const house = new House({ limits });
    house.log.pause();
    const sent = Array.from({ length: 4 }, (_, i) => house.take('ann', [`A${i}`]));
    const urgent = Array.from({ length: 12 }, (_, i) => house.take('bob', [`B${i}`], { priority: true }));
    await expect(house.take('bob', ['B'], { priority: true })).rejects.toMatchObject({ code: 'Overloaded' });
    house.log.resume();
    expect((await Promise.all([...sent, ...urgent])).every(({ ok }) => ok)).toBe(true);
  });

  test('is also what all streams of the process share', async () => {
    const house = new House({ limits: { waitingMax: 3 } });
    house.log.pause();
    const halls = ['1', '2', '3'].map((id) =>
      house.send({ kind: 'Take', seats: ['A'], by: 'ann' }, {}, seatAggregate, id),
    );
    await expect(house.look('4')).rejects.toMatchObject({ code: 'Overloaded' });
    house.log.resume();
    await Promise.all(halls);
    await expect(house.look('4')).resolves.toMatchObject({ revision: -1 });
  });
});

describe('closing', () => {
  test('finishes what was accepted and takes nothing new', async () => {
    const house = new House();
    house.log.pause();
    const sent = house.take('ann', ['A']);
    const waiting = house.take('bob', ['B']);
    // The stopped clock would be over the bound at once.
    house.clock.sleep = () => new Promise<void>(() => {});
    const closing = house.pipeline.close(10_000);
    await expect(house.take('cat', ['C'])).rejects.toMatchObject({ code: 'ShuttingDown' });
    await expect(house.look()).rejects.toMatchObject({ code: 'ShuttingDown' });
    house.log.resume();
    await closing;
    expect(accepted(await sent).changed).toBe(true);
    expect(accepted(await waiting).changed).toBe(true);
  });

  test('gives up after its bound: what was not begun is not done, what was is unknown', async () => {
    const house = new House({ limits: { batchSizeMax: 2 } });
    house.log.pause();
    const begun = house.take('ann', ['A']);
    const refused = house.take('bob', ['A']);
    const waiting = house.take('cat', ['C']);
    const verdicts = Promise.allSettled([begun, refused, waiting]);
    await ticks();
    await house.pipeline.close(10_000);
    expect((await verdicts).map((one) => (one as PromiseRejectedResult).reason)).toMatchObject([
      { code: 'AppendUnknown', outcome: 'unknown' },
      { outcome: 'none' },
      { code: 'ShuttingDown', outcome: 'none' },
    ]);
    house.log.resume();
  });

  test('is at once when nothing is under way', async () => {
    const house = new House();
    await house.take('ann', ['A']);
    await house.pipeline.close(10_000);
    expect(house.clock.slept).toEqual([]);
  });
});
