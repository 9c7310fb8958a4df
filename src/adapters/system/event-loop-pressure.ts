// Whether this process has its hands full, measured by the share of time that its event loop was busy lately.
import { performance, type EventLoopUtilization } from 'node:perf_hooks';

const WINDOW_MS = 100;
/** A process that waits for its own commits is never quite busy, though it does all that it can. */
const FULL = 0.75;

/** Answers by the last full window, so that it may be asked as often as one likes. */
export function eventLoopPressure(): () => boolean {
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  let pressed = false;
  return () => {
    const since = performance.eventLoopUtilization(before);
    if (since.active + since.idle >= WINDOW_MS) {
      pressed = since.utilization >= FULL;
      before = performance.eventLoopUtilization();
    }
    return pressed;
  };
}
