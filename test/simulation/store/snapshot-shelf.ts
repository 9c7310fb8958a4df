// Snapshots of the simulated world, shared by all processes and never to be relied on: they may be old, broken, of another
// shape, unreadable or not kept at all.
import type { Snapshot, SnapshotStore } from '../../../src/ports/snapshot-store.ts';
import { Fault } from '../../../src/ports/fault.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Chance } from '../kernel/chance.ts';
import type { Actor, Scheduler } from '../kernel/scheduler.ts';

const KEPT_MAX = 4;

/**
 * What outlives the processes: the last few snapshots of each stream, newest last, as they come back from JSON. Frozen, for
 * each is handed out many times.
 */
export type Shelf = Map<string, Snapshot[]>;

export class SnapshotShelf implements SnapshotStore {
  readonly #shelf: Shelf;
  readonly #faults: Faults;
  readonly #chance: Chance;
  readonly #scheduler: Scheduler;
  readonly #actor: Actor;

  constructor(
    shelf: Shelf,
    parts: {
      readonly faults: Faults;
      readonly chance: Chance;
      readonly scheduler: Scheduler;
      readonly actor: Actor;
    },
  ) {
    this.#shelf = shelf;
    this.#faults = parts.faults;
    this.#chance = parts.chance;
    this.#scheduler = parts.scheduler;
    this.#actor = parts.actor;
  }

  async load(stream: string): Promise<Snapshot | null> {
    await this.#scheduler.pause(0.2 + this.#chance.next(), this.#actor, 'looks for a snapshot');
    if (this.#faults.strikes('snapshotUnreadable'))
      throw new Fault('DatabaseUnavailable', 'The snapshot cannot be read.');
    const kept = this.#shelf.get(stream);
    if (kept === undefined) return null;
    const stale = kept.length > 1 && this.#faults.strikes('snapshotStale');
    const snapshot = stale ? kept[this.#chance.below(kept.length - 1)]! : kept.at(-1)!;
    if (this.#faults.strikes('snapshotForeign')) return ofAnotherVersion(snapshot);
    if (this.#faults.strikes('snapshotCorrupt')) return this.#corrupt(snapshot);
    return snapshot;
  }

  async save(stream: string, snapshot: Snapshot): Promise<void> {
    const written = frozen(JSON.parse(JSON.stringify(snapshot)));
    await this.#scheduler.pause(1 + 5 * this.#chance.next(), this.#actor, 'saves a snapshot');
    if (this.#faults.strikes('snapshotUnsaved'))
      throw new Fault('DatabaseUnavailable', 'The snapshot was not saved.');
    const kept = this.#shelf.get(stream) ?? [];
    kept.push(written as Snapshot);
    if (kept.length > KEPT_MAX) kept.shift();
    this.#shelf.set(stream, kept);
  }

  /** Half a write, or a revision that the stream does not have. */
  #corrupt(snapshot: Snapshot): Snapshot {
    return this.#chance.happens(0.5)
      ? { ...snapshot, state: { flags: {} } }
      : { ...snapshot, revision: snapshot.revision + 1 };
  }
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

/** A shape in which nothing is taken: what an older program may have written while it knew of no holds. */
function ofAnotherVersion({ revision, version, state }: Snapshot): Snapshot {
  const saved = state as { seats: string; holds: { id: string[] }; bookings: unknown[] };
  const seats = Buffer.from(saved.seats, 'base64').fill(0).toString('base64');
  return {
    revision,
    version: version + 1,
    state: { ...saved, seats, holds: { ...saved.holds, id: [] }, bookings: [] },
  };
}
