// In whatever order changes come, connections fill up and drain, pauses end and shows are read: who listens is never given
// more than is taken, never sees a revision go back, and in the end believes what the map says.
import { expect, test } from 'vitest';
import fc from 'fast-check';
import type { EventLog } from '../../src/ports/event-log.ts';
import { LiveStream } from '../../src/live/live-stream.ts';
import { turn, VirtualClock } from '../support/virtual-clock.ts';
import { belief, Connection } from './stage.ts';
import { LiveWorld, SHOW, trueMap } from './world.ts';

/** Few enough to be forgotten within a history. */
const DELTAS_MAX = 12;
const HEARTBEAT_MS = 15_000;
const BEATS = 4;

/** So many seats are taken or given back, one revision each, and told at once. */
const changes = fc.array(fc.constantFrom(1, 1, 1, 2, 5, 40, 70), { minLength: 1, maxLength: 8 });
const client = fc.record({
  process: fc.nat(1),
  steps: fc.array(fc.constantFrom('fill', 'drain', 'drain', 'come back', 'come to the other', 'wait'), {
    maxLength: 8,
  }),
});

/** Says when it is full, and notes who writes on. */
class NarrowConnection extends Connection {
  overrun = 0;
  #told = false;
  override write(chunk: Buffer): boolean {
    if (this.#told) this.overrun += 1;
    const takes = super.write(chunk);
    this.#told = !takes;
    return takes;
  }
  override drain(): void {
    this.full = false;
    if (!this.#told) return;
    this.#told = false;
    this.emit('drain');
  }
}

/** Whoever sleeps wakes when it is drawn, but for time-outs that are never reached here. */
class DrawnClock extends VirtualClock {
  beats = BEATS;
  readonly #drawn: () => Promise<void>;
  constructor(nowMs: number, drawn: () => Promise<void>) {
    super(nowMs);
    this.#drawn = drawn;
  }
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < 1_000) return this.#drawn();
    if (ms === HEARTBEAT_MS && (this.beats -= 1) >= 0) return this.#drawn();
    return super.sleep(ms, signal);
  }
}

/** What is read and what is followed comes when it is drawn. */
const late = (log: EventLog, drawn: () => Promise<void>): EventLog => ({
  append: log.append.bind(log),
  readAll: log.readAll.bind(log),
  lastPosition: log.lastPosition.bind(log),
  now: log.now.bind(log),
  close: log.close.bind(log),
  async *readStream(...args) {
    await drawn();
    for await (const page of log.readStream(...args)) {
      await drawn();
      yield page;
    }
  },
  subscribeAll: (after, handle, options) =>
    log.subscribeAll(after, async (events) => drawn().then(() => handle(events)), options),
});

test('who listens believes what the map says, in whatever order things come', async () => {
  const seen = { deltas: 0, snapshots: 0, resumed: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      changes,
      fc.array(client, { minLength: 1, maxLength: 4 }),
      async (scheduler, told, clients) => {
        const drawn = () => scheduler.schedule(Promise.resolve());
        const world = new LiveWorld({ rows: 2, seatsPerRow: 5 });
        await world.publish();
        const clock = new DrawnClock(world.clock.now(), drawn);
        const processes = [0, 1].map(() => {
          const shows = world.another({
            log: late(world.log, drawn),
            clock,
            limits: { deltasMax: DELTAS_MAX },
          });
          return { shows, stream: new LiveStream({ shows, clock, limits: { heartbeatMs: HEARTBEAT_MS } }) };
        });
        for (const { shows, stream } of processes) {
          await shows.start();
          stream.start();
        }
        const connections: NarrowConnection[] = [];
        const publishing = async () => {
          for (const count of told) {
            await drawn();
            for (let n = 0; n < count; n += 1) changeSomething(world);
            await world.append();
          }
        };
        const listening = clients.map(async ({ process, steps }) => {
          let at = process;
          let connection = await joined(processes[at]!.stream, null);
          for (const step of steps) {
            await drawn();
            if (step === 'fill') connection.full = true;
            if (step === 'drain') connection.drain();
            if (!step.startsWith('come')) continue;
            if (step === 'come to the other') at = 1 - at;
            connection.destroy();
            expectForwards(connection);
            connection = await joined(processes[at]!.stream, connection);
            seen.resumed += 1;
          }
          connections.push(connection);
        });
        await scheduler.waitFor(Promise.all([publishing(), ...listening]));
        await quiet(scheduler);
        for (const connection of connections) connection.drain();
        await quiet(scheduler);
        const { codes, areas } = trueMap(world.show.state);
        for (const connection of connections) {
          expectForwards(connection);
          expect(connection.told.at(-1)?.id).toBe(world.revision);
          expect(belief(connection)).toEqual({ codes, areas });
          for (const { event } of connection.told) seen[event === 'delta' ? 'deltas' : 'snapshots'] += 1;
        }
        const count = processes.reduce((sum, { stream }) => sum + stream.listeners, 0);
        expect(count, 'who left is counted out, who listens is not').toBe(connections.length);
        expect(world.faults).toEqual([]);
        for (const { shows, stream } of processes) await Promise.all([stream.stop(), shows.stop()]);
      },
    ),
    { numRuns: 300 },
  );
  expect(Math.min(seen.deltas, seen.snapshots, seen.resumed)).toBeGreaterThan(100);
});

/** Nothing more follows from what has happened. */
async function quiet(scheduler: fc.Scheduler): Promise<void> {
  do {
    await scheduler.waitIdle();
    await turn();
  } while (scheduler.count() > 0);
}

/** A client that comes back keeps what it was told, and says up to where. */
async function joined(stream: LiveStream, before: NarrowConnection | null): Promise<NarrowConnection> {
  const connection = new NarrowConnection();
  connection.text = before?.text ?? '';
  const last = before?.told.at(-1)?.id ?? null;
  expect(await stream.listen(SHOW, last, () => connection)).toBe('listening');
  return connection;
}

function expectForwards({ told, overrun }: NarrowConnection): void {
  const revisions = told.map(({ id }) => id);
  expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  expect(overrun, 'writes to who is full').toBe(0);
}

function changeSomething({ show }: LiveWorld): void {
  const seat = show.state.plan.seatIds[(show.state.revision * 7) % show.state.plan.seatCount]!;
  const holder = [...show.state.holds.values()].find(
    ({ status, seats }) => status === 'live' && seats.includes(seat),
  );
  show.accepts(holder ? show.release(holder.id) : show.hold(`c${show.state.revision}`, [seat]));
}
