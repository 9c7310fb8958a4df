// Leases in memory, for tests and simulations.
import type { Clock } from '../../ports/clock.ts';
import type { LeaseStore } from '../../ports/lease.ts';

export class MemoryLeaseStore implements LeaseStore {
  readonly #clock: Clock;
  readonly #leases = new Map<string, { token: number; untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  acquire(name: string, _holder: string, ttlMs: number): Promise<number | null> {
    const held = this.#leases.get(name);
    if (held && held.untilMs > this.#clock.now()) return Promise.resolve(null);
    const token = (held?.token ?? 0) + 1;
    this.#leases.set(name, { token, untilMs: this.#clock.now() + ttlMs });
    return Promise.resolve(token);
  }

  renew(name: string, token: number, ttlMs: number): Promise<boolean> {
    const held = this.#held(name, token);
    if (held) held.untilMs = this.#clock.now() + ttlMs;
    return Promise.resolve(held !== null);
  }

  release(name: string, token: number): Promise<void> {
    const held = this.#held(name, token);
    if (held) held.untilMs = this.#clock.now();
    return Promise.resolve();
  }

  #held(name: string, token: number): { untilMs: number } | null {
    const lease = this.#leases.get(name);
    return lease?.token === token && lease.untilMs > this.#clock.now() ? lease : null;
  }
}
