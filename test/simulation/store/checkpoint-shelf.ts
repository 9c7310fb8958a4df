// Checkpoints of workers in the simulated world, shared by all processes.
import type { MemoryCheckpointStore } from '../../../src/adapters/memory/memory-checkpoint-store.ts';
import type { CheckpointStore } from '../../../src/ports/checkpoint-store.ts';
import { Fault } from '../../../src/ports/fault.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Actor, Scheduler } from '../kernel/scheduler.ts';

export class CheckpointShelf implements CheckpointStore {
  readonly #kept: MemoryCheckpointStore;
  readonly #faults: Faults;
  readonly #scheduler: Scheduler;
  readonly #actor: Actor;

  constructor(
    kept: MemoryCheckpointStore,
    parts: { readonly faults: Faults; readonly scheduler: Scheduler; readonly actor: Actor },
  ) {
    this.#kept = kept;
    this.#faults = parts.faults;
    this.#scheduler = parts.scheduler;
    this.#actor = parts.actor;
  }

  async load(name: string): Promise<number> {
    await this.#reach();
    return this.#kept.load(name);
  }

  async save(name: string, position: number): Promise<void> {
    await this.#reach();
    await this.#kept.save(name, position);
  }

  async #reach(): Promise<void> {
    await this.#scheduler.pause(1, this.#actor, 'reaches for a checkpoint');
    if (this.#faults.strikes('checkpointFails'))
      throw new Fault('DatabaseUnavailable', 'The checkpoint cannot be reached.');
  }
}
