// An engine on a memory log to import into, and short ways to look at what came of it.
import { readFileSync } from 'node:fs';
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import { MemoryImportStore } from '../../../src/adapters/memory/memory-import-store.ts';
import { providerXml } from '../../../src/adapters/feeds/provider-xml.ts';
import { systemIds } from '../../../src/adapters/system/system-ids.ts';
import { Catalogue } from '../../../src/commands/catalogue/catalogue.ts';
import { feedSource, importFeed } from '../../../src/commands/import/feed.ts';
import type { FeedSource, ImportOutcome } from '../../../src/commands/import/feed.ts';
import { importedEventId, importedShowId } from '../../../src/commands/import/ids.ts';
import { CommandPipeline } from '../../../src/commands/pipeline.ts';
import { SeatingPlanStore } from '../../../src/commands/seating-plan-store.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { ShowCommand } from '../../../src/domain/show/commands.ts';
import { showAggregate } from '../../../src/domain/show/show.ts';
import { showView } from '../../../src/domain/show/views.ts';
import type { ShowView } from '../../../src/domain/show/views.ts';
import type { SteadyClock } from '../../../src/ports/clock.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { ImportStore } from '../../../src/ports/import-store.ts';

export const fixture = (n: number): Uint8Array =>
  readFileSync(new URL(`../../fixtures/provider-feed/${n}.xml`, import.meta.url));

export class ImportHouse {
  nowMs = Date.parse('2021-01-15T12:00:00Z');
  readonly clock: SteadyClock = {
    now: () => this.nowMs,
    steady: () => this.nowMs,
    sleep: async (ms) => void (this.nowMs += ms),
  };
  readonly log: EventLog;
  readonly imports: ImportStore;
  readonly plans: SeatingPlanStore;
  readonly shows;
  readonly pipeline: CommandPipeline;
  readonly catalogue: Catalogue;
  #imported = 0;

  constructor(parts: { log?: EventLog; imports?: ImportStore } = {}) {
    this.log = parts.log ?? new MemoryEventLog(this.clock);
    this.imports = parts.imports ?? new MemoryImportStore();
    this.plans = new SeatingPlanStore(this.log);
    this.shows = showAggregate(this.plans);
    this.pipeline = new CommandPipeline({
      log: this.log,
      clock: this.clock,
      ids: systemIds,
      plans: this.plans,
    });
    this.catalogue = new Catalogue({ pipeline: this.pipeline, plans: this.plans });
  }

  /** Another process on the same log and the same store. */
  another(): ImportHouse {
    return new ImportHouse({ log: this.log, imports: this.imports });
  }

  import(
    bytes: Uint8Array | string,
    options: { id?: string; source?: FeedSource; hash?: string } = {},
  ): Promise<ImportOutcome> {
    const commandId = options.id ?? `00000000-0000-4000-8000-${String(++this.#imported).padStart(12, '0')}`;
    return importFeed(
      {
        source: options.source ?? feedSource('provider'),
        adapter: providerXml,
        bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes,
        context: { commandId, requestHash: options.hash ?? 'hash', correlationId: commandId },
      },
      this,
    );
  }

  /** The counts and rejections of an import that is expected to be one. */
  async imported(bytes: Uint8Array | string) {
    const outcome = await this.import(bytes);
    if (!outcome.ok) throw new Error(outcome.rejection.detail);
    const { created, updated, unchanged, rejected } = outcome.value;
    const n = ({ events, shows }: { events: number; shows: number }) => [events, shows];
    return {
      created: n(created),
      updated: n(updated),
      unchanged: n(unchanged),
      rejected: rejected.map((r) => [r.path, r.code]),
    };
  }

  async show(eventId: string, showId: string): Promise<ShowView> {
    const { value } = await this.pipeline.read(
      this.shows,
      importedShowId('provider', eventId, showId),
      (state) => showView(state, this.nowMs),
    );
    return value;
  }

  /** Sends a command as an organiser's client. */
  async send(eventId: string, showId: string, command: ShowCommand) {
    const commandId = systemIds.uuid();
    const context = {
      commandId,
      requestHash: commandId,
      actor: 'client:organiser',
      correlationId: commandId,
    };
    const outcome = await this.pipeline.execute(
      this.shows,
      importedShowId('provider', eventId, showId),
      command,
      context,
      () => null,
    );
    if (!outcome.ok) throw new Error(outcome.rejection.detail);
  }

  async events(stream: string): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    for await (const page of this.log.readStream(stream, 0)) found.push(...page);
    return found;
  }

  showEvents(eventId: string, showId: string): Promise<RecordedEvent[]> {
    return this.events(`show-${importedShowId('provider', eventId, showId)}`);
  }

  eventEvents(eventId: string): Promise<RecordedEvent[]> {
    return this.events(`event-${importedEventId('provider', eventId)}`);
  }
}

export const typesOf = (events: readonly RecordedEvent[]): string[] => events.map((e) => e.type);

/** By category of the show that `feedOf` makes. */
export const capacities = async (house: ImportHouse) =>
  Object.fromEntries((await house.show('1', '7')).categories.map((c) => [c.id, c.capacity]));
export const hold = async (
  house: ImportHouse,
  places: { seats?: string[]; areas?: { areaId: string; quantity: number }[] },
) => {
  const holdId = crypto.randomUUID();
  await house.send('1', '7', {
    kind: 'HoldSeats',
    holdId,
    clientId: 'shop',
    customerId: 'ann',
    seats: places.seats ?? [],
    areas: places.areas ?? [],
  });
  return holdId;
};
/** Bob joins the line of a category for two places. */
export const join = (house: ImportHouse, categoryId: string, acceptFewer = false) =>
  house.send('1', '7', {
    kind: 'JoinWaitlist',
    entryId: crypto.randomUUID(),
    offerHoldId: crypto.randomUUID(),
    clientId: 'shop',
    customerId: 'bob',
    categoryId,
    quantity: 2,
    acceptFewer,
  });
export const release = (house: ImportHouse, holdId: string) =>
  house.send('1', '7', { kind: 'ReleaseHold', holdId, caller: { clientId: 'shop', all: false } });

/** A feed of one show whose parts can be changed. */
export function feedOf({
  sellMode = 'online',
  soldOut = 'false',
  title = 'Camela',
  zones = '',
  event = '',
} = {}): string {
  return `<eventList><output><base_event base_event_id="1" sell_mode="${sellMode}" title="${title}"><event event_id="7" event_start_date="2021-06-30T21:00:00" event_end_date="2021-06-30T22:00:00" sell_from="2020-07-01T00:00:00" sell_to="2021-06-30T20:00:00" sold_out="${soldOut}" ${event}>${zones}</event></base_event></output></eventList>`;
}

export const zoneOf = (
  id: string,
  capacity: number,
  numbered: boolean,
  price = '20.00',
  name = `Zone ${id}`,
): string =>
  `<zone zone_id="${id}" capacity="${capacity}" price="${price}" name="${name}" numbered="${numbered}"/>`;
