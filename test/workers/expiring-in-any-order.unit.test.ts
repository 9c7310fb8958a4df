// In whatever order shows answer, fail and are held in anew: every due show is asked, the one that is due first before others,
// four at a time at most, none before its time, and none is left behind.
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { idOf } from '../../src/domain/event.ts';
import { showAggregate } from '../../src/domain/show/show.ts';
import { LogTail } from '../../src/live/log-tail.ts';
import { HoldExpirer } from '../../src/workers/hold-expirer.ts';
import { iso, T0 } from '../domain/show/show-spec.ts';
import { turn, VirtualClock } from '../support/virtual-clock.ts';
import { ids } from './worker-world.ts';

const CONCURRENCY_MAX = 4;
const TICK_MS = 100;
const TURNS = 10;
const SHOWS = Array.from({ length: 12 }, () => ids.uuid());
const showId = fc.constantFrom(...SHOWS);
/** Often the same moment. */
const ms = fc.oneof(fc.constantFrom(0, 500, 1_000), fc.integer({ min: 0, max: 2_000 }));

/** When which show is held in until when, from now on; `null`: it is known from before. */
const hold = fc.record({ showId, atMs: fc.option(ms), forMs: ms });
const answer = fc.constantFrom('ok', 'failed', 'slow', 'slow', 'very slow', 'very slow');

interface Asked {
  readonly showId: string;
  readonly atMs: number;
}

/** Shows that are only times at which something ends, and what the expirer asks of them. */
class TimedShows {
  readonly clock = new VirtualClock(T0);
  readonly log = new MemoryEventLog(this.clock);
  /** What ends when, of each show. */
  readonly ends = new Map<string, number[]>();
  /** What the expirer knows to end, and has not asked about since. */
  readonly known = new Map<string, number[]>();
  /** Thrown at the expirer, they would be failures of the log that it bears. */
  readonly faults: unknown[] = [];
  readonly inFlight: Asked[] = [];
  readonly asked: Asked[] = [];
  /** These were put off: others may be asked before them. */
  readonly failed = new Set<string>();
  /** Of the last hold of these the expirer has not heard yet. */
  readonly unheard = new Set<string>();
  inFlightMax = 0;
  readonly #turn: () => Promise<void>;
  readonly #answers: string[];
  #revisions = new Map<string, number>();

  constructor(turn: () => Promise<void>, answers: readonly string[]) {
    this.#turn = turn;
    this.#answers = [...answers];
  }

  nextOf(show: string): number {
    return Math.min(...(this.ends.get(show) ?? []));
  }

  async hold(show: string, untilMs: number): Promise<void> {
    const revision = this.#revisions.get(show) ?? -1;
    this.#revisions.set(show, revision + 1);
    const metadata = { commandId: 'c', requestHash: '', actor: 'a', correlationId: 'c', causationId: 'c' };
    const event = {
      id: ids.uuid(),
      type: 'SeatsHeld',
      data: { until: iso(untilMs) },
      metadata: { ...metadata, at: iso(this.clock.now()) },
    };
    this.#addEnd(show, untilMs);
    this.unheard.add(show);
    await this.log.append(`show-${show}`, revision, [event]);
    await turn();
    this.unheard.delete(show);
  }

  /** From before. */
  holds(show: string, untilMs: number): void {
    this.#addEnd(show, untilMs);
    this.knows(show, untilMs);
  }

  #addEnd(show: string, untilMs: number): void {
    this.ends.set(show, [...(this.ends.get(show) ?? []), untilMs]);
  }

  knows(show: string, untilMs: number): void {
    this.known.set(show, [...(this.known.get(show) ?? []), untilMs]);
  }

  /** Tells the expirer of holds, and that it knows. */
  tail(): LogTail {
    const tail = new LogTail(this);
    const follow = tail.follow.bind(tail);
    tail.follow = (handler) =>
      follow((events) => {
        for (const { stream, data } of events)
          this.knows(idOf(stream), Date.parse((data as { until: string }).until));
        return handler(events);
      });
    return tail;
  }

  readonly execute = async (_aggregate: unknown, show: string): Promise<never> => {
    const now = this.clock.now();
    try {
      this.#expectItsTurn(show, now);
    } catch (error) {
      this.faults.push(error);
    }
    this.known.delete(show);
    const asked = { showId: show, atMs: now };
    this.asked.push(asked);
    this.inFlight.push(asked);
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight.length);
    const how = this.#answers.pop() ?? 'ok';
    const turns = how === 'very slow' ? 60 : how === 'slow' ? 20 : 2;
    for (let i = 0; i < turns; i += 1) await this.#turn();
    this.inFlight.splice(this.inFlight.indexOf(asked), 1);
    if (how === 'failed') {
      this.failed.add(show);
      this.knows(show, this.clock.now());
      throw new Error('the log is away');
    }
    this.failed.delete(show);
    const left = (this.ends.get(show) ?? []).filter((end) => end > this.clock.now());
    this.ends.set(show, left);
    for (const end of left) this.knows(show, end);
    return { ok: true, value: left.length > 0 ? Math.min(...left) : null } as never;
  };

  /** Nobody else who can be asked has been due for longer, but for what is left to the next tick. */
  #expectItsTurn(show: string, now: number): void {
    // What was heard while it was asked may have ended with that: it is asked once more.
    const due = Math.min(...(this.known.get(show) ?? []));
    expect(due, `${show} is asked before its time`).toBeLessThanOrEqual(now);
    for (const other of SHOWS) {
      const isUnknown = this.failed.has(other) || this.unheard.has(other);
      const isBusy = isUnknown || this.inFlight.some((one) => one.showId === other);
      if (!isBusy && other !== show)
        expect(this.nextOf(other) + TICK_MS, `${other} is passed by ${show}`).toBeGreaterThanOrEqual(due);
    }
  }
}

