// Snapshots in memory, for tests and simulations. Kept as JSON text, as a database would: nothing is shared with the
// state that was saved.
import type { Snapshot, SnapshotStore } from '../../ports/snapshot-store.ts';

export class MemorySnapshotStore implements SnapshotStore {
  readonly #saved = new Map<string, { revision: number; text: string }>();

  async load(stream: string): Promise<Snapshot | null> {
    const saved = this.#saved.get(stream);
    return saved ? (JSON.parse(saved.text) as Snapshot) : null;
  }

  async save(stream: string, snapshot: Snapshot): Promise<void> {
    const saved = this.#saved.get(stream);
    if (saved && saved.revision > snapshot.revision) return;
    this.#saved.set(stream, { revision: snapshot.revision, text: JSON.stringify(snapshot) });
  }
}
