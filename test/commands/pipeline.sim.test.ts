// Three processes on one log in which anything may go wrong at any time, with clients that retry. Whatever happens: no
// seat has two owners, each command has at most one effect, every verdict is borne out by the log. A failure prints the seed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { MemorySnapshotStore } from '../../src/adapters/memory/memory-snapshot-store.ts';
import type { NewEvent, RecordedEvent } from '../../src/domain/event.ts';
import type { AppendResult } from '../../src/ports/event-log.ts';
import { Fault } from '../../src/ports/fault.ts';
import { emptyHall, evolveSeats, type SeatCommand } from './support/seats.ts';
import { eventsIn, House, StoppedClock } from './support/house.ts';

const RUNS = 150;
const SEATS = ['A', 'B', 'C', 'D', 'E', 'F'];

/** mulberry32 */
function randomFrom(seed: number): (below: number) => number {
  let a = seed;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Loses requests, loses answers, delivers late, cannot be read: one call in five. */
class StormyLog extends MemoryEventLog {
  calm = false;
  readonly #random: (below: number) => number;

  constructor(clock: StoppedClock, random: (below: number) => number) {
    super(clock);
    this.#random = random;
  }

  override async append(
    stream: string,
    expected: number,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    await this.#wait();
    const mishap = this.calm ? 99 : this.#random(20);
    if (mishap === 0) throw new Fault('EventLogUnavailable', 'down', { outcome: 'none' });
    if (mishap === 1) throw new Fault('AppendUnknown', 'lost');
    if (mishap === 2) {
      void this.#wait(40)
        .then(() => super.append(stream, expected, events))
        .catch(() => {});
      throw new Fault('AppendUnknown', 'late', { outcome: 'unknown' });
    }
    const result = await super.append(stream, expected, events);
    await this.#wait();
    if (mishap === 3) throw new Fault('AppendUnknown', 'unheard', { outcome: 'unknown' });
    return result;
  }

  override async *readStream(stream: string, from: number, limit?: number): AsyncGenerator<RecordedEvent[]> {
    await this.#wait();
    if (!this.calm && this.#random(10) === 0) throw new Fault('EventLogUnavailable', 'unreadable');
    yield* super.readStream(stream, from, limit);
  }

  async #wait(max = 12): Promise<void> {
    for (let i = this.#random(max); i > 0; i -= 1) await Promise.resolve();
  }
}

interface Told {
  readonly commandId: string;
  readonly command: SeatCommand;
  readonly verdict: 'accepted' | 'refused' | 'none' | 'unknown';
  readonly revision?: number;
  readonly changed?: boolean;
  readonly replayed?: boolean;
}

async function client(houses: House[], random: (below: number) => number, name: string): Promise<Told[]> {
  const told: Told[] = [];
  for (let i = 0; i < 12; i += 1) {
    const commandId = `${name}-${i}`;
    const seats = SEATS.filter(() => random(4) === 0);
    const untilMs = houses[0]!.clock.nowMs + random(500);
    const command: SeatCommand =
      random(3) === 0 || seats.length === 0
        ? { kind: 'Free', seat: SEATS[random(SEATS.length)]! }
        : { kind: 'Take', seats, by: name, untilMs };
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const house = houses[random(houses.length)]!;
      houses[0]!.clock.nowMs += random(30);
      if (random(40) === 0) house.restart();
      const verdict = await verdictOf(house, commandId, command);
      told.push(verdict);
      if (verdict.verdict === 'accepted' && random(3) > 0) break;
    }
  }
  return told;
}

async function verdictOf(house: House, commandId: string, command: SeatCommand): Promise<Told> {
  try {
    const outcome = await house.send(command, { commandId });
    if (!outcome.ok) {
      claim(
        outcome.rejection.code === 'SeatsUnavailable',
        `${commandId} was refused as ${outcome.rejection.code}`,
      );
      return { commandId, command, verdict: 'refused' };
    }
    const { revision, changed, replayed } = outcome;
    return { commandId, command, verdict: 'accepted', revision, changed, replayed };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { commandId, command, verdict: error.outcome };
  }
}

function check(events: RecordedEvent[], told: Told[]): void {
  const owners = new Map<string, string>();
  const revisionsOf = new Map<string, number[]>();
  for (const { type, data, metadata, revision } of events) {
    const { seat, by } = data as { seat: string; by: string };
    if (type === 'SeatTaken') {
      claim(!owners.has(seat), `seat ${seat} is taken twice, at ${revision}`);
      owners.set(seat, by);
    } else owners.delete(seat);
    revisionsOf.set(metadata.commandId, [...(revisionsOf.get(metadata.commandId) ?? []), revision]);
  }
  for (const [commandId, revisions] of revisionsOf) {
    const span = revisions.at(-1)! - revisions[0]!;
    claim(revisions.length === span + 1, `${commandId} has two effects`);
  }
  for (const { commandId, verdict, changed, replayed, revision } of told) {
    if (verdict !== 'accepted') continue;
    const written = revisionsOf.get(commandId);
    claim(
      !changed || written?.at(-1) === revision,
      `${commandId} was confirmed at ${revision}, written at ${written?.join()}`,
    );
    claim(!replayed || written !== undefined, `${commandId} was said to be done before`);
  }
  for (const commandId of revisionsOf.keys()) {
    const verdicts = told.filter((one) => one.commandId === commandId);
    if (verdicts.length === 0) continue;
    const known = verdicts.some(({ verdict }) => verdict === 'accepted' || verdict === 'unknown');
    claim(known, `${commandId} was done, and nobody was told`);
  }
}

function claim(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

test('whatever goes wrong, no seat has two owners and every verdict is true', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = randomFrom(seed);
      const clock = new StoppedClock();
      const log = new StormyLog(clock, random);
      const limits = { batchSizeMax: 4, snapshotAfterEvents: 5, settleAttemptsMax: 2 };
      const parts = { log, clock, limits, snapshots: new MemorySnapshotStore() };
      const houses = [new House(parts), new House(parts), new House(parts)];
      const told = await Promise.all(
        ['ann', 'bob', 'cat', 'dan', 'eve'].map((name) => client(houses, random, name)),
      );
      log.calm = true;
      // The first rounds wait for what the last batches left due, and for the turns that others are given before.
      const look = () => Promise.all(houses.map((house) => house.look()));
      const looks = await look().then(look).then(look);
      const events = await eventsIn(log);
      check(events, told.flat());
      const whole = emptyHall();
      for (const event of events) evolveSeats(whole, event);
      for (const look of looks) {
        expect(look.revision).toBe(whole.revision);
        expect(look.value).toEqual(Object.fromEntries([...whole.taken].map(([seat, { by }]) => [seat, by])));
      }
    }),
    { numRuns: RUNS },
  );
});
