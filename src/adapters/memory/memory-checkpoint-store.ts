// Checkpoints in memory, for tests and tools.
import type { CheckpointStore } from '../../ports/checkpoint-store.ts';

export class MemoryCheckpointStore implements CheckpointStore {
  readonly #positions = new Map<string, number>();

  load(name: string): Promise<number> {
    return Promise.resolve(this.#positions.get(name) ?? 0);
  }

  save(name: string, position: number): Promise<void> {
    this.#positions.set(name, Math.max(position, this.#positions.get(name) ?? 0));
    return Promise.resolve();
  }
}