test('every show that is due is asked in its turn, in whatever order answers come', async () => {
  const seen = { asked: 0, full: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(hold, { minLength: 1, maxLength: 40, size: 'max' }),
      fc.array(answer, { maxLength: 60, size: 'max' }),
      async (scheduler, holds, answers) => {
        const shows = new TimedShows(() => scheduler.schedule(Promise.resolve()), answers);
        const { clock, log } = shows;
        const before = holds.filter(({ atMs }) => atMs === null);
        for (const { showId: show, forMs } of before) shows.holds(show, T0 + forMs);
        const expirer = new HoldExpirer({
          pipeline: { execute: shows.execute },
          aggregate: showAggregate(new Map()),
          log,
          tail: shows.tail(),
          dueShows: {
            read: async () => ({
              position: 0,
              shows: before.map(({ showId: show, forMs }) => ({ showId: show, dueMs: T0 + forMs })),
            }),
          },
          clock,
          ids,
        });
        await expirer.start();
        const later = holds.filter(({ atMs }) => atMs !== null).sort((a, b) => a.atMs! - b.atMs!);
        const passing = async () => {
          for (let tick = 0; tick < 60; tick += 1) {
            await scheduler.schedule(Promise.resolve());
            while (later[0] && later[0].atMs! <= tick * 50) {
              const { showId: show, forMs } = later.shift()!;
              await shows.hold(show, clock.now() + forMs);
            }
            await clock.pass(TICK_MS);
            expect(shows.inFlight.length).toBeLessThanOrEqual(CONCURRENCY_MAX);
            await expectNobodyWaits(shows);
          }
        };
        await scheduler.waitFor(passing());
        await scheduler.waitIdle();
        for (let i = 0; i < 400 && expirer.waiting > 0; i += 1) {
          await clock.pass(TICK_MS);
          await scheduler.waitIdle();
        }
        expect(shows.faults).toEqual([]);
        expect([...shows.ends.values()].flat(), 'left behind').toEqual([]);
        expect(expirer.waiting).toBe(0);
        expect(shows.inFlightMax).toBeLessThanOrEqual(CONCURRENCY_MAX);
        seen.asked += shows.asked.length;
        seen.full += Number(shows.inFlightMax === CONCURRENCY_MAX);
        await expirer.stop();
      },
    ),
    { numRuns: 300 },
  );
  expect(seen.asked).toBeGreaterThan(1_000);
  expect(seen.full).toBeGreaterThan(30);
});

/** Where there is room, who has been due for a tick and more is in flight, or was put off. */
async function expectNobodyWaits(shows: TimedShows): Promise<void> {
  let waits = waitingForNothing(shows);
  // What has just answered gives its place to the next within a moment.
  for (let i = 0; i < TURNS && waits.length > 0; i += 1) {
    await turn();
    waits = waitingForNothing(shows);
  }
  expect(waits, 'wait for nothing').toEqual([]);
}

function waitingForNothing({ ends, failed, inFlight, clock }: TimedShows): string[] {
  if (inFlight.length >= CONCURRENCY_MAX) return [];
  const isAsked = (show: string): boolean => failed.has(show) || inFlight.some((one) => one.showId === show);
  const isOverdue = (times: readonly number[]): boolean => Math.min(...times) <= clock.now() - 2 * TICK_MS;
  return [...ends].filter(([show, times]) => !isAsked(show) && isOverdue(times)).map(([show]) => show);
}
