// The progress of a relay in memory, for tests and simulations.
import type { RelayProgress, RelayProgressStore } from '../../ports/relay-progress.ts';

export class MemoryRelayProgressStore implements RelayProgressStore {
  #token = 0;
  #progress: RelayProgress = { position: 0, offsets: [] };

  load(): Promise<RelayProgress> {
    return Promise.resolve(this.#progress);
  }

  claim(token: number): Promise<RelayProgress | null> {
    if (token < this.#token) return Promise.resolve(null);
    this.#token = token;
    return Promise.resolve(this.#progress);
  }

  save(token: number, progress: RelayProgress): Promise<boolean> {
    if (token !== this.#token || progress.position < this.#progress.position) return Promise.resolve(false);
    this.#progress = { position: progress.position, offsets: [...progress.offsets] };
    return Promise.resolve(true);
  }
}
