// Import results in memory, for tests and simulations of one process.
import type { ImportResult, ImportStore } from '../../ports/import-store.ts';

export class MemoryImportStore implements ImportStore {
  readonly #results = new Map<string, { requestHash: string; result: ImportResult }>();
  readonly #lines = new Map<string, Promise<unknown>>();
  readonly #runs = new Map<string, number>();

  async find(id: string): Promise<{ requestHash: string; result: ImportResult } | null> {
    return this.#results.get(id) ?? null;
  }

  async save(requestHash: string, result: ImportResult): Promise<void> {
    if (!this.#results.has(result.id)) this.#results.set(result.id, { requestHash, result });
  }

  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#lines.get(name) ?? Promise.resolve()).then(work);
    this.#lines.set(
      name,
      mine.catch(() => {}),
    );
    return mine;
  }

  async claimRun(feed: string, dueAtMs: number): Promise<boolean> {
    if ((this.#runs.get(feed) ?? -1) >= dueAtMs) return false;
    this.#runs.set(feed, dueAtMs);
    return true;
  }
}
