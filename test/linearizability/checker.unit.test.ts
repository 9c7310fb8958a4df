// The checker on histories whose truth is known: sound ones pass, planted faults are found, drawn, and quickly.
import { describe, expect, test } from 'vitest';
import { faultsText, judge } from './checker/verdict.ts';
import { search, type Model, type Operation } from './checker/search.ts';
import { doubleHold, lostConfirm, overtake, staleRead, type Plant } from './planted/faults.ts';
import { soundHistory } from './planted/sound-history.ts';
import { Chance } from './recorder/chance.ts';

const PLANTED = 50;

describe('sound histories', () => {
  test('pass, also when requests and answers are lost', async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const verdict = judge(await soundHistory({ seed, requests: 300, lost: seed % 2 === 0 ? 0.03 : 0 }));
      expect(`${seed}: ${faultsText(verdict)}`).toBe(`${seed}: `);
    }
  });
});

test('the order in the log spares the search: many clients, a line, and a tenth of all answers lost', async () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const crowd = { requests: 2_000, clients: 64, seats: 40, places: 20, lost: 0.1 };
    const verdict = judge(await soundHistory({ seed, ...crowd }));
    expect(`${seed}: ${faultsText(verdict)}`).toBe(`${seed}: `);
    expect(verdict.configurations).toBeLessThan(20_000);
  }
});

describe.for<[string, Plant]>([
  ['double holds', doubleHold],
  ['lost confirmations', lostConfirm],
  ['stale reads of a hold', staleRead],
  ['overtakes in the line', overtake],
])('%s', ([, plant]) => {
  test(`${PLANTED} of ${PLANTED} are found and drawn`, async () => {
    let planted = 0;
    for (let seed = 1; planted < PLANTED; seed += 1) {
      const spoilt = plant(await soundHistory({ seed, requests: 300 }), new Chance(seed));
      if (spoilt === null) continue;
      planted += 1;
      const verdict = judge(spoilt);
      expect(verdict.linearizable, `seed ${seed}`).toBe(false);
      expect(faultsText(verdict)).toMatch(/! +[[|]/);
    }
  });
});

describe('the search', () => {
  interface Write extends Operation {
    readonly value: number;
    readonly reads?: true;
  }
  const register: Model<number, Write> = {
    initial: 0,
    keyOf: String,
    isObservation: ({ reads }) => reads === true,
    step: (state, { value, reads }) => (reads ? (state === value ? state : null) : value),
  };

  test('lets an operation that never returned happen late, or never', () => {
    const late: Write[] = [
      { calledAt: 0, returnedAt: Infinity, value: 1 },
      { calledAt: 1, returnedAt: 2, value: 0, reads: true },
      { calledAt: 3, returnedAt: 4, value: 1, reads: true },
    ];
    expect(search(late, register).kind).toBe('linearizable');
    expect(search(late.slice(0, 2), register).kind).toBe('linearizable');
  });

  test('does not let what is over by then happen afterwards', () => {
    const stale: Write[] = [
      { calledAt: 0, returnedAt: 1, value: 1 },
      { calledAt: 2, returnedAt: 3, value: 2 },
      { calledAt: 4, returnedAt: 5, value: 1, reads: true },
    ];
    expect(search(stale, register)).toMatchObject({
      kind: 'impossible',
      deadEnd: { state: 2, stuck: stale[2] },
    });
  });

  test('agrees with trying every order of a few operations', () => {
    const chance = new Chance(4);
    for (let round = 0; round < 2_000; round += 1) {
      const operations: Write[] = Array.from({ length: 5 }, () => {
        const calledAt = chance.below(8);
        const returnedAt = chance.happens(0.15) ? Infinity : calledAt + 1 + chance.below(6);
        return { calledAt, returnedAt, value: chance.below(3), ...(chance.happens(0.5) && { reads: true }) };
      });
      const found = search(operations, register).kind === 'linearizable';
      expect(found, JSON.stringify(operations)).toBe(someOrderWorks(operations, 0, 0));
    }
  });

  /** By definition: whatever is called before all that is left has returned may come next. */
  function someOrderWorks(left: Write[], state: number, _depth: number): boolean {
    const until = Math.min(...left.map((o) => o.returnedAt));
    if (until === Infinity || left.length === 0) return true;
    return left.some((next) => {
      if (next.calledAt > until) return false;
      const after = register.step(state, next);
      return (
        after !== null &&
        someOrderWorks(
          left.filter((o) => o !== next),
          after,
          0,
        )
      );
    });
  }
});

test('a long history of many clients is judged within seconds of processor time', async () => {
  const history = await soundHistory({ seed: 7, requests: 4_000, clients: 12, seats: 60 });
  const began = process.cpuUsage();
  const verdict = judge(history);
  const { user, system } = process.cpuUsage(began);
  expect(verdict.linearizable).toBe(true);
  expect((user + system) / 1_000).toBeLessThan(20_000);
});
