// The calendar of feeds, on a virtual clock: when they run, and that of several processes one does.
import { describe, expect, test } from 'vitest';
import { MemoryImportStore } from '../../src/adapters/memory/memory-import-store.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { FeedAdapter } from '../../src/ports/feed-source.ts';
import { runFeedScheduler } from '../../src/workers/feed-scheduler.ts';
import type { FeedRun, ScheduledFeed } from '../../src/workers/feed-scheduler.ts';

/** Time passes only while somebody sleeps, and ends at `end`. */
function clockUntil(start: string, end: string, stop: AbortController): Clock {
  let now = Date.parse(start);
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      if (now > Date.parse(end)) stop.abort();
    },
  };
}

const adapter: FeedAdapter = { name: 'none', adapt: async () => ({ events: [], rejected: [] }) };
const feed = (cron: string, timeZone = 'Europe/Madrid'): ScheduledFeed => ({
  name: 'provider',
  adapter,
  url: 'https://feeds.example/x',
  cron,
  timeZone,
  currency: 'EUR',
});

async function runs(
  feeds: ScheduledFeed[],
  start: string,
  end: string,
  importFeed: (run: FeedRun) => Promise<unknown> = async () => 'done',
  store = new MemoryImportStore(),
) {
  const stop = new AbortController();
  const clock = clockUntil(start, end, stop);
  const seen: { at: string; outcome: unknown }[] = [];
  await runFeedScheduler(
    feeds,
    {
      clock,
      store,
      fetchFeed: async () => new Uint8Array(),
      importFeed,
      onRun: (_, outcome) => seen.push({ at: new Date(clock.now()).toISOString(), outcome }),
    },
    stop.signal,
  );
  return seen;
}

describe('a scheduled feed', () => {
  test('runs at the times of its cron expression in its own time zone, over the change of clocks', async () => {
    const seen = await runs([feed('0 6 * * *')], '2026-10-23T12:00:00Z', '2026-10-26T12:00:00Z');
    expect(seen.map((r) => r.at)).toEqual([
      '2026-10-24T04:00:00.000Z',
      '2026-10-25T05:00:00.000Z',
      '2026-10-26T05:00:00.000Z',
    ]);
  });

  test('goes on after a run that failed', async () => {
    let n = 0;
    const failing = async () => {
      if (n++ === 0) throw new Error('no answer');
      return 'done';
    };
    const seen = await runs([feed('0 * * * *')], '2026-01-01T00:30:00Z', '2026-01-01T02:30:00Z', failing);
    expect(seen.map((r) => r.outcome)).toEqual([{ error: new Error('no answer') }, { result: 'done' }]);
  });

  test('is run by one of several processes, under the same import id', async () => {
    const store = new MemoryImportStore();
    const ids: string[] = [];
    const note = async ({ importId }: FeedRun) => ids.push(importId);
    const span = ['2026-01-01T00:30:00Z', '2026-01-01T03:30:00Z'] as const;
    await Promise.all([
      runs([feed('0 * * * *')], ...span, note, store),
      runs([feed('0 * * * *')], ...span, note, store),
    ]);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });

  test('that is never due ends its calendar at once', async () => {
    expect(await runs([feed('0 0 30 2 *')], '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).toEqual([]);
  });
});
