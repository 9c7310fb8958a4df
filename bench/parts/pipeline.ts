// How many commands a second one writer decides and commits, without a disk and without HTTP: what the pipeline itself
// costs. Run it with `node bench/parts/pipeline.ts`.
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import { CommandPipeline } from '../../src/commands/pipeline.ts';
import { accept, reject, toMs, type Aggregate, type AggregateState } from '../../src/domain/decider.ts';
import type { DomainEvent, NewEvent } from '../../src/domain/event.ts';
import { rejection } from '../../src/domain/rejection.ts';
import type { AppendResult, EventLog } from '../../src/ports/event-log.ts';

type Counted = DomainEvent<'Counted', { by: number }>;
type Count = { kind: 'Count'; by: number };
interface Counter extends AggregateState {
  total: number;
}

function evolve(
  state: Counter,
  event: { data: unknown; metadata: { at: string; commandId: string; requestHash: string } },
): void {
  state.total += (event.data as { by: number }).by;
  state.revision += 1;
  state.lastAt = toMs(event.metadata.at);
  state.commands.set(event.metadata.commandId, event.metadata.requestHash);
}

const counter: Aggregate<Counter, Count, Counted> = {
  name: 'show',
  initialState: () => ({ revision: -1, lastAt: 0, commands: new Map(), total: 0 }),
  evolve,
  decide(state, { by }, metadata) {
    if (by === 0) return reject(rejection('InvalidRequest', 'Count something.'));
    const event: Counted = { type: 'Counted', data: { by } };
    evolve(state, { ...event, metadata });
    return accept([event]);
  },
  sizeOf: (state) => 100 + state.commands.size * 160,
};

/** Takes everything at once and keeps nothing: what is left is the pipeline. */
class NoLog extends MemoryEventLog implements EventLog {
  override async append(_: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult> {
    return { kind: 'appended', revision: expected + events.length, position: expected + events.length + 1 };
  }
}

const COMMANDS = 200_000;
const IN_FLIGHT = 128;

async function round(log: EventLog, by: number): Promise<number> {
  const plans = { get: () => undefined, load: async () => undefined };
  const pipeline = new CommandPipeline({ log, clock: systemClock, ids: systemIds, plans });
  let left = COMMANDS;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const context = {
        commandId: systemIds.uuid(),
        requestHash: 'hash',
        actor: 'client:bench',
        correlationId: 'bench',
      };
      await pipeline.execute(counter, 'bench', { kind: 'Count', by }, context, (state) => state.total);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, client));
  return COMMANDS / ((performance.now() - startedMs) / 1_000);
}

for (const [name, make, by] of [
  ['accepted, memory log', () => new MemoryEventLog(systemClock), 1],
  ['accepted, no log', () => new NoLog(systemClock), 1],
  ['refused, no log', () => new NoLog(systemClock), 0],
] as const) {
  const rates: number[] = [];
  for (let i = 0; i < 5; i += 1) rates.push(await round(make(), by));
  rates.sort((a, b) => a - b);
  console.log(
    `${name.padEnd(24)}${Math.round(rates[2]!).toLocaleString('en')} commands/s (median of 5, ${IN_FLIGHT} in flight)`,
  );
}
