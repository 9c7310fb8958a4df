// Two processes that sell one show, both under load, on a log that takes its time: neither starves the other.
import { describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { Contention } from '../../src/commands/contention.ts';
import { CommandPipeline } from '../../src/commands/pipeline.ts';
import type { NewEvent, RecordedEvent } from '../../src/domain/event.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { countedIds, HALL, noPlans, START } from './support/house.ts';
import { seatAggregate, type SeatCommand } from './support/seats.ts';

/** On the way to the log or back: between two of these, ms. */
const TRAVEL_MS = [0.3, 1.5] as const;
const COMMIT_MS = 4;
/** As Postgres reads and parses them. */
const READ_EVENTS_PER_MS = 50;

/** Commits in the order of arrival, one append after another, and reads long streams slowly. */
function distantLog(clock: VirtualClock, inner: EventLog): EventLog {
  let seed = 1;
  const travel = (): Promise<void> => {
    seed = (seed * 16_807) % 2_147_483_647;
    return clock.sleep(TRAVEL_MS[0] + (TRAVEL_MS[1] - TRAVEL_MS[0]) * (seed / 2_147_483_647));
  };
  let last: Promise<unknown> = Promise.resolve();
  const append: EventLog['append'] = async (...args) => {
    await travel();
    const result = last.then(() => clock.sleep(COMMIT_MS)).then(() => inner.append(...args));
    last = result;
    await result;
    await travel();
    return result;
  };
  async function* readStream(...args: Parameters<EventLog['readStream']>) {
    await travel();
    const pages: RecordedEvent[][] = [];
    for await (const page of inner.readStream(...args)) pages.push(page);
    await travel();
    for (const page of pages) {
      await clock.sleep(page.length / READ_EVENTS_PER_MS);
      yield page;
    }
  }
  return Object.assign(Object.create(inner) as EventLog, { append, readStream });
}

const longStream = (events: number): NewEvent[] =>
  Array.from({ length: events }, (_, i) => ({
    id: countedIds.uuid(),
    type: i % 2 === 0 ? 'SeatTaken' : 'SeatFreed',
    data: i % 2 === 0 ? { seat: 'X', by: 'zoe', untilMs: null } : { seat: 'X' },
    metadata: {
      commandId: `earlier-${i}`,
      requestHash: 'h',
      actor: 'zoe',
      correlationId: 'c',
      causationId: 'c',
      at: new Date(START).toISOString(),
    },
  }));

/** So many buyers at each process take a seat, free it and begin again; how long each command took, ms, by process. */
async function sell(processes: number, buyers: number, forMs: number): Promise<number[][]> {
  const clock = new VirtualClock(START);
  const inner = new MemoryEventLog(clock);
  await inner.append(`show-${HALL}`, -1, longStream(20_000));
  const log = distantLog(clock, inner);
  const parts = { log, clock, ids: countedIds, plans: noPlans };
  const pipelines = Array.from({ length: processes }, () => new CommandPipeline(parts));
  const took = pipelines.map((): number[] => []);
  let commands = 0;
  const buy = async (at: number, seat: string): Promise<void> => {
    for (let taken = false; clock.now() < START + forMs; taken = !taken) {
      const command: SeatCommand = taken ? { kind: 'Free', seat } : { kind: 'Take', seats: [seat], by: seat };
      const askedMs = clock.now();
      const context = {
        commandId: `command-${(commands += 1)}`,
        requestHash: 'h',
        actor: seat,
        correlationId: 'c',
      };
      const { ok } = await pipelines[at]!.execute(seatAggregate, HALL, command, context, () => null);
      if (!ok) throw new Error(`${seat} was refused ${command.kind}`);
      took[at]!.push(clock.now() - askedMs);
    }
  };
  const all = pipelines.flatMap((_, at) => Array.from({ length: buyers }, (_b, i) => buy(at, `${at}-${i}`)));
  await clock.pass(forMs + 6_000);
  await Promise.all(all);
  return took;
}

const percentile = (values: number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)]!;

test('a writer that pauses by itself gives no turn, one that never does gives one after a second', async () => {
  const clock = new VirtualClock(START);
  const contention = new Contention(clock);
  const writeEvery = async (ms: number, times: number): Promise<boolean> => {
    let given = false;
    for (let i = 0; i < times; i += 1) {
      await clock.pass(ms);
      contention.wrote(1);
      given ||= contention.isOthersTurn;
    }
    return given;
  };
  expect(await writeEvery(20, 500)).toBe(false);
  expect(await writeEvery(5, 190)).toBe(false);
  expect(await writeEvery(5, 20)).toBe(true);
});

describe('two processes that sell one show with a long history', () => {
  // So few that all of them are in one batch: nobody waits while it is appended.
  test.each([
    [32, 4_000],
    [8, 1_000],
  ])('serve everybody soon, at either of them: %i buyers each', async (buyers, servedMin) => {
    const took = await sell(2, buyers, 5_000);
    for (const ofProcess of took) {
      expect(ofProcess.length).toBeGreaterThan(servedMin);
      expect(percentile(ofProcess, 0.99)).toBeLessThan(50);
      // Reading the history takes 400 ms, at the start and again after the first conflict.
      expect(percentile(ofProcess, 1)).toBeLessThan(2_000);
    }
  });

  test('cost one that sells alone next to nothing', async () => {
    const [alone] = await sell(1, 64, 5_000);
    // Of half the buyers a batch, each takes its way there, is committed and comes back.
    const batchMs = COMMIT_MS + TRAVEL_MS[0] + TRAVEL_MS[1];
    expect(alone!.length).toBeGreaterThan(((5_000 - 420) / batchMs) * 32 * 0.97);
  });
});
