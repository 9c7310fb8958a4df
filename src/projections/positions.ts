// How far each projection has come, as this process knows it, and those who wait for a position. Where another process
// projects, the registry is asked instead.
import type { SteadyClock } from '../ports/clock.ts';
import type { Db, ProjectionName } from './projection.ts';
import { livePositions } from './registry.ts';

const ASK_EVERY_MS = 50;
/** A reason of its own: making the usual one takes longer than everything else here. */
const AWAKE = 'awake';

interface Waiter {
  readonly names: readonly ProjectionName[];
  readonly position: number;
  wake(): void;
}

export class Positions {
  readonly #db: Db;
  readonly #clock: SteadyClock;
  readonly #reached = new Map<string, number>();
  /** Projections that a runner of this process moves. */
  readonly #ours = new Set<string>();
  readonly #waiters = new Set<Waiter>();
  readonly #wanted = new Map<string, () => void>();
  #asking: Promise<void> | null = null;
  #askedAt = -Infinity;

  constructor(db: Db, clock: SteadyClock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** The position that a view is known to have reached; 0 before it is known. */
  positionOf(name: ProjectionName): number {
    return this.#reached.get(name) ?? 0;
  }

  /**
   * Waits until all of these views have reached a position, `timeoutMs` at most; says how far they have come together.
   * Waiting hurries the runners of this process.
   */
  async waitFor(names: readonly ProjectionName[], position: number, timeoutMs: number): Promise<number> {
    const deadline = this.#clock.steady() + timeoutMs;
    if (!names.every((name) => this.#ours.has(name))) await this.#ask();
    for (;;) {
      const reached = this.#reachedBy(names);
      const left = deadline - this.#clock.steady();
      if (reached >= position || left <= 0) return reached;
      await this.#moved(names, position, Math.min(left, ASK_EVERY_MS));
      if (!names.every((name) => this.#ours.has(name))) await this.#ask();
    }
  }

  advance(name: string, position: number): void {
    if (position <= (this.#reached.get(name) ?? -1)) return;
    this.#reached.set(name, position);
    for (const waiter of this.#waiters) if (this.#reachedBy(waiter.names) >= waiter.position) waiter.wake();
  }

  /**
   * What the database says: it may lie further back than before, for the last batches of a view do not wait for the disk,
   * and a crash of the database takes them back.
   */
  standsAt(name: string, position: number): void {
    if (position < this.positionOf(name as ProjectionName)) this.#reached.set(name, position);
    else this.advance(name, position);
  }

  /** Whether a runner of this process moves it: then its position here is exact. */
  follow(name: string, ours: boolean): void {
    if (ours) this.#ours.add(name);
    else this.#ours.delete(name);
  }

  /** Whether somebody waits for more than it has reached. */
  isWanted(name: string): boolean {
    const reached = this.#reached.get(name) ?? 0;
    for (const waiter of this.#waiters)
      if (waiter.position > reached && waiter.names.includes(name as ProjectionName)) return true;
    return false;
  }

  /** Calls back whenever somebody begins to wait for it. */
  onWanted(name: string, hurry: () => void): void {
    this.#wanted.set(name, hurry);
  }

  #reachedBy(names: readonly ProjectionName[]): number {
    return names.reduce((least, name) => Math.min(least, this.positionOf(name)), Infinity);
  }

  async #moved(names: readonly ProjectionName[], position: number, ms: number): Promise<void> {
    const awake = new AbortController();
    const waiter = { names, position, wake: () => awake.abort(AWAKE) };
    this.#waiters.add(waiter);
    for (const name of names) this.#wanted.get(name)?.();
    await this.#clock.sleep(ms, awake.signal);
    this.#waiters.delete(waiter);
  }

  /** Many may ask at once: the registry is read once for all of them, and not more often than it takes. */
  #ask(): Promise<void> {
    if (this.#clock.steady() - this.#askedAt < ASK_EVERY_MS / 2) return Promise.resolve();
    this.#asking ??= livePositions(this.#db)
      .then((positions) => {
        this.#askedAt = this.#clock.steady();
        for (const [name, position] of positions) if (!this.#ours.has(name)) this.standsAt(name, position);
      })
      .finally(() => (this.#asking = null));
    return this.#asking;
  }
}
