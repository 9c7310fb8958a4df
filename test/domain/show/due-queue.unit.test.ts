// Live holds come up in the order in which they lapse, whatever becomes of others meanwhile.
import { expect, it } from 'vitest';
import { DueQueue } from '../../../src/domain/show/due-queue.ts';

interface Hold {
  readonly id: number;
  status: string;
  until: number;
}

it('agrees with sorting, whatever ends or is extended; at one time who was added first comes first', () => {
  const queue = new DueQueue<Hold>();
  const holds: Hold[] = [];
  let seed = 5;
  const random = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
  const next = (): Hold | undefined =>
    holds
      .filter((hold) => hold.status === 'live')
      .sort((a, b) => a.until - b.until)
      .at(0);
  for (let step = 0; step < 400; step += 1) {
    const other = holds[random(holds.length || 1)];
    if (step < 200 || !other) {
      const hold = { id: step, status: 'live', until: random(100) };
      holds.push(hold);
      queue.add(hold);
    } else if (random(3) > 0) other.status = 'released';
    else if (other.status === 'live') {
      // the same hold once more: among those of its new time it is the last
      holds.push(...holds.splice(holds.indexOf(other), 1));
      other.until += 1 + random(50);
      queue.add(other);
    }
    expect(queue.firstDue(Infinity)?.id).toBe(next()?.id);
  }
  for (let hold = next(); hold; hold = next()) {
    expect(queue.firstDue(hold.until - 1)).toBeNull();
    expect(queue.firstDue(hold.until)).toBe(hold);
    hold.status = 'expired';
  }
  expect(queue.firstDue(Infinity)).toBeNull();
});
