// The real clock: the machine's own time and timers.
import type { SteadyClock } from '../../ports/clock.ts';

// Node fires a timer longer than this at once.
const TIMER_MAX_MS = 2_147_483_647;

export const systemClock: SteadyClock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(ms, 0), TIMER_MAX_MS));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
