// A load with the processor time it costs: of the server, of Postgres, and of what is put off until afterwards.
import { load, type Load, type LoadResult } from './load.ts';
import type { BenchPostgres, Server } from './processes.ts';
import type { Measured } from './rounds.ts';
import { percentile } from './spread.ts';

export interface Meter {
  readonly server: Server;
  readonly postgres?: Pick<BenchPostgres, 'cpuSeconds'>;
  /** Waits for work that the answers did not wait for; its processor time is counted by itself. */
  readonly settle?: () => Promise<void>;
}

export async function metered(
  { server, postgres, settle }: Meter,
  order: Load,
): Promise<LoadResult & { measured: Measured }> {
  const now = () => [server.cpuSeconds(), postgres?.cpuSeconds() ?? 0] as const;
  const before = now();
  const result = await load(order);
  const after = now();
  await settle?.();
  const later = now();
  const each = (to: number, from: number) => ((to - from) / result.statuses.length) * 1_000;
  const cpu = {
    server: each(after[0], before[0]),
    postgres: each(after[1], before[1]),
    afterwards: settle ? each(later[0] + later[1], after[0] + after[1]) : 0,
  };
  const latency = { p50: percentile(result.latenciesMs, 0.5), p99: percentile(result.latenciesMs, 0.99) };
  return { ...result, measured: { value: result.perSecond, cpu, latency } };
}
