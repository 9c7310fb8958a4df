// `fairseat log copy --from URL --to URL`: moving house, say from the embedded Postgres into EventStoreDB.
import type { Command } from 'commander';
import { copyLog, CopyRefused, type CopiedLog } from '../commands/log-copy.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { withEventLog } from '../profiles/event-log-address.ts';
import { printJson, printLine, progress, type OutputOptions } from './output.ts';

interface CopyOptions extends OutputOptions {
  readonly from?: string;
  readonly to: string;
}

export function addLogCopy(log: Command): void {
  log
    .command('copy')
    .description(
      'carry a whole log into an empty one, or go on with it; stop what writes to the old one before the last run. Keys are not in it',
    )
    .option('--from <url>', 'postgres://…, esdb://… or esdb+discover://… (default: the log of the settings)')
    .requiredOption('--to <url>', 'the same; a database that is there already')
    .option('--json', 'print the result as JSON')
    .action((options: CopyOptions) => copy(options));
}

async function copy({ from, to, json }: CopyOptions): Promise<void> {
  const copied = await withEventLog(to, (target) =>
    withEventLog(from, (source, clock) => copyTo(source, target, clock)),
  ).catch((error: unknown) => {
    throw error instanceof CopyRefused ? new StartRefused(error.message) : error;
  });
  if (json) return printJson(copied);
  printLine(`${copied.events} events in both logs, ${copied.copied} of them copied now.`);
  printLine(`sha256 of both: ${copied.digest}`);
  printLine('API keys are not in it: "Moving house" in docs/operating.md says how they come along.');
}

async function copyTo(from: EventLog, to: EventLog, clock: Clock): Promise<CopiedLog> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new StartRefused('Stopped; the same command goes on with it.')));
  const bars = new Map<string, ReturnType<typeof progress>>();
  try {
    return await copyLog({
      from,
      to,
      clock,
      signal: stop.signal,
      onProgress(phase, done, total) {
        if (!bars.has(phase)) {
          for (const bar of bars.values()) bar.end();
          bars.set(phase, progress(phase));
        }
        bars.get(phase)!.update(done, total);
      },
    });
  } finally {
    for (const bar of bars.values()) bar.end();
  }
}
