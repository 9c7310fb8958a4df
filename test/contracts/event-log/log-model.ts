// The event log as a list for each stream and one for all, and what may be asked of a real one beside it.
import fc from 'fast-check';
import { expect } from 'vitest';
import type { NewEvent, RecordedEvent } from '../../../src/domain/event.ts';
import type { AppendResult, EventFilter, EventLog } from '../../../src/ports/event-log.ts';
import { eventsOf, idsOf, newEvent, newStream, onlyGrowing, positionsOf } from './sample-events.ts';
import type { LogUnderTest } from './sample-events.ts';

const STREAMS = 4;
const TYPES = ['SeatsHeld', 'HoldReleased', 'BookingConfirmed'];
const PATIENCE = { interval: 2, timeout: 20_000 };

interface Appending {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly NewEvent[];
}

export class LogModel {
  readonly streams = Array.from({ length: STREAMS }, newStream);
  /** Every event, in the order of the log. */
  readonly all: RecordedEvent[] = [];
  /** Appends that succeeded, with their answers. */
  readonly appended: (Appending & { readonly answer: AppendResult })[] = [];
  /** Position of the last event before this history. */
  readonly before: number;

  constructor(before: number) {
    this.before = before;
  }

  get end(): number {
    return this.all.at(-1)?.position ?? this.before;
  }

  of(stream: string): RecordedEvent[] {
    return this.all.filter((event) => event.stream === stream);
  }

  revisionOf(stream: string): number {
    return this.of(stream).length - 1;
  }

  /** Of the n-th event, or before all of them. */
  positionOf(nth: number): number {
    return nth === 0 ? this.before : (this.all[(nth - 1) % this.all.length]?.position ?? this.before);
  }
}

interface Following {
  readonly after: number;
  readonly ids: string[];
  readonly batchSizeMax: number;
  readonly batchSizes: number[];
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** The log itself, by two processes, and who follows it. */
export class RealLog {
  readonly under: LogUnderTest;
  readonly followers: Following[] = [];

  constructor(under: LogUnderTest) {
    this.under = under;
  }

  by(other: boolean): EventLog {
    return other ? this.under.other : this.under.log;
  }

  /** Everybody who follows was given each event once, in order. */
  async expectFollowed({ all }: LogModel): Promise<void> {
    for (const { after, ids, batchSizeMax, batchSizes } of this.followers) {
      const due = idsOf(all.filter(({ position }) => position > after));
      await expect.poll(() => ids.length, PATIENCE).toBeGreaterThanOrEqual(due.length);
      expect(ids).toEqual(due);
      expect(Math.max(0, ...batchSizes)).toBeLessThanOrEqual(batchSizeMax);
    }
  }

