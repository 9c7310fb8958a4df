// A process whose clock is away from the log's says so, until it no longer is.
import { afterEach, describe, expect, it } from 'vitest';
import { ClockWatch } from '../../src/workers/clock-watch.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const NOW = Date.parse('2027-03-01T12:00:00Z');
let watch: ClockWatch;
afterEach(() => watch.stop());

/** The log's clock is `skewMs` behind ours; asking takes `takesMs`. */
function stage(skewMs: number, takesMs = 0) {
  const clock = new VirtualClock(NOW);
  const log = {
    skewMs,
    broken: false,
    now: async () => {
      if (log.broken) throw new Error('no answer');
      clock.nowMs += takesMs;
      return clock.nowMs - takesMs / 2 - log.skewMs;
    },
  };
  watch = new ClockWatch({ clock, log });
  return { clock, log };
}

describe('the clock watch', () => {
  it('is not ready before it has compared', () => {
    stage(0);
    expect(watch.ready).toBe(false);
  });

  it.each([0, 1_900, -1_900])('finds %i ms apart near enough', async (skewMs) => {
    stage(skewMs);
    await watch.start();
    expect(watch).toMatchObject({ ready: true, reason: null, skewMs });
  });

  it.each([
    [2_500, '2.5 s ahead of'],
    [-3_600_000, '3600.0 s behind'],
  ])('is not ready at %i ms, and says so', async (skewMs, where) => {
    stage(skewMs);
    await watch.start();
    expect(watch.ready).toBe(false);
    expect(watch.reason).toContain(where);
  });

  it('takes no slow answer for a wrong clock', async () => {
    stage(0, 8_000);
    await watch.start();
    expect(watch.ready).toBe(true);
  });

  it('looks again each minute, and soon again while something is wrong', async () => {
    const { clock, log } = stage(0);
    await watch.start();
    log.skewMs = 5_000;
    await clock.pass(59_000);
    expect(watch.ready).toBe(true);
    await clock.pass(1_000);
    expect(watch.ready).toBe(false);
    log.skewMs = 0;
    await clock.pass(5_000);
    expect(watch.ready).toBe(true);
  });

  it('keeps its verdict while the log does not answer', async () => {
    const { clock, log } = stage(0);
    await watch.start();
    log.broken = true;
    await clock.pass(200_000);
    expect(watch.ready).toBe(true);
  });
});
