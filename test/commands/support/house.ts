// A pipeline on a memory log with a clock that stands still, and short ways to send it commands.
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import type { CommandContext, Outcome } from '../../../src/commands/command.ts';
import { CommandPipeline, type PipelineParts } from '../../../src/commands/pipeline.ts';
import { toMs } from '../../../src/domain/decider.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { SteadyClock } from '../../../src/ports/clock.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { noCommandMetrics, type CommandMetrics } from '../../../src/ports/metrics.ts';
import { seatAggregate, seatsOf, type SeatAggregate, type SeatCommand } from './seats.ts';
import { UnrulyLog } from './unruly-log.ts';

export const START = toMs('2026-06-01T20:00:00.000Z');
export const HALL = '6f1c0e9a-5b4d-4e8b-9a57-0f3f0c1d2e3a';

/** Stands still unless told; sleeping moves it at once. */
export class StoppedClock implements SteadyClock {
  nowMs = START;
  readonly slept: number[] = [];
  /** Set apart from `nowMs` by what `now` is put forward or back. */
  steadyMs = 0;
  now = (): number => this.nowMs;
  steady = (): number => this.steadyMs;
  sleep = async (ms: number): Promise<void> => {
    this.slept.push(ms);
    this.nowMs += ms;
    this.steadyMs += ms;
  };
}

let idCount = 0;
export const countedIds = {
  uuid: (): string => `00000000-0000-4000-8000-${String((idCount += 1)).padStart(12, '0')}`,
};

export const noPlans = { get: () => undefined, load: async () => undefined };

/** Counts the calls of each kind: `commandDone Take accepted` -> 2. */
function countingMetrics(): { metrics: CommandMetrics; counts: Map<string, number> } {
  const counts = new Map<string, number>();
  const count = (...words: unknown[]) => counts.set(words.join(' '), (counts.get(words.join(' ')) ?? 0) + 1);
  const metrics: CommandMetrics = {
    ...noCommandMetrics,
    commandDone: (kind, outcome) => count('commandDone', kind, outcome),
    conflict: () => count('conflict'),
    unknownOutcome: (resolved) => count('unknownOutcome', resolved),
    stateLoaded: (events, snapshot) => count('stateLoaded', events, snapshot),
    snapshotSaved: (ok) => count('snapshotSaved', ok),
  };
  return { metrics, counts };
}

export class House {
  readonly clock: StoppedClock;
  readonly log: UnrulyLog;
  readonly counts: Map<string, number>;
  readonly #parts: PipelineParts;
  pipeline: CommandPipeline;

  constructor(parts: Partial<PipelineParts> & { clock?: StoppedClock } = {}) {
    const { metrics, counts } = countingMetrics();
    this.clock = parts.clock ?? new StoppedClock();
    this.counts = counts;
    this.log = new UnrulyLog(parts.log ?? new MemoryEventLog(this.clock));
    this.#parts = { ids: countedIds, plans: noPlans, ...parts, metrics, clock: this.clock, log: this.log };
    this.pipeline = new CommandPipeline(this.#parts);
  }

  /** Another process on the same log and snapshots, with its own connection. */
  another(parts: Partial<PipelineParts> & { clock?: StoppedClock } = {}): House {
    return new House({ ...this.#parts, clock: this.clock, ...parts, log: this.log.inner });
  }

  /** The process ends and a new one starts. */
  restart(): void {
    this.pipeline = new CommandPipeline(this.#parts);
  }

  send(
    command: SeatCommand,
    context: Partial<CommandContext> = {},
    aggregate: SeatAggregate = seatAggregate,
    id = HALL,
  ) {
    const commandId = context.commandId ?? countedIds.uuid();
    const full = {
      commandId,
      requestHash: 'hash',
      actor: 'client:test',
      correlationId: 'request-1',
      ...context,
    };
    return this.pipeline.execute(aggregate, id, command, full, seatsOf);
  }

  take(by: string, seats: string[], context: Partial<CommandContext> & { untilMs?: number } = {}) {
    const { untilMs, ...rest } = context;
    return this.send({ kind: 'Take', seats, by, untilMs }, rest);
  }

  look(id = HALL) {
    return this.pipeline.read(seatAggregate, id, seatsOf);
  }

  async events(id = HALL): Promise<RecordedEvent[]> {
    return eventsIn(this.log.inner, id);
  }
}

export async function eventsIn(log: EventLog, id = HALL): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of log.readStream(`show-${id}`, 0)) events.push(...page);
  return events;
}

/** What was done, as `SeatTaken A by ann`. */
export const told = (events: RecordedEvent[]): string[] =>
  events.map(({ type, data }) => {
    const { seat, by } = data as { seat: string; by?: string };
    return by === undefined ? `${type} ${seat}` : `${type} ${seat} by ${by}`;
  });

export const accepted = <T>(outcome: Outcome<T>): Extract<Outcome<T>, { ok: true }> => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.rejection.code}: ${outcome.rejection.detail}`);
  return outcome;
};

export const codeOf = <T>(outcome: Outcome<T>): string => (outcome.ok ? 'accepted' : outcome.rejection.code);

/** Lets everything run that waits for nothing. */
export async function ticks(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await Promise.resolve();
}
