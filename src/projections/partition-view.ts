// One view that is fed by partitions: what it has of each, in memory as in its rows, and one batch into it at a time for
// each partition.
import type { RecordedEvent } from '../domain/event.ts';
import type { FeedBatch } from '../ports/event-feed.ts';
import { applyMoved } from './apply-batch.ts';
import type { ParkedStream } from './parking.ts';
import { moveIdleParts, movePart, partsOf, type Part } from './partitions.ts';
import type { Checkpoint, Db, Projection } from './projection.ts';
import { liveGeneration } from './registry.ts';

export interface PartitionViewOptions {
  readonly db: Db;
  readonly partitions: number;
  readonly onParked?: (parked: ParkedStream) => void;
  readonly onTakenOver?: (projection: string) => void;
}

interface OwnPart {
  /** As it is saved, and as it is known: beyond it are events of no concern. */
  saved: Part;
  known: Part;
}

export class PartitionView {
  readonly projection: Projection;
  readonly #options: PartitionViewOptions;
  readonly #types: ReadonlySet<string>;
  #at: Checkpoint | null = null;
  #isTakenOver = false;
  #parts: OwnPart[] = [];
  /** Partitions that a batch goes into right now: who saves them beside it would take its row for another's. */
  readonly #taking = new Set<number>();
  #saving: Promise<void> = Promise.resolve();
  #loading: Promise<void> | null = null;

  constructor(projection: Projection, options: PartitionViewOptions) {
    this.projection = projection;
    this.#options = options;
    this.#types = new Set(projection.types);
  }

  /** Null while a generation of another version serves: somebody rebuilds it, or a newer program is in charge. */
  get at(): Checkpoint | null {
    return this.#at;
  }

  /** Looks anew at what serves and how far it is; several may ask at once. */
  load(): Promise<void> {
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    return this.#loading;
  }

  /** The offset to go on from in a partition; Infinity: it takes nothing for now. */
  nextOf(partition: number): number {
    return this.#at === null ? Infinity : (this.#parts[partition]?.known.next ?? 0);
  }

  /** Takes what it lacks of a batch; LostRace when somebody else writes this partition. */
  async take(batch: FeedBatch): Promise<void> {
    this.#taking.add(batch.partition);
    try {
      await this.#saving;
      await this.#take(batch);
    } finally {
      this.#taking.delete(batch.partition);
    }
  }

  /** Saves what moved past events of no concern; LostRace as above. A partition that a batch goes into waits for the next time. */
  save(): Promise<void> {
    const saving = this.#save();
    this.#saving = saving.catch(() => {}); // told to who saves
    return saving;
  }

  /** Whether it is saved as it is known here: a crash of the database may have undone the last batches. */
  async isSaved(partitions: readonly number[]): Promise<boolean> {
    const at = this.#at;
    if (at === null) return true;
    // Before the rows are read: a batch may be saved meanwhile.
    const saved = partitions.map((partition) => this.#parts[partition]!.saved.next);
    const rows = await partsOf(this.#options.db, at, this.#options.partitions);
    return partitions.every((partition, i) => rows[partition]!.next >= saved[i]!);
  }

  async #take({ partition, from, next, events }: FeedBatch): Promise<void> {
    const at = this.#at;
    const part = this.#parts[partition];
    if (at === null || !part || part.known.next < from || part.known.next >= next) return;
    const fresh = notSeen(events, part.known.position);
    const to: Part = { next, position: fresh.at(-1)?.position ?? part.known.position };
    const due = fresh.filter(({ type }) => this.#types.has(type));
    if (due.length > 0) {
      const alone = this.projection.acrossStreams === true;
      const move = movePart(at, {
        partition,
        from: { ...part.saved, position: part.known.position },
        to,
        alone,
      });
      const horizon = due.at(-1)!.position;
      await applyMoved(this.#options.db, this.projection, at, due, move, { ...this.#options, horizon });
      part.saved = to;
    }
    part.known = to;
  }

  async #save(): Promise<void> {
    const at = this.#at;
    const unsaved = [...this.#parts.entries()].filter(
      ([partition, { saved, known }]) => known.next !== saved.next && !this.#taking.has(partition),
    );
    if (at === null || unsaved.length === 0) return;
    const moves = unsaved.map(([partition, part]) => ({ partition, part, from: part.saved, to: part.known }));
    await moveIdleParts(this.#options.db, at, moves);
    for (const { part, to } of moves) part.saved = to;
  }

  async #load(): Promise<void> {
    const { db, partitions, onTakenOver } = this.#options;
    const live = await liveGeneration(db, this.projection.name);
    const wasTakenOver = this.#isTakenOver;
    this.#isTakenOver = live !== null && live.version > this.projection.version;
    if (this.#isTakenOver && !wasTakenOver) onTakenOver?.(this.projection.name);
    const serves = live?.version === this.projection.version ? live : null;
    const parts = serves ? await partsOf(db, serves, partitions) : [];
    this.#parts = parts.map((part) => ({ saved: part, known: part }));
    this.#at = serves;
    this.projection.reset?.();
  }
}

/** What comes first here: events come in order, and again, also within one batch. */
function notSeen(events: readonly RecordedEvent[], position: number): RecordedEvent[] {
  const fresh: RecordedEvent[] = [];
  for (const event of events) if (event.position > (fresh.at(-1)?.position ?? position)) fresh.push(event);
  return fresh;
}
