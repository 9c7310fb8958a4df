// A catalogue over a memory log with a clock that stands still: short ways to make venues, plans, events and shows, and
// to look at what became of them.
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import { Catalogue } from '../../../src/commands/catalogue/catalogue.ts';
import type { CommandContext, Outcome } from '../../../src/commands/command.ts';
import { CommandPipeline } from '../../../src/commands/pipeline.ts';
import { SeatingPlanStore } from '../../../src/commands/seating-plan-store.ts';
import type { ShowRequest } from '../../../src/commands/catalogue/show-request.ts';
import { eventAggregate } from '../../../src/domain/event/event.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { pretixPlan } from '../../../src/domain/seating-plan/pretix-plan.ts';
import type { ShowCommand } from '../../../src/domain/show/commands.ts';
import { showAggregate } from '../../../src/domain/show/show.ts';
import { showView } from '../../../src/domain/show/views.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { pretixJson, type PretixShape } from '../../domain/seating-plan/halls.ts';
import { accepted, countedIds, START, StoppedClock } from './house.ts';
import { UnrulyLog } from './unruly-log.ts';

export { accepted };

const DAY = 86_400_000;
export const GHOST = '00000000-0000-4000-8000-00000000dead';
export const daysOn = (days: number): string => new Date(START + days * DAY).toISOString();
export const eur = (amount: number) => ({ amount, currency: 'EUR' });

/** A fresh command, as one request makes it; the same one again is a retry. */
export const context = (more: Partial<CommandContext> = {}): CommandContext => ({
  commandId: countedIds.uuid(),
  requestHash: 'hash',
  actor: 'client:test',
  correlationId: 'request-1',
  ...more,
});

/** The code of a refusal; what its `errors` point at, where it has them. */
export function refusalOf(outcome: Outcome<unknown>): string {
  if (outcome.ok) return 'accepted';
  const { code, members } = outcome.rejection;
  const errors = (members['errors'] ?? []) as { pointer: string }[];
  return [code, ...errors.map(({ pointer }) => pointer)].join(' ');
}

export class CatalogueHouse {
  readonly clock: StoppedClock;
  readonly log: UnrulyLog;
  plans: SeatingPlanStore;
  pipeline: CommandPipeline;
  catalogue: Catalogue;

  constructor(clock = new StoppedClock(), log: EventLog = new MemoryEventLog(clock)) {
    this.clock = clock;
    this.log = new UnrulyLog(log);
    this.plans = new SeatingPlanStore(this.log);
    this.pipeline = this.#newPipeline();
    this.catalogue = new Catalogue(this);
  }

  /** Another process on the same log. */
  another(): CatalogueHouse {
    return new CatalogueHouse(this.clock, this.log.inner);
  }

  /** The process dies and a new one starts on the same log. */
  restart(): void {
    this.log.mishaps = [];
    this.plans = new SeatingPlanStore(this.log);
    this.pipeline = this.#newPipeline();
    this.catalogue = new Catalogue(this);
  }

  async venue(): Promise<string> {
    const fields = { name: 'Teatro Real', timeZone: 'Europe/Madrid', city: 'Madrid' };
    return accepted(await this.catalogue.createVenue(fields, context())).value.id;
  }

  async plan(venueId: string, shape: PretixShape = {}): Promise<string> {
    const plan = pretixPlan.parse(pretixJson(shape));
    return accepted(await this.catalogue.drawSeatingPlan(venueId, { plan }, context())).value.id;
  }

  async event(): Promise<string> {
    return accepted(await this.catalogue.createEvent({ title: 'Ninth Symphony' }, context())).value.id;
  }

  /** What a show of a new venue and plan is asked for with. */
  async request(more: Partial<ShowRequest> = {}): Promise<ShowRequest> {
    const venueId = await this.venue();
    const seatingPlanId = await this.plan(venueId);
    return { venueId, seatingPlanId, startsAt: daysOn(30), prices: { Stalls: eur(2500) }, ...more };
  }

  async show(eventId: string, more: Partial<ShowRequest> = {}): Promise<string> {
    return accepted(await this.catalogue.scheduleShow(eventId, await this.request(more), context())).value.id;
  }

  async tell(showId: string, command: ShowCommand): Promise<void> {
    accepted(await this.pipeline.execute(showAggregate(this.plans), showId, command, context(), () => null));
  }

  async statusOfShow(showId: string): Promise<string> {
    const read = await this.pipeline.read(showAggregate(this.plans), showId, (state, nowMs) =>
      state.exists ? showView(state, nowMs).status : 'none',
    );
    return read.value;
  }

  async statusOfEvent(eventId: string): Promise<string> {
    return (await this.pipeline.read(eventAggregate, eventId, ({ status }) => status)).value;
  }

  async events(stream: string): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const page of this.log.inner.readStream(stream, 0)) events.push(...page);
    return events;
  }

  async typesIn(stream: string): Promise<string[]> {
    return (await this.events(stream)).map(({ type }) => type);
  }

  #newPipeline(): CommandPipeline {
    return new CommandPipeline({ log: this.log, clock: this.clock, ids: countedIds, plans: this.plans });
  }
}
