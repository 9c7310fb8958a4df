// Shows on a memory log behind the real command pipeline, on a clock that tests move, for the workers to work on.
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { CommandPipeline } from '../../src/commands/pipeline.ts';
import { eventAggregate, type EventCommand } from '../../src/domain/event/event.ts';
import type { ShowCommand } from '../../src/domain/show/commands.ts';
import { showAggregate } from '../../src/domain/show/show.ts';
import type { SeatingPlan } from '../../src/domain/seating-plan/plan.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { Fault } from '../../src/ports/fault.ts';
import { LogTail } from '../../src/live/log-tail.ts';
import { fromTheLogAlone } from '../../src/workers/due-shows.ts';
import { HoldExpirer, type HoldExpirerParts } from '../../src/workers/hold-expirer.ts';
import { DAY, hall, iso, shop, T0 } from '../domain/show/show-spec.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

let count = 0;
const uuid = (): string => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`;
export const ids = { uuid };

export interface Shape {
  shows?: number;
  seats?: number;
  holdTtlMs?: number;
  offerTtlMs?: number;
}

export class WorkerWorld {
  readonly clock = new VirtualClock(T0);
  readonly log: EventLog = new MemoryEventLog(this.clock);
  readonly faults: unknown[] = [];
  readonly shows: string[] = [];
  readonly plan: SeatingPlan;
  readonly #plans = new Map<string, SeatingPlan>();
  readonly aggregate = showAggregate(this.#plans);
  readonly #stops: (() => Promise<void>)[] = [];
  /** While true no append goes through. */
  failing = false;

  constructor(seats: number) {
    this.plan = hall({ rows: 1, seatsPerRow: seats });
    this.#plans.set(this.plan.id, this.plan);
  }

  static async withShows({ shows = 1, seats = 10, ...rules }: Shape = {}): Promise<WorkerWorld> {
    const world = new WorkerWorld(seats);
    for (let i = 0; i < shows; i += 1) world.shows.push(await world.schedule(uuid(), uuid(), true, rules));
    return world;
  }

  async schedule(showId: string, eventId: string, published: boolean, rules: Shape = {}): Promise<string> {
    const defaults = {
      holdTtlMs: 60_000,
      offerTtlMs: 60_000,
      ticketsPerCustomer: 10,
      waitlistPolicy: 'strict',
    } as const;
    const times = { startsAt: iso(T0 + 30 * DAY), endsAt: null, salesOpenAt: null, salesCloseAt: null };
    const prices = { Stalls: { amount: 2500, currency: 'EUR' } };
    const { plan } = this;
    await this.send(showId, {
      kind: 'ScheduleShow',
      eventId,
      plan,
      timeZone: 'UTC',
      prices,
      published,
      ...times,
      ...defaults,
      ...rules,
    });
    return showId;
  }

  logWith(changes: Partial<EventLog>): EventLog {
    const names = [
      'append',
      'readStream',
      'readAll',
      'lastPosition',
      'subscribeAll',
      'now',
      'close',
    ] as const;
    const bound = Object.fromEntries(names.map((name) => [name, this.log[name].bind(this.log)]));
    return { ...(bound as unknown as EventLog), ...changes };
  }

  /** A process of its own. */
  pipeline(): CommandPipeline {
    const log = this.logWith({
      append: async (...append) => {
        if (this.failing) throw new Fault('EventLogUnavailable', 'The log cannot be reached.');
        return this.log.append(...append);
      },
    });
    const plans = {
      get: (id: string) => this.#plans.get(id),
      load: async (id: string) => this.#plans.get(id),
    };
    return new CommandPipeline({ log, clock: this.clock, ids, plans });
  }

  readonly process = this.pipeline();

  expirer(parts: Partial<HoldExpirerParts> = {}): HoldExpirer {
    const expirer = new HoldExpirer({ ...this.workerParts(), dueShows: fromTheLogAlone, ids, ...parts });
    return this.stopped(expirer);
  }

  workerParts() {
    const { log, clock, aggregate } = this;
    const tail = this.stopped(new LogTail({ log, clock }));
    return {
      pipeline: this.pipeline(),
      aggregate,
      log,
      tail,
      clock,
      onFault: (error: unknown) => void this.faults.push(error),
    };
  }

  stopped<T extends { stop(): Promise<void> }>(worker: T): T {
    this.#stops.push(() => worker.stop());
    return worker;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop();
  }

  send(showId: string, command: ShowCommand) {
    return this.process.execute(this.aggregate, showId, command, context(), () => null);
  }

  onEvent(eventId: string, command: EventCommand) {
    return this.process.execute(eventAggregate, eventId, command, context(), () => null);
  }

  /** Gives the hold's id. */
  async hold(show: number, customerId: string, seats: string[]): Promise<string> {
    const holdId = uuid();
    await this.send(this.shows[show]!, {
      kind: 'HoldSeats',
      holdId,
      clientId: 'shop',
      customerId,
      seats,
      areas: [],
    });
    return holdId;
  }

  release(show: number, holdId: string) {
    return this.send(this.shows[show]!, { kind: 'ReleaseHold', holdId, caller: shop });
  }

  confirm(show: number, holdId: string) {
    const booking = { bookingId: uuid(), paymentReference: null, caller: shop };
    return this.send(this.shows[show]!, { kind: 'ConfirmHold', holdId, ...booking });
  }

  extend(show: number, holdId: string, untilMs: number) {
    return this.send(this.shows[show]!, { kind: 'ExtendHold', holdId, until: iso(untilMs) });
  }

  join(show: number, customerId: string) {
    const [entryId, offerHoldId] = [uuid(), uuid()];
    return this.send(this.shows[show]!, {
      kind: 'JoinWaitlist',
      entryId,
      offerHoldId,
      clientId: 'shop',
      customerId,
      categoryId: 'Stalls',
      quantity: 1,
      acceptFewer: false,
    });
  }

  /** The types of a show's events after the first. */
  async told(show: number | string): Promise<string[]> {
    const types: string[] = [];
    const stream = `show-${typeof show === 'number' ? this.shows[show] : show}`;
    for await (const page of this.log.readStream(stream, 1)) types.push(...page.map((e) => e.type));
    return types;
  }
}

const context = (): CommandContext => {
  const commandId = uuid();
  return { commandId, requestHash: 'hash', actor: 'client:shop', correlationId: commandId };
};
