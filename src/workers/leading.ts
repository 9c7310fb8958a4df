// One of many processes leads, by a lease: it takes the lease when it is free, does the work, gives the lease back whatever
// the work came to, and begins again after a pause.
import { HeldLease, type LeaseWanted } from './held-lease.ts';

const PAUSE_MIN_MS = 200;

export interface Leading {
  readonly lease: LeaseWanted;
  /** Between two looks at whether the lease has become free. */
  readonly standByMs: number;
  /** The longest pause after a fault; each is twice the one before. */
  readonly pauseMaxMs: number;
  /**
   * The work; to be ended soon after `ending` aborts: the lease is lost, or nobody is to lead any more. `stands by`: it is not
   * for this one to do now, so others may have it.
   */
  readonly lead: (lease: HeldLease, ending: AbortSignal) => Promise<void | 'stands by'>;
  /** Somebody else leads, or may. */
  readonly onStandBy?: () => void;
  /** Something failed and is tried again. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

/** Leads whenever it can until `signal` aborts; resolves when the lease has been given back. Never rejects. */
export async function keepLeading(leading: Leading, signal: AbortSignal): Promise<void> {
  const { lease: wanted, standByMs, pauseMaxMs, onStandBy, onFault } = leading;
  const { clock } = wanted;
  for (let pauseMs = PAUSE_MIN_MS; !signal.aborted;) {
    const began = clock.steady();
    try {
      if (await leadOnce(leading, signal)) {
        // Not at once again: work that ends as soon as it has begun would be all that this process does.
        pauseMs = PAUSE_MIN_MS;
        await clock.sleep(pauseMs, signal);
      } else {
        onStandBy?.();
        await clock.sleep(standByMs, signal);
      }
    } catch (error) {
      if (!signal.aborted) onFault?.(error);
      // What went well for long and failed is no repetition.
      if (clock.steady() - began > pauseMaxMs) pauseMs = PAUSE_MIN_MS;
      await clock.sleep(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, pauseMaxMs);
    }
  }
}

/** false: somebody else leads, or may. */
async function leadOnce({ lease: wanted, lead }: Leading, signal: AbortSignal): Promise<boolean> {
  const lease = await HeldLease.acquire(wanted);
  if (lease === null) return false;
  try {
    if (signal.aborted) return true;
    return (await lead(lease, AbortSignal.any([signal, lease.lost]))) !== 'stands by';
  } finally {
    // One that is not given back would be renewed for ever, and nobody could have it.
    await lease.release();
  }
}