  async close(): Promise<void> {
    for (const { stop } of this.followers) stop.abort();
    await Promise.all(this.followers.map(({ ended }) => ended));
  }
}

export type LogCommand = fc.AsyncCommand<LogModel, RealLog>;

/** What is to be appended, as it is drawn: to which stream, how far from its revision, and by whom. */
interface Drawn {
  readonly nth: number;
  readonly off: number;
  readonly types: readonly string[];
  readonly other: boolean;
}

const command = (name: string, run: LogCommand['run']): LogCommand => ({
  check: () => true,
  run,
  toString: () => name,
});

const said = (value: unknown): string => JSON.stringify(value);

function drawnAppend(model: LogModel, { nth, off, types }: Drawn): Appending {
  const stream = model.streams[nth]!;
  const expected = Math.max(-1, model.revisionOf(stream) + off);
  return { stream, expected, events: types.map((type, n) => newEvent({ n }, type)) };
}

/** The answer is the model's, and what was written lies at the end of the stream and of the log. */
async function expectAnswer(
  model: LogModel,
  real: RealLog,
  { stream, expected, events }: Appending,
  answer: AppendResult,
): Promise<void> {
  const before = model.of(stream);
  const revision = before.length - 1;
  if (expected !== revision) return expect(answer).toEqual({ kind: 'conflict', revision });
  const written = await eventsOf(real.under.log, stream, revision + 1);
  expect(written.map(({ position: _position, ...event }) => event)).toEqual(
    events.map((event, n) => ({ ...event, stream, revision: revision + 1 + n })),
  );
  const position = (written.at(-1) ?? before.at(-1))?.position ?? -1;
  expect(answer).toEqual({ kind: 'appended', revision: revision + events.length, position });
  if (events.length > 0) model.appended.push({ stream, expected, events, answer });
  model.all.push(...written);
}

/** Positions go on where the log ended: without a gap, where the adapter promises that. */
function expectToGoOn(model: LogModel, { under }: RealLog, from: number): void {
  model.all.sort((a, b) => a.position - b.position);
  const fresh = positionsOf(model.all.filter(({ position }) => position > from));
  expect(onlyGrowing(fresh, from)).toBe(true);
  if (!under.hasGaps) expect(fresh).toEqual(fresh.map((_, n) => from + 1 + n));
}

const append = (drawn: Drawn): LogCommand =>
  command(`append ${said(drawn)}`, async (model, real) => {
    const { end } = model;
    const appending = drawnAppend(model, drawn);
    const { stream, expected, events } = appending;
    await expectAnswer(model, real, appending, await real.by(drawn.other).append(stream, expected, events));
    expectToGoOn(model, real, end);
  });

/** To several streams at the same moment: each has its own verdict. */
const appendMany = (all: readonly Drawn[]): LogCommand =>
  command(`append many ${said(all)}`, async (model, real) => {
    const { end, all: before } = model;
    const count = before.length;
    const appending = all.map((drawn) => drawnAppend(model, drawn));
    const answers = await Promise.all(
      appending.map(({ stream, expected, events }, n) =>
        real.by(all[n]!.other).append(stream, expected, events),
      ),
    );
    for (const [n, answer] of answers.entries()) await expectAnswer(model, real, appending[n]!, answer);
    expect(model.all.slice(0, count).every(({ position }) => position <= end)).toBe(true);
    expectToGoOn(model, real, end);
  });

/** Several to one stream at one revision at the same moment: one wins. */
const race = (nth: number, racers: readonly boolean[]): LogCommand =>
  command(`race ${said({ nth, racers })}`, async (model, real) => {
    const { end } = model;
    const entries = racers.map(() => drawnAppend(model, { nth, off: 0, types: TYPES, other: false }));
    const answers = await Promise.all(
      entries.map(({ stream, expected, events }, n) => real.by(racers[n]!).append(stream, expected, events)),
    );
    const winner = answers.findIndex(({ kind }) => kind === 'appended');
    await expectAnswer(model, real, entries[winner]!, answers[winner]!);
    for (const [n, answer] of answers.entries())
      if (n !== winner) await expectAnswer(model, real, entries[n]!, answer);
    expectToGoOn(model, real, end);
  });

const repeat = (nth: number, other: boolean): LogCommand =>
  command(`repeat ${said({ nth, other })}`, async ({ appended }, real) => {
    if (appended.length === 0) return;
    const { stream, expected, events, answer } = appended[nth % appended.length]!;
    expect(await real.by(other).append(stream, expected, events)).toEqual(answer);
  });

const read = (nth: number, from: number, limit: number | undefined, other: boolean): LogCommand =>
  command(`read ${said({ nth, from, limit, other })}`, async (model, real) => {
    const stream = model.streams[nth]!;
    const found = await eventsOf(real.by(other), stream, from, limit);
    expect(found).toEqual(model.of(stream).slice(from, limit && from + limit));
  });

interface Only {
  readonly types: readonly string[] | undefined;
  readonly nths: readonly number[] | undefined;
}

const readAll = (nth: number, limit: number, { types, nths }: Only, other: boolean): LogCommand =>
  command(`read all ${said({ nth, limit, types, nths, other })}`, async (model, real) => {
    const after = model.positionOf(nth);
    const streams = nths?.map((n) => model.streams[n]!);
    const only: EventFilter = { ...(types && { types }), ...(streams && { streams }) };
    const wanted = model.all.filter(
      ({ position, type, stream }) =>
        position > after && (types?.includes(type) ?? true) && (streams?.includes(stream) ?? true),
    );
    expect(await real.by(other).readAll(after, limit, only)).toEqual(wanted.slice(0, limit));
    expect(await real.by(other).lastPosition()).toBe(model.end);
  });

const subscribe = (nth: number, batchSizeMax: number, other: boolean): LogCommand =>
  command(`subscribe ${said({ nth, batchSizeMax, other })}`, async (model, real) => {
    const [after, stop] = [model.positionOf(nth), new AbortController()];
    const [ids, batchSizes]: [string[], number[]] = [[], []];
    const handle = (events: readonly RecordedEvent[]) => {
      batchSizes.push(events.length);
      ids.push(...idsOf(events));
    };
    const ended = real.by(other).subscribeAll(after, handle, { signal: stop.signal, batchSizeMax });
    real.followers.push({ after, ids, batchSizeMax, batchSizes, stop, ended });
  });

const catchUp = (): LogCommand => command('catch up', (model, real) => real.expectFollowed(model));

const nthStream = fc.nat(STREAMS - 1);
const nthEvent = fc.nat(200);
const other = fc.boolean();
const types = fc.array(fc.constantFrom(...TYPES), { maxLength: 4 });
const drawn = fc.record({
  nth: nthStream,
  // Mostly right; what is off by one or more is a conflict.
  off: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constantFrom(-2, -1, 1, 5)),
  types,
  other,
});
const only = fc.record({
  types: fc.option(fc.subarray(TYPES, { minLength: 1 }), { nil: undefined }),
  nths: fc.option(fc.subarray([0, 1, 2, 3], { minLength: 1 }), { nil: undefined }),
});

export const COMMANDS: fc.Arbitrary<LogCommand>[] = [
  drawn.map(append),
  drawn.map(append),
  fc.uniqueArray(drawn, { selector: ({ nth }) => nth, minLength: 2, maxLength: STREAMS }).map(appendMany),
  fc.tuple(nthStream, fc.array(other, { minLength: 2, maxLength: 5 })).map((args) => race(...args)),
  fc.tuple(fc.nat(100), other).map((args) => repeat(...args)),
  fc
    .tuple(nthStream, fc.nat(20), fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }), other)
    .map((args) => read(...args)),
  fc.tuple(nthEvent, fc.integer({ min: 1, max: 50 }), only, other).map((args) => readAll(...args)),
  fc.tuple(nthEvent, fc.integer({ min: 1, max: 10 }), other).map((args) => subscribe(...args)),
  fc.constant(null).map(catchUp),
];
