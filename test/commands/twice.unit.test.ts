// Whatever a show has been through, a command that comes twice adds nothing the second time: with its key because it is
// known, and without one because it is already so.
import { afterAll, expect, test } from 'vitest';
import { BatchDecision } from '../../src/commands/batch-decision.ts';
import { WorkItem } from '../../src/commands/work-item.ts';
import type { NewEvent } from '../../src/domain/event.ts';
import type { ShowCommand } from '../../src/domain/show/commands.ts';
import { saveShow } from '../../src/domain/show/snapshot.ts';
import type { ShowState } from '../../src/domain/show/show.ts';
import { noCommandMetrics } from '../../src/ports/metrics.ts';
import { fc } from '../domain/properties.ts';
import { hallOfBoth } from '../domain/show/naive-hall.ts';
import { soldBefore, step, type Step } from '../domain/show/naive-steps.ts';
import { actOf } from '../domain/show/naive-steps.ts';
import type { ShowSpec } from '../domain/show/show-spec.ts';

const RUNS = 150;
/** These ask for more each time: without a key the second is another command. */
const ADDING = new Set<ShowCommand['kind']>(['HoldSeats', 'BlockSeats', 'UnblockSeats']);

const compared = new Map<string, number>();
afterAll(() => {
  for (const kind of ['HoldSeats', 'ConfirmHold', 'JoinWaitlist', 'MoveEntry', 'EditShow', 'CancelBooking'])
    expect(compared.get(kind) ?? 0, kind).toBeGreaterThan(RUNS / 10);
});

test.each([
  ['with its key', true],
  ['without one', false],
])('a command that comes twice, %s, adds nothing the second time', (_how, keyed) => {
  const histories = fc.noBias(fc.array(step, { minLength: 40, maxLength: 80, size: 'max' }));
  fc.assert(
    fc.property(histories, (steps) => {
      const both = hallOfBoth();
      [...soldBefore, ...steps].forEach((one, i) => twice(both, one, i, keyed));
    }),
    { numRuns: RUNS },
  );
});

function twice(both: ReturnType<typeof hallOfBoth>, one: Step, i: number, keyed: boolean): void {
  const { engine, naive } = both;
  // The steps name holds and entries by their number among those of the naive show: here it knows of nothing else.
  for (const hold of engine.state.holds.values())
    naive.holds.set(hold.id, { firstUntil: hold.firstUntil } as never);
  const { command } = actOf(one, i, both);
  if (!command) return;
  const context = (n: number) => ({ commandId: keyed ? `c-${i}` : `c-${i}-${n}`, keyed });
  const first = decide(engine, command, context(1));
  if (!keyed && ADDING.has(command.kind)) return;
  // A line that was served after the move has nobody where the second would move.
  if (!keyed && command.kind === 'MoveEntry' && first.includes('SeatsOffered')) return;
  const before = JSON.stringify(saveShow(engine.state));
  expect(decide(engine, command, context(2)), `${JSON.stringify(command)}, the second time`).toEqual([]);
  expect(JSON.stringify(saveShow(engine.state))).toBe(before);
  if (first.length > 0) compared.set(command.kind, (compared.get(command.kind) ?? 0) + 1);
}

let ids = 0;
const uuid = (): string => `event-${(ids += 1)}`;
const nothing = (): void => {};

/** The types of the events, with what was left over once it was settled. */
function decide(
  engine: ShowSpec,
  command: ShowCommand,
  { commandId, keyed }: { commandId: string; keyed: boolean },
): string[] {
  const context = {
    commandId,
    keyed,
    requestHash: keyed ? 'hash' : '',
    actor: 'client:shop',
    correlationId: commandId,
  };
  const events: NewEvent[] = [];
  for (const asked of [{ command, context }, null]) {
    const parts = { ids: { uuid }, metrics: noCommandMetrics, eventsMax: 1_000, nowMs: engine.now };
    const batch = new BatchDecision(engine.aggregate, engine.state, parts);
    batch.decide([new WorkItem<ShowState, ShowCommand>(asked, nothing, nothing, fail)]);
    events.push(...batch.events);
  }
  return events.map(({ type }) => type);
}

function fail(error: unknown): void {
  throw error;
}
