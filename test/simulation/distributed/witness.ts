// Judges the distributed world at every record, every commit of the store and every publication, by the log alone: nothing
// is skipped, nobody moves progress past what is there, and whoever has lost a lease has lost it.
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { partitionOf } from '../../../src/ports/partition-of.ts';
import type { Actor } from '../kernel/scheduler.ts';
import { claim } from '../referee/violation.ts';
import { parkedKey, rowKey, type GenerationRow } from '../store/carry.ts';
import { leaseKey, RELAY_KEY, type RelayRow } from '../store/feed-statements.ts';
import type { StreamRow } from '../store/document-statements.ts';
import type { Changes, ReadStore } from '../store/read-store.ts';
import { VIEWS } from './views.ts';

interface Partition {
  /** Of the log, in order. */
  readonly events: RecordedEvent[];
  /** How many of them the feed has, and the offset of each as it came first. */
  published: number;
  readonly offsets: number[];
  records: number;
}

/** Views with a row for each stream. */
const BY_STREAM = VIEWS.filter(({ acrossStreams }) => acrossStreams !== true);

export class Witness {
  readonly #partitions: Partition[];
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #store: () => ReadStore;
  readonly #count: (what: string) => void;
  #relay: RelayRow = { token: 0, position: 0, offsets: [] };
  /** Who claimed the progress last. */
  #claimer: Actor | null = null;
  readonly #reached = new Map<string, number>();

  constructor(partitions: number, store: () => ReadStore, count: (what: string) => void) {
    this.#partitions = Array.from({ length: partitions }, () => ({
      events: [],
      published: 0,
      offsets: [],
      records: 0,
    }));
    this.#store = store;
    this.#count = count;
  }

  logged(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      this.#partitions[partitionOf(event.stream, this.#partitions.length)]!.events.push(event);
      const stream = this.#streams.get(event.stream);
      if (stream) stream.push(event);
      else this.#streams.set(event.stream, [event]);
    }
  }

  /** A record comes first in its turn, or it has been there before. */
  recorded(number: number, { position, stream }: RecordedEvent): void {
    const partition = this.#partitions[number]!;
    const due = partition.events[partition.published];
    partition.records += 1;
    if (due?.position === position) {
      partition.published += 1;
      partition.offsets.push(partition.records - 1);
      return;
    }
    this.#count('rare record written twice');
    claim(
      due === undefined || position < due.position,
      14,
      () => `${stream}: position ${position} is in the feed before ${due?.position}, which is not`,
    );
  }

  /** Whether everything of the log is in the feed. */
  get isPublished(): boolean {
    return this.#partitions.every(({ events, published }) => published === events.length);
  }

  /** By one whose clock was never put back: it cannot take a lease for its own that another has by now. */
  publishing(actor: Actor): void {
    const lease = this.#store().get(leaseKey('relay')) as { holder: string } | undefined;
    claim(
      lease?.holder === actor.name,
      15,
      () => `${actor.name} publishes while ${lease?.holder} holds the lease`,
    );
  }

  committed(changes: Changes, by: Actor): void {
    for (const [key, value] of changes) {
      if (key === RELAY_KEY) this.#relayed(value as RelayRow, by);
      else if (key.startsWith('projections/')) this.#advanced(value as GenerationRow);
    }
  }

  #relayed(row: RelayRow, by: Actor): void {
    const before = this.#relay;
    this.#relay = row;
    if (row.token !== before.token) {
      if (this.#claimer !== null && this.#claimer.alive && this.#claimer !== by)
        this.#count('rare lease taken over');
      this.#claimer = by;
      return;
    }
    claim(
      by === this.#claimer,
      15,
      () => `${by.name} moves progress that ${this.#claimer?.name} has claimed`,
    );
    for (const [number, { events, published, offsets }] of this.#partitions.entries()) {
      const next = events[published];
      claim(
        next === undefined || next.position > row.position,
        14,
        () => `${by.name} saves ${row.position} and ${next?.position} is not in the feed`,
      );
      const last = events.findLastIndex(({ position }, i) => i < published && position <= row.position);
      claim(
        last < 0 || offsets[last]! < row.offsets[number]!,
        14,
        () =>
          `${by.name} saves ${row.position} before offset ${row.offsets[number]} of ${number}, where it is not`,
      );
    }
  }

  /** A view says that it has reached a position: it has every event up to there, but for streams that are parked. */
  #advanced({ name, generation, position }: GenerationRow): void {
    const before = this.#reached.get(name) ?? 0;
    this.#reached.set(name, position);
    const shape = BY_STREAM.find((view) => view.name === name);
    if (!shape || position <= before) return;
    const store = this.#store();
    for (const [stream, events] of this.#streams) {
      const last = events.findLast((event) => event.position <= position && shape.types.includes(event.type));
      if (!last || store.get(parkedKey(name, generation, stream)) !== undefined) continue;
      const row = store.get(rowKey(`${name}_g1`, name, stream)) as StreamRow | undefined;
      const seen = row?.revision ?? -1;
      claim(
        seen >= last.revision,
        16,
        () => `${name} has reached ${position}, and of ${stream} revision ${seen}, not ${last.revision}`,
      );
    }
  }
}
