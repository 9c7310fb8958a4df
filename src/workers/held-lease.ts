// A lease while it is held: renewed in good time, and known to be lost before anybody else can have it.
import type { SteadyClock } from '../ports/clock.ts';
import type { LeaseStore } from '../ports/lease.ts';

export interface LeaseWanted {
  readonly leases: LeaseStore;
  readonly clock: SteadyClock;
  readonly name: string;
  /** Who holds it, for people. */
  readonly holder: string;
  readonly ttlMs: number;
}

/** Of its time, after which it is renewed, and that from which it counts as lost though it may not be. */
const RENEW_SHARE = 0.3;
const MARGIN_SHARE = 0.1;

export class HeldLease {
  readonly token: number;
  readonly #wanted: LeaseWanted;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();
  readonly #renewing: Promise<void>;
  #asked: Moment;

  private constructor(wanted: LeaseWanted, token: number, asked: Moment) {
    this.#wanted = wanted;
    this.token = token;
    this.#asked = asked;
    this.#renewing = this.#renew();
  }

  /** null: somebody else holds it. */
  static async acquire(wanted: LeaseWanted): Promise<HeldLease | null> {
    const { leases, clock, name, holder, ttlMs } = wanted;
    const asked = momentOf(clock);
    const token = await leases.acquire(name, holder, ttlMs);
    return token === null ? null : new HeldLease(wanted, token, asked);
  }

  /** Aborts when it is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Judged by the clock at this very moment, for a process that was stopped for a while has heard of nothing. */
  get isHeld(): boolean {
    return !this.#lost.signal.aborted && !this.#isOver;
  }

  async release(): Promise<void> {
    this.#ended.abort();
    await this.#renewing;
    const { leases, name } = this.#wanted;
    if (this.isHeld) await leases.release(name, this.token).catch(() => {}); // then its time runs out
  }

  async #renew(): Promise<void> {
    const { leases, clock, name, ttlMs } = this.#wanted;
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await clock.sleep(ttlMs * RENEW_SHARE, signal);
      if (signal.aborted) return;
      const asked = momentOf(clock);
      try {
        if (await leases.renew(name, this.token, ttlMs)) this.#asked = asked;
        else return this.#lost.abort();
      } catch {
        // Asked again until its time is over.
      }
      if (this.#isOver) return this.#lost.abort();
    }
  }

  get #isOver(): boolean {
    const { clock, ttlMs } = this.#wanted;
    const now = momentOf(clock);
    const passedMs = Math.max(now.wallMs - this.#asked.wallMs, now.steadyMs - this.#asked.steadyMs);
    return passedMs >= ttlMs * (1 - MARGIN_SHARE);
  }
}

/** By both clocks, of which the one counts that says more: one may be put back, the other rests while a machine sleeps. */
interface Moment {
  readonly wallMs: number;
  readonly steadyMs: number;
}

const momentOf = (clock: SteadyClock): Moment => ({ wallMs: clock.now(), steadyMs: clock.steady() });
